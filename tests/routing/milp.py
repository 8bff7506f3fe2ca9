"""The whole of a problem as a mixed-integer program for HiGHS: weights, rate cards, limits, lines that come together.

It is the model of the extra `optimize`, which shares nothing with the exact strategy but the values it reads; its plans
are priced by `price`. For orders that only have capacities `highs` is the same model, handed over faster.
"""

from unicommerce.extras.optimize import plan_by_highs
from unicommerce.routing import Assignment, Problem

__all__ = ["solve"]


def solve(problem: Problem, *, seconds: float | None = None) -> tuple[Assignment, ...] | None:
    """Return the plan HiGHS finds with zero gap on one thread, or None if it says that there is none.

    Raises `TimeoutError` if it needs longer than so many seconds.
    """
    return plan_by_highs(problem, seconds=seconds)
