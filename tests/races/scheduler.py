"""A scheduler: whose turn is next is drawn from a seed, so that each order of events can be had again.

A store that waits does so by awaiting a turn; a coroutine that awaits one goes back to the others.
"""

import random
from collections.abc import Coroutine, Generator, Iterable
from typing import TypeVar

from unicommerce.ledger import (
    Between,
    Document,
    Entry,
    Found,
    Guard,
    Ledger,
    Recorded,
    Snapshot,
    Store,
    Supposed,
    Wanted,
)

T = TypeVar("T")


class Turn:
    """Awaited, it lets others run."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def run_interleaved(coroutines: Iterable[Coroutine[object, object, T]], seed: int) -> list[T]:
    """Run coroutines a turn at a time in an order drawn from the seed, and return their answers in their own order."""
    draw = random.Random(seed)
    waiting = list(enumerate(coroutines))
    answers: dict[int, T] = {}
    while waiting:
        index = draw.randrange(len(waiting))
        number, coroutine = waiting[index]
        try:
            coroutine.send(None)
        except StopIteration as done:
            answers[number] = done.value
            del waiting[index]
    return [answers[number] for number in sorted(answers)]


class Waiting:
    """A store that lets others run before each reading and each recording, and after; its state is not at hand."""

    state = None

    def __init__(self, store: Store) -> None:
        self.store = store

    async def read(self, wanted: Wanted) -> Found:
        """Read at one moment, after a turn and before one."""
        await Turn()
        found = await self.store.read(wanted)
        await Turn()
        return found

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append in one step, after a turn and before one."""
        await Turn()
        recorded = await self.store.append(entry, guards)
        await Turn()
        return recorded

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries."""
        return await self.store.since(position, limit)

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due."""
        return await self.store.due(now, limit)

    async def snapshot(self) -> Snapshot:
        """Return the state."""
        return await self.store.snapshot()

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill the store."""
        await self.store.restore(snapshot, tail)


class Naive(Waiting):
    """The store that reads, decides, and then writes: each in one step, but not both in the same."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append where the guards held a turn ago."""
        sums = [guard for guard in guards if isinstance(guard, Between)]
        after = Supposed(Ledger.replay(await self.since(0, 10**6)), entry.events)
        if not all(guard.admits(after.balance(guard.unit, guard.accounts)) for guard in sums):
            return None
        await Turn()
        return await self.store.append(entry)
