"""Pick-up is offered only where every line can be had: there, or by a transfer that has a date."""

from collections.abc import Mapping
from typing import NamedTuple

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.world import CATALOG, HOME, NOW, PRODUCTS, SKUS, Distant, Program, World, make_order, programs
from unicommerce.catalog import (
    Calendar,
    Catalog,
    Channel,
    Component,
    Network,
    Node,
    NodeKind,
    Pool,
    Product,
    moment,
    moment_text,
)
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import CollectQuote, capacity_used, collect_quotes, node_day
from unicommerce.inventory import adjusted, availability, hold, received, reserve
from unicommerce.ledger import Accepted
from unicommerce.supply import transfer
from unicommerce.values import HOUR_MS, Position

SET = Product(sku="SET", components=(Component("MUG", 2), Component("LID", 1)))
SHOP = attrs.evolve(CATALOG, products=(*PRODUCTS, SET))
HOURS = Calendar(zone="Europe/Berlin", open_minute=9 * 60)
MITTE = Node(id="mitte", position=HOME, calendar=HOURS, handling_minutes=60)
WEST = Node(id="west", position=Position.of("52.50", "13.30"), calendar=HOURS, handling_minutes=60)
DC = Node(id="dc", position=Position.of("50.11", "8.68"), kind=NodeKind.WAREHOUSE, calendar=HOURS)
CITY = Catalog(
    network=Network(nodes=(DC, WEST, MITTE), pools=(Pool(id="web", nodes=("dc", "west", "mitte")),)),
    products=(*PRODUCTS, SET),
    channels=(Channel(id="shop", pool="web"),),
)


def city(**stock: int) -> World:
    """Return two stores in Berlin and a warehouse far away, with mugs."""
    world = World(CITY, stock=0)
    for node, quantity in stock.items():
        world.tell(received(f"r {node}", node=node, quantities={"MUG": quantity}))
    return world


def quoted(
    world: World,
    basket: Mapping[str, int],
    pool: str = "web",
    *,
    near: Position | None = None,
    within_m: int | None = None,
) -> dict[str, CollectQuote]:
    """Return where a basket could be collected."""
    order = make_order("o", pool=pool, skus=[*basket], at=world.now)
    quantities = {line.id: basket[line.sku] for line in order.lines}
    view = collect_quotes(order, quantities, near=near, within_m=within_m, now=world.now)
    return {each.node: each for each in world.shop.see(view)}


class Ask(NamedTuple):
    """What has happened, and what is to be collected."""

    program: Program
    basket: Mapping[str, int]
    pool: str


ASKS = st.builds(
    Ask,
    programs(most=12),
    st.dictionaries(st.sampled_from((*SKUS, "SET")), st.integers(1, 5), min_size=1),
    st.sampled_from(("web", "club", "corner")),
)


def wanted(basket: Mapping[str, int]) -> dict[str, int]:
    """Return the pieces of a basket, of kits their components."""
    recipe = {"MUG": 2, "CUP": 0, "LID": 1}
    pieces = {sku: basket.get(sku, 0) + each * basket.get("SET", 0) for sku, each in recipe.items()}
    return {sku: quantity for sku, quantity in pieces.items() if quantity}


@settings(max_examples=60)
@given(ask=ASKS, choice=st.integers(0, 4))
def test_what_is_said_to_be_there_can_be_claimed_there(ask: Ask, choice: int) -> None:
    """All of it now, or what the transfers leave: each of them is accepted, one after the other."""
    world = World(SHOP).run(ask.program)
    was = world.ledger.snapshot()
    offers = [each for each in quoted(world, ask.basket, ask.pool).values() if each.is_offered]
    assert world.ledger.snapshot() == was
    for offer in offers[choice : choice + 1]:
        left = wanted(ask.basket)
        for number, (node, pieces, promise) in enumerate(offer.transfers):
            asked = transfer(f"t{number}", source=node, node=offer.node, quantities=pieces, expected_at=promise.latest)
            assert isinstance(world.ask(asked), Accepted)
            left = {sku: rest for sku, quantity in left.items() if (rest := quantity - pieces.get(sku, 0))}
        assert not left or isinstance(world.ask(reserve("c", place=offer.node, quantities=left)), Accepted)
        assert offer.ready_at is not None
        assert offer.ready_at >= max([world.now, *(each.promise.latest for each in offer.transfers)])


@settings(max_examples=60)
@given(ask=ASKS)
def test_what_is_missing_can_not_be_had(ask: Ask) -> None:
    """One piece less of the bottleneck and it is not offered; what is missing is more than the nodes have together."""
    world = World(SHOP).run(ask.program)
    nodes = [node for node in world.network.pool_by_id[ask.pool].nodes if world.network.node_by_id[node].is_open]

    def have(sku: str, node: str) -> int:
        return max(world.shop.see(availability(sku, now=world.now)).nodes[node].available, 0)

    def handles(node: str, pieces: int) -> bool:
        capacity, day = world.network.node_by_id[node].daily_capacity, Calendar().handling_day(world.now)
        used = world.ledger.balance(node_day(node, day or 0), (capacity_used(node),))
        return capacity is None or capacity - used >= pieces

    for offer in quoted(world, ask.basket, ask.pool).values():
        pieces = wanted(ask.basket)
        for sku in offer.missing:
            assert offer.ready_at is None
            assert have(sku, offer.node) < pieces[sku] or not handles(offer.node, sum(pieces.values()))
    sku, most = "MUG", sum([have("MUG", node) for node in nodes])
    if not most or not any(each.is_offered for each in quoted(world, {sku: most}, ask.pool).values()):
        return
    node = next(node for node in nodes if have(sku, node))
    world.tell(adjusted("bottleneck", node=node, sku=sku, change=-1))
    assert not any(each.is_offered for each in quoted(world, {sku: most}, ask.pool).values())


