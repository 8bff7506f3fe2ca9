"""Customers: what they ordered, what they were told, what became of it, and when they ask where it is."""

from collections import Counter
from collections.abc import Mapping

import attrs

from .chance import Chance
from .places import DAY, promised_by
from .world import Visit

__all__ = ["Customers", "Order"]

SILENCE = 4 * DAY
ASKS_AGAIN = 3 * DAY
LATE_ASKS, SILENT_ASKS = 500, 200
"""Per thousand and day."""


@attrs.define
class Order:
    """What a customer ordered: the first and the last date that was said, when there was news, what came of it."""

    visit: Visit
    promise: int
    said: int
    heard: int
    delivered: Counter[str] = attrs.field(factory=Counter)
    canceled: Counter[str] = attrs.field(factory=Counter)
    parcels: int = 0
    last_at: int = 0
    quiet_until: int = 0

    @property
    def open(self) -> int:
        """Return how many pieces have neither come nor been canceled."""
        return sum(dict(self.visit.wants).values()) - self.delivered.total() - self.canceled.total()

    def is_after(self, moment: int, now: int) -> bool:
        """Tell whether pieces came after a moment, or are still out after it."""
        return self.last_at > moment or (self.open > 0 and now > moment)


class Customers:
    """All who ordered."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.orders: dict[str, Order] = {}
        self.turned_away = self.refused = self.contacts = 0
        self._open: dict[str, Order] = {}

    def taken(self, visit: Visit, *, promise: int, now: int) -> None:
        """Take an order: the customer has a confirmation, with a date."""
        assert visit.id not in self.orders
        self.orders[visit.id] = self._open[visit.id] = Order(visit, promise, promise, now)

    def told(self, order: str, *, now: int, date: int | None = None) -> None:
        """Give news to a customer, and another date where there is one."""
        known = self.orders[order]
        known.heard = now
        known.said = known.said if date is None else date

    def delivered(self, order: str, pieces: Mapping[str, int], *, now: int) -> None:
        """Hand over a parcel."""
        known = self.orders[order]
        known.delivered.update(pieces)
        known.parcels += 1
        known.last_at = known.heard = now
        self._close(known)

    def canceled(self, order: str, pieces: Mapping[str, int]) -> None:
        """Cancel pieces because nobody has them, and say so."""
        known = self.orders[order]
        known.canceled.update(pieces)
        self._close(known)

    def _close(self, known: Order) -> None:
        assert known.open >= 0, known
        if not known.open:
            self._open.pop(known.visit.id, None)

    def ask(self, now: int) -> None:
        """Let those ask who have waited too long: the same rule for everybody, once a day."""
        for id, known in self._open.items():
            is_late, is_silent = now > known.said + DAY, now > known.heard + SILENCE
            often = LATE_ASKS if is_late else SILENT_ASKS if is_silent else 0
            if now >= known.quiet_until and often and self._chance.happens(often, "asks", id, now):
                self.contacts += 1
                known.quiet_until = now + ASKS_AGAIN

    def figures(self, now: int) -> dict[str, float]:
        """Return what came of all orders; they are delivered, canceled (some pieces at least) or open."""
        every = list(self.orders.values())
        whole = [order for order in every if not order.canceled.total()]
        return {
            "orders": len(every),
            "turned away": self.turned_away,
            "refused at checkout": self.refused,
            "delivered": sum([not order.open for order in whole]),
            "canceled": sum([bool(order.canceled.total()) for order in every]),
            "open": sum([bool(order.open) for order in whole]),
            "pieces": sum([sum(dict(order.visit.wants).values()) for order in every]),
            "pieces delivered": sum([order.delivered.total() for order in every]),
            "pieces canceled": sum([order.canceled.total() for order in every]),
            "pieces open": sum([order.open for order in every]),
            "parcels": sum([order.parcels for order in every]),
            "late": sum([order.is_after(order.promise, now) for order in every]),
            "past the yardstick": sum([order.is_after(promised_by(order.visit.at), now) for order in every]),
            "promised days": sum([order.promise - order.visit.at for order in every]) / DAY,
            "contacts": self.contacts,
        }
