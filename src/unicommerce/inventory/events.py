"""What can happen to goods, and what each of it moves. Events hold domain content only and consult nothing."""

from typing import ClassVar

from ..catalog import place_name
from ..errors import InvalidValue
from ..ledger import Account, Document, Movement
from ..values import LARGEST, frozen, identifier, positive
from .documents import (
    LOSS,
    SUPPLIER,
    Claim,
    ClaimLine,
    GoodsState,
    Life,
    goods,
    quota,
    quota_claimed,
    quota_open,
    sellable,
)
from .lots import Lot, LotPieces, shelf

__all__ = ["Adjusted", "Claimed", "Confirmed", "Extended", "Received", "Released", "quota_drawn"]


@frozen(kw_only=True)
class Received:
    """Goods came in at a node from outside.

    Moves: supplier -> sellable. `lines` are (SKU, pieces); `receipt` is the sender's id of it. `lots` are pieces that
    came beside them, of a lot or an owner, in the state that they may be in; `batches` the lots that are new.
    """

    kind: ClassVar[str] = "inventory.received"
    receipt: str
    node: str
    lines: tuple[tuple[str, int], ...]
    lots: tuple[LotPieces, ...] = ()
    batches: tuple[Lot, ...] = ()

    def __attrs_post_init__(self) -> None:
        identifier(self.receipt, "receipt")
        place_name(self.node, "node")
        for sku, quantity in (*self.lines, *((each.sku, each.quantity) for each in self.lots)):
            identifier(sku, "sku")
            positive(quantity, f"quantity of {sku}")

    def movements(self) -> tuple[Movement, ...]:
        """Bring the pieces in."""
        came = [Movement(quantity, goods(sku), SUPPLIER, sellable(self.node)) for sku, quantity in self.lines]
        return (*came, *(Movement(p.quantity, goods(p.sku), _from(p), shelf(self.node, p)) for p in self.lots))

    def documents(self) -> tuple[Document, ...]:
        """Set down the lots that are new."""
        return self.batches


def _from(pieces: LotPieces) -> Account:
    return SUPPLIER._replace(lot=pieces.lot, owner=pieces.owner)


@frozen(kw_only=True)
class Claimed:
    """Goods are promised to somebody, at a node or at a pool.

    Moves: sellable -> held or reserved, under the `ref` of each line, and of its lot and owner where it is by name; the
    `quota` of the `channel`, open -> claimed. `own` names the claim of the same holder that was drawn on first; `lives`
    say until when its lots must last.
    """

    kind: ClassVar[str] = "inventory.claimed"
    place: str
    state: str
    lines: tuple[ClaimLine, ...]
    claim: Claim | None = None
    channel: str = ""
    own: str = ""
    quota: tuple[ClaimLine, ...] = ()
    lives: tuple[Life, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces aside."""
        moves = _set_aside(self.place, self.state, GoodsState.SELLABLE, self.lines)
        return moves + quota_drawn(self.channel, self.quota) if self.quota else moves

    def documents(self) -> tuple[Document, ...]:
        """Set down the claim, where it is not an order's, and until when its lots must last."""
        return (self.claim, *self.lives) if self.claim else self.lives


def _set_aside(place: str, state: str, source: str, lines: tuple[ClaimLine, ...]) -> tuple[Movement, ...]:
    """Return the movements of lines from where they stand on nobody's behalf; a line's lot and owner stay."""
    free = Account(place, source)
    return tuple(
        [
            Movement(
                quantity,
                goods(sku),
                Account(place, source, "", lot, owner) if lot or owner else free,
                Account(place, state, ref, lot, owner),
            )
            for ref, sku, quantity, lot, owner in lines
        ]
    )


def quota_drawn(channel: str, lines: tuple[ClaimLine, ...]) -> tuple[Movement, ...]:
    """Return the movements of a quota that claims of a channel draw."""
    start = quota_open(channel)
    return tuple([Movement(q, quota(channel, sku), start, quota_claimed(channel, ref)) for ref, sku, q, *_ in lines])


@frozen(kw_only=True)
class Released:
    """A claim, or some of it, is given back: the exact inverse of `Claimed`.

    Moves: held or reserved -> sellable, or to the `target` where the lot may not be sold any more; the `quota` of the
    `channel`, claimed -> open. `claim` is the document without its due moment, where nothing is left that a clock could
    end.
    """

    kind: ClassVar[str] = "inventory.released"
    place: str
    state: str
    lines: tuple[ClaimLine, ...]
    claim: Claim | None = None
    channel: str = ""
    quota: tuple[ClaimLine, ...] = ()
    target: str = GoodsState.SELLABLE

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces free."""
        drawn = _set_aside(self.place, self.state, self.target, self.lines) + quota_drawn(self.channel, self.quota)
        return tuple([Movement(q, unit, target, source) for q, unit, source, target in drawn])

    def documents(self) -> tuple[Document, ...]:
        """Replace the claim that needs no look any more."""
        return (self.claim,) if self.claim else ()


@frozen(kw_only=True)
class Confirmed:
    """A hold, or some of it, becomes firm: no clock ends that part any more.

    Moves: held -> reserved, under the same `ref`. `claim` is the firm document, where nothing stays held.
    """

    kind: ClassVar[str] = "inventory.confirmed"
    place: str
    lines: tuple[ClaimLine, ...]
    claim: Claim | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Make the pieces firm."""
        at, held, firm = self.place, GoodsState.HELD, GoodsState.RESERVED
        return tuple(
            [Movement(each.quantity, goods(each.sku), each.at(at, held), each.at(at, firm)) for each in self.lines]
        )

    def documents(self) -> tuple[Document, ...]:
        """Replace the claim that is firm now."""
        return (self.claim,) if self.claim else ()


@frozen(kw_only=True)
class Extended:
    """A hold lasts longer than it did. Moves nothing."""

    kind: ClassVar[str] = "inventory.extended"
    claim: Claim

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Replace the claim."""
        return (self.claim,)


@frozen(kw_only=True)
class Adjusted:
    """The book is brought to what is there: pieces were lost (`change` below zero) or found (above), for a reason.

    Moves: sellable -> loss, or loss -> sellable. A fact: it may leave claims without goods.
    """

    kind: ClassVar[str] = "inventory.adjusted"
    adjustment: str
    node: str
    sku: str
    change: int
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        identifier(self.adjustment, "adjustment")
        place_name(self.node, "node")
        identifier(self.sku, "sku")
        if type(self.change) is not int or not 0 < abs(self.change) <= LARGEST:
            raise InvalidValue("change", self.change, f"a whole number other than zero, at most {LARGEST} either way")

    def movements(self) -> tuple[Movement, ...]:
        """Post the difference."""
        here = sellable(self.node)
        source, target = (here, LOSS) if self.change < 0 else (LOSS, here)
        return (Movement(abs(self.change), goods(self.sku), source, target),)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
