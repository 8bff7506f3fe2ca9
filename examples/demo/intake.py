"""What comes in: each message is told, or asked and answered; what follows from what is on record is in `reactions`.

The storefront and the marketplace get an answer each time, the same for a message that comes again; so does a counter
that asks whether it may hand over. What nodes and carriers say has happened.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping

from unicommerce import Accepted, Catalog, Commerce, delivered, explain, picked, place, received, shipped
from unicommerce.counts import counted, regraded
from unicommerce.fulfillment import Allocated, collect, notified, ready, rejected, release_hold
from unicommerce.inventory import GoodsState
from unicommerce.ledger import Request, Telling
from unicommerce.marketplaces import acknowledge, called_off, relayed, serve
from unicommerce.returns import Condition, dispose, disposed_of, graded, returned

from .data import Supply
from .master import POLICY, RETURNS
from .reading import Reading, pieces_by, read_market, read_order
from .returns_desk import ReturnsDesk
from .service import ServiceDesk
from .wire import Message, moment, number, pack, rows, stamp, text, unpack
from .writing import handed_over

SCHEMA = """
CREATE TABLE IF NOT EXISTS refused (id TEXT PRIMARY KEY, because TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS unknown (message TEXT, field TEXT, PRIMARY KEY (message, field));
"""


class Intake:
    """Reads what other systems say, and puts it on record."""

    def __init__(self, shop: Commerce, file: sqlite3.Connection, desk: ReturnsDesk, service: ServiceDesk) -> None:
        self._shop = shop
        self._file = file
        self._desk = desk
        self._service = service
        file.executescript(SCHEMA)

    def supply(self, supply: Supply, now: int) -> None:
        """Take in goods."""
        self._shop.tell(received(supply.id, node=supply.node, quantities=supply.pieces), now=now, source="supplier")

    # Who sells

    def hear(self, body: bytes, now: int) -> bytes:
        """Answer a message of the storefront."""
        message = unpack(body)
        kind = text(message, "type")
        if kind == "ReturnRequested":
            return self._desk.take(message, body, now)
        if kind == "Paid":
            self._shop.ask(release_hold(text(message, "order"), "payment", policy=POLICY), now=now, source="payments")
            return pack({"type": "Noted", "order": message["order"]})
        reading = read_order(message)
        asked = place(reading.order, reading.quantities, holds=reading.holds, policy=POLICY)
        return self._ordered(reading, asked, now, "storefront")

    def relay(self, body: bytes, now: int) -> bytes:
        """Answer a message of the marketplace: that it has sold is a fact, and so is that it has canceled."""
        message = unpack(body)
        if text(message, "type") == "Canceled":
            off = called_off(text(message, "order"), id="1", by=text(message, "by"), occurred_at=_at(message))
            self._shop.tell(off, now=now, source=text(message, "market"))
            return pack({"type": "Noted", "order": message["order"]})
        reading, market = read_order(message), read_market(message)
        self._shop.tell(relayed(market, reading.quantities), now=now, source=market.market)
        self._service.relayed(market.order)
        answer = self._ordered(reading, serve(reading.order, reading.quantities, policy=POLICY), now, market.market)
        self._shop.ask(acknowledge(market.order, id="1"), now=now)
        return answer

    def _ordered(self, reading: Reading, asked: Request[Catalog], now: int, source: str) -> bytes:
        order = reading.order
        unknown = [(order.id, field) for field in reading.unknown]
        self._file.executemany("INSERT OR IGNORE INTO unknown VALUES (?, ?)", unknown)
        because = self._file.execute("SELECT because FROM refused WHERE id = ?", (order.id,)).fetchone()
        if because is None:
            decision = self._shop.ask(asked, now=now, source=source)
            self._desk.index(order, reading.quantities, is_accepted=isinstance(decision, Accepted))
            if isinstance(decision, Accepted):
                promises = [event.shipment.deliver_by for event in decision.events if isinstance(event, Allocated)]
                return pack({"type": "OrderAccepted", "order": order.id, "promises": [stamp(p) for p in promises]})
            because = (json.dumps(explain(decision).splitlines()[1:]),)
            self._file.execute("INSERT INTO refused VALUES (?, ?)", (order.id, *because))
        return pack({"type": "OrderRefused", "order": order.id, "because": json.loads(because[0])})

    # Who has the goods

    def told_by_warehouse(self, body: bytes, now: int) -> None:
        """Take what a node did."""
        message = unpack(body)
        for telling in _OF_WAREHOUSE[text(message, "type")](message):
            self._shop.tell(telling, now=now, source="wms")
        if rows(message, "graded"):
            self._dispose(message, now)

    def _dispose(self, message: Message, now: int) -> None:
        """Take in which condition each piece is that came back, and do with it what the policy says."""
        id, found = text(message, "id"), dict[Condition, dict[str, int]]()
        for condition in Condition:
            own = [row for row in rows(message, "graded") if row["condition"] == condition.value]
            if pieces := pieces_by({"rows": own}, "rows", "sku"):
                found[condition] = pieces
        seen = {(sku, condition): q for condition, pieces in found.items() for sku, q in pieces.items()}
        self._shop.tell(graded(id, "1", seen, occurred_at=_at(message)), now=now, source="wms")
        for condition, pieces in found.items():
            asked = dispose(id, condition.value, pieces, disposed_of(condition, RETURNS), condition=condition)
            self._shop.ask(asked, now=now, cause=f"return/{id}")

    def told_by_carrier(self, body: bytes, now: int) -> None:
        """Take that a parcel has arrived."""
        message = unpack(body)
        telling = delivered(text(message, "shipment"), occurred_at=_at(message))
        self._shop.tell(telling, now=now, source="carrier")

    def told_by_counter(self, body: bytes, now: int) -> bytes:
        """Take what a counter did; answer whether it may hand over."""
        message = unpack(body)
        shipment, at, kind = text(message, "shipment"), _at(message), text(message, "type")
        if kind == "Collect":
            asked = collect(
                shipment, by=text(message, "by"), checked_by="code", code=text(message, "code"), policy=POLICY
            )
            return handed_over(self._shop.ask(asked, now=now, source="counter"))
        telling = (
            ready(shipment, spot=text(message, "spot"), occurred_at=at, policy=POLICY)
            if kind == "Ready"
            else notified(shipment, text(message, "how"), code=text(message, "code"), occurred_at=at)
        )
        self._shop.tell(telling, now=now, source="counter")
        return pack({"type": "Noted"})


def _picked(message: Message) -> tuple[Telling[Catalog], ...]:
    lines, short = pieces_by(message, "lines", "line"), pieces_by(message, "short", "line")
    return (picked(text(message, "shipment"), lines, short=short, occurred_at=_at(message)),)


def _rejected(message: Message) -> tuple[Telling[Catalog], ...]:
    reason = text(message, "reason")
    lines = None if reason == "busy" else pieces_by(message, "lines", "line")
    return (rejected(text(message, "shipment"), lines, reason=reason, occurred_at=_at(message)),)


def _shipped(message: Message) -> tuple[Telling[Catalog], ...]:
    lines, tracking = pieces_by(message, "lines", "line"), text(message, "tracking")
    return (shipped(text(message, "shipment"), lines, tracking=tracking, occurred_at=_at(message)),)


def _looked(message: Message) -> tuple[Telling[Catalog], ...]:
    """Tell what turned up of what was not found, and then how much stands apart: the rest is not there."""
    node, sku, apart = text(message, "node"), text(message, "sku"), GoodsState.QUARANTINE
    id, at, found = f"{text(message, 'shipment')}/{sku}", _at(message), number(message, "found")
    count = counted(id, node=node, quantities={sku: number(message, "apart")}, as_of=at, of=apart)
    if not found:
        return (count,)
    back = regraded(id, node=node, quantities={sku: found}, source=apart, target=GoodsState.SELLABLE, occurred_at=at)
    return (back, count)


def _took_back(message: Message) -> tuple[Telling[Catalog], ...]:
    telling = returned(
        text(message, "id"),
        node=text(message, "node"),
        order=text(message, "order"),
        lines=pieces_by(message, "lines", "line"),
        blind=pieces_by(message, "blind", "sku"),
        rma=text(message, "rma"),
        occurred_at=_at(message),
    )
    return (telling,)


def _at(message: Message) -> int:
    return moment(text(message, "at"))


_OF_WAREHOUSE: Mapping[str, Callable[[Message], tuple[Telling[Catalog], ...]]] = {
    "Picked": _picked,
    "Rejected": _rejected,
    "Shipped": _shipped,
    "Looked": _looked,
    "ReturnReceived": _took_back,
}
"""How each message of a node is read."""
