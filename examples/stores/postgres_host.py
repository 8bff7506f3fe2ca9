"""One store in PostgreSQL that all coroutines of a process share: what they ask at the same time is asked together.

They share a round trip, a transaction and a wait for the disk (see `lanes`). Facts have a connection of their own: they
do not wait behind requests that queue for a unit.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from examples.stores.lanes import Lane
from examples.stores.postgres import PostgresStore
from examples.stores.postgres_rows import (
    ENROLL,
    FLUSH,
    JSON,
    NEWER,
    RECORD,
    OutcomeUnknownError,
    Posting,
    Sets,
    answers,
    connecting,
    enrolling,
    outcome,
    posting,
    question,
)
from examples.stores.threaded import ThreadedStore
from unicommerce.codec import Codec
from unicommerce.ledger import Document, Entry, Found, Guard, Key, Recorded, Snapshot, State, Wanted

__all__ = ["PostgresHost"]

AT_FAULT = (psycopg.DataError, psycopg.IntegrityError)
"""What one of a batch is the cause of, and the others need not suffer for it."""


class Session:
    """A connection that is made when it is first needed, and again where it was lost."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.AsyncConnection[tuple[Any, ...]] | None = None

    @property
    def is_lost(self) -> bool:
        """Tell whether the connection was lost."""
        return self._connection is not None and self._connection.closed

    async def rows(self, statement: str, *parameters: str) -> list[tuple[Any, ...]]:
        """Execute a statement."""
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._conninfo, autocommit=True, prepare_threshold=0
            )
        return await (await self._connection.execute(statement, parameters)).fetchall()

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()


class PostgresHost:
    """The store in a schema of a database, for the coroutines of one process; see `PostgresStore`."""

    def __init__(self, conninfo: str, *, schema: str = "unicommerce", codec: Codec = Codec()) -> None:
        self._codec = codec
        self._others = ThreadedStore(lambda: PostgresStore(conninfo, schema=schema, codec=codec))
        self._sets = Sets()
        self._sessions = [Session(connecting(conninfo, schema)) for _ in range(4)]
        reads, asks, facts, self._enrolling = self._sessions
        self._reads: Lane[Wanted, Found] = Lane(lambda wanted: self._read(reads, wanted), AT_FAULT)
        self._asks: Lane[Posting, Sequence[Any]] = Lane(lambda batch: self._record(asks, batch), AT_FAULT)
        self._facts: Lane[Posting, Sequence[Any]] = Lane(lambda batch: self._record(facts, batch), AT_FAULT)

    async def close(self) -> None:
        """Close the connections; what is under way has been awaited before."""
        for session in self._sessions:
            await session.close()
        await self._others.close(PostgresStore.close)

    @property
    def state(self) -> State | None:
        """Return None: what is in a database is read, not looked at."""
        return None

    async def read(self, wanted: Wanted) -> Found:
        """Answer all that is wanted as of one moment; if the wanted entry is on record, that alone."""
        return await self._reads.put(wanted)

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Put the entry on record if every guard holds on the state that it leaves.

        Raises `OutcomeUnknownError` where the connection is lost meanwhile.
        """
        lane = self._asks if guards else self._facts
        while True:
            for accounts in self._sets.missing(guards):
                self._sets.add(accounts, (await self._enrolling.rows(ENROLL, *enrolling(accounts)))[0][0])
            one: Posting | Recorded | None = posting(entry, guards, self._codec, self._sets)
            try:
                while isinstance(one, Posting):
                    one = outcome(one, await lane.put(one), self._codec)
            except psycopg.errors.ForeignKeyViolation:  # a set is not enrolled any more
                self._sets.clear()
            else:
                return one

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries, once they are on the disk."""
        return await self._others.since(position, limit)

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due, by moment and then by key."""
        return await self._others.due(now, limit)

    async def snapshot(self) -> Snapshot:
        """Return the state at one position."""
        return await self._others.snapshot()

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill an empty schema."""
        await self._others.restore(snapshot, tail)

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Let go of what was recorded before a moment (ms UTC), and of closed documents; see `Ledger.retire`."""
        await self._others.wait(lambda store: store.retire(before, closed))

    async def _read(self, session: Session, wanted: Sequence[Wanted]) -> Sequence[Found]:
        found = None
        while found is None:
            asked = question(wanted, self._sets)
            try:
                rows = await session.rows(asked.statement, asked.parameter)
            except psycopg.OperationalError:
                if not session.is_lost:
                    raise
                continue  # reading is free
            if (found := answers(asked, rows, self._codec)) is None:
                self._sets.clear()
        if any(one.entry is not None for one in found):
            await session.rows(FLUSH)
        return found

    async def _record(self, session: Session, batch: Sequence[Posting]) -> Sequence[Sequence[Any]]:
        try:
            rows = await session.rows(RECORD, JSON([one.told for one in batch]))
        except psycopg.errors.UndefinedFunction as error:
            raise NEWER from error
        except psycopg.OperationalError as error:
            if not session.is_lost:
                raise
            raise OutcomeUnknownError([one.entry.id for one in batch]) from error
        said: Sequence[Sequence[Any]] = rows[0][0]
        return said
