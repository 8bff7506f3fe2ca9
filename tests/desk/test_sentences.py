"""Every kind of event has a sentence about an order, or is silent for a reason; what is silent moves no line."""

from typing import cast

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.codec.instances import KINDS
from tests.laws.world import Happened
from unicommerce.codec import EVENTS
from unicommerce.desk.saying import listed
from unicommerce.desk.sentences import SENTENCES, SILENT, said
from unicommerce.fulfillment import Ready, Shipped, Withheld
from unicommerce.ledger import Disagreed, Event
from unicommerce.orders import LineState, line_account, line_move
from unicommerce.payments import STEPS, MoneyMoved, Tender, TenderKind
from unicommerce.returns import Authorized, Rma, RmaLine, RmaList
from unicommerce.supply import Awaited, Forgone, Landed, Wait
from unicommerce.supply.documents import Filled

MOVING = [
    "fulfillment.allocated",
    "fulfillment.collected",
    "fulfillment.deallocated",
    "fulfillment.delivered",
    "fulfillment.lost",
    "fulfillment.packed",
    "fulfillment.picked",
    "fulfillment.ready",
    "fulfillment.rejected",
    "fulfillment.sent_back",
    "fulfillment.shipped",
    "fulfillment.short_picked",
    "fulfillment.unpacked",
    "fulfillment.withheld",
    "orders.amended",
    "orders.canceled",
    "orders.placed",
    "returns.returned",
]
"""Kinds that move lines whatever is in them; those of `supply` do where a `ref` is an order's line."""


def moved(event: Event) -> dict[str, int]:
    """Return the pieces that an event moves, by order."""
    found: dict[str, int] = {}
    for quantity, unit, *_ in event.movements():
        if unit.startswith("line:"):
            order = unit.removeprefix("line:").rpartition("/")[0]
            found[order] = found.get(order, 0) + quantity
    return found


def plain(event: Event) -> Event:
    """Return an event whose pieces were not packed before: chance would pack others than it moves."""
    return attrs.evolve(event, packed=()) if isinstance(event, Ready | Shipped | Withheld) else event


def test_every_kind_has_a_sentence_or_is_silent_for_a_reason() -> None:
    """Whoever adds an event says what it means for an order, or why it means nothing to it."""
    assert set(SENTENCES) | set(SILENT) == set(EVENTS)
    assert set(SENTENCES).isdisjoint(SILENT)
    assert all(SILENT.values())


@pytest.mark.parametrize("kind", sorted(SILENT))
@settings(max_examples=5)
@given(data=st.data())
def test_what_is_silent_moves_no_line(kind: str, data: st.DataObject) -> None:
    """Nothing that happens to the pieces of an order goes unsaid."""
    event = cast("Event", data.draw(KINDS[kind]))

    assert moved(event) == {}
    assert said(event, "o1") == ()


@pytest.mark.parametrize("kind", MOVING)
@settings(max_examples=10)
@given(data=st.data())
def test_what_moves_lines_says_of_which_order_and_how_many(kind: str, data: st.DataObject) -> None:
    """It says all the pieces that it moves, of that order, and nothing of another."""
    event = data.draw(cast("st.SearchStrategy[Event]", KINDS[kind]).map(plain).filter(moved))
    for order, pieces in moved(event).items():
        words = said(event, order)

        assert sum([quantity for its in words for line, _, quantity in its.pieces if line]) == pieces
        assert all(its.words.startswith(listed(its.pieces)) for its in words)
    assert said(event, "nobody's") == ()


MINE, OTHER = "line:a/b/1", "line:a/1"
WAITS = (Wait(MINE, "MUG", 2, "po-1"), Wait(OTHER, "MUG", 1, "po-1"), Wait("claim:b1", "CUP", 4, "po-1"))
FILLED = tuple([Filled(ref, sku, quantity, "pool:web", "reserved") for ref, sku, quantity, _ in WAITS])


@pytest.mark.parametrize(
    "event",
    [
        Awaited(waits=WAITS),
        Forgone(waits=WAITS),
        Landed(receipt="r", inbound="po-1", node="dc", lines=(("MUG", 3), ("CUP", 4)), filled=FILLED),
    ],
    ids=lambda event: event.kind,
)
def test_of_many_who_wait_each_order_hears_of_its_own(event: Event) -> None:
    """One event concerns many orders; an order whose id begins like another's is another."""
    pieces = {order: sum([q for its in said(event, order) for _, _, q in its.pieces]) for order in ("a/b", "a")}

    assert pieces == {"a/b": 2, "a": 1}
    assert said(event, "b1") == ()


def test_pieces_of_a_kit_wait_at_its_node() -> None:
    """For what is to come there, or for the others."""
    waits = (Wait("line:o/1", "MUG", 1, "node:dc:po-1"), Wait("line:o/2", "CUP", 2, "node:dc:"))

    assert [(its.words, its.place) for its in said(Awaited(waits=waits), "o")] == [
        ("1 MUG wait for po-1", "dc"),
        ("2 CUP wait for the rest at dc", "dc"),
    ]


def test_a_kind_that_nobody_knows_says_its_name() -> None:
    """An event of a host's own that moves lines is not dropped."""
    move = line_move("o1", "1", 1, line_account(LineState.ORDERED), line_account(LineState.OPEN))

    assert [its.words for its in said(Happened(moves=(move,)), "o1")] == ["test.happened happened"]
    assert said(Happened(moves=(move,)), "o2") == ()


def test_a_message_that_disagrees_is_of_its_own_order_alone() -> None:
    """`o1/1/picked` is of the order `o1`, and of none that begins like it."""
    event = Disagreed(entry="o1/1/picked", field="picked", known="1", told="2")

    assert [its.shipment for its in said(event, "o1")] == ["o1/1"]
    assert said(event, "o") == said(event, "o1/1") == ()


def test_money_papers_and_returns_are_said_in_words() -> None:
    """Each step of money has words, and so have papers and what may come back."""
    card = Tender(TenderKind.CARD)
    for step, (left, _) in STEPS.items():
        event = MoneyMoved(step=step, order="o", tender=card, currency="USD", parts=((left[0], 1200),))
        (words,) = said(event, "o")
        assert words.words.startswith("12.00 USD by card ")
        assert said(event, "other") == ()
    rma = Rma(id="a", order="o", lines=(RmaLine("1", "MUG", 2),), node="hub", expires_at=1)
    authorized = Authorized(rma=rma, listed=RmaList(order="o", ids=("a",)))
    assert said(authorized, "o")[0].words == "2 MUG may come back with a label, to hub"
