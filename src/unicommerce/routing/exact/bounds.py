"""How cheap an order could be at best: prices for the pieces of each line, and what nodes would earn at them.

Lines pay a price for each piece, and a node opens if what it earns, within its supplies and its capacity, exceeds its
fixed cost. What is paid less what is earned is a lower bound of the cost, for any prices at all (Lagrangian relaxation
of the lines' demands), so prices are whole numbers and no rounding can cut a best plan off. What a node misses to open,
its reduced cost, is what opening it adds to the bound. Prices rise by dual ascent (Erlenkotter 1978), then follow
subgradients with Polyak's step (Held, Wolfe, Crowder 1974).
"""

from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from .filling import Core, members

__all__ = ["Bound", "ascend", "marginal", "relax", "short", "step"]


class Bound(NamedTuple):
    """A lower bound, the nodes that open at its prices, and what each node looked at misses to open."""

    value: int
    opened: int
    missing: list[int]
    shares: dict[int, list[tuple[int, int]]]
    """Line and pieces, by node whose capacity binds."""


def relax(core: Core, prices: list[int], nodes: list[int], forced: int) -> Bound:
    """Return the bound at these prices, where only these nodes may open and those forced do."""
    fixed, columns, capacities = core.fixed, core.columns, core.capacities
    value, opened = sum(map(mul, core.quantities, prices)), 0
    missing = []
    shares = {}
    for node in nodes:
        earned = pieces = 0
        for line, supply, cost in columns[node]:
            margin = prices[line] - cost
            if margin > 0:
                earned += margin * supply
                pieces += supply
        if pieces > capacities[node]:
            earned, shares[node] = _share(columns[node], prices, capacities[node])
        lack = fixed[node] - earned
        missing.append(lack)
        if lack < 0 or forced >> node & 1:
            value += lack
            opened |= 1 << node
    return Bound(value, opened, missing, shares)


def _share(column: list[tuple[int, int, int]], prices: list[int], capacity: int) -> tuple[int, list[tuple[int, int]]]:
    """Return what a node earns that has to choose, and the pieces it chooses by line."""
    earned, chosen = 0, []
    for loss, line, supply in sorted([(cost - prices[line], line, supply) for line, supply, cost in column]):
        if loss >= 0 or not capacity:
            break
        taken = min(supply, capacity)
        earned -= loss * taken
        capacity -= taken
        chosen.append((line, taken))
    return earned, chosen


def short(core: Core, prices: list[int], bound: Bound) -> list[int]:
    """Return the pieces by line that the opened nodes leave over (negative: give too many): a subgradient."""
    left = core.quantities[:]
    for node in members(bound.opened):
        if node in bound.shares:
            for line, taken in bound.shares[node]:
                left[line] -= taken
        else:
            for line, supply, cost in core.columns[node]:
                if prices[line] > cost:
                    left[line] -= supply
    return left


def step(core: Core, prices: list[int], left: list[int], gap: int) -> list[int]:
    """Return the prices moved along a subgradient so far that the bound would rise by the gap if it were linear."""
    norm = sum([pieces * pieces for pieces in left])
    return [
        min(max(price + gap * pieces // norm, 0), ceiling)
        for price, pieces, ceiling in zip(prices, left, core.ceilings, strict=True)
    ]


def ascend(core: Core, prices: list[int], slack: list[int], lines: Sequence[int]) -> tuple[int, int]:
    """Raise the prices of lines in place, level by level, while the bound rises; return by how much, and the steps.

    `slack` is what each node misses; where it is used up, each piece that the node could give lets the bound fall.
    """
    gained = steps = 0
    while lines:
        rising = []
        for line in lines:
            price, row, gain = prices[line], core.rows[line], core.quantities[line]
            room, level = core.ceilings[line] - price, 0
            for cost, node, supply in row:
                above = cost - price
                if above > 0:
                    room = above if above < room else room
                    break
                level += 1
                if slack[node] < supply:
                    gain -= supply
                elif slack[node] < room * supply:
                    room = slack[node] // supply
            steps += level
            if room > 0 and gain > 0:
                for _, node, supply in row[:level]:
                    slack[node] -= room * supply
                prices[line] = price + room
                gained += room * gain
                rising.append(line)
        lines = rising
    return gained, steps


def marginal(core: Core, plan: int) -> tuple[list[int], int]:
    """Return what the last piece of each line costs if these nodes are open, and which then ship; capacities aside."""
    prices, used = [], 0
    for quantity, ceiling, row in zip(core.quantities, core.ceilings, core.rows, strict=True):
        price, left = 0, quantity
        for cost, node, supply in row:
            if left <= 0:
                break
            if plan >> node & 1:
                price = cost
                used |= 1 << node
                left -= supply
        prices.append(ceiling if left > 0 else price)
    return prices, used
