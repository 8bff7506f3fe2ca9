"""Problems and errands drawn by whole numbers alone: a seed means the same on any platform and any version of Python.

`instances` and `corpus` draw what is like life, by floats and by the generator that Python ships. Where plans are to be
the same to the letter for ever, chance has to be too: it is a few lines here, and no float is near it. Costs are drawn
from few values, so that ties are common: what is settled by chance anywhere shows.
"""

from collections.abc import Sequence
from typing import TypeVar

from unicommerce.catalog import Calendar, Node, NodeKind
from unicommerce.routing import Candidate, Destination, Need, Offer, Problem, RateCard, Supply
from unicommerce.values import Position

__all__ = ["HERE", "Draws", "errand", "problem"]

T = TypeVar("T")
WORD = 2**64 - 1
HERE = Destination(Position(52_520_000, 13_400_000))
ZONES = ("UTC", "Etc/GMT+7", "Etc/GMT-9")


class Draws:
    """Whole numbers that look like chance: splitmix64 (Steele, Lea, Flood 2014)."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, most: int) -> int:
        """Return a number from 0 and below `most`."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & WORD
        mixed = self._state
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & WORD
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & WORD
        return (mixed ^ mixed >> 31) % most

    def between(self, least: int, most: int) -> int:
        """Return a number from `least` to `most`."""
        return least + self.below(most - least + 1)

    def happens(self, percent: int) -> bool:
        """Tell whether it happens this time."""
        return self.below(100) < percent

    def one(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in another order."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in items]


def problem(seed: int) -> Problem:
    """Return an order with some of everything that the exact strategy knows."""
    draws = Draws(seed)
    lines, nodes = draws.between(1, 6), draws.between(1, 14)
    has = {what: draws.happens(30) for what in ("weights", "cards", "most", "unfilled", "groups", "whole", "complete")}
    costs = draws.one(((0, 1, 2), (0, 50, 100, 150), (37, 411, 953, 2_000)))
    prices = (None, 0, costs[-1], 5 * costs[-1])
    whole = [(line,) for line in range(lines)] if has["whole"] else []
    group = [tuple(draws.shuffled(range(lines))[: draws.between(1, 3)])] if has["groups"] else []
    return Problem(
        quantities=tuple([draws.one((0, 1, 1, 1, 2, 3, 5)) for _ in range(lines)]),
        unfilled_costs=tuple([draws.one(prices) if has["unfilled"] else None for _ in range(lines)]),
        candidates=tuple([_candidate(draws, f"n{place:02}", lines, costs, has) for place in range(nodes)]),
        shipment_cost=draws.one((0, 0, *costs)),
        weights_g=tuple([draws.one((0, 100, 250, 1_000)) for _ in range(lines)]) if has["weights"] else (),
        max_shipments=draws.between(1, 3) if has["most"] else None,
        together=(*whole, *group),
        ships_complete=has["complete"],
    )


def _candidate(draws: Draws, node: str, lines: int, costs: Sequence[int], has: dict[str, bool]) -> Candidate:
    offers = [Offer(line, draws.between(1, 5), draws.one(costs)) for line in range(lines) if draws.happens(60)]
    return Candidate(
        node=node,
        rank=draws.below(2),
        fixed_cost=2 * draws.one(costs),
        capacity=draws.between(0, 8) if draws.happens(40) else None,
        offers=tuple(offers),
        max_weight_g=draws.one((None, 500, 2_500)) if has["weights"] else None,
        card=_card(draws, costs) if has["cards"] else None,
    )


def _card(draws: Draws, costs: Sequence[int]) -> RateCard:
    weights_g = (250, 600, 1_000, 2_000)[: draws.between(1, 4)]
    prices = sorted([draws.one(costs) for _ in weights_g])
    return RateCard(tuple(zip(weights_g, prices, strict=True)), draws.one((None, 500)), draws.one(costs))


def errand(seed: int) -> tuple[list[Need], list[Supply], int]:
    """Return what is needed, who could give it, and hours until it has to be there."""
    draws = Draws(seed)
    needs = [Need(sku, draws.between(1, 3), draws.one((0, 300, 1_000))) for sku in "ABCDE"[: draws.between(1, 5)]]
    supplies = []
    for place in range(draws.between(1, 8)):
        node = Node(
            id=f"n{place}",
            position=Position(draws.one((48, 50, 52)) * 1_000_000, draws.one((9, 13, 20)) * 1_000_000),
            kind=draws.one(tuple(NodeKind)),
            calendar=Calendar(zone=draws.one(ZONES), cut_off_minute=draws.one((0, 720, 1_440))),
            is_open=draws.happens(90),
            rank=draws.below(2),
            handling_minutes=draws.one((0, 90)),
        )
        available = tuple([draws.one((0, 0, 1, 2, 4)) for _ in needs])
        capacity = draws.one((None, None, 0, 1, 2, 4))
        supplies.append(Supply(node, available, capacity, is_excluded=draws.happens(5)))
    return needs, supplies, draws.one((24, 72, 168))
