"""How open pieces of an order become shipments: what nodes could give, the plan, and the guards it holds under.

A claim at a pool is moved to nodes of that pool; nothing is claimed anew. The pool's own groups hold the claim already,
so a node's pieces are bound by its stock, its day's capacity and the groups of *other* pools that reach it. Where
several nodes would draw on one such group too much, they are offered what is left of it in the order of the pool. Where
lots must last to be sold through the order's channel, a node offers those that last from today on. Pieces that an order
has by name go to the node that has them, before the rest is planned.
"""

from collections.abc import Mapping, Sequence

import attrs

from ...catalog import Node, pool_place
from ...inventory import Life, Limits, free_of, limits_of, lives_of
from ...ledger import Accepted, Between, Decision, Event, Reason, Refused, State, Supposed
from ...orders import LineQuantity, LineState, Order, line_quantities, open_pieces, standing, whole_kits
from ...routing import Plan, Soft, Supply, route
from ...values import HOUR_MS
from ..cases import Case, Parcel, Routed
from ..codes import FulfillmentCode
from ..documents import Shipment, capacity_used, node_day
from ..events import Allocated, Named
from ..memory import attempts_of, turned_down
from ..names import NO_NAMES, Names, lost, not_kept, sums
from .pickups import destination, has_counter, only, serving, to_collect
from .promises import moved, promised_before
from .wants import Want, by_kit, by_sku, offers, taking

__all__ = ["Case", "allocation", "open_pieces_of", "supplies_of"]

Spent = dict[tuple[str, tuple[str, ...]], int]
"""Pieces that nodes were offered already, by SKU and the set of places that they draw on."""


def open_pieces_of(world: State, order: Order) -> tuple[LineQuantity, ...]:
    """Return the pieces of an order that are open, by line."""
    held = [(line, standing(world, order.unit(line.id), LineState.OPEN)) for line in order.lines]
    return tuple([LineQuantity(line.id, line.sku, quantity) for line, quantity in held if quantity > 0])


def allocation(case: Case, lines: Sequence[LineQuantity], names: Names = NO_NAMES) -> Decision:
    """Decide which nodes ship open pieces of an order, and those with names with them.

    What is collected at a node is served from there, as far as it goes, and the rest is sent there.

    Because: `NOTHING_OPEN`, `NO_COUNTER` and `NOT_KEPT` refuse; one `routing` reason for each node, `AT_HAND` for that
    at which it is collected; `COLLECTABLE` from when on; `WAITS`, `GAVE_WAY`, `PAST_SERVICE_LEVEL`, `PAST_SHIP_BY`; a
    `routing.PromiseCode` where pieces were promised otherwise before.
    """
    order = case.order
    if not (lines or names.lots):
        return Refused((Reason(FulfillmentCode.NOTHING_OPEN, order.id),))
    if order.collect_at and not has_counter(case):
        return Refused((Reason(FulfillmentCode.NO_COUNTER, order.collect_at),))
    routed = _routed_by_name(case, lines, names) if names.lots else _routed_rest(case, lines)
    if isinstance(routed, Refused):
        return routed
    if order.collect_at:
        routed = to_collect(case, routed)
    allocated = _allocated(case, routed.parcels, names)
    shipments = [event.shipment for event in allocated if event.shipment.node == names.node]
    named = [Named(shipment=shipment, lots=names.lots) for shipment in shipments]
    events: tuple[Event, ...] = (*allocated, *named)
    because = (*routed.because, *(Reason(FulfillmentCode.WAITS, sku, left) for sku, left in routed.unfilled))
    because += tuple([Reason(FulfillmentCode.GAVE_WAY, order.id, soft.value) for soft in routed.gave_way])
    because += tuple([Reason(FulfillmentCode.PAST_SERVICE_LEVEL, order.id, h) for h in _hours_late(case, routed)])
    leaving = [parcel.promise.leaves_at for parcel in routed.parcels]
    because += tuple([Reason(FulfillmentCode.PAST_SHIP_BY, order.id, h) for h in _hours_beyond(order.ship_by, leaving)])
    because += moved(case.world, [event.shipment for event in allocated])
    return Accepted(events, because, _guards(case, allocated, named)) if events else Refused(because)


def _routed_rest(case: Case, lines: Sequence[LineQuantity]) -> Routed:
    """Plan what no names bind: from any node, or first from the one at which it is collected."""
    pool = case.catalog.network.pool_by_id.get(case.order.pool)
    if not case.order.collect_at:
        return _routed_lines(case, lines)
    own = _routed_lines(only(case, case.order.collect_at), lines)
    taken: dict[str, int] = {}
    for parcel in own.parcels:
        taken = _sums(taken, parcel.pieces)
    rest = [line._replace(quantity=line.quantity - taken.get(line.line, 0)) for line in lines]
    if not (rest := [line for line in rest if line.quantity]):
        return own
    others = tuple([node for node in (pool.nodes if pool else ()) if node != case.order.collect_at])
    after = case._replace(world=Supposed(case.world, _allocated(case, own.parcels)), only=others)
    sent = _routed_lines(after, rest)
    bent = tuple(dict.fromkeys(own.gave_way + sent.gave_way))
    return Routed((*own.parcels, *sent.parcels), sent.unfilled, (*own.because, *sent.because), bent)


