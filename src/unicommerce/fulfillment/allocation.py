"""How open pieces of an order become shipments: what nodes could give, the plan, and the guards it holds under.

A claim at a pool is moved to nodes of that pool; nothing is claimed anew. The pool's own groups hold the claim already,
so a node's pieces are bound by its stock, its day's capacity and the groups of *other* pools that reach it. Where
several nodes would draw on one such group too much, they are offered what is left of it in the order of the pool.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..catalog import Catalog, Node, pool_place
from ..inventory import Limits, free_of, limits_of
from ..ledger import Accepted, Between, Decision, Reason, Refused, State, Supposed
from ..orders import LineQuantity, LineState, Order, open_pieces, standing
from ..routing import Plan, Supply, route
from ..values import HOUR_MS
from .codes import FulfillmentCode
from .documents import Attempts, Shipment, attempts_key, capacity_used, node_day
from .events import Allocated
from .policy import FulfillmentPolicy
from .wants import Want, by_kit, by_sku, is_torn, offers, taking

__all__ = ["Case", "allocation"]

Spent = dict[tuple[str, tuple[str, ...]], int]
"""Pieces that nodes were offered already, by SKU and the set of places that they draw on."""


class Case(NamedTuple):
    """An order, the state it is decided on, and what decides with it."""

    world: State
    catalog: Catalog
    order: Order
    policy: FulfillmentPolicy
    now: int


def allocation(case: Case) -> Decision:
    """Decide which nodes ship the open pieces of an order.

    Because: `NOTHING_OPEN`; one `routing` reason for each node; `WAITS`, `PAST_SERVICE_LEVEL`.
    """
    order = case.order
    held = {line.id: standing(case.world, order.unit(line.id), LineState.OPEN) for line in order.lines}
    lines = tuple([LineQuantity(line.id, line.sku, held[line.id]) for line in order.lines if held[line.id] > 0])
    if not lines:
        return Refused((Reason(FulfillmentCode.NOTHING_OPEN, order.id),))
    attempts = case.world.document(attempts_key(order.id)) or Attempts(order=order.id, revision=0)
    wants = by_sku(case.catalog, lines)
    events, guards, plan = _planned(case, wants, attempts)
    if order.kits and not case.policy.kits_may_part and is_torn(order, lines, [event.lines for event in events]):
        wants = by_kit(case.catalog, order, lines)
        events, guards, plan = _planned(case, wants, attempts)
    because = (*plan.because, *(Reason(FulfillmentCode.WAITS, sku, left) for sku, left in plan.unfilled))
    because += tuple(Reason(FulfillmentCode.PAST_SERVICE_LEVEL, order.id, hours) for hours in _hours_late(case, plan))
    return Accepted(events, because, guards) if events else Refused(because)


def _planned(
    case: Case, wants: Sequence[Want], attempts: Attempts
) -> tuple[tuple[Allocated, ...], tuple[Between, ...], Plan]:
    """Plan what nodes could give; where that is too much together, again with what each leaves for the next."""
    plan = _plan(case, wants, attempts, None)
    events = _allocated(plan, case.order, wants, attempts)
    if not _all_hold(Supposed(case.world, events), _guards(case, events)):
        plan = _plan(case, wants, attempts, {})
        events = _allocated(plan, case.order, wants, attempts)
    return events, _guards(case, events), plan


def _all_hold(world: State, guards: Sequence[Between]) -> bool:
    return all(guard.admits(world.balance(guard.unit, guard.accounts)) for guard in guards)


def _plan(case: Case, wants: Sequence[Want], attempts: Attempts, spent: Spent | None) -> Plan:
    network = case.catalog.network
    pool = network.pool_by_id.get(case.order.pool)
    skus = tuple(dict.fromkeys([sku for want in wants for _, sku, _ in want.parts]))
    supplies = []
    for node in [network.node_by_id[id] for id in (pool.nodes if pool else ())]:
        capacity, is_excluded = _capacity_left(case, node), node.id in attempts.turned_down
        can_give = not is_excluded and (capacity is None or capacity > 0)  # else its offer is left for the others
        free = {sku: _free(case, node, sku, spent if can_give else None) for sku in skus}
        supplies.append(Supply(node, *offers(wants, free, capacity), is_excluded))
    return route(
        tuple([want.need() for want in wants]),
        supplies,
        destination=case.order.destination,
        due_at=case.policy.routing.due_at(case.order.placed_at, case.order.service),
        currency=case.order.currency,
        policy=case.policy.routing,
        now=case.now,
    )


def _bounds(case: Case, node: str) -> tuple[tuple[str, ...], ...]:
    own = pool_place(case.order.pool)
    return tuple([places for places in case.catalog.network.limits[node] if own not in places])


def _limits(case: Case, node: str, sku: str) -> Limits:
    return limits_of(case.world, case.catalog, _bounds(case, node), sku, now=case.now)


def _free(case: Case, node: Node, sku: str, spent: Spent | None) -> int:
    """Return what a node can give; where `spent` is kept, what nodes before it were offered is no longer there."""
    bounds, limits = _bounds(case, node.id), _limits(case, node.id, sku)
    free = [free_of(case.world, guard) for guard in limits.sums]
    if spent is None:
        return max(min(free), 0)
    offer = max(min([held - spent.get((sku, places), 0) for held, places in zip(free, bounds, strict=True)]), 0)
    for places in bounds:
        spent[sku, places] = spent.get((sku, places), 0) + offer
    return offer


def _capacity_left(case: Case, node: Node) -> int | None:
    day = node.calendar.handling_day(case.now)
    if node.daily_capacity is None or day is None:
        return None
    return node.daily_capacity - case.world.balance(node_day(node.id, day), (capacity_used(node.id),))


def _allocated(plan: Plan, order: Order, wants: Sequence[Want], attempts: Attempts) -> tuple[Allocated, ...]:
    left = {want.name: want for want in wants}
    events = []
    for number, planned in enumerate(plan.shipments, start=1):
        shipment = Shipment(
            id=f"{order.id}/{attempts.shipments + number}",
            order=order.id,
            node=planned.node,
            day=planned.day,
            deliver_by=planned.deliver_by,
        )
        tried = Attempts(
            order=order.id,
            revision=attempts.revision + number,
            shipments=attempts.shipments + number,
            turned_down=attempts.turned_down,
        )
        given: dict[str, LineQuantity] = {}
        for name, quantity in planned.items:
            taken, left[name] = taking(left[name], quantity)
            for part in taken:
                known = given.get(part.line, part._replace(quantity=0))
                given[part.line] = known._replace(quantity=known.quantity + part.quantity)
        lines = tuple([given[line.id] for line in order.lines if line.id in given])
        events.append(Allocated(pool=order.pool, shipment=shipment, lines=lines, attempts=tried))
    return tuple(events)


def _guards(case: Case, events: Sequence[Allocated]) -> tuple[Between, ...]:
    guards: dict[Between, None] = {}
    for event in events:
        node = case.catalog.network.node_by_id[event.shipment.node]
        for sku in dict.fromkeys([sku for _, sku, _ in event.lines]):
            limits = _limits(case, node.id, sku)
            guards.update(dict.fromkeys(limits.sums + limits.still))
        guards.update(dict.fromkeys(open_pieces(case.order.id, event.lines)))
        if node.daily_capacity is not None:
            used = (capacity_used(node.id),)
            guards[Between(node_day(node.id, event.shipment.day), used, None, node.daily_capacity)] = None
    return tuple(guards)


def _hours_late(case: Case, plan: Plan) -> tuple[int, ...]:
    due_at = case.policy.routing.due_at(case.order.placed_at, case.order.service)
    hours = max([-((due_at - shipment.deliver_by) // HOUR_MS) for shipment in plan.shipments], default=0)
    return (hours,) if hours > 0 else ()
