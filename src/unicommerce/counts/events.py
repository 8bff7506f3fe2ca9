"""What can happen on the shelf: it is counted, the book is brought to the count, pieces are regraded.

A count moves nothing. What brings the book to it, and what a piece is graded, moves between two states of one place:
so neither is a coming or going, and a count says what it said however often the book is brought to it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from ..catalog import place_name
from ..errors import IllegalMove, InvalidValue
from ..inventory import GoodsState, LotPieces, goods
from ..ledger import Account, Document, Movement
from ..values import LARGEST, frozen, identifier, positive
from .documents import APART, Count, CountLine, missing

__all__ = ["REGRADES", "Counted", "Reconciled", "Regraded"]

REGRADES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        GoodsState.SELLABLE: (GoodsState.DAMAGED, GoodsState.QUARANTINE),
        GoodsState.QUARANTINE: (GoodsState.SELLABLE, GoodsState.DAMAGED),
        GoodsState.DAMAGED: (GoodsState.QUARANTINE, GoodsState.SELLABLE),
    }
)
"""The one table of what a piece at a node may be regraded from and to. What is claimed is nobody's to regrade."""


@frozen(kw_only=True)
class Counted:
    """SKUs were counted at a node, as of a moment (ms UTC): all on hand, or of it what `of` says.

    `of` is `shelf` (what is for sale or claimed), `damaged` or `quarantine`; "" is all on hand.

    Moves nothing: what to do about it is decided by `reconcile`. `count` is the sender's id of it.
    """

    kind: ClassVar[str] = "counts.counted"
    count: str
    node: str
    as_of: int
    lines: tuple[CountLine, ...]
    of: str = ""

    def __attrs_post_init__(self) -> None:
        identifier(self.count, "count")
        place_name(self.node, "node")
        self.documents()  # which check what is left to check

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Set down what was found of each SKU; the latest moment counts."""
        return tuple(
            [
                Count(node=self.node, sku=sku, revision=self.as_of, quantity=quantity, apart=apart, of=self.of)
                for sku, quantity, apart in self.lines
            ]
        )


@frozen(kw_only=True)
class Reconciled:
    """The book is brought to the latest count: pieces are missing (`change` below zero) or were found (above).

    Moves: `state` -> missing, or missing -> `state`, at the same node. `as_of` is the moment of the count.
    """

    kind: ClassVar[str] = "counts.reconciled"
    node: str
    sku: str
    change: int
    as_of: int
    state: str = GoodsState.SELLABLE

    def __attrs_post_init__(self) -> None:
        place_name(self.node, "node")
        identifier(self.sku, "sku")
        if self.state not in (GoodsState.SELLABLE, *APART):
            raise InvalidValue("state", self.state, f"one of {GoodsState.SELLABLE}, {', '.join(APART)}")
        if type(self.change) is not int or not 0 < abs(self.change) <= LARGEST:
            raise InvalidValue("change", self.change, f"a whole number other than zero, at most {LARGEST} either way")

    def movements(self) -> tuple[Movement, ...]:
        """Post the difference."""
        here, gone = Account(self.node, self.state), missing(self.node)
        source, target = (here, gone) if self.change < 0 else (gone, here)
        return (Movement(abs(self.change), goods(self.sku), source, target),)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Regraded:
    """Pieces at a node were looked at and stand in another state now: found again, broken, mended.

    Moves: one state of the node -> another of `REGRADES`; beside `lines` those of `lots`, each under its own. `ref`
    says under whose name they stood there (a return).
    """

    kind: ClassVar[str] = "counts.regraded"
    regrade: str
    node: str
    lines: tuple[tuple[str, int], ...]
    source: str
    target: str
    ref: str = ""
    reason: str = ""
    lots: tuple[LotPieces, ...] = ()

    def __attrs_post_init__(self) -> None:
        identifier(self.regrade, "regrade")
        place_name(self.node, "node")
        if self.target not in REGRADES.get(self.source, ()):
            raise IllegalMove("goods", self.source, self.target)
        for sku, quantity in (*self.lines, *((lot.sku, lot.quantity) for lot in self.lots)):
            identifier(sku, "sku")
            positive(quantity, f"quantity of {sku}")

    def movements(self) -> tuple[Movement, ...]:
        """Put the pieces where they belong."""
        source, target = Account(self.node, self.source, self.ref), Account(self.node, self.target)
        moves = [Movement(quantity, goods(sku), source, target) for sku, quantity in self.lines]
        for lot in self.lots:
            own = {"lot": lot.lot, "owner": lot.owner}
            moves.append(Movement(lot.quantity, goods(lot.sku), source._replace(**own), target._replace(**own)))
        return tuple(moves)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
