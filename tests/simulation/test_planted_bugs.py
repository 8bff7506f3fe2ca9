"""Every bug that the simulator ships is found by an invariant within a few worlds, and nothing is found without one.

`pytest -rP` prints the table; `make world` counts how many seeds of forty find each.
"""

import pytest

from unicommerce.simulation import INVARIANTS, SABOTEURS, Faults, World, simulate
from unicommerce.simulation.money.bugs import MONEY_BUGS
from unicommerce.simulation.systems.bugs import BUGS

SEEDS = (0, 1, 3, 9, 12, 18, 22, 23, *range(24, 40))
"""Small worlds first."""
CONNECTED = (3, 0, 7, 6, 1, 11, 13, 14)
"""The same, of those in which systems are plugged in."""
PAID = (22, 35, 40)
"""Small worlds with papers and money."""
MONEY_FAULTS = Faults({"tax_outage": 300, "declined": 150, "dispute": 900, "lost_parcel": 150, "duplicate": 50})
SOME_FAULTS = {
    **dict.fromkeys([bug.name for bug in MONEY_BUGS], MONEY_FAULTS),
    "what came late is on no paper": Faults({"found_parcel": 300}),
    "drops the guards of documents": Faults({"closure": 500, "slow": 500}),
    "drops the guards of sums": Faults({"slow": 500}),
    "any content is a repeat": Faults({"other_content": 500}),
    "a sale under rights is taken off the shelf": Faults({"offline": 500}),
    "sells what was recalled": Faults({"recall": 500}),
    "a rejection loses its claim": Faults({"store_rejects": 300}),
    "nobody remembers who turned an order down": Faults({"store_rejects": 300}),
    "ships again what was implied": Faults({"skipped_step": 500}),
    "never corrects what a marketplace was told": Faults({"late_inbound": 500}),
    "all of a parcel is lost with some of it": Faults({"lost_parcel": 500}),
    "what comes back is sold unseen": Faults({"undeliverable": 500}),
    "nobody is told that an inbound was cut": Faults({"lost_inbound": 500, "revision": 500}),
    "begins at the end where progress is gone": Faults({"host_death": 100, "lost_progress": 800}),
    "a dead letter stops all others": Faults({"rejection": 60}),
    "a late quantity replaces a newer": Faults({"reorder": 300}),
}
"""Bugs that show only where two rare things meet get a plan in which both are common."""

OWN = {
    "M1 the same question has the same effect",
    "M2 another story under a known id is a contradiction",
    "O3 what is asked is answered",
    "S3 who waits for what does not come gets other goods, or is named",
    "W4 what is owed for a parcel is sent again or refunded, all of it",
    "A4 a clock is listed exactly when it is unmet",
    "U15 after relief all claims can be met, or who waits is named",
}
"""What the world itself checks of answers, beside the invariants over its view."""


def _seeds(bug: str) -> tuple[int, ...]:
    if bug in [each.name for each in MONEY_BUGS]:
        return PAID
    return CONNECTED if bug in BUGS else SEEDS


@pytest.mark.parametrize("bug", SABOTEURS)
def test_a_planted_bug_is_found_by_an_invariant(bug: str) -> None:
    """It is found, by a named invariant, with the step, the entry and what is wrong."""
    worlds = (World(seed, faults=SOME_FAULTS.get(bug), sabotage=SABOTEURS[bug]) for seed in _seeds(bug))
    report = next(report for report in map(simulate, worlds) if report.broken)
    print(f"{bug:45} {report.seed:>3}  {report.broken}")  # noqa: T201 - the table that -rP shows

    assert report.broken in {invariant.name for invariant in INVARIANTS} | OWN
    assert bug in report.line


@pytest.mark.parametrize("faults", {repr(each): each for each in SOME_FAULTS.values()}.values(), ids=repr)
def test_the_same_faults_without_the_bug_break_nothing(faults: Faults) -> None:
    """What was found was the bug."""
    assert simulate(World(22, faults=faults)).breaches == ()


def test_enough_is_planted() -> None:
    """Fifteen at the least, each with its name."""
    assert len(SABOTEURS) >= 15
    assert all(name == bug.name for name, bug in SABOTEURS.items())
