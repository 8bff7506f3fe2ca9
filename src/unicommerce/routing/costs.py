"""What a shipment costs, part by part: whole minor units of one currency, compiled before the search looks at them.

Parts add up. Those of a shipment are paid once, those of a piece for each piece; `card` is the one that depends on all
pieces together, by their billed weight. Beside what is paid stands what is weighed and never booked.
"""

from typing import NamedTuple

from ..catalog import Node
from ..errors import InvalidValue
from .documents import Asked, Need, Parts
from .policy import Band, RoutingPolicy

__all__ = ["Question", "busy_minor", "piece_parts", "shipment_parts", "total", "weighed_parts"]


class Question(NamedTuple):
    """What is asked, with what decides it, and what of that is the same for every node."""

    needs: tuple[Need, ...]
    asked: Asked
    policy: RoutingPolicy
    pieces: int
    """Of all needs."""
    is_plain: bool
    """No need requires anything of a node, and there are no rules of the retailer's own."""


def total(parts: Parts) -> int:
    """Return what parts come to."""
    return sum([minor for _, minor in parts])


def shipment_parts(node: Node, band: Band, late_hours: int, question: Question) -> Parts:
    """Return what a shipment of a node costs whatever is in it."""
    policy = question.policy
    parts = (
        ("parcel", band.parcel_minor),
        ("handling", policy.handling_minor[node.kind]),
        ("late", policy.late_minor + policy.late_hour_minor * late_hours if late_hours else 0),
        ("split", policy.shipment_minor),
    )
    return parts + _own(node, None, question) if policy.costs else parts


def piece_parts(node: Node, band: Band, need: Need, question: Question) -> Parts:
    """Return what a piece costs: picking, and freight by billed weight, rounded half up once for each piece."""
    policy = question.policy
    parts = (
        ("picking", policy.pick_minor[node.kind]),
        ("weight", (band.per_kg_minor * policy.billed_g(need) + 500) // 1000 if band.per_kg_minor else 0),
    )
    return parts + _own(node, need, question) if policy.costs else parts


def weighed_parts(node: str, sku: str, stock: int, question: Question) -> Parts:
    """Return what using a piece may cost later, where a node has so many."""
    outlook = question.policy.outlook
    if outlook is None:
        return ()
    price = outlook.price_minor(node, sku, stock, now=question.asked.now)
    return (("last pieces", price), ("markdown forgone", outlook.forgone_minor(node, sku)))


def busy_minor(node: Node, capacity: int | None, policy: RoutingPolicy) -> int:
    """Return what a shipment weighs at a node by how full its day is, rounded down."""
    most = node.daily_capacity
    if not (policy.busy_minor and most) or capacity is None:
        return 0
    return policy.busy_minor * min(max(most - capacity, 0), most) // most


def _own(node: Node, need: Need | None, question: Question) -> Parts:
    """Return the costs of the retailer's own. Raises `InvalidValue` for one below 0 or in another currency."""
    asked, parts = question.asked, []
    for name, cost in question.policy.costs.items():
        minor, currency = cost(node, need, asked)
        if currency != asked.currency or type(minor) is not int or minor < 0:
            raise InvalidValue(f"cost {name!r} of {node.id}", (minor, currency), f"0 or more in {asked.currency}")
        parts.append((name, minor))
    return tuple(parts)
