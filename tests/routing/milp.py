"""The whole of a problem as a mixed-integer program for HiGHS: weights, rate cards, limits, lines that come together.

It shares nothing with the exact strategy but the values it reads, and its plans are priced by `price`. For orders that
only have capacities `highs` is the same model, handed over faster.
"""

import highspy
import numpy as np

from unicommerce.routing import Assignment, Candidate, Problem

__all__ = ["solve"]

ENDLESS = highspy.kHighsInf


class Model:
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

    def row(self, terms: dict[int, float], *, low: float = -ENDLESS, high: float = ENDLESS) -> None:
        """Add a row between `low` and `high`."""
        self.rows.append(terms)
        self.low.append(float(low))
        self.high.append(float(high))

    def built(self) -> highspy.HighsLp:
        """Return the program."""
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(self.costs), len(self.rows)
        program.col_cost_ = np.array(self.costs, dtype=np.double)
        program.col_lower_ = np.zeros(len(self.costs))
        program.col_upper_ = np.array(self.upper, dtype=np.double)
        program.row_lower_ = np.array(self.low, dtype=np.double)
        program.row_upper_ = np.array(self.high, dtype=np.double)
        starts = np.cumsum([0, *[len(row) for row in self.rows]])
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        program.a_matrix_.index_ = np.array([at for row in self.rows for at in row], dtype=np.int32)
        program.a_matrix_.value_ = np.array([value for row in self.rows for value in row.values()], dtype=np.double)
        kinds = highspy.HighsVarType
        program.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in self.whole]
        return program


def solve(problem: Problem, *, seconds: float | None = None) -> tuple[Assignment, ...] | None:
    """Return the plan HiGHS finds with zero gap on one thread, or None if it says that there is none.

    Raises `TimeoutError` if it needs longer than so many seconds.
    """
    model = Model()
    given = _modelled(problem, model)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.0)
    highs.setOptionValue("mip_feasibility_tolerance", 1e-9)
    highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
    if seconds is not None:
        highs.setOptionValue("time_limit", seconds)
    highs.passModel(model.built())
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kTimeLimit:
        raise TimeoutError
    if status != highspy.HighsModelStatus.kOptimal:
        return None
    values = highs.getSolution().col_value
    found = [Assignment(*key, quantity * round(values[at])) for key, (at, quantity) in given.items()]
    return tuple([assignment for assignment in found if assignment.quantity])


def _modelled(problem: Problem, model: Model) -> dict[tuple[int, int], tuple[int, int]]:
    """Model a problem; return by candidate and line the column of what is given, and the pieces that 1 of it is."""
    shares: dict[int, int] = {}
    for group in problem.together:
        first = min(group)
        joined = {shares.get(line, line) for line in group} | {first}
        root = min(joined)
        shares |= {line: root for line, other in list(shares.items()) if other in joined} | dict.fromkeys(group, root)
    given: dict[tuple[int, int], tuple[int, int]] = {}
    used = []
    for index, candidate in enumerate(problem.candidates):
        used.append(model.column(cost=candidate.fixed_cost + problem.shipment_cost))
        given |= _given(problem, index, model, used[index], shares)
        _weigh(problem, candidate, model, used[index], {line: at for (k, line), at in given.items() if k == index})
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


def _given(
    problem: Problem, index: int, model: Model, used: int, shares: dict[int, int]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Model what a candidate gives: lines that come together by one switch, which has the cost of all of them."""
    candidate = problem.candidates[index]
    offers = {offer.line: offer for offer in candidate.offers}
    given = {}
    for line, offer in offers.items():
        quantity = problem.quantities[line]
        if line not in shares:
            most = min(offer.available, quantity)
            at = model.column(cost=offer.unit_cost, upper=most)
            model.row({at: 1.0, used: -float(most)}, high=0)
            given[index, line] = at, 1
    for root in set(shares.values()):
        lines = [line for line, other in shares.items() if other == root and problem.quantities[line]]
        if lines and all(line in offers and offers[line].available >= problem.quantities[line] for line in lines):
            at = model.column(cost=sum(offers[line].unit_cost * problem.quantities[line] for line in lines))
            model.row({at: 1.0, used: -1.0}, high=0)
            given |= {(index, line): (at, problem.quantities[line]) for line in lines}
    return given


def _weigh(problem: Problem, candidate: Candidate, model: Model, used: int, given: dict[int, tuple[int, int]]) -> None:
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
