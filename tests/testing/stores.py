"""The stores of the examples as the contract kit opens them, and one that is naive on purpose."""

import time
from pathlib import Path

from examples.stores.postgres import PostgresStore
from examples.stores.postgres_host import PostgresHost
from examples.stores.sqlite import SQLiteStore
from examples.stores.sqlite_host import SQLiteHost
from unicommerce.ledger import Between, Entry, Guard, Ledger, Recorded, Supposed
from unicommerce.testing import CODEC


class NaiveSQLiteStore(SQLiteStore):
    """Checks the guards in one transaction and writes in the next."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append where the guards held a moment ago."""
        for guard in guards:
            if isinstance(guard, Between):
                held = sum(self._balances({guard.unit: guard.accounts})[guard.unit].values())
                change = Supposed(Ledger(), entry.events).balance(guard.unit, guard.accounts)
                if not guard.admits(held + change):
                    return None
        time.sleep(0.001)  # noqa: ASYNC251 - this store never waits otherwise; a moment is enough
        return await super().append(entry)


def sqlite(address: str) -> SQLiteStore:
    """Open a file."""
    return SQLiteStore(address, synchronous="NORMAL", codec=CODEC)


def naive(address: str) -> SQLiteStore:
    """Open a file naively."""
    return NaiveSQLiteStore(address, synchronous="NORMAL", codec=CODEC)


def sqlite_host(address: str) -> SQLiteHost:
    """Open a file that the coroutines of a process share."""
    return SQLiteHost(address, synchronous="NORMAL", codec=CODEC)


def postgres(conninfo: str, address: str) -> PostgresStore:
    """Open a schema that is named by the last part of the address."""
    return PostgresStore(conninfo, schema=Path(address).name, codec=CODEC)


def host(conninfo: str, address: str) -> PostgresHost:
    """Open a schema that the coroutines of a process share."""
    return PostgresHost(conninfo, schema=Path(address).name, codec=CODEC)
