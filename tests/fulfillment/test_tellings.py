"""What nodes and carriers say, message by message; their order and repetition are a law of their own."""

import pytest

from tests.fulfillment.test_decisions import ordering, states
from tests.laws.world import NOW
from tests.values.bad import NAMES, PIECES, refused
from unicommerce.fulfillment import delivered, picked, shipped, transit
from unicommerce.inventory import CUSTOMER, goods
from unicommerce.ledger import Account, LedgerCode, Reason
from unicommerce.orders import line_unit


def test_picked_pieces_stay_at_the_node_until_they_leave() -> None:
    """In hand is still on hand."""
    world = ordering(2, pool="club")
    world.tell(picked("o/1", {"1": 2}))

    assert states(world) == {"picked": 2}
    assert world.ledger.balance(goods("MUG"), (Account("north", "reserved", line_unit("o", "1")),)) == 2


def test_shipped_pieces_are_under_way_and_delivered_ones_with_the_customer() -> None:
    """One place for each shipment between the node and the customer."""
    world = ordering(2, pool="club")
    world.tell(shipped("o/1", tracking="T1"))
    under_way = world.ledger.balance(goods("MUG"), (transit("o/1"),))
    world.tell(delivered("o/1"))

    assert (under_way, world.ledger.balance(goods("MUG"), (transit("o/1"),))) == (2, 0)
    assert world.ledger.balance(goods("MUG"), (CUSTOMER,)) == 2


def test_a_short_pick_sends_the_missing_to_quarantine_and_the_claim_to_the_pool() -> None:
    """Looked for here, and to be shipped from elsewhere."""
    world = ordering(3, pool="club")
    world.tell(picked("o/1", {"1": 1}, short={"1": 2}))

    assert states(world) == {"open": 2, "picked": 1}
    assert world.ledger.balance(goods("MUG"), (Account("north", "quarantine"),)) == 2


def test_the_moment_that_a_message_names_is_kept_beside_that_of_its_recording() -> None:
    """Late messages say when it happened."""
    world = ordering(1)
    world.shop.tell(picked("o/1", {"1": 1}, occurred_at=NOW - 5), now=NOW)
    recorded = world.ledger.entry("o/1/picked")

    assert recorded is not None
    assert (recorded.entry.occurred_at, recorded.entry.recorded_at) == (NOW - 5, NOW)


def test_a_step_that_was_implied_names_its_cause() -> None:
    """The pick was never told; the delivery implies it and says so."""
    world = ordering(1)
    world.tell(delivered("o/1"))
    causes = {id: recorded.entry.cause for id in ("picked", "shipped") if (recorded := world.ledger.entry(f"o/1/{id}"))}

    assert causes == {"picked": "o/1/delivered", "shipped": "o/1/delivered"}


def test_pieces_of_a_line_that_the_order_has_not_are_named() -> None:
    """Nothing of them moves, for nobody knows what they are."""
    world = ordering(1)
    answer = world.tell(picked("o/1", {"1": 1, "9": 2}))

    assert answer.because == (Reason(LedgerCode.DISAGREES, "o/1/picked", 0, 2, "pieces of line 9"),)
    assert states(world) == {"picked": 1}


@pytest.mark.parametrize("quantity", PIECES.values(), ids=PIECES)
def test_what_counts_no_pieces_is_refused_by_line(quantity: int) -> None:
    """Before anything is told."""
    assert refused(lambda: picked("s", {"1": quantity}))[0] == "quantity of 1"
    assert refused(lambda: picked("s", {}, short={"1": quantity}))[0] == "quantity of 1"
    assert refused(lambda: shipped("s", {"1": quantity}))[0] == "quantity of 1"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_names_no_shipment_or_line_is_refused(name: str) -> None:
    """By its field."""
    assert refused(lambda: delivered(name)) == ("shipment", name)
    assert refused(lambda: shipped(name)) == ("shipment", name)
    assert refused(lambda: picked(name, {})) == ("shipment", name)
    assert refused(lambda: shipped("s", {name: 1})) == ("line", name)
