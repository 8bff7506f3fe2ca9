"""The host: it wires the library to the systems around it, and is all that a retailer writes.

What comes in is told or asked, and answered; what follows from what is on record is the table of `wiring`: picks are
instructed, parcels handed over, entries posted, open pieces given to nodes again, the ERP told. Every reaction may be
repeated: ids derive from entries, and each system knows what it has. Its own file holds progress and indexes.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from unicommerce import Accepted, Commerce, allocate, delivered, explain, order_status, picked, place, received, shipped
from unicommerce.catalog import Node
from unicommerce.finance import post
from unicommerce.fulfillment import Allocated, Shipped, ShortPicked
from unicommerce.ledger import Decision, Entry, Store
from unicommerce.orders import LineState, Order, Placed, order_key
from unicommerce.returns import restock, returned

from . import adapter
from .carrier import Carrier
from .data import Supply, World
from .erp import Erp
from .master import POLICY, catalog
from .returns_desk import ReturnsDesk
from .wire import Message, moment, open_file, pack, stamp, text, unpack
from .wiring import Followers
from .wms import Warehouse

SCHEMA = """
CREATE TABLE IF NOT EXISTS refused (id TEXT PRIMARY KEY, because TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (id TEXT PRIMARY KEY, since INTEGER NOT NULL, asked INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS unknown (message TEXT, field TEXT, PRIMARY KEY (message, field));
"""


OURS = ("wms", "carrier", "desk", "finance")
"""The systems that are served at once; the ERP is served when it can."""


class Core:
    """The record of every piece, and what follows from it."""

    def __init__(
        self, store: Store, folder: Path, world: World, *, warehouse: Warehouse, carrier: Carrier, erp: Erp
    ) -> None:
        self._world = world
        self._catalogs = (catalog(world, 0), catalog(world, 1))
        self.shop = Commerce(self._catalogs[0], store=store)
        self.file = open_file(folder / "core.sqlite", SCHEMA)
        self._warehouse = warehouse
        self._carrier = carrier
        self._erp = erp
        self.desk = ReturnsDesk(self.shop, self.file, warehouse)
        self._nodes: Mapping[str, Node] = self._catalogs[0].network.node_by_id
        sends = {
            "pick": self._pick,
            "parcel": self._parcel,
            "give_again": self._give_again,
            "post": self._post,
            "goods": self._goods,
        }
        self._followers = Followers(store, self.file, sends)
        self._week = 0

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def costs_of(self, now: int) -> None:
        """Take over the purchase costs of the week."""
        week = int(now >= self._world.middle)
        if week != self._week:
            self._week = week
            self.shop.revise(self._catalogs[week], now=now)

    # What comes in

    def supply(self, supply: Supply, now: int) -> None:
        """Take in goods."""
        self.shop.tell(received(supply.id, node=supply.node, quantities=supply.pieces), now=now, source="supplier")

    def hear(self, body: bytes, now: int) -> bytes:
        """Answer a message of the storefront."""
        message = unpack(body)
        if text(message, "type") == "ReturnRequested":
            return self.desk.take(message, body, now)
        reading = adapter.read_order(message)
        order = reading.order
        unknown = [(order.id, field) for field in reading.unknown]
        self.file.executemany("INSERT OR IGNORE INTO unknown VALUES (?, ?)", unknown)
        because = self.file.execute("SELECT because FROM refused WHERE id = ?", (order.id,)).fetchone()
        if because is None:
            decision = self.shop.ask(place(order, reading.quantities, policy=POLICY), now=now, source="storefront")
            self.desk.index(order, reading.quantities, is_accepted=isinstance(decision, Accepted))
            if isinstance(decision, Accepted):
                promises = [event.shipment.deliver_by for event in decision.events if isinstance(event, Allocated)]
                return pack({"type": "OrderAccepted", "order": order.id, "promises": [stamp(p) for p in promises]})
            because = (json.dumps(explain(decision).splitlines()[1:]),)
            self.file.execute("INSERT INTO refused VALUES (?, ?)", (order.id, *because))
        return pack({"type": "OrderRefused", "order": order.id, "because": json.loads(because[0])})

    def told_by_warehouse(self, body: bytes, now: int) -> None:
        """Take what a node did."""
        message = unpack(body)
        at, kind = moment(text(message, "at")), text(message, "type")
        if kind == "ReturnReceived":
            self._took_back(message, now, at)
            return
        shipment, pieces = text(message, "shipment"), adapter.pieces_by(message, "lines", "line")
        if kind == "Picked":
            telling = picked(shipment, pieces, short=adapter.pieces_by(message, "short", "line"), occurred_at=at)
        else:
            telling = shipped(shipment, pieces, tracking=text(message, "tracking"), occurred_at=at)
        self.shop.tell(telling, now=now, source="wms")

    def told_by_carrier(self, body: bytes, now: int) -> None:
        """Take that a parcel has arrived."""
        message = unpack(body)
        telling = delivered(text(message, "shipment"), occurred_at=moment(text(message, "at")))
        self.shop.tell(telling, now=now, source="carrier")

    def _took_back(self, message: Message, now: int, at: int) -> None:
        id = text(message, "id")
        telling = returned(
            id,
            node=text(message, "node"),
            order=text(message, "order"),
            lines=adapter.pieces_by(message, "lines", "line"),
            blind=adapter.pieces_by(message, "blind", "sku"),
            occurred_at=at,
        )
        self.shop.tell(telling, now=now, source="wms")
        if fit := adapter.pieces_by(message, "fit", "sku"):
            self.shop.ask(restock(id, fit), now=now, cause=telling.id)

    # What follows from it

    def react(self, now: int) -> None:
        """Serve all systems that answer at once, until nothing more follows."""
        while sum([self._followers.serve(system, now) for system in OURS]):
            pass

    def tell_erp(self, now: int, limit: int) -> None:
        """Send the ERP so many entries at the most, in their order."""
        self._followers.serve("erp", now, limit)

    @property
    def backlog(self) -> int:
        """Return how many entries the ERP has not heard of; finance is owed the same ones, and is never behind."""
        return self._followers.taken("finance") - self._followers.delivered("erp")

    @property
    def position(self) -> int:
        """Return the position of the last entry that was reacted to."""
        return self._followers.position("finance")

    def _pick(self, entry: Entry, _now: int) -> None:
        for event in entry.events:
            if isinstance(event, Allocated):
                self._warehouse.accept(adapter.pick(event, entry.recorded_at))

    def _parcel(self, entry: Entry, _now: int) -> None:
        for event in entry.events:
            if isinstance(event, Shipped):
                destination = self._order(event.order).destination
                self._carrier.accept(adapter.parcel(event, self._nodes[event.node], destination, entry.occurred_at))

    def _give_again(self, entry: Entry, now: int) -> None:
        """Give pieces that a node could not find to another; note the order whose pieces found none."""
        opened = {
            event.order.id: sum(q for _, _, q in event.lines) for event in entry.events if isinstance(event, Placed)
        }
        for event in entry.events:
            if isinstance(event, ShortPicked):
                again = allocate(event.order, policy=POLICY, id=entry.id)
                answer = self.shop.ask(again, now=now, cause=entry.id)
                opened[event.order] = sum(q for _, _, q in event.lines) - _given(answer)
        given = _given(Accepted(entry.events))
        late = [(order, now, now) for order, pieces in opened.items() if pieces > given]
        self.file.executemany("INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)", late)

    def _post(self, entry: Entry, now: int) -> None:
        self.shop.ask(post(entry), now=now, cause=entry.id, source="finance")

    def _goods(self, entry: Entry, now: int) -> None:
        costs = self._catalogs[entry.recorded_at >= self._world.middle]
        order = next((self._order(event.order) for event in entry.events if isinstance(event, Shipped)), None)
        self._erp.receive(adapter.goods(entry, costs, order), now)

    def retry(self, now: int) -> None:
        """Ask again for the pieces that wait for a node."""
        query = "SELECT id FROM waiting WHERE asked < ? ORDER BY since, id"
        for (order,) in self.file.execute(query, (now,)).fetchall():
            self.shop.ask(allocate(order, policy=POLICY, id=stamp(now)), now=now)
            status = self.shop.see(order_status(order))
            if status and any(LineState.OPEN in states for states in status.lines.values()):
                self.file.execute("UPDATE waiting SET asked = ? WHERE id = ?", (now, order))
            else:
                self.file.execute("DELETE FROM waiting WHERE id = ?", (order,))

    def _order(self, id: str) -> Order:
        found = self.shop.see(lambda state, _given: state.document(order_key(id)))
        assert found is not None
        return found


def _given(answer: Decision) -> int:
    """Return the pieces that were given to nodes."""
    events = answer.events if isinstance(answer, Accepted) else ()
    return sum(q for event in events if isinstance(event, Allocated) for _, _, q in event.lines)
