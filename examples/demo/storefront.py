"""The storefront stand-in: customers order, pay later, come to collect, bring back; it sends that on until answered.

It speaks bytes and knows nothing of the library. Its own records are its position and the answers that it got.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from .data import Invoice, World, is_express, is_of_market, pays_later
from .draw import draw, happens
from .outbox import Due, Outbox
from .wire import HOUR_MS, Message, stamp

GIFT_PER_THOUSAND = 30
NEVER_PAID_PER_THOUSAND = 200
TO_A_STORE_PER_THOUSAND = 400
"""So many customers bring back to a store what they would else send; it is one that has not sold it."""
EXCHANGES_PER_THOUSAND = 400


class Storefront(Outbox):
    """Sends what customers did on the web and in wholesale."""

    def __init__(self, path: Path, world: World) -> None:
        super().__init__(path, _says(world))


def basket(invoice: Invoice, world: World) -> Message:
    """Return what was ordered, at which price, by whom and where it goes to: as whoever sells writes it down."""
    home = world.home(invoice)
    return {
        "order": invoice.number,
        "placed_at": stamp(invoice.at),
        "channel": invoice.channel,
        "customer": invoice.customer,
        "ship_to": {"zip": home.zip, "lat": home.lat, "lng": home.lng},
        "service": "express" if is_express(invoice) else "standard",
        "currency": "GBP",
        "lines": [
            {"line": str(n), "sku": line.sku, "quantity": line.quantity, "price": _pounds(line.price)}
            for n, line in enumerate(invoice.lines, start=1)
        ],
    }


def _says(world: World) -> Iterator[Due]:
    for order in world.orders:
        if is_of_market(order):
            continue
        yield Due(order.at, order.number, partial(_order, order, world))
        if pays_later(order) and not happens(NEVER_PAID_PER_THOUSAND, "never pays", order.number):
            pays_at = order.at + (1 + draw(40, "pays", order.number)) * HOUR_MS
            yield Due(pays_at, order.number, partial(_paid, order, pays_at))
    for brought in world.cancellations:
        yield Due(brought.at, brought.number, partial(_cancellation, brought, world))


def _order(invoice: Invoice, world: World) -> Message:
    message: Message = {"type": "OrderPlaced"} | basket(invoice, world)
    if store := world.collects_at(invoice):
        message["collect_at"] = store
    if pays_later(invoice):
        message["pays"] = "later"
    if happens(GIFT_PER_THOUSAND, "gift", invoice.number):
        message["gift_note"] = "With love"
    return message


def _paid(invoice: Invoice, at: int) -> Message:
    return {"type": "Paid", "order": invoice.number, "at": stamp(at)}


def _cancellation(invoice: Invoice, world: World) -> Message:
    home = world.home(invoice)
    pieces: dict[str, int] = {}
    for line in invoice.lines:
        pieces[line.sku] = pieces.get(line.sku, 0) - line.quantity
    message: Message = {
        "type": "ReturnRequested",
        "return": invoice.number,
        "requested_at": stamp(invoice.at),
        "customer": invoice.customer,
        "from": {"zip": home.zip, "lat": home.lat, "lng": home.lng},
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in pieces.items()],
    }
    if happens(TO_A_STORE_PER_THOUSAND, "to a store", invoice.number):
        message["way_back"] = "store"
    if happens(EXCHANGES_PER_THOUSAND, "exchanges", invoice.number):
        message["instead"] = _instead(invoice, world)
    return message


def _instead(invoice: Invoice, world: World) -> Message:
    """Return what a customer wants for what comes back: of another code, about as much as it was worth."""
    product = list(world.products.values())[draw(len(world.products), "instead", invoice.number)]
    worth = -sum(line.price * line.quantity for line in invoice.lines)
    return {"sku": product.sku, "price": _pounds(product.price), "quantity": max(worth // product.price, 1)}


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02}"
