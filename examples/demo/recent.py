"""Two thin layers over a store: one remembers what it has just put on record, one kills its process in time."""

import os
import signal
from collections.abc import Iterable

from unicommerce.ledger import Document, Entry, Found, Guard, Recorded, Snapshot, State, Store, Wanted

REMEMBERED = 1_000


class Recent:
    """A store whose newest entries need not be read again by those who follow the journal right behind."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent: dict[int, Entry] = {}

    @property
    def state(self) -> State | None:
        """Return the state."""
        return self._store.state

    async def read(self, wanted: Wanted) -> Found:
        """Read."""
        return await self._store.read(wanted)

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append, and remember."""
        recorded = await self._store.append(entry, guards)
        if recorded is not None and recorded.entry is entry:
            self._recent[recorded.position] = entry
            self._recent.pop(recorded.position - REMEMBERED, None)
        return recorded

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries, from memory if the first of them is there."""
        if position + 1 not in self._recent:
            return await self._store.since(position, limit)
        found = range(position + 1, min(position + limit, next(reversed(self._recent))) + 1)
        return tuple([Recorded(at, self._recent[at]) for at in found])

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due."""
        return await self._store.due(now, limit)

    async def snapshot(self) -> Snapshot:
        """Return the state at one position."""
        return await self._store.snapshot()

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Take in a snapshot."""
        await self._store.restore(snapshot, tail)


class Mortal(Recent):
    """A store that kills its process right after it has put an entry on record, before anybody learns of it."""

    def __init__(self, store: Store, entries: int) -> None:
        super().__init__(store)
        self._left = entries

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append, and die when the time has come."""
        recorded = await super().append(entry, guards)
        if recorded is not None and recorded.entry is entry:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
        return recorded
