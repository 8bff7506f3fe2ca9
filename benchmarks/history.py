"""Cost as history grows, replay, and memory."""

import subprocess
import sys
from itertools import count

from unicommerce import Commerce, reserve
from unicommerce.codec import Codec
from unicommerce.inventory import release
from unicommerce.ledger import Ledger, Recorded
from unicommerce.ledger import run as drive

from .reserve import shop
from .timing import Row, ratios, rounds

__all__ = ["memory", "replay", "run"]

PAIRS = 1_000


def _aged(entries: int) -> Commerce:
    commerce, ids = shop(1), count()
    for number in range((entries - 1_000) // 2):
        claim = f"p{next(ids)}"
        commerce.ask(reserve(claim, place="n0", quantities={f"S{number % 1_000}": 1}), now=2)
        commerce.ask(release(claim), now=2)
    return commerce


def run(*, long: int = 1_000_000, count_of_rounds: int = 15) -> list[Row]:
    """Return how much dearer a reserve and its release get from a thousand to a million entries, all holds closed."""
    ids = count()

    def pairs(commerce: Commerce) -> int:
        for number in range(PAIRS):
            claim = f"t{next(ids)}"
            commerce.ask(reserve(claim, place="n0", quantities={f"S{number}": 1}), now=3)
            commerce.ask(release(claim), now=3)
        return 2 * PAIRS

    young, old = _aged(3_000), _aged(long)
    taken = rounds({"young": lambda: pairs(young), "old": lambda: pairs(old)}, count=count_of_rounds)
    name = f"reserve and release after {long:,} entries"
    return [ratios(name, "the same after a thousand", taken["old"], taken["young"], ceiling=1.2)]


def replay(*, count: int = 7, entries: int = 20_000) -> list[Row]:
    """Return how much longer it takes to replay a journal from its bytes than from entries at hand."""
    codec = Codec()
    journal = drive(_aged(entries).store.since(0, entries))
    lines = [codec.encode(each.entry) for each in journal]

    def from_bytes() -> int:
        Ledger.replay(Recorded(number, codec.decode(line)) for number, line in enumerate(lines, start=1))
        return len(lines)

    def at_hand() -> int:
        Ledger.replay(journal)
        return len(journal)

    taken = rounds({"bytes": from_bytes, "at hand": at_hand}, count=count)
    rate = 1e9 / sorted(taken["bytes"])[count // 2]
    note = f"{rate:,.0f} entries a second from bytes here"
    return [
        ratios(
            "replay from bytes (standard library json)",
            "replay of entries at hand",
            taken["bytes"],
            taken["at hand"],
            note=note,
        )
    ]


def memory() -> list[Row]:
    """Return the MiB of a million positions, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.positions"]
    grown = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(3)]
    grown.sort()
    row = Row("1,000,000 positions, MiB", "100,000 SKUs at 10 nodes", grown[1], grown[0], grown[2], None, 160.0)
    return [row._replace(note=f"{grown[1] * 2**20 / 1e6:.0f} bytes a position")]
