"""The exact strategy equals brute force on small orders and HiGHS on large ones, whatever the order of its input."""

from itertools import combinations, product
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.routing import highs, instances
from unicommerce.routing import Assignment, Candidate, Offer, Problem, price, solve


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Return a small order, with tight capacities, prices of leaving pieces over, and ties."""
    lines = draw(st.integers(1, 3))
    quantities = draw(st.tuples(*[st.integers(1, 3)] * lines))
    unfilled = draw(st.tuples(*[st.none() | st.integers(0, 30)] * lines))
    candidates = []
    for index in range(draw(st.integers(1, 4))):
        offers = tuple(
            Offer(line, available, draw(st.integers(0, 4)))
            for line in range(lines)
            if (available := draw(st.integers(0, 3)))
        )
        capacity = draw(st.none() | st.integers(0, 5))
        candidates.append(Candidate(f"n{index}", draw(st.integers(0, 2)), draw(st.integers(0, 8)), capacity, offers))
    return Problem(quantities, unfilled, tuple(candidates), draw(st.integers(0, 2)))


def plans(problem: Problem) -> list[tuple[Assignment, ...]]:
    """Return every plan there is."""
    cells = [(index, *offer) for index, candidate in enumerate(problem.candidates) for offer in candidate.offers]
    found = []
    for amounts in product(*[range(min(cell[2], problem.quantities[cell[1]]) + 1) for cell in cells]):
        taken = [Assignment(cell[0], cell[1], amount) for cell, amount in zip(cells, amounts, strict=True) if amount]
        try:
            price(problem, taken)
        except ValueError:
            continue
        found.append(tuple(taken))
    return found


def key(problem: Problem, plan: tuple[Assignment, ...]) -> tuple[object, ...]:
    """Return the order in which plans are preferred: cost, shipments, sum of ranks, then the plan itself."""
    used = {assignment.candidate for assignment in plan}
    rows = sorted((problem.candidates[c].node, line, quantity) for c, line, quantity in plan)
    return price(problem, plan), len(used), sum(problem.candidates[c].rank for c in used), rows


@given(problems())
def test_the_plan_is_the_best_of_all_plans(problem: Problem) -> None:
    """No plan is cheaper, and among the equally cheap none has fewer shipments or a smaller sum of ranks."""
    every = plans(problem)
    solution = solve(problem)

    assert (solution.cost is None) == (not every)
    if every:
        best = min(key(problem, plan) for plan in every)

        assert key(problem, solution.assignments)[:3] == best[:3]
        assert solution.cost == best[0]
        assert solution.proven


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_is_irrelevant(problem: Problem, random: Random) -> None:
    """Shuffled candidates give the same plan."""
    order = list(range(len(problem.candidates)))
    random.shuffle(order)
    shuffled = problem._replace(candidates=tuple(problem.candidates[index] for index in order))

    def rows(each: Problem) -> list[tuple[str, int, int]]:
        return sorted((each.candidates[c].node, line, quantity) for c, line, quantity in solve(each).assignments)

    assert rows(problem) == rows(shuffled)


@given(problems())
def test_a_margin_is_how_much_dearer_a_candidate_makes_it_at_least(problem: Problem) -> None:
    """Whatever plan uses a candidate that was not chosen costs at least its margin more."""
    solution = solve(problem)
    assume(solution.cost is not None)
    for index, margin in enumerate(solution.margins):
        using = [price(problem, plan) for plan in plans(problem) if any(row.candidate == index for row in plan)]
        if margin is not None and using:
            assert min(using) >= (solution.cost or 0) + margin


@given(problems())
def test_an_unchosen_candidate_might_as_well_not_be_there(problem: Problem) -> None:
    """Without it the cost is the same."""
    solution = solve(problem)
    used = {row.candidate for row in solution.assignments}
    for index in range(len(problem.candidates)):
        if index not in used:
            rest = (*problem.candidates[:index], *problem.candidates[index + 1 :])

            assert solve(problem._replace(candidates=rest)).cost == solution.cost


@pytest.mark.parametrize("regime", instances.REGIMES)
@pytest.mark.parametrize("budget", [1, 50, 1_000])
def test_a_search_that_ran_out_of_steps_knows_how_good_it_is(regime: str, budget: int) -> None:
    """The plan prices right, and the bound is not above the optimum."""
    problem = instances.order(7, 12 if regime == "wide" else 40, regime=regime)
    short, full = solve(problem, budget=budget), solve(problem, budget=10**9)

    assert full.proven
    assert (short.cost is None) == (full.cost is None)
    if short.cost is not None and full.cost is not None:
        assert price(problem, short.assignments) == short.cost
        assert short.lower_bound <= full.cost <= short.cost


def test_exact_equals_highs_on_500_orders() -> None:
    """On everyday and stressed orders of 10 to 1000 nodes both find the same cost, re-priced in whole minor units."""
    sizes = {10: 200, 50: 150, 200: 110, 1_000: 40}
    for nodes, orders in sizes.items():
        for seed in range(orders):
            problem = instances.order(seed, nodes)
            solution, plan = solve(problem), highs.solve(problem)
            found = None if solution.cost is None else price(problem, solution.assignments)

            assert found == solution.cost == (None if plan is None else price(problem, plan))


def test_pairs_of_nodes_that_only_together_fill_an_order() -> None:
    """Three nodes of which any two suffice: the cheapest pair is found."""
    candidates = tuple(Candidate(f"n{i}", i, 10 + i, None, (Offer(0, 1, 1),)) for i in range(3))
    solution = solve(Problem((2,), (None,), candidates))

    assert {candidates[row.candidate].node for row in solution.assignments} == {"n0", "n1"}
    assert solution.cost == min(sum(candidates[i].fixed_cost + 1 for i in pair) for pair in combinations(range(3), 2))
