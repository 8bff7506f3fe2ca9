"""The returns desk finds out which order it belongs to, what a customer brings back.

Each piece is matched to the earliest delivered line of that customer and code. What is still under way is waited for;
what the customer never ordered here was bought before the data begins and is taken in blind; what belongs to an order
that we refused, or exceeds all that it delivered, is impossible and is counted with its reason.
"""

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from unicommerce import Commerce, Order, Position, order_status
from unicommerce.orders import LineState
from unicommerce.values import distance_m

from .draw import draw
from .wire import DAY_MS, HOUR_MS, Message, moment, number, pack, rows, text, unpack
from .wms import Warehouse
from .writing import Coming, expect_return

SCHEMA = """
CREATE TABLE IF NOT EXISTS bought (
    customer TEXT, sku TEXT, at INTEGER, id TEXT, line TEXT, accepted INTEGER,
    PRIMARY KEY (customer, sku, at, id, line));
CREATE TABLE IF NOT EXISTS requested (id TEXT PRIMARY KEY, due INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS settled (
    request TEXT, number INTEGER, verdict TEXT, sku TEXT, quantity INTEGER, id TEXT, line TEXT,
    PRIMARY KEY (request, number));
CREATE INDEX IF NOT EXISTS settled_by_line ON settled (id, line);
"""

_GONE = (LineState.DELIVERED, LineState.COLLECTED, LineState.RETURNED)


class Verdict(NamedTuple):
    """What becomes of some pieces: matched to a line of an order, blind, or impossible for a reason."""

    verdict: str
    sku: str
    quantity: int
    order: str = ""
    line: str = ""


class ReturnsDesk:
    """Takes requests, waits until the goods can be there, and tells a warehouse what to expect."""

    def __init__(self, shop: Commerce, file: sqlite3.Connection, warehouse: Warehouse) -> None:
        self._shop = shop
        self._file = file
        self._warehouse = warehouse
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
            self._expect(id, message, verdicts, now)
            self._file.execute("BEGIN")
            self._file.executemany(
                "INSERT INTO settled VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(id, n, *verdict) for n, verdict in enumerate(verdicts)],
            )
            self._file.execute("DELETE FROM requested WHERE id = ?", (id,))
            self._file.execute("COMMIT")

    @property
    def is_quiet(self) -> bool:
        """Tell whether every request is settled."""
        return self._file.execute("SELECT 1 FROM requested LIMIT 1").fetchone() is None

    def settled(self) -> list[tuple[str, int, int]]:
        """Return for each verdict how many lines and pieces it was given."""
        query = "SELECT verdict, count(*), sum(quantity) FROM settled GROUP BY verdict ORDER BY verdict DESC"
        return self._file.execute(query).fetchall()

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
            return [Verdict("blind", sku, quantity)]
        verdicts: list[Verdict] = []
        left, under_way = quantity, 0
        for order, line, _ in (each for each in bought if each[2]):
            there, coming = self._pieces(order, line)
            under_way += coming
            if part := min(there, left):
                verdicts.append(Verdict("matched", sku, part, order, line))
                left -= part
        if left and under_way:
            return None
        if left:
            was_refused = not any(accepted for *_, accepted in bought)
            verdicts.append(Verdict("impossible: refused" if was_refused else "impossible: exceeds", sku, left))
        return verdicts

    def _pieces(self, order: str, line: str) -> tuple[int, int]:
        """Return the pieces of a line that the customer has, less those already coming back, and those under way."""
        status = self._shop.see(order_status(order))
        states = status.lines[line] if status else {}
        gone = sum(states.get(state, 0) for state in _GONE)
        query = "SELECT coalesce(sum(quantity), 0) FROM settled WHERE id = ? AND line = ?"
        (matched,) = self._file.execute(query, (order, line)).fetchone()
        coming = sum(states.values()) - gone - states.get(LineState.CANCELED, 0)
        return gone - matched, coming

    def _expect(self, id: str, message: Message, verdicts: list[Verdict], now: int) -> None:
        """Tell the node nearest to the customer what will come: one return for each order, and one for the rest."""
        by_order: dict[str, dict[str, tuple[str, int]]] = {}
        blind: dict[str, int] = {}
        for verdict, sku, quantity, order, line in verdicts:
            if verdict == "matched":
                by_order.setdefault(order, {})[line] = (sku, quantity)
            elif verdict == "blind":
                blind[sku] = blind.get(sku, 0) + quantity
        node = self._nearest(message)
        for n, (order, lines) in enumerate(by_order.items(), start=1):
            self._warehouse.accept(expect_return(f"{id}-{n}", Coming(order, lines, {}), node=node, sent_at=now))
        if blind:
            self._warehouse.accept(expect_return(f"{id}-blind", Coming("", {}, blind), node=node, sent_at=now))

    def _nearest(self, message: Message) -> str:
        home = message["from"]
        assert isinstance(home, dict)
        here = Position.of(text(home, "lat"), text(home, "lng"))
        nodes = self._shop.catalog.network.nodes
        return min(nodes, key=lambda node: (distance_m(node.position, here), node.rank)).id
