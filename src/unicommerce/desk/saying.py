"""What an event says of an order, and how a row of a table of sentences is written."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from ..ledger import Event
from ..orders import LineQuantity

__all__ = ["Said", "Sentence", "listed", "of_kind", "of_one"]

E = TypeVar("E", bound=Event)


class Said(NamedTuple):
    """What an event says of an order: in words, of which pieces, at which place and shipment; and a tracking id."""

    words: str
    pieces: tuple[LineQuantity, ...] = ()
    place: str = ""
    shipment: str = ""
    tracking: str = ""


Sentence = Callable[[Event, str], tuple[Said, ...]]


def listed(pieces: Iterable[LineQuantity]) -> str:
    """Return pieces in words, by SKU.

    >>> listed([LineQuantity("1", "MUG", 2), LineQuantity("2", "CUP", 1), LineQuantity("3", "MUG", 1)])
    '3 MUG, 1 CUP'
    """
    sums: dict[str, int] = {}
    for _, sku, quantity in pieces:
        sums[sku] = sums.get(sku, 0) + quantity
    return ", ".join([f"{quantity} {sku}" for sku, quantity in sums.items()]) or "nothing"


def of_kind(kind: type[E], says: Callable[[E, str], Iterable[Said]]) -> tuple[str, Sentence]:
    """Return a row of the table: what an event of a kind says of an order."""
    return kind.kind, lambda event, order: tuple(says(event, order)) if isinstance(event, kind) else ()


def of_one(kind: type[E], of: Callable[[E], str], says: Callable[[E], Said]) -> tuple[str, Sentence]:
    """Return a row of an event that is of one order: which one, and what it says."""
    return of_kind(kind, lambda event, order: [says(event)] if of(event) == order else [])
