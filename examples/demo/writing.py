"""What was recorded, to bytes: an instruction, a parcel, an answer, a booking; `reading` has the other way."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from unicommerce import Catalog, Order, Position, Refused, explain
from unicommerce.catalog import Node, day_text
from unicommerce.counts import Reconciled
from unicommerce.finance import Chart
from unicommerce.fulfillment import Allocated, Collected, Method, Shipment, Shipped, method_of
from unicommerce.inventory import Received
from unicommerce.invoices import Invoice, Issued, PaperKind
from unicommerce.ledger import Decision, Entry, Event
from unicommerce.marketplaces import Acknowledged
from unicommerce.orders import LineQuantity
from unicommerce.returns import Disposed, Disposition, GradedPieces, Returned

from .wire import Message, pack, stamp

ACCOUNTS: Mapping[str, str] = {
    Chart.RECEIVABLE: "1200",
    Chart.INVENTORY: "1400",
    Chart.RECEIVED_NOT_INVOICED: "2150",
    Chart.OUTPUT_TAX: "2200",
    Chart.REVENUE: "4000",
    Chart.RETURNS: "4900",
    Chart.COST_OF_GOODS_SOLD: "5000",
    Chart.SHRINKAGE: "5800",
    Chart.PRODUCTION: "1500",
}
"""The numbers that the ERP gives to the accounts of our chart."""


def pick(event: Allocated, sent_at: int) -> bytes:
    """Tell a warehouse what to pick for a shipment, and by when where its customer comes for it."""
    shipment = event.shipment
    message: Message = {
        "type": "Pick",
        "id": shipment.id,
        "node": shipment.node,
        "handle_on": day_text(shipment.day),
        "sent_at": stamp(sent_at),
        "lines": _lines(event.lines),
    }
    if method_of(shipment) is Method.PICK_UP:
        message["ready_by"] = stamp(shipment.deliver_by)
    return pack(message)


def drop(id: str, shipment: str, node: str) -> bytes:
    """Tell a warehouse to leave what it has not done yet of a shipment."""
    return pack({"type": "Drop", "id": f"{id}/{shipment}/drop", "shipment": shipment, "node": node})


def arrived(shipment: Shipment, at: int) -> bytes:
    """Tell a counter that a shipment is there to be collected."""
    return pack({"type": "Arrived", "shipment": shipment.id, "node": shipment.collect_at, "at": stamp(at)})


def put_back(shipment: str) -> bytes:
    """Tell a counter that a shipment waits no more."""
    return pack({"type": "PutBack", "shipment": shipment})


def handed_over(answer: Decision) -> bytes:
    """Answer a counter that asks whether it may hand over: what, or why not."""
    if isinstance(answer, Refused):
        return pack({"type": "Refused", "because": explain(answer).splitlines()[1:]})
    event = next(event for event in answer.events if isinstance(event, Collected))
    return pack({"type": "HandOver", "node": event.node, "lines": _lines(event.lines)})


def answer(id: str, event: Acknowledged, at: int) -> bytes:
    """Answer the marketplace: pieces by line that are accepted, wait, or are rejected."""
    message: Message = {"type": "Answered", "id": id, "order": event.order, "at": stamp(at)}
    for said in ("accepted", "backordered", "rejected"):
        lines = [(line, quantity) for line, quantity, _, target in event.answers if target == said]
        message[said] = [{"line": line, "quantity": quantity} for line, quantity in lines]
    return pack(message)


def sent(id: str, event: Shipped, at: int) -> bytes:
    """Confirm to the marketplace that something was sent."""
    about: Message = {"type": "Sent", "id": id, "order": event.order, "at": stamp(at), "tracking": event.tracking}
    return pack(about | {"lines": _lines(event.lines)})


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
    rma: str = ""


def expect_return(id: str, coming: Coming, *, node: str, sent_at: int) -> bytes:
    """Tell a warehouse what a customer brings back."""
    order, lines, blind, rma = coming
    pieces = [*lines.values(), *blind.items()]
    return pack(
        {
            "type": "ExpectReturn",
            "id": id,
            "node": node,
            "sent_at": stamp(sent_at),
            "order": order,
            "rma": rma,
            "lines": [{"line": line, "quantity": quantity} for line, (_, quantity) in lines.items()],
            "blind": [{"sku": sku, "quantity": quantity} for sku, quantity in blind.items()],
            "pieces": [{"sku": sku, "quantity": quantity} for sku, quantity in pieces],
        }
    )


def booking(entry: Entry, event: Event, catalog: Catalog, order: Order | None) -> bytes:
    """Tell the ERP of goods that came in, left or are nowhere, with what each costs; or of a paper of an order."""
    if isinstance(event, Received):
        body: Message = {"type": "GoodsReceived", "receipt": event.receipt, "lines": _costs(event.lines, catalog)}
    elif isinstance(event, Shipped | Collected):
        body = {"type": "GoodsSold", "order": event.order, "lines": _lines(event.lines)}
    elif isinstance(event, Issued):
        assert order is not None
        body = _paper(event.paper, order)
    elif isinstance(event, Disposed):
        lines: list[Message] = [
            {"sku": each.sku, "quantity": each.quantity, "how": each.disposition.value} for each in _gone(event)
        ]
        body = {"type": "StockDisposed", "return": event.id, "lines": lines}
    elif isinstance(event, Reconciled):
        lines = _costs([(event.sku, event.change)], catalog)
        body = {"type": "StockCounted", "count": f"{event.node}:{event.sku}", "lines": lines}
    else:
        assert isinstance(event, Returned)
        about = {"order": event.document.order, "return": event.document.id}
        back = _lines([LineQuantity(*row[:3]) for row in event.lines])
        body = {"type": "GoodsReturned", **about, "lines": back, "found": _costs(event.blind, catalog)}
    return pack({"id": entry.id} | body)


def _paper(paper: Invoice, order: Order) -> Message:
    """Return an invoice, or a credit note of one: pieces at their price, and the tax in it."""
    lines: list[Message] = []
    for line in paper.tax.lines:
        (vat,) = line.components
        row: Message = {"line": line.id, "quantity": abs(line.quantity), "rate": vat.rate, "tax": abs(vat.amount_minor)}
        lines.append(row | {"unit_price": order.line_by_id[line.id].price_minor})
    kind = "Credited" if paper.role is PaperKind.CREDIT_NOTE else "Invoiced"
    return {"type": kind, "number": paper.number, "order": paper.order, "shipment": paper.shipment, "lines": lines}


def is_booked(event: Event, orders: Callable[[str], Order | None]) -> bool:
    """Tell whether the ERP is to hear of an event: what is sent to a store is ours until it is collected there."""
    if isinstance(event, Shipped):
        order = orders(event.order)
        return order is None or not order.collect_at
    if isinstance(event, Disposed):
        return bool(_gone(event))
    return isinstance(event, Received | Collected | Returned | Reconciled | Issued)


def _gone(event: Disposed) -> list[GradedPieces]:
    """Return the pieces that left us by what was done with them."""
    return [each for each in event.items if each.disposition in (Disposition.SCRAP, Disposition.LIQUIDATE)]


def _lines(lines: Iterable[LineQuantity]) -> list[Message]:
    return [{"line": line, "sku": sku, "quantity": quantity} for line, sku, quantity in lines]


def _costs(pieces: Iterable[tuple[str, int]], catalog: Catalog) -> list[Message]:
    products = catalog.product_by_sku
    return [{"sku": sku, "quantity": q, "unit_cost": products[sku].cost_minor} for sku, q in pieces]
