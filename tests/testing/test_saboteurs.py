"""Every broken store is rejected by the check that is named for it, and the sound ones pass all that they claim.

`python -m tests.testing.test_saboteurs` prints the table.
"""

from collections.abc import Callable
from functools import partial

import pytest

from tests import servers
from tests.testing import stores
from unicommerce.ledger import Store
from unicommerce.testing import CHECKS, RACES, SABOTEURS, SOUND, Check, Guarantee, Saboteur, Subject, owed, prove

RACING = {check.name for check in CHECKS if any(check.name.startswith(race.name) for race in RACES)}
BY_NAME = {check.name: check for check in CHECKS}


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
