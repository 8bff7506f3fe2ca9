"""Orders without weights: most are settled by one look at each offer, the rest by `search`.

A single node ships all, and any two nodes together would cost more: that is the everyday order. Else what no plan as
good as the best known can use is dropped, and the rest is compiled for the search.
"""

from operator import mul
from typing import NamedTuple

from ..problem import Assignment, Problem, Solution
from .filling import UNFILLED, Core, fill, members
from .pairs import cheapest_pair, shared
from .search import ENDLESS, search

__all__ = ["flows_of", "missing", "nothing", "settle"]


class Survey(NamedTuple):
    """What one look at each offer tells, in minor units."""

    base: int
    """All pieces, each at its cheapest, or unfilled where that is cheaper."""
    fixed: dict[int, int]
    """A shipment, by candidate that offers something."""
    alone: dict[int, int]
    """All from one candidate, by candidate that has all."""
    first: int
    second: int
    """The two cheapest shipments."""
    spare: int
    """What leaving a piece unfilled adds to the base at least."""

    def floors(self) -> dict[int, int]:
        """Return by candidate what a plan that uses it costs at least, other than all of it from that candidate."""
        lead, rest = self.base + min(self.second, self.spare), self.base + min(self.first, self.spare)
        return {
            index: cost + (lead if cost == self.first < self.second else rest) for index, cost in self.fixed.items()
        }


def settle(problem: Problem, *, budget: int) -> Solution | None:
    """Return the best plan, by one look at each offer, or by search; None if a candidate's shipment is weighed."""
    candidates = problem.candidates
    survey = _survey(problem)
    if survey is None:
        return None
    best, single = nothing(problem), -1
    for index, cost in survey.alone.items():
        is_tie = cost == best and single >= 0
        if cost < best or (is_tie and candidates[index][1::-1] < candidates[single][1::-1]):
            best, single = cost, index
    senders: tuple[int, ...] = () if single < 0 else (single,)
    tried = 0
    if best == ENDLESS or survey.base + survey.first + min(survey.second, survey.spare) <= best:
        pair = cheapest_pair(problem, survey.fixed, base=survey.base, spare=survey.spare, best=best)
        best, senders, tried = pair.cost, pair.members or senders, pair.tried
        if not pair.is_best or best == ENDLESS:
            return _prove(problem, survey, best, senders, budget)
    return _answer(problem, survey, survey.floors(), shared(problem, senders), best, work=tried)


def _survey(problem: Problem) -> Survey | None:
    quantities, unfilled_costs, candidates, shipment_cost = problem[:4]
    total = sum(quantities)
    cheapest = [ENDLESS if cost is None else cost for cost in unfilled_costs]
    fixed, alone = {}, {}
    first = second = ENDLESS
    for index, (_, _, cost, capacity, offers, limit_g, card) in enumerate(candidates):
        if card is not None or limit_g is not None:
            return None
        if offers and capacity != 0:
            cost += shipment_cost
            fixed[index] = cost
            if cost < second:
                first, second = (cost, first) if cost < first else (first, cost)
            complete = 0
            for line, available, unit_cost in offers:
                need = quantities[line]
                if unit_cost < cheapest[line]:
                    cheapest[line] = unit_cost
                if available >= need:
                    complete += need
                    cost += unit_cost * need
            if complete == total and (capacity is None or capacity >= total):
                alone[index] = cost
    paid = [(unfilled, cost) for unfilled, cost in zip(unfilled_costs, cheapest, strict=True) if unfilled is not None]
    spare = min([unfilled - cost for unfilled, cost in paid]) if paid else ENDLESS
    return Survey(sum(map(mul, quantities, cheapest)), fixed, alone, first, second, spare)


def nothing(problem: Problem) -> int:
    """Return what it costs to ship nothing."""
    quantities, unfilled_costs = problem.quantities, problem.unfilled_costs
    cost = 0
    for need, unfilled in zip(quantities, unfilled_costs, strict=True):
        if need and unfilled is None:
            return ENDLESS
        cost += need * (unfilled or 0)
    return cost


def _answer(
    problem: Problem,
    survey: Survey,
    floors: dict[int, int],
    plan: tuple[Assignment, ...],
    cost: int,
    *,
    bound: int | None = None,
    work: int = 0,
) -> Solution:
    """Return the solution; without a bound, the plan is the best."""
    margins: list[int | None] = [None] * len(problem.candidates)
    for index, floor in floors.items():
        margins[index] = floor - cost if floor > cost else 0
    for index, whole in survey.alone.items():
        margins[index] = max(0, min(whole, floors[index]) - cost)
    unfilled = list(problem.quantities)
    for index, line, quantity in plan:
        margins[index] = None
        unfilled[line] -= quantity
    work += len(problem.candidates)
    return Solution(cost, plan, tuple(unfilled), cost if bound is None else bound, bound is None, work, tuple(margins))


