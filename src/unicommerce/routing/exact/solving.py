"""The exact strategy: of all plans for an order, the best one, and proof that it is.

The best plan costs least; among those it has the fewest shipments; then the least sum of ranks; then the
lexicographically least nodes, by rank and name; then its first node gives as much as it can of the first line, and so
on by node and line. So no two plans are equal, and neither the order of the candidates nor one that is not chosen
matters.

An order is a small facility location problem. Most are settled by one look at each offer: a single node ships all, and
any two nodes together would cost more. For the rest, `search` proves. Whole numbers only.
"""

from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from ..problem import Assignment, Candidate, Offer, Problem, Solution
from .everyday import flows_of, missing, nothing, settle
from .filling import fill, members
from .freight import Freight, Lots, compiled, counts, lots_of
from .covering import covers
from .hauls import freight_of
from .packing import adapt, pack
from .proof import prove
from .search import ENDLESS, Found, search

__all__ = ["solve"]


def solve(problem: Problem, *, budget: int = 200_000) -> Solution:
    """Return the best plan for an order, or the best found within a budget of steps, with a lower bound of the cost.

    >>> from unicommerce.routing import Candidate, Offer
    >>> far = Candidate("far", 1, 900, None, (Offer(0, 9, 20), Offer(1, 9, 20)))
    >>> near = Candidate("near", 2, 400, None, (Offer(0, 9, 10),))
    >>> solution = solve(Problem((2, 1), (None, None), (far, near)))
    >>> solution.cost, solution.assignments, solution.proven
    (960, (Assignment(candidate=0, line=0, quantity=2), Assignment(candidate=0, line=1, quantity=1)), True)
    >>> solution.margins
    (None, 380)
    """
    if problem.ships_complete:
        return _complete(problem, budget)
    if problem.together:
        return _together(problem, budget)
    if _is_plain(problem):
        return settle(problem, budget)
    return _weighed(problem, [1] * len(problem.quantities), budget)


def _is_plain(problem: Problem) -> bool:
    """Tell whether nothing is weighed or limited but capacities."""
    return problem.max_shipments is None and not any(
        [candidate.card or candidate.max_weight_g is not None for candidate in problem.candidates]
    )


def _complete(problem: Problem, budget: int) -> Solution:
    """Fill all of an order, or ship nothing if that is possible and no dearer."""
    whole = problem._replace(unfilled_costs=(None,) * len(problem.quantities), ships_complete=False)
    solution, nothing = solve(whole, budget=budget), nothing(problem)
    if nothing == ENDLESS or (solution.cost is not None and solution.cost < nothing):
        return solution
    margins = solution.margins
    if solution.cost is not None:
        floors = [solution.lower_bound if margin is None else solution.cost + margin for margin in margins]
        ships = [bool(candidate.offers) and candidate.capacity != 0 for candidate in problem.candidates]
        margins = tuple([max(0, floor - nothing) if can else None for floor, can in zip(floors, ships, strict=True)])
    proven = solution.proven or solution.lower_bound >= nothing
    bound = nothing if solution.cost is None and solution.proven else min(solution.lower_bound, nothing)
    return Solution(nothing, (), problem.quantities, bound, proven, solution.work, margins)


def _together(problem: Problem, budget: int) -> Solution:
    """Make one line of the lines that come together, of which one lot is wanted."""
    groups = _groups(problem)
    merged = problem._replace(
        quantities=tuple([1 if is_whole else problem.quantities[lines[0]] for lines, is_whole in groups]),
        unfilled_costs=tuple([_sum_unfilled(problem, *group) for group in groups]),
        candidates=tuple([_merged(problem, candidate, groups) for candidate in problem.candidates]),
        weights_g=tuple(
            [
                _sum_of(problem.weights_g or problem.quantities, problem, *group) if problem.weights_g else 0
                for group in groups
            ]
        ),
        together=(),
    )
    pieces = [sum([problem.quantities[line] for line in lines]) if is_whole else 1 for lines, is_whole in groups]
    total = sum(problem.quantities)
    if _is_plain(problem) and all([each.capacity is None or each.capacity >= total for each in merged.candidates]):
        solution = settle(merged, budget)
    else:
        solution = _weighed(merged, pieces, budget)
    return _apart(problem, groups, solution)


def _groups(problem: Problem) -> list[tuple[tuple[int, ...], bool]]:
    """Return the lines that come together, by the first of each, and whether they come whole; groups may overlap."""
    home = list(range(len(problem.quantities)))
    whole = set()
    for group in problem.together:
        lines = {home[line] for line in group if problem.quantities[line]}
        if lines:
            first = min(lines)
            home = [first if at in lines else at for at in home]
            whole = {first if at in lines else at for at in whole} | {first}
    members_of: dict[int, list[int]] = {}
    for line, first in enumerate(home):
        members_of.setdefault(first, []).append(line)
    return [(tuple(lines), first in whole) for first, lines in sorted(members_of.items())]


