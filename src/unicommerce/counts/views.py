"""Questions about counts: how far the book is from the latest one, and what an entry may have set apart from it."""

from collections.abc import Iterator
from typing import NamedTuple

from ..inventory import CUSTOMER, LOSS, SUPPLIER, goods, on_hand
from ..ledger import Account, Entry, State
from .documents import count_key
from .events import Counted

__all__ = ["Uneven", "concerned", "counted_on_hand", "discrepancy", "uneven"]

OUTSIDE = {account.place for account in (CUSTOMER, LOSS, SUPPLIER)}


def counted_on_hand(state: State, *, node: str, sku: str) -> int | None:
    """Return what should be on hand: the latest count and what has moved since; None where nobody has counted."""
    count = state.document(count_key(node, sku))
    return None if count is None else count.quantity + state.moved(goods(sku), node, count.revision)


def discrepancy(state: State, *, node: str, sku: str) -> int:
    """Return how many pieces more than the book has should be on hand (below zero: fewer); zero where nobody counted.

    It is never stored: a late movement that occurred before the count makes one, and `reconcile` ends it.
    """
    due = counted_on_hand(state, node=node, sku=sku)
    return 0 if due is None else due - on_hand(state, node=node, sku=sku)


class Uneven(NamedTuple):
    """A state in which the count found so many pieces, and the book has so many now."""

    state: str
    counted: int
    book: int


def uneven(state: State, *, node: str, sku: str) -> tuple[Uneven, ...]:
    """Return the states counted apart in which the book has another quantity: to be looked at, and told by `regraded`.

    What moved between the states of a node since the count is not known as of a moment, so this is no correction.
    """
    count = state.document(count_key(node, sku))
    found = count.apart if count else ()
    booked = [Uneven(name, q, state.balance(goods(sku), (Account(node, name),))) for name, q in found]
    return tuple([each for each in booked if each.counted != each.book])


def concerned(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Return (node, SKU) of all that an entry may have set apart from its count: the ones to reconcile after it."""
    return tuple(dict.fromkeys(_concerned(entry)))


def _concerned(entry: Entry) -> Iterator[tuple[str, str]]:
    for event in entry.events:
        if isinstance(event, Counted):
            yield from [(event.node, line.sku) for line in event.lines]
    for _, unit, source, target in entry.movements:
        book, _, sku = unit.partition(":")
        if book == "sku" and source.place != target.place:
            places = (source.place, target.place)  # of them the nodes: other places bear what they are before a colon
            yield from [(place, sku) for place in places if ":" not in place and place not in OUTSIDE]
