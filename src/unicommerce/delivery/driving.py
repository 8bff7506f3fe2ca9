"""One turn of a delivery: read what a system wants from the journal, send what is due, say how it ended.

The same coroutine serves hosts that wait and hosts that do not, as with `ask`: over a store and a `send` that never
wait, `ledger.run` drives it. A host calls it in a loop, keeps `follower.progress` after each turn, and sleeps until
`follower.wakes_at` where a turn did nothing. Any number of systems are driven side by side, each for itself.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import NamedTuple, Protocol

from ..ledger import Recorded, Store
from .documents import Outcome, Rejected, Unavailable
from .following import Follower
from .reactions import Owed

__all__ = ["Gather", "Letter", "Send", "turn"]

PAGE = 500
"""Entries that are read at once."""
PAGES = 20
"""Pages that are read before anything is sent; so an urgent lane finds what is for it far behind the others."""


class Letter(NamedTuple):
    """What is to be sent: what a system is owed, and the entry that it is owed for."""

    owed: Owed
    recorded: Recorded


class Send(Protocol):
    """Hand a letter to a system, and answer how that ended. Whatever is raised counts as `Unavailable`."""

    def __call__(self, letter: Letter, /) -> Awaitable[Outcome]:
        """Send it."""
        ...


class Gather(Protocol):
    """Await several at once, as `asyncio.gather` does."""

    def __call__(self, *letters: Awaitable[Outcome]) -> Awaitable[Iterable[Outcome]]:
        """Await them, and return what each became, in their order."""
        ...


async def _one_by_one(*letters: Awaitable[Outcome]) -> Sequence[Outcome]:
    try:
        return [await letter for letter in letters]
    finally:  # a turn that is cut short leaves none behind that nobody awaits
        for letter in letters:
            if isinstance(letter, Coroutine):
                letter.close()


async def turn(
    store: Store,
    follower: Follower,
    send: Send,
    *,
    now: int,
    clock: Callable[[], int] | None = None,
    jitter: Callable[[], int] = lambda: 500,
    gather: Gather = _one_by_one,
) -> int:
    """Do what is to be done now (ms UTC); return how many letters were sent.

    - `clock` tells when they were answered (ms UTC), where that takes long; without it, `now`.
    - `jitter` draws a number from 0 to 999; without it a wait is not drawn by lot.
    - `gather` awaits several at once, as `asyncio.gather` does; without it they are sent one after the other. Their
    keys are all different.

    Where it is cut short, all that was due counts as `Unavailable` and is sent again: nobody knows what had arrived.
    """
    for _ in range(PAGES):
        if not await _read(store, follower):
            break
    due = follower.due(now)
    outcomes: Iterable[Outcome] = [Unavailable("the turn was cut short")] * len(due)
    try:
        outcomes = await gather(*[_sent(store, send, owed) for owed in due])
    finally:
        answered = clock() if clock else now
        for owed, outcome in zip(due, outcomes, strict=True):
            follower.settle(owed, outcome, now=answered, jitter=jitter())
    return len(due)


async def _read(store: Store, follower: Follower) -> bool:
    """Read a page for each lane that wants one; tell whether there may be more."""
    goes_on = False
    for lane, position, limit in follower.wishes():
        records = await store.since(position, min(limit, PAGE))
        follower.take(lane, records)
        goes_on |= len(records) == min(limit, PAGE)
    return goes_on


async def _sent(store: Store, send: Send, owed: Owed) -> Outcome:
    try:
        found = await store.since(owed.position - 1, 1)
        if [recorded.position for recorded in found] != [owed.position]:
            return Rejected("its entry has left the journal")
        return await send(Letter(owed, found[0]))
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises, this letter is tried again, and no other
        return Unavailable(f"{type(error).__name__}: {error}")
