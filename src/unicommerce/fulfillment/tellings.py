"""What nodes and carriers say: picked, shipped, delivered. Facts: they are taken as told, and never refused.

A message that implies earlier steps records those too, each as its own entry under its derived id
(`<shipment>/picked`), so that the late one is a repeat. What does not fit what we knew is taken all the same and
named among the reasons; pieces that were taken back from a node meanwhile are claimed again for it (`again`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import attrs

from ..catalog import Catalog, local_day
from ..counts import Regraded
from ..inventory import GoodsState, LotPieces, goods, is_told_apart, life_needed, lot_key, may_be_sold
from ..ledger import Disagreed, Event, Fact, LedgerCode, Reason, State, Supposed, Telling
from ..lots import LotCode, pick_plan, stocks
from ..orders import LineQuantity, LineState, Order, line_account, order_key
from ..values import by_name, identifier, positive
from .again import as_decided, claimed_again
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
    events: list[Event] = [*claimed_again(world, case.given, order, document, beyond)]
    if found or not missing:
        lines = _lines(order, dict(found))
        lots, assumed = _lots(case, lines, named)
        because += (*assumed, *_unfit(case, lots))
        events.append(Picked(order=order.id, shipment=document.id, lines=lines, node=document.node, lots=lots))
    if missing:
        still = {line: held - dict(found).get(line, 0) for line, held in there.items()}
        more, assumed = _short(case._replace(world=Supposed(world, events)), dict(missing), still, lost)
        because += assumed
        events += more
    said = [(of, by_name(lots)) for of, lots in (("lots", named), ("short_lots", lost)) if lots]
    guards = as_decided(world, events)
    return Fact(id, tuple(events), because, (("picked", found), ("short", missing), *said), guards)


def _short(
    case: Case, missing: Pieces, there: Pieces, lost: tuple[LinePieces, ...]
) -> tuple[list[Event], tuple[Reason, ...]]:
    """Say what becomes of pieces that a node did not find; of those it was no longer to give, no line knows."""
    document, order = case.document, case.order
    lots, because = _lots(case, _lines(order, missing), lost)
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
    return events, because


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
