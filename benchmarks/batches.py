"""A batch of orders that contend for scarce stock: one by one, by prices and trades, and as one program for HiGHS.

Ratios are of what orders cost together. HiGHS begins at the answer of prices and trades, and has a limit of time, since
it does not prove 200 orders in minutes; the note says how far the cheaper one of a row is at most above its bound.
"""

import statistics
from collections.abc import Sequence
from itertools import pairwise
from time import process_time

from tests.routing import contended
from unicommerce.extras.optimize import batch_by_highs
from unicommerce.routing import BatchSolution, BatchStrategy, one_by_one, solve_batch

from .timing import Row

__all__ = ["run"]

CASES = {
    "50 orders, a third more stock than demand": (50, 1.3),
    "200 orders, a third more": (200, 1.3),
    "200 orders, a tenth more": (200, 1.1),
}


def run(*, seeds: int = 1, seconds: float = 20) -> list[Row]:
    """Return rows of costs: one by one beside together, together beside HiGHS, for stock that is scarce and scarcer."""
    rows = []
    for case, (orders, plenty) in CASES.items():
        batches = [contended.batch(seed, orders=orders, plenty=plenty) for seed in range(seeds)]
        ways: dict[str, BatchStrategy] = {
            "one by one": one_by_one,
            "prices and trades": solve_batch,
            f"HiGHS, {seconds:g} s": batch_by_highs(seconds=seconds),
        }
        found, taken = dict[str, list[BatchSolution]](), dict[str, float]()
        for name, way in ways.items():
            start = process_time()
            found[name] = [way(batch) for batch in batches]
            taken[name] = (process_time() - start) / seeds
        pairs = pairwise(ways)
        rows += [_row(f"{case}: {worse}", better, found[worse], found[better], taken) for worse, better in pairs]
    return rows


def _row(
    name: str, beside: str, worse: Sequence[BatchSolution], better: Sequence[BatchSolution], taken: dict[str, float]
) -> Row:
    each = [a.cost / b.cost for a, b in zip(worse, better, strict=True)]
    above = statistics.mean([100 * (found.cost / found.lower_bound - 1) for found in better])
    left = sum([sum(solution.unfilled) for found in better for solution in found.solutions])
    proof = "proven" if all(found.proven for found in better) else f"at most {above:.1f} % above the optimum"
    note = f"{taken[beside]:.1f} s, {proof}, {left} pieces unfilled"
    return Row(name, beside, statistics.mean(each), min(each), max(each), 1.0, note=note)
