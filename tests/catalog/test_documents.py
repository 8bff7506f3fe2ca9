"""Master data: what a network, a pool, a node and a product may be, and which groups of pools guards name."""

import pytest

from tests.values.bad import COUNTS, NAMES, PIECES, refused
from unicommerce.catalog import (
    NETWORK,
    Calendar,
    Catalog,
    Group,
    Network,
    Node,
    Pool,
    Product,
    place_name,
    pool_place,
)
from unicommerce.values import Position

HERE = Position(0, 0)


def network(*pools: tuple[str, ...], closed: tuple[str, ...] = ()) -> Network:
    """Return a network of the nodes a to e, and pools p0, p1, ... of them."""
    nodes = tuple([Node(id=id, position=HERE, is_open=id not in closed) for id in "abcde"])
    return Network(nodes=nodes, pools=tuple([Pool(id=f"p{i}", nodes=own) for i, own in enumerate(pools)]))


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_cannot_be_seen_names_no_node_pool_or_product(name: str) -> None:
    """Each is refused under its own field."""
    assert refused(lambda: Node(id=name, position=HERE)) == ("node", name)
    assert refused(lambda: Pool(id=name, nodes=("a",))) == ("pool", name)
    assert refused(lambda: Product(sku=name)) == ("sku", name)


@pytest.mark.parametrize("name", ["supplier", "customer", "loss", "order", "pool:web", "transit:o/1", "a:b", ":"])
def test_no_node_or_pool_is_named_like_another_place(name: str) -> None:
    """The outside, pools and what is under way are places too, and must not be taken for a node."""
    assert refused(lambda: Node(id=name, position=HERE)) == ("node", name)
    assert refused(lambda: Pool(id=name, nodes=("a",))) == ("pool", name)
    assert refused(lambda: place_name(name, "node")) == ("node", name)


@pytest.mark.parametrize("value", COUNTS.values(), ids=COUNTS)
def test_figures_of_master_data_are_whole_numbers(value: int) -> None:
    """Ranks, weights and costs are zero or more; a capacity may be missing, which means no limit."""
    assert refused(lambda: Node(id="a", position=HERE, rank=value))[0] == "rank"
    assert refused(lambda: Product(sku="MUG", weight_g=value))[0] == "weight_g"
    assert refused(lambda: Product(sku="MUG", cost_minor=value))[0] == "cost_minor"
    if value is not None:
        assert refused(lambda: Node(id="a", position=HERE, daily_capacity=value))[0] == "daily_capacity"


@pytest.mark.parametrize("revision", PIECES.values(), ids=PIECES)
def test_revisions_count_from_one(revision: int) -> None:
    """A document that is not there yet has revision zero, so none that is there may."""
    assert refused(lambda: Network(revision=revision))[0] == "revision"


@pytest.mark.parametrize("nodes", [(), ("a", "a")], ids=["none", "one twice"])
def test_a_pool_has_nodes_each_once(nodes: tuple[str, ...]) -> None:
    """An empty pool could promise nothing, and a node twice would count double."""
    assert refused(lambda: Pool(id="web", nodes=nodes)) == ("pool web", nodes)


def test_a_network_names_each_node_and_pool_once_and_only_its_own() -> None:
    """Twins and strangers are refused by name."""
    node, pool = Node(id="a", position=HERE), Pool(id="web", nodes=("a",))

    assert refused(lambda: Network(nodes=(node, node))) == ("network", ["a", "a"])
    assert refused(lambda: Network(nodes=(node,), pools=(pool, pool))) == ("network", ["a", "web", "web"])
    assert refused(lambda: Network(pools=(pool,))) == ("pool web", ["a"])
    assert Network(nodes=(node,), pools=(pool,)).key == NETWORK


def test_a_catalog_names_each_product_once_and_answers_for_none_it_does_not_know() -> None:
    """An unknown SKU is no error: a till may have sold it."""
    mug = Product(sku="MUG")

    assert refused(lambda: Catalog(products=(mug, mug))) == ("products", ["MUG", "MUG"])
    assert Catalog(products=(mug,)).product("MUG") is mug
    assert Catalog(products=(mug,)).product("CUP") is None


def test_pools_that_do_not_touch_are_groups_of_their_own() -> None:
    """What one pool claims is nothing to another that shares no node with it."""
    assert network(("a", "b"), ("c",)).groups == (Group(("p1",), ("c",)), Group(("p0",), ("a", "b")))


def test_pools_that_overlap_are_grouped_alone_and_together() -> None:
    """Each pool by itself, and both together on all of their nodes: Hall's condition names no other set."""
    assert network(("a", "b"), ("b", "c")).groups == (
        Group(("p0",), ("a", "b")),
        Group(("p1",), ("b", "c")),
        Group(("p0", "p1"), ("a", "b", "c")),
    )


def test_a_pool_within_another_is_part_of_its_group() -> None:
    """Nested pools make two groups: the inner one, and both on the nodes of the outer."""
    assert network(("a",), ("a", "b")).groups == (Group(("p0",), ("a",)), Group(("p0", "p1"), ("a", "b")))


def test_two_pools_of_the_same_nodes_are_one_group() -> None:
    """Their claims are summed, for no node serves one and not the other."""
    assert network(("a", "b"), ("b", "a")).groups == (Group(("p0", "p1"), ("a", "b")),)


def test_a_chain_of_pools_is_grouped_by_each_stretch() -> None:
    """Only connected sets of pools count: the ends of the chain make no group without its middle."""
    groups = {group.pools for group in network(("a", "b"), ("b", "c"), ("c", "d")).groups}

    assert groups == {("p0",), ("p1",), ("p2",), ("p0", "p1"), ("p1", "p2"), ("p0", "p1", "p2")}


def test_a_closed_node_is_reached_by_no_pool() -> None:
    """What it holds serves nobody at a pool, and pools that meet only there do not meet."""
    assert network(("a", "b"), ("b", "c"), closed=("b",)).groups == (Group(("p0",), ("a",)), Group(("p1",), ("c",)))
    assert network(("b",), ("a",), closed=("b",)).groups == (Group(("p0",), ()), Group(("p1",), ("a",)))


def test_a_node_answers_for_itself_and_for_each_group_and_a_pool_for_its_groups() -> None:
    """These are the sums that a request at a place must leave at zero or more."""
    limits = network(("a", "b"), ("b", "c")).limits

    assert limits["a"] == (("a",), ("a", "b", "pool:p0"), ("a", "b", "c", "pool:p0", "pool:p1"))
    assert limits[pool_place("p1")] == (("b", "c", "pool:p1"), ("a", "b", "c", "pool:p0", "pool:p1"))
    assert limits["e"] == (("e",),)
    assert "atlantis" not in limits


def test_defaults_suit_a_small_shop() -> None:
    """A node is open, without a limit, and works from Monday to Saturday."""
    node = Node(id="a", position=HERE)

    assert (node.is_open, node.daily_capacity, node.calendar) == (True, None, Calendar())
    assert Calendar().days == (1, 2, 3, 4, 5, 6)
