"""What nodes and carriers say: picked, shipped, delivered. Facts: they are taken as told, and never refused.

A message that implies earlier steps records those too, each as its own entry under its derived id
(`<shipment>/picked`), so that the late one is a repeat. What does not fit what we knew is taken all the same and
named among the reasons.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import attrs

from ..catalog import Catalog, local_day
from ..inventory import goods, is_told_apart, life_needed, lot_key, may_be_sold
from ..ledger import Disagreed, Event, Fact, LedgerCode, Reason, State, Supposed, Telling
from ..lots import LotCode, pick_plan, stocks
from ..orders import LineQuantity, LineState, Order, line_account, order_key
from ..values import by_name, identifier, positive
from .codes import FulfillmentCode
from .documents import Attempts, Shipment, attempts_key, shipment_key, transit
from .events import Delivered, LinePieces, Picked, Shipped, ShortPicked, reserved

__all__ = ["delivered", "picked", "shipped"]

Pieces = Mapping[str, int]
"""Pieces by line of the order."""


class Case(NamedTuple):
    """What a message is taken in: the state, what is given beside it, and now; which shipment, of which order."""

    world: State
    given: object
    now: int
    document: Shipment
    order: Order


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
    that were picked, whatever was proposed.
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
        lots = _under_way(_after(case, earlier), lines)
        event = Delivered(order=order.id, shipment=document.id, lines=lines, lots=lots)
        return (*earlier, Fact(f"{document.id}/delivered", (event,), (), (("pieces", None),)))

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
    id = f"{document.id}/picked"
    told = {line: dict(found).get(line, 0) + dict(missing).get(line, 0) for line, _ in (*found, *missing)}
    because = _beyond(id, told, _standing(world, order, LineState.ALLOCATED, document.id))
    events: list[Event] = []
    if found or not missing:
        lines = _lines(order, dict(found))
        lots, assumed = _lots(case, lines, named)
        because += (*assumed, *_unfit(case, lots))
        events.append(Picked(order=order.id, shipment=document.id, lines=lines, node=document.node, lots=lots))
    if missing:
        tried = world.document(attempts_key(order.id)) or Attempts(order=order.id, revision=0)
        turned_down = tuple(dict.fromkeys((*tried.turned_down, document.node)))
        lines = _lines(order, dict(missing))
        lots, assumed = _lots(case._replace(world=Supposed(world, events)), lines, lost)
        because += assumed
        events.append(
            ShortPicked(
                pool=order.pool,
                node=document.node,
                order=order.id,
                shipment=document.id,
                lines=lines,
                lots=lots,
                attempts=Attempts(
                    order=order.id,
                    revision=tried.revision + 1,
                    shipments=tried.shipments,
                    turned_down=turned_down,
                ),
            )
        )
    said = [(of, by_name(lots)) for of, lots in (("lots", named), ("short_lots", lost)) if lots]
    return Fact(id, tuple(events), because, (("picked", found), ("short", missing), *said))


def _tracked(case: Case) -> frozenset[str]:
    """Return the SKUs of an order whose pieces are told apart; all else costs no reading."""
    return frozenset([line.sku for line in case.order.lines if is_told_apart(case.given, line.sku)])


def _lots(
    case: Case, lines: tuple[LineQuantity, ...], named: tuple[LinePieces, ...]
) -> tuple[tuple[LinePieces, ...], tuple[Reason, ...]]:
    """Return the lots of pieces by line: those that were told, then those that were next; and what is odd about it."""
    known, taken, because = case.order.line_by_id, list[LinePieces](), list[Reason]()
    picked_by_line = {line: quantity for line, _, quantity in lines}
    for each in named:
        part = min(each.quantity, picked_by_line.get(each.line, 0))
        if part < each.quantity:
            subject = f"{case.document.id}/picked"
            because.append(Reason(LedgerCode.DISAGREES, subject, part, each.quantity, f"pieces of lot {each.lot}"))
        if part and (each.lot or each.owner):
            taken.append(each._replace(sku=known[each.line].sku, quantity=part))
        if part:
            picked_by_line[each.line] -= part
    for sku in sorted(_tracked(case)):
        own = [(line, picked_by_line[line]) for line, of, _ in lines if of == sku and picked_by_line[line]]
        for life_days, some in _by_life(case, own):
            taken += _next(case, sku, some, taken, life_days)
        if own:
            because.append(Reason(LotCode.ASSUMED, sku, sum([quantity for _, quantity in own])))
    return tuple(taken), tuple(because)


def _unfit(case: Case, lots: tuple[LinePieces, ...]) -> tuple[Reason, ...]:
    batches = {each.lot: case.world.document(lot_key(each.sku, each.lot)) for each in lots if each.lot}
    unfit = [lot for lot, batch in batches.items() if not may_be_sold(batch, _day(case))]
    return tuple([Reason(LotCode.MAY_NOT_BE_SOLD, lot) for lot in unfit])


def _day(case: Case) -> int:
    """Return the day at the node; none has come where its calendar is not at hand."""
    place = case.given.network.node_by_id.get(case.document.node) if isinstance(case.given, Catalog) else None
    return local_day(place.calendar.zone, case.now) if place else 0


def _by_life(case: Case, wanted: Iterable[tuple[str, int]]) -> list[tuple[int, list[tuple[str, int]]]]:
    """Return pieces by line, together where their lots must last as long, those first that must last longest."""
    node, day, found = case.document.node, _day(case), dict[int, list[tuple[str, int]]]()
    for line, quantity in wanted:
        found.setdefault(life_needed(case.world, node, case.order.unit(line), day), []).append((line, quantity))
    return sorted(found.items(), reverse=True)


def _next(
    case: Case, sku: str, wanted: list[tuple[str, int]], taken: Iterable[LinePieces], life_days: int
) -> list[LinePieces]:
    """Return the lots that were next, for these pieces by line, where those that were told are taken already."""
    assert isinstance(case.given, Catalog)
    gone = [(each.lot, each.owner, each.quantity) for each in taken if each.sku == sku]
    there = [
        stock._replace(quantity=stock.quantity - sum([q for lot, who, q in gone if (lot, who) == stock[:2]]))
        for stock in stocks(case.world, case.document.node, sku)
    ]
    day, needed = _day(case), sum([quantity for _, quantity in wanted])
    plan = pick_plan(sku, there, needed, day=day, minimum_life_days=life_days)
    if missing := needed - sum([part.quantity for part in plan]):  # they came from somewhere: a recall must find them
        unfit = [stock for stock in there if stock[:2] not in {part[2:4] for part in plan}]
        unfit = [s._replace(batch=attrs.evolve(s.batch, recalled="") if s.batch else None) for s in unfit]
        plan += pick_plan(sku, unfit, missing, day=0)
    lots = [(sku, part.lot, part.owner, part.quantity) for part in plan]
    return [each for each in _dealt([(line, sku, quantity) for line, quantity in wanted], lots) if each[3:] != ("", "")]


def _dealt(lines: Iterable[tuple[str, str, int]], lots: Iterable[tuple[str, str, str, int]]) -> list[LinePieces]:
    """Deal lots (SKU, lot, owner, pieces) out to lines, each in its order, as far as they reach."""
    batches, dealt = list(lots), list[LinePieces]()
    left = [held for *_, held in batches]
    for line, sku, quantity in lines:
        missing = quantity
        for i, (of, lot, owner, _) in enumerate(batches):
            if of == sku and (part := min(left[i], missing)) > 0:
                dealt.append(LinePieces(line, sku, part, lot, owner))
                left[i] -= part
                missing -= part
    return dealt


def _after(case: Case, facts: Iterable[Fact]) -> Case:
    events = [event for fact in facts for event in fact.events]
    return case._replace(world=Supposed(case.world, events)) if events else case


def _in_hand(case: Case, lines: tuple[LineQuantity, ...]) -> tuple[LinePieces, ...]:
    """Return the lots that are bound to these pieces at their node."""
    tracked, bound = _tracked(case), list[LinePieces]()
    for line, sku, quantity in lines:
        if sku in tracked:
            here = reserved(case.document.node, case.order.id, line)
            parts = case.world.parts(goods(sku), here._replace(ref=""))
            own = [(sku, p.lot, p.owner, held) for p, held in sorted(parts.items()) if p.ref == here.ref]
            bound += _dealt([(line, sku, quantity)], [each for each in own if each[1:3] != ("", "") and each[3] > 0])
    return tuple(bound)


def _under_way(case: Case, lines: tuple[LineQuantity, ...]) -> tuple[LinePieces, ...]:
    """Return the lots that are under way with these pieces."""
    away, lots = transit(case.document.id), []
    for sku in sorted(_tracked(case)):
        parts = case.world.parts(goods(sku), away)
        lots += [(sku, part.lot, part.owner, held) for part, held in sorted(parts.items()) if held > 0]
    return tuple(_dealt(lines, lots))


def _ship(case: Case, told: tuple[tuple[str, int], ...] | None, tracking: str | None) -> tuple[Fact, ...]:
    world, document, order = case.world, case.document, case.order
    allocated = _standing(world, order, LineState.ALLOCATED, document.id)
    in_hand = _standing(world, order, LineState.PICKED, document.id)
    gone = [_standing(world, order, state, document.id) for state in (LineState.SHIPPED, LineState.DELIVERED)]
    is_gone = any(quantity for sent in gone for quantity in sent.values())  # it leaves once: this is a repeat
    all_there = {} if is_gone else {line: allocated[line] + in_hand[line] for line in allocated}
    pieces = {line: q for line, q in all_there.items() if q > 0} if told is None else dict(told)
    implied = {line: min(allocated.get(line, 0), q - in_hand.get(line, 0)) for line, q in pieces.items()}
    picks = tuple(sorted((line, quantity) for line, quantity in implied.items() if quantity > 0 and not is_gone))
    facts = [_pick(case, picks, ())] if picks else []
    if not pieces:
        return tuple(facts)
    id = f"{document.id}/shipped"
    lines = _lines(order, pieces)
    lots = _in_hand(_after(case, facts), lines)
    away, of = document.id, order.id
    event = Shipped(order=of, node=document.node, shipment=away, lines=lines, tracking=tracking or "", lots=lots)
    said = (("pieces", tuple(sorted(pieces.items()))), ("tracking", tracking))
    facts.append(Fact(id, (event,), _beyond(id, pieces, all_there), said))
    return tuple(facts)
