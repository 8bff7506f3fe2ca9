"""One order as one integer objective, and the best filling of it by a given set of nodes.

`Core` is a problem compiled: lines and nodes are numbers, nodes in the order of (rank, node), and costs are scaled so
that one integer compares money first, then shipments, then ranks. A set of nodes is the bits of an integer. With the
set given, what remains is a transportation problem: each line takes its cheapest offers, and where a capacity binds,
pieces move on along shortest paths (Ahuja, Magnanti, Orlin, Network Flows, 1993, section 9.7).
"""

from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

__all__ = ["UNFILLED", "Core", "Filling", "fill", "members"]

UNFILLED = 1 << 30
"""The node, after all others, that what is left unfilled is booked to."""

Flows: TypeAlias = list[dict[int, int]]
"""By line: pieces by node."""


class Core(NamedTuple):
    """An order that nodes 0 to len(fixed) - 1 may serve."""

    quantities: list[int]
    ceilings: list[int]
    """What a piece left unfilled costs; for a line that must be filled, `endless`."""
    fixed: list[int]
    capacities: list[int]
    columns: list[list[tuple[int, int, int]]]
    """By node: line, supply, cost of a piece, where that is no more than leaving it unfilled."""
    rows: list[list[tuple[int, int, int]]]
    """The same by line, sorted: cost of a piece, node, supply."""
    grain: int
    """Two plans cost the same, or differ by so much at least."""
    is_tight: bool
    """Some node could give more than its capacity."""
    endless: int
    """What no plan costs that fills all that must be filled."""


class Filling(NamedTuple):
    """What the lines take: pieces by line and node, pieces by node, and the cost with that of all nodes of the set."""

    cost: int
    flows: Flows
    loads: dict[int, int]


def members(chosen: int) -> list[int]:
    """Return the nodes of a set, in order."""
    nodes = []
    while chosen:
        lowest = chosen & -chosen
        nodes.append(lowest.bit_length() - 1)
        chosen ^= lowest
    return nodes


def fill(core: Core, chosen: int, *, limit: int) -> Filling | None:
    """Return the cheapest filling by a set of nodes; None if it costs the limit or more.

    Among equal costs the first node gives most of the first line, and so on: where no capacity binds.
    """
    quantities, ceilings, fixed, rows = core.quantities, core.ceilings, core.fixed, core.rows
    loads: dict[int, int] = {}
    flows: Flows = []
    cost, rest = 0, chosen
    while rest:
        node = rest.bit_length() - 1
        rest ^= 1 << node
        loads[node] = 0
        cost += fixed[node]
    if core.is_tight and cost + _least_short(core, loads) >= limit:
        return None
    for line, row in enumerate(rows):
        left = quantities[line]
        flow = {}
        for unit_cost, node, supply in row:
            if node in loads:
                flow[node] = taken = supply if supply < left else left
                loads[node] += taken
                cost += unit_cost * taken
                left -= taken
                if not left:
                    break
        else:
            flow[UNFILLED] = left
            cost += ceilings[line] * left
        if cost >= limit:
            return None
        flows.append(flow)
    if core.is_tight:
        cost += _relieve(core, flows, loads, room=limit - cost)
    return Filling(cost, flows, loads) if cost < limit else None


def _least_short(core: Core, loads: dict[int, int]) -> int:
    """Return what it costs at least to leave what the nodes have no capacity for."""
    short = sum(core.quantities) - sum([core.capacities[node] for node in loads])
    return short * min(core.ceilings) if short > 0 else 0


class _Moves(NamedTuple):
    """What moving pieces between nodes needs: who offers what to whom, and the cheapest moves by source and target."""

    core: Core
    flows: Flows
    loads: dict[int, int]
    offers: dict[int, dict[int, tuple[int, int]]]
    """By line and node: cost of a piece, supply; of lines that were reached."""
    heaps: dict[int, dict[int, list[tuple[int, int]]]]
    """By source and target: cost and line of each move, some no longer possible; of sources that were reached."""
    potentials: dict[int, int]
    """By node, so that no possible move costs less than its target's less its source's."""


