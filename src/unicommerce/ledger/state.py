"""What a decision may look at: a state answers four questions, and notes answer them from what was read so far.

A decision is asked on notes that answer nothing for what was not read; what it looked up in vain is read, all in one
snapshot, and it is asked again. So a decision is a plain function, and every store gets by with one bulk `read`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from ..values import Unit
from .accounts import Account, Movement, is_part, totals, whole
from .answers import Unchanged
from .records import Document, Entry, Event, Key

__all__ = ["Found", "Notes", "Recall", "State", "Supposed", "Wanted"]

D = TypeVar("D", bound=Document)

Moved = tuple[Unit, str, int]
"""The question of `moved`: unit, place or pile, since."""

Sum = tuple[Unit, tuple[Account, ...]]
"""The question of what many accounts hold together of a unit."""

FEW = 8
"""Up to so many accounts are read one by one; what more of them hold is asked for as one sum."""

RECALLED_MS = 1_000
"""So long a host goes by what it read last: as long as a slow race may last, which is what guards are for."""

RECALLED_MOST = 10_000
"""So many balances, or documents, are recalled at the most."""


class State(Protocol):
    """What is known at one moment. An empty state answers too: zero, None, nothing, zero."""

    def balance(self, unit: Unit, accounts: Iterable[Account]) -> int:
        """Return what these accounts hold together of a unit; below zero where facts ran ahead."""
        ...

    def document(self, key: Key[D]) -> D | None:
        """Return the document at its highest revision, None where there is none."""
        ...

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Return the sub-accounts of an account that hold something: whose holds, which lots."""
        ...

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Return what came to a place less what left it, by movements that occurred after a moment (ms UTC).

        A pile that is counted apart is asked for as a place of its own: `Account.pile`. See `Movement.moves`.
        """
        ...


class Wanted(NamedTuple):
    """What is to be read in one snapshot. A document known at a revision is sent again only if that has changed.

    Of the `sums` only the total is wanted: a store may keep it as a row. The same tuples are asked for again and again.
    """

    balances: Mapping[Unit, Iterable[Account]]
    documents: Mapping[Key[Document], int]
    parts: Iterable[tuple[Unit, Account]] = ()
    moved: Iterable[Moved] = ()
    entry: str = ""
    sums: Sequence[Sum] = ()


class Found(NamedTuple):
    """What was read: every balance, part and move that was wanted; the documents that are not at the known revision.

    `sums` answers those that were wanted, in their order.
    Where an entry of the wanted id is on record, it alone is answered, and the rest may be empty.
    """

    balances: Mapping[Unit, dict[Account, int]]
    documents: Mapping[Key[Document], Document | None]
    parts: Mapping[tuple[Unit, Account], Mapping[Account, int]]
    moved: Mapping[Moved, int]
    entry: Entry | None = None
    sums: tuple[int, ...] = ()


class Recall:
    """What a host read or recorded last, for a second: balances, sums and documents. It decides nothing; see `ask`.

    >>> recall = Recall()
    >>> recall.learn(Wanted({}, {}), Found({Unit("sku:MUG"): {Account("dc", "sellable"): 5}}, {}, {}, {}), 1_000)
    >>> [recall.is_fresh(now) for now in (1_000, 1_999, 2_000)]
    [True, True, False]
    """

    __slots__ = ("_since", "_sums", "balances", "documents")

    def __init__(self) -> None:
        self._since: int | None = None
        self.balances: dict[tuple[Unit, Account], int] = {}
        self.documents: dict[Key[Document], Document | None] = {}
        self._sums: dict[Unit, list[tuple[tuple[Account, ...], frozenset[Account], int]]] = {}

    def is_fresh(self, now: int) -> bool:
        """Tell whether there is something to go by at a moment (ms UTC); what is of another second is forgotten."""
        if self._since is not None and not 0 <= now - self._since < RECALLED_MS:
            self.forget()
        return self._since is not None

    def sum(self, unit: Unit, accounts: tuple[Account, ...]) -> int | None:
        """Return what many accounts hold together, None where it is not recalled."""
        return next((total for those, _, total in self._sums.get(unit, ()) if those == accounts), None)

    def learn(self, wanted: Wanted, found: Found, now: int) -> None:
        """Keep what was read just now."""
        if max(len(self.balances), len(self.documents)) > RECALLED_MOST:
            self.forget()
        if not self.is_fresh(now):
            self._since = now
        for unit, book in found.balances.items():
            self.balances.update({(unit, account): held for account, held in book.items()})
        for (unit, accounts), total in zip(wanted.sums, found.sums, strict=False):
            known = self._sums.get(unit, [])
            members = next((own for those, own, _ in known if those == accounts), None) or frozenset(accounts)
            self._sums[unit] = [(accounts, members, total), *[each for each in known if each[0] != accounts]]
        self.documents.update(found.documents)

    def note(self, entry: Entry) -> None:
        """Keep up with what this host has recorded itself."""
        if self._since is None:
            return
        self.documents.update({document.key: document for document in entry.documents})
        for quantity, unit, source, target in entry.movements:
            for account, change in ((source, -quantity), (target, quantity)):
                for total in totals(account):
                    if (unit, total) in self.balances:
                        self.balances[unit, total] += change
                    self._sums[unit] = [
                        (those, own, held + change if total in own else held)
                        for those, own, held in self._sums.get(unit, ())
                    ]

    def forget(self) -> None:
        """Forget all."""
        self._since = None
        self.balances.clear()
        self.documents.clear()
        self._sums.clear()


class Notes:
    """A state of which only some has been read. What is looked up in vain counts as nothing and is noted, to be read.

    Over a `live` state nothing is in vain: notes then only remember which documents were looked at, for the guards.
    With a `recall`, what it has is taken for what is on record until something is read (`is_recalled`).
    """

    __slots__ = ("_balances", "_documents", "_live", "_moved", "_parts", "_recall", "_sums", "_totals", "is_complete")

    def __init__(self, known: Iterable[Document] = (), live: State | None = None, recall: Recall | None = None) -> None:
        self._balances: dict[Unit, dict[Account, int]] = {}
        self._documents: dict[Key[Document], Document | None] = {}
        self._parts: dict[tuple[Unit, Account], Mapping[Account, int]] = {}
        self._moved: dict[Moved, int] = {}
        self._sums: list[Sum] = []
        self._totals: Sequence[int] = ()
        self._live = live
        self._recall = recall if live is None else None
        self.is_complete = live is not None or recall is not None
        if live is None:
            self._documents.update({document.key: document for document in known})

    @property
    def is_recalled(self) -> bool:
        """Tell whether nothing was read yet, and all that was looked up is what a host recalls."""
        return self._recall is not None

    def balance(self, unit: Unit, accounts: Iterable[Account]) -> int:
        """Return the sum of what was read."""
        if self._live is not None:
            return self._live.balance(unit, accounts)
        wanted = tuple(accounts)
        if len(wanted) > FEW:
            return self._sum(unit, wanted)
        if (book := self._balances.get(unit)) is None:
            book = self._balances[unit] = {}
        held = [*map(book.get, wanted)]
        if None not in held:
            return sum(held)  # type: ignore[arg-type]  # none of them is None
        recalled = self._recall.balances if self._recall else {}
        for account in wanted:
            if account not in book:
                self.is_complete &= (unit, account) in recalled
                book[account] = recalled.get((unit, account), 0)
        return sum([book[account] for account in wanted])

    def _sum(self, unit: Unit, accounts: tuple[Account, ...]) -> int:
        # A list, not a mapping: to hash hundreds of accounts takes longer than to decide.
        if (unit, accounts) not in self._sums:
            self._sums.append((unit, accounts))
            known = self._recall.sum(unit, accounts) if self._recall else None
            self.is_complete &= known is not None
            self._totals = [*self._totals, known or 0]
        return self._totals[self._sums.index((unit, accounts))]

    def document(self, key: Key[D]) -> D | None:
        """Return the document that was read."""
        if (found := self._documents.get(key)) is None and key not in self._documents:
            if self._live is not None:
                found = self._live.document(key)
            elif self._recall is not None and key in self._recall.documents:
                found = self._recall.documents[key]
            else:
                self.is_complete = False
            self._documents[key] = found
        return found  # type: ignore[return-value]  # a key's type names the class of its document

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Return the sub-accounts that were read."""
        if self._live is not None:
            return self._live.parts(unit, account)
        if (found := self._parts.get((unit, account))) is None:
            found = self._parts[unit, account] = {}
            self.is_complete = False
        return found

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Return the net movement that was read."""
        if self._live is not None:
            return self._live.moved(unit, place, since)
        if (found := self._moved.get((unit, place, since))) is None:
            found = self._moved[unit, place, since] = 0
            self.is_complete = False
        return found

    def wanted(self, entry: str = "") -> Wanted:
        """Return all that was looked up so far, in vain or not: it is read again together, true at one moment."""
        revisions = {key: document.revision if document else 0 for key, document in self._documents.items()}
        return Wanted(self._balances, revisions, self._parts, self._moved, entry, tuple(self._sums))

    def take(self, found: Found) -> None:
        """Note what was read."""
        self._balances.update(found.balances)
        self._documents.update(found.documents)
        self._parts.update(found.parts)
        self._moved.update(found.moved)
        self._totals = found.sums
        self._recall = None
        self.is_complete = True

    def unchanged(self) -> tuple[Unchanged, ...]:
        """Return the guards of every document that was looked up: at the revision that was read (0: none)."""
        return tuple(
            [Unchanged(key, document.revision if document else 0) for key, document in self._documents.items()]
        )


class Supposed:
    """The state as it would be after some events: what a second decision in the same entry is decided on."""

    def __init__(self, state: State, events: Iterable[Event]) -> None:
        self._state = state
        self._movements: dict[Unit, list[Movement]] = {}
        self._changes: dict[Unit, dict[Account, int]] = {}
        self._documents: dict[Key[Document], Document] = {}
        self.suppose(events)

    def suppose(self, events: Iterable[Event]) -> None:
        """Suppose more events, after those before: each costs what it changes, however many came before it."""
        for event in events:
            for movement in event.movements():
                self._post(movement)
            for document in event.documents():
                if (known := self._documents.get(document.key)) is None or known.revision < document.revision:
                    self._documents[document.key] = document

    def _post(self, movement: Movement) -> None:
        self._movements.setdefault(movement.unit, []).append(movement)
        book = self._changes.setdefault(movement.unit, {})
        for account, change in ((movement.source, -movement.quantity), (movement.target, movement.quantity)):
            for total in totals(account):
                book[total] = book.get(total, 0) + change

    def balance(self, unit: Unit, accounts: Iterable[Account]) -> int:
        """Return what the accounts would hold."""
        wanted = tuple(accounts)
        book = self._changes.get(unit, {})
        return self._state.balance(unit, wanted) + sum([book.get(account, 0) for account in wanted])

    def document(self, key: Key[D]) -> D | None:
        """Return the document as it would be."""
        known, supposed = self._state.document(key), self._documents.get(key)
        if supposed is None or (known is not None and known.revision >= supposed.revision):
            return known
        return supposed  # type: ignore[return-value]  # a key's type names the class of its document

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Return the sub-accounts as they would be."""
        parts = dict(self._state.parts(unit, account))
        for movement in self._movements.get(unit, ()):
            for part, change in ((movement.source, -movement.quantity), (movement.target, movement.quantity)):
                if is_part(part) and whole(part) == account:
                    parts[part] = parts.get(part, 0) + change
        return {part: held for part, held in parts.items() if held}

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Return the net movement as it would be: supposed events occur now, which is after any moment asked for."""
        moves = [move for movement in self._movements.get(unit, ()) for move in movement.moves()]
        return self._state.moved(unit, place, since) + sum([change for where, change in moves if where == place])
