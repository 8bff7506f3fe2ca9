"""The ledger itself against a model of a few lines: a list of movements, and the highest revision of each document."""

from collections.abc import Iterable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.laws.world import Happened, Note, note_key
from unicommerce.errors import Contradiction
from unicommerce.ledger import Account, Between, Entry, Guard, Ledger, Movement, Recorded, Snapshot, Unchanged, record
from unicommerce.values import Unit

UNITS = (Unit("sku:MUG"), Unit("sku:CUP"))
ACCOUNTS = tuple(Account(p, s, ref) for p in ("dc", "pool:web") for s in ("sellable", "held") for ref in ("", "r", "s"))
PLACES = ("dc", "pool:web")
MOVES = st.lists(
    st.builds(
        Movement, st.integers(1, 4), st.sampled_from(UNITS), st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS)
    ).filter(lambda move: move.source != move.target),
    max_size=3,
)
NOTES = st.lists(
    st.builds(
        Note,
        id=st.sampled_from("ab"),
        revision=st.integers(1, 4),
        text=st.sampled_from("xy"),
        due_at=st.none() | st.integers(0, 9),
    ),
    max_size=2,
)
BETWEEN = st.builds(
    Between,
    st.sampled_from(UNITS),
    st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=2, unique=True).map(tuple),
    st.none() | st.integers(-3, 2),
    st.none() | st.integers(0, 4),
)
UNCHANGED = st.builds(Unchanged, st.sampled_from("ab").map(note_key), st.integers(0, 4))
GUARDS = st.lists(BETWEEN, max_size=2) | st.lists(BETWEEN | UNCHANGED, max_size=2)
IDS = st.integers(0, 12).map("e{}".format)


