"""Questions about counts: how far the book is from the latest one, and what an entry may have set apart from it."""

from collections.abc import Iterator
from typing import NamedTuple

from ..inventory import CUSTOMER, LOSS, SUPPLIER, on_hand
from ..ledger import Entry, State
from .events import Counted
from .piles import piles

__all__ = ["Uneven", "concerned", "counted_on_hand", "discrepancy", "uneven"]

OUTSIDE = {account.place for account in (CUSTOMER, LOSS, SUPPLIER)}


def counted_on_hand(state: State, *, node: str, sku: str) -> int | None:
    """Return what should be on hand: the latest count and what has moved since; None where nobody has counted.

    Where only some piles were counted, the others are as the book has them.
    """
    ruled = piles(state, node=node, sku=sku)
    return on_hand(state, node=node, sku=sku) + sum([pile.due - pile.book for pile in ruled]) if ruled else None


def discrepancy(state: State, *, node: str, sku: str) -> int:
    """Return how many pieces more than the book has should be on hand (below zero: fewer); zero where nobody counted.

    It is never stored: a late movement that occurred before the count makes one, and `reconcile` ends it. Of piles that
    are counted apart it is the sum: see `uneven`.
    """
    return sum([pile.due - pile.book for pile in piles(state, node=node, sku=sku)])


class Uneven(NamedTuple):
    """What should hold so many pieces by its latest count, and what the book has; `of` is one of `SCOPES`."""

    of: str
    due: int
    book: int


def uneven(state: State, *, node: str, sku: str) -> tuple[Uneven, ...]:
    """Return what differs from its count: what `reconcile` would correct."""
    ruled = [Uneven(pile.by.of, pile.due, pile.book) for pile in piles(state, node=node, sku=sku)]
    return tuple([each for each in ruled if each.due != each.book])


def concerned(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Return (node, SKU) of all that an entry may have set apart from its count: the ones to reconcile after it."""
    return tuple(dict.fromkeys(_concerned(entry)))


def _concerned(entry: Entry) -> Iterator[tuple[str, str]]:
    for event in entry.events:
        if isinstance(event, Counted):
            yield from [(event.node, line.sku) for line in event.lines]
    for movement in entry.movements:
        _, unit, source, target = movement
        book, _, sku = unit.partition(":")
        if book == "sku" and movement.moves():
            places = (source.place, target.place)  # of them the nodes: other places bear what they are before a colon
            yield from [(place, sku) for place in places if ":" not in place and place not in OUTSIDE]
