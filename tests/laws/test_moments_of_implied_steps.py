"""Law: a late movement never undoes a count, though a later message had implied it: in any order, one state.

Five mugs of an order leave their node and arrive, each step at its true moment, and the shelves are counted in between:
a count finds what was there. All of it is told in any order, and again, and the book is reconciled after each message.
At the end the book is what is there, and all balances and all that has moved since any moment are as if everything had
been told as it happened.
"""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fulfillment.pickups import ordering, states, to_collect
from tests.laws.world import NOW, Distant, Law, Waiting, World, balances, interleave, make_order
from unicommerce.catalog import Catalog
from unicommerce.counts import concerned, counted, discrepancy, reconcile
from unicommerce.desk import as_text, timeline
from unicommerce.errors import Contradiction
from unicommerce.fulfillment import (
    collected,
    damaged,
    delivered,
    packed,
    picked,
    ready,
    sent_back,
    ship,
    shipped,
    undeliverable,
)
from unicommerce.inventory import goods, on_hand, received
from unicommerce.ledger import Accepted, Entry, Guard, LedgerCode, Memory, Recorded, Telling, tell
from unicommerce.returns import returned
from unicommerce.values import HOUR_MS

MUGS = goods("MUG")
BEFORE, AFTER = -24, 24
Step = Callable[[int], Telling[object]]


class Way(NamedTuple):
    """Whether the order is collected at a store, the hour at which each step was taken, and what it was of mugs."""

    is_collected: bool
    steps: tuple[tuple[int, Step], ...]
    changes: Mapping[str, tuple[tuple[int, int], ...]]


ALL = {"1": 5}
WAYS = {
    "delivered": Way(
        False,
        (
            (2, lambda at: picked("o/1", ALL, occurred_at=at)),
            (4, lambda at: shipped("o/1", ALL, tracking="T1", occurred_at=at)),
            (8, lambda at: delivered("o/1", occurred_at=at)),
        ),
        {
            "dc": (
                (0, 9),
                (4, -5),
            )
        },
    ),
    "sent back": Way(
        False,
        (
            (4, lambda at: shipped("o/1", occurred_at=at)),
            (8, lambda at: undeliverable("o/1", reason="moved", occurred_at=at)),
            (12, lambda at: sent_back("o/1", occurred_at=at)),
        ),
        {"dc": ((0, 9), (4, -5), (12, 5))},
    ),
    "collected": Way(
        True,
        (
            (4, lambda at: shipped("o/1", occurred_at=at)),
            (8, lambda at: ready("o/1", occurred_at=at)),
            (12, lambda at: collected("o/1", ALL, occurred_at=at)),
        ),
        {
            "dc": (
                (0, 9),
                (4, -5),
            ),
            "north": ((8, 5), (12, -5)),
        },
    ),
}
COUNTED = (1, 3, 5, 7, 9, 11, 13)
"""The hours at which shelves may be counted: nothing else happens then."""


def _count(way: Way, node: str, hour: int) -> Telling[Catalog]:
    found = sum([change for at, change in way.changes[node] if at < hour])
    return counted(f"{node}/{hour}", node=node, quantities={"MUG": found}, as_of=NOW + hour * HOUR_MS)


def _messages(way: Way) -> list[tuple[int, Telling[Catalog]]]:
    """Return all that may be told of a way, with its hour: first its steps, then the counts."""
    steps: list[tuple[int, Telling[Catalog]]] = [(hour, step(NOW + hour * HOUR_MS)) for hour, step in way.steps]
    return [*steps, *[(hour, _count(way, node, hour)) for node in sorted(way.changes) for hour in COUNTED]]


def _told(way: Way, order: list[int], store: Memory) -> World:
    """Return the world after these messages in this order, whose book is reconciled after each."""
    world, messages = World(stock=0, store=store), _messages(way)
    world.shop.tell(received("r", node="dc", quantities={"MUG": 9}, occurred_at=NOW), now=NOW)
    asked = to_collect() if way.is_collected else make_order("o", pool="web", skus=("MUG",))
    world = ordering(world, asked, MUG=5)
    for number in order:
        position = len(world.journal())
        world.shop.tell(messages[number][1], now=NOW + AFTER * HOUR_MS)
        _follow(world, position)
    return world


def _follow(world: World, position: int) -> None:
    """Bring the book to the counts for each entry after a position, as a reaction of a host does."""
    for place, entry in world.ledger.since(position, 99):
        for node, sku in concerned(entry):
            if discrepancy(world.ledger, node=node, sku=sku):
                world.ask(reconcile(f"{place}", node=node, sku=sku, accept=True))


def _moved(world: World) -> dict[tuple[str, int], int]:
    """Return what has moved at each node since each hour."""
    hours = range(BEFORE, AFTER)
    return {(n, h): world.ledger.moved(MUGS, n, NOW + h * HOUR_MS) for n in ("dc", "north") for h in hours}


class Told(NamedTuple):
    """A way, and which of its messages are told, in this order; in a store near or far."""

    name: str
    order: list[int]
    is_distant: bool