class Books(RuleBasedStateMachine):
    """Entries guarded and unguarded, with movements and documents, repeated, restored and replayed."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.entries: dict[str, Entry] = {}
        self.last: Snapshot = self.ledger.snapshot()
        self.forgotten = 0

    # The model: everything is computed from the entries, each time anew.

    def _held(self, unit: Unit, account: Account, entries: Iterable[Entry]) -> int:
        moves = [move for entry in entries for move in entry.movements if move.unit == unit]
        signed = [(-m.quantity, m.source) for m in moves] + [(m.quantity, m.target) for m in moves]
        return sum(q for q, own in signed if own[:2] == account[:2] and account.ref in ("", own.ref))

    def _note(self, id: str, entries: Iterable[Entry]) -> Note | None:
        found = [note for entry in entries for note in entry.documents if isinstance(note, Note) and note.id == id]
        return max(found, key=lambda note: note.revision, default=None)

    def _contradicts(self, entry: Entry) -> bool:
        known = {note.id: note for id in "ab" if (note := self._note(id, self.entries.values()))}
        for note in [note for note in entry.documents if isinstance(note, Note)]:
            if (other := known.get(note.id)) and other.revision == note.revision and other != note:
                return True
            if other is None or other.revision < note.revision:
                known[note.id] = note
        return False

    def _admitted(self, entry: Entry, guards: Iterable[Guard]) -> bool:
        after = [*self.entries.values(), entry]
        for guard in guards:
            if isinstance(guard, Between):
                held = sum(self._held(guard.unit, account, after) for account in guard.accounts)
                if not (guard.least is None or held >= guard.least) or not (guard.most is None or held <= guard.most):
                    return False
        return True

    def _is_current(self, guards: Iterable[Guard]) -> bool:
        for guard in guards:
            if isinstance(guard, Unchanged):
                note = self._note(guard.key.id, self.entries.values())
                if (note.revision if note else 0) != guard.revision:
                    return False
        return True

    @rule(id=IDS, moves=MOVES, notes=NOTES, guards=GUARDS, at=st.integers(0, 9))
    def append(self, id: str, moves: list[Movement], notes: list[Note], guards: list[Guard], at: int) -> None:
        """An entry comes, and goes on record exactly where the model lets it."""
        entry = record(id, (Happened(moves=tuple(moves), notes=tuple(notes)),), now=at)
        before = self.ledger.snapshot()
        if (known := self.entries.get(id)) is not None:
            recorded = self.ledger.append(entry, guards)
            assert recorded is not None
            assert recorded.entry.id == id
            assert recorded.entry == known or not recorded.entry.events
        elif not self._is_current(guards):
            assert self.ledger.append(entry, guards) is None
        elif self._contradicts(entry):
            assert self._raises(entry, guards)
        elif not self._admitted(entry, guards):
            assert self.ledger.append(entry, guards) is None
        else:
            self.entries[id] = entry
            assert self.ledger.append(entry, guards) == Recorded(len(self.entries), entry)
            return
        assert self.ledger.snapshot() == before

    def _raises(self, entry: Entry, guards: list[Guard]) -> bool:
        try:
            self.ledger.append(entry, guards)
        except Contradiction as error:
            return error.id == entry.id
        return False

    @rule()
    def snapshot(self) -> None:
        """Somebody takes a snapshot, and what happens later leaves it alone."""
        self.last = self.ledger.snapshot()

    @rule()
    def restart(self) -> None:
        """The process starts anew from the last snapshot and what came after it."""
        position = self.last.position
        if position >= self.forgotten:
            self.ledger = Ledger.restore(self.last, self.ledger.since(position, 1_000))
            self.forgotten = position

    @rule()
    def repeat_all(self) -> None:
        """Everything comes once more as facts, backward, and nothing happens."""
        before = self.ledger.snapshot()
        for entry in reversed(self.entries.values()):
            assert self.ledger.append(entry) is not None
        assert self.ledger.snapshot() == before

    @invariant()
    def balances_are_sums(self) -> None:
        """Each account holds what came less what left."""
        for unit in UNITS:
            for account in ACCOUNTS:
                expected = self._held(unit, account, self.entries.values())
                assert self.ledger.balance(unit, (account,)) == expected, (unit, account)

    @invariant()
    def parts_are_what_is_left_of_each(self) -> None:
        """The parts of an account are its sub-accounts that hold something."""
        for unit in UNITS:
            for account in [account for account in ACCOUNTS if not account.ref]:
                parts = {part: self._held(unit, part, self.entries.values()) for part in ACCOUNTS if part.ref}
                expected = {part: held for part, held in parts.items() if held and part[:2] == account[:2]}
                assert self.ledger.parts(unit, account) == expected

    @invariant()
    def documents_are_the_highest_revisions(self) -> None:
        """Whatever the order, the highest revision counts, and it is due when it says."""
        notes = [note for id in "ab" if (note := self._note(id, self.entries.values()))]
        assert [self.ledger.document(note.key) for note in notes] == notes
        due = sorted([note for note in notes if note.due_at is not None and note.due_at <= 5], key=_when)
        assert list(self.ledger.due(5, 10)) == due

    @invariant()
    def what_moved_is_what_came_and_left(self) -> None:
        """Between places, after a moment, in any order of recording."""
        for unit in UNITS:
            for place in PLACES:
                moves = [(e.occurred_at, m) for e in self.entries.values() for m in e.movements if m.unit == unit]
                net = [
                    m.quantity * ((m.target.place == place) - (m.source.place == place)) for at, m in moves if at > 4
                ]
                assert self.ledger.moved(unit, place, 4) == sum(net)

    @invariant()
    def the_journal_has_no_gaps(self) -> None:
        """Positions count from one, and what is still at hand is there in order."""
        found = self.ledger.since(self.forgotten, 1_000)
        expected = list(enumerate(self.entries.values(), start=1))[self.forgotten :]
        assert [tuple(recorded) for recorded in found] == expected


def _when(note: Note) -> tuple[int, str]:
    return (note.due_at or 0, note.id)


TestBooks = Books.TestCase
