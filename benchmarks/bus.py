"""From an event on record to the messages of a channel: over NATS JetStream, which writes it to its file on the way.

A receipt is recorded, a follower publishes its entry, a consumer reads it, looks up what may be sold now of each
article, and writes the message that says so in the channel's form. First at the load of the demo times ten: the orders
of its busiest stretch, each an event of as many articles, come as they came there, ten times as fast. Then all at once:
how fast a backlog is worked off, and so how much of what can be carried the first one is.
"""

import asyncio
from collections.abc import Mapping, Sequence
from time import perf_counter_ns
from typing import NamedTuple

import nats as client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from examples.adapters.nats_bus import JOURNAL, Publisher, consume, entry_of, follow, open_stream
from examples.adapters.shopify import Shopify
from examples.demo.data import load
from tests.servers import nats
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import AsyncCommerce
from unicommerce.delivery import Follower, Reaction, by_entry, turn
from unicommerce.inventory import Received, availability, received
from unicommerce.ports import Offered
from unicommerce.values import MINUTE_MS, Position

from .timing import Row, Speed, quiet_collector, speed

__all__ = ["Arrival", "busiest", "run"]

TABLE = (Reaction("bus", "goods", ("inventory.received",), by_entry),)
NETWORK = Network(nodes=(Node(id="dc", position=Position(0, 0)),), pools=(Pool(id="web", nodes=("dc",)),))
IDLE_S = 0.001
STREAM = "UNICOMMERCE"
DAYS, TIMES = 14, 10
MOST_MS = 1_000
"""For so long at most may a channel show what is not so any more: 99 of 100 messages are to be there by then."""
MOST_LOAD = 0.1
"""The load is to be so much, at most, of what can be carried."""


class Arrival(NamedTuple):
    """An event, when it comes (ms after the first), and the pieces of each article."""

    id: str
    at_ms: int
    pieces: Mapping[str, int]


def busiest(minutes: int) -> Sequence[Arrival]:
    """Return the orders of the demo in those minutes in a row in which most articles change, `TIMES` as fast."""
    orders = load(DAYS).orders
    stretches = [
        [order for order in orders[start:] if order.at < first.at + minutes * MINUTE_MS]
        for start, first in enumerate(orders)
    ]
    found = max(stretches, key=lambda each: sum(len(order.lines) for order in each))
    begins_at = found[0].at
    return [
        Arrival(order.number, (order.at - begins_at) // TIMES, {line.sku: line.quantity for line in order.lines})
        for order in found
    ]


class Way:
    """The way of events from the record to a channel; how long each message was under way (ns)."""

    def __init__(self, stream: JetStreamContext, messages: int) -> None:
        self._stream, self._messages = stream, messages
        self._shop = AsyncCommerce(Catalog(network=NETWORK))
        self._channel = Shopify()
        self._began: dict[str, int] = {}
        self.taken: list[int] = []

    async def record(self, arrivals: Sequence[Arrival]) -> None:
        """Put events on record as they come."""
        start = perf_counter_ns()
        for number, (id, at_ms, pieces) in enumerate(arrivals):
            await asyncio.sleep(max(0, at_ms / 1e3 - (perf_counter_ns() - start) / 1e9))
            self._began[id] = perf_counter_ns()
            await self._shop.tell(received(id, node="dc", quantities=pieces), now=number)

    async def publish(self) -> None:
        """Let the bus have what it is owed, until somebody ends this."""
        follower, publisher = Follower("bus", TABLE), Publisher(self._stream, source="/shop")
        while True:
            if not await turn(self._shop.store, follower, publisher, now=0, gather=asyncio.gather):
                await asyncio.sleep(IDLE_S)

    async def serve(self) -> None:
        """Write the channel's messages of each event that comes."""
        goods = await follow(self._stream, f"{JOURNAL}.goods", "channel")
        while len(self.taken) < self._messages:
            await consume(goods, self._handle, stream=self._stream)

    async def _handle(self, message: Msg) -> str:
        event = entry_of(message.data).events[0]
        assert isinstance(event, Received)
        version = message.metadata.sequence.stream
        for sku, _ in event.lines:
            free = (await self._shop.see(availability(sku))).pools["web"]
            offered = Offered(channel="web", sku=sku, quantity=free, version=version, node="dc")
            assert self._channel.write(offered).body
            self.taken.append(perf_counter_ns() - self._began[event.receipt])
        return ""


async def _round(arrivals: Sequence[Arrival]) -> tuple[list[int], int]:
    """Return how long each message was under way, and how long all of it took (ns)."""
    connection = await client.connect(nats().uri)
    stream = connection.jetstream()
    await open_stream(stream)
    way = Way(stream, sum(len(arrival.pieces) for arrival in arrivals))
    publishing = asyncio.create_task(way.publish())
    start = perf_counter_ns()
    try:
        await asyncio.gather(way.record(arrivals), way.serve())
    finally:
        publishing.cancel()
        await stream.delete_stream(STREAM)
        await connection.close()
    return way.taken, perf_counter_ns() - start


def _measured(name: str, arrivals: Sequence[Arrival], rounds: int) -> Speed:
    taken: list[int] = []
    each: list[float] = []
    for _ in range(rounds):
        quiet_collector()
        under_way, whole = asyncio.run(_round(arrivals))
        taken += under_way
        each.append(whole / len(under_way))
    note = f"{len(arrivals)} events, {len(taken) // rounds} messages, one connection in one process"
    return speed(f"event to channel message over JetStream, {name}", each, taken, note=note)


def run(*, minutes: int = 10, events: int = 3_000, rounds: int = 5) -> Sequence[Row | Speed]:
    """Return how long messages are under way at the demo's load times ten and all at once, and what part of a bound."""
    arrivals = busiest(minutes)
    offered = sum(len(arrival.pieces) for arrival in arrivals) * TIMES / (minutes * 60)
    there = _measured(f"the demo times {TIMES}", arrivals, 1)
    one_by_one = [Arrival(f"r{number}", 0, {f"SKU-{number % 50}": 1}) for number in range(events)]
    most = _measured("all at once", one_by_one, rounds)
    share, least, largest = (offered / rate for rate in (most.rate, most.most, most.least))
    lag = there.p99_ms / MOST_MS
    load_note, lag_note = f"{offered:.1f} messages a second, {share:.1%}", f"{lag:.1%}"
    name = f"event to channel message, the demo times {TIMES}"
    return [
        Row(f"{name}: load", "all at once", share, least, largest, ceiling=MOST_LOAD, note=load_note),
        Row(f"{name}: p99", f"{MOST_MS} ms", lag, lag, lag, ceiling=1, note=lag_note),
        there,
        most,
    ]
