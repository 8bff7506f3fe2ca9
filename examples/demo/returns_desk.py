"""The returns desk finds out which order it belongs to, what a customer brings back.

Each piece is matched to the earliest delivered line of that customer and code, and authorized. What is still under
way is waited for; what the customer never ordered here was bought before the data begins and is taken in blind; what
belongs to an order that we refused, or exceeds all that it delivered, is impossible and is counted with its reason. Who
wants something else for it gets that at once, as an order of its own.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from unicommerce import Commerce, NodeKind, Order, OrderLine, Position, Refused, explain, order_status
from unicommerce.fulfillment import shipment_key
from unicommerce.ledger import State
from unicommerce.orders import LineState, line_account, order_key
from unicommerce.returns import Authorized, Rma, WayBack, authorize, swap
from unicommerce.values import distance_m

from .draw import draw
from .master import POLICY, RETURNS
from .reading import pence
from .shape import ReturnRow
from .wire import DAY_MS, HOUR_MS, Message, moment, number, pack, rows, stamp, text, unpack
from .wms import Warehouse
from .writing import Coming, expect_return

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

MATCHED, BLIND, IMPOSSIBLE = "matched", "blind", "impossible"
EXPLAINED: Mapping[str, str] = {
    MATCHED: "the customer has them from a line of an order here; the earliest gives back first",
    BLIND: "no order here is the customer's for this code: it was bought before the data begins, and is taken in",
    IMPOSSIBLE: "nobody can bring back what was never handed over: it is not expected, and each has its reason",
}
"""What each verdict says."""

_WITH_CUSTOMER = (LineState.DELIVERED, LineState.COLLECTED)
_GONE = (*_WITH_CUSTOMER, LineState.RETURNED)


class Verdict(NamedTuple):
    """What becomes of some pieces, and why: matched to a line of an order, blind, or impossible."""

    verdict: str
    sku: str
    quantity: int
    because: str
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
            verdicts = self._expected(id, message, verdicts, now)
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
        left, under_way = quantity, 0
        for order, line, _ in (each for each in bought if each[2]):
            there, coming = self._pieces(order, line)
            under_way += coming
            if part := min(there, left):
                verdicts.append(Verdict(MATCHED, sku, part, f"of line {line} of order {order}", order, line))
                left -= part
        if left and under_way:
            return None
        if left:
            refused = [order for order, _, accepted in bought if not accepted]
            is_refused = len(refused) == len(bought)
            had = f"the customer had {quantity - left} left of it, and brings {quantity}"
            because = f"order {', '.join(refused)} was refused, and nothing of it sent" if is_refused else had
            verdicts.append(Verdict(IMPOSSIBLE, sku, left, because))
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

    def _expected(self, id: str, message: Message, verdicts: Iterable[Verdict], now: int) -> list[Verdict]:
        """Expect what can come, one return for each order; for the first of them goes out what is wanted instead."""
        done: list[Verdict] = []
        for n, own in enumerate(_by_order(verdicts)):
            was_matched = any(each.verdict == MATCHED for each in done)
            settled = self._expect(f"{id}-{n}", message, own, now)
            if "instead" in message and settled[0].verdict == MATCHED and not was_matched:
                self._exchange(f"{id}-{n}", message, settled, now)
            done += settled
        return done

    def _expect(self, id: str, message: Message, own: Sequence[Verdict], now: int) -> Sequence[Verdict]:
        """Authorize what is matched, and tell a node what will come; return the verdicts as they stand then."""
        verdict, _, _, _, order, _ = own[0]
        if verdict == IMPOSSIBLE:
            return own
        if verdict == BLIND:
            coming = Coming("", {}, {sku: quantity for _, sku, quantity, *_ in own})
            self._warehouse.accept(expect_return(id, coming, node=self._near(message), sent_at=now))
            return own
        document = self._order(order)
        pieces = {line: quantity for _, _, quantity, _, _, line in own}
        rma = self._authorized(id, document, pieces, message, now)
        if isinstance(rma, str):
            return [Verdict(IMPOSSIBLE, each.sku, each.quantity, rma) for each in own]
        node = rma.node or self._near(message)
        if rma.way_back is WayBack.DROP_OFF:
            node = self._near(message, self._shop.see(_sold_at(document, pieces)))
        coming = Coming(order, {each.line: (each.sku, each.quantity) for each in own}, {}, rma.id)
        self._warehouse.accept(expect_return(id, coming, node=node, sent_at=now))
        return own

    def _authorized(self, id: str, order: Order, pieces: Mapping[str, int], message: Message, now: int) -> Rma | str:
        """Return what may come back; or why not. Its days count from the order, which is before any delivery."""
        asked = authorize(
            id,
            order=order.id,
            lines=pieces,
            delivered_on=stamp(order.placed_at)[:10],
            way_back=WayBack.DROP_OFF if "way_back" in message else WayBack.LABEL,
            policy=RETURNS,
        )
        answer = self._shop.ask(asked, now=now, source="desk")
        if isinstance(answer, Refused):
            return "; ".join(explain(reason) for reason in answer.because)
        return next(event.rma for event in answer.events if isinstance(event, Authorized))

    def _exchange(self, rma: str, message: Message, own: Sequence[Verdict], now: int) -> None:
        """Place an order for what the customer wants instead; a refusal leaves the return as it is."""
        wanted, order = message["instead"], self._order(own[0].order)
        assert isinstance(wanted, dict)
        line = OrderLine(id="1", sku=text(wanted, "sku"), price_minor=pence(text(wanted, "price")))
        new = Order(
            id=f"{rma}-instead",
            pool=order.pool,
            lines=(line,),
            destination=order.destination,
            placed_at=now,
            channel="exchange",
            customer=order.customer,
            currency=order.currency,
            region=order.region,
        )
        worth = sum(order.paid_minor(each.line, 0, each.quantity) for each in own)
        asked = swap(rma, new, {"1": number(wanted, "quantity")}, returned_minor=worth, policy=POLICY)
        self._shop.ask(asked, now=now, cause=f"rma/{rma}", source="desk")

    def _order(self, id: str) -> Order:
        found = self._shop.see(lambda state, _given: state.document(order_key(id)))
        assert found is not None
        return found

    def _near(self, message: Message, sold_at: frozenset[str] = frozenset()) -> str:
        """Return the node nearest to the customer; of the stores that have not sold it, where it comes to a store."""
        home = message["from"]
        assert isinstance(home, dict)
        here = Position.of(text(home, "lat"), text(home, "lng"))
        nodes = self._shop.catalog.network.nodes
        if "way_back" in message:
            nodes = tuple(node for node in nodes if node.kind is NodeKind.STORE and node.id not in sold_at)
        return min(nodes, key=lambda node: (distance_m(node.position, here), node.rank)).id


def _by_order(verdicts: Iterable[Verdict]) -> list[list[Verdict]]:
    """Return verdicts by the order that they are matched to, and those of none by what they are."""
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for each in verdicts:
        groups.setdefault((each.verdict, each.order), []).append(each)
    return list(groups.values())


def _sold_at(order: Order, lines: Iterable[str]) -> Callable[[State, object], frozenset[str]]:
    """Return the view of the nodes that have handed over what the customer has of lines."""

    def view(state: State, _given: object) -> frozenset[str]:
        held = [state.parts(order.unit(line), line_account(each)) for line in lines for each in _WITH_CUSTOMER]
        found = [state.document(shipment_key(part.ref)) for parts in held for part in parts]
        return frozenset([sent.collect_at or sent.node for sent in found if sent])

    return view
