"""What coroutines ask at the same time, asked together: the group commit of a host. Copy it beside its store.

While one batch is under way the next one gathers. So the more coroutines wait, the more of them share a transaction and
a wait for the disk; each has an outcome of its own, and a lone one waits for nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

__all__ = ["Lane"]

Q = TypeVar("Q")
A = TypeVar("A")

MOST = 64
"""As many share a batch; in PostgreSQL each unit and document that a guard names is a lock, and there are thousands."""


class Lane(Generic[Q, A]):
    """Asks in batches: one batch is under way, the next one gathers.

    `work` answers a batch in its order. Where it raises one of `apart`, one of the batch is at fault and nothing was
    done: then each is asked alone.

    >>> async def main() -> None:
    ...     async def work(batch: Sequence[int]) -> Sequence[str]:
    ...         return [f"{one} of {len(batch)}" for one in batch]
    ...     lane = Lane(work)
    ...     print(await asyncio.gather(*[lane.put(number) for number in range(3)]))
    >>> asyncio.run(main())
    ['0 of 3', '1 of 3', '2 of 3']
    """

    def __init__(
        self, work: Callable[[Sequence[Q]], Awaitable[Sequence[A]]], apart: tuple[type[Exception], ...] = ()
    ) -> None:
        self._work = work
        self._apart = apart
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._running: asyncio.Task[None] | None = None

    async def put(self, one: Q) -> A:
        """Ask, together with whoever asks at the same time. Who is canceled meanwhile is recorded all the same."""
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, answer))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            await self._ask(batch)

    async def _ask(self, batch: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            found = await self._work([one for one, _ in batch])
        except self._apart as error:
            if len(batch) == 1:
                _fail(batch, error)
            for each in batch if len(batch) > 1 else ():
                await self._ask([each])
        except BaseException as error:  # noqa: BLE001 - whatever it is, those who wait are told
            _fail(batch, error)
        else:
            for (_, answer), one in zip(batch, found, strict=True):
                if not answer.done():
                    answer.set_result(one)


def _fail(batch: Iterable[tuple[object, "asyncio.Future[A]"]], error: BaseException) -> None:
    for _, answer in batch:
        if not answer.done():
            answer.set_exception(error)
