"""What can happen to the lines of an order: the one table of moves, and the events that concern lines alone.

Accounts of a line are states at the place `order`; a `ref` says at which shipment or return. Ordered pieces come out of
the account `ordered`, so that ordered = the sum over the states below, always.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from ..errors import IllegalMove
from ..ledger import Account, Document, Movement
from ..values import frozen
from .documents import Order, OrderHolds, line_unit

__all__ = [
    "LINE_MOVES",
    "Amended",
    "Canceled",
    "LineQuantity",
    "LineState",
    "Placed",
    "Resumed",
    "Revised",
    "Suspended",
    "line_account",
    "line_move",
]


class LineState(StrEnum):
    """Where pieces of a line stand. `ordered` is where they come from and is below zero by all that was ordered."""

    ORDERED = "ordered"
    PENDING = "pending"
    OPEN = "open"
    BACKORDERED = "backordered"
    ALLOCATED = "allocated"
    PICKED = "picked"
    PACKED = "packed"
    READY = "ready"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COLLECTED = "collected"
    CANCELED = "canceled"
    LOST = "lost"
    RETURNED = "returned"


_S = LineState
LINE_MOVES: Mapping[LineState, tuple[LineState, ...]] = MappingProxyType(
    {
        _S.ORDERED: (_S.PENDING, _S.OPEN),
        _S.PENDING: (_S.OPEN, _S.CANCELED, _S.ORDERED),
        _S.OPEN: (_S.PENDING, _S.ALLOCATED, _S.BACKORDERED, _S.CANCELED, _S.ORDERED),
        _S.BACKORDERED: (_S.OPEN, _S.ALLOCATED, _S.CANCELED, _S.ORDERED),
        _S.ALLOCATED: (_S.PICKED, _S.OPEN),
        _S.PICKED: (_S.PACKED, _S.READY, _S.SHIPPED, _S.OPEN, _S.CANCELED),
        _S.PACKED: (_S.READY, _S.SHIPPED, _S.PICKED, _S.OPEN, _S.CANCELED),
        _S.READY: (_S.COLLECTED, _S.SHIPPED, _S.PACKED, _S.PICKED, _S.OPEN, _S.CANCELED),
        _S.SHIPPED: (_S.DELIVERED, _S.READY, _S.LOST, _S.RETURNED),
        _S.DELIVERED: (_S.RETURNED,),
        _S.COLLECTED: (_S.RETURNED,),
        _S.CANCELED: (),
        _S.LOST: (_S.OPEN,),
        _S.RETURNED: (_S.OPEN,),
    }
)
"""Which state pieces may go to from which. A state without a way on is final.

`shipped` pieces get `ready` where they were sent to a store to be collected there. What was lost or came back is the
end of it, unless it is sent again: then it is `open`, and another shipment brings it.
"""


def line_account(state: LineState, ref: str = "") -> Account:
    """Return the account of a line's pieces in a state, at a shipment or return where `ref` names one."""
    return Account("order", state.value, ref)


class LineQuantity(NamedTuple):
    """So many pieces of a line, of a SKU."""

    line: str
    sku: str
    quantity: int


def line_move(order: str, line: str, quantity: int, source: Account, target: Account) -> Movement:
    """Return the movement of pieces of a line. Raises `IllegalMove` for one that is not in the table."""
    if LineState(target.state) not in LINE_MOVES[LineState(source.state)]:
        raise IllegalMove("line", source.state, target.state)
    return Movement(quantity, line_unit(order, line), source, target)


@frozen(kw_only=True)
class Placed:
    """An order was accepted, under these `holds`.

    Moves: ordered -> open, each line; what is held is `Suspended` beside.
    """

    kind: ClassVar[str] = "orders.placed"
    order: Order
    lines: tuple[LineQuantity, ...]
    holds: tuple[str, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Open the lines."""
        return _moves(self.order.id, self.lines, _S.ORDERED, _S.OPEN)

    def documents(self) -> tuple[Document, ...]:
        """Set down the order."""
        return (self.order,)


@frozen(kw_only=True)
class Amended:
    """The ordered quantity of lines is another one.

    Moves: ordered -> open for what was `added`; open -> ordered, its inverse, for what was `removed`.
    """

    kind: ClassVar[str] = "orders.amended"
    order: str
    added: tuple[LineQuantity, ...] = ()
    removed: tuple[LineQuantity, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Open what was added, take back what is no longer wanted."""
        more = _moves(self.order, self.added, _S.ORDERED, _S.OPEN)
        return (*more, *_moves(self.order, self.removed, _S.OPEN, _S.ORDERED))

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing: quantities are balances."""
        return ()


@frozen(kw_only=True)
class Canceled:
    """Open pieces are not wanted any more.

    Moves: open -> canceled.
    """

    kind: ClassVar[str] = "orders.canceled"
    order: str
    lines: tuple[LineQuantity, ...]
    reason: str = ""

    def movements(self) -> tuple[Movement, ...]:
        """Close them."""
        return _moves(self.order, self.lines, _S.OPEN, _S.CANCELED)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Suspended:
    """Open pieces are held: they keep their claim, and go to no node.

    Moves: open -> pending. `holds` is what holds the order, where that is another than before.
    """

    kind: ClassVar[str] = "orders.suspended"
    order: str
    lines: tuple[LineQuantity, ...]
    holds: OrderHolds | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Hold them."""
        return _moves(self.order, self.lines, _S.OPEN, _S.PENDING)

    def documents(self) -> tuple[Document, ...]:
        """Set down what holds the order."""
        return (self.holds,) if self.holds else ()


@frozen(kw_only=True)
class Resumed:
    """Pieces are not held any more: the exact inverse of `Suspended`; or a hold is gone, and others are still there.

    Moves: pending -> open.
    """

    kind: ClassVar[str] = "orders.resumed"
    order: str
    lines: tuple[LineQuantity, ...]
    holds: OrderHolds | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Open them."""
        return _moves(self.order, self.lines, _S.PENDING, _S.OPEN)

    def documents(self) -> tuple[Document, ...]:
        """Set down what still holds the order."""
        return (self.holds,) if self.holds else ()


@frozen(kw_only=True)
class Revised:
    """An order is another one in what is no quantity: its destination, service level, prices or lines.

    Moves nothing.
    """

    kind: ClassVar[str] = "orders.revised"
    order: Order

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing: quantities are balances."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Replace the order."""
        return (self.order,)


def _moves(order: str, lines: tuple[LineQuantity, ...], source: LineState, target: LineState) -> tuple[Movement, ...]:
    start, end = line_account(source), line_account(target)
    return tuple([line_move(order, line, quantity, start, end) for line, _, quantity in lines])
