"""Orders that come one by one, each routed before the next is known, beside the best that hindsight could do.

The benchmark of Jasin and Sinha (2015) and Ma (2023): five fulfillment centers, ten metropolitan regions, twenty items
in random sets of up to five, no replenishment; 8.759 a package and 0.423 + 0.000541 a mile for each piece, in
thousandths here. Hindsight is a linear program over all orders at once, a bound that nobody can reach. What is left
unfilled costs twice a package and twice the dearest piece.
"""

import math
import random
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import highspy
import numpy as np

from unicommerce.routing import Candidate, Offer, Outlook, Problem, solve
from unicommerce.values import DAY_MS

from .timing import Row

__all__ = ["run"]

CENTERS = {
    "CA": (37.74, -121.40),
    "IN": (39.98, -86.38),
    "PA": (41.28, -75.50),
    "SC": (33.91, -81.05),
    "TX": (32.97, -97.33),
}
REGIONS = (  # the ten largest metropolitan areas of the United States, and how many people live there, in 100,000
    (40.71, -74.01, 187),
    (34.05, -118.24, 125),
    (41.88, -87.63, 86),
    (25.76, -80.19, 61),
    (32.78, -96.80, 59),
    (29.76, -95.37, 57),
    (39.95, -75.17, 55),
    (33.75, -84.39, 52),
    (38.91, -77.04, 51),
    (42.36, -71.06, 45),
)
PEOPLE = sum([people for *_, people in REGIONS])
ITEMS, SETS, LARGEST, CARRIED, BUFFER = 20, 5, 5, 0.75, 0.5
PACKAGE = 8_759
NOBODY = "nobody"


