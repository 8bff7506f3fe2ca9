"""What a piece of a line is worth: whole shares, the same for any order and grouping in which the pieces go.

One rule makes all shares. An amount over n pieces is dealt like cards: each piece gets the whole part, and the first
ones a minor unit more until none is left (largest remainder over equal weights, ties to the lowest index). What is left
over the pieces that are left deals to the very same shares, so nothing has to remember which pieces went: an amount and
a number of pieces say it all, and the last one takes the rest.

Where pieces cost differently, `shared` deals an amount of all of them (a tax, say) unit by unit, each to the piece that
has the least for its price; alike pieces get by it what they get by the cards, and it too deals the rest to the rest.

Parts of one amount (net and tax, paid and taken off) are dealt as running totals, and a part is the difference of two:
totals that grow deal to shares that grow, so no part of any piece is below zero, and the parts of each piece sum to its
whole.
"""

from collections.abc import Sequence
from fractions import Fraction
from heapq import heapify, heapreplace
from itertools import accumulate, pairwise
from typing import NamedTuple

from ..errors import InvalidValue
from ..values import identifier, whole
from .documents import LineDiscount

__all__ = ["Price", "cut", "dealt", "share", "shared", "taken"]


def share(amount_minor: int, first: int, pieces: int) -> int:
    """Return the share of the first so many pieces of an amount, in minor units.

    >>> [share(100, first, 3) for first in range(4)]
    [0, 34, 67, 100]
    """
    each, rest = divmod(amount_minor, pieces)
    return first * each + min(first, rest)


def dealt(parts: Sequence[int], first: int, pieces: int) -> tuple[int, ...]:
    """Return the share of the first so many pieces of each part of an amount; none is below zero.

    Raises `InvalidValue` for more pieces than there are.

    >>> dealt((1, 1), 1, 2)
    (1, 0)
    """
    if first > whole(pieces, "pieces", 1):
        raise InvalidValue("pieces", first, f"at most {pieces} pieces")
    return _differences([share(total, whole(first, "pieces"), pieces) for total in accumulate(parts)])


