"""A server that crashes while clients append: what was answered or shown is there, all of each entry, and no gap."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from examples.stores.postgres import OutcomeUnknownError, PostgresStore
from examples.stores.postgres_schema import RECORD
from tests import servers
from tests.stores.test_planted_in_postgres import planted
from unicommerce.ledger import Ledger, Recorded
from unicommerce.testing import CODEC, Handle
from unicommerce.testing.notes import SUPPLIER, at, entry, move
from unicommerce.testing.subject import added_up

ROOT = Path(__file__).parents[2]
ROUNDS = 5
NOTE_IN_THE_LOG = "PERFORM pg_logical_emit_message(true, 'unicommerce', '');"


def missing(server: servers.PostgresServer, kind: type[PostgresStore]) -> Generator[str, None, None]:
    """Crash a server again and again while a client appends; say what is not there that was answered or shown."""
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    with closing(kind(server.get_uri(), schema="crashing", codec=CODEC)) as reader:
        for _ in range(ROUNDS):
            command = [sys.executable, "-m", "tests.stores.killed", server.get_uri(), "crashing"]
            process = subprocess.Popen(  # noqa: S603 - ourselves
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT
            )
            assert process.stdout is not None
            answered = [int(process.stdout.readline()) for _ in range(40)]
            shown = Handle(reader).do(reader.since(0, 10**9))
            servers.crash_and_restart(server)
            answered += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
            process.wait()
            process.stdout.close()

            shelf = Handle(reader)
            journal = shelf.do(reader.since(0, 10**9))
            assert [each.entry.id for each in journal] == [f"e{number + 1}" for number in range(len(journal))]
            assert added_up(Ledger.replay(journal).snapshot()) == shelf.everything()
            if journal[: len(shown)] != shown:
                yield f"{len(shown)} entries were shown and {len(journal)} are there"
            if not answered[-1] <= len(journal) <= answered[-1] + 1:
                yield f"{answered[-1]} entries were answered and {len(journal)} are there"


@pytest.mark.integration
def test_what_was_answered_survives_a_crash_of_the_server() -> None:
    """Again and again, at any moment: the client learns nothing of his last one, and may ask again."""
    server = servers.start_postgres()
    assert list(missing(server, PostgresStore)) == []
    server.cleanup()


@pytest.mark.integration
def test_a_procedure_that_does_not_wait_for_the_disk_is_found() -> None:
    """Planted: without its second commit `record` answers what a crash takes away."""
    assert RECORD.count(NOTE_IN_THE_LOG) == 1
    server = servers.start_postgres()
    with closing(missing(server, planted(NOTE_IN_THE_LOG, ""))) as found:
        assert "were answered" in next(found, "nothing is missing")
    server.cleanup()


@pytest.mark.integration
def test_a_client_outlives_the_crash_of_its_server() -> None:
    """The call that finds the connection gone says so, and the next one works."""
    server = servers.start_postgres()
    store = PostgresStore(server.get_uri(), codec=CODEC)
    shelf = Handle(store)
    first = entry("e1", move(1, SUPPLIER, at("dc")))
    assert shelf.put(first) == [Recorded(1, first)]
    servers.crash_and_restart(server)

    with pytest.raises(OutcomeUnknownError):
        shelf.put(entry("e2"))
    assert shelf.put(entry("e2")) == [Recorded(2, entry("e2"))]
    assert len(shelf.journal()) == 2
    store.close()
    server.cleanup()
