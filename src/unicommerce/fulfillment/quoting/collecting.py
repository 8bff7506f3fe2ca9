"""From when on an order could be collected at which store: "ready by 16:00".

A store is offered only where every line can be had there: now, or by a transfer from other nodes that has a date. What
is looked at is claimed one node after the other on a state that is only supposed, by the rules of any claim and within
what the node can still handle of its day. So what is said to be there can be claimed, and nothing is counted twice.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ...catalog import Catalog, Node, NodeKind
from ...inventory import Claimed, ClaimLine, ClaimPolicy, GoodsState, capacity_used, claim_lines, node_day
from ...ledger import Decision, Refused, State, Supposed
from ...orders import Order, exploded, line_quantities
from ...routing import Destination, Promise, Transit, collectable, promised
from ...values import Position, distance_m
from ..ordering.decisions import place
from ..policy import FulfillmentPolicy

__all__ = ["CollectQuote", "CollectTransfer", "collect_quotes"]

PART = ClaimPolicy(takes_part=True)
CLAIM = "claim:pick-up"
"""Who claims what is supposed; it is never on record."""


class CollectTransfer(NamedTuple):
    """What a node would send to a store for a pick-up, pieces by SKU, and when it is there by its promise."""

    node: str
    pieces: Mapping[str, int]
    promise: Promise


class CollectQuote(NamedTuple):
    """From when on (ms UTC, None: never) an order can be collected at a store, so many meters away.

    Without `transfers` everything is there now. `missing` is what can be had neither there nor by a transfer, by SKU,
    of kits by their components.
    """

    node: str
    meters: int
    ready_at: int | None
    transfers: tuple[CollectTransfer, ...]
    missing: Mapping[str, int]

    @property
    def is_offered(self) -> bool:
        """Tell whether it may be collected there."""
        return self.ready_at is not None


class _Case(NamedTuple):
    """What is wanted for an order, by SKU; the open nodes of its pool; and what decides it."""

    state: State
    catalog: Catalog
    order: Order
    wanted: Mapping[str, int]
    nodes: tuple[Node, ...]
    policy: FulfillmentPolicy
    now: int


def collect_quotes(
    order: Order,
    quantities: Mapping[str, int],
    *,
    near: Position | None = None,
    within_m: int | None = None,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
    now: int,
) -> Callable[[State, Catalog], tuple[CollectQuote, ...]]:
    """Return the view of where an order (pieces by line, as for `place`) could be collected, and from when on (ms UTC).

    Those are the open stores of its pool: the nearest to its destination first, or to another position, and none
    farther than `within_m`. Transfers come from the other nodes of the pool, those first that are there first, by the
    carrier of the routing policy. What the order's basket holds is its own.
    """
    place(order, quantities, policy=policy)  # raises for what can not be placed

    def view(state: State, catalog: Catalog) -> tuple[CollectQuote, ...]:
        whole, by_line = exploded(order, quantities, catalog)
        wanted: dict[str, int] = {}
        for _, sku, quantity in line_quantities(whole, by_line):
            wanted[sku] = wanted.get(sku, 0) + quantity
        network = catalog.network
        pool = network.pool_by_id.get(order.pool)
        nodes = [network.node_by_id[id] for id in (pool.nodes if pool else ())]
        case = _Case(state, catalog, order, wanted, tuple([node for node in nodes if node.is_open]), policy, now)
        stores = [node for node in case.nodes if node.kind is NodeKind.STORE]
        ranked = sorted([(distance_m(near or order.destination, node.position), node.rank, node.id) for node in stores])
        fitting = [(id, meters) for meters, _, id in ranked if within_m is None or meters <= within_m]
        return tuple([_quoted(case, network.node_by_id[id], meters) for id, meters in fitting])

    return view


def _quoted(case: _Case, store: Node, meters: int) -> CollectQuote:
    world, missing, transfers = case.state, dict(case.wanted), list[CollectTransfer]()
    for node, promise in _sources(case, store):
        own = case.order.basket if world is case.state else ""  # who draws on it once has given the rest of it back
        world, given = _claimed(world, case, node, missing, own)
        missing = {sku: left for sku, quantity in missing.items() if (left := quantity - given.get(sku, 0))}
        if promise and given:
            transfers.append(CollectTransfer(node.id, given, promise))
        if not missing:
            at = max([case.now, *(each.promise.latest for each in transfers)])
            return CollectQuote(store.id, meters, collectable(store, now=at), tuple(transfers), {})
    return CollectQuote(store.id, meters, None, (), missing)


def _sources(case: _Case, store: Node) -> Iterator[tuple[Node, Promise | None]]:
    """Yield the store itself, and then those nodes that can send to it, the first to be there first."""
    yield store, None
    sending = [(node, _sent(case, node, store)) for node in case.nodes if node is not store]
    known = [(promise.latest, node.rank, node.id, promise) for node, promise in sending if promise]
    yield from [(case.catalog.network.node_by_id[id], promise) for *_, id, promise in sorted(known)]


def _sent(case: _Case, node: Node, store: Node) -> Promise | None:
    """Return the promise of what a node sends to a store now; None where it can not."""
    meters, routing = distance_m(node.position, store.position), case.policy.routing
    band = routing.band(meters, node=node.id)
    return promised(
        node,
        Destination(store.position, zone=store.calendar.zone),
        meters=meters,
        carrier=routing.carrier,
        otherwise=Transit(((100, band.transit_days),)) if band else None,
        now=case.now,
    )


def _claimed(
    world: State, case: _Case, node: Node, wanted: Mapping[str, int], own: str
) -> tuple[State, Mapping[str, int]]:
    """Return what can be claimed of pieces by SKU at a node, and the state as it would be then."""
    lines = tuple([ClaimLine(CLAIM, sku, quantity) for sku, quantity in _handled(world, node, wanted, case.now)])
    asked = Claimed(place=node.id, state=GoodsState.RESERVED, lines=lines, channel=case.order.channel, own=own)
    answer: Decision = claim_lines(world, case.catalog, asked, now=case.now, policy=PART) if lines else Refused(())
    if isinstance(answer, Refused):
        return world, {}
    taken = [line for event in answer.events if isinstance(event, Claimed) for line in event.lines]
    return Supposed(world, answer.events), {line.sku: line.quantity for line in taken}


def _handled(world: State, node: Node, wanted: Mapping[str, int], now: int) -> Iterator[tuple[str, int]]:
    """Yield what a node can still handle of pieces by SKU on the day on which it would, the first ones first."""
    day, left = node.calendar.handling_day(now), sum(wanted.values())
    if node.daily_capacity is not None and day is not None:
        left = node.daily_capacity - world.balance(node_day(node.id, day), (capacity_used(node.id),))
    for sku, quantity in wanted.items():
        if (part := min(quantity, left)) > 0:
            yield sku, part
            left -= part
