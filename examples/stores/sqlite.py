"""A store in one SQLite file, for one host or for many processes on one machine. Copy it; it needs nothing else.

The journal is the truth; balances, documents and moves are kept beside it by the same transaction. Writers queue for
the file (`BEGIN IMMEDIATE`), readers never wait and see one moment (write-ahead log). So positions are taken in the
order in which they are committed, and `since` has no gaps. The methods wait for nothing but the file, so `Commerce`
drives them.

A handle that was open while a newer program brought the file up is refused by name, and has to be opened again.
What it guarantees: an entry that was answered survives a killed process, and with `synchronous="FULL"` a power cut too;
with "NORMAL" a power cut may take back the last answers, all of each, and nothing is torn.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, ClassVar, Literal

from unicommerce.codec import Codec
from unicommerce.errors import Contradiction, InvalidValue, TooOld
from unicommerce.ledger import (
    Account,
    Between,
    Document,
    Entry,
    Found,
    Guard,
    Key,
    Recorded,
    Snapshot,
    State,
    Unchanged,
    Wanted,
    is_part,
    totals,
)
from unicommerce.values import Unit

__all__ = ["MIGRATIONS", "SQLiteStore"]

Sum = tuple[Unit, tuple[Account, ...]]
"""The question of what many accounts hold together of a unit."""

FOLLOW = """
    CREATE TRIGGER sums_follow_a_{name} AFTER {what} ON balances
    BEGIN
        UPDATE sums SET quantity = quantity + {change} WHERE unit = new.unit AND EXISTS (
            SELECT 1 FROM members AS m WHERE m.place = new.place AND m.state = new.state AND m.ref = new.ref
            AND m.lot = new.lot AND m.owner = new.owner AND m.digest = sums.digest
        );
    END
