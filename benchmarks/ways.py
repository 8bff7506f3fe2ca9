"""The ways to take one piece of a hot SKU in PostgreSQL: ours, and what people write, all under one contract.

Nothing is oversold; an id that was answered with yes is answered so again and takes nothing twice; the id and a row of
a journal are recorded by the transaction that takes the piece; a no records nothing. Each way is in the best form that
we know: prepared statements, as few round trips as it allows, nothing locked for longer than it must be.

What the others lack beside ours: reasons with numbers, balances by place and state, several nodes and pools, holds that
can be given back, a journal that is in one order and can be followed.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from time import time_ns
from typing import LiteralString, Protocol

import psycopg
from psycopg.errors import SerializationFailure, UniqueViolation

from examples.stores.postgres import PostgresStore
from unicommerce import Accepted, Catalog, Commerce, Network, Node, Position, availability, received, reserve

__all__ = ["AT_ONCE", "CATALOG", "OURS", "WAYS", "Client", "clock", "prepare", "recorded", "restock"]

CATALOG = Catalog(network=Network(nodes=(Node(id="dc", position=Position(0, 0)),)))
OURS = "ours"
AT_ONCE = "conditional update in one statement"

TABLES = """
    CREATE TABLE IF NOT EXISTS stock (sku text PRIMARY KEY, free bigint NOT NULL CHECK (free >= 0));
    CREATE TABLE IF NOT EXISTS taken (id text PRIMARY KEY, sku text NOT NULL, quantity bigint NOT NULL);
    CREATE TABLE IF NOT EXISTS journal (position bigserial PRIMARY KEY, id text NOT NULL, body text NOT NULL);
"""
KNOWN = "SELECT EXISTS (SELECT FROM taken WHERE id = %s)"
FREE = "SELECT free FROM stock WHERE sku = %s"
LOCK = "SELECT free FROM stock WHERE sku = %s FOR UPDATE"
UPDATE = "UPDATE stock SET free = free - 1 WHERE sku = %s AND free >= 1"
REMEMBER = "INSERT INTO taken VALUES (%s, %s, 1) ON CONFLICT DO NOTHING"
NOTE = "INSERT INTO journal (id, body) VALUES (%s, %s)"
TAKE = """
    WITH stocked AS (UPDATE stock SET free = free - 1 WHERE sku = %(sku)s RETURNING sku),
    remembered AS (INSERT INTO taken SELECT %(id)s, sku, 1 FROM stocked)
    INSERT INTO journal (id, body) SELECT %(id)s, %(body)s FROM stocked
"""
TAKE_IF = """
    WITH stocked AS (
        UPDATE stock SET free = free - 1
        WHERE sku = %(sku)s AND free >= 1 AND NOT EXISTS (SELECT FROM taken WHERE id = %(id)s) RETURNING sku
    ), remembered AS (INSERT INTO taken SELECT %(id)s, sku, 1 FROM stocked)
    INSERT INTO journal (id, body) SELECT %(id)s, %(body)s FROM stocked
