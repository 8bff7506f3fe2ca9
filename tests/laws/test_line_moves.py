"""Law: the one table of line moves is the whole truth; what is not in it raises and changes nothing."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import ClassVar

import pytest
from hypothesis import strategies as st

from tests.laws.world import NOW, Law, World, make_order
from unicommerce.errors import IllegalMove
from unicommerce.fulfillment import place
from unicommerce.ledger import Entry, Movement, record
from unicommerce.orders import LINE_MOVES, LineState, line_account, line_move, line_unit
from unicommerce.values import frozen

PAIRS = tuple(product(LineState, LineState))


@frozen(kw_only=True)
class Jumped:
    """Pieces of a line go from any state to any other."""

    kind: ClassVar[str] = "test.jumped"
    source: LineState
    target: LineState

    def movements(self) -> tuple[Movement, ...]:
        """Move them, if the table says so."""
        return (line_move("o", "1", 1, line_account(self.source), line_account(self.target)),)

    def documents(self) -> tuple[()]:
        """Replace nothing."""
        return ()


def _attempt(source: LineState, target: LineState) -> Entry | IllegalMove:
    try:
        return record(f"{source} to {target}", (Jumped(source=source, target=target),), now=NOW)
    except IllegalMove as error:
        return error


def the_table_rules(moves: Mapping[LineState, Sequence[LineState]]) -> None:
    """Raise where pieces may go where this table does not let them, or may not go where it does."""
    world = World()
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 2}))
    for source, target in PAIRS:
        before = world.ledger.snapshot()
        answer = _attempt(source, target)
        assert isinstance(answer, Entry) == (target in moves[source]), (source, target)
        assert world.ledger.snapshot() == before
        if isinstance(answer, Entry):
            expected = Movement(1, line_unit("o", "1"), line_account(source), line_account(target))
            assert answer.movements == (expected,)
        else:
            assert (answer.machine, answer.source, answer.target) == ("line", source, target)


TABLE = {source: tuple(targets) for source, targets in LINE_MOVES.items()}
"""The table as it was when this was imported."""

LAW = Law("the table of line moves is the whole truth", st.just(TABLE), the_table_rules)


def test_the_full_product_of_states_is_in_the_table_or_illegal() -> None:
    """All 196 pairs: one in the table is a movement, any other raises and leaves the ledger as it was."""
    LAW.check(TABLE)


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    """No state is forgotten, and each can be reached from what was ordered."""
    reached = {LineState.ORDERED}
    while more := {target for source in reached for target in LINE_MOVES[source]} - reached:
        reached |= more

    assert set(LINE_MOVES) == set(LineState)
    assert reached == set(LineState)


def test_what_is_final_stays_and_nothing_goes_back_once_shipped() -> None:
    """From canceled nothing leaves, from lost and returned only what is sent again; else a store alone opens again."""
    ended = (LineState.LOST, LineState.RETURNED)
    final = {source for source, targets in LINE_MOVES.items() if not targets}
    late = {LineState.SHIPPED, LineState.COLLECTED}
    while more := {target for source in late - set(ended) for target in LINE_MOVES[source]} - late - {LineState.READY}:
        late |= more

    assert final == {LineState.CANCELED}
    assert [LINE_MOVES[state] for state in ended] == [(LineState.OPEN,)] * 2
    assert late == {LineState.SHIPPED, LineState.DELIVERED, LineState.COLLECTED, *ended}


def test_the_table_can_not_be_changed() -> None:
    """It is read only: a deviation would be another table."""
    with pytest.raises(TypeError):
        LINE_MOVES[LineState.LOST] = ()  # type: ignore[index]  # that is the point
