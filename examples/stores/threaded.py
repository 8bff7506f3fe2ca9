"""A store that waits: any synchronous one, in a worker thread of its own, under `asyncio`. Copy it.

The worker makes the store: a connection belongs to its thread. A task that is canceled may be recorded all the same.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from unicommerce.ledger import Document, Entry, Found, Guard, Recorded, Snapshot, Store, Wanted, run

S = TypeVar("S", bound=Store)
T = TypeVar("T")


class ThreadedStore(Generic[S]):
    """A synchronous store behind a thread.

    >>> from examples.stores.sqlite import SQLiteStore
    >>> from unicommerce import AsyncCommerce, Catalog, availability
    >>> async def main() -> None:
    ...     store = ThreadedStore(lambda: SQLiteStore(":memory:"))
    ...     print((await AsyncCommerce(Catalog(), store=store).see(availability("MUG"))).sku)
    ...     await store.close(SQLiteStore.close)
    >>> asyncio.run(main())
    MUG
    """

    state = None  # it is read, not looked at

    def __init__(self, make: Callable[[], S]) -> None:
        self._worker = ThreadPoolExecutor(max_workers=1)
        self._store = self._worker.submit(make).result()

    async def wait(self, ask: Callable[[S], Coroutine[object, object, T]]) -> T:
        """Do anything in the thread of the store: `await store.wait(lambda store: store.retire(before))`."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, lambda: run(ask(self._store)))

    async def read(self, wanted: Wanted) -> Found:  # noqa: D102 - these are the methods of the store
        return await self.wait(lambda store: store.read(wanted))

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:  # noqa: D102
        return await self.wait(lambda store: store.append(entry, guards))

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:  # noqa: D102
        return await self.wait(lambda store: store.since(position, limit))

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:  # noqa: D102
        return await self.wait(lambda store: store.due(now, limit))

    async def snapshot(self) -> Snapshot:  # noqa: D102
        return await self.wait(lambda store: store.snapshot())

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:  # noqa: D102
        await self.wait(lambda store: store.restore(snapshot, tail))

    async def close(self, close: Callable[[S], None]) -> None:
        """Close the store in its thread, and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._worker, close, self._store)
        self._worker.shutdown()
