"""Stores whose upgrade is broken, each in one way, and the sound ones: one goes on beside the older, one refuses it.

Their older form is a reference store that is kept by its address; the newer ones take over its entries.
"""

from collections.abc import Iterable

import attrs

from ..errors import InvalidValue
from ..ledger import Entry, Found, Guard, Recorded, Snapshot, Wanted
from .model import Reference

__all__ = [
    "AddsUpSinceTheUpgrade",
    "Alone",
    "CountsFromOne",
    "KeepsOldSums",
    "LeavesTheOldBehind",
    "Upgraded",
    "careless",
    "older",
]


class Older(Reference):
    """The form before the upgrade; it knows that there is a newer one where that has said so."""

    version = 1

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append as long as the form is its own."""
        if self.version > 1:
            raise InvalidValue("schema", self.version, "version 1")
        return await super().append(entry, guards)


_KEPT: dict[str, Older] = {}


def older(address: str) -> Older:
    """Open the older form. Raises `InvalidValue` where there is a newer one that has said so."""
    kept = _KEPT.setdefault(address, Older())
    if kept.version > 1:
        raise InvalidValue("schema", kept.version, "version 1")
    return kept


def careless(address: str) -> Older:
    """Open the older form, and let go of the documents of what is there."""
    kept = _KEPT.setdefault(address, Older())
    kept.entries[:] = [attrs.evolve(entry, documents=()) for entry in kept.entries]
    return kept


class Upgraded(Reference):
    """The sound newer form: the same entries, and whoever has the older one open writes to them too."""

    def __init__(self, address: str) -> None:
        super().__init__()
        kept = _KEPT.setdefault(address, Older())
        self.start, self.entries, self.closed = kept.start, kept.entries, kept.closed


class Alone(Upgraded):
    """The sound newer form that says so: whoever has the older one open is refused."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        _KEPT[address].version = 2


class CountsFromOne(Upgraded):
    """Numbers the entries that are there anew, as a column does that counts by itself."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.start = attrs.evolve(self.start, position=0)


class AddsUpSinceTheUpgrade(Upgraded):
    """Keeps sums from the upgrade on, and each begins at nothing."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.before = Reference()
        self.before.start, self.before.entries = self.start, [*self.entries]

    async def read(self, wanted: Wanted) -> Found:
        """Leave out what was held before."""
        found, before = await super().read(wanted), await self.before.read(wanted)
        return found._replace(sums=tuple([now - then for now, then in zip(found.sums, before.sums, strict=True)]))


class KeepsOldSums(Upgraded):
    """Keeps sums, and hears of its own entries only."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.sums: dict[object, int] = {}

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Let go of the sums too."""
        self.sums.clear()
        await super().restore(snapshot, tail)

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Let go of the sums: they have changed."""
        self.sums.clear()
        return await super().append(entry, guards)

    async def read(self, wanted: Wanted) -> Found:
        """Answer from what is kept."""
        found = await super().read(wanted)
        sums = [self.sums.setdefault(asked, held) for asked, held in zip(wanted.sums, found.sums, strict=True)]
        return found._replace(sums=tuple(sums))


class LeavesTheOldBehind(Upgraded):
    """Copies what is there; whoever has the older form open writes to that."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.entries = [*self.entries]
