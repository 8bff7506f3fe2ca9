"""An order compiled to whole numbers: what each node may ship, and what a plan weighs in one integer objective.

A lot is what is not divided further: a piece of a line, or all pieces of lines that come together. A carrier is a node
with all that a `Core` cannot hold: a rate card, a weight limit, lots of several pieces. The core beside the carriers is
a relaxation: each card is a straight line that is nowhere above it, so what the core proves holds for them too. What a
shipment holds is packed into one integer, the first line in the highest bits and a free bit above each count.

In the objective a minor unit weighs more than all shipments of a plan, a shipment more than the ranks of a plan can
differ by, a rank, where asked for, more than what tells two sets of nodes apart, of which the first is the cheaper.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..problem import Candidate, Problem, RateCard
from .filling import Core

__all__ = ["LIGHT", "Carrier", "Freight", "Lots", "compiled", "counts"]

LIGHT = 1 << 62
"""More grams than anything weighs."""


class Lots(NamedTuple):
    """By line: how many lots are wanted, what one of them is, and where their count is in a packed shipment."""

    quantities: list[int]
    pieces: list[int]
    weights_g: list[int]
    shifts: list[int]


class Carrier(NamedTuple):
    """A node: what a shipment costs as such, what it may hold, and what it costs by weight, in minor units."""

    fixed: int
    capacity: int
    limit_g: int
    card: RateCard | None
    items: list[tuple[int, int, int]]
    """Line, supply, cost of a lot, where that is no more than leaving it unfilled."""
    most_g: int
    """What it can ship weighs no more."""
    is_single: bool
    """Its lots are of one piece."""
    is_plain: bool
    """A core holds all of it."""


class Line(NamedTuple):
    """A straight line: what it starts at, and by how much it rises for so many grams."""

    start: int
    rise: int
    run: int


LEVEL = Line(0, 0, 1)


class Freight(NamedTuple):
    """An order for carriers, and its relaxation."""

    core: Core
    lots: Lots
    carriers: list[Carrier]
    most: int
    """Most shipments."""
    unit: int
    """What a minor unit is in the objective."""


def counts(lots: Lots, load: int) -> list[int]:
    """Return by line how many lots are in a packed shipment."""
    pairs = zip(lots.quantities, lots.shifts, strict=True)
    return [load >> shift & (1 << quantity.bit_length()) - 1 for quantity, shift in pairs]


def lots_of(problem: Problem, pieces: Sequence[int]) -> Lots:
    """Return what is wanted; `pieces` are those of a lot, by line."""
    quantities = list(problem.quantities)
    shifts, shift = [0] * len(quantities), 0
    for line in range(len(quantities) - 1, -1, -1):
        shifts[line] = shift
        shift += quantities[line].bit_length() + 1
    return Lots(quantities, list(pieces), list(problem.weights_g) or [0] * len(quantities), shifts)


def compiled(problem: Problem, lots: Lots, order: Sequence[int], *, tells_apart: bool = False) -> Freight:
    """Return the freight of these candidates, which come in the order of rank and name."""
    candidates, count = problem.candidates, len(order)
    total = sum(lots.quantities)
    limit = problem.max_shipments
    most = min(count, total if limit is None else min(total, limit))
    lowest = candidates[order[0]].rank if order else 0
    shipment = (candidates[order[-1]].rank - lowest) * most + 1 if order else 1
    grain = 4 << total.bit_length()
    scale = grain * ((count + 1 << count) if tells_apart else 1)
    unit = shipment * (most + 1) * scale
    carriers, lines = [], []
    for node, index in enumerate(order):
        candidate = candidates[index]
        cost = (candidate.fixed_cost + problem.shipment_cost) * unit + (shipment + candidate.rank - lowest) * scale
        if tells_apart:
            cost += grain * ((1 << count) - (1 << count - 1 - node))
        carrier = _carrier(candidate, problem.unfilled_costs, lots, cost, unit)
        carriers.append(carrier)
        lines.append(_line(carrier, carrier.card, unit) if carrier.card else LEVEL)
    return Freight(_core(problem.unfilled_costs, lots, carriers, lines, unit), lots, carriers, most, unit)


def _carrier(candidate: Candidate, unfilled_costs: Sequence[int | None], lots: Lots, fixed: int, unit: int) -> Carrier:
    _, _, _, capacity, offers, limit_g, card = candidate
    limit_g = LIGHT if limit_g is None else limit_g
    if card and card.step_g is None:
        limit_g = min(limit_g, card.slabs[-1][0])
    items, given, weight_g, is_single = [], 0, 0, True
    for line, available, unit_cost in offers:
        pieces, lot_g, paid = lots.pieces[line], lots.weights_g[line], unfilled_costs[line]
        supply = min(available, lots.quantities[line])
        if capacity is not None:
            supply = min(supply, capacity // pieces)
        if lot_g:
            supply = min(supply, limit_g // lot_g)
        if supply > 0 and (paid is None or unit_cost <= paid):
            items.append((line, supply, unit_cost * unit))
            given += supply * pieces
            weight_g += supply * lot_g
            is_single = is_single and pieces == 1
    items.sort()
    room = given if capacity is None or capacity > given else capacity
    most_g = min(weight_g, limit_g)
    if card and card.cost(most_g) == card.slabs[0][1]:
        fixed, card = fixed + card.slabs[0][1] * unit, None
    is_plain = card is None and most_g == weight_g and (is_single or room == given)
    return Carrier(fixed, room, limit_g, card, items, most_g, is_single, is_plain)


def _line(carrier: Carrier, card: RateCard, unit: int) -> Line:
    """Return a straight line that is nowhere above a card.

    It is as high as can be at the most that the carrier could ship, unless what is paid as such would be negative then.
    """
    most_g = carrier.most_g
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
    if start * unit < -carrier.fixed * run:
        start, rise, run = 0, *_least([*corners[1:], (end_g, end)])
    return Line(start * unit // run, rise * unit, run)


def _least(corners: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the least cost for a gram that the corners of a card allow, as a fraction."""
    rise, run = corners[0][1], corners[0][0]
    for weight_g, cost in corners:
        if cost * run < rise * weight_g:
            rise, run = cost, weight_g
    return rise, run


