"""Law: repeating is free: a request or a message that comes again, now or much later, changes nothing."""

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import NOW, Distant, Law, Program, World, make_order, programs
from unicommerce.fulfillment import amend, delivered, place, shipped
from unicommerce.ledger import Accepted, LedgerCode, Memory
from unicommerce.returns import returned


class Redelivery(NamedTuple):
    """A program, and which of what was said by then comes again after which step."""

    program: Program
    repeats: Sequence[tuple[int, int]]
    is_distant: bool


CASES = st.builds(
    Redelivery,
    programs() | programs(("place_later", "amend", "allocate", "cancel_part")),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 60)), max_size=10),
    st.booleans(),
)


def repeat_is_free(case: Redelivery) -> None:
    """Raise where a repeat goes on record, is answered otherwise, or changes what follows."""
    world = World(store=Distant() if case.is_distant else Memory())
    for number, step in enumerate(case.program):
        world.do(step)
        for _, index in [repeat for repeat in case.repeats if repeat[0] == number]:
            repeat_one(world, index)
    for index in range(len(world.asked) + len(world.told)):
        repeat_one(world, index)


def repeat_one(world: World, index: int) -> None:
    """Repeat one request that was accepted, or one message."""
    yes = [(request, answer) for request, answer in world.asked if isinstance(answer, Accepted)]
    before, position = world.ledger.snapshot(), len(world.journal())
    if index % (len(yes) + len(world.told) or 1) < len(yes):
        request, first = yes[index % (len(yes) + len(world.told))]
        id, again = request.id, world.shop.ask(request, now=world.now)
        recorded = world.ledger.entry(id)
        assert isinstance(again, Accepted), id
        assert again.events == (recorded.entry.events if recorded else first.events), id
    elif world.told:
        telling = list(world.told.values())[index % len(world.told)]
        id, again = telling.id, world.shop.tell(telling, now=world.now)
    else:
        return
    assert len(world.journal()) == position, id
    assert world.ledger.snapshot() == before, id
    if again.events:
        assert any(reason.code in (LedgerCode.ALREADY_DONE, LedgerCode.DISAGREES) for reason in again.because), id


LAW = Law("repeat is free", CASES, repeat_is_free)


@given(LAW.cases)
def test_what_comes_again_changes_nothing(case: Redelivery) -> None:
    """Every yes and every message of a program, again at any later moment, is answered as before and costs nothing."""
    LAW.check(case)


def test_a_return_that_comes_again_delivers_no_other_shipment() -> None:
    """The first shipment came back, the second is under way: a redelivered return says nothing about the second."""
    world = World()
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 6}))
    message = returned("r", node="dc", order="o", lines={"1": 4})
    for telling in (delivered("o/1"), message, shipped("o/2")):
        world.shop.tell(telling, now=NOW)
    before = world.ledger.snapshot()
    world.shop.tell(message, now=NOW)

    assert world.ledger.snapshot() == before


def test_a_ship_confirmation_that_comes_again_is_answered_as_before() -> None:
    """A message that names no pieces finds none the second time, and is a repeat all the same."""
    world = World()
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 2}))
    first = world.shop.tell(shipped("o/1"), now=NOW)
    again = world.shop.tell(shipped("o/1"), now=NOW)

    assert again.events == first.events[-1:]
    assert [reason.code for reason in again.because] == [LedgerCode.ALREADY_DONE]


def test_an_amendment_that_changed_nothing_undoes_no_later_one() -> None:
    """What was so already is on record as asked: when it comes again after another amendment, it is a repeat."""
    world = World()
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 2}))
    for id, quantity in {"same": 2, "more": 3}.items():
        world.ask(amend("o", {"1": quantity}, id=id))
    before = world.ledger.snapshot()
    world.ask(amend("o", {"1": 2}, id="same"))

    assert world.ledger.snapshot() == before
