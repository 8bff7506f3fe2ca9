"""How pieces of an order are made open again, so that they can be canceled or given to others.

A kit that waits at a node is given away whole: to that node once all is there, or to another that has all of it first.
"""

from collections.abc import Iterable, Mapping, Sequence

from ...catalog import pool_place
from ...inventory import Claimed, ClaimLine, GoodsState, Released, claim_lines, quota_lines
from ...ledger import Accepted, Between, Decision, Event, Guard, Reason, Refused, State, Supposed
from ...orders import (
    LineQuantity,
    LineState,
    Order,
    OrderCode,
    Resumed,
    by_shipment,
    in_lines,
    line_account,
    line_quantities,
    line_unit,
    open_pieces,
    standing,
    whole_kits,
)
from ...supply import SupplyCode, kept_pieces, kept_whole, no_more_kept, open_again
from ..codes import FulfillmentCode
from ..documents import shipment_key
from ..events import Allocated, LinePieces
from ..names import by_shipment_of, sums, taken_back
from .allocation import Case, allocation, open_pieces_of

__all__ = ["claimed_lines", "claims_of", "given", "opening", "released"]


def opening(
    world: State,
    order: Order,
    wanted: Mapping[str, int],
    *,
    takes_kept: bool = True,
    lots: tuple[LinePieces, ...] = (),
) -> Decision:
    """Decide how pieces are made open again: open ones first, those held, those that wait, then those of shipments.

    Those that are named by their `lots` are among them in any case. Of the inbounds the latest goes first, of the
    shipments the last one. Kits that wait together go whole, after those that are open whole, or not at all.

    Because: `orders.UNKNOWN_LINE`, `TOO_LATE`.
    """
    known = order.line_by_id
    if unknown := [line for line in dict.fromkeys([*wanted, *sums(lots)]) if line not in known]:
        return Refused(tuple([Reason(OrderCode.UNKNOWN_LINE, line_unit(order.id, line)) for line in unknown]))
    lots = tuple([each._replace(sku=known[each.line].sku) for each in lots])
    taken: dict[str, list[LineQuantity]] = {}
    held_back: list[LineQuantity] = []
    kept = kept_pieces(world, order)
    waits = _whole_of(world, order, wanted, kept) if kept and takes_kept else {}
    chosen = by_shipment_of(world, order, lots)
    named = sums([each for own in chosen.values() for each in own])
    late = _not_named(sums(lots), named, wanted, order)
    for line, quantity in wanted.items():
        unit = order.unit(line)
        left = quantity - named.get(line, 0) - waits.get(line, 0) - standing(world, unit, LineState.OPEN)
        if (part := min(left, standing(world, unit, LineState.PENDING))) > 0:
            held_back.append(LineQuantity(line, known[line].sku, part))
            left -= part
        if (part := min(left, standing(world, unit, LineState.BACKORDERED) - kept.get(line, 0))) > 0:
            waits[line] = waits.get(line, 0) + part
            left -= part
        parts = world.parts(unit, line_account(LineState.ALLOCATED))
        for account, held in sorted(parts.items(), key=by_shipment, reverse=True):
            own = sums(chosen.get(account.ref, ())).get(line, 0)
            more = max(min(held - own, left), 0)
            left -= more
            if part := own + more:
                taken.setdefault(account.ref, []).append(LineQuantity(line, known[line].sku, part))
        if left > 0:
            late.append(Reason(FulfillmentCode.TOO_LATE, unit, quantity - left, quantity))
    if late:
        return Refused(tuple(late))
    events, guards = open_again(world, order, waits)
    if held_back:
        events = (Resumed(order=order.id, lines=tuple(held_back)), *events)
    touched = tuple([LineQuantity(line, "", 1) for line in wanted])
    before = Accepted(events, (), (*guards, *open_pieces(order.id, touched), *_pending(order.id, held_back)))
    return _deallocated(world, order, taken, before, chosen)


