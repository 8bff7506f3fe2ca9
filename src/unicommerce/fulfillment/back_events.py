"""What can happen to pieces that a node does not give: not found, or rejected unpicked; and when that is enough.

The claim goes back to the pool, and the goods go where the reason puts them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from ..catalog import pool_place
from ..inventory import GoodsState, goods, sellable
from ..ledger import Account, Document, Movement
from ..orders import LineQuantity, LineState
from ..values import frozen
from .documents import Attempts, Doubt, RejectionReason
from .events import LinePieces, bound, by_lot, reserved, step

__all__ = ["Exhausted", "Rejected", "ShortPicked"]

GOODS: Mapping[RejectionReason, str] = MappingProxyType(
    {
        RejectionReason.BUSY: GoodsState.SELLABLE,
        RejectionReason.NOT_FOUND: GoodsState.QUARANTINE,
        RejectionReason.DAMAGED: GoodsState.DAMAGED,
    }
)
"""Where the goods stand that a node gives back, by its reason."""


@frozen(kw_only=True)
class ShortPicked:
    """A node could not find pieces: they are looked for in quarantine, and the claim goes back to the pool.

    Moves: lines allocated -> open; goods: reserved at the node -> quarantine there; sellable -> claim at the pool,
    unguarded, because an open line always has a claim. Of `lots`, the claim that named none is given back, and the
    lot's own pieces go to quarantine instead.
    """

    kind: ClassVar[str] = "fulfillment.short_picked"
    pool: str
    node: str
    order: str
    shipment: str
    lines: tuple[LineQuantity, ...]
    attempts: Attempts
    lots: tuple[LinePieces, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Give the claims back to the pool."""
        return _claim_to_pool(self, RejectionReason.NOT_FOUND)

    def documents(self) -> tuple[Document, ...]:
        """Remember that this node turned the order down, and of which SKUs its book is in doubt."""
        return (self.attempts, *self.doubts)


@frozen(kw_only=True)
class Rejected:
    """A node gives pieces back that it has not picked, and says why; what it could handle that day stays used.

    Moves: lines allocated -> open; goods: reserved at the node -> sellable (busy), quarantine (not found) or damaged
    there; sellable -> claim at the pool, unguarded. Of `lots` as of a short pick.
    """

    kind: ClassVar[str] = "fulfillment.rejected"
    pool: str
    node: str
    order: str
    shipment: str
    reason: RejectionReason
    lines: tuple[LineQuantity, ...]
    attempts: Attempts
    lots: tuple[LinePieces, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Give the claims back to the pool."""
        return _claim_to_pool(self, self.reason)

    def documents(self) -> tuple[Document, ...]:
        """Remember that this node turned the order down, and of which SKUs its book is in doubt."""
        return (self.attempts, *self.doubts)


@frozen(kw_only=True)
class Exhausted:
    """An order was turned down as often as the policy lets it be; what becomes of its open pieces is said beside.

    Moves nothing.
    """

    kind: ClassVar[str] = "fulfillment.exhausted"
    attempts: Attempts

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Start the count over."""
        return (self.attempts,)


def _claim_to_pool(back: ShortPicked | Rejected, reason: RejectionReason) -> tuple[Movement, ...]:
    """Move claims from the node back to the pool, and the goods to where the reason puts them."""
    place, apart = pool_place(back.pool), Account(back.node, GOODS[reason])
    steps = step(back.order, back.shipment, back.lines, LineState.ALLOCATED, LineState.OPEN)
    goods_back = [
        Movement(q, goods(sku), reserved(back.node, back.order, line), apart)
        for line, sku, q, own in by_lot(back.lines, back.lots)
        if not own
    ]
    claims = [
        Movement(q, goods(sku), sellable(place), reserved(place, back.order, line)) for line, sku, q in back.lines
    ]
    return (*steps, *goods_back, *bound(back.node, back.order, back.lots, apart), *claims)
