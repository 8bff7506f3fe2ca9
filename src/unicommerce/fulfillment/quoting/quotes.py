"""What an order would be promised if it were placed now, by service level: "get it by Thursday".

A quote is the answer of `place` (and of `allocate`, where orders are routed later) on the state as it is, read and not
recorded. So it promises what an order placed at once is promised, and nothing of it is said twice.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import attrs

from ...catalog import Catalog
from ...ledger import Accepted, Decision, Reason, Refused, State, Supposed
from ...orders import Order, Placed, exploded, line_quantities
from ...routing import Promise, RoutingCode
from ...supply import Short
from ...values import MINUTE_MS
from ..allocating.allocation import Case, allocation
from ..events import Allocated
from ..ordering.decisions import allocate, place
from ..policy import FulfillmentPolicy
from .alternatives import summed

__all__ = ["InTime", "Quote", "QuotedParcel", "ServiceQuote", "quote"]


class QuotedParcel(NamedTuple):
    """What one node would send: pieces by SKU (of kits the components), its promise, and what that costs us."""

    node: str
    pieces: Mapping[str, int]
    promise: Promise
    cost_minor: int


class ServiceQuote(NamedTuple):
    """What a service level would promise.

    `missing` is what it would not send now, pieces and kits by SKU as ordered; where the policy refuses an order for
    that, there are no parcels. `because` says why not, and has one reason for each node.
    """

    service: str
    parcels: tuple[QuotedParcel, ...]
    missing: Mapping[str, int]
    because: tuple[Reason, ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether everything can be had now."""
        return not self.missing

    @property
    def earliest(self) -> int | None:
        """Return the soonest (ms UTC) that all parcels may be there; None without any."""
        return max([parcel.promise.earliest for parcel in self.parcels], default=None)

    @property
    def latest(self) -> int | None:
        """Return by when (ms UTC) all parcels are there, as often as is promised; None without any."""
        return max([parcel.promise.latest for parcel in self.parcels], default=None)

    @property
    def percent(self) -> int | None:
        """Return how often of a hundred times each of the parcels keeps its promise; None without any."""
        return min([parcel.promise.percent for parcel in self.parcels], default=None)

    @property
    def cost_minor(self) -> int:
        """Return what the parcels cost us in all, by the routing policy; it is no price for the customer."""
        return sum([parcel.cost_minor for parcel in self.parcels])


class InTime(NamedTuple):
    """The service level that serves a date best, and by how many minutes it misses that (0: it does not)."""

    quote: ServiceQuote
    late_minutes: int


class Quote(NamedTuple):
    """What each service level of the policy would promise, in its order, and the currency of its cost."""

    services: tuple[ServiceQuote, ...]
    currency: str

    def by(self, moment: int) -> InTime | None:
        """Return the cheapest service that has everything there by a moment (ms UTC), or the one that misses it least.

        None where no service has everything.
        """
        there = [(each.latest, each) for each in self.services if each.is_complete]
        known = [(latest, each) for latest, each in there if latest is not None]
        if in_time := [each for latest, each in known if latest <= moment]:
            return InTime(min(in_time, key=lambda each: each.cost_minor), 0)
        latest, best = min(known, key=lambda one: (one[0], one[1].cost_minor), default=(0, None))
        return None if best is None else InTime(best, -((moment - latest) // MINUTE_MS))


def quote(
    order: Order, quantities: Mapping[str, int], *, policy: FulfillmentPolicy = FulfillmentPolicy(), now: int
) -> Callable[[State, Catalog], Quote]:
    """Return the view of what an order (pieces by line) would be promised if it were placed at a moment (ms UTC).

    It is quoted at each service level of the policy, whichever it names. Raises `InvalidValue` as `place` does.
    """
    orders = [attrs.evolve(order, service=service, placed_at=now) for service in policy.routing.services]
    for each in orders:
        place(each, quantities, policy=policy)  # raises for what can not be placed

    def view(state: State, catalog: Catalog) -> Quote:
        cases = [Case(state, catalog, each, policy, now) for each in orders]
        return Quote(tuple([_quoted(case, quantities) for case in cases]), order.currency)

    return view


def _quoted(case: Case, quantities: Mapping[str, int]) -> ServiceQuote:
    answer = _ordered(case, quantities)
    because, there = answer.because, answer
    if isinstance(answer, Refused):
        backorders = attrs.evolve(case.policy.backorders, when_short=Short.PARTIAL)
        there = _ordered(case._replace(policy=attrs.evolve(case.policy, backorders=backorders)), quantities)
    if not any(isinstance(reason.code, RoutingCode) for reason in because):
        because += _of_nodes(case, quantities)
    parcels = tuple([parcel for event in _allocated(answer) if (parcel := _parcel(event))])
    return ServiceQuote(case.order.service, parcels, _missing(case, quantities, _allocated(there)), because)


def _missing(case: Case, quantities: Mapping[str, int], sent: Iterable[Allocated]) -> Mapping[str, int]:
    """Return the pieces, and kits, that are not sent, by SKU as ordered."""
    there = summed([(line, quantity) for event in sent for line, _, quantity in event.lines])
    kits = {kit.id: kit.components for kit in exploded(case.order, quantities, case.catalog)[0].kits}
    lines = [(line.id, line.sku) for line in case.order.lines if line.id in quantities]
    had = {line: min([there.get(id, 0) // each for id, each in kits.get(line, ((line, 1),))]) for line, _ in lines}
    lacking = summed([(sku, quantities[line] - had[line]) for line, sku in lines])
    return {sku: quantity for sku, quantity in lacking.items() if quantity}


def _ordered(case: Case, quantities: Mapping[str, int]) -> Decision:
    """Decide the order as if it were placed now, and given to nodes now where the policy leaves that for later."""
    placed = place(case.order, quantities, policy=case.policy).decide(case.world, case.catalog, case.now)
    if case.policy.allocates_at_once or isinstance(placed, Refused):
        return placed
    after = Supposed(case.world, placed.events)
    given = allocate(case.order.id, policy=case.policy).decide(after, case.catalog, case.now)
    going = given.events if isinstance(given, Accepted) else ()
    return Accepted(placed.events + going, placed.because + given.because)


def _of_nodes(case: Case, quantities: Mapping[str, int]) -> tuple[Reason, ...]:
    """Say of each node what it could send of an order of which nothing is sent."""
    order, by_line = exploded(case.order, quantities, case.catalog)
    lines = line_quantities(order, by_line)
    after = Supposed(case.world, (Placed(order=order, lines=lines),))
    answer = allocation(case._replace(world=after, order=order), lines)
    return tuple([reason for reason in answer.because if isinstance(reason.code, RoutingCode)])


def _allocated(answer: Decision) -> list[Allocated]:
    events = answer.events if isinstance(answer, Accepted) else ()
    return [event for event in events if isinstance(event, Allocated)]


def _parcel(event: Allocated) -> QuotedParcel | None:
    shipment, promise = event.shipment, event.shipment.promise
    sums = summed([(sku, quantity) for _, sku, quantity in event.lines])
    return QuotedParcel(shipment.node, sums, promise, shipment.cost_minor) if promise else None
