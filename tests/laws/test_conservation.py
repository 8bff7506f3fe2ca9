"""Law: over whole accounts each unit sums to zero for ever, across every feature at once."""

from hypothesis import given

from tests.laws.invariants import check_conservation
from tests.laws.world import Law, Program, World, programs


def conservation(program: Program) -> None:
    """Raise where a step of a program makes or destroys something."""
    world = World()
    for step in program:
        world.do(step)
        check_conservation(world.ledger)


LAW = Law("conservation", programs(), conservation)


@given(LAW.cases)
def test_each_unit_sums_to_zero_after_every_step(program: Program) -> None:
    """Whatever is asked and told, nothing is made of nothing and nothing is lost."""
    LAW.check(program)
