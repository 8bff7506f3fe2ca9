"""Requests that move goods and lines together: place, allocate, amend, cancel; what nodes say is in `tellings`.

An open line always has a claim: at the pool from placing on, at the node from allocating on, back at the pool when a
node falls short. Each request is one entry, all of it or none.
"""

from collections.abc import Iterable, Mapping

import attrs

from ..catalog import Catalog, pool_place
from ..errors import InvalidValue
from ..inventory import Claimed, GoodsState
from ..ledger import Accepted, Between, Decision, Event, Reason, Refused, Request, State, Supposed
from ..orders import (
    Amended,
    Canceled,
    LineQuantity,
    LineState,
    Order,
    OrderCode,
    OrderLine,
    Placed,
    Revised,
    exploded,
    in_lines,
    is_held,
    line_account,
    line_quantities,
    line_unit,
    open_lines,
    open_pieces,
    order_key,
    ordered,
)
from ..supply import claimed_or_awaited
from ..values import by_name, identifier, pieces, positive, whole
from .allocation import Case, allocation
from .codes import FulfillmentCode
from .events import Allocated, LinePieces
from .exhausted import exhausted
from .holds import held_by, suspended
from .in_hand import IN_HAND, UNPICKED, put_back, standing_in, why_too_late
from .names import NO_NAMES, drawn
from .openings import claimed_lines, claims_of, given, opening, released
from .policy import FulfillmentPolicy

__all__ = ["allocate", "amend", "amended", "cancel", "not_collectable", "place", "released", "served", "torn"]


