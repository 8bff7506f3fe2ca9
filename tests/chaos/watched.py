"""What a host works with, with a kill point before and after each step of it: store, bus, messages."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from nats.aio.msg import Msg
from nats.js import JetStreamContext

from examples.adapters.nats_bus import Subscription
from tests.chaos.points import Switch
from unicommerce.ledger import Document, Entry, Found, Guard, Recorded, Snapshot, State, Store, Wanted

__all__ = ["Watched", "WatchedBus", "WatchedStore", "WatchedSubscription", "watching"]

UNDER_WAY_S = 0.001
"""Long enough for a request to leave, and too short for its answer to be sure to come."""

T = TypeVar("T")


async def watching(switch: Switch, point: str, system: str, work: Awaitable[T]) -> T:
    """Await something that the process may die in the midst of."""
    task = asyncio.ensure_future(work)
    if switch.is_armed(point, system):
        await asyncio.wait([task], timeout=UNDER_WAY_S)
        switch(point, system)
    return await task


class WatchedStore:
    """The store as one source's messages are put on record in; `entries` counts those of the message at hand."""

    def __init__(self, store: Store, switch: Switch, source: str) -> None:
        self._store, self._switch, self._source = store, switch, source
        self.entries = 0

    @property
    def state(self) -> State | None:
        """Return what the store has at hand: nothing."""
        return self._store.state

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append, and die before, in the midst of it, or after."""
        self._switch("between two entries" if self.entries else "read, not on record", self._source)
        answer = await watching(self._switch, "append under way", self._source, self._store.append(entry, guards))
        self.entries += answer is not None
        self._switch("on record, not answered", self._source)
        return answer

    async def read(self, wanted: Wanted) -> Found:
        """Read."""
        return await self._store.read(wanted)

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries."""
        return await self._store.since(position, limit)

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due."""
        return await self._store.due(now, limit)

    async def snapshot(self) -> Snapshot:
        """Return the state."""
        return await self._store.snapshot()

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill an empty store."""
        await self._store.restore(snapshot, tail)


class Watched:
    """A message on its way to be acknowledged."""

    def __init__(self, message: Msg, switch: Switch, source: str) -> None:
        self.message, self._switch, self._source = message, switch, source
        self.data, self.subject, self.metadata = message.data, message.subject, message.metadata

    async def ack(self) -> None:
        """Acknowledge it; the client may not have told the server yet."""
        self._switch("handled, not acknowledged", self._source)
        await self.message.ack()
        self._switch("acknowledged, not flushed", self._source)

    async def nak(self, *, delay: float) -> None:
        """Let it come again."""
        await self.message.nak(delay=delay)


class WatchedSubscription(NamedTuple):
    """Where messages come from."""

    subscription: Subscription
    switch: Switch
    source: str

    async def fetch(self, most: int, *, timeout: float) -> Sequence[Watched]:  # noqa: ASYNC109 - as it is called there
        """Fetch what there is."""
        found = await self.subscription.fetch(most, timeout=timeout)
        return [Watched(message, self.switch, self.source) for message in found]


class WatchedBus(NamedTuple):
    """Where what is hopeless is buried."""

    stream: JetStreamContext
    switch: Switch
    source: str

    async def publish(self, subject: str, data: bytes, *, headers: dict[str, str]) -> None:
        """Publish it."""
        self.switch("hopeless, not buried", self.source)
        await self.stream.publish(subject, data, headers=headers)
        self.switch("buried, not acknowledged", self.source)
