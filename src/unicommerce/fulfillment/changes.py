"""Changes to what an order says: where to, how fast, at what prices; each decided against what has left already.

What no node has picked is routed anew in the same entry, so that no shipment is made for one address and sent when the
order has another. What is in a node's hands is put back first, if that is asked, or refuses. What has left stays as it
is: its address is on the parcel, its price on its invoice.
"""

from collections.abc import Iterable, Mapping

import attrs

from ..catalog import Catalog
from ..ledger import Accepted, Between, Decision, Guard, Reason, Refused, Request, State, Supposed
from ..orders import LineState, Order, OrderCode, Revised, line_account, line_unit, order_key, ordered
from ..values import Position, frozen, identifier, whole
from .allocation import open_pieces_of
from .cases import Case
from .codes import FulfillmentCode
from .decisions import not_collectable, served
from .in_hand import GONE, IN_HAND, UNPICKED, put_back, standing_in, unallocated, why_too_late
from .memory import attempts_of
from .openings import given
from .policy import FulfillmentPolicy

__all__ = ["Change", "revise"]

TOUCHED = (*IN_HAND, *GONE)
"""Where pieces stand that somebody has taken for the order."""


@frozen(kw_only=True)
class Change:
    """What is to be another of an order; None: it stays. `collect_at` may be "" (it is delivered); prices are by line.

    A new destination comes with its region and zone, or without any: those of the old one are not known to be its own.
    """

    destination: Position | None = None
    region: str | None = None
    zone: str | None = None
    service: str | None = None
    collect_at: str | None = None
    prices: Mapping[str, int] | None = None

    def of(self, order: Order) -> Order:
        """Return the next revision of an order."""
        prices = self.prices or {}
        lines = tuple([line.repriced(prices.get(line.id, line.price_minor)) for line in order.lines])
        before = order if self.destination is None else attrs.evolve(order, region="", zone="")
        return attrs.evolve(
            before,
            revision=order.revision + 1,
            lines=lines,
            destination=before.destination if self.destination is None else self.destination,
            region=before.region if self.region is None else self.region,
            zone=before.zone if self.zone is None else self.zone,
            service=before.service if self.service is None else self.service,
            collect_at=before.collect_at if self.collect_at is None else self.collect_at,
        )

    def asked(self) -> tuple[tuple[str, object], ...]:
        """Return what is said, as pairs. Raises `InvalidValue` for a price that is none."""
        said: dict[str, object] = {
            field: value
            for field in ("region", "zone", "service", "collect_at")
            if (value := getattr(self, field)) is not None
        }
        if self.destination is not None:
            said["destination"] = tuple(self.destination)
        if self.prices is not None:
            prices = sorted(self.prices.items())
            said["prices"] = tuple([(identifier(line, "line"), whole(p, f"price of {line}")) for line, p in prices])
        return tuple(said.items())


def revise(
    order: str,
    change: Change,
    *,
    id: str,
    reshelves: bool = False,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask that an order be another one: its address, its service level, where it is collected, its prices.

    Where the way changes, what no node has picked is taken back and given to nodes anew, and its promise with it. What
    is in a node's hands refuses, or is put back first where it `reshelves`. What has left is named, and refuses where
    there is nothing else. A price changes only for a line of which nothing has left.

    Because: `orders.UNKNOWN_ORDER`, `orders.UNKNOWN_LINE`, `PRICE_OF_KIT`, `PRICE_FIXED`, `IN_HAND`, `HAS_LEFT`,
    `NOT_COLLECTABLE` refuse; `HAS_LEFT`, and of what is routed anew as `allocate`.
    """
    asked = (*change.asked(), *((("reshelves", True),) if reshelves else ()))
    if change.service is not None:
        policy.routing.due_at(0, change.service)  # raises for a service level that is not known

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(order_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        revised = change.of(document)
        case = Case(world, catalog, revised, policy, now)
        wrong = _prices(world, document, change.prices or ())
        answer = _moved(case, reshelves=reshelves) if _way(revised) != _way(document) else _as_it_is(case)
        return Refused(wrong) if wrong else answer

    return Request(f"order/{order}/revised/{identifier(id, 'id')}", asked, decide)


def _way(order: Order) -> tuple[object, ...]:
    """Return all that decides how an order reaches its customer."""
    return order.destination, order.region, order.zone, order.service, order.collect_at


def _prices(world: State, order: Order, lines: Iterable[str]) -> tuple[Reason, ...]:
    """Say which prices can not be changed: of lines that are not there, of parts of kits, of what has left."""
    in_kits = {line for kit in order.kits for line, _ in kit.components} | order.kit_by_id.keys()
    gone, because = standing_in(world, order, GONE), []
    for line in lines:
        unit = line_unit(order.id, line)
        if line in in_kits:
            because.append(Reason(FulfillmentCode.PRICE_OF_KIT, unit))
        elif line not in order.line_by_id:
            because.append(Reason(OrderCode.UNKNOWN_LINE, unit))
        elif line in gone:
            because.append(Reason(FulfillmentCode.PRICE_FIXED, unit, gone[line], ordered(world, unit)))
    return tuple(because)


def _as_it_is(case: Case) -> Decision:
    """Set down the order, which goes the way that it went."""
    return Accepted((Revised(order=case.order),), (), _no_more_than(case.world, case.order, GONE))


def _moved(case: Case, *, reshelves: bool) -> Decision:
    """Set down the order and give what can still go another way to nodes anew."""
    world, order = case.world, case.order
    attempts_of(world, order.id)  # read, so that what is allocated meanwhile to the old address is a conflict
    in_hand, late = standing_in(world, order, IN_HAND), why_too_late(world, order, {})
    if (in_hand and not reshelves) or (late and not in_hand and not standing_in(world, order, UNPICKED)):
        return Refused(late)
    back = put_back(case, in_hand)
    off = unallocated(Supposed(world, back.events), order)
    events = (*back.events, *off.events, Revised(order=order))
    after = case._replace(world=Supposed(world, events))
    lines = open_pieces_of(after.world, order)
    going = given(after) if off.events or back.events else Accepted()
    because = (*[each for each in late if each.code is FulfillmentCode.HAS_LEFT], *going.because)
    if isinstance(going, Accepted):
        events += going.events
    if order.collect_at and (off.events or back.events) and (short := not_collectable(order, lines, served(events))):
        return Refused((*short, *going.because))
    guards: tuple[Guard, ...] = (*back.guards, *off.guards, *(going.guards if isinstance(going, Accepted) else ()))
    return Accepted(events, because, (*guards, *_no_more_than(Supposed(world, events), order, TOUCHED)))


def _no_more_than(world: State, order: Order, states: Iterable[LineState]) -> tuple[Between, ...]:
    """Return the guards that in these states stands what was seen there, and nothing has come or gone meanwhile."""
    at = tuple([line_account(state) for state in states])
    held = [(order.unit(line.id), world.balance(order.unit(line.id), at)) for line in order.lines]
    return tuple([Between(unit, at, quantity, quantity) for unit, quantity in held])
