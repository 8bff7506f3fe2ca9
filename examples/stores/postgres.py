"""A store in PostgreSQL, for any number of processes and hosts. Copy it and `postgres_schema.py`; it needs psycopg.

`PostgresStore` is one connection that waits in its thread, so that `Commerce` drives it: one instance a thread.
An append is one round trip, and so is a read. What the database does: `postgres_schema`.

What it guarantees: an entry that was answered, or shown by `since`, is on the disk, whatever `synchronous_commit` says
of it there. Where the connection is lost while appending, `OutcomeUnknown` says so; asked again with the same id, the
answer is the one on record. Sessions must be its own (a pooler that lends out a connection for one transaction takes
its settings away).
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, LiteralString, NamedTuple

import attrs
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from examples.stores.postgres_schema import MIGRATIONS
from unicommerce.codec import Codec
from unicommerce.errors import InvalidValue
from unicommerce.ledger import (
    Account,
    Between,
    Document,
    Entry,
    Found,
    Guard,
    Key,
    Ledger,
    Recorded,
    Snapshot,
    State,
    Wanted,
    is_part,
    totals,
)
from unicommerce.values import Unit

__all__ = ["OutcomeUnknownError", "PostgresStore"]

SETTINGS: Mapping[str, str] = {
    # Each statement sees what was committed while the one before it waited.
    "default_transaction_isolation": r"read\ committed",
    # Every question is about a few rows by their keys; plans are made once and need no statistics.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
RECORD = "CALL record(%s::jsonb, NULL)"
PUT = "SELECT put(%s::jsonb)"
FLUSH = "SELECT pg_logical_emit_message(true, 'unicommerce', '')"
READ = """
    WITH asked AS (SELECT %s::jsonb AS it)
    SELECT 0, (q->>0)::int, e.position, NULL, NULL, NULL, NULL, NULL, e.body
    FROM asked, jsonb_array_elements(asked.it->'entries') AS q CROSS JOIN LATERAL (
        SELECT position, body FROM journal WHERE id = q->>1 UNION ALL SELECT 0, NULL FROM earlier WHERE id = q->>1
    ) AS e
    UNION ALL
    SELECT 1, (q->>0)::int, b.quantity, NULL, NULL, NULL, NULL, NULL, NULL
    FROM asked, jsonb_array_elements(asked.it->'balances') AS q CROSS JOIN LATERAL (
        SELECT quantity FROM balances AS b WHERE b.unit = q->>1 AND b.place = q->>2 AND b.state = q->>3
        AND b.ref = q->>4 AND b.lot = q->>5 AND b.owner = q->>6 OFFSET 0
    ) AS b
    UNION ALL
    SELECT 2, (q->>0)::int, d.revision, NULL, NULL, NULL, NULL, NULL, d.body
    FROM asked, jsonb_array_elements(asked.it->'documents') AS q LEFT JOIN LATERAL (
        SELECT revision, body FROM documents AS d WHERE d.kind = q->>1 AND d.id = q->>2 OFFSET 0
    ) AS d ON true
    WHERE coalesce(d.revision, 0) <> (q->>3)::bigint
    UNION ALL
    SELECT 3, (q->>0)::int, b.own, b.place, b.state, b.ref, b.lot, b.owner, NULL
    FROM asked, jsonb_array_elements(asked.it->'parts') AS q CROSS JOIN LATERAL (
        SELECT * FROM balances AS b WHERE b.unit = q->>1 AND b.place = q->>2 AND b.state = q->>3 AND b.own <> 0 OFFSET 0
    ) AS b
    UNION ALL
    SELECT 4, (q->>0)::int, m.change, NULL, NULL, NULL, NULL, NULL, NULL
    FROM asked, jsonb_array_elements(asked.it->'moved') AS q CROSS JOIN LATERAL (
        SELECT coalesce(sum(change), 0)::bigint AS change FROM moves
        WHERE unit = q->>1 AND place = q->>2 AND occurred_at > (q->>3)::bigint
    ) AS m
