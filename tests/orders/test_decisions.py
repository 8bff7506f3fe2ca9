"""The line half of what is asked of an order, and what its events move."""

import pytest

from tests.laws.world import NOW, make_order
from tests.values.bad import PIECES, refused
from unicommerce.errors import IllegalMove
from unicommerce.ledger import Accepted, Between, Ledger, Movement, Reason, Refused, record
from unicommerce.orders import (
    Amended,
    Canceled,
    LineQuantity,
    LineState,
    OrderCode,
    Placed,
    line_account,
    line_move,
    line_quantities,
    line_unit,
    open_lines,
    open_pieces,
)

ORDER = make_order("o", pool="web", skus=("MUG", "CUP"))
MUGS, CUPS = LineQuantity("1", "MUG", 2), LineQuantity("2", "CUP", 1)
ORDERED, OPEN, CANCELED = (line_account(LineState(state)) for state in ("ordered", "open", "canceled"))


def test_quantities_come_in_the_order_of_the_lines() -> None:
    """However the mapping was written."""
    assert line_quantities(ORDER, {"2": 1, "1": 2}) == (MUGS, CUPS)


@pytest.mark.parametrize("quantity", PIECES.values(), ids=PIECES)
def test_a_line_has_a_number_of_pieces(quantity: int) -> None:
    """The line that is wrong is named."""
    assert refused(lambda: line_quantities(ORDER, {"1": 1, "2": quantity}))[0] == "quantity of 2"


def test_lines_that_the_order_has_not_are_refused() -> None:
    """All of them, sorted, whatever they are."""
    strange: dict[str, int] = {"9": 1, "1": 1, "8": 1}

    assert refused(lambda: line_quantities(ORDER, strange)) == ("quantities", ["8", "9"])
    assert refused(lambda: line_quantities(ORDER, {5: 1, "8": 1})) == ("quantities", [5, "8"])  # type: ignore[dict-item]


def test_an_order_is_placed_once() -> None:
    """A second one of the same id is refused with the revision on record."""
    placed = Placed(order=ORDER, lines=(MUGS,))
    ledger = Ledger()
    first = open_lines(ledger, placed)
    ledger.append(record("e", (placed,), now=NOW))

    assert first == Accepted((placed,))
    assert open_lines(ledger, placed) == Refused((Reason(OrderCode.EXISTS, "o", 1),))


def test_open_pieces_are_guarded_line_by_line() -> None:
    """None of them is taken twice: what is open of a line never falls below zero."""
    assert open_pieces("o", (MUGS, CUPS)) == (
        Between(line_unit("o", "1"), (OPEN,)),
        Between(line_unit("o", "2"), (OPEN,)),
    )


def test_what_was_placed_is_open_and_what_is_canceled_no_longer() -> None:
    """Pieces come out of `ordered`, and canceled ones stay ordered."""
    assert Placed(order=ORDER, lines=(MUGS,)).movements() == (Movement(2, line_unit("o", "1"), ORDERED, OPEN),)
    assert Canceled(order="o", lines=(CUPS,)).movements() == (Movement(1, line_unit("o", "2"), OPEN, CANCELED),)


def test_an_amendment_adds_and_takes_back() -> None:
    """What is taken back was never ordered."""
    event = Amended(order="o", added=(MUGS,), removed=(CUPS,))

    assert event.movements() == (
        Movement(2, line_unit("o", "1"), ORDERED, OPEN),
        Movement(1, line_unit("o", "2"), OPEN, ORDERED),
    )
    assert event.documents() == ()


def test_a_move_that_is_not_in_the_table_names_both_states() -> None:
    """The error says from where to where."""
    with pytest.raises(IllegalMove) as raised:
        line_move("o", "1", 1, line_account(LineState.DELIVERED), OPEN)

    assert (raised.value.source, raised.value.target) == ("delivered", "open")
