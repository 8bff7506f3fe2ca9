"""What happens in the world whatever anybody believes: visits, trucks, losses, counts, faults; all from one seed.

Both stacks are given the same `World`. Nothing in it depends on what a stack has done; what does (whether a picker
finds a piece, how long a parcel takes) is drawn when it is asked, from the seed and the name of what it is about.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

import attrs

from unicommerce.catalog import NodeKind
from unicommerce.values import Position

from .chance import Chance
from .places import CHANNELS, CITIES, DAY, HOUR, HUB, PLACES, POPULARITY, QUARTER_DAYS, SKUS, STORES, Place

__all__ = ["Count", "Loss", "Scale", "Truck", "Visit", "Walk", "Window", "World"]

Pieces = tuple[tuple[str, int], ...]
"""Pieces by SKU."""


class Visit(NamedTuple):
    """Somebody who wants to buy in a channel, to be delivered somewhere."""

    id: str
    at: int
    channel: str
    where: Position
    wants: Pieces


class Walk(NamedTuple):
    """Somebody who wants to buy a SKU in a store."""

    id: str
    at: int
    node: str
    sku: str
    pieces: int


class Truck(NamedTuple):
    """Goods that arrive at a node."""

    id: str
    at: int
    node: str
    pieces: Pieces


class Loss(NamedTuple):
    """A piece that vanishes from a node without a record, if there is one."""

    id: str
    at: int
    node: str
    sku: str


class Count(NamedTuple):
    """People of a node count some SKUs; it is keyed so many minutes later."""

    id: str
    at: int
    node: str
    skus: tuple[str, ...]
    keyed_after: int


class Window(NamedTuple):
    """A fault with a beginning and an end: `system` is down, `till` offline (its node), `closed` (its node)."""

    fault: str
    what: str
    begins: int
    ends: int


Happening = Visit | Walk | Truck | Loss | Count


class Scale(NamedTuple):
    """How long, and how much: days, days after them in which all may end, visits a day by channel and in a store."""

    days: int = QUARTER_DAYS
    tail_days: int = 14
    shop: int = 50
    market: int = 25
    store: int = 15


FULL = Scale()


OUTAGES = (
    ("system", (HUB,), 6, HOUR, 6 * HOUR),
    ("system", ("wh-north", "wh-south", "dark"), 3, HOUR, 8 * HOUR),
    ("system", STORES, 2, HOUR, 8 * HOUR),
    ("system", ("shop",), 2, HOUR // 2, 2 * HOUR),
    ("till", STORES, 4, HOUR, 30 * HOUR),
)
"""Which fault, at which systems, how often a quarter, how long at least and at most (minutes)."""
ONLINE_SHARE = {"wh-north": 36, "wh-south": 32, "dark": 8} | dict.fromkeys(STORES, 2)
"""Percent of what is ordered online that a node is supplied for."""
PIECES_OF_AN_ORDER = 18
"""Tenths."""
SEASONAL = 500
"""Per thousand SKUs: bought once for the whole quarter, as fashion is, and then gone for good."""
BOUGHT_ONCE, REPLENISHED = (60, 105), (95, 125)
"""Percent of what will be wanted that is bought."""
FIRST_COVER_DAYS = 6
SEASON_FROM, PEAKS = 55, (60, 63)


@attrs.frozen(slots=False)
class World:
    """One quarter of one seed."""

    seed: int
    scale: Scale = FULL

    @cached_property
    def chance(self) -> Chance:
        """Return its chance."""
        return Chance(self.seed)

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Return the faults that have a beginning and an end."""
        return tuple(sorted([*self._outages(), *self._closures()], key=lambda window: window.begins))

    @cached_property
    def happenings(self) -> tuple[Happening, ...]:
        """Return all that happens, by time."""
        parts = (self._visits(), self._walks(), self._trucks(), self._losses(), self._counts())
        found: list[Happening] = [each for part in parts for each in part]
        return tuple(sorted(found, key=lambda each: (each.at, each.id)))

    @cached_property
    def first_stock(self) -> Mapping[str, Mapping[str, int]]:
        """Return what is on the shelf on day 0, by node and SKU."""
        return {
            node: {sku: self._supply(place, sku, 0, self._cover_days(sku), "first") + 1 for sku in SKUS}
            for node, place in PLACES.items()
        }

    @cached_property
    def digest(self) -> str:
        """Return the digest of all that happens."""
        return sha256(repr((self.first_stock, self.windows, self.happenings)).encode()).hexdigest()

    def over(self, fault: str, what: str, at: int) -> int:
        """Return the first moment from then on at which something is not down, offline or closed."""
        for begins, ends in self._spans.get((fault, what), ()):
            if begins <= at < ends:
                at = ends
        return at

    @cached_property
    def _spans(self) -> Mapping[tuple[str, str], list[tuple[int, int]]]:
        spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for fault, what, begins, ends in self.windows:
            spans.setdefault((fault, what), []).append((begins, ends))
        return spans

    # Demand

    def _uplift(self, day: int, sku: str) -> int:
        """Return by how many percent of an ordinary day a SKU is wanted."""
        season = 200 if day >= SEASON_FROM else 100
        peak = 3 if day in PEAKS else 1
        promoted = any(
            begins <= day < begins + 5
            for n in range(5)
            for begins in (self.chance.draw(QUARTER_DAYS - 5, "promotion", n),)
            if SKUS.index(sku) % 8 == self.chance.draw(8, "promoted", n)
        )
        return season * peak * (3 if promoted else 1)

    def _flashes(self) -> Iterator[tuple[int, str]]:
        """Yield the days on which one SKU is offered cheaply for some hours, and that SKU."""
        promotions = [self.chance.draw(QUARTER_DAYS - 5, "promotion", n) for n in range(5)]
        for day in sorted({*PEAKS, *promotions}):
            if day < self.scale.days:
                yield day, SKUS[self.chance.draw(len(SKUS), "flash", day)]

    @cached_property
    def _weights(self) -> tuple[tuple[int, ...], ...]:
        days = range(max(self.scale.days, QUARTER_DAYS) + FIRST_COVER_DAYS + 7)
        return tuple(
            [
                tuple([self._uplift(day, sku) * often // 10 for sku, often in zip(SKUS, POPULARITY, strict=True)])
                for day in days
            ]
        )

    def _number(self, day: int, mean: int, *names: object) -> int:
        """Return how many come on a day: around the mean, by weekday and season."""
        weekday = (90, 85, 90, 100, 115, 140, 80)[day % 7]
        often = sum(self._weights[day]) * 10 // sum(POPULARITY)
        expected = mean * weekday * often // 100
        return expected * self.chance.between(80, 120, "number", *names, day) // 10_000

    def _sku(self, day: int, *names: object) -> str:
        return self.chance.choose(SKUS, self._weights[day], "sku", *names)

    def _visits(self) -> Iterator[Visit]:
        draw = self.chance
        for channel, mean in (("shop", self.scale.shop), ("market", self.scale.market)):
            for day in range(self.scale.days):
                for n in range(self._number(day, mean, channel)):
                    id = f"{channel}-{day}-{n}"
                    at = day * DAY + draw.between(6 * HOUR, DAY - 1, id, "at")
                    skus = [self._sku(day, id, line) for line in range(draw.choose((1, 2, 3), (60, 30, 10), id))]
                    wants = {sku: draw.choose((1, 2), (80, 20), id, sku) for sku in skus}
                    yield Visit(id, at, channel, self._somewhere(id), tuple(wants.items()))
        for day, sku in self._flashes():
            for n in range(self.scale.shop * 3 // 2):
                id = f"flash-{day}-{n}"
                at = day * DAY + draw.between(10 * HOUR, 14 * HOUR - 1, id, "at")
                yield Visit(id, at, draw.choose(CHANNELS, (70, 30), id, "channel"), self._somewhere(id), ((sku, 1),))

    def _somewhere(self, id: str) -> Position:
        latitude, longitude = CITIES[self.chance.choose(tuple(CITIES), (30, 25, 25, 20), id, "city")]
        city = Position.of(latitude, longitude)
        north, east = (self.chance.between(-400_000, 400_000, id, axis) for axis in ("north", "east"))
        return Position(city[0] + north, city[1] + east)

    def _walks(self) -> Iterator[Walk]:
        for node in STORES:
            for day in range(self.scale.days):
                for n in range(self._number(day, self.scale.store, node) if PLACES[node].works(day) else 0):
                    id = f"sale-{node}-{day}-{n}"
                    at = day * DAY + self.chance.between(9 * HOUR, 20 * HOUR - 1, id)
                    pieces = self.chance.choose((1, 2), (90, 10), id, "pieces")
                    yield Walk(id, at, node, self._sku(day, id), pieces)

    # Supply and losses

    def _is_seasonal(self, sku: str) -> bool:
        return self.chance.happens(SEASONAL, "seasonal", sku)

    def _cover_days(self, sku: str) -> int:
        return self.scale.days if self._is_seasonal(sku) else FIRST_COVER_DAYS

    def _supply(self, place: Place, sku: str, day: int, days: int, *names: object) -> int:
        """Return what a node is supplied of a SKU for so many days: by the forecast, which errs."""
        share = [self._weights[each][SKUS.index(sku)] for each in range(day, day + days)]
        tills = self.scale.store * 11 * 6 // 7 if place.kind is NodeKind.STORE else 0  # six days a week
        online = (self.scale.shop + self.scale.market) * PIECES_OF_AN_ORDER * ONLINE_SHARE[place.id] // 100
        error = self.chance.between(*(BOUGHT_ONCE if self._is_seasonal(sku) else REPLENISHED), "forecast", sku)
        noise = self.chance.between(90, 108, "supply", place.id, sku, day, *names)
        wanted = (tills + online) * sum(share) * error * noise
        per = sum(POPULARITY) * 10 * 100 * 100 * 10
        return (wanted + self.chance.draw(per, "rounded", place.id, sku, day, *names)) // per

    def _trucks(self) -> Iterator[Truck]:
        for node, place in PLACES.items():
            shift = self.chance.draw(2, "truck", node)
            gaps = ((1 + shift, 3), (4 + shift, 4)) if node in STORES else ((0, 2), (2, 2), (4, 3))
            for week in range(-(-self.scale.days // 7)):
                for weekday, days in gaps:
                    day = week * 7 + weekday
                    skus = [sku for sku in SKUS if not self._is_seasonal(sku)]
                    pieces = [(sku, self._supply(place, sku, day, days)) for sku in skus]
                    at = day * DAY + self.chance.between(9 * HOUR, 11 * HOUR, "truck", node, day)
                    if day < self.scale.days and any(n for _, n in pieces):
                        yield Truck(f"truck-{node}-{day}", at, node, tuple([each for each in pieces if each[1]]))

        for day, sku in self._flashes():
            bought = self.scale.shop * 3 // 2 * self.chance.between(60, 110, "bought", day) // 100
            yield Truck(f"truck-flash-{day}", max(day - 1, 0) * DAY + 9 * HOUR, "wh-north", ((sku, bought),))

    def _losses(self) -> Iterator[Loss]:
        for node, place in PLACES.items():
            daily = (
                self.scale.store * 11 * 2
                if place.kind is NodeKind.STORE
                else (self.scale.shop + self.scale.market) * PIECES_OF_AN_ORDER * ONLINE_SHARE[node] // 150
            )
            for day in range(self.scale.days):
                for n in range((daily + self.chance.draw(1000, "losses", node, day)) // 1000):
                    id = f"loss-{node}-{day}-{n}"
                    at = day * DAY + self.chance.draw(DAY, id)
                    yield Loss(id, at, node, self._sku(day, id))

    def _counts(self) -> Iterator[Count]:
        for node in PLACES:
            number, first = 2 if node in STORES else 4, self.chance.draw(len(SKUS), "turn", node)
            for day in range(1, self.scale.days):
                if PLACES[node].works(day):
                    turn = [SKUS[(first + day * number + n) % len(SKUS)] for n in range(number)]
                    keyed = self.chance.between(HOUR, 3 * HOUR, "keyed", node, day)
                    yield Count(f"count-{node}-{day}", day * DAY + 8 * HOUR, node, tuple(turn), keyed)

    # Faults

    def _outages(self) -> Iterator[Window]:
        draw, days = self.chance, self.scale.days
        for fault, systems, times, least, most in OUTAGES:
            for what in systems:
                for n in range(times):
                    name = (fault, what, n)
                    if draw.draw(QUARTER_DAYS, "falls", *name) < days:  # a shorter world has as many a day
                        day = draw.draw(days, "day", *name)
                        begins = day * DAY + draw.between(7 * HOUR, 20 * HOUR, "begins", *name)
                        yield Window(fault, what, begins, begins + draw.between(least, most, "lasts", *name))

    def _closures(self) -> Iterator[Window]:
        for n in range(3):
            day = self.chance.draw(QUARTER_DAYS, "closure", n)
            node = STORES[(self.chance.draw(4, "closed") + 4 * n) % len(STORES)]
            if day < self.scale.days:
                begins = day * DAY + self.chance.between(7 * HOUR, 17 * HOUR, "closure", n, "at")
                yield Window("closed", node, begins, begins + self.chance.between(1, 4, "closure", n, "days") * DAY)
