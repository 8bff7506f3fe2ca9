"""What one node would ship if each portion earned its line's price: the best shipment, or all that are good enough.

What a shipment misses is its cost less the prices of what it holds. A node's choice among shipments is a knapsack whose
weight has a price by slabs; they are built up line by line, and one that cannot become good enough any more is dropped.
"""

from bisect import bisect_left
from collections.abc import Sequence

from .freight import LIGHT, Freight, Shipper

__all__ = ["best_haul", "freight_of", "good_hauls"]


MANY = 300
"""Shipments of one node, of which the best is looked for."""


def freight_of(shipper: Shipper, weight_g: int, unit: int) -> int:
    """Return what a weight within the limit costs by the card."""
    card = shipper.card
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
    _, portions, _, _, unit = freight
    shipper = freight.shippers[node]
    _, pieces, weights_g, shifts = portions
    gains = []
    rest = given = weight_g = load = 0
    for line, supply, cost in shipper.items:
        margin = prices[line] - cost
        if margin > 0 and left[line]:
            count = supply if supply < left[line] else left[line]
            gains.append((margin, count, pieces[line], weights_g[line], 1 << shifts[line]))
            rest += margin * count
            given += pieces[line] * count
            weight_g += weights_g[line] * count
            load += count << shifts[line]
    if shipper.card is None and given <= shipper.capacity and weight_g <= shipper.limit_g:
        return shipper.fixed - rest, load, len(gains)
    gains.sort(key=lambda gain: (-(gain[0] * gain[1]), gain[4]))
    best, chosen, steps = -freight_of(shipper, 0, unit), 0, 0
    states = [(0, 0, 0, 0)]
    for margin, count, size, portion_g, place in gains:
        rest -= margin * count
        grown = []
        for earned, carried, held, load in states:
            for _ in range(count):
                earned += margin
                carried += portion_g
                held += size
                load += place
                if carried > shipper.limit_g or held > shipper.capacity:
                    break
                grown.append((earned, carried, held, load))
                value = earned - freight_of(shipper, carried, unit)
                if value > best or (value == best and load > chosen):
                    best, chosen = value, load
        steps += len(grown)
        if len(grown) > MANY:
            return None, chosen, steps
        states = [state for state in states + grown if state[0] + rest - freight_of(shipper, state[1], unit) > best]
        if len(states) > 8:
            states = _undominated(states, shipper.capacity if given > shipper.capacity else 0)
    return shipper.fixed - best, chosen, steps + len(gains)


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
    core, portions, shippers, _, unit = freight
    shipper = shippers[node]
    straight = {line: cost for line, _, cost in core.columns[node]}
    start = core.fixed[node]
    gains, rest, rest_straight = [], 0, 0
    for line, supply, cost in shipper.items:
        margin, level = prices[line] - cost, prices[line] - straight.get(line, cost)
        gains.append(
            (margin, level, supply, portions.pieces[line], portions.weights_g[line], 1 << portions.shifts[line])
        )
        rest += max(margin, 0) * supply
        rest_straight += max(level, 0) * supply
    gains.sort(key=lambda gain: (-(abs(gain[0]) * gain[2]), gain[5]))
    states, steps = [(shipper.fixed, start, 0, 0, 0)], 0
    for margin, level, supply, size, portion_g, place in gains:
        rest -= max(margin, 0) * supply
        rest_straight -= max(level, 0) * supply
        grown = []
        for missed, along, carried, held, load in states:
            for count in range(supply + 1):
                weight_g, pieces = carried + portion_g * count, held + size * count
                if weight_g > shipper.limit_g or pieces > shipper.capacity:
                    break
                lack, line = missed - margin * count, along - level * count
                if line - rest_straight <= most and lack + freight_of(shipper, weight_g, unit) - rest <= most:
                    grown.append((lack, line, weight_g, pieces, load + place * count))
        steps += len(grown) + len(states)
        if len(grown) > many:
            return None, steps
        states = grown
    found = [(lack + freight_of(shipper, carried, unit), load) for lack, _, carried, _, load in states if load]
    return sorted([each for each in found if each[0] <= most]), steps
