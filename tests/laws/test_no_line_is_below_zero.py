"""Law: no state of a line is ever below zero, whatever nodes and customers say, in whatever order and how often.

A node picks what it was given, and its message comes late: meanwhile the pieces were canceled, given to another node,
or taken back by relief. The node is right about what it has in hand, so they are claimed again for it.
"""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import (
    check_conservation,
    check_goods_under_way,
    check_line_moves,
    check_lines_add_up,
    check_open_lines_have_claims,
    check_parts_are_counted,
)
from tests.laws.world import AHEAD, CATALOG, NOW, Distant, Law, Waiting, World, interleave, make_order
from unicommerce.commerce import AsyncCommerce
from unicommerce.fulfillment import Allocated, allocate, amend, cancel, delivered, picked, place, shipped
from unicommerce.inventory import adjusted, available, goods
from unicommerce.ledger import Accepted, Account, Ledger, Memory, Telling
from unicommerce.orders import LineState, ordered, quantities_by_state
from unicommerce.relief import ReliefPolicy, relieve
from unicommerce.returns import returned
from unicommerce.supply import expected
from unicommerce.values import DAY_MS

MESSAGES = ("picked", "picked in part", "short", "shipped", "all shipped", "more shipped", "delivered")
REQUESTS = ("cancel", "cancel part", "amend", "lose", "relieve", "allocate", "return")


class Day(NamedTuple):
    """Pieces of two lines, pieces at each node and to come, and what happens: which, at which shipment or line."""

    quantities: tuple[int, int]
    stock: int
    coming: int
    is_distant: bool
    steps: list[tuple[str, int]]


DAYS = st.builds(
    Day,
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
    st.integers(1, 3),
    st.integers(0, 3),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from((*MESSAGES, *REQUESTS)), st.integers(0, 2)), max_size=10),
)


def open_shop(case: Day) -> World:
    """Return the shop with its order, which is given to nodes and, where they have too little, waits."""
    world = World(stock=case.stock, store=Distant() if case.is_distant else Memory())
    if case.coming:
        world.tell(expected("po", node="dc", quantities={"MUG": case.coming}, expected_at=NOW + DAY_MS))
    order = make_order("o", pool="web", skus=("MUG", "CUP"))
    quantities = {"1": case.quantities[0], "2": case.quantities[1]}
    if isinstance(world.ask(place(order, quantities, policy=AHEAD)), Accepted):
        world.orders.append(order)
    return world


def given_to_nodes(world: World) -> list[tuple[str, str, dict[str, int]]]:
    """Return each shipment with its node and the pieces by line that it was first given."""
    found: dict[str, tuple[str, str, dict[str, int]]] = {}
    for _, entry in world.journal():
        for event in entry.events:
            if isinstance(event, Allocated):
                pieces = {line: quantity for line, _, quantity in event.lines}
                found.setdefault(event.shipment.id, (event.shipment.id, event.shipment.node, pieces))
    return list(found.values())


def message(step: str, shipment: str, pieces: dict[str, int]) -> Telling[object]:
    """Return what a node says of the pieces that it was given."""
    part = {line: max(quantity - 1, 1) for line, quantity in pieces.items()}
    short = {line: quantity - part[line] for line, quantity in pieces.items() if quantity > part[line]}
    more = {line: quantity + 1 for line, quantity in pieces.items()}
    return {
        "picked": lambda: picked(shipment, pieces),
        "picked in part": lambda: picked(shipment, part, short=short),
        "short": lambda: picked(shipment, {}, short=pieces),
        "shipped": lambda: shipped(shipment, pieces),
        "all shipped": lambda: shipped(shipment),
        "more shipped": lambda: shipped(shipment, more),
        "delivered": lambda: delivered(shipment),
    }[step]()


def take(world: World, step: str, number: int) -> None:
    """Take one step; the same id says the same thing each time."""
    shipments, order = given_to_nodes(world), world.orders[0]
    line = order.lines[number % 2].id
    if step in MESSAGES:
        if shipments:
            shipment, _, pieces = shipments[number % len(shipments)]
            world.tell(message(step, shipment, pieces))
    elif step == "lose":
        node = ("dc", "north", "south")[number]
        world.tell(adjusted(world.next_id("count"), node=node, sku=order.lines[number % 2].sku, change=-2))
    elif step == "relieve":
        world.ask(relieve(world.next_id("hurt"), ["MUG", "CUP"], policy=ReliefPolicy(cancels=number == 0)))
    elif step == "allocate":
        world.ask(allocate(order.id, id=world.next_id("wave")))
    elif step == "amend":
        world.ask(amend(order.id, {line: number}, id=world.next_id("change")))
    elif step == "cancel part":
        world.ask(cancel(order.id, {line: 1}, id=world.next_id("less")))
    elif step == "return":
        held = quantities_by_state(world.ledger, order.unit(line))
        if back := held.get(LineState.SHIPPED, 0) + held.get(LineState.DELIVERED, 0):
            world.tell(returned(world.next_id("back"), node="dc", order=order.id, lines={line: back}))
    else:
        world.ask(cancel(order.id))


