"""Law: a kit that was taken has its pieces at one node, from the moment on at which it was taken.

Claims at pools are sums of pieces; a kit is none. The judge looks at what was answered, at the shipments and at the
balances alone, in random networks where kits share components with each other and with what is sold by itself.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import check_open_lines_have_claims, deficits
from tests.laws.world import HOME, PRODUCTS, SKUS, Law, World, make_order, networks, places
from unicommerce.catalog import Catalog, Component, Network, Node, Pool, Product
from unicommerce.fulfillment import Allocated, FulfillmentPolicy, allocate, amend, place
from unicommerce.fulfillment.ordering import supplying
from unicommerce.inventory import hold, received, reserve
from unicommerce.ledger import Accepted, Decision, Refused
from unicommerce.orders import (
    LineState,
    Order,
    OrderKit,
    OrderLine,
    kits_by_state,
    line_account,
    order_key,
    ordered,
    quantities_by_state,
)
from unicommerce.supply import BackorderPolicy, Short, SupplyCode, expected, landed

KITS = ("SET", "BOX")
POLICIES = tuple(
    [
        FulfillmentPolicy(allocates_at_once=at_once, backorders=BackorderPolicy(when_short=short))
        for short in Short
        for at_once in (True, False)
    ]
)


class Sale(NamedTuple):
    """A request by counting: what, at which place, how many of a kit, of the other kit, of a SKU, by which policy."""

    what: str
    where: int
    kit: int
    sku: int
    kits: int
    others: int
    loose: int
    policy: FulfillmentPolicy


class Rush(NamedTuple):
    """A network, two recipes, what each node has of each SKU, what each can handle, and who asks for what."""

    network: Network
    recipes: Sequence[Mapping[str, int]]
    stock: Sequence[Sequence[int]]
    sales: Sequence[Sale]


def narrowed(network: Network, capacities: Sequence[int | None]) -> Network:
    """Return the network with what each node can handle in a day."""
    nodes = [attrs.evolve(node, daily_capacity=most) for node, most in zip(network.nodes, capacities, strict=False)]
    return attrs.evolve(network, nodes=tuple(nodes))


RECIPES = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 2), min_size=2)
SALES = st.builds(
    Sale,
    st.sampled_from(("order", "order", "order", "reserve", "basket", "more")),
    st.integers(0, 9),
    st.integers(0, 1),
    st.integers(0, 2),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(0, 3),
    st.sampled_from(POLICIES),
)
RUSHES = st.builds(
    Rush,
    st.builds(narrowed, networks(3, closed=True), st.just([None] * 5) | st.lists(st.integers(1, 6), min_size=5)),
    st.tuples(RECIPES, RECIPES),
    st.lists(st.lists(st.sampled_from((3, 0, 1, 2, 5, 9)), min_size=3, max_size=3), min_size=5, max_size=5),
    st.lists(SALES, min_size=2, max_size=10),
)


def opened(rush: Rush) -> World:
    """Return a shop with this stock, and some of each SKU expected at each node."""
    kits = [
        Product(sku=sku, components=tuple([Component(part, each) for part, each in sorted(recipe.items())]))
        for sku, recipe in zip(KITS, rush.recipes, strict=True)
    ]
    world = World(Catalog(network=rush.network, products=(*PRODUCTS, *kits)), stock=0)
    for node, held in zip(rush.network.nodes, rush.stock, strict=False):
        here = {sku: pieces for sku, pieces in zip(SKUS, held, strict=True) if pieces}
        if here:
            world.tell(received(f"r {node.id}", node=node.id, quantities=here))
        soon = dict.fromkeys(SKUS, 2)
        world.tell(expected(f"i {node.id}", node=node.id, quantities=soon, expected_at=world.now + 1, version=1))
    return world


def requested(world: World, sale: Sale) -> tuple[Order, Decision] | None:
    """Ask for what a sale wants; return the order and the answer where it is one."""
    pools, id = world.network.pools, world.next_id("o")
    wanted = {"1": sale.kits, "2": sale.loose, "3": sale.others}
    quantities = {line: quantity for line, quantity in wanted.items() if quantity}
    where = places(world.network)[sale.where % len(places(world.network))]
    if sale.what == "more":
        if not world.orders or not sale.kits:
            return None
        order = world.orders[sale.where % len(world.orders)]
        document = world.ledger.document(order_key(order.id))
        assert document is not None
        line, each = document.kits[0].components[0]
        kits = ordered(world.ledger, document.unit(line)) // each + sale.kits
        return order, world.ask(amend(order.id, {"1": kits}, id=id, policy=sale.policy))
    if not quantities:
        return None
    skus = {"1": KITS[sale.kit], "2": SKUS[sale.sku], "3": KITS[1 - sale.kit]}
    if sale.what == "reserve":
        world.ask(reserve(id, place=where, quantities={SKUS[sale.sku]: 1 + sale.loose}))
        return None
    basket = ""
    if sale.what == "basket":
        basket = f"b{id}"
        asked = {skus[line]: quantity for line, quantity in quantities.items()}
        if isinstance(world.ask(hold(basket, place=where, quantities=asked)), Refused):
            return None
    lines = tuple([OrderLine(id=line, sku=sku, price_minor=500) for line, sku in skus.items()])
    order = make_order(id, pool=pools[sale.where % len(pools)].id, skus=("MUG",))
    order = attrs.evolve(order, lines=lines, basket=basket)
    answer = world.ask(place(order, quantities, policy=sale.policy))
    if isinstance(answer, Accepted):
        world.orders.append(order)
    return order, answer


def kits_are_whole(world: World, order: Order) -> None:
    """Raise where a kit of an order is not given to one node, whole, nor waits at one, whole, nor is canceled."""
    document = world.ledger.document(order_key(order.id))
    assert document is not None
    for kit in document.kits:
        states = kits_by_state(world.ledger, document, kit.id)
        assert states.keys() <= {LineState.ALLOCATED, LineState.BACKORDERED, LineState.CANCELED}, (order.id, states)
        waiting = waits_by_node(world, document, kit)
        assert all(len(set(kits)) == 1 for kits in waiting.values()), (order.id, waiting)
        first, each = kit.components[0]
        assert sum(states.values()) == ordered(world.ledger, document.unit(first)) // each, (order.id, states)
    for _, entry in world.journal():
        for event in entry.events:
            if isinstance(event, Allocated) and event.shipment.order == order.id:
                pieces = {line: quantity for line, _, quantity in event.lines}
                for kit in document.kits:
                    assert len({pieces.get(line, 0) / each for line, each in kit.components}) == 1, (order.id, pieces)


def waits_by_node(world: World, order: Order, kit: OrderKit) -> dict[str, list[float]]:
    """Return of how many kits each node has or expects the pieces, by component; in no other way do they wait."""
    found: dict[str, list[float]] = {}
    for number, (line, each) in enumerate(kit.components):
        for account, held in world.ledger.parts(order.unit(line), line_account(LineState.BACKORDERED)).items():
            book, node, _ = account.ref.split(":", 2)
            assert book == "node", (order.id, account)
            found.setdefault(node, [0] * len(kit.components))[number] += held / each
    return found


def shortfall_is_named(order: Order, answer: Decision) -> None:
    """Raise where kits are missing and the answer does not say of which, and of which of their pieces, how many."""
    said = [reason for reason in answer.because if reason.code is SupplyCode.WHOLE]
    for reason in said:
        assert isinstance(reason.found, int)
        assert isinstance(reason.needed, int)
        assert 0 <= reason.found < reason.needed
    if said and isinstance(answer, Refused):
        assert len({reason.subject for reason in said} & {order.unit("1"), order.unit("3")}) < len(said)


def accepted_kits_are_allocated(rush: Rush) -> None:
    """Raise where a kit that was taken is not at one node at once, or something else that was taken has to wait."""
    world = opened(rush)
    for sale in rush.sales:
        asked = requested(world, sale)
        if asked is not None:
            shortfall_is_named(*asked)
        if asked is not None and isinstance(asked[1], Accepted):
            kits_are_whole(world, asked[0])
        assert not deficits(world.ledger, world.network)
    full = any(node.daily_capacity is not None for node in rush.network.nodes)
    for order in world.orders:
        world.ask(allocate(order.id, id="wave"))
        kits_are_whole(world, order)
        document = world.ledger.document(order_key(order.id))
        assert document is not None
        for line in document.lines:
            assert full or LineState.OPEN not in quantities_by_state(world.ledger, document.unit(line.id)), order.id
    for node in world.network.nodes:
        world.tell(landed(f"l {node.id}", inbound=f"i {node.id}", node=node.id, quantities=dict.fromkeys(SKUS, 2)))
    for order in world.orders:
        world.ask(allocate(order.id, id="all is there"))
        kits_are_whole(world, order)
        check_open_lines_have_claims(world)
        document = world.ledger.document(order_key(order.id))
        assert document is not None
        for part in [part for kit in document.kits for part, _ in kit.components]:
            states = quantities_by_state(world.ledger, document.unit(part))
            assert full or not LATE & states.keys(), (order.id, part, states)


LATE = {LineState.OPEN, LineState.BACKORDERED}

APART = Rush(
    Network(
        nodes=tuple([Node(id=id, position=HOME) for id in ("n0", "n1")]), pools=(Pool(id="p0", nodes=("n0", "n1")),)
    ),
    ({"MUG": 2, "CUP": 1}, {"MUG": 1, "CUP": 1}),
    ((3, 0, 0), (1, 3, 0)),
    (),
)
ONE_SET = Sale("order", 0, 0, 0, 1, 0, 0, FulfillmentPolicy())

LAW = Law("an accepted kit is allocated", RUSHES, accepted_kits_are_allocated)


@given(LAW.cases)
def test_every_kit_that_was_taken_is_whole_at_one_node(rush: Rush) -> None:
    """Whatever else is claimed, held, ordered or amended, at pools and nodes, by every policy."""
    LAW.check(rush)


def test_pieces_of_a_kit_at_two_nodes_are_no_kit() -> None:
    """The pool has all the pieces, no node has them together: the order is refused, by kit and by piece."""
    world = opened(APART)
    _, answer = requested(world, ONE_SET) or (None, None)

    assert isinstance(answer, Refused)
    assert [
        (reason.code.name, reason.subject, reason.unit, reason.found, reason.needed) for reason in answer.because
    ] == [
        ("WHOLE", "line:o1/1", "SET", 0, 1),
        ("WHOLE", "line:o1/1.1", "CUP", 0, 1),
        ("WHOLE", "line:o1/1.2", "MUG", 0, 2),
    ]


def test_a_kit_that_is_only_claimed_at_the_pool_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was: the order is taken by the sum of its pieces, and every wave says that it waits."""
    monkeypatch.setattr(supplying, "_given_at_once", lambda _case, _lines: {})
    world = opened(APART)
    order, answer = requested(world, ONE_SET) or (None, None)

    assert isinstance(answer, Accepted)
    assert order is not None
    assert isinstance(world.ask(allocate(order.id, id="wave")), Refused)
    with pytest.raises(AssertionError, match="OPEN"):
        kits_are_whole(world, order)
