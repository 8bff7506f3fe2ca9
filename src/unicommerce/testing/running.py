"""How clients run at once: as coroutines in an order drawn from a seed, as threads, as processes of their own.

Each client of a thread or a process opens a handle of its own; all wait for each other before they start. A process is
given what it can import by name. Nothing here knows what is raced for.
"""

import asyncio
import multiprocessing
import random
import threading
from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import NamedTuple, TypeVar

from ..ledger import Document, Entry, Found, Guard, Recorded, Snapshot, Store, Wanted
from .subject import Bench, Subject

__all__ = [
    "Client",
    "Turn",
    "Waiting",
    "by_coroutines",
    "by_processes",
    "by_threads",
    "killed",
    "run_interleaved",
    "together",
]

T = TypeVar("T")
Client = Callable[[Store, int], Coroutine[object, object, list[str]]]
"""What client number n does with its handle, and what it was told."""

PATIENCE_S = 120
"""After so long a client that says nothing has failed."""

ENDED = (
    "a process ended without a word: it has to import `make` by its name, from a module that can be imported anywhere"
)
WAITING = "a client has not ended after {} s: it waits for another"


class Turn:
    """Awaited, it lets others run."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def run_interleaved(coroutines: Iterable[Coroutine[object, object, T]], seed: int) -> list[T]:
    """Run coroutines a turn at a time in an order drawn from the seed, and return their answers in their own order."""
    draw = random.Random(seed)  # noqa: S311 - an order that can be had again
    waiting = list(enumerate(coroutines))
    answers: dict[int, T] = {}
    while waiting:
        index = draw.randrange(len(waiting))
        number, coroutine = waiting[index]
        try:
            coroutine.send(None)
        except StopIteration as done:
            answers[number] = done.value
            del waiting[index]
    return [answers[number] for number in sorted(answers)]


class Waiting:
    """A store that lets others run before each reading and each recording, and after; its state is not at hand."""

    state = None

    def __init__(self, store: Store) -> None:
        self.store = store

    async def read(self, wanted: Wanted) -> Found:
        """Read at one moment, after a turn and before one."""
        await Turn()
        found = await self.store.read(wanted)
        await Turn()
        return found

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append in one step, after a turn and before one."""
        await Turn()
        recorded = await self.store.append(entry, guards)
        await Turn()
        return recorded

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries."""
        await Turn()
        return await self.store.since(position, limit)

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due."""
        await Turn()
        return await self.store.due(now, limit)

    async def snapshot(self) -> Snapshot:
        """Return the state."""
        return await self.store.snapshot()

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill the store."""
        await self.store.restore(snapshot, tail)


def by_coroutines(bench: Bench, client: Client, clients: int, seed: int) -> list[list[str]]:
    """Run clients over one handle: in the order that the seed draws, or as the loop has it where the store waits."""
    if not bench.subject.waits:
        return run_interleaved([client(Waiting(bench.store), number) for number in range(clients)], seed)

    return bench.do(together(bench.store, client, clients))


async def together(store: Store, client: Client, clients: int, patience_s: float = PATIENCE_S) -> list[list[str]]:
    """Run clients over one handle that waits, each as a task."""
    patience = asyncio.timeout(patience_s)
    try:
        async with patience:
            return await asyncio.gather(*[client(store, number) for number in range(clients)])
    except TimeoutError as error:
        if not patience.expired():  # the store has given up
            raise
        raise AssertionError(WAITING.format(patience_s)) from error


def by_threads(
    bench: Bench, client: Client, clients: int, _seed: int, *, patience_s: float = PATIENCE_S
) -> list[list[str]]:
    """Run each client in a thread of its own, over a handle of its own."""
    start = threading.Barrier(clients + 1)
    answers: list[list[str] | BaseException] = [[] for _ in range(clients)]

    def serve(number: int) -> None:
        try:
            with Bench.open(bench.subject, bench.address) as own:
                start.wait(PATIENCE_S)
                answers[number] = own.do(client(own.store, number))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the threads are waited for
            start.abort()
            answers[number] = error

    threads = [threading.Thread(target=serve, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):  # one of them says why
        start.wait(PATIENCE_S)
    for thread in threads:
        thread.join(patience_s)
        if thread.is_alive():
            raise AssertionError(WAITING.format(patience_s))
    return _told(answers)


class _Work(NamedTuple):
    """What a process is given."""

    make: Callable[[str], Store]
    waits: bool
    close: Callable[[Store], Coroutine[object, object, None] | None]
    address: str
    client: Client
    number: int


def by_processes(
    bench: Bench, client: Client, clients: int, _seed: int, *, patience_s: float = PATIENCE_S
) -> list[list[str]]:
    """Run each client in a process of its own."""
    crew = [_begun(bench, client, number) for number in range(clients)]
    try:
        for _, pipe in crew:
            _heard(pipe)
        for _, pipe in crew:
            pipe.send("go")
        return _told([_heard(pipe, patience_s) for _, pipe in crew])
    except BaseException:  # who waits for another would wait on
        for process, _ in crew:
            process.kill()
        raise
    finally:
        for process, pipe in crew:
            pipe.close()
            process.join(PATIENCE_S)


def killed(bench: Bench, client: Client, number: int, after: int) -> list[str]:
    """Kill a process that reports each answer, after some of them, and return all that it had reported."""
    process, pipe = _begun(bench, client, number, each=True)
    said = [_heard(pipe)]
    pipe.send("go")
    said = [_heard(pipe) for _ in range(after)]
    process.kill()
    process.join(PATIENCE_S)
    with suppress(AssertionError):  # it has ended
        while pipe.poll():
            said.append(_heard(pipe))
    pipe.close()
    return [each for (each,) in _told(said)]


def _context() -> "multiprocessing.context.SpawnContext | multiprocessing.context.ForkServerContext":
    """Return how processes are begun: from a clean one that has the library at hand, where the platform has that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["unicommerce.testing"])
    return context


def _begun(
    bench: Bench, client: Client, number: int, *, each: bool = False
) -> "tuple[multiprocessing.process.BaseProcess, Connection[object, object]]":
    context = _context()
    ours, theirs = context.Pipe()
    subject = bench.subject
    work = _Work(subject.make, subject.waits, subject.close, bench.address, client, number)
    process = context.Process(target=_serve, args=(work, theirs, each), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _serve(work: _Work, pipe: "Connection[object, object]", each: bool) -> None:  # noqa: FBT001 - a process is given its arguments by position
    try:
        subject = Subject("of a process", work.make, frozenset(), work.waits, work.close)
        with Bench.open(subject, work.address) as own:
            pipe.send([])
            pipe.recv()
            if each:
                for turn in range(1_000_000):
                    pipe.send(own.do(work.client(own.store, turn)))
            pipe.send(own.do(work.client(own.store, work.number)))
    except Exception as error:  # noqa: BLE001 - it is raised again where the processes are waited for
        pipe.send(AssertionError(f"a process failed: {error!r}"))


def _heard(pipe: "Connection[object, object]", patience_s: float = PATIENCE_S) -> list[str] | BaseException:
    if not pipe.poll(patience_s):
        raise AssertionError(WAITING.format(patience_s))
    try:
        said = pipe.recv()
    except EOFError as error:
        raise AssertionError(ENDED) from error
    return said if isinstance(said, list | BaseException) else [repr(said)]


def _told(answers: Sequence[list[str] | BaseException]) -> list[list[str]]:
    told = []
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
        told.append(answer)
    return told
