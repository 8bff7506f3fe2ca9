"""What came of a world: its seed and plan, what was reached, what broke; one line to have it again; and the smallest.

A report is a value. Its `line` is Python that makes the same world again, with the same version of the library.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..values import frozen
from .faults import Faults

__all__ = ["Breach", "Report", "minimize"]

VERSION = "5"
"""Of the world: the same seed and plan are the same run within one version of it and of the library."""


class Breach(NamedTuple):
    """Which invariant did not hold, at which step and moment (ms UTC), after which entry, and what is wrong."""

    invariant: str
    step: int
    at: int
    entry: str
    what: str


@frozen(kw_only=True)
class Report:
    """What a world came to: how far it got, the digest of its journal, faults that struck, rare states reached."""

    seed: int
    faults: Faults
    without: tuple[str, ...] = ()
    sabotage: str = ""
    version: str = VERSION
    steps: int
    now: int
    entries: int
    digest: str
    struck: Mapping[str, int]
    reached: Mapping[str, int]
    breaches: tuple[Breach, ...] = ()

    @property
    def line(self) -> str:
        """Return the line that makes this world again."""
        without = f", without={self.without!r}" if self.without else ""
        sabotage = f", sabotage=SABOTEURS[{self.sabotage!r}]" if self.sabotage else ""
        return f"simulate(World({self.seed}, faults={self.faults!r}{without}{sabotage}))"

    @property
    def broken(self) -> str:
        """Return the invariant that broke first, empty where none did."""
        return self.breaches[0].invariant if self.breaches else ""


def minimize(report: Report, again: Callable[[Faults, tuple[str, ...]], Report], actors: tuple[str, ...]) -> Report:
    """Return the report of a smaller world that breaks the same: faults, then actors, are left out one by one.

    `again` makes the world of a plan without some actors, and returns its report.
    """
    smallest = report
    for name in report.faults.rates:
        found = again(smallest.faults.without(name), smallest.without)
        smallest = found if found.broken == report.broken else smallest
    for actor in actors:
        found = again(smallest.faults, tuple(sorted({*smallest.without, actor})))
        smallest = found if found.broken == report.broken else smallest
    return smallest
