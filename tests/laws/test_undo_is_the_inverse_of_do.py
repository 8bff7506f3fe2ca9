"""Law: undo is the exact inverse of do; after both, balances are what they were."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.laws.world import LATER, SOUND, Law, Program, Step, World, balances, make_order, places, programs
from unicommerce.fulfillment import Allocated, Deallocated, FulfillmentPolicy, allocate, amend, cancel, place
from unicommerce.inventory import Adjusted, Claimed, Released, adjusted, expire, hold, release, reserve
from unicommerce.ledger import Accepted, Event, Movement
from unicommerce.orders import Amended, LineState, quantities_by_state
from unicommerce.values import HOUR_MS

GOODS_AND_DAYS = ("sku", "capacity")
"""A canceled order leaves its lines canceled, on purpose; what its goods and the nodes' days were is as before."""


class Undone(NamedTuple):
    """Something is done and undone in a world where other things have happened."""

    before: Program
    step: Step


def _reserved(world: World, step: Step) -> Sequence[str]:
    where = places(world.network)[step.a % len(places(world.network))]
    assume(isinstance(world.ask(reserve("x", place=where, quantities={"MUG": step.c})), Accepted))
    world.ask(release("x"))
    return ()


def _held(world: World, step: Step) -> Sequence[str]:
    where, until = places(world.network)[step.a % len(places(world.network))], world.now + HOUR_MS
    assume(isinstance(world.ask(hold("x", place=where, quantities={"CUP": step.c}, until=until)), Accepted))
    if step.b % 2:
        world.ask(release("x", quantities={"CUP": 1}, id="one"))
    world.now = until
    world.ask(expire("x"))
    return ()


def _placed(world: World, step: Step, policy: FulfillmentPolicy = FulfillmentPolicy()) -> Sequence[str]:
    order = make_order("x", pool=("web", "club", "corner")[step.a % 3], skus=("MUG", "CUP", "MUG"), at=world.now)
    assume(isinstance(world.ask(place(order, {"1": step.c, "2": 1, "3": 1}, policy=policy)), Accepted))
    world.ask(cancel("x", {"1": 1}, id="x/one"))
    world.ask(cancel("x"))
    return GOODS_AND_DAYS


def _taken_back(world: World, step: Step) -> Sequence[str]:
    order = make_order("x", pool=("web", "club", "corner")[step.a % 3], skus=("MUG", "CUP"), at=world.now)
    policy = LATER if step.b % 2 else FulfillmentPolicy()
    assume(isinstance(world.ask(place(order, {"1": step.c, "2": 2}, policy=policy)), Accepted))
    world.ask(amend("x", {"1": 1}, id="less"))
    world.ask(amend("x", {"1": 0, "2": 0}, id="none"))
    return ()


def _amended(world: World, step: Step) -> Sequence[str]:
    assume(world.orders)
    order = world.orders[step.a % len(world.orders)]
    line = order.lines[step.b % len(order.lines)].id
    ordered = sum(quantities_by_state(world.ledger, order.unit(line)).values())
    assume(isinstance(world.ask(amend(order.id, {line: ordered + step.c}, id="x/more")), Accepted))
    world.ask(amend(order.id, {line: ordered}, id="x/as before"))
    return ()


def _allocated(world: World, step: Step) -> Sequence[str]:
    order = make_order("x", pool=("web", "club", "corner")[step.a % 3], skus=("MUG", "CUP"), at=world.now)
    assume(isinstance(world.ask(place(order, {"1": step.c, "2": 2}, policy=LATER)), Accepted))
    before = balances(world.ledger.snapshot(), books=GOODS_AND_DAYS)
    assume(isinstance(world.ask(allocate("x")), Accepted))
    open_now = {line: quantities_by_state(world.ledger, order.unit(line)).get(LineState.OPEN, 0) for line in ("1", "2")}
    world.ask(cancel("x"))
    again = {line: quantity for line, quantity in {"1": step.c, "2": 2}.items() if open_now[line] < quantity}
    assume(len(again) == len(open_now))
    world.ask(place(make_order("y", pool=order.pool, skus=("MUG", "CUP"), at=world.now), again, policy=LATER))
    after = balances(world.ledger.snapshot(), books=GOODS_AND_DAYS)
    assert {key: held for key, held in before.items() if not key[1].ref} == {
        key: held for key, held in after.items() if not key[1].ref
    }
    world.ask(cancel("y"))
    return GOODS_AND_DAYS


def _corrected(world: World, step: Step) -> Sequence[str]:
    for number, change in enumerate((step.c, -step.c)):
        world.tell(adjusted(f"x{number}", node="dc", sku="MUG", change=change))
    return ()


PAIRS: dict[str, Callable[[World, Step], Sequence[str]]] = {
    "reserve": _reserved,
    "hold": _held,
    "place": _placed,
    "take back": _taken_back,
    "amend": _amended,
    "allocate": _allocated,
    "correct": _corrected,
}

UNDONE = st.builds(
    Undone,
    programs(SOUND, most=20),
    st.builds(Step, st.sampled_from(list(PAIRS)), st.integers(0, 9), st.integers(0, 9), st.integers(1, 4)),
)


def undo_is_the_inverse(case: Undone) -> None:
    """Raise where something that was done and undone has left a trace in the balances."""
    world = World().run(case.before)
    before = world.ledger.snapshot()
    books = PAIRS[case.step.op](world, case.step)
    assert balances(world.ledger.snapshot(), books=books) == balances(before, books=books), case.step


LAW = Law("undo is the inverse of do", UNDONE, undo_is_the_inverse)


@given(LAW.cases)
def test_what_is_done_and_undone_leaves_no_trace(case: Undone) -> None:
    """Claims, orders, amendments, allocations and corrections, taken back in whole and in part."""
    LAW.check(case)


def _reversed(movements: Sequence[Movement]) -> list[Movement]:
    return sorted(Movement(quantity, unit, target, source) for quantity, unit, source, target in movements)


def _inverse(event: Event) -> Event | None:
    if isinstance(event, Claimed):
        return Released(place=event.place, state=event.state, lines=event.lines)
    if isinstance(event, Allocated):
        return Deallocated(pool=event.pool, shipment=event.shipment, lines=event.lines)
    if isinstance(event, Amended):
        return Amended(order=event.order, added=event.removed, removed=event.added)
    if isinstance(event, Adjusted):
        return Adjusted(adjustment="back", node=event.node, sku=event.sku, change=-event.change)
    return None


def events_have_inverses(program: Program) -> None:
    """Raise where the movements of an event are not those of its inverse, backward."""
    for _, entry in World().run(program).journal():
        for event in entry.events:
            if (inverse := _inverse(event)) is not None:
                assert sorted(inverse.movements()) == _reversed(event.movements()), event


EVENT_LAW = Law("an event's inverse moves the same backward", programs(), events_have_inverses)


@given(EVENT_LAW.cases)
def test_the_inverse_of_an_event_moves_the_same_backward(program: Program) -> None:
    """Claimed and Released, Allocated and Deallocated, Amended and Adjusted with themselves."""
    EVENT_LAW.check(program)
