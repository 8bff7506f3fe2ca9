"""Law: what is kept back is never eaten by claims, and nothing beyond it is refused.

The judge of single claims is a maximum flow over what nodes have beyond what they keep; it knows no groups, guards or
limits. The judge of races adds up what is left when all is over.
"""

from collections.abc import Sequence
from typing import NamedTuple

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import sets_of
from tests.laws.test_claims_can_be_allocated import served
from tests.laws.world import (
    HOME,
    LATER,
    NOW,
    PRODUCTS,
    Law,
    Waiting,
    World,
    claimed_by_pool,
    interleave,
    make_order,
    networks,
    places,
    sellable_by_node,
)
from unicommerce.catalog import Catalog, Channel, Network, Node, Pool, SafetyStock
from unicommerce.commerce import AsyncCommerce
from unicommerce.fulfillment import allocate, place
from unicommerce.inventory import Claimed, goods, hold, received, release, reserve, sellable
from unicommerce.inventory.documents import quota, quota_claimed
from unicommerce.ledger import Accepted, Ledger
from unicommerce.orders import LineState, quantities_by_state

MUG = goods("MUG")


class Kept(NamedTuple):
    """A network, what its nodes have and keep back, a channel's buffer, and claims by counting: (place, pieces)."""

    network: Network
    stock: Sequence[int]
    safety: Sequence[int]
    buffer: int
    wants: Sequence[tuple[int, int]]


SMALL = st.lists(st.integers(0, 4), min_size=5, max_size=5)
KEPT = st.builds(
    Kept,
    networks(closed=True),
    st.lists(st.integers(0, 8), min_size=5, max_size=5),
    SMALL,
    st.integers(0, 2),
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), max_size=10),
)


def catalog_of(network: Network, safety: Sequence[int]) -> Catalog:
    """Return a catalog whose nodes keep so much back of each SKU."""
    stocks = tuple([SafetyStock(node.id, "", kept) for node, kept in zip(network.nodes, safety, strict=False)])
    return Catalog(network=network, products=PRODUCTS, safety=stocks)


def spare(ledger: Ledger, catalog: Catalog) -> dict[str, int]:
    """Return what each node has beyond what it keeps."""
    there = sellable_by_node(ledger, catalog.network, "MUG")
    return {node: held - max(min(held, catalog.safety_stock(node, "MUG")), 0) for node, held in there.items()}


def _world(kept: Kept) -> World:
    world = World(catalog_of(kept.network, kept.safety), stock=0)
    for node, pieces in zip(kept.network.nodes, kept.stock, strict=False):
        if pieces:
            world.tell(received(f"opening {node.id}", node=node.id, quantities={"MUG": pieces}))
    return world


def _fits(world: World, where: str, quantity: int) -> bool:
    """Tell whether all claims could be served with this one beside them, and every node keep what it should."""
    claims, there = claimed_by_pool(world.ledger, world.network, "MUG"), spare(world.ledger, world.shop.catalog)
    if where.startswith("pool:"):
        claims[where[5:]] += quantity
    elif world.network.node_by_id[where].is_open:
        there[where] -= quantity
    else:
        return False
    return min(there.values()) >= 0 and served(world.network, claims, there) == sum(claims.values())


def what_is_kept_is_exact(kept: Kept) -> None:
    """Raise where a claim is taken that eats what is kept back, or refused though it would not."""
    world = _world(kept)
    for number, (index, quantity) in enumerate(kept.wants):
        where = places(kept.network)[index % len(places(kept.network))]
        buffer = kept.buffer if number % 2 and where.startswith("pool:") else 0
        channel = Channel(id="shy", pool=where.removeprefix("pool:"), buffer=kept.buffer)
        if buffer:
            world.shop.revise(attrs.evolve(world.shop.catalog, channels=(channel,)), now=world.now)
        fits = _fits(world, where, quantity + buffer)
        name = "shy" if buffer else ""
        answer = world.ask(reserve(f"c{number}", place=where, quantities={"MUG": quantity}, channel=name))
        assert isinstance(answer, Accepted) == fits, (where, quantity, buffer)
    assert min(spare(world.ledger, world.shop.catalog).values(), default=0) >= 0


def orders_leave_what_is_kept(kept: Kept) -> None:
    """Raise where an order that was taken has to wait, or its goods come from what a node keeps back."""
    world = _world(kept)
    pools = kept.network.pools
    for number, (index, quantity) in enumerate(kept.wants):
        order = make_order(f"o{number}", pool=pools[index % len(pools)].id, skus=("MUG",), at=NOW)
        if isinstance(world.ask(place(order, {"1": quantity}, policy=LATER)), Accepted):
            world.orders.insert((index * 7) % (len(world.orders) + 1), order)
    for order in world.orders:
        world.ask(allocate(order.id))
        assert quantities_by_state(world.ledger, order.unit("1")).keys() == {LineState.ALLOCATED}, order.id
    for node, stock, safety in zip(kept.network.nodes, kept.stock, kept.safety, strict=False):
        assert world.ledger.balance(MUG, (sellable(node.id),)) >= min(stock, safety), node.id


class Bid(NamedTuple):
    """Who asks for how many pieces through which channel, and whether only for a moment; -1: goods come in."""

    channel: int
    quantity: int
    is_brief: bool


BOTH = Pool(id="both", nodes=("n0", "n1"))


