"""The storefront stand-in: it takes orders and cancellations from customers, and sends them on until each is answered.

It speaks bytes and knows nothing of the library. Its own records are its position and the answers that it got.
"""

from pathlib import Path
from typing import NamedTuple

from .data import Invoice, World, is_express
from .draw import happens
from .wire import MINUTE_MS, Message, open_file, pack, stamp, text, unpack

SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    position INTEGER PRIMARY KEY, number TEXT NOT NULL, type TEXT NOT NULL, body BLOB NOT NULL);
"""

TWICE_PER_THOUSAND = 10
GIFT_PER_THOUSAND = 30


class _Due(NamedTuple):
    at: int
    number: str
    copy: int
    invoice: Invoice


class Storefront:
    """Sends what customers did, in the order of time; what was not answered is sent again."""

    def __init__(self, path: Path, world: World) -> None:
        self._file = open_file(path, SCHEMA)
        self._world = world
        self._queue = sorted(
            _Due(invoice.at + copy * 40 * MINUTE_MS, invoice.number, copy, invoice)
            for invoice in (*world.orders, *world.cancellations)
            for copy in range(2 if happens(TWICE_PER_THOUSAND, "twice", invoice.number) else 1)
        )
        self._position: int = self._file.execute("SELECT count(*) FROM answers").fetchone()[0]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def due(self, now: int) -> list[bytes]:
        """Return what is to be sent by now and has no answer yet."""
        found = []
        for due in self._queue[self._position :]:
            if due.at > now:
                break
            found.append(self._order(due.invoice) if due.invoice.pieces > 0 else self._cancellation(due.invoice))
        return found

    def answered(self, body: bytes) -> None:
        """Take the answer to the first message that is due, and move on."""
        answer = unpack(body)
        row = (self._position, self._queue[self._position].number, text(answer, "type"), body)
        self._file.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", row)
        self._position += 1

    @property
    def is_quiet(self) -> bool:
        """Tell whether all has been sent and answered."""
        return self._position == len(self._queue)

    @property
    def position(self) -> tuple[int, int]:
        """Return how many messages were answered, and of how many."""
        return self._position, len(self._queue)

    def answers(self) -> list[tuple[str, str, Message]]:
        """Return number, kind and content of every answer, in the order in which they came."""
        rows = self._file.execute("SELECT number, type, body FROM answers ORDER BY position")
        return [(number, kind, unpack(body)) for number, kind, body in rows]

    def _order(self, invoice: Invoice) -> bytes:
        home = self._world.home(invoice)
        message: Message = {
            "type": "OrderPlaced",
            "order": invoice.number,
            "placed_at": stamp(invoice.at),
            "channel": invoice.channel,
            "customer": invoice.customer,
            "ship_to": {"zip": home.zip, "lat": home.lat, "lng": home.lng},
            "service": "express" if is_express(invoice) else "standard",
            "currency": "GBP",
            "lines": [
                {"line": str(n), "sku": line.sku, "quantity": line.quantity, "price": _pounds(line.price)}
                for n, line in enumerate(invoice.lines, start=1)
            ],
        }
        if happens(GIFT_PER_THOUSAND, "gift", invoice.number):
            message["gift_note"] = "With love"
        return pack(message)

    def _cancellation(self, invoice: Invoice) -> bytes:
        home = self._world.home(invoice)
        pieces: dict[str, int] = {}
        for line in invoice.lines:
            pieces[line.sku] = pieces.get(line.sku, 0) - line.quantity
        return pack(
            {
                "type": "ReturnRequested",
                "return": invoice.number,
                "requested_at": stamp(invoice.at),
                "customer": invoice.customer,
                "from": {"zip": home.zip, "lat": home.lat, "lng": home.lng},
                "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in pieces.items()],
            }
        )


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02}"
