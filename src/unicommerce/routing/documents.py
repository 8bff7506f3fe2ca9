"""What routing is asked and what it answers. Routing records nothing; these are values, not documents of the state."""

from enum import StrEnum
from typing import NamedTuple

from ..catalog import Node
from ..ledger import Reason
from ..values import frozen
from .promises import Destination, Promise

__all__ = ["Asked", "Need", "Parts", "Plan", "PlannedShipment", "Soft", "Supply"]

Parts = tuple[tuple[str, int], ...]
"""What an amount is made of: names and minor units."""


class Soft(StrEnum):
    """The rules that may give way, rather than leave pieces over; `RoutingPolicy.gives_way` says which, and in order.

    `PROTECTION`: what stores keep for those who walk in. `SPLITS`: the most shipments, and lines that are not split.
    `PROMISE`: the moment by which the service level is to deliver.
    """

    PROTECTION = "protection"
    SPLITS = "splits"
    PROMISE = "promise"


class Need(NamedTuple):
    """So many pieces of a SKU; weight and volume of each, and what a node must be fit for to send it.

    Needs of one `group` ("": none) come whole from one node or not at all.
    """

    sku: str
    quantity: int
    weight_g: int = 0
    volume_cm3: int = 0
    requires: tuple[str, ...] = ()
    group: str = ""


class Supply(NamedTuple):
    """What a node could give: pieces by SKU in the order of the needs, and how many it can still handle (None: any).

    `is_excluded`: it has turned this order down before; `turned_down`: these SKUs of it.
    """

    node: Node
    available: tuple[int, ...]
    capacity: int | None = None
    is_excluded: bool = False
    turned_down: tuple[str, ...] = ()


class Asked(NamedTuple):
    """Where an order goes, at which service level, by when to be on time, in which currency, and now; ms UTC."""

    destination: Destination
    service: str
    due_at: int
    currency: str
    now: int


class PlannedShipment(NamedTuple):
    """What one node is to ship: pieces by SKU, when it does and when they arrive, and the cost in parts.

    `costs` are what it costs; `weighed` was weighed beside it and is not paid: what using these pieces here may cost
    later. Parts of nothing are left out.
    """

    node: str
    items: tuple[tuple[str, int], ...]
    promise: Promise
    costs: Parts
    weighed: Parts = ()

    @property
    def cost_minor(self) -> int:
        """Return what the shipment costs in all."""
        return sum([minor for _, minor in self.costs])

    @property
    def ahead_minor(self) -> int:
        """Return what was weighed beside the cost."""
        return sum([minor for _, minor in self.weighed])

    def part(self, name: str) -> int:
        """Return what a part of the cost, or of what was weighed, comes to."""
        return dict(self.costs + self.weighed).get(name, 0)


@frozen(kw_only=True)
class Plan:
    """Which node serves what, what is left over, what it costs and how far below that the optimum could at most be.

    `because` has exactly one reason for each candidate node. With `is_proven` the cost is the least possible, together
    with what was weighed ahead (`ahead_minor` of the shipments), which `lower_bound_minor` counts too. `gave_way` are
    the soft rules that the plan breaks, because without that more would be left over.
    """

    shipments: tuple[PlannedShipment, ...]
    unfilled: tuple[tuple[str, int], ...]
    cost_minor: int
    lower_bound_minor: int
    is_proven: bool
    because: tuple[Reason, ...]
    destination: Destination
    gave_way: tuple[Soft, ...] = ()
