"""The stores of the examples as the contract kit opens them, and one that is naive on purpose."""

import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import psycopg

from examples.stores.postgres import PostgresStore
from examples.stores.postgres_host import PostgresHost
from examples.stores.postgres_rows import connecting
from examples.stores.sqlite import SQLiteStore
from examples.stores.sqlite_host import SQLiteHost
from unicommerce.ledger import Account, Between, Entry, Found, Guard, Ledger, Movement, Recorded, Supposed, Wanted
from unicommerce.testing import CODEC


class Naive:
    """Checks the guards in one transaction and writes in the next."""

    read: Callable[[Wanted], Coroutine[object, object, Found]]

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append where the guards held a moment ago."""
        sums = [guard for guard in guards if isinstance(guard, Between)]
        found = await self.read(Wanted({}, {}, sums=[(guard.unit, guard.accounts) for guard in sums]))
        after = Supposed(Ledger(), entry.events)
        for guard, held in zip(sums, found.sums, strict=True):
            if not guard.admits(held + after.balance(guard.unit, guard.accounts)):
                return None
        time.sleep(0.001)  # noqa: ASYNC251 - these stores never wait otherwise; a moment is enough
        recorded: Recorded | None = await super().append(entry)  # type: ignore[misc]  # the store it is mixed into
        return recorded


class NaiveSQLiteStore(Naive, SQLiteStore):
    """The mistake in a file."""


class OfPlaces(Movement):
    """A movement as it was noted before piles were."""

    def moves(self) -> tuple[tuple[str, int], ...]:
        """Return what it changes at whole places."""
        _, _, source, target = self
        changes = ((source.place, -self.quantity), (target.place, self.quantity))
        return changes if source.place != target.place else ()


class SQLiteStoreOfOld(SQLiteStore):
    """The store before sums were rows, and moves of piles were noted."""

    migrations = SQLiteStore.migrations[:2]

    def _post(self, entry: Entry) -> None:
        """Note no piles."""
        super()._post(attrs.evolve(entry, movements=tuple([OfPlaces(*movement) for movement in entry.movements])))

    def _digest(self, accounts: tuple[Account, ...]) -> bytes:
        """Know no set: accounts are added up."""
        del accounts
        return b""


def sqlite(address: str, kind: type[SQLiteStore] = SQLiteStore) -> SQLiteStore:
    """Open a file."""
    return kind(address, synchronous="NORMAL", codec=CODEC)


def sqlite_host(address: str) -> SQLiteHost:
    """Open a file that the coroutines of a process share."""
    return SQLiteHost(address, synchronous="NORMAL", codec=CODEC)


@contextmanager
def holding(conninfo: str, schema: str, guard: Guard) -> Iterator[None]:
    """Stand at the head of a queue of a schema, in a session of its own, as `put` does for an entry."""
    name = f"unit/{guard.unit}" if isinstance(guard, Between) else f"document/{guard.key.kind}/{guard.key.id}"
    with psycopg.connect(connecting(conninfo, schema)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(queue(%s))", (name,))
        yield


class QueuedPostgresStore(PostgresStore):
    """The store, and a way to hold its queues up."""

    @contextmanager
    def holding(self, guard: Guard) -> Iterator[None]:
        """Stand at the head of a queue."""
        with holding(self._conninfo, self._schema, guard):
            yield


class QueuedPostgresHost(PostgresHost):
    """The store that coroutines share, and a way to hold its queues up."""

    def __init__(self, conninfo: str, schema: str) -> None:
        super().__init__(conninfo, schema=schema, codec=CODEC)
        self._where = conninfo, schema

    @contextmanager
    def holding(self, guard: Guard) -> Iterator[None]:
        """Stand at the head of a queue."""
        with holding(*self._where, guard):
            yield


class NaivePostgresStore(Naive, QueuedPostgresStore):
    """The same mistake on a server."""


def postgres(conninfo: str, address: str, kind: type[QueuedPostgresStore] = QueuedPostgresStore) -> QueuedPostgresStore:
    """Open a schema that is named by the last part of the address."""
    return kind(conninfo, schema=Path(address).name, codec=CODEC)


def host(conninfo: str, address: str) -> QueuedPostgresHost:
    """Open a schema that the coroutines of a process share."""
    return QueuedPostgresHost(conninfo, Path(address).name)