def _pending(order: str, lines: Iterable[LineQuantity]) -> tuple[Between, ...]:
    """Return the guards that no held piece is taken twice."""
    return tuple([Between(line_unit(order, line), (line_account(LineState.PENDING),)) for line, _, _ in lines])


def _not_named(
    named: Mapping[str, int], there: Mapping[str, int], wanted: Mapping[str, int], order: Order
) -> list[Reason]:
    """Say of which lines there are not all the names any more, or more names than pieces are wanted."""
    found = {line: min(there.get(line, 0), wanted.get(line, 0)) for line in named}
    missing = [(order.unit(line), found[line], needed) for line, needed in named.items() if found[line] < needed]
    return [Reason(FulfillmentCode.TOO_LATE, *each) for each in missing]


def _whole_of(world: State, order: Order, wanted: Mapping[str, int], kept: Mapping[str, int]) -> dict[str, int]:
    """Return the pieces by line of the whole kits that are wanted, are not open, and wait together."""
    opened = {line.id: standing(world, order.unit(line.id), LineState.OPEN) for line in order.lines}
    asked, there, waiting = (whole_kits(order, [pieces]) for pieces in (wanted, opened, kept))
    kits = {kit: min(max(number - there[kit], 0), waiting[kit]) for kit, number in asked.items()}
    return {line: quantity for line, quantity in in_lines(order, kits).items() if quantity > 0}


def _deallocated(
    world: State,
    order: Order,
    taken: Mapping[str, Sequence[LineQuantity]],
    before: Accepted,
    chosen: Mapping[str, tuple[LinePieces, ...]],
) -> Decision:
    events, guards = list(before.events), list(before.guards)
    for ref, lines in taken.items():
        if (shipment := world.document(shipment_key(ref))) is not None:
            events += taken_back(world, order, shipment, lines, chosen.get(ref, ()))
        at_shipment = (line_account(LineState.ALLOCATED, ref),)
        guards += [Between(order.unit(line), at_shipment) for line, _, _ in lines]
    return Accepted(tuple(events), (), tuple(guards))


# Kits that wait at a node


def given(case: Case) -> Decision:
    """Give open pieces to nodes, and kits that have waited at a node: whole, there or where they are whole first."""
    there = _given_there(case)
    if not (case.order.kits and case.policy.kits_move):
        return there
    taken = there if isinstance(there, Accepted) else Accepted()
    for node, kit, number in kept_whole(Supposed(case.world, taken.events), case.order, are_there=False):
        for some in range(number, 0, -1):
            after = case._replace(world=Supposed(case.world, taken.events))
            if isinstance(more := _moved(after, node, kit, some), Accepted):
                taken = _both(taken, more)
                break
    return taken if taken.events else there


def _given_there(case: Case) -> Decision:
    opened, kept = open_pieces_of(case.world, case.order), kept_whole(case.world, case.order)
    answer = _with_kept(case, opened, kept)
    if answer is not None:
        return answer
    taken = Accepted()
    for node, kit, number in kept:  # by itself each may be served that a plan for all of them leaves over
        for some in range(number, 0, -1):
            after = case._replace(world=Supposed(case.world, taken.events))
            if isinstance(answer := _with_kept(after, (), [(node, kit, some)]), Accepted):
                taken = _both(taken, answer)
                break
    rest = allocation(case._replace(world=Supposed(case.world, taken.events)), opened)
    return _both(taken, rest) if taken.events and isinstance(rest, Accepted) else taken if taken.events else rest


def _both(one: Accepted, other: Accepted) -> Accepted:
    return Accepted(one.events + other.events, one.because + other.because, one.guards + other.guards)


