"""Of which lots a node has picked pieces: as it says, or as was promised and is next by expiry."""

from collections.abc import Iterable
from typing import NamedTuple

import attrs

from ...catalog import Catalog, local_day
from ...inventory import is_told_apart, life_needed, lot_key, may_be_sold
from ...ledger import LedgerCode, Reason, State
from ...lots import LotCode, pick_plan, stocks
from ...orders import LineQuantity, Order
from ..documents import Shipment
from ..events import LinePieces
from ..names import dealt, less

__all__ = ["Case", "lots_taken", "tracked", "unfit"]


class Case(NamedTuple):
    """What a message is taken in: the state, what is given beside it, and now; which shipment, of which order."""

    world: State
    given: object
    now: int
    document: Shipment
    order: Order


def tracked(case: Case) -> frozenset[str]:
    """Return the SKUs of an order whose pieces are told apart; all else costs no reading."""
    return frozenset([line.sku for line in case.order.lines if is_told_apart(case.given, line.sku)])


def lots_taken(
    case: Case, lines: tuple[LineQuantity, ...], named: tuple[LinePieces, ...], kept: tuple[LinePieces, ...]
) -> tuple[tuple[LinePieces, ...], tuple[Reason, ...]]:
    """Return the lots of pieces by line: those told, then those `kept` by name, then the next; what is odd about it."""
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
    for each in less(kept, taken):
        if (part := min(each.quantity, picked_by_line.get(each.line, 0))) > 0:
            taken.append(each._replace(quantity=part))
            picked_by_line[each.line] -= part
    for sku in sorted(tracked(case)):
        own = [(line, picked_by_line[line]) for line, of, _ in lines if of == sku and picked_by_line[line]]
        for life_days, some in _by_life(case, own):
            taken += _next(case, sku, some, less(taken, kept), life_days)
        if own:
            because.append(Reason(LotCode.ASSUMED, sku, sum([quantity for _, quantity in own])))
    return tuple(taken), tuple(because)


def unfit(case: Case, lots: tuple[LinePieces, ...]) -> tuple[Reason, ...]:
    """Return which of the lots may not be sold."""
    batches = {each.lot: case.world.document(lot_key(each.sku, each.lot)) for each in lots if each.lot}
    wrong = [lot for lot, batch in batches.items() if not may_be_sold(batch, _day(case))]
    return tuple([Reason(LotCode.MAY_NOT_BE_SOLD, lot) for lot in wrong])


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
    return [each for each in dealt([(line, sku, quantity) for line, quantity in wanted], lots) if each[3:] != ("", "")]