"""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE journal (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL)",
        # What a snapshot brought along: the ids of entries that stayed elsewhere, and the position that it was at.
        "CREATE TABLE earlier (id TEXT PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE start (position INTEGER NOT NULL)",
        "INSERT INTO start VALUES (0)",
        # In this order what all nodes hold of a unit in a state, which guards add up, lies together, and so do parts.
        """
        CREATE TABLE balances (
            unit TEXT, state TEXT, place TEXT, ref TEXT, lot TEXT, owner TEXT,
            quantity INTEGER NOT NULL CHECK (typeof(quantity) = 'integer'),
            own INTEGER NOT NULL,
            PRIMARY KEY (unit, state, place, ref, lot, owner)
        ) WITHOUT ROWID
        """,
        """
        CREATE TRIGGER nothing_left AFTER UPDATE ON balances WHEN new.quantity = 0 AND new.own = 0
        BEGIN
            DELETE FROM balances WHERE unit = new.unit AND state = new.state AND place = new.place
                AND ref = new.ref AND lot = new.lot AND owner = new.owner;
        END
        """,
        """
        CREATE TABLE moves (
            unit TEXT, place TEXT, occurred_at INTEGER, change INTEGER NOT NULL, PRIMARY KEY (unit, place, occurred_at)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE documents (
            kind TEXT, id TEXT, revision INTEGER NOT NULL, due_at INTEGER, body BLOB NOT NULL, PRIMARY KEY (kind, id)
        )
        """,
        "CREATE INDEX due ON documents (due_at, kind, id) WHERE due_at IS NOT NULL",
    ),
    ("ALTER TABLE start ADD COLUMN horizon INTEGER",),
    (
        # What many accounts hold together, as one row for each unit that a guard has asked it of; a set is known by the
        # digest of its members. Triggers change it with each of them; all of it can be made anew from the balances.
        """
        CREATE TABLE members (
            place TEXT, state TEXT, ref TEXT, lot TEXT, owner TEXT, digest BLOB,
            PRIMARY KEY (place, state, ref, lot, owner, digest)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE sums (
            unit TEXT, digest BLOB, quantity INTEGER NOT NULL CHECK (typeof(quantity) = 'integer'),
            PRIMARY KEY (unit, digest)
        ) WITHOUT ROWID
        """,
        FOLLOW.format(name="new_row", what="INSERT", change="new.quantity"),
        FOLLOW.format(name="change", what="UPDATE", change="new.quantity - old.quantity"),
    ),
    (
        # The moves of piles that are counted apart (`Movement.moves`), from the entries that were recorded before they
        # were noted; what occurred before the horizon has left.
        """
        INSERT INTO moves (unit, place, occurred_at, change)
        WITH moved AS (
            SELECT json_extract(CAST(body AS TEXT), '$.occurred_at') AS occurred_at,
                json_extract(m.value, '$[0]') AS quantity, json_extract(m.value, '$[1]') AS unit,
                json_extract(m.value, '$[2][0]') AS source, json_extract(m.value, '$[2][1]') AS from_state,
                json_extract(m.value, '$[3][0]') AS target, json_extract(m.value, '$[3][1]') AS to_state
            FROM journal, json_each(CAST(body AS TEXT), '$.movements') AS m
        ), changes AS (
            SELECT *, from_state AS state, source AS place, -quantity AS change FROM moved
            UNION ALL SELECT *, to_state, target, quantity FROM moved
        )
        SELECT unit, state || ':' || place, occurred_at, sum(change) FROM changes
        WHERE state IN ('damaged', 'quarantine') AND 'missing' NOT IN (from_state, to_state)
        AND (source, from_state) <> (target, to_state)
        AND occurred_at >= coalesce((SELECT horizon FROM start), occurred_at) GROUP BY 1, 2, 3
        """,
    ),
)
"""What makes version n + 1 of the schema from version n; add to the end, never change what is there."""

ENTRY = "SELECT position, body FROM journal WHERE id = ? UNION ALL SELECT 0, NULL FROM earlier WHERE id = ?"
POSITION = "SELECT max((SELECT coalesce(max(position), 0) FROM journal), (SELECT position FROM start))"
RECORD = "INSERT INTO journal (position, id, body) VALUES (?, ?, ?)"
POST = """
    INSERT INTO balances (unit, place, state, ref, lot, owner, quantity, own) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (unit, state, place, ref, lot, owner)
    DO UPDATE SET quantity = quantity + excluded.quantity, own = own + excluded.own
"""
MOVE = """
    INSERT INTO moves (unit, place, occurred_at, change) VALUES (?, ?, ?, ?)
    ON CONFLICT (unit, place, occurred_at) DO UPDATE SET change = change + excluded.change
"""
REPLACE = "INSERT OR REPLACE INTO documents (kind, id, revision, due_at, body) VALUES (?, ?, ?, ?, ?)"
PARTS = (
    "SELECT place, state, ref, lot, owner, own FROM balances WHERE unit = ? AND place = ? AND state = ? AND own <> 0"
)
MOVED = "SELECT coalesce(sum(change), 0) FROM moves WHERE unit = ? AND place = ? AND occurred_at > ?"
DUE = "SELECT body FROM documents WHERE due_at <= ? ORDER BY due_at, kind, id LIMIT ?"
BALANCES = "SELECT unit, place, state, ref, lot, owner, quantity, own FROM balances"
MOVES = "SELECT unit, occurred_at, place, change FROM moves ORDER BY unit, occurred_at, place"
DOCUMENTS = "SELECT body FROM documents ORDER BY kind, id"
IDS = "SELECT id FROM journal UNION ALL SELECT id FROM earlier"
CUT = """
    SELECT coalesce(
        (SELECT min(position) - 1 FROM journal WHERE json_extract(CAST(body AS TEXT), '$.recorded_at') >= ?),
        (SELECT max(position) FROM journal), 0
    )
"""
STAYING = """
    INSERT INTO earlier SELECT id FROM journal WHERE position <= ? AND
    json_extract(CAST(body AS TEXT), '$.occurred_at') >= json_extract(CAST(body AS TEXT), '$.recorded_at')
"""
HORIZON = "SELECT horizon FROM start"
SUM = "SELECT quantity FROM sums WHERE unit = ? AND digest = ?"
KEEP = "INSERT OR IGNORE INTO sums (unit, digest, quantity) VALUES (?, ?, ?)"
MEMBER = "INSERT OR IGNORE INTO members (place, state, ref, lot, owner, digest) VALUES (?, ?, ?, ?, ?, ?)"
SINCE = "SELECT position, body FROM journal WHERE position > ? ORDER BY position LIMIT ?"

# Many questions in one statement: `{}` is a list of values, and CROSS JOIN says that it is the outer loop.
HERE = """
    WITH wanted (number, unit, state, ref, lot, owner, place) AS (VALUES {})
    SELECT w.number, b.place, b.quantity FROM wanted AS w CROSS JOIN balances AS b ON b.unit = w.unit
    AND b.state = w.state AND b.place = w.place AND b.ref = w.ref AND b.lot = w.lot AND b.owner = w.owner
"""
EVERYWHERE = """
    WITH wanted (number, unit, state, ref, lot, owner) AS (VALUES {})
    SELECT w.number, b.place, b.quantity FROM wanted AS w CROSS JOIN balances AS b ON b.unit = w.unit
    AND b.state = w.state AND b.ref = w.ref AND b.lot = w.lot AND b.owner = w.owner
"""
CHANGED = """
    WITH wanted (kind, id, revision) AS (VALUES {})
    SELECT w.kind, w.id, d.revision, d.body FROM wanted AS w LEFT JOIN documents AS d ON d.kind = w.kind AND d.id = w.id
    WHERE coalesce(d.revision, 0) <> w.revision
"""

FEW = 4
"""Up to so many accounts of a unit in a state are read one by one; more are read as they lie together."""

MANY = 8
"""What more accounts than this hold together is kept as a row once a guard has asked for it."""

MOST_ROWS = 128
"""Of a list in a statement; SQLite before 3.32 takes 999 values."""

MOST_SETS = 10_000
"""So many sets of accounts are known by heart."""


class SQLiteStore:
    """The store in a file; one instance belongs to one thread, any number of processes may open the same file.

    `wait_ms` is how long to wait for the file while others write; then `sqlite3.OperationalError` says it is locked.

    >>> from unicommerce.ledger import run
    >>> store = SQLiteStore(":memory:")
    >>> run(store.since(0, 10))
    ()
    >>> store.close()
    """

    migrations: ClassVar[Sequence[Sequence[str]]] = MIGRATIONS

    def __init__(
        self,
        path: str | Path,
        *,
        synchronous: Literal["NORMAL", "FULL"] = "FULL",
        wait_ms: int = 30_000,
        codec: Codec = Codec(),
    ) -> None:
        self._codec = codec
        self._wait_ms = wait_ms
        self._digests: dict[int, tuple[tuple[Account, ...], bytes]] = {}
        self._is_open = False
        self._file = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            self._patiently("PRAGMA journal_mode = WAL")
            self._file.execute(f"PRAGMA synchronous = {synchronous}")
            self._migrate()
        except BaseException:
            self._file.close()
            raise
        self._is_open = True

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def state(self) -> State | None:
        """Return None: what is in a file is read, not looked at."""
        return None

    # Reading

    async def read(self, wanted: Wanted) -> Found:
        """Answer all that is wanted in one transaction; if the wanted entry is on record, that alone."""
        return (await self.read_all([wanted]))[0]

    async def read_all(self, wanted: Iterable[Wanted]) -> list[Found]:
        """Answer several in one transaction."""
        with self._transaction("DEFERRED"):
            return [self._read(each) for each in wanted]

    def _read(self, wanted: Wanted) -> Found:
        if wanted.entry and (recorded := self._recorded(wanted.entry)) is not None:
            return Found({}, {}, {}, {}, recorded.entry)
        keys = [(key.kind, key.id, revision) for key, revision in wanted.documents.items()]
        return Found(
            self._balances(wanted.balances),
            {Key(kind, id): self._document(body) for kind, id, _, body in self._many(CHANGED, keys)},
            {(unit, account): self._parts(unit, account) for unit, account in wanted.parts},
            {moved: self._file.execute(MOVED, moved).fetchone()[0] for moved in wanted.moved},
            sums=tuple(self._sums(wanted.sums)),
        )

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries; writers queue, so none can appear before one that is here."""
        with self._transaction("DEFERRED"):
            rows = self._file.execute(SINCE, (position, limit)).fetchall()
        return tuple([Recorded(number, self._codec.decode(body)) for number, body in rows])

    async def bodies(self, position: int, limit: int) -> tuple[bytes, ...]:
        """Return the bytes of the next entries as they were recorded: what seals are made of, and checked against."""
        with self._transaction("DEFERRED"):
            return tuple([body for _, body in self._file.execute(SINCE, (position, limit))])

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due, by moment and then by key."""
        with self._transaction("DEFERRED"):
            rows = self._file.execute(DUE, (now, limit)).fetchall()
        return tuple([self._codec.decode_document(body) for (body,) in rows])

    def _recorded(self, id: str) -> Recorded | None:
        row = self._file.execute(ENTRY, (id, id)).fetchone()
        if row is None:
            return None
        position, body = row
        if body is None:
            return Recorded(0, Entry(id=id, recorded_at=0, occurred_at=0, events=(), movements=(), documents=()))
        return Recorded(position, self._codec.decode(body))

    def _document(self, body: bytes | None) -> Document | None:
        return None if body is None else self._codec.decode_document(body)

    def _balances(self, wanted: Mapping[Unit, Iterable[Account]]) -> dict[Unit, dict[Account, int]]:
        books = {unit: dict.fromkeys(accounts, 0) for unit, accounts in wanted.items()}
        asked: list[tuple[dict[Account, int], Mapping[str, Account]]] = []
        here: list[tuple[str | int, ...]] = []
        everywhere: list[tuple[str | int, ...]] = []
        for unit, book in books.items():
            for alike, at in _alike(tuple(book)):
                if len(at) > FEW:
                    everywhere.append((len(asked), unit, *alike))
                else:
                    here += [(len(asked), unit, *alike, place) for place in at]
                asked.append((book, at))
        for number, place, quantity in self._many(HERE, here) + self._many(EVERYWHERE, everywhere):
            book, at = asked[number]
            if place in at:
                book[at[place]] = quantity
        return books

    def _sums(self, wanted: Sequence[Sum], *, are_kept: bool = False) -> list[int]:
        """Return what accounts hold together: from the rows that are kept, else added up, and then kept if wished."""
        rows = [self._kept(unit, accounts) for unit, accounts in wanted]
        missing: dict[Unit, list[Account]] = {}
        for (unit, accounts), row in zip(wanted, rows, strict=True):
            if row is None:
                missing.setdefault(unit, []).extend(accounts)
        held = self._balances(missing)
        sums = []
        for (unit, accounts), row in zip(wanted, rows, strict=True):
            sums.append(sum([held[unit][account] for account in accounts]) if row is None else row)
            if row is None and are_kept and (digest := self._digest(accounts)):
                self._file.executemany(MEMBER, [(*account, digest) for account in accounts])
                self._file.execute(KEEP, (unit, digest, sums[-1]))
        return sums

    def _kept(self, unit: Unit, accounts: tuple[Account, ...]) -> int | None:
        digest = self._digest(accounts)
        row = self._file.execute(SUM, (unit, digest)).fetchone() if digest else None
        return row and row[0]

    def _digest(self, accounts: tuple[Account, ...]) -> bytes:
        """Return what a set of many accounts is known by; nothing for a few, or where one is named twice.

        It is found by the tuple's identity: to hash hundreds of accounts takes longer than to decide.
        """
        if len(accounts) <= MANY:
            return b""
        if (known := self._digests.get(id(accounts))) is None:
            members = sorted({*accounts})
            said = json.dumps(members).encode() if len(members) == len(accounts) else b""
            if len(self._digests) >= MOST_SETS:
                self._digests.clear()
            known = self._digests[id(accounts)] = accounts, said and blake2b(said, digest_size=16).digest()
        return known[1]

    def _parts(self, unit: Unit, account: Account) -> dict[Account, int]:
        if is_part(account):
            return {}
        rows = self._file.execute(PARTS, (unit, account.place, account.state))
        return {Account(*part): own for *part, own in rows}

    def _many(self, statement: str, rows: Sequence[tuple[str | int, ...]]) -> list[tuple[Any, ...]]:
        """Ask for many rows at once, in few lengths, so that statements are at hand: the last row is repeated."""
        found = []
        for start in range(0, len(rows), MOST_ROWS):
            batch = [*rows[start : start + MOST_ROWS]]
            batch += batch[-1:] * ((1 << (len(batch) - 1).bit_length()) - len(batch))
            values = ", ".join([f"({', '.join('?' * len(batch[0]))})"] * len(batch))
            found += self._file.execute(statement.format(values), [*chain.from_iterable(batch)]).fetchall()
        return found

    # Recording

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Put the entry on record if every guard holds on the state that it leaves, in one transaction."""
        return (await self.append_all([(entry, guards)]))[0]

    async def append_all(self, batch: Iterable[tuple[Entry, tuple[Guard, ...]]]) -> list[Recorded | None]:
        """Put each entry on record or not by itself, in one transaction: they wait for the disk once.

        Where one of them raises an error, none is recorded.
        """
        bodies = [(entry, self._codec.encode(entry), guards) for entry, guards in batch]
        with self._transaction("IMMEDIATE"):
            return [self._apart(*each) for each in bodies]

    def _apart(self, entry: Entry, body: bytes, guards: tuple[Guard, ...]) -> Recorded | None:
        """Record an entry, or take back what was written of it."""
        self._file.execute("SAVEPOINT apart")
        try:
            recorded = self._append(entry, body, guards)
        except _ConflictError:
            self._file.execute("ROLLBACK TO apart")
            recorded = None
        self._file.execute("RELEASE apart")
        return recorded

    def _append(self, entry: Entry, body: bytes, guards: Sequence[Guard]) -> Recorded:
        if (known := self._recorded(entry.id)) is not None:
            return known
        horizon = self._file.execute(HORIZON).fetchone()[0]
        if horizon is not None and entry.occurred_at < horizon:
            raise TooOld(entry.id, entry.occurred_at, horizon)
        revisions = [(*guard.key, guard.revision) for guard in guards if isinstance(guard, Unchanged)]
        if self._many(CHANGED, revisions):
            raise _ConflictError
        self._replace(entry)
        self._post(entry)
        checks = [guard for guard in guards if isinstance(guard, Between)]
        held = self._sums([(check.unit, check.accounts) for check in checks], are_kept=True)
        if not all(check.admits(quantity) for check, quantity in zip(checks, held, strict=True)):
            raise _ConflictError
        position = self._file.execute(POSITION).fetchone()[0] + 1
        self._file.execute(RECORD, (position, entry.id, body))
        return Recorded(position, entry)

    def _replace(self, entry: Entry) -> None:
        """Replace documents: the highest revision counts, in whatever order they come."""
        keys = [(*document.key, 0) for document in entry.documents]
        known: dict[Key[Document], tuple[int, bytes]] = {
            Key(kind, id): (revision, body) for kind, id, revision, body in self._many(CHANGED, keys)
        }
        for document in entry.documents:
            key, revision, content = document.key, document.revision, self._codec.encode(document)
            last, was = known.get(key, (0, b""))
            if last < revision:
                known[key] = revision, content
                self._file.execute(REPLACE, (*key, revision, document.due_at, content))
            elif last == revision and was != content:
                old, new = (self._codec.decode_document(body) for body in (was, content))
                if old != new:
                    raise Contradiction(entry.id, f"{key.kind} {key.id}", old, new)

    def _post(self, entry: Entry) -> None:
        changes: dict[tuple[Unit, Account], list[int]] = {}
        moves = []
        for movement in entry.movements:
            quantity, unit, source, target = movement
            moves += [(unit, place, entry.occurred_at, change) for place, change in movement.moves()]
            for account, change in ((source, -quantity), (target, quantity)):
                for total in totals(account):
                    changes.setdefault((unit, total), [0, 0])[0] += change
                if is_part(account):
                    changes[unit, account][1] += change
        rows = [(unit, *account, *change) for (unit, account), change in changes.items() if any(change)]
        self._file.executemany(POST, rows)
        self._file.executemany(MOVE, moves)

    # Snapshots

    async def snapshot(self) -> Snapshot:
        """Return the state at one position."""
        balances: dict[Unit, dict[Account, int]] = {}
        parts: dict[Unit, dict[Account, int]] = {}
        moves: dict[Unit, tuple[tuple[int, str, int], ...]] = {}
        with self._transaction("DEFERRED"):
            for unit, place, state, ref, lot, owner, quantity, own in self._file.execute(BALANCES):
                account = Account(place, state, ref, lot, owner)
                if quantity:
                    balances.setdefault(unit, {})[account] = quantity
                if own:
                    parts.setdefault(unit, {})[account] = own
            for unit, rows in groupby(self._file.execute(MOVES), key=itemgetter(0)):
                moves[unit] = tuple([(occurred_at, place, change) for _, occurred_at, place, change in rows])
            return Snapshot(
                position=self._file.execute(POSITION).fetchone()[0],
                balances=balances,
                parts=parts,
                moves=moves,
                documents=tuple([self._codec.decode_document(body) for (body,) in self._file.execute(DOCUMENTS)]),
                ids=frozenset([id for (id,) in self._file.execute(IDS)]),
                horizon=self._file.execute(HORIZON).fetchone()[0],
            )

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Let go of what was recorded before a moment (ms UTC), and of closed documents; see `Ledger.retire`."""
        with self._transaction("IMMEDIATE"):
            cut = self._file.execute(CUT, (before,)).fetchone()[0]
            self._file.execute("UPDATE start SET horizon = max(coalesce(horizon, ?1), ?1)", (before,))
            self._file.execute("UPDATE start SET position = max(position, ?)", (cut,))
            self._file.execute(STAYING, (cut,))
            self._file.execute("DELETE FROM journal WHERE position <= ?", (cut,))
            self._file.execute("DELETE FROM moves WHERE occurred_at < ?", (before,))
            self._file.executemany("DELETE FROM documents WHERE kind = ? AND id = ?", [*closed])

    async def forget_sums(self) -> None:
        """Let go of every sum that is kept: those in use come back, those of an old network do not."""
        with self._transaction("IMMEDIATE"):
            self._file.execute("DELETE FROM sums")
            self._file.execute("DELETE FROM members")

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill an empty file. Raises `InvalidValue` where it is not empty."""
        with self._transaction("IMMEDIATE"):
            if self._file.execute(POSITION).fetchone()[0]:
                raise InvalidValue("store", "with entries", "an empty store")
            self._file.execute("UPDATE start SET position = ?, horizon = ?", (snapshot.position, snapshot.horizon))
            self._file.executemany("INSERT INTO earlier VALUES (?)", [(id,) for id in sorted(snapshot.ids)])
            self._file.executemany(POST, _rows(snapshot.balances, snapshot.parts))
            moves = [(u, place, at, change) for u, rows in snapshot.moves.items() for at, place, change in rows]
            self._file.executemany(MOVE, moves)
            for document in snapshot.documents:
                row = (*document.key, document.revision, document.due_at, self._codec.encode(document))
                self._file.execute(REPLACE, row)
            for expected, (position, entry) in enumerate(tail, start=snapshot.position + 1):
                if position != expected:
                    raise InvalidValue("tail", position, f"the entry at position {expected}: none may be missing")
                self._append(entry, self._codec.encode(entry), ())

    # The file

    @contextmanager
    def _transaction(self, kind: Literal["DEFERRED", "IMMEDIATE"]) -> Iterator[None]:
        """Do all of it at one moment, or nothing; once it has begun, nobody else can make it fail."""
        self._patiently(f"BEGIN {kind}")
        try:
            # Reading anything takes the lock that the whole transaction needs.
            ((version,),) = self._patiently("PRAGMA user_version")
            if self._is_open and version != len(self.migrations):
                raise InvalidValue("schema", version, f"{len(self.migrations)}, as it was when opened")  # noqa: TRY301
            yield
            self._file.execute("COMMIT")
        except BaseException:
            if self._file.in_transaction:
                self._file.execute("ROLLBACK")
            raise

    def _patiently(self, statement: str) -> list[tuple[Any, ...]]:
        """Execute a statement for which the file may be locked; short naps are fairer than SQLite's own, which grow."""
        deadline = time.monotonic() + self._wait_ms / 1000
        while True:
            try:
                return self._file.execute(statement).fetchall()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.001)

    def _migrate(self) -> None:
        """Bring the file to the newest schema, one version after the other; a newer one is not touched."""
        with self._transaction("DEFERRED"):
            if self._version() == len(self.migrations):
                return
        with self._transaction("IMMEDIATE"):
            if not 0 <= (version := self._version()) <= len(self.migrations):
                raise InvalidValue("schema", version, f"a version up to {len(self.migrations)}")
            for number, statements in enumerate(self.migrations[version:], start=version + 1):
                for statement in statements:
                    self._file.execute(statement)
                self._file.execute(f"PRAGMA user_version = {number}")

    def _version(self) -> int:
        version: int = self._file.execute("PRAGMA user_version").fetchone()[0]
        return version


class _ConflictError(Exception):
    """A guard does not hold: what was written is taken back."""


@lru_cache(maxsize=4_096)
def _alike(accounts: tuple[Account, ...]) -> list[tuple[tuple[str, str, str, str], Mapping[str, Account]]]:
    """Return accounts by what they have in common, then by place; the same ones are asked for of many units."""
    found: dict[tuple[str, str, str, str], dict[str, Account]] = {}
    for account in accounts:
        found.setdefault((account.state, account.ref, account.lot, account.owner), {})[account.place] = account
    return [*found.items()]


def _rows(*books: Mapping[Unit, Mapping[Account, int]]) -> Iterator[tuple[str | int, ...]]:
    """Yield rows to post: of what accounts hold, and of what was posted to each part."""
    for index, book in enumerate(books):
        for unit, accounts in book.items():
            for account, held in accounts.items():
                yield (unit, *account, *((held, 0) if index == 0 else (0, held)))