class Rush(NamedTuple):
    """Channels with rules that ask at once, and whose turn is when."""

    network: Network
    stock: Sequence[int]
    safety: Sequence[int]
    rules: Sequence[tuple[int, int, int]]
    bids: Sequence[Bid]
    schedule: Sequence[int]


RUSHES = st.builds(
    Rush,
    networks(2),
    SMALL,
    SMALL,
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(3, 9)), min_size=3, max_size=3),
    st.lists(st.builds(Bid, st.integers(-3, 2), st.integers(1, 3), st.booleans()), min_size=4, max_size=10),
    st.lists(st.integers(0, 7), max_size=40),
)


NEEDY = st.builds(
    Rush,
    st.just(Network(nodes=(Node(id="n0", position=HOME), Node(id="n1", position=HOME)), pools=(BOTH,))),
    st.tuples(st.integers(0, 1), st.integers(2, 4)),
    st.just((4, 0)),
    st.just(((0, 0, 99),) * 3),
    st.lists(st.builds(Bid, st.sampled_from((-1, 0)), st.integers(2, 4), st.just(value=False)), min_size=2, max_size=5),
    st.lists(st.integers(0, 7), max_size=40),
)
"""One node is short of its safety stock, and goods come in there while others claim."""


async def _bid(shop: AsyncCommerce, number: int, bid: Bid, channels: Sequence[Channel]) -> None:
    if bid.channel < 0:
        node = shop.catalog.network.nodes[number % len(shop.catalog.network.nodes)].id
        await shop.tell(received(f"more {number}", node=node, quantities={"MUG": bid.quantity}), now=NOW)
        return
    channel = channels[bid.channel]
    where, quantities = f"pool:{channel.pool}", {"MUG": bid.quantity}
    request = reserve(f"c{number}", place=where, quantities=quantities, channel=channel.id)
    if number % 2:
        request = hold(f"c{number}", place=where, quantities=quantities, until=NOW + 1, channel=channel.id)
    if isinstance(await shop.ask(request, now=NOW), Accepted) and bid.is_brief:
        await shop.ask(release(f"c{number}"), now=NOW)


def a_rush_eats_nothing_that_is_kept(rush: Rush) -> None:
    """Raise where channels that asked at once have together eaten safety stock or gone beyond an allowance or quota."""
    pools = rush.network.pools
    channels = [
        Channel(id=f"c{i}", pool=pools[i % len(pools)].id, buffer=buffer, allowance=allowance, quotas=(("MUG", most),))
        for i, (buffer, allowance, most) in enumerate(rush.rules)
    ]
    catalog = attrs.evolve(catalog_of(rush.network, rush.safety), channels=tuple(channels))
    store = Waiting()
    shops = [AsyncCommerce(catalog, store=store) for _ in range(2)]
    for node, pieces in zip(rush.network.nodes, rush.stock, strict=False):
        if pieces:
            arrival = received(f"opening {node.id}", node=node.id, quantities={"MUG": pieces})
            interleave([shops[0].tell(arrival, now=NOW)], [])
    interleave([_bid(shops[i % 2], i, bid, channels) for i, bid in enumerate(rush.bids)], rush.schedule)
    there, claims = spare(store.ledger, catalog), claimed_by_pool(store.ledger, rush.network, "MUG")
    missing = sum(claims.values()) - served(rush.network, claims, there)
    assert missing <= max(channel.allowance for channel in channels), (claims, there)
    _each_was_right_when_recorded(store.ledger, catalog)
    for channel in channels:
        used = store.ledger.balance(quota(channel.id, "MUG"), (quota_claimed(channel.id),))
        assert 0 <= used <= channel.quota_by_sku["MUG"]


def _each_was_right_when_recorded(ledger: Ledger, catalog: Catalog) -> None:
    """Go through the journal again: at its turn, each claim was within what its channel could have."""
    again = Ledger()
    for _, entry in ledger.since(0, 1_000):
        for event in [event for event in entry.events if isinstance(event, Claimed)]:
            channel, quantity = catalog.channel_by_id[event.channel], event.lines[0].quantity
            there, claims = spare(again, catalog), claimed_by_pool(again, catalog.network, "MUG")
            for pools, nodes in sets_of(catalog.network):
                if channel.pool in pools:
                    free = sum(there[node] for node in nodes) - sum(claims[pool] for pool in pools)
                    assert quantity <= free - channel.buffer + channel.allowance, entry.id
        again.append(entry)


LAW = Law("what is kept back is exact", KEPT, what_is_kept_is_exact)
ORDER_LAW = Law("orders leave what is kept back", KEPT, orders_leave_what_is_kept)
RACE_LAW = Law("a rush eats nothing that is kept back", RUSHES | NEEDY, a_rush_eats_nothing_that_is_kept)


@given(LAW.cases)
def test_a_claim_is_taken_exactly_where_all_are_served_from_what_is_not_kept(kept: Kept) -> None:
    """Random networks with safety stocks, every other claim through a channel with a buffer: as the flow says."""
    LAW.check(kept)


@given(ORDER_LAW.cases)
def test_every_order_is_served_and_safety_stocks_are_whole(kept: Kept) -> None:
    """Orders at overlapping pools find their nodes, and no node gives what it keeps."""
    ORDER_LAW.check(kept)


@given(RACE_LAW.cases)
def test_channels_that_ask_at_once_keep_to_their_rules(rush: Rush) -> None:
    """Buffers, allowances, quotas and safety stocks, with goods that come in meanwhile, interleaved in any way."""
    RACE_LAW.check(rush)
