"""The WMS stand-in, one for all nodes: picks what it is told to, sometimes short, ships it, and takes returns in.

It speaks bytes and knows nothing of the library. Its own records are its tasks, the messages that it owes and what
stands apart in quarantine; it decides about short picks, conditions and what a store turns down by itself. For what was
not found it looks until the next morning, and then counts. A message that is not acknowledged is sent again.
"""

from datetime import datetime, timedelta
from pathlib import Path

from .data import Site
from .draw import draw, happens
from .wire import HOUR_MS, MINUTE_MS, Message, local, moment, number, open_file, pack, rows, stamp, text, unpack, zone

SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, node TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS owed (
    id TEXT PRIMARY KEY, task TEXT NOT NULL, node TEXT NOT NULL, due INTEGER NOT NULL, body BLOB NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS owed_by_due ON owed (sent, due, id);
CREATE INDEX IF NOT EXISTS owed_by_task ON owed (task);
CREATE TABLE IF NOT EXISTS apart (
    node TEXT NOT NULL, sku TEXT NOT NULL, since INTEGER NOT NULL, pieces INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS apart_by_sku ON apart (node, sku);
"""

FORGET = """
DELETE FROM owed WHERE task = ? AND sent = 0
    AND (id NOT LIKE '%/Looked%' OR NOT EXISTS (SELECT 1 FROM owed AS said WHERE said.task = owed.task AND said.sent))
"""

SHORT_PER_THOUSAND = 20
NOT_AS_NEW_PER_THOUSAND = 100
AS_NEW, OPENED = "a", "b"
NOT_AS_NEW: tuple[str, ...] = (OPENED, "c", "d")
"""Conditions of what comes back. What was opened stands apart from then on; the rest is somebody else's decision."""
TWICE_PER_THOUSAND = 10
UNTOLD_PER_THOUSAND = 10
"""So many picks are never reported: the shipment alone is."""
UNTRACKED_PER_THOUSAND = 20
TURNED_DOWN_PER_THOUSAND = 60
"""So many shipments a store turns down: half of them for lack of time, else because of a line."""
REASONS = ("busy", "busy", "damaged", "not_found")

OPENS_MINUTE = 7 * 60
COUNTS_MINUTE = 6 * 60 + 15
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
        owes = {"Pick": self._pick, "Drop": self._drop, "ExpectReturn": self._expect}[text(message, "type")]
        id, node = text(message, "id"), text(message, "node")
        self._file.execute("BEGIN")
        if self._file.execute("INSERT OR IGNORE INTO tasks VALUES (?, ?, ?)", (id, node, body)).rowcount:
            for due, owed in owes(message):
                self._owe(id, node, due, owed)
        self._file.execute("COMMIT")

    def due(self, now: int) -> list[tuple[str, bytes]]:
        """Return id and content of the messages that are owed by now, in the order of time."""
        query = "SELECT id, body FROM owed WHERE sent = 0 AND due <= ? ORDER BY due, id"
        return [(id, self._counted(body)) for id, body in self._file.execute(query, (now,)).fetchall()]

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

    def apart(self) -> dict[tuple[str, str], int]:
        """Return the pieces that stand apart, by node and SKU: what came back and is not fit to be sold."""
        query = "SELECT node, sku, sum(pieces) FROM apart GROUP BY node, sku"
        return {(node, sku): pieces for node, sku, pieces in self._file.execute(query)}

    def _owe(self, task: str, node: str, due: int, message: Message) -> None:
        id = f"{task}/{message['type']}{message.get('sku', '')}"
        copies = 2 if happens(TWICE_PER_THOUSAND, "twice", id) else 1
        for copy in range(copies):
            row = (f"{id}{'#2' * copy}", task, node, due + copy * HOUR_MS, pack(message))
            self._file.execute("INSERT INTO owed (id, task, node, due, body) VALUES (?, ?, ?, ?, ?)", row)

    def _counted(self, body: bytes) -> bytes:
        """Return a message; of what was looked for, with how much of it stands apart at that moment."""
        message = unpack(body)
        if message["type"] != "Looked":
            return body
        query = "SELECT coalesce(sum(pieces), 0) FROM apart WHERE node = ? AND sku = ? AND since <= ?"
        about = (text(message, "node"), text(message, "sku"), moment(text(message, "at")))
        (apart,) = self._file.execute(query, about).fetchone()
        return pack(message | {"apart": apart})

    def _pick(self, message: Message) -> list[tuple[int, Message]]:
        shipment, site = text(message, "id"), self._sites[text(message, "node")]
        pick_at, ship_at = _when(message, site)
        lines, turned_down = _turned_down(shipment, site, rows(message, "lines"))
        picked, short = _picks(shipment, lines)
        owes: list[tuple[int, Message]] = []
        for reason, back in turned_down.items():
            given: Message = {"type": "Rejected", "shipment": shipment, "at": stamp(pick_at), "reason": reason}
            owes.append((pick_at, given | {"lines": back}))
        is_told = short or not ship_at or not happens(UNTOLD_PER_THOUSAND, "untold", shipment)
        if lines and is_told:
            report: Message = {"type": "Picked", "shipment": shipment, "at": stamp(pick_at)}
            owes.append((pick_at, report | {"lines": picked, "short": short}))
        if picked and ship_at:
            sending: Message = {"type": "Shipped", "shipment": shipment, "at": stamp(ship_at), "lines": picked}
            owes.append((ship_at, sending | {"tracking": _tracking(shipment)}))
        missing = [*short, *turned_down.get("not_found", [])]
        return [*owes, *_looks(shipment, site, missing, pick_at)]

    def _drop(self, message: Message) -> list[tuple[int, Message]]:
        """Forget what was still to be done for a shipment; what was told to be missing is looked for all the same."""
        self._file.execute(FORGET, (text(message, "shipment"),))
        return []

    def _expect(self, message: Message) -> list[tuple[int, Message]]:
        id, node, sent_at = text(message, "id"), text(message, "node"), moment(text(message, "sent_at"))
        at = sent_at + (2 + draw(22, "arrives", id)) * HOUR_MS
        pieces = rows(message, "pieces")
        graded: list[Message] = [row | {"condition": _condition(id, text(row, "sku"))} for row in pieces]
        kept = [(node, text(r, "sku"), at, number(r, "quantity")) for r in graded if r["condition"] == OPENED]
        self._file.executemany("INSERT INTO apart VALUES (?, ?, ?, ?)", kept)
        received: Message = {"type": "ReturnReceived", "at": stamp(at), "graded": graded}
        return [(at, received | {name: message[name] for name in ("id", "node", "order", "rma", "lines", "blind")})]


def _condition(id: str, sku: str) -> str:
    if not happens(NOT_AS_NEW_PER_THOUSAND, "damaged", id, sku):
        return AS_NEW
    return NOT_AS_NEW[draw(len(NOT_AS_NEW), "condition", id, sku)]


def _when(message: Message, site: Site) -> tuple[int, int]:
    """Return when a shipment is picked, and when it leaves (0: never, for its customer comes to this node)."""
    shipment, sent_at, day = text(message, "id"), moment(text(message, "sent_at")), text(message, "handle_on")
    if "ready_by" in message:
        before = (35 + draw(75, "pick", shipment)) * MINUTE_MS
        return max(moment(text(message, "ready_by")) - before, sent_at + 20 * MINUTE_MS), 0
    begins = local(day, OPENS_MINUTE + draw(8 * 60, "pick", shipment), site.zone)
    pick_at = max(begins, sent_at + 20 * MINUTE_MS)
    return pick_at, max(local(day, TRUCK_MINUTE[site.part], site.zone), pick_at + 10 * MINUTE_MS)


def _tracking(shipment: str) -> str:
    is_lost = happens(UNTRACKED_PER_THOUSAND, "untracked", shipment)
    return "" if is_lost else f"P{draw(10**9, 'tracking', shipment):09}"


def _looks(shipment: str, site: Site, missing: list[Message], pick_at: int) -> list[tuple[int, Message]]:
    """Return that the node has looked for what was not found, on the next morning, and how many turned up."""
    there = datetime.fromtimestamp(pick_at / 1000, zone(site.zone)).date() + timedelta(days=1)
    at = local(there.isoformat(), COUNTS_MINUTE, site.zone)
    sums: dict[str, int] = {}
    for row in missing:
        sums[text(row, "sku")] = sums.get(text(row, "sku"), 0) + number(row, "quantity")
    about: Message = {"type": "Looked", "shipment": shipment, "node": site.id, "at": stamp(at)}
    return [
        (at, about | {"sku": sku, "found": draw(lost + 1, "turns up", shipment, sku)}) for sku, lost in sums.items()
    ]


def _turned_down(shipment: str, site: Site, lines: list[Message]) -> tuple[list[Message], dict[str, list[Message]]]:
    """Return what a node picks, and what it turns down for which reason: all for lack of time, else one line."""
    if site.part != "store" or not happens(TURNED_DOWN_PER_THOUSAND, "turned down", shipment):
        return lines, {}
    reason = REASONS[draw(len(REASONS), "reason", shipment)]
    back = lines if reason == "busy" else [lines[draw(len(lines), "which", shipment)]]
    return [line for line in lines if line not in back], {reason: back}


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
            found.append(line | {"quantity": wanted - lost})
        if lost:
            missing.append(line | {"quantity": lost})
    return found, missing
