"""Lines that come together, made one line of which one portion is wanted: all of their pieces."""

from collections.abc import Sequence
from typing import NamedTuple

from ..problem import Assignment, Candidate, Offer, Problem, Solution

__all__ = ["Group", "apart", "grouped", "merged"]


class Group(NamedTuple):
    """Lines that make one, in order; `is_whole`: they come whole. Otherwise it is one line that may be split."""

    lines: tuple[int, ...]
    is_whole: bool

    def total(self, problem: Problem, values: Sequence[int]) -> int:
        """Return the sum over the pieces of a portion, given what each line has for a piece."""
        if not self.is_whole:
            return values[self.lines[0]]
        return sum([values[line] * problem.quantities[line] for line in self.lines])


def grouped(problem: Problem) -> list[Group]:
    """Return all lines in groups, by the first line of each. Groups that share a line are one group."""
    homes = list(range(len(problem.quantities)))
    whole = set()
    for together in problem.together:
        joined = {homes[line] for line in together if problem.quantities[line]}
        if joined:
            home = min(joined)
            homes = [home if each in joined else each for each in homes]
            whole.add(home)
    groups: dict[int, list[int]] = {}
    for line, home in enumerate(homes):
        groups.setdefault(home, []).append(line)
    return [Group(tuple(lines), not whole.isdisjoint(lines)) for _, lines in sorted(groups.items())]


def merged(problem: Problem, groups: Sequence[Group]) -> Problem:
    """Return the problem whose lines are these groups. Its capacities still count pieces, not portions."""
    costs = [cost or 0 for cost in problem.unfilled_costs]
    must = {line for line, cost in enumerate(problem.unfilled_costs) if cost is None}
    return problem._replace(
        quantities=tuple([1 if group.is_whole else problem.quantities[group.lines[0]] for group in groups]),
        unfilled_costs=tuple(
            [group.total(problem, costs) if must.isdisjoint(group.lines) else None for group in groups]
        ),
        candidates=tuple([_offering(problem, candidate, groups) for candidate in problem.candidates]),
        weights_g=tuple([group.total(problem, problem.weights_g) for group in groups] if problem.weights_g else ()),
        together=(),
    )


def _offering(problem: Problem, candidate: Candidate, groups: Sequence[Group]) -> Candidate:
    """Return a candidate with an offer for each group of which it has a portion."""
    offers = {offer.line: offer for offer in candidate.offers}
    costs = [offers[line].unit_cost if line in offers else 0 for line in range(len(problem.quantities))]
    kept = []
    for at, group in enumerate(groups):
        have = [offers[line].available if line in offers else 0 for line in group.lines]
        need = [problem.quantities[line] for line in group.lines]
        portions = all([here >= wanted for here, wanted in zip(have, need, strict=True)]) if group.is_whole else have[0]
        if portions:
            kept.append(Offer(at, int(portions), group.total(problem, costs)))
    return candidate._replace(offers=tuple(kept))


def apart(problem: Problem, groups: Sequence[Group], solution: Solution) -> Solution:
    """Return the solution of a problem, given that of the merged one."""
    rows, unfilled = [], [0] * len(problem.quantities)
    for (lines, is_whole), left in zip(groups, solution.unfilled, strict=True):
        for line in lines:
            unfilled[line] = left * problem.quantities[line] if is_whole else left
    for index, at, quantity in solution.assignments:
        _, rank, *_ = candidate = problem.candidates[index]
        lines, is_whole = groups[at]
        for line in lines:
            pieces = problem.quantities[line] if is_whole else quantity
            rows.append((rank, candidate.node, line, Assignment(index, line, pieces)))
    return solution._replace(assignments=tuple([row[3] for row in sorted(rows)]), unfilled=tuple(unfilled))
