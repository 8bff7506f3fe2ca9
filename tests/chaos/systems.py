"""The systems around the host, as stand-ins that keep their own record: by id, so that a repeat has no effect.

Each does its effect with its own arithmetic from the words of its own messages, and knows nothing of our ledger. One
that is down does not listen, so that nobody answers whoever asks it.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from zlib import crc32

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext

from examples.adapters.nats_bus import JOURNAL, Inbox, consume, entry_of, follow
from tests.chaos.host import LATER, NO, PORTS
from unicommerce.ports import Dispatch, Message, Paper, Receipt, SalesOrder, ShipRequest, StockChange

__all__ = ["CURSED", "MISCOUNT", "NO_REPEAT", "STUCK", "UNKNOWN", "Outbox", "Record", "System", "channel", "systems"]

CURSED, STUCK, UNKNOWN = "CURSED", "STUCK", "UNKNOWN"
"""How articles begin that the warehouse will not have, that break it, and that the ERP does not know."""
REFUSED: Mapping[str, Mapping[str, bytes]] = {
    "wms": {CURSED: NO + b"no bin holds it", STUCK: LATER + b"out of memory"},
    "erp": {UNKNOWN: NO + b"no such article"},
}
"""What a system answers for such articles, until it is mended."""
PUT_OFF_EACH = 4
NO_REPEAT, MISCOUNT = "knows no repeat", "books more than it was told"
"""What can be planted in a system."""


class Record:
    """What a system knows: the letters that had an effect, in their order; pieces by article, an amount; repeats."""

    def __init__(self) -> None:
        self.effects: list[str] = []
        self.ids: set[str] = set()
        self.pieces = Counter[str]()
        self.minor = 0
        self.repeats = 0

    def did(self, id: str) -> None:
        """Note that a letter has had its effect."""
        self.effects.append(id)
        self.ids.add(id)


class Outbox:
    """What systems say goes to the bus, one after the other, and again until the bus says that it has it (`taken`)."""

    def __init__(self, stream: JetStreamContext) -> None:
        self._stream, self._inbox = stream, Inbox(stream)
        self._waiting: asyncio.Queue[tuple[str, Message | bytes]] = asyncio.Queue()
        self.taken: set[tuple[str, str]] = set()

    def put(self, system: str, message: Message | bytes) -> None:
        """Take a message; bytes are put as they are."""
        self._waiting.put_nowait((system, message))

    @property
    def is_empty(self) -> bool:
        """Tell whether the bus has all."""
        return not self._waiting._unfinished_tasks  # type: ignore[attr-defined]  # `join` waits for it

    async def run(self) -> None:
        """Put what waits, for ever."""
        while True:
            system, message = await self._waiting.get()
            while not await self._has(system, message):  # noqa: ASYNC110 - nobody tells when the bus is back
                await asyncio.sleep(0.02)
            self.taken.add((system, message.id if isinstance(message, Message) else message.hex()))
            self._waiting.task_done()

    async def _has(self, system: str, message: Message | bytes) -> bool:
        try:
            if isinstance(message, Message):
                await self._inbox.put(system, message)
            else:
                id = {"Nats-Msg-Id": message.hex()}
                await self._stream.publish(f"messages.{system}", message, headers=id, timeout=1)
        except Exception:  # noqa: BLE001 - whatever it is, the sender tries again
            return False
        return True


class System:
    """A system that answers by itself, and is too busy for some letters when they come first."""

    def __init__(self, name: str, do: Callable[[Record, Paper], None], *, pause_s: float = 0, bug: str = "") -> None:
        self.name, self.record = name, Record()
        self._do, self._pause_s, self._bug = do, pause_s, bug
        self.refused = dict(REFUSED.get(name, {}))
        self._put_off: set[str] = set()
        self._listening: Subscription | None = None

    async def set(self, connection: Client, *, is_up: bool) -> None:
        """Let it listen, or not."""
        if is_up and self._listening is None:
            self._listening = await connection.subscribe(f"to.{self.name}", cb=self._hear)
        elif not is_up and self._listening is not None:
            await self._listening.unsubscribe()
            self._listening = None

    async def _hear(self, message: Msg) -> None:
        await asyncio.sleep(self._pause_s)
        said = message.headers or {}
        await message.respond(self._answer(Message(said["Topic"], message.data.decode(), said["Id"])))

    def _answer(self, message: Message) -> bytes:
        for article, answer in self.refused.items():
            if article in message.body:
                return answer
        if message.id not in self._put_off and crc32(message.id.encode()) % PUT_OFF_EACH == 0:
            self._put_off.add(message.id)
            return LATER + b"busy"
        if message.id in self.record.ids and self._bug != NO_REPEAT:
            self.record.repeats += 1
            return b""
        for paper in PORTS[self.name].read(message).papers:
            self._do(self.record, paper)
        self.record.minor += self._bug == MISCOUNT
        self.record.did(message.id)
        return b""


def _book(record: Record, paper: Paper) -> None:
    """The ERP: pieces come in with a receipt, and leave with an invoice."""
    match paper:
        case Receipt():
            record.pieces.update({item.sku: item.quantity for item in paper.items})
        case SalesOrder():
            record.pieces.subtract({line.sku: line.quantity for line in paper.lines})
            record.minor += sum(line.quantity * line.price_minor for line in paper.lines)


def _stock(record: Record, paper: Paper) -> None:
    """The till: what came in at its store."""
    assert isinstance(paper, StockChange)
    record.pieces.update({item.sku: item.quantity for item in paper.items})


def _ship(say: Callable[[Message], None]) -> Callable[[Record, Paper], None]:
    """The warehouse: what is asked for leaves, and it says so."""

    def ship(record: Record, paper: Paper) -> None:
        assert isinstance(paper, ShipRequest)
        record.pieces.update({item.sku: item.quantity for item in paper.items})
        again = len(record.effects)
        left = Dispatch(id=paper.id, order=paper.order, node=paper.node, items=paper.items, occurred_at=0)
        say(PORTS["wms"].write(left)._replace(id=f"945/{paper.id}/{again}"))

    return ship


def systems(say: Callable[[Message], None], *, bug: str = "") -> Mapping[str, System]:
    """Return the systems that answer by themselves; the warehouse is slow, and what is planted is in the ERP."""
    return {
        "wms": System("wms", _ship(say), pause_s=0.01),
        "pos": System("pos", _stock),
        "erp": System("erp", _book, bug=bug),
    }


async def channel(stream: JetStreamContext, record: Record) -> None:
    """The channel reads entries from the bus, for ever, and adds up what they make of what can be sold at `dc`."""

    async def handle(message: Msg) -> str:
        said = json.loads(message.data)
        if said["id"] in record.ids:
            record.repeats += 1
            return ""
        for move in entry_of(message.data).movements:
            if move.unit.startswith("sku:"):
                for account, change in ((move.source, -move.quantity), (move.target, move.quantity)):
                    if (account.place, account.state) == ("dc", "sellable"):
                        record.pieces[move.unit.removeprefix("sku:")] += change
        record.did(said["id"])
        return ""

    while True:
        try:
            found = await follow(stream, f"{JOURNAL}.stock", "channel", wait_s=1)
            while True:
                await consume(found, handle, stream=stream, timeout_s=0.2)
        except Exception:  # noqa: BLE001 - whatever it is, it comes back
            await asyncio.sleep(0.02)
