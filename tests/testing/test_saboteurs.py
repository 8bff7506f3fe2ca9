"""Every broken store is rejected by the check that is named for it, and the sound ones pass all that they claim.

`python -m tests.testing.test_saboteurs` prints the table.
"""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import attrs
import pytest

from tests import servers
from tests.testing import stores
from unicommerce.errors import InvalidValue
from unicommerce.ledger import Ledger, Memory, Snapshot, Store
from unicommerce.testing import (
    CHECKS,
    RACES,
    SABOTEURS,
    SOUND,
    Check,
    Guarantee,
    Reference,
    Saboteur,
    StoreContract,
    Subject,
    owed,
    prove,
)
from unicommerce.testing.notes import entry

RACING = {check.name for check in CHECKS if any(check.name.startswith(race.name) for race in RACES)}
BY_NAME = {check.name: check for check in CHECKS}


class BrokenBooks(Memory):
    """A store whose snapshots lack the lots."""

    async def snapshot(self) -> Snapshot:
        """Leave them out."""
        whole = await super().snapshot()
        return attrs.evolve(
            whole,
            balances={
                unit: {a: held for a, held in book.items() if not a.lot} for unit, book in whole.balances.items()
            },
        )


def shown(saboteur: Saboteur) -> tuple[Check, ...]:
    """Return the checks that a saboteur can show itself in: races only where it has something to race for."""
    races = saboteur.subject.waits or Guarantee.THREADS in saboteur.subject.guarantees
    return tuple([check for check in owed(saboteur.subject.guarantees) if races or check.name not in RACING])


def test_there_are_many_each_with_a_name_of_its_own() -> None:
    """At least twenty, and each names a check that it owes."""
    assert len({saboteur.subject.name for saboteur in SABOTEURS}) == len(SABOTEURS) >= 20
    assert all(BY_NAME[check] in owed(subject.guarantees) for subject, check in SABOTEURS)


@pytest.mark.parametrize("saboteur", SABOTEURS, ids=lambda saboteur: saboteur.subject.name)
def test_a_broken_store_is_rejected_by_the_check_named_for_it(saboteur: Saboteur) -> None:
    """Not by any check: by that one; within three runs, where only a race between threads shows it."""
    runs = 3 if Guarantee.THREADS in saboteur.subject.guarantees else 1
    assert any(prove(saboteur.subject, [BY_NAME[saboteur.check]]).failed for _ in range(runs))


def test_a_request_whose_answer_was_lost_is_not_decided_anew() -> None:
    """A store that never answers with the entry that is wanted refuses what it has accepted."""
    deaf = next(saboteur.subject for saboteur in SABOTEURS if saboteur.subject.name == "HearsNoEntryWanted")

    assert "repeat" in prove(deaf, [BY_NAME["an_unknown_outcome_is_asked_again"]]).failed[0].wrong


@pytest.mark.parametrize("subject", SOUND, ids=lambda subject: subject.name)
def test_a_sound_store_passes(subject: Subject) -> None:
    """All that it claims; those that are reference stores, which are slow, what needs no race."""
    is_slow = subject.name in {"Reference", "Upgraded", "Alone"}
    checks = [check for check in owed(subject.guarantees) if not is_slow or check.name not in RACING]
    report = prove(subject, checks)

    assert report.failed == ()
    assert len(report.results) == len(checks) > 30


@pytest.mark.parametrize("name", ["SQLite", "PostgreSQL"])
def test_a_naive_store_is_caught_within_three_runs_of_a_thousand_requests(name: str) -> None:
    """Eight processes ask 125 times each, and it is the oversold shelf that gives it away."""
    makes: dict[str, Callable[[str], Store]] = {
        "SQLite": partial(stores.sqlite, kind=stores.NaiveSQLiteStore),
        "PostgreSQL": partial(stores.postgres, servers.postgres(), kind=stores.NaivePostgresStore),
    }
    naive, check = Subject(name, makes[name]), BY_NAME["the_last_units_are_promised_once_by_processes"]
    wrong = next((failed[0].wrong for _ in range(3) if (failed := prove(naive, [check]).failed)), "")

    assert "oversold" in wrong


