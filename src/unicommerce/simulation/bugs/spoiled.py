"""Stores with a bug in them: each passes everything on, and is wrong in one place."""

from collections.abc import Callable, Iterable

import attrs

from ...ledger import Document, Entry, Found, Guard, Recorded, Snapshot, State, Store, Wanted
from ...returns import Returned
from ...values import DAY_MS

__all__ = ["Agreeable", "Altered", "Forgetful", "Guards", "Hasty", "NoInbox", "Skipping"]

Guards = tuple[Guard, ...]
"""What a decision is recorded under."""


class Wrapped:
    """A store that passes everything on, to be spoiled in one place."""

    def __init__(self, store: Store) -> None:
        self.inner = store

    @property
    def state(self) -> State | None:
        """Return the state."""
        return self.inner.state

    async def read(self, wanted: Wanted) -> Found:
        """Read."""
        return await self.inner.read(wanted)

    async def append(self, entry: Entry, guards: Guards = ()) -> Recorded | None:
        """Append."""
        return await self.inner.append(entry, guards)

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries."""
        return await self.inner.since(position, limit)

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due."""
        return await self.inner.due(now, limit)

    async def snapshot(self) -> Snapshot:
        """Return the state at a position."""
        return await self.inner.snapshot()

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill the store."""
        await self.inner.restore(snapshot, tail)


class Altered(Wrapped):
    """Puts something else on record than was decided, or under other guards."""

    def __init__(self, store: Store, entry: Callable[[Entry], Entry], guards: Callable[[Guards], Guards]) -> None:
        super().__init__(store)
        self._entry = entry
        self._guards = guards

    async def append(self, entry: Entry, guards: Guards = ()) -> Recorded | None:
        """Append what it makes of it; the caller is told that all is well."""
        altered = self._entry(entry)
        recorded = await self.inner.append(altered, self._guards(guards))
        return recorded._replace(entry=entry) if recorded and recorded.entry is altered else recorded


class NoInbox(Wrapped):
    """Records what it has on record already once more."""

    async def append(self, entry: Entry, guards: Guards = ()) -> Recorded | None:
        """Append, under another id if need be."""
        known = (await self.inner.read(Wanted({}, {}, entry=entry.id))).entry
        return await self.inner.append(attrs.evolve(entry, id=f"{entry.id}+") if known else entry, guards)


class Agreeable(Wrapped):
    """Takes any content under a known id for a repeat."""

    async def append(self, entry: Entry, guards: Guards = ()) -> Recorded | None:
        """Append, and answer as if this very entry had been recorded."""
        recorded = await self.inner.append(entry, guards)
        return recorded._replace(entry=entry) if recorded else None


class Forgetful(Wrapped):
    """Answers before it has recorded, and dies now and then in between."""

    async def append(self, entry: Entry, guards: Guards = ()) -> Recorded | None:
        """Lose each entry whose id ends in a 7, and say that it was kept."""
        return Recorded(0, entry) if entry.id.rpartition("/")[0][-1:] == "7" else await self.inner.append(entry, guards)


class Skipping(Wrapped):
    """Shows entries with a gap where returns were recorded, as replay by a type filter does."""

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Leave them out."""
        found = await self.inner.since(position, limit)
        return tuple([each for each in found if not any(isinstance(event, Returned) for event in each.entry.events)])


class Hasty(Wrapped):
    """Says today what is due tomorrow."""

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Look a day ahead."""
        return await self.inner.due(now + DAY_MS, limit)
