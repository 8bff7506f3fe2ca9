"""A store in PostgreSQL, for any number of processes and hosts. Copy it and `postgres_schema.py`; it needs psycopg.

`PostgresStore` is one connection that waits in its thread, so that `Commerce` drives it: one instance a thread.
An append is one round trip, and so is a read. What the database does: `postgres_schema`.

What it guarantees: an entry that was answered, or shown by `since`, is on the disk, whatever `synchronous_commit` says
of it there. Where the connection is lost while appending, `OutcomeUnknown` says so; asked again with the same id, the
answer is the one on record. Sessions must be its own (a pooler that lends out a connection for one transaction takes
its settings away).
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar, LiteralString

import psycopg
from psycopg.sql import SQL, Identifier

from examples.stores.postgres_rows import (
    ENROLL,
    FLUSH,
    JSON,
    NEWER,
    PUT,
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
from examples.stores.postgres_schema import MIGRATIONS
from unicommerce.codec import Codec
from unicommerce.errors import InvalidValue
from unicommerce.ledger import Account, Document, Entry, Found, Guard, Key, Recorded, Snapshot, State, Wanted
from unicommerce.values import Unit

__all__ = ["OutcomeUnknownError", "PostgresStore"]

SINCE = "SELECT position, body FROM journal WHERE position > %s ORDER BY position LIMIT %s"
DUE = "SELECT body FROM documents WHERE due_at <= %s ORDER BY due_at, kind, id LIMIT %s"
POSITION = "SELECT greatest((SELECT max(position) FROM journal), (SELECT position FROM start))"
BALANCES = "SELECT unit, place, state, ref, lot, owner, quantity, own FROM balances"
MOVES = "SELECT unit, occurred_at, place, change FROM moves ORDER BY unit, occurred_at, place"
DOCUMENTS = "SELECT body FROM documents ORDER BY kind, id"
CUT = """
    SELECT coalesce(
        (SELECT min(position) - 1 FROM journal WHERE (body::json->>'recorded_at')::bigint >= %s),
        (SELECT max(position) FROM journal), 0
    )
"""
LEAVE = """
    WITH gone AS (DELETE FROM journal WHERE position <= %s RETURNING id, body::json AS body)
    INSERT INTO earlier SELECT id FROM gone
    WHERE (body->>'occurred_at')::bigint >= (body->>'recorded_at')::bigint