@st.composite
def tellings(draw: st.DrawFn) -> Told:
    """Draw some of the messages of a way, some twice, in any order."""
    name = draw(st.sampled_from(sorted(WAYS)))
    numbers = range(len(_messages(WAYS[name])))
    steps = draw(st.lists(st.sampled_from(range(3)), min_size=1, max_size=5))
    counts = draw(st.lists(st.sampled_from(numbers), max_size=4))
    return Told(name, draw(st.permutations([*steps, *counts])), draw(st.booleans()))


def counts_and_implied_steps_merge(told: Told) -> None:
    """Raise where the order in which messages come shows in a balance or in what has moved since any moment."""
    way = WAYS[told.name]
    messages = _messages(way)
    world = _told(way, told.order, Distant() if told.is_distant else Memory())
    straight = _told(way, sorted(set(told.order), key=lambda number: messages[number][0]), Memory())
    assert _moved(world) == _moved(straight)
    assert balances(world.ledger.snapshot()) == balances(straight.ledger.snapshot())
    if set(told.order) >= set(range(len(way.steps))):
        for node, changes in way.changes.items():
            assert on_hand(world.ledger, node=node, sku="MUG") == sum([change for _, change in changes])


LAW = Law("a late movement never undoes a count, also one that was implied", tellings(), counts_and_implied_steps_merge)


@given(LAW.cases)
def test_what_was_implied_is_counted_as_of_its_moment_in_whatever_order_it_is_told(told: Told) -> None:
    """Steps of a shipment and counts at their true moments, some of them, late, twice and in any order."""
    LAW.check(told)


@pytest.mark.parametrize("name", WAYS)
def test_three_steps_and_a_count_in_between_are_one_state_in_all_orders(name: str) -> None:
    """All 24 orders of three steps and one count at the node that sends, between the first two and the last two."""
    for hour in (5, 9):
        for order in permutations((0, 1, 2, 3 + COUNTED.index(hour))):
            counts_and_implied_steps_merge(Told(name, [*order], is_distant=False))


@given(st.permutations(range(3)), st.lists(st.integers(0, 5), max_size=40))
def test_hosts_that_tell_at_once_leave_one_state(order: list[int], schedule: list[int]) -> None:
    """Three messages of a parcel, each told by two hosts, all at once: one of them shifts the step at a time."""
    world, straight = _parcel(), _parcel()
    messages = [step(_at(hour)) for hour, step in WAYS["sent back"].steps]
    store = Waiting(world.ledger)
    hosts = [tell(store, messages[n], given=lambda _: None, now=_at(AFTER)) for n in (*order, *order)]
    interleave(hosts, schedule)
    for message in messages:
        straight.shop.tell(message, now=_at(AFTER))
    assert _moved(world) == _moved(straight)
    assert balances(world.ledger.snapshot()) == balances(straight.ledger.snapshot())


# One at a time


def _parcel(store: Memory | None = None, pieces: int = 5) -> World:
    world = World(stock=0, store=store)
    world.shop.tell(received("r", node="dc", quantities={"MUG": 9}, occurred_at=NOW), now=NOW)
    return ordering(world, make_order("o", pool="web", skus=("MUG",)), MUG=pieces)


def _at(hour: int) -> int:
    return NOW + hour * HOUR_MS


def _recorded(world: World, id: str) -> Entry:
    recorded = world.ledger.entry(id)
    assert recorded is not None
    return recorded.entry


def test_a_tracking_id_that_comes_after_the_delivery_is_on_record_and_shown() -> None:
    """Nothing that a message tells is lost: it stands beside what was implied, and the desk shows it."""
    world = _parcel()
    world.shop.tell(delivered("o/1", occurred_at=_at(8)), now=_at(9))
    answer = world.shop.tell(shipped("o/1", tracking="T1", occurred_at=_at(4)), now=_at(9), source="wms")
    entry = _recorded(world, "o/1/shipped/told")
    rows = [row for row in timeline("o", world.journal()) if row.entry == entry.id]

    assert [reason.code for reason in answer.because] == [LedgerCode.ALREADY_DONE]
    assert (entry.occurred_at, entry.source) == (_at(4), "wms")
    assert entry.asked == (("pieces", None), ("tracking", "T1"))
    assert as_text(rows) == "2026-11-23 13:00  more is known of o/1/shipped, tracking T1 (says wms)"


def test_who_tells_an_implied_step_in_two_ways_contradicts_himself() -> None:
    """The first tracking id is on record, so another one under the same id is an error that names it."""
    world = _parcel()
    world.shop.tell(delivered("o/1"), now=_at(8))
    for _ in range(2):
        world.shop.tell(shipped("o/1", tracking="T1"), now=_at(9))
    with pytest.raises(Contradiction) as caught:
        world.shop.tell(shipped("o/1", tracking="T2"), now=_at(9))

    assert (caught.value.id, caught.value.field) == ("o/1/shipped", "tracking")


