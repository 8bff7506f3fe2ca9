"""A Hypothesis machine that does anything to a store and to the reference store, and minds a difference."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ..errors import Contradiction, TooOld
from ..ledger import Between, Entry, Found, Guard, Movement, Unchanged, Wanted, record
from .model import Reference
from .notes import CUP, MUG, Happened, Note, at, expect, note_key
from .retiring import retire
from .subject import Bench, Guarantee, Handle

__all__ = ["store_machine"]

PLACES = ("dc", "north", "pool:web")
STATES = ("sellable", "held", "held", "damaged", "missing")
UNITS = st.sampled_from((MUG, CUP))
NAMES = st.sampled_from(("", "", "r1", "é"))
ACCOUNTS = st.builds(at, st.sampled_from(PLACES), st.sampled_from(STATES), NAMES, NAMES, NAMES)
MOVES = st.builds(Movement, st.integers(1, 4), UNITS, ACCOUNTS, ACCOUNTS).filter(
    lambda move: move.source != move.target
)
MOMENTS = st.integers(-1, 5)
NOTES = st.builds(
    Note,
    id=st.sampled_from("nm"),
    revision=st.integers(1, 4),
    text=st.sampled_from(("", "é")),
    due_at=st.none() | MOMENTS,
)
IDS = st.integers(0, 9).map("e{}".format)
EVENTS = st.builds(Happened, moves=st.lists(MOVES, max_size=4).map(tuple), notes=st.lists(NOTES, max_size=2).map(tuple))
ENTRIES = st.builds(record, IDS, st.tuples(EVENTS), now=st.integers(1, 9), occurred_at=st.none() | MOMENTS)
KEYS = st.sampled_from("nm").map(note_key)
KEPT = tuple([at(place, state, ref) for place in PLACES for state in ("sellable", "held") for ref in ("", "r1")])
"""Accounts that are asked for together again and again, so that a store may keep what they hold."""
TWICE = st.lists(ACCOUNTS, min_size=1, max_size=7).map(lambda few: (*few, *few))
LONG = st.just(KEPT) | st.lists(ACCOUNTS, min_size=10, max_size=14).map(tuple)
SUMMED = st.lists(ACCOUNTS, max_size=7).map(tuple) | LONG | TWICE
BOUND = st.none() | st.integers(-4, 4)
GUARDS = st.builds(Between, UNITS, SUMMED, BOUND, BOUND) | st.builds(Unchanged, KEYS, st.integers(0, 4))
QUESTIONS = st.builds(
    Wanted,
    st.dictionaries(UNITS, st.lists(ACCOUNTS, max_size=9, unique=True), max_size=2),
    st.dictionaries(KEYS, st.integers(0, 4)),
    st.lists(st.tuples(UNITS, st.builds(at, st.sampled_from(PLACES), st.just("held"))), max_size=3),
    st.lists(st.tuples(UNITS, st.sampled_from((*PLACES, "damaged:dc")), MOMENTS), max_size=3),
    st.just("") | IDS,
    st.lists(st.tuples(UNITS, SUMMED), max_size=2),
)


def store_machine(make: Callable[[], Handle]) -> type[RuleBasedStateMachine]:
    """Return the machine that holds an empty store, made anew for each program, against the reference store.

    Run it as `store_machine(make).TestCase`, or by Hypothesis' `run_state_machine_as_test`; profiles say how long.
    """

    class Twins(RuleBasedStateMachine):
        """A store and the reference, asked the same."""

        def __init__(self) -> None:
            super().__init__()
            self.store, self.model = make(), Handle(Reference())

        @rule(each=ENTRIES, guards=st.lists(GUARDS, max_size=2))
        def append(self, each: Entry, guards: list[Guard]) -> None:
            """Somebody records something."""
            expect(
                _put(self.store, each, guards), _put(self.model, each, guards), f"the answer to {each} under {guards}"
            )

        @rule(wanted=QUESTIONS)
        def read(self, wanted: Wanted) -> None:
            """Somebody asks."""
            found, model = self.store.read(wanted), self.model.read(wanted)
            expect(_plain(_owed(found, model)), _plain(model), f"the answer to {wanted}")

        @precondition(_retires)
        @rule(before=MOMENTS, closed=st.lists(st.sampled_from("nm"), max_size=1))
        def let_go(self, before: int, closed: list[str]) -> None:
            """A host lets go of what is old."""
            retire(self.store, before, *closed)
            retire(self.model, before, *closed)

        @rule(now=MOMENTS, limit=st.integers(0, 3))
        def look_what_is_due(self, now: int, limit: int) -> None:
            """Somebody ticks."""
            expect(self.store.due(now, limit), self.model.due(now, limit), f"what is due at {now}")

        @rule(position=st.integers(0, 10), limit=st.integers(0, 4))
        def follow(self, position: int, limit: int) -> None:
            """Somebody follows the journal."""
            page = self.store.do(self.store.store.since(position, limit))
            expect(page, self.model.do(self.model.store.since(position, limit)), f"{limit} entries after {position}")

        def teardown(self) -> None:
            """Close what was opened for this program."""
            if isinstance(self.store, Bench):
                self.store.close()

        @invariant()
        def the_state_is_the_same(self) -> None:
            """All of it, at every step."""
            expect(self.store.everything(), self.model.everything(), "the state")

    return Twins


def _retires(twins: object) -> bool:
    store: object = getattr(twins, "store", None)
    return isinstance(store, Bench) and Guarantee.RETENTION in store.subject.guarantees


def _put(shelf: Handle, each: Entry, guards: list[Guard]) -> object:
    try:
        [answer] = shelf.put(each, guards=tuple(guards))
    except (Contradiction, TooOld) as error:
        return type(error), error.args
    return answer and (answer.entry.recorded_at and answer.position, answer.entry)  # one that has left stands nowhere


def _owed(found: Found, model: Found) -> Found:
    """Return what is owed of an answer: with an entry that was wanted the rest may come or not."""
    return found if model.entry is None else Found({}, {}, {}, {}, found.entry)


def _plain(found: object) -> object:
    """Return a mapping as a dict, at every depth: stores may answer with mappings of any class."""
    if hasattr(found, "items"):
        return {key: _plain(value) for key, value in found.items()}
    return (
        tuple(map(_plain, found))
        if isinstance(found, tuple) and hasattr(found, "_fields") and hasattr(found, "moved")
        else found
    )
