"""The status of an order is derived from where its pieces stand: the least advanced of them says it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest

from tests.laws.world import NOW, Happened, make_order
from unicommerce.ledger import Ledger, record
from unicommerce.orders import (
    LineQuantity,
    LineState,
    OrderStatus,
    Placed,
    in_words,
    is_final,
    line_account,
    line_move,
    order_status,
    ordered,
    quantities_by_state,
    standing,
)

ORDER = make_order("o", pool="web", skus=("MUG", "CUP"))
PATHS: Mapping[LineState, Sequence[LineState]] = {
    LineState.OPEN: (),
    LineState.BACKORDERED: (LineState.BACKORDERED,),
    LineState.ALLOCATED: (LineState.ALLOCATED,),
    LineState.PICKED: (LineState.ALLOCATED, LineState.PICKED),
    LineState.PACKED: (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED),
    LineState.READY: (LineState.ALLOCATED, LineState.PICKED, LineState.READY),
    LineState.SHIPPED: (LineState.ALLOCATED, LineState.PICKED, LineState.SHIPPED),
    LineState.DELIVERED: (LineState.ALLOCATED, LineState.PICKED, LineState.SHIPPED, LineState.DELIVERED),
    LineState.COLLECTED: (LineState.ALLOCATED, LineState.PICKED, LineState.READY, LineState.COLLECTED),
    LineState.RETURNED: (
        LineState.ALLOCATED,
        LineState.PICKED,
        LineState.SHIPPED,
        LineState.DELIVERED,
        LineState.RETURNED,
    ),
    LineState.LOST: (LineState.ALLOCATED, LineState.PICKED, LineState.SHIPPED, LineState.LOST),
    LineState.CANCELED: (LineState.CANCELED,),
}
"""How a piece gets from open to each state."""


def standing_in(*states: LineState) -> Ledger:
    """Return a ledger with an order of one piece in each of some states, on two lines in turn."""
    ledger = Ledger()
    lines = {"1": len(states[::2]), "2": len(states[1::2])}
    given = tuple([LineQuantity(line, ORDER.line_by_id[line].sku, pieces) for line, pieces in lines.items() if pieces])
    ledger.append(record("placed", (Placed(order=ORDER, lines=given),), now=NOW))
    for number, state in enumerate(states):
        path = (LineState.OPEN, *PATHS[state])
        for source, target in pairwise(path):
            move = line_move("o", str(1 + number % 2), 1, line_account(source), line_account(target))
            ledger.append(record(f"{number}: {source} to {target}", (Happened(moves=(move,)),), now=NOW))
    return ledger


def status(ledger: Ledger) -> OrderStatus:
    """Return where the order stands."""
    found = order_status("o")(ledger, None)
    assert found is not None
    return found


@pytest.mark.parametrize("state", PATHS, ids=str)
def test_an_order_whose_pieces_are_all_in_one_state_is_in_that_state(state: LineState) -> None:
    """One word for all of them, and it is final where nothing is owed any more."""
    final = (LineState.DELIVERED, LineState.COLLECTED, LineState.CANCELED, LineState.LOST, LineState.RETURNED)
    found = status(standing_in(state, state))

    assert found.status == state.value
    assert is_final(found) == (state in final)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((LineState.DELIVERED, LineState.OPEN), "open"),
        ((LineState.SHIPPED, LineState.ALLOCATED, LineState.CANCELED), "allocated"),
        ((LineState.BACKORDERED, LineState.SHIPPED), "backordered"),
        ((LineState.PACKED, LineState.READY, LineState.PICKED), "picked"),
        ((LineState.DELIVERED, LineState.SHIPPED), "shipped"),
        ((LineState.DELIVERED, LineState.RETURNED, LineState.CANCELED), "delivered"),
        ((LineState.RETURNED, LineState.CANCELED), "returned"),
        ((LineState.LOST, LineState.CANCELED), "lost"),
        ((LineState.CANCELED, LineState.CANCELED), "canceled"),
    ],
)
def test_an_order_is_as_far_as_the_least_advanced_of_its_pieces(states: Sequence[LineState], expected: str) -> None:
    """Once all are final, what was delivered counts before what came back, and that before what never left."""
    assert status(standing_in(*states)).status == expected


@pytest.mark.parametrize("state", PATHS, ids=str)
def test_every_state_has_words_of_its_own(state: LineState) -> None:
    """No two are told in the same words, and none is left out."""
    others = [in_words({other: 1}) for other in PATHS if other is not state]

    assert in_words({state: 2})
    assert in_words({state: 2}) == in_words({state: 1})
    assert in_words({state: 2}) not in others


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((LineState.READY, LineState.READY), "ready to be collected"),
        ((LineState.READY, LineState.COLLECTED, LineState.READY), "1 of 3 collected, 2 of 3 ready to be collected"),
        ((LineState.CANCELED, LineState.OPEN), "1 of 2 canceled, 1 of 2 waiting for a place that has them"),
        ((LineState.SHIPPED, LineState.READY), "1 of 2 ready to be collected, 1 of 2 shipped"),
    ],
)
def test_an_order_is_told_in_plain_words_of_all_its_lines(states: Sequence[LineState], expected: str) -> None:
    """Where they differ each says of how many, the furthest first."""
    found = status(standing_in(*states))

    assert found.words == expected
    assert all(in_words(quantities) for quantities in found.lines.values())


def test_what_waits_at_the_store_is_further_than_what_is_on_its_way_there() -> None:
    """An order of which one piece is still to arrive is not ready."""
    assert status(standing_in(LineState.READY, LineState.SHIPPED)).status == "shipped"


def test_pieces_by_state_sum_to_what_was_ordered() -> None:
    """Only states that hold something are shown."""
    ledger = standing_in(LineState.OPEN, LineState.OPEN, LineState.SHIPPED, LineState.CANCELED, LineState.SHIPPED)
    unit = ORDER.unit("1")

    assert quantities_by_state(ledger, unit) == {LineState.OPEN: 1, LineState.SHIPPED: 2}
    assert ordered(ledger, unit) == 3
    assert [standing(ledger, unit, state) for state in (LineState.OPEN, LineState.CANCELED)] == [1, 0]


def test_an_order_that_is_not_on_record_has_no_status() -> None:
    """A view of nothing is None, and no error."""
    assert order_status("nobody's")(Ledger(), None) is None
