"""What a store owes: six methods, and the whole system runs on it; and the store in memory.

A store appends one entry and checks its guards in one atomic step, or reports a conflict. Guarded appends that name the
same unit or document queue for each other; appends without guards, which are facts, never wait. An entry is shown by
`since` only when no earlier one can appear any more. Why these six: docs/decisions/0001.
"""

from collections.abc import Iterable
from typing import Protocol

from ..errors import InvalidValue
from .answers import Guard
from .ledger import Ledger, Snapshot
from .records import Document, Entry, Key, Recorded
from .state import Found, State, Wanted

__all__ = ["Memory", "Store"]


class Store(Protocol):
    """Where the journal lives. Over a synchronous database the methods never wait and `run` drives them."""

    @property
    def state(self) -> State | None:
        """Return the state itself where it lives in this process and stands still between two awaits; else None."""
        ...

    async def read(self, wanted: Wanted) -> Found:
        """Answer all that is wanted as of one moment; if the wanted entry is on record, that alone suffices."""
        ...

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Put the entry on record if every guard holds on the state that it leaves, in one atomic step.

        Answers the entry of that id on record, this one or the one that was there first; None where a guard does not
        hold, and nothing has changed. Raises `Contradiction` for a document that comes with the revision of the one on
        record and other content.
        """
        ...

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return entries after a position, in order and without gaps; none that an earlier one may still precede."""
        ...

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return documents whose `due_at` is at or before `now` (ms UTC), the earliest first, ties by key."""
        ...

    async def snapshot(self) -> Snapshot:
        """Return the state at one position of the journal."""
        ...

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill an empty store with a snapshot and the entries after it. Raises `InvalidValue` where it is not empty."""
        ...


class Memory:
    """The store in memory: a ledger whose answers never wait.

    >>> from unicommerce.ledger import Memory, run
    >>> run(Memory().since(0, 10))
    ()
    """

    __slots__ = ("ledger",)

    def __init__(self, ledger: Ledger | None = None) -> None:
        self.ledger = ledger or Ledger()

    @property
    def state(self) -> State:
        """Return the ledger: decisions look at it without a copy."""
        return self.ledger

    async def read(self, wanted: Wanted) -> Found:
        """Answer at once."""
        return self.ledger.read(wanted)

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append at once: nothing else runs between the check and the record."""
        return self.ledger.append(entry, guards)

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries; all are settled."""
        return self.ledger.since(position, limit)

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due."""
        return self.ledger.due(now, limit)

    async def snapshot(self) -> Snapshot:
        """Return the state."""
        return self.ledger.snapshot()

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Let go of what was recorded before a moment (ms UTC), and of closed documents; see `Ledger.retire`."""
        self.ledger.retire(before, closed)

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Take over a snapshot and its tail."""
        if self.ledger.snapshot().position:
            raise InvalidValue("store", "with entries", "an empty store")
        self.ledger = Ledger.restore(snapshot, tail)
