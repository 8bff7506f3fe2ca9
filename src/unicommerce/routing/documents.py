"""What routing is asked and what it answers. Routing records nothing; these are values, not documents of the state."""

from typing import NamedTuple

from ..catalog import Node
from ..ledger import Reason
from ..values import frozen
from .promises import Destination, Promise

__all__ = ["Need", "Plan", "PlannedShipment", "Supply"]


class Need(NamedTuple):
    """So many pieces of a SKU, each of a weight."""

    sku: str
    quantity: int
    weight_g: int = 0


class Supply(NamedTuple):
    """What a node could give: pieces by SKU in the order of the needs, and how many it can still handle (None: any).

    `is_excluded`: it has turned this order down before; `turned_down`: these SKUs of it, of which it offers none.
    """

    node: Node
    available: tuple[int, ...]
    capacity: int | None = None
    is_excluded: bool = False
    turned_down: tuple[str, ...] = ()


class PlannedShipment(NamedTuple):
    """What one node is to ship: pieces by SKU, when it does and when they arrive, and the cost.

    `cost_minor` = `parcel_minor` (freight of the parcel) + `handling_minor` + `goods_minor` (picking and weight) +
    `late_minor`. Beside it `ahead_minor` was weighed: what using these pieces here may cost later (`Outlook`).
    """

    node: str
    items: tuple[tuple[str, int], ...]
    promise: Promise
    parcel_minor: int
    handling_minor: int
    goods_minor: int
    late_minor: int
    ahead_minor: int = 0

    @property
    def cost_minor(self) -> int:
        """Return what the shipment costs in all."""
        return self.parcel_minor + self.handling_minor + self.goods_minor + self.late_minor


@frozen(kw_only=True)
class Plan:
    """Which node serves what, what is left over, what it costs and how far below that the optimum could at most be.

    `because` has exactly one reason for each candidate node. With `is_proven` the cost is the least possible, together
    with what was weighed ahead (`ahead_minor` of the shipments), which `lower_bound_minor` counts too.
    """

    shipments: tuple[PlannedShipment, ...]
    unfilled: tuple[tuple[str, int], ...]
    cost_minor: int
    lower_bound_minor: int
    is_proven: bool
    because: tuple[Reason, ...]
    destination: Destination
