"""Bytes to what the library is asked: an order, and pieces by line or SKU; `writing` has the other way.

A reading names each field that was not understood; nothing is dropped in silence.
"""

from decimal import Decimal
from typing import NamedTuple

from unicommerce import Order, OrderLine, Position
from unicommerce.marketplaces import MarketOrder

from .wire import Message, moment, number, rows, text

_ORDER_FIELDS = frozenset(
    (
        "type",
        "order",
        "placed_at",
        "channel",
        "customer",
        "ship_to",
        "service",
        "currency",
        "lines",
        "collect_at",
        "pays",
    )
)
_MARKET_FIELDS = frozenset(("market", "number", "acknowledge_by", "ship_by", "deliver_by"))
_LINE_FIELDS = frozenset(("line", "sku", "quantity", "price"))


class Reading(NamedTuple):
    """An order as it was read, what it waits for before it may go, and the fields that nobody here understands."""

    order: Order
    quantities: dict[str, int]
    holds: tuple[str, ...]
    unknown: tuple[str, ...]


def pence(pounds: str) -> int:
    """Return an amount as it is written in messages.

    >>> pence("1.85")
    185
    """
    return int(Decimal(pounds) * 100)


def read_order(message: Message) -> Reading:
    """Read what the storefront or the marketplace says about an order."""
    lines = rows(message, "lines")
    ship_to = message["ship_to"]
    assert isinstance(ship_to, dict)
    order = Order(
        id=text(message, "order"),
        pool=text(message, "channel"),
        lines=tuple(
            OrderLine(id=text(line, "line"), sku=text(line, "sku"), price_minor=pence(text(line, "price")))
            for line in lines
        ),
        destination=Position.of(text(ship_to, "lat"), text(ship_to, "lng")),
        placed_at=moment(text(message, "placed_at")),
        service=text(message, "service"),
        channel=text(message, "market" if "market" in message else "channel"),
        customer=text(message, "customer"),
        currency=text(message, "currency"),
        region=text(ship_to, "zip")[:3],  # the sectional center, by which carriers in the US make their zones
        collect_at=text(message, "collect_at") if "collect_at" in message else "",
    )
    known = _ORDER_FIELDS | (_MARKET_FIELDS if "market" in message else frozenset())
    unknown = (set(message) - known) | {name for line in lines for name in set(line) - _LINE_FIELDS}
    quantities = {text(line, "line"): number(line, "quantity") for line in lines}
    return Reading(order, quantities, ("payment",) if message.get("pays") == "later" else (), tuple(sorted(unknown)))


def read_market(message: Message) -> MarketOrder:
    """Read by when the marketplace wants an order, and what it calls it."""
    placed_at = moment(text(message, "placed_at"))
    return MarketOrder(
        order=text(message, "order"),
        revision=placed_at,
        market=text(message, "market"),
        placed_at=placed_at,
        number=text(message, "number"),
        acknowledge_by=moment(text(message, "acknowledge_by")),
        ship_by=moment(text(message, "ship_by")),
        deliver_by=moment(text(message, "deliver_by")),
    )


def pieces_by(message: Message, rows_name: str, key: str) -> dict[str, int]:
    """Return the pieces of a list of rows by line or SKU, summed."""
    pieces: dict[str, int] = {}
    for row in rows(message, rows_name):
        pieces[text(row, key)] = pieces.get(text(row, key), 0) + number(row, "quantity")
    return pieces
