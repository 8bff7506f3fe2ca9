"""Law: the order of recording does not change the state: balances, parts, documents, what moved and what is due."""

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import NOW, Law, Program, World, balances, programs
from unicommerce.ledger import Document, Key, Ledger, Recorded
from unicommerce.values import HOUR_MS


class Shuffled(NamedTuple):
    """A program, and the seed of the order in which what it left is recorded."""

    program: Program
    random: Random


SHUFFLED = st.builds(Shuffled, programs(), st.randoms(use_true_random=False))


def _documents(ledger: Ledger) -> Mapping[Key[Document], Document]:
    return {document.key: document for document in ledger.snapshot().documents}


def order_is_irrelevant(case: Shuffled) -> None:
    """Raise where the same entries, recorded as facts in another order, make another state."""
    world = World().run(case.program)
    journal: list[Recorded] = list(world.journal())
    case.random.shuffle(journal)
    other = Ledger()
    for _, entry in journal:
        assert other.append(entry) is not None
    one, two = world.ledger.snapshot(), other.snapshot()
    assert balances(one) == balances(two)
    assert (one.parts, one.moves, one.ids, one.position) == (two.parts, two.moves, two.ids, two.position)
    assert _documents(world.ledger) == _documents(other)
    for now in (NOW + HOUR_MS, NOW + 1_000 * HOUR_MS):
        assert other.due(now, 1_000) == world.ledger.due(now, 1_000)


LAW = Law("the order of recording does not change the state", SHUFFLED, order_is_irrelevant)


@given(LAW.cases)
def test_the_same_entries_in_any_order_make_the_same_state(case: Shuffled) -> None:
    """The highest revision counts, and sums do not care; only what was decided could depend on the order."""
    LAW.check(case)
