"""How what an order is to have more of is had, and what it is to have less of is given back: lines and goods together.

More is claimed at the pool, or waits, as the policy says; kits that may not part, what must last and what is collected
is given to nodes at once, or not taken. Less gives its claim back. A kit goes whole.
"""

from collections.abc import Iterable, Mapping

from ...catalog import pool_place
from ...inventory import Claimed, GoodsState
from ...ledger import Accepted, Between, Decision, Event, Reason, Refused, State, Supposed
from ...orders import (
    Amended,
    LineQuantity,
    LineState,
    Order,
    is_held,
    line_account,
    line_quantities,
    line_unit,
    open_pieces,
    ordered,
)
from ...supply import claimed_or_awaited
from ..allocating.allocation import Case, allocation
from ..allocating.openings import claimed_lines, claims_of, opening, released
from ..codes import FulfillmentCode
from ..events import Allocated
from ..names import NO_NAMES, drawn
from .holds import suspended

__all__ = ["amended", "claimed_at_pool", "not_collectable", "served", "supplied", "torn"]


def supplied(
    case: Case, claimed: Claimed, before: tuple[Event, ...] = (), *, at_once: bool = False, is_held: bool = False
) -> Decision:
    """Decide the goods of lines that are open, or that `before` opens: claimed at the pool, or as the policy says.

    What is claimed is allocated where `at_once`; kits that may not part always are, whole, and so is what must last. Of
    those, what a plan could not serve is not taken: it is asked again for so many as were served, until all that is
    asked for is. What is held goes to no node; what of it must last is taken only if it could go to some now.
    """
    world, catalog, order, policy, now, _ = case
    at_once = not is_held and (at_once or bool(order.collect_at))
    given = _given_at_once(case, claimed_lines((claimed,)))
    if is_held and not any(catalog.life_days(order.channel, order.line_by_id[line].sku) for line in given):
        given = {}
    while True:
        claim = claimed_or_awaited(world, catalog, order, claimed, policy=policy.backorders, now=now, given=given)
        taken = claim.events if isinstance(claim, Accepted) else (claimed,)
        lines = [line for line in claimed_lines(taken) if at_once or line.line in given]
        names = NO_NAMES if is_held else drawn(world, catalog, order, taken, claimed_lines(taken), now=now)
        # Looked up before anything is refused, so that one reading of the store suffices.
        allocated: Decision = Accepted()
        if at_once or lines or names.lots:
            allocated = allocation(case._replace(world=Supposed(world, (*before, *taken))), lines, names)
        if isinstance(claim, Refused):
            return claim
        if names.lots and isinstance(allocated, Refused):
            return allocated
        going = allocated if isinstance(allocated, Accepted) else Accepted()
        going_out = served(going.events)
        if at_once and order.collect_at and (short := not_collectable(order, lines, going_out)):
            return Refused((*short, *allocated.because))
        if all(going_out.get(line, 0) == quantity for line, _, quantity in lines if line in given):
            if is_held:
                return Accepted(taken, claim.because, claim.guards)
            because = claim.because + allocated.because
            return Accepted(taken + going.events, because, claim.guards + going.guards)
        given = {line: going_out.get(line, 0) for line in given}


def _given_at_once(case: Case, lines: Iterable[LineQuantity]) -> dict[str, int]:
    """Return the pieces of the lines that may not stay open: of kits that may not part, and of what must last."""
    catalog, order = case.catalog, case.order
    whole = () if case.policy.kits_may_part else [line for kit in order.kits for line, _ in kit.components]
    return {line: quantity for line, sku, quantity in lines if line in whole or catalog.life_days(order.channel, sku)}


def served(events: Iterable[Event]) -> dict[str, int]:
    """Return the pieces by line that nodes are given; a plan gives whole kits where they may not part."""
    pieces_by_line: dict[str, int] = {}
    for line, _, quantity in [line for event in events if isinstance(event, Allocated) for line in event.lines]:
        pieces_by_line[line] = pieces_by_line.get(line, 0) + quantity
    return pieces_by_line


def not_collectable(order: Order, lines: Iterable[LineQuantity], going: Mapping[str, int]) -> tuple[Reason, ...]:
    """Say that not every piece can be had where it is collected, where that is so."""
    needed = sum([quantity for _, _, quantity in lines])
    found = sum([min(going.get(line, 0), quantity) for line, _, quantity in lines])
    if found == needed:
        return ()
    return (Reason(FulfillmentCode.NOT_COLLECTABLE, order.id, found, needed, order.collect_at),)


def claimed_at_pool(order: Order, lines: tuple[LineQuantity, ...], own: str = "") -> Claimed:
    """Return that pieces are claimed at the pool of their order, first of what a claim of its `own` has held."""
    place, state = pool_place(order.pool), GoodsState.RESERVED
    return Claimed(place=place, state=state, lines=claims_of(order.id, lines), channel=order.channel, own=own)


def torn(order: Order, change: Mapping[str, int]) -> tuple[Reason, ...]:
    """Say which kits would no longer be whole: the pieces of each component in one kit tell how many go together."""
    parts = []
    for kit in order.kits:
        whole_kits = min([abs(change.get(line, 0)) // each for line, each in kit.components])
        parts += [
            Reason(FulfillmentCode.PART_OF_KIT, line_unit(order.id, line), abs(change.get(line, 0)), whole_kits * each)
            for line, each in kit.components
            if abs(change.get(line, 0)) != whole_kits * each
        ]
    return tuple(parts)


def amended(case: Case, changes: Mapping[str, int], before: tuple[Event, ...] = ()) -> Decision:
    """Decide that lines of an order are of so many pieces more or less, once it was revised (`before`)."""
    world, order = case.world, case.order
    more = line_quantities(order, {line: change for line, change in changes.items() if change > 0})
    less = line_quantities(order, {line: -change for line, change in changes.items() if change < 0})
    still = _as_ordered(world, order, changes)
    if not more and not less:  # on record all the same: repeated after another amendment, it would undo that
        return Accepted((*before, Amended(order=order.id)), (), still)
    opened = opening(world, order, {line: quantity for line, _, quantity in less})
    if isinstance(opened, Refused):
        return opened
    events = [*before, *opened.events, Amended(order=order.id, added=more, removed=less)]
    if less:
        events.append(released(Supposed(world, events), order, less))
    had: Decision = Accepted()
    held = bool(is_held(world, order.id)) if more else False
    if more:
        had = supplied(case._replace(world=Supposed(world, events)), claimed_at_pool(order, more), is_held=held)
    if isinstance(had, Refused):
        return had
    events += had.events
    pending = suspended(Supposed(world, events), order) if held else ()
    guards = [guard for event in pending for guard in open_pieces(order.id, event.lines)]
    return Accepted((*events, *pending), had.because, (*opened.guards, *still, *had.guards, *guards))


def _as_ordered(world: State, order: Order, changes: Mapping[str, int]) -> tuple[Between, ...]:
    """Return the guards that lines are of the quantities that were asked for, whoever else amends them."""
    account = (line_account(LineState.ORDERED),)
    after = [(order.unit(line), -ordered(world, order.unit(line)) - change) for line, change in changes.items()]
    return tuple([Between(unit, account, held, held) for unit, held in after])
