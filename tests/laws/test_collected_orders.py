"""Laws of all methods: pieces add up, goods go with their lines, and messages in any order end in one state.

Six messages of one order, in all 720 orders, each of them twice: for what is shipped, for what is collected from the
store's own stock, and for what is sent to the store first.
"""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fulfillment.pickups import WEEK_MS, ordering, stocked, to_collect
from tests.laws.invariants import (
    check_conservation,
    check_goods_under_way,
    check_line_moves,
    check_lines_add_up,
    check_open_lines_have_claims,
)
from tests.laws.world import NOW, Law, World, balances, make_order
from unicommerce.fulfillment import (
    STEPS,
    Method,
    collect,
    collected,
    delivered,
    method_of,
    notified,
    packed,
    picked,
    put_back,
    ready,
    shipped,
    unpack,
    withhold,
)
from unicommerce.ledger import Disagreed, LedgerCode, Telling
from unicommerce.orders import LineState

Messages = Sequence[Telling[object]]
TWO = {"1": 3, "2": 2}


class Life(NamedTuple):
    """An order, and six messages of it that agree with each other."""

    world: Callable[[], World]
    messages: Messages


def _shipped_world() -> World:
    """Two shipments: each store has one of the products."""
    stock = stocked(north={"MUG": 3}, south={"CUP": 2})
    return ordering(stock, make_order("o", pool="club", skus=("MUG", "CUP")), MUG=3, CUP=2)


def _own_world() -> World:
    return ordering(stocked(north={"MUG": 3, "CUP": 2}), to_collect(skus=("MUG", "CUP")), MUG=3, CUP=2)


def _sent_world() -> World:
    return ordering(stocked(dc={"MUG": 3, "CUP": 2}), to_collect(skus=("MUG", "CUP")), MUG=3, CUP=2)


def _pieces(world: World, number: int) -> dict[str, int]:
    return world.standing(world.shipments[number], LineState.ALLOCATED)


FIRST, SECOND = (_pieces(_shipped_world(), number) for number in (0, 1))
LIVES = {
    "shipped": Life(
        _shipped_world,
        (
            picked("o/1", FIRST),
            packed("o/1", FIRST),
            shipped("o/1", FIRST, tracking="T1"),
            delivered("o/1"),
            shipped("o/2", tracking="T2"),
            delivered("o/2"),
        ),
    ),
    "picked up": Life(
        _own_world,
        (
            picked("o/1", TWO),
            packed("o/1", {"1": 2, "2": 1}),
            ready("o/1", TWO, spot="A3"),
            notified("o/1", "sms", code="4711"),
            collected("o/1", {"1": 1, "2": 1}, by="customer", checked_by="code", part="a"),
            collected("o/1", {"1": 1}, by="proxy", checked_by="id", part="b"),
        ),
    ),
    "sent to the store": Life(
        _sent_world,
        (
            packed("o/1", TWO),
            shipped("o/1", TWO),
            ready("o/1", {"1": 3, "2": 1}, spot="A3"),
            ready("o/1", TWO, spot="A3", id="all"),
            collected("o/1", {"1": 1, "2": 1}, part="a"),
            collected("o/1", {"1": 1}, part="b"),
        ),
    ),
}


def check(world: World) -> None:
    """All that must be true after each step."""
    check_conservation(world.ledger)
    check_lines_add_up(world)
    check_open_lines_have_claims(world)
    check_goods_under_way(world)


def _told(world: World, messages: Messages) -> World:
    for message in messages:
        answer = world.shop.tell(message, now=NOW)
        assert LedgerCode.DISAGREES not in [reason.code for reason in answer.because], message.id
    return world


def _each_twice(messages: Messages, later: int) -> Messages:
    """Return messages in this order, and each once more once so many others have come after it."""
    ranks = [(2 * (rank + later * again) + again, rank) for rank in range(len(messages)) for again in (0, 1)]
    return [messages[rank] for _, rank in sorted(ranks)]


@pytest.mark.parametrize("name", LIVES)
def test_six_messages_in_any_order_each_twice_end_in_one_state(name: str) -> None:
    """All 720 orders; in each every message comes a second time, up to five later. Nothing disagrees with anything."""
    life = LIVES[name]
    straight = _told(life.world(), life.messages)
    check(straight)
    end = balances(straight.ledger.snapshot())
    for number, messages in enumerate(permutations(life.messages)):
        world = _told(life.world(), _each_twice(messages, number % len(messages)))
        assert balances(world.ledger.snapshot()) == end, [message.id for message in messages]
        assert not [e for _, entry in world.journal() for e in entry.events if isinstance(e, Disagreed)]


