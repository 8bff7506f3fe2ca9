"""What came back, event by event of the journal: where to, in which condition, what became of it, what went out for it.

Whoever handed goods over has sold them: the node of the shipment, or the store where it was collected.
"""

from collections import Counter
from dataclasses import dataclass, field

from unicommerce.fulfillment import Allocated, Shipment
from unicommerce.ledger import Event
from unicommerce.returns import Authorized, Disposed, Exchanged, Returned, Swap

LANDED = SOLD_HERE, OTHER_STORE, OTHER_WAREHOUSE = "where it was sold", "another store", "another warehouse"


@dataclass
class Comebacks:
    """All of it, as far as the journal was read."""

    stores: frozenset[str]
    authorized: int = 0
    landed: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(LANDED, 0)))
    disposed: Counter[tuple[str, str]] = field(default_factory=Counter)
    swaps: list[Swap] = field(default_factory=list)
    _sold_at: dict[str, str] = field(default_factory=dict)

    def follow(self, event: Event) -> None:
        """Follow an event."""
        if isinstance(event, Allocated):
            self._sold_at[event.shipment.id] = _seller(event.shipment)
        elif isinstance(event, Authorized):
            self.authorized += 1
        elif isinstance(event, Returned):
            node = event.document.node
            elsewhere = OTHER_STORE if node in self.stores else OTHER_WAREHOUSE
            for _, _, quantity, shipment in event.lines:
                self.landed[SOLD_HERE if self._sold_at[shipment] == node else elsewhere] += quantity
        elif isinstance(event, Disposed):
            for each in event.items:
                if each.condition:
                    self.disposed[each.condition.name.lower(), each.disposition.value] += each.quantity
        elif isinstance(event, Exchanged):
            self.swaps.append(event.swap)


def _seller(shipment: Shipment) -> str:
    return shipment.collect_at or shipment.node
