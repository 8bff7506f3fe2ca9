"""An order of a marketplace: whose it is, what they call it, and by when they want it; moments are ms UTC.

It is on record as soon as they tell of it, whether or not we can serve it. Its revision is the moment as of which they
said so, so that a late message never overrules a newer one; what only a late one says of its clocks is kept beside it.
Quantities are balances (`events`), never in it.
"""

from ..errors import InvalidValue
from ..ledger import Key
from ..orders import line_unit
from ..values import LARGEST, Unit, frozen, identifier, positive, whole

__all__ = ["CLOCKS", "MarketOrder", "asked", "market_order_key"]

CLOCKS = ("acknowledge_by", "ship_by", "deliver_by")
"""The clocks of an order, in the order in which they strike."""


@frozen(kw_only=True)
class MarketOrder:
    """An order of a marketplace, under our id.

    `number` is their id of it and `lines` are (line, their id) where they are other than ours. Clocks are as they said
    them; those that they did not say and that our policy has set are named in `assumed`, and `earlier` is as of when
    those were said that the last message says nothing of. `latest` is as of when that was, where it is not the revision
    (0), as once a late message was taken.
    """

    order: str
    revision: int
    market: str
    placed_at: int
    number: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    acknowledge_by: int | None = None
    ship_by: int | None = None
    deliver_by: int | None = None
    assumed: tuple[str, ...] = ()
    earlier: tuple[tuple[str, int], ...] = ()
    latest: int = 0

    def __attrs_post_init__(self) -> None:
        identifier(self.order, "order")
        identifier(self.market, "market")
        positive(self.revision, "revision")
        whole(self.placed_at, "placed_at", -LARGEST)
        for clock in CLOCKS:
            if getattr(self, clock) is not None:
                whole(getattr(self, clock), clock, -LARGEST)
        for field, clocks in (("assumed", self.assumed), ("earlier", [clock for clock, _ in self.earlier])):
            if not {*clocks} <= {*CLOCKS}:
                raise InvalidValue(field, clocks, f"some of {', '.join(CLOCKS)}")

    @property
    def key(self) -> "Key[MarketOrder]":
        """Return the key."""
        return market_order_key(self.order)

    @property
    def as_of(self) -> int:
        """Return as of when the last message is (ms UTC)."""
        return self.latest or self.revision

    @property
    def said(self) -> dict[str, tuple[int, int]]:
        """Return the clocks that they said: as of when, and when each strikes (ms UTC)."""
        at = {clock: getattr(self, clock) for clock in CLOCKS if clock not in self.assumed}
        return {clock: (dict(self.earlier).get(clock, self.as_of), by) for clock, by in at.items() if by is not None}

    @property
    def due_at(self) -> None:
        """Ask for nothing: what is late is a view."""
        return

    def theirs(self, line: str) -> str:
        """Return their id of a line."""
        return dict(self.lines).get(line, line)


def market_order_key(order: str) -> Key[MarketOrder]:
    """Return the key of an order's document."""
    return Key("marketplaces.order", order)


def asked(order: str, line: str) -> Unit:
    """Return the unit that counts pieces of a line as the marketplace does: what it asked for, and what we answered.

    >>> asked("order-1", "2")
    'asked:line:order-1/2'
    """
    return Unit(f"asked:{line_unit(order, line)}")
