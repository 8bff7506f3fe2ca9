"""The loop: time in ticks of half an hour, in each the same steps in the same order; no clock decides anything.

Each step is level-triggered on what its systems have on file, and each message is acknowledged once it has had its
effect. So a run that was killed goes on with the step that was interrupted, and ends with the same journal.
"""

from collections.abc import Callable
from pathlib import Path

from unicommerce.ledger import Store

from .accountant import Accountant
from .carrier import Carrier
from .core import Core
from .counter import Counter
from .data import World
from .erp import Erp
from .marketplace import Marketplace
from .reactions import Systems
from .storefront import Storefront
from .wire import DAY_MS, HOUR_MS, MINUTE_MS, open_file
from .wms import Warehouse

SCHEMA = """
CREATE TABLE IF NOT EXISTS progress (one INTEGER PRIMARY KEY, tick INTEGER NOT NULL, step INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS supplied (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS observed (at INTEGER PRIMARY KEY, backlog INTEGER NOT NULL, entries INTEGER NOT NULL);
"""

TICK_MS = 30 * MINUTE_MS
RETRY_MS = 6 * HOUR_MS
PATIENCE_MS = 14 * DAY_MS
"""How long after the last order the loop waits at most for parcels, returns and the ERP."""
ERP_LIMIT = 24
"""Messages that the ERP takes in a tick: after two days it has something to catch up with."""


class Fortnight:
    """All systems, each on its own file in one folder, and the time that passes for them."""

    def __init__(self, folder: Path, world: World, store: Store) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.world = world
        self.store = store
        self.storefront = Storefront(folder / "storefront.sqlite", world)
        self.warehouse = Warehouse(folder / "wms.sqlite", world.sites)
        self.carrier = Carrier(folder / "carrier.sqlite")
        self.counter = Counter(folder / "counter.sqlite", world.sites)
        self.market = Marketplace(folder / "marketplace.sqlite", world)
        self.erp = Erp(folder / "erp.sqlite", world.outage)
        self.accountant = Accountant(folder / "books.beancount")
        systems = Systems(self.warehouse, self.carrier, self.counter, self.market, self.erp)
        self.core = Core(store, folder, world, systems)
        self._file = open_file(folder / "world.sqlite", SCHEMA)
        self._supplied: int = self._file.execute("SELECT count(*) FROM supplied").fetchone()[0]
        self._steps: tuple[Callable[[int], None], ...] = (
            self._supply,
            self._storefront,
            self._market,
            self.core.react,
            self._warehouse,
            self._carrier,
            self._counter,
            self.core.due,
            self.core.desk.settle,
            self._retry,
            self.core.react,
            self.core.service.look,
            self._erp,
            self._observe,
        )

    def close(self) -> None:
        """Close the files of all systems; the store is its owner's."""
        for system in (*self._outside(), self.erp, self.core, self._file):
            system.close()

    def run(self, tell: Callable[[int, int], None]) -> int:
        """Let time pass until all is quiet, telling moment and entries after each tick; return the last moment."""
        found = self._file.execute("SELECT tick, step FROM progress").fetchone()
        tick, step = found or (0, 0)
        while True:
            now = self.world.begins_at + tick * TICK_MS
            self.core.costs_of(now)
            for number in range(step, len(self._steps)):
                self._file.execute("INSERT OR REPLACE INTO progress VALUES (1, ?, ?)", (tick, number))
                self._steps[number](now)
            tell(now, self.core.position)
            if now >= self.world.ends_at and (self._is_quiet() or now >= self.world.ends_at + PATIENCE_MS):
                return now
            tick, step = tick + 1, 0

    def observed(self) -> list[tuple[int, int, int]]:
        """Return moment, backlog of the ERP and entries on record, tick by tick."""
        return self._file.execute("SELECT at, backlog, entries FROM observed ORDER BY at").fetchall()

    def _is_quiet(self) -> bool:
        return all(system.is_quiet for system in (*self._outside(), self.core))

    def _outside(self) -> tuple[Storefront | Marketplace | Warehouse | Carrier | Counter, ...]:
        return self.storefront, self.market, self.warehouse, self.carrier, self.counter

    # The steps of a tick

    def _supply(self, now: int) -> None:
        for supply in self.world.supplies:
            if (
                supply.at <= now
                and not self._file.execute("SELECT 1 FROM supplied WHERE id = ?", (supply.id,)).fetchone()
            ):
                self.core.intake.supply(supply, now)
                self._file.execute("INSERT INTO supplied VALUES (?)", (supply.id,))

    def _storefront(self, now: int) -> None:
        for body in self.storefront.due(now):
            self.storefront.answered(self.core.intake.hear(body, now))

    def _market(self, now: int) -> None:
        for body in self.market.due(now):
            self.market.answered(self.core.intake.relay(body, now))

    def _warehouse(self, now: int) -> None:
        for id, body in self.warehouse.due(now):
            self.core.intake.told_by_warehouse(body, now)
            self.warehouse.acknowledged(id)

    def _carrier(self, now: int) -> None:
        for id, body in self.carrier.due(now):
            self.core.intake.told_by_carrier(body, now)
            self.carrier.acknowledged(id)

    def _counter(self, now: int) -> None:
        for id, body in self.counter.due(now):
            self.counter.acknowledged(id, self.core.intake.told_by_counter(body, now))

    def _retry(self, now: int) -> None:
        if now % RETRY_MS == 0:
            self.core.retry(now)

    def _erp(self, now: int) -> None:
        self.core.tell_erp(now, ERP_LIMIT)

    def _observe(self, now: int) -> None:
        row = (now, self.core.backlog, self.core.position)
        self._file.execute("INSERT OR REPLACE INTO observed VALUES (?, ?, ?)", row)
