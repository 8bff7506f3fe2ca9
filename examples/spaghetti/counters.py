"""The counter of the order management system: per node and SKU on hand, reserved, and blocked until it is counted."""

from collections import Counter
from collections.abc import Iterable, Mapping

from .backoffice import Full, Transactions
from .places import CHANNELS, PLACES, SAFETY, SKUS
from .told import Fact

__all__ = ["Counters"]


class Counters:
    """What the OMS believes, from files and messages that may be late, twice and out of order.

    Transactions of a node are numbered: those that a full file contains are not counted again.
    """

    def __init__(self, first: Mapping[str, Mapping[str, int]]) -> None:
        self.on_hand = {(node, sku): first[node][sku] for node in PLACES for sku in SKUS}
        self.reserved = Counter[tuple[str, str]]()
        self.blocked = Counter[tuple[str, str]]()
        self.touched: dict[str, set[str]] = {channel: set() for channel in CHANNELS}
        self._closed: set[str] = set()
        self._contained = dict.fromkeys(PLACES, 0)
        self._beyond: dict[str, list[tuple[int, str, int]]] = {node: [] for node in PLACES}
        self._left: set[str] = set()
        self._sums: dict[str, int] = {}

    def free(self, node: str, sku: str) -> int:
        """Return how many pieces a node can still be given to ship."""
        if node in self._closed:
            return 0
        key = (node, sku)
        return max(self.on_hand[key] - self.reserved[key] - self.blocked[key] - SAFETY[PLACES[node].kind], 0)

    def free_in_all(self, sku: str) -> int:
        """Return how many pieces all nodes can still be given."""
        if sku not in self._sums:
            self._sums[sku] = sum([self.free(node, sku) for node in PLACES])
        return self._sums[sku]

    def touch(self, sku: str) -> None:
        """Note that more or less of a SKU may be sold now: it is in the next file to each channel."""
        self._sums.pop(sku, None)
        for touched in self.touched.values():
            touched.add(sku)

    def reserve(self, node: str, pieces: Mapping[str, int], times: int = 1) -> None:
        """Reserve pieces at a node, or (minus one time) no longer."""
        for sku, n in pieces.items():
            self.reserved[node, sku] += times * n
            self.touch(sku)

    def switch(self, node: str, *, is_open: bool) -> None:
        """Close a node, or open it again."""
        (self._closed.discard if is_open else self._closed.add)(node)
        for sku in SKUS:
            self.touch(sku)

    def load(self, file: Full) -> bool:
        """Take over what a node's system counts, unless a newer file was there first; tell whether that was so."""
        if file.number < self._contained[file.node]:
            return False
        self._contained[file.node] = file.number
        self._beyond[file.node] = [line for line in self._beyond[file.node] if line[0] > file.number]
        beyond = Counter[str]()
        for _, sku, change in self._beyond[file.node]:
            beyond[sku] += change
        for sku, held in file.counter.items():
            self._set(file.node, sku, held + beyond[sku])
        return True

    def add(self, file: Transactions) -> None:
        """Count transactions that are in no file and were not counted yet."""
        known = {number for number, *_ in self._beyond[file.node]}
        for line in file.lines:
            if line[0] not in known:
                self._count(file.node, line)

    def left(self, fact: Fact, number: int) -> bool:
        """Count what has left, and reserve nothing for it any more; tell whether that is news."""
        if fact.id in self._left:
            return False
        self._left.add(fact.id)
        self.reserve(fact.node, dict(fact.pieces))  # below zero: it has left
        for sku, change in fact.pieces:
            self._count(fact.node, (number, sku, change))
        return True

    def counted(self, facts: Iterable[Fact]) -> None:
        """Block no longer what was counted."""
        for fact in facts:
            for sku, _ in fact.pieces if fact.kind == "counted" else ():
                del self.blocked[fact.node, sku]
                self.touch(sku)

    def _count(self, node: str, line: tuple[int, str, int]) -> None:
        number, sku, change = line
        if number > self._contained[node]:
            self._beyond[node].append(line)
            self._set(node, sku, self.on_hand[node, sku] + change)

    def _set(self, node: str, sku: str, on_hand: int) -> None:
        if self.on_hand[node, sku] != on_hand:
            self.on_hand[node, sku] = on_hand
            self.touch(sku)
