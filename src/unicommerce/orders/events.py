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
from .documents import Order, line_unit

__all__ = ["LINE_MOVES", "Amended", "Canceled", "LineQuantity", "LineState", "Placed", "line_account", "line_move"]


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
        _S.OPEN: (_S.ALLOCATED, _S.BACKORDERED, _S.CANCELED, _S.ORDERED),
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
    """An order was accepted.

    Moves: ordered -> open, each line.
    """

    kind: ClassVar[str] = "orders.placed"
    order: Order
    lines: tuple[LineQuantity, ...]

    def movements(self) -> tuple[Movement, ...]:
        """Open the lines."""
        ordered, opened = line_account(_S.ORDERED), line_account(_S.OPEN)
        return tuple([line_move(self.order.id, line, q, ordered, opened) for line, _, q in self.lines])

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
        ordered, opened = line_account(_S.ORDERED), line_account(_S.OPEN)
        more = [line_move(self.order, line, q, ordered, opened) for line, _, q in self.added]
        less = [line_move(self.order, line, q, opened, ordered) for line, _, q in self.removed]
        return (*more, *less)

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
        opened, canceled = line_account(_S.OPEN), line_account(_S.CANCELED)
        return tuple([line_move(self.order, line, q, opened, canceled) for line, _, q in self.lines])

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
