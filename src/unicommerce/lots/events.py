"""What can happen to lots. No movement here or anywhere changes a lot or an owner: both sides of it bear the same."""

from typing import ClassVar

from ..inventory import GoodsState, Lot, LotPieces, goods, shelf
from ..ledger import Account, Document, Movement
from ..values import frozen
from .documents import LotClaim

__all__ = ["HandedBack", "LotsClaimed", "LotsReleased", "Recalled", "Withdrawn"]


def _moved(node: str, pieces: tuple[LotPieces, ...], place: str, state: str, ref: str = "") -> tuple[Movement, ...]:
    return tuple(
        [Movement(p.quantity, goods(p.sku), shelf(node, p), Account(place, state, ref, p.lot, p.owner)) for p in pieces]
    )


@frozen(kw_only=True)
class LotsClaimed:
    """Pieces of lots, named, are promised to somebody.

    Moves: sellable -> reserved at the node, each under its lot and owner, and under the claim's `ref`.
    """

    kind: ClassVar[str] = "lots.claimed"
    claim: LotClaim
    lots: tuple[LotPieces, ...]

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces aside."""
        return _moved(self.claim.node, self.lots, self.claim.node, GoodsState.RESERVED, self.claim.ref)

    def documents(self) -> tuple[Document, ...]:
        """Set down the claim."""
        return (self.claim,)


@frozen(kw_only=True)
class LotsReleased:
    """A claim of lots is given back: the exact inverse of `LotsClaimed`, piece by piece.

    Moves: reserved -> sellable; where the lot may not be sold any more, to quarantine.
    """

    kind: ClassVar[str] = "lots.released"
    node: str
    ref: str
    lots: tuple[LotPieces, ...]

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces free."""
        node = self.node
        held = [Account(node, GoodsState.RESERVED, self.ref, p.lot, p.owner) for p in self.lots]
        return tuple(
            [Movement(p.quantity, goods(p.sku), a, shelf(node, p)) for p, a in zip(self.lots, held, strict=True)]
        )

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Recalled:
    """A lot may not be sold any more, wherever it is: `batch` says why."""

    kind: ClassVar[str] = "lots.recalled"
    batch: Lot

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing: what is at nodes is withdrawn by request."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Replace the lot."""
        return (self.batch,)


@frozen(kw_only=True)
class Withdrawn:
    """Pieces of a lot that may not be sold are taken off the shelf, at one node.

    Moves: sellable -> quarantine, each under its lot and owner. `batch` is the lot, where it needs no look any more.
    """

    kind: ClassVar[str] = "lots.withdrawn"
    node: str
    lots: tuple[LotPieces, ...]
    batch: Lot | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces apart."""
        return _moved(self.node, self.lots, self.node, GoodsState.QUARANTINE)

    def documents(self) -> tuple[Document, ...]:
        """Replace the lot that needs no look any more."""
        return (self.batch,) if self.batch else ()


@frozen(kw_only=True)
class HandedBack:
    """Consigned pieces go back to their owner.

    Moves: sellable at the node -> the owner, each under its lot and owner.
    """

    kind: ClassVar[str] = "lots.handed_back"
    node: str
    lots: tuple[LotPieces, ...]

    def movements(self) -> tuple[Movement, ...]:
        """Send them home."""
        return _moved(self.node, self.lots, "supplier", "handed_back")

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
