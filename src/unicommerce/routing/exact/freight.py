"""An order compiled to whole numbers: what each node may ship, and what a plan weighs in one integer objective.

A portion is what is not divided further: a piece of a line, or all pieces of lines that come together. A shipper is a
node with all that a `Core` cannot hold: a rate card, a weight limit, portions of several pieces. The core beside the
shippers is a relaxation: each card is a straight line that is nowhere above it, so what the core proves holds for them
too. What a shipment holds is packed into one integer, the first line in the highest bits, a free bit above each count.

In the objective a minor unit weighs more than all shipments of a plan, a shipment more than the ranks of a plan can
differ by, a rank, where asked for, more than what tells two sets of nodes apart, of which the first is the cheaper.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..problem import Candidate, Problem, RateCard
from .filling import Core

__all__ = ["LIGHT", "Freight", "Portions", "Shipper", "compiled", "counts"]

LIGHT = 1 << 62
"""More grams than anything weighs."""


class Portions(NamedTuple):
    """By line: how many portions are wanted, what one of them is, and where their count is in a packed shipment."""

    quantities: list[int]
    pieces: list[int]
    weights_g: list[int]
    shifts: list[int]


class Shipper(NamedTuple):
    """A node: what a shipment costs as such, what it may hold, and what it costs by weight (that in minor units)."""

    fixed: int
    capacity: int
    limit_g: int
    card: RateCard | None
    items: list[tuple[int, int, int]]
    """Line, supply, cost of a portion, where that is no more than leaving it unfilled."""
    most_g: int
    """What it can ship weighs no more."""
    is_single: bool
    """Its portions are of one piece."""
    is_plain: bool
    """A core holds all of it."""


class Line(NamedTuple):
    """A straight line: what it starts at, and by how much it rises for so many grams."""

    start: int
    rise: int
    run: int


LEVEL = Line(0, 0, 1)


class Freight(NamedTuple):
    """An order for shippers, and its relaxation."""

    core: Core
    portions: Portions
    shippers: list[Shipper]
    most: int
    """Most shipments."""
    unit: int
    """What a minor unit is in the objective."""


def counts(portions: Portions, load: int) -> list[int]:
    """Return by line how many portions are in a packed shipment."""
    pairs = zip(portions.quantities, portions.shifts, strict=True)
    return [load >> shift & (1 << quantity.bit_length()) - 1 for quantity, shift in pairs]


def portions_of(problem: Problem, pieces: Sequence[int]) -> Portions:
    """Return what is wanted; `pieces` are those of a portion, by line."""
    quantities = list(problem.quantities)
    shifts, shift = [0] * len(quantities), 0
    for line in range(len(quantities) - 1, -1, -1):
        shifts[line] = shift
        shift += quantities[line].bit_length() + 1
    return Portions(quantities, list(pieces), list(problem.weights_g) or [0] * len(quantities), shifts)


def compiled(problem: Problem, portions: Portions, order: Sequence[int], *, tells_apart: bool = False) -> Freight:
    """Return the freight of these candidates, which come in the order of rank and name."""
    candidates, count = problem.candidates, len(order)
    total = sum(portions.quantities)
    limit = problem.max_shipments
    most = min(count, total if limit is None else min(total, limit))
    lowest = candidates[order[0]].rank if order else 0
    shipment = (candidates[order[-1]].rank - lowest) * most + 1 if order else 1
    grain = 4 << total.bit_length()
    scale = grain * ((count + 1 << count) if tells_apart else 1)
    unit = shipment * (most + 1) * scale
    shippers, lines = [], []
    for node, index in enumerate(order):
        candidate = candidates[index]
        cost = (candidate.fixed_cost + problem.shipment_cost) * unit + (shipment + candidate.rank - lowest) * scale
        if tells_apart:
            cost += grain * ((1 << count) - (1 << count - 1 - node))
        shipper = _shipper(candidate, problem.unfilled_costs, portions, cost, unit)
        shippers.append(shipper)
        lines.append(_line(shipper, shipper.card, unit) if shipper.card else LEVEL)
    return Freight(_core(problem.unfilled_costs, portions, shippers, lines, unit), portions, shippers, most, unit)


def _shipper(
    candidate: Candidate, unfilled_costs: Sequence[int | None], portions: Portions, fixed: int, unit: int
) -> Shipper:
    _, _, _, capacity, offers, limit_g, card = candidate
    limit_g = LIGHT if limit_g is None else limit_g
    if card and card.step_g is None:
        limit_g = min(limit_g, card.slabs[-1][0])
    items, given, weight_g, is_single = [], 0, 0, True
    for line, available, unit_cost in offers:
        pieces, portion_g, paid = portions.pieces[line], portions.weights_g[line], unfilled_costs[line]
        supply = min(available, portions.quantities[line])
        if capacity is not None:
            supply = min(supply, capacity // pieces)
        if portion_g:
            supply = min(supply, limit_g // portion_g)
        if supply > 0 and (paid is None or unit_cost <= paid):
            items.append((line, supply, unit_cost * unit))
            given += supply * pieces
            weight_g += supply * portion_g
            is_single = is_single and pieces == 1
    items.sort()
    room = given if capacity is None or capacity > given else capacity
    most_g = min(weight_g, limit_g)
    if card and card.cost(most_g) == card.slabs[0][1]:
        fixed, card = fixed + card.slabs[0][1] * unit, None
    is_plain = card is None and most_g == weight_g and (is_single or room == given)
    return Shipper(fixed, room, limit_g, card, items, most_g, is_single, is_plain)


def _line(shipper: Shipper, card: RateCard, unit: int) -> Line:
    """Return a straight line that is nowhere above a card.

    It is as high as can be at the most that the shipper could ship, unless what is paid as such would be negative then.
    """
    most_g = shipper.most_g
    corners = [(0, card.slabs[0][1]), *[slab for slab in card.slabs if slab[0] < most_g]]
    end_g, end = next((slab for slab in card.slabs if slab[0] >= most_g), card.slabs[-1])
    if end_g < most_g and card.step_g:
        steps = -((end_g - most_g) // card.step_g)
        corners.append((end_g, end))
        end_g, end = end_g + steps * card.step_g, end + steps * card.step_cost
    rise, run = 0, 1
    for weight_g, cost in corners:
        if weight_g < end_g and (end - cost) * run > rise * (end_g - weight_g):
            rise, run = end - cost, end_g - weight_g
    start = end * run - rise * end_g
    if start * unit < -shipper.fixed * run:
        start, rise, run = 0, *_least([corner for corner in [*corners, (end_g, end)] if corner[0]])
    return Line(start * unit // run, rise * unit, run)


def _least(corners: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the least cost for a gram that the corners of a card allow, as a fraction."""
    rise, run = corners[0][1], corners[0][0]
    for weight_g, cost in corners:
        if cost * run < rise * weight_g:
            rise, run = cost, weight_g
    return rise, run


