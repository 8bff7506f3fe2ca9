"""From when on an order could be collected at which store: "ready by 16:00".

A store is offered only where every line can be had there: now, or by a transfer from other nodes that has a date. What
is looked at is claimed one node after the other on a state that is only supposed, by the rules of any claim. So what is
said to be there can be claimed, and what is sent to a store is counted once.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..catalog import Catalog, Node, NodeKind
from ..inventory import Claimed, ClaimLine, ClaimPolicy, GoodsState, claim_lines
from ..ledger import Refused, State, Supposed
from ..orders import Order, exploded, line_quantities
from ..routing import Destination, Need, Promise, Supply, collectable, route
from ..values import DAY_MS, Position, distance_m
from .decisions import place
from .policy import FulfillmentPolicy

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
            transfers.append(CollectTransfer(node, MappingProxyType(given), promise))
        if not missing:
            at = max([case.now, *(each.promise.latest for each in transfers)])
            return CollectQuote(store.id, meters, collectable(store, now=at), tuple(transfers), MappingProxyType({}))
    return CollectQuote(store.id, meters, None, (), MappingProxyType(missing))


def _sources(case: _Case, store: Node) -> Iterator[tuple[str, Promise | None]]:
    """Yield the store itself, and then those nodes that can send to it, the first to be there first."""
    yield store.id, None
    sending = [(node, _sent(case, node, store)) for node in case.nodes if node is not store]
    known = [(promise.latest, node.rank, node.id, promise) for node, promise in sending if promise]
    yield from [(id, promise) for *_, id, promise in sorted(known)]


def _sent(case: _Case, node: Node, store: Node) -> Promise | None:
    """Return the promise of what a node sends to a store now; None where it can not."""
    plan = route(
        (Need("", 1),),
        (Supply(node, (1,)),),
        destination=Destination(store.position, zone=store.calendar.zone),
        due_at=case.now + 366 * DAY_MS,  # when it comes is what is asked: it is never late
        currency=case.order.currency,
        policy=case.policy.routing,
        now=case.now,
    )
    return plan.shipments[0].promise if plan.shipments else None


def _claimed(
    world: State, case: _Case, node: str, wanted: Mapping[str, int], own: str
) -> tuple[State, Mapping[str, int]]:
    """Return what can be claimed of pieces by SKU at a node, and the state as it would be then."""
    lines = tuple([ClaimLine(CLAIM, sku, quantity) for sku, quantity in wanted.items()])
    asked = Claimed(place=node, state=GoodsState.RESERVED, lines=lines, channel=case.order.channel, own=own)
    answer = claim_lines(world, case.catalog, asked, now=case.now, policy=PART)
    if isinstance(answer, Refused):
        return world, {}
    taken = [line for event in answer.events if isinstance(event, Claimed) for line in event.lines]
    return Supposed(world, answer.events), {line.sku: line.quantity for line in taken}
