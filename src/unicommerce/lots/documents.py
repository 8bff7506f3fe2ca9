"""Who has claimed which lots where. Quantities are balances and never stand in a document."""

from ..ledger import Key
from ..values import frozen, identifier

__all__ = ["LotClaim", "lot_claim_key"]


@frozen(kw_only=True)
class LotClaim:
    """A firm claim of lots or serials, by their names, at a node."""

    id: str
    revision: int = 1
    node: str
    skus: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "claim")

    @property
    def key(self) -> "Key[LotClaim]":
        """Return the key."""
        return lot_claim_key(self.id)

    @property
    def ref(self) -> str:
        """Return on whose behalf its goods are held."""
        return f"lots:{self.id}"

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def lot_claim_key(claim: str) -> Key[LotClaim]:
    """Return the key of a claim of lots."""
    return Key("lots.claim", claim)
