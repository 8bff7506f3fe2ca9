"""Orders whose shipments are weighed, limited in number, or made of portions of several pieces.

The relaxation comes first: each rate card a straight line, no limits but capacities. It may be the order itself. Else
it tells what each node costs at least, and only those that a plan as good as the best known may use go on to `prove`.
"""

from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from ..problem import Assignment, Problem, Solution
from .covering import covers
from .everyday import flows_of, missing
from .filling import UNFILLED, fill
from .freight import Freight, Portions, compiled, counts, portions_of
from .packing import Packing, adapt, pack
from .proof import Proven, prove
from .search import ENDLESS, Found, search

__all__ = ["weigh"]

COVERS = 30
"""Sets of nodes that have enough of everything, of which one is hoped to be able to ship it."""


class Fitting(NamedTuple):
    """A plan that fills what must be filled, or none: then what is missing at least, if that is proven."""

    plan: dict[int, int] | None
    missing: tuple[int, ...]
    is_proven: bool
    work: int


def weigh(problem: Problem, pieces: list[int], *, budget: int) -> Solution:
    """Return the best plan; `pieces` are those of a portion, by line."""
    portions = portions_of(problem, pieces)
    ranked = sorted([(each.rank, each.node, index) for index, each in enumerate(problem.candidates)])
    order = [index for _, _, index in ranked]
    freight = compiled(problem, portions, order)
    is_plain = all([shipper.is_plain for shipper in freight.shippers])
    found = search(freight.core, [0], budget=budget if is_plain else 0)
    if found is None:
        return _impossible(problem, Fitting(None, missing(problem, freight.core), is_proven=True, work=0))
    if is_plain and found.plan.bit_count() <= freight.most:
        plan = _packed(portions, flows_of(freight.core, found.plan))
        return _answer(problem, freight, order, Proven(plan, *found[1:6]))
    return _narrowed(problem, freight, order, found, budget)


def _packed(portions: Portions, flows: Sequence[dict[int, int]]) -> dict[int, int]:
    """Return the shipments by node, packed, given what each line takes by node."""
    plan: dict[int, int] = {}
    for flow, shift in zip(flows, portions.shifts, strict=True):
        for node, count in flow.items():
            if node == UNFILLED:
                continue
            plan[node] = plan.get(node, 0) + (count << shift)
    return plan