def test_what_is_there_is_ready_after_an_hour_of_its_hours() -> None:
    """It is ten in Berlin; what is asked for at night is ready an hour after the store opens."""
    world = city(mitte=1)

    assert quoted(world, {"MUG": 1})["mitte"] == CollectQuote("mitte", 0, NOW + HOUR_MS, (), {})
    world.now = moment("2026-11-23T22:30:00Z")
    assert berlin(quoted(world, {"MUG": 1})["mitte"].ready_at) == "2026-11-24T10:00"


def berlin(at: int | None) -> str:
    """Return a moment as the stores' clocks show it."""
    return "" if at is None else moment_text(at, "Europe/Berlin")[:16]


def test_what_others_have_comes_by_the_first_that_is_there() -> None:
    """The store across the town sends what it has, the warehouse the rest, and the last of it makes the date."""
    offer = quoted(city(dc=5, west=1, mitte=1), {"MUG": 4})["mitte"]

    assert [(each.node, dict(each.pieces)) for each in offer.transfers] == [("west", {"MUG": 1}), ("dc", {"MUG": 2})]
    assert [berlin(each.promise.latest) for each in offer.transfers] == ["2026-11-24T20:00", "2026-11-26T20:00"]
    assert berlin(offer.ready_at) == "2026-11-27T10:00"


def test_what_is_nowhere_is_missing_everywhere() -> None:
    """One mug more than all have together; no transfer is named, since none is made."""
    offers = quoted(city(dc=1, west=1), {"MUG": 3})

    assert {id: dict(each.missing) for id, each in offers.items()} == {"mitte": {"MUG": 1}, "west": {"MUG": 1}}
    assert not any(each.transfers or each.is_offered for each in offers.values())


def test_the_nearest_store_comes_first_and_far_ones_not_at_all() -> None:
    """From home, or from where the customer is; what is no store is nowhere."""
    world = city(dc=9)

    assert [*quoted(world, {"MUG": 1})] == ["mitte", "west"]
    assert [*quoted(world, {"MUG": 1}, near=WEST.position)] == ["west", "mitte"]
    assert [(id, each.meters) for id, each in quoted(world, {"MUG": 1}, within_m=7_000).items()] == [("mitte", 0)]


def test_a_kit_is_collected_by_its_components() -> None:
    """Two mugs and a lid make a set; without the lid there is none."""
    world = city(mitte=2)

    assert quoted(world, {"SET": 1})["mitte"].missing == {"LID": 1}
    world.tell(received("lids", node="mitte", quantities={"LID": 1}))
    assert quoted(world, {"SET": 1})["mitte"].is_offered


def test_what_is_promised_to_others_is_not_offered() -> None:
    """A claim at the pool leaves two of three mugs, wherever they are taken; a hold of one's own leaves them to one."""
    world = city(mitte=2, west=1)
    world.ask(reserve("c", place="pool:web", quantities={"MUG": 1}))
    world.ask(hold("basket", place="pool:web", quantities={"MUG": 1}, until=NOW + HOUR_MS))

    assert not quoted(world, {"MUG": 2})["mitte"].is_offered
    order = attrs.evolve(make_order("o", pool="web", skus=["MUG"]), basket="basket", channel="shop")
    (mitte, west) = world.shop.see(collect_quotes(order, {"1": 2}, now=NOW))
    assert (mitte.is_offered, mitte.transfers) == (True, ())
    assert [dict(each.pieces) for each in west.transfers] == [{"MUG": 1}]


def test_closed_nodes_neither_give_nor_offer() -> None:
    """A store that is closed has no counter, and a node that is closed sends nothing."""
    nodes = (attrs.evolve(DC, is_open=False), attrs.evolve(WEST, is_open=False), MITTE)
    world = World(attrs.evolve(CITY, network=Network(nodes=nodes, pools=CITY.network.pools)), stock=1)

    assert {id: dict(each.missing) for id, each in quoted(world, {"MUG": 2}).items()} == {"mitte": {"MUG": 1}}


def test_a_store_gives_no_more_than_it_can_handle_that_day() -> None:
    """Three pieces are the day of the booth; the fourth of its mugs stays there, and comes from next door."""
    world = World(SHOP)

    assert quoted(world, {"MUG": 3}, "corner")["booth"].transfers == ()
    assert [each.node for each in quoted(world, {"MUG": 4}, "corner")["booth"].transfers] == ["south"]


def test_what_can_not_be_placed_can_not_be_collected() -> None:
    """Nothing at all is no basket; and where nobody sells from there are no stores."""
    with pytest.raises(InvalidValue, match="quantities"):
        collect_quotes(make_order("o", pool="web", skus=["MUG"]), {}, now=NOW)

    assert quoted(city(), {"MUG": 1}, "none") == {}


def test_over_a_store_in_another_process_the_quotes_are_the_same() -> None:
    """What a view looks up in vain is read until nothing is missing."""
    near, far = World(SHOP), World(SHOP, store=Distant())

    assert quoted(near, {"MUG": 9, "SET": 1}) == quoted(far, {"MUG": 9, "SET": 1})
