"""What can happen to an order's pieces on their way: goods and lines move together, in one event each.

Accounts of lines bear the shipment as `ref`, accounts of goods the line. A claim at the pool becomes a reservation at
a node by `Allocated`; `Deallocated` is its exact inverse. What a node does not give goes back by `back_events`.
"""

from typing import ClassVar, NamedTuple

from ..catalog import pool_place
from ..inventory import CUSTOMER, GoodsState, Life, goods, sellable
from ..ledger import Account, Document, Movement
from ..orders import LineQuantity, LineState, line_account, line_move, line_unit
from ..values import Unit, frozen
from .documents import Arrival, Attempts, Shipment, capacity_used, node_day, transit

__all__ = [
    "Allocated",
    "Deallocated",
    "Delivered",
    "LinePieces",
    "Named",
    "Picked",
    "Shipped",
    "bound",
    "by_lot",
    "from_hand",
    "reserved",
    "step",
]


class LinePieces(NamedTuple):
    """Pieces for a line that are of a lot or of an owner."""

    line: str
    sku: str
    quantity: int
    lot: str = ""
    owner: str = ""


def reserved(place: str, order: str, line: str) -> Account:
    """Return the account of goods that are set aside at a place for a line of an order."""
    return Account(place, GoodsState.RESERVED, line_unit(order, line))


def step(
    order: str, shipment: str, lines: tuple[LineQuantity, ...], source: LineState, target: LineState
) -> tuple[Movement, ...]:
    """Return the movements of pieces of a shipment from one state to another; those that are open are at none."""
    start, end = (line_account(state, "" if state is LineState.OPEN else shipment) for state in (source, target))
    return tuple([line_move(order, line, quantity, start, end) for line, _, quantity in lines])


def from_hand(
    order: str,
    shipment: str,
    lines: tuple[LineQuantity, ...],
    packed: tuple[LineQuantity, ...],
    target: LineState,
) -> tuple[Movement, ...]:
    """Return the movements of picked pieces to a state, of them those that were packed from there."""
    gone = {line: quantity for line, _, quantity in packed}
    loose = [each._replace(quantity=each.quantity - gone.get(each.line, 0)) for each in lines]
    picks = step(order, shipment, tuple([each for each in loose if each.quantity]), LineState.PICKED, target)
    return (*picks, *step(order, shipment, packed, LineState.PACKED, target))


def by_lot(lines: tuple[LineQuantity, ...], lots: tuple[LinePieces, ...]) -> list[tuple[str, str, int, dict[str, str]]]:
    """Return the pieces of lines by lot and owner; what is of none comes first."""
    named = [(line, sku, q, {"lot": lot, "owner": owner}) for line, sku, q, lot, owner in lots]
    of_none = [(line, sku, q - sum([part for own, _, part, *_ in lots if own == line])) for line, sku, q in lines]
    return [*((line, sku, q, dict[str, str]()) for line, sku, q in of_none if q > 0), *named]


def bound(node: str, order: str, lots: tuple[LinePieces, ...], target: Account | None = None) -> tuple[Movement, ...]:
    """Give back claims that named no lot, and move the lots' own pieces instead: to the claim, or to a target."""
    moves = []
    for line, sku, quantity, lot, owner in lots:
        claim, here = reserved(node, order, line), sellable(node)
        bound = (target or claim)._replace(lot=lot, owner=owner)
        moves.append(Movement(quantity, goods(sku), claim, here))
        moves.append(Movement(quantity, goods(sku), here._replace(lot=lot, owner=owner), bound))
    return tuple(moves)


def _reversed(movements: tuple[Movement, ...]) -> tuple[Movement, ...]:
    return tuple([Movement(quantity, unit, target, source) for quantity, unit, source, target in movements])


def _claim_to_node(pool: str, shipment: Shipment, lines: tuple[LineQuantity, ...]) -> tuple[Movement, ...]:
    """Move claims from the pool to the node, and draw down what the node can handle that day."""
    place, node, used = pool_place(pool), shipment.node, capacity_used(shipment.node)
    moves = []
    for line, sku, quantity in lines:
        unit: Unit = goods(sku)
        moves.append(Movement(quantity, unit, reserved(place, shipment.order, line), sellable(place)))
        moves.append(Movement(quantity, unit, sellable(node), reserved(node, shipment.order, line)))
    pieces = sum([quantity for _, _, quantity in lines])
    return (*moves, Movement(pieces, node_day(node, shipment.day), Account(node, "capacity"), used))