RANK = {state: rank for method in Method for rank, state in enumerate(STEPS[method])}


def _ranks(world: World) -> list[int]:
    """Return how far each piece of an order is, the least advanced first."""
    pieces = [(RANK[state], world.standing(shipment, state)) for shipment in world.shipments for state in RANK]
    return sorted([rank for rank, held in pieces for _ in range(sum(held.values()))])


class Shuffled(NamedTuple):
    """A life, and which of its messages come when."""

    name: str
    order: Sequence[int]


SHUFFLED = st.builds(Shuffled, st.sampled_from(sorted(LIVES)), st.lists(st.integers(0, 5), max_size=12))


def late_messages_never_move_back(case: Shuffled) -> None:
    """Raise where a message moves a piece back, leaves what does not add up, or counts when it is repeated."""
    life, told = LIVES[case.name], set[int]()
    world = life.world()
    for number in case.order:
        before, was = _ranks(world), world.ledger.snapshot()
        _told(world, life.messages[number : number + 1])
        after = _ranks(world)
        assert all(least <= now for least, now in zip(before, after, strict=True)), life.messages[number].id
        assert number not in told or world.ledger.snapshot().balances == was.balances
        told.add(number)
        check(world)
    check_line_moves(world)


LATE = Law("late messages never move back", SHUFFLED, late_messages_never_move_back)


@given(LATE.cases)
def test_a_late_or_repeated_message_never_moves_a_piece_back(case: Shuffled) -> None:
    """Any of the messages, in any order and as often as it likes."""
    LATE.check(case)


class Done(NamedTuple):
    """What people do with a shipment that is collected: an operation, and pieces of two lines."""

    op: str
    first: int
    second: int


class Day(NamedTuple):
    """Whether the goods are sent to the store first, and what people do."""

    is_sent: bool
    done: Sequence[Done]


OPS = ("pick", "pack", "unpack", "ship", "ready", "withhold", "notify", "collected", "collect", "put back")
FEW = st.sampled_from((0, 1, 1, 2, 3, 4))
DAYS = st.builds(
    Day,
    st.booleans(),
    st.lists(st.builds(Done, st.sampled_from(OPS), FEW, FEW), max_size=14),
)


def _do(world: World, number: int, done: Done) -> None:
    pieces, id = {line: q for line, q in (("1", done.first), ("2", done.second)) if q}, f"{number}"
    if done.op == "put back":
        world.now += WEEK_MS
        for document in world.ledger.due(world.now, 9):
            world.ask(put_back(document))  # type: ignore[arg-type]  # nothing else is due here
    elif done.op in ("unpack", "withhold", "collect") and pieces:
        ways = {
            "unpack": lambda: unpack("o/1", pieces, id=id),
            "withhold": lambda: withhold("o/1", pieces, packed={"1": 1}, id=id),
            "collect": lambda: collect("o/1", pieces, by="c", checked_by="id", part=id),
        }
        world.ask(ways[done.op]())
    else:
        tellings = {
            "pick": lambda: picked("o/1", pieces),
            "pack": lambda: packed("o/1", pieces, id=id),
            "ship": lambda: shipped("o/1", pieces or None),
            "ready": lambda: ready("o/1", pieces or None, id=id),
            "notify": lambda: notified("o/1", "sms", id=id),
            "collected": lambda: collected("o/1", pieces or None, part=id),
        }
        if done.op in tellings:
            world.tell(tellings[done.op]())


def pieces_add_up_whatever_people_do(case: Day) -> None:
    """Raise where a step leaves lines, goods or what is due apart."""
    world = _sent_world() if case.is_sent else _own_world()
    assert method_of(world.shipments[0]) is (Method.SHIP_TO_STORE if case.is_sent else Method.PICK_UP)
    for number, done in enumerate(case.done):
        _do(world, number, done)
        check(world)
        waits = any(world.standing(shipment, LineState.READY) for shipment in world.shipments)
        assert bool(world.ledger.due(2**53, 9)) == waits
    check_line_moves(world)


ADDS_UP = Law("pieces add up whatever people do", DAYS, pieces_add_up_whatever_people_do)


@given(ADDS_UP.cases)
def test_pieces_add_up_whatever_people_do_with_a_shipment_that_is_collected(case: Day) -> None:
    """Ordered is the sum over the states, goods are where their lines are, and what waits is due some time."""
    ADDS_UP.check(case)
