"""How pieces that a node does not give go back to the pool: not found in a pick, or rejected before it."""

from collections.abc import Mapping

from ..counts import Regraded
from ..inventory import GoodsState, LotPieces
from ..ledger import Event, Reason
from ..orders import LineQuantity, Order
from .documents import RejectionReason, Shipment
from .events import LinePieces, Rejected, ShortPicked
from .memory import remembered
from .names import allocated_of, gone_with, kept_of, less, renamed
from .picks import Case, lots_taken

__all__ = ["given_back", "known_lines", "short_picked"]

Pieces = Mapping[str, int]
"""Pieces by line of the order."""

Lots = tuple[LinePieces, ...]


def known_lines(order: Order, pieces: Pieces) -> tuple[LineQuantity, ...]:
    """Return pieces by line, without lines that the order has not and without none."""
    known = order.line_by_id
    return tuple([LineQuantity(line, known[line].sku, q) for line, q in pieces.items() if line in known and q > 0])


def given_back(
    case: Case, pieces: Pieces, named: Lots, reason: RejectionReason, *, is_all: bool
) -> tuple[tuple[Event, ...], tuple[Reason, ...]]:
    """Return how pieces that a node is to pick go back for a reason, these lots first, and what is odd about it."""
    document, order = case.document, case.order
    lines, names = known_lines(order, pieces), kept_of(case.world, order, document)
    lots, because = ((), ()) if reason is RejectionReason.BUSY else lots_taken(case, lines, named, names)
    gone = gone_with(names, allocated_of(case.world, order, document), pieces, lots or named)
    skus = [line.sku for line in lines]
    memory = remembered(case.world, document, skus, reason, is_all=is_all, now=case.now)
    event = Rejected(
        pool=order.pool,
        node=document.node,
        order=order.id,
        shipment=document.id,
        reason=reason,
        lines=lines,
        attempts=memory.attempts,
        lots=lots,
        doubts=memory.doubts,
    )
    return (*renamed(document, less(names, gone), gone), event), because


def short_picked(
    case: Case, missing: Pieces, there: Pieces, lost: Lots, names: Lots
) -> tuple[list[Event], tuple[Reason, ...], Lots]:
    """Say what becomes of pieces that a node did not find; of those it was no longer to give, no line knows.

    With the names that the order has no more.
    """
    document, order = case.document, case.order
    lots, because = lots_taken(case, known_lines(order, missing), lost, names)
    gone = gone_with(names, there, missing, lots)
    own = known_lines(order, {line: min(q, max(there.get(line, 0), 0)) for line, q in missing.items()})
    given = {line: quantity for line, _, quantity in own}
    lots, others = _parted(lots, given)
    skus = [line.sku for line in known_lines(order, missing)]
    memory = remembered(case.world, document, skus, RejectionReason.NOT_FOUND, now=case.now)
    events: list[Event] = [
        ShortPicked(
            pool=order.pool,
            node=document.node,
            order=order.id,
            shipment=document.id,
            lines=own,
            lots=lots,
            attempts=memory.attempts,
            doubts=memory.doubts,
        )
    ]
    rest = known_lines(order, {line: q - given.get(line, 0) for line, q in missing.items()})
    if rest:
        events.append(_set_apart(document, rest, others))
    return events, because, gone


def _parted(lots: Lots, given: Pieces) -> tuple[Lots, Lots]:
    """Part lots into those of so many pieces by line, and the others."""
    left, own, others = dict(given), list[LinePieces](), list[LinePieces]()
    for each in lots:
        part = min(each.quantity, left.get(each.line, 0))
        left[each.line] = left.get(each.line, 0) - part
        own += [each._replace(quantity=part)] if part else []
        others += [each._replace(quantity=each.quantity - part)] if part < each.quantity else []
    return tuple(own), tuple(others)


def _set_apart(document: Shipment, lines: tuple[LineQuantity, ...], lots: Lots) -> Regraded:
    """Put pieces that are nobody's and were not found where they are looked for."""
    of_none = [(line, sku, q - sum([lot.quantity for lot in lots if lot.line == line])) for line, sku, q in lines]
    return Regraded(
        regrade=f"{document.id}/picked",
        node=document.node,
        lines=tuple([(sku, quantity) for _, sku, quantity in of_none if quantity]),
        source=GoodsState.SELLABLE,
        target=GoodsState.QUARANTINE,
        reason="short pick",
        lots=tuple([LotPieces(lot.sku, lot.quantity, lot.lot, lot.owner) for lot in lots]),
    )
