"""Law: a claim at a pool can always be allocated, checked against a real assignment of claims to nodes.

The judge is a maximum flow from pools over the nodes that they reach: it knows nothing of groups, guards or limits.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import (
    HOME,
    LATER,
    NOW,
    PRODUCTS,
    SKUS,
    Law,
    World,
    claimed_by_pool,
    make_order,
    networks,
    places,
    sellable_by_node,
)
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.fulfillment import allocate, place
from unicommerce.inventory import InventoryCode, received, reserve
from unicommerce.ledger import Accepted, Refused
from unicommerce.orders import LineState, quantities_by_state


def served(network: Network, claims: Mapping[str, int], there: Mapping[str, int]) -> int:
    """Return the most pieces that can be given to claims at pools by open nodes: a maximum flow, path by path."""
    left = {node.id: max(there[node.id], 0) if node.is_open else 0 for node in network.nodes}
    given = {(pool.id, node): 0 for pool in network.pools for node in pool.nodes}

    def find(pool: str, seen: set[str]) -> bool:
        for node in network.pool_by_id[pool].nodes:
            if node in seen:
                continue
            seen.add(node)
            takers = [other for (other, own), pieces in given.items() if own == node and pieces and other != pool]
            giver = next((other for other in takers if left[node] <= 0 and find(other, seen)), None)
            if left[node] > 0 or giver is not None:
                if giver is None:
                    left[node] -= 1
                else:
                    given[giver, node] -= 1
                given[pool, node] += 1
                return True
        return False

    return sum(find(pool, set()) for pool, pieces in claims.items() for _ in range(pieces))


class Demand(NamedTuple):
    """A network, what each node has, and claims by counting: (place, pieces)."""

    network: Network
    stock: Sequence[int]
    wants: Sequence[tuple[int, int]]


DEMANDS = st.builds(
    Demand,
    networks(closed=True),
    st.lists(st.integers(0, 5), min_size=5, max_size=5),
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), max_size=10),
)


@st.composite
def crowds(draw: st.DrawFn) -> Demand:
    """Draw demands at one wide pool and narrow ones within it, which leave little and have it claimed."""
    nodes = tuple([Node(id=f"n{rank}", position=HOME, rank=rank) for rank in range(draw(st.integers(3, 4)))])
    ids = [node.id for node in nodes]
    narrow = draw(st.lists(st.permutations(ids).map(lambda some: some[:2]), min_size=1, max_size=2))
    pools = [Pool(id="p0", nodes=tuple(ids)), *(Pool(id=f"p{i}", nodes=tuple(own)) for i, own in enumerate(narrow, 1))]
    stock = draw(st.lists(st.integers(1, 3), min_size=4, max_size=4))
    wants = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), min_size=3, max_size=8))
    return Demand(Network(nodes=nodes, pools=tuple(pools)), stock, wants)


def _world(demand: Demand, skus: Sequence[str] = ("MUG",)) -> World:
    world = World(Catalog(network=demand.network, products=PRODUCTS), stock=0)
    for node, pieces in zip(demand.network.nodes, demand.stock, strict=False):
        if pieces:
            world.tell(received(f"opening {node.id}", node=node.id, quantities=dict.fromkeys(skus, pieces)))
    return world


def _fits(network: Network, where: str, quantity: int, claims: dict[str, int], there: dict[str, int]) -> bool:
    """Tell whether all claims could be served with one more."""
    if where.startswith("pool:"):
        claims = {**claims, where[5:]: claims[where[5:]] + quantity}
    elif network.node_by_id[where].is_open:
        there = {**there, where: there[where] - quantity}
    else:
        return False
    return min(there.values()) >= 0 and served(network, claims, there) == sum(claims.values())


def claims_are_exact(demand: Demand) -> None:
    """Raise where a claim is taken that cannot be served beside the others, or refused though it could."""
    world, network = _world(demand), demand.network
    for number, (index, quantity) in enumerate(demand.wants):
        where = places(network)[index % len(places(network))]
        claims, there = claimed_by_pool(world.ledger, network, "MUG"), sellable_by_node(world.ledger, network, "MUG")
        answer = world.ask(reserve(f"c{number}", place=where, quantities={"MUG": quantity}))
        assert isinstance(answer, Accepted) == _fits(network, where, quantity, claims, there), (where, quantity)
        if isinstance(answer, Refused) and answer.because[0].code is InventoryCode.SHORT:
            found = answer.because[0].found
            assert isinstance(found, int)
            assert found == 0 or _fits(network, where, found, claims, there)
            assert not _fits(network, where, found + 1, claims, there)


def orders_are_allocated(demand: Demand) -> None:
    """Raise where an order that was taken has to wait, though nothing has happened since and no node is full."""
    world = _world(demand, SKUS)
    pools = demand.network.pools
    for number, (index, quantity) in enumerate(demand.wants):
        skus = [SKUS[(index + i) % 3] for i in range(1 + index % 2)]
        order = make_order(f"o{number}", pool=pools[index % len(pools)].id, skus=skus, at=NOW)
        quantities = {line.id: quantity for line in order.lines}
        if isinstance(world.ask(place(order, quantities, policy=LATER)), Accepted):
            world.orders.insert((index * 7) % (len(world.orders) + 1), order)
    for order in world.orders:
        world.ask(allocate(order.id))
        for line in order.lines:
            assert quantities_by_state(world.ledger, order.unit(line.id)).keys() == {LineState.ALLOCATED}, order.id


LAW = Law("a claim at a pool can always be allocated", DEMANDS, claims_are_exact)
ORDER_LAW = Law("an order that was taken can be allocated", DEMANDS | crowds(), orders_are_allocated)


@given(LAW.cases)
def test_a_claim_is_taken_exactly_where_all_claims_can_be_served(demand: Demand) -> None:
    """Random networks of overlapping pools and closed nodes: taken, refused and `found` agree with the maximum flow."""
    LAW.check(demand)


@given(ORDER_LAW.cases)
def test_every_order_that_was_taken_finds_its_nodes(demand: Demand) -> None:
    """Orders at overlapping pools, allocated in another order than they came: none waits."""
    ORDER_LAW.check(demand)


def test_the_judge_finds_a_path_over_another_pool() -> None:
    """A pool that took the shared node first makes way for one that has no other."""
    network = World().network
    claims, there = {"web": 1, "club": 2, "corner": 1}, {"dc": 1, "north": 1, "south": 1, "booth": 1, "shut": 9}

    assert served(network, claims, there) == 4
    assert served(network, {"web": 9}, there) == 4
