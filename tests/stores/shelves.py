"""The stores that are held to one contract, each with what drives it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import TypeVar

from examples.stores.postgres import PostgresStore
from examples.stores.postgres_host import PostgresHost
from examples.stores.sqlite import SQLiteStore
from examples.stores.threaded import ThreadedStore
from tests import servers
from tests.laws.world import Distant, Happened, Note
from unicommerce.codec import Codec
from unicommerce.ledger import Account, Entry, Memory, Movement, Store, record, run
from unicommerce.values import Unit

T = TypeVar("T")

CODEC = Codec().extended(events=[Happened], documents={"test.note": Note})
"""Reads the event and the document of the tests too."""


class Shelf:
    """A store, and what drives its methods to their answers: a loop of its own where it waits."""

    def __init__(self, store: Store, drive: Callable[[Coroutine[object, object, object]], object] = run) -> None:
        self.store = store
        self._drive = drive

    def do(self, coroutine: Coroutine[object, object, T]) -> T:
        """Return the answer."""
        answer: T = self._drive(coroutine)  # type: ignore[assignment]  # it answers what the coroutine answers
        return answer


@contextmanager
def memory(_path: Path | str) -> Iterator[Shelf]:
    """Give the store in memory."""
    yield Shelf(Memory())


@contextmanager
def distant(_path: Path | str) -> Iterator[Shelf]:
    """Give the store in memory whose state is not at hand."""
    yield Shelf(Distant())


@contextmanager
def sqlite(path: Path | str) -> Iterator[Shelf]:
    """Give the store in a file."""
    store = SQLiteStore(path, synchronous="NORMAL", codec=CODEC)
    yield Shelf(store)
    store.close()


@contextmanager
def threaded(path: Path | str) -> Iterator[Shelf]:
    """Give the store in a file, behind a thread."""
    store = ThreadedStore(lambda: SQLiteStore(path, synchronous="NORMAL", codec=CODEC))
    with asyncio.Runner() as loop:
        yield Shelf(store, loop.run)
        loop.run(store.close(SQLiteStore.close))


@contextmanager
def postgres(path: Path | str) -> Iterator[Shelf]:
    """Give the store in a database; a path stands for a schema, and a new one each time for `:memory:`."""
    with closing(PostgresStore(servers.postgres(), schema=schema_of(path), codec=CODEC)) as store:
        yield Shelf(store)


@contextmanager
def shared(path: Path | str) -> Iterator[Shelf]:
    """Give the store in a database that the coroutines of a process share."""
    with asyncio.Runner() as loop:
        store = PostgresHost(servers.postgres(), schema=schema_of(path), codec=CODEC)
        try:
            yield Shelf(store, loop.run)
        finally:
            loop.run(store.close())


def schema_of(path: Path | str) -> str:
    """Return the name of the schema that a path stands for."""
    return f"s{next(NUMBERS)}" if path == ":memory:" else f"p{blake2b(str(path).encode(), digest_size=8).hexdigest()}"


NUMBERS = count()
SHELVES = {
    "memory": memory,
    "distant": distant,
    "sqlite": sqlite,
    "threaded": threaded,
    "postgres": postgres,
    "shared": shared,
}

MUG = Unit("sku:MUG")
SUPPLIER = Account("supplier", "delivered")


def at(place: str, state: str = "sellable", ref: str = "", lot: str = "", owner: str = "") -> Account:
    """Return an account."""
    return Account(place, state, ref, lot, owner)


def move(quantity: int, source: Account, target: Account, unit: Unit = MUG) -> Movement:
    """Return a movement of mugs."""
    return Movement(quantity, unit, source, target)


def entry(id: str, *moves: Movement, notes: tuple[Note, ...] = (), now: int = 0) -> Entry:
    """Return an entry that moves and replaces what it is told to."""
    return record(id, (Happened(moves=moves, notes=notes),), now=now)
