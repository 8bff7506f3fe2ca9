"""A day and a bit under fire: an hour of traffic, a blow, a look, until all is settled; then the next hour.

The ERP is down for a day and the till for ten hours, the warehouse is slow throughout. Each hour has one blow at most:
the host dies at a kill point or at any moment, the bus or the database crashes and comes back with what it had kept.
Time is simulated: hours pass as fast as all can settle.
"""

import asyncio
import multiprocessing
import os
import signal
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import LiteralString, NamedTuple

import psycopg
from nats.aio.client import Client
from psycopg.sql import SQL, Identifier

from examples.adapters.nats_bus import open_stream
from examples.stores.postgres import PostgresStore
from examples.stores.postgres_host import Session
from examples.stores.postgres_rows import connecting
from tests import servers
from tests.chaos import host
from tests.chaos.monitor import STREAM, Known, Look, Monitor
from tests.chaos.points import POINTS, SYSTEMS, Armed, arm, hits
from tests.chaos.systems import Outbox, Record, channel, systems
from tests.chaos.traffic import Said, Traffic
from unicommerce.values import HOUR_MS, MINUTE_MS

__all__ = ["BLOWS", "Plan", "Report", "Servers", "live", "plan_of"]

BEGINS_AT = 1_795_737_600_000
HOURS = 29
DOWN: Mapping[str, range] = {"erp": range(3, 27), "pos": range(6, 16)}
"""The hours in which nobody answers, and nothing is said."""
TICK_MS = 3 * MINUTE_MS
TICK_S = 0.03
CURSED_EACH = 8
PATIENCE = 1_000
"""Ticks after which what has not happened will not happen."""

ANY_MOMENT, BUS, DATABASE = BLOWS = ("host, at any moment", "bus", "database")
LAST = "replayed, not kept"
SCARCE = ("hopeless, not buried", "buried, not acknowledged", "rejected, not kept")
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([host.__name__])

Blow = Armed | str
Watch = Callable[[Known], Monitor]


class Plan(NamedTuple):
    """What happens in each hour, who is down when, what happens in the end; for how long to wait, what is planted."""

    seed: int
    blows: Mapping[int, Blow]
    hours: int = HOURS
    down: Mapping[str, range] = DOWN
    last: tuple[str, ...] = ()
    patience: int = PATIENCE
    bug: str = ""

    @property
    def points(self) -> list[str]:
        """Return the kill points that are to be struck."""
        return [*[blow.point for blow in self.blows.values() if isinstance(blow, Armed)], *self.last]


class Report(NamedTuple):
    """What came of a run."""

    plan: Plan
    struck: tuple[tuple[str, str], ...]
    look: Look
    behind: tuple[Mapping[str, int], ...]
    most_behind: Mapping[str, int]
    repeats: Mapping[str, int]
    findings: tuple[str, ...]


class Servers(NamedTuple):
    """The real ones, which a run may crash."""

    database: servers.PostgresServer
    bus: servers.NatsServer


def is_up(system: str, hour: int, down: Mapping[str, range] = DOWN) -> bool:
    """Tell whether a system answers."""
    return hour not in down.get(system, ())


def plan_of(seed: int) -> Plan:
    """Return the plan of a seed: every kill point, of one system after the other as seeds go on."""
    random = Random(seed)
    free = list(range(1, HOURS))
    random.shuffle(free)
    blows: dict[int, Blow] = {}
    points = [
        (point, [*whose[(seed + number) % len(whose) :], *whose][: len(whose)])
        for number, (point, whose) in enumerate(POINTS.items())
        if point != LAST
    ]
    for point, whose in sorted(points, key=lambda each: each[1][0] not in DOWN):
        hour, system = next((hour, system) for system in whose for hour in free if is_up(system, hour))
        free.remove(hour)
        times = 1 if point in SCARCE or system in DOWN else random.randint(1, 2)
        blows[hour] = Armed(point, system, times)
    rest = zip(free, [*BLOWS, *BLOWS, ANY_MOMENT], strict=False)
    return Plan(seed, {**blows, **dict(rest)}, last=(LAST,))