def _sum_of(values: Sequence[int], problem: Problem, lines: Sequence[int], is_whole: bool) -> int:
    return sum([values[line] * problem.quantities[line] for line in lines]) if is_whole else values[lines[0]]


def _sum_unfilled(problem: Problem, lines: Sequence[int], is_whole: bool) -> int | None:
    costs = [problem.unfilled_costs[line] for line in lines]
    return None if None in costs else _sum_of([cost or 0 for cost in problem.unfilled_costs], problem, lines, is_whole)


def _merged(problem: Problem, candidate: Candidate, groups: Sequence[tuple[tuple[int, ...], bool]]) -> Candidate:
    """Return a candidate with an offer for each line, or for each group that it can give whole."""
    offers = {offer.line: offer for offer in candidate.offers}
    merged = []
    for at, (lines, is_whole) in enumerate(groups):
        if is_whole and all([line in offers and offers[line].available >= problem.quantities[line] for line in lines]):
            cost = sum([offers[line].unit_cost * problem.quantities[line] for line in lines])
            merged.append(Offer(at, 1, cost))
        elif not is_whole and lines[0] in offers:
            merged.append(offers[lines[0]]._replace(line=at))
    return candidate._replace(offers=tuple(merged))


def _apart(problem: Problem, groups: Sequence[tuple[tuple[int, ...], bool]], solution: Solution) -> Solution:
    """Return the solution for the lines of which others were made."""
    assignments = []
    for candidate, at, quantity in solution.assignments:
        lines, is_whole = groups[at]
        assignments += [
            Assignment(candidate, line, problem.quantities[line] if is_whole else quantity) for line in lines
        ]
    ranked = [(problem.candidates[k].rank, problem.candidates[k].node, line, k, q) for k, line, q in assignments]
    unfilled = [0] * len(problem.quantities)
    for (lines, is_whole), left in zip(groups, solution.unfilled, strict=True):
        for line in lines:
            unfilled[line] = left * problem.quantities[line] if is_whole else left
    plan = tuple([Assignment(k, line, q) for _, _, line, k, q in sorted(ranked)])
    return solution._replace(assignments=plan, unfilled=tuple(unfilled))


def _weighed(problem: Problem, pieces: list[int], budget: int) -> Solution:
    """Solve the relaxation; where it is one, or has too many shipments, search among the carriers that may be needed."""
    candidates, lots = problem.candidates, lots_of(problem, pieces)
    ranked = sorted([(each.rank, each.node, index) for index, each in enumerate(candidates)])
    order = [index for _, _, index in ranked]
    freight = compiled(problem, lots, order)
    is_plain = all([carrier.is_plain for carrier in freight.carriers])
    found = search(freight.core, [0], budget=budget if is_plain else 0)
    if found is None:
        return Solution(None, (), missing(problem, freight.core), 0, True, len(order), (None,) * len(order))
    if is_plain and found.plan.bit_count() <= freight.most:
        plan = {node: _packed(lots, flows_of(freight.core, found.plan), node) for node in members(found.plan)}
        return _told(
            problem,
            freight,
            order,
            plan,
            found.cost,
            found.bound if not found.is_proven else found.cost,
            found.is_proven,
            found.work + len(order),
            found.floors,
        )
    return _proof(problem, freight, order, found, budget)


def _packed(lots: Lots, flows: list[dict[int, int]], node: int) -> int:
    return sum([flow.get(node, 0) << shift for flow, shift in zip(flows, lots.shifts, strict=True)])


