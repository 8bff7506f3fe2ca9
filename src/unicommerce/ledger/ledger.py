"""The ledger in memory, and the only mutable record: balances by unit, documents by key, entries by id.

All three are folds of the journal. An entry is put on record whole or not at all; guards are checked against the state
that it leaves. It keeps no clock, waits for nobody and never computes again what an entry has stored.
"""

import heapq
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import TypeVar

import attrs

from ..errors import Contradiction, InvalidValue, TooOld
from ..values import Unit, frozen
from .accounts import Account, Movement, totals, whole
from .answers import Between, Guard
from .records import Document, Entry, Key, Recorded
from .state import Found, Wanted

__all__ = ["Ledger", "Snapshot"]

D = TypeVar("D", bound=Document)


@frozen(kw_only=True)
class Snapshot:
    """The state at a position of the journal: snapshot and tail give the same state as replay.

    `balances` holds whole accounts and kept totals, `parts` what was posted to each sub-account, `moves` what went
    between places and piles (when it occurred, the place, the change), for `moved`; `ids` are the entries on record, so
    that a repeat stays free though its events are no longer at hand; what occurred before the `horizon` (ms UTC) and is
    not among them is not taken, because its id may have left.
    """

    position: int = 0
    balances: Mapping[Unit, Mapping[Account, int]] = attrs.field(factory=dict)
    parts: Mapping[Unit, Mapping[Account, int]] = attrs.field(factory=dict)
    moves: Mapping[Unit, tuple[tuple[int, str, int], ...]] = attrs.field(factory=dict)
    documents: tuple[Document, ...] = ()
    ids: frozenset[str] = frozenset()
    horizon: int | None = None


