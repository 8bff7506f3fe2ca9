"""Orders handed to HiGHS as a mixed-integer program: one order, or a large batch that shares stock (extra `optimize`).

The model is the whole of a `Problem`: capacities, weights, rate cards, limits, lines that come together; and for a
batch what its orders share. HiGHS reckons in floats, so nothing of its answer is believed: plans are rounded to pieces
and priced in whole numbers by the judges of routing, and one that they refuse is not returned. It runs on one thread,
so that the same machine gives the same answer; another one may choose among plans of equal cost differently.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import ceil, inf
from typing import NamedTuple

from ..errors import InvalidValue
from ..routing import (
    Assignment,
    Batch,
    BatchSolution,
    BatchStrategy,
    Candidate,
    Problem,
    answered,
    price_batch,
    solve_batch,
)

__all__ = ["batch_by_highs", "plan_by_highs"]

Given = Mapping[tuple[int, int], tuple[int, int]]
"""By candidate and line: the column of what is given, and the pieces that 1 of it is."""

Plan = tuple[Assignment, ...]


def plan_by_highs(problem: Problem, *, seconds: float | None = None) -> Plan | None:
    """Return the plan that HiGHS finds for one order, with no gap, or None if it says that there is none.

    It is as HiGHS says; `price` judges it. Raises `TimeoutError` if it takes longer than so many seconds,
    `ModuleNotFoundError` without highspy.

    >>> from unicommerce.routing import Candidate, Offer
    >>> near, far = (Candidate(id, 0, cost, None, (Offer(0, 2, 10),)) for id, cost in (("near", 400), ("far", 900)))
    >>> plan_by_highs(Problem((2,), (None,), (near, far)))
    (Assignment(candidate=0, line=0, quantity=2),)
    """
    model = _Model()
    given = _modelled(problem, model)
    found = _run(model, seconds)
    if found.values is None or not found.is_best:
        if found.is_late:
            raise TimeoutError
        return None
    return _plan(given, found.values)


def batch_by_highs(*, seconds: float | None = None) -> BatchStrategy:
    """Return the strategy that hands a batch to HiGHS, for so many seconds at the most (None: until it has proved it).

    What it answers is never dearer than `solve_batch`, whose answer HiGHS begins with. Where HiGHS has none, or one
    that the judge refuses or prices otherwise, it is asked once more from nothing; then the answer of `solve_batch`
    stands. With a limit of time the answer depends on the machine. Raises `ModuleNotFoundError` without highspy.

    >>> from unicommerce.routing import BatchOrder, Candidate, Offer
    >>> near, far = (Candidate(id, 0, cost, None, (Offer(0, 1, 0),)) for id, cost in (("near", 100), ("far", 900)))
    >>> orders = tuple([BatchOrder(id, Problem((1,), (9_000,), (near, far)), ("MUG",)) for id in ("a", "b")])
    >>> found = batch_by_highs()(Batch(orders=orders, stock={("near", "MUG"): 1, ("far", "MUG"): 1}))
    >>> found.cost, found.proven
    (1000, True)
    """
    _check()

    def strategy(batch: Batch, start: Sequence[Iterable[Assignment]] | None = None) -> BatchSolution:
        begun = solve_batch(batch, start)
        if begun.proven or not batch.orders:
            return begun
        model = _Model()
        given = _together(batch, model)
        starts = (_columns(given, begun.plans), None)
        answers = (_judged(batch, begun, _run(model, seconds, each), given) for each in starts)
        return next((answer for answer in answers if answer is not None), begun)

    return strategy


def _judged(batch: Batch, begun: BatchSolution, found: "_Found", given: Sequence[Given]) -> BatchSolution | None:
    """Return the cheaper of two answers; None where the judge says no to that of HiGHS, or that it costs otherwise."""
    if found.values is None:
        return None
    plans = [_plan(each, found.values) for each in given]
    try:
        cost = price_batch(batch, plans)
    except InvalidValue:
        return None
    if round(found.objective) != cost:  # seen of 1.16: begun at a start, it may prove a cost and give the start's plans
        return None
    bound = max(begun.lower_bound, ceil(found.bound - HALF)) if found.bound <= cost + HALF else begun.lower_bound
    best = plans if cost < begun.cost else begun.plans
    bounds = [solution.lower_bound for solution in begun.solutions]
    return answered(batch, best, bounds=bounds, lower_bound=bound, work=begun.work)


HALF = 0.5
"""Costs are whole, so a bound above n - 1 proves n; half a minor unit is left to what floats get wrong."""


# The model


class _Model:
    """A program in the making: columns and rows, by their numbers."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.rows: list[dict[int, float]] = []

    def column(self, *, cost: int = 0, upper: float = 1.0, is_whole: bool = True) -> int:
        """Add a column from 0 to `upper`."""
        self.costs.append(float(cost))
        self.upper.append(float(upper))
        self.whole.append(is_whole)
        return len(self.costs) - 1

    def row(self, terms: dict[int, float], *, low: float = -inf, high: float = inf) -> None:
        """Add a row between `low` and `high`."""
        self.rows.append(terms)
        self.low.append(float(low))
        self.high.append(float(high))


