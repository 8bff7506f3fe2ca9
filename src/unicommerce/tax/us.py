"""Sales tax of the United States: which place taxes a sale, who has to collect it, and a small table of rates.

Fifty states and some thousand places each decide for themselves; what is here is the shape of their rules, with knobs.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from ..errors import InvalidValue
from ..ledger import Reason, Refused
from ..values import frozen, whole
from .codes import TaxCode
from .documents import SELLER, Scheme, TaxRequest, rate_of
from .reckoning import half_up
from .rules import Rate, RuleSet, Shipping, Sourced, ancestors

__all__ = [
    "RATES",
    "STATE_RULES",
    "Collected",
    "Taxing",
    "UnitedStates",
    "has_nexus",
    "is_collecting",
    "marketplace_sale",
    "rules",
    "taxing",
]


class StateRule(StrEnum):
    """By which end of a sale a state taxes it, where the seller is in the state; all others are taxed where it ends."""

    ORIGIN = "origin"
    DESTINATION = "destination"
    HYBRID_CA = "hybrid_ca"


STATE_RULES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("AZ", "IL", "MS", "MO", "OH", "PA", "TN", "TX", "UT", "VA"), StateRule.ORIGIN)
    | {"CA": StateRule.HYBRID_CA}
)
"""The states that do not tax by destination, as TaxCloud and Avalara list them; New Mexico left the list in 2021."""


class Taxing(NamedTuple):
    """Whose rates apply: those of state, county and city by one place, those of districts by another."""

    state_county_city: str
    district: str


def taxing(
    state_rule: str = StateRule.DESTINATION,
    *,
    received_at: str = "delivery",
    store: str = "",
    ship_to: str = "",
    on_file: str = "",
    seller_place: str = "",
    is_seller_in_state: bool | None = None,
) -> Taxing:
    """Return the places whose rates apply, as `state/city` or any longer path (Streamlined Agreement, section 310).

    The first that is known counts: the store, where goods are received there; where they are received; the address on
    file; where they are sent from. `received_at` is store, delivery or unknown. An origin state taxes by the seller's
    place, California by it for state, county and city; where `is_seller_in_state` is not given, paths tell. Raises
    `InvalidValue` for an unknown rule, and where no place is known.

    >>> taxing("hybrid_ca", seller_place="CA/Oakland", ship_to="CA/Los Angeles")
    Taxing(state_county_city='CA/Oakland', district='CA/Los Angeles')
    """
    if state_rule not in list(StateRule):
        raise InvalidValue("state_rule", state_rule, f"one of {', '.join(StateRule)}")
    if received_at not in _CASCADES:
        raise InvalidValue("received_at", received_at, f"one of {', '.join(_CASCADES)}")
    places = {"store": store, "ship_to": ship_to, "on_file": on_file, "seller_place": seller_place}
    end = next((places[name] for name in _CASCADES[received_at] if places[name]), "")
    if not end:
        raise InvalidValue("ship_to", ship_to, "a place where goods are received, or an address on file")
    seller = seller_place or store
    is_inside = _state(seller) == _state(end) if is_seller_in_state is None else is_seller_in_state
    if state_rule == StateRule.DESTINATION or not is_inside or received_at == "store" or not seller:
        return Taxing(end, end)
    return Taxing(seller, end if state_rule == StateRule.HYBRID_CA else seller)


_CASCADES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "store": ("store", "seller_place"),
        "delivery": ("ship_to", "on_file", "seller_place", "store"),
        "unknown": ("on_file", "ship_to", "seller_place", "store"),
    }
)


def _state(path: str) -> str:
    names = path.removeprefix("US/").split("/")
    return names[0]


def is_collecting(nexus: Collection[str], state: str) -> bool:
    """Tell whether a seller collects in a state: where it is registered, for want of anything better."""
    return state in nexus


def has_nexus(
    *,
    sales_minor: int,
    transactions: int,
    threshold_minor: int,
    threshold_transactions: int | None = None,
    operator: str = "or",
) -> bool:
    """Tell whether sales into a state oblige to register: above an amount, or (and) so many transactions.

    South Dakota's model is 100,000 or 200; New York's 500,000 and 100; many states dropped the count (None).

    >>> has_nexus(sales_minor=2_000_00, transactions=200, threshold_minor=100_000_00, threshold_transactions=200)
    True
    """
    is_above = whole(sales_minor, "sales_minor") > threshold_minor
    if threshold_transactions is None:
        return is_above
    if operator not in ("or", "and"):
        raise InvalidValue("operator", operator, "one of or, and")
    is_many = transactions >= threshold_transactions
    return (is_above and is_many) if operator == "and" else (is_above or is_many)


class Collected(NamedTuple):
    """Who collects the tax of a marketplace's sale, and whether the sale counts towards the seller's own thresholds."""

    seller_minor: int
    facilitator_minor: int
    counts_for_nexus: bool


def marketplace_sale(taxable_minor: int, rate: str, *, is_marketplace: bool, is_facilitator_state: bool) -> Collected:
    """Return who collects: the marketplace, where the state has made it a facilitator, else the seller.

    >>> marketplace_sale(100_00, "0.07", is_marketplace=True, is_facilitator_state=True)
    Collected(seller_minor=0, facilitator_minor=700, counts_for_nexus=True)
    """
    tax = half_up(Fraction(whole(taxable_minor, "taxable_minor")) * rate_of(rate))
    if is_marketplace and is_facilitator_state:
        return Collected(0, tax, counts_for_nexus=True)
    return Collected(tax, 0, counts_for_nexus=True)


@frozen(kw_only=True)
class UnitedStates:
    """Which places tax a sale and who collects: by state rules, registrations and laws on marketplaces.

    `state_rules` are for states that do not tax by destination. In `facilitators` a marketplace collects; None stands
    for all, as has been so since 2023.
    """

    state_rules: tuple[tuple[str, str], ...] = tuple(STATE_RULES.items())
    facilitators: tuple[str, ...] | None = None

    def __call__(self, request: TaxRequest, /) -> Sourced | Refused:
        """Return how a sale is taxed; refused where no place is known."""
        ends = (request.handed_over_at, request.ship_to, request.bill_to, request.ship_from)
        end = next((place for place in ends if place is not None), None)
        if end is None:
            return Refused((Reason(TaxCode.NO_PLACE, request.document, None, "ship_to"),))
        state = _state(end.path)
        if not end.path.startswith("US/"):
            return Sourced(because=(Reason(TaxCode.NOT_DUE, request.document, "export"),))
        is_facilitated = bool(request.marketplace) and (self.facilitators is None or state in self.facilitators)
        seller = request.accepted_at or request.ship_from or end
        if not is_facilitated and request.registered(f"US/{state}") is None:
            return Sourced(because=(Reason(TaxCode.NOT_REGISTERED, request.document, None, f"US/{state}"),))
        rule = dict(self.state_rules).get(state, StateRule.DESTINATION)
        found = taxing(
            rule,
            received_at="delivery" if request.handed_over_at is None else "store",
            store="" if request.handed_over_at is None else end.path,
            ship_to=end.path,
            seller_place=seller.path,
        )
        by_path = {seller.path: seller, end.path: end}
        because = [Reason(TaxCode.SOURCED, request.document, found.state_county_city, rule)]
        if is_facilitated:
            because.append(Reason(TaxCode.COLLECTED_BY, request.document, request.marketplace))
        return Sourced(
            (*ancestors(found.state_county_city), *by_path[found.district].districts),
            collected_by=request.marketplace if is_facilitated else SELLER,
            because=tuple(because),
        )


_WA, _CA = "Washington Department of Revenue", "CDTFA, publication 71"

RATES: tuple[Rate, ...] = (
    Rate("US/WA", "STATE", "0.065", level="state", source=_WA),
    Rate("US/WA", "STATE", "0", "food", level="state", exempt="food", source=_WA),
    Rate("US/WA/Seattle", "LOCAL", "0.036", level="city", valid_to="2021-03-31", source=_WA),
    Rate("US/WA/Seattle", "LOCAL", "0.0375", level="city", valid_from="2021-04-01", source=f"{_WA}, a sample"),
    Rate("US/CA", "STATE", "0.06", level="state", source=_CA),
    Rate("US/CA/Oakland", "LOCAL", "0.0125", level="city", source=_CA),
    Rate("US/CA/Los Angeles", "LOCAL", "0.0125", level="city", source=_CA),
    Rate("US/CA/~LACMTA", "DISTRICT", "0.0225", level="district", source=f"{_CA}, a sample"),
    Rate("US/TX", "STATE", "0.0625", level="state", source="Texas Comptroller"),
    Rate("US/NY", "STATE", "0.04", level="state", source="New York, Tax Law 1105"),
    Rate(
        "US/NY",
        "STATE",
        "0",
        "clothing",
        "",
        "",
        109_99,
        exempt="clothing",
        level="state",
        source="Tax Law 1115(a)(30)",
    ),
    Rate("US/NY", "STATE", "0.04", "clothing", level="state", source="New York, Tax Law 1105"),
    Rate("US/OR", "STATE", "0", level="state", exempt="no_sales_tax", source="Oregon has none"),
)
"""A few rates, to show the form: not a table to charge by."""


def rules(
    rates: Sequence[Rate] = RATES, *, version: str = "US-sample", regime: UnitedStates = UnitedStates()
) -> RuleSet:
    """Return the rules of the United States over a table of rates: lines rounded once at all rates together.

    Shipping is taxed as what is shipped, but in California, where a carrier's is not.
    """
    return RuleSet(
        version=version,
        regime=regime,
        rates=tuple(rates),
        scheme=Scheme.LINE_COMBINED,
        shipping=(("US", Shipping.WEIGHTED), ("US/CA", Shipping.EXEMPT)),
    )
