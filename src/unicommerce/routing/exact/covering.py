"""Which few nodes have enough of every line that must be filled: where only so many may ship, that may be none.

Besides the lines, what the nodes can handle has to be enough for all pieces; weights are left aside. A set is given up
as soon as the largest stocks that may still be added are not enough of something.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .freight import Freight

__all__ = ["Cover", "Needs", "covers"]

PIECES = -1
"""In place of a line: pieces of any of them."""


class Needs(NamedTuple):
    """What must be filled, by line, and the stocks of each node of it."""

    wanted: dict[int, int]
    stocks: list[dict[int, int]]

    @classmethod
    def of(cls, freight: Freight, must: Iterable[int]) -> "Needs":
        """Return the needs of these lines."""
        portions = freight.portions
        wanted = {line: portions.quantities[line] for line in must}
        stocks = []
        for shipper in freight.shippers:
            stock = {line: supply for line, supply, _ in shipper.items if line in wanted}
            held = sum([supply * portions.pieces[line] for line, supply in stock.items()])
            stocks.append(stock | {PIECES: min(shipper.capacity, held)})
        return cls(wanted | {PIECES: sum([count * portions.pieces[line] for line, count in wanted.items()])}, stocks)

    def after(self, left: Mapping[int, int], node: int) -> dict[int, int]:
        """Return what is left if a node gives all it has."""
        stock = self.stocks[node]
        return {line: need - stock.get(line, 0) for line, need in left.items() if stock.get(line, 0) < need}

    def able(self, left: Mapping[int, int], nodes: Sequence[int], slots: int) -> list[int]:
        """Return which of some nodes can be among so many that have enough of all that is left; none, if none can."""
        for line, need in left.items():
            have = sorted([self.stocks[node].get(line, 0) for node in nodes], reverse=True)
            others = sum(have[: slots - 1]) if slots else need
            if sum(have[:slots]) < need:
                return []
            nodes = [node for node in nodes if self.stocks[node].get(line, 0) + others >= need]
        return list(nodes)


class Cover(NamedTuple):
    """A set of nodes that has enough, or none where the search ended, and the steps until then."""

    nodes: tuple[int, ...]
    steps: int


def covers(freight: Freight, must: Iterable[int], *, steps: int) -> Iterator[Cover]:
    """Yield sets of nodes that have enough of these lines, until all were, or the steps are used up (no nodes then).

    The line that fewest nodes have goes first, and the node that leaves least.
    """
    needs, taken = Needs.of(freight, must), 0
    stack: list[tuple[tuple[int, ...], dict[int, int], list[int]]] = [
        ((), needs.wanted, list(range(len(freight.shippers))))
    ]
    while stack:
        chosen, left, nodes = stack.pop()
        if not any(left.values()):
            yield Cover(chosen, taken)
            continue
        slots = freight.most - len(chosen)
        taken += len(nodes) * len(left)
        if taken > steps:
            yield Cover((), taken)
            return
        nodes = needs.able(left, nodes, slots) if slots else []
        holders = {line: [node for node in nodes if needs.stocks[node].get(line)] for line in left}
        rarest = min(holders.values(), key=len)
        grown = []
        for node, rest in sorted(
            [(each, needs.after(left, each)) for each in rarest], key=lambda each: sum(each[1].values())
        ):
            nodes = [other for other in nodes if other != node]
            grown.append(((*chosen, node), rest, nodes))
        stack += reversed(grown)
