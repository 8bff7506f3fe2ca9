"""Stores that are right for one client and wrong for eight, and their sound brothers `Patient` and `Shared`.

They wait for an event loop, or for a lock, where a database would wait for a lock or a disk.
"""

import asyncio
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import ClassVar

import attrs

from ..ledger import (
    Between,
    Entry,
    Found,
    Guard,
    Ledger,
    Memory,
    Recorded,
    Snapshot,
    Supposed,
    Unchanged,
    Wanted,
)

__all__ = [
    "ChecksWithAnOldSnapshot",
    "GivesUpOnFacts",
    "HoldsNobodyUp",
    "LocksAsNamed",
    "LooksForTheIdBefore",
    "LosesUpdates",
    "Patient",
    "Queued",
    "QueuesFacts",
    "ReadsThenWrites",
    "ReadsTwoMoments",
    "RestoresForItself",
    "Shared",
    "SharedWithoutALock",
    "ShowsTheUnsettled",
]


# Broken where several are at work


class Patient(Memory):
    """A sound store that waits: others are served meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = asyncio.Lock()

    @property
    def state(self) -> None:  # type: ignore[override]  # that is the difference
        """Return nothing: it has to be read."""
        return

    async def read(self, wanted: Wanted) -> Found:
        """Wait, then read at one moment."""
        await asyncio.sleep(0)
        return await super().read(wanted)

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Wait in the queue, then append in one step."""
        async with self.queue:
            await asyncio.sleep(0)
            return await super().append(entry, guards)

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Wait, then read."""
        await asyncio.sleep(0)
        return await super().since(position, limit)

    def admitted(self, entry: Entry, guards: Iterable[Guard]) -> bool:
        """Tell whether the guards hold on the state that the entry would leave now."""
        after = Supposed(self.ledger, entry.events)
        return all(
            guard.admits(after.balance(guard.unit, guard.accounts))
            if isinstance(guard, Between)
            else (known.revision if (known := self.ledger.document(guard.key)) else 0) == guard.revision
            for guard in guards
        )


class ReadsThenWrites(Patient):
    """Checks in one step and writes in the next, and nobody queues."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Check, wait, write."""
        if self.ledger.entry(entry.id) is None and not self.admitted(entry, guards):
            return None
        await asyncio.sleep(0)
        return self.ledger.append(entry)


class ChecksWithAnOldSnapshot(Patient):
    """Locks and checks in one statement, whose snapshot is older than its lock."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """See, wait in the queue, write what was right before."""
        holds = self.admitted(entry, guards)
        async with self.queue:
            await asyncio.sleep(0)
            if self.ledger.entry(entry.id) is None and not holds:
                return None
            return self.ledger.append(entry)


class LosesUpdates(Patient):
    """Checks sums in the step that writes, and revisions before it."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Look at the documents, wait, write."""
        revisions = [guard for guard in guards if isinstance(guard, Unchanged)]
        if self.ledger.entry(entry.id) is None and not self.admitted(entry, revisions):
            return None
        await asyncio.sleep(0)
        return self.ledger.append(entry, [guard for guard in guards if isinstance(guard, Between)])


class ReadsTwoMoments(Patient):
    """Reads balances at one moment and documents and moves at another, and trusts what was read."""

    async def read(self, wanted: Wanted) -> Found:
        """Read twice."""
        first = await super().read(wanted)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return (await super().read(wanted))._replace(balances=first.balances, sums=first.sums)


class LooksForTheIdBefore(Patient):
    """Looks for the id before it waits, and takes the entry again after it."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Look, wait, write."""
        is_new = self.ledger.entry(entry.id) is None
        await asyncio.sleep(0)
        if is_new and self.ledger.entry(entry.id) is not None:
            entry = attrs.evolve(entry, id=f"{entry.id} ")
        return self.ledger.append(entry, guards)


