"""Branch and bound over which nodes ship: a good plan first, then proof that none is better.

A lower bound rises and drops each node that no plan as good as the best known can use. As soon as few sets of nodes can
still be as good, they are tried one by one, which ends most orders. Else the nodes that are left are renumbered, with
an objective that tells any two sets of them apart, and closed and opened in turn. Work is counted in offers and lines
looked at, never in time, so that the same order ends the same way everywhere.
"""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from .bounds import Bound, ascend, marginal, relax, short, step
from .filling import Core, fill, members

__all__ = ["ENDLESS", "Found", "Search", "greedy", "search"]

ENDLESS = 1 << 1024
"""More than any cost."""
FEW = 16
SETS = 100
"""Sets of nodes are tried one by one where no more nodes are undecided and no more sets are good enough."""
ROUNDS = 12
LATER_ROUNDS = 4
ENOUGH = 10_000
"""Most steps along subgradients for an order, for each later part of its search, and for either in offers looked at."""
MOVED = 20
"""Steps that a line counts for where many nodes could give more than their capacity: pieces move from node to node."""
PACE = 16
"""A step is Polyak's at first; the pace, in sixteenths of it, halves when the bound does not rise any more."""


class Part(NamedTuple):
    """A part of the search: the nodes that may open, those that do, and the best bound with its prices."""

    bound: int
    prices: list[int]
    nodes: list[int]
    forced: int
    free: dict[int, int]
    """What each undecided node misses to open."""
    sets: list[tuple[int, int]] | None
    """What each set of nodes that may be good enough adds to the bound; None: they are many."""


class Found(NamedTuple):
    """The best set of nodes found, and what is proven."""

    plan: int
    cost: int
    bound: int
    """No plan costs less."""
    is_proven: bool
    work: int
    floors: dict[int, int]
    """By node: what any plan costs at least that uses it."""
    prices: list[int]
    """By line, those of the best bound known before nodes were closed and opened."""


