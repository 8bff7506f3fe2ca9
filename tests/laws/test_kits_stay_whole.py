"""A kit is its components and nothing beside them: priced to the cent, claimed, shipped and canceled whole."""

from typing import NamedTuple

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import NETWORK, PRODUCTS, SKUS, Law, World, make_order
from unicommerce.catalog import Catalog, Component, Product
from unicommerce.fulfillment import Allocated, FulfillmentPolicy, cancel, picked, place
from unicommerce.inventory import goods, received
from unicommerce.ledger import Accepted, Account, Refused
from unicommerce.orders import LineState, Order, OrderLine, exploded, kits_by_state, order_key, quantities_by_state

RECIPES = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 4), min_size=1)
STOCK = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=4, max_size=4)
PARTING = FulfillmentPolicy(kits_may_part=True)


def catalog(recipe: dict[str, int], *, costs: tuple[int, int, int] = (433, 199, 7)) -> Catalog:
    """Return the catalog with a kit of this recipe."""
    products = [attrs.evolve(product, cost_minor=cost) for product, cost in zip(PRODUCTS, costs, strict=True)]
    kit = Product(sku="SET", components=tuple([Component(sku, each) for sku, each in sorted(recipe.items())]))
    return Catalog(network=NETWORK, products=(*products, kit))


def kit_order(price: int = 1_000, *, mug: bool = False) -> Order:
    """Return an order of a kit in line 1, and of a mug by itself in line 2."""
    lines = [OrderLine(id="1", sku="SET", price_minor=price)]
    lines += [OrderLine(id="2", sku="MUG", price_minor=5)] if mug else []
    return attrs.evolve(make_order("o", pool="web", skus=("SET",)), lines=tuple(lines))


def shop(recipe: dict[str, int], stock: list[list[int]]) -> World:
    """Return a shop with this stock at its open nodes."""
    world = World(catalog(recipe), stock=0)
    for number, (node, held) in enumerate(zip(NETWORK.nodes, stock, strict=False)):
        here = {sku: pieces for sku, pieces in zip(SKUS, held, strict=True) if pieces}
        if here:
            world.tell(received(f"r{number}", node=node.id, quantities=here))
    return world


@given(
    recipe=RECIPES, price=st.integers(0, 10_000), kits=st.integers(1, 50), costs=st.tuples(*[st.integers(0, 900)] * 3)
)
def test_the_price_of_a_kit_is_the_sum_of_its_components(
    recipe: dict[str, int], price: int, kits: int, costs: tuple[int, int, int]
) -> None:
    """However it is split, nothing is won and nothing lost; and the pieces are those of the recipe."""
    order, pieces = exploded(kit_order(price, mug=True), {"1": kits, "2": 3}, catalog(recipe, costs=costs))
    own = [line for line in order.lines if line.id != "2"]
    assert sum([line.price_minor * pieces[line.id] for line in own]) == price * kits
    assert {sku: sum([pieces[line.id] for line in own if line.sku == sku]) for sku in recipe} == {
        sku: each * kits for sku, each in recipe.items()
    }
    assert order.lines[-1] == kit_order(mug=True).lines[1]
    assert pieces["2"] == 3


class Kits(NamedTuple):
    """A recipe, the stock of the open nodes, how many kits and mugs are ordered, and whether a kit may part."""

    recipe: dict[str, int]
    stock: list[list[int]]
    kits: int
    loose: int
    parting: bool


