"""Runs seed by seed, a JSON line for each in build/chaos.jsonl, then each planted bug beside its healthy twin.

`python -m tests.chaos.campaign [seeds]` goes on where it was stopped; remove build/chaos.jsonl to begin anew. The exit
status is 1 where something was wrong in a healthy run, a kill point was struck by nobody, or a planted bug was not
found.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import servers
from tests.chaos.days import Plan, Report, Servers, live, plan_of
from tests.chaos.planted import PLANTED, without
from tests.chaos.points import POINTS
from tests.chaos.tables import drawn, points

__all__ = ["SEEDS", "main", "shown", "started"]

KEPT = Path("build/chaos.jsonl")
SEEDS = 8


@contextmanager
def started() -> Iterator[Servers]:
    """Start servers of one's own, and stop them in the end."""
    at = Servers(servers.start_postgres(), servers.start_nats())
    try:
        yield at
    finally:
        at.bus.stop()
        at.database.cleanup()


def known() -> dict[int, dict[str, Any]]:
    """Return what came of the seeds that were run before."""
    lines = KEPT.read_text("utf-8").splitlines() if KEPT.exists() else []
    return {came["seed"]: came for came in map(json.loads, lines)}


def shown(at: Servers, plan: Plan) -> Report:
    """Live through a plan, and show what came of it."""
    report = asyncio.run(live(at, plan))
    print(f"seed {plan.seed}\n{drawn(report)}\n", flush=True)
    return report


def came(at: Servers, seed: int) -> dict[str, Any]:
    """Run a seed, show it and keep it."""
    began = time.monotonic()
    report = shown(at, plan_of(seed))
    found = {"seed": seed, "struck": report.struck, "findings": report.findings}
    found["seconds"] = round(time.monotonic() - began, 1)
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as file:
        file.write(json.dumps(found) + "\n")
    return found


def bugs(at: Servers) -> Iterator[str]:
    """Show which planted bugs are found; yield what is wrong with that."""
    for bug, (plan, words) in PLANTED.items():
        planted, healthy = (asyncio.run(live(at, each)).findings for each in (plan, without(plan)))
        said = next((finding for finding in planted if words in finding), "")
        print(f"planted: {bug:32} {said[:80] or 'NOT FOUND'}", flush=True)
        yield from [f"{bug}: not found"] * (not said)
        yield from [f"{bug}: found where it is not planted: {finding}" for finding in healthy]


def main(seeds: int) -> int:
    """Run what is not known yet, and sum up."""
    with started() as at:
        before = known()
        runs = [before.get(seed) or came(at, seed) for seed in range(seeds)]
        wrong = [f"seed {run['seed']}: {finding}" for run in runs for finding in run["findings"]]
        struck = [(point, system) for run in runs for point, system in run["struck"]]
        print("\n".join([f"{seeds} seeds, {sum(run['seconds'] for run in runs):.0f} s", *points(struck), ""]))
        missed = {(point, system) for point, whose in POINTS.items() for system in whose} - set(struck)
        wrong += [f"nobody died at: {point}, {system}" for point, system in sorted(missed) if seeds >= SEEDS]
        wrong += bugs(at)
    print("\n".join([f"WRONG {each}" for each in wrong]) or "nothing is wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS))
