"""What an allocation is decided on, and what it plans: an order with what decides, and the parcels of nodes."""

from typing import NamedTuple

from ..catalog import Catalog
from ..ledger import Reason, State
from ..orders import Order
from ..routing import Promise, Soft
from .policy import FulfillmentPolicy

__all__ = ["Case", "Parcel", "Routed"]


class Case(NamedTuple):
    """An order, the state it is decided on, and what decides with it."""

    world: State
    catalog: Catalog
    order: Order
    policy: FulfillmentPolicy
    now: int
    only: tuple[str, ...] | None = None
    """The nodes that are asked; None: all of the pool."""


class Parcel(NamedTuple):
    """What one node is to ship: what it promises, what that costs, and pieces by line."""

    node: str
    promise: Promise
    cost_minor: int
    pieces: dict[str, int]


class Routed(NamedTuple):
    """What each node is to ship, what is left over by SKU or kit, a reason for each node, and which rules gave way."""

    parcels: tuple[Parcel, ...]
    unfilled: tuple[tuple[str, int], ...]
    because: tuple[Reason, ...]
    gave_way: tuple[Soft, ...] = ()
