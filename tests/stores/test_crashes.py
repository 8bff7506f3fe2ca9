"""A server that crashes while clients append: what was answered or shown is there, all of each entry, and no gap."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from examples.stores.postgres import OutcomeUnknownError, PostgresStore
from tests import servers
from tests.stores.shelves import CODEC, SUPPLIER, Shelf, at, entry, move
from tests.stores.test_contract import added_up, everything
from unicommerce.ledger import Ledger, Recorded

ROOT = Path(__file__).parents[2]


@pytest.mark.integration
def test_what_was_answered_survives_a_crash_of_the_server() -> None:
    """Again and again, at any moment: the client learns nothing of his last one, and may ask again."""
    server = servers.start_postgres()
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    for _ in range(5):
        command = [sys.executable, "-m", "tests.stores.killed", "postgres", server.get_uri(), "crashing"]
        process = subprocess.Popen(  # noqa: S603 - ourselves
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT
        )
        assert process.stdout is not None
        answered = [int(process.stdout.readline()) for _ in range(40)]
        reader = PostgresStore(server.get_uri(), schema="crashing", codec=CODEC)
        shown = Shelf(reader).do(reader.since(0, 10**9))
        servers.crash_and_restart(server)
        answered += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
        process.wait()
        process.stdout.close()

        shelf = Shelf(reader)
        journal = shelf.do(reader.since(0, 10**9))
        assert [each.entry.id for each in journal] == [f"e{number + 1}" for number in range(len(journal))]
        assert journal[: len(shown)] == shown
        assert answered[-1] <= len(journal) <= answered[-1] + 1
        assert CODEC.encode(added_up(Ledger.replay(journal).snapshot())) == everything(shelf)
        reader.close()
    server.cleanup()


@pytest.mark.integration
def test_a_client_outlives_the_crash_of_its_server() -> None:
    """The call that finds the connection gone says so, and the next one works."""
    server = servers.start_postgres()
    store = PostgresStore(server.get_uri(), codec=CODEC)
    shelf = Shelf(store)
    first = entry("e1", move(1, SUPPLIER, at("dc")))
    assert shelf.do(store.append(first)) == Recorded(1, first)
    servers.crash_and_restart(server)

    with pytest.raises(OutcomeUnknownError):
        shelf.do(store.append(entry("e2")))
    assert shelf.do(store.append(entry("e2"))) == Recorded(2, entry("e2"))
    assert len(shelf.do(store.since(0, 9))) == 2
    store.close()
    server.cleanup()
