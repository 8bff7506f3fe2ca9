"""Changes to what an order says: where to, how fast, at what prices; each decided against what has left already.

What no node has picked is routed anew in the same entry, so that no shipment is made for one address and sent when the
order has another. What is in a node's hands is put back first, or goes as it is, whichever is asked; else it refuses.
What has left stays as it is: its address is on the parcel, its price on its invoice, and how it is paid is settled.
"""

from collections.abc import Iterable, Mapping

import attrs

from ...catalog import Catalog
from ...errors import InvalidValue
from ...ledger import Accepted, Between, Decision, Guard, Reason, Refused, Request, State, Supposed
from ...orders import (
    LineState,
    Order,
    OrderCode,
    Revised,
    is_held,
    line_account,
    line_unit,
    open_pieces,
    order_key,
    ordered,
)
from ...values import Position, frozen, identifier, whole
from ..allocating.allocation import open_pieces_of
from ..allocating.openings import given
from ..cases import Case
from ..codes import FulfillmentCode
from ..memory import attempts_of
from ..policy import FulfillmentPolicy
from .holds import suspended
from .in_hand import GONE, IN_HAND, UNPICKED, claimed_by_pool, put_back, standing_in, unallocated, why_too_late
from .supplying import not_collectable, served

__all__ = ["Change", "revise"]

TOUCHED = (*IN_HAND, *GONE)
"""Where pieces stand that somebody has taken for the order."""


@frozen(kw_only=True)
class Change:
    """What is to be another of an order; None: it stays. `collect_at` may be "" (it is delivered); prices are by line.

    `tender` is how the customer pays, as the order has it.
    A new destination comes with its region and zone, or without any: those of the old one are not known to be its own.
    """

    destination: Position | None = None
    region: str | None = None
    zone: str | None = None
    service: str | None = None
    collect_at: str | None = None
    prices: Mapping[str, int] | None = None
    tender: str | None = None

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
            tender=before.tender if self.tender is None else self.tender,
        )

    def asked(self) -> tuple[tuple[str, object], ...]:
        """Return what is said, as pairs. Raises `InvalidValue` for a price that is none."""
        said: dict[str, object] = {
            field: value
            for field in ("region", "zone", "service", "collect_at", "tender")
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
    keeps: bool = False,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask that an order be another one: its address, its service level, where it is collected, its prices, its tender.

    Where the way changes, what no node has picked is taken back and given to nodes anew, and its promise with it. What
    is in a node's hands refuses; it is put back first where it `reshelves`, or goes as it is, to the address that it
    was packed for, where it `keeps` that. What has left is named, and refuses where there is nothing else. What a node
    would keep that is closed by now, others must have, or that refuses (`inventory.SHORT`). A price changes only for a
    line of which nothing has left, the tender only of an order of which nothing has.

    Because: `orders.UNKNOWN_ORDER`, `orders.UNKNOWN_LINE`, `PRICE_OF_KIT`, `PRICE_FIXED`, `TENDER_FIXED`, `IN_HAND`,
    `HAS_LEFT`, `NOT_COLLECTABLE` refuse; `HAS_LEFT`, `IN_HAND` of what goes as it is, and of what is routed anew as
    `allocate`. Raises `InvalidValue` where it is to do both with what is in hand.
    """
    if reshelves and keeps:
        raise InvalidValue("keeps", keeps, "one of both: put back what is in hand, or let it go as it is")
    how = [(name, True) for name, is_so in (("reshelves", reshelves), ("keeps", keeps)) if is_so]
    asked = (*change.asked(), *how)
    if change.service is not None:
        policy.routing.due_at(0, change.service)  # raises for a service level that is not known

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(order_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        revised = change.of(document)
        case = Case(world, catalog, revised, policy, now)
        wrong = (*_prices(world, document, change.prices or ()), *_tender(world, document, revised))
        answer = _moved(case, reshelves=reshelves, keeps=keeps) if _way(revised) != _way(document) else _as_it_is(case)
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


def _tender(world: State, order: Order, revised: Order) -> tuple[Reason, ...]:
    """Say that an order is paid as it was to be, where some of it has left: that is charged as it leaves."""
    gone = sum(standing_in(world, order, GONE).values()) if revised.tender != order.tender else 0
    needed = sum([ordered(world, order.unit(line.id)) for line in order.lines]) if gone else 0
    return (Reason(FulfillmentCode.TENDER_FIXED, order.id, gone, needed),) if gone else ()


def _as_it_is(case: Case) -> Decision:
    """Set down the order, which goes the way that it went."""
    return Accepted((Revised(order=case.order),), (), _no_more_than(case.world, case.order, GONE))


def _moved(case: Case, *, reshelves: bool, keeps: bool) -> Decision:
    """Set down the order and give what can still go another way to nodes anew, or hold it where the order is held."""
    world = case.world
    case = case._replace(order=attrs.evolve(case.order, as_addressed=_packed(world, case.order) if keeps else ()))
    order = case.order
    attempts_of(world, order.id)  # read, so that what is allocated meanwhile to the old address is a conflict
    in_hand, late = standing_in(world, order, IN_HAND), why_too_late(world, order, {})
    if (in_hand and not (reshelves or keeps)) or (late and not in_hand and not standing_in(world, order, UNPICKED)):
        return Refused(late)
    back = put_back(case, in_hand if reshelves else {})
    off = unallocated(Supposed(world, back.events), order)
    kept = claimed_by_pool(case, (*back.events, *off.events))
    if isinstance(kept, Refused):
        return kept
    events = (*back.events, *off.events, *kept.events, Revised(order=order))
    after = case._replace(world=Supposed(world, events))
    lines = open_pieces_of(after.world, order)
    is_anew = bool(off.events or back.events)
    pending = suspended(after.world, order) if is_held(world, order.id) and is_anew else ()
    going: Decision = Accepted(pending, (), open_pieces(order.id, lines if pending else ()))
    if is_anew and not pending:
        going = given(after)
    stays = [each for each in late if keeps or each.code is FulfillmentCode.HAS_LEFT]
    because = (*stays, *going.because)
    if isinstance(going, Accepted):
        events += going.events
    goes_there = order.collect_at and is_anew and not pending
    if goes_there and (short := not_collectable(order, lines, served(events))):
        return Refused((*short, *going.because))
    guards: tuple[Guard, ...] = (*back.guards, *off.guards, *kept.guards)
    guards += going.guards if isinstance(going, Accepted) else ()
    return Accepted(events, because, (*guards, *_no_more_than(Supposed(world, events), order, TOUCHED)))


def _packed(world: State, order: Order) -> tuple[str, ...]:
    """Return the shipments of which nodes have pieces in hand."""
    parts = [world.parts(order.unit(line.id), line_account(state)) for line in order.lines for state in IN_HAND]
    return tuple(sorted({account.ref for own in parts for account, held in own.items() if held > 0}))


def _no_more_than(world: State, order: Order, states: Iterable[LineState]) -> tuple[Between, ...]:
    """Return the guards that in these states stands what was seen there, and nothing has come or gone meanwhile."""
    at = tuple([line_account(state) for state in states])
    held = [(order.unit(line.id), world.balance(order.unit(line.id), at)) for line in order.lines]
    return tuple([Between(unit, at, quantity, quantity) for unit, quantity in held])
