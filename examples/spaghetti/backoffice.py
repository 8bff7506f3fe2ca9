"""The systems of the loose stack that count at their own place: a WMS for each warehouse, a POS for each store."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .places import DAY
from .told import Fact

__all__ = ["BackOffice", "Full", "Transactions"]

KEPT = 3 * DAY


class Transactions(NamedTuple):
    """What a system has counted since its last file: (number, SKU, change), and the facts behind that."""

    node: str
    lines: tuple[tuple[int, str, int], ...]
    facts: tuple[Fact, ...]


class Full(NamedTuple):
    """All that a system counts; `number` is that of its last transaction."""

    node: str
    number: int
    counter: Mapping[str, int]
    facts: tuple[Fact, ...]


class BackOffice:
    """One system and its counter; each of its transactions has a number, so that nobody counts one twice."""

    def __init__(self, node: str, counter: Mapping[str, int]) -> None:
        self.node = node
        self.counter = dict(counter)
        self._frozen: dict[str, int] = {}
        self._number = 0
        self._lines: list[tuple[int, str, int]] = []
        self._facts: list[Fact] = []
        self._recent: list[tuple[int, Fact]] = []

    def begins_to_count(self, skus: Iterable[str]) -> None:
        """Freeze what it has for a count."""
        self._frozen = {sku: self.counter[sku] for sku in skus}

    def knows(self, fact: Fact, now: int) -> int:
        """Book a fact, and return the number of its last transaction."""
        for sku, n in fact.pieces:
            change = n - self._frozen.get(sku, n) if fact.kind == "counted" else n
            self.counter[sku] += change
            self._number += 1
            if fact.kind != "left":  # those are confirmed one by one
                self._lines.append((self._number, sku, change))
        self._recent.append((now, fact))
        if fact.kind != "left":
            self._facts.append(fact)
        return self._number

    def transactions(self) -> Transactions | None:
        """Return what there is to send since the last time."""
        if not self._facts:
            return None
        found = Transactions(self.node, tuple(self._lines), tuple(self._facts))
        self._lines, self._facts = [], []
        return found

    def full(self, now: int) -> Full:
        """Return all, and the facts of the last days: a file before it may be late, and this one contains that."""
        self._recent = [each for each in self._recent if each[0] > now - KEPT]
        return Full(self.node, self._number, dict(self.counter), tuple([fact for _, fact in self._recent]))
