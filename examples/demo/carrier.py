"""The carrier stand-in: takes parcels and delivers them, a few of them late.

It speaks bytes and knows nothing of the library. Its own records are its parcels; how long they take is its own affair.
"""

from datetime import datetime
from pathlib import Path

from .draw import draw, happens
from .wire import HOUR_MS, Message, after, kilometers, local, moment, open_file, pack, stamp, text, unpack, zone

SCHEMA = """
CREATE TABLE IF NOT EXISTS parcels (
    id TEXT PRIMARY KEY, due INTEGER NOT NULL, body BLOB NOT NULL, sent INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS parcels_by_due ON parcels (sent, due, id);
"""

LATE_PER_THOUSAND = 40
EARLY_PER_THOUSAND = 150
DAYS_BY_KM = ((50, 1), (300, 2), (800, 3), (20_000, 5))


class Carrier:
    """Takes parcels, and owes a message about the delivery of each."""

    def __init__(self, path: Path) -> None:
        self._file = open_file(path, SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def accept(self, body: bytes) -> None:
        """Take a parcel; one that is known changes nothing."""
        parcel = unpack(body)
        id = text(parcel, "shipment")
        due = _delivered_at(id, parcel)
        told = pack({"type": "Delivered", "shipment": id, "at": stamp(due)})
        self._file.execute("INSERT OR IGNORE INTO parcels (id, due, body) VALUES (?, ?, ?)", (id, due, told))

    def due(self, now: int) -> list[tuple[str, bytes]]:
        """Return id and content of the messages that are owed by now, in the order of time."""
        query = "SELECT id, body FROM parcels WHERE sent = 0 AND due <= ? ORDER BY due, id"
        return self._file.execute(query, (now,)).fetchall()

    def acknowledged(self, id: str) -> None:
        """Forget a message that has arrived."""
        self._file.execute("UPDATE parcels SET sent = 1 WHERE id = ?", (id,))

    @property
    def is_quiet(self) -> bool:
        """Tell whether every parcel is delivered."""
        return self._file.execute("SELECT 1 FROM parcels WHERE sent = 0 LIMIT 1").fetchone() is None


def _delivered_at(id: str, parcel: Message) -> int:
    left_at, clock = moment(text(parcel, "left_at")), text(parcel, "zone")
    away = kilometers(*(text(parcel, name) for name in ("from_lat", "from_lng", "to_lat", "to_lng")))
    days = next(days for up_to, days in DAYS_BY_KM if away <= up_to)
    if happens(LATE_PER_THOUSAND, "late", id):
        days += 1 + draw(2, "how late", id)
    elif days > 1 and happens(EARLY_PER_THOUSAND, "early", id):
        days -= 1
    day = datetime.fromtimestamp(left_at / 1000, zone(clock)).date()
    due = local(after(day, days).isoformat(), 9 * 60 + draw(10 * 60, "drop", id), clock)
    return max(due, left_at + HOUR_MS)
