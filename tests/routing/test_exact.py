"""The exact strategy equals brute force on small orders and HiGHS on large ones, whatever the order of its input."""

from collections.abc import Iterator
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.routing import highs, instances
from unicommerce.errors import InvalidValue
from unicommerce.routing import Assignment, Candidate, Offer, Problem, Solution, price, solve


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Return a small order, with tight capacities, prices of leaving pieces over, and many ties."""
    lines, dearest = draw(st.integers(1, 3)), draw(st.sampled_from([0, 2, 9]))
    quantities = draw(st.tuples(*[st.integers(0, 3)] * lines))
    unfilled = draw(st.tuples(*[st.none() | st.integers(0, 30)] * lines))
    candidates = []
    for name in draw(st.permutations("abcd"))[: draw(st.integers(0, 4))]:
        stock = draw(st.tuples(*[st.integers(0, 3)] * lines))
        offers = [Offer(line, have, draw(st.integers(0, dearest))) for line, have in enumerate(stock) if have]
        rank, fixed, capacity = (
            draw(st.integers(-1, 1)),
            draw(st.integers(0, dearest)),
            draw(st.none() | st.integers(0, 5)),
        )
        candidates.append(Candidate(name, rank, fixed, capacity, tuple(draw(st.permutations(offers)))))
    return Problem(quantities, unfilled, tuple(candidates), draw(st.integers(0, 2)))


def plans(problem: Problem) -> Iterator[list[Assignment]]:
    """Yield every plan there is: whatever each node gives to each line, as long as nobody objects."""
    cells = [(index, *offer) for index, candidate in enumerate(problem.candidates) for offer in candidate.offers]
    room = [sum(problem.quantities) if each.capacity is None else each.capacity for each in problem.candidates]

    def extended(plan: list[Assignment], left: list[int], place: int) -> Iterator[list[Assignment]]:
        if place == len(cells):
            if not any(short and cost is None for short, cost in zip(left, problem.unfilled_costs, strict=True)):
                yield [row for row in plan if row.quantity]
            return
        index, line, available, _ = cells[place]
        taken = sum(row.quantity for row in plan if row.candidate == index)
        for quantity in range(min(available, left[line], room[index] - taken) + 1):
            rest = [short - quantity * (other == line) for other, short in enumerate(left)]
            yield from extended([*plan, Assignment(index, line, quantity)], rest, place + 1)

    return extended([], list(problem.quantities), 0)


def place(problem: Problem, candidate: int) -> tuple[int, str]:
    """Return what candidates are ordered by."""
    return problem.candidates[candidate].rank, problem.candidates[candidate].node


def preference(problem: Problem, plan: list[Assignment]) -> tuple[object, ...]:
    """Return the order of plans: cost, shipments, ranks, nodes, then most from the first node for the first line."""
    nodes = sorted(place(problem, index) for index in {row.candidate for row in plan})
    gives = {(place(problem, row.candidate), row.line): row.quantity for row in plan}
    cells = [-gives.get((node, line), 0) for node in nodes for line in range(len(problem.quantities))]
    return price(problem, plan), len(nodes), sum(rank for rank, _ in nodes), nodes, cells


def named(problem: Problem, solution: Solution) -> list[tuple[str, int, int]]:
    """Return the plan of a solution by the names of the nodes."""
    return [(problem.candidates[index].node, line, quantity) for index, line, quantity in solution.assignments]


@given(problems())
def test_the_plan_is_the_best_of_all_plans(problem: Problem) -> None:
    """No plan is preferred to it, down to the last piece, and it is listed by rank, node and line."""
    best = min(plans(problem), key=lambda plan: preference(problem, plan), default=None)

    solution = solve(problem)

    assert solution.proven
    if best is None:
        assert (solution.cost, solution.assignments) == (None, ())
    else:
        best.sort(key=lambda row: (place(problem, row.candidate), row.line))
        assert list(solution.assignments) == best
        assert solution.cost == solution.lower_bound == price(problem, best)


@given(problems())
def test_what_is_unfilled_is_what_was_ordered_and_does_not_come(problem: Problem) -> None:
    """Ordered is filled and unfilled; without a plan, the pieces missing are the fewest that can be missing."""
    solution = solve(problem)

    if solution.cost is not None:
        filled = [
            sum(row.quantity for row in solution.assignments if row.line == line) for line in range(len(problem[0]))
        ]
        assert [have + left for have, left in zip(filled, solution.unfilled, strict=True)] == list(problem.quantities)
    else:
        priced = problem._replace(unfilled_costs=tuple(1000 if cost is None else 0 for cost in problem.unfilled_costs))
        assert sum(solution.unfilled) == min(price(priced, plan) // 1000 for plan in plans(priced))


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


def test_pairs_that_cost_the_same_are_tried_by_rank_and_name() -> None:
    """Not as they are listed: how long the search took, and how far the others are off, depended on that."""
    offers = {"a": (Offer(0, 2, 0), Offer(1, 1, 0)), "b": (Offer(0, 1, 0),), "c": (Offer(0, 1, 0),)}
    listed = [Candidate(node, int(node == "b"), 0, None, offers[node]) for node in "abc"]

    works = {solve(Problem((3, 0), (None, None), each)).work for each in permutations(listed)}

    assert len(works) == 1


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_lines_is_irrelevant(problem: Problem, random: Random) -> None:
    """Shuffled lines give the same nodes at the same cost, and the same plan unless a capacity has to choose a line."""
    order = random.sample(range(len(problem.quantities)), len(problem.quantities))
    shuffled = Problem(
        tuple(problem.quantities[line] for line in order),
        tuple(problem.unfilled_costs[line] for line in order),
        tuple(
            each._replace(offers=tuple(offer._replace(line=order.index(offer.line)) for offer in each.offers))
            for each in problem.candidates
        ),
        problem.shipment_cost,
    )

    first, second = solve(problem), solve(shuffled)

    assert second.cost == first.cost
    assert {row.candidate for row in second.assignments} == {row.candidate for row in first.assignments}
    if all(each.capacity is None for each in problem.candidates):
        assert sorted(named(problem, first)) == sorted((n, order[line], q) for n, line, q in named(shuffled, second))


@given(problems())
def test_an_unchosen_candidate_might_as_well_not_be_there(problem: Problem) -> None:
    """Without it the plan is the same."""
    solution = solve(problem)
    used = {row.candidate for row in solution.assignments}

    for index in set(range(len(problem.candidates))) - used:
        rest = problem._replace(candidates=(*problem.candidates[:index], *problem.candidates[index + 1 :]))
        assert named(rest, solve(rest)) == named(problem, solution)


@given(problems(), st.randoms(use_true_random=False))
def test_more_stock_never_costs_more(problem: Problem, random: Random) -> None:
    """A piece more of an offer, and room for one piece more, make no plan dearer and none impossible."""
    candidates = list(problem.candidates)
    for index, each in enumerate(candidates):
        more = tuple(offer._replace(available=offer.available + random.randint(0, 1)) for offer in each.offers)
        candidates[index] = each._replace(offers=more, capacity=None if each.capacity is None else each.capacity + 1)

    before, after = solve(problem).cost, solve(problem._replace(candidates=tuple(candidates))).cost

    assert before is None or (after is not None and after <= before)


@given(problems())
def test_a_margin_is_how_much_dearer_a_candidate_makes_it_at_least(problem: Problem) -> None:
    """Whatever plan uses a candidate that was not chosen costs at least its margin more; the others have no margin."""
    solution = solve(problem)
    every = list(plans(problem))

    for index, margin in enumerate(solution.margins):
        is_chosen = any(row.candidate == index for row in solution.assignments)
        can_ship = bool(problem.candidates[index].offers) and problem.candidates[index].capacity != 0
        assert (margin is None) == (is_chosen or not can_ship or solution.cost is None)
        using = [price(problem, plan) for plan in every if any(row.candidate == index for row in plan)]
        if margin is not None and using:
            assert 0 <= margin <= min(using) - (solution.cost or 0)


@pytest.mark.parametrize("regime", instances.REGIMES)
def test_forcing_a_candidate_open_costs_its_margin_at_least(regime: str) -> None:
    """Solved again with its shipment already paid, no candidate of a larger order beats its margin."""
    for seed in range(4):
        problem = instances.order(seed, 12 if regime == "wide" else 30, regime=regime)
        solution = solve(problem, budget=10**8)
        for index, margin in enumerate(solution.margins):
            if margin is not None and solution.cost is not None:
                paid = problem.candidates[index]._replace(fixed_cost=0)
                others = (*problem.candidates[:index], paid, *problem.candidates[index + 1 :])
                forced = solve(problem._replace(candidates=others), budget=10**8)
                if any(row.candidate == index for row in forced.assignments):
                    assert (forced.cost or 0) + problem.candidates[index].fixed_cost >= solution.cost + margin


@pytest.mark.parametrize("regime", instances.REGIMES)
@pytest.mark.parametrize("budget", [0, 300, 3_000])
def test_a_search_that_ran_out_of_steps_knows_how_good_it_is(regime: str, budget: int) -> None:
    """The plan prices right, whatever the order of the input; the bound is not above the best cost."""
    for seed in range(4):
        problem = instances.order(seed, 12 if regime == "wide" else 40, regime=regime)
        short, full = solve(problem, budget=budget), solve(problem, budget=10**8)

        assert full.proven
        assert (short.cost is None) == (full.cost is None)
        if short.cost is not None and full.cost is not None:
            assert price(problem, short.assignments) == short.cost
            assert short.lower_bound <= full.cost <= short.cost
            assert not short.proven or short.assignments == full.assignments
            turned = problem._replace(
                candidates=tuple(each._replace(offers=each.offers[::-1]) for each in problem[2][::-1])
            )
            assert named(turned, solve(turned, budget=budget)) == named(problem, short)


def test_exact_equals_highs_on_300_orders() -> None:
    """On everyday orders of 10 to 1000 nodes both find the same cost, re-priced in whole minor units."""
    for nodes, orders in {10: 150, 50: 90, 200: 45, 1_000: 15}.items():
        for seed in range(orders):
            problem = instances.order(seed, nodes)
            solution, plan = solve(problem), highs.solve(problem)
            assert solution.proven
            assert solution.cost == (None if plan is None else price(problem, plan))
            assert solution.cost is None or price(problem, solution.assignments) == solution.cost


@pytest.mark.parametrize("regime", instances.REGIMES)
def test_exact_equals_highs_under_stress(regime: str) -> None:
    """On orders that are hard to route, and on those of 500 lines, both find the same cost, with or without a price."""
    for seed in range(6):
        problem = instances.order(seed, 12 if regime == "wide" else 50, regime=regime)
        for paid in (None, 9_000):
            priced = problem._replace(unfilled_costs=(paid,) * len(problem.quantities))
            solution, plan = solve(priced, budget=10**8), highs.solve(priced)
            assert solution.cost == (None if plan is None else price(priced, plan))


@pytest.mark.parametrize("pieces", [1, 3, 7])
def test_a_thousand_equal_nodes_do_not_confuse(pieces: int) -> None:
    """Among very many equally good plans the first by name is found, and proven, within the budget."""
    names = [f"n{index:03}" for index in range(1_000)]
    equal = [Candidate(name, 0, 700, None, (Offer(0, 1, 30), Offer(1, 1, 20))) for name in reversed(names)]
    problem = Problem((pieces, pieces), (None, None), tuple(equal))

    solution = solve(problem)

    assert solution.proven
    assert named(problem, solution) == [(name, line, 1) for name in names[:pieces] for line in (0, 1)]


def test_pieces_stay_unfilled_where_that_is_cheaper() -> None:
    """A second shipment for one piece has to be worth it; a line that must be filled does not ask."""
    near = Candidate("near", 0, 400, None, (Offer(0, 5, 10),))
    far = Candidate("far", 0, 900, None, (Offer(1, 5, 10),))

    solution = solve(Problem((2, 1), (None, 600), (near, far)))

    assert (solution.cost, solution.unfilled, solution.margins) == (1_020, (0, 1), (None, 310))
    assert solve(Problem((2, 1), (None, None), (near, far))).cost == 1_330


def test_an_order_that_cannot_be_filled_says_what_is_missing() -> None:
    """There is no cost and no plan; the pieces short are named by line, capacity counted."""
    one = Candidate("one", 0, 400, 3, (Offer(0, 5, 10), Offer(1, 5, 10)))

    solution = solve(Problem((2, 3), (None, None), (one,)))

    assert (solution.cost, solution.assignments, solution.proven) == (None, (), True)
    assert sum(solution.unfilled) == 2


NODE = Candidate("node", 0, 10, 2, (Offer(0, 3, 1), Offer(1, 1, 1)))
ORDER = Problem((2, 1), (None, 5), (NODE,))


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ([(1, 0, 1)], "is not the only one of its candidate and line, and offered"),
        ([(0, 2, 1)], "is not the only one of its candidate and line, and offered"),
        ([(0, 0, 1), (0, 0, 1)], "is not the only one of its candidate and line, and offered"),
        ([(0, 0, 4)], "candidate 0, line 0: 4 is not 1 to 3 pieces"),
        ([(0, 0, 0)], "candidate 0, line 0: 0 is not 1 to 3 pieces"),
        ([(0, 0, 2), (0, 1, 1)], "candidate 0: 3 is not within its capacity of 2 pieces"),
        ([(0, 0, 1)], "line 0: 1 is not 2 pieces, all of which must be filled"),
    ],
)
def test_a_plan_that_nobody_could_carry_out_has_no_price(plan: list[tuple[int, int, int]], said: str) -> None:
    """What is wrong is named with its figure."""
    with pytest.raises(InvalidValue, match=said):
        price(ORDER, [Assignment(*row) for row in plan])


def test_a_plan_that_ships_more_than_ordered_has_no_price() -> None:
    """A piece too many is an error and not a gift."""
    with pytest.raises(InvalidValue, match="line 0: 3 is not within the 2 pieces ordered"):
        price(Problem((2,), (None,), (NODE._replace(capacity=None),)), [Assignment(0, 0, 3)])
