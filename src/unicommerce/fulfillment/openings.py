"""How pieces of an order are made open again, so that they can be canceled or given to others."""

from collections.abc import Mapping, Sequence

from ..ledger import Accepted, Between, Decision, Reason, Refused, State
from ..orders import (
    LineQuantity,
    LineState,
    Order,
    OrderCode,
    by_shipment,
    in_lines,
    line_account,
    line_unit,
    open_pieces,
    standing,
    whole_kits,
)
from ..supply import kept_pieces, open_again
from .codes import FulfillmentCode
from .documents import shipment_key
from .names import taken_back

__all__ = ["opening"]


def opening(world: State, order: Order, wanted: Mapping[str, int], *, takes_kept: bool = True) -> Decision:
    """Decide how pieces are made open again: open ones first, then those that wait, then those of shipments.

    Of the inbounds the latest goes first, of the shipments the last one. Kits that wait together go whole, after those
    that are open whole, or not at all.

    Because: `orders.UNKNOWN_LINE`, `TOO_LATE`.
    """
    unknown = [
        Reason(OrderCode.UNKNOWN_LINE, line_unit(order.id, line)) for line in wanted if line not in order.line_by_id
    ]
    if unknown:
        return Refused(tuple(unknown))
    taken: dict[str, list[LineQuantity]] = {}
    kept = kept_pieces(world, order)
    waits = _whole_of(world, order, wanted, kept) if kept and takes_kept else {}
    late = []
    for line, quantity in wanted.items():
        unit = order.unit(line)
        left = quantity - waits.get(line, 0) - standing(world, unit, LineState.OPEN)
        if (part := min(left, standing(world, unit, LineState.BACKORDERED) - kept.get(line, 0))) > 0:
            waits[line] = waits.get(line, 0) + part
            left -= part
        parts = world.parts(unit, line_account(LineState.ALLOCATED))
        for account, held in sorted(parts.items(), key=by_shipment, reverse=True):
            if (part := min(held, left)) > 0:
                taken.setdefault(account.ref, []).append(LineQuantity(line, order.line_by_id[line].sku, part))
                left -= part
        if left > 0:
            late.append(Reason(FulfillmentCode.TOO_LATE, unit, quantity - left, quantity))
    if late:
        return Refused(tuple(late))
    events, guards = open_again(world, order, waits)
    touched = tuple([LineQuantity(line, "", 1) for line in wanted])
    return _deallocated(world, order, taken, Accepted(events, (), (*guards, *open_pieces(order.id, touched))))


def _whole_of(world: State, order: Order, wanted: Mapping[str, int], kept: Mapping[str, int]) -> dict[str, int]:
    """Return the pieces by line of the whole kits that are wanted, are not open, and wait together."""
    opened = {line.id: standing(world, order.unit(line.id), LineState.OPEN) for line in order.lines}
    asked, there, waiting = (whole_kits(order, [pieces]) for pieces in (wanted, opened, kept))
    kits = {kit: min(max(number - there[kit], 0), waiting[kit]) for kit, number in asked.items()}
    return {line: quantity for line, quantity in in_lines(order, kits).items() if quantity > 0}


def _deallocated(world: State, order: Order, taken: Mapping[str, Sequence[LineQuantity]], before: Accepted) -> Decision:
    events, guards = list(before.events), list(before.guards)
    for ref, lines in taken.items():
        if (shipment := world.document(shipment_key(ref))) is not None:
            events += taken_back(world, order, shipment, lines)
        at_shipment = (line_account(LineState.ALLOCATED, ref),)
        guards += [Between(order.unit(line), at_shipment) for line, _, _ in lines]
    return Accepted(tuple(events), (), tuple(guards))
