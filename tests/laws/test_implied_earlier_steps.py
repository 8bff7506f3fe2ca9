"""Law: messages of a shipment, in any order and each as often as it likes, end in one state, up to findings.

It holds for messages that agree with each other. One that disagrees with what a later one implied is a finding, and the
first story stands.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import check_goods_under_way, check_lines_add_up, check_open_lines_have_claims
from tests.laws.world import NOW, Distant, Law, World, balances, make_order
from unicommerce.fulfillment import FulfillmentCode, delivered, picked, place, shipped
from unicommerce.inventory import goods
from unicommerce.ledger import Accepted, Account, Disagreed, LedgerCode, Memory, Telling
from unicommerce.orders import LineState, quantities_by_state

STEPS = ("picked", "shipped", "delivered")


class Mail(NamedTuple):
    """Pieces ordered of two lines, how messages name pieces, and which message comes when: (shipment, step)."""

    quantities: tuple[int, int]
    is_explicit: bool
    is_distant: bool
    messages: Sequence[tuple[int, str]]


MAIL = st.builds(
    Mail,
    st.tuples(st.integers(1, 6), st.integers(1, 6)),
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(STEPS)), max_size=16),
)
RANK = {state: number for number, state in enumerate((LineState.ALLOCATED, *map(LineState, STEPS)))}


def _shop(case: Mail) -> World:
    world = World(store=Distant() if case.is_distant else Memory())
    order = make_order("o", pool="web", skus=("MUG", "CUP"))
    assert isinstance(world.ask(place(order, {"1": case.quantities[0], "2": case.quantities[1]})), Accepted)
    world.orders.append(order)
    return world


def _messages(world: World, *, is_explicit: bool) -> dict[tuple[int, str], Telling[object]]:
    """Return one message for each step of each shipment, all of them in agreement."""
    messages: dict[tuple[int, str], Telling[object]] = {}
    for number, shipment in enumerate(world.shipments):
        pieces = world.standing(shipment, LineState.ALLOCATED)
        messages[number, "picked"] = picked(shipment.id, pieces)
        messages[number, "shipped"] = shipped(shipment.id, pieces if is_explicit else None, tracking="T1")
        messages[number, "delivered"] = delivered(shipment.id)
    return messages


def _ranks(world: World) -> list[tuple[int, int]]:
    """Return how far each shipment is, as the least and the most advanced of its pieces."""
    ranks = []
    for shipment in world.shipments:
        held = [rank for state, rank in RANK.items() if world.standing(shipment, state)]
        ranks.append((min(held), max(held)))
    return ranks


def messages_end_in_one_state(case: Mail) -> None:
    """Raise where the order or the number of messages shows in the state, or where one of them moves anything back."""
    world, straight = _shop(case), _shop(case)
    messages = _messages(world, is_explicit=case.is_explicit)
    furthest: dict[int, str] = {}
    for number, step in [message for message in case.messages if message in messages]:
        before = _ranks(world)
        answer = world.shop.tell(messages[number, step], now=NOW)
        assert all(least <= now[0] for (least, _), now in zip(before, _ranks(world), strict=True)), (number, step)
        assert LedgerCode.DISAGREES not in [reason.code for reason in answer.because], (number, step)
        furthest[number] = max(step, furthest.get(number, step), key=STEPS.index)
        check_lines_add_up(world)
        check_open_lines_have_claims(world)
        check_goods_under_way(world)
    for number, step in furthest.items():
        for earlier in STEPS[: STEPS.index(step) + 1]:
            straight.shop.tell(messages[number, earlier], now=NOW)
    assert balances(world.ledger.snapshot()) == balances(straight.ledger.snapshot())
    assert _steps(world) == _steps(straight)


def _steps(world: World) -> set[str]:
    """Return what is on record, but for what a message told of a step that was implied before."""
    return {id for id in world.ledger.snapshot().ids if not id.endswith("/told")}


LAW = Law("messages of a shipment end in one state", MAIL, messages_end_in_one_state)


@given(LAW.cases)
def test_messages_of_a_shipment_in_any_order_end_in_one_state(case: Mail) -> None:
    """Picked, shipped and delivered of up to three shipments, shuffled and repeated, are the same few entries."""
    LAW.check(case)


def _ordered(pieces: int) -> World:
    return _shop(Mail((pieces, 1), is_explicit=False, is_distant=False, messages=()))


def _line(world: World) -> dict[str, int]:
    return {state.value: held for state, held in quantities_by_state(world.ledger, world.orders[0].unit("1")).items()}


def test_a_late_pick_that_tells_less_is_a_finding_and_the_first_story_stands() -> None:
    """Three pieces left the node; that only two were picked is put on record as a disagreement."""
    world = _ordered(3)
    world.shop.tell(shipped("o/1"), now=NOW)
    answer = world.shop.tell(picked("o/1", {"1": 2, "2": 1}), now=NOW)
    recorded = world.ledger.entry("o/1/picked/disagreed")

    assert [reason.code for reason in answer.because] == [LedgerCode.DISAGREES]
    assert recorded is not None
    assert [type(event) for event in recorded.entry.events] == [Disagreed]
    assert _line(world) == {"shipped": 3}


@pytest.mark.parametrize("is_explicit", [True, False], ids=["pieces named", "all that stand there"])
def test_what_is_shipped_beyond_a_pick_in_part_is_picked_with_it(is_explicit: bool) -> None:  # noqa: FBT001
    """Two of three were told as picked, three left: the third was picked too, and no state falls below zero."""
    world = _ordered(3)
    world.shop.tell(picked("o/1", {"1": 2}), now=NOW)
    world.shop.tell(shipped("o/1", {"1": 3, "2": 1} if is_explicit else None), now=NOW)

    assert _line(world) == {"shipped": 3}
    check_lines_add_up(world)


def test_a_pick_that_comes_after_a_part_has_left_tells_of_the_rest() -> None:
    """One of three left and was picked for that; that three were picked means two more, and disagrees with nothing."""
    world = _ordered(3)
    world.shop.tell(shipped("o/1", {"1": 1}), now=NOW)
    answer = world.shop.tell(picked("o/1", {"1": 3, "2": 1}), now=NOW)

    assert answer.because == ()
    assert _line(world) == {"picked": 2, "shipped": 1}


def test_a_late_pick_of_more_than_ever_stood_there_is_named() -> None:
    """One of three left, and five are said to have been picked: the two that stand there were, and the rest is odd."""
    world = _ordered(3)
    world.shop.tell(shipped("o/1", {"1": 1}), now=NOW)
    answer = world.shop.tell(picked("o/1", {"1": 5}), now=NOW)

    assert [(reason.code, reason.found, reason.needed) for reason in answer.because] == [(LedgerCode.DISAGREES, 3, 5)]
    assert _line(world) == {"picked": 2, "shipped": 1}


def test_a_delivery_brings_what_was_shipped_and_not_what_stayed() -> None:
    """Three were picked and two shipped: two are delivered, one is still in the node's hands."""
    world = _ordered(3)
    for telling in (picked("o/1", {"1": 3, "2": 1}), shipped("o/1", {"1": 2, "2": 1}), delivered("o/1")):
        world.shop.tell(telling, now=NOW)

    assert _line(world) == {"picked": 1, "delivered": 2}
    assert world.ledger.balance(goods("MUG"), (Account("transit:o/1", "moving"),)) == 0
    check_lines_add_up(world)


