"""The value added tax of the demo's orders: whose rate, which rates, and under whose numbers papers are written.

The orders are British and so is their tax, wherever the map draws a parcel: a region of an order is a zone of carriers
and no tax place. The company is registered in two divisions, so that a transfer between them is no supply (Value Added
Tax Act 1994, section 46); each numbers its own papers.
"""

from functools import partial

from unicommerce.invoices import InvoicePolicy
from unicommerce.ledger import Reason
from unicommerce.tax import Place, Rate, Registration, RuleSet, Sourced, TaxCode, TaxRequest, quote

from .data import World

COUNTRY = "GB"
DIVISIONS = {"wh": "depots", "dark": "depots", "store": "stores"}
"""The division of a node by the part that it plays."""

_HMRC = "HMRC, VAT rates; Value Added Tax Act 1994, schedules 7A and 8"
RATES = (
    Rate(COUNTRY, "VAT", "0.175", valid_from="2010-01-01", valid_to="2011-01-03", source=_HMRC),
    Rate(COUNTRY, "VAT", "0.20", valid_from="2011-01-04", source=_HMRC),
    Rate(COUNTRY, "VAT", "0.05", "reduced", source=_HMRC),
    Rate(COUNTRY, "VAT", "0", "zero", source=_HMRC),
)


def at_home(request: TaxRequest, /) -> Sourced:
    """Return the country: nothing of the demo crosses a border."""
    return Sourced((COUNTRY,), because=(Reason(TaxCode.SOURCED, request.document, COUNTRY, "home"),))


RULES = RuleSet(version="GB-2010", regime=at_home, rates=RATES)


def papers(world: World) -> InvoicePolicy:
    """Return who writes papers, and how tax is reckoned."""
    return InvoicePolicy(
        engine=partial(quote, rules=RULES),
        registrations=tuple(
            Registration(f"{COUNTRY}/{division}", f"{COUNTRY}-{division.upper()}")
            for division in dict.fromkeys(DIVISIONS.values())
        ),
        places={site.id: Place(f"{COUNTRY}/{DIVISIONS[site.part]}") for site in world.sites},
        place_of=lambda _order: Place(COUNTRY),
    )
