"""Other ways to choose: plans that could be carried out, never cheaper than the best, however they are listed."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.routing import instances
from unicommerce.routing import (
    Candidate,
    Offer,
    Problem,
    RateCard,
    Solution,
    Strategy,
    cheapest_first,
    complete_first,
    drain,
    fewest_parcels,
    price,
    solve,
)

STRATEGIES: Mapping[str, Strategy] = {
    "drain": drain(),
    "complete first": complete_first(),
    "fewest parcels": fewest_parcels(),
    "cheapest first": cheapest_first,
    "exact": solve,
}
CARD = RateCard(((500, 300), (2_000, 450)), step_g=1_000, step_cost=80)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Draw small orders with all that a problem may know."""
    lines = draw(st.integers(1, 3))
    candidates = []
    for number in range(draw(st.integers(0, 4))):
        offered = draw(st.lists(st.integers(0, lines - 1), unique=True, min_size=1))
        offers = [Offer(line, draw(st.integers(1, 3)), draw(st.integers(0, 50))) for line in sorted(offered)]
        candidates.append(
            Candidate(
                f"n{number}",
                draw(st.integers(0, 2)),
                draw(st.integers(0, 900)),
                draw(st.none() | st.integers(0, 4)),
                tuple(offers),
                draw(st.none() | st.integers(0, 3_000)),
                draw(st.none() | st.just(CARD) | st.just(CARD._replace(step_g=None))),
            )
        )
    together = draw(st.sampled_from([(), ((0,),), ((0, lines - 1),) if lines > 1 else ()]))
    return Problem(
        tuple([draw(st.integers(1, 3)) for _ in range(lines)]),
        (draw(st.none() | st.integers(100, 5_000)),) * lines,
        tuple(candidates),
        draw(st.integers(0, 100)),
        tuple([draw(st.integers(0, 900)) for _ in range(lines)]),
        draw(st.none() | st.integers(1, 3)),
        together,
        draw(st.just(False)),
    )


@pytest.mark.parametrize("name", STRATEGIES)
@given(problem=problems())
def test_a_plan_can_be_carried_out_and_is_never_cheaper_than_the_best(name: str, problem: Problem) -> None:
    """The judge prices it as the strategy does; what is left unfilled is what is not shipped."""
    found, best = STRATEGIES[name](problem), solve(problem)

    if found.cost is None:
        assert found.assignments == ()
        return
    assert price(problem, found.assignments) == found.cost
    assert best.cost is not None
    assert best.cost <= found.cost
    shipped = [sum([q for _, at, q in found.assignments if at == line]) for line in range(len(problem.quantities))]
    left = [need - given for need, given in zip(problem.quantities, shipped, strict=True)]
    assert list(found.unfilled) == left


@pytest.mark.parametrize("name", STRATEGIES)
@given(problem=problems())
def test_the_order_of_listing_is_irrelevant(name: str, problem: Problem) -> None:
    """Candidates backwards: the same pieces from the same nodes."""
    backwards = problem._replace(candidates=problem.candidates[::-1])

    assert _named(problem, STRATEGIES[name](problem)) == _named(backwards, STRATEGIES[name](backwards))


def _named(problem: Problem, found: Solution) -> tuple[int | None, list[tuple[str, int, int]]]:
    return found.cost, sorted([(problem.candidates[k].node, line, q) for k, line, q in found.assignments])


def test_each_chooses_by_what_it_is_named_for() -> None:
    """One order, four answers: in turn, who has all, as few as can be, the least for each piece."""
    order = Problem(
        (2, 2),
        (None, None),
        (
            Candidate("first", 0, 900, None, (Offer(0, 2, 1),)),
            Candidate("half", 1, 100, None, (Offer(1, 2, 1),)),
            Candidate("other half", 2, 100, None, (Offer(0, 2, 1),)),
            Candidate("all", 3, 950, None, (Offer(0, 2, 1), Offer(1, 2, 1))),
        ),
    )

    def nodes(strategy: Strategy) -> list[str]:
        return [order.candidates[index].node for index in sorted({k for k, _, _ in strategy(order).assignments})]

    assert nodes(drain()) == ["first", "half"]
    assert nodes(complete_first()) == ["all"]
    assert nodes(fewest_parcels()) == ["all"]
    assert nodes(cheapest_first) == ["half", "other half"] == nodes(solve)


def test_what_a_drain_can_not_fill_is_no_plan() -> None:
    """A line that must be filled is short; where it may be, it is left at its price."""
    order = Problem((2,), (None,), (Candidate("n", 0, 1, None, (Offer(0, 1, 1),)),))

    assert drain()(order).cost is None
    assert drain()(order._replace(unfilled_costs=(50,))).cost == 52


def test_everyday_orders_are_dearer_by_any_of_them() -> None:
    """On forty orders over fifty nodes; draining by rank is far off, the greedy one near."""
    orders = [instances.order(number, 50) for number in range(40)]
    best = sum([solve(order).cost or 0 for order in orders])
    cost = {name: sum([each(order).cost or 0 for order in orders]) for name, each in STRATEGIES.items()}

    assert cost["exact"] == best < cost["cheapest first"] < cost["fewest parcels"] < cost["drain"]
