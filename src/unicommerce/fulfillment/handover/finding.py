"""How pieces that were lost come to be under way again, whatever their lines have become meanwhile.

The carrier is right about its parcel. Pieces that are still lost are open again, and from there all are given to the
shipment that they left with: those that were sent again give way, first those that no node has in hand (`again`); what
nobody wants any more is ordered anew, so that no state of a line is ever below zero.
"""

from ...catalog import pool_place
from ...inventory import Claimed, GoodsState, goods
from ...ledger import Event, Fact, Supposed
from ...orders import LineQuantity, LineState
from ..allocating.again import as_decided, claimed_again
from ..allocating.openings import claims_of
from ..events import LinePieces, Picked, Shipped
from ..mishap_events import Found, Reopened, missing_from
from ..names import dealt
from .messages import Pieces, Told, beyond, lines_of, standing_at, together_at
from .picks import Case, tracked

__all__ = ["found_again", "found_before", "lost_with"]


def lost_with(case: Case) -> dict[str, int]:
    """Return the pieces by line that were lost with a shipment and not found since."""
    lines = case.order.lines
    return {line.id: case.world.balance(goods(line.sku), (missing_from(case.document.id, line.id),)) for line in lines}


def found_before(case: Case) -> tuple[Fact, ...]:
    """Return what a message of a parcel implies of which all was lost: that it was found."""
    known = together_at(case, (LineState.SHIPPED, LineState.DELIVERED, LineState.RETURNED))
    if any(known.values()) or not any(lost_with(case).values()):
        return ()
    return (found_again(case, None, f"{case.document.id}/found"),)


def found_again(case: Case, told: Told | None, id: str) -> Fact:
    """Return that pieces by line (None: all) which were lost with a shipment are under way again."""
    document, order, gone = case.document, case.order, lost_with(case)
    wanted = gone if told is None else dict(told)
    pieces = {line: min(q, gone.get(line, 0)) for line, q in wanted.items() if gone.get(line, 0) > 0}
    lines = lines_of(order, pieces)
    opened = _open_again(case, pieces)
    lots = _lots(case, lines)
    there = Found(order=order.id, shipment=document.id, node=document.node, lines=lines, lots=lots)
    again = claimed_again(Supposed(case.world, (*opened, there)), case.given, order, document, pieces)
    sent: tuple[Event, ...] = (
        Picked(order=order.id, shipment=document.id, lines=lines, node=document.node, lots=lots),
        Shipped(order=order.id, node=document.node, shipment=document.id, lines=lines, lots=lots),
    )
    events = (*opened, there, *again, *sent)
    said = (("pieces", told),)
    return Fact(id, events, beyond(id, wanted, gone), said, as_decided(case.world, events))


def _open_again(case: Case, pieces: Pieces) -> tuple[Event, ...]:
    """Return that those of pieces which are still lost are open, with a claim, and with the quota that they drew."""
    order, still = case.order, standing_at(case, LineState.LOST)
    lost = lines_of(order, {line: min(quantity, still[line]) for line, quantity in pieces.items()})
    if not lost:
        return ()
    claims, place = claims_of(order.id, lost), pool_place(order.pool)
    return (
        Reopened(order=order.id, shipment=case.document.id, lines=lost, source=LineState.LOST),
        Claimed(place=place, state=GoodsState.RESERVED, lines=claims, channel=order.channel),
    )


def _lots(case: Case, lines: tuple[LineQuantity, ...]) -> tuple[LinePieces, ...]:
    """Return the lots of pieces that were lost with a shipment."""
    told_apart, found = tracked(case), list[LinePieces]()
    for line, sku, quantity in lines:
        if sku in told_apart:
            here = missing_from(case.document.id, line)
            parts = case.world.parts(goods(sku), here._replace(ref=""))
            lots = [(sku, p.lot, p.owner, held) for p, held in sorted(parts.items()) if p.ref == here.ref and held > 0]
            found += dealt([(line, sku, quantity)], [each for each in lots if each[1] or each[2]])
    return tuple(found)
