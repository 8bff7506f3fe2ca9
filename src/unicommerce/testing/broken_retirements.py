"""Stores whose `retire` is broken, each in one way: they let go of too much, of too little, or take it again."""

import copy
from collections.abc import Iterable, Iterator

import attrs

from ..ledger import Document, Entry, Key, Recorded, Snapshot
from ..values import Unit
from .broken_queues import Shared
from .model import Reference

__all__ = [
    "CountsAnew",
    "ForgetsBalances",
    "ForgetsRequests",
    "GoesBack",
    "KeepsTheClosed",
    "LetsGoForItself",
    "LosesMovesOfTheMoment",
    "RestoresWithoutHorizon",
    "TakesTheOldAgain",
]


class ForgetsBalances(Reference):
    """Adds up the entries that are left."""

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Let the balances go along."""
        await super().retire(before, closed)
        self.start = attrs.evolve(self.start, balances={})


class CountsAnew(Reference):
    """Gives the positions of what has left to what comes."""

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Begin at one."""
        await super().retire(before, closed)
        self.start = attrs.evolve(self.start, position=0)


class KeepsTheClosed(Reference):
    """Keeps every document."""

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Hear of none."""
        del closed
        await super().retire(before)


class TakesTheOldAgain(Reference):
    """Knows no horizon: what has left is taken as new."""

    def is_too_old(self, entry: Entry, horizon: int) -> bool:
        """Take anything."""
        del entry, horizon
        return False


class ForgetsRequests(Reference):
    """Lets every id leave with its entry."""

    def keeps_the_id(self, entry: Entry) -> bool:
        """Keep none."""
        del entry
        return False


class GoesBack(Reference):
    """Has the horizon that was set last."""

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Go back to it."""
        await super().retire(before, closed)
        self.start = attrs.evolve(self.start, horizon=before)


class LosesMovesOfTheMoment(Reference):
    """Lets go of what moved at the very horizon too."""

    def _moves(self, unit: Unit) -> Iterator[tuple[int, str, int]]:
        moves = super()._moves(unit)
        return (each for each in moves if each[0] != self.start.horizon)


class RestoresWithoutHorizon(Reference):
    """Forgets the horizon that a snapshot brings along."""

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Leave it out."""
        await super().restore(attrs.evolve(snapshot, horizon=None), tail)


class LetsGoForItself(Shared):
    """Lets go in the one handle that was asked."""

    async def retire(self, before: int, closed: Iterable[Key[Document]] = ()) -> None:
        """Leave the others' records as they are."""
        self.ledger = copy.deepcopy(self.ledger)
        await super().retire(before, closed)
