"""The host that is killed: it takes in from the bus, keeps its record in PostgreSQL, and lets four systems follow.

It is what a retailer would write from the examples, with a kill point wherever death could part two of its steps. How
far each system has come lies in a table beside the journal; its clock is a file that others turn. Bugs can be planted
in it by name, so that the run is seen to fail.
"""

import asyncio
import json
import multiprocessing
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

import attrs
import nats as client
import psycopg
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as BusError
from nats.js import JetStreamContext

from examples.adapters.nats_bus import MESSAGES, Publisher, Subscription, consume, follow, recorder
from examples.adapters.plain_erp import PlainErp
from examples.adapters.shopify import Shopify
from examples.adapters.square import Square
from examples.adapters.x12_wms import X12Wms
from examples.stores.postgres_host import PostgresHost, Session
from examples.stores.postgres_rows import OutcomeUnknownError, connecting
from tests.chaos.letters import POLICIES, TABLE, written
from tests.chaos.points import Switch
from tests.chaos.watched import Watched, WatchedBus, WatchedStore, WatchedSubscription, watching
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import AsyncCommerce
from unicommerce.delivery import Delivered, Follower, LaneProgress, Letter, Outcome, Progress, Rejected, by_entry, turn
from unicommerce.delivery import Unavailable as Later
from unicommerce.errors import InvalidValue, UnicommerceError
from unicommerce.intake import Intake
from unicommerce.ports import Capabilities, Message, Paper, Port, Reading, Receipt, SalesOrder, StockTransfer, TillSale
from unicommerce.values import Position

__all__ = ["BUGS", "CATALOG", "LATER", "NO", "PORTS", "PROGRESS", "Setup", "connected", "main"]

CATALOG = Catalog(
    network=Network(
        nodes=(Node(id="dc", position=Position(0, 0)), Node(id="store", position=Position(0, 0))),
        pools=(Pool(id="web", nodes=("dc",)),),
    )
)
PORTS: Mapping[str, Port] = {"shop": Shopify(), "wms": X12Wms(), "pos": Square(), "erp": PlainErp()}
NO, LATER = b"no: ", b"later: "
"""What a system's answer begins with where it does not take a letter."""
GONE = (psycopg.OperationalError, OutcomeUnknownError, BusError, OSError, TimeoutError)
"""What a host meets while the bus or the database is away."""
IDLE_S = 0.03
PROGRESS = "CREATE TABLE progress (system text PRIMARY KEY, body text NOT NULL)"
KNOWN = "SELECT body FROM progress WHERE system = %s"
KEEP = "INSERT INTO progress VALUES (%s, %s) ON CONFLICT (system) DO UPDATE SET body = excluded.body RETURNING system"

EARLY_ACK, EARLY_PROGRESS, OWN_IDS, NO_BURIAL, NO_DEAD, NO_ORDER, ONE_ROW = BUGS = (
    "acknowledges before it records",
    "keeps progress before it sends",
    "makes up ids of its own",
    "drops what is hopeless",
    "keeps no dead letters",
    "keeps no order",
    "serves one system after the other",
)
"""What can be planted in the host."""


class Setup(NamedTuple):
    """Where a host finds everything: a folder of its own, the database and its schema, the bus; and what is wrong."""

    folder: Path
    database: str
    schema: str
    bus: str
    bug: str = ""


def main(setup: Setup) -> None:
    """Work until killed."""
    asyncio.run(_live(setup))


async def connected(bus: str) -> Client:
    """Return a connection that comes back as soon as the bus does, and keeps what went wrong to itself."""
    return await client.connect(bus, reconnect_time_wait=0.05, max_reconnect_attempts=-1, error_cb=_hush)


async def _hush(_error: Exception) -> None:
    pass


