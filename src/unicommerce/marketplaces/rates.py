"""What a marketplace counts against us: rates over a window of days, exact, from what is on record.

They are the marketplace's own countings, as far as the record knows what they are about: who canceled, when we
confirmed, whether a shipment had tracking. Order defects (claims, chargebacks, feedback) are told by nobody yet.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from ..fulfillment import Shipped
from ..ledger import Entry, Event
from ..values import DAY_MS
from .documents import MarketOrder
from .events import Acknowledged, AskState, CalledOff, Relayed
from .policy import Limit, MarketPolicy, Measure

__all__ = ["Rate", "performance"]


class Rate(NamedTuple):
    """How many of all count against us under a limit; `value` is exact, None where there was nothing to count."""

    limit: Limit
    counted: int
    of: int

    @property
    def value(self) -> Fraction | None:
        """Return the part of all that counts against us."""
        return Fraction(self.counted, self.of) if self.of else None

    @property
    def is_kept(self) -> bool:
        """Tell whether it is below the limit."""
        return self.value is None or self.value < self.limit.below

    @property
    def room(self) -> int:
        """Return how many more, of as many in all, keep it below the limit; below zero: so many are too many.

        >>> Rate(Limit(Measure.CANCELED, 7, Fraction(25, 1000)), 1, 100).room  # 2 of 100 are below 2.5 %, 3 are not
        1
        """
        return ceil(self.limit.below * self.of) - 1 - self.counted if self.of else 0


class _Sent(NamedTuple):
    """A shipment that was confirmed, and whether that was after the ship-by of its order (None: it has none)."""

    order: str
    at: int
    is_late: bool | None
    has_tracking: bool


def performance(
    entries: Iterable[Entry], *, market: str, now: int, policy: MarketPolicy = MarketPolicy()
) -> tuple[Rate, ...]:
    """Return the rate under each limit of the policy, for the days up to now (ms UTC); entries in the journal's order.

    - `Measure.CANCELED`: of the orders placed, those of which we rejected pieces, or which the marketplace says that
    the seller canceled, before anything of them left and before the buyer wished it. - `Measure.LATE`: of the orders
    with a ship-by of which a shipment was confirmed, those with one that was confirmed after it. - `Measure.UNTRACKED`:
    of the shipments confirmed, those without tracking; whether a carrier has scanned it, which Amazon asks as well, is
    not known here. A shipment is confirmed when it goes on record: no confirmation can leave before. Rules and their
    source: `AMAZON`.
    """
    rows = [(entry.recorded_at, event) for entry in entries for event in entry.events]
    orders = _orders(rows, market)
    canceled = _canceled([event for _, event in rows])
    sent = [
        _Sent(event.order, at, _is_late(at, orders[event.order]), bool(event.tracking))
        for at, event in rows
        if isinstance(event, Shipped) and event.order in orders and event.lines
    ]
    return tuple([Rate(limit, *_counted(limit, orders, canceled, sent, now)) for limit in policy.limits])


def _orders(rows: Iterable[tuple[int, Event]], market: str) -> dict[str, MarketOrder]:
    """Return the orders of a marketplace, as they were last told."""
    known: dict[str, MarketOrder] = {}
    for _, event in rows:
        if isinstance(event, Relayed) and event.document.market == market:
            before = known.setdefault(event.document.order, event.document)
            known[before.order] = max(before, event.document, key=lambda each: each.revision)
    return known


def _canceled(events: Sequence[Event]) -> set[str]:
    """Return the orders of which we canceled something before anything left, and before the buyer wished it."""
    ours, others = dict[str, int](), dict[str, int]()
    for number, event in enumerate(events):
        if isinstance(event, Acknowledged | CalledOff) and _is_ours(event):
            ours.setdefault(event.order, number)
        elif isinstance(event, Shipped) or (isinstance(event, CalledOff) and event.by == "buyer"):
            others.setdefault(event.order, number)
    return {order for order, number in ours.items() if number < others.get(order, len(events))}


def _is_ours(event: Acknowledged | CalledOff) -> bool:
    is_ours = event.by == "seller"
    return (
        is_ours
        if isinstance(event, CalledOff)
        else is_ours and any(answer.target is AskState.REJECTED for answer in event.answers)
    )


def _is_late(at: int, order: MarketOrder) -> bool | None:
    return None if order.ship_by is None else at > order.ship_by


def _counted(
    limit: Limit, orders: Mapping[str, MarketOrder], canceled: set[str], sent: Sequence[_Sent], now: int
) -> tuple[int, int]:
    """Return how many count against us within the days of a limit, and of how many."""
    since = now - limit.days * DAY_MS
    confirmed = [each for each in sent if since < each.at <= now]
    if limit.measure is Measure.CANCELED:
        placed = {order for order, known in orders.items() if since < known.placed_at <= now}
        return len(placed & canceled), len(placed)
    if limit.measure is Measure.LATE:
        dated = [each for each in confirmed if each.is_late is not None]
        return len({each.order for each in dated if each.is_late}), len({each.order for each in dated})
    return sum(not each.has_tracking for each in confirmed), len(confirmed)
