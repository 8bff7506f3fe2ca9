"""The exact strategy: of all plans for an order, the best one, and proof that it is.

The best plan costs least; among those it has the fewest shipments; then the least sum of ranks; then the
lexicographically least nodes, by rank and name; then its first node gives as much as it can of the first line, and so
on by node and line. So no two plans are equal, and neither the order of the candidates nor one that is not chosen
matters.

An order is a small facility location problem. One without weights is settled by a look at each offer, or by `search`;
else `weigh` starts from its relaxation. Whole numbers only.
"""

from ..problem import Problem, Solution
from .everyday import nothing, settle
from .search import ENDLESS
from .together import apart, grouped, merged
from .weighing import weigh

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
        groups = grouped(problem)
        pieces = [group.total(problem, [1] * len(problem.quantities)) for group in groups]
        return apart(problem, groups, _solve(merged(problem, groups), pieces, budget))
    return _solve(problem, None, budget)


def _solve(problem: Problem, pieces: list[int] | None, budget: int) -> Solution:
    """Return the best plan; `pieces` are those of a portion, by line (None: 1)."""
    solution = settle(problem, budget=budget) if problem.max_shipments is None and pieces is None else None
    return solution or weigh(problem, pieces or [1] * len(problem.quantities), budget=budget)


def _complete(problem: Problem, budget: int) -> Solution:
    """Return the best plan that fills everything, or that of shipping nothing if it is possible and no dearer."""
    whole = problem._replace(unfilled_costs=(None,) * len(problem.quantities), ships_complete=False)
    solution, free = solve(whole, budget=budget), nothing(problem)
    cost, bound, margins = solution.cost, solution.lower_bound, solution.margins
    if free == ENDLESS or (cost is not None and cost < free):
        return solution
    if cost is not None:
        ships = [bool(each.offers) and each.capacity != 0 for each in problem.candidates]
        floors = [bound if margin is None else cost + margin for margin in margins]
        margins = tuple([max(0, floor - free) if can else None for floor, can in zip(floors, ships, strict=True)])
    is_proven = solution.proven or bound >= free
    bound = free if is_proven else min(bound, free)
    return Solution(free, (), problem.quantities, bound, is_proven, solution.work, margins)
