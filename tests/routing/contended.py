"""Seeded batches of orders that want the same few pieces of stores and warehouses."""

import math
from random import Random

from unicommerce.routing import Batch, BatchOrder, Candidate, Offer, Problem

__all__ = ["batch"]

SIDE_KM = 1_500.0
ZONES = ((60.0, 450, 60), (300.0, 550, 90), (800.0, 700, 140), (math.inf, 950, 220))
"""Up to km: minor units for a parcel and for a kilogram."""
UNFILLED = 100_000


def batch(seed: int, *, orders: int = 200, nodes: int = 20, units: int = 25, plenty: float = 1.1) -> Batch:
    """Return orders that together want `1 / plenty` of what there is; a tenth of the nodes can handle only a few."""
    random = Random(f"{seed}/{orders}/{nodes}/{units}/{plenty}")
    places = [(random.uniform(0, SIDE_KM), random.uniform(0, SIDE_KM)) for _ in range(nodes)]
    ranks = random.sample(range(nodes), nodes)
    weights_g = [random.randint(100, 3_000) for _ in range(units)]
    wanted = [_wanted(random, units) for _ in range(orders)]
    demand = [sum(each.get(unit, 0) for each in wanted) for unit in range(units)]
    stock: dict[tuple[str, str], int] = {}
    for unit, pieces in enumerate(demand):
        for _ in range(math.ceil(pieces * plenty)):
            at = _name(random.randrange(nodes)), f"u{unit}"
            stock[at] = stock.get(at, 0) + 1
    capacity = {_name(node): random.randint(1, 2 * orders // nodes) for node in range(0, nodes, 10)}
    made = []
    for number, quantities in enumerate(wanted):
        home = (random.uniform(0, SIDE_KM), random.uniform(0, SIDE_KM))
        candidates = []
        for node, place in enumerate(places):
            distance = math.hypot(place[0] - home[0], place[1] - home[1])
            _, base, per_kg = next(zone for zone in ZONES if distance <= zone[0])
            offers = [
                Offer(line, stock[_name(node), f"u{unit}"], 20 + (per_kg * weights_g[unit] + 500) // 1_000)
                for line, unit in enumerate(quantities)
                if (_name(node), f"u{unit}") in stock
            ]
            candidates.append(Candidate(_name(node), ranks[node], base + 100 + 150 * (node % 3), None, tuple(offers)))
        problem = Problem(tuple(quantities.values()), (UNFILLED,) * len(quantities), tuple(candidates))
        made.append(BatchOrder(f"o{number:04}", problem, tuple([f"u{unit}" for unit in quantities])))
    return Batch(orders=tuple(made), stock=stock, capacity=capacity)


def _name(node: int) -> str:
    return f"n{node:03}"


def _wanted(random: Random, units: int) -> dict[int, int]:
    chosen = random.sample(range(units), min(units, random.choices((1, 2, 3), (5, 3, 2))[0]))
    return {unit: random.choices((1, 2, 3), (7, 2, 1))[0] for unit in sorted(chosen)}
