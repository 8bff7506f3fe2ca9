"""Whatever is asked of a store, in any order, it answers what the ledger in memory answers."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import CATALOG, Distant, Note, Program, World, note_key, programs
from tests.stores.shelves import CODEC, SHELVES, Shelf
from tests.stores.test_contract import added_up, everything
from unicommerce.errors import Contradiction
from unicommerce.ledger import (
    Account,
    Between,
    Entry,
    Found,
    Guard,
    Ledger,
    Memory,
    Movement,
    Recorded,
    Unchanged,
    Wanted,
)
from unicommerce.values import Unit

PLACES = ("dc", "north", "south", "east", "west", "pool:web")
UNITS = (Unit("sku:A"), Unit("sku:B"))
REFS = st.sampled_from(("", "", "r1", "r2"))
ACCOUNTS = st.builds(Account, st.sampled_from(PLACES), st.sampled_from(("sellable", "held")), REFS, REFS, REFS)
MOVES = st.builds(Movement, st.integers(1, 4), st.sampled_from(UNITS), ACCOUNTS, ACCOUNTS)
NOTES = st.builds(
    Note,
    id=st.sampled_from("nm"),
    revision=st.integers(1, 4),
    text=st.sampled_from(("", "é")),
    due_at=st.none() | st.integers(0, 3),
)
ENTRIES = st.builds(
    Entry,
    id=st.integers(0, 9).map("e{}".format),
    recorded_at=st.just(9),
    occurred_at=st.integers(0, 4),
    events=st.just((CODEC.events["test.happened"](),)),
    movements=st.lists(MOVES.filter(lambda move: move.source != move.target), max_size=4).map(tuple),
    documents=st.lists(NOTES, max_size=2).map(tuple),
)
MANY = (
    tuple(Account(place, "sellable") for place in (*PLACES, "beyond", "far", "away")),
    tuple(Account(place, state, ref) for place in PLACES[:3] for state in ("sellable", "held") for ref in ("", "r1")),
    (),
    (Account("dc", "held", lot="r2"),),
)
"""Sets of accounts that are asked for as one sum, and held to a guard, again and again."""
BOUND = st.none() | st.integers(-4, 4)
GUARDS = st.builds(
    Between, st.sampled_from(UNITS), st.lists(ACCOUNTS, max_size=11).map(tuple) | st.sampled_from(MANY), BOUND, BOUND
) | st.builds(Unchanged, st.sampled_from("nm").map(note_key), st.integers(0, 3))
WANTED = st.builds(
    Wanted,
    st.dictionaries(st.sampled_from(UNITS), st.lists(ACCOUNTS, max_size=14, unique=True), max_size=2),
    st.dictionaries(st.sampled_from("nm").map(note_key), st.integers(0, 4)),
    st.lists(
        st.tuples(st.sampled_from(UNITS), st.builds(Account, st.sampled_from(PLACES), st.just("held"))), max_size=3
    ),
    st.lists(st.tuples(st.sampled_from(UNITS), st.sampled_from(PLACES), st.integers(-1, 5)), max_size=3),
    st.just("") | st.integers(0, 9).map("e{}".format),
    st.lists(st.tuples(st.sampled_from(UNITS), st.sampled_from(MANY)), max_size=3).map(tuple),
)
STEPS = st.lists(st.tuples(ENTRIES, st.lists(GUARDS, max_size=2).map(tuple)) | WANTED, max_size=12)
Steps = Sequence[tuple[Entry, tuple[Guard, ...]] | Wanted]


def answer(shelf: Shelf, step: tuple[Entry, tuple[Guard, ...]] | Wanted) -> object:
    """Return what a store answers, an error included."""
    if isinstance(step, Wanted):
        return shelf.do(shelf.store.read(step))
    try:
        return shelf.do(shelf.store.append(*step))
    except Contradiction as contradiction:
        return contradiction.args


@pytest.mark.parametrize("name", ["distant", "sqlite", "postgres"])
@given(steps=STEPS)
def test_a_store_answers_what_the_ledger_answers(name: str, steps: Steps) -> None:
    """Answers, errors, and in the end the state, the journal and what is due."""
    model = Shelf(Memory())
    with SHELVES[name](":memory:") as shelf:
        for step in steps:
            expected, found = answer(model, step), answer(shelf, step)
            if isinstance(expected, Found) and expected.entry is not None:
                assert isinstance(found, Found)
                expected, found = expected.entry, found.entry
            assert found == expected

        assert everything(shelf) == everything(model)
        assert shelf.do(shelf.store.since(0, 99)) == model.do(model.store.since(0, 99))
        for now in range(4):
            assert shelf.do(shelf.store.due(now, 9)) == model.do(model.store.due(now, 9))


class Twin(Distant):
    """The store in memory that asks a second one all that it is asked itself, and minds a difference."""

    __slots__ = ("other",)

    def __init__(self, other: Shelf) -> None:
        super().__init__()
        self.other = other

    async def read(self, wanted: Wanted) -> Found:
        """Read both."""
        wanted = wanted._replace(parts=[*wanted.parts], moved=[*wanted.moved])
        found, other = await super().read(wanted), self.other.do(self.other.store.read(wanted))
        assert found == other
        return other

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append to both."""
        recorded, other = await super().append(entry, guards), self.other.do(self.other.store.append(entry, guards))
        assert recorded == other
        return recorded


@pytest.mark.parametrize("name", ["sqlite", "postgres"])
@given(program=programs())
def test_a_retailers_day_on_a_database(name: str, program: Program) -> None:
    """Orders, shipments, returns, counts and postings: every reading and every recording is the same."""
    with SHELVES[name](":memory:") as shelf:
        twin = Twin(shelf)
        world = World(CATALOG, store=twin).run(program)
        journal = shelf.do(shelf.store.since(0, 1_000_000))

        assert journal == world.journal()
        assert CODEC.encode(added_up(Ledger.replay(journal).snapshot())) == everything(shelf)
