"""The returns desk finds out which order it belongs to, what a customer brings back.

Each piece is matched to the earliest delivered line of that customer and code. What is still under way is waited for;
what the customer never ordered here was bought before the data begins and is taken in blind; what belongs to an order
that we refused, or exceeds all that it delivered, is impossible and is counted with its reason.
"""

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from unicommerce import Commerce, Order, order_status
from unicommerce.orders import LineState

from .draw import draw
from .shape import ReturnRow
from .ways_back import BLIND, EXPLAINED, IMPOSSIBLE, MATCHED, WITH_CUSTOMER, Verdict, WaysBack
from .wire import DAY_MS, HOUR_MS, Message, moment, number, pack, rows, text, unpack
from .wms import Warehouse

SCHEMA = """
CREATE TABLE IF NOT EXISTS bought (
    customer TEXT, sku TEXT, at INTEGER, id TEXT, line TEXT, accepted INTEGER,
    PRIMARY KEY (customer, sku, at, id, line));
CREATE TABLE IF NOT EXISTS requested (id TEXT PRIMARY KEY, due INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS settled (
    request TEXT, number INTEGER, verdict TEXT, sku TEXT, quantity INTEGER, because TEXT, id TEXT, line TEXT,
    PRIMARY KEY (request, number));
CREATE INDEX IF NOT EXISTS settled_by_line ON settled (id, line);
"""

_GONE = (*WITH_CUSTOMER, LineState.RETURNED)


class Had(NamedTuple):
    """Pieces that a customer was handed over, those of them that came back or are about to, and those under way."""

    handed_over: int
    back: int
    under_way: int


class ReturnsDesk:
    """Takes requests, waits until the goods can be there, and tells a warehouse what to expect."""

    def __init__(self, shop: Commerce, file: sqlite3.Connection, warehouse: Warehouse) -> None:
        self._shop = shop
        self._file = file
        self._ways_back = WaysBack(shop, warehouse)
        file.executescript(SCHEMA)

    def index(self, order: Order, quantities: Mapping[str, int], *, is_accepted: bool) -> None:
        """Remember who ordered what."""
        bought = [
            (order.customer, line.sku, order.placed_at, order.id, line.id, is_accepted)
            for line in order.lines
            if order.customer and quantities[line.id]
        ]
        self._file.executemany("INSERT OR IGNORE INTO bought VALUES (?, ?, ?, ?, ?, ?)", bought)

    def take(self, message: Message, body: bytes, now: int) -> bytes:
        """Note that a customer wants to bring something back; it takes a day or two."""
        id = text(message, "return")
        due = max(now, moment(text(message, "requested_at"))) + (20 + draw(36, "brings back", id)) * HOUR_MS
        self._file.execute("INSERT OR IGNORE INTO requested VALUES (?, ?, ?)", (id, due, body))
        return pack({"type": "ReturnNoted", "return": id})

    def settle(self, now: int) -> None:
        """Settle each request that is due; one whose goods are still under way is looked at again tomorrow."""
        query = "SELECT id, body FROM requested WHERE due <= ? ORDER BY due, id"
        for id, body in self._file.execute(query, (now,)).fetchall():
            message = unpack(body)
            verdicts = self._verdicts(message)
            if verdicts is None:
                self._file.execute("UPDATE requested SET due = ? WHERE id = ?", (now + DAY_MS, id))
                continue
            verdicts = self._ways_back.expect(id, message, verdicts, now)
            self._file.execute("BEGIN")
            self._file.executemany(
                "INSERT INTO settled VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(id, n, *verdict) for n, verdict in enumerate(verdicts)],
            )
            self._file.execute("DELETE FROM requested WHERE id = ?", (id,))
            self._file.execute("COMMIT")

    @property
    def is_quiet(self) -> bool:
        """Tell whether every request is settled."""
        return self._file.execute("SELECT 1 FROM requested LIMIT 1").fetchone() is None

    def settled(self) -> list[ReturnRow]:
        """Return for each verdict how many lines and pieces it was given, why, and each single reason."""
        query = "SELECT request, sku, quantity, because FROM settled WHERE verdict = ? ORDER BY request, number"
        found = {verdict: self._file.execute(query, (verdict,)).fetchall() for verdict in EXPLAINED}
        return [
            ReturnRow(
                verdict=verdict,
                lines=len(own),
                pieces=sum(quantity for _, _, quantity, _ in own),
                explained=EXPLAINED[verdict],
                each=[f"{request}: {quantity} of {sku}, {because}" for request, sku, quantity, because in own],
            )
            for verdict, own in found.items()
        ]

    def _verdicts(self, message: Message) -> list[Verdict] | None:
        found: list[Verdict] = []
        for row in rows(message, "lines"):
            verdicts = self._line(text(message, "customer"), text(row, "sku"), number(row, "quantity"))
            if verdicts is None:
                return None
            found += verdicts
        return found

    def _line(self, customer: str, sku: str, quantity: int) -> list[Verdict] | None:
        query = "SELECT id, line, accepted FROM bought WHERE customer = ? AND sku = ? ORDER BY at, id, line"
        bought = self._file.execute(query, (customer, sku)).fetchall()
        if not bought:
            return [Verdict(BLIND, sku, quantity, "no order of this customer has it")]
        verdicts: list[Verdict] = []
        left, had = quantity, Had(0, 0, 0)
        for order, line, _ in (each for each in bought if each[2]):
            own = self._had(order, line)
            had = Had(*map(sum, zip(had, own, strict=True)))
            if part := min(own.handed_over - own.back, left):
                verdicts.append(Verdict(MATCHED, sku, part, f"of line {line} of order {order}", order, line))
                left -= part
        if left and had.under_way:
            return None
        if left:
            refused = ", ".join(order for order, _, accepted in bought if not accepted)
            because = f"of {had.handed_over} handed over {had.back} came back before, and {quantity} are brought now"
            if not any(accepted for *_, accepted in bought):
                because = f"order {refused} was refused, and nothing of it sent"
            verdicts.append(Verdict(IMPOSSIBLE, sku, left, because))
        return verdicts

    def _had(self, order: str, line: str) -> Had:
        status = self._shop.see(order_status(order))
        states = status.lines[line] if status else {}
        gone = sum(states.get(state, 0) for state in _GONE)
        query = "SELECT coalesce(sum(quantity), 0) FROM settled WHERE id = ? AND line = ?"
        (matched,) = self._file.execute(query, (order, line)).fetchone()
        return Had(gone, matched, sum(states.values()) - gone - states.get(LineState.CANCELED, 0))
