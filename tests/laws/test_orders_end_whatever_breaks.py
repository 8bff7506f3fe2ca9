"""Laws of what breaks: whatever goes wrong, in whatever order, pieces add up, siblings keep theirs, and orders end.

And a parcel that was given up, turned around or brought back ends in one state in whatever order its messages come.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fulfillment.pickups import ordering, states, stocked, to_collect
from tests.fulfillment.test_matrix import come_to_an_end
from tests.laws.invariants import (
    check_books,
    check_conservation,
    check_finance_counts_what_is_there,
    check_goods_under_way,
    check_line_moves,
    check_lines_add_up,
    check_open_lines_have_claims,
    check_parts_are_counted,
)
from tests.laws.world import CATALOG, NOW, Law, Step, World, balances, make_order
from unicommerce.fulfillment import (
    FulfillmentPolicy,
    Owed,
    Shipment,
    allocate,
    cancel,
    collected,
    damaged,
    declined,
    delivered,
    found,
    intercept,
    intercepted,
    lost,
    make_good,
    packed,
    picked,
    put_back,
    put_down,
    ready,
    rejected,
    sent_back,
    shipped,
    undeliverable,
)
from unicommerce.ledger import Telling
from unicommerce.orders import LineState
from unicommerce.values import HOUR_MS

PAST_ALLOCATED = (
    LineState.PICKED,
    LineState.PACKED,
    LineState.READY,
    LineState.SHIPPED,
    LineState.LOST,
    LineState.RETURNED,
    LineState.DELIVERED,
    LineState.COLLECTED,
)
Pieces = dict[str, int]
Message = Callable[[str, Pieces, str], Telling[object]]

BREAKS: Mapping[str, Message] = {
    "busy": lambda s, p, id: rejected(s, p, reason="busy", id=id),
    "not found": lambda s, p, id: rejected(s, p, reason="not_found", id=id),
    "damaged before": lambda s, p, id: rejected(s, p, reason="damaged", id=id),
    "damaged": lambda s, p, id: damaged(s, p, id=id),
    "put down": lambda s, _, id: put_down(s, "north", id=id),
    "lost": lambda s, p, id: lost(s, p, id=id),
    "all lost": lambda s, _, id: lost(s, id=id),
    "undeliverable": lambda s, _, id: undeliverable(s, reason="unknown", id=id),
    "declined": lambda s, p, id: declined(s, p, part=id),
}
"""What takes nothing from any other shipment."""

GOES_ON: Mapping[str, Message] = {
    "short": lambda s, p, _: picked(s, {}, short=p),
    "pick": lambda s, p, _: picked(s, p),
    "pack": lambda s, p, id: packed(s, p, id=id),
    "ship": lambda s, p, _: shipped(s, p),
    "ready": lambda s, _, id: ready(s, id=id),
    "deliver": lambda s, _, id: delivered(s, part=id),
    "collect": lambda s, p, id: collected(s, p, part=id),
    "found": lambda s, p, id: found(s, p, id=id),
    "sent back": lambda s, p, id: sent_back(s, p, condition="sellable", id=id),
    "all sent back": lambda s, _, id: sent_back(s, node="south", id=id),
}
ONCE = ("pick", "short", "ship")
"""What is told of a shipment once."""

REQUESTS = ("allocate", "allocate", "make good", "cancel", "put back", "stop")


class Blow(NamedTuple):
    """What happens: of which shipment, to how many pieces of two lines, and whether it is said twice."""

    op: str
    shipment: int
    pieces: tuple[int, int]
    is_twice: bool

    def by_line(self) -> Pieces:
        """Return the pieces by line; one at least."""
        return {line: quantity for line, quantity in zip(("1", "2"), self.pieces, strict=True) if quantity} or {"1": 1}


class Day(NamedTuple):
    """Where the order goes, what nodes have, what is owed for what does not come, and what happens."""

    collect_at: str
    stock: tuple[int, int, int]
    owed: Owed
    blows: Sequence[Blow]


FEW = st.sampled_from((0, 1, 1, 2, 3))
DAYS = st.builds(
    Day,
    st.sampled_from(("", "north")),
    st.tuples(FEW, FEW, st.just(3)),
    st.sampled_from(Owed),
    st.lists(
        st.builds(
            Blow,
            st.sampled_from((*BREAKS, *GOES_ON, *REQUESTS)),
            st.integers(0, 3),
            st.tuples(FEW, FEW),
            st.sampled_from((False, False, False, True)),
        ),
        max_size=8,
    ),
)


def opened(case: Day) -> World:
    """Return a shop whose order is given to as many nodes as it takes."""
    stock = {node: {"MUG": q, "CUP": q} for node, q in zip(("north", "south", "dc"), case.stock, strict=True) if q}
    skus = ("MUG", "CUP")
    order = to_collect(case.collect_at, skus=skus) if case.collect_at else make_order("o", pool="web", skus=skus)
    return ordering(stocked(CATALOG, **stock), order, MUG=3, CUP=2)


def check(world: World) -> None:
    """All that must be true after each step."""
    check_conservation(world.ledger)
    check_lines_add_up(world)
    check_open_lines_have_claims(world)
    check_goods_under_way(world)
    waits = any(world.standing(shipment, LineState.READY) for shipment in world.shipments)
    assert bool(world.ledger.due(2**53, 9)) == waits


def _siblings(world: World, shipment: Shipment, states: Sequence[LineState]) -> object:
    others = [other for other in world.shipments if other.id != shipment.id]
    return [(other.id, state, world.standing(other, state)) for other in others for state in states]


def _tell(world: World, shipment: Shipment, blow: Blow, id: str) -> None:
    op, pieces = blow.op, blow.by_line()
    states = (LineState.ALLOCATED, *PAST_ALLOCATED) if op in BREAKS else PAST_ALLOCATED
    before = _siblings(world, shipment, states)
    world.tell((BREAKS.get(op) or GOES_ON[op])(shipment.id, pieces, id))
    assert _siblings(world, shipment, states) == before, op


def _ask(world: World, shipment: Shipment, blow: Blow, owed: Owed, id: str) -> None:
    policy = FulfillmentPolicy(when_lost=owed, when_sent_back=owed)
    if blow.op == "put back":
        world.now += 200 * HOUR_MS
        for document in world.ledger.due(world.now, 9):
            world.ask(put_back(document))  # type: ignore[arg-type]  # nothing else is due here
    elif blow.op == "stop":
        world.ask(intercept(shipment.id, by="customer", id=id))
        world.tell(intercepted(shipment.id, comes_back=bool(blow.pieces[0]), id=id))
    else:
        world.now += 30 * HOUR_MS if blow.op == "allocate" else 0
        requests = {
            "allocate": allocate("o", policy=policy, id=id),
            "make good": make_good(shipment.id, policy=policy, id=id),
            "cancel": cancel("o", blow.by_line(), id=id),
        }
        world.ask(requests[blow.op])


def orders_end_whatever_breaks(case: Day) -> None:
    """Raise where a step leaves something apart, touches a sibling or counts twice, or where the order does not end."""
    world = opened(case)
    for number, blow in enumerate(case.blows):
        shipment = world.shipments[blow.shipment % len(world.shipments)]
        for again in range(1 + blow.is_twice):
            once = balances(world.ledger.snapshot())
            if blow.op in REQUESTS:
                _ask(world, shipment, blow, case.owed, f"{number}")
            else:
                _tell(world, shipment, blow, "" if blow.op in ONCE else f"{number}")
            assert not again or balances(world.ledger.snapshot()) == once, blow.op
            check(world)
    assert come_to_an_end(world) <= 4
    check(world)
    check_line_moves(world)
    check_parts_are_counted(world.ledger)
    world.do(Step("post"))
    check_books(world)
    check_finance_counts_what_is_there(world)


ENDS = Law("orders end whatever breaks", DAYS, orders_end_whatever_breaks)


class Way(NamedTuple):
    """Messages of one parcel, and where its pieces are once all have come."""

    messages: Sequence[Telling[object]]
    end: Mapping[str, int]


FIRST = {"1": 3}
WAYS = {
    "lost, and delivered after all": Way(
        (picked("o/1", FIRST), packed("o/1", FIRST), shipped("o/1", tracking="T"), lost("o/1"), delivered("o/1")),
        {"delivered": 3},
    ),
    "undeliverable": Way(
        (
            picked("o/1", FIRST),
            packed("o/1", FIRST),
            shipped("o/1", FIRST),
            undeliverable("o/1", reason="unknown"),
            sent_back("o/1", reason="unknown"),
        ),
        {"returned": 3},
    ),
    "lost, found and back": Way(
        (shipped("o/1", FIRST), lost("o/1"), found("o/1"), undeliverable("o/1", reason="refused"), sent_back("o/1")),
        {"returned": 3},
    ),
    "half is broken at packing": Way(
        (picked("o/1", FIRST), damaged("o/1", {"1": 2}), packed("o/1", {"1": 1}), shipped("o/1", {"1": 1})),
        {"open": 2, "shipped": 1},
    ),
}


class Told(NamedTuple):
    """A parcel, and in which order its messages come."""

    name: str
    order: Sequence[int]


def it_ends_in_one_state(case: Told) -> None:
    """Raise where messages of a parcel in this order do not end where they should."""
    way, world = WAYS[case.name], home()
    for number in case.order:
        world.shop.tell(way.messages[number], now=NOW)
    check(world)
    assert states(world) == way.end, case


def home() -> World:
    """Return a shop with an order of mugs that one node ships."""
    return ordering(stocked(north={"MUG": 3}), make_order("o", pool="web", skus=("MUG",)), MUG=3)


ONE_END = Law(
    "messages of a parcel that breaks end in one state",
    st.sampled_from(sorted(WAYS)).flatmap(
        lambda name: st.builds(Told, st.just(name), st.permutations(range(len(WAYS[name].messages))))
    ),
    it_ends_in_one_state,
)


@pytest.mark.parametrize("name", WAYS)
def test_messages_of_a_parcel_that_breaks_end_in_one_state_in_any_order(name: str) -> None:
    """All orders of them; what comes too late is a finding and moves nothing."""
    for order in permutations(range(len(WAYS[name].messages))):
        ONE_END.check(Told(name, order))


@given(ENDS.cases)
def test_an_order_ends_whatever_breaks(case: Day) -> None:
    """Messages and requests of all kinds, in any order and twice: at most four rounds without faults are the end."""
    ENDS.check(case)