def _prove(problem: Problem, survey: Survey, best: int, senders: tuple[int, ...], budget: int) -> Solution:
    """Search among the candidates that a best plan may still use."""
    candidates, floors = problem.candidates, survey.floors()
    kept = [k for k, floor in floors.items() if floor <= best or k in senders or best == ENDLESS]
    order = [k for _, _, k in sorted([(candidates[k].rank, candidates[k].node, k) for k in kept])]
    core, unit = _compile(problem, order)
    seeds = [sum([1 << order.index(index) for index in senders])]
    found = search(core, seeds, budget=budget)
    if found is None:
        work = len(candidates)
        return Solution(None, (), missing(problem, core), 0, proven=True, work=work, margins=(None,) * work)
    dropped = min([survey.fixed[k] for k in survey.fixed.keys() - kept], default=ENDLESS) + survey.base
    for node, floor in found.floors.items():
        index = order[node]
        raised = min(-(-floor // core.grain) * core.grain // unit, survey.fixed[index] + dropped)
        floors[index] = max(floors[index], raised)
    flows = flows_of(core, found.plan)
    plan = tuple(
        [
            Assignment(order[node], line, flow[node])
            for node in members(found.plan)
            for line, flow in enumerate(flows)
            if node in flow
        ]
    )
    bound = None if found.is_proven else found.bound // unit
    return _answer(problem, survey, floors, plan, found.cost // unit, bound=bound, work=found.work)


def _compile(problem: Problem, order: list[int]) -> tuple[Core, int]:
    """Return the core of some candidates, in the order of rank and name, and what a minor unit is in it.

    A shipment weighs more than the ranks of a plan can differ by, and a minor unit more than all shipments of a plan.
    """
    quantities, unfilled_costs, candidates, shipment_cost = problem[:4]
    total = sum(quantities)
    most = min(len(order), total)
    lowest = candidates[order[0]].rank if order else 0
    shipment = (candidates[order[-1]].rank - lowest) * most + 1 if order else 1
    grain = 4 << total.bit_length()
    unit = shipment * (most + 1) * grain
    fixed, capacities, is_tight = [], [], False
    rows: list[list[tuple[int, int, int]]] = [[] for _ in quantities]
    for node, index in enumerate(order):
        _, rank, fixed_cost, capacity, offers, _, _ = candidates[index]
        room = total if capacity is None or capacity > total else capacity
        given = 0
        for line, available, unit_cost in offers:
            need, paid = quantities[line], unfilled_costs[line]
            supply = available if available < need else need
            if supply > room:
                supply = room
            if supply > 0 and (paid is None or unit_cost <= paid):
                given += supply
                rows[line].append((unit_cost * unit, node, supply))
        is_tight = is_tight or given > room
        fixed.append((fixed_cost + shipment_cost) * unit + (shipment + rank - lowest) * grain)
        capacities.append(room)
    columns: list[list[tuple[int, int, int]]] = [[] for _ in order]
    endless = sum(fixed) + grain
    ceilings = []
    for line, row in enumerate(rows):
        row.sort()
        for cost, node, supply in row:
            columns[node].append((line, supply, cost))
        paid = unfilled_costs[line]
        endless += quantities[line] * max(row[-1][0] if row else 0, (paid or 0) * unit)
        ceilings.append(None if paid is None else paid * unit)
    prices = [endless if ceiling is None else ceiling for ceiling in ceilings]
    return Core(list(quantities), prices, fixed, capacities, columns, rows, grain, is_tight, endless), unit


def missing(problem: Problem, core: Core) -> tuple[int, ...]:
    """Return the pieces by line that must be filled and cannot, if all nodes ship what they can."""
    filling = fill(core, (1 << len(core.fixed)) - 1, limit=ENDLESS)
    assert filling is not None
    pairs = zip(filling.flows, problem.unfilled_costs, strict=True)
    return tuple([flow.get(UNFILLED, 0) if paid is None else 0 for flow, paid in pairs])


def flows_of(core: Core, plan: int) -> list[dict[int, int]]:
    """Return what each line takes of each node, the lexicographically greatest among equal costs.

    Where a capacity may bind, each offer is made cheaper by a weight that exceeds those of all later ones together.
    """
    filling = fill(core, plan, limit=ENDLESS)
    assert filling is not None
    if not core.is_tight or all([load < core.capacities[node] for node, load in filling.loads.items()]):
        return filling.flows
    weights, weight = {}, 1
    for node in reversed(members(plan)):
        for line, supply, _ in sorted(core.columns[node], reverse=True):
            weights[line, node] = weight
            weight <<= supply.bit_length()
    rows = [
        sorted([(cost * weight - weights[line, node], node, supply) for cost, node, supply in row if plan >> node & 1])
        for line, row in enumerate(core.rows)
    ]
    exact = core._replace(rows=rows, ceilings=[ceiling * weight for ceiling in core.ceilings])
    filling = fill(exact, plan, limit=ENDLESS * weight)
    assert filling is not None
    return filling.flows
