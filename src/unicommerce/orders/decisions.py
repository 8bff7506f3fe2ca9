"""The line half of what may be asked of an order: open its lines, and guard that open pieces are taken once.

These are halves: an open line always has a claim on goods, so the requests `place`, `amend` and `cancel` that users ask
live in `fulfillment`, which moves lines and goods in one entry (docs/decisions/0005).
"""

from collections.abc import Mapping

from ..errors import InvalidValue
from ..ledger import Accepted, Between, Decision, Reason, ReasonCode, Refused, State
from ..values import positive
from .documents import Order, holds_key, line_unit
from .events import LineQuantity, LineState, Placed, line_account

__all__ = ["OrderCode", "is_held", "line_quantities", "open_lines", "open_pieces"]


class OrderCode(ReasonCode):
    """Why an order can not be placed or changed, or was canceled."""

    EXISTS = "orders.exists", "order {subject} is on record already, at revision {found}"
    UNKNOWN_ORDER = "orders.unknown_order", "there is no order {subject}"
    UNKNOWN_LINE = "orders.unknown_line", "there is no {subject}"
    LINE_EXISTS = "orders.line_exists", "{subject} is a line of the order already"
    NOT_HELD = "orders.not_held", "order {subject} is not held by {needed} any more"
    HELD = "orders.held", "order {subject} is held by {found}"
    HOLD_OVER = "orders.hold_over", "the hold {found} of order {subject} ran out at {needed}"
    HOLD_NOT_OVER = "orders.hold_not_over", "order {subject} is held until {needed}"
    HOLD_REFUSED = "orders.hold_refused", "order {subject} is canceled: {found} was refused"


def line_quantities(order: Order, quantities: Mapping[str, int]) -> tuple[LineQuantity, ...]:
    """Return pieces by line of an order, checked. Raises `InvalidValue` for an unknown line or a quantity below one."""
    if unknown := set(quantities) - order.line_by_id.keys():
        raise InvalidValue("quantities", sorted(unknown, key=str), f"a mapping of lines of order {order.id} to pieces")
    lines = [(line.id, line.sku) for line in order.lines if line.id in quantities]
    return tuple([LineQuantity(line, sku, positive(quantities[line], f"quantity of {line}")) for line, sku in lines])


def open_lines(world: State, placed: Placed) -> Decision:
    """Decide the line half of placing an order: it is new. Because: `EXISTS`."""
    if (known := world.document(placed.order.key)) is not None:
        return Refused((Reason(OrderCode.EXISTS, placed.order.id, known.revision),))
    return Accepted((placed,))


def is_held(world: State, order: str) -> tuple[Reason, ...]:
    """Say what holds an order, where something does. Because: `HELD`."""
    known = world.document(holds_key(order))
    return (Reason(OrderCode.HELD, order, known.names),) if known and known.holds else ()


def open_pieces(order: str, lines: tuple[LineQuantity, ...]) -> tuple[Between, ...]:
    """Return the guards of a request that takes open pieces of lines: none of them is taken twice."""
    opened = (line_account(LineState.OPEN),)
    return tuple([Between(line_unit(order, line), opened) for line, _, _ in lines])
