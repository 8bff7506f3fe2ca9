"""How long parcels will be under way, from how long they were: transits by region and distance, each with its odds.

The mean of each region and band of distance is drawn towards that of the band, the more the fewer deliveries it has
seen; how far single deliveries were from the mean of their own is pooled over all, because the slow one in a hundred is
not seen in forty. In exact fractions: the same deliveries give the same transits, in any order.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from ..errors import InvalidValue
from ..values import whole
from .promises import Transit

__all__ = ["Delivery", "transits_seen"]

PERCENTS = (1, 10, 25, 50, 75, 80, 85, *range(90, 100))
WEIGHT = 5
"""As many deliveries does the band of distance count for, beside those of the region."""


class Delivery(NamedTuple):
    """A parcel that has arrived: where, how far from its node, and how many of the carrier's days it took in all."""

    region: str
    meters: int
    days: int


def transits_seen(deliveries: Iterable[Delivery], *, limits_m: Sequence[int] = ()) -> tuple[Transit, ...]:
    """Return transits by region and distance, and by distance alone for regions where nothing was seen.

    `limits_m` are the ends of the bands of distance, rising; beyond the last there is one more. Raises `InvalidValue`
    for limits that do not rise and for days that are no whole number.

    >>> seen = [Delivery("BE", 9_000, days) for days in (1, 1, 2, 2, 2, 3)]
    >>> transits_seen(seen)[0].within(90)
    3
    """
    if list(limits_m) != sorted({*limits_m}):
        raise InvalidValue("limits_m", limits_m, "distances that rise")
    ends: list[int | None] = [*limits_m, None]
    by_band: dict[int, list[int]] = {}
    by_region: dict[tuple[int, str], list[int]] = {}
    for region, meters, days in deliveries:
        band = next(number for number, end in enumerate(ends) if end is None or meters <= end)
        taken = max(whole(days, "days"), 1)
        by_band.setdefault(band, []).append(taken)
        by_region.setdefault((band, region), []).append(taken)
    usual = {band: Fraction(sum(taken), len(taken)) for band, taken in by_band.items()}
    own = {
        (band, region): (sum(taken) + WEIGHT * usual[band]) / (len(taken) + WEIGHT)
        for (band, region), taken in by_region.items()
    }
    ratios = sorted([days / own[where] for where, taken in by_region.items() for days in taken])
    odds = [(percent, ratios[min(len(ratios) * percent // 100, len(ratios) - 1)]) for percent in PERCENTS if ratios]
    regions = [Transit(_days(own[band, region], odds), ends[band], region=region) for band, region in sorted(own)]
    return (*regions, *[Transit(_days(usual[band], odds), ends[band]) for band in sorted(usual)])


def _days(mean: Fraction, odds: Iterable[tuple[int, Fraction]]) -> tuple[tuple[int, int], ...]:
    return tuple([(percent, ceil(mean * ratio)) for percent, ratio in odds])
