"""Orders with weights, rate cards, limits and lines that come together: the exact strategy equals brute force and HiGHS."""

from collections.abc import Iterator
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.routing import corpus, milp
from unicommerce.errors import InvalidValue
from unicommerce.routing import Assignment, Candidate, Offer, Problem, RateCard, Solution, price, solve


@st.composite
def cards(draw: st.DrawFn) -> RateCard:
    """Return a rate card of one to three slabs, narrow and wide, dear and cheap."""
    limits = draw(st.sets(st.integers(0, 12), min_size=1, max_size=3))
    costs = draw(st.lists(st.integers(0, 9), min_size=len(limits), max_size=len(limits)))
    step_g = draw(st.none() | st.integers(1, 4))
    slabs = tuple(zip(sorted(limits), sorted(costs), strict=True))
    return RateCard(slabs, step_g, 0 if step_g is None else draw(st.integers(0, 5)))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Return a small order with some of everything, and many ties."""
    lines, dearest = draw(st.integers(1, 3)), draw(st.sampled_from([0, 2, 9]))
    candidates = []
    for name in draw(st.permutations("abc"))[: draw(st.integers(0, 3))]:
        stock = draw(st.tuples(*[st.integers(0, 2)] * lines))
        offers = [Offer(line, have, draw(st.integers(0, dearest))) for line, have in enumerate(stock) if have]
        candidates.append(
            Candidate(
                node=name,
                rank=draw(st.integers(-1, 1)),
                fixed_cost=draw(st.integers(0, dearest)),
                capacity=draw(st.none() | st.integers(0, 5)),
                offers=tuple(draw(st.permutations(offers))),
                max_weight_g=draw(st.none() | st.integers(0, 12)),
                card=draw(st.none() | cards()),
            )
        )
    return Problem(
        quantities=draw(st.tuples(*[st.integers(0, 2)] * lines)),
        unfilled_costs=draw(st.tuples(*[st.none() | st.integers(0, 30)] * lines)),
        candidates=tuple(candidates),
        shipment_cost=draw(st.integers(0, 2)),
        weights_g=draw(st.just(()) | st.tuples(*[st.integers(0, 5)] * lines)),
        max_shipments=draw(st.none() | st.integers(0, 2)),
        together=tuple(
            draw(st.lists(st.lists(st.integers(0, lines - 1), min_size=1, unique=True).map(tuple), max_size=2))
        ),
        ships_complete=draw(st.booleans()),
    )


def plans(problem: Problem) -> Iterator[list[Assignment]]:
    """Yield every plan that has a price."""
    cells = [(index, offer.line, offer.available) for index, each in enumerate(problem.candidates) for offer in each[4]]
    for given_ in product(*[range(min(have, problem.quantities[line]) + 1) for _, line, have in cells]):
        plan = [Assignment(index, line, q) for (index, line, _), q in zip(cells, given_, strict=True) if q]
        try:
            price(problem, plan)
        except InvalidValue:
            continue
        yield plan


def preference(problem: Problem, plan: list[Assignment]) -> tuple[object, ...]:
    """Return the order of plans: cost, shipments, ranks, nodes, then most from the first node for the first line."""
    places = [(each.rank, each.node) for each in problem.candidates]
    nodes = sorted(places[index] for index in {row.candidate for row in plan})
    gives = {(places[row.candidate], row.line): row.quantity for row in plan}
    cells = [-gives.get((node, line), 0) for node in nodes for line in range(len(problem.quantities))]
    return price(problem, plan), len(nodes), sum(rank for rank, _ in nodes), nodes, cells


def named(problem: Problem, solution: Solution) -> list[tuple[str, int, int]]:
    """Return the plan of a solution by the names of the nodes."""
    return [(problem.candidates[index].node, line, quantity) for index, line, quantity in solution.assignments]


@given(problems())
def test_the_plan_is_the_best_of_all_plans(problem: Problem) -> None:
    """No plan is preferred to it, down to the last piece; it is proven, and what it leaves over is what is missing."""
    best = min(plans(problem), key=lambda plan: preference(problem, plan), default=None)

    solution = solve(problem)

    assert solution.proven
    if best is None:
        assert (solution.cost, solution.assignments) == (None, ())
        assert any(solution.unfilled)
    else:
        best.sort(
            key=lambda row: (problem.candidates[row.candidate].rank, problem.candidates[row.candidate].node, row.line)
        )
        assert list(solution.assignments) == best
        assert solution.cost == solution.lower_bound == price(problem, best)
        left = list(problem.quantities)
        for _, line, quantity in best:
            left[line] -= quantity
        assert list(solution.unfilled) == left


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_is_irrelevant(problem: Problem, random: Random) -> None:
    """Shuffled candidates, with their offers shuffled, give the same plan after the same steps."""
    candidates = [
        each._replace(offers=tuple(random.sample(each.offers, len(each.offers)))) for each in problem.candidates
    ]
    random.shuffle(candidates)
    shuffled = problem._replace(candidates=tuple(candidates))

    first, second = solve(problem), solve(shuffled)

    assert named(shuffled, second) == named(problem, first)
    assert (second.cost, second.unfilled, second.work) == (first.cost, first.unfilled, first.work)


@given(problems())
def test_an_unchosen_candidate_might_as_well_not_be_there(problem: Problem) -> None:
    """Without it the plan is the same."""
    solution = solve(problem)
    used = {row.candidate for row in solution.assignments}

    for index in set(range(len(problem.candidates))) - used:
        rest = problem._replace(candidates=(*problem.candidates[:index], *problem.candidates[index + 1 :]))
        assert named(rest, solve(rest)) == named(problem, solution)


@given(problems())
def test_a_margin_is_how_much_dearer_a_candidate_makes_it_at_least(problem: Problem) -> None:
    """Whatever plan uses a candidate that was not chosen costs at least its margin more."""
    solution = solve(problem)
    every = list(plans(problem))

    for index, margin in enumerate(solution.margins):
        using = [price(problem, plan) for plan in every if any(row.candidate == index for row in plan)]
        assert margin is None or not using or 0 <= margin <= min(using) - (solution.cost or 0)