def _with_kept(case: Case, lines: tuple[LineQuantity, ...], kept: list[tuple[str, str, int]]) -> Decision | None:
    """Give lines and kits that are kept at nodes to nodes; None: not all of the kits are served whole."""
    events, guards = no_more_kept(case.order, kept)
    nodes = case.catalog.network.node_by_id
    freed: Decision = Accepted(events, (), guards)
    if any(node not in nodes or not nodes[node].is_open for node, _, _ in kept):
        freed = _claimed_anew(case, events, guards)  # what a closed node keeps, the pool has to have itself
    kits = {kit: sum([number for _, own, number in kept if own == kit]) for _, kit, _ in kept}
    return _given_whole(case, lines, kits, freed)


def _moved(case: Case, node: str, kit: str, number: int) -> Decision | None:
    """Give kits that wait at a node to one that has them whole by now, and say so; None: there is none."""
    pieces = in_lines(case.order, {kit: number})
    events, guards = open_again(case.world, case.order, pieces, node=node)
    answer = _given_whole(case, (), {kit: number}, _claimed_anew(case, events, guards))
    if not isinstance(answer, Accepted):
        return answer
    lines = [(case.order.unit(line), quantity, case.order.line_by_id[line].sku) for line, quantity in pieces.items()]
    moved = tuple([Reason(SupplyCode.MOVED, ref, quantity, quantity, sku) for ref, quantity, sku in lines])
    return Accepted(answer.events, moved + answer.because, answer.guards)


def _given_whole(
    case: Case, lines: tuple[LineQuantity, ...], kits: Mapping[str, int], freed: Decision
) -> Decision | None:
    """Give lines, and the kits that are freed, to nodes; None: not all of the kits are served whole."""
    if isinstance(freed, Refused):
        return None
    events = freed.events
    pieces: dict[str, int] = {}
    for line, _, quantity in (*lines, *claimed_lines(events)):
        pieces[line] = pieces.get(line, 0) + quantity
    after = Supposed(case.world, events) if events else case.world
    answer = allocation(case._replace(world=after), line_quantities(case.order, pieces))
    going = answer.events if isinstance(answer, Accepted) else ()
    parcels = [{line: q for line, _, q in event.lines} for event in going if isinstance(event, Allocated)]
    served = whole_kits(case.order, parcels)
    if any(served[kit] < number for kit, number in kits.items()):
        return None
    return _both(freed, answer) if isinstance(answer, Accepted) else answer


def _claimed_anew(case: Case, events: Iterable[Event], guards: tuple[Guard, ...]) -> Decision:
    """Decide that what is freed is claimed at the pool as anybody would claim it, but for the quota."""
    claims = [event for event in events if isinstance(event, Claimed)]
    taken = Accepted(tuple([event for event in events if event not in claims]), (), guards)
    for claim in claims:
        after = Supposed(case.world, taken.events)
        answer = claim_lines(after, case.catalog, claim, now=case.now, has_quota=True, goes_on=True)
        if isinstance(answer, Refused):
            return answer
        taken = _both(taken, answer)
    return taken


def claimed_lines(events: Iterable[Event]) -> list[LineQuantity]:
    """Return the pieces of lines that events claim."""
    claims = [line for event in events if isinstance(event, Claimed) for line in event.lines]
    return [LineQuantity(ref.rpartition("/")[2], sku, quantity) for ref, sku, quantity, *_ in claims]


def claims_of(order: str, lines: tuple[LineQuantity, ...]) -> tuple[ClaimLine, ...]:
    """Return the claims on goods of an order's lines: each line is the `ref` of its own."""
    return tuple([ClaimLine(line_unit(order, line), sku, quantity) for line, sku, quantity in lines])


def released(world: State, order: Order, lines: tuple[LineQuantity, ...]) -> Released:
    """Return that the claims of open pieces at the pool are given back, with the quota that they drew."""
    place, state, freed = pool_place(order.pool), GoodsState.RESERVED, claims_of(order.id, lines)
    quota = quota_lines(world, order.channel, freed)
    return Released(place=place, state=state, lines=freed, channel=order.channel, quota=quota)