def _core(
    unfilled_costs: Sequence[int | None],
    portions: Portions,
    shippers: Sequence[Shipper],
    lines: Sequence[Line],
    unit: int,
) -> Core:
    """Return the relaxation of shippers, each with the straight line of its card."""
    quantities, weights_g = portions.quantities, portions.weights_g
    rows: list[list[tuple[int, int, int]]] = [[] for _ in quantities]
    endless, capacities, is_tight = 1, [], False
    total = sum(quantities)
    for node, (shipper, (_, rise, run)) in enumerate(zip(shippers, lines, strict=True)):
        given = 0
        for line, supply, cost in shipper.items:
            paid = unfilled_costs[line]
            if rise:
                cost += rise * weights_g[line] // run
            if paid is None or cost <= paid * unit:
                rows[line].append((cost, node, supply))
                given += supply
        room = shipper.capacity if shipper.is_single and shipper.capacity < given else total
        is_tight = is_tight or room < given
        capacities.append(room)
        endless += shipper.fixed + unit * ((shipper.card.cost(shipper.most_g) or 0) if shipper.card else 0)
    columns: list[list[tuple[int, int, int]]] = [[] for _ in shippers]
    for line, row in enumerate(rows):
        row.sort()
        for cost, node, supply in row:
            columns[node].append((line, supply, cost))
    for need, row, paid in zip(quantities, rows, unfilled_costs, strict=True):
        endless += need * max(row[-1][0] if row else 0, (paid or 0) * unit)
    ceilings = [endless if paid is None else paid * unit for paid in unfilled_costs]
    fixed = [shipper.fixed + start for shipper, (start, _, _) in zip(shippers, lines, strict=True)]
    grain = 4 << total.bit_length()
    return Core(quantities, ceilings, fixed, capacities, columns, rows, grain, is_tight, endless)
