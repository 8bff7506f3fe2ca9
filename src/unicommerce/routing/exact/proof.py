"""Branch and bound for shippers: prices for portions, what each node misses at them, all plans where they are few.

As in `search`, prices follow subgradients (Held, Wolfe, Crowder 1974) and a node that is too dear to open, or to miss,
is settled; but what a node misses is that of its best whole shipment, which no convex combination undercuts, so little
room is left between the bound and the best plan. As soon as few shipments are good enough for it they are joined. Else
the nodes are closed and opened in turn. Work is counted in steps.
"""

from collections.abc import Mapping, Sequence
from operator import mul
from typing import NamedTuple

from .bounds import step
from .covering import Needs
from .filling import members
from .freight import Freight, counts
from .hauls import best_haul, good_hauls
from .joining import join
from .packing import cost_of, pack
from .search import ENDLESS

__all__ = ["Proof", "Proven", "prove"]

FIRST_ROUNDS = 2
ROUNDS = 50
LATER_ROUNDS = 12
"""Steps along subgradients, for a first look, for a second one at all nodes, and for each later part."""
PACE = 64
"""A step is Polyak's at first; the pace, in parts of it, halves when the bound does not rise any more."""
TRIES = 3
"""Plans that are packed by the same set of nodes."""
LISTED = 400
"""Shipments that are joined at once, at most."""
PATIENCE = 10_000
"""Shipments and steps where no node is left to be closed or opened: ten times more each time all else is done."""
STEPS = 3_000
"""Steps of a join before the nodes are closed and opened instead."""


class Proven(NamedTuple):
    """The best plan by node, packed, its cost, and what is proven."""

    plan: dict[int, int]
    cost: int
    bound: int
    is_proven: bool
    work: int
    floors: dict[int, int]


class Look(NamedTuple):
    """What prices say: the bound, what each node's best shipment misses, and what those ship that open."""

    value: int
    lacks: dict[int, int]
    opened: dict[int, int]
    barrier: int
    """What opening one more node saves by closing another, where no more may open: 0 or less."""
    spare: int
    """What closing one saves by opening another, likewise."""


class Part(NamedTuple):
    """A part of the search: the nodes that may open, those that do, the best bound, its prices and what they say."""

    bound: int
    prices: list[int]
    nodes: list[int]
    forced: int
    said: Look | None = None
    often: Mapping[int, int] = {}
    """How much more often each node opened than not, at the prices tried last."""


