"""How the pieces of a shipment reach the customer: the one table of methods, and the steps of each.

What serves (warehouse, store, dark store, drop-ship vendor) is the kind of its node; how fast, the order's service
level; over the counter or at the curb, the order's `hand_over`. None of these changes the steps.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from ...orders import LineState
from ..documents import Shipment

__all__ = ["STEPS", "Method", "method_of"]

_S = LineState


class Method(StrEnum):
    """How the pieces of a shipment reach the customer."""

    SHIP = "ship"
    PICK_UP = "pick_up"
    SHIP_TO_STORE = "ship_to_store"


STEPS: Mapping[Method, tuple[LineState, ...]] = MappingProxyType(
    {
        Method.SHIP: (_S.ALLOCATED, _S.PICKED, _S.PACKED, _S.SHIPPED, _S.DELIVERED),
        Method.PICK_UP: (_S.ALLOCATED, _S.PICKED, _S.PACKED, _S.READY, _S.COLLECTED),
        Method.SHIP_TO_STORE: (_S.ALLOCATED, _S.PICKED, _S.PACKED, _S.SHIPPED, _S.READY, _S.COLLECTED),
    }
)
"""The states that the pieces of a shipment go through, in order; `packed` may be left out."""


def method_of(shipment: Shipment) -> Method:
    """Return how the pieces of a shipment reach the customer.

    >>> method_of(Shipment(id="o/1", order="o", node="dc", day=1, deliver_by=0, collect_at="store-7")).value
    'ship_to_store'
    """
    if not shipment.collect_at:
        return Method.SHIP
    return Method.PICK_UP if shipment.collect_at == shipment.node else Method.SHIP_TO_STORE
