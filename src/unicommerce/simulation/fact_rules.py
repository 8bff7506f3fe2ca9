"""What must hold of that which is told without asking: counts, tills."""

from collections.abc import Iterator

from ..inventory import GoodsState
from ..tills import Forfeited, GivenBack, Sold, sold_to
from .view import Invariant, View

__all__ = ["FACT_RULES"]

ENDS_RIGHTS = (Sold, GivenBack, Forfeited)


def _rights_end_by_the_till(view: View) -> Iterator[str]:
    for quantity, unit, source, _ in view.entry.movements if view.entry else ():
        is_right = source.ref.startswith("till:") and source.state == GoodsState.RESERVED
        if is_right and view.entry and not any(isinstance(event, ENDS_RIGHTS) for event in view.entry.events):
            yield f"{quantity} {unit} of the rights of {source.ref} ended by {view.entry.id}"


def _counts_are_followed(view: View) -> Iterator[str]:
    for node, unit in sorted(view.counted):
        if (due := view.due(node, unit)) != view.on_hand(node, unit):
            yield f"{view.on_hand(node, unit)} of {unit} are at {node}, by the latest count it should be {due}"


def _sales_count_once(view: View) -> Iterator[str]:
    for sale, pieces in view.sold.items():
        for unit, there in pieces.items():
            if (book := view.balance(unit, sold_to(sale))) != there:
                yield f"a customer has {there} {unit} of sale {sale}, the book says {book}"


FACT_RULES: tuple[Invariant, ...] = (
    Invariant("T1 rights end by the till alone", "step", _rights_end_by_the_till),
    Invariant("U7 the latest count and what moved since is the book", "end", _counts_are_followed),
    Invariant("T2 each sale of a till counts once", "end", _sales_count_once),
)
"""Of facts."""