def _routed_lines(case: Case, lines: Sequence[LineQuantity]) -> Routed:
    routed = _routed(case, by_sku(case.catalog, lines))
    if case.order.kits and not case.policy.kits_may_part and not _is_whole(case.order, lines, routed.parcels):
        return _routed_by_kit(case, lines)
    return routed


def _routed_by_name(case: Case, lines: Sequence[LineQuantity], names: Names) -> Routed | Refused:
    """Plan what has names for their node, whole kits with it where they may not part, and then the rest."""
    first = sums(names.lots)
    kits = () if case.policy.kits_may_part else case.order.kits
    own = {line for kit in kits for line, _ in kit.components if first.keys() & dict(kit.components).keys()}
    first |= {line: quantity for line, _, quantity in lines if line in own}
    routed = _routed(only(case, names.node), by_sku(case.catalog, line_quantities(case.order, first)))
    unfit = not_kept(case.world, case.catalog, case.order, names, now=case.now)
    if unfit or routed.unfilled:
        return Refused((*(unfit or lost(names)), *routed.because))
    rest = [line._replace(quantity=line.quantity - first.get(line.line, 0)) for line in lines]
    rest = [line for line in rest if line.quantity > 0]
    after = case._replace(world=Supposed(case.world, _allocated(case, routed.parcels)))
    return _together(routed, _routed_rest(after, rest)) if rest else routed


def _is_whole(order: Order, lines: Sequence[LineQuantity], parcels: Sequence[Parcel]) -> bool:
    """Tell whether each kit of which all pieces are open is whole in one parcel; then no kit is torn."""
    opened = {line: quantity for line, _, quantity in lines}
    return whole_kits(order, [opened]) == whole_kits(order, [parcel.pieces for parcel in parcels])


def _routed_by_kit(case: Case, lines: Sequence[LineQuantity]) -> Routed:
    """Plan whole kits: together with the pieces beside them where that fills all, else before those."""
    kits, loose = by_kit(case.catalog, case.order, lines)
    together = _routed(case, (*kits, *loose))
    if not (kits and loose and together.unfilled):
        return together
    first = _routed(case, kits)
    return _together(first, _routed(case._replace(world=Supposed(case.world, _allocated(case, first.parcels))), loose))


def _together(first: Routed, rest: Routed) -> Routed:
    """Return two plans as one, with one parcel from each node, at the cost that each plan has counted for it."""
    parcels = {parcel.node: parcel for parcel in rest.parcels}
    for parcel in first.parcels:
        cost, more = (parcels[parcel.node][2:]) if parcel.node in parcels else (0, {})
        pieces = _sums(parcel.pieces, more)
        parcels[parcel.node] = parcel._replace(cost_minor=parcel.cost_minor + cost, pieces=pieces)
    shipping = {parcel.node for parcel in first.parcels}
    because = {reason.subject: reason for reason in rest.because}
    because |= {reason.subject: reason for reason in first.because if reason.subject in shipping}
    unfilled, bent = first.unfilled + rest.unfilled, tuple(dict.fromkeys(first.gave_way + rest.gave_way))
    return Routed(tuple(parcels.values()), unfilled, tuple(because.values()), bent)


