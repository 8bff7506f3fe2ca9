"""What all messages about a shipment have in common: its pieces where they stand, those beyond, and its lots.

A message tells how many pieces have come to a step. What later messages have implied of it already is part of that, so
that in any order they end in one state.
"""

from collections.abc import Callable, Iterable, Mapping

import attrs

from ...inventory import goods
from ...ledger import Asked, Disagreed, Fact, LedgerCode, Reason, State, Supposed, Telling
from ...orders import LineQuantity, LineState, Order, line_account, order_key
from ...values import identifier, positive
from ..codes import FulfillmentCode
from ..documents import Collection, Shipment, collection_key, shipment_key, transit
from ..events import LinePieces, reserved
from ..names import dealt, not_leaving
from .picks import Case, tracked

__all__ = [
    "IN_HAND",
    "Pieces",
    "Told",
    "after_facts",
    "beyond",
    "checked",
    "collection_of",
    "come_to",
    "counter",
    "is_whole",
    "lines_of",
    "lots_in_hand",
    "standing_at",
    "telling_of",
    "to_come",
    "together_at",
    "too_late",
    "under_way",
]

Pieces = Mapping[str, int]
"""Pieces by line of the order."""

Told = tuple[tuple[str, int], ...]
"""The same, as a message has it: in order."""

IN_HAND = (LineState.PICKED, LineState.PACKED)
"""Where pieces stand that a node has in hand, and that nobody waits for at its counter."""

ADVANCE = (
    LineState.PICKED,
    LineState.PACKED,
    LineState.SHIPPED,
    LineState.LOST,
    LineState.RETURNED,
    LineState.READY,
    LineState.COLLECTED,
    LineState.DELIVERED,
)
"""Where pieces of a shipment stand once they were picked, the least advanced first; what is lost was never ready."""


def telling_of(
    shipment: str,
    step: str,
    facts: Callable[[Case], tuple[Fact, ...]],
    occurred_at: int | None,
) -> Telling[object]:
    """Return the message that a shipment has come to a step; of one that is not on record it is a finding."""
    id = f"{identifier(shipment, 'shipment')}/{step}"

    def decide(world: State, given: object, now: int) -> tuple[Fact, ...]:
        document = world.document(shipment_key(shipment))
        order = world.document(order_key(document.order)) if document else None
        if document is None or order is None:
            # Not under the message's own id: once the shipment is on record, the message can be told again.
            unknown = Disagreed(entry=id, field="shipment", known="none", told=shipment)
            return (Fact(f"{id}/unknown", (unknown,), (Reason(FulfillmentCode.UNKNOWN_SHIPMENT, id),)),)
        return facts(Case(world, given, now, document, order))

    return Telling(id, occurred_at, decide)


def checked(pieces: Pieces) -> Told:
    """Return pieces by line in order. Raises `InvalidValue` for one that counts none."""
    return tuple(sorted([(identifier(line, "line"), positive(q, f"quantity of {line}")) for line, q in pieces.items()]))


def lines_of(order: Order, pieces: Pieces) -> tuple[LineQuantity, ...]:
    """Return pieces of the lines that an order has."""
    known = order.line_by_id
    return tuple([LineQuantity(line, known[line].sku, q) for line, q in pieces.items() if line in known and q > 0])


def beyond(id: str, told: Pieces, known: Pieces) -> tuple[Reason, ...]:
    """Name the pieces that were told beyond those that are known."""
    over = [(line, known.get(line, 0), quantity) for line, quantity in told.items() if quantity > known.get(line, 0)]
    return tuple(
        [Reason(LedgerCode.DISAGREES, id, found, needed, f"pieces of line {line}") for line, found, needed in over]
    )


def too_late(id: str, told: Told | None, said: Asked) -> Fact:
    """Return that a message tells of pieces of which none are there any more, as a finding; nothing moves."""
    pieces = "all" if told is None else repr(told)
    finding = Disagreed(entry=id, field="pieces", known="none", told=pieces)
    return Fact(id, (finding,), (Reason(LedgerCode.DISAGREES, id, 0, pieces, "pieces"),), said)


