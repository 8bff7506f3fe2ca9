"""The service desk: once a day somebody reads what the marketplace's clocks leave, and customers call.

Both are answered by views of what is on record at that moment; they are kept as they were read, because later they say
something else. Who calls are the customers of small orders that a node has turned down since yesterday.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from unicommerce import Commerce, explain
from unicommerce.desk import Change, Changeable, How, Pieces, changeable, whereabouts
from unicommerce.marketplaces import AtRisk, late_risk
from unicommerce.orders import LineQuantity

from .master import POLICY
from .shape import Call, ChangeRow, PieceRow, RiskRow
from .wire import DAY_MS, HOUR_MS

SCHEMA = """
CREATE TABLE IF NOT EXISTS troubled (entry TEXT PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS relayed (id TEXT PRIMARY KEY, is_done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS looked (at INTEGER PRIMARY KEY, row TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (at INTEGER, id TEXT, row TEXT NOT NULL, PRIMARY KEY (at, id));
"""

LOOKS_AT_HOUR = 21
"""Every day at this hour (UTC): it is afternoon where the nodes are, and the last trucks have not left."""
MOST_LINES = 8

WISHES = {
    Change.LESS: "less of line {}",
    Change.MORE: "one more of line {}",
    Change.ADDRESS: "another address",
    Change.SERVICE: "another service level",
    Change.PICK_UP: "to collect it elsewhere",
    Change.TENDER: "to pay with something else",
}
WAYS = {
    How.AT_ONCE: "at once",
    How.PUT_BACK: "once it is put back",
    How.INTERCEPT: "if it can still be stopped",
    How.RETURN: "as a return",
    None: "no",
}


class ServiceDesk:
    """Reads the record, and keeps what it has read."""

    def __init__(self, shop: Commerce, file: sqlite3.Connection) -> None:
        self._shop = shop
        self._file = file
        file.executescript(SCHEMA)

    def relayed(self, order: str) -> None:
        """Remember an order of the marketplace, to look at its clocks until none runs."""
        self._file.execute("INSERT OR IGNORE INTO relayed (id) VALUES (?)", (order,))

    def note(self, order: str, entry: str, now: int) -> None:
        """Remember an order that a node has turned down, in whole or in part."""
        self._file.execute("INSERT OR IGNORE INTO troubled VALUES (?, ?, ?)", (entry, order, now))

    def look(self, now: int) -> None:
        """Read the clocks of the marketplace, and take calls, where it is time for that."""
        if now % DAY_MS == LOOKS_AT_HOUR * HOUR_MS:
            self._look_at_clocks(now)
            self._take_calls(now)

    def risks(self) -> list[RiskRow]:
        """Return what each look at the clocks has shown."""
        return [json.loads(row) for (row,) in self._file.execute("SELECT row FROM looked ORDER BY at")]

    def calls(self) -> list[Call]:
        """Return every call that was taken."""
        return [json.loads(row) for (row,) in self._file.execute("SELECT row FROM calls ORDER BY at, id")]

    def _look_at_clocks(self, now: int) -> None:
        running = [id for (id,) in self._file.execute("SELECT id FROM relayed WHERE is_done = 0 ORDER BY id")]
        risks = self._shop.see(late_risk(running, now=now))
        still = {risk.order for risk in risks}
        done = [(id,) for id in running if id not in still]
        self._file.executemany("UPDATE relayed SET is_done = 1 WHERE id = ?", done)
        row = RiskRow(
            at=now,
            orders=len(still),
            clocks=len(risks),
            late=sum(risk.left_ms < 0 for risk in risks),
            worst=_worst(risks[0]) if risks else "",
        )
        self._file.execute("INSERT OR REPLACE INTO looked VALUES (?, ?)", (now, json.dumps(row)))

    def _take_calls(self, now: int) -> None:
        query = "SELECT id, count(*) FROM troubled GROUP BY id HAVING max(at) > ? ORDER BY id"
        for order, times in self._file.execute(query, (now - DAY_MS,)).fetchall():
            seen = self._shop.see(whereabouts(order, now=now))
            if seen and seen.next and len(seen.status.order.lines) <= MOST_LINES:
                changes = self._shop.see(changeable(order, policy=POLICY, now=now)) or ()
                call = Call(
                    at=now,
                    order=order,
                    times=times,
                    status=seen.status.words,
                    pieces=_pieces(seen.pieces),
                    changes=_changes(changes),
                )
                self._file.execute("INSERT OR REPLACE INTO calls VALUES (?, ?, ?)", (now, order, json.dumps(call)))


def _worst(risk: AtRisk) -> str:
    left, who = risk.left_ms // HOUR_MS, f"with {risk.node}" if risk.node else "with nobody yet"
    hours = f"{left} h left" if left >= 0 else f"{-left} h too late"
    return f"{risk.order}: {sum(risk.pieces.values())} pieces to {risk.clock.removesuffix('_by')}, {hours}, {who}"


def _pieces(pieces: Iterable[Pieces]) -> list[PieceRow]:
    """Return where pieces are, those together that go the same way."""
    together: dict[Pieces, list[LineQuantity]] = {}
    for piece in pieces:
        own = LineQuantity(piece.line, piece.sku, piece.quantity)
        together.setdefault(piece._replace(line="", sku="", quantity=0), []).append(own)
    return [
        PieceRow(
            pieces=", ".join(f"{quantity} {sku}" for _, sku, quantity in own),
            state=piece.state.value,
            place=piece.place,
            promised=_clock(piece.promised_at),
            next=f"to be {piece.next.words} by {piece.next.who}" if piece.next else "",
            by=_clock(piece.next.by) if piece.next else "",
            is_late=piece.is_late,
        )
        for piece, own in together.items()
    ]


def _changes(changes: Sequence[Changeable]) -> list[ChangeRow]:
    """Return what may be changed, those together that have one answer; none that is impossible but by another way."""
    possible = {change[:2] for change in changes if change.how}
    together: dict[tuple[object, ...], ChangeRow] = {}
    for change in changes:
        wish = WISHES[change.change].format(change.subject)
        row = ChangeRow(
            wish=wish,
            pieces=change.quantity,
            how=WAYS[change.how],
            until=change.until.value if change.until else "",
            because=[explain(reason) for reason in change.because],
        )
        if change.how or change[:2] not in possible:
            known = together.setdefault(change[2:], row)
            known["wish"] = wish if known is row else f"{known['wish']}, {wish}"
    return list(together.values())


def _clock(at: int | None) -> str:
    return "" if at is None else f"{datetime.fromtimestamp(at / 1000, UTC):%b %d, %H:%M}"
