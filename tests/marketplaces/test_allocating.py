"""What is open again though its marketplace wants it no more goes to no node."""

import pytest

from tests.marketplaces.test_examples import MORNING, as_told, order, shop
from unicommerce import Commerce
from unicommerce import allocate as allocate_any
from unicommerce.fulfillment import damaged, picked
from unicommerce.ledger import Accepted
from unicommerce.marketplaces import allocate, called_off, relayed, serve
from unicommerce.orders import LineState, order_status


def broken(quantity: int, off: int) -> Commerce:
    """Return a shop in which called-off pieces were picked all the same, and broke at packing."""
    found = shop(MUG=5)
    found.tell(relayed(as_told(), {"1": quantity}), now=MORNING)
    found.ask(serve(order(), {"1": quantity}), now=MORNING)
    found.tell(called_off("o", {"1": off}, id="c"), now=MORNING)
    found.tell(picked("o/1", {"1": quantity}), now=MORNING)
    found.tell(damaged("o/1", {"1": quantity}), now=MORNING)
    return found


def standing(found: Commerce) -> dict[LineState, int]:
    """Return where the pieces of the line stand."""
    status = found.see(order_status("o"))
    assert status is not None
    return dict(status.lines["1"])


@pytest.mark.parametrize("off", [1, 2, 3])
def test_called_off_pieces_that_a_node_picked_and_broke_are_not_sent_from_another_node(off: int) -> None:
    """They were open again, and the next wave sent them: nobody wanted them any more."""
    found = broken(3, off)
    assert standing(found)[LineState.OPEN] == 3

    found.ask(allocate("o", id="1"), now=MORNING)
    found.ask(allocate("o", id="2"), now=MORNING)

    assert standing(found).get(LineState.ALLOCATED, 0) == 3 - off
    assert LineState.OPEN not in standing(found)


def test_of_an_order_of_no_marketplace_it_is_the_request_that_everybody_asks() -> None:
    """Under the same id, with the same answer."""
    one, other = shop(MUG=5), shop(MUG=5)
    for found in (one, other):
        found.ask(serve(order(), {"1": 2}), now=MORNING)
        found.tell(picked("o/1", {"1": 2}), now=MORNING)
        found.tell(damaged("o/1", {"1": 2}), now=MORNING)

    answer = one.ask(allocate("o", id="1"), now=MORNING)
    assert isinstance(answer, Accepted)
    assert answer.events == other.ask(allocate_any("o", id="1"), now=MORNING).events  # type: ignore[union-attr]
