"""Stores whose `append` is broken, each in one way: it takes, leaves, repeats or accuses where it must not."""

import attrs

from ..errors import Contradiction
from ..ledger import (
    Between,
    Document,
    Entry,
    Guard,
    Recorded,
    Unchanged,
)
from .model import Reference

__all__ = [
    "AccusesBeforeItLooks",
    "AnswersTheNew",
    "ChecksBefore",
    "ForgivesTheUnseen",
    "GuardsRepeats",
    "KeepsHalfOfAContradiction",
    "KnowsNoMost",
    "LastWordCounts",
    "LeavesHalf",
    "LosesTheSecondEvent",
    "PostsAgain",
    "SwallowsContradictions",
    "TakesAtLeast",
]


class ChecksBefore(Reference):
    """Checks sums on the state before the entry."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Check, and then post."""
        if self.known(entry.id) is None and not all(self.admits(g) for g in guards if isinstance(g, Between)):
            return None
        return await super().append(entry, tuple([guard for guard in guards if isinstance(guard, Unchanged)]))


class ForgivesTheUnseen(Reference):
    """Lets any guard pass whose unit it has never seen."""

    def admits(self, guard: Between) -> bool:
        """Look only where there is something."""
        return guard.unit not in self._units() or super().admits(guard)


class KnowsNoMost(Reference):
    """Checks the lower bound only."""

    def admits(self, guard: Between) -> bool:
        """Forget the upper bound."""
        return super().admits(guard._replace(most=None))


class TakesAtLeast(Reference):
    """Takes a document at a later revision for unchanged."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Let later revisions pass."""
        current = [g._replace(revision=max(g.revision, 0)) for g in guards if isinstance(g, Unchanged)]
        late = {guard for guard in current if self.revision(guard.key) > guard.revision}
        return await super().append(entry, tuple([guard for guard in guards if guard not in late]))


class LeavesHalf(Reference):
    """Leaves the first movement of an entry that it refuses."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Refuse, and leave some of it."""
        recorded = await super().append(entry, guards)
        if recorded is None and entry.movements:
            self.start = attrs.evolve(self.start, balances={entry.movements[0].unit: {entry.movements[0].target: 1}})
        return recorded


class LosesTheSecondEvent(Reference):
    """Puts the first event of an entry on record."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Take the first event's movements only."""
        first = entry.events[0].movements() if entry.events else ()
        return await super().append(attrs.evolve(entry, movements=first), guards)


class PostsAgain(Reference):
    """Posts a repeat once more."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Take it under another name."""
        if self.known(entry.id) is not None:
            self.entries.append(attrs.evolve(entry, id=f"{entry.id}/again"))
        return await super().append(entry, guards)


class AnswersTheNew(Reference):
    """Answers a repeat with what was just said instead of what is on record."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Give back what came."""
        recorded = await super().append(entry, guards)
        return recorded and recorded._replace(entry=entry)


class GuardsRepeats(Reference):
    """Checks the guards of a repeat, which do not hold any more."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Check first."""
        if any(isinstance(guard, Between) and not self.admits(guard) for guard in guards) and self.known(entry.id):
            return None
        return await super().append(entry, guards)


class SwallowsContradictions(Reference):
    """Takes an equal revision with other content without a word."""

    def refuse_contradictions(self, entry: Entry) -> None:
        """Say nothing."""


class AccusesBeforeItLooks(Reference):
    """Raises a contradiction where the sender had merely lost a race."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Accuse first."""
        if self.known(entry.id) is None:
            self.refuse_contradictions(entry)
        return await super().append(entry, guards)


class KeepsHalfOfAContradiction(Reference):
    """Has posted the movements when it finds the contradiction."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Post, then look."""
        try:
            return await super().append(entry, guards)
        except Contradiction:
            self.entries.append(attrs.evolve(entry, documents=()))
            raise


class LastWordCounts(Reference):
    """Lets the document that came last count, whatever its revision."""

    def documents(self) -> list[Document]:
        """Return the last of each."""
        written = [*self.start.documents, *(document for entry in self.entries for document in entry.documents)]
        return [*{document.key: document for document in written}.values()]
