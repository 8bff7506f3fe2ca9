"""Questions about orders: where the pieces of each line stand, and what that makes of the order; nothing is stored."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..ledger import Account, State
from ..values import Unit
from .documents import Order, order_key
from .events import LineState, line_account

__all__ = [
    "PROGRESS",
    "OrderStatus",
    "by_shipment",
    "in_words",
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
    LineState.SHIPPED,
    LineState.READY,
)
"""What is still to come, the least advanced first: an order is as far as the least advanced of its pieces."""

WORDS: Mapping[LineState, str] = MappingProxyType(
    {
        LineState.PENDING: "held for review",
        LineState.OPEN: "waiting for a place that has them",
        LineState.BACKORDERED: "waiting for goods to arrive",
        LineState.ALLOCATED: "waiting to be picked",
        LineState.PICKED: "picked",
        LineState.PACKED: "packed",
        LineState.SHIPPED: "shipped",
        LineState.READY: "ready to be collected",
        LineState.DELIVERED: "delivered",
        LineState.COLLECTED: "collected",
        LineState.RETURNED: "returned",
        LineState.LOST: "lost on the way",
        LineState.CANCELED: "canceled",
    }
)
"""What a customer is told of pieces in each state; shipped ones may have reached the counter, no line knows of it."""


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


def in_words(quantities: Mapping[LineState, int]) -> str:
    """Say in plain words where pieces stand, of a line or of an order; the furthest first where they differ.

    >>> in_words({LineState.READY: 2})
    'ready to be collected'
    >>> in_words({LineState.READY: 2, LineState.COLLECTED: 1})
    '1 of 3 collected, 2 of 3 ready to be collected'
    """
    held = [(WORDS[state], quantities[state]) for state in reversed(list(WORDS)) if quantities.get(state)]
    total = sum([quantity for _, quantity in held])
    return ", ".join([words if quantity == total else f"{quantity} of {total} {words}" for words, quantity in held])


class OrderStatus(NamedTuple):
    """Where an order stands: its status in one word, and the pieces of each line by state."""

    order: Order
    status: str
    lines: Mapping[str, Mapping[LineState, int]]

    @property
    def words(self) -> str:
        """Return in plain words where the pieces of all lines stand."""
        sums: dict[LineState, int] = {}
        for state, quantity in [pair for quantities in self.lines.values() for pair in quantities.items()]:
            sums[state] = sums.get(state, 0) + quantity
        return in_words(sums)


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