def _miles(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the great-circle distance on a sphere of 6,371 km, at 1.61 km a mile."""
    north, west, to_north, to_west = map(math.radians, (*one[:2], *other[:2]))
    half = math.sin((to_north - north) / 2) ** 2
    half += math.cos(north) * math.cos(to_north) * math.sin((to_west - west) / 2) ** 2
    return 2 * 6_371 * math.asin(math.sqrt(half)) / 1.61


UNIT = {id: [round(423 + 0.541 * _miles(at, region)) for region in REGIONS] for id, at in CENTERS.items()}
DUMMY = 2 * max([max(row) for row in UNIT.values()])


class Arrival(NamedTuple):
    """An order: the items of its set, one piece each, and the region that it comes from."""

    items: tuple[int, ...]
    region: int


class Instance(NamedTuple):
    """What is known before the first order (needs a period, stock), and what comes then; None: nobody comes."""

    needs: Mapping[tuple[str, int], float]
    stock: Mapping[tuple[str, int], int]
    arrivals: Sequence[Arrival | None]


def instance(seed: int, periods: int) -> Instance:
    """Return an instance as the papers draw them."""
    rng = random.Random(seed)
    sizes = [rng.random() for _ in range(LARGEST + 1)]
    sets: dict[tuple[int, ...], float] = {}
    for size in range(1, LARGEST + 1):
        weights = [rng.random() for _ in range(SETS)]
        for weight in weights:
            items = tuple(sorted(rng.sample(range(ITEMS), size)))
            sets[items] = sets.get(items, 0) + sizes[size] / sum(sizes) * weight / sum(weights)
    carried = [(id, item) for id in CENTERS for item in range(ITEMS) if rng.random() < CARRIED]
    carried += [("IN", item) for item in range(ITEMS) if item not in {item for _, item in carried}]
    needs = dict.fromkeys(carried, 0.0)
    for item in range(ITEMS):
        rate = sum([chance for items, chance in sets.items() if item in items])
        for region, (*_, people) in enumerate(REGIONS):
            _, nearest = min([(UNIT[id][region], id) for id in CENTERS if (id, item) in needs])
            needs[nearest, item] += rate * people / PEOPLE
    stock = {at: round(periods * d + BUFFER * math.sqrt(periods * d * (1 - d))) for at, d in needs.items()}
    chances = [sizes[0] / sum(sizes), *sets.values()]
    drawn = rng.choices((None, *sets), chances, k=periods)
    regions = rng.choices(range(len(REGIONS)), [people for *_, people in REGIONS], k=periods)
    arrivals = [Arrival(items, region) if items else None for items, region in zip(drawn, regions, strict=True)]
    return Instance(needs, stock, arrivals)


class Outcome(NamedTuple):
    """What a policy paid, in thousandths, what it left unfilled, and how many orders there were."""

    cost: int
    unfilled: int
    orders: int


def play(given: Instance, share_percent: int, unfilled_factor: int = 1) -> Outcome:
    """Route each order as it comes, at the price of last pieces (0: exactly, but as if each order were the last)."""
    periods, stock, cost, unfilled, orders = len(given.arrivals), dict(given.stock), 0, 0, 0
    rates = {(id, str(item)): round(rate * 1_000_000) for (id, item), rate in given.needs.items()}
    outlook = Outlook(
        daily_micro=rates, until=periods * DAY_MS, package_minor=PACKAGE, share_percent=share_percent
    )  # a period is a day
    for period, arrival in enumerate(given.arrivals, start=1):
        if arrival is None:
            continue
        problem = _problem(arrival, stock, outlook, period * DAY_MS, unfilled_factor)
        orders += 1
        centers = set()
        for candidate, line, _ in solve(problem).assignments:
            id = problem.candidates[candidate].node
            centers.add(id)
            cost += DUMMY if id == NOBODY else UNIT[id][arrival.region]
            if id == NOBODY:
                unfilled += 1
            else:
                stock[id, arrival.items[line]] -= 1
        cost += sum([2 * PACKAGE if id == NOBODY else PACKAGE for id in centers])
    return Outcome(cost, unfilled, orders)


def _problem(
    arrival: Arrival, stock: Mapping[tuple[str, int], int], outlook: Outlook, now: int, unfilled_factor: int
) -> Problem:
    """Compile an order: who has something of it, at which price."""
    candidates = []
    for rank, (id, units) in enumerate(UNIT.items()):
        offers = []
        for line, item in enumerate(arrival.items):
            if left := stock.get((id, item), 0):
                ahead = outlook.price_minor(id, str(item), left, now=now)
                offers.append(Offer(line, 1, units[arrival.region] + ahead))
        if offers:
            candidates.append(Candidate(id, rank, PACKAGE, None, tuple(offers)))
    dummy = tuple([Offer(line, 1, unfilled_factor * DUMMY) for line in range(len(arrival.items))])
    candidates.append(Candidate(NOBODY, len(UNIT), unfilled_factor * 2 * PACKAGE, None, dummy))
    ones = (1,) * len(arrival.items)
    return Problem(ones, (None,) * len(ones), tuple(candidates))


def hindsight(given: Instance) -> float:
    """Return what all orders cost at least, by the linear program that knows them all."""
    costs: list[float] = []
    rows: list[tuple[float, float, dict[int, float]]] = []
    shared: dict[tuple[str, int], dict[int, float]] = {}
    for arrival, count in Counter(filter(None, given.arrivals)).items():
        packages = {id: len(costs) + number for number, id in enumerate((*UNIT, NOBODY))}
        costs += [PACKAGE] * len(UNIT) + [2 * PACKAGE]
        for item in arrival.items:
            served: dict[int, float] = {}
            for id, package in packages.items():
                if id == NOBODY or (id, item) in given.stock:
                    rows.append((0, highspy.kHighsInf, {package: 1, len(costs): -1}))
                    served[len(costs)] = 1
                    if id != NOBODY:
                        shared.setdefault((id, item), {})[len(costs)] = 1
                    costs.append(DUMMY if id == NOBODY else UNIT[id][arrival.region])
            rows.append((count, count, served))
    rows += [(-highspy.kHighsInf, given.stock[at], taken) for at, taken in shared.items()]
    return _least(costs, rows)


def _least(costs: Sequence[float], rows: Sequence[tuple[float, float, Mapping[int, float]]]) -> float:
    """Return the least cost of variables that are not negative, under rows of at least, at most and coefficients."""
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(costs), len(rows)
    program.col_cost_ = np.array(costs, dtype=float)
    program.col_lower_, program.col_upper_ = np.zeros(len(costs)), np.full(len(costs), highspy.kHighsInf)
    program.row_lower_ = np.array([least for least, _, _ in rows], dtype=float)
    program.row_upper_ = np.array([most for _, most, _ in rows], dtype=float)
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.cumsum([0, *[len(row) for _, _, row in rows]])
    matrix.index_ = np.array([column for _, _, row in rows for column in row])
    matrix.value_ = np.array([value for _, _, row in rows for value in row.values()], dtype=float)
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.passModel(program)
    solver.run()
    return float(solver.getObjectiveValue())


class Goal(NamedTuple):
    """How much of the hindsight bound is to be reached, by who never leaves short too; and what no price is to cost."""

    reached: float
    never_short: float
    dearer: float


GOALS = {10_000: Goal(0.96, 0.955, 1.03), 2_000: Goal(0.955, 0.95, 1.025)}
"""By periods."""


def run(*, counts: Mapping[int, int], seed: int = 20261127) -> list[Row]:
    """Return three rows for each length (periods, and how many instances): twice beside hindsight, once no price."""
    share = Outlook(daily_micro={}, until=0, package_minor=0).share_percent
    rows = []
    for periods, count in counts.items():
        drawn, goal = [instance(seed + number, periods) for number in range(count)], GOALS[periods]
        ahead, filled, plain = ([play(each, *how) for each in drawn] for how in ((share,), (share, 1_000), (0,)))
        bounds = [hindsight(each) for each in drawn]
        reached, never_short = (
            [bound / outcome.cost for bound, outcome in zip(bounds, outcomes, strict=True)]
            for outcomes in (ahead, filled)
        )
        dearer = [one.cost / other.cost for one, other in zip(plain, ahead, strict=True)]
        rows += [
            _row(f"{periods:,} orders as they come", "hindsight", reached, goal.reached, ahead),
            _row(f"{periods:,} orders, never short", "hindsight", never_short, goal.never_short, filled),
            _row(f"{periods:,} orders, each as if the last", "the price", dearer, goal.dearer, plain),
        ]
    return rows


def _row(name: str, beside: str, ratios: Sequence[float], floor: float, outcomes: Sequence[Outcome]) -> Row:
    """Return the row, and say how many pieces an order were left unfilled."""
    ratio = statistics.mean(ratios)
    unfilled, orders = (sum([each[field] for each in outcomes]) for field in (1, 2))
    note = f"{100 * ratio:.1f} %; {unfilled / orders:.3f} pieces an order unfilled"
    return Row(name, beside, ratio, min(ratios), max(ratios), floor, None, note)