def _core(
    unfilled_costs: Sequence[int | None], lots: Lots, carriers: Sequence[Carrier], lines: Sequence[Line], unit: int
) -> Core:
    """Return the relaxation of carriers, each with the straight line of its card."""
    quantities, weights_g = lots.quantities, lots.weights_g
    rows: list[list[tuple[int, int, int]]] = [[] for _ in quantities]
    endless, capacities, is_tight = 1, [], False
    total = sum(quantities)
    for node, (carrier, (_, rise, run)) in enumerate(zip(carriers, lines, strict=True)):
        given = 0
        for line, supply, cost in carrier.items:
            paid = unfilled_costs[line]
            if rise:
                cost += rise * weights_g[line] // run
            if paid is None or cost <= paid * unit:
                rows[line].append((cost, node, supply))
                given += supply
        room = carrier.capacity if carrier.is_single and carrier.capacity < given else total
        is_tight = is_tight or room < given
        capacities.append(room)
        endless += carrier.fixed + unit * ((carrier.card.cost(carrier.most_g) or 0) if carrier.card else 0)
    columns: list[list[tuple[int, int, int]]] = [[] for _ in carriers]
    for line, row in enumerate(rows):
        row.sort()
        for cost, node, supply in row:
            columns[node].append((line, supply, cost))
    for need, row, paid in zip(quantities, rows, unfilled_costs, strict=True):
        endless += need * max(row[-1][0] if row else 0, (paid or 0) * unit)
    ceilings = [endless if paid is None else paid * unit for paid in unfilled_costs]
    fixed = [carrier.fixed + start for carrier, (start, _, _) in zip(carriers, lines, strict=True)]
    grain = 4 << total.bit_length()
    return Core(quantities, ceilings, fixed, capacities, columns, rows, grain, is_tight, endless)
