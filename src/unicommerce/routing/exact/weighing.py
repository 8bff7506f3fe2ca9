"""Orders whose shipments are weighed, limited in number, or made of portions of several pieces.

The relaxation comes first: each rate card a straight line, no limits but capacities. It may be the order itself. Else
it tells what each node costs at least, and only those that a plan as good as the best known may use go on to `prove`.
"""

from collections.abc import Sequence
from operator import mul

from ..problem import Assignment, Problem, Solution
from .completing import Completion, complete, must_of
from .everyday import flows_of, missing
from .filling import UNFILLED, fill
from .freight import Freight, Portions, compiled, counts, portions_of
from .packing import Packing, adapt, pack
from .proof import Proven, prove
from .search import ENDLESS, Found, search

__all__ = ["weigh"]


def weigh(problem: Problem, pieces: list[int], *, budget: int) -> Solution:
    """Return the best plan; `pieces` are those of a portion, by line."""
    portions = portions_of(problem, pieces)
    ranked = sorted([(each.rank, each.node, index) for index, each in enumerate(problem.candidates)])
    order = [index for _, _, index in ranked]
    freight = compiled(problem, portions, order)
    is_plain = all([shipper.is_plain for shipper in freight.shippers])
    found = search(freight.core, [0], budget=budget if is_plain else 0)
    if found is None:
        return _impossible(problem, Completion(None, missing(problem, freight.core), is_proven=True, work=0))
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
    prices = [price * inner.unit // freight.unit for price in found.prices]
    if cost >= freight.core.endless:
        completion = complete(problem, inner, [order[node] for node in kept], prices, budget=budget)
        work += completion.work
        if completion.plan is None:
            return _impossible(problem, completion._replace(work=work))
        start = completion.plan
    proven = prove(inner, prices, start, must_of(problem), budget=budget)
    dropped = min([floors[node] for node in set(able) - set(kept)], default=ENDLESS)
    for at, floor in proven.floors.items():
        raised = -(-floor // inner.core.grain) * inner.core.grain // inner.unit * freight.unit
        floors[kept[at]] = max(floors[kept[at]], min(raised, dropped))
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


def _impossible(problem: Problem, completion: Completion) -> Solution:
    """Return the solution where no plan fills what must be filled, or none was found."""
    count = len(problem.candidates)
    return Solution(None, (), completion.missing, 0, completion.is_proven, completion.work + count, (None,) * count)


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
