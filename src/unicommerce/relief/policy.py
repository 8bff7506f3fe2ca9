"""The knobs of relief: which claims are kept longest, and what may be done to an order that can not be met."""

from collections.abc import Callable
from typing import NamedTuple

from ..inventory import GoodsState
from ..supply import BackorderPolicy
from ..values import frozen, whole

__all__ = ["Claimant", "ReliefPolicy", "firm_first"]


class Claimant(NamedTuple):
    """A claim that may give way: on whose behalf, where, held or reserved, pieces, priority, since when (ms UTC).

    `life_days` are for how long its lots must last, from today on.
    """

    ref: str
    place: str
    state: str
    quantity: int
    priority: int
    since: int
    life_days: int = 0


def nobody(_channel: str) -> BackorderPolicy:
    """Return that orders of no channel wait: what is short is refused."""
    return BackorderPolicy()


def firm_first(one: Claimant) -> tuple[int, ...]:
    """Return how precious a claim is: firm before held, then by priority, an order before another claim, then by age.

    >>> basket = Claimant("claim:b", "pool:web", "held", 1, 9, 0)
    >>> order = Claimant("line:o/1", "dc", "reserved", 1, 0, 5)
    >>> max(basket, order, key=firm_first).ref
    'line:o/1'
    """
    return (one.state == GoodsState.RESERVED, one.priority, one.ref.startswith("line:"), -one.since)


@frozen(kw_only=True)
class ReliefPolicy:
    """How claims give way.

    - `precious`: what is kept longest, the greatest first. - `backorders`: by the order's channel, how far open pieces
    that can not be met wait for what is expected instead; by default they do not. - `cancels`: orders that can not be
    met are canceled; by default they wait and are named, because a person may still find the goods. - `patience_ms`:
    how long after its moment anybody waits for an inbound (None: for ever).
    """

    precious: Callable[[Claimant], tuple[int, ...]] = firm_first
    backorders: Callable[[str], BackorderPolicy] = nobody
    cancels: bool = False
    patience_ms: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.patience_ms is not None:
            whole(self.patience_ms, "patience_ms")
