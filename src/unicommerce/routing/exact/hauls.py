"""What one node would ship if each lot earned its line's price: the best shipment, or all that are good enough.

What a shipment misses is its cost less the prices of what it holds. A node's choice among shipments is a knapsack whose
weight has a price by slabs; they are built up line by line, and one that cannot become good enough any more is dropped.
"""

from bisect import bisect_left
from collections.abc import Sequence

from .freight import LIGHT, Carrier, Freight

__all__ = ["best_haul", "freight_of", "good_hauls"]


MANY = 300
"""Shipments of one node, of which the best is looked for."""


def freight_of(carrier: Carrier, weight_g: int, unit: int) -> int:
    """Return what a weight within the limit costs by the card."""
    card = carrier.card
    if card is None:
        return 0
    slabs, step_g, step_cost = card
    place = bisect_left(slabs, (weight_g,))
    if place < len(slabs):
        return slabs[place][1] * unit
    last_g, last = slabs[-1]
    return (last - (last_g - weight_g) // (step_g or 1) * step_cost) * unit


def best_haul(freight: Freight, node: int, prices: Sequence[int], left: Sequence[int]) -> tuple[int | None, int, int]:
    """Return what the best shipment misses, that shipment, packed, and the steps; no more of a line than is left.

    The shipment may be empty, and costs as much as one of the first slab then. Where there are too many to look at, it
    is a good one, and what the best misses is not known.
    """
    _, lots, _, _, unit = freight
    carrier = freight.carriers[node]
    _, pieces, weights_g, shifts = lots
    gains = []
    rest = given = weight_g = load = 0
    for line, supply, cost in carrier.items:
        margin = prices[line] - cost
        if margin > 0 and left[line]:
            count = supply if supply < left[line] else left[line]
            gains.append((margin, count, pieces[line], weights_g[line], 1 << shifts[line]))
            rest += margin * count
            given += pieces[line] * count
            weight_g += weights_g[line] * count
            load += count << shifts[line]
    if carrier.card is None and given <= carrier.capacity and weight_g <= carrier.limit_g:
        return carrier.fixed - rest, load, len(gains)
    gains.sort(key=lambda gain: (-(gain[0] * gain[1]), gain[4]))
    best, chosen, steps = -freight_of(carrier, 0, unit), 0, 0
    states = [(0, 0, 0, 0)]
    for margin, count, size, lot_g, place in gains:
        rest -= margin * count
        grown = []
        for earned, carried, held, load in states:
            for _ in range(count):
                earned += margin
                carried += lot_g
                held += size
                load += place
                if carried > carrier.limit_g or held > carrier.capacity:
                    break
                grown.append((earned, carried, held, load))
                value = earned - freight_of(carrier, carried, unit)
                if value > best or (value == best and load > chosen):
                    best, chosen = value, load
        steps += len(grown)
        if len(grown) > MANY:
            return None, chosen, steps
        states = [state for state in states + grown if state[0] + rest - freight_of(carrier, state[1], unit) > best]
        if len(states) > 8:
            states = _undominated(states, carrier.capacity if given > carrier.capacity else 0)
    return carrier.fixed - best, chosen, steps + len(gains)


def _undominated(states: list[tuple[int, int, int, int]], room: int) -> list[tuple[int, int, int, int]]:
    """Drop each state beside which another earns as much, is as light and, where there is little room, holds as few."""
    kept, lightest = [], [LIGHT] * (room + 1)
    for state in sorted(states, key=lambda state: (-state[0], state[1], state[2], -state[3])):
        place = min(state[2], room)
        if state[1] < min(lightest[: place + 1]):
            kept.append(state)
            lightest[place] = state[1]
    return kept


def good_hauls(
    freight: Freight, node: int, prices: Sequence[int], most: int, *, many: int
) -> tuple[list[tuple[int, int]] | None, int]:
    """Return what each shipment misses that misses no more than that, with the shipment; None if they are many."""
    core, lots, carriers, _, unit = freight
    carrier = carriers[node]
    straight = {line: cost for line, _, cost in core.columns[node]}
    start = core.fixed[node]
    gains, rest, rest_straight = [], 0, 0
    for line, supply, cost in carrier.items:
        margin, level = prices[line] - cost, prices[line] - straight.get(line, cost)
        gains.append((margin, level, supply, lots.pieces[line], lots.weights_g[line], 1 << lots.shifts[line]))
        rest += max(margin, 0) * supply
        rest_straight += max(level, 0) * supply
    gains.sort(key=lambda gain: (-(abs(gain[0]) * gain[2]), gain[5]))
    states, steps = [(carrier.fixed, start, 0, 0, 0)], 0
    for margin, level, supply, size, lot_g, place in gains:
        rest -= max(margin, 0) * supply
        rest_straight -= max(level, 0) * supply
        grown = []
        for missed, along, carried, held, load in states:
            for count in range(supply + 1):
                weight_g, pieces = carried + lot_g * count, held + size * count
                if weight_g > carrier.limit_g or pieces > carrier.capacity:
                    break
                lack, line = missed - margin * count, along - level * count
                if line - rest_straight <= most and lack + freight_of(carrier, weight_g, unit) - rest <= most:
                    grown.append((lack, line, weight_g, pieces, load + place * count))
        steps += len(grown) + len(states)
        if len(grown) > many:
            return None, steps
        states = grown
    found = [(lack + freight_of(carrier, carried, unit), load) for lack, _, carried, _, load in states if load]
    return sorted([each for each in found if each[0] <= most]), steps
