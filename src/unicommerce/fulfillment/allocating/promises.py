"""What an order's shipments promise, and why a promise is another than the one that the customer was given before.

Nothing is stored beside the shipments: each keeps its promise, and names the one whose pieces it has taken over.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from ...ledger import Reason, State
from ...orders import LineState, Order, line_account, order_key, standing
from ...routing import why_moved
from ..documents import Shipment, attempts_key, shipment_key

__all__ = ["OrderPromise", "PromisedShipment", "moved", "promised_before", "promises"]

WAITING = (LineState.PENDING, LineState.OPEN, LineState.BACKORDERED)
TO_COME = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED, LineState.READY, LineState.SHIPPED)


class PromisedShipment(NamedTuple):
    """A shipment, its pieces by line that are still to come, and why it promises otherwise than was promised before."""

    shipment: Shipment
    pieces: Mapping[str, int]
    because: Reason | None


class OrderPromise(NamedTuple):
    """What is still to come of an order, by shipment, and pieces by line that nothing is promised for yet."""

    shipments: tuple[PromisedShipment, ...]
    waiting: Mapping[str, int]

    @property
    def deliver_by(self) -> int | None:
        """Return by when (ms UTC) all that is still to come arrives; None: no one can say, or nothing is."""
        return None if self.waiting else max([each.shipment.deliver_by for each in self.shipments], default=None)


def promises(order: str) -> Callable[[State, object], OrderPromise | None]:
    """Return the view of what an order's shipments promise, and why that has changed; None for an unknown order."""

    def view(state: State, _given: object) -> OrderPromise | None:
        document = state.document(order_key(order))
        if document is None:
            return None
        shipments = [(shipment, _to_come(state, document, shipment)) for shipment in _shipments(state, order)]
        waits = {
            line.id: sum([standing(state, document.unit(line.id), where) for where in WAITING])
            for line in document.lines
        }
        return OrderPromise(
            tuple([PromisedShipment(each, pieces, _why(state, each)) for each, pieces in shipments if pieces]),
            {line: quantity for line, quantity in waits.items() if quantity > 0},
        )

    return view


def promised_before(world: State, order: Order, lines: Iterable[str]) -> str:
    """Return the last shipment that promised these lines and has none of one to pick any more, or ""."""
    known = set(lines)
    for shipment in reversed([*_shipments(world, order.id)]):
        own = known.intersection(shipment.lines)
        at = (line_account(LineState.ALLOCATED, shipment.id),)
        if any(world.balance(order.unit(line), at) <= 0 for line in sorted(own)):
            return shipment.id
    return ""


def moved(world: State, shipments: Iterable[Shipment]) -> tuple[Reason, ...]:
    """Say of shipments why each promises otherwise than the one that it stands in for."""
    because = [_why(world, shipment) for shipment in shipments]
    return tuple([reason for reason in because if reason])


def _why(world: State, shipment: Shipment) -> Reason | None:
    before = world.document(shipment_key(shipment.instead_of)) if shipment.instead_of else None
    if before is None or before.promise is None or shipment.promise is None:
        return None
    return why_moved(before.promise, shipment.promise)


def _shipments(world: State, order: str) -> Iterator[Shipment]:
    """Yield the shipments that an order has had, the first one first."""
    attempts = world.document(attempts_key(order))
    for number in range(1, attempts.shipments + 1 if attempts else 1):
        if (shipment := world.document(shipment_key(f"{order}/{number}"))) is not None:
            yield shipment


def _to_come(world: State, order: Order, shipment: Shipment) -> dict[str, int]:
    at = tuple([line_account(where, shipment.id) for where in TO_COME])
    held = {line.id: world.balance(order.unit(line.id), at) for line in order.lines}
    return {line: quantity for line, quantity in held.items() if quantity > 0}