class ShowsTheUnsettled(Patient):
    """Takes positions before it commits, and shows a later one while an earlier one may still appear."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = 0
        self.shown: dict[int, Entry] = {}

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Take a position; be seen a while later, the longer the lower the last digit."""
        if (recorded := self.ledger.append(entry, guards)) is None or recorded.entry is not entry:
            return recorded
        self.taken += 1
        position = self.taken
        for _ in range(position * 7 % 5):
            await asyncio.sleep(0)
        self.shown[position] = entry
        return Recorded(position, entry)

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Show what has a higher position and is there."""
        await asyncio.sleep(0)
        there = [Recorded(number, self.shown[number]) for number in sorted(self.shown) if number > position]
        return tuple(there[:limit])


class GivesUpOnFacts(Patient):
    """Gives up where somebody else is at work, as `NOWAIT` does."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Look whether the way is free."""
        return None if self.queue.locked() and not guards else await super().append(entry, guards)


# Broken where several threads are at work

_RECORDS: dict[str, tuple[Ledger, threading.Lock]] = {}


class Shared(Memory):
    """A sound store that threads share: by address, as long as the process lives, one at a time."""

    def __init__(self, address: str) -> None:
        self.address = address
        ledger, self.lock = _RECORDS.setdefault(address, (Ledger(), threading.Lock()))
        super().__init__(ledger)

    @property
    def state(self) -> None:  # type: ignore[override]  # others write meanwhile
        """Return nothing: it has to be read."""
        return

    async def read(self, wanted: Wanted) -> Found:
        """Read while nobody writes."""
        with self.lock:
            return await super().read(wanted)

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append while nobody else does."""
        with self.lock:
            return await super().append(entry, guards)

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill what all handles share that are opened from now on."""
        await super().restore(snapshot, tail)
        _RECORDS[self.address] = self.ledger, self.lock


class RestoresForItself(Shared):
    """Is restored in the one handle that was asked."""

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Leave the records as they are."""
        await Memory.restore(self, snapshot, tail)


class SharedWithoutALock(Shared):
    """Reads, decides and writes, each under the lock, and not all three under one."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Check, let go, write."""
        with self.lock:
            after = Supposed(self.ledger, entry.events)
            sums = [guard for guard in guards if isinstance(guard, Between)]
            holds = all(guard.admits(after.balance(guard.unit, guard.accounts)) for guard in sums)
            is_new = self.ledger.entry(entry.id) is None
        if is_new and not holds:
            return None
        time.sleep(0)  # noqa: ASYNC251 - threads are meant
        with self.lock:
            return self.ledger.append(entry, [guard for guard in guards if isinstance(guard, Unchanged)])


# Broken where several stand in a queue

_QUEUES: dict[tuple[str, str], threading.Lock] = {}


class Queued(Shared):
    """A sound store in which guarded appends queue for each thing that they name, in one order, and facts do not."""

    patience_s: ClassVar[float] = 30

    def named(self, guards: Iterable[Guard]) -> Iterable[str]:
        """Return what guards name, each once, in one order."""
        return sorted({guard.unit if isinstance(guard, Between) else repr(guard.key) for guard in guards})

    @contextmanager
    def holding(self, *guards: Guard) -> Iterator[None]:
        """Stand at the head of the queue of all that is named. Raises `TimeoutError` as a database does."""
        with ExitStack() as held:
            for name in self.named(guards):
                lock = _QUEUES.setdefault((self.address, name), threading.Lock())
                if not lock.acquire(timeout=self.patience_s):
                    raise TimeoutError(f"waited for {name} for {self.patience_s} s")
                held.callback(lock.release)
            yield

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Queue for what the guards name, and append."""
        with self.holding(*guards):
            return await super().append(entry, guards)


class LocksAsNamed(Queued):
    """Takes its locks in the order in which guards name them."""

    patience_s = 0.2

    def named(self, guards: Iterable[Guard]) -> Iterator[str]:
        """Leave the order as it is, and take a while between two."""
        names = dict.fromkeys([each for guard in guards for each in super(LocksAsNamed, self).named((guard,))])
        for number, name in enumerate(names):
            time.sleep(0.001 * bool(number))
            yield name


class QueuesFacts(Queued):
    """Lets a fact queue for every unit that it moves."""

    patience_s = 0.2

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Queue for the units of a fact as if it were guarded."""
        own = () if guards else tuple([Between(movement.unit, ()) for movement in entry.movements])
        with self.holding(*own):
            return await super().append(entry, guards)


class HoldsNobodyUp(Queued):
    """Says that it stands at the head of a queue, and others pass."""

    @contextmanager
    def holding(self, *guards: Guard) -> Iterator[None]:
        """Stand nowhere."""
        del guards
        yield
