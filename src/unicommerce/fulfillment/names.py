"""Which lots and serials an order has by name: from its basket through the node that has them to the pick.

A name is a piece of a lot that is reserved under the line at the node of its shipment. The shipment's document tells
which names it has, those first that it has yet to pick, so that nothing is searched for. Pieces without a name go
first. What goes back to the pool, or was not found, has no name any more.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import attrs

from ..catalog import Catalog
from ..inventory import Released, claim_key, day_at, goods, is_told_apart, lot_key, may_be_sold
from ..ledger import Event, Reason, State
from ..orders import LineQuantity, LineState, Order, line_account
from .codes import FulfillmentCode
from .documents import Shipment, shipment_key
from .events import Deallocated, LinePieces, Named, reserved

__all__ = [
    "NO_NAMES",
    "Names",
    "allocated_of",
    "by_shipment_of",
    "dealt",
    "drawn",
    "gone_with",
    "kept_of",
    "less",
    "lost",
    "not_kept",
    "not_leaving",
    "parted",
    "renamed",
    "sums",
    "taken_back",
]

IN_HAND = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED, LineState.READY)
"""Where pieces stand that are at their node."""

Lots = tuple[LinePieces, ...]


class Names(NamedTuple):
    """Pieces of lines that are taken by name, all at one node."""

    node: str
    lots: Lots

    def ids(self) -> tuple[tuple[str, str, str], ...]:
        """Return them as (line, lot, owner), each once."""
        return tuple(dict.fromkeys([(each.line, each.lot, each.owner) for each in self.lots]))


NO_NAMES = Names("", ())


def dealt(lines: Iterable[tuple[str, str, int]], lots: Iterable[tuple[str, str, str, int]]) -> list[LinePieces]:
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


def less(some: Iterable[LinePieces], others: Iterable[LinePieces]) -> Lots:
    """Return pieces of lots without others.

    >>> less([LinePieces("1", "MILK", 3, "L1")], [LinePieces("1", "MILK", 2, "L1")])[0].quantity
    1
    """
    gone: dict[LinePieces, int] = {}
    for each in others:
        name = each._replace(quantity=0)
        gone[name] = gone.get(name, 0) + each.quantity
    left = []
    for each in some:
        name = each._replace(quantity=0)
        part = min(gone.get(name, 0), each.quantity)
        gone[name] = gone.get(name, 0) - part
        left += [each._replace(quantity=each.quantity - part)] if part < each.quantity else []
    return tuple(left)


def _first(lots: Iterable[LinePieces], pieces: Mapping[str, int]) -> Lots:
    """Return so many pieces of each line, of the first lots."""
    left, taken = dict(pieces), []
    for each in lots:
        if (part := min(each.quantity, left.get(each.line, 0))) > 0:
            left[each.line] -= part
            taken.append(each._replace(quantity=part))
    return tuple(taken)


def sums(lots: Iterable[LinePieces]) -> dict[str, int]:
    """Return the pieces by line."""
    pieces: dict[str, int] = {}
    for each in lots:
        pieces[each.line] = pieces.get(each.line, 0) + each.quantity
    return pieces


# From the basket to the node


def drawn(
    world: State, catalog: Catalog, order: Order, events: Iterable[Event], lines: Iterable[LineQuantity], *, now: int
) -> Names:
    """Return the names that lines take over from the order's basket, by the events that drew on it."""
    basket = world.document(claim_key(order.basket)) if order.basket else None
    if basket is None or not basket.lots or basket.is_over(now):
        return NO_NAMES
    back = [event for event in events if isinstance(event, Released)]
    pieces = [
        (line.sku, line.lot, line.owner, line.quantity)
        for event in sorted(back, key=lambda event: event.target, reverse=True)  # the shelf before quarantine
        for line in event.lines
        if line.ref == basket.ref and is_told_apart(catalog, line.sku)
    ]
    return Names(basket.place, tuple(dealt(lines, pieces)))


def not_kept(world: State, catalog: Catalog, order: Order, names: Names, *, now: int) -> tuple[Reason, ...]:
    """Return which of the names may not be sold through the order's channel at their node."""
    day = day_at(catalog, names.node, now)
    unfit = [
        each
        for each in names.lots
        if not may_be_sold(world.document(lot_key(each.sku, each.lot)), day, catalog.life_days(order.channel, each.sku))
    ]
    return lost(names._replace(lots=tuple(unfit)))


def lost(names: Names) -> tuple[Reason, ...]:
    """Say of names that they can not be kept."""
    return tuple([Reason(FulfillmentCode.NOT_KEPT, each.lot or each.owner, None, names.node) for each in names.lots])


