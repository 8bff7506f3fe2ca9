"""What was found: the latest count of a SKU at a node, of all on hand or of one pile, and where pieces are missing.

A count is an observation as of a moment, not a balance: its moment is its revision, so that the latest counts in
whatever order counts arrive. It is of all that is on hand, or of one pile alone: the shelf, what is damaged, what is in
quarantine. Missing pieces stand at their node, in a state that is not on hand: what a count corrects has moved nowhere
(docs/decisions/0025, 0045).
"""

from typing import NamedTuple

from ..catalog import place_name
from ..errors import InvalidValue
from ..inventory import GoodsState
from ..ledger import MISSING, Account, Key
from ..values import frozen, identifier, positive, whole

__all__ = ["APART", "MISSING", "SCOPES", "SHELF", "Count", "CountLine", "count_key", "missing"]

APART = (GoodsState.DAMAGED, GoodsState.QUARANTINE)
"""States whose pieces are on a pile of their own and can be counted apart."""

SHELF = "shelf"
"""What a count is of that leaves out what stands apart: the pieces that are for sale or claimed."""

SCOPES = ("", SHELF, *APART)
"""What a count may be of; "" is all that is on hand."""


class CountLine(NamedTuple):
    """Pieces of a SKU that were found; `apart` says how many of them stood apart (state, pieces), each also counted."""

    sku: str
    quantity: int
    apart: tuple[tuple[str, int], ...] = ()


@frozen(kw_only=True)
class Count:
    """What was found of a SKU at a node; `revision` is the moment of it (ms UTC), `of` one of `SCOPES`."""

    node: str
    sku: str
    revision: int
    quantity: int
    apart: tuple[tuple[str, int], ...] = ()
    of: str = ""

    def __attrs_post_init__(self) -> None:
        if self.of not in SCOPES:
            raise InvalidValue("of", self.of, f"one of {', '.join(map(repr, SCOPES))}")
        if self.of and self.apart:
            raise InvalidValue("apart", self.apart, "nothing where one pile was counted")
        place_name(self.node, "node")
        identifier(self.sku, "sku")
        positive(self.revision, "as_of")
        whole(self.quantity, f"quantity of {self.sku}")
        for state, quantity in self.apart:
            if state not in APART:
                raise InvalidValue(f"state of {self.sku}", state, f"one of {', '.join(APART)}")
            whole(quantity, f"{state} {self.sku}")
        if sum([quantity for _, quantity in self.apart]) > self.quantity:
            raise InvalidValue(f"apart of {self.sku}", self.apart, f"at most the {self.quantity} that were found")

    @property
    def key(self) -> "Key[Count]":
        """Return the key."""
        return count_key(self.node, self.sku, self.of)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def count_key(node: str, sku: str, of: str = "") -> Key[Count]:
    """Return the key of the latest count of a SKU at a node: of all on hand, or of one pile.

    No node has a colon in its name or none at all, so no two keys are spelled alike.

    >>> count_key("dc", "MUG").id, count_key("dc", "MUG", "damaged").id
    ('dc:MUG', ':damaged:dc:MUG')
    """
    return Key("counts.count", f":{of}:{node}:{sku}" if of else f"{node}:{sku}")


def missing(node: str) -> Account:
    """Return the account of what counts have not found at a node."""
    return Account(node, MISSING)
