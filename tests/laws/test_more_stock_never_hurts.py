"""Law: more stock never hurts: a plan of more choices costs no more, and leaves no more over."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.routes import Errand, errands, plan, worth
from tests.laws.world import Law


class More(NamedTuple):
    """An errand, and pieces that are added to what one node has of one product."""

    errand: Errand
    node: int
    need: int
    pieces: int


def _more(case: More) -> Errand:
    supplies = list(case.errand.supplies)
    index = case.node % len(supplies)
    available = list(supplies[index].available)
    available[case.need % len(available)] += case.pieces
    supplies[index] = supplies[index]._replace(available=tuple(available))
    return case.errand._replace(supplies=tuple(supplies))


def more_stock_never_hurts(case: More) -> None:
    """Raise where more stock makes a plan dearer, all nodes being on time."""
    assert worth(plan(_more(case))) <= worth(plan(case.errand))


def more_stock_leaves_no_more_over(case: More) -> None:
    """Raise where more stock leaves more pieces over, whoever is late."""
    before, after = plan(case.errand), plan(_more(case))
    assert sum(left for _, left in after.unfilled) <= sum(left for _, left in before.unfilled)


def _cases(errand: st.SearchStrategy[Errand]) -> st.SearchStrategy[More]:
    return st.builds(More, errand, st.integers(0, 3), st.integers(0, 1), st.integers(1, 4))


LAW = Law("more stock never hurts", _cases(errands()), more_stock_never_hurts)
LEFT_LAW = Law("more stock leaves no more over", _cases(errands(is_on_time=False)), more_stock_leaves_no_more_over)


@given(LAW.cases)
def test_more_stock_makes_no_plan_dearer(case: More) -> None:
    """Among nodes that are on time, what was possible still is."""
    LAW.check(case)


@given(LEFT_LAW.cases)
def test_more_stock_leaves_no_more_over(case: More) -> None:
    """Where on-time nodes come to suffice, late ones are no longer looked at: dearer perhaps, but never less filled."""
    LEFT_LAW.check(case)
