"""What a run comes to, as text: where hosts died, what became of messages and letters, who was how far behind."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.chaos.days import Report
from tests.chaos.monitor import Inflow, Outflow
from tests.chaos.points import POINTS, SOURCES, SYSTEMS, Armed

__all__ = ["drawn", "points"]

EVERYBODY = ("shop", "channel", "wms", "pos", "erp")


def drawn(report: Report) -> str:
    """Return the tables of a run."""
    return "\n".join(
        [
            *points(report.struck),
            "",
            *_others(report),
            "",
            *_rows("messages in", Inflow._fields, {source: report.look.inflows[source] for source in SOURCES}),
            "",
            *_rows("letters out", Outflow._fields, {system: report.look.outflows[system] for system in SYSTEMS}),
            "",
            *_behind(report),
            *[f"WRONG {finding}" for finding in report.findings],
        ]
    )


def points(struck: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield how often a host died at each kill point, with whose message or letter."""
    times = Counter(struck)
    yield f"{'killed at':28}" + "".join([f"{name:>9}" for name in EVERYBODY]) + f"{'in all':>9}"
    for point, whose in POINTS.items():
        each = [times[point, name] if name in whose else "" for name in EVERYBODY]
        total = sum(times[point, name] for name in whose)
        yield f"{point:28}" + "".join([f"{count:>9}" for count in each]) + f"{total:>9}"


def _others(report: Report) -> Iterator[str]:
    others = Counter([blow for blow in report.plan.blows.values() if not isinstance(blow, Armed)])
    yield from [f"{f'crashed: {blow}':28}{count:>9}" for blow, count in others.items()]


def _rows(title: str, names: Sequence[str], rows: Mapping[str, Sequence[int]]) -> Iterator[str]:
    yield f"{title:28}" + "".join([f"{name:>11}" for name in names])
    yield from [f"{name:28}" + "".join([f"{value:>11}" for value in row]) for name, row in rows.items()]


def _behind(report: Report) -> Iterator[str]:
    """Entries that each system was behind once all was settled that could be, by the hour; and the most at a look."""
    hours = range(1, len(report.behind) + 1, 4)
    yield f"{'behind after hour':18}" + "".join([f"{hour:>8}" for hour in hours]) + f"{'at most':>9}"
    for system in SYSTEMS:
        most = f"{report.most_behind[system]:>9}"
        yield f"{system:18}" + "".join([f"{report.behind[hour - 1][system]:>8}" for hour in hours]) + most
