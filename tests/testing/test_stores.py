"""Every store of the library and of the examples keeps the contract that integrators hold theirs to."""

from functools import partial

from tests import servers
from tests.testing import stores
from unicommerce.ledger import Memory
from unicommerce.testing import Guarantee, StoreContract, Subject


class TestMemory(StoreContract):
    """The store in memory lets go of what is old, and claims nothing besides."""

    guarantees = (Guarantee.RETENTION,)

    @staticmethod
    def make_store(_address: str) -> Memory:
        """Open it."""
        return Memory()


class TestSQLite(StoreContract):
    """A file that processes share."""

    guarantees = Guarantee
    make_store = staticmethod(stores.sqlite)


class TestSQLiteHost(StoreContract):
    """A file that the coroutines of a process share, and other processes too."""

    guarantees = (Guarantee.DURABLE, Guarantee.RETENTION)
    waits = True
    make_store = staticmethod(stores.sqlite_host)


class TestPostgres(StoreContract):
    """A database that processes share."""

    guarantees = Guarantee

    @classmethod
    def subject(cls) -> Subject:
        """Open a schema on the server of the tests."""
        return super().subject()._replace(make=partial(stores.postgres, servers.postgres()))


class TestPostgresHost(StoreContract):
    """A database that the coroutines of a process share."""

    guarantees = (Guarantee.DURABLE, Guarantee.RETENTION)
    waits = True

    @classmethod
    def subject(cls) -> Subject:
        """Open a schema on the server of the tests."""
        return super().subject()._replace(make=partial(stores.host, servers.postgres()))