"""


class Client(Protocol):
    """One who asks: a connection of its own, for one thread."""

    retries: int

    def reserve(self, id: str, sku: str) -> bool:
        """Take one piece, or tell that the id took one before; else there is none left."""
        ...


class Ours:
    """A reserve through the facade, on a store of its own."""

    def __init__(self, conninfo: str) -> None:
        self.retries = 0
        self._shop = Commerce(CATALOG, store=PostgresStore(conninfo))

    def reserve(self, id: str, sku: str) -> bool:
        """Ask for a firm claim of one piece."""
        return isinstance(self._shop.ask(reserve(id, place="dc", quantities={sku: 1}), now=clock()), Accepted)


class Theirs:
    """A connection, in a transaction only where told."""

    def __init__(self, conninfo: str) -> None:
        self.retries = 0
        self._base = psycopg.connect(conninfo, autocommit=True, prepare_threshold=0)

    def _ask(self, statement: LiteralString, *values: str) -> int:
        return int(self._base.execute(statement, values).fetchall()[0][0])


class Conditional(Theirs):
    """`UPDATE ... WHERE free >= 1` in a transaction of statements, the row locked last of all."""

    def reserve(self, id: str, sku: str) -> bool:
        """Remember the id, note the entry, take the piece; all of it or nothing."""
        is_taken = False
        with self._base.transaction() as transaction:
            if not self._base.execute(REMEMBER, (id, sku)).rowcount:
                return True  # waited for whoever had the same id, and he took it
            self._base.execute(NOTE, (id, body(id, sku)))
            is_taken = bool(self._base.execute(UPDATE, (sku,)).rowcount)
            if not is_taken:
                raise psycopg.Rollback(transaction)
        return is_taken


class OneStatement(Theirs):
    """The same in one statement: one round trip, and the row is locked for no longer than the commit takes."""

    def reserve(self, id: str, sku: str) -> bool:
        """Take, remember and note at once; a no is believed only where the id is not known by then."""
        try:
            if self._base.execute(TAKE_IF, {"id": id, "sku": sku, "body": body(id, sku)}).rowcount:
                return True
        except UniqueViolation:  # the same id at the same time: all of this statement is undone
            return True
        return bool(self._ask(KNOWN, id))


class Locking(Theirs):
    """`SELECT ... FOR UPDATE`, then a decision in the host, then what follows from it in one statement."""

    def reserve(self, id: str, sku: str) -> bool:
        """Lock, look, decide, write."""
        with self._base.transaction():
            free = self._ask(LOCK, sku)
            if self._ask(KNOWN, id):
                return True
            if free < 1:
                return False
            self._base.execute(TAKE, {"id": id, "sku": sku, "body": body(id, sku)})
            return True


class Serializable(Theirs):
    """Serializable transactions, tried again until one passes."""

    def __init__(self, conninfo: str) -> None:
        super().__init__(conninfo)
        self._base.isolation_level = psycopg.IsolationLevel.SERIALIZABLE

    def reserve(self, id: str, sku: str) -> bool:
        """Look, decide, write; again where somebody else did meanwhile."""
        while True:
            try:
                with self._base.transaction():
                    if self._ask(KNOWN, id):
                        return True
                    if self._ask(FREE, sku) < 1:
                        return False
                    self._base.execute(TAKE, {"id": id, "sku": sku, "body": body(id, sku)})
                    return True
            except (SerializationFailure, UniqueViolation):
                self.retries += 1


WAYS: Mapping[str, Callable[[str], Client]] = {
    OURS: Ours,
    "conditional update": Conditional,
    AT_ONCE: OneStatement,
    "SELECT FOR UPDATE": Locking,
    "serializable, with retry": Serializable,
}


def clock() -> int:
    """Return the moment (ms UTC), as a host tells it."""
    return time_ns() // 1_000_000


def body(id: str, sku: str) -> str:
    """Return what goes on record."""
    return f'{{"id":"{id}","place":"dc","state":"reserved","lines":[["{sku}",1]],"at":1}}'


def prepare(conninfo: str) -> None:
    """Make the tables of the others, and put our network on record."""
    with psycopg.connect(conninfo, autocommit=True) as base:
        base.execute(TABLES)
    with closing(PostgresStore(conninfo)) as store:
        Commerce(CATALOG, store=store).revise(CATALOG, now=0)


def restock(conninfo: str, way: str, sku: str, quantity: int) -> None:
    """Put pieces of a new SKU on the shelf."""
    if way == OURS:
        with closing(PostgresStore(conninfo)) as store:
            shop = Commerce(CATALOG, store=store)
            shop.tell(received(f"for {sku}", node="dc", quantities={sku: quantity}), now=0)
        return
    with psycopg.connect(conninfo, autocommit=True) as base:
        base.execute("INSERT INTO stock VALUES (%s, %s)", (sku, quantity))


def recorded(conninfo: str, way: str, sku: str) -> tuple[int, int]:
    """Return how many pieces of a SKU are on record as taken, and how many are left."""
    if way == OURS:
        with closing(PostgresStore(conninfo)) as store:
            stock = Commerce(CATALOG, store=store).see(availability(sku)).nodes["dc"]
        return stock.by_state.get("reserved", 0), stock.available
    with psycopg.connect(conninfo, autocommit=True) as base:
        taken = base.execute("SELECT count(*) FROM taken JOIN journal USING (id) WHERE sku = %s", (sku,)).fetchone()
        left = base.execute(FREE, (sku,)).fetchone()
    return int(taken[0]) if taken else 0, int(left[0]) if left else 0