def taken(parts: Sequence[int], amount_minor: int) -> tuple[int, ...]:
    """Return what each part has in a piece of their sum: in proportion, running totals rounded half up.

    The last part is what is left, so that the parts sum to the amount. Raises `InvalidValue` for more than the sum.

    >>> taken((100, 1000), 550)
    (50, 500)
    """
    total = sum(parts)
    if whole(amount_minor, "amount_minor") > total:
        raise InvalidValue("amount_minor", amount_minor, f"at most {total}")
    doubled = 2 * (total or 1)
    return _differences([(2 * run * amount_minor + (total or 1)) // doubled for run in accumulate(parts)])


def shared(amount_minor: int, runs: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Return the shares of runs of alike pieces, each so many of a weight, in an amount over all of them.

    Minor units are dealt one by one, each to the piece for which (2 x what it has + 1) / weight is least, ties to the
    first: each share is its weight at one common rate, rounded half up (Webster's method). So what is over when any
    pieces are gone with their shares deals to the very same shares of the others; and an amount that is the weights'
    sum deals to the weights. A weight of zero gets nothing, unless all are zero: then they count as equal. A negative
    amount deals as its positive does.

    >>> shared(100, [(1, 1), (2, 1)]), shared(7, [(2, 10), (1, 25)]), shared(-45, [(2, 10), (1, 25)])
    ((34, 66), (3, 4), (-20, -25))
    """
    pieces = sum([count for count, _ in runs])
    if not any(count * weight for count, weight in runs):
        runs = [(count, 1) for count, _ in runs]
    whole_weight = sum([count * weight for count, weight in runs])
    rest = abs(amount_minor)
    scale = max(0, 2 * rest - pieces)  # at this rate, over twice the whole weight, all shares sum to the amount at most
    each = [(weight * scale + whole_weight) // (2 * whole_weight) if scale else 0 for _, weight in runs]
    given = [count * held for (count, _), held in zip(runs, each, strict=True)]
    rest -= sum(given)
    heads = [(Fraction(2 * each[n] + 1, weight), n) for n, (count, weight) in enumerate(runs) if count and weight]
    heapify(heads)
    while rest:
        _, run = heads[0]
        count, weight = runs[run]
        part = min(count, rest)
        each[run], given[run], rest = each[run] + 1, given[run] + part, rest - part
        heapreplace(heads, (Fraction(2 * each[run] + 1, weight), run))
    return tuple([-share if amount_minor < 0 else share for share in given])


def _differences(totals: Sequence[int]) -> tuple[int, ...]:
    return tuple([after - before for before, after in pairwise([0, *totals])])


class Price(NamedTuple):
    """A price for each piece, in minor units, and what discounts took off the first `pieces` of them altogether.

    Pieces beyond those cost the price: what is added to an order later is not discounted by what was given before. A
    discount takes at most what is left of the price, the first one first.
    """

    each_minor: int
    pieces: int = 0
    discounts: tuple[LineDiscount, ...] = ()

    def check(self) -> None:
        """Check it. Raises `InvalidValue` for discounts below zero, of no pieces, or of more than the pieces cost."""
        whole(self.each_minor, "price_minor")
        whole(self.pieces, "discounted", 1 if self.discounts else 0)
        for id, amount_minor, _ in self.discounts:
            whole(amount_minor, f"discount {identifier(id, 'discount')}")
        if self.at(self.each_minor) != self:
            raise InvalidValue("discounts", self.discounts, "at most the price of the pieces that they are of")

    def at(self, each_minor: int) -> "Price":
        """Return another price for each piece; a discount takes no more than there is left of it.

        >>> Price(900, 1, (LineDiscount("spring", 500),)).at(300).discounts[0].amount_minor
        300
        """
        return Price(each_minor, self.pieces, cut(each_minor * self.pieces, self.discounts))

    def paid_minor(self, start: int, stop: int) -> int:
        """Return what is paid for the pieces from one number up to another, in minor units.

        >>> mugs = Price(1000, 3, (LineDiscount("spring", 100),))
        >>> [mugs.paid_minor(piece, piece + 1) for piece in range(4)], mugs.paid_minor(0, 3)
        ([967, 967, 966, 1000], 2900)
        """
        return self._parts(stop)[0] - self._parts(start)[0]

    def discounts_minor(self, start: int, stop: int) -> tuple[int, ...]:
        """Return what each discount took off the pieces from one number up to another, in minor units.

        >>> Price(1000, 3, (LineDiscount("spring", 100), LineDiscount("coupon", 1))).discounts_minor(0, 1)
        (33, 0)
        """
        return tuple([b - a for a, b in zip(self._parts(start)[1:], self._parts(stop)[1:], strict=True)])

    def alike(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Return the pieces from one number up to another as ranges in which each is paid and discounted alike.

        >>> Price(1000, 3, (LineDiscount("spring", 100),)).alike(0, 5)
        [(0, 2), (2, 3), (3, 5)]
        """
        off = cut(self.each_minor * self.pieces, self.discounts)
        totals = accumulate([self.each_minor * self.pieces, *[-each.amount_minor for each in off]])
        ends = {self.pieces, *[total % self.pieces for total in totals if self.pieces]}
        return list(pairwise([start, *sorted([end for end in ends if start < end < stop]), stop]))

    def _parts(self, first: int) -> tuple[int, ...]:
        """Return what is paid for the first so many pieces, and after it what each discount took off them."""
        if not self.pieces:
            return (first * self.each_minor, *[0 for _ in self.discounts])
        off = [each.amount_minor for each in cut(self.each_minor * self.pieces, self.discounts)]
        inside = min(first, self.pieces)
        paid, *shares = dealt((self.each_minor * self.pieces - sum(off), *reversed(off)), inside, self.pieces)
        return (paid + (first - inside) * self.each_minor, *reversed(shares))


def cut(amount_minor: int, discounts: Sequence[LineDiscount]) -> tuple[LineDiscount, ...]:
    """Return discounts off an amount, each at most what those before it have left.

    >>> [each.amount_minor for each in cut(10, (LineDiscount("a", 8), LineDiscount("b", 8)))]
    [8, 2]
    """
    runs = [min(amount_minor, run) for run in accumulate([each.amount_minor for each in discounts])]
    return tuple([each._replace(amount_minor=off) for each, off in zip(discounts, _differences(runs), strict=True)])
