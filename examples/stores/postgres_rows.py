"""What the stores in PostgreSQL say to the database and what its rows mean to them; nothing here waits for it.

Each statement takes one parameter, a document in JSON that may speak for many at once: `question` and `answers` for
reading, `posting` and `outcome` for recording. What many accounts hold together is asked for by the number of their
set, once the set is enrolled: to name hundreds of accounts in each request would cost more than all else in it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import attrs
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from unicommerce.codec import Codec
from unicommerce.errors import InvalidValue, TooOld
from unicommerce.ledger import (
    Account,
    Between,
    Entry,
    Found,
    Guard,
    Key,
    Ledger,
    Recorded,
    Snapshot,
    Wanted,
    is_part,
    totals,
)
from unicommerce.values import Unit

__all__ = [
    "ENROLL",
    "FLUSH",
    "JSON",
    "NEWER",
    "PUT",
    "RECORD",
    "OutcomeUnknownError",
    "Posting",
    "Question",
    "Sets",
    "answers",
    "connecting",
    "outcome",
    "posting",
    "question",
]

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

RECORD = "CALL record_2(%s::jsonb, NULL)"
"""The name of the procedure is that of the form: who was open before a newer one came does not find his any more."""
NEWER = InvalidValue("schema", "of a newer form", "of the form that this program knows")
PUT = "SELECT put(%s::jsonb)"
ENROLL = "SELECT enroll(%s, %s::jsonb)"
FLUSH = "SELECT pg_logical_emit_message(true, 'unicommerce', '')"

# What can be asked; a statement is made of those that are. `OFFSET 0` keeps each look-up by its whole key.
READ = {
    "entries": """
        SELECT 'entries', (q->>0)::int, e.position, NULL, NULL, NULL, NULL, NULL, e.body
        FROM asked, jsonb_array_elements(it->'entries') AS q CROSS JOIN LATERAL (
            SELECT position, body FROM journal WHERE id = q->>1 UNION ALL SELECT 0, NULL FROM earlier WHERE id = q->>1
        ) AS e
    """,
    "balances": """
        SELECT 'balances', (q->>0)::int, b.quantity, NULL, NULL, NULL, NULL, NULL, NULL
        FROM asked, jsonb_array_elements(it->'balances') AS q CROSS JOIN LATERAL (
            SELECT quantity FROM balances AS b WHERE b.unit = q->>1 AND b.place = q->>2 AND b.state = q->>3
            AND b.ref = q->>4 AND b.lot = q->>5 AND b.owner = q->>6 OFFSET 0
        ) AS b
    """,
    "documents": """
        SELECT 'documents', (q->>0)::int, d.revision, NULL, NULL, NULL, NULL, NULL, d.body
        FROM asked, jsonb_array_elements(it->'documents') AS q LEFT JOIN LATERAL (
            SELECT revision, body FROM documents AS d WHERE d.kind = q->>1 AND d.id = q->>2 OFFSET 0
        ) AS d ON true
        WHERE coalesce(d.revision, 0) <> (q->>3)::bigint
    """,
    "parts": """
        SELECT 'parts', (q->>0)::int, b.own, b.place, b.state, b.ref, b.lot, b.owner, NULL
        FROM asked, jsonb_array_elements(it->'parts') AS q CROSS JOIN LATERAL (
            SELECT * FROM balances AS b
            WHERE b.unit = q->>1 AND b.place = q->>2 AND b.state = q->>3 AND b.own <> 0 OFFSET 0
        ) AS b
    """,
    "moved": """
        SELECT 'moved', (q->>0)::int, m.change, NULL, NULL, NULL, NULL, NULL, NULL
        FROM asked, jsonb_array_elements(it->'moved') AS q CROSS JOIN LATERAL (
            SELECT coalesce(sum(change), 0)::bigint AS change FROM moves
            WHERE unit = q->>1 AND place = q->>2 AND occurred_at > (q->>3)::bigint
        ) AS m
    """,
    "sums": """
        SELECT 'sums', (q->>0)::int, coalesce(
            (SELECT quantity FROM sums WHERE set = (q->>2)::int AND unit = q->>1), added_up((q->>2)::int, q->>1)
        )::bigint, NULL, NULL, NULL, NULL, NULL, NULL
        FROM asked, jsonb_array_elements(it->'sums') AS q CROSS JOIN LATERAL (
            SELECT FROM sets WHERE number = (q->>2)::int OFFSET 0
        ) AS known
    """,
    "listed": """
        SELECT 'sums', (q->>0)::int, (
            SELECT coalesce(sum((
                SELECT quantity FROM balances AS b WHERE b.unit = q->>1 AND b.place = a->>0 AND b.state = a->>1
                AND b.ref = a->>2 AND b.lot = a->>3 AND b.owner = a->>4
            )), 0) FROM jsonb_array_elements(it->'lists'->(q->>2)::int) AS a
        )::bigint, NULL, NULL, NULL, NULL, NULL, NULL
        FROM asked, jsonb_array_elements(it->'listed') AS q
    """,
}

FEW = 8
"""Of up to so many accounts a guard names each; of more, the number of their set."""

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


class Enrolled(NamedTuple):
    """A set of accounts whose sums are kept, and its number."""

    accounts: tuple[Account, ...]
    members: frozenset[Account]
    number: int


class Sets:
    """The sets that are known to be enrolled, by the identity of the tuple: to hash hundreds of accounts takes long."""

    def __init__(self) -> None:
        self._known: dict[int, Enrolled] = {}

    def get(self, accounts: tuple[Account, ...]) -> Enrolled | None:
        """Return the set of these very accounts."""
        return self._known.get(id(accounts))

    def missing(self, guards: Iterable[Guard]) -> Iterator[tuple[Account, ...]]:
        """Yield the accounts that guards name and that are worth a set, but are not enrolled."""
        for guard in guards:
            accounts = guard.accounts if isinstance(guard, Between) else ()
            is_long = len(accounts) > FEW and id(accounts) not in self._known
            if is_long and len({*accounts}) == len(accounts):  # a set counts each account once
                yield accounts

    def add(self, accounts: tuple[Account, ...], number: int) -> None:
        """Take note of a set; it holds the tuple, so that its identity stays its own."""
        if len(self._known) >= 10_000:
            self._known.clear()
        self._known[id(accounts)] = Enrolled(accounts, frozenset(accounts), number)

    def clear(self) -> None:
        """Forget all: what is in the database has changed."""
        self._known.clear()


def enrolling(accounts: Iterable[Account]) -> tuple[str, str]:
    """Return the parameters of `ENROLL`: equal sets have the same digest, in whatever order they are named."""
    said = JSON(sorted(set(accounts)))
    return sha256(said.encode()).hexdigest(), said


class Question(NamedTuple):
    """What is asked of the database in one statement; by kind, who asked what each row answers."""

    statement: str
    parameter: str
    wanted: Sequence[Wanted]
    asked: Mapping[str, Sequence[tuple[int, Any]]]


def question(wanted: Sequence[Wanted], sets: Sets) -> Question:
    """Put what several want into one question."""
    asked: dict[str, list[tuple[int, Any]]] = {
        "entries": [(n, one.entry) for n, one in enumerate(wanted) if one.entry],
        "balances": [(n, (u, a)) for n, one in enumerate(wanted) for u, those in one.balances.items() for a in those],
        "documents": [(n, key) for n, one in enumerate(wanted) for key in one.documents],
        "parts": [(n, part) for n, one in enumerate(wanted) for part in one.parts],
        "moved": [(n, moved) for n, one in enumerate(wanted) for moved in one.moved],
        "sums": [(n, total) for n, one in enumerate(wanted) for total in one.sums],
    }
    lists = {id(those): those for _, (_, those) in asked["sums"] if sets.get(those) is None}
    order = [*lists]
    said: dict[str, list[Any]] = {
        "entries": [(i, id) for i, (_, id) in enumerate(asked["entries"])],
        "balances": [(i, unit, *account) for i, (_, (unit, account)) in enumerate(asked["balances"])],
        "documents": [(i, *key, wanted[n].documents[key]) for i, (n, key) in enumerate(asked["documents"])],
        "parts": [(i, u, a.place, a.state) for i, (_, (u, a)) in enumerate(asked["parts"]) if not is_part(a)],
        "moved": [(i, *moved) for i, (_, moved) in enumerate(asked["moved"])],
        "sums": [(i, u, known.number) for i, (_, (u, those)) in enumerate(asked["sums"]) if (known := sets.get(those))],
        "listed": [(i, u, order.index(id(t))) for i, (_, (u, t)) in enumerate(asked["sums"]) if id(t) in lists],
    }
    said = {kind: rows for kind, rows in said.items() if rows}
    statement = " UNION ALL ".join([READ[kind] for kind in said] or [READ["entries"]])
    parameter = JSON(said | {"lists": [*lists.values()]} if lists else said)
    return Question(f"WITH asked AS (SELECT %s::jsonb AS it) {statement}", parameter, wanted, asked)


def answers(question: Question, rows: Iterable[Sequence[Any]], codec: Codec) -> list[Found] | None:
    """Return what each wanted, from the rows that answer; None where a set is not enrolled any more."""
    found: dict[str, list[dict[Any, Any]]] = {kind: [{} for _ in question.wanted] for kind in question.asked}
    for kind, i, number, place, state, ref, lot, owner, body in rows:
        n, key = question.asked[kind][i]
        if kind == "entries":
            found[kind][n][key] = _entry(codec, key, body)
        elif kind == "documents":
            found[kind][n][key] = None if body is None else codec.decode_document(body.encode())
        elif kind == "parts":
            found[kind][n].setdefault(key, {})[Account(place, state, ref, lot, owner)] = number
        else:
            found[kind][n][i if kind == "sums" else key] = number
    if sum(map(len, found["sums"])) < len(question.asked["sums"]):
        return None
    books: list[dict[Unit, dict[Account, int]]] = [{unit: {} for unit in one.balances} for one in question.wanted]
    for n, (unit, account) in question.asked["balances"]:
        books[n][unit][account] = found["balances"][n].get((unit, account), 0)
    for n, part in question.asked["parts"]:
        found["parts"][n].setdefault(part, {})
    return [
        Found({}, {}, {}, {}, found["entries"][n][one.entry])
        if found["entries"][n]
        else Found(
            books[n],
            found["documents"][n],
            found["parts"][n],
            found["moved"][n],
            sums=tuple([total for _, total in sorted(found["sums"][n].items())]),
        )
        for n, one in enumerate(question.wanted)
    ]


def _entry(codec: Codec, id: str, body: str | None) -> Entry:
    """Return an entry from its body; one whose body has left says only that it is done."""
    if body is None:
        return Entry(id=id, recorded_at=0, occurred_at=0, events=(), movements=(), documents=())
    return codec.decode(body.encode())


class Posting(NamedTuple):
    """An entry that is to be recorded under its guards, and how the database is told."""

    entry: Entry
    told: Mapping[str, Any]


def posting(entry: Entry, guards: Iterable[Guard], codec: Codec, sets: Sets) -> Posting:
    """Say an entry and its guards in rows; the bounds of sums are said of what is held before the entry."""
    changes, moves = _changes(entry)
    documents = {document.key: document for document in sorted(entry.documents, key=lambda document: document.revision)}
    unchanged, between, sums, queues = [], [], [], set()
    for guard in guards:
        if isinstance(guard, Between):
            unit, accounts, least, most = guard
            if known := sets.get(accounts):
                own = sum([change for (u, a), (change, _) in changes.items() if u == unit and a in known.members])
            else:
                own = sum([changes[unit, account][0] for account in accounts if (unit, account) in changes])
            bounds = [None if bound is None else bound - own for bound in (least, most)]
            if known:
                sums.append((unit, known.number, *bounds))
            else:
                between.append((unit, accounts, *bounds))
            queues.add(f"unit/{unit}")
        else:
            unchanged.append((*guard.key, guard.revision))
            queues.add(f"document/{guard.key.kind}/{guard.key.id}")
    told = {
        "id": entry.id,
        "occurred_at": entry.occurred_at,
        "body": codec.encode(entry).decode(),
        "queues": [*queues],
        "unchanged": unchanged,
        "between": between,
        "sums": sums,
        "documents": [(*d.key, d.revision, d.due_at, codec.encode(d).decode()) for d in documents.values()],
        "to_compare": len(documents) < len(entry.documents),
        "posts": [(unit, *account, *change) for (unit, account), change in changes.items() if any(change)],
        "moves": [(*where, entry.occurred_at, change) for where, change in moves.items()],
    }
    return Posting(entry, {name: value for name, value in told.items() if value or name == "occurred_at"})


def _changes(entry: Entry) -> tuple[dict[tuple[Unit, Account], list[int]], dict[tuple[Unit, str], int]]:
    """Return what each balance changes by, and how much of it was posted to that very account; and what moved."""
    changes: dict[tuple[Unit, Account], list[int]] = {}
    moves: dict[tuple[Unit, str], int] = {}
    for movement in entry.movements:
        quantity, unit, source, target = movement
        for account, change in ((source, -quantity), (target, quantity)):
            for total in totals(account):
                changes.setdefault((unit, total), [0, 0])[0] += change
            if is_part(account):
                changes[unit, account][1] += change
        for place, change in movement.moves():
            moves[unit, place] = moves.get((unit, place), 0) + change
    return changes, moves


def outcome(one: Posting, said: Sequence[Any], codec: Codec) -> Posting | Recorded | None:
    """Return what became of an entry; or how to say it again, where its documents had to be compared first."""
    match said:
        case ["recorded", position]:
            return Recorded(position, one.entry)
        case ["known", position, body]:
            return Recorded(position, _entry(codec, one.entry.id, body))
        case ["too old", horizon]:
            raise TooOld(one.entry.id, one.entry.occurred_at, horizon)
        case ["compare", on_record]:
            return _compared(one, on_record, codec)
    return None


def _compared(one: Posting, on_record: Sequence[tuple[str, str, int, str]], codec: Codec) -> Posting:
    """Return the posting again, with the very bytes on record for those documents that say the same in today's code.

    Raises `Contradiction` as the ledger does where they say otherwise.
    """
    bodies = {Key(kind, id): (revision, body) for kind, id, revision, body in on_record}
    stored = [codec.decode_document(body.encode()) for _, body in bodies.values()]
    documents = tuple([codec.decode_document(codec.encode(document)) for document in one.entry.documents])
    Ledger.restore(Snapshot(documents=tuple(stored))).append(attrs.evolve(one.entry, documents=documents))
    told = {name: value for name, value in one.told.items() if name != "to_compare"}
    told["documents"] = [
        (
            kind,
            id,
            revision,
            due_at,
            bodies[Key(kind, id)][1] if bodies.get(Key(kind, id), (0,))[0] == revision else body,
        )
        for kind, id, revision, due_at, body in one.told["documents"]
    ]
    return Posting(one.entry, told)
