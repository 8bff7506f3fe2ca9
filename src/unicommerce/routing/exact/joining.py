"""Join shipments into plans: of those that are good enough by themselves, at most one for each node, each portion once.

Every plan as good as the best known is made of shipments that miss little, so where these are few, all such plans are
(column enumeration, after Baldacci, Christofides and Mingozzi 2008). Each shipment is measured against the best of its
node; where a plan has lost more than the room there is, it ends.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .freight import Freight

__all__ = ["Joined", "join"]


class Joined(NamedTuple):
    """The best plan by node, if any, what it adds to the sum of all prices, whether all were tried, and the steps."""

    plan: dict[int, int] | None
    added: int
    is_complete: bool
    steps: int


class _Line(NamedTuple):
    """A line: where its count is, what a portion left over adds, its shipments: what each loses, misses, holds."""

    field: int
    shift: int
    short: int
    options: list[tuple[int, int, int, int]]


class _Partial(NamedTuple):
    """A plan in the making: its shipments, the portions left, what was lost and added; where it goes on."""

    place: int
    start: int
    left: int
    lost: int
    added: int
    used: int
    shipments: tuple[tuple[int, int], ...]


def join(
    freight: Freight, prices: Sequence[int], hauls: Mapping[int, Sequence[tuple[int, int]]], *, most: int, steps: int
) -> Joined:
    """Return the best plan that adds no more than `most`, within so many steps.

    Among plans that add the same, the first node ships most of the first line, and so on.
    """
    portions = freight.portions
    least = {node: min(0, each[0][0]) for node, each in hauls.items() if each}
    lines = _lines(freight, prices, hauls, least)
    guards = sum([1 << at + count.bit_length() for at, count in zip(portions.shifts, portions.quantities, strict=True)])
    everything = sum([count << at for at, count in zip(portions.shifts, portions.quantities, strict=True)])
    base, tried = sum(least.values()), 0
    best: tuple[tuple[int, int], ...] | None = None
    stack = [_Partial(0, 0, everything, 0, 0, 0, ())]
    while stack and tried <= steps:
        tried += 1
        place, start, left, lost, added, used, shipments = stack.pop()
        if base + lost > most:
            continue
        while place < len(lines) and not left & lines[place].field:
            place, start = place + 1, 0
        if place == len(lines):
            if added < most or (added == most and (best is None or _loads(shipments) > _loads(best))):
                most, best = added, shipments
            continue
        field, shift, short, options = lines[place]
        rest = (left & field) >> shift
        if base + lost + short * rest <= most:
            cost = short * rest
            stack.append(_Partial(place + 1, 0, left & ~field, lost + cost, added + cost, used, shipments))
        if len(shipments) == freight.most:
            continue
        grown, at = [], start - 1
        for at in range(start, len(options)):
            loss, missed, node, load = options[at]
            if base + lost + loss > most:
                break
            after = (left | guards) - load
            if not used >> node & 1 and after & guards == guards:
                taken = (*shipments, (node, load))
                grown.append(
                    _Partial(place, at + 1, after ^ guards, lost + loss, added + missed, used | 1 << node, taken)
                )
        stack += reversed(grown)
        tried += at - start + 1
    return Joined(None if best is None else dict(best), most, not stack, tried)


def _loads(shipments: Sequence[tuple[int, int]]) -> list[int]:
    return [load for _, load in sorted(shipments)]


def _lines(
    freight: Freight, prices: Sequence[int], hauls: Mapping[int, Sequence[tuple[int, int]]], least: Mapping[int, int]
) -> list[_Line]:
    """Return the lines, those that few shipments hold first."""
    portions, lines = freight.portions, []
    for quantity, shift, price, ceiling in zip(
        portions.quantities, portions.shifts, prices, freight.core.ceilings, strict=True
    ):
        field = (1 << quantity.bit_length()) - 1 << shift
        options = sorted(
            [
                (missed - least[node], missed, node, load)
                for node, each in hauls.items()
                for missed, load in each
                if load & field
            ]
        )
        lines.append(_Line(field, shift, ceiling - price, options))
    return sorted(lines, key=lambda line: (len(line.options), -line.shift))
