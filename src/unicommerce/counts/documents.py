"""What was found on the shelf: the latest count of a SKU at a node, and the state in which pieces are missing.

A count is an observation as of a moment, not a balance: its moment is its revision, so that the latest counts in
whatever order counts arrive. It concerns all that is on hand; what a sender counts apart (damaged, in quarantine) is
said beside it and is part of it. Missing pieces stand at their node, in a state that is not on hand: what a count
corrects has moved nowhere (docs/decisions/0025).
"""

from typing import NamedTuple

from ..catalog import place_name
from ..errors import InvalidValue
from ..inventory import GoodsState
from ..ledger import Account, Key
from ..values import frozen, identifier, positive, whole

__all__ = ["APART", "MISSING", "Count", "CountLine", "count_key", "missing"]

MISSING = "missing"
"""The state of pieces that the book had and a count did not find; below zero: found, and not in the book."""

APART = (GoodsState.DAMAGED, GoodsState.QUARANTINE)
"""States that a sender may count apart."""


class CountLine(NamedTuple):
    """Pieces of a SKU that were found, in all states; `apart` says how many of them were (state, pieces)."""

    sku: str
    quantity: int
    apart: tuple[tuple[str, int], ...] = ()


@frozen(kw_only=True)
class Count:
    """What was found of a SKU at a node; `revision` is the moment of it (ms UTC)."""

    node: str
    sku: str
    revision: int
    quantity: int
    apart: tuple[tuple[str, int], ...] = ()

    def __attrs_post_init__(self) -> None:
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
        return count_key(self.node, self.sku)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def count_key(node: str, sku: str) -> Key[Count]:
    """Return the key of the latest count of a SKU at a node.

    >>> count_key("dc", "MUG").id
    'dc:MUG'
    """
    return Key("counts.count", f"{node}:{sku}")


def missing(node: str) -> Account:
    """Return the account of what counts have not found at a node."""
    return Account(node, MISSING)
