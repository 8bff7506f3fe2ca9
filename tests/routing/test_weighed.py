"""Orders with rate cards, limits and lines that come together: exact equals brute force, and HiGHS on larger ones."""

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


@given(problems())
def test_more_stock_never_costs_more(problem: Problem) -> None:
    """A piece more of each offer, room for a piece and a gram more: no plan is dearer, none impossible."""
    more = tuple(
        each._replace(
            offers=tuple(offer._replace(available=offer.available + 1) for offer in each.offers),
            capacity=None if each.capacity is None else each.capacity + 1,
            max_weight_g=None if each.max_weight_g is None else each.max_weight_g + 1,
        )
        for each in problem.candidates
    )

    before, after = solve(problem).cost, solve(problem._replace(candidates=more)).cost

    assert before is None or (after is not None and after <= before)


def test_exact_equals_highs_on_the_corpus() -> None:
    """Both find the same cost or that there is no plan, re-priced in whole minor units (a slice of the corpus)."""
    for number in range(120):
        problem, about = corpus.instance(number)
        if about["nodes"] in (10, 20, 50) and about["regime"] == "everyday":
            solution, plan = solve(problem), milp.solve(problem)
            assert solution.proven
            assert solution.cost == (None if plan is None else price(problem, plan))
            assert solution.cost is None or price(problem, solution.assignments) == solution.cost


@pytest.mark.parametrize("features", [("cards", "capacities"), ("cards", "most"), ("weights", "unfilled", "cards")])
@pytest.mark.parametrize("budget", [0, 2_000, 20_000])
def test_a_search_that_ran_out_of_steps_knows_how_good_it_is(features: tuple[str, ...], budget: int) -> None:
    """The plan prices right and the bound is not above the best cost; without a plan nothing is claimed unproven."""
    for seed in range(2):
        problem = corpus.drawn(seed, 20, features, regime="eight")
        short, full = solve(problem, budget=budget), solve(problem, budget=3_000_000)

        assert full.proven
        if short.cost is None:
            assert full.cost is None or not short.proven
        else:
            assert price(problem, short.assignments) == short.cost
            assert short.lower_bound <= (full.cost or 0) <= short.cost
            assert not short.proven or short.assignments == full.assignments


def test_a_tight_order_is_filled_though_no_packing_at_hand_fills_it() -> None:
    """Capacities and weights leave no easy plan; what is missing gets a price, and a plan without it is found."""
    problem = corpus.drawn(139, 10, ["cards", "capacities", "shipment"], regime="cheap")

    solution, plan = solve(problem), milp.solve(problem)

    assert plan is not None
    assert (solution.cost, solution.proven) == (price(problem, plan), True)


def test_few_nodes_that_have_enough_are_found_among_many() -> None:
    """Three of a hundred nodes, each at its capacity, are the only way; the dearer ones do not hide them."""
    problem, _ = corpus.instance(26)

    assert solve(problem).cost == 28_178


def test_large_quantities_do_not_outrun_the_budget() -> None:
    """Thousands of pieces of a line are more than can be listed; there is a plan all the same, and a bound."""
    problem = corpus.drawn(0, 20, ("cards",), regime="eight")._replace(unfilled_costs=(9_000,) * 8)
    many = problem._replace(
        quantities=tuple(need * 1_000 for need in problem.quantities),
        candidates=tuple(
            each._replace(capacity=None, offers=tuple(offer._replace(available=9_999) for offer in each.offers))
            for each in problem.candidates
        ),
    )

    solution = solve(many, budget=20_000)

    assert solution.work < 20 * 20_000
    assert solution.cost == price(many, solution.assignments) >= solution.lower_bound > 0


def test_a_heavy_shipment_may_cost_more_than_two_light_ones() -> None:
    """Slabs are priced by the weight of each shipment; what is lightest first is not always best."""
    card = RateCard(((1_000, 100), (2_000, 900)))
    far, near = (Candidate(n, r, 50, None, (Offer(0, 2, 0),), card=card) for n, r in (("far", 1), ("near", 0)))

    solution = solve(Problem((2,), (None,), (far, near), weights_g=(900,)))

    assert (solution.cost, solution.assignments) == (300, (Assignment(1, 0, 1), Assignment(0, 0, 1)))


@pytest.mark.parametrize(("unfilled", "cost"), [((None, None), 1_130), ((600, 600), 1_130), ((400, 400), 800)])
def test_an_order_ships_complete_or_not_at_all(unfilled: tuple[int | None, ...], cost: int) -> None:
    """Nothing is shipped where that is cheaper; never a part."""
    one = Candidate("one", 0, 500, None, (Offer(0, 9, 10),))
    two = Candidate("two", 0, 600, None, (Offer(1, 9, 20),))

    assert solve(Problem((1, 1), unfilled, (one, two), ships_complete=True)).cost == cost


def test_lines_that_come_together_come_from_one_node() -> None:
    """The two cheap nodes have one line each; the dear one has both. Groups that share a line are one group."""
    a, b = (Candidate(name, 0, 10, None, (Offer(line, 2, 1),)) for line, name in enumerate("ab"))
    both = Candidate("both", 0, 500, None, tuple([Offer(line, 2, 1) for line in range(3)]))
    problem = Problem((1, 2, 1), (None, None, 40), (a, b, both), together=((0, 1), (1, 2)))

    assert solve(problem).assignments == tuple([Assignment(2, line, q) for line, q in enumerate((1, 2, 1))])
    assert solve(problem._replace(candidates=(a, b))).cost is None


def test_too_few_shipments_say_what_is_missing() -> None:
    """Three nodes have a line each; where two may ship there is no plan, and that is proven."""
    nodes = tuple([Candidate(f"n{line}", 0, 10, None, (Offer(line, 1, 1),)) for line in range(3)])
    problem = Problem((1, 1, 1), (None,) * 3, nodes, max_shipments=2)

    solution = solve(problem)

    assert (solution.cost, solution.proven, any(solution.unfilled)) == (None, True, True)
    assert solve(problem._replace(unfilled_costs=(None, 90, 100))).unfilled == (0, 1, 0)


NODE = Candidate("node", 0, 10, None, (Offer(0, 3, 1), Offer(1, 1, 1)), max_weight_g=900)
ORDER = Problem((2, 1), (5, 5), (NODE, NODE._replace(node="other")), weights_g=(300, 400))
CARD = RateCard(((500, 20),))


@pytest.mark.parametrize(
    ("problem", "plan", "said"),
    [
        (ORDER, [(0, 0, 2), (0, 1, 1)], "candidate 0: 1000 is not at most 900 g"),
        (ORDER._replace(candidates=(NODE._replace(card=CARD),)), [(0, 0, 2)], "600 is not g that its rate card has"),
        (ORDER._replace(max_shipments=1), [(0, 0, 1), (1, 0, 1)], "shipments: 2 is not at most 1"),
        (ORDER._replace(together=((0,),)), [(0, 0, 1)], "is not one candidate that gives them whole"),
        (ORDER._replace(together=((0, 1),)), [(0, 0, 2), (1, 1, 1)], "is not one candidate that gives them whole"),
        (ORDER._replace(ships_complete=True), [(0, 0, 2)], r"unfilled: \(0, 1\) is not nothing"),
    ],
)
def test_a_plan_that_breaks_a_limit_has_no_price(problem: Problem, plan: list[tuple[int, int, int]], said: str) -> None:
    """What is wrong is named with its figure."""
    with pytest.raises(InvalidValue, match=said):
        price(problem, [Assignment(*row) for row in plan])