async def live(at: Servers, plan: Plan) -> Report:
    """Live through a plan, in a schema and a folder of its own, and remove all traces of it."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="unicommerce-chaos-")))
        schema = f"chaos_{os.getpid()}_{plan.seed}"
        setup = host.Setup(folder, at.database.get_uri(), schema, at.bus.uri, plan.bug)
        connection = await host.connected(at.bus.uri)
        stack.push_async_callback(connection.close)
        stream = connection.jetstream(timeout=1)
        await open_stream(stream)
        stack.push_async_callback(stream.delete_stream, STREAM)
        store = PostgresStore(setup.database, schema=schema)
        stack.callback(_forgotten, store, setup)
        _execute(setup, host.PROGRESS)
        session = Session(connecting(setup.database, schema))
        stack.push_async_callback(session.close)
        world = World(at, plan, setup, connection, partial(Monitor, stream, store, session))
        stack.push_async_callback(world.end)
        return await world.live()


def _execute(setup: host.Setup, statement: LiteralString) -> None:
    with psycopg.connect(connecting(setup.database, setup.schema), autocommit=True) as connection:
        connection.execute(SQL(statement).format(Identifier(setup.schema)))


def _forgotten(store: PostgresStore, setup: host.Setup) -> None:
    store.close()
    _execute(setup, "DROP SCHEMA {} CASCADE")


class World:
    """The systems, what they say, the host's process, and the blows."""

    def __init__(self, at: Servers, plan: Plan, setup: host.Setup, connection: Client, watch: Watch) -> None:
        self._at, self._plan, self._setup, self._connection = at, plan, setup, connection
        self._random, self._traffic = Random(plan.seed), Traffic(plan.seed)
        stream = connection.jetstream(timeout=1)
        self._outbox, shown = Outbox(stream), Record()
        self._systems = systems(lambda message: self._outbox.put("wms", message), bug=plan.bug)
        self._records = {"channel": shown, **{name: each.record for name, each in self._systems.items()}}
        self._monitor = watch(Known(self._traffic, self._outbox.taken, self._records))
        showing = channel(stream, shown)
        self._working = [asyncio.create_task(self._outbox.run()), asyncio.create_task(showing)]
        self._clock, self._now = os.open(setup.folder / "clock", os.O_CREAT | os.O_WRONLY), BEGINS_AT
        self._process: BaseProcess | None = None
        self._looks: list[Look] = []
        self._behind: list[Mapping[str, int]] = []
        self._most_behind: Mapping[str, int] = dict.fromkeys(SYSTEMS, 0)
        self._findings: list[str] = []

    async def live(self) -> Report:
        """Live through it until something is wrong, and say what came of it."""
        self._tick(0)
        self._start()
        steps: list[Callable[[], Awaitable[None]]] = [self._opening]
        steps += [partial(self._hour, hour) for hour in range(1, self._plan.hours)]
        for step in (*steps, self._ending):
            await step()
            if self._findings:
                break
        repeats = {system: record.repeats for system, record in self._records.items()}
        struck = tuple(hits(self._setup.folder))
        return Report(
            self._plan, struck, self._looks[-1], tuple(self._behind), self._most_behind, repeats, tuple(self._findings)
        )

    async def end(self) -> None:
        """End all that works for this world."""
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)
        self._kill()
        os.close(self._clock)

    # Hours

    async def _opening(self) -> None:
        await self._listening()
        self._put(self._traffic.opening(self._now, self._plan.hours))
        await self._settled(SYSTEMS)
        self._put(self._traffic.till(0))
        await self._settled(SYSTEMS)

    async def _listening(self, down: frozenset[str] = frozenset()) -> None:
        for name, system in self._systems.items():
            await system.set(self._connection, is_up=name not in down)

    async def _hour(self, hour: int) -> None:
        """An hour: who is there, what is said, the blow, and then all that can be settled is."""
        blow, before, seen = self._plan.blows.get(hour), self._looks[-1], len(self._looks)
        down = frozenset([system for system in SYSTEMS if not is_up(system, hour, self._plan.down)])
        await self._listening(down)
        if isinstance(blow, Armed):
            arm(self._setup.folder, blow)
        is_cursed = hour % CURSED_EACH == 1 or (isinstance(blow, Armed) and blow.point == "rejected, not kept")
        self._put(self._traffic.hour(hour, self._now, without=down, is_cursed=is_cursed))
        if hour == (offline := self._plan.down.get("pos", range(0))).stop:
            for missed in offline:
                self._put(self._traffic.till(missed))
        await self._struck(blow)
        await self._settled([system for system in SYSTEMS if system not in down])
        self._behind.append({system: flow.behind for system, flow in self._looks[-1].outflows.items()})
        for look in self._looks[seen:]:
            self._most_behind = {
                name: max(most, look.outflows[name].behind) for name, most in self._most_behind.items()
            }
        if "erp" in down and self._behind[-1]["erp"] <= before.outflows["erp"].behind:
            self._findings.append(f"hour {hour}: the ERP is down, and no further behind than before")
        self._tick(max(0, BEGINS_AT + (hour + 1) * HOUR_MS - self._now))

    async def _ending(self) -> None:
        """What is dead is as it should be; systems are mended, the dead replayed, and all is where it should be."""
        await self._listening()
        await self._settled(SYSTEMS)
        self._findings += [*self._monitor.unburied(), *self._monitor.wrong_graves()]
        for system in self._systems.values():
            system.refused.clear()
        if LAST in self._plan.points:
            arm(self._setup.folder, Armed(LAST, "wms"))
        (self._setup.folder / "replay").write_text("wms erp", "utf-8")
        if LAST in self._plan.points:
            await self._died()
        await self._settled(SYSTEMS, without_graves=True)
        if not self._findings:
            self._findings += [*self._monitor.wrong_books(), *self._unstruck()]

    def _unstruck(self) -> Iterator[str]:
        """Yield the kill points of the plan that no host died at."""
        missing = Counter(self._plan.points) - Counter([point for point, _ in hits(self._setup.folder)])
        yield from [f"nobody died at: {point}" for point in missing]

    def _put(self, said: Iterable[Said]) -> None:
        for each in said:
            self._outbox.put(each.system, each.message)

    # Blows

    async def _struck(self, blow: Blow | None) -> None:
        match blow:
            case Armed():
                await self._died()
            case "host, at any moment":
                await asyncio.sleep(self._random.randrange(200) / 1_000)
                self._kill()
                await self._looked()
                self._start()
            case "bus":
                await asyncio.to_thread(self._at.bus.crash)
                await asyncio.sleep(0.1)
                await asyncio.to_thread(self._at.bus.restart)
                await self._monitor.bus_is_back()
            case "database":
                await asyncio.to_thread(servers.crash_and_restart, self._at.database)
            case _:
                pass

    async def _died(self) -> None:
        """Wait until the host has killed itself, look at what it left, and start the next."""
        assert self._process is not None
        for _ in range(self._plan.patience):
            await self._pause()
            if self._findings or not self._process.is_alive():
                break
            await self._looked()
        if not self._findings and self._process.exitcode != -signal.SIGKILL:
            self._findings.append(f"the host came by no point: {(self._setup.folder / 'armed').read_text('utf-8')}")
        self._kill()
        await self._looked()
        self._start()

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def _start(self) -> None:
        self._process = PROCESSES.Process(target=host.main, args=(self._setup,), daemon=True)
        self._process.start()

    # Time, and looking

    def _tick(self, by_ms: int) -> None:
        self._now += by_ms
        os.pwrite(self._clock, f"{self._now:016}".encode(), 0)

    async def _pause(self) -> None:
        self._tick(TICK_MS)
        await asyncio.sleep(TICK_S)

    async def _looked(self) -> Look:
        """Look; what is wrong is a finding."""
        look = await self._monitor.look()
        self._looks.append(look)
        self._findings += look.findings
        if (noted := self._setup.folder / "wrong").exists():
            self._findings.append(f"a host has noted: {noted.read_text('utf-8')}")
        return look

    async def _settled(self, wanted: Iterable[str], *, without_graves: bool = False) -> None:
        """Look until nothing of these systems waits, twice in a row, or something is wrong."""
        times = 0
        for _ in range(self._plan.patience):
            is_empty = self._outbox.is_empty
            look = await self._looked()
            flows = [look.outflows[system] for system in wanted]
            is_done = is_empty and look.is_settled and not any(flow.behind for flow in flows)
            is_done &= not (without_graves and any(flow.dead or flow.waiting for flow in flows))
            times = times + 1 if is_done else 0
            if self._findings or times > 1:
                return
            await self._pause()
        self._findings.append(f"never settled: {self._looks[-1]}")
