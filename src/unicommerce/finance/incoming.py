"""What comes in from suppliers and from nodes of ours, and what is lost on the way, in money.

What is bought costs what the catalog says and is owed to the supplier until an invoice comes; what others own is
counted and worth nothing; what a node of ours has sent takes its layers along.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from ..inventory import LotPieces, Received
from ..ledger import Event
from ..supply import Landed, inbound_key
from ..supply import Lost as LostOnTheWay
from .documents import Chart
from .events import Posted
from .owners import Pieces, Step, consigned_by, counted, issued
from .stocks import Books, Side, in_turn, posted

__all__ = ["INCOMING", "Bought", "bought"]


class Bought(NamedTuple):
    """Pieces of a SKU that were bought from a supplier, where they came in and by which receipt."""

    sku: str
    quantity: int
    node: str
    receipt: str


def bought(event: Event) -> list[Bought]:
    """Return what an event brought that is ours and was a supplier's, line by line."""
    if not isinstance(event, Received | Landed) or (isinstance(event, Landed) and event.source):
        return []
    beside = [(lot.sku, lot.quantity) for lot in event.lots if not lot.owner]
    lines = _ours(event) if isinstance(event, Landed) else [*event.lines, *beside]
    return [Bought(sku, quantity, event.node, event.receipt) for sku, quantity in lines]


def _ours(event: Landed) -> list[tuple[str, int]]:
    theirs = Counter[str]()
    for lot in event.lots:  # which are among its lines
        theirs[lot.sku] += lot.quantity if lot.owner else 0
    return [(sku, quantity - theirs[sku]) for sku, quantity in event.lines if quantity > theirs[sku]]


def _received(books: Books, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, Received | Landed)
    steps: list[Step] = [partial(_bought, each) for each in bought(event)]
    return in_turn(books, [*steps, *[partial(_consigned, lot) for lot in event.lots if lot.owner]])


def _landed(books: Books, event: Event) -> tuple[Posted, ...]:
    """Post goods of a supplier as a receipt; those of a node of ours are valued already and take their layers along."""
    assert isinstance(event, Landed)
    if not event.source:
        return _received(books, event)
    return in_turn(books, [partial(_moved, event.source, event.node, each) for each in _ours(event)])


def _lost_on_the_way(books: Books, event: Event) -> tuple[Posted, ...]:
    """Write off what a node of ours had sent; what a supplier has lost never was ours."""
    assert isinstance(event, LostOnTheWay)
    inbound = books.world.document(inbound_key(event.inbound))
    if inbound is None or not inbound.source:
        return ()
    goods = [Pieces(sku, inbound.source, (("", quantity),)) for sku, quantity in event.lines]
    return in_turn(books, [partial(issued, each, Side(Chart.SHRINKAGE, event.loss)) for each in goods])


def _bought(line: Bought, books: Books) -> tuple[Posted, ...]:
    owed = Side(Chart.RECEIVED_NOT_INVOICED, line.receipt)
    return (books.came(line.sku, line.node, line.quantity, line.quantity * books.cost_minor(line.sku), owed),)


def _moved(source: str, node: str, line: tuple[str, int], books: Books) -> tuple[Posted, ...]:
    return books.moved(line[0], source, node, line[1])


def _consigned(lot: LotPieces, books: Books) -> tuple[Posted, ...]:
    """Count what somebody else owns; it is worth nothing to us."""
    move = counted(lot.sku, lot.quantity, Side(Chart.RECEIVED_NOT_INVOICED), consigned_by(lot.owner))
    return (posted(books.catalog, [], [move]),)


INCOMING: Mapping[str, Callable[[Books, Event], tuple[Posted, ...]]] = MappingProxyType(
    {Received.kind: _received, Landed.kind: _landed, LostOnTheWay.kind: _lost_on_the_way}
)
"""The rules of these events."""
