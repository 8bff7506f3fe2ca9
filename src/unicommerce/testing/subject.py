"""What is tested: a store that can be opened at an address, and what it claims to guarantee.

One function opens it, `make(address)`: an address that is new is an empty store, the same address again is another
handle on the same records. So there is one way to reopen, to share between threads and to share between processes.
"""

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple, TypeVar

import attrs

from ..ledger import Account, Entry, Found, Guard, Recorded, Snapshot, Store, Wanted, run
from ..values import Unit
from .notes import MUG, note_key

__all__ = ["Bench", "Check", "Guarantee", "Handle", "Subject", "added_up", "beside", "close"]

T = TypeVar("T")


class Guarantee(StrEnum):
    """What a store may claim beside the contract; the kit tests what is claimed and says what is not."""

    DURABLE = "durable: what was answered is there when the store is opened again"
    THREADS = "threads: each thread opens a handle of its own on the same records"
    PROCESSES = "processes: each process opens a handle of its own on the same records"
    QUEUES = "queues: `holding` stands at the head of the queue of what a guard names, and facts pass it"
    RETENTION = "retention: `retire` lets go of what is old, and nothing that has left is taken again"
    MIGRATIONS = "migrations: what an older version left, or still writes, is answered as before"


def beside(store: Store, name: str, guarantee: Guarantee) -> object:
    """Return a method that a store has beside the protocol. Raises `AssertionError` where it claims and has none."""
    method: object = getattr(store, name, None)
    if method is None:
        raise AssertionError(f"{guarantee.name} is claimed, and {type(store).__name__} has no method `{name}`")
    return method


def close(store: Store) -> Coroutine[object, object, None] | None:
    """Close a store that has a method for it."""
    closing: Callable[[], Coroutine[object, object, None] | None] | None = getattr(store, "close", None)
    return closing() if closing else None


class Subject(NamedTuple):
    """A store to be tested. `make` opens it at an address and can be imported by name, so that processes find it too.

    An address is the path of a file that is not there yet; a database makes a schema of its last part, which is a name
    of small letters and digits. `waits`: its methods wait for an event loop. `older`: open an address as earlier
    versions of the store did, the oldest first.
    """

    name: str
    make: Callable[[str], Store]
    guarantees: frozenset[Guarantee] = frozenset()
    waits: bool = False
    close: Callable[[Store], Coroutine[object, object, None] | None] = close
    older: tuple[Callable[[str], Store], ...] = ()


class Handle:
    """An open store, and what drives it."""

    def __init__(self, store: Store, drive: Callable[[Coroutine[object, object, object]], object] = run) -> None:
        self.store = store
        self._drive = drive

    def do(self, coroutine: Coroutine[object, object, T]) -> T:
        """Return what a coroutine over the store answers."""
        answer: T = self._drive(coroutine)  # type: ignore[assignment]  # it answers what the coroutine answers
        return answer

    def put(self, *entries: Entry, guards: tuple[Guard, ...] = ()) -> list[Recorded | None]:
        """Append entries, each under these guards."""
        return [self.do(self.store.append(each, guards)) for each in entries]

    def read(self, wanted: Wanted) -> Found:
        """Read."""
        return self.do(self.store.read(wanted))

    def held(self, *accounts: Account, unit: Unit = MUG) -> list[int]:
        """Return what accounts hold, each by itself."""
        found = self.read(Wanted({unit: accounts}, {})).balances[unit]
        return [found[account] for account in accounts]

    def note(self, id: str) -> object:
        """Return a note that is on record."""
        return self.read(Wanted({}, {note_key(id): -1})).documents[note_key(id)]

    def journal(self) -> tuple[Recorded, ...]:
        """Return the whole journal, page by page."""
        pages: list[Recorded] = []
        while page := self.do(self.store.since(pages[-1].position if pages else 0, 500)):
            pages += page
        return tuple(pages)

    def due(self, now: int, limit: int = 100) -> list[str]:
        """Return the ids of what is due."""
        return [document.key.id for document in self.do(self.store.due(now, limit))]

    def everything(self) -> Snapshot:
        """Return all of the state, in one form."""
        return added_up(self.do(self.store.snapshot()))


