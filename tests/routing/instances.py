"""Seeded single-order instances: a synthetic retailer with stores, dark stores, warehouses and vendors.

`order` draws the everyday mix; the names in `REGIMES` draw it under stress. The same seed gives the same problem on
every platform: floats serve only to draw places and probabilities and are rounded once, before any cost is made.
"""

import math
from random import Random
from typing import NamedTuple

from unicommerce.routing.problem import Candidate, Offer, Problem

SIDE_KM = 1500.0
METRO_SHARE = 0.35
METRO_SPREAD_KM = 25.0
LINE_WEIGHTS = (34, 22, 14, 10, 7, 5, 4, 4)
QUANTITY_WEIGHTS = (60, 20, 10, 6, 4)
PROMISES_H = (24, 48, 72, 120)


class Kind(NamedTuple):
    """A type of node: how common it is, what it stocks, what it charges and how much it can take."""

    share: float
    stock: float
    depth: int
    handling_cost: int
    pick_cost: int
    handling_h: int
    capacity: tuple[int, int]
    safety: float


KINDS = (
    Kind(0.70, 0.22, 2, 900, 150, 6, (0, 25), 0.3),
    Kind(0.18, 0.40, 4, 400, 80, 1, (5, 80), 0.0),
    Kind(0.08, 0.70, 30, 300, 50, 8, (50, 5000), 0.0),
    Kind(0.04, 0.12, 50, 1500, 0, 36, (10, 1000), 0.0),
)

ZONES = (  # up to km, package base, per kg, transit hours
    (15.0, 2500, 800, 4),
    (60.0, 3500, 1200, 24),
    (300.0, 4800, 2200, 48),
    (800.0, 6200, 3500, 72),
    (math.inf, 8000, 5200, 120),
)


class Regime(NamedTuple):
    """How an order departs from the everyday mix."""

    lines: int | None = None
    """So many lines; None: drawn."""
    even: bool = False
    """Quantities uniform from 1 to 5, not mostly 1."""
    shallow: bool = False
    """Half of the offers, each of 1 piece, sometimes 2."""
    tight: bool = False
    """Every node takes 1 to 6 pieces at most."""
    cheap: bool = False
    """Fixed costs divided by 10."""
    kinds: tuple[Kind, ...] = KINDS
    """The types of node."""


REGIMES = {
    "everyday": Regime(),
    "eight": Regime(lines=8, even=True),
    "shallow": Regime(lines=8, shallow=True),
    "tight": Regime(lines=8, even=True, tight=True),
    "cheap": Regime(lines=8, even=True, cheap=True),
    "twelve": Regime(lines=12),
    "combined": Regime(lines=8, shallow=True, tight=True, cheap=True),
    "wide": Regime(lines=500, kinds=KINDS[2:3]),
}


def order(seed: int, nodes: int, *, regime: str = "everyday") -> Problem:
    """One order and its candidates, drawn again until each line by itself could be filled: 500 want ten nodes."""
    random = Random(f"{seed}/{nodes}/{regime}")
    while True:
        problem = _draw(random, nodes, REGIMES[regime])
        held = [0] * len(problem.quantities)
        for candidate in problem.candidates:
            for offer in candidate.offers:
                held[offer.line] += offer.available
        if all(have >= need for have, need in zip(held, problem.quantities, strict=True)):
            return problem


def _draw(random: Random, nodes: int, regime: Regime) -> Problem:
    home = (random.uniform(0, SIDE_KM), random.uniform(0, SIDE_KM))
    lines = regime.lines or random.choices(range(1, 9), LINE_WEIGHTS)[0]
    odds = (1,) * 5 if regime.even else QUANTITY_WEIGHTS
    quantities = [random.choices(range(1, 6), odds)[0] for _ in range(lines)]
    weights_g = [random.randint(100, 3000) for _ in range(lines)]
    popularity = [random.uniform(0.4, 1.6) for _ in range(lines)]
    promise_h = random.choice(PROMISES_H)
    ranks = list(range(1, nodes + 1))
    random.shuffle(ranks)
    candidates = []
    for index in range(nodes):
        kind = random.choices(regime.kinds, [kind.share for kind in regime.kinds])[0]
        _, base, per_kg, transit_h = _zone(random, home)
        late_h = max(0, kind.handling_h + transit_h - promise_h)
        fixed = base + kind.handling_cost + (1000 + 60 * late_h if late_h else 0)
        capacity = random.randint(*kind.capacity)
        offers = []
        for line in range(lines):
            available = _stock(random, kind, popularity[line], regime)
            if available > 0 and capacity > 0:
                offers.append(Offer(line, available, kind.pick_cost + (per_kg * weights_g[line] + 500) // 1000))
        if regime.tight:
            capacity = min(capacity, random.randint(1, 6))
        if regime.cheap:
            fixed //= 10
        candidates.append(Candidate(f"n{index:04}", ranks[index], fixed, capacity, tuple(offers)))
    return Problem(tuple(quantities), (None,) * lines, tuple(candidates))


def _zone(random: Random, home: tuple[float, float]) -> tuple[float, int, int, int]:
    if random.random() < METRO_SHARE:
        place = tuple(min(SIDE_KM, max(0.0, random.gauss(at, METRO_SPREAD_KM))) for at in home)
    else:
        place = (random.uniform(0, SIDE_KM), random.uniform(0, SIDE_KM))
    distance = math.hypot(place[0] - home[0], place[1] - home[1])
    return next(zone for zone in ZONES if distance <= zone[0])


def _stock(random: Random, kind: Kind, popularity: float, regime: Regime) -> int:
    if random.random() >= min(0.95, kind.stock * popularity):
        return 0
    depth = 1 + int(random.expovariate(1 / kind.depth))
    if random.random() < kind.safety:
        depth -= 1
    if regime.shallow:
        depth = min(depth, 2 if random.random() < 0.2 else 1) if random.random() < 0.5 else 0
    return depth
