"""Eight clients and one hot SKU on a real PostgreSQL: ours beside what people write (see `ways`), by wall clock.

Stock for half of the requests; every tenth request is one that another client sends too, at about the same time. Each
way has its turn in each round, on a SKU of its own. What was answered and what is on record are compared in the very
run that is timed: sold more often than it was there, left over, answered in two ways.

Eight in one host: theirs are threads with a connection each, ours are coroutines that share a `PostgresHost`. Eight
processes: each with a connection, ours with a `PostgresStore`.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from threading import Barrier
from time import perf_counter_ns, process_time_ns
from typing import NamedTuple

import psycopg

from examples.stores.postgres_host import PostgresHost
from tests import servers
from unicommerce import Accepted, AsyncCommerce, reserve

from .timing import Row, Speed, ratios, speed, turns
from .ways import AT_ONCE, CATALOG, OURS, WAYS, Client, clock, prepare, recorded, restock

__all__ = ["Sample", "eight_in_one_host", "eight_processes", "on_a_slow_disk", "serve", "sync_time"]

CLIENTS = 8
AGAIN = "ours, again"
NUMBERS = count()
ROOT = Path(__file__).parents[1]


class Sample(NamedTuple):
    """What one client did: when it began and ended (ns), how long each request took, what each id was answered.

    `cpu` is what it used of it (ns) where it is a process of its own.
    """

    began: int
    ended: int
    taken: Sequence[int]
    answers: Sequence[tuple[str, bool]]
    retries: int
    cpu: int = 0


def ids(sku: str, requests: int) -> list[list[str]]:
    """Return the ids that each client sends; every tenth is the one before it, which is another client's."""
    sent = [f"{sku}/{number - (number % 10 == 9)}" for number in range(requests)]
    return [sent[client::CLIENTS] for client in range(CLIENTS)]


def serve(client: Client, sku: str, own: Sequence[str]) -> Sample:
    """Send requests one after the other."""
    taken, answers = [], []
    before, began = client.retries, perf_counter_ns()
    last = began
    for id in own:
        answers.append((id, client.reserve(id, sku)))
        now = perf_counter_ns()
        taken.append(now - last)
        last = now
    return Sample(began, last, taken, answers, client.retries - before)


Run = Callable[[str, Sequence[Sequence[str]]], Sequence[Sample]]
"""Let the clients send, all at once."""


def _threads(conninfo: str, way: str, pool: ThreadPoolExecutor) -> Run:
    clients = [WAYS[way](conninfo) for _ in range(CLIENTS)]
    barrier = Barrier(CLIENTS)

    def one(client: Client, sku: str, own: Sequence[str]) -> Sample:
        barrier.wait()
        return serve(client, sku, own)

    return lambda sku, each: list(pool.map(one, clients, [sku] * CLIENTS, each))


def _coroutines(conninfo: str, runner: asyncio.Runner) -> Run:
    host = PostgresHost(conninfo)
    shop = AsyncCommerce(CATALOG, store=host)

    async def one(sku: str, own: Sequence[str]) -> Sample:
        taken, answers = [], []
        began = last = perf_counter_ns()
        for id in own:
            decision = await shop.ask(reserve(id, place="dc", quantities={sku: 1}), now=clock())
            answers.append((id, isinstance(decision, Accepted)))
            now = perf_counter_ns()
            taken.append(now - last)
            last = now
        return Sample(began, last, taken, answers, 0)

    async def together(sku: str, each: Sequence[Sequence[str]]) -> Sequence[Sample]:
        return await asyncio.gather(*[one(sku, own) for own in each])

    return lambda sku, each: runner.run(together(sku, each))


@contextmanager
def _process(conninfo: str) -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, "-m", "benchmarks.client", conninfo]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def _processes(way: str, processes: Sequence["subprocess.Popen[str]"]) -> Run:
    def run(sku: str, each: Sequence[Sequence[str]]) -> Sequence[Sample]:
        for process, own in zip(processes, each, strict=True):
            assert process.stdin is not None
            process.stdin.write(json.dumps([way, sku, own]) + "\n")
            process.stdin.flush()
        return [Sample(*json.loads(process.stdout.readline())) for process in processes if process.stdout]

    return run


