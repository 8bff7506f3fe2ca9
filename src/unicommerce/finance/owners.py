"""Pieces of ours and of others that leave stock, come back or are found, and what each means in money.

Our own leave stock at their cost and come back at the cost that they left with. What others own is counted and worth
nothing: from the moment at which it is sold or lost, its owner is owed what a piece costs.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from ..fulfillment import LinePieces
from .documents import Chart, Posting
from .events import Posted, ValuedMove
from .stocks import Books, Side, in_turn, posted

__all__ = ["Owned", "Pieces", "Step", "consigned_by", "counted", "dealt", "found", "issued", "of_line", "taken_back"]

Step = Callable[[Books], tuple[Posted, ...]]
"""What is posted next, on the books as they are by then."""

Owned = tuple[tuple[str, int], ...]
"""Pieces by owner; "" is us."""


class Pieces(NamedTuple):
    """Pieces of a SKU by owner, and the node whose stock they are of."""

    sku: str
    node: str
    owned: Owned


def owned_by(quantity: int, owners: Iterable[tuple[str, int]]) -> Owned:
    """Return pieces by owner, our own first."""
    theirs = Counter[str]()
    for owner, pieces in owners:
        theirs[owner] += pieces if owner else 0
    ours = quantity - sum(theirs.values())
    return tuple([(owner, pieces) for owner, pieces in (("", ours), *theirs.items()) if pieces])


def of_line(line: str, quantity: int, lots: Iterable[LinePieces]) -> Owned:
    """Return the pieces of a line by owner."""
    return owned_by(quantity, [(lot.owner, lot.quantity) for lot in lots if lot.line == line])


def issued(goods: Pieces, side: Side, books: Books) -> tuple[Posted, ...]:
    """Take pieces out to a side: ours from stock, those of others at what their owner is owed from now on."""

    def one(owner: str, quantity: int, books: Books) -> tuple[Posted, ...]:
        if not owner:
            return (books.left(goods.sku, goods.node, quantity, side),)
        there = side if side.account is not Chart.COST_OF_GOODS_SOLD else Side(side.account, _of(side.ref, owner))
        owed = Posting(quantity * books.cost_minor(goods.sku), there.account, Chart.OWED_TO_OWNERS, there.ref, owner)
        return (posted(books.catalog, [owed], [counted(goods.sku, quantity, consigned_by(owner), there)]),)

    return in_turn(books, [partial(one, owner, quantity) for owner, quantity in goods.owned])


def taken_back(goods: Pieces, ref: str, lost_with: str, books: Books) -> tuple[Posted, ...]:
    """Take pieces back that were sold under a sub-ledger, at the cost that they left with; or write them off."""

    def one(owner: str, quantity: int, books: Books) -> tuple[Posted, ...]:
        sold = Side(Chart.COST_OF_GOODS_SOLD, _of(ref, owner))
        cost = books.back_minor(goods.sku, sold.ref, quantity)
        if not owner and not lost_with:
            return (books.came(goods.sku, goods.node, quantity, cost, sold),)
        there = Side(Chart.SHRINKAGE, lost_with) if lost_with else Side(Chart.OWED_TO_OWNERS, owner)
        move = counted(goods.sku, quantity, sold, there if lost_with else consigned_by(owner))
        return (posted(books.catalog, [Posting(cost, there.account, sold.account, there.ref, sold.ref)], [move]),)

    return in_turn(books, [partial(one, owner, quantity) for owner, quantity in goods.owned])


def found(goods: Pieces, ref: str, books: Books) -> tuple[Posted, ...]:
    """Take pieces in that nobody had on the books, at what the catalog says; those of others are owed for no more."""

    def one(owner: str, quantity: int, books: Books) -> tuple[Posted, ...]:
        cost, side = quantity * books.cost_minor(goods.sku), Side(Chart.SHRINKAGE, ref)
        if not owner:
            return (books.came(goods.sku, goods.node, quantity, cost, side),)
        posting = Posting(cost, Chart.OWED_TO_OWNERS, side.account, owner, ref)
        return (posted(books.catalog, [posting], [counted(goods.sku, quantity, side, consigned_by(owner))]),)

    return in_turn(books, [partial(one, owner, quantity) for owner, quantity in goods.owned])


def consigned_by(owner: str) -> Side:
    """Return the side where pieces of an owner are counted while they are with us."""
    return Side(Chart.CONSIGNED, owner)


def counted(sku: str, quantity: int, source: Side, target: Side) -> ValuedMove:
    """Return the move of pieces from one side to another, in finance's own count."""
    return ValuedMove(sku, quantity, *source.counted, *target.counted)


def dealt(theirs: Counter[tuple[str, str, str]], sku: str, shipment: str, quantity: int) -> Owned:
    """Deal out pieces that others own to a line that they came back for, as far as they reach."""
    owners = list[tuple[str, int]]()
    for key, held in theirs.items():
        part = min(held, quantity - sum([pieces for _, pieces in owners])) if key[:2] == (sku, shipment) else 0
        owners.append((key[2], part))
        theirs[key] -= part
    return owned_by(quantity, owners)


def _of(ref: str, owner: str) -> str:
    """Return the sub-ledger of a sale for the goods of an owner."""
    return f"{ref}@{owner}" if owner else ref
