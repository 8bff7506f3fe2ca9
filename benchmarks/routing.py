"""Routing beside HiGHS: the same order for both in turn, one thread, model build included, answers re-priced."""

import statistics
from time import process_time_ns

from tests.routing import highs, instances
from unicommerce.routing import price, solve

from .timing import Row, quiet_collector

__all__ = ["run"]

SIZES = {10: 12.0, 50: 20.0, 200: 10.0, 1_000: 8.0}
"""Candidate nodes, and how many times faster the median order is to be routed."""


def run(*, orders: int = 150, seed: int = 20261123) -> list[Row]:
    """Return a row for each size: the median over the orders of the ratio of times, with the least and the most."""
    rows = []
    for nodes, floor in SIZES.items():
        problems = [instances.order(seed + number, nodes) for number in range(orders)]
        each, mine, theirs, gaps = [], [], [], 0
        for problem in problems[:5]:
            solve(problem)
            highs.solve(problem)
        quiet_collector()
        for problem in problems:
            start = process_time_ns()
            solution = solve(problem)
            middle = process_time_ns()
            plan = highs.solve(problem)
            end = process_time_ns()
            found = None if solution.cost is None else price(problem, solution.assignments)
            gaps += found != (None if plan is None else price(problem, plan))
            mine.append((middle - start) / 1e6)
            theirs.append((end - middle) / 1e6)
            each.append(theirs[-1] / mine[-1])
        rows.append(_row(nodes, floor, each, _note(mine, theirs, gaps)))
    return rows


def _note(mine: list[float], theirs: list[float], gaps: int) -> str:
    """Say the median and the slowest hundredth in ms, and that both found the same cost on every order, or not."""
    ours, peers = (sorted(taken)[len(taken) * 99 // 100] for taken in (mine, theirs))
    found = f"{gaps} of {len(mine)} costs differ" if gaps else f"{len(mine)} costs equal"
    return f"{statistics.median(mine):.2f} ms; 99 %: {ours:.1f} ms beside {peers:.0f} ms; {found}"


def _row(nodes: int, floor: float, each: list[float], note: str) -> Row:
    """Return the row; a cost that differs misses the bound whatever the speed."""
    bound = float("inf") if "differ" in note else floor
    ratio = statistics.median(each)
    return Row(f"route an order over {nodes:,} nodes", "HiGHS", ratio, min(each), max(each), bound, None, note)