def whole_at_nodes(recipe: dict[str, int], stock: list[list[int]]) -> list[int]:
    """Return how many whole kits each open node has and can handle."""
    kits = [min([held[SKUS.index(sku)] // each for sku, each in recipe.items()]) for held in stock]
    days = [node.daily_capacity for node in NETWORK.nodes if node.is_open]
    return [n if most is None else min(n, most // sum(recipe.values())) for n, most in zip(kits, days, strict=True)]


def kits_travel_whole(case: Kits) -> None:
    """Kits are taken exactly where nodes have so many whole; each shipment has whole ones, unless they may part."""
    recipe, stock, kits, loose, parting = case
    world = shop(recipe, stock)
    order = kit_order(mug=bool(loose))
    wanted = {"1": kits} | ({"2": loose} if loose else {})
    answer = world.ask(place(order, wanted, policy=PARTING if parting else FulfillmentPolicy()))
    total = dict(zip(SKUS, [sum(held) for held in zip(*stock, strict=True)], strict=True))
    needs = {sku: each * kits for sku, each in recipe.items()}
    needs["MUG"] = needs.get("MUG", 0) + loose
    is_there = all(need <= total[sku] for sku, need in needs.items())
    assert isinstance(answer, Accepted) == (is_there and (parting or kits <= sum(whole_at_nodes(recipe, stock))))
    if isinstance(answer, Refused):
        return
    claimed = [Account(place, "reserved") for place in ("pool:web", *[node.id for node in NETWORK.nodes])]
    assert {sku: world.ledger.balance(goods(sku), claimed) for sku in needs} == needs
    components = order_on_record(world).kits[0].components
    for event in answer.events:
        if isinstance(event, Allocated) and not parting:
            pieces = {line: quantity for line, _, quantity in event.lines}
            assert len({pieces.get(line, 0) / each for line, each in components}) == 1, "a kit is torn"


def order_on_record(world: World) -> Order:
    """Return the order as it was taken."""
    document = world.ledger.document(order_key("o"))
    assert document is not None
    return document


LAW = Law(
    "kits stay whole",
    st.builds(Kits, RECIPES, STOCK, st.integers(1, 4), st.integers(0, 3), st.booleans()),
    kits_travel_whole,
)


@given(LAW.cases)
def test_kits_travel_whole_and_claims_are_the_recipe(case: Kits) -> None:
    """On random stock, recipes and orders."""
    LAW.check(case)


@given(recipe=RECIPES, kits=st.integers(2, 4), less=st.integers(1, 4))
def test_a_kit_is_canceled_by_its_own_line(recipe: dict[str, int], kits: int, less: int) -> None:
    """Canceled kits give back the recipe; a component alone can not be canceled out of a kit of several."""
    world = shop(recipe, [[99, 99, 99]] * 4)
    before = world.ledger.snapshot().balances
    world.ask(place(kit_order(), {"1": kits}))
    document = order_on_record(world)
    first, each = document.kits[0].components[0]
    alone = world.ask(cancel("o", {first: each}, id="alone"))
    assert isinstance(alone, Accepted) == (len(document.kits[0].components) == 1)
    left = kits - isinstance(alone, Accepted)
    answer = world.ask(cancel("o", {"1": min(less, left)}, id="some"))
    assert isinstance(answer, Accepted)
    assert kits_by_state(world.ledger, document, "1").get(LineState.ALLOCATED, 0) == left - min(less, left)
    world.ask(cancel("o"))
    after = world.ledger.snapshot().balances
    assert {unit: book for unit, book in after.items() if unit.startswith("sku:")} == {
        unit: book for unit, book in before.items() if unit.startswith("sku:")
    }


@given(recipe=RECIPES, kits=st.integers(1, 4), found=st.lists(st.integers(0, 16), min_size=3, max_size=3))
def test_a_kit_is_as_far_as_the_least_advanced_of_its_pieces(
    recipe: dict[str, int], kits: int, found: list[int]
) -> None:
    """Complete kits in a state are those whose pieces are all there or further, counted piece by piece."""
    world = shop(recipe, [[99, 99, 99], [0] * 3, [0] * 3, [0] * 3])
    world.ask(place(kit_order(), {"1": kits}))
    document = order_on_record(world)
    shipment = world.shipments[0].id
    parts = [(line, each) for line, each in document.kits[0].components]
    in_hand = {line: min(each * kits, n) for (line, each), n in zip(parts, [*found, *found], strict=False)}
    if picks := {line: n for line, n in in_hand.items() if n}:
        world.tell(picked(shipment, picks))
    picked_kits = min([quantity // each for (_, each), quantity in zip(parts, in_hand.values(), strict=True)])
    states = kits_by_state(world.ledger, document, "1")
    assert states == {
        state: held
        for state, held in ((LineState.PICKED, picked_kits), (LineState.ALLOCATED, kits - picked_kits))
        if held
    }
    for line, each in parts:
        assert sum(quantities_by_state(world.ledger, document.unit(line)).values()) == each * kits