"""
SINCE = "SELECT position, body FROM journal WHERE position > %s ORDER BY position LIMIT %s"
DUE = "SELECT body FROM documents WHERE due_at <= %s ORDER BY due_at, kind, id LIMIT %s"
POSITION = "SELECT greatest((SELECT max(position) FROM journal), (SELECT position FROM start))"
BALANCES = "SELECT unit, place, state, ref, lot, owner, quantity, own FROM balances"
MOVES = "SELECT unit, occurred_at, place, change FROM moves ORDER BY unit, occurred_at, place"
DOCUMENTS = "SELECT body FROM documents ORDER BY kind, id"
IDS = "SELECT id FROM journal UNION ALL SELECT id FROM earlier"

JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class OutcomeUnknownError(Exception):
    """The connection was lost while entries were being recorded: they may be on record, and asking again is free."""


def connecting(conninfo: str, schema: str) -> str:
    """Return how to connect with the settings that the store needs. Raises `InvalidValue` for a name to be quoted."""
    if not re.fullmatch("[a-z_][a-z0-9_]{0,62}", schema):
        raise InvalidValue("schema", schema, "a name of small letters, digits and underscores")
    settings = " ".join([f"-c {name}={value}" for name, value in {**SETTINGS, "search_path": schema}.items()])
    options = f"{conninfo_to_dict(conninfo).get('options') or ''} {settings}"
    return make_conninfo(conninfo, options=options)


class Question(NamedTuple):
    """What is asked of the database in one statement, and how its rows answer each of those who want something."""

    parameter: str
    wanted: Sequence[Wanted]
    accounts: Sequence[tuple[int, Unit, Account]]
    keys: Sequence[tuple[int, Key[Document]]]
    parts: Sequence[tuple[int, tuple[Unit, Account]]]
    moved: Sequence[tuple[int, tuple[Unit, str, int]]]


def question(wanted: Sequence[Wanted]) -> Question:
    """Put what several want into one question."""
    accounts = [(n, unit, a) for n, one in enumerate(wanted) for unit, those in one.balances.items() for a in those]
    keys = [(n, key) for n, one in enumerate(wanted) for key in one.documents]
    parts = [(n, asked) for n, one in enumerate(wanted) for asked in one.parts]
    moved = [(n, asked) for n, one in enumerate(wanted) for asked in one.moved]
    parameter = {
        "entries": [(n, one.entry) for n, one in enumerate(wanted) if one.entry],
        "balances": [(i, unit, *account) for i, (_, unit, account) in enumerate(accounts)],
        "documents": [(i, *key, wanted[n].documents[key]) for i, (n, key) in enumerate(keys)],
        "parts": [(i, u, a.place, a.state) for i, (_, (u, a)) in enumerate(parts) if not is_part(a)],
        "moved": [(i, *asked) for i, (_, asked) in enumerate(moved)],
    }
    return Question(JSON(parameter), wanted, accounts, keys, parts, moved)


def answers(asked: Question, rows: Iterable[tuple[Any, ...]], codec: Codec) -> list[Found]:
    """Return what each wanted, from the rows of `READ`."""
    found = [Found({unit: {} for unit in one.balances}, {}, {}, {}) for one in asked.wanted]
    books: list[dict[Unit, dict[Account, int]]] = [{unit: {} for unit in one.balances} for one in asked.wanted]
    documents: list[dict[Key[Document], Document | None]] = [{} for _ in asked.wanted]
    parts: list[dict[tuple[Unit, Account], dict[Account, int]]] = [{} for _ in asked.wanted]
    moved: list[dict[tuple[Unit, str, int], int]] = [{} for _ in asked.wanted]
    entries: list[Entry | None] = [None for _ in asked.wanted]
    for n, unit, account in asked.accounts:
        books[n][unit][account] = 0
    for n, part in asked.parts:
        parts[n][part] = {}
    for what, i, number, place, state, ref, lot, owner, body in rows:
        if what == 0:
            entries[i] = entry_of(codec, asked.wanted[i].entry, body)
        elif what == 1:
            n, unit, account = asked.accounts[i]
            books[n][unit][account] = number
        elif what == 2:
            n, key = asked.keys[i]
            documents[n][key] = None if body is None else codec.decode_document(body.encode())
        elif what == 3:
            n, part = asked.parts[i]
            parts[n][part][Account(place, state, ref, lot, owner)] = number
        else:
            n, move = asked.moved[i]
            moved[n][move] = number
    found = []
    for n, entry in enumerate(entries):
        found.append(Found(books[n], documents[n], parts[n], moved[n], entry) if not entry else known(entry))
    return found


def known(entry: Entry) -> Found:
    """Return what is found where the wanted entry is on record: it alone."""
    return Found({}, {}, {}, {}, entry)


def entry_of(codec: Codec, id: str, body: str | None) -> Entry:
    """Return an entry from its body; one whose body has left says only that it is done."""
    if body is None:
        return Entry(id=id, recorded_at=0, occurred_at=0, events=(), movements=(), documents=())
    return codec.decode(body.encode())


class Posting(NamedTuple):
    """An entry that is to be recorded, under its guards, and how the database is told."""

    entry: Entry
    told: Mapping[str, object]


def posting(entry: Entry, guards: Iterable[Guard], codec: Codec) -> Posting:
    """Say an entry and its guards in rows: the bounds of sums are said of what is held before the entry."""
    changes: dict[tuple[Unit, Account], list[int]] = {}
    moves: dict[tuple[Unit, str], int] = {}
    for quantity, unit, source, target in entry.movements:
        for account, change in ((source, -quantity), (target, quantity)):
            for total in totals(account):
                changes.setdefault((unit, total), [0, 0])[0] += change
            if is_part(account):
                changes[unit, account][1] += change
            if source.place != target.place:
                moves[unit, account.place] = moves.get((unit, account.place), 0) + change
    documents = [(*d.key, d.revision, d.due_at, codec.encode(d).decode()) for d in entry.documents]
    unchanged, between, queues = [], [], set()
    for guard in guards:
        if isinstance(guard, Between):
            unit, accounts, least, most = guard
            own = sum([changes.get((unit, account), (0,))[0] for account in accounts])
            bounds = [None if bound is None else bound - own for bound in (least, most)]
            between.append((unit, *bounds, accounts))
            queues.add(f"unit/{unit}")
        else:
            unchanged.append((*guard.key, guard.revision))
            queues.add(f"document/{guard.key.kind}/{guard.key.id}")
    told = {
        "id": entry.id,
        "body": codec.encode(entry).decode(),
        "queues": [*queues],
        "unchanged": unchanged,
        "between": between,
        "documents": documents,
        "clash": len({document[:3] for document in documents}) < len(set(documents)),
        "posts": [(unit, *account, *change) for (unit, account), change in changes.items() if any(change)],
        "moves": [(*where, entry.occurred_at, change) for where, change in moves.items()],
    }
    return Posting(entry, told)


def compared(one: Posting, on_record: Iterable[tuple[str, str, str]], codec: Codec) -> Posting:
    """Return the posting again where its documents, read by today's code, say what is on record after all.

    Raises `Contradiction` as the ledger does where they do not.
    """
    bodies = {(kind, id): body for kind, id, body in on_record}
    stored = {key: codec.decode_document(body.encode()) for key, body in bodies.items()}
    documents = tuple([codec.decode_document(codec.encode(document)) for document in one.entry.documents])
    ledger = Ledger.restore(Snapshot(documents=tuple(stored.values())))
    ledger.append(attrs.evolve(one.entry, documents=documents))
    rows = []
    for document in one.entry.documents:
        kind, id = document.key
        is_same = (kind, id) in stored and stored[kind, id].revision == document.revision
        body = bodies[kind, id] if is_same else codec.encode(document).decode()
        rows.append((kind, id, document.revision, document.due_at, body))
    return Posting(one.entry, {**one.told, "documents": rows, "clash": False})


def outcome(one: Posting, said: Sequence[Any], codec: Codec) -> Posting | Recorded | None:
    """Return what became of an entry; or how to say it again, where its documents had to be compared first."""
    match said:
        case ["recorded", position]:
            return Recorded(position, one.entry)
        case ["known", position, body]:
            return Recorded(position, entry_of(codec, one.entry.id, body))
        case ["compare", on_record]:
            return compared(one, on_record, codec)
    return None


class PostgresStore:
    """The store in a schema of a database; one instance belongs to one thread, any number of them share the schema.

    `conninfo` is what libpq takes: a URI, or names and values. The schema is made where there is none.
    """

    def __init__(self, conninfo: str, *, schema: str = "unicommerce", codec: Codec = Codec()) -> None:
        self._conninfo = connecting(conninfo, schema)
        self._schema = schema
        self._codec = codec
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
        asked = question([wanted])
        found = answers(asked, self._rows(READ, asked.parameter), self._codec)[0]
        if found.entry is not None:
            self._rows(FLUSH)
        return found

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
        one: Posting | Recorded | None = posting(entry, guards, self._codec)
        while isinstance(one, Posting):
            one = outcome(one, self._record(one), self._codec)
        return one

    def _record(self, one: Posting) -> Sequence[Any]:
        self._alive()
        try:
            answer: Sequence[Any] = self._one(RECORD, JSON([one.told]))[0]
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
        self._rows(FLUSH)
        return Snapshot(
            position=position, balances=balances, parts=parts, moves=moves, documents=tuple(documents), ids=ids
        )

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill an empty schema. Raises `InvalidValue` where it is not empty."""
        self._alive()
        with self._connection.transaction():
            self._connection.execute("SELECT pg_advisory_xact_lock(queue('pen'))")
            if self._one(POSITION):
                raise InvalidValue("store", "with entries", "an empty store")
            self._connection.execute("UPDATE start SET position = %s", (snapshot.position,))
            self._copy("earlier (id)", [(id,) for id in snapshot.ids])
            self._copy("balances (unit, place, state, ref, lot, owner, quantity, own)", _rows(snapshot))
            moves: dict[tuple[str, str, int], int] = {}
            for unit, rows in snapshot.moves.items():
                for occurred_at, place, change in rows:
                    moves[unit, place, occurred_at] = moves.get((unit, place, occurred_at), 0) + change
            self._copy("moves (unit, place, occurred_at, change)", [(*k, change) for k, change in moves.items()])
            documents = [(*d.key, d.revision, d.due_at, self._codec.encode(d).decode()) for d in snapshot.documents]
            self._copy("documents (kind, id, revision, due_at, body)", documents)
            for _, entry in tail:
                self._connection.execute(PUT, (JSON([posting(entry, (), self._codec).told]),))

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

    def _one(self, statement: LiteralString, *parameters: str | int) -> Any:  # noqa: ANN401 - what the statement says
        row = self._connection.execute(statement, parameters).fetchone()
        return row and row[0]

    def _rows(self, statement: LiteralString, *parameters: str | int) -> list[tuple[Any, ...]]:
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
                if (version := self._one("SELECT coalesce(max(number), 0) FROM version")) > len(MIGRATIONS):
                    raise InvalidValue("schema", version, f"a version up to {len(MIGRATIONS)}")  # noqa: TRY301
                for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
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
