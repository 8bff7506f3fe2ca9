"""Stores whose answers are broken, each in one way: totals, moves, pages, what is due, snapshots."""

from collections.abc import Iterable, Iterator, Mapping

import attrs

from ..ledger import (
    Account,
    Document,
    Entry,
    Found,
    Guard,
    Ledger,
    Memory,
    Movement,
    Recorded,
    Snapshot,
    State,
    Wanted,
)
from ..values import Unit
from .model import Reference

__all__ = [
    "AddsInFloats",
    "CountsRefusals",
    "DueLate",
    "DueOnce",
    "DueThoughReplaced",
    "DueWithoutOrder",
    "Forgets",
    "ForgetsQuarantine",
    "HearsNoEntryWanted",
    "KeepsEmptyParts",
    "KeepsNoLots",
    "KeepsNoOwners",
    "KnowsNoCase",
    "KnowsNoLimit",
    "MovesFromTheMomentOn",
    "MovesOfTheWholePlace",
    "MovesWhatIsCorrected",
    "MovesWhenRecorded",
    "RemembersSums",
    "RestoresOverEntries",
    "RestoresWithoutIds",
    "SendsNoNews",
    "SharesItsSnapshot",
    "ShowsAnOldState",
    "TakesAnyTail",
]


class KeepsNoLots(Reference):
    """Keeps totals by ref and by whole account, not by lot."""

    def counts(self, account: Account, own: Account) -> bool:
        """Forget the lot alone."""
        return super().counts(account, own) and (account == own or not account.lot)


class KeepsNoOwners(Reference):
    """Keeps totals by ref and by whole account, not by owner."""

    def counts(self, account: Account, own: Account) -> bool:
        """Forget the owner alone."""
        return super().counts(account, own) and (account == own or not account.owner)


class KeepsEmptyParts(Reference):
    """Shows parts that hold nothing."""

    def parts(self, unit: Unit, account: Account) -> Mapping[Account, int]:
        """Return every part that there ever was."""
        ever = {own: 0 for own, _ in self.posted(unit) if any(own[2:]) and own[:2] == account[:2]}
        return {**ever, **super().parts(unit, account)}


class MovesWhenRecorded(Reference):
    """Takes the moment at which something was recorded for the moment at which it happened."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Record it as if it had just happened."""
        recorded = await super().append(attrs.evolve(entry, occurred_at=entry.recorded_at), guards)
        return recorded and recorded._replace(entry=entry)


class MovesFromTheMomentOn(Reference):
    """Counts what moved at the very moment too."""

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Return it from a millisecond earlier."""
        return super().moved(unit, place, since - 1)


class MovesOfTheWholePlace(Reference):
    """Answers for a pile with what moved at its place."""

    def moved(self, unit: Unit, place: str, since: int) -> int:
        """Take the pile for the place."""
        state, _, at = place.partition(":")
        return super().moved(unit, at if state in {"damaged", "quarantine"} else place, since)


class ForgetsQuarantine(Reference):
    """Notes the moves of what is damaged, and not those of what is in quarantine."""

    def moves(self, movement: Movement) -> Iterator[tuple[str, int]]:
        """Leave them out."""
        yield from [each for each in super().moves(movement) if not each[0].startswith("quarantine:")]


class MovesWhatIsCorrected(Reference):
    """Takes what a count corrects for a move of its pile."""

    def moves(self, movement: Movement) -> Iterator[tuple[str, int]]:
        """See pieces come from the shelf and go there."""
        ends = [each._replace(state=each.state.replace("missing", "sellable")) for each in movement[2:]]
        yield from super().moves(Movement(*movement[:2], *ends))


class DueWithoutOrder(Reference):
    """Leaves ties as they came."""

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Sort by moment only."""
        return tuple(sorted(await super().due(now, 2**30), key=lambda d: (d.due_at or 0, -len(d.key.id))))[:limit]


class DueOnce(Reference):
    """Forgets what it has shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: set[Document] = set()

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Show what was not shown yet."""
        fresh = [document for document in await super().due(now, 2**30) if document not in self.shown][:limit]
        self.shown.update(fresh)
        return tuple(fresh)


