"""What an order costs: its discounts on its lines, and what is paid for any of its pieces."""

from collections.abc import Iterable, Mapping

import attrs

from ..pricing import Discount, PriceLine, priced
from .documents import Order

__all__ = ["discounted", "paid_minor", "total_minor"]


def discounted(
    order: Order, quantities: Mapping[str, int], discounts: Iterable[Discount], *, gift_cards: Iterable[str] = ()
) -> Order:
    """Return an order with discounts on its lines, given the pieces by line: those of the order in proportion.

    `gift_cards` are the lines that discounts of the order leave out. Raises `InvalidValue` for a discount of a line
    that is not there, and for one that takes more than there is.

    >>> from unicommerce.orders import OrderLine
    >>> from unicommerce.values import Position
    >>> lines = (OrderLine(id="1", sku="MUG", price_minor=1000), OrderLine(id="2", sku="CUP", price_minor=500))
    >>> order = Order(id="o1", pool="web", lines=lines, destination=Position(0, 0), placed_at=0)
    >>> order = discounted(order, {"1": 3, "2": 1}, [Discount(id="spring", amount_minor=100)])
    >>> [paid_minor(order, "1", piece, piece + 1) for piece in range(3)], paid_minor(order, "2", 0, 1)
    ([972, 971, 971], 486)
    """
    cards = set(gift_cards)
    lines = [
        PriceLine(id=line.id, quantity=quantities[line.id], price_minor=line.price_minor, is_gift_card=line.id in cards)
        for line in order.lines
        if quantities.get(line.id)
    ]
    off = {each.line.id: each.discounts for each in priced(lines, discounts)}
    changed = [
        attrs.evolve(line, discounts=off[line.id], discounted=quantities[line.id]) if off.get(line.id) else line
        for line in order.lines
    ]
    return attrs.evolve(order, lines=tuple(changed))


def paid_minor(order: Order, line: str, start: int, stop: int) -> int:
    """Return what is paid for the pieces of a line from one number up to another, in minor units.

    Pieces are numbered as they are sold: a shipment after `start` others takes the next ones, and a return gives the
    last ones back, so that what is booked is always the price of what is sold, and a split into shipments changes
    nothing of it.
    """
    return order.line_by_id[line].price.paid_minor(start, stop)


def total_minor(order: Order, quantities: Mapping[str, int]) -> int:
    """Return what is paid for the first pieces of each line and for the charges, in minor units."""
    goods = sum([paid_minor(order, line, 0, quantity) for line, quantity in quantities.items()])
    return goods + sum([charge.paid_minor for charge in order.charges])