class Proof:
    """The best plan so far and the work done; only what is better by `tie` at least is looked for."""

    def __init__(
        self, freight: Freight, start: Mapping[int, int], must: Sequence[int], *, tie: int, budget: int
    ) -> None:
        self.freight = freight
        self.budget = budget
        self.tie = tie
        self.needs = Needs.of(freight, must)
        self.best = cost_of(freight, start)
        self.plan = dict(start)
        self.work = 0
        self.tried: dict[int, int] = {}
        self.floors: dict[int, int] = {}

    def take(self, plan: dict[int, int], cost: int) -> None:
        """Take a plan if it is better: cheaper, or as cheap and with more of the first line from the first node."""
        if cost < self.best or (cost == self.best and _loads(plan) > _loads(self.plan)):
            self.best, self.plan = cost, plan

    def attempt(self, nodes: Sequence[int], prices: Sequence[int]) -> None:
        """Pack by these nodes, unless that was done a few times already."""
        chosen = sum([1 << node for node in nodes])
        tries = self.tried.get(chosen, 0)
        if tries < TRIES:
            self.tried[chosen] = tries + 1
            packing = pack(self.freight, nodes, prices)
            self.work += packing.steps
            self.take(packing.plan(), packing.cost())

    def lack(self, node: int, prices: Sequence[int], *, is_forced: bool) -> tuple[int, int]:
        """Return what a node misses and what it ships; no more than a bound of it where it would not open anyway."""
        core, portions = self.freight.core, self.freight.portions
        lack = core.fixed[node]
        for line, supply, cost in core.columns[node]:
            if prices[line] > cost:
                lack -= (prices[line] - cost) * supply
        self.work += len(core.columns[node])
        if lack >= 0 and not is_forced:
            return lack, 0
        exact, load, steps = best_haul(self.freight, node, prices, portions.quantities)
        self.work += steps
        return lack if exact is None else exact, load

    def look(self, part: Part, prices: list[int]) -> Look:
        """Return what these prices say of a part."""
        portions, most = self.freight.portions, self.freight.most
        lacks, hauls = {}, {}
        for node in part.nodes:
            lacks[node], hauls[node] = self.lack(node, prices, is_forced=bool(part.forced >> node & 1))
        forced = members(part.forced)
        wished = sorted(
            [node for node in part.nodes if lacks[node] < 0 and not part.forced >> node & 1],
            key=lambda node: (lacks[node], node),
        )
        room = max(most - len(forced), 0)
        opened = forced + wished[:room]
        barrier = spare = 0
        if len(opened) >= most:
            barrier = lacks[wished[room - 1]] if room else -ENDLESS
            spare = lacks[wished[room]] if len(wished) > room else 0
        value = sum(map(mul, portions.quantities, prices)) + sum([lacks[node] for node in opened])
        return Look(value, lacks, {node: hauls[node] for node in opened}, barrier, spare)

    def narrow(self, part: Part, prices: list[int], said: Look) -> Part:
        """Drop the nodes that are too dear to open, and force those too dear to miss (reduced-cost fixing)."""
        room = self.best - self.tie - said.value
        nodes, forced = [], part.forced
        for node in part.nodes:
            lack = said.lacks[node]
            if forced >> node & 1:
                nodes.append(node)
            elif node in said.opened:
                nodes.append(node)
                if said.spare - lack > room:
                    forced |= 1 << node
            elif lack - said.barrier <= room:
                nodes.append(node)
        return Part(said.value, prices, nodes, forced, said)

    def trim(self, part: Part) -> Part:
        """Drop the nodes that cannot be among the few that have enough of everything; all, if no few nodes have."""
        slots = self.freight.most - part.forced.bit_count()
        if slots >= len(part.nodes) - part.forced.bit_count():
            return part
        left: Mapping[int, int] = self.needs.wanted
        forced = members(part.forced)
        for node in forced:
            left = self.needs.after(left, node)
        free = [node for node in part.nodes if not part.forced >> node & 1]
        self.work += len(free) * len(left)
        able = self.needs.able(left, free, slots)
        if not able and any(left.values()):
            return part._replace(nodes=[])
        return part._replace(nodes=sorted(forced + able))

    def explore(self, part: Part, *, rounds: int) -> Part:
        """Raise the bound of a part along subgradients, and drop and force nodes as it rises."""
        core = self.freight.core
        prices, pace, is_stale = part.prices, PACE, False
        top = self.trim(part)._replace(bound=-ENDLESS)
        if part.nodes and not top.nodes:
            return top._replace(bound=ENDLESS)
        often = dict.fromkeys(part.nodes, 0)
        for _ in range(rounds):
            said = self.look(top, prices)
            for node in top.nodes:
                often[node] += 1 if node in said.opened else -1
            left = self._left(said)
            if not any(left):
                plan = {node: load for node, load in said.opened.items() if load}
                self.take(plan, cost_of(self.freight, plan))
            else:
                self.attempt(sorted(said.opened, key=lambda node: (said.lacks[node], node)), prices)
            if said.value > top.bound:
                if not top.forced and len(top.nodes) == len(core.fixed):
                    self.note(said)
                top, is_stale = self.narrow(top, prices, said), False
            elif is_stale:
                pace, is_stale = pace // 2, False
                prices, said = top.prices, top.said or said
                left = self._left(said)
            else:
                is_stale = True
            if top.bound > self.best - self.tie or not pace or not any(left) or self.work > self.budget:
                break
            prices = step(core, prices, left, (self.best - self.tie - said.value) * pace // PACE)
        return top._replace(often=often)

    def note(self, said: Look) -> None:
        """Note what any plan costs at least that uses a node: true while no node is dropped or forced."""
        for node, lack in said.lacks.items():
            floor = said.value if node in said.opened else said.value + max(lack - said.barrier, 0)
            self.floors[node] = max(self.floors.get(node, 0), floor)

    def _left(self, said: Look) -> list[int]:
        """Return the portions by line that what opens leaves over (negative: gives too many)."""
        left = self.freight.portions.quantities[:]
        for load in said.opened.values():
            left = [have - count for have, count in zip(left, counts(self.freight.portions, load), strict=True)]
        return left

    def finish(self, part: Part, *, listed: int, steps: int) -> bool:
        """Try all plans that a part has left, if they are few; tell whether they were."""
        said = part.said
        room = self.best - self.tie - part.bound
        if said is None or room < 0:
            return room < 0
        hauls, total = {}, 0
        for node in part.nodes:
            most = room + (said.lacks[node] if node in said.opened else said.barrier)
            good, taken = good_hauls(self.freight, node, part.prices, most, many=listed)
            self.work += taken
            if good is None or (total := total + len(good)) > listed:
                return False
            hauls[node] = good
        paid = sum(map(mul, self.freight.portions.quantities, part.prices))
        joined = join(self.freight, part.prices, hauls, most=self.best - self.tie - paid, steps=steps)
        self.work += joined.steps
        if joined.plan is not None:
            self.take(joined.plan, joined.added + paid)
        return joined.is_complete


def _loads(plan: dict[int, int]) -> list[int]:
    return [plan[node] for node in sorted(plan)]


def prove(
    freight: Freight, prices: list[int], start: Mapping[int, int], must: Sequence[int], *, budget: int, tie: int = 0
) -> Proven:
    """Return the best plan for shippers that fills some lines, or the start, which may not fill them.

    Only what is better than the best known plan by `tie` is looked for.
    """
    proof = Proof(freight, start, must, tie=tie, budget=budget)
    proof.attempt((), prices)
    whole = proof.explore(Part(0, prices, list(range(len(freight.shippers))), 0), rounds=FIRST_ROUNDS)
    stack = [] if proof.finish(whole, listed=LISTED, steps=STEPS) else [whole]
    late: list[Part] = []
    rounds, patience, is_done = ROUNDS, PATIENCE, True
    while (stack or late) and proof.work <= budget:
        if not stack:
            stack, late, patience = late, [], patience * 10
        if is_done:
            stack.sort(key=lambda part: -part.bound)
        part = proof.explore(stack.pop(), rounds=rounds)
        rounds = LATER_ROUNDS
        free = [node for node in part.nodes if not part.forced >> node & 1]
        is_done = proof.finish(part, listed=LISTED if free else patience, steps=STEPS if free else patience)
        if not is_done and free:
            pivot = _pivot(part, free)
            stack.append(part._replace(nodes=[node for node in part.nodes if node != pivot]))
            stack.append(part._replace(forced=part.forced | 1 << pivot))
        elif not is_done:
            late.append(part)
            is_done = True
    rest = stack + late
    bound = min([proof.best, *[part.bound for part in rest]])
    return Proven(proof.plan, proof.best, bound, not rest, proof.work, proof.floors)


def _pivot(part: Part, free: Sequence[int]) -> int:
    """Return the node to decide on: one that opened about as often as not, or else is nearest to doing either."""
    said = part.said
    assert said is not None
    return min(free, key=lambda node: (abs(part.often[node]), abs(said.lacks[node]), node))
