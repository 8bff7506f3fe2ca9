"""The races of those who queue: facts beside them, and requests that name the same things in opposite orders.

The queue itself is seen only where a store lets us stand in it: one that claims `QUEUES` has a method `holding(guard)`,
a context manager that stands at the head of the queue of what the guard names, as an append under that guard would.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from functools import partial
from typing import NamedTuple, Protocol, cast

from ..ledger import Between, Guard, Recorded, Store, Unchanged
from .notes import CUP, MUG, SUPPLIER, Note, at, entry, expect, move, note_key
from .races import CLIENTS, Answers, Race, twice
from .running import Client, by_processes, by_threads, together
from .subject import Bench, Check, Guarantee, beside

__all__ = ["QUEUEING", "QUEUES"]

SHELF, SOLD = at("dc"), at("customer", "sold")
STOCKED = Between(MUG, (SHELF,), 0)


# Facts beside those who queue

STOCK, TURNS = 40, 15


async def _stock(store: Store) -> None:
    await store.append(entry("stock", move(STOCK, SUPPLIER, SHELF), notes=(Note(id="n"),)))


async def _sell_or_ask(store: Store, client: int) -> list[str]:
    """Tell what was sold, every other client; the others ask for a piece of the same unit, under a document too."""
    told = []
    for number in range(TURNS):
        id = f"{'asked' if client % 2 else 'sold'}/{client}/{number}"
        target = at("dc", "reserved", ref=id) if client % 2 else SOLD
        guards: tuple[Guard, ...] = (STOCKED, Unchanged(note_key("n"), 1)) if client % 2 else ()
        if await store.append(entry(id, move(1, SHELF, target)), guards) is not None:
            told.append(id)
    return told


def _all_sold(journal: Sequence[Recorded], answers: Answers) -> Iterator[str]:
    held = 0
    for position, each in journal:
        held += sum(m.quantity * ((m.target == SHELF) - (m.source == SHELF)) for m in each.movements)
        if held < 0 and each.id.startswith("asked"):
            yield f"oversold: {each.id} was given a piece at {position}, which left {held}"
    told = {id for own in answers for id in own}
    if (facts := sum(id.startswith("sold") for id in told)) != (tellers := CLIENTS // 2) * TURNS:
        yield f"{tellers * TURNS - facts} facts of {tellers * TURNS} were refused"
    if told != {entry.id for _, entry in journal} - {"stock"}:
        yield "answered in two ways"
    yield from twice(journal)


# Opposite orders

ROUNDS = 12


async def _notes(store: Store) -> None:
    await store.append(entry("notes", notes=(Note(id="n"), Note(id="m"))))


async def _cross(store: Store, client: int) -> list[str]:
    """Move mugs and cups under guards of both and of two documents, in one order or the other; two tell facts."""
    told, step = [], 1 if client % 2 else -1
    guards = (STOCKED, Unchanged(note_key("n"), 1), Between(CUP, (SHELF,), 0), Unchanged(note_key("m"), 1))[::step]
    for number in range(ROUNDS):
        moves = [move(1, SUPPLIER, SHELF, unit) for unit in (MUG, CUP)[::step]]
        crossing = entry(f"{client}/{number}", *moves)
        if await store.append(crossing, guards if client < CLIENTS - 2 else ()) is not None:
            told.append(crossing.id)
    return told


def _crossed(journal: Sequence[Recorded], answers: Answers) -> Iterator[str]:
    told = {id for own in answers for id in own}
    if refused := CLIENTS * ROUNDS - len(told):
        yield f"{refused} of {CLIENTS * ROUNDS} were refused, and nothing was in their way"
    if told != {entry.id for _, entry in journal} - {"notes"}:
        yield "answered in two ways"
    yield from twice(journal)


QUEUEING = (
    Race(
        "facts_are_taken_beside_those_who_queue",
        "A fact is never refused while others queue for its unit, and what was promised beside it was there.",
        *(_stock, _sell_or_ask, _all_sold),
    ),
    Race(
        "opposite_orders_do_not_deadlock",
        "Those who name the same units and documents in opposite orders are all answered, and so are facts of both.",
        *(_notes, _cross, _crossed),
    ),
)


# At the head of the queue

FEW, ASKERS, TELLERS = 6, 3, 4
PATIENCE_S, MOMENT_S = 5.0, 0.1
"""How long a fact may take though it waits for nobody, and how long those who queue are watched."""


_Hold = Callable[[Guard], AbstractContextManager[None]]


def _holding(store: Store) -> AbstractContextManager[None]:
    return cast("_Hold", beside(store, "holding", Guarantee.QUEUES))(STOCKED)


class _Held(NamedTuple):
    """Whether those who queue still waited once all facts were told; and what each was told."""

    is_waiting: bool
    facts: list[list[str]]
    asked: list[list[str]]


async def _tell(store: Store, client: int) -> list[str]:
    return [f"{await store.append(entry(f'fact{client}', move(1, SHELF, SOLD))) is not None}"]


async def _ask(store: Store, client: int) -> list[str]:
    wanted = entry(f"asked{client}", move(1, SHELF, at("dc", "reserved", ref=f"{client}")))
    return [f"{await store.append(wanted, (STOCKED,)) is not None}"]


def _in_a_loop(bench: Bench) -> _Held:
    """Hold the queue while coroutines of one handle ask and tell."""

    async def beside() -> _Held:
        with _holding(bench.store):
            queue = asyncio.create_task(together(bench.store, _ask, ASKERS))
            facts = await together(bench.store, _tell, TELLERS, PATIENCE_S)
            is_waiting = not (await asyncio.wait([queue], timeout=MOMENT_S))[0]
        return _Held(is_waiting, facts, await queue)

    return bench.do(beside())


class _Crew(Protocol):
    def __call__(
        self, bench: Bench, client: Client, clients: int, seed: int, /, *, patience_s: float = ...
    ) -> list[list[str]]: ...


def _beside(run: _Crew, bench: Bench) -> _Held:
    """Hold the queue while clients with handles of their own ask and tell."""
    with ThreadPoolExecutor(1) as pool:
        with _holding(bench.store):
            queue = pool.submit(run, bench, _ask, ASKERS, 0)
            facts = run(bench, _tell, TELLERS, 0, patience_s=PATIENCE_S)
            is_waiting = not wait([queue], MOMENT_S).done
        return _Held(is_waiting, facts, queue.result())


def _passing(run: Callable[[Bench], _Held], bench: Bench) -> None:
    bench.put(entry("stock", move(FEW, SUPPLIER, SHELF)))
    held = run(bench)
    expect(held.facts, [["True"]] * TELLERS, "whether facts were recorded")
    if not held.is_waiting:
        raise AssertionError("who queues was answered while `holding` stood before him")
    expect(sorted(held.asked), [["False"]] + [["True"]] * (FEW - TELLERS), "whether those who queued got a piece")
    expect(bench.held(SHELF), [0], "mugs")
    said = [recorded.entry.id for recorded in bench.journal()]
    expect([id for id in said if id.startswith("fact")], said[1 : 1 + TELLERS], "the first who were recorded")


def facts_pass_those_who_queue(bench: Bench) -> None:
    """While the head of a unit's queue is held up its facts are recorded; who waited sees them, and is answered."""
    _passing(_in_a_loop if bench.subject.waits else partial(_beside, by_threads), bench)


def facts_of_other_processes_pass_those_who_queue(bench: Bench) -> None:
    """While the head of a unit's queue is held up, other processes record its facts, and queue."""
    _passing(partial(_beside, by_processes), bench)


QUEUES = (
    Check.of(facts_pass_those_who_queue, Guarantee.QUEUES),
    Check.of(facts_of_other_processes_pass_those_who_queue, Guarantee.QUEUES, Guarantee.PROCESSES),
)
"""What a store owes that claims to have queues."""
