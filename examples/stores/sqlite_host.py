"""One SQLite file that all coroutines of a process share: what they ask at the same time is recorded together.

Threads that write to one file wait for each other's disk, and for Python's lock at each step besides; coroutines in one
transaction wait for one disk once. A thread writes and another reads, which in SQLite waits for no writer. Other
processes may use the file too. Copy it with `sqlite.py`, `threaded.py` and `lanes.py`.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from examples.stores.lanes import Lane
from examples.stores.sqlite import SQLiteStore
from examples.stores.threaded import ThreadedStore
from unicommerce.codec import Codec
from unicommerce.errors import InvalidValue, UnicommerceError
from unicommerce.ledger import Document, Entry, Found, Guard, Key, Recorded, Snapshot, State, Wanted

__all__ = ["SQLiteHost"]

AT_FAULT = (UnicommerceError, sqlite3.DataError, sqlite3.IntegrityError)
"""What one of a batch may be the cause of; anything else concerns the file, and so all of them."""

Asked = tuple[Entry, tuple[Guard, ...]]


class SQLiteHost:
    """The store in a file, for the coroutines of one process; see `SQLiteStore`. Raises `InvalidValue` for no file."""

    def __init__(
        self,
        path: str | Path,
        *,
        synchronous: Literal["NORMAL", "FULL"] = "FULL",
        wait_ms: int = 30_000,
        codec: Codec = Codec(),
    ) -> None:
        if str(path) == ":memory:":
            raise InvalidValue("path", path, "a file: two connections share it")

        def make() -> SQLiteStore:
            return SQLiteStore(path, synchronous=synchronous, wait_ms=wait_ms, codec=codec)

        self._writer, self._reader = ThreadedStore(make), ThreadedStore(make)
        self._appends: Lane[Asked, Recorded | None] = Lane(self._append_all, AT_FAULT)
        self._reads: Lane[Wanted, Found] = Lane(self._read_all, AT_FAULT)

    async def close(self) -> None:
        """Close the file; what is under way has been awaited before."""
        for threaded in (self._reader, self._writer):
            await threaded.close(SQLiteStore.close)

    @property
    def state(self) -> State | None:
        """Return None: what is in a file is read, not looked at."""
        return None

    async def read(self, wanted: Wanted) -> Found:
        """Answer all that is wanted as of one moment; if the wanted entry is on record, that alone."""
        return await self._reads.put(wanted)

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Put the entry on record if every guard holds on the state that it leaves."""
        return await self._appends.put((entry, guards))

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries."""
        return await self._reader.since(position, limit)

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due, by moment and then by key."""
        return await self._reader.due(now, limit)

    async def snapshot(self) -> Snapshot:
        """Return the state at one position."""
        return await self._reader.snapshot()

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill an empty file."""
        await self._writer.restore(snapshot, tail)

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Let go of what was recorded before a moment (ms UTC), and of closed documents; see `Ledger.retire`."""
        await self._writer.wait(lambda store: store.retire(before, closed))

    async def _append_all(self, batch: Sequence[Asked]) -> Sequence[Recorded | None]:
        return await self._writer.wait(lambda store: store.append_all(batch))

    async def _read_all(self, batch: Sequence[Wanted]) -> Sequence[Found]:
        return await self._reader.wait(lambda store: store.read_all(batch))