async def _live(setup: Setup) -> None:
    """Take in and follow, each for itself; when the run is gone, so is its host."""
    if (run := multiprocessing.parent_process()) is not None:
        asyncio.get_running_loop().add_reader(run.sentinel, os._exit, 1)
    connection = await connected(setup.bus)
    host = Host(setup, PostgresHost(setup.database, schema=setup.schema), connection)
    followers = [Following(host, system) for system in POLICIES]
    rows: Sequence[Callable[[], Awaitable[object]]] = [each.once for each in followers]
    if setup.bug == ONE_ROW:
        rows = [partial(_one_row, followers)]
    taking: Sequence[Callable[[], Awaitable[object]]] = [partial(_taking, host, source) for source in PORTS]
    await asyncio.gather(*[host.again(work) for work in (*taking, *rows)])


class Host:
    """What its parts share."""

    def __init__(self, setup: Setup, store: PostgresHost, connection: Client) -> None:
        self.setup, self.store, self.connection = setup, store, connection
        self.stream: JetStreamContext = connection.jetstream(timeout=1)
        self.switch = Switch(setup.folder)
        self._clock = os.open(setup.folder / "clock", os.O_RDONLY)

    def clock(self) -> int:
        """Return the moment (ms UTC) that the file says."""
        return int(os.pread(self._clock, 16, 0))

    async def again(self, work: Callable[[], Awaitable[object]]) -> None:
        """Work for ever: when the bus or the database is gone, the next round begins anew.

        Whatever else goes wrong is noted, for whoever looks, and goes on too.
        """
        while True:
            done: object = None
            try:
                done = await work()
            except GONE:
                pass
            except Exception as error:  # noqa: BLE001 - it is in the notes
                with (self.setup.folder / "wrong").open("a", encoding="utf-8") as file:
                    file.write(f"{type(error).__name__}: {error}\n")
            await asyncio.sleep(0 if done else IDLE_S)


# In


async def _taking(host: Host, source: str) -> None:
    """Take in what a system says, until something goes wrong."""
    bug, kept = host.setup.bug, WatchedStore(host.store, host.switch, source)
    port = OwnIds(PORTS[source]) if bug == OWN_IDS else PORTS[source]
    shop = AsyncCommerce(CATALOG, store=kept)
    record = recorder(shop, port, intake=Intake(channel=source, pool="web"), clock=host.clock)

    async def handle(message: Msg) -> str:
        host.switch("come, not read", source)
        kept.entries = 0
        if bug == EARLY_ACK:
            await cast("Watched", message).message.ack_sync()
        try:
            return await record(message)
        except UnicommerceError:
            if bug == NO_BURIAL:
                return ""
            raise

    bus = cast("JetStreamContext", WatchedBus(host.stream, host.switch, source))
    messages = WatchedSubscription(
        await follow(host.stream, f"{MESSAGES}.{source}", source, wait_s=0.2), host.switch, source
    )
    while True:
        await consume(cast("Subscription", messages), handle, stream=bus, most=10, timeout_s=0.2, again_s=0.1)


class OwnIds:
    """Planted: a port that makes up what a paper is known by, each time it is read."""

    def __init__(self, port: Port) -> None:
        self._port, self._read = port, 0
        self.capabilities: Capabilities = port.capabilities

    def read(self, message: Message) -> Reading:
        """Read it, and forget who said so."""
        self._read += 1
        reading = self._port.read(message)
        return attrs.evolve(reading, papers=tuple([self._renamed(paper) for paper in reading.papers]))

    def _renamed(self, paper: Paper) -> Paper:
        if isinstance(paper, SalesOrder | Receipt | TillSale | StockTransfer):
            name = f"{paper.id}-{os.getpid()}-{self._read}"
            paper = attrs.evolve(paper, id=name)
        return paper

    def write(self, paper: Paper) -> Message:
        """Write it."""
        return self._port.write(paper)


# Out


