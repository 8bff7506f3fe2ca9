"""What goods cost beyond their price: charges spread over lines, tax that can not be credited, and what they fetch.

Shares sum to the charge to the minor unit and none is below zero. Cost contains what it takes to bring goods where they
are: freight, duty and tax that nobody gives back (IAS 2, 10 to 15); stock stands at the lower of cost and what it can
be sold for (IAS 2, 28 to 33).
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from ..ledger import Reason, Refused
from ..values import allocate, frozen, half_up
from .codes import ValuationCode

__all__ = ["Basis", "LandedLine", "Landing", "allowance_change_minor", "land"]


class Basis(StrEnum):
    """By what a charge is spread."""

    AMOUNT = "amount"
    QUANTITY = "quantity"
    EQUAL = "equal"
    MANUAL = "manual"


class LandedLine(NamedTuple):
    """A line that bears a charge: what it costs after discounts, its pieces, its share where somebody has set it."""

    amount_minor: int = 0
    quantity: int = 0
    share_minor: int = 0


@frozen
class Landing:
    """Lines and the share of the charge that each of them bears, in their order."""

    lines: tuple[LandedLine, ...]
    shares: tuple[int, ...]

    @property
    def charge_minor(self) -> int:
        """Return the sum of the shares, which is the charge."""
        return sum(self.shares)

    @property
    def value_minor(self) -> int:
        """Return what all lines are worth with the charge."""
        return sum([line.amount_minor for line in self.lines]) + self.charge_minor

    @property
    def unit_cost_minor(self) -> int:
        """Return what a piece costs with the charge, rounded to be shown; 0 where there is none."""
        pieces = sum([line.quantity for line in self.lines])
        return half_up(Fraction(self.value_minor, pieces)) if pieces else 0


def land(charge_minor: int, basis: Basis, lines: Sequence[LandedLine]) -> Landing | Refused:
    """Spread a charge over lines by largest remainder; refused where the basis sums to nothing.

    A line below zero, goods that went back, bears nothing. Shares set by hand are trimmed to the charge from the last
    line backwards, never below zero, and the last line takes what they lack.

    >>> land(100, Basis.QUANTITY, [LandedLine(500, 1), LandedLine(700, 2)]).shares
    (33, 67)
    """
    weights = [_WEIGHTS[basis](line) for line in lines]
    if sum(weights) <= 0 and basis is not Basis.MANUAL:
        return Refused((Reason(ValuationCode.ZERO_BASIS, "charge", sum(weights), charge_minor, basis),))
    if basis is Basis.MANUAL:
        return Landing(tuple(lines), _trimmed(charge_minor, weights))
    return Landing(tuple(lines), allocate(charge_minor, [max(weight, 0) for weight in weights]))


_WEIGHTS: Mapping[Basis, Callable[[LandedLine], int]] = {
    Basis.AMOUNT: lambda line: line.amount_minor,
    Basis.QUANTITY: lambda line: line.quantity,
    Basis.EQUAL: lambda _line: 1,
    Basis.MANUAL: lambda line: line.share_minor,
}


def _trimmed(charge_minor: int, set_by_hand: Sequence[int]) -> tuple[int, ...]:
    shares, over = list(set_by_hand), sum(set_by_hand) - charge_minor
    if over < 0:
        shares[-1] -= over
    for number in reversed(range(len(shares))):
        less = max(min(over, shares[number]), 0)
        shares[number], over = shares[number] - less, over - less
    return tuple(shares)


def allowance_change_minor(cost_minor: int, *, net_realizable_minor: int, allowance_minor: int = 0) -> int:
    """Return by how much the allowance on stock grows, to what cost exceeds what goods fetch when they are sold.

    Below zero it is reversed, at most by what was written down (IAS 2, 33).

    >>> allowance_change_minor(10_000, net_realizable_minor=9_000)
    1000
    >>> allowance_change_minor(10_000, net_realizable_minor=12_000, allowance_minor=1_000)
    -1000
    """
    return max(cost_minor - net_realizable_minor, 0) - allowance_minor
