"""Bytes to what the library is asked, and what it recorded to bytes: the only place where both are known.

A reading names each field that was not understood; nothing is dropped in silence.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from unicommerce import Catalog, Order, OrderLine, Position
from unicommerce.catalog import Node, day_text
from unicommerce.finance import Chart
from unicommerce.fulfillment import Allocated, Shipped
from unicommerce.inventory import Received
from unicommerce.ledger import Entry, Event
from unicommerce.returns import Returned

from .wire import Message, moment, number, pack, rows, stamp, text

_ORDER_FIELDS = frozenset(
    ("type", "order", "placed_at", "channel", "customer", "ship_to", "service", "currency", "lines")
)
_LINE_FIELDS = frozenset(("line", "sku", "quantity", "price"))

ACCOUNTS: Mapping[str, str] = {
    Chart.RECEIVABLE: "1200",
    Chart.INVENTORY: "1400",
    Chart.RECEIVED_NOT_INVOICED: "2150",
    Chart.REVENUE: "4000",
    Chart.RETURNS: "4900",
    Chart.COST_OF_GOODS_SOLD: "5000",
    Chart.SHRINKAGE: "5800",
    Chart.PRODUCTION: "1500",
}
"""The numbers that the ERP gives to the accounts of our chart."""


class Reading(NamedTuple):
    """An order as it was read, and the fields that nobody here understands."""

    order: Order
    quantities: dict[str, int]
    unknown: tuple[str, ...]


def read_order(message: Message) -> Reading:
    """Read what the storefront says about an order."""
    lines = rows(message, "lines")
    ship_to = message["ship_to"]
    assert isinstance(ship_to, dict)
    order = Order(
        id=text(message, "order"),
        pool=text(message, "channel"),
        lines=tuple(
            OrderLine(id=text(line, "line"), sku=text(line, "sku"), price_minor=int(Decimal(text(line, "price")) * 100))
            for line in lines
        ),
        destination=Position.of(text(ship_to, "lat"), text(ship_to, "lng")),
        placed_at=moment(text(message, "placed_at")),
        service=text(message, "service"),
        channel=text(message, "channel"),
        customer=text(message, "customer"),
        currency=text(message, "currency"),
        region=text(ship_to, "zip")[:3],  # the sectional center, by which carriers in the US make their zones
    )
    unknown = (set(message) - _ORDER_FIELDS) | {name for line in lines for name in set(line) - _LINE_FIELDS}
    return Reading(order, {text(line, "line"): number(line, "quantity") for line in lines}, tuple(sorted(unknown)))


def pieces_by(message: Message, rows_name: str, key: str) -> dict[str, int]:
    """Return the pieces of a list of rows by line or SKU, summed."""
    pieces: dict[str, int] = {}
    for row in rows(message, rows_name):
        pieces[text(row, key)] = pieces.get(text(row, key), 0) + number(row, "quantity")
    return pieces


def pick(event: Allocated, sent_at: int) -> bytes:
    """Tell a warehouse what to pick for a shipment."""
    shipment = event.shipment
    return pack(
        {
            "type": "Pick",
            "id": shipment.id,
            "node": shipment.node,
            "handle_on": day_text(shipment.day),
            "sent_at": stamp(sent_at),
            "lines": [{"line": line, "sku": sku, "quantity": quantity} for line, sku, quantity in event.lines],
        }
    )


def parcel(event: Shipped, node: Node, destination: Position, left_at: int) -> bytes:
    """Hand a parcel to the carrier."""
    places = {"from": node.position, "to": destination}
    degrees = {
        f"{name}_{axis}": str(Decimal(udeg).scaleb(-6))
        for name, place in places.items()
        for axis, udeg in (("lat", place.lat_udeg), ("lng", place.lng_udeg))
    }
    about = {"type": "Parcel", "shipment": event.shipment, "left_at": stamp(left_at), "zone": node.calendar.zone}
    return pack(about | degrees)


class Coming(NamedTuple):
    """What a customer brings back: (SKU, pieces) by line of an order, or pieces by SKU of none."""

    order: str
    lines: Mapping[str, tuple[str, int]]
    blind: Mapping[str, int]


def expect_return(id: str, coming: Coming, *, node: str, sent_at: int) -> bytes:
    """Tell a warehouse what a customer brings back."""
    order, lines, blind = coming
    pieces = [*lines.values(), *blind.items()]
    return pack(
        {
            "type": "ExpectReturn",
            "id": id,
            "node": node,
            "sent_at": stamp(sent_at),
            "order": order,
            "lines": [{"line": line, "quantity": quantity} for line, (_, quantity) in lines.items()],
            "blind": [{"sku": sku, "quantity": quantity} for sku, quantity in blind.items()],
            "pieces": [{"sku": sku, "quantity": quantity} for sku, quantity in pieces],
        }
    )


def goods(entry: Entry, catalog: Catalog, order: Order | None) -> bytes:
    """Tell the ERP about an entry that moved goods in or out: pieces, with the unit cost or price of each."""
    event = next(event for event in entry.events if moves_goods(event))
    if isinstance(event, Received):
        body: Message = {"type": "GoodsReceived", "receipt": event.receipt, "lines": _costs(event.lines, catalog)}
    elif isinstance(event, Shipped):
        assert order is not None
        lines: list[Message] = [
            {"line": line, "sku": sku, "quantity": quantity, "unit_price": order.line_by_id[line].price_minor}
            for line, sku, quantity in event.lines
        ]
        body = {"type": "GoodsShipped", "order": event.order, "lines": lines}
    else:
        assert isinstance(event, Returned)
        back: list[Message] = [{"line": line, "sku": sku, "quantity": q} for line, sku, q, _ in event.lines]
        about = {"order": event.document.order, "return": event.document.id}
        body = {"type": "GoodsReturned", **about, "lines": back, "found": _costs(event.blind, catalog)}
    return pack({"id": entry.id} | body)


def moves_goods(event: Event) -> bool:
    """Tell whether the ERP is to hear of an event."""
    return isinstance(event, Received | Shipped | Returned)


def _costs(pieces: Iterable[tuple[str, int]], catalog: Catalog) -> list[Message]:
    products = catalog.product_by_sku
    return [{"sku": sku, "quantity": q, "unit_cost": products[sku].cost_minor} for sku, q in pieces]