def test_a_report_says_what_was_claimed_and_what_not() -> None:
    """As data and as a page; what failed is named with what was found."""
    broken = next(saboteur for saboteur in SABOTEURS if saboteur.subject.name == "DueOnce")
    report = prove(broken.subject, [BY_NAME["what_is_due_stays_due"], BY_NAME["a_repeat_is_free"]])

    assert [result.check for result in report.failed] == ["what_is_due_stays_due"]
    assert report.data()["results"] == [result._asdict() for result in report.results]
    assert report.markdown().startswith("# DueOnce: 1 of 2 checks passed\n")
    assert "- not claimed, not tested: durable" in report.markdown()
    assert "| a_repeat_is_free | The same entry again gives the one on record and changes nothing. | passed |" in (
        report.markdown()
    )


class Kept(Memory):
    """A store that is the same at every address."""

    def __init__(self) -> None:
        super().__init__(LEDGER)


LEDGER = Ledger()


@pytest.mark.parametrize(
    ("subject", "check", "said"),
    [
        (
            Subject("S", lambda _: Reference()),
            "facts_pass_those_who_queue",
            "QUEUES is claimed, and Reference has no method `holding`",
        ),
        (Subject("S", lambda _: Memory()), "who_opens_a_newer_form_takes_nothing_away", "let `older` name"),
        (Subject("S", lambda _: Kept()), "ids_outlive_a_restore", "a new address opened a store with entries"),
        (Subject("S", lambda _: BrokenBooks()), "a_snapshot_is_the_state", "the snapshot, balances, sku:"),
    ],
)
def test_what_is_said_tells_what_to_do(subject: Subject, check: str, said: str) -> None:
    """What is claimed and not there is named; of a large state only what differs is shown."""
    LEDGER.append(entry("before"))

    assert said in prove(subject, [BY_NAME[check]]).failed[0].wrong


def test_what_cannot_be_meant_is_refused() -> None:
    """One guarantee instead of a tuple would be taken for its letters; other processes cannot import a method."""
    with pytest.raises(InvalidValue, match="a tuple of guarantees"):
        type("TestMine", (StoreContract,), {"guarantees": Guarantee.DURABLE})
    with pytest.raises(InvalidValue, match="a static method"):
        type("TestMine", (StoreContract,), {"make_store": lambda _self, _address: Memory()})


def test_a_script_is_not_run_again_by_its_processes(tmp_path: Path) -> None:
    """Without the guard that a script needs, what it says is short and it ends."""
    script = tmp_path / "script.py"
    lines = (
        "from unicommerce.testing import CHECKS, Guarantee, Subject, prove",
        "from unicommerce.ledger import Memory",
        "def make(address): return Memory()",
        "check = [each for each in CHECKS if each.name == 'opposite_orders_do_not_deadlock_by_processes']",
        "print(prove(Subject('mine', make), check).failed[0].wrong)",
    )
    script.write_text("\n".join(lines), "utf-8")
    command = [sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own

    assert "a process ended without a word" in done.stdout
    assert "call `prove` under" in done.stderr


def table() -> str:
    """Return the table of stores and the checks that each failed."""
    lines = ["| store | checks | rejected by |", "|---|---|---|"]
    for subject in SOUND:
        report = prove(subject)
        lines.append(f"| {subject.name} | {len(report.results)} | {', '.join(r.check for r in report.failed) or '-'} |")
    for saboteur in SABOTEURS:
        report = prove(saboteur.subject, shown(saboteur))
        names = [f"**{r.check}**" if r.check == saboteur.check else r.check for r in report.failed]
        lines.append(f"| {report.store} | {len(report.results)} | {', '.join(names)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201 - it was asked to
