"""How pieces that a node does not give go back to the pool: not found in a pick, or rejected before it."""

from collections.abc import Iterable

from ...counts import Regraded
from ...errors import InvalidValue
from ...inventory import GoodsState, LotPieces
from ...ledger import Disagreed, Event, Fact, LedgerCode, Reason, Telling
from ...orders import LineQuantity
from ...values import by_name, positive
from ..allocating.again import as_decided
from ..back_events import Rejected, ShortPicked
from ..documents import RejectionReason, Shipment
from ..events import LinePieces
from ..memory import remembered
from ..names import allocated_of, gone_with, kept_of, less, renamed
from .messages import Pieces, beyond, checked, lines_of, telling_of
from .picks import Case, lots_taken

__all__ = ["named_of", "rejected", "short_picked"]

Lots = tuple[LinePieces, ...]


def rejected(
    shipment: str,
    pieces: Pieces | None = None,
    *,
    reason: str,
    lots: Iterable[LinePieces] = (),
    id: str = "",
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that a node gives back pieces by line (None: all) that it has not picked, and why; of which lots.

    The reason decides the goods: `busy` leaves them on the shelf, `not_found` has them looked for in quarantine,
    `damaged` sets them apart. The pieces are open again with their claim at the pool, and the policy says for how long
    the node is not asked for what. A shipment that is given back in several parts needs an `id` for each. What the node
    was no longer to pick stays as it is, and is named (`ledger.DISAGREES`). Pieces that are told apart, and of which
    nobody says which they were, are taken to be those that were next (`lots.ASSUMED`).

    Raises `InvalidValue` for any other reason.
    """
    told, named = None if pieces is None else dict(checked(pieces)), named_of(lots)
    if reason not in tuple(RejectionReason):
        raise InvalidValue("reason", reason, f"one of {', '.join(RejectionReason)}")
    why, step = RejectionReason(reason), f"rejected{id and '/'}{id}"

    def facts(case: Case) -> tuple[Fact, ...]:
        return (_reject(case, f"{case.document.id}/{step}", told, why, named),)

    return telling_of(shipment, step, facts, occurred_at)


def _reject(case: Case, id: str, told: Pieces | None, reason: RejectionReason, named: tuple[LinePieces, ...]) -> Fact:
    there = allocated_of(case.world, case.order, case.document)
    pieces = {line: held for line, held in there.items() if held > 0} if told is None else told
    because = beyond(id, pieces, there)
    said = (
        ("pieces", None if told is None else tuple(told.items())),
        ("reason", reason.value),
        *((("lots", by_name(named)),) if named else ()),
    )
    back = {line: part for line, quantity in pieces.items() if (part := min(quantity, there.get(line, 0))) > 0}
    if not back:
        late = Disagreed(entry=id, field="pieces", known="()", told=repr(said[0][1]))
        return Fact(id, (late,), because or (Reason(LedgerCode.DISAGREES, id, 0, "all", "pieces"),), said)
    events, assumed = _given_back(case, back, named, reason, is_all=told is None)
    return Fact(id, events, because + assumed, said, as_decided(case.world, events))


def named_of(lots: Iterable[LinePieces]) -> Lots:
    """Return lots in order. Raises `InvalidValue` for one that counts no pieces."""
    return tuple(sorted([each._replace(quantity=positive(each.quantity, "quantity")) for each in lots]))


def _given_back(
    case: Case, pieces: Pieces, named: Lots, reason: RejectionReason, *, is_all: bool
) -> tuple[tuple[Event, ...], tuple[Reason, ...]]:
    """Return how pieces that a node is to pick go back for a reason, these lots first, and what is odd about it."""
    document, order = case.document, case.order
    lines, names = lines_of(order, pieces), kept_of(case.world, order, document)
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
    lots, because = lots_taken(case, lines_of(order, missing), lost, names)
    gone = gone_with(names, there, missing, lots)
    own = lines_of(order, {line: min(q, max(there.get(line, 0), 0)) for line, q in missing.items()})
    given = {line: quantity for line, _, quantity in own}
    lots, others = _parted(lots, given)
    skus = [line.sku for line in lines_of(order, missing)]
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
    rest = lines_of(order, {line: q - given.get(line, 0) for line, q in missing.items()})
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
