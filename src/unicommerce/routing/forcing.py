"""The same order with a candidate that must ship, or may not: what its being chosen costs, by solving anew.

A candidate ships if it gives a piece of some line. So each line that it offers is tried in turn: one piece of it, or
all of a group that comes whole, is set aside for the candidate alone, and must be filled. The least of these is exact.
"""

from collections.abc import Iterator

from ..errors import InvalidValue
from .exact import solve
from .problem import Offer, Problem, Solution

__all__ = ["with_candidate", "without_candidate"]


def with_candidate(problem: Problem, index: int, *, budget: int) -> Solution | None:
    """Return the best plan in which a candidate ships; None: there is none. Lines set aside come after the others.

    >>> from unicommerce.routing import Candidate
    >>> near, far = (Candidate(id, 0, cost, None, (Offer(0, 9, 10),)) for id, cost in (("near", 300), ("far", 500)))
    >>> with_candidate(Problem((2,), (None,), (near, far)), 1, budget=1_000).cost
    520
    """
    return _best([solve(each, budget=budget) for each in _forced(problem, index)])


def without_candidate(problem: Problem, index: int, *, budget: int) -> Solution | None:
    """Return the best plan in which a candidate does not ship; None: there is none."""
    solution = solve(_replaced(problem, index, ()), budget=budget)
    return None if solution.cost is None else solution


def _best(solutions: list[Solution]) -> Solution | None:
    """Return the cheapest; it is proven if none of the others could be cheaper."""
    found = [(each.cost, number) for number, each in enumerate(solutions) if each.cost is not None]
    if not found:
        return None
    cost, number = min(found)
    is_least = all(each.proven or (each.cost is not None and each.lower_bound >= cost) for each in solutions)
    return solutions[number]._replace(proven=is_least)


def _forced(problem: Problem, index: int) -> Iterator[Problem]:
    """Yield the problem once for each line, or group of lines, of which the candidate gives something."""
    tied = {line: group for group in problem.together for line in group}
    for offer in problem.candidates[index].offers:
        if offer.line not in tied:
            yield _piece_aside(problem, index, offer)
        elif offer.line == min(tied[offer.line]):
            yield from _group_aside(problem, index, tied[offer.line])


def _piece_aside(problem: Problem, index: int, offer: Offer) -> Problem:
    line = offer.line
    less = [each._replace(available=each.available - (each is offer)) for each in problem.candidates[index].offers]
    offers = (*[each for each in less if each.available], Offer(len(problem.quantities), 1, offer.unit_cost))
    quantities = [quantity - (number == line) for number, quantity in enumerate(problem.quantities)]
    return _replaced(problem, index, offers)._replace(
        quantities=(*quantities, 1),
        unfilled_costs=(*problem.unfilled_costs, None),
        weights_g=(*problem.weights_g, problem.weights_g[line]) if problem.weights_g else (),
    )


def _group_aside(problem: Problem, index: int, group: tuple[int, ...]) -> Iterator[Problem]:
    """Yield the problem in which nobody else gives a group, which must be filled; nothing if the candidate cannot."""
    has = {offer.line: offer.available for offer in problem.candidates[index].offers}
    if all(has.get(line, 0) >= problem.quantities[line] for line in group):
        candidates = [
            each if number == index else each._replace(offers=tuple([o for o in each.offers if o.line not in group]))
            for number, each in enumerate(problem.candidates)
        ]
        unfilled = [None if line in group else cost for line, cost in enumerate(problem.unfilled_costs)]
        yield problem._replace(candidates=tuple(candidates), unfilled_costs=tuple(unfilled))


def _replaced(problem: Problem, index: int, offers: tuple[Offer, ...]) -> Problem:
    if not 0 <= index < len(problem.candidates):
        raise InvalidValue("index", index, f"a candidate's, from 0 to {len(problem.candidates) - 1}")
    candidates = list(problem.candidates)
    candidates[index] = candidates[index]._replace(offers=offers)
    return problem._replace(candidates=tuple(candidates))