class Following:
    """A system that follows, and how far it has come: read when it is first served, kept after each turn."""

    def __init__(self, host: Host, system: str) -> None:
        self._host, self._system = host, system
        self._session = Session(connecting(host.setup.database, host.setup.schema))
        self._follower: Follower | None = None
        self._kept = ""
        self._publisher = Publisher(host.stream, source="/host", timeout_s=1)

    async def once(self) -> int:
        """Serve it once, and keep how far it has come."""
        if self._follower is None:
            self._follower = await self._known()
        sent = await turn(
            self._host.store,
            self._follower,
            self._send,
            now=self._host.clock(),
            clock=self._host.clock,
            gather=asyncio.gather,
        )
        self._repair(self._follower)
        await self._keep(self._follower.progress)
        return sent

    @property
    def is_served(self) -> bool:
        """Tell whether nothing waits."""
        return self._follower is not None and not self._follower.counts["normal"].waiting

    async def _known(self) -> Follower:
        rows = await self._session.rows(KNOWN, self._system)
        self._kept = rows[0][0] if rows else ""
        progress = Progress.of(json.loads(self._kept)) if self._kept else None
        is_unordered = self._host.setup.bug == NO_ORDER
        table = [row._replace(key=by_entry) if is_unordered else row for row in TABLE]
        return Follower(self._system, table, policy=POLICIES[self._system], progress=progress)

    async def _keep(self, progress: Progress) -> None:
        if self._host.setup.bug == NO_DEAD:
            progress = attrs.evolve(progress, lanes=tuple([attrs.evolve(lane, dead=()) for lane in progress.lanes]))
        plain = json.dumps(progress.plain())
        if plain == self._kept:
            return
        self._host.switch("settled, not kept", self._system)
        if len(_dead(plain)) > len(_dead(self._kept)):
            self._host.switch("rejected, not kept", self._system)
        keeping = self._session.rows(KEEP, self._system, plain)
        await watching(self._host.switch, "progress under way", self._system, keeping)
        self._kept = plain
        self._host.switch("kept", self._system)

    def _repair(self, follower: Follower) -> None:
        """Do what people said is to be done with dead letters: they are sent again."""
        file = self._host.setup.folder / "replay"
        if follower.dead and file.exists() and self._system in file.read_text("utf-8").split():
            for letter in follower.dead:
                follower.replay(letter.owed.id)
            self._host.switch("replayed, not kept", self._system)

    async def _send(self, letter: Letter) -> Outcome:
        """Hand a letter over; a channel takes it from the bus, the others answer themselves."""
        switch, system = self._host.switch, self._system
        if self._host.setup.bug == EARLY_PROGRESS:
            await self._keep_as_if_sent(letter)
        switch("due, not sent", system)
        sending = self._publisher(letter) if system == "channel" else self._asked(letter)
        outcome = await watching(switch, "send under way", system, sending)
        if isinstance(outcome, Delivered):
            switch("answered, not settled", system)
        return outcome

    async def _asked(self, letter: Letter) -> Outcome:
        try:
            message = written(letter)
        except InvalidValue as error:  # no repeat mends it: people see why
            return Rejected(str(error))
        headers = {"Topic": message.topic, "Id": message.id}
        asking = self._host.connection.request(f"to.{self._system}", message.body.encode(), timeout=1, headers=headers)
        answer = (await asking).data
        if answer.startswith(NO):
            return Rejected(answer.removeprefix(NO).decode())
        return Later(answer.removeprefix(LATER).decode()) if answer.startswith(LATER) else Delivered()

    async def _keep_as_if_sent(self, letter: Letter) -> None:
        """Planted: what is about to be sent counts as delivered in what is kept."""
        assert self._follower is not None
        lanes = tuple([_without(lane, letter) for lane in self._follower.progress.lanes])
        await self._session.rows(KEEP, self._system, json.dumps(Progress(system=self._system, lanes=lanes).plain()))


def _dead(plain: str) -> Sequence[object]:
    return [letter for lane in json.loads(plain)["lanes"] for letter in lane["dead"]] if plain else ()


def _without(lane: LaneProgress, letter: Letter) -> LaneProgress:
    waiting = tuple([owed for owed in lane.waiting if owed != letter.owed])
    return attrs.evolve(lane, waiting=waiting, delivered=lane.delivered + 1)


async def _one_row(followers: Sequence[Following]) -> None:
    """Planted: each system is served until nothing waits for it, and then comes the next."""
    for each in sorted(followers, key=lambda each: each._system != "erp"):
        while await each.once() or not each.is_served:  # noqa: ASYNC110 - nobody tells when it is
            await asyncio.sleep(IDLE_S)
