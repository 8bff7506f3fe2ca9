"""VAT of the European Union: whose rate a sale across a border has, imports, prices that contain it, a small table.

Distance sales follow articles 33, 59c and 369 of Directive 2006/112/EC; countries are ISO 3166 codes.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ..errors import InvalidValue
from ..ledger import Reason, Refused
from ..values import frozen, whole
from .codes import TaxCode
from .documents import SELLER, TaxLine, TaxRequest
from .reckoning import Levy, reckon
from .rules import Rate, RuleSet, Shipping, Sourced

__all__ = [
    "MEMBERS",
    "RATES",
    "DistanceSale",
    "GrossPolicy",
    "Union",
    "distance_sale",
    "is_ioss",
    "net_at_home",
    "rules",
]

MEMBERS = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
"""The countries of the Union, by code."""

THRESHOLD_MINOR = 10_000_00
"""Net sales across borders in a calendar year, goods and digital together, up to which the home rate may hold."""
IOSS_MINOR = 150_00
"""The highest intrinsic value of a consignment for the import scheme."""


class GrossPolicy(StrEnum):
    """What holds where a price contains the tax of another country than its own: the price, or what is left of it."""

    KEEP_GROSS = "keep_gross"
    KEEP_NET = "keep_net"


class DistanceSale(NamedTuple):
    """Whose rate a sale has, and where it is reported: a country, OSS, or the buyer by reverse charge."""

    rate_country: str
    report_in: str


def distance_sale(
    seller_country: str,
    buyer_country: str,
    *,
    net_minor: int,
    goods_minor: int = 0,
    digital_minor: int = 0,
    is_business: bool = False,
    threshold_minor: int = THRESHOLD_MINOR,
) -> DistanceSale:
    """Return whose rate goods or downloads have that go from one country of the Union to another.

    `goods_minor` and `digital_minor` are earlier sales of the year across borders, net. The sale with which all exceed
    the threshold is taxed by destination already (article 59c). A business assesses the tax of its country itself.

    >>> distance_sale("DE", "FR", net_minor=100_00, goods_minor=9_950_00)
    DistanceSale(rate_country='FR', report_in='OSS')
    """
    if seller_country == buyer_country:
        return DistanceSale(seller_country, seller_country)
    if is_business:
        return DistanceSale(buyer_country, "reverse_charge")
    sold = whole(goods_minor, "goods_minor") + whole(digital_minor, "digital_minor") + whole(net_minor, "net_minor")
    if sold > threshold_minor:
        return DistanceSale(buyer_country, "OSS")
    return DistanceSale(seller_country, seller_country)


def is_ioss(origin: str, buyer_country: str, intrinsic_minor: int) -> bool:
    """Tell whether an imported consignment may be declared in the import scheme: at most 150 of intrinsic value.

    >>> is_ioss("IN", "FR", 150_00), is_ioss("IN", "FR", 150_01)
    (True, False)
    """
    is_import = origin not in MEMBERS and buyer_country in MEMBERS
    return is_import and whole(intrinsic_minor, "intrinsic_minor") <= IOSS_MINOR


def net_at_home(gross_minor: int, rate: str) -> int:
    """Return what is left of a price at its own country's rate: what stays where the net is kept.

    >>> net_at_home(10_00, "0.19")
    840
    """
    (line,) = reckon([(TaxLine(id="1", amount_minor=gross_minor, includes_tax=True), (Levy("VAT", rate),))])
    return line.net_minor


@frozen(kw_only=True)
class Union:
    """Whose VAT a sale has: by where goods leave and arrive, the seller's schemes and threshold, the buyer's number.

    A seller who is registered for OSS is taxed by destination from the first sale. A marketplace collects what comes
    from outside the Union in consignments up to 150, as the deemed supplier (article 14a). Where prices hold tax it is
    the price that is held against a threshold, for no rate is known yet.
    """

    gross_policy: str = GrossPolicy.KEEP_GROSS
    threshold_minor: int = THRESHOLD_MINOR

    def __attrs_post_init__(self) -> None:
        if self.gross_policy not in list(GrossPolicy):
            raise InvalidValue("gross_policy", self.gross_policy, f"one of {', '.join(GrossPolicy)}")

    def __call__(self, request: TaxRequest, /) -> Sourced | Refused:
        """Return how a sale is taxed; refused where either end is not known."""
        start = request.handed_over_at or request.ship_from
        end = request.handed_over_at or request.ship_to or request.bill_to
        if start is None or end is None:
            needed = "ship_from" if start is None else "ship_to"
            return Refused((Reason(TaxCode.NO_PLACE, request.document, None, needed),))
        home, away = start.path.partition("/")[0], end.path.partition("/")[0]
        if home not in MEMBERS:
            return _imported(request, home, away)
        if away not in MEMBERS:
            return self._sourced(request, home, home, exempt="export")
        sale = distance_sale(
            home,
            away,
            net_minor=sum([line.base_minor for line in request.lines]),
            goods_minor=request.cumulative_minor,
            is_business=request.buyer.is_business and any(r.jurisdiction == away for r in request.buyer.registrations),
            threshold_minor=-1 if request.registered("EU", "OSS") else self.threshold_minor,
        )
        exempt = "intra_community" if sale.report_in == "reverse_charge" else ""
        return self._sourced(request, home, home if exempt else sale.rate_country, exempt=exempt, rule=sale.report_in)

    def _sourced(self, request: TaxRequest, home: str, country: str, *, exempt: str, rule: str = "export") -> Sourced:
        is_moved = country != home or bool(exempt)
        priced_at = (home,) if is_moved and self.gross_policy == GrossPolicy.KEEP_NET else ()
        because = [Reason(TaxCode.SOURCED, request.document, country, rule)]
        if exempt:
            because.append(Reason(TaxCode.NOT_DUE, request.document, exempt))
        return Sourced((country,), exempt=exempt, priced_at=priced_at, because=tuple(because))


def _imported(request: TaxRequest, home: str, away: str) -> Sourced:
    value = sum([line.base_minor for line in request.lines])
    if not is_ioss(home, away, value) or not (request.marketplace or request.registered("EU", "IOSS")):
        return Sourced(because=(Reason(TaxCode.NOT_DUE, request.document, "taxed on import"),))
    because = [Reason(TaxCode.SOURCED, request.document, away, "IOSS")]
    if request.marketplace:
        because.append(Reason(TaxCode.COLLECTED_BY, request.document, request.marketplace))
    return Sourced((away,), collected_by=request.marketplace or SELLER, because=tuple(because))


_TEDB = "European Commission, Taxes in Europe Database"

RATES: tuple[Rate, ...] = (
    Rate("DE", "VAT", "0.19", source=_TEDB),
    Rate("DE", "VAT", "0.07", "books", source=_TEDB),
    Rate("DE", "VAT", "0.07", "food", source=_TEDB),
    Rate("FR", "VAT", "0.20", source=_TEDB),
    Rate("FR", "VAT", "0.055", "books", source=_TEDB),
    Rate("FR", "VAT", "0.055", "food", source=_TEDB),
    Rate("FI", "VAT", "0.24", valid_to="2024-08-31", source=_TEDB),
    Rate("FI", "VAT", "0.255", valid_from="2024-09-01", source=_TEDB),
    Rate("SK", "VAT", "0.20", valid_to="2024-12-31", source=_TEDB),
    Rate("SK", "VAT", "0.23", valid_from="2025-01-01", source=_TEDB),
    Rate("EE", "VAT", "0.22", valid_from="2024-01-01", valid_to="2025-06-30", source=_TEDB),
    Rate("EE", "VAT", "0.24", valid_from="2025-07-01", source=_TEDB),
    Rate("RO", "VAT", "0.19", valid_to="2025-07-31", source=_TEDB),
    Rate("RO", "VAT", "0.21", valid_from="2025-08-01", source=_TEDB),
)
"""A few rates, to show the form and their changes: not a table to charge by."""


def rules(rates: Sequence[Rate] = RATES, *, version: str = "EU-sample", regime: Union = Union()) -> RuleSet:
    """Return the rules of the Union over a table of rates: lines rounded alone, shipping taxed as what is shipped."""
    shipping = tuple([(country, Shipping.WEIGHTED) for country in sorted(MEMBERS)])
    return RuleSet(version=version, regime=regime, rates=tuple(rates), shipping=shipping)
