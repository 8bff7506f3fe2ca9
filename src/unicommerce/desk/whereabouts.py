"""Where the pieces of an order are now, what happens to them next, who is to do it and until when, and what is late.

Read from balances and documents alone, so that it is true at one moment; nothing is stored for it. What a carrier calls
a parcel is in the journal and no balance: the timeline has it.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..fulfillment import Method, Shipment, arrival_key, attempts_key, collection_key, method_of, shipment_key
from ..ledger import State
from ..orders import (
    LineState,
    Order,
    OrderStatus,
    by_shipment,
    in_words,
    line_account,
    order_status,
    standing,
)
from ..returns import return_key
from ..supply import inbound_key, promise_key, spot

__all__ = ["NextStep", "Pieces", "Whereabouts", "due_by", "has_arrived", "pieces_of", "stands_at", "whereabouts"]

_S = LineState

NEXT: Mapping[LineState, tuple[str, str]] = MappingProxyType(
    {
        _S.PENDING: ("released", "shop"),
        _S.OPEN: ("given to a node", "shop"),
        _S.BACKORDERED: ("come in", "supplier"),
        _S.ALLOCATED: ("picked", "node"),
        _S.PICKED: ("packed", "node"),
        _S.PACKED: ("handed over", "node"),
        _S.READY: ("collected", "customer"),
        _S.SHIPPED: ("delivered", "carrier"),
    }
)
"""What happens to pieces next, and who is to do it; "node" and "supplier" stand for the one that has or sends them."""

TO_COLLECT: Mapping[tuple[Method, LineState], tuple[str, str]] = MappingProxyType(
    {
        (Method.PICK_UP, _S.PACKED): ("made ready", "node"),
        (Method.SHIP_TO_STORE, _S.SHIPPED): ("made ready", "counter"),
    }
)
"""What happens next instead where the customer collects."""

SENT: Mapping[LineState, str] = MappingProxyType(
    dict.fromkeys((_S.ALLOCATED, _S.PICKED, _S.PACKED), "node")
    | {_S.READY: "counter", _S.SHIPPED: "carrier", _S.DELIVERED: "customer", _S.COLLECTED: "customer"}
)
"""Who has pieces of a shipment; "node" and "counter" stand for where it leaves from and where it is collected."""


_FURTHEST = tuple(reversed(LineState))


class NextStep(NamedTuple):
    """What is to happen to pieces next, who is to do it, and until when (ms UTC; None: nobody can say)."""

    words: str
    who: str
    by: int | None


class Pieces(NamedTuple):
    """So many pieces of a line that are in one state together, and where: `place` is a node, or who has them.

    `ref` is their shipment, the return they came back with, or what they wait for. `promised_at` (ms UTC) is what the
    customer was told last: by when to have them, or from when on to collect them. Pieces are late once that, or the
    moment of the next step, has passed. `has_arrived`: they were sent to a node to be collected there, and have reached
    it; no line knows of that.
    """

    line: str
    sku: str
    quantity: int
    state: LineState
    ref: str = ""
    place: str = ""
    promised_at: int | None = None
    next: NextStep | None = None
    is_late: bool = False
    has_arrived: bool = False

    @property
    def words(self) -> str:
        """Return in plain words where they are.

        >>> Pieces("1", "MUG", 2, LineState.SHIPPED, place="store-7", has_arrived=True).words
        'arrived at store-7, not ready yet'
        """
        return f"arrived at {self.place}, not ready yet" if self.has_arrived else in_words({self.state: self.quantity})


class Whereabouts(NamedTuple):
    """An order, its status in one word, and its pieces where they are."""

    status: OrderStatus
    pieces: tuple[Pieces, ...]

    @property
    def words(self) -> str:
        """Return in plain words where all pieces are, the furthest first; unlike `status.words` it knows arrivals."""
        held: dict[str, int] = {}
        for piece in sorted(self.pieces, key=lambda piece: _FURTHEST.index(piece.state)):
            held[piece.words] = held.get(piece.words, 0) + piece.quantity
        total = sum(held.values())
        return ", ".join(
            [words if pieces == total else f"{pieces} of {total} {words}" for words, pieces in held.items()]
        )

    @property
    def late(self) -> tuple[Pieces, ...]:
        """Return what is late."""
        return tuple([piece for piece in self.pieces if piece.is_late])

    @property
    def next(self) -> NextStep | None:
        """Return what is to happen next, the earliest of what has a date first; None: nothing is."""
        steps = [piece.next for piece in self.pieces if piece.next]
        return min(steps, key=lambda step: (step.by is None, step.by or 0), default=None)


def whereabouts(order: str, *, now: int) -> Callable[[State, object], Whereabouts | None]:
    """Return the view of where the pieces of an order are, at a moment (ms UTC); None: there is no such order."""
    status_of = order_status(order)

    def view(state: State, given: object) -> Whereabouts | None:
        status = status_of(state, given)
        if status is None:
            return None
        pieces = [_placed(state, status.order, piece, now) for piece in pieces_of(state, status.order)]
        return Whereabouts(status, tuple(pieces))

    return view


def pieces_of(state: State, order: Order, states: tuple[LineState, ...] = tuple(LineState)[1:]) -> Iterator[Pieces]:
    """Yield the pieces of an order, by line, state (of those asked for) and shipment, return or inbound."""
    for line in order.lines:
        unit = order.unit(line.id)
        for where in states:
            left = standing(state, unit, where)
            parts = state.parts(unit, line_account(where)) if left else {}
            for account, held in sorted(parts.items(), key=by_shipment):
                yield Pieces(line.id, line.sku, held, where, account.ref)
                left -= held
            if left:
                yield Pieces(line.id, line.sku, left, where)


def _placed(state: State, order: Order, piece: Pieces, now: int) -> Pieces:
    """Return a piece with where it is, what it is promised by, what comes next, and whether any of it is late."""
    if piece.state is _S.BACKORDERED:
        found = _waiting(state, order, piece)
    elif piece.state is _S.RETURNED:
        back = state.document(return_key(piece.ref))
        found = piece._replace(place=back.node if back else "")
    elif shipment := state.document(shipment_key(piece.ref)) if piece.state in SENT else None:
        found = _sent(state, piece, shipment)
    else:
        words, who = NEXT.get(piece.state, ("", ""))
        step = NextStep(words, who, None) if words else None
        found = piece._replace(promised_at=_promised_last(state, order, piece.line) if step else None, next=step)
    promised_at = None if piece.state is _S.READY else found.promised_at  # it is there, as was promised
    moments = (promised_at, found.next.by) if found.next else ()
    return found._replace(is_late=any(at is not None and at < now for at in moments))


def _promised_last(state: State, order: Order, line: str) -> int | None:
    """Return what the last shipment that was given a line promised (ms UTC): it is what the customer was told."""
    attempts = state.document(attempts_key(order.id))
    for number in range(attempts.shipments if attempts else 0, 0, -1):
        shipment = state.document(shipment_key(f"{order.id}/{number}"))
        if shipment and line in shipment.lines:
            return shipment.deliver_by
    return None


def _waiting(state: State, order: Order, piece: Pieces) -> Pieces:
    node, id = spot(piece.ref)
    inbound, promise = state.document(inbound_key(id)) if id else None, state.document(promise_key(order.id))
    words, who = NEXT[piece.state]
    step = NextStep(words, inbound.source or who, inbound.expected_at) if inbound else None
    return piece._replace(place=node, promised_at=promise.promised_at if promise else None, next=step)


def _sent(world: State, piece: Pieces, shipment: Shipment) -> Pieces:
    is_there = has_arrived(world, shipment, piece.state)
    place = shipment.collect_at if is_there else stands_at(shipment, piece.state)
    by = due_by(world, shipment, piece.state)
    words, who = TO_COLLECT.get((method_of(shipment), piece.state), NEXT.get(piece.state, ("", "")))
    step = NextStep(words, _named(shipment, who), by) if words else None
    return piece._replace(place=place, promised_at=shipment.deliver_by, next=step, has_arrived=is_there)


def has_arrived(world: State, shipment: Shipment, state: LineState) -> bool:
    """Tell whether pieces that were sent to a node to be collected there have reached it, and are not ready yet."""
    return state is _S.SHIPPED and world.document(arrival_key(shipment.id)) is not None


def _named(shipment: Shipment, who: str) -> str:
    return {"node": shipment.node, "counter": shipment.collect_at or shipment.node}.get(who, who)


def stands_at(shipment: Shipment, state: LineState) -> str:
    """Return where pieces of a shipment are in a state: at the node it leaves from, or where it is collected."""
    return _named(shipment, SENT[state])


def due_by(world: State, shipment: Shipment, state: LineState) -> int | None:
    """Return until when (ms UTC) the next step of pieces of a shipment is to be taken; None: nobody can say.

    A node has until the call of its carrier that the promise counts on (of a shipment that does not know it, until the
    promise); a customer as long as they are kept.
    """
    if state is _S.READY:
        waiting = world.document(collection_key(shipment.id))
        return waiting.collect_by if waiting else None
    is_at_node = SENT[state] == "node"
    return shipment.leaves_at if is_at_node and shipment.promise else shipment.deliver_by
