"""Routing beside HiGHS: the same orders for both in turn, one thread, model build included, answers re-priced.

Each side takes its turn with a block of orders, so that neither pays for caches that the other has emptied; ratios are
of the same order. The everyday mix has bounds by its size; an order under stress may be routed no slower than by HiGHS
at the slowest hundredth, and what the budget of steps leaves unproven is said.
"""

import statistics
from collections.abc import Callable, Sequence
from time import process_time_ns
from typing import NamedTuple, TypeVar

from tests.routing import corpus, highs, instances, milp
from unicommerce.routing import (
    Assignment,
    Candidate,
    Problem,
    Solution,
    Strategy,
    cheapest_first,
    complete_first,
    drain,
    fewest_parcels,
    price,
    solve,
)

from . import shops
from .timing import Row, quiet_collector

__all__ = ["domain", "gaps", "run", "stress", "weighed"]

P = TypeVar("P")
T = TypeVar("T")

SIZES = {10: 30.0, 50: 20.0, 200: 10.0, 1_000: 8.0}
"""Candidate nodes, and how many times faster the median everyday order is to be routed."""
FROM_DOMAIN = {10: 6.0, 50: 7.0, 200: 4.0, 1_000: 2.5}
"""The same from domain objects, where what is compiled for both sides is half to two thirds of ours (record 0061)."""
SLOWEST = 2.0
"""How many times faster the slowest hundredth of everyday orders is to be routed."""
BLOCK = 100
STRESS = ("eight", "shallow", "tight", "cheap", "twelve", "combined")
WEIGHED = {"cards": ("cards",), "cards, whole lines": ("cards", "whole"), "most shipments": ("cards", "most")}


def parcel(candidate: Candidate) -> int:
    """Return what a parcel of a node costs, which rises with its distance."""
    return candidate.fixed_cost


STRATEGIES: dict[str, Strategy] = {
    "drain by rank": drain(),
    "drain by cost of a parcel": drain(parcel),
    "complete first, by cost of a parcel": complete_first(parcel),
    "fewest parcels, by cost of a parcel": fewest_parcels(parcel),
    "cheapest piece first": cheapest_first,
}

Rival = Callable[[Problem], tuple[Assignment, ...] | None]


class Race(NamedTuple):
    """What both sides took, in ms by order, how many costs differ, and how many of ours are not proven."""

    ours: list[float]
    theirs: list[float]
    gaps: int
    unproven: int


def run(*, orders: int = 150, seed: int = 20261123) -> list[Row]:
    """Return two rows for each size of everyday orders: the median ratio of times, and the slowest hundredths'."""
    rows = []
    for nodes, floor in SIZES.items():
        race = _race([instances.order(seed + number, nodes) for number in range(orders)], highs.solve)
        rows += _rows(f"route an order over {nodes:,} nodes", race, floor, SLOWEST)
    return rows


def domain(*, orders: int = 100, seed: int = 20261127) -> list[Row]:
    """Return two rows for each size of orders from domain objects, with promises, parts of costs and all reasons."""
    rows = []
    for nodes, floor in FROM_DOMAIN.items():
        race, some = Race([], [], 0, 0), list(shops.asked(seed, nodes, orders))
        for start in range(0, orders, BLOCK):
            block = some[start : start + BLOCK]
            quiet_collector()
            ours, ours_ms = _timed(shops.by_us, block)
            theirs, theirs_ms = _timed(shops.by_highs, block)
            gaps = sum([one != other for one, other in zip(ours, theirs, strict=True)])
            race = Race(race.ours + ours_ms, race.theirs + theirs_ms, race.gaps + gaps, 0)
        rows += _rows(f"route and explain from domain objects, {nodes:,} nodes", race, floor, 1.0)
    return rows