class Search:
    """The best plan so far, what was tried, and the work done; `tie` is by how much better is better."""

    def __init__(self, core: Core, *, best: int, plan: int, tie: int, work: int = 0) -> None:
        self.core = core
        self.best = best
        self.plan = plan
        self.tie = tie
        self.work = work
        self.tried: set[int] = set()
        self.floors: dict[
            int, int
        ] = {}  # while no node is dropped or forced: that may be wrong of plans that are worse
        self.sizes = [len(column) for column in core.columns]
        self.effort = len(core.rows) * (MOVED if core.is_tight and _is_rather_tight(core) else 1)

    def test(self, chosen: int, *, spare: int = 0) -> bool:
        """Take what a set of nodes uses if it is better than the best plan: cheaper, or as cheap and earlier."""
        if chosen in self.tried:
            return False
        self.tried.add(chosen)
        self.work += self.effort
        filling = fill(self.core, chosen, limit=self.best + spare + 1)
        if filling is None:
            return False
        plan, cost = chosen, filling.cost
        for node, load in filling.loads.items():
            if not load:
                plan ^= 1 << node
                cost -= self.core.fixed[node]
        if cost > self.best or (cost == self.best and members(plan) >= members(self.plan)):
            return False
        self.best, self.plan = cost, plan
        return True

    def attempt(self, chosen: int) -> None:
        """Test what a set of nodes uses; if that is better than the best plan, then without each of its nodes too."""
        fixed = self.core.fixed
        if self.test(chosen, spare=sum([fixed[node] for node in members(chosen)])):
            for node in sorted(members(self.plan), key=lambda node: -fixed[node]):
                self.test(self.plan & ~(1 << node))

    def explore(self, part: Part, *, rounds: int) -> Part:
        """Raise the bound of a part, by dual ascent and then along subgradients, until few sets of nodes are left."""
        highest, top = self.look(part, part.prices)
        slack = self._slack(top)
        prices = top.prices[:]
        if top.sets is None and self.ascend(prices, slack, range(len(prices))):
            highest, top = self.look(top, prices)
        bound, prices, pace, is_stale = highest, top.prices, PACE, False
        for _ in range(min(rounds, ENOUGH // (sum([self.sizes[node] for node in part.nodes]) + 1))):
            left = short(self.core, prices, bound)
            if top.sets is not None or not pace or not any(left):
                break
            prices = step(self.core, prices, left, (self.best - self.tie - bound.value) * pace // PACE)
            before = top
            bound, top = self.look(top, prices)
            if top is not before:
                highest, is_stale = bound, False
            elif is_stale:
                bound, prices, pace, is_stale = highest, top.prices, pace // 2, False
            else:
                is_stale = True
        return top

    def look(self, part: Part, prices: list[int]) -> tuple[Bound, Part]:
        """Return the bound of a part at these prices, and what it leaves of the part if it is no worse than before."""
        bound = relax(self.core, prices, part.nodes, part.forced)
        self.work += sum([self.sizes[node] for node in part.nodes])
        if bound.value < part.bound:
            return bound, part
        if not part.forced and len(part.nodes) == len(self.core.fixed):
            self.floors = {node: bound.value + max(lack, 0) for node, lack in enumerate(bound.missing)}
        self.attempt(bound.opened)
        return bound, self._decide(bound, prices, part)

    def _decide(self, bound: Bound, prices: list[int], part: Part) -> Part:
        """Drop nodes too dear to open, force those too dear to miss (reduced-cost fixing), and list the sets if few."""
        kept, forced, free = [], part.forced, {}
        room = self.best - self.tie - bound.value
        for node, lack in zip(part.nodes, bound.missing, strict=True):
            if forced >> node & 1:
                kept.append(node)
            elif lack <= room:
                kept.append(node)
                if -lack > room:
                    forced |= 1 << node
                else:
                    free[node] = lack
        return Part(bound.value, prices, kept, forced, free, _sets(free, forced, room))

    def _slack(self, part: Part) -> list[int]:
        """Return what each node misses to open: nothing if forced, endless if closed."""
        slack = [ENDLESS] * len(self.core.fixed)
        for node in part.nodes:
            slack[node] = part.free.get(node, -1)
        return slack

    def ascend(self, prices: list[int], slack: list[int], lines: Sequence[int]) -> int:
        """Raise the prices of lines in place while the bound rises; return by how much."""
        gained, steps = ascend(self.core, prices, slack, lines)
        self.work += steps
        return gained

    def probe(self, part: Part) -> Part:
        """Force each node without which the bound would rise too far."""
        forced, free, slack = part.forced, dict(part.free), self._slack(part)
        for node, lack in part.free.items():
            without = slack[:]
            without[node] = ENDLESS
            lines = [line for line, _, _ in self.core.columns[node]]
            gained = self.ascend(part.prices[:], without, lines)
            if part.bound - min(lack, 0) + gained > self.best - self.tie:
                forced |= 1 << node
                slack[node] = -1
                del free[node]
        return part._replace(forced=forced, free=free)

    def finish(self, part: Part) -> None:
        """Try the sets of nodes that a part has left and that have some of every line that must be filled."""
        if not part.sets:
            return
        holders = self._holders(part.nodes)
        for added, chosen in part.sets:
            value = part.bound + added
            if value > self.best - self.tie:
                break
            if value > self.best - self.core.grain and chosen.bit_count() != self.plan.bit_count():
                continue  # no better, it could only be as good, and then it has as many nodes
            for holder in holders:
                if not chosen & holder:
                    break
            else:
                self.test(chosen)

    def _holders(self, nodes: Iterable[int]) -> list[int]:
        """Return the sets of nodes that have some of a line, by line that must be filled."""
        core = self.core
        holders = [0] * len(core.rows)
        for node in nodes:
            bit = 1 << node
            for line, _, _ in core.columns[node]:
                holders[line] |= bit
        needs = zip(holders, core.ceilings, core.quantities, strict=True)
        return [holder for holder, ceiling, need in needs if need and ceiling == core.endless]


def _is_rather_tight(core: Core) -> bool:
    pairs = zip(core.columns, core.capacities, strict=True)
    tight = [sum([supply for _, supply, _ in column]) > room for column, room in pairs]
    return 4 * sum(tight) > len(tight)


def _sets(free: dict[int, int], forced: int, room: int) -> list[tuple[int, int]] | None:
    """Return the sets of nodes that add no more than the room to the bound, with what they add; None if they are many.

    With no room at all, not even the forced nodes by themselves are good enough.
    """
    if room < 0:
        return []
    if len(free) > FEW:
        return None
    changes = []
    for node, lack in free.items():
        if lack < 0:
            forced |= 1 << node
        changes.append((abs(lack), 1 << node))
    sets = [(0, forced)]
    for change, bit in sorted(changes):
        sets += [(added + change, chosen ^ bit) for added, chosen in sets if added + change <= room]
        if len(sets) > SETS:
            return None
    sets.sort()
    return sets


def greedy(core: Core, nodes: Iterable[int]) -> int:
    """Return a set of nodes that fills what can be filled: again and again the one with the least cost per piece."""
    need = core.quantities[:]
    queue = [(0, node) for node in nodes]
    chosen = 0
    while queue and any(need):
        _, node = heappop(queue)
        cost, room, takes = core.fixed[node], core.capacities[node], []
        for line, supply, unit_cost in core.columns[node]:
            if need[line] and room:
                taken = min(supply, need[line], room)
                cost += unit_cost * taken
                room -= taken
                takes.append((line, taken))
        if takes:
            rated = (cost // (core.capacities[node] - room), node)
            if queue and rated > queue[0]:
                heappush(queue, rated)
            else:
                chosen |= 1 << node
                for line, taken in takes:
                    need[line] -= taken
    return chosen


def search(core: Core, seeds: Iterable[int], *, budget: int) -> Found | None:
    """Return the best set of nodes, None if no plan fills what must be filled; seeds are sets worth a try."""
    everything = (1 << len(core.fixed)) - 1
    prices, used = marginal(core, everything)
    whole = Part(0, prices, list(range(len(core.fixed))), 0, {}, None)
    root = Search(core, best=ENDLESS, plan=0, tie=0)
    for seed in (*seeds, used):
        root.attempt(seed)
    if root.best >= core.endless:
        root.attempt(greedy(core, whole.nodes))
    if root.best >= core.endless:
        root.attempt(everything)
    if root.best >= core.endless:
        return None
    bound, top = root.look(whole, prices)
    if top.sets is None:
        prices = prices[:]
        root.ascend(prices, bound.missing[:], range(len(prices)))
        _, top = root.look(whole, prices)  # all of it again: what is true of every plan is worth knowing
    if top.sets is None:
        top = _insist(root, top)
    if top.sets is None:
        return _branch(root, top, budget)
    root.finish(top)
    return Found(root.plan, root.best, root.best, True, root.work, root.floors, top.prices)  # noqa: FBT003 - is_proven


def _insist(root: Search, top: Part) -> Part:
    """Raise the bound further: with a better plan, by asking which nodes no good plan can miss, along subgradients."""
    core = root.core
    root.attempt(greedy(core, top.nodes))
    if len(top.free) < len(core.rows):
        top = root.probe(top)
        again = top._replace(bound=0, prices=marginal(core, root.plan)[0])
        again = root.explore(again, rounds=0)
        if again.sets is not None:
            return again
        top = top._replace(nodes=again.nodes, forced=again.forced)
    return root.explore(top, rounds=ROUNDS)


def _branch(root: Search, top: Part, budget: int) -> Found:
    """Close and open one node after the other until nothing better can be left, or the budget is used up."""
    nodes = members(sum([1 << node for node in top.nodes]) | root.plan)
    scale = len(nodes) + 1 << len(nodes)
    inner = _narrow(root, nodes, scale)
    core = inner.core
    forced = sum([1 << at for at, node in enumerate(nodes) if top.forced >> node & 1])
    prices = [price * scale for price in top.prices]
    stack = [Part(top.bound * scale, prices, list(range(len(nodes))), forced, {}, None)]
    while stack and inner.work <= budget:
        part = inner.explore(stack.pop(), rounds=LATER_ROUNDS)
        if part.sets is not None:
            inner.finish(part)
            continue
        pivot = max(part.free, key=lambda node: (_pieces(core, part.prices, node), -abs(part.free[node]), -node))
        stack.append(part._replace(nodes=[node for node in part.nodes if node != pivot]))
        stack.append(part._replace(forced=part.forced | 1 << pivot))
    bound = min([inner.best, *[part.bound for part in stack]])
    cost, bound = (-(-value // core.grain) // scale * core.grain for value in (inner.best, bound))
    plan = sum([1 << nodes[at] for at in members(inner.plan)])
    return Found(plan, cost, bound, not stack, inner.work, root.floors, top.prices)


def _narrow(root: Search, nodes: list[int], scale: int) -> Search:
    """Return the search among these nodes alone, with the order among equally good sets of them in the objective."""
    core, count = root.core, len(nodes)
    place = {node: at for at, node in enumerate(nodes)}
    late = [core.grain * ((1 << count) - (1 << count - 1 - at)) for at in range(count)]
    narrow = core._replace(
        ceilings=[ceiling * scale for ceiling in core.ceilings],
        fixed=[core.fixed[node] * scale + later for node, later in zip(nodes, late, strict=True)],
        capacities=[core.capacities[node] for node in nodes],
        columns=[[(line, supply, cost * scale) for line, supply, cost in core.columns[node]] for node in nodes],
        rows=[
            [(cost * scale, place[node], supply) for cost, node, supply in row if node in place] for row in core.rows
        ],
        endless=core.endless * scale,
    )
    inside = [place[node] for node in members(root.plan)]
    best = root.best * scale + sum([late[at] for at in inside])
    return Search(narrow, best=best, plan=sum([1 << at for at in inside]), tie=core.grain, work=root.work)


def _pieces(core: Core, prices: list[int], node: int) -> int:
    """Return how many pieces a node would ship at these prices."""
    return min(core.capacities[node], sum([supply for line, supply, cost in core.columns[node] if prices[line] > cost]))
