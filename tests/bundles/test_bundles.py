"""Bundles that are stocked: examples, and one call for each reason why not."""

import attrs
import pytest

from tests.bundles.calls import SET
from tests.laws.world import CATALOG as SHOP
from tests.laws.world import World
from unicommerce.bundles import BundleCode, Recipe, assemble, disassemble
from unicommerce.errors import InvalidValue
from unicommerce.finance import Chart, chart_account, money, post
from unicommerce.inventory import goods, production, received, reserve, sellable
from unicommerce.ledger import Accepted, LedgerCode, Refused

CATALOG = attrs.evolve(SHOP, products=(*SHOP.products, SET))


def _world() -> World:
    world = World(CATALOG, stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 4, "CUP": 3}))
    return world


def _held(world: World, sku: str) -> int:
    return world.ledger.balance(goods(sku), (sellable("dc"),))


def test_bundles_are_made_and_taken_apart_again() -> None:
    """Both ways all of it moves at once, and what the node made is nothing in the end."""
    world = _world()

    assert isinstance(world.ask(assemble("a", node="dc", bundle="SET", quantity=2)), Accepted)
    assert [_held(world, sku) for sku in ("MUG", "CUP", "SET")] == [0, 1, 2]
    assert world.ask(assemble("a", node="dc", bundle="SET", quantity=2)).because[0].code is (LedgerCode.ALREADY_DONE)
    assert isinstance(world.ask(disassemble("d", node="dc", bundle="SET", quantity=2)), Accepted)
    assert [_held(world, sku) for sku in ("MUG", "CUP", "SET")] == [4, 3, 0]
    assert [world.ledger.balance(goods(sku), (production("dc"),)) for sku in ("MUG", "CUP", "SET")] == [0, 0, 0]


def test_what_is_promised_is_not_used_up() -> None:
    """A claim at the pool stands against the shelf as well; what falls short is named with what there is."""
    world = _world()
    world.ask(reserve("c", place="pool:web", quantities={"MUG": 1}))

    answer = world.ask(assemble("a", node="dc", bundle="SET", quantity=2))

    assert isinstance(answer, Refused)
    assert [(reason.code, reason.found, reason.needed, reason.unit) for reason in answer.because] == [
        (BundleCode.SHORT, 3, 4, "MUG")
    ]


def test_an_answer_falls_with_what_it_rests_on() -> None:
    """The guards of a yes do not hold once somebody else has taken the pieces."""
    world = _world()
    request = assemble("a", node="dc", bundle="SET", quantity=2)
    answer = request.decide(world.ledger, CATALOG, world.now)
    assert isinstance(answer, Accepted)
    world.ask(reserve("c", place="dc", quantities={"MUG": 1}))
    used = {goods("MUG"): 4, goods("CUP"): 2}

    lasting = [g for g in answer.guards if g.admits(world.ledger.balance(g.unit, g.accounts) - used[g.unit])]  # type: ignore[union-attr]  # they are all sums

    assert {guard.unit for guard in answer.guards if guard not in lasting} == {goods("MUG")}  # type: ignore[union-attr]  # likewise


@pytest.mark.parametrize("components", [(), (("SET", 1),), (("MUG", 0),)])
def test_a_recipe_takes_other_things(components: tuple[tuple[str, int], ...]) -> None:
    """Nothing, itself, or no pieces of something is no recipe."""
    with pytest.raises(InvalidValue):
        Recipe(node="dc", bundle="SET", quantity=1, components=components)


def test_a_bundle_is_worth_what_it_took() -> None:
    """The value goes to it and back to the cent, and all that inventory is worth stays."""
    world = _world()

    def worth(*skus: str) -> list[int]:
        return [world.ledger.balance(money("USD"), (chart_account(Chart.INVENTORY, sku),)) for sku in skus]

    def posted() -> None:
        for _, entry in world.journal():
            world.ask(post(entry))

    posted()
    before = worth("MUG", "CUP", "SET")
    world.ask(assemble("a", node="dc", bundle="SET"))
    posted()
    assert worth("SET") == [2 * 433 + 199]
    world.ask(disassemble("d", node="dc", bundle="SET"))
    posted()
    assert worth("MUG", "CUP", "SET") == before
