"""From options to the whole numbers of a problem, and from its solution back to shipments with their costs in parts.

What the search weighs is what a shipment says afterwards: both are made of the same parts.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..ledger import Reason
from .costs import Question, busy_minor, piece_parts, shipment_parts, total, weighed_parts
from .documents import Need, Parts, PlannedShipment, Soft
from .options import Option
from .problem import Candidate, Offer, Problem, Solution

__all__ = ["Attempt", "problem_of", "shipments_of"]

Lines = list[tuple[int, int]]
"""What a shipment has: the index of a need, and pieces."""


class Attempt(NamedTuple):
    """The nodes that were let in, why others were not, and the best plan of those."""

    options: tuple[Option, ...]
    barred: tuple[Reason, ...]
    problem: Problem
    solution: Solution
    gave_way: frozenset[Soft]

    @property
    def left(self) -> int:
        """Return how many pieces are left over."""
        return sum(self.solution.unfilled)


def problem_of(options: Sequence[Option], question: Question, gave_way: frozenset[Soft]) -> Problem:
    """Compile what is asked to whole numbers."""
    needs, policy = question.needs, question.policy
    is_weighed = any(option.terms.band.card for option in options)
    whole_lines = [] if policy.splits_lines or Soft.SPLITS in gave_way else [(line,) for line in range(len(needs))]
    return Problem(
        tuple([need.quantity for need in needs]),
        (policy.unfilled_minor,) * len(needs),
        tuple([_candidate(option, question) for option in options]),
        weights_g=tuple([policy.billed_g(need) for need in needs]) if is_weighed else (),
        max_shipments=None if Soft.SPLITS in gave_way else policy.max_shipments,
        together=(*_groups(needs), *whole_lines),
        ships_complete=policy.ships_complete,
    )


def _groups(needs: Sequence[Need]) -> tuple[tuple[int, ...], ...]:
    groups: dict[str, tuple[int, ...]] = {}
    for line, need in enumerate(needs):
        if need.group:
            groups[need.group] = (*groups.get(need.group, ()), line)
    return tuple(groups.values())


def _candidate(option: Option, question: Question) -> Candidate:
    (node, _, capacity, *_), available, terms = option
    offers = [
        Offer(line, min(need.quantity, have), each + _ahead(option, line, question))
        for line, (need, have, each) in enumerate(zip(question.needs, available, terms.pieces_minor, strict=True))
        if have > 0
    ]
    fixed = terms.shipment_minor + busy_minor(node, capacity, question.policy)
    return Candidate(node.id, node.rank, fixed, capacity, tuple(offers), None, terms.band.card)


def _ahead(option: Option, line: int, question: Question) -> int:
    """Return what using a piece may cost later, by all that the node has."""
    if question.policy.outlook is None:
        return 0
    stock = option.available[line]
    return total(weighed_parts(option.supply.node.id, question.needs[line].sku, stock, question))


def shipments_of(attempt: Attempt, question: Question) -> tuple[PlannedShipment, ...]:
    """Return what each node of a solution is to ship, with its costs in parts."""
    items: dict[int, Lines] = {}
    for candidate, line, quantity in attempt.solution.assignments:
        items.setdefault(candidate, []).append((line, quantity))
    return tuple([_shipment(attempt.options[index], lines, question) for index, lines in items.items()])


def _shipment(option: Option, lines: Lines, question: Question) -> PlannedShipment:
    (node, _, capacity, *_), available, (band, promise, *_) = option
    needs = question.needs
    costs = list(shipment_parts(node, band, option.late_hours, question))
    weighed = [("busy", busy_minor(node, capacity, question.policy))]
    for line, quantity in lines:
        costs += _times(piece_parts(node, band, needs[line], question), quantity)
        weighed += _times(weighed_parts(node.id, needs[line].sku, available[line], question), quantity)
    if band.card:
        weight_g = sum([question.policy.billed_g(needs[line]) * quantity for line, quantity in lines])
        costs.append(("card", band.card.cost(weight_g) or 0))
    sent = tuple([(needs[line].sku, quantity) for line, quantity in lines])
    return PlannedShipment(node.id, sent, promise._replace(node=node.id), _added(costs), _added(weighed))


def _times(parts: Parts, quantity: int) -> Parts:
    return tuple([(name, minor * quantity) for name, minor in parts])


def _added(parts: Iterable[tuple[str, int]]) -> Parts:
    """Return parts of one name as one; those of nothing are left out."""
    sums: dict[str, int] = {}
    for name, minor in parts:
        sums[name] = sums.get(name, 0) + minor
    return tuple([(name, minor) for name, minor in sums.items() if minor])
