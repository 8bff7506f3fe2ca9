"""What can happen to goods that come back: received at any node, then restocked. No money moves here."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import ClassVar, NamedTuple

from ..inventory import CUSTOMER, LotPieces, goods, shelf
from ..ledger import Document, Movement
from ..orders import LineState, line_account, line_move
from ..values import frozen
from .documents import Return, awaiting

__all__ = ["Restocked", "Returned", "ReturnedLine", "ReturnedLot"]

ReturnedLine = tuple[str, str, int, str]
"""A line of the order, its SKU, pieces, and the shipment that they came with."""


class ReturnedLot(NamedTuple):
    """Pieces of a SKU that came back and are of a lot or an owner; `shipment` is the one that they came with."""

    sku: str
    quantity: int
    shipment: str = ""
    lot: str = ""
    owner: str = ""


@frozen(kw_only=True)
class Returned:
    """Goods came back.

    Moves: lines delivered (at their shipment), of them those that were `collected` from there, -> returned; goods:
    customer -> quarantine at the node, under the return. `blind` are (SKU, pieces) of no known order. `lots` are the
    pieces of both that are of a lot or an owner: they come from the customer who had them, and wait under their own.
    """

    kind: ClassVar[str] = "returns.returned"
    document: Return
    lines: tuple[ReturnedLine, ...] = ()
    blind: tuple[tuple[str, int], ...] = ()
    lots: tuple[ReturnedLot, ...] = ()
    collected: tuple[ReturnedLine, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Take them in."""
        here, order = awaiting(self.document.node, self.document.id), self.document.order
        back = line_account(LineState.RETURNED, self.document.id)
        steps = [
            line_move(order, line, quantity, line_account(state, shipment), back)
            for state, line, quantity, shipment in _by_state(self.lines, self.collected)
        ]
        came = [*((sku, quantity) for _, sku, quantity, _ in self.lines), *self.blind]
        plain = _unnamed(came, [(sku, quantity) for sku, quantity, *_ in self.lots])
        moves = [Movement(quantity, goods(sku), CUSTOMER, here) for sku, quantity in plain]
        for sku, quantity, shipment, lot, owner in self.lots:
            source, target = CUSTOMER._replace(ref=shipment, lot=lot, owner=owner), here._replace(lot=lot, owner=owner)
            moves.append(Movement(quantity, goods(sku), source, target))
        return (*steps, *moves)

    def documents(self) -> tuple[Document, ...]:
        """Set down the return."""
        return (self.document,)


def _by_state(
    lines: Iterable[ReturnedLine], collected: Iterable[ReturnedLine]
) -> Iterator[tuple[LineState, str, int, str]]:
    """Yield pieces by line and shipment from where the customer had them."""
    left = Counter[tuple[str, str]]()
    for line, _, quantity, shipment in collected:
        left[line, shipment] += quantity
    for line, _, quantity, shipment in lines:
        part = min(quantity, left[line, shipment])
        left[line, shipment] -= part
        if part:
            yield LineState.COLLECTED, line, part, shipment
        if part < quantity:
            yield LineState.DELIVERED, line, quantity - part, shipment


def _unnamed(pieces: Iterable[tuple[str, int]], named: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return pieces by SKU without those that are named."""
    left, plain = dict[str, int](), []
    for sku, quantity in named:
        left[sku] = left.get(sku, 0) + quantity
    for sku, quantity in pieces:
        part = min(quantity, left.get(sku, 0))
        left[sku] = left.get(sku, 0) - part
        plain += [(sku, quantity - part)] if quantity > part else []
    return plain


@frozen(kw_only=True)
class Restocked:
    """Returned goods can be sold again.

    Moves: quarantine at the node, under the return -> sellable, those of `lots` each under its own.
    """

    kind: ClassVar[str] = "returns.restocked"
    id: str
    node: str
    items: tuple[tuple[str, int], ...]
    lots: tuple[LotPieces, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Put them on the shelf."""
        here = awaiting(self.node, self.id)
        plain = _unnamed(self.items, [(lot.sku, lot.quantity) for lot in self.lots])
        pieces = [*(LotPieces(sku, quantity) for sku, quantity in plain), *self.lots]
        back = [(p, here._replace(lot=p.lot, owner=p.owner)) for p in pieces]
        return tuple([Movement(p.quantity, goods(p.sku), source, shelf(self.node, p)) for p, source in back])

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
