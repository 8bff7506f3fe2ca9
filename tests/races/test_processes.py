"""Nobody is promised a piece twice by eight processes on one store, and a reader beside them loses no entry."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from tests import servers
from tests.races.race import CATALOG, Answer, race, stock, verdict
from tests.races.racer import opened
from unicommerce.commerce import AsyncCommerce
from unicommerce.ledger import Recorded, run

ROOT = Path(__file__).parents[2]
PROCESSES = 8
PIECES = (150, 100)
ROUNDS = 100


class Ended(NamedTuple):
    """How a race ended: what everybody was told, the journal as a reader beside them saw it, and what is wrong."""

    answers: list[list[Answer]]
    followed: list[Recorded]
    wrong: list[str]


@pytest.fixture(params=["sqlite", "postgres"])
def arena(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Give a kind of store, and where an empty one is."""
    kind: str = request.param
    if kind == "sqlite":
        return kind, str(tmp_path / "store.sqlite")
    with psycopg.connect(servers.postgres(), autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS unicommerce CASCADE")
    return kind, servers.postgres()


def race_once(kind: str, where: str) -> Ended:
    """Let eight processes race, and follow the journal meanwhile."""
    store = opened(kind.removesuffix(" naive"), where)
    run(stock(AsyncCommerce(CATALOG, store=store), PIECES))
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    processes = [
        subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, "-m", "tests.races.racer", kind, where, str(racer), str(ROUNDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=ROOT,
            text=True,
        )
        for racer in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    followed: list[Recorded] = []
    while any(process.poll() is None for process in processes):
        followed += run(store.since(len(followed), 10))
        time.sleep(0.001)
    answers = [[Answer(*each) for each in json.loads(process.communicate()[0])] for process in processes]
    while page := run(store.since(len(followed), 1_000)):
        followed += page
    wrong = verdict(run(store.since(0, 100_000)), [each for own in answers for each in own], sum(PIECES))
    store.close()
    return Ended(answers, followed, list(wrong))


def test_nothing_is_oversold_by_eight_processes(arena: tuple[str, str]) -> None:
    """No group below zero, nothing lost or made, every id answered in one way; repeated, it is answered so again."""
    answers, followed, wrong = race_once(*arena)

    assert wrong == []
    assert sum(any(answer.given for answer in own) for own in answers) > 1
    assert sum(any(not answer.given for answer in own) for own in answers) > 1
    assert [position for position, _ in followed] == list(range(1, len(followed) + 1))
    store = opened(*arena)
    assert tuple(followed) == run(store.since(0, 100_000))
    again = [run(race(store, racer, rounds=ROUNDS)) for racer in range(PROCESSES)]
    given = {answer for own in answers for answer in own if answer.given}
    assert given <= {answer for own in again for answer in own}
    store.close()


def test_a_naive_store_is_caught(arena: tuple[str, str]) -> None:
    """Who checks in one transaction and writes in the next oversells, and the very same race shows it."""
    kind, where = arena
    wrong = race_once(f"{kind} naive", where).wrong

    assert any("oversold" in each for each in wrong)