def test_what_is_told_beyond_what_stood_there_is_taken_and_named() -> None:
    """A node that ships more than it was given is right about its parcel: the order is of more, and it is said."""
    world = _ordered(2)
    answer = world.shop.tell(shipped("o/1", {"1": 5}), now=NOW)

    assert [(reason.subject, reason.found, reason.needed) for reason in answer.because] == [
        ("o/1/shipped/picked", 2, 5),
        ("o/1/shipped", 2, 5),
    ]
    assert _line(world) == {"shipped": 5}
    check_lines_add_up(world)
    check_open_lines_have_claims(world)


def test_a_message_about_an_unknown_shipment_is_kept_and_taken_once_it_is_known() -> None:
    """Nothing moves and nothing is lost: it is on record as unknown, and under its own id when it comes again."""
    world = World()
    before = balances(world.ledger.snapshot())
    answer = world.shop.tell(delivered("o/1"), now=NOW)
    after = balances(world.ledger.snapshot())
    order = make_order("o", pool="web", skus=("MUG",))
    world.ask(place(order, {"1": 2}))
    world.orders.append(order)
    world.shop.tell(delivered("o/1"), now=NOW)

    assert [reason.code for reason in answer.because] == [FulfillmentCode.UNKNOWN_SHIPMENT]
    assert after == before
    assert _line(world) == {"delivered": 2}


def test_what_is_shipped_after_a_pick_that_only_fell_short_is_picked_with_it() -> None:
    """One of three was told as missing and nothing of the others: two left, and no state falls below zero."""
    world = _ordered(3)
    for telling in (picked("o/1", {}, short={"1": 1}), shipped("o/1", {"1": 2, "2": 1})):
        world.shop.tell(telling, now=NOW)

    assert _line(world) == {"open": 1, "shipped": 2}
