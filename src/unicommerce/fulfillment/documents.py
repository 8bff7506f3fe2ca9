"""What fulfillment remembers beside the balances: where a shipment goes from and by when, and what was tried before."""

from ..inventory import capacity_used, node_day
from ..ledger import Account, Key
from ..routing import Promise
from ..values import frozen, identifier

__all__ = [
    "Attempts",
    "Shipment",
    "attempts_key",
    "capacity_used",
    "node_day",
    "shipment_key",
    "transit",
]


@frozen(kw_only=True)
class Shipment:
    """Pieces of an order that leave one node together: handled on a day (ordinal), delivered by a moment (ms UTC).

    `deliver_by` is the promise to the customer. Which pieces they are is a balance of each line, under this id. `names`
    are those that it has by name, as (line, lot, owner), first what it has yet to pick.

    `lines` are those that it was given first, and `instead_of` the shipment that had promised them before. The promise
    keeps its moments (ms UTC), what it was expected to cost us, and how often of a hundred times it holds (0: it was
    made when that was not kept yet).
    """

    id: str
    revision: int = 1
    order: str
    node: str
    day: int
    deliver_by: int
    names: tuple[tuple[str, str, str], ...] = ()
    lines: tuple[str, ...] = ()
    instead_of: str = ""
    ready_at: int = 0
    leaves_at: int = 0
    earliest: int = 0
    percent: int = 0
    cost_minor: int = 0

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "shipment")

    @property
    def promise(self) -> Promise | None:
        """Return the promise as it was made; None where its moments were not kept."""
        if not self.percent:
            return None
        moments = (self.ready_at, self.leaves_at, self.earliest, self.deliver_by)
        return Promise(self.node, self.day, *moments, self.percent)

    @property
    def key(self) -> "Key[Shipment]":
        """Return the key."""
        return shipment_key(self.id)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def shipment_key(shipment: str) -> Key[Shipment]:
    """Return the key of a shipment's document."""
    return Key("fulfillment.shipment", shipment)


@frozen(kw_only=True)
class Attempts:
    """How many shipments an order has had, and which nodes turned it down, so that they are not asked again."""

    order: str
    revision: int = 1
    shipments: int = 0
    turned_down: tuple[str, ...] = ()

    @property
    def key(self) -> "Key[Attempts]":
        """Return the key."""
        return attempts_key(self.order)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def attempts_key(order: str) -> Key[Attempts]:
    """Return the key of an order's attempts."""
    return Key("fulfillment.attempts", order)


def transit(shipment: str) -> Account:
    """Return the account of goods under way."""
    return Account(f"transit:{shipment}", "moving")
