"""The WMS stand-in, one for all nodes: picks what it is told to, sometimes short, ships it, and takes returns in.

It speaks bytes and knows nothing of the library. Its own records are its tasks and the messages that it owes; it
decides about short picks and damages by itself. A message that is not acknowledged is sent again.
"""

from pathlib import Path

from .data import Site
from .draw import draw, happens
from .wire import HOUR_MS, MINUTE_MS, Message, local, moment, number, open_file, pack, rows, stamp, text, unpack

SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, node TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS owed (
    id TEXT PRIMARY KEY, node TEXT NOT NULL, due INTEGER NOT NULL, body BLOB NOT NULL, sent INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS owed_by_due ON owed (sent, due, id);
"""

SHORT_PER_THOUSAND = 20
DAMAGED_PER_THOUSAND = 100
TWICE_PER_THOUSAND = 10
UNTOLD_PER_THOUSAND = 10
"""So many picks are never reported: the shipment alone is."""

OPENS_MINUTE = 7 * 60
TRUCK_MINUTE = {"wh": 20 * 60, "dark": 20 * 60, "store": 18 * 60}


class Warehouse:
    """Takes instructions, and owes messages about what became of them."""

    def __init__(self, path: Path, sites: tuple[Site, ...]) -> None:
        self._file = open_file(path, SCHEMA)
        self._sites = {site.id: site for site in sites}

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def accept(self, body: bytes) -> None:
        """Take an instruction; one that is known changes nothing."""
        message = unpack(body)
        owes = {"Pick": self._pick, "ExpectReturn": self._expect}[text(message, "type")]
        id, node = text(message, "id"), text(message, "node")
        self._file.execute("BEGIN")
        if self._file.execute("INSERT OR IGNORE INTO tasks VALUES (?, ?, ?)", (id, node, body)).rowcount:
            for due, owed in owes(message):
                self._owe(f"{id}/{owed['type']}", node, due, owed)
        self._file.execute("COMMIT")

    def due(self, now: int) -> list[tuple[str, bytes]]:
        """Return id and content of the messages that are owed by now, in the order of time."""
        query = "SELECT id, body FROM owed WHERE sent = 0 AND due <= ? ORDER BY due, id"
        return self._file.execute(query, (now,)).fetchall()

    def acknowledged(self, id: str) -> None:
        """Forget a message that has arrived."""
        self._file.execute("UPDATE owed SET sent = 1 WHERE id = ?", (id,))

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing is owed."""
        return self._file.execute("SELECT 1 FROM owed WHERE sent = 0 LIMIT 1").fetchone() is None

    def shipped_by_node(self) -> dict[str, int]:
        """Return the pieces that left each node, by its own records."""
        query = "SELECT node, body FROM owed WHERE sent = 1 AND id LIKE '%/Shipped'"
        pieces: dict[str, int] = {}
        for node, body in self._file.execute(query):
            pieces[node] = pieces.get(node, 0) + sum(number(row, "quantity") for row in rows(unpack(body), "lines"))
        return pieces

    def _owe(self, id: str, node: str, due: int, message: Message) -> None:
        copies = 2 if happens(TWICE_PER_THOUSAND, "twice", id) else 1
        for copy in range(copies):
            row = (f"{id}{'#2' * copy}", node, due + copy * HOUR_MS, pack(message))
            self._file.execute("INSERT INTO owed (id, node, due, body) VALUES (?, ?, ?, ?)", row)

    def _pick(self, message: Message) -> list[tuple[int, Message]]:
        shipment, site, sent_at = (
            text(message, "id"),
            self._sites[text(message, "node")],
            moment(text(message, "sent_at")),
        )
        day = text(message, "handle_on")
        picked, short = _picks(shipment, rows(message, "lines"))
        begins = local(day, OPENS_MINUTE + draw(8 * 60, "pick", shipment), site.zone)
        pick_at = max(begins, sent_at + 20 * MINUTE_MS)
        ship_at = max(local(day, TRUCK_MINUTE[site.part], site.zone), pick_at + 10 * MINUTE_MS)
        owes: list[tuple[int, Message]] = []
        if short or not happens(UNTOLD_PER_THOUSAND, "untold", shipment):
            report: Message = {"type": "Picked", "shipment": shipment, "at": stamp(pick_at)}
            owes.append((pick_at, report | {"lines": picked, "short": short}))
        if picked:
            sending: Message = {"type": "Shipped", "shipment": shipment, "at": stamp(ship_at), "lines": picked}
            owes.append((ship_at, sending | {"tracking": f"P{draw(10**9, 'tracking', shipment):09}"}))
        return owes

    def _expect(self, message: Message) -> list[tuple[int, Message]]:
        id, sent_at = text(message, "id"), moment(text(message, "sent_at"))
        at = sent_at + (2 + draw(22, "arrives", id)) * HOUR_MS
        pieces = rows(message, "pieces")
        fit = [row for row in pieces if not happens(DAMAGED_PER_THOUSAND, "damaged", id, row["sku"])]
        received = {"type": "ReturnReceived", "at": stamp(at), "fit": fit}
        return [(at, received | {name: message[name] for name in ("id", "node", "order", "lines", "blind")})]


def _picks(shipment: str, lines: list[Message]) -> tuple[list[Message], list[Message]]:
    """Return what is found and what is not, by line."""
    found: list[Message] = []
    missing: list[Message] = []
    for line in lines:
        wanted = number(line, "quantity")
        lost = 0
        if happens(SHORT_PER_THOUSAND, "short", shipment, line["line"]):
            lost = 1 + draw(wanted, "lost", shipment, line["line"])
        if wanted > lost:
            found.append({"line": line["line"], "quantity": wanted - lost})
        if lost:
            missing.append({"line": line["line"], "quantity": lost})
    return found, missing
