"""Pieces that a node has in hand though they were taken back from it meanwhile: they are claimed for it again.

The node is right about its parcel. What it has is taken from the line's other pieces, those that are open first, then
those that are held or wait, then those of other shipments; kits that wait together stay so. What nobody wants any more
(it was canceled, or is beyond the order) is ordered anew, so that what customers were told stays on record and no state
of a line is ever below zero.
"""

from collections.abc import Iterable, Mapping

from ..catalog import Catalog, pool_place
from ..inventory import Claimed, GoodsState
from ..ledger import Accepted, Between, Event, State, Supposed
from ..orders import Amended, LineQuantity, LineState, Order, line_account, line_quantities, order_key, standing
from ..supply import kept_pieces
from ..values import Unit
from .documents import Shipment, attempts_key
from .events import Allocated, Picked
from .openings import claims_of, opening

__all__ = ["as_decided", "claimed_again"]

ELSEWHERE = (LineState.OPEN, LineState.PENDING, LineState.BACKORDERED, LineState.ALLOCATED)


def claimed_again(
    world: State, given: object, order: Order, shipment: Shipment, beyond: Mapping[str, int]
) -> tuple[Event, ...]:
    """Return how pieces by line, beyond those that a shipment has been given, come to stand there."""
    attempts, lines = world.document(attempts_key(order.id)), line_quantities(order, beyond)
    if not lines or attempts is None:
        return ()
    others = Supposed(world, (_of_its_own(world, order, shipment),))
    kept = kept_pieces(others, order)
    there = {line: max(min(q, _elsewhere(others, order, line) - kept.get(line, 0)), 0) for line, _, q in lines}
    wanted = {line: quantity for line, quantity in there.items() if quantity}
    opened = opening(others, order, wanted, takes_kept=False)
    events = opened.events if isinstance(opened, Accepted) else ()
    anew = tuple([each._replace(quantity=each.quantity - there[each.line]) for each in lines])
    anew = tuple([each for each in anew if each.quantity])
    if anew:
        events += (Amended(order=order.id, added=anew), _claimed(given, order, anew))
    return (*events, Allocated(pool=order.pool, shipment=shipment, lines=lines, attempts=attempts))


def _of_its_own(world: State, order: Order, shipment: Shipment) -> Picked:
    """Return what takes out of sight the pieces that a shipment still has: those are no others."""
    at = (line_account(LineState.ALLOCATED, shipment.id),)
    held = [(line, world.balance(order.unit(line.id), at)) for line in order.lines]
    lines = tuple([LineQuantity(line.id, line.sku, quantity) for line, quantity in held if quantity > 0])
    return Picked(order=order.id, shipment=shipment.id, lines=lines)


def _elsewhere(world: State, order: Order, line: str) -> int:
    return sum([max(standing(world, order.unit(line), state), 0) for state in ELSEWHERE])


def _claimed(given: object, order: Order, lines: tuple[LineQuantity, ...]) -> Claimed:
    """Return the claim of pieces that are ordered anew, with the quota that they draw."""
    claims, channel = claims_of(order.id, lines), None
    if isinstance(given, Catalog):
        channel = given.channel_by_id.get(order.channel)
    quota = tuple([line for line in claims if channel and line.sku in channel.quota_by_sku])
    place, state = pool_place(order.pool), GoodsState.RESERVED
    return Claimed(place=place, state=state, lines=claims, channel=order.channel, quota=quota)


def as_decided(world: State, events: Iterable[Event]) -> tuple[Between, ...]:
    """Return the guards of an answer: of its shipments it finds what it was decided on, and takes no open piece twice.

    Whether somebody still comes is decided on all that waits: of pieces that wait all lines of their order are held.
    """
    events = tuple(events)
    after = Supposed(world, events)
    moves = [move for event in events for move in event.movements() if move.unit.startswith("line:")]
    touched = {(unit, account) for _, unit, *accounts in moves for account in accounts}
    counters = {(unit, account) for unit, account in touched if account.state == LineState.READY}
    touched |= {(other, account) for unit, account in counters for other in _siblings(world, unit)}
    guards = []
    for unit, account in sorted(touched):
        held = after.balance(unit, (account,))
        if account.ref:
            guards.append(Between(unit, (account,), held, held))
        elif account.state == LineState.OPEN:
            guards.append(Between(unit, (account,), min(held, 0)))
    return tuple(guards)


def _siblings(world: State, unit: Unit) -> tuple[Unit, ...]:
    """Return the units of all lines of the order that a line is of."""
    order = world.document(order_key(unit.removeprefix("line:").rpartition("/")[0]))
    return tuple([order.unit(line.id) for line in order.lines]) if order else ()
