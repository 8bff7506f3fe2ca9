"""Runs worlds seed by seed, and planted bugs until one is found, a JSON line for each in build/, and sums them up.

`python -m tests.simulation.campaign [seeds]` goes on where it was stopped; remove build/worlds.jsonl and
build/bugs.jsonl to begin anew. `... bugs` runs the bugs alone.
The exit status is 1 where a healthy world broke, or a bug was not found within 200 seeds.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from unicommerce.simulation import FAULTS, SABOTEURS, World, simulate

KEPT = Path("build/worlds.jsonl")
KEPT_BUGS = Path("build/bugs.jsonl")
SEEDS_OF_A_BUG = 40
MOST_SEEDS_OF_A_BUG = 200


class Found(NamedTuple):
    """A bug, the first seed that finds it, seeds of forty that do, and the invariant that tells most often."""

    bug: str
    first: int | None
    seeds: int
    invariant: str

    def __str__(self) -> str:
        return f"{self.bug:45} {self.first!s:>5} {self.seeds:>4}  {self.invariant}"


def hunt(bug: str, seeds: int = SEEDS_OF_A_BUG, most: int = MOST_SEEDS_OF_A_BUG) -> Found:
    """Plant a bug in the worlds of the first seeds, and of more while none has found it."""
    first, told = None, Counter[str]()
    for seed in range(most):
        if seed >= seeds and first is not None:
            break
        if broken := simulate(World(seed, sabotage=SABOTEURS[bug])).broken:
            first = seed if first is None else first
            told[broken] += seed < seeds
    return Found(bug, first, told.total(), told.most_common(1)[0][0] if told else "")


class Came(NamedTuple):
    """What came of a world."""

    seed: int
    steps: int
    entries: int
    seconds: float
    digest: str
    struck: dict[str, int]
    reached: dict[str, int]
    broken: str
    line: str
    breaches: list[str]


def came(seed: int) -> Came:
    """Run a world and measure it."""
    began = time.process_time()
    report = simulate(World(seed))
    seconds = round(time.process_time() - began, 3)
    return Came(
        seed,
        report.steps,
        report.entries,
        seconds,
        report.digest,
        dict(report.struck),
        dict(report.reached),
        report.broken,
        report.line,
        [str(breach) for breach in report.breaches[:3]],
    )


def _known(kept: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []


def _keep(kept: Path, each: Came | Found) -> None:
    kept.parent.mkdir(exist_ok=True)
    with kept.open("a", encoding="utf-8") as file:
        file.write(json.dumps(each._asdict()) + "\n")


def worlds(seeds: int) -> Iterator[Came]:
    """Yield what came of each seed, read again where it is known."""
    known = {each["seed"]: Came(**each) for each in _known(KEPT)}
    for seed in range(seeds):
        if seed not in known:
            known[seed] = came(seed)
            _keep(KEPT, known[seed])
        yield known[seed]


def bugs() -> Iterator[Found]:
    """Yield what found each bug, read again where it is known."""
    known = {each["bug"]: Found(**each) for each in _known(KEPT_BUGS)}
    for bug in SABOTEURS:
        if bug not in known:
            known[bug] = hunt(bug)
            _keep(KEPT_BUGS, known[bug])
        yield known[bug]


def table() -> bool:
    """Print which seed finds each planted bug, and tell whether all were found."""
    print(f"{'planted bug':45} first  of {SEEDS_OF_A_BUG}  invariant")
    missed = 0
    for found in bugs():
        print(found, flush=True)
        missed += found.first is None
    return not missed


def main(seeds: int) -> int:
    """Print the summary and the table."""
    all_of_them = list(worlds(seeds))
    steps, entries = sum(each.steps for each in all_of_them), sum(each.entries for each in all_of_them)
    seconds = sum(each.seconds for each in all_of_them)
    print(f"{seeds} worlds, {steps} steps, {entries} entries, {seconds:.0f} s of one core")
    if seconds:
        a_minute = 60 / seconds
        print(f"{steps * a_minute:.0f} checked steps and {entries * a_minute:.0f} checked entries a minute and core")
    for name in FAULTS:
        struck = [each.struck[name] for each in all_of_them if name in each.struck]
        reached = sum(each.reached.get(name, 0) for each in all_of_them)
        print(f"  {name:18} struck {sum(struck):>7} times, in {len(struck):>4} worlds, reached {reached:>7}")
    broken = [each for each in all_of_them if each.broken]
    for each in broken:
        print(f"BROKEN {each.broken}: {each.line}")
    return int(not table() or bool(broken))


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "1000"
    sys.exit(not table() if wanted == "bugs" else main(int(wanted)))
