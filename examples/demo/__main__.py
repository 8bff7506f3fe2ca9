"""The command: `python -m examples.demo` from the root of the repository; `--help` lists what can be varied.

The work runs in a process of its own, which kills itself in the middle and is started again on its files. On the second
core a twin runs it all without being killed and under another hash seed: both must end with the same digest.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from .data import load
from .report import write_report
from .shape import Figures
from .show import Screen

OUT = Path("build/demo")
ENTRIES_PER_TWO_ORDERS = 10
"""After so many entries for two orders the work is about half done, and the ERP is down."""

PLANTS = ("collected-unbooked", "erp-twice", "lost-posting", "market-deaf", "oversold", "page-lost")


class Ended(NamedTuple):
    """How a process ended: by itself or killed; whether all checks passed; the digest, and the entries on record."""

    is_killed: bool
    passed: bool
    digest: str
    entries: int


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m examples.demo", description="A fortnight of real orders on SQLite.")
    parser.add_argument(
        "--days", type=int, choices=range(1, 15), default=14, metavar="1..14", help="days of orders (14)"
    )
    parser.add_argument("--out", type=Path, default=OUT, help="folder for files and report (build/demo)")
    parser.add_argument("--no-kill", action="store_true", help="do not kill the work in the middle")
    parser.add_argument("--die-after", type=int, default=0, metavar="N", help="kill it right after the N-th entry")
    parser.add_argument("--quiet", action="store_true", help="print checks and digest only")
    parser.add_argument(
        "--check-determinism",
        action=argparse.BooleanOptionalAction,
        default=(os.cpu_count() or 1) > 1,
        help="run a twin under another hash seed beside it, and compare digests (yes, where there is a second core)",
    )
    parser.add_argument("--plant", default="", choices=("", *PLANTS), help="plant a fault")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--only-digest", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(given)


def main() -> int:
    """Run the demo; 0 if all that was claimed is true."""
    given = arguments()
    if given.work:
        from .work import work  # noqa: PLC0415  # the command itself gets by without the library

        passed = work(
            given.out, given.days, die_after=given.die_after, fault=given.plant, only_digest=given.only_digest
        )
        return 0 if passed else 1
    return demo(given)


def demo(given: argparse.Namespace) -> int:
    """Start the work and its twin, show what came of it, and say whether it is as claimed."""
    began = time.monotonic()
    _clear(given.out)
    world = load(given.days)
    die_after = 0 if given.no_kill else given.die_after or ENTRIES_PER_TWO_ORDERS * len(world.orders) // 2
    common = ["--days", str(given.days), "--plant", given.plant]
    with Screen(world, is_quiet=given.quiet, kills=die_after > 0) as screen, ThreadPoolExecutor() as pool:
        twin_args = [*common, "--out", str(given.out / "twin"), "--only-digest"]
        twin = pool.submit(_start, screen, "twin", twin_args, hash_seed=1) if given.check_determinism else None
        args = [*common, "--out", str(given.out)]
        ended = _start(screen, "main", [*args, "--die-after", str(die_after)], hash_seed=0)
        if is_killed := ended.is_killed:
            screen.killed(die_after)
            ended = _start(screen, "main", args, hash_seed=0)
        other = twin.result() if twin else None
    if ended.is_killed or not ended.digest:
        screen.failed()
        return 1
    figures: Figures = json.loads((given.out / "figures.json").read_text(encoding="utf-8"))
    report = write_report(figures, given.out / "report.html", is_killed=is_killed)
    screen.show(figures, is_killed=is_killed)
    is_same = other is None or other.digest == ended.digest
    screen.end(ended.digest, other.digest if other else "", report, time.monotonic() - began)
    return 0 if ended.passed and is_same else 1


def _clear(folder: Path) -> None:
    """Remove what an earlier run has left, and nothing else."""
    for each in (folder, folder / "twin"):
        for name in ("*.sqlite", "*.sqlite-wal", "*.sqlite-shm", "figures.json", "books.beancount", "report.html"):
            for file in each.glob(name):
                file.unlink()


def _start(screen: Screen, name: str, args: Sequence[str], *, hash_seed: int) -> Ended:
    """Run the work in a process of its own, and follow what it says."""
    command = [sys.executable, "-m", "examples.demo", "--work", *args]
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed)}
    digest, entries = "", 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603  # ourselves
        for line in process.stdout or ():
            said = json.loads(line)
            digest, entries = said.get("digest", digest), said["entries"]
            if "now" in said:
                screen.advance(name, said["now"], entries)
        code = process.wait()
    return Ended(code == -signal.SIGKILL, code == 0, digest, entries)


if __name__ == "__main__":
    sys.exit(main())
