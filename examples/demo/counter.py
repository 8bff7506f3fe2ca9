"""The counter stand-in, one for all stores: it sets out what arrived, tells the customer, and hands over to who comes.

It speaks bytes and knows nothing of the library. Its own records are what it has to do and what it has handed over; it
asks before it hands over. A message that is not acknowledged is sent again.
"""

from datetime import datetime, timedelta
from pathlib import Path

from .data import Site
from .draw import draw, happens
from .wire import HOUR_MS, MINUTE_MS, SUNDAY, Message, local, moment, number, open_file, pack, rows, stamp, text, unpack
from .wire import zone as clock_of

SCHEMA = """
CREATE TABLE IF NOT EXISTS owed (
    id TEXT PRIMARY KEY, shipment TEXT NOT NULL, due INTEGER NOT NULL, body BLOB NOT NULL, answer BLOB);
CREATE INDEX IF NOT EXISTS owed_by_due ON owed (answer, due, id);
"""

NEVER_PER_THOUSAND = 80
"""So many customers never come for what they ordered."""

OPENS_MINUTE, CLOSES_MINUTE = 9 * 60, 17 * 60
SHELVES = 12


class Counter:
    """Takes what arrives to be collected, and owes messages about what became of it."""

    def __init__(self, path: Path, sites: tuple[Site, ...]) -> None:
        self._file = open_file(path, SCHEMA)
        self._zones = {site.id: site.zone for site in sites}

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def accept(self, body: bytes) -> None:
        """Take that a shipment has arrived, or that it was put back; what is known changes nothing."""
        message = unpack(body)
        shipment = text(message, "shipment")
        if text(message, "type") == "PutBack":
            self._file.execute("DELETE FROM owed WHERE shipment = ? AND answer IS NULL", (shipment,))
            return
        owed = [
            (f"{shipment}/{owed['type']}", shipment, moment(text(owed, "at")), pack(owed | {"shipment": shipment}))
            for owed in _owes(message, self._zones[text(message, "node")])
        ]
        self._file.executemany("INSERT OR IGNORE INTO owed (id, shipment, due, body) VALUES (?, ?, ?, ?)", owed)

    def due(self, now: int) -> list[tuple[str, bytes]]:
        """Return id and content of the messages that are owed by now, in the order of time."""
        query = "SELECT id, body FROM owed WHERE answer IS NULL AND due <= ? ORDER BY due, id"
        return self._file.execute(query, (now,)).fetchall()

    def acknowledged(self, id: str, answer: bytes) -> None:
        """Take the answer to a message."""
        self._file.execute("UPDATE owed SET answer = ? WHERE id = ?", (answer, id))

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing is owed."""
        return self._file.execute("SELECT 1 FROM owed WHERE answer IS NULL LIMIT 1").fetchone() is None

    def handed_over(self) -> dict[str, int]:
        """Return the pieces that each store has handed over, by its own records."""
        pieces: dict[str, int] = {}
        for (body,) in self._file.execute("SELECT answer FROM owed WHERE answer IS NOT NULL AND id LIKE '%/Collect'"):
            answer = unpack(body)
            for row in rows(answer, "lines"):
                pieces[text(answer, "node")] = pieces.get(text(answer, "node"), 0) + number(row, "quantity")
        return pieces


def _owes(message: Message, zone: str) -> list[Message]:
    shipment = text(message, "shipment")
    out_at = _open(moment(text(message, "at")) + (5 + draw(25, "set out", shipment)) * MINUTE_MS, zone)
    code = f"{draw(10_000, 'code', shipment):04}"
    owes: list[Message] = [
        {"type": "Ready", "at": stamp(out_at), "spot": f"shelf {1 + draw(SHELVES, 'spot', shipment)}"},
        {"type": "Notified", "at": stamp(out_at + MINUTE_MS), "how": "sms", "code": code},
    ]
    if not happens(NEVER_PER_THOUSAND, "never comes", shipment):
        comes_at = _open(out_at + (2 + draw(52, "comes", shipment)) * HOUR_MS, zone)
        owes.append({"type": "Collect", "at": stamp(comes_at), "by": "customer", "code": code})
    return owes


def _open(at: int, zone: str) -> int:
    """Return a moment, or the next one at which the store is open: within an hour of its opening."""
    there = datetime.fromtimestamp(at / 1000, clock_of(zone))
    minute, day = there.hour * 60 + there.minute, there.date()
    if day.isoweekday() != SUNDAY and OPENS_MINUTE <= minute < CLOSES_MINUTE:
        return at
    day += timedelta(days=minute >= OPENS_MINUTE)
    day += timedelta(days=day.isoweekday() == SUNDAY)
    return local(day.isoformat(), OPENS_MINUTE + draw(60, "after opening", at), zone)
