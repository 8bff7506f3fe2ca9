"""The laws of a strategy: its plan can be carried out, costs what it says, and claims no more than is true.

Problems are drawn from fixed seeds, with some of all that a problem may know, and small enough to price every plan.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from random import Random
from typing import TypeVar

from ...errors import InvalidValue
from ...routing import Assignment, Candidate, Offer, Problem, RateCard, Solution, Strategy, price
from .laws import Law, each, no_clock_and_no_chance_is_asked, the_same_question_has_the_same_answer, uphold

__all__ = ["STRATEGY", "check_strategy", "problems"]

T = TypeVar("T")

PROBLEMS = 90
CARDS = (
    None,
    None,
    RateCard(((2, 3), (6, 7))),
    RateCard(((3, 2), (4, 9)), step_g=2, step_cost=3),
)


@each
def answers_a_solution(strategy: Strategy, problem: Problem) -> str:
    """It answers a `Solution` of whole numbers, with a margin for each candidate and a rest for each line."""
    found: object = strategy(problem)
    if not isinstance(found, Solution):
        return f"answers {found!r}"
    sizes = (len(found.margins), len(found.unfilled))
    numbers = (found.cost or 0, found.lower_bound, found.work, *[margin or 0 for margin in found.margins])
    is_whole = all(type(number) is int and number >= 0 for number in numbers)
    is_sized = sizes == (len(problem.candidates), len(problem.quantities))
    return "" if is_whole and is_sized and type(found.proven) is bool else f"answers {found}"


@each
def a_plan_can_be_carried_out_at_its_cost(strategy: Strategy, problem: Problem) -> str:
    """`price` takes the plan and comes to the same cost; without a cost nothing is sent."""
    found = strategy(problem)
    if found.cost is None:
        return f"has no cost, and sends {found.assignments}" if found.assignments else ""
    cost = price(problem, found.assignments)
    return "" if found.cost == cost else f"says {found.cost}, and it costs {cost}: {found.assignments}"


@each
def what_is_not_sent_is_unfilled(strategy: Strategy, problem: Problem) -> str:
    """What a plan leaves unfilled of each line is what it does not send."""
    found, left = strategy(problem), [*problem.quantities]
    for _, line, quantity in found.assignments:
        left[line] -= quantity
    is_right = found.cost is None or [*found.unfilled] == left
    return "" if is_right else f"says {found.unfilled}, and {tuple(left)} is not sent"


@each
def who_could_ship_and_does_not_has_a_margin(strategy: Strategy, problem: Problem) -> str:
    """A candidate that ships has no margin; one that could, has one that the best plan with it does not undercut."""
    found = strategy(problem)
    if found.cost is None:
        return ""
    shipping = {index for index, _, _ in found.assignments}
    for index, margin in enumerate(found.margins):
        dearer = [cost - found.cost for cost, senders in _every(problem) if index in senders]
        if index in shipping and margin is not None:
            return f"{problem.candidates[index].node} ships, and has a margin of {margin}"
        if index not in shipping and margin is None and dearer:
            return f"{problem.candidates[index].node} could ship, and has no margin"
        if margin and dearer and margin > min(dearer):
            return (
                f"{problem.candidates[index].node} has a margin of {margin}, and a plan with it is {min(dearer)} dearer"
            )
    return ""


@each
def the_order_of_candidates_is_irrelevant(strategy: Strategy, problem: Problem) -> str:
    """Candidates and their offers in another order: the same pieces from the same nodes."""
    first, candidates = _named(strategy, problem), problem.candidates
    for order in (candidates[::-1], (*candidates[1:], *candidates[:1])):
        other = tuple([candidate._replace(offers=candidate.offers[::-1]) for candidate in order])
        if (again := _named(strategy, problem._replace(candidates=other))) != first:
            return f"sends {first}, and {again} where candidates are {[candidate.node for candidate in order]}"
    return ""


@each
def no_plan_is_below_the_bound(strategy: Strategy, problem: Problem) -> str:
    """No plan costs less than the lower bound."""
    bound, least = strategy(problem).lower_bound, _least(problem)
    return "" if least is None or bound <= least else f"says that no plan is below {bound}, and one costs {least}"


@each
def what_is_proven_is_the_best(strategy: Strategy, problem: Problem) -> str:
    """A plan that is called proven costs no more than any other."""
    found, least = strategy(problem), _least(problem)
    is_wrong = found.proven and found.cost is not None and found.cost != least
    return f"calls {found.cost} proven, and a plan costs {least}" if is_wrong else ""


@each
def none_is_proven_only_where_there_is_none(strategy: Strategy, problem: Problem) -> str:
    """Where it finds no plan it says so; that there is none it calls proven only where there is none."""
    found, least = strategy(problem), _least(problem)
    is_wrong = found.proven and found.cost is None and least is not None
    return f"calls it proven that there is no plan, and one costs {least}" if is_wrong else ""


def _named(strategy: Strategy, problem: Problem) -> tuple[int | None, list[tuple[str, int, int]]]:
    found = strategy(problem)
    return found.cost, sorted([(problem.candidates[k].node, line, q) for k, line, q in found.assignments])


def _least(problem: Problem) -> int | None:
    return min([cost for cost, _ in _every(problem)], default=None)


@lru_cache(maxsize=PROBLEMS)
def _every(problem: Problem) -> tuple[tuple[int, frozenset[int]], ...]:
    """Return what each plan costs, and which candidates ship in it."""
    return tuple(_priced(problem))


def _priced(problem: Problem) -> Iterator[tuple[int, frozenset[int]]]:
    cells = [(index, offer) for index, candidate in enumerate(problem.candidates) for offer in candidate.offers]
    most = [range(min(offer.available, problem.quantities[offer.line]) + 1) for _, offer in cells]
    for given in product(*most):
        plan = [Assignment(index, offer.line, q) for (index, offer), q in zip(cells, given, strict=True) if q]
        try:
            cost = price(problem, plan)
        except InvalidValue:
            continue
        yield cost, frozenset([index for index, _, _ in plan])


def problems() -> tuple[Problem, ...]:
    """Return the problems that strategies are tried on."""
    return tuple([_problem(Random(f"problem {number}")) for number in range(PROBLEMS)])  # noqa: S311 - drawn again


def _problem(draw: Random) -> Problem:
    lines = draw.randint(1, 2)
    names = draw.sample(("a", "b", "c"), draw.randint(0, 3))
    together = draw.choice(((), (), ((0,),), (tuple(range(lines)),)))
    return Problem(
        tuple([draw.randint(1, 2) for _ in range(lines)]),
        tuple([draw.choice((None, 5, 30)) for _ in range(lines)]),
        tuple([_candidate(draw, name, lines) for name in names]),
        draw.choice((0, 2)),
        draw.choice(((), tuple([draw.randint(0, 3) for _ in range(lines)]))),
        draw.choice((None, None, 1, 2)),
        together,
        draw.random() < 0.2,
    )


def _candidate(draw: Random, name: str, lines: int) -> Candidate:
    offered = draw.sample(range(lines), draw.randint(1, lines))
    offers = [Offer(line, draw.randint(1, 2), draw.choice((0, 1, 4))) for line in offered]
    capacity, most_g = draw.choice((None, None, 0, 1, 2)), draw.choice((None, None, 3))
    return Candidate(
        name, draw.randrange(2), draw.choice((0, 1, 9)), capacity, tuple(offers), most_g, draw.choice(CARDS)
    )


STRATEGY: tuple[Law[Strategy, Problem], ...] = (
    no_clock_and_no_chance_is_asked,
    answers_a_solution,
    the_same_question_has_the_same_answer,
    a_plan_can_be_carried_out_at_its_cost,
    what_is_not_sent_is_unfilled,
    who_could_ship_and_does_not_has_a_margin,
    the_order_of_candidates_is_irrelevant,
    no_plan_is_below_the_bound,
    what_is_proven_is_the_best,
    none_is_proven_only_where_there_is_none,
)


def check_strategy(strategy: Strategy) -> None:
    """Try a strategy of your own on small problems, of which every plan is priced.

    Raises `AssertionError` with the name of the law that is broken and the smallest problem found.

    >>> from unicommerce.routing import drain, solve
    >>> check_strategy(drain())
    >>> check_strategy(lambda problem: drain()(problem)._replace(proven=True))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: what_is_proven_is_the_best: A plan that is called proven costs no more than any other.
    ...
    """
    uphold(STRATEGY, strategy, problems())
