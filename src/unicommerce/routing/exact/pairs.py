"""Two nodes that ship an order between them, cheaper than one of them or any three could: many orders end here.

Pairs are tried by what their shipments cost, and among equals by rank and name, until that and each piece at its
cheapest is more than the best plan. Capacities are left to the search, and so is the choice between plans that cost the
same.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from ..problem import Assignment, Problem
from .search import ENDLESS

__all__ = ["Pair", "cheapest_pair", "shared"]

TRIED = 48
"""Pairs that are priced, at most."""
NEAR = 250
"""Candidates among which pairs are looked for, at most."""

Stock: TypeAlias = dict[int, tuple[int, int]]
"""By line: cost of a piece, pieces."""


class Pair(NamedTuple):
    """The cheapest pair (none, if it is no cheaper than what was known), and whether nothing else costs as little."""

    cost: int
    members: tuple[int, ...]
    is_best: bool
    tried: int


def cheapest_pair(problem: Problem, fixed: Mapping[int, int], *, base: int, spare: int, best: int) -> Pair:
    """Return the cheapest pair, given what a shipment of each candidate costs, and what all pieces cost at least.

    `spare` is what leaving a piece unfilled adds at least, `best` what the best plan by one candidate or none costs.
    """
    first = min(fixed.values(), default=ENDLESS)
    named = problem.candidates
    near = sorted([(cost, named[k][1::-1], k) for k, cost in fixed.items() if base + first + cost <= best])
    if not near or len(near) > NEAR:
        return Pair(best, (), is_best=False, tried=0)
    stocks: dict[int, Stock] = {}
    members: tuple[int, ...] = ()
    tried = 0
    for place, (cost, _, index) in enumerate(near):
        if base + first + cost > best:
            break
        for other_cost, _, other in near[:place]:
            both = cost + other_cost
            if base + both > best:
                break
            tried += 1
            priced = both + _between(problem, _stock(problem, stocks, index), _stock(problem, stocks, other))
            if priced < best and tried <= TRIED and _has_room(problem, index, other):
                best, members = priced, (index, other)
            elif priced < best or tried > TRIED or (priced == best and members):
                return Pair(best, members, is_best=False, tried=tried)
    second, third = [*[cost for cost, *_ in near[1:3]], ENDLESS, ENDLESS][:2]
    return Pair(best, members, best < base + first + min(second + third, spare), tried)


def _stock(problem: Problem, stocks: dict[int, Stock], index: int) -> Stock:
    if index not in stocks:
        stocks[index] = {line: (cost, available) for line, available, cost in problem.candidates[index].offers}
    return stocks[index]


def _has_room(problem: Problem, *pair: int) -> bool:
    total = sum(problem.quantities)
    rooms = [problem.candidates[index].capacity for index in pair]
    return all([room is None or room >= total for room in rooms])


def _between(problem: Problem, one: Stock, two: Stock) -> int:
    """Return what all pieces cost that two candidates give, each from the cheaper one; endless, if they cannot."""
    total = 0
    for line, need in enumerate(problem.quantities):
        if need:
            (cost, have), (rest_cost, rest) = sorted([one.get(line, NONE), two.get(line, NONE)])
            if need <= have:
                total += cost * need
            elif need <= have + rest:
                total += cost * have + rest_cost * (need - have)
            else:
                return ENDLESS
    return total


NONE = (ENDLESS, 0)


def shared(problem: Problem, members: tuple[int, ...]) -> tuple[Assignment, ...]:
    """Return the plan of these candidates, which have room: each line from the cheaper one, or else the earlier one."""
    places = sorted([(problem.candidates[index][1::-1], index) for index in members])
    left, taken = list(problem.quantities), {}
    offers = [
        (cost, place, line, have)
        for place, (_, k) in enumerate(places)
        for line, have, cost in problem.candidates[k].offers
    ]
    for _, place, line, have in sorted(offers):
        if left[line]:
            taken[place, line] = min(left[line], have)
            left[line] -= taken[place, line]
    return tuple([Assignment(places[place][1], line, pieces) for (place, line), pieces in sorted(taken.items())])
