"""What a marketplace was told of each line, and what of it stands with us: the two books side by side.

A line is one as it was ordered. Of a kit it is the complete kits that its components allow.
"""

from typing import NamedTuple

from ..ledger import Account, State
from ..orders import LineState, Order, line_account, standing, whole_kits
from ..values import Unit
from .documents import MarketOrder, asked
from .events import AskState, ask_account

__all__ = ["CLAIMED", "IN_HAND", "LEFT", "LIVE", "Told", "accounts_of", "claimed", "parts_of", "told", "waiting"]

CLAIMED = (
    LineState.OPEN,
    LineState.ALLOCATED,
    LineState.PICKED,
    LineState.PACKED,
    LineState.READY,
    LineState.SHIPPED,
    LineState.DELIVERED,
    LineState.COLLECTED,
    LineState.LOST,
    LineState.RETURNED,
)
"""States in which pieces have goods, or had them: what is open has its claim."""

IN_HAND = (LineState.READY, LineState.PACKED, LineState.PICKED)
"""States in which a node has pieces in hand, those first that were not touched for longest."""

LEFT = (LineState.SHIPPED, LineState.DELIVERED, LineState.COLLECTED)
"""States in which pieces have left, and have not come back."""


class Told(NamedTuple):
    """Pieces of a line that a marketplace still wants, by what it was told of them."""

    unanswered: int
    accepted: int
    backordered: int


LIVE = (AskState.UNANSWERED, AskState.ACCEPTED, AskState.BACKORDERED)
"""States of pieces that a marketplace still wants, in the order of `Told`."""


def told(world: State, document: MarketOrder, line: str) -> Told:
    """Return what was said of a line."""
    accounts = [ask_account(document.market, state) for state in LIVE]
    return Told(*[world.balance(asked(document.order, line), (account,)) for account in accounts])


def parts_of(order: Order, line: str) -> tuple[tuple[str, int], ...]:
    """Return the lines of pieces, and how many of each, that one of an ordered line is made of."""
    kit = order.kit_by_id.get(line)
    return kit.components if kit else ((line, 1),)


def claimed(world: State, order: Order | None, line: str) -> int:
    """Return how many of an ordered line have goods; none of an order that we have not taken."""
    return _whole(world, order, line, CLAIMED)


def waiting(world: State, order: Order | None, line: str) -> int:
    """Return how many of an ordered line wait for goods that are expected, beside those that have some."""
    return _whole(world, order, line, (*CLAIMED, LineState.BACKORDERED)) - claimed(world, order, line)


def _whole(world: State, order: Order | None, line: str, states: tuple[LineState, ...]) -> int:
    if order is None:
        return 0
    held = {part: _sum(world, order.unit(part), states) for part, _ in parts_of(order, line)}
    return whole_kits(order, [held])[line] if line in order.kit_by_id else held[line]


def _sum(world: State, unit: Unit, states: tuple[LineState, ...]) -> int:
    return sum([standing(world, unit, state) for state in states])


def accounts_of(states: tuple[LineState, ...]) -> tuple[Account, ...]:
    """Return the accounts of these states."""
    return tuple([line_account(state) for state in states])