"""
IDS = "SELECT id FROM journal UNION ALL SELECT id FROM earlier"

PAGE = 10_000
"""So many entries leave in one transaction."""


class PostgresStore:
    """The store in a schema of a database; one instance belongs to one thread, any number of them share the schema.

    `conninfo` is what libpq takes: a URI, or names and values. The schema is made where there is none.

    >>> from unicommerce.ledger import run
    >>> store = PostgresStore(conninfo, schema="example")
    >>> run(store.since(0, 10))
    ()
    >>> store.close()
    """

    migrations: ClassVar[Sequence[Sequence[LiteralString]]] = MIGRATIONS
    recording: ClassVar[LiteralString] = RECORD

    def __init__(self, conninfo: str, *, schema: str = "unicommerce", codec: Codec = Codec()) -> None:
        self._conninfo = connecting(conninfo, schema)
        self._schema = schema
        self._codec = codec
        self._sets = Sets()
        self._connection = self._connect()
        self._migrate()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @property
    def state(self) -> State | None:
        """Return None: what is in a database is read, not looked at."""
        return None

    # Reading

    async def read(self, wanted: Wanted) -> Found:
        """Answer all that is wanted in one statement; if the wanted entry is on record, that alone."""
        found = None
        while found is None:
            asked = question([wanted], self._sets)
            found = answers(asked, self._rows(asked.statement, asked.parameter), self._codec)
            if found is None:
                self._sets.clear()
        if found[0].entry is not None:
            self._rows(FLUSH)
        return found[0]

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries, once they are on the disk; positions are taken in the order of commits."""
        rows = self._rows(SINCE, position, limit)
        self._rows(FLUSH)
        return tuple([Recorded(number, self._codec.decode(body.encode())) for number, body in rows])

    async def bodies(self, position: int, limit: int) -> tuple[bytes, ...]:
        """Return the bytes of the next entries as they were recorded: what seals are made of, and checked against."""
        rows = self._rows(SINCE, position, limit)
        self._rows(FLUSH)
        return tuple([body.encode() for _, body in rows])

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due, by moment and then by key."""
        return tuple([self._codec.decode_document(body.encode()) for (body,) in self._rows(DUE, now, limit)])

    # Recording

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Put the entry on record if every guard holds on the state that it leaves, in one transaction.

        Raises `OutcomeUnknownError` where the connection is lost meanwhile.
        """
        while True:
            for accounts in self._sets.missing(guards):
                self._sets.add(accounts, self._rows(ENROLL, *enrolling(accounts))[0][0])
            one: Posting | Recorded | None = posting(entry, guards, self._codec, self._sets)
            try:
                while isinstance(one, Posting):
                    one = outcome(one, self._record(one), self._codec)
            except psycopg.errors.ForeignKeyViolation:  # a set is not enrolled any more
                self._sets.clear()
            else:
                return one

    def _record(self, one: Posting) -> Sequence[Any]:
        self._alive()
        try:
            answer: Sequence[Any] = self._one(self.recording, JSON([one.told]))[0]
        except psycopg.errors.UndefinedFunction as error:
            raise NEWER from error
        except psycopg.OperationalError as error:
            if not self._connection.closed:
                raise
            raise OutcomeUnknownError(one.entry.id) from error
        return answer

    # Snapshots

    async def snapshot(self) -> Snapshot:
        """Return the state at one position."""
        balances: dict[Unit, dict[Account, int]] = {}
        parts: dict[Unit, dict[Account, int]] = {}
        moves: dict[Unit, tuple[tuple[int, str, int], ...]] = {}
        self._alive()
        with self._connection.transaction():
            self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            position = self._one(POSITION)
            for unit, place, state, ref, lot, owner, quantity, own in self._connection.execute(BALANCES):
                account = Account(place, state, ref, lot, owner)
                if quantity:
                    balances.setdefault(unit, {})[account] = quantity
                if own:
                    parts.setdefault(unit, {})[account] = own
            for unit, rows in groupby(self._connection.execute(MOVES), key=itemgetter(0)):
                moves[unit] = tuple([(occurred_at, place, change) for _, occurred_at, place, change in rows])
            documents = [self._codec.decode_document(body.encode()) for (body,) in self._connection.execute(DOCUMENTS)]
            ids = frozenset([id for (id,) in self._connection.execute(IDS)])
            horizon = self._one("SELECT horizon FROM start")
        self._rows(FLUSH)
        return Snapshot(
            position=position,
            balances=balances,
            parts=parts,
            moves=moves,
            documents=tuple(documents),
            ids=ids,
            horizon=horizon,
        )

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Let go of what was recorded before a moment (ms UTC), and of closed documents; see `Ledger.retire`.

        The horizon comes first and with the pen; then entries leave a page at a time, and nobody waits for them.
        """
        self._alive()
        cut = self._one(CUT, before)
        with self._connection.transaction():
            self._connection.execute("SELECT pg_advisory_xact_lock(queue('pen'))")
            self._connection.execute("UPDATE start SET horizon = greatest(horizon, %s)", (before,))
            self._connection.execute("UPDATE start SET position = greatest(position, %s)", (cut,))
            self._connection.execute("DELETE FROM moves WHERE occurred_at < %s", (before,))
            for kind, id in closed:
                self._connection.execute("DELETE FROM documents WHERE kind = %s AND id = %s", (kind, id))
        while (first := self._one("SELECT min(position) FROM journal")) is not None and first <= cut:
            self._connection.execute(LEAVE, (min(first + PAGE, cut),))

    async def forget_sums(self) -> None:
        """Let go of every set of accounts and its sums: those in use come back, those of an old network do not."""
        self._alive()
        with self._connection.transaction():
            self._connection.execute("SELECT pg_advisory_xact_lock(queue('pen'))")
            self._connection.execute("DELETE FROM sets")

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill an empty schema. Raises `InvalidValue` where it is not empty."""
        self._alive()
        with self._connection.transaction():
            self._connection.execute("SELECT pg_advisory_xact_lock(queue('pen'))")
            if self._one(POSITION):
                raise InvalidValue("store", "with entries", "an empty store")
            self._connection.execute(
                "UPDATE start SET position = %s, horizon = %s", (snapshot.position, snapshot.horizon)
            )
            self._copy("earlier (id)", [(id,) for id in snapshot.ids])
            self._copy("balances (unit, place, state, ref, lot, owner, quantity, own)", _rows(snapshot))
            moves: dict[tuple[str, str, int], int] = {}
            for unit, rows in snapshot.moves.items():
                for occurred_at, place, change in rows:
                    moves[unit, place, occurred_at] = moves.get((unit, place, occurred_at), 0) + change
            self._copy("moves (unit, place, occurred_at, change)", [(*k, change) for k, change in moves.items()])
            documents = [(*d.key, d.revision, d.due_at, self._codec.encode(d).decode()) for d in snapshot.documents]
            self._copy("documents (kind, id, revision, due_at, body)", documents)
            for expected, (position, entry) in enumerate(tail, start=snapshot.position + 1):
                if position != expected:
                    raise InvalidValue("tail", position, f"the entry at position {expected}: none may be missing")
                self._connection.execute(PUT, (JSON([posting(entry, (), self._codec, self._sets).told]),))

    def _copy(self, into: LiteralString, rows: Iterable[Sequence[object]]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    # The connection

    def _connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(self._conninfo, autocommit=True, prepare_threshold=0)

    def _alive(self) -> None:
        """Connect again where the connection was lost."""
        if self._connection.closed:
            self._connection = self._connect()

    def _one(self, statement: str, *parameters: str | int) -> Any:  # noqa: ANN401 - what the statement says
        row = self._connection.execute(statement, parameters).fetchone()
        return row and row[0]

    def _rows(self, statement: str, *parameters: str | int) -> list[tuple[Any, ...]]:
        """Ask; where the connection turns out to be lost, ask again on a new one: reading is free."""
        self._alive()
        try:
            return self._connection.execute(statement, parameters).fetchall()
        except psycopg.OperationalError:
            if not self._connection.closed:
                raise
        self._alive()
        return self._connection.execute(statement, parameters).fetchall()

    def _migrate(self) -> None:
        """Bring the schema to the newest version, one after the other; a newer one is not touched."""
        schema = Identifier(self._schema)
        try:
            with self._connection.transaction():
                self._connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", (self._schema,))
                self._connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema), prepare=False)
                self._connection.execute("CREATE TABLE IF NOT EXISTS version (number int NOT NULL)", prepare=False)
                if (version := self._one("SELECT coalesce(max(number), 0) FROM version")) > len(self.migrations):
                    raise InvalidValue("schema", version, f"a version up to {len(self.migrations)}")  # noqa: TRY301
                for number, statements in enumerate(self.migrations[version:], start=version + 1):
                    for statement in statements:
                        self._connection.execute(statement, prepare=False)
                    self._connection.execute("INSERT INTO version VALUES (%s)", (number,), prepare=False)
        except BaseException:
            self._connection.close()
            raise


def _rows(snapshot: Snapshot) -> list[tuple[str | int, ...]]:
    rows: dict[tuple[str, ...], list[int]] = {}
    for index, books in enumerate((snapshot.balances, snapshot.parts)):
        for unit, book in books.items():
            for account, held in book.items():
                rows.setdefault((unit, *account), [0, 0])[index] = held
    return [(*key, *held) for key, held in rows.items()]
