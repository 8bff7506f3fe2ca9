"""What becomes of goods that came back: graded piece by piece, then disposed of. No money moves by either.

Graded pieces wait under a ref of their condition; what is done with them is said for each and never assumed of a
refund. Restocking is one of several ends, and goes the way of `restock`: into the lots that the pieces came of.
"""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from ..errors import InvalidValue
from ..inventory import LOSS, SUPPLIER, GoodsState, goods
from ..ledger import (
    Accepted,
    Account,
    Between,
    Decision,
    Document,
    Fact,
    LedgerCode,
    Movement,
    Reason,
    Refused,
    Request,
    State,
    Telling,
)
from ..values import frozen, identifier, pieces, positive
from .codes import ReturnCode
from .decisions import restock
from .documents import awaiting, return_key
from .policy import Condition, Disposition, ReturnPolicy

__all__ = ["ENDS", "Disposed", "Graded", "GradedPieces", "dispose", "disposed_of", "graded"]

LIQUIDATOR = Account("liquidator", "sold")
"""Whoever buys what is sold as a lot, outside."""


class GradedPieces(NamedTuple):
    """Pieces of a SKU, what they were found to be, and what became of them."""

    sku: str
    quantity: int
    condition: Condition | None = None
    disposition: Disposition = Disposition.QUARANTINE


def waiting(node: str, id: str, condition: Condition | None = None) -> Account:
    """Return where pieces of a return wait at a node: those of a condition, or those that nobody has graded."""
    here = awaiting(node, id)
    return here._replace(ref=f"{here.ref}/{condition.value}") if condition else here


ENDS: Mapping[Disposition, Account | str] = {
    Disposition.RESTOCK: GoodsState.SELLABLE,
    Disposition.REFURBISH: GoodsState.DAMAGED,
    Disposition.RETURN_TO_VENDOR: SUPPLIER,
    Disposition.LIQUIDATE: LIQUIDATOR,
    Disposition.SCRAP: LOSS,
    Disposition.QUARANTINE: GoodsState.QUARANTINE,
    Disposition.RECALL: GoodsState.QUARANTINE,
}
"""Where pieces go by each disposition: another state of their node, or outside."""
KEPT_APART = (Disposition.QUARANTINE, Disposition.RECALL)


@frozen(kw_only=True)
class Graded:
    """Pieces that came back were looked at. Moves: what waits under the return -> what waits of its condition."""

    kind: ClassVar[str] = "returns.graded"
    id: str
    node: str
    items: tuple[GradedPieces, ...]

    def movements(self) -> tuple[Movement, ...]:
        """Tell them apart."""
        here = waiting(self.node, self.id)
        return tuple(
            [
                Movement(each.quantity, goods(each.sku), here, waiting(self.node, self.id, each.condition))
                for each in self.items
                if each.condition
            ]
        )

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Disposed:
    """What became of pieces that came back. Moves: what waits of the return -> where each disposition ends (`ENDS`)."""

    kind: ClassVar[str] = "returns.disposed"
    id: str
    node: str
    items: tuple[GradedPieces, ...]

    def movements(self) -> tuple[Movement, ...]:
        """Bring them there."""
        moves = []
        for each in self.items:
            end = ENDS[each.disposition]
            ref = f"{each.disposition.value}:{self.id}" if each.disposition in KEPT_APART else ""
            target = end if isinstance(end, Account) else Account(self.node, end, ref)
            moves.append(Movement(each.quantity, goods(each.sku), waiting(self.node, self.id, each.condition), target))
        return tuple(moves)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


def graded(
    id: str, part: str, pieces: Mapping[tuple[str, Condition], int], *, occurred_at: int | None = None
) -> Telling[object]:
    """Tell what pieces of a return were found to be, by SKU and condition; each `part` of it is told once.

    Because: `UNKNOWN_RETURN`; `DISAGREES` where more were graded than wait (found and needed).
    """
    told = tuple(
        sorted([(identifier(sku, "sku"), cond, positive(q, f"quantity of {sku}")) for (sku, cond), q in pieces.items()])
    )
    if not told:
        raise InvalidValue("pieces", pieces, "pieces of one SKU or more")
    entry = f"return/{identifier(id, 'return')}/graded/{identifier(part, 'part')}"

    def decide(world: State, _given: object, _now: int) -> tuple[Fact, ...]:
        document = world.document(return_key(id))
        node = document.node if document else "unknown"
        items = tuple([GradedPieces(sku, quantity, condition) for sku, condition, quantity in told])
        because = [] if document else [Reason(ReturnCode.UNKNOWN_RETURN, id)]
        needed: dict[str, int] = {}
        for sku, _, quantity in told:
            needed[sku] = needed.get(sku, 0) + quantity
        for sku, quantity in needed.items():
            there = world.balance(goods(sku), (waiting(node, id),))
            if there < quantity:
                because.append(Reason(LedgerCode.DISAGREES, entry, there, quantity, sku))
        said = (("pieces", tuple([(sku, cond.value, quantity) for sku, cond, quantity in told])),)
        return (Fact(entry, (Graded(id=id, node=node, items=items),), tuple(because), said),)

    return Telling(entry, occurred_at, decide)


def dispose(
    id: str,
    part: str,
    quantities: Mapping[str, int],
    disposition: Disposition,
    *,
    condition: Condition | None = None,
) -> Request[object]:
    """Ask to do something with returned pieces by SKU, of a condition or (None) of those that nobody graded.

    Ungraded pieces are restocked as `restock` does, lots and all. Because: `UNKNOWN_RETURN`, `NOT_THERE` (found and
    needed).
    """
    items = pieces(quantities, "sku")
    if not items:
        raise InvalidValue("quantities", quantities, "pieces of one SKU or more")
    if disposition is Disposition.RESTOCK and condition is None:
        return restock(id, quantities, part=part)
    asked = (("items", items), ("disposition", disposition.value), ("condition", condition.value if condition else ""))

    def decide(world: State, _given: object, _now: int) -> Decision:
        document = world.document(return_key(id))
        if document is None:
            return Refused((Reason(ReturnCode.UNKNOWN_RETURN, id),))
        here = waiting(document.node, id, condition)
        there = {sku: world.balance(goods(sku), (here,)) for sku, _ in items}
        short = [
            Reason(ReturnCode.NOT_THERE, id, there[sku], needed, sku) for sku, needed in items if there[sku] < needed
        ]
        if short:
            return Refused(tuple(short))
        done = tuple([GradedPieces(sku, quantity, condition, disposition) for sku, quantity in items])
        guards = tuple([Between(goods(sku), (here,)) for sku, _ in items])
        return Accepted((Disposed(id=id, node=document.node, items=done),), (), guards)

    return Request(f"return/{identifier(id, 'return')}/disposed/{identifier(part, 'part')}", asked, decide)


def disposed_of(condition: Condition, policy: ReturnPolicy = ReturnPolicy()) -> Disposition:
    """Return what is done with a piece of a condition where nobody says otherwise.

    >>> disposed_of(Condition.WASTE).value
    'scrap'
    """
    return policy.gradings[condition]
