"""What orders of customers cost: discounts of the order, some of them a third party's, and a charge for shipping."""

from collections.abc import Mapping

import attrs

from ...orders import Order
from ...pricing import Charge, ChargeKind, Discount, Funder
from ..stage import Stage

__all__ = ["priced"]


def priced(world: Stage, order: Order, quantities: Mapping[str, int]) -> Order:
    """Return an order with what its customer gets off it and has to pay beside."""
    if not world.scene.is_paid:
        return order
    draw = world.chance.stream("prices")
    if draw.random() < 0.4:
        off = draw.randint(1, order.total_minor(quantities) // 2)
        funder = Funder.THIRD_PARTY if draw.random() < 0.3 else Funder.RETAILER
        order = order.discounted(quantities, [Discount(id="spring", amount_minor=off, funder=funder)])
    if draw.random() < 0.4:
        order = attrs.evolve(order, charges=(Charge("standard", ChargeKind.SHIPPING, draw.choice((490, 799))),))
    return order
