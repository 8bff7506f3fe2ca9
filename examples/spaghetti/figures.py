"""Runs one seed through one stack; what is measured, and the table of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

from .loose import Files, Loose
from .master import EAGER, NEAR
from .ours import Ours
from .stage import Stack, Stage
from .world import World

__all__ = ["ROWS", "STACKS", "VARIANTS", "run", "table"]

Figures = Mapping[str, float]

STACKS: dict[str, Callable[[Stage], Stack]] = {
    "nightly": lambda stage: Loose(stage, files=Files.NIGHTLY),
    "deltas": Loose,
    "hourly": lambda stage: Loose(stage, files=Files.HOURLY),
    "unicommerce": Ours,
}
VARIANTS: dict[str, Callable[[Stage], Stack]] = {
    "two days": lambda stage: Loose(stage, promise_days=2),
    "four days": lambda stage: Loose(stage, promise_days=4),
    "quick mail": lambda stage: Loose(stage, reads_mail=(10, 60)),
    "eager": lambda stage: Ours(stage, routing=EAGER),
    "near": lambda stage: Ours(stage, routing=NEAR),
}
"""The second and the last of them with another assumption."""
HEADS = {
    "nightly": "loose, nightly files",
    "deltas": "loose, nightly files and hourly changes",
    "hourly": "loose, hourly files",
    "unicommerce": "unicommerce",
    "two days": "loose, two days promised",
    "four days": "loose, four days promised",
    "quick mail": "loose, mails read within an hour",
    "eager": "unicommerce, sooner dates",
    "near": "unicommerce, near",
}


def run(world: World, stack: str) -> dict[str, float]:
    """Return the figures of a world with a stack in it."""
    stage = Stage(world)
    stage.run((STACKS | VARIANTS)[stack](stage))
    return stage.figures()


def _plain(name: str) -> Callable[[Figures], float]:
    return lambda figures: figures.get(name, 0)


def _per(number: int, of: str, *names: str) -> Callable[[Figures], float]:
    """Return how many there are of something for each so many of something else."""
    return lambda figures: number * sum([figures.get(name, 0) for name in names]) / max(figures[of], 1)


ROWS: Mapping[str, Callable[[Figures], float]] = {
    "orders taken": _plain("orders"),
    "orders canceled for oversell, per 1,000": _per(1000, "orders", "canceled"),
    "late promises, per 1,000": _per(1000, "orders", "late"),
    "days promised, mean": _per(1, "orders", "promised days"),
    "past three working days, per 1,000": _per(1000, "orders", "past the yardstick"),
    "unexplained differences a day": _plain("unexplained a day"),
    "positions off the shelf a day": _plain("off the shelf a day"),
    "manual touches, per 1,000 orders": _per(1000, "orders", "touches"),
    "the same without returns at stores": lambda figures: (
        1000 * (figures["touches"] - figures.get("touch: store return", 0)) / max(figures["orders"], 1)
    ),
    "where-is-it contacts, per 1,000 orders": _per(1000, "orders", "contacts"),
    "minutes until the shop shows a change, median": _plain("median minutes shop"),
    "the same, 95th percentile": _plain("95th minutes shop"),
    "minutes until the marketplace shows it, median": _plain("median minutes market"),
    "parcels, per 100 orders": _per(100, "orders", "parcels"),
    "online visitors who left without, per 1,000": _per(1000, "visits", "turned away", "refused at checkout"),
    "store visitors who left without, per 1,000": _per(1000, "walks", "walked out"),
}


def table(by_stack: Mapping[str, Sequence[Figures]], rows: Mapping[str, Callable[[Figures], float]]) -> Iterator[str]:
    """Yield the lines of a table in Markdown: of each figure and stack the median of all seeds, least and most."""
    yield f"| figure | {' | '.join([HEADS[stack] for stack in by_stack])} |"
    yield f"|---{'|--:' * len(by_stack)}|"
    for name, figure in rows.items():
        cells = [_range([figure(each) for each in figures]) for figures in by_stack.values()]
        yield f"| {name} | {' | '.join(cells)} |"


def _range(values: Sequence[float]) -> str:
    return f"{_short(median(values))} ({_short(min(values))} to {_short(max(values))})"


def _short(value: float) -> str:
    return f"{value:.1f}" if value % 1 and value < 100 else f"{value:,.0f}"
