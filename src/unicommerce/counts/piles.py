"""What the latest counts rule at a node: which accounts should hold how many pieces now, in any order of arrival.

The rule: what is there is the latest count of it and what has moved in or out since. Damaged pieces and those in
quarantine are ruled by the latest count of their own. The shelf is ruled by the later of two: the latest count of it,
or the latest of all on hand, less what stands apart by its own count; of one moment, the count of the shelf. What
stands apart and was not counted by itself is as the book has it, and is among what a count of all is of.
"""

from collections.abc import Container
from typing import NamedTuple

from ..inventory import GoodsState, goods, on_hand_accounts
from ..ledger import Account, State
from .documents import APART, SHELF, Count, count_key

__all__ = ["Pile", "piles"]


class Pile(NamedTuple):
    """What one count rules: these accounts should hold `due` pieces together, and the book has so many in them."""

    by: Count
    accounts: tuple[Account, ...]
    due: int
    book: int

    @property
    def state(self) -> str:
        """Return the state that a difference is posted to."""
        return self.by.of if self.by.of in APART else GoodsState.SELLABLE


def piles(state: State, *, node: str, sku: str) -> tuple[Pile, ...]:
    """Return what the latest counts of a SKU at a node rule; nothing where nobody has counted.

    >>> from unicommerce.ledger import Ledger
    >>> piles(Ledger(), node="dc", sku="MUG")
    ()
    """
    unit = goods(sku)

    def moved(count: Count, *places: str) -> int:
        return sum([state.moved(unit, place, count.revision) for place in places])

    def pile(count: Count, accounts: tuple[Account, ...], due: int) -> Pile:
        return Pile(count, accounts, due, state.balance(unit, accounts))

    stands = {of: Account(node, of) for of in APART}
    latest = {of: count for of in APART if (count := state.document(count_key(node, sku, of)))}
    apart = [pile(n, (stands[of],), n.quantity + moved(n, stands[of].pile)) for of, n in latest.items()]
    whole, shelf = (state.document(count_key(node, sku, of)) for of in ("", SHELF))
    if shelf and (whole is None or whole.revision <= shelf.revision):
        due = shelf.quantity + moved(shelf, node) - moved(shelf, *[each.pile for each in stands.values()])
        return (pile(shelf, _without(node, APART), due), *apart)
    if whole:
        due = whole.quantity + moved(whole, node) - sum([each.due for each in apart])
        return (pile(whole, _without(node, latest), due), *apart)
    return tuple(apart)


def _without(node: str, states: Container[str]) -> tuple[Account, ...]:
    return tuple([account for account in on_hand_accounts(node) if account.state not in states])
