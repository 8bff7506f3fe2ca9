"""What can happen when things break: pieces put down by a node, parcels lost, found, turned around and sent back.

Pieces that are open again have a claim at the pool, always. What is lost is kept under the shipment and line that it
was lost with, so that it can be found again whatever its line has become meanwhile.
"""

from typing import ClassVar

from ..catalog import pool_place
from ..inventory import LOSS, GoodsState, goods, sellable
from ..ledger import Account, Document, Movement
from ..orders import LineQuantity, LineState
from ..values import frozen
from .back_events import GOODS
from .documents import Attempts, Collection, Detour, Doubt, RejectionReason, transit
from .events import LinePieces, by_lot, reserved, step

__all__ = ["Diverted", "Found", "Lost", "PutDown", "Reopened", "SentBack", "missing_from"]


def missing_from(shipment: str, line: str) -> Account:
    """Return the account of goods that were lost with a shipment, of a line; no line has a slash in its name."""
    return LOSS._replace(ref=f"{shipment}/{line}")


@frozen(kw_only=True)
class PutDown:
    """A node gives back pieces that it had in hand, and says why: they broke, or it closes.

    Moves: lines picked, packed or ready (`source`) -> open; goods: reserved at the node -> sellable (busy), quarantine
    (not found) or damaged there, those of `lots` each under its own; sellable -> claim at the pool, unguarded.
    """

    kind: ClassVar[str] = "fulfillment.put_down"
    pool: str
    node: str
    order: str
    shipment: str
    reason: RejectionReason
    lines: tuple[LineQuantity, ...]
    attempts: Attempts
    source: LineState
    lots: tuple[LinePieces, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    collection: Collection | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Put them where the reason says, and give the claims back to the pool."""
        place, there = pool_place(self.pool), Account(self.node, GOODS[self.reason])
        steps = step(self.order, self.shipment, self.lines, self.source, LineState.OPEN)
        away = [
            Movement(q, goods(sku), reserved(self.node, self.order, line)._replace(**own), there._replace(**own))
            for line, sku, q, own in by_lot(self.lines, self.lots)
        ]
        claims = [
            Movement(q, goods(sku), sellable(place), reserved(place, self.order, line)) for line, sku, q in self.lines
        ]
        return (*steps, *away, *claims)

    def documents(self) -> tuple[Document, ...]:
        """Remember that the node turned them down, and that nothing waits there any more, where that is so."""
        return (self.attempts, *self.doubts, *((self.collection,) if self.collection else ()))


@frozen(kw_only=True)
class Lost:
    """Pieces were lost on their way.

    Moves: lines shipped -> lost; goods: under way -> lost, those of `lots` each under its own.
    """

    kind: ClassVar[str] = "fulfillment.lost"
    order: str
    shipment: str
    lines: tuple[LineQuantity, ...]
    lots: tuple[LinePieces, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Write them off."""
        away = transit(self.shipment)
        moves = [
            Movement(q, goods(sku), away._replace(**own), missing_from(self.shipment, line)._replace(**own))
            for line, sku, q, own in by_lot(self.lines, self.lots)
        ]
        return (*step(self.order, self.shipment, self.lines, LineState.SHIPPED, LineState.LOST), *moves)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Found:
    """Pieces that were lost are there after all; the events beside it say where their lines stand then.

    Moves: goods: lost -> sellable at the node that had sent them, from where they are sent once more, those of `lots`
    each under its own.
    """

    kind: ClassVar[str] = "fulfillment.found"
    order: str
    shipment: str
    node: str
    lines: tuple[LineQuantity, ...]
    lots: tuple[LinePieces, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Take them out of the loss."""
        here = sellable(self.node)
        return tuple(
            [
                Movement(q, goods(sku), missing_from(self.shipment, line)._replace(**own), here._replace(**own))
                for line, sku, q, own in by_lot(self.lines, self.lots)
            ]
        )

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class SentBack:
    """Pieces that nobody was given are back at a node.

    Moves: lines shipped -> returned (at their shipment); goods: under way -> quarantine, sellable or damaged
    (`condition`) at the node, those of `lots` each under its own.
    """

    kind: ClassVar[str] = "fulfillment.sent_back"
    order: str
    shipment: str
    node: str
    lines: tuple[LineQuantity, ...]
    condition: str = GoodsState.QUARANTINE
    reason: str = ""
    lots: tuple[LinePieces, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Take them in."""
        away, here = transit(self.shipment), Account(self.node, self.condition)
        moves = [
            Movement(q, goods(sku), away._replace(**own), here._replace(**own))
            for _, sku, q, own in by_lot(self.lines, self.lots)
        ]
        return (*step(self.order, self.shipment, self.lines, LineState.SHIPPED, LineState.RETURNED), *moves)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Reopened:
    """Pieces that were lost, or came back, are to be served again; their claim at the pool is an event beside.

    Moves: lines lost or returned (`source`, at their shipment) -> open.
    """

    kind: ClassVar[str] = "fulfillment.reopened"
    order: str
    shipment: str
    lines: tuple[LineQuantity, ...]
    source: LineState

    def movements(self) -> tuple[Movement, ...]:
        """Open the lines."""
        return step(self.order, self.shipment, self.lines, self.source, LineState.OPEN)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Diverted:
    """A parcel under way is to be stopped, is on its way back, or could not be stopped. Moves nothing."""

    kind: ClassVar[str] = "fulfillment.diverted"
    detour: Detour

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing: its pieces are under way until they are somewhere."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Set down who wants it stopped, and what the carrier says."""
        return (self.detour,)
