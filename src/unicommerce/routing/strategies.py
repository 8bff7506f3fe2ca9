"""Other ways to choose nodes, as systems in use do: in an order of their own, complete first, fewest parcels, greedy.

They are there to be compared with the exact one (`solve`), and for whoever is bound to one of them. Each is a
`Strategy`; what a plan of it costs is said by the judge `price`. Drains take each node's pieces in turn as far as they
go (Magento's priority and distance sourcing, Solidus' location order); none of them claims to be best, so none is
`proven`.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Protocol

from ..errors import InvalidValue
from .exact import solve
from .problem import Assignment, Candidate, Problem, Solution, price

__all__ = ["Strategy", "cheapest_first", "complete_first", "drain", "fewest_parcels"]

Key = Callable[[Candidate], int]
Left = list[int]
Taken = list[Assignment]


class Strategy(Protocol):
    """Which candidates serve an order: from a problem to a solution, the same on every machine. `solve` is one.

    What it may not do is said by `price`, which refuses a plan that nobody could carry out. Where it finds no plan,
    `cost` is None; what it can not prove it leaves at a bound of 0 and margins of 0.
    """

    def __call__(self, problem: Problem) -> Solution:
        """Return a plan for the order, or that there is none."""
        ...


def _rank(candidate: Candidate) -> int:
    return candidate.rank


def drain(by: Key = _rank) -> Strategy:
    """Return the strategy that takes all it can from each candidate in turn, the lowest key first (ties by node).

    >>> from unicommerce.routing import Offer
    >>> near = Candidate("near", 0, 500, None, (Offer(0, 1, 10),))
    >>> far = Candidate("far", 1, 900, None, (Offer(0, 9, 20),))
    >>> order = Problem((2,), (None,), (near, far))
    >>> drain()(order).cost, solve(order).cost
    (1430, 940)
    """

    def strategy(problem: Problem) -> Solution:
        return _judged(problem, _drained(problem, _in_order(problem, by)))

    return strategy


def complete_first(by: Key = _rank) -> Strategy:
    """Return the strategy that takes the first candidate, by the key, that has everything; else it drains."""

    def strategy(problem: Problem) -> Solution:
        order = _in_order(problem, by)
        for index in order:
            taken = _drained(problem, [index])
            if sum([each.quantity for each in taken]) == sum(problem.quantities):
                return _judged(problem, taken)
        return _judged(problem, _drained(problem, order))

    return strategy


def fewest_parcels(by: Key = _rank) -> Strategy:
    """Return the strategy that fills all it can from as few candidates as can be, of those the lowest keys."""

    def strategy(problem: Problem) -> Solution:
        total = len(problem.candidates) + 1
        free = [
            candidate._replace(
                rank=by(candidate),
                fixed_cost=0,
                card=None,
                offers=tuple([offer._replace(unit_cost=0) for offer in candidate.offers]),
            )
            for candidate in problem.candidates
        ]
        unfilled = tuple([None if cost is None else total for cost in problem.unfilled_costs])
        found = solve(problem._replace(candidates=tuple(free), shipment_cost=1, unfilled_costs=unfilled))
        return _judged(problem, list(found.assignments), found.work)

    return strategy


def cheapest_first(problem: Problem) -> Solution:
    """Take, again and again, what the candidate gives that costs the least for each piece, its parcel included.

    >>> from unicommerce.routing import Offer
    >>> near = Candidate("near", 0, 500, None, (Offer(0, 1, 10),))
    >>> far = Candidate("far", 1, 900, None, (Offer(0, 9, 20),))
    >>> cheapest_first(Problem((2,), (None,), (near, far))).cost
    940
    """
    left, taken, chosen = list(problem.quantities), [], set[int]()
    while problem.max_shipments is None or len(chosen) < problem.max_shipments:
        offered = [(k, _from(problem, k, left)) for k in range(len(problem.candidates)) if k not in chosen]
        best = min([_worth(problem, index, some) for index, some in offered if some], default=None)
        if best is None:
            break
        index = best[-1]
        chosen.add(index)
        for each in dict(offered)[index]:
            taken.append(each)
            left[each.line] -= each.quantity
    return _judged(problem, taken, len(chosen) * len(problem.candidates))


def _worth(problem: Problem, index: int, taken: Taken) -> tuple[Fraction, int, str, int]:
    """Return what a piece costs, and who comes first among those that cost the same."""
    candidate = problem.candidates[index]
    pieces = sum([each.quantity for each in taken])
    return Fraction(_cost(problem, index, taken), pieces), candidate.rank, candidate.node, index


def _in_order(problem: Problem, by: Key) -> list[int]:
    keys = [(by(candidate), candidate.node) for candidate in problem.candidates]
    return sorted(range(len(keys)), key=keys.__getitem__)


def _drained(problem: Problem, order: Iterable[int]) -> Taken:
    left, taken, shipments = list(problem.quantities), [], 0
    for index in order:
        if not any(left) or shipments == problem.max_shipments:
            break
        some = _from(problem, index, left)
        shipments += bool(some)
        taken += some
        for _, line, quantity in some:
            left[line] -= quantity
    return taken


def _from(problem: Problem, index: int, left: Left) -> Taken:
    """Return what a candidate gives of what is left, line by line; of lines that belong together all or nothing."""
    candidate = problem.candidates[index]
    room = sum(left) if candidate.capacity is None else candidate.capacity
    grams = _grams(candidate)
    offers = {offer.line: offer.available for offer in candidate.offers}
    bound = {line for lines in problem.together for line in lines}
    groups = [*problem.together, *[(line,) for line in sorted(offers) if line not in bound]]
    taken: Taken = []
    for lines in groups:
        wanted = [(line, left[line]) for line in lines if left[line]]
        if lines[0] not in bound:
            wanted = [(line, _fitting(problem, line, min(need, offers[line], room), grams)) for line, need in wanted]
        weight = sum([quantity * _weight(problem, line) for line, quantity in wanted])
        pieces = sum([quantity for _, quantity in wanted])
        is_there = all(quantity <= offers.get(line, 0) for line, quantity in wanted)
        if pieces and is_there and pieces <= room and (grams is None or weight <= grams):
            taken += [Assignment(index, line, quantity) for line, quantity in wanted]
            room, grams = room - pieces, None if grams is None else grams - weight
    return taken


def _fitting(problem: Problem, line: int, quantity: int, grams: int | None) -> int:
    weight = _weight(problem, line)
    return quantity if grams is None or not weight else min(quantity, grams // weight)


def _weight(problem: Problem, line: int) -> int:
    return problem.weights_g[line] if problem.weights_g else 0


def _grams(candidate: Candidate) -> int | None:
    """Return the most grams that a candidate can ship at once; None: any."""
    card = candidate.card.slabs[-1][0] if candidate.card and candidate.card.step_g is None else None
    limits = [limit for limit in (candidate.max_weight_g, card) if limit is not None]
    return min(limits, default=None)


def _cost(problem: Problem, index: int, taken: Sequence[Assignment]) -> int:
    candidate = problem.candidates[index]
    units = {offer.line: offer.unit_cost for offer in candidate.offers}
    grams = sum([quantity * _weight(problem, line) for _, line, quantity in taken])
    freight = (candidate.card.cost(grams) or 0) if candidate.card else 0
    cost = candidate.fixed_cost + problem.shipment_cost + freight
    return cost + sum([units[line] * quantity for _, line, quantity in taken])


def _judged(problem: Problem, taken: Taken, work: int = 0) -> Solution:
    """Return the plan at its price, or that it is none."""
    left = list(problem.quantities)
    for _, line, quantity in taken:
        left[line] -= quantity
    order = {index: (candidate.rank, candidate.node) for index, candidate in enumerate(problem.candidates)}
    plan = tuple(sorted(taken, key=lambda each: (order[each.candidate], each.line)))
    try:
        cost = price(problem, plan)
    except InvalidValue:  # a line is short that must be filled, or the order is not complete
        cost, plan, left = None, (), list(problem.quantities)
    shipping = {each.candidate for each in plan}
    margins = [None if index in shipping else 0 for index in range(len(problem.candidates))]
    return Solution(cost, plan, tuple(left), 0, proven=False, work=work, margins=tuple(margins))
