"""One of the processes that race on a store: it says that it is ready, waits for the start, and says what it got."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from examples.stores.postgres import PostgresStore
from examples.stores.sqlite import SQLiteStore
from tests.races.race import race
from unicommerce.ledger import Account, Between, Entry, Guard, Recorded, Store, Wanted, run, totals
from unicommerce.values import Unit


class Closing(Store, Protocol):
    """A store that can be closed."""

    def close(self) -> None:
        """Close it."""
        ...


class NaiveSQLiteStore(SQLiteStore):
    """The store that checks the guards in one transaction and writes in the next."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append where the guards held a moment ago."""
        return await super().append(entry) if await _held(self, entry, guards) else None


class NaivePostgresStore(PostgresStore):
    """The same mistake on a server."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append where the guards held a moment ago."""
        return await super().append(entry) if await _held(self, entry, guards) else None


STORES: Mapping[str, Callable[[str], Closing]] = {
    "sqlite": lambda path: SQLiteStore(path, synchronous="NORMAL"),
    "sqlite naive": lambda path: NaiveSQLiteStore(path, synchronous="NORMAL"),
    "postgres": PostgresStore,
    "postgres naive": NaivePostgresStore,
}


def opened(kind: str, where: str) -> Closing:
    """Open a store of a kind: a file by its path, a database by how to connect to it."""
    return STORES[kind](where)


async def _held(store: Store, entry: Entry, guards: tuple[Guard, ...]) -> bool:
    sums = [guard for guard in guards if isinstance(guard, Between)]
    for guard in sums:
        found = await store.read(Wanted({guard.unit: guard.accounts}, {}))
        held = sum(found.balances[guard.unit].values()) + _change(entry, guard.unit, guard.accounts)
        if not guard.admits(held):
            return False
    time.sleep(0.001)  # noqa: ASYNC251 - this store never waits otherwise; a moment is enough
    return True


def _change(entry: Entry, unit: Unit, accounts: tuple[Account, ...]) -> int:
    change = 0
    for movement in entry.movements:
        if movement.unit == unit:
            change += movement.quantity * len({*totals(movement.target)} & {*accounts})
            change -= movement.quantity * len({*totals(movement.source)} & {*accounts})
    return change


if __name__ == "__main__":
    kind, where, racer, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    store = opened(kind, where)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    json.dump(run(race(store, racer, rounds=rounds)), sys.stdout)
    store.close()
