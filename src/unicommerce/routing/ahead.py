"""What using a piece here now may cost later: a price on the last pieces of a node, so that its own customers get them.

    price = share x package x P(the node's own demand until it is filled again >= its stock)

P is the tail of a Poisson count in its normal approximation with continuity correction, in 65,536ths, by whole numbers
alone: the same on every machine. Routing weighs the price with what a plan costs and never books it. It needs no solver
and no shadow prices, which hoard (Acimovic and Graves 2015 price by the duals of a transportation program). `python -m
benchmarks online` shows what it saves.
"""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from math import isqrt
from types import MappingProxyType

from ..errors import InvalidValue
from ..values import DAY_MS, frozen, whole

__all__ = ["Outlook"]

MILLION = 1_000_000
ONE = 65_536
STEPS = 64
"""Of a standard deviation."""
FAR = 5 * STEPS
"""Beyond five standard deviations the tail is nothing."""
SCALE = 10**24
ROOT_OF_TWO_PI = 2_506628274631000502415765
"""In units of 1 / `SCALE`."""


@frozen(kw_only=True)
class Outlook:
    """What nodes expect to need for their own customers until they are filled again, and what running out there costs.

    - `daily_micro`: millionths of a piece a day, by node and SKU, that customers for whom the node is the nearest ask
    for; what is not named needs nothing. - `until`: when nodes are filled again (ms UTC). - `package_minor`: what one
    more parcel costs. - `share_percent`: how much of it a piece that is missing later costs, on average: some of those
    who would have had it get it in a parcel that comes anyway. Between 50 and 100 it makes little difference.
    - `markdown_minor`: what a piece that stays will be marked down by, by node and SKU; pieces are rather taken where
    they would lose more.
    """

    daily_micro: Mapping[tuple[str, str], int]
    until: int
    package_minor: int
    share_percent: int = 70
    markdown_minor: Mapping[tuple[str, str], int] = MappingProxyType({})

    def __attrs_post_init__(self) -> None:
        for name in ("package_minor", "share_percent"):
            whole(getattr(self, name), name)
        if bad := {place: rate for place, rate in self.daily_micro.items() if type(rate) is not int or rate < 0}:
            raise InvalidValue("daily_micro", bad, "millionths of a piece a day, 0 or more")
        for (node, sku), minor in self.markdown_minor.items():
            whole(minor, f"markdown_minor of {sku} at {node}")

    def price_minor(self, node: str, sku: str, stock: int, *, now: int) -> int:
        """Return what a piece costs beside what is paid for it, in minor units, where a node has so many left.

        >>> mugs = Outlook(daily_micro={("store-7", "MUG"): 500_000}, until=10 * DAY_MS, package_minor=800)
        >>> [mugs.price_minor("store-7", "MUG", stock, now=0) for stock in (1, 5, 9, 20)]
        [548, 332, 33, 0]
        """
        micro = self.daily_micro.get((node, sku), 0) * max(self.until - now, 0) // DAY_MS
        if micro == 0 or stock <= 0:
            return 0
        weight = self.share_percent * self.package_minor * _at_least(stock, micro)
        return (weight + 50 * ONE) // (100 * ONE)

    @cached_property
    def _most_minor(self) -> Mapping[str, int]:
        """Return by how much a piece of a SKU is marked down at most."""
        most: dict[str, int] = {}
        for (_, sku), minor in self.markdown_minor.items():
            most[sku] = max(most.get(sku, 0), minor)
        return most

    def forgone_minor(self, node: str, sku: str) -> int:
        """Return what taking a piece here loses beside taking it where it will be marked down most, in minor units.

        >>> coats = Outlook(daily_micro={}, until=0, package_minor=0, markdown_minor={("a", "COAT"): 3_000})
        >>> coats.forgone_minor("a", "COAT"), coats.forgone_minor("b", "COAT"), coats.forgone_minor("b", "HAT")
        (0, 3000, 0)
        """
        return self._most_minor.get(sku, 0) - self.markdown_minor.get((node, sku), 0)


def _at_least(stock: int, micro: int) -> int:
    """Return the chance, in 65,536ths, that a need of so many millionths of a piece on average reaches the stock."""
    beyond = (2 * stock - 1) * MILLION - 2 * micro
    return _tail(max(min(beyond * STEPS // (2 * isqrt(micro * MILLION)), FAR), -FAR))


@lru_cache(maxsize=2 * FAR + 1)
def _tail(step: int) -> int:
    """Return how often, in 65,536ths, a normal variable is beyond so many 64ths of its standard deviation.

    By the series of the distribution around zero (Abramowitz and Stegun 1964, 26.2.10).
    """
    if step < 0:
        return ONE - _tail(-step)
    if step >= FAR:
        return 0
    power, total, k = SCALE * step // STEPS, 0, 0
    while power:
        total += (-power if k % 2 else power) // (2 * k + 1)
        k += 1
        power = power * step * step // (STEPS * STEPS * 2 * k)
    half = SCALE // 2 - total * SCALE // ROOT_OF_TWO_PI
    return (half * ONE + SCALE // 2) // SCALE