def _together(batch: Batch, model: _Model) -> list[Given]:
    """Model all orders, in the order of their ids, and what they share."""
    given: list[Given] = [{} for _ in batch.orders]
    shared: dict[tuple[str, str], dict[int, float]] = {}
    for index in sorted(range(len(given)), key=lambda index: batch.orders[index].id):
        _, problem, units = batch.orders[index]
        given[index] = _modelled(problem, model)
        for (candidate, line), (column, pieces) in given[index].items():
            node = problem.candidates[candidate].node
            for key in ((node, units[line]), (node, "")):
                terms = shared.setdefault(key, {})
                terms[column] = terms.get(column, 0.0) + pieces
    for key, most in sorted(batch.limits().items()):
        if key in shared:
            model.row(shared[key], high=most)
    return given


def _modelled(problem: Problem, model: _Model) -> Given:
    """Model one order."""
    shares = _shares(problem)
    given: dict[tuple[int, int], tuple[int, int]] = {}
    used = []
    for index, candidate in enumerate(problem.candidates):
        used.append(model.column(cost=candidate.fixed_cost + problem.shipment_cost))
        own = _given(problem, candidate, model, used[index], shares)
        _weigh(problem, candidate, model, used[index], own)
        given |= {(index, line): at for line, at in own.items()}
    if problem.max_shipments is not None:
        model.row(dict.fromkeys(used, 1.0), high=problem.max_shipments)
    complete = model.column() if problem.ships_complete else None
    for column in used if complete is not None else ():
        model.row({column: 1.0, complete or 0: -1.0}, high=0)
    for line, (quantity, unfilled) in enumerate(zip(problem.quantities, problem.unfilled_costs, strict=True)):
        terms = {at: float(pieces) for (_, other), (at, pieces) in given.items() if other == line}
        short = model.column(cost=unfilled or 0, upper=0 if unfilled is None else quantity, is_whole=False)
        model.row(terms | {short: 1.0}, low=quantity, high=quantity)
        if complete is not None:
            model.row({short: 1.0, complete: float(quantity)}, low=quantity, high=quantity)
    return given


def _shares(problem: Problem) -> dict[int, int]:
    """Return, for lines that come together, the first line of all that do."""
    shares: dict[int, int] = {}
    for group in problem.together:
        joined = {shares.get(line, line) for line in group} | {min(group)}
        root = min(joined)
        shares |= {line: root for line, other in list(shares.items()) if other in joined} | dict.fromkeys(group, root)
    return shares


def _given(
    problem: Problem, candidate: Candidate, model: _Model, used: int, shares: Mapping[int, int]
) -> dict[int, tuple[int, int]]:
    """Model what a candidate gives: lines that come together by one switch, which has the cost of all of them."""
    offers = {offer.line: offer for offer in candidate.offers}
    given = {}
    for line, offer in offers.items():
        if line not in shares:
            most = min(offer.available, problem.quantities[line])
            at = model.column(cost=offer.unit_cost, upper=most)
            model.row({at: 1.0, used: -float(most)}, high=0)
            given[line] = at, 1
    for root in sorted(set(shares.values())):
        lines = [line for line, other in sorted(shares.items()) if other == root and problem.quantities[line]]
        if lines and all(line in offers and offers[line].available >= problem.quantities[line] for line in lines):
            at = model.column(cost=sum(offers[line].unit_cost * problem.quantities[line] for line in lines))
            model.row({at: 1.0, used: -1.0}, high=0)
            given |= {line: (at, problem.quantities[line]) for line in lines}
    return given


