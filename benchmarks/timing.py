"""How to time on a noisy machine: cases in turn, round by round, ratios of the same round, their median and range.

Process CPU time in one process; wall clock where several processes, a disk or a network take part. The collector is
frozen before each sample and its threshold raised, as the documentation tells a host to do; the same holds for every
side of a comparison.
"""

import gc
import statistics
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import process_time_ns
from typing import NamedTuple, TypeVar

__all__ = ["Row", "Speed", "quiet_collector", "ratios", "rounds", "speed", "turns"]

T = TypeVar("T")


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


class Speed(NamedTuple):
    """How fast something is here, by wall clock: operations a second, how long one takes (ms), what was tried again."""

    name: str
    rate: float
    least: float
    most: float
    p50_ms: float
    p99_ms: float
    retries: int = 0
    note: str = ""


def quiet_collector() -> None:
    """Collect, freeze what lives, and let the collector run rarely: for both sides of each comparison."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def turns(cases: Mapping[str, Callable[[int], T]], *, count: int) -> dict[str, list[T]]:
    """Give each case its turn in each round, `count` rounds after one to warm up, and return what it answered.

    Each is told the number of the round. The first case changes from round to round.
    """
    answers: dict[str, list[T]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(count + 1):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            quiet_collector()
            answer = cases[name](number)
            if number:
                answers[name].append(answer)
    return answers


def rounds(cases: Mapping[str, Callable[[], int]], *, count: int) -> dict[str, list[float]]:
    """Run the cases in turn, `count` rounds after one to warm up; each answers how many operations it did.

    Returns nanoseconds an operation, by case and round. The first case changes from round to round.
    """
    return turns({name: partial(_spent, case) for name, case in cases.items()}, count=count)


def _spent(case: Callable[[], int], _round: int) -> float:
    start = process_time_ns()
    operations = case()
    return (process_time_ns() - start) / operations


def ratios(name: str, beside: str, slow: list[float], fast: list[float], **bounds: float | str) -> Row:
    """Return how many times `slow` takes as long as `fast`, round by round: median, least and most."""
    each = [a / b for a, b in zip(slow, fast, strict=True)]
    row = Row(name, beside, statistics.median(each), min(each), max(each))
    return row._replace(**bounds)  # type: ignore[arg-type]  # the bounds are fields of the row


def speed(name: str, each: Sequence[float], taken: Sequence[int], *, retries: int = 0, note: str = "") -> Speed:
    """Return the speed of what took so many nanoseconds an operation in each round, and each operation for itself."""
    rates = sorted([1e9 / ns for ns in each])
    ordered = sorted(taken)
    p50, p99 = (ordered[len(ordered) * part // 100] / 1e6 for part in (50, 99))
    return Speed(name, statistics.median(rates), rates[0], rates[-1], p50, p99, retries, note)
