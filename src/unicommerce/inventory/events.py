"""What can happen to goods, and what each of it moves. Events hold domain content only and consult nothing."""

from typing import ClassVar

from ..catalog import place_name
from ..errors import InvalidValue
from ..ledger import Account, Document, Movement
from ..values import LARGEST, frozen, identifier, positive
from .documents import LOSS, SUPPLIER, Claim, ClaimLine, goods, sellable

__all__ = ["Adjusted", "Claimed", "Received", "Released"]


@frozen(kw_only=True)
class Received:
    """Goods came in at a node from outside.

    Moves: supplier -> sellable. `lines` are (SKU, pieces); `receipt` is the sender's id of it.
    """

    kind: ClassVar[str] = "inventory.received"
    receipt: str
    node: str
    lines: tuple[tuple[str, int], ...]

    def __attrs_post_init__(self) -> None:
        identifier(self.receipt, "receipt")
        place_name(self.node, "node")
        for sku, quantity in self.lines:
            identifier(sku, "sku")
            positive(quantity, f"quantity of {sku}")

    def movements(self) -> tuple[Movement, ...]:
        """Bring the pieces in."""
        return tuple([Movement(quantity, goods(sku), SUPPLIER, sellable(self.node)) for sku, quantity in self.lines])

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Claimed:
    """Goods are promised to somebody, at a node or at a pool.

    Moves: sellable -> held or reserved, under the `ref` of each line.
    """

    kind: ClassVar[str] = "inventory.claimed"
    place: str
    state: str
    lines: tuple[ClaimLine, ...]
    claim: Claim | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces aside."""
        place, state, free = self.place, self.state, sellable(self.place)
        return tuple([Movement(q, goods(sku), free, Account(place, state, ref)) for ref, sku, q in self.lines])

    def documents(self) -> tuple[Document, ...]:
        """Set down the claim, where it is not an order's."""
        return (self.claim,) if self.claim else ()


@frozen(kw_only=True)
class Released:
    """A claim, or some of it, is given back: the exact inverse of `Claimed`.

    Moves: held or reserved -> sellable. `claim` is the document without its due moment, where the claim has expired.
    """

    kind: ClassVar[str] = "inventory.released"
    place: str
    state: str
    lines: tuple[ClaimLine, ...]
    claim: Claim | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces free."""
        place, state, free = self.place, self.state, sellable(self.place)
        return tuple([Movement(q, goods(sku), Account(place, state, ref), free) for ref, sku, q in self.lines])

    def documents(self) -> tuple[Document, ...]:
        """Replace the claim that needs no look any more."""
        return (self.claim,) if self.claim else ()


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
