"""What nodes and carriers say: picked, shipped, delivered. Facts: they are taken as told, and never refused.

A message that implies earlier steps records those too, each as its own entry under its derived id
(`<shipment>/picked`), so that the late one is a repeat. What does not fit what we knew is taken all the same and
named among the reasons; pieces that were taken back from a node meanwhile are claimed again for it (`again`).
"""

from collections.abc import Callable, Iterable, Mapping

import attrs

from ..counts import Regraded
from ..inventory import GoodsState, LotPieces, goods
from ..ledger import Disagreed, Event, Fact, LedgerCode, Reason, State, Supposed, Telling
from ..orders import LineQuantity, LineState, Order, line_account, order_key
from ..values import by_name, identifier, positive
from .again import as_decided, claimed_again
from .codes import FulfillmentCode
from .documents import Attempts, Shipment, attempts_key, shipment_key, transit
from .events import Delivered, LinePieces, Picked, Shipped, ShortPicked, reserved
from .names import allocated_of, dealt, kept_of, less, not_leaving, parted, renamed
from .picks import Case, lots_taken, tracked, unfit

__all__ = ["delivered", "picked", "shipped"]

Pieces = Mapping[str, int]
"""Pieces by line of the order."""


def picked(
    shipment: str,
    pieces: Pieces,
    *,
    short: Pieces | None = None,
    lots: Iterable[LinePieces] = (),
    short_lots: Iterable[LinePieces] = (),
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that a node has picked pieces by line, and could not find others (`short`); of which lots, if it says so.

    Pieces that are told apart, and of which nobody says which they were, are taken to be those that were next by
    expiry (`lots.ASSUMED`): first those that were picked, then those that were not found. Lots that were told are those
    that were picked, whatever was proposed. What an order has by name is picked before what is next; where others
    were picked instead, it is on the shelf again (`NOT_AS_NAMED`).
    """
    missing = _checked(short or {})
    found = _checked(pieces)
    named = _named(lots), _named(short_lots)

    def facts(case: Case) -> tuple[Fact, ...]:
        return (_pick(case, found, missing, *named),)

    return _telling(shipment, "picked", facts, occurred_at)


def shipped(
    shipment: str, pieces: Pieces | None = None, *, tracking: str | None = None, occurred_at: int | None = None
) -> Telling[object]:
    """Tell that pieces by line (None: all that stand there) left their node; that they were picked is implied."""
    told = None if pieces is None else _checked(pieces)

    def facts(case: Case) -> tuple[Fact, ...]:
        document, order = case.document, case.order
        nothing = Shipped(order=order.id, node=document.node, shipment=document.id, lines=(), tracking=tracking or "")
        said = (("pieces", None), ("tracking", tracking))
        return _ship(case, told, tracking) or (Fact(f"{document.id}/shipped", (nothing,), (), said),)

    return _telling(shipment, "shipped", facts, occurred_at)


def delivered(shipment: str, *, occurred_at: int | None = None) -> Telling[object]:
    """Tell that a shipment reached the customer; that it was picked and shipped is implied."""

    def facts(case: Case) -> tuple[Fact, ...]:
        document, order = case.document, case.order
        earlier = _ship(case, None, None)
        sent = dict(_standing(case.world, order, LineState.SHIPPED, document.id))
        for sending in [event for fact in earlier for event in fact.events if isinstance(event, Shipped)]:
            sent.update({line: sent.get(line, 0) + quantity for line, _, quantity in sending.lines})
        lines = _lines(order, sent)
        after = _after(case, earlier)
        event = Delivered(order=order.id, shipment=document.id, lines=lines, lots=_under_way(after, lines))
        guards = as_decided(after.world, (event,))
        return (*earlier, Fact(f"{document.id}/delivered", (event,), (), (("pieces", None),), guards))

    return _telling(shipment, "delivered", facts, occurred_at)


def _telling(
    shipment: str,
    step: str,
    facts: Callable[[Case], tuple[Fact, ...]],
    occurred_at: int | None,
) -> Telling[object]:
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


def _checked(pieces: Pieces) -> tuple[tuple[str, int], ...]:
    return tuple(sorted([(identifier(line, "line"), positive(q, f"quantity of {line}")) for line, q in pieces.items()]))


def _named(lots: Iterable[LinePieces]) -> tuple[LinePieces, ...]:
    return tuple(sorted([each._replace(quantity=positive(each.quantity, "quantity")) for each in lots]))


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
    case: Case,
    found: tuple[tuple[str, int], ...],
    missing: tuple[tuple[str, int], ...],
    named: tuple[LinePieces, ...] = (),
    lost: tuple[LinePieces, ...] = (),
) -> Fact:
    world, document, order = case.world, case.document, case.order
    id, there = f"{document.id}/picked", _standing(world, order, LineState.ALLOCATED, document.id)
    told = {line: dict(found).get(line, 0) + dict(missing).get(line, 0) for line, _ in (*found, *missing)}
    beyond = {line: q - max(there[line], 0) for line, q in found if line in there and q > there[line]}
    because = _beyond(id, told, there)
    again = claimed_again(world, case.given, order, document, beyond)
    events: list[Event] = []
    after = Supposed(world, again)
    names = kept_of(after, order, document)
    freed: tuple[LinePieces, ...] = ()
    if found or not missing:
        lines = _lines(order, dict(found))
        lots, assumed = lots_taken(case, lines, named, names)
        because += (*assumed, *unfit(case, lots))
        own, freed = parted(names, allocated_of(after, order, document) if names else {}, dict(found), lots)
        because += tuple(
            [Reason(FulfillmentCode.NOT_AS_NAMED, lot, None, order.unit(line)) for line, _, _, lot, _ in freed]
        )
        of, names = less(lots, own), less(less(names, own), freed)
        events.append(Picked(order=order.id, shipment=document.id, lines=lines, node=document.node, lots=of))
    if missing:
        still = {line: held - dict(found).get(line, 0) for line, held in there.items()}
        more, assumed, gone = _short(case._replace(world=Supposed(after, events)), dict(missing), still, lost, names)
        because += assumed
        events += more
        names, freed = less(names, gone), (*freed, *gone)
    events[:0] = (*again, *renamed(document, names, freed))
    said = [(of, by_name(lots)) for of, lots in (("lots", named), ("short_lots", lost)) if lots]
    guards = as_decided(world, events)
    return Fact(id, tuple(events), because, (("picked", found), ("short", missing), *said), guards)


def _short(
    case: Case, missing: Pieces, there: Pieces, lost: tuple[LinePieces, ...], names: tuple[LinePieces, ...]
) -> tuple[list[Event], tuple[Reason, ...], tuple[LinePieces, ...]]:
    """Say what becomes of pieces that a node did not find; of those it was no longer to give, no line knows.

    With the names that the order has no more.
    """
    document, order = case.document, case.order
    lots, because = lots_taken(case, _lines(order, missing), lost, names)
    gone = tuple([each for some in parted(names, there, missing, lots) for each in some])
    own = _lines(order, {line: min(q, max(there.get(line, 0), 0)) for line, q in missing.items()})
    given = {line: quantity for line, _, quantity in own}
    lots, others = _parted(lots, given)
    tried = case.world.document(attempts_key(order.id)) or Attempts(order=order.id, revision=0)
    turned_down = tuple(dict.fromkeys((*tried.turned_down, document.node)))
    attempts = attrs.evolve(tried, revision=tried.revision + 1, turned_down=turned_down)
    events: list[Event] = [
        ShortPicked(
            pool=order.pool,
            node=document.node,
            order=order.id,
            shipment=document.id,
            lines=own,
            lots=lots,
            attempts=attempts,
        )
    ]
    rest = _lines(order, {line: q - given.get(line, 0) for line, q in missing.items()})
    if rest:
        events.append(_set_apart(document, rest, others))
    return events, because, gone


def _parted(lots: tuple[LinePieces, ...], given: Pieces) -> tuple[tuple[LinePieces, ...], tuple[LinePieces, ...]]:
    """Part lots into those of so many pieces by line, and the others."""
    left, own, others = dict(given), list[LinePieces](), list[LinePieces]()
    for each in lots:
        part = min(each.quantity, left.get(each.line, 0))
        left[each.line] = left.get(each.line, 0) - part
        own += [each._replace(quantity=part)] if part else []
        others += [each._replace(quantity=each.quantity - part)] if part < each.quantity else []
    return tuple(own), tuple(others)


def _set_apart(document: Shipment, lines: tuple[LineQuantity, ...], lots: tuple[LinePieces, ...]) -> Regraded:
    """Put pieces that are nobody's and were not found where they are looked for."""
    of_none = [(line, sku, q - sum([lot.quantity for lot in lots if lot.line == line])) for line, sku, q in lines]
    return Regraded(
        regrade=f"{document.id}/picked",
        node=document.node,
        lines=tuple([(sku, quantity) for _, sku, quantity in of_none if quantity]),
        source=GoodsState.SELLABLE,
        target=GoodsState.QUARANTINE,
        reason="short pick",
        lots=tuple([LotPieces(lot.sku, lot.quantity, lot.lot, lot.owner) for lot in lots]),
    )


def _after(case: Case, facts: Iterable[Fact]) -> Case:
    events = [event for fact in facts for event in fact.events]
    return case._replace(world=Supposed(case.world, events)) if events else case


def _in_hand(case: Case, lines: tuple[LineQuantity, ...]) -> tuple[LinePieces, ...]:
    """Return the lots that are bound to these pieces at their node: the shipment's own names, before any others."""
    told_apart, bound = tracked(case), list[LinePieces]()
    document = case.world.document(case.document.key) or case.document
    staying = not_leaving(case.world, case.order, document) if told_apart else set()
    for line, sku, quantity in lines:
        if sku in told_apart:
            here = reserved(document.node, case.order.id, line)
            parts = case.world.parts(goods(sku), here._replace(ref=""))
            own = [
                ((line, p.lot, p.owner), held) for p, held in sorted(parts.items()) if p.ref == here.ref and held > 0
            ]
            ranked = sorted(own, key=lambda one: (one[0] in staying, one[0] not in document.names))
            lots = [(sku, lot, owner, held) for (_, lot, owner), held in ranked if lot or owner]
            bound += dealt([(line, sku, quantity)], lots)
    return tuple(bound)


def _under_way(case: Case, lines: tuple[LineQuantity, ...]) -> tuple[LinePieces, ...]:
    """Return the lots that are under way with these pieces."""
    away, lots = transit(case.document.id), []
    for sku in sorted(tracked(case)):
        parts = case.world.parts(goods(sku), away)
        lots += [(sku, part.lot, part.owner, held) for part, held in sorted(parts.items()) if held > 0]
    return tuple(dealt(lines, lots))


def _ship(case: Case, told: tuple[tuple[str, int], ...] | None, tracking: str | None) -> tuple[Fact, ...]:
    world, document, order = case.world, case.document, case.order
    allocated = _standing(world, order, LineState.ALLOCATED, document.id)
    in_hand = _standing(world, order, LineState.PICKED, document.id)
    gone = [_standing(world, order, state, document.id) for state in (LineState.SHIPPED, LineState.DELIVERED)]
    is_gone = any(quantity for sent in gone for quantity in sent.values())  # it leaves once: this is a repeat
    all_there = {} if is_gone else {line: allocated[line] + in_hand[line] for line in allocated}
    pieces = {line: q for line, q in all_there.items() if q > 0} if told is None else dict(told)
    implied = {line: q - in_hand[line] for line, q in pieces.items() if line in in_hand}
    picks = tuple(sorted((line, quantity) for line, quantity in implied.items() if quantity > 0 and not is_gone))
    facts = [_pick(case, picks, ())] if picks else []
    if not pieces:
        return tuple(facts)
    id = f"{document.id}/shipped"
    lines = _lines(order, pieces)
    after = _after(case, facts)
    lots = _in_hand(after, lines)
    away, of = document.id, order.id
    event = Shipped(order=of, node=document.node, shipment=away, lines=lines, tracking=tracking or "", lots=lots)
    said = (("pieces", tuple(sorted(pieces.items()))), ("tracking", tracking))
    facts.append(Fact(id, (event,), _beyond(id, pieces, all_there), said, as_decided(after.world, (event,))))
    return tuple(facts)
