"""Clients that do something at the same time on one store, each store in the way that one host uses it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Protocol, TypeVar

from examples.stores.postgres_host import PostgresHost
from examples.stores.sqlite import SQLiteStore
from examples.stores.sqlite_host import SQLiteHost
from tests import servers
from tests.stores.shelves import schema_of
from unicommerce.catalog import Catalog
from unicommerce.commerce import AsyncCommerce
from unicommerce.ledger import Recorded, Store, run

__all__ = ["CROWDS", "Client", "Crowd", "journal"]

T = TypeVar("T")
Client = Callable[[AsyncCommerce, int], Coroutine[object, object, T]]
"""What one client does with the shop; it is told its number."""

PAGE = 10_000


class Crowd(Protocol):
    """Clients of one shop on one store."""

    def all(self, clients: int, do: Client[T]) -> list[T]:
        """Let so many do it at the same time, and return what each answered."""
        ...


class InMemory:
    """Nobody waits in memory, so one comes after the other."""

    def __init__(self, catalog: Catalog) -> None:
        self._shop = AsyncCommerce(catalog)

    def all(self, clients: int, do: Client[T]) -> list[T]:
        """Let one after the other do it."""
        return [run(do(self._shop, number)) for number in range(clients)]


class Threads:
    """Threads with a file each: the same one."""

    def __init__(self, catalog: Catalog, path: Path) -> None:
        self._catalog = catalog
        self._path = path

    def all(self, clients: int, do: Client[T]) -> list[T]:
        """Let all threads begin at once."""
        ready = Barrier(clients)

        def one(number: int) -> T:
            with closing(SQLiteStore(self._path)) as store:
                ready.wait()
                return run(do(AsyncCommerce(self._catalog, store=store), number))

        with ThreadPoolExecutor(clients) as pool:
            return list(pool.map(one, range(clients)))


class Coroutines:
    """Coroutines of one process share a store."""

    def __init__(self, catalog: Catalog, store: Store, loop: asyncio.Runner) -> None:
        self._shop = AsyncCommerce(catalog, store=store)
        self._loop = loop

    def all(self, clients: int, do: Client[T]) -> list[T]:
        """Let all of them begin at once."""

        async def together() -> list[T]:
            return await asyncio.gather(*[do(self._shop, number) for number in range(clients)])

        return self._loop.run(together())


@contextmanager
def memory(catalog: Catalog, _path: Path) -> Iterator[Crowd]:
    """Give a shop in memory."""
    yield InMemory(catalog)


@contextmanager
def sqlite(catalog: Catalog, path: Path) -> Iterator[Crowd]:
    """Give a shop in a file."""
    yield Threads(catalog, path)


@contextmanager
def sqlite_host(catalog: Catalog, path: Path) -> Iterator[Crowd]:
    """Give a shop in a file that coroutines share."""
    with asyncio.Runner() as loop:
        store = SQLiteHost(path)
        yield Coroutines(catalog, store, loop)
        loop.run(store.close())


@contextmanager
def postgres(catalog: Catalog, path: Path) -> Iterator[Crowd]:
    """Give a shop in a database."""
    with asyncio.Runner() as loop:
        store = PostgresHost(servers.postgres(), schema=schema_of(path))
        yield Coroutines(catalog, store, loop)
        loop.run(store.close())


CROWDS: Mapping[str, Callable[[Catalog, Path], AbstractContextManager[Crowd]]] = {
    "memory": memory,
    "SQLite": sqlite,
    "SQLite, one host": sqlite_host,
    "PostgreSQL": postgres,
}


async def journal(shop: AsyncCommerce, _number: int = 0) -> tuple[Recorded, ...]:
    """Return all that is on record."""
    found: list[Recorded] = []
    while page := await shop.store.since(len(found), PAGE):
        found += page
    return tuple(found)