def standing_at(case: Case, state: LineState) -> dict[str, int]:
    """Return the pieces by line of a shipment that stand in a state."""
    at = (line_account(state, case.document.id),)
    return {line.id: case.world.balance(case.order.unit(line.id), at) for line in case.order.lines}


def together_at(case: Case, states: Iterable[LineState]) -> dict[str, int]:
    """Return the pieces by line of a shipment that stand in one of several states."""
    held = [standing_at(case, state) for state in states]
    return {line.id: sum([pieces[line.id] for pieces in held]) for line in case.order.lines}


def come_to(case: Case, state: LineState) -> dict[str, int]:
    """Return the pieces by line of a shipment that have come to a state, or past it."""
    return together_at(case, ADVANCE[ADVANCE.index(state) :])


def to_come(
    case: Case, told: Told | None, state: LineState, sources: Iterable[LineState], id: str
) -> tuple[Pieces, tuple[Reason, ...]]:
    """Return the pieces that come to a state where so many have come in all, as far as they are there; what is not."""
    past, there = come_to(case, state), together_at(case, sources)
    known = {line: quantity + there[line] for line, quantity in past.items()}
    said = known if told is None else dict(told)
    more = {line: min(q - past[line], there[line]) for line, q in said.items() if line in past}
    return {line: q for line, q in more.items() if q > 0}, beyond(id, said, known)


def is_whole(past: Pieces, there: Pieces, taken: Pieces) -> bool:
    """Tell whether a step is taken with all pieces of a shipment at once: none is past it, and none stays behind."""
    return any(there.values()) and not any(past.values()) and all(q <= taken.get(line, 0) for line, q in there.items())


def after_facts(case: Case, facts: Iterable[Fact]) -> Case:
    """Return the case as it is once these facts are on record."""
    events = [event for fact in facts for event in fact.events]
    return case._replace(world=Supposed(case.world, events)) if events else case


def lots_in_hand(case: Case, lines: tuple[LineQuantity, ...], node: str) -> tuple[LinePieces, ...]:
    """Return the lots that are bound to these pieces at a node: the shipment's own names, before any others."""
    told_apart, bound = tracked(case), list[LinePieces]()
    document = case.world.document(case.document.key) or case.document
    staying = not_leaving(case.world, case.order, document) if told_apart else set()
    for line, sku, quantity in lines:
        if sku in told_apart:
            here = reserved(node, case.order.id, line)
            parts = case.world.parts(goods(sku), here._replace(ref=""))
            own = [
                ((line, p.lot, p.owner), held) for p, held in sorted(parts.items()) if p.ref == here.ref and held > 0
            ]
            ranked = sorted(own, key=lambda one: (one[0] in staying, one[0] not in document.names))
            lots = [(sku, lot, owner, held) for (_, lot, owner), held in ranked if lot or owner]
            bound += dealt([(line, sku, quantity)], lots)
    return tuple(bound)


def under_way(case: Case, lines: tuple[LineQuantity, ...]) -> tuple[LinePieces, ...]:
    """Return the lots that are under way with these pieces."""
    away, lots = transit(case.document.id), []
    for sku in sorted(tracked(case)):
        parts = case.world.parts(goods(sku), away)
        lots += [(sku, part.lot, part.owner, held) for part, held in sorted(parts.items()) if held > 0]
    return tuple(dealt(lines, lots))


def counter(shipment: Shipment) -> str:
    """Return the node at which pieces of a shipment wait once they are ready."""
    return shipment.collect_at or shipment.node


def collection_of(
    case: Case, waiting: Pieces, spot: str | None = None, collect_by: int | None = None
) -> Collection | None:
    """Return where these pieces of a shipment wait now and until when; None: as before, or nothing has waited yet."""
    known, id = case.world.document(collection_key(case.document.id)), case.document.id
    now = known or Collection(shipment=id, revision=0, node=counter(case.document), collect_by=None)
    if not any(quantity > 0 for quantity in waiting.values()):
        then = attrs.evolve(now, spot="", collect_by=None)
    else:
        until = now.collect_by if collect_by is None else collect_by
        then = attrs.evolve(now, spot=now.spot if spot is None else spot, collect_by=until)
    return None if then == now else attrs.evolve(then, revision=now.revision + 1)