def place(
    order: Order,
    quantities: Mapping[str, int],
    *,
    holds: Iterable[str] | None = None,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask to take an order: pieces by line, claimed at its pool, and allocated at once where the policy says so.

    A line of a kit is taken as lines of its components (`orders.exploded`). Where there is too little, the policy says
    whether to refuse, to take a part, or to wait for what is expected.

    Lots that must last to be sold through the order's channel are allocated at once, and never waited for. So is what
    the basket has by name, to the node that has it: the order has these pieces until they are picked. So is what is
    collected at a node, which has to have all of it, or get it sent.

    While `holds` are on it (as "payment", "review"; None: those of the policy), its pieces are claimed at the pool and
    nothing is allocated; what must last can not be held so.

    Because: `orders.EXISTS`, `inventory.UNKNOWN_PLACE` and `SHORT`, `supply.SHORT`, `NOT_KEPT` refuse; `supply.WHOLE`,
    `supply.LASTING`, `supply.CUT` and `supply.BACKORDERED` name what each line lacks; `routing` says one reason for
    each node, `WAITS` what stays open; `COLLECTABLE` says from when on; `NO_COUNTER` and `NOT_COLLECTABLE` refuse.
    """
    if not quantities:
        raise InvalidValue("quantities", quantities, "pieces of one line or more")
    holding = tuple(dict.fromkeys([identifier(name, "hold") for name in (policy.holds if holds is None else holds)]))
    asked = _placing(order, quantities, holding)
    policy.due_at(order)

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        whole_order, by_line = exploded(order, quantities, catalog)
        placed, claimed = asked if whole_order is order else _placing(whole_order, by_line, holding)
        opened = open_lines(world, placed)
        case = Case(world, catalog, placed.order, policy, now)
        supplied = _supplied(case, claimed, (placed,), at_once=policy.allocates_at_once, is_held=bool(holding))
        if isinstance(opened, Refused):
            return opened
        if isinstance(supplied, Refused):
            return supplied
        events = (placed, *supplied.events)
        if holds := held_by(order.id, holding, policy, now):
            events += suspended(Supposed(world, events), placed.order, holds)
        return Accepted(events, supplied.because, supplied.guards)

    return Request(f"order/{order.id}/placed", asked[:1], decide)


def _supplied(
    case: Case, claimed: Claimed, before: tuple[Event, ...] = (), *, at_once: bool = False, is_held: bool = False
) -> Decision:
    """Decide the goods of lines that are open, or that `before` opens: claimed at the pool, or as the policy says.

    What is claimed is allocated where `at_once`; kits that may not part always are, whole, and so is what must last. Of
    those, what a plan could not serve is not taken: it is asked again for so many as were served, until all that is
    asked for is. Of what is held nothing is.
    """
    world, catalog, order, policy, now, _ = case
    at_once = not is_held and (at_once or bool(order.collect_at))
    given = {} if is_held else _given_at_once(case, claimed_lines((claimed,)))
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


def _placing(order: Order, quantities: Mapping[str, int], holds: tuple[str, ...]) -> tuple[Placed, Claimed]:
    lines = line_quantities(order, quantities)
    return Placed(order=order, lines=lines, holds=holds), _claimed(order, lines, own=order.basket)


def _claimed(order: Order, lines: tuple[LineQuantity, ...], own: str = "") -> Claimed:
    place, state = pool_place(order.pool), GoodsState.RESERVED
    return Claimed(place=place, state=state, lines=claims_of(order.id, lines), channel=order.channel, own=own)


def allocate(order: str, *, policy: FulfillmentPolicy = FulfillmentPolicy(), id: str = "") -> Request[Catalog]:
    """Ask to give the open pieces of an order to nodes; an `id` of its own for each time that it is asked again.

    No node is asked for what it has turned down, for as long as the policy says, and what other shipments have they
    keep. Of an order that was turned down too often (`MOST_ATTEMPTS`) the policy says what becomes of the open pieces.

    Because: `orders.UNKNOWN_ORDER`, `orders.HELD`, `NOTHING_OPEN`; `routing` says one reason for each node, and why a
    promise is another than before; `WAITS` what stays open, `GIVEN_UP` what is canceled, `supply.BACKORDERED` what
    waits for goods.
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(order_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        case = Case(world, catalog, document, policy, now)
        answer = exhausted(case) or given(case)
        held = is_held(world, order)
        return Refused(held) if held else answer

    return Request(f"order/{order}/allocated{id and '/'}{id}", (("order", order),), decide)


def cancel(
    order: str,
    quantities: Mapping[str, int] | None = None,
    *,
    lots: Iterable[LinePieces] = (),
    reason: str = "",
    reshelves: bool = False,
    id: str = "",
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask to cancel pieces of an order by line, or all that is not picked yet; a part needs an `id` of its own.

    Where it `reshelves`, what nodes have in hand is put back on their shelves too, after all that is not picked: up to
    the moment at which it leaves. `lots` says which of the pieces by name, where the order has them so; else the last
    names go, after what has none. A kit goes by its line as ordered, whole: its components alone can not be canceled in
    part. Because: `orders.UNKNOWN_ORDER`, `orders.UNKNOWN_LINE`, `PART_OF_KIT`, `TOO_LATE` (found and needed) and
    beside it what can still be done: `IN_HAND`, `HAS_LEFT`.
    """
    if quantities is not None and not id:
        raise InvalidValue("id", id, "an id of its own for canceling in part")
    part = None if quantities is None else pieces(quantities, "line")
    named = tuple(sorted([each._replace(quantity=positive(each.quantity, "quantity of a lot")) for each in lots]))

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(order_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        states = (*UNPICKED, *IN_HAND) if reshelves else UNPICKED
        wanted = standing_in(world, document, states) if part is None else in_lines(document, dict(part))
        if part is not None and (parts := torn(document, wanted)):
            return Refused(parts)
        if not wanted:
            return Refused((Reason(FulfillmentCode.NOTHING_OPEN, order), *why_too_late(world, document, {})))
        back = Accepted()
        if reshelves:
            unpicked = standing_in(world, document, UNPICKED)
            more = {line: quantity - unpicked.get(line, 0) for line, quantity in wanted.items()}
            back = put_back(Case(world, catalog, document, policy, now), more, to=policy.reshelves_to, reason=reason)
        answer = opening(Supposed(world, back.events), document, wanted, lots=named)
        if isinstance(answer, Refused):
            return Refused((*answer.because, *why_too_late(world, document, wanted)))
        lines = line_quantities(document, wanted)
        canceled = Canceled(order=order, lines=lines, reason=reason)
        freed = released(Supposed(world, (*back.events, *answer.events)), document, lines)
        return Accepted((*back.events, *answer.events, canceled, freed), (), (*back.guards, *answer.guards))

    more_asked = (*((("lots", by_name(named)),) if named else ()), *((("reshelves", True),) if reshelves else ()))
    asked = (("quantities", part), *more_asked, ("reason", reason))
    return Request(f"order/{order}/canceled{id and '/'}{id}", asked, decide)


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


def amend(
    order: str,
    quantities: Mapping[str, int],
    *,
    lines: Iterable[OrderLine] = (),
    id: str,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask that lines of an order be of other quantities: pieces by line, zero takes the line back.

    `lines` are new ones, which the order has from now on, at their prices; each has to be among the quantities.

    Less gives claims back, more claims at the pool and waits for `allocate`; a kit goes by its line as ordered, and
    more of it is allocated at once unless it may part, as is more of what must last. Where there is too little for
    more, the policy says what is done, as when an order is placed. Of an order that is held, more is held as well.
    Because: `orders.UNKNOWN_ORDER`, `orders.UNKNOWN_LINE`, `orders.LINE_EXISTS`, `PART_OF_KIT`, `TOO_LATE`;
    `inventory.SHORT`, `supply.SHORT`, `supply.WHOLE` and `supply.LASTING` refuse; `supply.CUT` and `supply.BACKORDERED`
    as `place` (found and needed).
    """
    wanted = sorted([(identifier(line, "line"), whole(q, f"quantity of {line}")) for line, q in quantities.items()])
    new = tuple(lines)
    if missing := [line.id for line in new if not quantities.get(line.id)]:
        raise InvalidValue("quantities", missing, "pieces of each new line")

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(order_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        if known := [line.id for line in new if line.id in (*document.line_by_id, *document.kit_by_id)]:
            return Refused(tuple([Reason(OrderCode.LINE_EXISTS, line_unit(order, line)) for line in known]))
        before = (Revised(order=with_lines(document, new, catalog)),) if new else ()
        document = before[0].order if before else document
        by_line = in_lines(document, dict(wanted))
        if unknown := [line for line in by_line if line not in document.line_by_id]:
            return Refused(tuple([Reason(OrderCode.UNKNOWN_LINE, line_unit(order, line)) for line in unknown]))
        changes = {line: quantity - ordered(world, document.unit(line)) for line, quantity in by_line.items()}
        if parts := torn(document, changes):
            return Refused(parts)
        return amended(Case(world, catalog, document, policy, now), changes, before)

    added = ((("lines", tuple([(line.id, line.sku, line.price_minor) for line in new])),)) if new else ()
    return Request(f"order/{order}/amended/{id}", (("quantities", tuple(wanted)), *added), decide)


def with_lines(order: Order, lines: tuple[OrderLine, ...], catalog: Catalog) -> Order:
    """Return the next revision of an order, with more lines; a kit among them as lines of its components."""
    return exploded(attrs.evolve(order, revision=order.revision + 1, lines=(*order.lines, *lines)), {}, catalog)[0]


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
    supplied: Decision = Accepted()
    held = bool(is_held(world, order.id)) if more else False
    if more:
        supplied = _supplied(case._replace(world=Supposed(world, events)), _claimed(order, more), is_held=held)
    if isinstance(supplied, Refused):
        return supplied
    events += supplied.events
    pending = suspended(Supposed(world, events), order) if held else ()
    guards = [guard for event in pending for guard in open_pieces(order.id, event.lines)]
    return Accepted((*events, *pending), supplied.because, (*opened.guards, *still, *supplied.guards, *guards))


def _as_ordered(world: State, order: Order, changes: Mapping[str, int]) -> tuple[Between, ...]:
    """Return the guards that lines are of the quantities that were asked for, whoever else amends them."""
    account = (line_account(LineState.ORDERED),)
    after = [(order.unit(line), -ordered(world, order.unit(line)) - change) for line, change in changes.items()]
    return tuple([Between(unit, account, held, held) for unit, held in after])
