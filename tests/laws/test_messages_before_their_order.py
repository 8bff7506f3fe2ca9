"""Law: a message about a shipment that is not on record takes no id, so that it counts when it is told again.

All that a system tells of a shipment comes before the order is on record, is kept as findings, and moves nothing. Once
the order is there and the same messages come again, all is as if they had come only then.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.fulfillment.pickups import ordering, stocked, to_collect
from tests.laws.world import NOW, Law, World, balances, make_order
from unicommerce.fulfillment import (
    FulfillmentCode,
    cleared,
    collected,
    damaged,
    declined,
    delivered,
    found,
    intercepted,
    lost,
    notified,
    packed,
    picked,
    put_down,
    ready,
    rejected,
    sent_back,
    shipped,
    undeliverable,
)
from unicommerce.ledger import Telling
from unicommerce.orders import Order

MESSAGES: Sequence[Callable[[], Telling[object]]] = (
    lambda: picked("o/1", {"1": 3}),
    lambda: packed("o/1", {"1": 2}),
    lambda: shipped("o/1", tracking="T1"),
    lambda: delivered("o/1"),
    lambda: ready("o/1", {"1": 3}, spot="A3"),
    lambda: notified("o/1", "sms"),
    lambda: collected("o/1", {"1": 1}),
    lambda: declined("o/1", {"1": 1}),
    lambda: rejected("o/1", {"1": 1}, reason="damaged"),
    lambda: damaged("o/1", {"1": 1}),
    lambda: put_down("o/1", "dc"),
    lambda: lost("o/1", {"1": 1}),
    lambda: found("o/1", {"1": 1}),
    lambda: undeliverable("o/1", reason="moved"),
    lambda: intercepted("o/1", comes_back=True),
    lambda: sent_back("o/1", {"1": 1}),
    lambda: cleared("o/1", "invoice", number="7", by="erp"),
)


class Early(NamedTuple):
    """Whether the order is collected at a store, which messages come before it, and which after it."""

    is_collected: bool
    before: list[int]
    after: list[int]


NUMBERS = st.lists(st.integers(0, len(MESSAGES) - 1), min_size=1, max_size=6)


def _order(*, is_collected: bool) -> Order:
    return to_collect() if is_collected else make_order("o", pool="web", skus=("MUG",))


def early_messages_count_when_told_again(case: Early) -> None:
    """Raise where a message that came too early moves something, or counts for less when it comes again."""
    world, straight = stocked(dc={"MUG": 5}), stocked(dc={"MUG": 5})
    empty = balances(world.ledger.snapshot())
    for number in case.before:
        world.shop.tell(MESSAGES[number](), now=NOW)
        early = world.ledger.entry(f"{MESSAGES[number]().id}/unknown")
        assert early is not None
        assert [reason.code for reason in early.entry.because] == [FulfillmentCode.UNKNOWN_SHIPMENT]
    assert balances(world.ledger.snapshot()) == empty
    for each in (world, straight):
        ordering(each, _order(is_collected=case.is_collected), MUG=3)
        for number in (*case.before, *case.after):
            each.shop.tell(MESSAGES[number](), now=NOW)
    assert balances(world.ledger.snapshot()) == balances(straight.ledger.snapshot())
    assert _kept(world) == _kept(straight)


def _kept(world: World) -> list[object]:
    """Return the events on record, less the findings that messages came too early."""
    entries = [entry for _, entry in world.journal() if not entry.id.endswith("/unknown")]
    return [event for entry in entries for event in entry.events]


LAW = Law(
    "early messages count when they are told again",
    st.builds(Early, st.booleans(), NUMBERS, NUMBERS),
    early_messages_count_when_told_again,
)


@given(LAW.cases)
def test_what_is_told_before_its_order_counts_when_it_is_told_again(case: Early) -> None:
    """Any of the messages about a shipment, in any order."""
    LAW.check(case)
