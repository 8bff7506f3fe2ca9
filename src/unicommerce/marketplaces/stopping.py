"""How pieces that nobody wants any more are stopped, as far as that goes: given back, put back, or named as gone.

Level-triggered: what is stopped is what our order has beyond what the marketplace still wants, so that a message that
comes twice under two names, or after we canceled the same pieces, stops nothing twice.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ..fulfillment import PickCase, Reshelved, opening, released, reshelved, shipment_key
from ..ledger import Accepted, Between, Event, Reason, Refused, State, Supposed
from ..orders import (
    Canceled,
    LineQuantity,
    LineState,
    Order,
    by_shipment,
    line_account,
    line_quantities,
    order_key,
    standing,
)
from .codes import MarketCode
from .documents import MarketOrder, market_order_key
from .standing import IN_HAND, LEFT, parts_of, told

__all__ = ["Case", "excess", "given_beyond", "stopped", "unwanted_under_way", "wanted_beside"]

GIVEN = (LineState.OPEN, LineState.BACKORDERED, LineState.ALLOCATED)
"""States of pieces that no node has in hand."""

ALL = (*GIVEN, *IN_HAND, *LEFT)
"""States of pieces that are there for whoever wants them."""


class Case(NamedTuple):
    """The state that a message is taken in, what is given beside it, and now (ms UTC)."""

    world: State
    given: object
    now: int

    def after(self, events: Iterable[Event]) -> "Case":
        """Return the case once these have happened."""
        return self._replace(world=Supposed(self.world, events))


def excess(
    world: State, document: MarketOrder | None, order: Order, called_off: Mapping[str, int] | None
) -> dict[str, int]:
    """Return the pieces that an order has beyond what is still wanted, by line of pieces.

    Of an order that no marketplace relayed it is what was called off of it, or all (None).
    """
    if document:
        return {line: -more for line, more in wanted_beside(world, document, order).items() if more < 0}
    held = {line.id: _held(world, order, line.id, ALL) for line in order.lines}
    if called_off is not None:
        off = {part: each * called_off.get(line, 0) for line, part, each in _parts(order)}
        held = {line: min(off[line], quantity) for line, quantity in held.items()}
    return {line: quantity for line, quantity in held.items() if quantity > 0}


def wanted_beside(world: State, document: MarketOrder, order: Order) -> dict[str, int]:
    """Return how many pieces by line a marketplace wants beside those that are there for it; below zero: too many."""
    return {
        part: each * sum(told(world, document, line)) - _held(world, order, part, ALL)
        for line, part, each in _parts(order)
    }


def _parts(order: Order) -> list[tuple[str, str, int]]:
    """Return each line as it was ordered, with each line of pieces of it, and how many of those one has."""
    of_kits = {part for kit in order.kits for part, _ in kit.components}
    lines = [*order.kit_by_id, *[line.id for line in order.lines if line.id not in of_kits]]
    return [(line, *part) for line in lines for part in parts_of(order, line)]


def stopped(case: Case, order: Order, too_many: Mapping[str, int], reason: str) -> Accepted:
    """Return how so many pieces are stopped, and which have left. It holds while all stand where they stood."""
    given = {line: min(q, _held(case.world, order, line, GIVEN)) for line, q in too_many.items()}
    opened = opening(case.world, order, {line: q for line, q in given.items() if q > 0})
    if isinstance(opened, Refused):
        return Accepted((), opened.because)
    events, left = list(opened.events), {line: q - given[line] for line, q in too_many.items()}
    for state in IN_HAND:
        for event in _put_back(case.after(events), order, state, left, reason):
            events.append(event)
            for line, _, quantity in event.lines:
                left[line] -= quantity
    lines = line_quantities(order, {line: q - left[line] for line, q in too_many.items() if q > left[line]})
    if lines:
        events.append(Canceled(order=order.id, lines=lines, reason=reason))
        events.append(released(case.after(events).world, order, lines))
    gone = [(line, quantity) for line, quantity in left.items() if quantity]
    because = [Reason(MarketCode.HAS_LEFT, order.unit(line), quantity, too_many[line]) for line, quantity in gone]
    guards = _guards(case.after(events).world, order, events, too_many)
    return Accepted(tuple(events), tuple(because), (*opened.guards, *guards))


def _put_back(case: Case, order: Order, state: LineState, left: Mapping[str, int], reason: str) -> Iterable[Reshelved]:
    """Yield what nodes put back of pieces that they have in hand, the last shipment first."""
    by_shipment_of: dict[str, list[LineQuantity]] = {}
    for line, wanted in left.items():
        needed = wanted
        parts = case.world.parts(order.unit(line), line_account(state))
        for account, held in sorted(parts.items(), key=by_shipment, reverse=True):
            if taken := max(min(held, needed), 0):
                needed -= taken
                known = LineQuantity(line, order.line_by_id[line].sku, taken)
                by_shipment_of.setdefault(account.ref, []).append(known)
    for ref, lines in by_shipment_of.items():
        if (shipment := case.world.document(shipment_key(ref))) is not None:
            pick = PickCase(case.world, case.given, case.now, shipment, order)
            yield reshelved(pick, tuple(lines), state, reason=reason)


def _guards(after: State, order: Order, events: Iterable[Event], too_many: Iterable[str]) -> Iterable[Between]:
    """Hold where the pieces of each line stand, and of shipments that put some back what they still have."""
    for unit in map(order.unit, too_many):
        for account in map(line_account, ALL):
            held = after.balance(unit, (account,))
            yield Between(unit, (account,), held, held)
    for event in [each for each in events if isinstance(each, Reshelved)]:
        at = (line_account(event.source, event.shipment),)
        for unit in [order.unit(line.id) for line in order.lines]:
            held = after.balance(unit, at)
            yield Between(unit, at, held, held)


def given_beyond(world: State, document: MarketOrder, order: Order) -> dict[str, int]:
    """Return the pieces of an order that the marketplace wants no more, and that no node has in hand."""
    beyond = excess(world, document, order, None)
    given = {line: min(quantity, _held(world, order, line, GIVEN)) for line, quantity in beyond.items()}
    return {line: quantity for line, quantity in given.items() if quantity > 0}


def _held(world: State, order: Order, line: str, states: tuple[LineState, ...]) -> int:
    return sum([standing(world, order.unit(line), state) for state in states])


def unwanted_under_way(order: str) -> Callable[[State, object], Mapping[str, int]]:
    """Return the view of pieces that somebody has though the marketplace wants them no more, by line of pieces.

    Nodes that have some in hand (their pick was told after they were called off) are to put them back; somebody is to
    intercept what has left, or to take it back. What comes back is in it no longer, nor is what can just be canceled.
    """

    def view(state: State, _given: object) -> Mapping[str, int]:
        document, placed = state.document(market_order_key(order)), state.document(order_key(order))
        if document is None or placed is None:
            return {}
        given = given_beyond(state, document, placed)
        left = {line: q - given.get(line, 0) for line, q in excess(state, document, placed, None).items()}
        return {line: quantity for line, quantity in left.items() if quantity > 0}

    return view
