"""A good plan by some nodes, for an upper bound: what each would ship, the rest where it adds least, better moves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from .freight import Freight, counts
from .hauls import best_haul, freight_of

__all__ = ["Packing", "adapt", "cost_of", "pack"]

Item: TypeAlias = tuple[int, int, int]
"""What a node has of a line: line, supply, cost of a portion."""


class Packing:
    """Who ships what, and what is left: portions by node and line, pieces and grams by node."""

    def __init__(self, freight: Freight) -> None:
        self.freight = freight
        self.left = freight.portions.quantities[:]
        self.held: dict[int, list[int]] = {}
        self.pieces: dict[int, int] = {}
        self.grams: dict[int, int] = {}
        self.steps = 0

    def put(self, node: int, line: int, count: int) -> None:
        """Give a node so many portions more of a line (less, if negative); a node that ships nothing is none."""
        portions = self.freight.portions
        held = self.held.setdefault(node, [0] * len(self.left))
        held[line] += count
        self.left[line] -= count
        self.pieces[node] = self.pieces.get(node, 0) + count * portions.pieces[line]
        self.grams[node] = self.grams.get(node, 0) + count * portions.weights_g[line]
        if not any(held):
            del self.held[node], self.pieces[node], self.grams[node]

    def load(self, node: int, load: int) -> None:
        """Give a node a packed shipment."""
        for line, count in enumerate(counts(self.freight.portions, load)):
            if count:
                self.put(node, line, count)

    def added(self, node: int, item: Item, count: int) -> int | None:
        """Return what so many portions more of a line would cost from a node; None if it cannot give them."""
        line, supply, cost = item
        freight, portions, shipper = self.freight, self.freight.portions, self.freight.shippers[node]
        self.steps += 1
        is_new = node not in self.held
        before_g = self.grams.get(node, 0)
        after_g = before_g + count * portions.weights_g[line]
        if (
            (supply if is_new else supply - self.held[node][line]) < count
            or after_g > shipper.limit_g
            or self.pieces.get(node, 0) + count * portions.pieces[line] > shipper.capacity
            or (is_new and len(self.held) >= freight.most)
        ):
            return None
        was = -shipper.fixed if is_new else freight_of(shipper, before_g, freight.unit)
        return cost * count + freight_of(shipper, after_g, freight.unit) - was

    def saved(self, node: int, item: Item, count: int) -> int:
        """Return what so many portions less of a line would save at a node."""
        line, _, cost = item
        shipper, unit = self.freight.shippers[node], self.freight.unit
        weight_g = self.grams[node] - count * self.freight.portions.weights_g[line]
        is_last = self.pieces[node] == count * self.freight.portions.pieces[line]
        rest = -shipper.fixed if is_last else freight_of(shipper, weight_g, unit)
        return cost * count + freight_of(shipper, self.grams[node], unit) - rest

    def cost(self) -> int:
        """Return what the plan costs in the objective."""
        freight = self.freight
        total = sum([short * ceiling for short, ceiling in zip(self.left, freight.core.ceilings, strict=True)])
        for node, held in self.held.items():
            shipper = freight.shippers[node]
            total += shipper.fixed + freight_of(shipper, self.grams[node], freight.unit)
            total += sum([held[line] * cost for line, _, cost in shipper.items])
        return total

    def plan(self) -> dict[int, int]:
        """Return the shipments, packed, by node."""
        shifts = self.freight.portions.shifts
        return {
            node: sum([count << shift for count, shift in zip(held, shifts, strict=True)])
            for node, held in self.held.items()
        }


def pack(freight: Freight, nodes: Sequence[int], prices: Sequence[int]) -> Packing:
    """Return a plan by these nodes: in turn what is best at these prices, then the rest, then better moves."""
    packing = Packing(freight)
    for node in nodes[: freight.most]:
        _, load, steps = best_haul(freight, node, prices, packing.left)
        packing.steps += steps
        packing.load(node, load)
    _insert(packing, nodes)
    _make_room(packing, nodes)
    _shift(packing, nodes)
    return packing


def adapt(freight: Freight, flows: Sequence[Mapping[int, int]]) -> Packing:
    """Return a plan near to what each line takes by node: the rest goes where it adds least, then better moves."""
    packing = Packing(freight)
    nodes = range(len(freight.shippers))
    for node, shipper in enumerate(freight.shippers):
        for item in shipper.items:
            left = flows[item[0]].get(node, 0)
            while left:
                count = _chunk(left)
                if packing.added(node, item, count) is not None:
                    packing.put(node, item[0], count)
                left -= count
    _insert(packing, nodes)
    _make_room(packing, nodes)
    _shift(packing, list(packing.held))
    return packing


def cost_of(freight: Freight, plan: Mapping[int, int]) -> int:
    """Return what a plan of packed shipments costs in the objective."""
    packing = Packing(freight)
    for node, load in plan.items():
        packing.load(node, load)
    return packing.cost()


def _chunk(left: int) -> int:
    """Return how many portions to move at once: one, where they are few."""
    return max(1, left // 16)


def _insert(packing: Packing, nodes: Iterable[int]) -> None:
    """Give what is left, portion by portion, to where it adds least, if that is less than leaving it."""
    core, shippers = packing.freight.core, packing.freight.shippers
    offers: dict[int, list[tuple[int, Item]]] = {}
    for node in nodes:
        for item in shippers[node].items:
            if packing.left[item[0]]:
                offers.setdefault(item[0], []).append((node, item))
    for line in sorted(offers, key=lambda line: -core.ceilings[line]):
        while packing.left[line]:
            count = _chunk(packing.left[line])
            costs = [
                (cost, node) for node, item in offers[line] if (cost := packing.added(node, item, count)) is not None
            ]
            if not costs or min(costs)[0] > core.ceilings[line] * count:
                break
            packing.put(min(costs)[1], line, count)


def _make_room(packing: Packing, nodes: Iterable[int]) -> None:
    """Where a portion that must come has no room, move one of another line away from where it could come from."""
    core, shippers = packing.freight.core, packing.freight.shippers
    offers: list[dict[int, Item]] = [{} for _ in core.rows]
    for node in nodes:
        for item in shippers[node].items:
            offers[item[0]][node] = item
    for line, wanted in enumerate(offers):
        while packing.left[line] and core.ceilings[line] >= core.endless:
            if not any([_swap(packing, offers, node, item) for node, item in wanted.items() if node in packing.held]):
                break


def _swap(packing: Packing, offers: Sequence[Mapping[int, Item]], node: int, item: Item) -> bool:
    """Give a portion to a node if one of another line can go elsewhere instead; tell whether it could."""
    if not packing.left[item[0]]:
        return False
    for line in [line for line, count in enumerate(packing.held[node]) if count and line != item[0]]:
        packing.put(node, line, -1)
        if node in packing.held and packing.added(node, item, 1) is not None:
            packing.put(node, item[0], 1)
            for other, offer in offers[line].items():
                if other != node and packing.added(other, offer, 1) is not None:
                    packing.put(other, line, 1)
                    return True
            packing.put(node, item[0], -1)
        packing.put(node, line, 1)
    return False


def _shift(packing: Packing, nodes: Sequence[int]) -> None:
    """Move portions from node to node, or leave them, as long as that is cheaper."""
    shippers = packing.freight.shippers
    offers: dict[int, list[tuple[int, Item]]] = {}
    for node in nodes:
        for item in shippers[node].items:
            offers.setdefault(item[0], []).append((node, item))
    moved = True
    while moved:
        moved = False
        for node in list(packing.held):
            for item in shippers[node].items:
                if node in packing.held and packing.held[node][item[0]]:
                    moved = _move(packing, node, item, offers[item[0]]) or moved


def _move(packing: Packing, node: int, item: Item, offers: Sequence[tuple[int, Item]]) -> bool:
    """Move all, or one, of what a node ships of a line to where it is cheaper; tell whether there is such a place."""
    line, held = item[0], packing.held[node][item[0]]
    for count in sorted({held, 1}, reverse=True):
        saved = packing.saved(node, item, count)
        best, target = count * packing.freight.core.ceilings[line], -1
        for other, offer in offers:
            if other != node and (cost := packing.added(other, offer, count)) is not None and cost < best:
                best, target = cost, other
        if best < saved:
            packing.put(node, line, -count)
            if target >= 0:
                packing.put(target, line, count)
            return True
    return False
