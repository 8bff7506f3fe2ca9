"""Every store of the library and of the examples keeps the contract that integrators hold theirs to."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import LiteralString

import pytest

from examples.stores.postgres import PostgresStore
from examples.stores.sqlite import SQLiteStore
from tests import servers
from tests.testing import stores
from unicommerce.ledger import Memory, Store
from unicommerce.testing import CHECKS, Guarantee, Report, StoreContract, Subject, prove


class TestMemory(StoreContract):
    """The store in memory lets go of what is old, and claims nothing besides."""

    guarantees = (Guarantee.RETENTION,)

    @staticmethod
    def make_store(_address: str) -> Memory:
        """Open it."""
        return Memory()


class TestSQLite(StoreContract):
    """A file that processes share. Its writers queue for the file and nowhere else."""

    guarantees = frozenset(Guarantee) - {Guarantee.QUEUES}
    older = (partial(stores.sqlite, kind=stores.SQLiteStoreOfOld),)
    make_store = staticmethod(stores.sqlite)


class TestSQLiteHost(StoreContract):
    """A file that the coroutines of a process share, and other processes too."""

    guarantees = (Guarantee.DURABLE, Guarantee.RETENTION)
    waits = True
    make_store = staticmethod(stores.sqlite_host)


class TestPostgres(StoreContract):
    """A database that processes share. It has had one form so far; what becomes of that is tested below."""

    guarantees = frozenset(Guarantee) - {Guarantee.MIGRATIONS}

    @classmethod
    def subject(cls) -> Subject:
        """Open a schema on the server of the tests."""
        return super().subject()._replace(make=partial(stores.postgres, servers.postgres()))


class TestPostgresHost(StoreContract):
    """A database that the coroutines of a process share."""

    guarantees = (Guarantee.DURABLE, Guarantee.QUEUES, Guarantee.RETENTION)
    waits = True

    @classmethod
    def subject(cls) -> Subject:
        """Open a schema on the server of the tests."""
        return super().subject()._replace(make=partial(stores.host, servers.postgres()))


Opener = Callable[[str], Store]
MORE = (("ALTER TABLE journal ADD COLUMN note TEXT",), ("CREATE INDEX notes ON journal (note)",))
LOSING = {
    "a kept sum": "UPDATE sums SET quantity = 0",
    "positions": "UPDATE journal SET position = position - 2",
    "what is due": "UPDATE documents SET due_at = NULL",
}


def tomorrow(name: str, more: Sequence[Sequence[LiteralString]]) -> Report:
    """Let the form of today be followed by some more migrations, and report what the upgrade owes."""
    server = partial(stores.postgres, servers.postgres())

    class File(SQLiteStore):
        migrations = (*SQLiteStore.migrations, *more)

    class Schema(stores.QueuedPostgresStore):
        migrations = (*PostgresStore.migrations, *more)

    ways: dict[str, tuple[Opener, Opener]] = {
        "SQLite": (partial(stores.sqlite, kind=File), stores.sqlite),
        "PostgreSQL": (partial(server, kind=Schema), server),
    }
    make, today = ways[name]
    subject = Subject("tomorrow", make, frozenset((Guarantee.MIGRATIONS,)), older=(today,))
    return prove(subject, [check for check in CHECKS if Guarantee.MIGRATIONS in check.needs])


@pytest.mark.parametrize("name", ["SQLite", "PostgreSQL"])
def test_the_form_of_today_will_be_followed(name: str) -> None:
    """Two more migrations leave all that is there, and who has the store open meanwhile writes on."""
    assert tomorrow(name, MORE).failed == ()


@pytest.mark.parametrize("name", ["SQLite", "PostgreSQL"])
@pytest.mark.parametrize("what", LOSING)
def test_a_migration_that_loses_something_is_found(name: str, what: str) -> None:
    """Planted: each is rejected by what an upgrade owes."""
    assert "what_an_older_version_left_is_answered_as_before" in [
        result.check for result in tomorrow(name, [(LOSING[what],)]).failed
    ]
