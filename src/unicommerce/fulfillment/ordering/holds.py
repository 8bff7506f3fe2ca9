"""Orders that are held for a payment or a review: pending, claimed and not allocated, until the last hold is released.

What holds an order is its document, with when each hold runs out. A hold ends once: released, refused, or run out; the
last two cancel all that is not in a node's hands. A held order never leaves: no node is given pieces of it.
"""

from collections.abc import Callable, Iterable

import attrs

from ...catalog import Catalog, moment_text
from ...ledger import Accepted, Between, Decision, Event, Reason, Refused, Request, State, Supposed
from ...orders import (
    Canceled,
    LineQuantity,
    LineState,
    Order,
    OrderCode,
    OrderHold,
    OrderHolds,
    Resumed,
    Suspended,
    holds_key,
    line_account,
    line_quantities,
    open_pieces,
    order_key,
)
from ...values import HOUR_MS, identifier
from ..allocating.allocation import open_pieces_of
from ..allocating.openings import given, opening, released
from ..cases import Case
from ..policy import FulfillmentPolicy
from .in_hand import IN_HAND, UNPICKED, claimed_by_pool, put_back, standing_in, unallocated, why_too_late

__all__ = ["expire_holds", "held_by", "refuse_hold", "release_hold", "suspend", "suspended"]


def release_hold(
    order: str, hold: str, *, id: str = "", policy: FulfillmentPolicy = FulfillmentPolicy()
) -> Request[Catalog]:
    """Ask to release a hold of an order; with the last one its pieces are open, and allocated as `place` would.

    A hold that comes a second time needs an `id` of its own. Because: `orders.UNKNOWN_ORDER`, `orders.NOT_HELD`,
    `orders.HOLD_OVER`; of what is allocated as `allocate`.
    """

    def taken(case: Case, known: OrderHolds) -> Decision:
        until = next((each.until for each in known.holds if each.name == hold), None)
        if until is not None and until <= case.now:
            return Refused((Reason(OrderCode.HOLD_OVER, order, hold, moment_text(until)),))
        left = attrs.evolve(
            known, revision=known.revision + 1, holds=tuple([each for each in known.holds if each.name != hold])
        )
        if left.holds:
            return Accepted((Resumed(order=order, lines=(), holds=left),))
        return _resumed(case, left)

    return Request(
        f"order/{order}/hold/{identifier(hold, 'hold')}/released{id and '/'}{id}",
        (("hold", hold),),
        _of_held(order, hold, policy, taken),
    )


def refuse_hold(
    order: str, hold: str, *, reason: str = "", id: str = "", policy: FulfillmentPolicy = FulfillmentPolicy()
) -> Request[Catalog]:
    """Ask to cancel what a hold was put on for: it was not paid, or the review said no.

    Because: `orders.UNKNOWN_ORDER`, `orders.NOT_HELD`; `orders.HOLD_REFUSED`.
    """

    def taken(case: Case, known: OrderHolds) -> Decision:
        because = (Reason(OrderCode.HOLD_REFUSED, order, hold),)
        return _ended(case, known, reason or OrderCode.HOLD_REFUSED.value, because)

    return Request(
        f"order/{order}/hold/{identifier(hold, 'hold')}/refused{id and '/'}{id}",
        (("hold", hold), ("reason", reason)),
        _of_held(order, hold, policy, taken),
    )


def expire_holds(holds: OrderHolds, *, policy: FulfillmentPolicy = FulfillmentPolicy()) -> Request[Catalog]:
    """Ask to cancel what was not released in time. `holds` is the document that is due, so that each is asked once.

    Because: `orders.UNKNOWN_ORDER`, `orders.NOT_HELD`, `orders.HOLD_NOT_OVER`; `orders.HOLD_OVER`.
    """
    order = holds.order

    def taken(case: Case, known: OrderHolds) -> Decision:
        if known.due_at is None or known.revision != holds.revision:
            return Refused((Reason(OrderCode.NOT_HELD, order, None, holds.names),))
        if case.now < known.due_at:
            return Refused((Reason(OrderCode.HOLD_NOT_OVER, order, None, moment_text(known.due_at)),))
        over = ", ".join([each.name for each in known.holds if each.until is not None and each.until <= case.now])
        because = (Reason(OrderCode.HOLD_OVER, order, over, moment_text(known.due_at)),)
        return _ended(case, known, OrderCode.HOLD_OVER.value, because)

    return Request(
        f"order/{order}/holds/{holds.revision}/over", (("order", order),), _of_held(order, "", policy, taken)
    )