def no_line_is_below_zero(case: Day) -> None:
    """Raise where a line, or its claims, do not add up after any step, or where a repeat moves anything."""
    world = open_shop(case)
    for step, number in case.steps if world.orders else ():
        take(world, step, number)
        check_lines_add_up(world)
        check_open_lines_have_claims(world)
        check_goods_under_way(world)
        check_conservation(world.ledger)
        check_parts_are_counted(world.ledger)
    before = world.ledger.snapshot()
    for telling in list(world.told.values()):
        world.shop.tell(telling, now=world.now)
    assert world.ledger.snapshot().balances == before.balances, "a repeat has moved something"
    check_line_moves(world)
    assert Ledger.replay(world.journal()).snapshot() == world.ledger.snapshot()


LAW = Law("no line is below zero", DAYS, no_line_is_below_zero)


@given(LAW.cases)
def test_no_state_of_a_line_is_below_zero(case: Day) -> None:
    """Whatever is told late, in part, beyond what was given, twice."""
    LAW.check(case)


class Race(NamedTuple):
    """What is told and asked at once of one shipment, and whose turn is when."""

    steps: list[str]
    schedule: list[int]


RACES = st.builds(
    Race,
    st.lists(
        st.sampled_from(("picked", "shipped in part", "delivered", "cancel", "take back")), min_size=2, max_size=5
    ),
    st.lists(st.integers(0, 6), max_size=20),
)


def no_line_is_below_zero_in_a_race(race: Race) -> None:
    """Raise where messages that come at once, and twice, are counted twice or leave a state below zero."""
    world, store = World(stock=9), Waiting()
    order = make_order("o", pool="web", skus=("MUG",))
    assert isinstance(world.ask(place(order, {"1": 5})), Accepted)
    world.orders.append(order)
    store.ledger = world.ledger
    shop = AsyncCommerce(CATALOG, store=store)

    async def do(number: int, step: str) -> None:
        if step == "cancel":
            await shop.ask(cancel("o"), now=NOW)
        elif step == "take back":
            await shop.ask(cancel("o", {"1": 1}, id=str(number)), now=NOW)
        else:
            part = {"picked": picked("o/1", {"1": 5}), "shipped in part": shipped("o/1", {"1": 2})}
            await shop.tell(part.get(step, delivered("o/1")), now=NOW)

    interleave([do(number, step) for number, step in enumerate(race.steps)], race.schedule)
    check_lines_add_up(world)
    check_open_lines_have_claims(world)
    check_goods_under_way(world)
    in_hand = (LineState.PICKED, LineState.SHIPPED, LineState.DELIVERED)
    held = quantities_by_state(world.ledger, order.unit("1"))
    assert sum(held.get(state, 0) for state in in_hand) <= 5, held
    assert ordered(world.ledger, order.unit("1")) <= 10, held


RACE_LAW = Law("no line is below zero, in a race", RACES, no_line_is_below_zero_in_a_race)


@given(RACE_LAW.cases)
def test_no_message_is_counted_twice_in_a_race(race: Race) -> None:
    """Duplicates and cancellations, interleaved in any way."""
    RACE_LAW.check(race)


def _one(pieces: int = 2) -> World:
    return open_shop(Day((pieces, 1), 3, 0, is_distant=False, steps=[]))


def _held(world: World) -> dict[str, int]:
    return {state.value: held for state, held in quantities_by_state(world.ledger, world.orders[0].unit("1")).items()}


def test_a_late_pick_of_canceled_pieces_is_ordered_anew_and_stays_canceled_too() -> None:
    """The customer was told that two are canceled; the node has two in hand all the same, and says so."""
    world = _one()
    world.ask(cancel("o"))
    answer = world.tell(picked("o/1", {"1": 2, "2": 1}))
    assert [(reason.code.name, reason.found, reason.needed) for reason in answer.because] == [
        ("DISAGREES", 0, 2),
        ("DISAGREES", 0, 1),
    ]
    assert _held(world) == {"picked": 2, "canceled": 2}
    check_open_lines_have_claims(world)


def test_a_late_pick_takes_the_pieces_back_from_another_node() -> None:
    """Relief took two from the node that had lost them, another was given them; the first had picked them before."""
    world = _one()
    node = given_to_nodes(world)[0][1]
    world.tell(adjusted("count", node=node, sku="MUG", change=-3))
    world.ask(relieve("adjustment/count", ["MUG"]))
    world.ask(allocate("o", id="again"))
    assert _held(world) == {"allocated": 2}
    world.tell(picked("o/1", {"1": 2}))
    assert _held(world) == {"picked": 2}
    others = [other for _, other, _ in given_to_nodes(world) if other != node]
    assert [world.ledger.balance(goods("MUG"), (Account(other, "reserved"),)) for other in others] == [0]
    check_open_lines_have_claims(world)


def test_pieces_that_were_taken_back_and_not_found_are_looked_for_and_ordered_by_nobody() -> None:
    """They are set apart at the node; the canceled line knows nothing of it."""
    world = _one()
    node = given_to_nodes(world)[0][1]
    world.ask(cancel("o"))
    world.tell(picked("o/1", {}, short={"1": 2}))
    assert _held(world) == {"canceled": 2}
    assert world.ledger.balance(goods("MUG"), (Account(node, "quarantine"),)) == 2
    assert available(world.ledger, CATALOG, place=node, sku="MUG") == 1