def added_up(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot in one form: no question tells the moves of one moment apart, or the order of documents."""
    moves: dict[Unit, dict[tuple[int, str], int]] = {}
    for unit, rows in snapshot.moves.items():
        for occurred_at, place, change in rows:
            book = moves.setdefault(unit, {})
            book[occurred_at, place] = book.get((occurred_at, place), 0) + change
    return attrs.evolve(
        snapshot,
        balances={unit: dict(book) for unit, book in snapshot.balances.items()},
        parts={unit: dict(book) for unit, book in snapshot.parts.items()},
        moves={unit: tuple(sorted((*key, change) for key, change in book.items())) for unit, book in moves.items()},
        documents=tuple(sorted(snapshot.documents, key=lambda document: document.key)),
    )


class Bench(Handle):
    """The store that a check is run on, empty at first; more handles on it, and more stores, are closed at the end."""

    def __init__(
        self, subject: Subject, address: str, drive: Callable[[Coroutine[object, object, object]], object]
    ) -> None:
        self.subject, self.address, self._opened = subject, address, 0
        self._handles: list[Handle] = []
        super().__init__(subject.make(address), drive)
        self._handles.append(self)

    @classmethod
    @contextmanager
    def open(cls, subject: Subject, address: str) -> Iterator["Bench"]:
        """Open a store, and a loop where it waits for one; close all that was opened."""
        if not subject.waits:
            bench = cls(subject, address, run)
            try:
                yield bench
            finally:
                bench.close()
            return
        with asyncio.Runner() as loop:
            bench = cls(subject, address, loop.run)
            try:
                yield bench
            finally:
                bench.close()

    def another(self, make: Callable[[str], Store] | None = None) -> Handle:
        """Return another handle on the same records; made in another way, where it is said how."""
        self._handles.append(Handle((make or self.subject.make)(self.address), self._drive))
        return self._handles[-1]

    def empty(self, make: Callable[[str], Store] | None = None) -> "Bench":
        """Return a bench of its own, empty, driven by the same loop; made in another way, where it is said how."""
        self._opened += 1
        subject = self.subject._replace(make=make or self.subject.make)
        bench = Bench(subject, f"{self.address}x{self._opened}", self._drive)
        self._handles.append(bench)
        bench.begin()
        return bench

    def begin(self) -> None:
        """Raise `AssertionError` where the store is not empty, though its address is new."""
        if there := self.do(self.store.since(0, 1)):
            raise AssertionError(f"a new address opened a store with entries: {self.address} has {there[0].entry.id!r}")

    def close(self) -> None:
        """Close all handles, the last first."""
        while self._handles:
            handle = self._handles.pop()
            if isinstance(handle, Bench) and handle is not self:
                handle.close()
            elif inspect.iscoroutine(closing := self.subject.close(handle.store)):
                self._drive(closing)


class Check(NamedTuple):
    """One thing that a store owes: its name, the rule in a sentence, what must be claimed for it, and the function.

    The function raises `AssertionError` where the rule is broken.
    """

    name: str
    rule: str
    run: Callable[[Bench], None]
    needs: frozenset[Guarantee] = frozenset()

    @classmethod
    def of(cls, run: Callable[[Bench], None], *needs: Guarantee) -> "Check":
        """Return the check of a function: its name, and the first line of its docstring as the rule."""
        return cls(run.__name__, (run.__doc__ or "").partition("\n")[0], run, frozenset(needs))

    def address(self, folder: str) -> str:
        """Return an address for this check below a folder: its last part is short, and is used once."""
        return f"{folder}/c{blake2b(f'{folder}/{self.name}'.encode(), digest_size=8).hexdigest()}"

    def on(self, subject: Subject, folder: str) -> None:
        """Run the check on a new store. Raises `AssertionError` where the rule is broken."""
        with Bench.open(subject, self.address(folder)) as bench:
            bench.begin()
            self.run(bench)
