"""What nodes and carriers say: picked, shipped, delivered. Facts: they are taken as told, and never refused.

A message that implies earlier steps records those too, each as its own entry under its derived id
(`<shipment>/picked`), so that the late one is a repeat. What does not fit what we knew is taken all the same and
named among the reasons.
"""

from collections.abc import Callable, Mapping

from ..ledger import Disagreed, Event, Fact, LedgerCode, Reason, State, Telling
from ..orders import LineQuantity, LineState, Order, line_account, order_key
from ..values import identifier, positive
from .codes import FulfillmentCode
from .documents import Attempts, Shipment, attempts_key, shipment_key
from .events import Delivered, Picked, Shipped, ShortPicked

__all__ = ["delivered", "picked", "shipped"]

Pieces = Mapping[str, int]
"""Pieces by line of the order."""


def picked(
    shipment: str, pieces: Pieces, *, short: Pieces | None = None, occurred_at: int | None = None
) -> Telling[object]:
    """Tell that a node has picked pieces by line, and could not find others (`short`)."""
    missing = _checked(short or {})
    found = _checked(pieces)

    def facts(world: State, document: Shipment, order: Order) -> tuple[Fact, ...]:
        return (_pick(world, document, order, found, missing),)

    return _telling(shipment, "picked", facts, occurred_at)


def shipped(
    shipment: str, pieces: Pieces | None = None, *, tracking: str | None = None, occurred_at: int | None = None
) -> Telling[object]:
    """Tell that pieces by line (None: all that stand there) left their node; that they were picked is implied."""
    told = None if pieces is None else _checked(pieces)

    def facts(world: State, document: Shipment, order: Order) -> tuple[Fact, ...]:
        nothing = Shipped(order=order.id, node=document.node, shipment=document.id, lines=(), tracking=tracking or "")
        said = (("pieces", None), ("tracking", tracking))
        return _ship(world, document, order, told, tracking) or (Fact(f"{document.id}/shipped", (nothing,), (), said),)

    return _telling(shipment, "shipped", facts, occurred_at)


def delivered(shipment: str, *, occurred_at: int | None = None) -> Telling[object]:
    """Tell that a shipment reached the customer; that it was picked and shipped is implied."""

    def facts(world: State, document: Shipment, order: Order) -> tuple[Fact, ...]:
        earlier = _ship(world, document, order, None, None)
        sent = dict(_standing(world, order, LineState.SHIPPED, document.id))
        for sending in [event for fact in earlier for event in fact.events if isinstance(event, Shipped)]:
            sent.update({line: sent.get(line, 0) + quantity for line, _, quantity in sending.lines})
        event = Delivered(order=order.id, shipment=document.id, lines=_lines(order, sent))
        return (*earlier, Fact(f"{document.id}/delivered", (event,), (), (("pieces", None),)))

    return _telling(shipment, "delivered", facts, occurred_at)


def _telling(
    shipment: str,
    step: str,
    facts: Callable[[State, Shipment, Order], tuple[Fact, ...]],
    occurred_at: int | None,
) -> Telling[object]:
    id = f"{identifier(shipment, 'shipment')}/{step}"

    def decide(world: State, _given: object, _now: int) -> tuple[Fact, ...]:
        document = world.document(shipment_key(shipment))
        order = world.document(order_key(document.order)) if document else None
        if document is None or order is None:
            # Not under the message's own id: once the shipment is on record, the message can be told again.
            unknown = Disagreed(entry=id, field="shipment", known="none", told=shipment)
            return (Fact(f"{id}/unknown", (unknown,), (Reason(FulfillmentCode.UNKNOWN_SHIPMENT, id),)),)
        return facts(world, document, order)

    return Telling(id, occurred_at, decide)


def _checked(pieces: Pieces) -> tuple[tuple[str, int], ...]:
    return tuple(sorted([(identifier(line, "line"), positive(q, f"quantity of {line}")) for line, q in pieces.items()]))


def _lines(order: Order, pieces: Pieces) -> tuple[LineQuantity, ...]:
    known = order.line_by_id
    return tuple([LineQuantity(line, known[line].sku, q) for line, q in pieces.items() if line in known and q > 0])


def _standing(world: State, order: Order, state: LineState, shipment: str) -> dict[str, int]:
    at = (line_account(state, shipment),)
    return {line.id: world.balance(order.unit(line.id), at) for line in order.lines}


def _beyond(id: str, told: Pieces, known: Pieces) -> tuple[Reason, ...]:
    over = [(line, known.get(line, 0), quantity) for line, quantity in told.items() if quantity > known.get(line, 0)]
    return tuple(
        [Reason(LedgerCode.DISAGREES, id, found, needed, f"pieces of line {line}") for line, found, needed in over]
    )


def _pick(
    world: State,
    document: Shipment,
    order: Order,
    found: tuple[tuple[str, int], ...],
    missing: tuple[tuple[str, int], ...],
) -> Fact:
    id = f"{document.id}/picked"
    told = {line: dict(found).get(line, 0) + dict(missing).get(line, 0) for line, _ in (*found, *missing)}
    because = _beyond(id, told, _standing(world, order, LineState.ALLOCATED, document.id))
    events: list[Event] = []
    if found or not missing:
        events.append(Picked(order=order.id, shipment=document.id, lines=_lines(order, dict(found))))
    if missing:
        tried = world.document(attempts_key(order.id)) or Attempts(order=order.id, revision=0)
        turned_down = tuple(dict.fromkeys((*tried.turned_down, document.node)))
        events.append(
            ShortPicked(
                pool=order.pool,
                node=document.node,
                order=order.id,
                shipment=document.id,
                lines=_lines(order, dict(missing)),
                attempts=Attempts(
                    order=order.id,
                    revision=tried.revision + 1,
                    shipments=tried.shipments,
                    turned_down=turned_down,
                ),
            )
        )
    return Fact(id, tuple(events), because, (("picked", found), ("short", missing)))


def _ship(
    world: State, document: Shipment, order: Order, told: tuple[tuple[str, int], ...] | None, tracking: str | None
) -> tuple[Fact, ...]:
    allocated = _standing(world, order, LineState.ALLOCATED, document.id)
    in_hand = _standing(world, order, LineState.PICKED, document.id)
    gone = [_standing(world, order, state, document.id) for state in (LineState.SHIPPED, LineState.DELIVERED)]
    is_gone = any(quantity for sent in gone for quantity in sent.values())  # it leaves once: this is a repeat
    all_there = {} if is_gone else {line: allocated[line] + in_hand[line] for line in allocated}
    pieces = {line: q for line, q in all_there.items() if q > 0} if told is None else dict(told)
    implied = {line: min(allocated.get(line, 0), q - in_hand.get(line, 0)) for line, q in pieces.items()}
    picks = tuple(sorted((line, quantity) for line, quantity in implied.items() if quantity > 0 and not is_gone))
    facts = [_pick(world, document, order, picks, ())] if picks else []
    if not pieces:
        return tuple(facts)
    id = f"{document.id}/shipped"
    event = Shipped(
        order=order.id, node=document.node, shipment=document.id, lines=_lines(order, pieces), tracking=tracking or ""
    )
    said = (("pieces", tuple(sorted(pieces.items()))), ("tracking", tracking))
    facts.append(Fact(id, (event,), _beyond(id, pieces, all_there), said))
    return tuple(facts)