def _narrowed(problem: Problem, freight: Freight, order: list[int], found: Found, budget: int) -> Solution:
    """Search among the nodes that a plan as good as the best known may use."""
    floors = [found.floors.get(node, 0) for node in range(len(order))]
    best = _best_known(freight, found)
    cost, start, work = best.cost(), best.plan(), found.work
    able = [node for node, shipper in enumerate(freight.shippers) if shipper.items]
    kept = [node for node in able if floors[node] <= cost]
    inner = compiled(problem, freight.portions, [order[node] for node in kept], tells_apart=True)
    start = {kept.index(node): load for node, load in start.items()}
    if cost >= freight.core.endless:
        fitting = _fit(problem, inner, [order[node] for node in kept], budget)
        work += fitting.work
        if fitting.plan is None:
            return _impossible(problem, fitting._replace(work=work))
        start = fitting.plan
    prices = [price * inner.unit // freight.unit for price in found.prices]
    proven = prove(inner, prices, start, _must(problem), budget=budget)
    dropped = min([floors[node] for node in set(able) - set(kept)], default=ENDLESS)
    for at, floor in proven.floors.items():
        floors[kept[at]] = max(floors[kept[at]], min(floor * freight.unit // inner.unit, dropped))
    told = Proven(
        {kept[at]: load for at, load in proven.plan.items()},
        proven.cost // inner.unit * freight.unit,
        proven.bound // inner.unit * freight.unit,
        proven.is_proven,
        work + proven.work,
        dict(enumerate(floors)),
    )
    return _answer(problem, freight, order, told)


def _best_known(freight: Freight, found: Found) -> Packing:
    """Return the better of two plans: nearly what is best for the relaxation, and all of it from one node."""
    filling = fill(freight.core, found.plan, limit=ENDLESS)
    assert filling is not None
    packings = [adapt(freight, filling.flows)]
    if (single := _alone(freight)) is not None:
        packings.append(pack(freight, [single], freight.core.ceilings))
    return min(packings, key=Packing.cost)


def _alone(freight: Freight) -> int | None:
    """Return the node that could ship everything at the least cost, in the relaxation."""
    _, pieces, weights_g, _ = freight.portions
    quantities = freight.core.quantities
    total, total_g = sum(map(mul, quantities, pieces)), sum(map(mul, quantities, weights_g))
    lines = sum([quantity > 0 for quantity in quantities])
    able = []
    for node, (shipper, column) in enumerate(zip(freight.shippers, freight.core.columns, strict=True)):
        whole = [cost * supply for line, supply, cost in column if supply == quantities[line]]
        if len(whole) == lines and shipper.capacity >= total and shipper.limit_g >= total_g:
            able.append((freight.core.fixed[node] + sum(whole), node))
    return min(able)[1] if able else None


def _fit(problem: Problem, freight: Freight, order: list[int], budget: int) -> Fitting:
    """Look for any plan that fills what must be filled."""
    must = _must(problem)
    work = 0
    if problem.max_shipments is not None:
        cover, packing = _covering(freight, must, budget)
        if packing is not None:
            return Fitting(packing.plan(), (), is_proven=False, work=cover)
        work = abs(cover)
        if cover < 0:
            every = tuple([need if line in must else 0 for line, need in enumerate(problem.quantities)])
            return Fitting(None, every, is_proven=True, work=work)
    bare = compiled(_bare(problem, freight.portions, must), freight.portions, order)
    proven = prove(bare, list(bare.core.ceilings), {}, must, budget=budget, tie=bare.unit)
    work += proven.work
    if proven.cost < bare.unit:
        return Fitting(proven.plan, (), is_proven=False, work=work)
    left = list(problem.quantities)
    for load in proven.plan.values():
        left = [have - count for have, count in zip(left, counts(freight.portions, load), strict=True)]
    short = tuple([have if line in must else 0 for line, have in enumerate(left)])
    return Fitting(None, short, proven.bound >= bare.unit, work)


def _must(problem: Problem) -> list[int]:
    """Return the lines that must be filled."""
    return [line for line, cost in enumerate(problem.unfilled_costs) if cost is None and problem.quantities[line]]


def _covering(freight: Freight, must: list[int], budget: int) -> tuple[int, Packing | None]:
    """Return the steps, and a plan by a few nodes that have enough. Negative steps: no few nodes have."""
    seen = steps = 0
    for nodes, taken in covers(freight, must, steps=budget):
        steps = taken
        seen += 1
        if not nodes or seen > COVERS:
            break
        packing = pack(freight, nodes, freight.core.ceilings)
        if packing.cost() < freight.core.endless:
            return steps, packing
    return (steps if seen else -1), None


def _bare(problem: Problem, portions: Portions, must: list[int]) -> Problem:
    """Return the problem in which only a piece that is missing costs anything: 1."""
    candidates = []
    for each in problem.candidates:
        limits_g = [each.max_weight_g, each.card.slabs[-1][0] if each.card and each.card.step_g is None else None]
        candidates.append(
            each._replace(
                fixed_cost=0,
                offers=tuple([offer._replace(unit_cost=0) for offer in each.offers if offer.line in must]),
                max_weight_g=min([limit for limit in limits_g if limit is not None], default=None),
                card=None,
            )
        )
    costs = tuple([pieces if line in must else 0 for line, pieces in enumerate(portions.pieces)])
    return problem._replace(unfilled_costs=costs, candidates=tuple(candidates), shipment_cost=0)


def _impossible(problem: Problem, fitting: Fitting) -> Solution:
    """Return the solution where no plan fills what must be filled, or none was found."""
    count = len(problem.candidates)
    return Solution(None, (), fitting.missing, 0, fitting.is_proven, fitting.work + count, (None,) * count)


def _answer(problem: Problem, freight: Freight, order: list[int], proven: Proven) -> Solution:
    """Return the solution, in minor units and pieces."""
    unit, grain = freight.unit, freight.core.grain
    cost = proven.cost // unit
    rows, unfilled = [], list(problem.quantities)
    margins: list[int | None] = [None] * len(order)
    for node, index in enumerate(order):
        if problem.candidates[index].offers and problem.candidates[index].capacity != 0:
            floor = -(-proven.floors.get(node, 0) // grain) * grain // unit
            margins[index] = max(0, floor - cost)
    for node, load in sorted(proven.plan.items()):
        margins[order[node]] = None
        for line, count in enumerate(counts(freight.portions, load)):
            if count:
                rows.append(Assignment(order[node], line, count))
                unfilled[line] -= count
    work = proven.work + len(order)
    return Solution(cost, tuple(rows), tuple(unfilled), proven.bound // unit, proven.is_proven, work, tuple(margins))