def test_what_was_asked_is_counted_as_of_when_it_was_done() -> None:
    """The desk lets a parcel go at nine; the node says that it left at four, and a count at six has seen that."""
    world = _parcel()
    world.shop.ask(ship("o/1"), now=_at(9))
    world.shop.tell(counted("c", node="dc", quantities={"MUG": 4}, as_of=_at(6)), now=_at(10))
    world.shop.tell(shipped("o/1", occurred_at=_at(4)), now=_at(10))

    assert discrepancy(world.ledger, node="dc", sku="MUG") == 0


def test_the_moment_of_a_step_that_was_told_stands() -> None:
    """Whoever implies it afterwards, and by whatever clock, knows less of it than who told it."""
    world = _parcel()
    back = returned("b", node="north", order="o", lines={"1": 5}, occurred_at=_at(8))
    for message in (back, shipped("o/1", occurred_at=_at(6)), delivered("o/1", occurred_at=_at(4))):
        world.shop.tell(message, now=_at(9))

    assert [world.ledger.moved(MUGS, "dc", _at(hour)) for hour in (5, 6)] == [-5, 0]


def test_a_moment_before_the_horizon_counts_as_the_horizon() -> None:
    """Its step is on record, so it is not too old; counts from before are not taken any more."""
    world = _parcel()
    world.shop.tell(delivered("o/1", occurred_at=_at(8)), now=_at(9))
    world.ledger.retire(_at(6))
    world.shop.tell(shipped("o/1", occurred_at=_at(4)), now=_at(9))

    assert world.ledger.moved(MUGS, "dc", _at(6)) == 0
    assert _recorded(world, "o/1/shipped/told").occurred_at == _at(6)


class Failing(Memory):
    """The store in memory that is gone once, before it records an entry of an id."""

    __slots__ = ("fails_at",)

    def __init__(self, fails_at: str) -> None:
        super().__init__()
        self.fails_at = fails_at

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Fail once."""
        if entry.id == self.fails_at:
            self.fails_at = ""
            raise ConnectionError
        return await super().append(entry, guards)


@pytest.mark.parametrize("half", ["o/1/shipped/moment/1/before", "o/1/shipped/told"])
def test_a_moment_of_which_half_was_recorded_is_whole_once_it_is_told_again(half: str) -> None:
    """A host that got no answer tells it again; neither on hand nor any balance was ever touched."""
    world = _parcel(Failing(half))
    world.shop.tell(delivered("o/1", occurred_at=_at(8)), now=_at(9))
    with pytest.raises(ConnectionError):
        world.shop.tell(shipped("o/1", occurred_at=_at(4)), now=_at(9))
    between = on_hand(world.ledger, node="dc", sku="MUG")
    for _ in range(2):
        world.shop.tell(shipped("o/1", occurred_at=_at(4)), now=_at(9))

    assert between == on_hand(world.ledger, node="dc", sku="MUG") == 4
    assert [world.ledger.moved(MUGS, "dc", _at(hour)) for hour in (3, 4)] == [-5, 0]
    assert not [account for account in world.ledger.snapshot().balances[MUGS] if account.state.startswith("dated")]


def test_two_steps_that_are_dated_at_once_do_not_hide_each_other() -> None:
    """As many mugs came to a store as left it, and of both the first half is on record: nothing is corrected."""
    store = Failing("")
    world = ordering(_parcel(store), to_collect(id="c"), MUG=4)
    world.shop.tell(received("n", node="north", quantities={"MUG": 4}, occurred_at=NOW), now=NOW)
    world = ordering(world, make_order("n", pool="web", skus=("MUG",)), MUG=4)
    for message in (collected("c/1", occurred_at=_at(8)), delivered("n/1", occurred_at=_at(8))):
        world.shop.tell(message, now=_at(9))
    world.shop.tell(counted("c", node="north", quantities={"MUG": 0}, as_of=_at(6)), now=_at(10))
    for message in (ready("c/1", occurred_at=_at(4)), shipped("n/1", occurred_at=_at(4))):
        store.fails_at = f"{message.id}/told"
        with pytest.raises(ConnectionError):
            world.shop.tell(message, now=_at(10))
        assert world.ask(reconcile(message.id, node="north", sku="MUG", accept=True)) == Accepted()


class Breaking(Memory):
    """The store in memory before which somebody drops what is in hand, each time that it is to record an entry."""

    __slots__ = ("drops", "id")

    def __init__(self, id: str) -> None:
        super().__init__()
        self.id, self.drops = id, list[Callable[[], object]]()

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Drop first."""
        if entry.id == self.id and self.drops:
            self.drops.pop()()
        return await super().append(entry, guards)


def test_a_step_that_is_implied_again_and_again_is_recorded_each_time() -> None:
    """Two are packed, which implies their pick; they break before that is recorded, so others are picked: twice."""
    store = Breaking("o/1/packed")
    world = _parcel(store, pieces=9)
    for drop in [damaged("o/1", {"1": 2}, id=f"{number}") for number in range(2)]:
        store.drops.append(partial(world.shop.tell, drop, now=_at(1)))
    world.shop.tell(packed("o/1", {"1": 2}), now=_at(1))

    assert states(world) == {"open": 4, "allocated": 3, "packed": 2}
    assert _recorded(world, "o/1/packed/picked/implied/2").events == _recorded(world, "o/1/packed/picked").events
