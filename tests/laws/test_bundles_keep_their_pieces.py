"""Law: making bundles and taking them apart makes and loses no piece, and takes nothing that is promised.

It happens between all else that may be asked: orders, claims, transfers. A refusal is checked by doing it all the same
on a copy, which must then be short of something.
"""

import attrs
from hypothesis import given

from tests.laws.invariants import check_books, check_conservation, check_finance_counts_what_is_there, deficits
from tests.laws.world import CATALOG, SOUND, Law, Program, Step, World, programs
from unicommerce.bundles import Assembled, Disassembled, Recipe, assemble, disassemble
from unicommerce.catalog import Component, Product
from unicommerce.inventory import goods, on_hand, production
from unicommerce.ledger import Accepted, Ledger, record

PARTS = (Component("MUG", 2), Component("CUP", 1))
LID = Product(sku="LID", cost_minor=7, components=PARTS, is_assembled=True)
BUNDLED = attrs.evolve(CATALOG, products=(*CATALOG.products[:2], LID))


def bundles_keep_their_pieces(program: Program) -> None:
    """Raise where a unit does not add up, what is promised is short, or a request was refused that need not be."""
    world, made = World(BUNDLED), 0
    for number, step in enumerate(program):
        world.do(step)
        if step.c == 1:
            continue
        node = world.network.nodes[step.a % len(world.network.nodes)].id
        ask = assemble if step.b % 2 else disassemble
        request = ask(f"b{number}", node=node, bundle="LID", quantity=step.c - 1)
        before = {sku: on_hand(world.ledger, node=node, sku=sku) for sku in ("MUG", "CUP", "LID")}
        answer = world.ask(request)
        sign = (step.c - 1) * (1 if ask is assemble else -1)
        if isinstance(answer, Accepted):
            made += sign
            change = {"MUG": -2 * sign, "CUP": -sign, "LID": sign}
            after = {sku: on_hand(world.ledger, node=node, sku=sku) for sku in before}
            assert after == {sku: before[sku] + change[sku] for sku in before}
        else:
            copy = Ledger.replay(world.journal())
            recipe = Recipe(node=node, bundle="LID", quantity=step.c - 1, components=(("MUG", 2), ("CUP", 1)))
            event = (Assembled if ask is assemble else Disassembled)(id="x", recipe=recipe)
            copy.append(record("anyway", (event,), now=world.now))
            assert deficits(copy, world.network), answer
        check_conservation(world.ledger)
        assert deficits(world.ledger, world.network) == {}
    makers = [production(node.id) for node in world.network.nodes]
    assert world.ledger.balance(goods("LID"), makers) == -made
    world.do(Step("post"))
    check_books(world)
    check_finance_counts_what_is_there(world)


LAW = Law("bundles keep their pieces", programs(SOUND), bundles_keep_their_pieces)


@given(LAW.cases)
def test_bundles_make_and_lose_no_piece(program: Program) -> None:
    """Between all else that is asked."""
    LAW.check(program)
