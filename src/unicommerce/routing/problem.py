"""What routing one order asks, as four integers per node and line, and what an answer to it is.

Policy, stock, promise and rate cards are compiled into these values before the search begins, so a strategy never calls
back, looks anything up or sees a float. Every strategy takes a `Problem` and gives a `Solution`; `price` is the judge
that trusts neither.

Quantities are pieces; costs and bounds are integer minor units of one currency; weights are grams. Lines are known by
their index in `Problem.quantities`, candidates by their index in `Problem.candidates`. Distinct lines of one SKU are
the caller's affair: he merges them, or splits what a node can give between them.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..errors import InvalidValue

__all__ = ["Assignment", "Candidate", "Offer", "Problem", "RateCard", "Solution", "price"]


class Offer(NamedTuple):
    """What one candidate can give to one line."""

    line: int
    """Index into `Problem.quantities`."""
    available: int
    """Pieces, more than 0, already after safety stock."""
    unit_cost: int
    """Minor units per piece, at least 0."""


class RateCard(NamedTuple):
    """What a shipment costs by its weight: each slab up to a weight, and perhaps steps beyond the last one.

    >>> card = RateCard(((500, 300), (2_000, 450)), step_g=1_000, step_cost=80)
    >>> card.cost(0), card.cost(501), card.cost(2_001)
    (300, 450, 530)
    """

    slabs: tuple[tuple[int, int], ...]
    """At least one: grams up to which it holds, strictly rising; minor units, never falling, at least 0."""
    step_g: int | None = None
    """Grams, at least 1; None: nothing heavier than the last slab can be shipped."""
    step_cost: int = 0
    """Minor units for each step that is begun beyond the last slab, at least 0."""

    def cost(self, weight_g: int) -> int | None:
        """Return what a shipment of this weight costs in minor units; None if it is too heavy."""
        for up_to_g, cost in self.slabs:
            if weight_g <= up_to_g:
                return cost
        last_g, last = self.slabs[-1]
        return None if self.step_g is None else last - (last_g - weight_g) // self.step_g * self.step_cost


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
    max_weight_g: int | None = None
    """Most grams of its shipment; None: unlimited."""
    card: RateCard | None = None
    """What its shipment costs by weight; None: nothing beyond the other costs."""


class Problem(NamedTuple):
    """One order: what is asked for, who could ship it, and what everything costs."""

    quantities: tuple[int, ...]
    """Pieces ordered, by line."""
    unfilled_costs: tuple[int | None, ...]
    """Minor units per piece left unfilled, by line; None: the line must be filled."""
    candidates: tuple[Candidate, ...]
    shipment_cost: int = 0
    """Minor units, added once per shipment."""
    weights_g: tuple[int, ...] = ()
    """Grams per piece, by line; empty: nothing weighs anything."""
    max_shipments: int | None = None
    """Most candidates that may ship; None: any number."""
    together: tuple[tuple[int, ...], ...] = ()
    """Groups of lines that come whole from one candidate, or not at all; a group of one is a line that is not split."""
    ships_complete: bool = False
    """All of the order is filled, or nothing is shipped; nothing, only if no line must be filled."""


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
    the problem, a pair of them named twice, more than is available, ordered, within capacity or light enough, a line
    short that must be filled, too many shipments, or lines apart that belong together.

    >>> order = Problem((3,), (None,), (Candidate("dc", 0, 500, None, (Offer(0, 9, 20),)),), shipment_cost=50)
    >>> price(order, [Assignment(candidate=0, line=0, quantity=3)])
    610
    >>> price(order, [Assignment(candidate=0, line=0, quantity=2)])
    Traceback (most recent call last):
        ...
    unicommerce.errors.InvalidValue: line 0: 2 is not 3 pieces, all of which must be filled
    """
    shipments: dict[int, list[Assignment]] = {}
    for assignment in assignments:
        shipments.setdefault(assignment.candidate, []).append(assignment)
    left = list(problem.quantities)
    cost = 0
    for index, shipment in shipments.items():
        cost += _shipment(problem, index, shipment)
        for _, line, quantity in shipment:
            left[line] -= quantity
    most = problem.max_shipments
    if most is not None and len(shipments) > most:
        raise InvalidValue("shipments", len(shipments), f"at most {most}")
    _check_groups(problem, shipments, left)
    lines = enumerate(zip(left, problem.quantities, problem.unfilled_costs, strict=True))
    return cost + sum([_unfilled(line, *each) for line, each in lines])


def _shipment(problem: Problem, index: int, shipment: list[Assignment]) -> int:
    """Return what a candidate's shipment costs: its pieces, the shipment as such, and its weight."""
    candidate = problem.candidates[index] if 0 <= index < len(problem.candidates) else None
    offers = {offer.line: offer for offer in candidate.offers} if candidate else {}
    cost = pieces = weight_g = 0
    for assignment in shipment:
        _, line, quantity = assignment
        offer = offers.pop(line, None)
        if offer is None:
            raise InvalidValue("assignment", assignment, "the only one of its candidate and line, and offered")
        if not 1 <= quantity <= offer.available:
            raise InvalidValue(f"candidate {index}, line {line}", quantity, f"1 to {offer.available} pieces")
        cost += offer.unit_cost * quantity
        pieces += quantity
        weight_g += problem.weights_g[line] * quantity if problem.weights_g else 0
    assert candidate is not None
    if candidate.capacity is not None and pieces > candidate.capacity:
        raise InvalidValue(f"candidate {index}", pieces, f"within its capacity of {candidate.capacity} pieces")
    if candidate.max_weight_g is not None and weight_g > candidate.max_weight_g:
        raise InvalidValue(f"candidate {index}", weight_g, f"at most {candidate.max_weight_g} g")
    freight = candidate.card.cost(weight_g) if candidate.card else 0
    if freight is None:
        raise InvalidValue(f"candidate {index}", weight_g, "g that its rate card has a price for")
    return cost + candidate.fixed_cost + problem.shipment_cost + freight


def _check_groups(problem: Problem, shipments: dict[int, list[Assignment]], left: list[int]) -> None:
    """Refuse a plan that ships part of what comes whole or not at all, or from several candidates."""
    if problem.ships_complete and shipments and any(left):
        raise InvalidValue("unfilled", tuple(left), "nothing, where an order ships complete or not at all")
    for group in problem.together:
        short = [left[line] for line in group if left[line]]
        senders = {index for index, shipment in shipments.items() for _, line, _ in shipment if line in group}
        if len(senders) > 1 or (senders and short):
            raise InvalidValue(f"lines {group}", sorted(senders), "one candidate that gives them whole")


def _unfilled(line: int, left: int, ordered: int, unfilled_cost: int | None) -> int:
    """Return what it costs to leave so many pieces of a line unfilled."""
    if left < 0:
        raise InvalidValue(f"line {line}", ordered - left, f"within the {ordered} pieces ordered")
    if left and unfilled_cost is None:
        raise InvalidValue(f"line {line}", ordered - left, f"{ordered} pieces, all of which must be filled")
    return left * (unfilled_cost or 0)
