"""Orders that share stock: answers are possible, no dearer than one by one, and bounds are below the best of all."""

import sys
from collections.abc import Iterator
from itertools import product
from random import Random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.routing import contended
from tests.routing.test_exact import plans
from unicommerce.errors import InvalidValue
from unicommerce.extras import optimize
from unicommerce.extras.optimize import batch_by_highs
from unicommerce.routing import (
    Assignment,
    Batch,
    BatchOrder,
    BatchSolution,
    Candidate,
    Offer,
    Problem,
    one_by_one,
    price_batch,
    solve,
    solve_batch,
)

UNITS = ("MUG", "CUP")


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Return two or three orders that want the same few pieces of three or two nodes, with many ties."""
    nodes = "abc"[: draw(st.integers(1, 3))]
    names = draw(st.permutations("xyz"))[: draw(st.integers(1, 5 - len(nodes)))]
    stock = {(node, unit): draw(st.integers(0, 2)) for node in nodes for unit in UNITS}
    capacity = {node: draw(st.integers(0, 3)) for node in nodes if draw(st.integers(0, 2)) == 0}
    orders = []
    for name in names[:3]:
        units = UNITS[: draw(st.integers(1, 2))]
        quantities = (draw(st.integers(1, 2)), 1)[: len(units)]
        candidates = []
        for rank, node in enumerate(nodes):
            offers = tuple([Offer(line, 2, draw(st.integers(0, 3))) for line in range(len(units))])
            candidates.append(Candidate(node, rank, draw(st.integers(0, 9)), draw(st.none() | st.just(2)), offers))
        unfilled = tuple([draw(st.sampled_from((8, 30))) for _ in units])
        orders.append(BatchOrder(name, Problem(quantities, unfilled, tuple(candidates)), units))
    return Batch(orders=tuple(orders), stock=stock, capacity=capacity)


def every(batch: Batch) -> Iterator[int]:
    """Yield what each answer costs that is possible."""
    for chosen in product(*[list(plans(order.problem)) for order in batch.orders]):
        try:
            yield price_batch(batch, chosen)
        except InvalidValue:
            continue


def by_id(batch: Batch, found: BatchSolution) -> dict[str, list[tuple[str, int, int]]]:
    """Return the plans by order, with the names of nodes."""
    return {
        order.id: [(order.problem.candidates[each.candidate].node, *each[1:]) for each in plan]
        for order, plan in zip(batch.orders, found.plans, strict=True)
    }


@given(batches())
def test_an_answer_is_possible_and_no_dearer_than_one_by_one(batch: Batch) -> None:
    """The judge takes it at the cost that it says; what is unfilled is what was ordered and does not come."""
    simple, found = one_by_one(batch), solve_batch(batch)

    for answer in (simple, found):
        assert price_batch(batch, answer.plans) == answer.cost == sum([each.cost or 0 for each in answer.solutions])
        for order, each in zip(batch.orders, answer.solutions, strict=True):
            filled = [sum(row.quantity for row in each.assignments if row.line == i) for i in range(len(order.units))]
            assert [q - f for q, f in zip(order.problem.quantities, filled, strict=True)] == list(each.unfilled)
    assert found.cost <= simple.cost


@settings(max_examples=50)
@given(batches())
def test_the_bound_is_below_the_best_answer_and_highs_finds_that(batch: Batch) -> None:
    """Of all answers there are, none is below the bound; the joint program finds the cheapest one, and proves it."""
    best = min(every(batch))
    found, joint = solve_batch(batch), batch_by_highs()(batch)
    alone = sum([solve(order.problem).cost or 0 for order in batch.orders])

    assert one_by_one(batch).lower_bound <= found.lower_bound <= best <= found.cost
    assert alone <= found.lower_bound
    assert (joint.cost, joint.lower_bound, joint.proven) == (best, best, True)
    assert price_batch(batch, joint.plans) == best


@given(batches(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_is_irrelevant(batch: Batch, random: Random) -> None:
    """Shuffled orders, candidates and stock give the same plans by the same steps."""
    orders = []
    for order in random.sample(batch.orders, len(batch.orders)):
        candidates = tuple(random.sample(order.problem.candidates, len(order.problem.candidates)))
        orders.append(order._replace(problem=order.problem._replace(candidates=candidates)))
    stock = dict(random.sample(sorted(batch.stock.items()), len(batch.stock)))
    shuffled = attrs.evolve(batch, orders=tuple(orders), stock=stock)

    first, second = solve_batch(batch), solve_batch(shuffled)

    assert by_id(batch, first) == by_id(shuffled, second)
    assert first[1:] == second[1:]


@given(batches(), st.integers(0, 60))
def test_a_start_is_never_made_worse_and_no_budget_is_too_small(batch: Batch, budget: int) -> None:
    """From the plans of another answer, or from nothing at all, the answer is at most as dear."""
    nothing = [()] * len(batch.orders)
    start = one_by_one(batch).plans

    assert solve_batch(batch, start, budget=budget).cost <= price_batch(batch, start)
    assert solve_batch(batch, nothing, budget=budget).cost <= price_batch(batch, nothing)
    assert one_by_one(batch, nothing).cost == price_batch(batch, nothing)


@pytest.mark.parametrize("seed", range(2))
def test_prices_and_trades_come_near_to_the_best(seed: int) -> None:
    """Of what one by one pays too much, most is saved; the bound by prices is far above that of orders alone."""
    batch = contended.batch(seed, orders=20)
    simple, found, joint = one_by_one(batch), solve_batch(batch), batch_by_highs()(batch)

    assert joint.proven
    assert found.cost - joint.cost <= (simple.cost - joint.cost) // 3
    assert joint.cost - found.lower_bound <= (joint.cost - simple.lower_bound) // 3


DC = Candidate("dc", 0, 500, None, (Offer(0, 9, 20),))
ORDERS = tuple([BatchOrder(id, Problem((2,), (9_000,), (DC,)), ("MUG",)) for id in ("a", "b")])
BOTH = [[Assignment(0, 0, 2)], [Assignment(0, 0, 2)]]


@pytest.mark.parametrize(
    ("batch", "chosen", "said"),
    [
        (Batch(orders=ORDERS, stock={("dc", "MUG"): 3}), BOTH, "MUG at dc: 4 is not at most the 3 pieces"),
        (Batch(orders=ORDERS, stock={}, capacity={"dc": 3}), BOTH, "capacity of dc: 4 is not at most the 3 pieces"),
        (Batch(orders=ORDERS, stock={}), [[Assignment(0, 0, 3)], []], "line 0: 3 is not within the 2 pieces ordered"),
    ],
)
def test_the_judge_refuses_what_nobody_could_carry_out(batch: Batch, chosen: list[list[Assignment]], said: str) -> None:
    """More of a unit than there is, more than a node can handle, and what `price` refuses."""
    with pytest.raises(InvalidValue) as refused:
        price_batch(batch, chosen)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("orders", "stock", "field"),
    [
        ((ORDERS[0], ORDERS[0]), {}, "orders"),
        ((ORDERS[0]._replace(units=()),), {}, "units of order a"),
        ((ORDERS[0]._replace(units=("",)),), {}, "units of order a"),
        ((ORDERS[0]._replace(problem=Problem((2,), (None,), (DC,))),), {}, "unfilled_costs of order a"),
        (ORDERS, {("dc", "MUG"): -1}, "what there is of MUG at dc"),
    ],
)
def test_what_is_no_batch_is_refused(
    orders: tuple[BatchOrder, ...], stock: dict[tuple[str, str], int], field: str
) -> None:
    """The error names the order and what is wrong with it."""
    with pytest.raises(InvalidValue) as refused:
        Batch(orders=orders, stock=stock)

    assert refused.value.field == field


@pytest.mark.parametrize("wrong", ["too many pieces", "another cost", "a bound beyond the cost"])
def test_what_the_solver_got_wrong_is_not_believed(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    """Plans that the judge refuses are not returned, and a bound counts only beside a cost that is right."""
    batch = contended.batch(1, orders=10, nodes=5, units=5)
    run, begun = optimize._run, solve_batch(batch)

    def lying(*asked: object) -> optimize._Found:
        found = run(*asked)  # type: ignore[arg-type]
        assert found.values is not None
        if wrong == "too many pieces":
            return found._replace(values=[9.0 * value for value in found.values])
        if wrong == "another cost":
            return found._replace(objective=found.objective - 7)
        return found._replace(bound=found.objective + 7)

    monkeypatch.setattr(optimize, "_run", lying)
    answer = batch_by_highs()(batch)

    assert not begun.proven
    assert price_batch(batch, answer.plans) == answer.cost <= begun.cost
    assert (answer.lower_bound, answer.proven) == (begun.lower_bound, False)


def test_where_the_plans_are_not_those_of_the_cost_it_is_asked_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS 1.16, begun at a start, may prove the best cost and give the plans of the start."""
    batch = contended.batch(1, orders=10, nodes=5, units=5)
    run, honest = optimize._run, batch_by_highs()(batch)

    def stale(*asked: object) -> optimize._Found:
        found = run(*asked)  # type: ignore[arg-type]
        return found if asked[2] is None else found._replace(objective=found.objective - 7)

    monkeypatch.setattr(optimize, "_run", stale)
    answer = batch_by_highs()(batch)

    assert answer.proven
    assert answer.cost == honest.cost


def test_without_highspy_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The strategy is not made; nothing else of the library needs it."""
    monkeypatch.setitem(sys.modules, "highspy", None)

    with pytest.raises(ModuleNotFoundError, match=r"unicommerce\[optimize\]") as missing:
        batch_by_highs()

    assert missing.value.name == "highspy"
