"""Questions about orders: where the pieces of each line stand, and what that makes of the order; nothing is stored."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..ledger import Account, State
from ..values import Unit
from .documents import Order, order_key
from .events import LineState, line_account

__all__ = [
    "PROGRESS",
    "OrderStatus",
    "by_shipment",
    "is_final",
    "order_status",
    "ordered",
    "quantities_by_state",
    "standing",
]

_STATES = tuple(state for state in LineState if state is not LineState.ORDERED)

FINAL = (LineState.DELIVERED, LineState.COLLECTED, LineState.CANCELED, LineState.LOST, LineState.RETURNED)
"""States in which nothing is owed to the customer any more."""

PROGRESS = (
    LineState.PENDING,
    LineState.OPEN,
    LineState.BACKORDERED,
    LineState.ALLOCATED,
    LineState.PICKED,
    LineState.PACKED,
    LineState.READY,
    LineState.SHIPPED,
)
"""What is still to come, the least advanced first: an order is as far as the least advanced of its pieces."""


def ordered(state: State, unit: Unit) -> int:
    """Return the pieces of a line that were ordered, as amended."""
    return -state.balance(unit, (line_account(LineState.ORDERED),))


def standing(state: State, unit: Unit, where: LineState) -> int:
    """Return the pieces of a line that stand in a state."""
    return state.balance(unit, (line_account(where),))


def quantities_by_state(state: State, unit: Unit) -> Mapping[LineState, int]:
    """Return the pieces of a line in each state that holds some; they sum to what was ordered."""
    return {where: held for where in _STATES if (held := standing(state, unit, where))}


def by_shipment(part: tuple[Account, int]) -> tuple[int, str]:
    """Return what sorts the parts of a line by shipment as they were numbered: the second before the tenth.

    >>> sorted([(line_account(LineState.SHIPPED, f"o/{n}"), 1) for n in (10, 2)], key=by_shipment)[0][0].ref
    'o/2'
    """
    return (len(part[0].ref), part[0].ref)


class OrderStatus(NamedTuple):
    """Where an order stands: its status in one word, and the pieces of each line by state."""

    order: Order
    status: str
    lines: Mapping[str, Mapping[LineState, int]]


def order_status(order: str) -> Callable[[State, object], OrderStatus | None]:
    """Return the view of where an order stands, None for an order that is not on record.

    The status is the least advanced state of its pieces; once all are final, the first of delivered, collected,
    returned, lost and canceled that holds any.
    """

    def view(state: State, _given: object) -> OrderStatus | None:
        document = state.document(order_key(order))
        if document is None:
            return None
        lines = {line.id: quantities_by_state(state, document.unit(line.id)) for line in document.lines}
        held = {where for quantities in lines.values() for where in quantities}
        rank = (*PROGRESS, LineState.DELIVERED, LineState.COLLECTED, LineState.RETURNED, LineState.LOST)
        status = next((where for where in rank if where in held), LineState.CANCELED)
        return OrderStatus(document, status.value, lines)

    return view


def is_final(status: OrderStatus) -> bool:
    """Tell whether nothing of the order is still to come."""
    return all(where in FINAL for quantities in status.lines.values() for where in quantities)
