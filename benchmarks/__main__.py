"""Run every benchmark, print one table of ratios, and write it as JSON beside the versions it holds for."""

import argparse
import json
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from . import history, reserve, routing
from .timing import Row

LIBRARIES = ("unicommerce", "attrs", "cattrs", "pendulum", "eventsourcing", "highspy")


def bounds(row: Row) -> str:
    """Say what the ratio should be."""
    if row.floor is not None:
        return f"≥ {row.floor:g} {'✔' if row.is_met else '✘'}"
    return "" if row.ceiling is None else f"≤ {row.ceiling:g} {'✔' if row.is_met else '✘'}"


def table(rows: list[Row]) -> Table:
    """Return the rows as a table."""
    drawn = Table(title="ratios of process CPU time, both sides in turn in one run (memory: MiB)", title_justify="left")
    for heading in ("what", "beside", "ratio", "range", "bound", "note"):
        drawn.add_column(heading, justify="right" if heading in {"ratio", "range"} else "left", overflow="fold")
    for row in rows:
        drawn.add_row(
            row.name, row.beside, f"{row.ratio:,.2f}", f"{row.least:,.2f}-{row.most:,.2f}", bounds(row), row.note
        )
    return drawn


def main() -> None:
    """Run, print, write."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument(
        "--quick", action="store_true", help="fewer rounds and a shorter history: a look, not a figure"
    )
    arguments.add_argument("--out", type=Path, default=Path("build/bench.json"))
    options = arguments.parse_args()
    console = Console(width=max(Console().width, 150))  # as wide where the output is a file
    rows: list[Row] = []
    parts: tuple[tuple[str, Callable[[], list[Row]]], ...] = (
        ("reserve", lambda: reserve.run(count=5 if options.quick else 15)),
        ("routing", lambda: routing.run(orders=30 if options.quick else 150)),
        ("history", lambda: history.run(long=20_000 if options.quick else 1_000_000)),
        ("replay", lambda: history.replay(count=3 if options.quick else 7)),
        ("memory", history.memory),
    )
    for title, part in parts:
        with console.status(title):
            rows += part()
    console.print(table(rows))
    versions = {"python": sys.version, "machine": platform.machine()} | {name: version(name) for name in LIBRARIES}
    console.print(", ".join(f"{name} {number.split()[0]}" for name, number in versions.items()))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    report = {"versions": versions, "rows": [row._asdict() | {"is_met": row.is_met} for row in rows]}
    options.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    console.print(f"written to {options.out}")


if __name__ == "__main__":
    main()
