"""How to time on a noisy machine: cases in turn, round by round, ratios of the same round, their median and range.

Process CPU time; the collector is frozen before each sample and its threshold raised, as the documentation tells a host
to do; the same holds for every side of a comparison.
"""

import gc
import statistics
from collections.abc import Callable, Mapping
from time import process_time_ns
from typing import NamedTuple

__all__ = ["Row", "quiet_collector", "ratios", "rounds"]


class Row(NamedTuple):
    """One line of the table: how many times something is faster (or larger) than something else, and what we aim at.

    `floor` is the least ratio to reach, `ceiling` the most (either may be absent).
    """

    name: str
    beside: str
    ratio: float
    least: float
    most: float
    floor: float | None = None
    ceiling: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Tell whether the bound holds."""
        return (self.floor is None or self.ratio >= self.floor) and (self.ceiling is None or self.ratio <= self.ceiling)


def quiet_collector() -> None:
    """Collect, freeze what lives, and let the collector run rarely: for both sides of each comparison."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def rounds(cases: Mapping[str, Callable[[], int]], *, count: int) -> dict[str, list[float]]:
    """Run the cases in turn, `count` rounds after one to warm up; each answers how many operations it did.

    Returns nanoseconds an operation, by case and round. The first case changes from round to round.
    """
    taken: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(count + 1):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            quiet_collector()
            start = process_time_ns()
            operations = cases[name]()
            spent = process_time_ns() - start
            if number:
                taken[name].append(spent / operations)
    return taken


def ratios(name: str, beside: str, slow: list[float], fast: list[float], **bounds: float | str) -> Row:
    """Return how many times `slow` takes as long as `fast`, round by round: median, least and most."""
    each = [a / b for a, b in zip(slow, fast, strict=True)]
    row = Row(name, beside, statistics.median(each), min(each), max(each))
    return row._replace(**bounds)  # type: ignore[arg-type]  # the bounds are fields of the row
