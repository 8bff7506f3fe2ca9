"""Every store of the library and of the examples keeps the contract that integrators hold theirs to."""

from collections.abc import Callable, Coroutine
from functools import partial

import pytest

from examples.stores.sqlite import SQLiteStore
from examples.stores.threaded import ThreadedStore
from tests import servers
from tests.testing import stores
from unicommerce.ledger import Memory, Store
from unicommerce.testing import CHECKS, Guarantee, StoreContract, Subject, prove


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


class TestThreaded(StoreContract):
    """A file behind a thread, for a host that has an event loop."""

    guarantees = (Guarantee.DURABLE,)
    waits = True
    make_store = staticmethod(stores.threaded)

    @staticmethod
    def close_store(store: Store) -> Coroutine[object, object, None]:
        """End the thread."""
        assert isinstance(store, ThreadedStore)
        return store.close(SQLiteStore.close)


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


@pytest.mark.parametrize("name", ["SQLite", "PostgreSQL"])
def test_the_form_of_today_will_be_followed(name: str) -> None:
    """Two more migrations leave all that is there, and who has the store open meanwhile writes on."""
    postgres = partial(stores.postgres, servers.postgres())
    ways: dict[str, tuple[Callable[[str], Store], Callable[[str], Store]]] = {
        "SQLite": (stores.sqlite, partial(stores.sqlite, kind=stores.SQLiteStoreOfTomorrow)),
        "PostgreSQL": (postgres, partial(postgres, kind=stores.PostgresStoreOfTomorrow)),
    }
    today, tomorrow = ways[name]
    subject = Subject("tomorrow", tomorrow, frozenset((Guarantee.MIGRATIONS,)), older=(today,))

    assert prove(subject, [check for check in CHECKS if Guarantee.MIGRATIONS in check.needs]).failed == ()