def _relieve(core: Core, flows: Flows, loads: dict[int, int], *, room: int) -> int:
    """Move what is over capacity to where it costs least; return what that adds, or the room if it takes all of it."""
    over = {node: load - core.capacities[node] for node, load in loads.items() if load > core.capacities[node]}
    least = {node: excess * _rise(core, flows, loads, node) for node, excess in over.items()}
    rest = sum(least.values())
    moves = _Moves(core, flows, loads, {}, {}, dict.fromkeys([UNFILLED, *loads], 0))
    added = 0
    for node in over:
        rest -= least[node]
        while (excess := loads[node] - core.capacities[node]) > 0:
            cost, path = _cheapest(moves, node)
            if added + cost * excess + rest >= room:  # the paths from a node only get dearer
                return room
            added += cost * _move(moves, path, excess)
    return added


def _rise(core: Core, flows: Flows, loads: dict[int, int], node: int) -> int:
    """Return what it adds at least to move a piece away from a node: to the next that has some of its line."""
    least = core.endless
    for line, _, here in core.columns[node]:
        flow, there = flows[line], core.ceilings[line]
        if flow.get(node):
            for cost, other, supply in core.rows[line]:
                if cost - here >= least:
                    break
                if other in loads and other != node and flow.get(other, 0) < supply:
                    there = cost
                    break
            least = min(least, there - here)
    return least


def _cheapest(moves: _Moves, node: int) -> tuple[int, list[tuple[int, int, int]]]:
    """Return what a piece costs to move from a node to one with room, and the moves, last first (Dijkstra 1959)."""
    core, flows, loads, offers, heaps, potentials = moves
    reached, came, done = {node: 0}, {}, {}
    source = node
    while source == node or (source != UNFILLED and loads[source] >= core.capacities[source]):
        done[source] = start = reached.pop(source)
        start += potentials[source]
        if source not in heaps:
            heaps[source] = {}
            for line in range(len(flows)):
                _note(moves, source, line)
        for target, heap in heaps[source].items():
            if target in done:
                continue
            while heap:
                cost, line = heap[0]
                flow = flows[line]
                if source in flow and flow.get(target, 0) < offers[line][target][1]:
                    reach = start + cost - potentials[target]
                    if target not in reached or reach < reached[target]:
                        reached[target], came[target] = reach, (source, line)
                    break
                heappop(heap)
        source = min(reached, key=reached.__getitem__)
    distance = reached[source]
    cost = distance - potentials[node]
    for other, reach in done.items():
        potentials[other] += reach - distance
    path = []
    while source != node:
        target, (source, line) = source, came[source]
        path.append((source, target, line))
    return cost, path


def _note(moves: _Moves, source: int, line: int) -> None:
    """Note the moves of a line from one of its nodes; what is no longer possible is dropped when it comes up."""
    core, flows, loads, offers, heaps, _ = moves
    if source in flows[line]:
        if line not in offers:
            offers[line] = {node: (cost, supply) for cost, node, supply in core.rows[line] if node in loads}
            offers[line][UNFILLED] = (core.ceilings[line], core.quantities[line])
        here, targets = offers[line][source][0], heaps[source]
        for target, (there, _) in offers[line].items():
            if target != source:
                heappush(targets.setdefault(target, []), (there - here, line))


def _move(moves: _Moves, path: list[tuple[int, int, int]], most: int) -> int:
    """Move as many pieces along a path as it takes; return how many."""
    core, flows, loads, offers, heaps, _ = moves
    start, end = path[-1][0], path[0][1]
    amount = most if end == UNFILLED else min(most, core.capacities[end] - loads[end])
    for source, target, line in path:
        amount = min(amount, flows[line][source], offers[line][target][1] - flows[line].get(target, 0))
    for source, target, line in path:
        flow = flows[line]
        flow[source] -= amount
        if not flow[source]:
            del flow[source]
        flow[target] = flow.get(target, 0) + amount
    for line in sorted({line for _, _, line in path}):
        for source in heaps.keys() & flows[line].keys():
            _note(moves, source, line)
    loads[start] -= amount
    if end != UNFILLED:
        loads[end] += amount
    return amount