# From the node on


def kept_of(world: State, order: Order, shipment: Shipment) -> Lots:
    """Return the names that a shipment has yet to pick."""
    there = []
    for line, lot, owner in shipment.names:
        sku, at = order.line_by_id[line].sku, reserved(shipment.node, order.id, line)
        held = world.balance(goods(sku), (at._replace(lot=lot, owner=owner),))
        there += [LinePieces(line, sku, held, lot, owner)] if held > 0 else []
    return _first(there, allocated_of(world, order, shipment) if there else {})


def allocated_of(world: State, order: Order, shipment: Shipment) -> dict[str, int]:
    """Return the pieces by line that a shipment has yet to pick."""
    at = (line_account(LineState.ALLOCATED, shipment.id),)
    return {line.id: world.balance(order.unit(line.id), at) for line in order.lines}


def given_up(names: Lots, allocated: Mapping[str, int], pieces: Mapping[str, int]) -> Lots:
    """Return the names that go with pieces by line which leave without one: the last, where others are too few."""
    named = sums(names)
    others = {line: max(allocated.get(line, 0) - named.get(line, 0), 0) for line in pieces}
    return _first(reversed(names), {line: quantity - others[line] for line, quantity in pieces.items()})


def parted(names: Lots, allocated: Mapping[str, int], pieces: Mapping[str, int], lots: Lots) -> tuple[Lots, Lots]:
    """Return which lots of these pieces by line were kept by name, and which names are given up for the others."""
    kept = less(lots, less(lots, names))
    own = sums(kept)
    rest = {line: quantity - own.get(line, 0) for line, quantity in pieces.items()}
    left = {line: quantity - own.get(line, 0) for line, quantity in allocated.items()}
    return kept, given_up(less(names, kept), left, rest)


def gone_with(names: Lots, allocated: Mapping[str, int], pieces: Mapping[str, int], lots: Lots) -> Lots:
    """Return the names that an order has no more when these pieces by line, of these lots, leave it."""
    kept, others = parted(names, allocated, pieces, lots)
    return (*kept, *others)


def renamed(shipment: Shipment, names: Lots, freed: Lots) -> tuple[Named, ...]:
    """Return how a shipment has yet to pick these names, where that is another matter, and how those freed end."""
    yet, gone = [dict.fromkeys([(each.line, each.lot, each.owner) for each in some]) for some in (names, freed)]
    still = (*yet, *(name for name in shipment.names if name not in yet and name not in gone))
    if still == shipment.names:
        return (Named(shipment=shipment, freed=freed),) if freed else ()
    return (Named(shipment=attrs.evolve(shipment, revision=shipment.revision + 1, names=still), freed=freed),)


def taken_back(
    world: State, order: Order, shipment: Shipment, lines: Iterable[LineQuantity], lots: Lots = ()
) -> tuple[Event, ...]:
    """Return how pieces are taken back from a node that has not picked them: these `lots`, then what has no name."""
    back, names = tuple(lines), kept_of(world, order, shipment)
    event = Deallocated(pool=order.pool, shipment=shipment, lines=back)
    if not names:
        return (event,)
    pieces = {line: quantity for line, _, quantity in back}
    freed = gone_with(names, allocated_of(world, order, shipment), pieces, lots)
    return (*renamed(shipment, less(names, freed), freed), event)


def by_shipment_of(world: State, order: Order, lots: Lots) -> dict[str, Lots]:
    """Return which of these lots each shipment of an order has yet to pick by name."""
    left, found = lots, dict[str, Lots]()
    for shipment in _shipments(world, order) if lots else ():
        if own := less(left, less(left, kept_of(world, order, shipment))):
            found[shipment.id] = own
            left = less(left, own)
    return found


def not_leaving(world: State, order: Order, shipment: Shipment) -> set[tuple[str, str, str]]:
    """Return the names, by line, that do not leave with a shipment: those of others, and those yet to be picked."""
    yet = {(each.line, each.lot, each.owner) for each in kept_of(world, order, shipment)}
    return yet.union(*[each.names for each in _shipments(world, order, IN_HAND) if each.id != shipment.id])


def _shipments(world: State, order: Order, states: tuple[LineState, ...] = IN_HAND[:1]) -> list[Shipment]:
    """Return the shipments of an order that have pieces in these states."""
    units = [order.unit(line.id) for line in order.lines]
    refs = {account.ref for unit in units for state in states for account in world.parts(unit, line_account(state))}
    return [shipment for ref in sorted(refs) if (shipment := world.document(shipment_key(ref)))]
