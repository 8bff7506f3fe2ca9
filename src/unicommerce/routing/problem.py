"""What routing one order asks, as four integers per node and line, and what an answer to it is.

Policy, stock, promise and rate cards are compiled into these values before the search begins, so a strategy never calls
back, looks anything up or sees a float. Every strategy takes a `Problem` and gives a `Solution`; `price` is the judge
that trusts neither.

Quantities are pieces; costs and bounds are integer minor units of one currency. Lines are known by their index in
`Problem.quantities`, candidates by their index in `Problem.candidates`. Distinct lines of one SKU are the caller's
affair: he merges them, or splits what a node can give between them.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..errors import InvalidValue

__all__ = ["Assignment", "Candidate", "Offer", "Problem", "Solution", "price"]


class Offer(NamedTuple):
    """What one candidate can give to one line."""

    line: int
    """Index into `Problem.quantities`."""
    available: int
    """Pieces, more than 0, already after safety stock."""
    unit_cost: int
    """Minor units per piece, at least 0."""


class Candidate(NamedTuple):
    """A node that may ship some of the order; `node` is unique among the candidates of a problem."""

    node: str
    rank: int
    """Data of the node (lower is preferred among equal costs), never its position in a list."""
    fixed_cost: int
    """Minor units, paid once if the node ships anything; at least 0."""
    capacity: int | None
    """Most pieces of this order; None: unlimited."""
    offers: tuple[Offer, ...]
    """At most one per line."""


class Problem(NamedTuple):
    """One order: what is asked for, who could ship it, and what everything costs."""

    quantities: tuple[int, ...]
    """Pieces ordered, by line."""
    unfilled_costs: tuple[int | None, ...]
    """Minor units per piece left unfilled, by line; None: the line must be filled."""
    candidates: tuple[Candidate, ...]
    shipment_cost: int = 0
    """Minor units, added once per shipment."""


class Assignment(NamedTuple):
    """So many pieces of a line come from a candidate."""

    candidate: int
    line: int
    quantity: int


class Solution(NamedTuple):
    """A plan for a problem, how good it is at worst, and how far the other candidates were from it."""

    cost: int | None
    """Minor units; None: no plan fills what must be filled."""
    assignments: tuple[Assignment, ...]
    """Sorted by the candidate's rank and node, then by line."""
    unfilled: tuple[int, ...]
    """Pieces left unfilled, by line; without a plan, the least shortfall of the lines that must be filled."""
    lower_bound: int
    """No plan costs less, in minor units; 0 if there is no plan."""
    proven: bool
    """The plan is the best there is, ties included; or there is none."""
    work: int
    """Steps counted, the same on every machine."""
    margins: tuple[int | None, ...]
    """By candidate: how much dearer the best plan that uses it is at least; None: in the plan, without offers, or there
    is no plan. Where nothing is proven, 0 says nothing."""


def price(problem: Problem, assignments: Iterable[Assignment]) -> int:
    """Return what a plan costs in minor units, from the problem alone.

    Raises `InvalidValue`, with the figure, for a plan that nobody could carry out: a candidate or line that is not in
    the problem, a pair of them named twice, more than is available, ordered or within capacity, or a line short that
    must be filled.

    >>> order = Problem((3,), (None,), (Candidate("dc", 0, 500, None, (Offer(0, 9, 20),)),), shipment_cost=50)
    >>> price(order, [Assignment(candidate=0, line=0, quantity=3)])
    610
    >>> price(order, [Assignment(candidate=0, line=0, quantity=2)])
    Traceback (most recent call last):
        ...
    unicommerce.errors.InvalidValue: line 0: 2 is not 3 pieces, all of which must be filled
    """
    quantities, unfilled_costs, candidates, shipment_cost = problem
    offers = {(k, offer.line): offer for k, candidate in enumerate(candidates) for offer in candidate.offers}
    left = list(quantities)
    shipped: dict[int, int] = {}
    cost = 0
    for assignment in assignments:
        candidate, line, quantity = assignment
        offer = offers.pop((candidate, line), None)
        if offer is None:
            raise InvalidValue("assignment", assignment, "the only one of its candidate and line, and offered")
        if not 1 <= quantity <= offer.available:
            raise InvalidValue(f"candidate {candidate}, line {line}", quantity, f"1 to {offer.available} pieces")
        left[line] -= quantity
        shipped[candidate] = shipped.get(candidate, 0) + quantity
        cost += offer.unit_cost * quantity
    for candidate, quantity in shipped.items():
        capacity = candidates[candidate].capacity
        if capacity is not None and quantity > capacity:
            raise InvalidValue(f"candidate {candidate}", quantity, f"within its capacity of {capacity} pieces")
        cost += candidates[candidate].fixed_cost + shipment_cost
    return cost + sum(
        [_unfilled(line, *each) for line, each in enumerate(zip(left, quantities, unfilled_costs, strict=True))]
    )


def _unfilled(line: int, left: int, ordered: int, unfilled_cost: int | None) -> int:
    """Return what it costs to leave so many pieces of a line unfilled."""
    if left < 0:
        raise InvalidValue(f"line {line}", ordered - left, f"within the {ordered} pieces ordered")
    if left and unfilled_cost is None:
        raise InvalidValue(f"line {line}", ordered - left, f"{ordered} pieces, all of which must be filled")
    return left * (unfilled_cost or 0)
