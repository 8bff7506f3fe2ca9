"""What its marketplace wants no more goes to no node though it is open again, and is not opened again."""

import pytest

from tests.marketplaces.test_examples import MORNING, as_told, order, shop
from unicommerce import Commerce
from unicommerce import allocate as allocate_any
from unicommerce.fulfillment import (
    FulfillmentCode,
    FulfillmentPolicy,
    Owed,
    cancel,
    damaged,
    lost,
    picked,
    sent_back,
    shipped,
)
from unicommerce.fulfillment import make_good as make_any_good
from unicommerce.ledger import Accepted
from unicommerce.marketplaces import allocate, called_off, make_good, relayed, serve, unwanted_under_way
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


def test_called_off_pieces_whose_pick_is_told_late_are_with_somebody_who_is_to_stop_them() -> None:
    """They were in no list of what is to be stopped until they had left."""
    found = shop(MUG=5)
    found.tell(relayed(as_told(), {"1": 3}), now=MORNING)
    found.ask(serve(order(), {"1": 3}), now=MORNING)
    found.tell(called_off("o", {"1": 2}, id="c"), now=MORNING)
    found.tell(picked("o/1", {"1": 3}), now=MORNING)
    assert standing(found) == {LineState.PICKED: 3, LineState.CANCELED: 2}
    assert found.see(unwanted_under_way("o")) == {"1": 2}

    found.tell(shipped("o/1", {"1": 1}), now=MORNING)
    assert found.see(unwanted_under_way("o")) == {"1": 2}

    found.ask(cancel("o", {"1": 2}, reshelves=True, id="2"), now=MORNING)
    assert found.see(unwanted_under_way("o")) == {}


def test_what_is_open_beyond_what_is_wanted_is_canceled_and_nothing_that_has_left_is_stopped_for_it() -> None:
    """One left and one broke; of the two the marketplace wants one: the open one goes."""
    found = shop(MUG=5)
    found.tell(relayed(as_told(), {"1": 3}), now=MORNING)
    found.ask(serve(order(), {"1": 3}), now=MORNING)
    found.tell(called_off("o", {"1": 2}, id="c"), now=MORNING)
    found.tell(picked("o/1", {"1": 2}), now=MORNING)
    found.tell(shipped("o/1", {"1": 1}), now=MORNING)
    found.tell(damaged("o/1", {"1": 1}), now=MORNING)

    assert found.see(unwanted_under_way("o")) == {}


@pytest.mark.parametrize("off", [0, 1, 2, 3])
@pytest.mark.parametrize("state", [LineState.LOST, LineState.RETURNED])
def test_called_off_pieces_that_do_not_arrive_are_not_sent_again(off: int, state: LineState) -> None:
    """They had left when they were called off: what is lost of them, or comes back, is owed to nobody as goods."""
    found = shop(MUG=9)
    found.tell(relayed(as_told(), {"1": 3}), now=MORNING)
    found.ask(serve(order(), {"1": 3}), now=MORNING)
    found.tell(shipped("o/1"), now=MORNING)
    if off:
        found.tell(called_off("o", {"1": off}, id="c"), now=MORNING)
    found.tell(lost("o/1") if state is LineState.LOST else sent_back("o/1"), now=MORNING)

    again = FulfillmentPolicy(when_sent_back=Owed.REPLACEMENT)
    answer = found.ask(make_good("o/1", policy=again), now=MORNING)

    is_owed = {LineState.OPEN: 3 - off, state: off}
    assert standing(found) == {where: pieces for where, pieces in is_owed.items() if pieces}
    said = {reason.code: reason.found for reason in answer.because}
    is_said = {FulfillmentCode.SENT_AGAIN: 3 - off, FulfillmentCode.REFUND_DUE: off}
    assert said == {code: pieces for code, pieces in is_said.items() if pieces}


def test_what_is_owed_for_an_order_of_no_marketplace_is_what_everybody_asks() -> None:
    """Under the same id, with the same answer."""
    one, other = shop(MUG=5), shop(MUG=5)
    for found in (one, other):
        found.ask(serve(order(), {"1": 2}), now=MORNING)
        found.tell(lost("o/1"), now=MORNING)

    answer = one.ask(make_good("o/1"), now=MORNING)
    assert answer == other.ask(make_any_good("o/1"), now=MORNING)
    assert make_good("o/1").id == make_any_good("o/1").id
