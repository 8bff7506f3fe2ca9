"""What a retailer adds to routing in his own words: rules that a node must keep, and costs that are weighed and paid.

Both are functions of the node, the need and what is asked, and of nothing else: no stock, no other node, no clock. So
an answer stays the same for the same question, and more stock never hurts. `unicommerce.testing` has `check_rule` and
`check_cost`, which try yours.
"""

from typing import Protocol

from ..catalog import Node
from ..values import Money
from .documents import Asked, Need

__all__ = ["Cost", "Rule"]


class Rule(Protocol):
    """A rule of the retailer's own: whether a node may send pieces of a need. It never gives way.

    >>> def licensed(node: Node, need: Need, asked: Asked) -> bool:
    ...     return not need.sku.startswith("WINE") or asked.destination.region != "UT"
    """

    def __call__(self, node: Node, need: Need, asked: Asked, /) -> bool:
        """Tell whether the node may send it."""
        ...


class Cost(Protocol):
    """A cost of the retailer's own: what a shipment of a node costs beside the rest, or each piece of a need.

    >>> def insured(node: Node, need: Need | None, asked: Asked) -> Money:
    ...     return Money(200 if need and need.sku.startswith("RING") else 0, asked.currency)
    """

    def __call__(self, node: Node, need: Need | None, asked: Asked, /) -> Money:
        """Return the amount, 0 or more, in the currency asked: of the shipment (`need` is None), or of a piece."""
        ...