class DueLate(Reference):
    """Shows what is due a millisecond late."""

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Show what was due before."""
        return await super().due(now - 1, limit)


class DueThoughReplaced(Reference):
    """Shows what any revision asked for."""

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Show all of them."""
        asking = [d for entry in self.entries for d in entry.documents if d.due_at is not None and d.due_at <= now]
        return tuple(sorted(asking, key=lambda document: (document.due_at or 0, document.key)))[:limit]


class SharesItsSnapshot(Reference):
    """Gives away a snapshot that goes on changing."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[tuple[dict[Unit, Mapping[Account, int]], Snapshot]] = []

    async def snapshot(self) -> Snapshot:
        """Remember what was given away."""
        taken = await super().snapshot()
        book = dict(taken.balances)
        self.given.append((book, attrs.evolve(taken, balances=book)))
        return self.given[-1][1]

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Change it."""
        recorded = await super().append(entry, guards)
        now = await super().snapshot()
        for book, _ in self.given:
            book.update(now.balances)
        return recorded


class RestoresWithoutIds(Reference):
    """Forgets the ids that a snapshot brings along."""

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Leave them out."""
        await super().restore(attrs.evolve(snapshot, ids=frozenset()), tail)


class RestoresOverEntries(Reference):
    """Lets itself be restored though it is not empty."""

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Throw away what is there."""
        self.entries = []
        await super().restore(snapshot, tail)


class TakesAnyTail(Reference):
    """Looks for gaps in a tail, and not between a snapshot and its tail."""

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Count from where the tail begins."""
        entries = [entry for _, entry in tail] if snapshot.position else []
        counted = enumerate(entries, start=snapshot.position + 1)
        await super().restore(snapshot, [Recorded(*each) for each in counted] if entries else tail)


class RemembersSums(Reference):
    """Keeps sums until the next entry, over a restore too."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: tuple[int, object, tuple[int, ...]] = (0, (), ())

    async def read(self, wanted: Wanted) -> Found:
        """Answer what was asked last from what is kept."""
        found = await super().read(wanted)
        if self.kept[:2] != (len(self.entries), wanted.sums):
            self.kept = len(self.entries), wanted.sums, found.sums
        return found._replace(sums=self.kept[2])


class HearsNoEntryWanted(Reference):
    """Never answers with the entry that is wanted."""

    async def read(self, wanted: Wanted) -> Found:
        """Answer the rest."""
        return await super().read(wanted._replace(entry=""))


class SendsNoNews(Reference):
    """Sends a document only to who knows an earlier revision."""

    async def read(self, wanted: Wanted) -> Found:
        """Leave out what the reader seems to know better."""
        found = await super().read(wanted)
        news = {k: d for k, d in found.documents.items() if d is None or d.revision > wanted.documents[k]}
        return found._replace(documents=news)


class CountsRefusals(Reference):
    """Uses up a position for an entry that it refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.refused_at: list[int] = []

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Remember where."""
        if (recorded := await super().append(entry, guards)) is None:
            self.refused_at.append(len(self.entries))
        return recorded

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Skip the positions that were used up."""
        page = await super().since(0, 2**30)
        skipped = [Recorded(number + self._gaps(number), entry) for number, entry in page]
        return tuple([recorded for recorded in skipped if recorded.position > position][:limit])

    def _gaps(self, number: int) -> int:
        return sum([each < number for each in self.refused_at])


class KnowsNoLimit(Reference):
    """Gives all of the journal at once."""

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Forget the limit."""
        return await super().since(position, 2**30) if limit else ()


class KnowsNoCase(Reference):
    """Takes units that differ in case for one, as some collations do."""

    def posted(self, unit: Unit) -> "Iterable[tuple[Account, int]]":  # type: ignore[override]  # wider, on purpose
        """Post under small letters."""
        units = {movement.unit for entry in self.entries for movement in entry.movements}
        return [
            each
            for own in sorted(units)
            if own.lower() == unit.lower()
            for each in super(KnowsNoCase, self).posted(own)
        ]


class AddsInFloats(Reference):
    """Adds in floating point."""

    def held(self, unit: Unit, account: Account) -> int:
        """Round beyond 2**53."""
        return int(float(super().held(unit, account)))


class ShowsAnOldState(Memory):
    """Has a state at hand that stands still."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Ledger()

    @property
    def state(self) -> State:
        """Return what was there at first."""
        return self.first


class Forgets(Memory):
    """Claims to be durable, and begins anew each time it is opened."""
