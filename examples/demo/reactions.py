"""What follows from what is on record: an instruction for each row of the table of `wiring`, and what is asked again.

Picks are instructed or dropped, parcels handed over, counters told, the marketplace answered, open pieces given to
nodes again, counts reconciled, papers written, entries posted, the ERP told. Each may be repeated: ids derive from
entries, and each system knows what it has.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from unicommerce import Accepted, Catalog, Commerce, allocate, order_status
from unicommerce.counts import Counted, reconcile
from unicommerce.finance import SalesBasis, post
from unicommerce.fulfillment import (
    Allocated,
    Deallocated,
    Delivered,
    Method,
    Picked,
    Rejected,
    Reshelved,
    Shipped,
    ShortPicked,
    method_of,
    shipment_key,
)
from unicommerce.invoices import Issued, credits_of, invoice
from unicommerce.ledger import Decision, Document, Entry, Key
from unicommerce.marketplaces import Acknowledged
from unicommerce.orders import LineState, Order, Placed, Resumed, order_key

from . import writing
from .carrier import Carrier
from .counter import Counter
from .data import World
from .erp import Erp
from .marketplace import NAME, Marketplace
from .master import POLICY
from .service import ServiceDesk
from .vat import papers
from .wire import stamp
from .wiring import Send
from .wms import Warehouse

D = TypeVar("D", bound=Document)

SCHEMA = """
CREATE TABLE IF NOT EXISTS waiting (id TEXT PRIMARY KEY, since INTEGER NOT NULL, asked INTEGER NOT NULL);
"""


class Systems(NamedTuple):
    """The systems that are told what follows."""

    warehouse: Warehouse
    carrier: Carrier
    counter: Counter
    market: Marketplace
    erp: Erp


class Reactions:
    """Does what a row of the table says for an entry."""

    def __init__(
        self,
        shop: Commerce,
        file: sqlite3.Connection,
        world: World,
        *,
        catalogs: Sequence[Catalog],
        systems: Systems,
        service: ServiceDesk,
    ) -> None:
        self._shop = shop
        self._file = file
        self._world = world
        self._catalogs = catalogs
        self._systems = systems
        self._service = service
        self._papers = papers(world)
        self._orders: dict[str, Order] = {}  # as they were placed: here nobody amends one
        file.executescript(SCHEMA)
        self.sends: Mapping[str, Send] = {
            "pick": self._pick,
            "drop": self._drop,
            "parcel": self._parcel,
            "arrive": self._arrive,
            "put_back": self._put_back,
            "answer": self._answer,
            "confirm": self._confirm,
            "give_again": self._give_again,
            "reconcile": self._reconcile,
            "invoice": self._invoice,
            "credit": self._credit,
            "post": self._post,
            "book": self._book,
        }

    # Nodes, the carrier, counters

    def _pick(self, entry: Entry, _now: int) -> None:
        for event in entry.events:
            if isinstance(event, Allocated):
                self._systems.warehouse.accept(writing.pick(event, entry.recorded_at))

    def _drop(self, entry: Entry, _now: int) -> None:
        for event in entry.events:
            if isinstance(event, Deallocated):
                self._systems.warehouse.accept(writing.drop(entry.id, event.shipment.id, event.shipment.node))
            elif isinstance(event, Reshelved):
                self._systems.warehouse.accept(writing.drop(entry.id, event.shipment, event.node))

    def _parcel(self, entry: Entry, _now: int) -> None:
        nodes = self._catalogs[0].network.node_by_id
        for event in entry.events:
            if isinstance(event, Shipped):
                order = self._order(event.order)
                to = nodes[order.collect_at].position if order.collect_at else order.destination
                self._systems.carrier.accept(writing.parcel(event, nodes[event.node], to, entry.occurred_at))

    def _arrive(self, entry: Entry, _now: int) -> None:
        """Tell a counter of what its own node has picked for it, and of what the carrier has brought."""
        for event in entry.events:
            if isinstance(event, Picked | Delivered) and self._order(event.order).collect_at:
                shipment = self._read(shipment_key(event.shipment))
                is_here = isinstance(event, Picked) is (method_of(shipment) is Method.PICK_UP)
                if is_here and (isinstance(event, Delivered) or event.lines):
                    self._systems.counter.accept(writing.arrived(shipment, entry.occurred_at))

    def _put_back(self, entry: Entry, _now: int) -> None:
        for event in entry.events:
            if isinstance(event, Reshelved):
                self._systems.counter.accept(writing.put_back(event.shipment))

    # The marketplace

    def _answer(self, entry: Entry, _now: int) -> None:
        for event in entry.events:
            if isinstance(event, Acknowledged):
                self._systems.market.hear(writing.answer(entry.id, event, entry.recorded_at))

    def _confirm(self, entry: Entry, _now: int) -> None:
        for event in entry.events:
            if isinstance(event, Shipped) and self._order(event.order).channel == NAME:
                self._systems.market.hear(writing.sent(entry.id, event, entry.recorded_at))

    # What is asked again

    def _give_again(self, entry: Entry, now: int) -> None:
        """Give pieces that a node did not find or turned down to another; note the order whose pieces found none."""
        opened = {order: pieces for event in entry.events for order, pieces in _opened(event)}
        for event in entry.events:
            if isinstance(event, ShortPicked | Rejected):
                self._service.note(event.order, entry.id, now)
                again = allocate(event.order, policy=POLICY, id=entry.id)
                answer = self._shop.ask(again, now=now, cause=entry.id)
                opened[event.order] = sum(q for _, _, q in event.lines) - _given(answer)
        given = _given(Accepted(entry.events))
        late = [(order, now, now) for order, pieces in opened.items() if pieces > given]
        self._file.executemany("INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)", late)

    def retry(self, now: int) -> None:
        """Ask again for the pieces that wait for a node."""
        query = "SELECT id FROM waiting WHERE asked < ? ORDER BY since, id"
        for (order,) in self._file.execute(query, (now,)).fetchall():
            self._shop.ask(allocate(order, policy=POLICY, id=stamp(now)), now=now)
            status = self._shop.see(order_status(order))
            if status and any(LineState.OPEN in states for states in status.lines.values()):
                self._file.execute("UPDATE waiting SET asked = ? WHERE id = ?", (now, order))
            else:
                self._file.execute("DELETE FROM waiting WHERE id = ?", (order,))

    def _reconcile(self, entry: Entry, now: int) -> None:
        """Let the book follow a count; whoever has looked for the pieces has approved it."""
        for event in entry.events:
            if isinstance(event, Counted):
                for line in event.lines:
                    asked = reconcile(entry.id, node=event.node, sku=line.sku, accept=True)
                    self._shop.ask(asked, now=now, cause=entry.id)

    # The books

    def _invoice(self, entry: Entry, now: int) -> None:
        """Invoice what a node has picked: it is known now which pieces leave, and from where."""
        for event in entry.events:
            if isinstance(event, Picked) and event.lines:
                asked = invoice(event.shipment, policy=self._papers)
                self._shop.ask(asked, now=now, cause=entry.id, source="finance")

    def _credit(self, entry: Entry, now: int) -> None:
        """Credit what a customer no longer pays for: it came back, or nobody came for it."""
        for asked in credits_of(entry, policy=self._papers):
            self._shop.ask(asked, now=now, cause=entry.id, source="finance")

    def _post(self, entry: Entry, now: int) -> None:
        """Post an entry: goods at what they cost, and by papers what was earned and which tax is owed."""
        self._shop.ask(post(entry, sales=SalesBasis.PAPERS), now=now, cause=entry.id, source="finance")

    def _book(self, entry: Entry, now: int) -> None:
        costs = self._catalogs[entry.recorded_at >= self._world.middle]
        for event in entry.events:
            if writing.is_booked(event, self._order):
                order = self._order(event.paper.order) if isinstance(event, Issued) else None
                self._systems.erp.receive(writing.booking(entry, event, costs, order), now)

    def _order(self, id: str) -> Order:
        if id not in self._orders:
            self._orders[id] = self._read(order_key(id))
        return self._orders[id]

    def _read(self, key: Key[D]) -> D:
        found = self._shop.see(lambda state, _given: state.document(key))
        assert found is not None
        return found


def _opened(event: object) -> list[tuple[str, int]]:
    """Return the order that an event opens pieces of, and how many: one that is held has none yet."""
    if isinstance(event, Placed) and not event.holds:
        return [(event.order.id, sum(q for _, _, q in event.lines))]
    if isinstance(event, Resumed):
        return [(event.order, sum(q for _, _, q in event.lines))]
    return []


def _given(answer: Decision) -> int:
    """Return the pieces that were given to nodes."""
    events = answer.events if isinstance(answer, Accepted) else ()
    return sum(q for event in events if isinstance(event, Allocated) for _, _, q in event.lines)