def _proof(problem: Problem, freight: Freight, order: list[int], found: Found, budget: int) -> Solution:
    floors = {node: found.floors.get(node, 0) for node in range(len(order))}
    lots_q = freight.lots.quantities
    seeds = [members(found.plan), *_alone(freight)]
    filling = fill(freight.core, found.plan, limit=ENDLESS)
    assert filling is not None
    best = min(
        [
            packing.cost()
            for packing in [adapt(freight, filling.flows), *[pack(freight, nodes, found.prices) for nodes in seeds]]
        ]
    )
    kept = [node for node in floors if floors[node] <= best and freight.carriers[node].items]
    place = {node: at for at, node in enumerate(kept)}
    inner = compiled(problem, freight.lots, [order[node] for node in kept], tells_apart=True)
    prices = [price * inner.unit // freight.unit for price in found.prices]
    seeds = [[place[node] for node in nodes if node in place] for nodes in seeds]
    flows = [{place[node]: count for node, count in flow.items() if node in place} for flow in filling.flows]
    proven = prove(inner, prices, seeds, budget=budget, start=adapt(inner, flows).plan())
    work = found.work + len(order) + proven.work
    start = None
    must = [line for line, cost in enumerate(problem.unfilled_costs) if cost is None and problem.quantities[line]]
    if proven.cost >= inner.core.endless and inner.most < len(kept):
        tried, seen = 0, 0
        for cover in covers(inner, must, steps=budget):
            seen += 1
            if not cover.nodes or seen > 30:
                break
            packing = pack(inner, cover.nodes, [inner.core.endless] * len(lots_q))
            work += cover.steps - tried + packing.steps
            tried = cover.steps
            if packing.cost() < inner.core.endless:
                start = packing.plan()
                break
        if not seen:
            return Solution(None, (), problem.quantities, 0, True, work, (None,) * len(order))
    if start is not None:
        proven = prove(inner, prices, seeds, budget=budget, start=start)
        work += proven.work
    elif proven.cost >= inner.core.endless:
        bare = _bare(problem, inner, budget)
        work += bare.work
        if bare.bound > 0 or bare.cost > 0:
            short = [0] * len(freight.lots.quantities)
            left = freight.lots.quantities[:]
            for load in bare.plan.values():
                left = [have - count for have, count in zip(left, counts(freight.lots, load), strict=True)]
            missing = tuple(
                [have if paid is None else 0 for have, paid in zip(left, problem.unfilled_costs, strict=True)]
            )
            return Solution(None, (), missing, 0, bare.bound > 0, work, (None,) * len(order))
        proven = prove(inner, prices, seeds, budget=budget, start=bare.plan)
        work += proven.work
    dropped = min(
        [floors[node] for node in floors.keys() - place.keys() if freight.carriers[node].items], default=ENDLESS
    )
    for node, at in place.items():
        floor = proven.floors.get(at, 0) * freight.unit // inner.unit
        floors[node] = max(floors[node], min(floor, dropped))
    told = {kept[at]: load for at, load in proven.plan.items()}
    cost, bound = proven.cost // inner.unit, proven.bound // inner.unit
    return _told(
        problem, freight, order, told, cost * freight.unit, bound * freight.unit, proven.is_proven, work, floors
    )


def _bare(problem: Problem, freight: Freight, budget: int):
    """Return how few pieces that must be filled can be missing."""
    total = sum(freight.lots.quantities)
    bare = problem._replace(
        unfilled_costs=tuple([1 if cost is None else 0 for cost in problem.unfilled_costs]),
    )
    lots = freight.lots
    must = [pieces if cost is None else 0 for pieces, cost in zip(lots.pieces, problem.unfilled_costs, strict=True)]
    carriers = [
        carrier._replace(
            fixed=0, card=None, items=[(line, supply, 0) for line, supply, _ in carrier.items if must[line]]
        )
        for carrier in freight.carriers
    ]
    rows = [[] for _ in must]
    columns = []
    for node, carrier in enumerate(carriers):
        columns.append([(line, supply, 0) for line, supply, _ in carrier.items])
        for line, supply, _ in carrier.items:
            rows[line].append((0, node, supply))
    endless = 1 + sum([quantity * each for quantity, each in zip(lots.quantities, must, strict=True)])
    core = freight.core._replace(ceilings=must, fixed=[0] * len(carriers), rows=rows, columns=columns, endless=endless)
    return prove(
        freight._replace(core=core, carriers=carriers, unit=1), must, [range(len(carriers))], budget=budget, tie=1
    )


def _alone(freight: Freight) -> list[list[int]]:
    """Return the carrier that could ship everything at the least cost by itself, if there is one."""
    best, single = ENDLESS, []
    total = sum(
        [quantity * pieces for quantity, pieces in zip(freight.lots.quantities, freight.lots.pieces, strict=True)]
    )
    total_g = sum(map(mul, freight.lots.quantities, freight.lots.weights_g))
    lines = sum([1 for quantity in freight.lots.quantities if quantity])
    for node, carrier in enumerate(freight.carriers):
        if carrier.capacity >= total and carrier.most_g >= total_g and carrier.limit_g >= total_g:
            complete = [(line, cost) for line, supply, cost in carrier.items if supply == freight.lots.quantities[line]]
            if len(complete) == lines:
                cost = (
                    carrier.fixed
                    + sum([c * freight.lots.quantities[line] for line, c in complete])
                    + freight_of(carrier, total_g, freight.unit)
                )
                if cost < best:
                    best, single = cost, [[node]]
    return single


def _told(problem, freight, order, plan, cost, bound, proven, work, floors) -> Solution:
    """Return the solution."""
    unit, grain = freight.unit, freight.core.grain
    minor = cost // unit
    assignments, unfilled = [], list(problem.quantities)
    margins: list[int | None] = [None] * len(order)
    for node, floor in floors.items():
        if freight.carriers[node].items:
            margins[order[node]] = max(0, -(-floor // grain) * grain // unit - minor)
    for node in sorted(plan):
        margins[order[node]] = None
        for line, count in enumerate(counts(freight.lots, plan[node])):
            if count:
                assignments.append(Assignment(order[node], line, count))
                unfilled[line] -= count
    return Solution(minor, tuple(assignments), tuple(unfilled), bound // unit, proven, work, tuple(margins))