def suspend(
    order: str,
    hold: str,
    *,
    reshelves: bool = False,
    id: str = "",
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask to hold an order that was placed: what no node has picked is taken back, and pending.

    What is in a node's hands is put back where it `reshelves`, else that refuses; what has left is named. What a node
    would keep that is closed by now, others must have, or that refuses (`inventory.SHORT`): cancel it instead. A hold
    that comes a second time needs an `id` of its own. Because: `orders.UNKNOWN_ORDER`, `orders.HELD`, `IN_HAND`,
    `NOTHING_OPEN`, `HAS_LEFT`.
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document, known = world.document(order_key(order)), world.document(holds_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        if known and hold in [each.name for each in known.holds]:
            return Refused((Reason(OrderCode.HELD, order, hold),))
        case = Case(world, catalog, document, policy, now)
        in_hand, late = standing_in(world, document, IN_HAND), why_too_late(world, document, {})
        if (in_hand and not reshelves) or not (in_hand or standing_in(world, document, UNPICKED)):
            return Refused(late or (Reason(OrderCode.NOT_HELD, order, None, hold),))
        back = put_back(case, in_hand, reason=hold)
        off = unallocated(Supposed(world, back.events), document)
        events = (*back.events, *off.events)
        kept = claimed_by_pool(case, events)
        if isinstance(kept, Refused):
            return kept
        events = (*events, *kept.events)
        holds = held_by(order, (hold,), policy, now, known)
        held = suspended(Supposed(world, events), document, holds)
        at = tuple([line_account(state) for state in IN_HAND])
        none = [Between(document.unit(line.id), at, 0, 0) for line in document.lines]
        opened = open_pieces(order, held[0].lines)
        guards = (*back.guards, *off.guards, *kept.guards, *none, *opened)
        return Accepted((*events, *held), () if in_hand else late, guards)

    asked = (("hold", hold), *((("reshelves", True),) if reshelves else ()))
    return Request(f"order/{order}/hold/{identifier(hold, 'hold')}{id and '/'}{id}", asked, decide)


def held_by(
    order: str, names: Iterable[str], policy: FulfillmentPolicy, now: int, known: OrderHolds | None = None
) -> OrderHolds | None:
    """Return what holds an order from now on, beside what has held it; None where that is nothing."""
    more = tuple([OrderHold(name, now + policy.hold_hours * HOUR_MS) for name in names])
    if not more:
        return known
    return OrderHolds(
        order=order, revision=known.revision + 1 if known else 1, holds=(*(known.holds if known else ()), *more)
    )


def suspended(world: State, order: Order, holds: OrderHolds | None = None) -> tuple[Suspended, ...]:
    """Return that what is open of an order is held, where it is held at all."""
    lines = open_pieces_of(world, order)
    return (Suspended(order=order.id, lines=lines, holds=holds),) if lines or holds else ()


def _of_held(
    order: str, hold: str, policy: FulfillmentPolicy, taken: Callable[[Case, OrderHolds], Decision]
) -> Callable[[State, Catalog, int], Decision]:
    """Decide about an order that is held, by this hold ("": by any)."""

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document, known = world.document(order_key(order)), world.document(holds_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        if known is None or (hold and hold not in [each.name for each in known.holds]):
            return Refused((Reason(OrderCode.NOT_HELD, order, None, hold),))
        return taken(Case(world, catalog, document, policy, now), known)

    return decide


def _pending(case: Case) -> tuple[LineQuantity, ...]:
    return line_quantities(case.order, standing_in(case.world, case.order, (LineState.PENDING,)))


def _none_left(case: Case) -> tuple[Between, ...]:
    """Return the guards that nothing is pending any more, whatever was added or canceled meanwhile."""
    at = (line_account(LineState.PENDING),)
    return tuple([Between(case.order.unit(line.id), at, 0, 0) for line in case.order.lines])


def _resumed(case: Case, left: OrderHolds) -> Decision:
    """Open what was held, and give it to nodes where placing the order would have."""
    event = Resumed(order=case.order.id, lines=_pending(case), holds=left)
    after = case._replace(world=Supposed(case.world, (event,)))
    life_days = case.catalog.life_days
    lasts = any(life_days(case.order.channel, sku) for _, sku, _ in event.lines)
    at_once = case.policy.allocates_at_once or case.order.collect_at or case.order.kits or lasts
    allocated: Decision = given(after) if at_once and event.lines else Accepted()
    going: tuple[Event, ...] = allocated.events if isinstance(allocated, Accepted) else ()
    guards = allocated.guards if isinstance(allocated, Accepted) else ()
    return Accepted((event, *going), allocated.because, (*_none_left(case), *guards))


def _ended(case: Case, known: OrderHolds, reason: str, because: tuple[Reason, ...]) -> Decision:
    """Cancel all that is not in a node's hands; nothing holds the order any more."""
    world, order = case.world, case.order
    event = Resumed(
        order=order.id, lines=_pending(case), holds=attrs.evolve(known, revision=known.revision + 1, holds=())
    )
    after = Supposed(world, (event,))
    lines = line_quantities(order, standing_in(after, order, UNPICKED))
    if not lines:
        return Accepted((event,), because, _none_left(case))
    opened = opening(after, order, {line: quantity for line, _, quantity in lines})
    if isinstance(opened, Refused):
        return opened
    events = (event, *opened.events, Canceled(order=order.id, lines=lines, reason=reason))
    freed = released(Supposed(world, events), order, lines)
    return Accepted((*events, freed), because, (*_none_left(case), *opened.guards))
