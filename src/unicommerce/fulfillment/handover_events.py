"""What can happen to pieces in a node's hands until the customer has them: packed, ready, notified, collected; undone.

Each names pieces by line and moves no others. Accounts are those of `events`: lines bear the shipment, goods the line.
"""

from typing import ClassVar

from ..catalog import pool_place
from ..inventory import CUSTOMER, goods, sellable
from ..ledger import Document, Movement
from ..orders import LineQuantity, LineState
from ..values import frozen
from .documents import Clearance, Collection, Notice, transit
from .events import LinePieces, by_lot, from_hand, reserved, step

__all__ = ["Cleared", "Collected", "Notified", "Packed", "Ready", "Reshelved", "Unpacked", "Withheld"]


@frozen(kw_only=True)
class Packed:
    """Pieces are in a parcel or a bag.

    Moves: lines picked -> packed. Goods stay reserved at the node.
    """

    kind: ClassVar[str] = "fulfillment.packed"
    order: str
    shipment: str
    lines: tuple[LineQuantity, ...]

    def movements(self) -> tuple[Movement, ...]:
        """Advance the lines."""
        return step(self.order, self.shipment, self.lines, LineState.PICKED, LineState.PACKED)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Unpacked:
    """Pieces are out of their parcel again: the exact inverse of `Packed`.

    Moves: lines packed -> picked.
    """

    kind: ClassVar[str] = "fulfillment.unpacked"
    order: str
    shipment: str
    lines: tuple[LineQuantity, ...]
    reason: str = ""

    def movements(self) -> tuple[Movement, ...]:
        """Take the lines back."""
        return step(self.order, self.shipment, self.lines, LineState.PACKED, LineState.PICKED)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Ready:
    """Pieces wait to be collected at a node.

    Moves: lines picked (of them those that were `packed` from there) or, where they `arrived` from another node,
    shipped -> ready; goods that arrived: under way -> reserved at the node, those of `lots` each under its own.
    `collection` says where they wait and until when, unless
    they were handed over at once.
    """

    kind: ClassVar[str] = "fulfillment.ready"
    order: str
    shipment: str
    node: str
    lines: tuple[LineQuantity, ...]
    packed: tuple[LineQuantity, ...] = ()
    arrived: bool = False
    collection: Collection | None = None
    lots: tuple[LinePieces, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces out."""
        return _set_out(self)

    def documents(self) -> tuple[Document, ...]:
        """Set down where they wait and until when."""
        return (self.collection,) if self.collection else ()


@frozen(kw_only=True)
class Cleared:
    """A paper is there without which a shipment may not leave. Moves nothing."""

    kind: ClassVar[str] = "fulfillment.cleared"
    clearance: Clearance

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Set down its number."""
        return (self.clearance,)


@frozen(kw_only=True)
class Withheld:
    """Pieces are not ready to be collected after all: the exact inverse of `Ready`.

    Moves: lines ready -> picked (of them those that were `packed` there) or, where they had `arrived` from another
    node, shipped; goods that had arrived: reserved at the node -> under way. `collection` says that
    none waits any more.
    """

    kind: ClassVar[str] = "fulfillment.withheld"
    order: str
    shipment: str
    node: str
    lines: tuple[LineQuantity, ...]
    packed: tuple[LineQuantity, ...] = ()
    arrived: bool = False
    collection: Collection | None = None
    reason: str = ""
    lots: tuple[LinePieces, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Take the pieces back."""
        return tuple([Movement(q, unit, target, source) for q, unit, source, target in _set_out(self)])

    def documents(self) -> tuple[Document, ...]:
        """Say that nothing waits any more, where that is so."""
        return (self.collection,) if self.collection else ()


def _set_out(event: Ready | Withheld) -> tuple[Movement, ...]:
    order, shipment, lines = event.order, event.shipment, event.lines
    if not event.arrived:
        return from_hand(order, shipment, lines, event.packed, LineState.READY)
    away = transit(shipment)
    moves = [
        Movement(q, goods(sku), away._replace(**own), reserved(event.node, order, line)._replace(**own))
        for line, sku, q, own in by_lot(lines, event.lots)
    ]
    return (*step(order, shipment, lines, LineState.SHIPPED, LineState.READY), *moves)


@frozen(kw_only=True)
class Notified:
    """The customer was told that pieces wait. Moves nothing."""

    kind: ClassVar[str] = "fulfillment.notified"
    notice: Notice

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Set down how and when, and the code that was sent."""
        return (self.notice,)


@frozen(kw_only=True)
class Collected:
    """Pieces were handed over at a node.

    Moves: lines ready -> collected; goods: reserved at the node -> customer, those of `lots` each under its own and the
    shipment, so that a recall finds whom to tell. `by` says who came (an id of the host or a word as "proxy", never a
    name), `checked_by` how that was checked (as "code" or "id").
    """

    kind: ClassVar[str] = "fulfillment.collected"
    order: str
    shipment: str
    node: str
    lines: tuple[LineQuantity, ...]
    by: str = ""
    checked_by: str = ""
    collection: Collection | None = None
    lots: tuple[LinePieces, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Hand them over."""
        steps = step(self.order, self.shipment, self.lines, LineState.READY, LineState.COLLECTED)
        moves = [
            Movement(
                q,
                goods(sku),
                reserved(self.node, self.order, line)._replace(**own),
                CUSTOMER._replace(ref=self.shipment if own else "", **own),
            )
            for line, sku, q, own in by_lot(self.lines, self.lots)
        ]
        return (*steps, *moves)

    def documents(self) -> tuple[Document, ...]:
        """Say that nothing waits any more, where that is so."""
        return (self.collection,) if self.collection else ()


@frozen(kw_only=True)
class Reshelved:
    """Pieces that a node had in hand are on its shelf again, and their lines are open.

    Moves: lines picked, packed or ready (`source`) -> open; goods: reserved at the node -> sellable there, those of
    `lots` each under its own; sellable -> claim at the pool, because an open line always has a claim. `collection` is
    the document of what waits no more.
    """

    kind: ClassVar[str] = "fulfillment.reshelved"
    pool: str
    order: str
    shipment: str
    node: str
    lines: tuple[LineQuantity, ...]
    source: LineState = LineState.READY
    reason: str = ""
    collection: Collection | None = None
    lots: tuple[LinePieces, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Put them back."""
        place = pool_place(self.pool)
        steps = step(self.order, self.shipment, self.lines, self.source, LineState.OPEN)
        back = [
            Movement(
                q,
                goods(sku),
                reserved(self.node, self.order, line)._replace(**own),
                sellable(self.node)._replace(**own),
            )
            for line, sku, q, own in by_lot(self.lines, self.lots)
        ]
        claims = [
            Movement(q, goods(sku), sellable(place), reserved(place, self.order, line)) for line, sku, q in self.lines
        ]
        return (*steps, *back, *claims)

    def documents(self) -> tuple[Document, ...]:
        """Say that nothing waits there any more, where something did."""
        return (self.collection,) if self.collection else ()
