"""Questions about tills: what they may still sell offline, and the moment of what they tell by our clock."""

from ..inventory import GoodsState, goods
from ..ledger import State
from .documents import stands, till_key

__all__ = ["by_our_clock", "rights"]


def rights(state: State, *, till: str) -> dict[str, int]:
    """Return the pieces by SKU that a till may still sell offline: granted, less what it sold under them or gave back.

    Where the till has not told all of its sales yet, it knows better: it has used more.
    """
    document = state.document(till_key(till))
    if document is None:
        return {}
    at = (stands(document.node, till, GoodsState.RESERVED),)
    return {sku: held for sku in document.skus if (held := state.balance(goods(sku), at))}


def by_our_clock(moment: int, *, sent_at: int, now: int) -> int:
    """Return when something happened by our clock (ms UTC), told by a clock that said `sent_at` when it is `now` here.

    A till that is hours wrong is wrong by the same hours all day; nothing it tells can be of later than now.

    >>> by_our_clock(5_000, sent_at=9_000, now=7_000)
    3000
    """
    return min(moment + now - sent_at, now)