@frozen(kw_only=True)
class Allocated:
    """Open pieces are given to a node to ship.

    Moves: lines open -> allocated; goods: claim at the pool -> reserved at the node; capacity of the node's day ->
    used. `lives` say until when lots must last there.
    """

    kind: ClassVar[str] = "fulfillment.allocated"
    pool: str
    shipment: Shipment
    lines: tuple[LineQuantity, ...]
    attempts: Attempts
    lives: tuple[Life, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Give the pieces to the node."""
        steps = step(self.shipment.order, self.shipment.id, self.lines, LineState.OPEN, LineState.ALLOCATED)
        return (*steps, *_claim_to_node(self.pool, self.shipment, self.lines))

    def documents(self) -> tuple[Document, ...]:
        """Set down the shipment, the attempt and until when lots must last."""
        return (self.shipment, self.attempts, *self.lives)


@frozen(kw_only=True)
class Deallocated:
    """Pieces are taken back from a node before it has picked them: the exact inverse of `Allocated`.

    Moves: lines allocated -> open; goods: reserved at the node -> claim at the pool; capacity used -> free.
    """

    kind: ClassVar[str] = "fulfillment.deallocated"
    pool: str
    shipment: Shipment
    lines: tuple[LineQuantity, ...]

    def movements(self) -> tuple[Movement, ...]:
        """Take the pieces back."""
        steps = step(self.shipment.order, self.shipment.id, self.lines, LineState.ALLOCATED, LineState.OPEN)
        return (*steps, *_reversed(_claim_to_node(self.pool, self.shipment, self.lines)))

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Named:
    """Pieces that a node was given are of these lots and no others, or (`freed`) of any again.

    Moves: the claim that named none is given back, and the lot's own pieces are reserved instead; of what is freed its
    exact inverse. Over the whole node nothing moves. `shipment` says which names it has.
    """

    kind: ClassVar[str] = "fulfillment.named"
    shipment: Shipment
    lots: tuple[LinePieces, ...] = ()
    freed: tuple[LinePieces, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Bind claims to lots."""
        node, order = self.shipment.node, self.shipment.order
        return (*_reversed(bound(node, order, self.freed)), *bound(node, order, self.lots))

    def documents(self) -> tuple[Document, ...]:
        """Replace the shipment."""
        return (self.shipment,)


@frozen(kw_only=True)
class Picked:
    """A node has the pieces in hand.

    Moves: lines allocated -> picked. Goods stay reserved at the node until they leave it. Of `lots`, the claim that
    named none is given back, and the lot's own pieces are reserved instead: over the whole node nothing moves.
    """

    kind: ClassVar[str] = "fulfillment.picked"
    order: str
    shipment: str
    lines: tuple[LineQuantity, ...]
    node: str = ""
    lots: tuple[LinePieces, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Advance the lines and bind their claims to lots."""
        moves = step(self.order, self.shipment, self.lines, LineState.ALLOCATED, LineState.PICKED)
        return moves + bound(self.node, self.order, self.lots)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Shipped:
    """Pieces left the node.

    Moves: lines picked -> shipped, of them those that were `packed` from there; goods: reserved at the node -> under
    way, those of `lots` each under its own.
    """

    kind: ClassVar[str] = "fulfillment.shipped"
    order: str
    node: str
    shipment: str
    lines: tuple[LineQuantity, ...]
    tracking: str = ""
    lots: tuple[LinePieces, ...] = ()
    packed: tuple[LineQuantity, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Send them off."""
        steps = from_hand(self.order, self.shipment, self.lines, self.packed, LineState.SHIPPED)
        away = transit(self.shipment)
        moves = [
            Movement(q, goods(sku), reserved(self.node, self.order, line)._replace(**own), away._replace(**own))
            for line, sku, q, own in by_lot(self.lines, self.lots)
        ]
        return (*steps, *moves)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Delivered:
    """Pieces reached the customer; or none yet, and their parcel the node where they are collected (`arrival`).

    Moves: lines shipped -> delivered; goods: under way -> customer, those of `lots` each under its own and the
    shipment, so that a recall finds whom to tell.
    """

    kind: ClassVar[str] = "fulfillment.delivered"
    order: str
    shipment: str
    lines: tuple[LineQuantity, ...]
    lots: tuple[LinePieces, ...] = ()
    arrival: Arrival | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Hand them over."""
        steps = step(self.order, self.shipment, self.lines, LineState.SHIPPED, LineState.DELIVERED)
        away = transit(self.shipment)
        moves = [
            Movement(q, goods(sku), away._replace(**own), CUSTOMER._replace(ref=self.shipment if own else "", **own))
            for _, sku, q, own in by_lot(self.lines, self.lots)
        ]
        return (*steps, *moves)

    def documents(self) -> tuple[Document, ...]:
        """Set down when it reached the node, where it is collected there."""
        return (self.arrival,) if self.arrival else ()
