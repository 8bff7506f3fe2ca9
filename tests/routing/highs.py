"""The same order as a mixed-integer program for HiGHS, the peer that the exact strategy is held against.

One binary per candidate that offers anything, one continuous variable per offer (for fixed binaries the rest is a
transportation problem, whose corners are integral), one strong link per offer.
"""

import highspy
import numpy as np

from unicommerce.routing.problem import Assignment, Problem


def solve(problem: Problem) -> tuple[Assignment, ...] | None:
    """The plan HiGHS finds with zero gap on one thread, or None if it says that there is none; build included."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.0)
    model = _model(problem)
    highs.passModel(model)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    values = highs.getSolution().col_value
    if any(abs(value - round(value)) > 1e-6 for value in values):
        values = _corner(highs, model, values)
    column, plan = 0, []
    for index, candidate in enumerate(problem.candidates):
        if candidate.offers:
            for place, offer in enumerate(candidate.offers, column + 1):
                if quantity := round(values[place]):
                    plan.append(Assignment(index, offer.line, quantity))
            column += 1 + len(candidate.offers)
    return tuple(plan)


def _corner(highs: highspy.Highs, model: highspy.HighsLp, values: list[float]) -> list[float]:
    """The same binaries with whole pieces: among equal costs HiGHS may stop between two corners."""
    binary = [kind == highspy.HighsVarType.kInteger for kind in model.integrality_]
    fixed = [float(round(value)) for value in values]
    model.col_lower_ = np.array([value if is_binary else 0.0 for value, is_binary in zip(fixed, binary, strict=True)])
    model.col_upper_ = np.where(binary, fixed, model.col_upper_)
    model.integrality_ = []
    highs.passModel(model)
    highs.run()
    return list(highs.getSolution().col_value)


def _model(problem: Problem) -> highspy.HighsLp:
    """Columns: by candidate its binary, then its offers; then what is unfilled. Rows: lines, capacities, links."""
    quantities, unfilled_costs, candidates, shipment_cost = problem[:4]
    rows = len(quantities)
    low: list[float] = [float(q) for q in quantities]
    high = list(low)
    starts, indices, values, costs, upper, kinds = [0], [], [], [], [], []
    binary, continuous = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    for candidate in candidates:
        if not candidate.offers:
            continue
        total = sum(min(offer.available, quantities[offer.line]) for offer in candidate.offers)
        capped = candidate.capacity is not None and candidate.capacity < total
        link = rows + capped
        costs.append(candidate.fixed_cost + shipment_cost)
        upper.append(1.0)
        kinds.append(binary)
        if capped:
            indices.append(rows)
            values.append(-float(candidate.capacity or 0))
        for place, offer in enumerate(candidate.offers):
            indices.append(link + place)
            values.append(-float(min(offer.available, quantities[offer.line])))
        starts.append(len(indices))
        for place, offer in enumerate(candidate.offers):
            costs.append(offer.unit_cost)
            upper.append(float(min(offer.available, quantities[offer.line])))
            kinds.append(continuous)
            indices.append(offer.line)
            values.append(1.0)
            if capped:
                indices.append(rows)
                values.append(1.0)
            indices.append(link + place)
            values.append(1.0)
            starts.append(len(indices))
        added = capped + len(candidate.offers)
        low += [-highspy.kHighsInf] * added
        high += [0.0] * added
        rows += added
    for line, unfilled_cost in enumerate(unfilled_costs):
        if unfilled_cost is not None:
            costs.append(unfilled_cost)
            upper.append(float(quantities[line]))
            kinds.append(continuous)
            indices.append(line)
            values.append(1.0)
            starts.append(len(indices))
    model = highspy.HighsLp()
    model.num_col_ = len(costs)
    model.num_row_ = rows
    model.col_cost_ = np.array(costs, dtype=np.double)
    model.col_lower_ = np.zeros(len(costs))
    model.col_upper_ = np.array(upper, dtype=np.double)
    model.row_lower_ = np.array(low)
    model.row_upper_ = np.array(high)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    model.a_matrix_.index_ = np.array(indices, dtype=np.int32)
    model.a_matrix_.value_ = np.array(values, dtype=np.double)
    model.integrality_ = kinds
    return model
