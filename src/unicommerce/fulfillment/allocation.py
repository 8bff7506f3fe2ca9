"""How open pieces of an order become shipments: what nodes could give, the plan, and the guards it holds under.

A claim at a pool is moved to nodes of that pool; nothing is claimed anew. The pool's own groups hold the claim already,
so a node's pieces are bound by its stock, its day's capacity and the groups of *other* pools that reach it. Where
several nodes would draw on one such group too much, they are offered what is left of it in the order of the pool.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..catalog import Catalog, Node, pool_place
from ..inventory import enough, goods, sellable_accounts
from ..ledger import Accepted, Between, Decision, Reason, Refused, State, Supposed
from ..orders import LineQuantity, LineState, Order, open_pieces, standing
from ..routing import Need, Plan, Supply, route
from ..values import HOUR_MS
from .codes import FulfillmentCode
from .documents import Attempts, Shipment, attempts_key, capacity_used, node_day
from .events import Allocated
from .policy import FulfillmentPolicy

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
    plan, events, guards = _planned(case, lines, attempts, None)
    if not _all_hold(Supposed(case.world, events), guards):
        plan, events, guards = _planned(case, lines, attempts, {})
    because = (*plan.because, *(Reason(FulfillmentCode.WAITS, sku, left) for sku, left in plan.unfilled))
    because += tuple(Reason(FulfillmentCode.PAST_SERVICE_LEVEL, order.id, hours) for hours in _hours_late(case, plan))
    return Accepted(events, because, guards) if events else Refused(because)


def _planned(
    case: Case, lines: Sequence[LineQuantity], attempts: Attempts, spent: Spent | None
) -> tuple[Plan, tuple[Allocated, ...], tuple[Between, ...]]:
    plan = _plan(case, lines, attempts, spent)
    events = _allocated(plan, case.order, lines, attempts)
    return plan, events, _guards(case, events)


def _all_hold(world: State, guards: Sequence[Between]) -> bool:
    return all(guard.admits(world.balance(guard.unit, guard.accounts)) for guard in guards)


def _plan(case: Case, lines: Sequence[LineQuantity], attempts: Attempts, spent: Spent | None) -> Plan:
    needs: dict[str, Need] = {}
    for _, sku, quantity in lines:
        product = case.catalog.product(sku)
        known = needs.get(sku, Need(sku, 0, product.weight_g if product else 0))
        needs[sku] = known._replace(quantity=known.quantity + quantity)
    network = case.catalog.network
    pool = network.pool_by_id.get(case.order.pool)
    supplies = []
    for node in [network.node_by_id[id] for id in (pool.nodes if pool else ())]:
        capacity, is_excluded = _capacity_left(case, node), node.id in attempts.turned_down
        can_give = not is_excluded and (capacity is None or capacity > 0)  # else its offer is left for the others
        available = tuple([_free(case, node, sku, spent if can_give else None) for sku in needs])
        supplies.append(Supply(node, available, capacity, is_excluded))
    return route(
        tuple(needs.values()),
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


def _free(case: Case, node: Node, sku: str, spent: Spent | None) -> int:
    """Return what a node can give; where `spent` is kept, what nodes before it were offered is no longer there."""
    bounds, unit = _bounds(case, node.id), goods(sku)
    free = [case.world.balance(unit, sellable_accounts(places)) for places in bounds]
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


def _allocated(plan: Plan, order: Order, lines: Sequence[LineQuantity], attempts: Attempts) -> tuple[Allocated, ...]:
    left = {line: quantity for line, _, quantity in lines}
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
        given = tuple([each for sku, quantity in planned.items for each in _take(left, lines, sku, quantity)])
        events.append(Allocated(pool=order.pool, shipment=shipment, lines=given, attempts=tried))
    return tuple(events)


def _take(left: dict[str, int], lines: Sequence[LineQuantity], sku: str, quantity: int) -> list[LineQuantity]:
    """Give pieces of a SKU to the lines that want it, in their order; several lines may be of one SKU."""
    given = []
    for line in [line for line, own, _ in lines if own == sku and left[line]]:
        part = min(left[line], quantity)
        if part:
            given.append(LineQuantity(line, sku, part))
            left[line] -= part
            quantity -= part
    return given


def _guards(case: Case, events: Sequence[Allocated]) -> tuple[Between, ...]:
    guards: dict[Between, None] = {}
    for event in events:
        node = case.catalog.network.node_by_id[event.shipment.node]
        bounds = _bounds(case, node.id)
        for sku in dict.fromkeys([sku for _, sku, _ in event.lines]):
            guards.update(dict.fromkeys(enough(bounds, sku)))
        guards.update(dict.fromkeys(open_pieces(case.order.id, event.lines)))
        if node.daily_capacity is not None:
            used = (capacity_used(node.id),)
            guards[Between(node_day(node.id, event.shipment.day), used, None, node.daily_capacity)] = None
    return tuple(guards)


def _hours_late(case: Case, plan: Plan) -> tuple[int, ...]:
    due_at = case.policy.routing.due_at(case.order.placed_at, case.order.service)
    hours = max([-((due_at - shipment.deliver_by) // HOUR_MS) for shipment in plan.shipments], default=0)
    return (hours,) if hours > 0 else ()
