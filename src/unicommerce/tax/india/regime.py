"""The regime of GST, and a small table of its rates."""

from collections.abc import Sequence

from ...ledger import Reason, Refused
from ...values import frozen
from ..codes import TaxCode
from ..documents import BUYER, SELLER, Kind, Place, TaxRequest
from ..rules import Rate, RuleSet, Sourced
from .papers import UNTAXED
from .states import ABROAD, components, place_of_supply, state_of

__all__ = ["RATES", "India", "rules"]


@frozen(kw_only=True)
class India:
    """Where GST is due, and in which components: place of supply against the state that goods leave from.

    With `exports_with_payment` an export is charged, to be refunded; else it goes untaxed, under a bond. What is
    purchased for more than `reverse_charge_above_minor` from somebody without a registration, the buyer assesses.
    """

    exports_with_payment: bool = False
    reverse_charge_above_minor: int | None = None

    def __call__(self, request: TaxRequest, /) -> Sourced | Refused:
        """Return how a document is taxed; refused where it is not known what goods leave from."""
        if (origin := request.handed_over_at or request.ship_from) is None:
            return Refused((Reason(TaxCode.NO_PLACE, request.document, None, "ship_from"),))
        state = state_of(_code(origin), "ship_from")
        seller = request.registered(f"IN/{state}")
        is_reverse = seller is None and self._is_reverse(request)
        if seller is None and not is_reverse:
            return Sourced(because=(Reason(TaxCode.NOT_REGISTERED, request.document, None, f"IN/{state}"),))
        place = self._place(request, state)
        if seller is not None and seller.scheme in UNTAXED:
            return _untaxed(request, seller.scheme)
        if request.kind == Kind.OWN_TRANSFER and request.registered(f"IN/{place}") == seller:
            return _untaxed(request, "a move within one registration")
        owners = {"SGST": f"IN/{state}", "UTGST": f"IN/{state}"}
        parts = tuple([(code, owners.get(code, "IN")) for code in components(state, place)])
        because = Reason(TaxCode.SOURCED, request.document, f"IN/{place}", "place of supply")
        exempt = "export" if place == ABROAD and not self.exports_with_payment else ""
        collector = BUYER if is_reverse else SELLER
        return Sourced(("IN",), (("GST", parts),), collector, exempt, because=(because,))

    def _is_reverse(self, request: TaxRequest) -> bool:
        least = self.reverse_charge_above_minor
        total = sum([line.base_minor for line in request.lines])
        return request.kind == Kind.PURCHASE and least is not None and total > least

    def _place(self, request: TaxRequest, state: str) -> str:
        delivery = "" if request.ship_to is None else _code(request.ship_to)
        if delivery == ABROAD or request.kind == Kind.OWN_TRANSFER:
            return delivery or state
        registered = [each for each in request.buyer.registrations if each.jurisdiction.startswith("IN/")]
        return place_of_supply(
            state,
            is_registered=bool(registered),
            billing_state="" if request.bill_to is None else _code(request.bill_to),
            delivery_state=delivery,
            third_person_state="" if request.directed_by is None else _code(request.directed_by),
            goods_state=state,
            is_moved=request.handed_over_at is None,
            tax_date=request.tax_date,
        )


def _code(place: Place) -> str:
    country, _, rest = place.path.partition("/")
    return rest.partition("/")[0] if country == "IN" else ABROAD


def _untaxed(request: TaxRequest, why: str) -> Sourced:
    return Sourced(because=(Reason(TaxCode.NOT_DUE, request.document, why),))


_REFORM = "56th GST Council; Notification 9/2025, Central Tax (Rate)"
_FIRST = "Notification 1/2017, Central Tax (Rate)"

RATES: tuple[Rate, ...] = (
    Rate("IN", "GST", "0.18", source=_FIRST),
    Rate("IN", "GST", "0.12", "household", valid_to="2025-09-21", source=_FIRST),
    Rate("IN", "GST", "0.05", "household", valid_from="2025-09-22", source=_REFORM),
    Rate("IN", "GST", "0.28", "luxury", valid_to="2025-09-21", source=_FIRST),
    Rate("IN", "GST", "0.40", "luxury", valid_from="2025-09-22", source=_REFORM),
    Rate("IN", "GST", "0.05", "apparel", "", "2025-09-21", 1_000_00, source=_FIRST),
    Rate("IN", "GST", "0.12", "apparel", "", "2025-09-21", source=_FIRST),
    Rate("IN", "GST", "0.05", "apparel", "2025-09-22", "", 2_500_00, source=f"{_REFORM}, as reported"),
    Rate("IN", "GST", "0.18", "apparel", "2025-09-22", source=f"{_REFORM}, as reported"),
    Rate("IN", "GST", "0", "staples", exempt="nil_rated", source="Notification 2/2017, Central Tax (Rate)"),
)
"""A few whole rates, to show the form: not a tariff."""


def rules(rates: Sequence[Rate] = RATES, *, version: str = "IN-sample", regime: India = India()) -> RuleSet:
    """Return the rules of India over a table of rates: lines rounded alone, the payable to the rupee."""
    return RuleSet(version=version, regime=regime, rates=tuple(rates), payable_step_minor=100)