def _compare(
    conninfo: str, runs: Mapping[str, Run], *, title: str, floor: float, at_once: float, rounds: int, requests: int
) -> list[Row | Speed]:
    wrong = dict.fromkeys(runs, "")
    stock = requests // 2

    def case(name: str, run: Run) -> Callable[[int], list[Sample]]:
        way = OURS if name == AGAIN else name

        def once(number: int) -> list[Sample]:
            sku = f"{name}/{next(NUMBERS)}"
            restock(conninfo, way, sku, stock)
            before = process_time_ns() + server_time(conninfo)
            samples = list(run(sku, ids(sku, requests)))
            spent = process_time_ns() + server_time(conninfo) - before + sum([sample.cpu for sample in samples])
            if number:
                used[name].append(spent / requests)
            if found := _verdict(samples, stock, *recorded(conninfo, way, sku)):
                wrong[name] = found
            return samples

        return once

    used: dict[str, list[float]] = {name: [] for name in runs}
    done = turns({name: case(name, run) for name, run in runs.items()}, count=rounds)
    times = {name: [_spent(samples) / requests for samples in each] for name, each in done.items()}
    steps = [name for name in WAYS if name not in (OURS, AT_ONCE)]
    best = [min(times[name][number] for name in steps) for number in range(rounds)]
    rows: list[Row | Speed] = [
        ratios(f"{title}: noise control", "itself", times[AGAIN], times[OURS], note="within 10 % or nothing counts")
    ]
    rows += [ratios(title, name, times[name], times[OURS]) for name in steps]
    rows.append(ratios(title, "the best of these in each round", best, times[OURS], floor=floor))
    rows.append(ratios(title, AT_ONCE, times[AT_ONCE], times[OURS], floor=at_once))
    for name in [AGAIN, *WAYS]:
        if name != OURS:
            rows.append(ratios(f"{title}: CPU of clients and server", name, used[name], used[OURS]))
    for name, each in done.items():
        taken = [ns for samples in each for sample in samples for ns in sample.taken]
        retries = sum([sample.retries for samples in each for sample in samples])
        note = f"{wrong[name] or 'none oversold'}; {median(used[name]) / 1e3:.0f} µs of CPU a request"
        rows.append(speed(f"{title}: {name}", times[name], taken, retries=retries, note=note))
    return rows


def server_time(conninfo: str) -> int:
    """Return the CPU time that the server's sessions have used so far (ns); 0 where the system does not tell."""
    with psycopg.connect(conninfo, autocommit=True) as base:
        sessions = base.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()").fetchall()
    files = [Path(f"/proc/{pid}/schedstat") for (pid,) in sessions]
    return sum([int(file.read_text(encoding="ascii").split()[0]) for file in files if file.exists()])


def _spent(samples: Sequence[Sample]) -> int:
    return max([sample.ended for sample in samples]) - min([sample.began for sample in samples])


def _verdict(samples: Sequence[Sample], stock: int, taken: int, left: int) -> str:
    """Say what is wrong, or nothing."""
    yes = {id for sample in samples for id, is_given in sample.answers if is_given}
    no = {id for sample in samples for id, is_given in sample.answers if not is_given}
    wrong = []
    if len(yes) != stock or taken != stock or left:
        wrong.append(f"{len(yes)} told, {taken} on record, {left} left of {stock}")
    if yes & no:
        wrong.append(f"{len(yes & no)} answered in two ways")
    return "; ".join(wrong)


def eight_in_one_host(*, rounds: int = 15, requests: int = 1_000, conninfo: str = "") -> list[Row | Speed]:
    """Return ours beside theirs with eight clients in one process."""
    conninfo = conninfo or servers.postgres()
    prepare(conninfo)
    with ThreadPoolExecutor(CLIENTS) as pool, asyncio.Runner() as runner:
        runs = {way: _threads(conninfo, way, pool) for way in WAYS if way != OURS}
        ours = {OURS: _coroutines(conninfo, runner), AGAIN: _coroutines(conninfo, runner)}
        return _compare(
            conninfo,
            ours | runs,
            title="8 clients in one host",
            floor=1.5,
            at_once=0.7,
            rounds=rounds,
            requests=requests,
        )


def eight_processes(*, rounds: int = 15, requests: int = 1_000, conninfo: str = "") -> list[Row | Speed]:
    """Return ours beside theirs with eight processes."""
    conninfo = conninfo or servers.postgres()
    prepare(conninfo)
    with ExitStack() as stack:
        processes = [stack.enter_context(_process(conninfo)) for _ in range(CLIENTS)]
        runs = {way: _processes(way, processes) for way in WAYS}
        runs[AGAIN] = runs[OURS]
        return _compare(conninfo, runs, title="8 processes", floor=0.9, at_once=0.5, rounds=rounds, requests=requests)


def on_a_slow_disk(*, rounds: int = 7, requests: int = 400) -> list[Row | Speed]:
    """Return both with a disk that takes 4 ms more: the server waits so long with its log in hand before each sync."""
    slow = f"{servers.postgres()}&options=-c%20commit_delay%3D4000%20-c%20commit_siblings%3D0"
    found = []
    for run in (eight_in_one_host, eight_processes):
        for each in run(rounds=rounds, requests=requests, conninfo=slow):
            named = each._replace(name=f"{each.name}, sync + 4 ms")
            found.append(named._replace(floor=None) if isinstance(named, Row) else named)
    return found


def sync_time(folder: str | None = None) -> float:
    """Return how long the disk takes to keep a page that was overwritten (ms, the median of 200)."""
    taken = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(bytes(8_192 * 200))
        os.fsync(file.fileno())
        for number in range(200):
            os.pwrite(file.fileno(), bytes([number]) * 8_192, number * 8_192)
            start = perf_counter_ns()
            os.fdatasync(file.fileno())
            taken.append(perf_counter_ns() - start)
    return sorted(taken)[100] / 1e6
