"""The marketplace stand-in: it sells in our name, sets clocks, lets buyers cancel, and counts what we do with that.

It speaks bytes and knows nothing of the library. Its own records are the answers and confirmations that it got, and
what it counts from them: how many of its orders were canceled by us, sent late, or sent without tracking.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from .data import Invoice, World, is_of_market
from .draw import draw, happens
from .outbox import Due, Outbox
from .storefront import basket
from .wire import DAY_MS, HOUR_MS, Message, after, local, moment, rows, stamp, text, unpack, zone

SCHEMA = """
CREATE TABLE IF NOT EXISTS told (id TEXT PRIMARY KEY, number TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL);
"""

NAME = "bazaar"
ZONE = "America/New_York"
CANCELS_PER_THOUSAND = 50
ACKNOWLEDGE_HOURS = 4
DELIVER_DAYS = 8
SHIP_DAYS = 1
"""Within so many working days an order is to leave, by the end of the last."""


class Marketplace(Outbox):
    """Sends what buyers did, and hears how we answer and what we send."""

    def __init__(self, path: Path, world: World) -> None:
        self._orders = {order.number: order for order in world.orders if is_of_market(order)}
        super().__init__(path, _says(self._orders.values(), world), SCHEMA)

    def hear(self, body: bytes) -> None:
        """Take an answer, or a confirmation that something was sent; one that is known changes nothing."""
        message = unpack(body)
        row = (text(message, "id"), text(message, "order"), moment(text(message, "at")), body)
        self._file.execute("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?)", row)

    def counted(self, measure: str, days: int, now: int) -> tuple[int, int]:
        """Return how many of all count against us in the days until now: orders, or shipments where of tracking."""
        since = now - days * DAY_MS
        if measure == "canceled":
            placed = {number for number, order in self._orders.items() if since < order.at <= now}
            rejected = {text(m, "order") for _, m in self._told("Answered") if rows(m, "rejected")}
            return len(placed & rejected), len(placed)
        sent = [(at, message) for at, message in self._told("Sent") if since < at <= now]
        if measure == "untracked":
            return sum(not message["tracking"] for _, message in sent), len(sent)
        late = {text(m, "order") for at, m in sent if at > ship_by(self._orders[text(m, "order")])}
        return len(late), len({text(m, "order") for _, m in sent})

    def _told(self, kind: str) -> list[tuple[int, Message]]:
        told = [(at, unpack(body)) for at, body in self._file.execute("SELECT at, body FROM told ORDER BY at, id")]
        return [(at, message) for at, message in told if message["type"] == kind]


def ship_by(order: Invoice) -> int:
    """Return by when an order is to leave (ms UTC): the end of a working day."""
    day = datetime.fromtimestamp(order.at / 1000, zone(ZONE)).date()
    return local(after(day, SHIP_DAYS).isoformat(), 24 * 60, ZONE)


def _says(orders: Iterable[Invoice], world: World) -> Iterator[Due]:
    for order in orders:
        yield Due(order.at, order.number, partial(_relayed, order, world))
        if happens(CANCELS_PER_THOUSAND, "buyer cancels", order.number):
            at = order.at + (1 + draw(24, "cancels", order.number)) * HOUR_MS
            yield Due(at, order.number, partial(_canceled, order, at))


def _relayed(order: Invoice, world: World) -> Message:
    clocks = {
        "acknowledge_by": order.at + ACKNOWLEDGE_HOURS * HOUR_MS,
        "ship_by": ship_by(order),
        "deliver_by": order.at + DELIVER_DAYS * DAY_MS,
    }
    about: Message = {"type": "OrderRelayed", "market": NAME, "number": f"B-{order.number}"}
    return about | basket(order, world) | {clock: stamp(at) for clock, at in clocks.items()}


def _canceled(order: Invoice, at: int) -> Message:
    return {"type": "Canceled", "market": NAME, "order": order.number, "by": "buyer", "at": stamp(at)}