def _weigh(
    problem: Problem, candidate: Candidate, model: _Model, used: int, given: Mapping[int, tuple[int, int]]
) -> None:
    """Model what limits and weighs a shipment: pieces, grams, and the slab that its grams are in."""
    pieces: dict[int, float] = {}
    grams: dict[int, float] = {}
    for line, (at, count) in given.items():
        pieces[at] = pieces.get(at, 0) + count
        grams[at] = grams.get(at, 0) + count * (problem.weights_g[line] if problem.weights_g else 0)
    if candidate.capacity is not None:
        model.row(pieces | {used: -float(candidate.capacity)}, high=0)
    if candidate.max_weight_g is not None:
        model.row(grams, high=candidate.max_weight_g)
    if candidate.card is None:
        return
    slabs, step_g, step_cost = candidate.card
    switches = {model.column(cost=cost): float(up_to_g) for up_to_g, cost in slabs}
    room = {at: -up_to_g for at, up_to_g in switches.items()}
    if step_g is not None:
        total = sum(grams[at] * model.upper[at] for at in grams)
        most = max(0, -int(-(total - slabs[-1][0]) // step_g)) + 1
        beyond = model.column(cost=slabs[-1][1])
        steps = model.column(cost=step_cost, upper=most)
        model.row({steps: 1.0, beyond: -float(most)}, high=0)
        switches[beyond] = float(slabs[-1][0])
        room |= {beyond: -float(slabs[-1][0]), steps: -float(step_g)}
    model.row(dict.fromkeys(switches, 1.0) | {used: -1.0}, low=0, high=0)
    model.row(grams | room, high=0)


def _plan(given: Given, values: Sequence[float]) -> Plan:
    """Return what a solution of the model gives, in whole pieces."""
    found = [Assignment(*key, quantity * round(values[at])) for key, (at, quantity) in given.items()]
    return tuple([assignment for assignment in found if assignment.quantity])


def _columns(given: Sequence[Given], plans: Sequence[Plan]) -> dict[int, float]:
    """Return the values of the columns that say who gives what, for plans: what HiGHS starts from."""
    values = {at: 0.0 for own in given for at, _ in own.values()}
    for own, plan in zip(given, plans, strict=True):
        for candidate, line, quantity in plan:
            at, pieces = own[candidate, line]
            values[at] = float(quantity // pieces)
    return values


# The solver


class _Found(NamedTuple):
    """What HiGHS found: the columns (None: nothing), their cost, a lower bound, and why it ended."""

    values: Sequence[float] | None
    objective: float
    bound: float
    is_best: bool
    is_late: bool


def _check() -> None:
    """Raise `ModuleNotFoundError`, saying what to install, where highspy is missing."""
    try:
        import highspy  # noqa: F401 - whether it is there is all that is asked
    except ModuleNotFoundError as missing:
        message = "highspy is not installed: the extra `unicommerce[optimize]` brings it"
        raise ModuleNotFoundError(message, name=missing.name) from missing


def _run(model: _Model, seconds: float | None, start: Mapping[int, float] | None = None) -> _Found:
    """Solve a model on one thread, with no gap."""
    _check()
    import highspy
    import numpy as np

    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(model.costs), len(model.rows)
    program.col_cost_ = np.array(model.costs, dtype=np.double)
    program.col_lower_ = np.zeros(len(model.costs))
    program.col_upper_ = np.array(model.upper, dtype=np.double)
    program.row_lower_ = np.array(model.low, dtype=np.double)
    program.row_upper_ = np.array(model.high, dtype=np.double)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    starts = [*accumulate([len(row) for row in model.rows], initial=0)]
    program.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    program.a_matrix_.index_ = np.array([at for row in model.rows for at in row], dtype=np.int32)
    program.a_matrix_.value_ = np.array([value for row in model.rows for value in row.values()], dtype=np.double)
    kinds = highspy.HighsVarType
    program.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in model.whole]
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    for gap in ("mip_rel_gap", "mip_abs_gap"):
        highs.setOptionValue(gap, 0.0)
    for tolerance in ("mip_feasibility_tolerance", "primal_feasibility_tolerance"):
        highs.setOptionValue(tolerance, 1e-9)
    if seconds is not None:
        highs.setOptionValue("time_limit", float(seconds))
    highs.passModel(program)
    if start:
        highs.setSolution(len(start), np.array([*start], dtype=np.int32), np.array([*start.values()], dtype=np.double))
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    is_there = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return _Found(
        [*highs.getSolution().col_value] if is_there else None,
        info.objective_function_value,
        info.mip_dual_bound,
        status == highspy.HighsModelStatus.kOptimal,
        status == highspy.HighsModelStatus.kTimeLimit,
    )
