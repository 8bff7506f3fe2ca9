"""What can happen to goods that come back: received at any node, then restocked. No money moves here."""

from typing import ClassVar

from ..inventory import CUSTOMER, goods, sellable
from ..ledger import Document, Movement
from ..orders import LineState, line_account, line_move
from ..values import frozen
from .documents import Return, awaiting

__all__ = ["Restocked", "Returned", "ReturnedLine"]

ReturnedLine = tuple[str, str, int, str]
"""A line of the order, its SKU, pieces, and the shipment that they came with."""


@frozen(kw_only=True)
class Returned:
    """Goods came back.

    Moves: lines delivered (at their shipment) -> returned; goods: customer -> quarantine at the node, under the return.
    `blind` are (SKU, pieces) of no known order.
    """

    kind: ClassVar[str] = "returns.returned"
    document: Return
    lines: tuple[ReturnedLine, ...] = ()
    blind: tuple[tuple[str, int], ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Take them in."""
        here, order = awaiting(self.document.node, self.document.id), self.document.order
        back = line_account(LineState.RETURNED, self.document.id)
        steps = [
            line_move(order, line, quantity, line_account(LineState.DELIVERED, shipment), back)
            for line, _, quantity, shipment in self.lines
        ]
        came = [*((sku, quantity) for _, sku, quantity, _ in self.lines), *self.blind]
        return (*steps, *(Movement(quantity, goods(sku), CUSTOMER, here) for sku, quantity in came))

    def documents(self) -> tuple[Document, ...]:
        """Set down the return."""
        return (self.document,)


@frozen(kw_only=True)
class Restocked:
    """Returned goods can be sold again.

    Moves: quarantine at the node, under the return -> sellable.
    """

    kind: ClassVar[str] = "returns.restocked"
    id: str
    node: str
    items: tuple[tuple[str, int], ...]

    def movements(self) -> tuple[Movement, ...]:
        """Put them on the shelf."""
        here = awaiting(self.node, self.id)
        return tuple([Movement(quantity, goods(sku), here, sellable(self.node)) for sku, quantity in self.items])

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
