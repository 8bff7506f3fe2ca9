"""What a stack has been told, rightly added up; and how long it took until a channel showed it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

__all__ = ["Fact", "Told"]

SHOWN = ("sold", "received", "returned")


class Fact(NamedTuple):
    """What a node's own system has learned: pieces by SKU that came (above zero) or left, or that were counted."""

    id: str
    kind: str
    node: str
    occurred: int
    pieces: tuple[tuple[str, int], ...]
    order: str = ""
    job: str = ""


class Told:
    """By node and SKU the latest count that the system that promises was told of, and what it was told of since."""

    def __init__(self, shelf: Mapping[tuple[str, str], int]) -> None:
        self.due = dict(shelf)
        self._counted_at = dict.fromkeys(shelf, -1)
        self._since: dict[tuple[str, str], list[tuple[int, int]]] = {key: [] for key in shelf}
        self._known: set[str] = set()
        self._sent: dict[str, list[tuple[int, Fact]]] = {}
        self._shown: dict[str, list[int]] = {}

    def learned(self, facts: Iterable[Fact]) -> None:
        """Note what has reached the system that promises; again it is a repeat."""
        for fact in facts:
            if fact.id not in self._known:
                self._known.add(fact.id)
                for sku, n in fact.pieces:
                    self._add((fact.node, sku), n, fact.occurred, is_count=fact.kind == "counted")

    def _add(self, key: tuple[str, str], n: int, occurred: int, *, is_count: bool) -> None:
        if occurred <= self._counted_at[key]:
            return  # a count has it already
        if is_count:
            self._counted_at[key] = occurred
            self._since[key] = [each for each in self._since[key] if each[0] > occurred]
            self.due[key] = n + sum([change for _, change in self._since[key]])
        else:
            self._since[key].append((occurred, n))
            self.due[key] += n

    def has(self, fact: Fact) -> bool:
        """Tell whether the system that promises knows a fact already."""
        return fact.id in self._known

    def is_counted_since(self, node: str, sku: str, at: int) -> bool:
        """Tell whether the system that promises knows a count that is younger than a moment."""
        return self._counted_at[node, sku] > at

    def sent(self, channel: str, facts: Iterable[Fact], *, stamp: int) -> None:
        """Note that what a channel is sent under a stamp contains these facts."""
        self._sent.setdefault(channel, []).extend([(stamp, fact) for fact in facts if fact.kind in SHOWN])

    def loaded(self, channel: str, skus: Iterable[str], *, stamp: int, now: int) -> None:
        """Note that a channel has loaded these SKUs as of a stamp: its table contains what was sent up to that."""
        still, took, skus = list[tuple[int, Fact]](), self._shown.setdefault(channel, []), set(skus)
        for sent, fact in self._sent.get(channel, ()):
            if sent <= stamp and skus.issuperset([sku for sku, _ in fact.pieces]):
                took.append(now - fact.occurred)
            else:
                still.append((sent, fact))
        self._sent[channel] = still

    def minutes(self, channel: str) -> Iterator[tuple[str, int]]:
        """Yield the median and the 95th percentile of the minutes until a channel showed a change."""
        if took := sorted(self._shown.get(channel, ())):
            yield "median", took[len(took) // 2]
            yield "95th", took[len(took) * 95 // 100]
