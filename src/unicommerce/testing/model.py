"""The reference store: a list of entries, and every answer computed anew from the whole of it. Slow and obvious.

It shares no line with the ledger, so that the two can be held against each other, and any store against it. Each
question is a small method: a saboteur overrides one of them and is a broken store.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import dropwhile

import attrs

from ..errors import Contradiction, InvalidValue, TooOld
from ..ledger import (
    Account,
    Between,
    Document,
    Entry,
    Found,
    Guard,
    Key,
    Movement,
    Recorded,
    Snapshot,
    State,
    Unchanged,
    Wanted,
)
from ..values import Unit

__all__ = ["Reference"]


class Reference:
    """A store that keeps nothing but what it was given."""

    def __init__(self) -> None:
        self.start = Snapshot()
        self.entries: list[Entry] = []
        self.closed: dict[Key[Document], int] = {}

    # The six methods

    @property
    def state(self) -> State | None:
        """Return nothing: it is read like a store that lives elsewhere."""
        return None

    async def read(self, wanted: Wanted) -> Found:
        """Answer each question by itself."""
        if wanted.entry and (known := self.known(wanted.entry)) is not None:
            return Found({}, {}, {}, {}, known.entry)
        documents = {key: self.document(key) for key in wanted.documents}
        return Found(
            {unit: {each: self.held(unit, each) for each in accounts} for unit, accounts in wanted.balances.items()},
            {key: found for key, found in documents.items() if self.revision(key) != wanted.documents[key]},
            {(unit, account): self.parts(unit, account) for unit, account in wanted.parts},
            {question: self.moved(*question) for question in wanted.moved},
            sums=tuple([sum([self.held(unit, each) for each in accounts]) for unit, accounts in wanted.sums]),
        )

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Take the entry, look whether all is right, and take it off again where it is not."""
        if (known := self.known(entry.id)) is not None:
            return known
        if (horizon := self.start.horizon) is not None and self.is_too_old(entry, horizon):
            raise TooOld(entry.id, entry.occurred_at, horizon)
        if not all(self.revision(guard.key) == guard.revision for guard in guards if isinstance(guard, Unchanged)):
            return None
        self.refuse_contradictions(entry)
        self.entries.append(entry)
        if not all(self.admits(guard) for guard in guards if isinstance(guard, Between)):
            self.entries.pop()
            return None
        return Recorded(self.position(), entry)

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries."""
        numbered = enumerate(self.entries, start=self.start.position + 1)
        return tuple([Recorded(number, entry) for number, entry in numbered if number > position][:limit])

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due."""
        asking = [(due_at, d.key, d) for d in self.documents() if (due_at := d.due_at) is not None and due_at <= now]
        return tuple([document for _, _, document in sorted(asking, key=lambda each: each[:2])][:limit])

    async def snapshot(self) -> Snapshot:
        """Return everything, asked one by one."""
        return Snapshot(
            position=self.position(),
            balances=_filled({unit: self._balances(unit) for unit in self._units()}),
            parts=_filled({unit: self._all_parts(unit) for unit in self._units()}),
            moves={unit: moves for unit in self._units() if (moves := tuple(sorted(self._moves(unit))))},
            documents=tuple(self.documents()),
            ids=self.start.ids | {entry.id for entry in self.entries},
            horizon=self.start.horizon,
        )

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Start from a snapshot, and take the entries after it."""
        if self.position():
            raise InvalidValue("store", "with entries", "an empty store")
        entries = [*tail]
        if [number for number, _ in entries] != [*range(snapshot.position + 1, snapshot.position + len(entries) + 1)]:
            raise InvalidValue("tail", [number for number, _ in entries], "every entry after the snapshot, in order")
        self.start = snapshot
        self.entries = [entry for _, entry in entries]

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Start from what the entries that leave have left behind."""
        stay = [*dropwhile(lambda entry: entry.recorded_at < before, self.entries)]
        self.entries = self.entries[: len(self.entries) - len(stay)]
        gone, kept = {*closed}, frozenset([entry.id for entry in self.entries if self.keeps_the_id(entry)])
        self.start = attrs.evolve(
            await self.snapshot(),
            documents=tuple([document for document in self.documents() if document.key not in gone]),
            ids=self.start.ids | kept,
            horizon=before if self.start.horizon is None else max(before, self.start.horizon),
        )
        self.entries = stay
        self.closed |= dict.fromkeys(gone, self.position())

    # Each question, from all the entries

    def is_too_old(self, entry: Entry, horizon: int) -> bool:
        """Tell whether an entry may have been on record and have left."""
        return entry.occurred_at < horizon

    def keeps_the_id(self, entry: Entry) -> bool:
        """Tell whether a repeat would bear a later moment than the entry that leaves."""
        return entry.occurred_at >= entry.recorded_at

    def position(self) -> int:
        """Return the position of the last entry."""
        return self.start.position + len(self.entries)

    def known(self, id: str) -> Recorded | None:
        """Return the entry of an id; of one that a snapshot brought along only that it was there."""
        for number, entry in enumerate(self.entries, start=self.start.position + 1):
            if entry.id == id:
                return Recorded(number, entry)
        return Recorded(0, Entry(id, 0, 0, (), (), ())) if id in self.start.ids else None

    def posted(self, unit: Unit) -> Iterator[tuple[Account, int]]:
        """Yield what was posted to each account since the start: less for what left it, more for what came."""
        for entry in self.entries:
            for movement in entry.movements:
                if movement.unit == unit:
                    yield movement.source, -movement.quantity
                    yield movement.target, movement.quantity

    def held(self, unit: Unit, account: Account) -> int:
        """Return what an account holds: what was posted to it and to the sub-accounts that are counted in it."""
        before = self.start.balances.get(unit, {}).get(account, 0)
        return before + sum([change for own, change in self.posted(unit) if self.counts(account, own)])

    def counts(self, account: Account, own: Account) -> bool:
        """Tell whether what is posted to the second account counts in the first: itself, one dimension, the whole."""
        dimensions = [(total, part) for total, part in zip(account[2:], own[2:], strict=True) if total]
        is_kept = len(dimensions) <= 1 and all(total == part for total, part in dimensions)
        return account == own or (account[:2] == own[:2] and is_kept)

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Return the sub-accounts of a whole account that hold something."""
        parts = self._all_parts(unit)
        return {part: held for part, held in parts.items() if part[:2] == account[:2] and not any(account[2:])}

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Return what came to a place or a pile less what left it, by when it occurred."""
        return sum([change for at, where, change in self._moves(unit) if where == place and at > since])

    def documents(self) -> list[Document]:
        """Return every document at its highest revision."""
        found = {document.key: document for document in self.start.documents}
        for number, entry in enumerate(self.entries, start=self.start.position + 1):
            for document in entry.documents:
                key, is_closed = document.key, number <= self.closed.get(document.key, 0)
                if not is_closed and (key not in found or found[key].revision < document.revision):
                    found[key] = document
        return [*found.values()]

    def document(self, key: Key[Document]) -> Document | None:
        """Return a document at its highest revision."""
        return next((document for document in self.documents() if document.key == key), None)

    def revision(self, key: Key[Document]) -> int:
        """Return the revision of a document, 0 where there is none."""
        document = self.document(key)
        return document.revision if document else 0

    def admits(self, guard: Between) -> bool:
        """Tell whether a guard holds now."""
        return guard.admits(sum([self.held(guard.unit, account) for account in guard.accounts]))

    def refuse_contradictions(self, entry: Entry) -> None:
        """Raise `Contradiction` for a document that has the revision of the one before it, and other content."""
        known = {document.key: document for document in self.documents()}
        for document in entry.documents:
            earlier = known.get(document.key)
            if earlier is not None and earlier.revision == document.revision and earlier != document:
                raise Contradiction(entry.id, f"{document.key.kind} {document.key.id}", earlier, document)
            if earlier is None or earlier.revision < document.revision:
                known[document.key] = document

    def _units(self) -> list[Unit]:
        return sorted(
            {m.unit for entry in self.entries for m in entry.movements} | {*self.start.balances} | {*self.start.moves}
        )

    def _balances(self, unit: Unit) -> dict[Account, int]:
        accounts = {*self.start.balances.get(unit, {})}
        for place, state, *dimensions in {own for own, _ in self.posted(unit)}:
            ref, lot, owner = dimensions
            accounts |= {Account(place, state, *dimensions), Account(place, state)}
            accounts |= {
                Account(place, state, ref),
                Account(place, state, "", lot),
                Account(place, state, "", "", owner),
            }
        return {account: held for account in accounts if (held := self.held(unit, account))}

    def _all_parts(self, unit: Unit) -> dict[Account, int]:
        parts = dict(self.start.parts.get(unit, {}))
        for own, change in self.posted(unit):
            if any(own[2:]):
                parts[own] = parts.get(own, 0) + change
        return {part: held for part, held in parts.items() if held}

    def _moves(self, unit: Unit) -> Iterator[tuple[int, str, int]]:
        horizon = self.start.horizon
        yield from [each for each in self.start.moves.get(unit, ()) if horizon is None or each[0] >= horizon]
        for entry in self.entries:
            for movement in entry.movements if horizon is None or entry.occurred_at >= horizon else ():
                if movement.unit == unit:
                    yield from [(entry.occurred_at, *move) for move in self.moves(movement)]

    def moves(self, movement: Movement) -> Iterator[tuple[str, int]]:
        """Yield what a movement changes of its places, and of what stands apart at them: all but a correction."""
        quantity, _, source, target = movement
        for here, other, change in ((source, target, -quantity), (target, source, quantity)):
            if here.place != other.place:
                yield here.place, change
            if here.state in {"damaged", "quarantine"} and other[:2] != here[:2] and other.state != "missing":
                yield f"{here.state}:{here.place}", change


def _filled(books: Mapping[Unit, Mapping[Account, int]]) -> dict[Unit, Mapping[Account, int]]:
    return {unit: book for unit, book in books.items() if book}
