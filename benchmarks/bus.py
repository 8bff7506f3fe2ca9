"""From an event on record to the message of a channel: over NATS JetStream, which writes it to its file on the way.

A receipt is recorded, a follower publishes its entry, a consumer reads it, looks up what may be sold now, and writes
the message that says so in the channel's form. Events come at a steady pace, well below what the bus can take, and
then all at once: the first is what a shop sees on a day like any other, the second how fast a backlog is worked off.
"""

import asyncio
from collections.abc import Sequence
from time import perf_counter_ns

import nats as client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from examples.adapters.nats_bus import JOURNAL, Publisher, consume, entry_of, follow, open_stream
from examples.adapters.shopify import Shopify
from tests.servers import nats
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import AsyncCommerce
from unicommerce.delivery import Follower, Reaction, by_entry, turn
from unicommerce.inventory import Received, availability, received
from unicommerce.ports import Offered
from unicommerce.values import Position

from .timing import Speed, quiet_collector, speed

__all__ = ["run"]

TABLE = (Reaction("bus", "goods", ("inventory.received",), by_entry),)
NETWORK = Network(nodes=(Node(id="dc", position=Position(0, 0)),), pools=(Pool(id="web", nodes=("dc",)),))
PACE_S = 0.005
IDLE_S = 0.001
STREAM = "UNICOMMERCE"


class Way:
    """The way of events from the record to a channel; when each set out, and when its message was there (ns)."""

    def __init__(self, stream: JetStreamContext) -> None:
        self._stream = stream
        self._shop = AsyncCommerce(Catalog(network=NETWORK))
        self._channel = Shopify()
        self.began: dict[str, int] = {}
        self.ended: dict[str, int] = {}

    async def record(self, events: int, pace_s: float) -> None:
        """Put events on record, one after the other."""
        for number in range(events):
            receipt = f"r{number}"
            self.began[receipt] = perf_counter_ns()
            await self._shop.tell(received(receipt, node="dc", quantities={f"SKU-{number % 50}": 1}), now=number)
            await asyncio.sleep(pace_s)

    async def publish(self) -> None:
        """Let the bus have what it is owed, until somebody ends this."""
        follower, publisher = Follower("bus", TABLE), Publisher(self._stream, source="/shop")
        while True:
            if not await turn(self._shop.store, follower, publisher, now=0, gather=asyncio.gather):
                await asyncio.sleep(IDLE_S)

    async def serve(self, events: int) -> None:
        """Write the channel's message of each event that comes."""
        goods = await follow(self._stream, f"{JOURNAL}.goods", "channel")
        while len(self.ended) < events:
            await consume(goods, self._handle, stream=self._stream)

    async def _handle(self, message: Msg) -> str:
        event = entry_of(message.data).events[0]
        assert isinstance(event, Received)
        ((sku, _),) = event.lines
        free = (await self._shop.see(availability(sku))).pools["web"]
        version = message.metadata.sequence.stream
        offered = Offered(channel="web", sku=sku, quantity=free, version=version, node="dc")
        assert self._channel.write(offered).body
        self.ended[event.receipt] = perf_counter_ns()
        return ""


async def _round(events: int, pace_s: float) -> list[int]:
    """Return how long each event was under way (ns), and in the end how long all of it took."""
    connection = await client.connect(nats().uri)
    stream = connection.jetstream()
    await open_stream(stream)
    way = Way(stream)
    publishing = asyncio.create_task(way.publish())
    start = perf_counter_ns()
    try:
        await asyncio.gather(way.record(events, pace_s), way.serve(events))
    finally:
        publishing.cancel()
        await stream.delete_stream(STREAM)
        await connection.close()
    taken = [way.ended[receipt] - way.began[receipt] for receipt in way.began]
    return [*taken, perf_counter_ns() - start]


def run(*, events: int = 3_000, rounds: int = 5) -> Sequence[Speed]:
    """Return how long events are under way: at a steady pace, and all at once."""
    found = []
    for name, pace_s in (("at a steady pace", PACE_S), ("all at once", 0.0)):
        taken: list[int] = []
        each: list[float] = []
        for _ in range(rounds):
            quiet_collector()
            *under_way, whole = asyncio.run(_round(events, pace_s))
            taken += under_way
            each.append(whole / events)
        note = "a second: as offered" if pace_s else "one connection in one process"
        found.append(speed(f"event to channel message over JetStream, {name}", each, taken, note=note))
    return found
