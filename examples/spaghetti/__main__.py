"""Prints the outcome figure: the quarter of some seeds through each stack, as a table with ranges.

`python -m examples.spaghetti [seeds] [stacks or variants]` keeps what it has in build/outcome.jsonl and goes on where
it was stopped; what is there of a world that was drawn otherwise is run anew. After a change of a stack, remove that
file. Which variants there are is said in `figures`.
"""

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from multiprocessing import Pool
from pathlib import Path
from time import process_time
from typing import NamedTuple

from .figures import ROWS, STACKS, run, table
from .world import World

KEPT = Path("build/outcome.jsonl")


class Came(NamedTuple):
    """What came of a world with a stack in it."""

    seed: int
    stack: str
    world: str
    seconds: float
    figures: dict[str, float]


def came(task: tuple[int, str]) -> Came:
    """Run a seed through a stack."""
    (seed, stack), began = task, process_time()
    world = World(seed)
    figures = run(world, stack)
    return Came(seed, stack, world.digest, round(process_time() - began, 1), figures)


def kept() -> Iterator[Came]:
    """Yield what was run before and still holds."""
    lines = KEPT.read_text("utf-8").splitlines() if KEPT.exists() else []
    found = [Came(**json.loads(line)) for line in lines]
    digests = {seed: World(seed).digest for seed in {each.seed for each in found}}
    yield from [each for each in found if each.world == digests[each.seed]]


def main(seeds: int, stacks: Sequence[str]) -> None:
    """Run what is missing on two cores, and print the table."""
    known = {(each.seed, each.stack): each for each in kept()}
    tasks = [(seed, stack) for seed in range(seeds) for stack in stacks if (seed, stack) not in known]
    KEPT.parent.mkdir(exist_ok=True)
    with Pool(2, gc.disable, maxtasksperchild=1) as pool, KEPT.open("a", encoding="utf-8") as file:
        for each in pool.imap_unordered(came, tasks):
            known[each.seed, each.stack] = each
            file.write(json.dumps(each._asdict()) + "\n")
            file.flush()
            print(f"seed {each.seed}, {each.stack}: {each.seconds} s", file=sys.stderr, flush=True)
    wanted = {stack: [known[seed, stack].figures for seed in range(seeds)] for stack in stacks}
    print(f"{seeds} seeds; median (least to most)\n")
    print("\n".join(table(wanted, ROWS)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10, sys.argv[2:] or list(STACKS))
