"""The stores of the examples, each with what drives it; some tests hold them against each other."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from hashlib import blake2b
from itertools import count
from pathlib import Path

from examples.stores.postgres import PostgresStore
from examples.stores.postgres_host import PostgresHost
from examples.stores.sqlite import SQLiteStore
from examples.stores.threaded import ThreadedStore
from tests import servers
from tests.laws import world
from unicommerce.ledger import Memory
from unicommerce.testing import CODEC as CODEC_OF_THE_KIT
from unicommerce.testing import Handle

CODEC = CODEC_OF_THE_KIT.extended(events=[world.Happened], documents={"test.note": world.Note})
"""Reads the events and documents of the kit and of the retailer's days."""


@contextmanager
def memory(_path: Path | str) -> Iterator[Handle]:
    """Give the store in memory."""
    yield Handle(Memory())


@contextmanager
def sqlite(path: Path | str) -> Iterator[Handle]:
    """Give the store in a file."""
    with closing(SQLiteStore(path, synchronous="NORMAL", codec=CODEC)) as store:
        yield Handle(store)


@contextmanager
def threaded(path: Path | str) -> Iterator[Handle]:
    """Give the store in a file, behind a thread."""
    store = ThreadedStore(lambda: SQLiteStore(path, synchronous="NORMAL", codec=CODEC))
    with asyncio.Runner() as loop:
        yield Handle(store, loop.run)
        loop.run(store.close(SQLiteStore.close))


@contextmanager
def postgres(path: Path | str) -> Iterator[Handle]:
    """Give the store in a database; a path stands for a schema, and a new one each time for `:memory:`."""
    with closing(PostgresStore(servers.postgres(), schema=schema_of(path), codec=CODEC)) as store:
        yield Handle(store)


@contextmanager
def shared(path: Path | str) -> Iterator[Handle]:
    """Give the store in a database that the coroutines of a process share."""
    with asyncio.Runner() as loop:
        store = PostgresHost(servers.postgres(), schema=schema_of(path), codec=CODEC)
        try:
            yield Handle(store, loop.run)
        finally:
            loop.run(store.close())


def schema_of(path: Path | str) -> str:
    """Return the name of the schema that a path stands for."""
    return f"s{next(NUMBERS)}" if path == ":memory:" else f"p{blake2b(str(path).encode(), digest_size=8).hexdigest()}"


NUMBERS = count()
SHELVES: Mapping[str, Callable[[Path | str], AbstractContextManager[Handle]]] = {
    "memory": memory,
    "sqlite": sqlite,
    "threaded": threaded,
    "postgres": postgres,
    "shared": shared,
}