class Ledger:
    """Balances, documents and entries, as the journal left them.

    >>> from unicommerce.ledger import Account, Ledger
    >>> Ledger().balance("sku:MUG", [Account("dc", "sellable")])
    0
    """

    __slots__ = ("_books", "_documents", "_due", "_entries", "_first", "_horizon", "_journal", "_moves", "_parts")

    def __init__(self) -> None:
        self._journal: list[Entry] = []
        self._first = 1
        self._horizon: int | None = None
        self._entries: dict[str, int] = {}
        self._documents: dict[Key[Document], Document] = {}
        self._books: dict[Unit, dict[Account, int]] = {}
        self._parts: dict[Unit, dict[Account, dict[Account, int]]] = {}
        self._moves: dict[Unit, list[tuple[int, str, int]]] = {}
        self._due: list[tuple[int, Key[Document]]] = []

    # What is on record

    def balance(self, unit: Unit, accounts: Iterable[Account]) -> int:
        """Return what these accounts hold together of a unit."""
        book = self._books.get(unit)
        return sum([*map(book.get, accounts, repeat(0))]) if book else 0

    def document(self, key: Key[D]) -> D | None:
        """Return the document at its highest revision."""
        return self._documents.get(key)  # type: ignore[return-value]  # a key's type names the class of its document

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Return the sub-accounts of a whole account that hold something."""
        return dict(self._parts.get(unit, {}).get(account, {}))

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Return what came to a place or a pile less what left it, by what occurred after `since` (ms UTC)."""
        moves = self._moves.get(unit, [])
        return sum(
            [change for _, where, change in moves[bisect_right(moves, (since, "\U0010ffff", 0)) :] if where == place]
        )

    def read(self, wanted: Wanted) -> Found:
        """Answer a bulk of questions at one moment; see `Wanted`."""
        if wanted.entry and (entry := self.entry(wanted.entry)) is not None:
            return Found({}, {}, {}, {}, entry.entry)
        balances = {}
        for unit, accounts in wanted.balances.items():
            book = self._books.get(unit, {})
            balances[unit] = dict(zip(accounts, map(book.get, accounts, repeat(0)), strict=True))
        documents = {}
        for key, revision in wanted.documents.items():
            document = self._documents.get(key)
            if (document.revision if document else 0) != revision:
                documents[key] = document
        return Found(
            balances,
            documents,
            {question: self.parts(*question) for question in wanted.parts},
            {question: self.moved(*question) for question in wanted.moved},
            sums=tuple([self.balance(unit, accounts) for unit, accounts in wanted.sums]),
        )

    def entry(self, id: str) -> Recorded | None:
        """Return the entry of an id and its position."""
        if (position := self._entries.get(id)) is None:
            return None
        return Recorded(position, self._journal[position - self._first] if position >= self._first else _left(id))

    def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries after a position, in the order of the journal."""
        start = max(position - self._first + 1, 0)
        return tuple([Recorded(self._first + start + i, e) for i, e in enumerate(self._journal[start : start + limit])])

    def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return the documents that asked to be looked at by now, the earliest first, ties by key."""
        found: dict[tuple[int, Key[Document]], Document] = {}
        while self._due and self._due[0][0] <= now and len(found) < limit:
            due_at, key = heapq.heappop(self._due)
            if (document := self._documents.get(key)) is not None and document.due_at == due_at:
                found[due_at, key] = document
        for still_due in found:
            heapq.heappush(self._due, still_due)
        return tuple(found.values())

    # Putting on record

    def append(self, entry: Entry, guards: Iterable[Guard] = ()) -> Recorded | None:
        """Put an entry on record and return it with its position; None: a guard does not hold and nothing has changed.

        An id that is on record gives the entry that was first, whatever this one says. Raises `Contradiction` where a
        document comes with the revision of the one on record and other content, and `TooOld` where the entry occurred
        before the horizon; nothing has changed then either.
        """
        if entry.id in self._entries:
            return self.entry(entry.id)
        if self._horizon is not None and entry.occurred_at < self._horizon:
            raise TooOld(entry.id, entry.occurred_at, self._horizon)
        checks = []
        for guard in guards:
            if isinstance(guard, Between):
                checks.append(guard)
            elif self._revision(guard.key) != guard.revision:
                return None
        fresh = self._fresh(entry)
        self._post(entry.movements, 1)
        for unit, accounts, least, most in checks:
            held = self.balance(unit, accounts)
            if (least is not None and held < least) or (most is not None and held > most):
                self._post(entry.movements, -1)
                return None
        return self._keep(entry, fresh)

    def _revision(self, key: Key[Document]) -> int:
        document = self._documents.get(key)
        return document.revision if document else 0

    def _fresh(self, entry: Entry) -> dict[Key[Document], Document]:
        """Return the documents that an entry replaces: the highest revision counts, in whatever order they come."""
        fresh: dict[Key[Document], Document] = {}
        for document in entry.documents:
            key, revision = document.key, document.revision
            known = fresh.get(key) or self._documents.get(key)
            if known is None or known.revision < revision:
                fresh[key] = document
            elif known.revision == revision and known != document:
                raise Contradiction(entry.id, f"{key.kind} {key.id}", known, document)
        return fresh

    def _keep(self, entry: Entry, fresh: Mapping[Key[Document], Document]) -> Recorded:
        for key, document in fresh.items():
            self._documents[key] = document
            if (due_at := document.due_at) is not None:
                heapq.heappush(self._due, (due_at, key))
        for movement in entry.movements:
            for place, change in movement.moves():
                insort(self._moves.setdefault(movement[1], []), (entry.occurred_at, place, change))
        self._journal.append(entry)
        position = self._entries[entry.id] = self._first + len(self._journal) - 1
        return Recorded(position, entry)

    def _post(self, movements: Iterable[Movement], sign: int) -> None:
        for quantity, unit, source, target in movements:
            book = self._books.get(unit)
            if book is None:
                book = self._books[unit] = {}
            change = -sign * quantity
            for account in (source, target):
                changed = totals(account)
                for total in changed:
                    if held := book.get(total, 0) + change:
                        book[total] = held
                    else:
                        del book[total]  # a hold that has ended leaves nothing behind
                if len(changed) > 1:
                    self._post_part(unit, changed[-1], account, change)
                change = -change

    def _post_part(self, unit: Unit, whole_account: Account, part: Account, change: int) -> None:
        if (wholes := self._parts.get(unit)) is None:
            wholes = self._parts[unit] = {}
        if (parts := wholes.get(whole_account)) is None:
            parts = wholes[whole_account] = {}
        if held := parts.get(part, 0) + change:
            parts[part] = held
        else:
            del parts[part]

    # What may be forgotten

    def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Let go of what was recorded before a moment (ms UTC), and of documents that the caller says are closed.

        Entries leave from the oldest on, once they are archived and every consumer of the journal is past them. An id
        leaves only where its repeat is known by its own moment, before the horizon; that of a request stays.
        """
        self._horizon = before if self._horizon is None else max(before, self._horizon)
        leaving = 0
        while leaving < len(self._journal) and (entry := self._journal[leaving]).recorded_at < before:
            leaving += 1
            if entry.occurred_at < entry.recorded_at:
                del self._entries[entry.id]
        del self._journal[:leaving]
        self._first += leaving
        for moves in self._moves.values():
            del moves[: bisect_right(moves, (before - 1, "\U0010ffff", 0))]
        for key in closed:
            self._documents.pop(key, None)

    # Snapshots

    def snapshot(self) -> Snapshot:
        """Return the state as a value that shares nothing with this ledger."""
        return Snapshot(
            position=self._first + len(self._journal) - 1,
            balances={unit: dict(book) for unit, book in self._books.items() if book},
            parts={
                unit: {part: held for parts in wholes.values() for part, held in parts.items()}
                for unit, wholes in self._parts.items()
                if any(wholes.values())
            },
            moves={unit: tuple(moves) for unit, moves in self._moves.items() if moves},
            documents=tuple(self._documents.values()),
            ids=frozenset(self._entries),
            horizon=self._horizon,
        )

    @classmethod
    def restore(cls, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> "Ledger":
        """Return the ledger of a snapshot and the entries after it."""
        ledger = cls()
        ledger._first = snapshot.position + 1
        shared: dict[Account, Account] = {}
        for unit, book in snapshot.balances.items():
            ledger._books[unit] = {shared.setdefault(account, account): held for account, held in book.items()}
        for unit, parts in snapshot.parts.items():
            for part, held in parts.items():
                ledger._parts.setdefault(unit, {}).setdefault(whole(part), {})[part] = held
        ledger._moves = {unit: list(moves) for unit, moves in snapshot.moves.items()}
        ledger._documents = {document.key: document for document in snapshot.documents}
        ledger._due = [(d.due_at, d.key) for d in snapshot.documents if d.due_at is not None]
        heapq.heapify(ledger._due)
        ledger._entries = dict.fromkeys(snapshot.ids, 0)
        ledger._horizon = snapshot.horizon
        for expected, (position, entry) in enumerate(tail, start=ledger._first):
            if position != expected:
                raise InvalidValue("tail", position, f"the entry at position {expected}: none may be missing")
            ledger.append(entry)
        return ledger

    @classmethod
    def replay(cls, journal: Iterable[Recorded]) -> "Ledger":
        """Return the ledger of a whole journal: what was stored is applied, nothing is decided again."""
        return cls.restore(Snapshot(), journal)


def _left(id: str) -> Entry:
    """Stand for an entry whose events have left this ledger with a snapshot: what is on record stays done."""
    return Entry(id=id, recorded_at=0, occurred_at=0, events=(), movements=(), documents=())
