"""One of the processes that race on a file: it says that it is ready, waits for the start, and says what it got."""

import json
import sys
import time

from examples.stores.sqlite import SQLiteStore
from tests.races.race import race
from unicommerce.ledger import Account, Between, Entry, Guard, Recorded, Wanted, run, totals
from unicommerce.values import Unit


class NaiveSQLiteStore(SQLiteStore):
    """The store that checks the guards in one transaction and writes in the next."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append where the guards held a moment ago."""
        sums = [guard for guard in guards if isinstance(guard, Between)]
        for guard in sums:
            found = await self.read(Wanted({guard.unit: guard.accounts}, {}))
            held = sum(found.balances[guard.unit].values()) + _change(entry, guard.unit, guard.accounts)
            if not guard.admits(held):
                return None
        time.sleep(0.001)  # noqa: ASYNC251 - this store never waits otherwise; a moment is enough
        return await super().append(entry)


def _change(entry: Entry, unit: Unit, accounts: tuple[Account, ...]) -> int:
    change = 0
    for movement in entry.movements:
        if movement.unit == unit:
            change += movement.quantity * len({*totals(movement.target)} & {*accounts})
            change -= movement.quantity * len({*totals(movement.source)} & {*accounts})
    return change


if __name__ == "__main__":
    path, racer, rounds, naive = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "naive"
    store = (NaiveSQLiteStore if naive else SQLiteStore)(path, synchronous="NORMAL")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    json.dump(run(race(store, racer, rounds=rounds)), sys.stdout)
    store.close()
