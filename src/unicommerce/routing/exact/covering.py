"""Which few nodes have enough of every line that must be filled: where only so many may ship, that may be none.

What limits a shipment is left aside. The line that fewest nodes have goes first, and the node that has most of what is
left; a set is given up as soon as the largest stocks that may still be added are not enough of some line.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .freight import Freight

__all__ = ["Cover", "covers"]


class Cover(NamedTuple):
    """A set of nodes that has enough, or none where the search ended after so many steps."""

    nodes: tuple[int, ...]
    steps: int


def covers(freight: Freight, must: Sequence[int], *, steps: int) -> Iterator[Cover]:
    """Yield sets of nodes that have enough of these lines, until all were, or the steps are used up (no nodes then)."""
    stocks: list[dict[int, int]] = [{line: supply for line, supply, _ in each.items} for each in freight.carriers]
    holders = {line: [node for node, stock in enumerate(stocks) if line in stock] for line in must}
    for nodes in holders.values():
        nodes.sort()
    taken = 0
    wanted = {line: freight.lots.quantities[line] for line in must}
    stack: list[tuple[tuple[int, ...], dict[int, int], int]] = [((), wanted, 0)]
    while stack:
        chosen, left, banned = stack.pop()
        if not left:
            yield Cover(chosen, taken)
            continue
        slots = freight.most - len(chosen)
        rarest: list[int] | None = None
        for line, need in left.items():
            able = [node for node in holders[line] if not banned >> node & 1]
            taken += len(holders[line])
            best = sorted([stocks[node][line] for node in able], reverse=True)[:slots]
            if sum(best) < need:
                rarest = []
                break
            if rarest is None or len(able) < len(rarest):
                rarest = able
        if taken > steps:
            yield Cover((), taken)
            return
        grown = []
        for node in rarest or []:
            stock = stocks[node]
            rest = {line: need - stock.get(line, 0) for line, need in left.items() if stock.get(line, 0) < need}
            if slots > 1 or not rest:
                grown.append((sum(rest.values()), node, rest))
        for _, node, rest in sorted(grown, key=lambda each: each[:2]):
            banned |= 1 << node
            stack.append(((*chosen, node), rest, banned))
        stack[len(stack) - len(grown) :] = reversed(stack[len(stack) - len(grown) :])