def stress(*, orders: int = 100, seed: int = 20261123) -> list[Row]:
    """Return a row for each regime of hard orders and size: the slowest hundredth is no slower than with HiGHS."""
    rows = []
    for regime in STRESS:
        for nodes in (10, 50, 200, 1_000):
            count = max(orders * 50 // max(nodes, 50), 5)
            race = _race([instances.order(seed + number, nodes, regime=regime) for number in range(count)], highs.solve)
            rows += _rows(f"{regime}, {nodes:,} nodes", race, None, 1.0)[1:]
    return rows


def weighed(*, orders: int = 60, seed: int = 20261123) -> list[Row]:
    """Return a row for each kind of order with rate cards by weight: the median ratio of times."""
    rows = []
    for name, features in WEIGHED.items():
        for nodes in (10, 50, 200):
            problems = [corpus.drawn(seed + number, nodes, features) for number in range(orders * 50 // max(nodes, 50))]
            rows += _rows(f"{name}, {nodes} nodes", _race(problems, milp.solve), 1.0, None)[:1]
    return rows


def gaps(*, orders: int = 100, seed: int = 20261123) -> list[Row]:
    """Return a row for each other strategy and size: how much its plans cost, in terms of the best ones."""
    rows = []
    for nodes in SIZES:
        problems = [instances.order(seed + number, nodes) for number in range(orders)]
        best = [solve(problem).cost for problem in problems]
        for name, strategy in STRATEGIES.items():
            costs = [strategy(problem).cost for problem in problems]
            each = [cost / least for cost, least in zip(costs, best, strict=True) if cost is not None and least]
            optimal = f"{100 * each.count(1) / len(each):.0f} % are the best plan"
            note = f"{optimal}; {orders - len(each)} of {orders} not filled"
            rows.append(
                Row(f"{name}, {nodes:,} nodes", "exact", statistics.mean(each), min(each), max(each), note=note)
            )
    return rows


def _race(problems: Sequence[Problem], rival: Rival) -> Race:
    """Route block by block, ours first, then theirs."""
    for problem in problems[:5]:
        solve(problem)
        rival(problem)
    race = Race([], [], 0, 0)
    for start in range(0, len(problems), BLOCK):
        block = problems[start : start + BLOCK]
        quiet_collector()
        ours, ours_ms = _timed(solve, block)
        theirs, theirs_ms = _timed(rival, block)
        gaps = sum([_differ(*each) for each in zip(block, ours, theirs, strict=True)])
        unproven = sum([not solution.proven for solution in ours])
        race = Race(race.ours + ours_ms, race.theirs + theirs_ms, race.gaps + gaps, race.unproven + unproven)
    return race


def _timed(route: Callable[[P], T], problems: Sequence[P]) -> tuple[list[T], list[float]]:
    """Return the answers, and the ms that each took."""
    answers, taken = [], []
    for problem in problems:
        start = process_time_ns()
        answers.append(route(problem))
        taken.append((process_time_ns() - start) / 1e6)
    return answers, taken


def _differ(problem: Problem, solution: Solution, plan: tuple[Assignment, ...] | None) -> bool:
    """Tell whether the costs differ of a solution that is proven."""
    found = None if solution.cost is None else price(problem, solution.assignments)
    return solution.proven and found != (None if plan is None else price(problem, plan))


def _rows(name: str, race: Race, floor: float | None, slowest: float | None) -> list[Row]:
    """Return the rows of the median and of the slowest hundredth; a cost that differs misses any bound."""
    each = [theirs / ours for ours, theirs in zip(race.ours, race.theirs, strict=True)]
    ours, theirs = (sorted(taken)[len(taken) * 99 // 100] for taken in (race.ours, race.theirs))
    note = f"{race.gaps} of {len(each)} costs differ" if race.gaps else f"{len(each)} costs equal"
    note += f", {race.unproven} not proven" if race.unproven else ""
    floors = [float("inf") if race.gaps and bound else bound for bound in (floor, slowest)]
    median = f"{statistics.median(race.ours):.3f} ms beside {statistics.median(race.theirs):.1f}; {note}"
    tail = f"{ours:.1f} ms beside {theirs:.0f}; {note}"
    return [
        Row(name, "HiGHS", statistics.median(each), min(each), max(each), floors[0], None, median),
        Row(f"{name}: 99 %", "HiGHS", theirs / ours, min(each), max(each), floors[1], None, tail),
    ]