def _sums(pieces: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {line: pieces.get(line, 0) + more.get(line, 0) for line in (*pieces, *more)}


def _routed(case: Case, wants: Sequence[Want]) -> Routed:
    """Plan what nodes could give; where that is too much together, again with what each leaves for the next."""
    routed = _parcels(_plan(case, wants, None), wants)
    events = _allocated(case, routed.parcels)
    if not _all_hold(Supposed(case.world, events), _guards(case, events, ())):
        routed = _parcels(_plan(case, wants, {}), wants)
    return routed


def _all_hold(world: State, guards: Sequence[Between]) -> bool:
    return all(guard.admits(world.balance(guard.unit, guard.accounts)) for guard in guards)


def _plan(case: Case, wants: Sequence[Want], spent: Spent | None) -> Plan:
    order, routing = case.order, case.policy.routing
    return route(
        tuple([want.need() for want in wants]),
        supplies_of(case, wants, spent),
        destination=destination(case),
        service=order.service,
        due_at=case.policy.due_at(order),
        leave_by=order.ship_by,
        currency=routing.currency or order.currency,
        policy=routing,
        now=case.now,
    )


def supplies_of(case: Case, wants: Sequence[Want], spent: Spent | None = None) -> list[Supply]:
    """Return what each node of the pool could give; where `spent` is kept, each leaves something for the next."""
    network = case.catalog.network
    pool = network.pool_by_id.get(case.order.pool)
    skus = tuple(dict.fromkeys([sku for want in wants for _, sku, _ in want.parts]))
    attempts, supplies = attempts_of(case.world, case.order.id), []
    for node in [network.node_by_id[id] for id in (pool.nodes if pool else ()) if case.only is None or id in case.only]:
        no_more = turned_down(case.world, attempts, node.id, skus, policy=case.policy.rejections, now=case.now)
        capacity, is_excluded = _capacity_left(case, node), len(no_more) == len(skus)
        can_give = not is_excluded and (capacity is None or capacity > 0)  # else its offer is left for the others
        free = {sku: 0 if sku in no_more else _free(case, node, sku, spent if can_give else None) for sku in skus}
        supplies.append(Supply(serving(case, node), *offers(wants, free, capacity), is_excluded, no_more))
    return supplies


def _bounds(case: Case, node: str) -> tuple[tuple[str, ...], ...]:
    own = pool_place(case.order.pool)
    return tuple([places for places in case.catalog.network.limits[node] if own not in places])


def _limits(case: Case, node: str, sku: str) -> Limits:
    life_days = case.catalog.life_days(case.order.channel, sku)
    return limits_of(case.world, case.catalog, _bounds(case, node), sku, life_days=life_days, now=case.now)


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
    day = node.calendar.handling_day(case.now, case.order.service)
    if node.daily_capacity is None or day is None:
        return None
    return node.daily_capacity - case.world.balance(node_day(node.id, day), (capacity_used(node.id),))


def _parcels(plan: Plan, wants: Sequence[Want]) -> Routed:
    left = {want.name: want for want in wants}
    parcels = []
    for planned in plan.shipments:
        pieces: dict[str, int] = {}
        for name, quantity in planned.items:
            taken, left[name] = taking(left[name], quantity)
            pieces = _sums(pieces, {line: taken_of for line, _, taken_of in taken})
        parcels.append(Parcel(planned.node, planned.promise, planned.cost_minor, pieces))
    bent = tuple([soft for soft in plan.gave_way if soft is not Soft.PROMISE])  # how late it is, is said anyway
    return Routed(tuple(parcels), plan.unfilled, plan.because, bent)


def _allocated(case: Case, parcels: Sequence[Parcel], names: Names = NO_NAMES) -> tuple[Allocated, ...]:
    order, attempts = case.order, attempts_of(case.world, case.order.id)
    events = []
    for number, parcel in enumerate(parcels, start=1):
        node, pieces = parcel.node, parcel.pieces
        own = names.ids() if node == names.node else ()
        shipment = _shipment(case, f"{order.id}/{attempts.shipments + number}", parcel, own)
        revision, shipments = attempts.revision + number, attempts.shipments + number
        tried = attrs.evolve(attempts, revision=revision, shipments=shipments)
        lines = tuple([LineQuantity(line.id, line.sku, pieces[line.id]) for line in order.lines if line.id in pieces])
        lives = _lives(case, node, lines)
        events.append(Allocated(pool=order.pool, shipment=shipment, lines=lines, attempts=tried, lives=lives))
    return tuple(events)


def _shipment(case: Case, id: str, parcel: Parcel, names: tuple[tuple[str, str, str], ...]) -> Shipment:
    promise, lines = parcel.promise, tuple([line.id for line in case.order.lines if line.id in parcel.pieces])
    return Shipment(
        id=id,
        order=case.order.id,
        node=parcel.node,
        day=promise.day,
        deliver_by=promise.latest,
        names=names,
        lines=lines,
        instead_of=promised_before(case.world, case.order, lines),
        ready_at=promise.ready_at,
        leaves_at=promise.leaves_at,
        earliest=promise.earliest,
        percent=promise.percent,
        cost_minor=parcel.cost_minor,
        collect_at=case.order.collect_at,
        destination=case.order.destination,
    )


def _lives(case: Case, node: str, lines: Sequence[LineQuantity]) -> tuple[Life, ...]:
    order = case.order
    days: dict[str, int] = {order.unit(line): case.catalog.life_days(order.channel, sku) for line, sku, _ in lines}
    return lives_of(case.world, case.catalog, node, days, now=case.now)


def _guards(case: Case, events: Sequence[Allocated], named: Sequence[Named]) -> tuple[Between, ...]:
    guards: dict[Between, None] = {}
    for event in events:
        node = case.catalog.network.node_by_id[event.shipment.node]
        # What a line has at the node already must last as long as what it is given now.
        after = case._replace(world=Supposed(case.world, (*events, *named))) if event.lives else case
        for sku in dict.fromkeys([sku for _, sku, _ in event.lines]):
            limits = _limits(after, node.id, sku)
            guards.update(dict.fromkeys(limits.sums + limits.still))
        guards.update(dict.fromkeys(open_pieces(case.order.id, event.lines)))
        if node.daily_capacity is not None:
            used = (capacity_used(node.id),)
            guards[Between(node_day(node.id, event.shipment.day), used, None, node.daily_capacity)] = None
    return tuple(guards)


def _hours_late(case: Case, routed: Routed) -> tuple[int, ...]:
    return _hours_beyond(case.policy.due_at(case.order), [parcel.promise.latest for parcel in routed.parcels])


def _hours_beyond(by: int | None, moments: Sequence[int]) -> tuple[int, ...]:
    """Return by how many hours begun the latest of these moments is after another, if it is."""
    late = max(moments, default=None)
    return () if by is None or late is None or late <= by else (-((by - late) // HOUR_MS),)
