"""The retailer: its nodes, their hours, what they sell, and how far everything is. Time is in minutes since day 0."""

from collections.abc import Iterator
from typing import NamedTuple

from unicommerce.catalog import NodeKind
from unicommerce.values import Position, distance_m

HOUR, DAY = 60, 24 * 60
QUARTER_DAYS = 90

CITIES = {"north": ("53.55", "9.99"), "west": ("51.51", "7.46"), "east": ("52.52", "13.40"), "south": ("50.11", "8.68")}
SKUS = tuple([f"sku-{number:03}" for number in range(120)])
POPULARITY = tuple([1000 // (rank + 4) for rank in range(len(SKUS))])
PROMISE_DAYS = 3
PATIENCE = 2 * DAY
SAFETY = {NodeKind.STORE: 1, NodeKind.DARK_STORE: 0, NodeKind.WAREHOUSE: 0}
BUFFER = {"shop": 0, "market": 2}
LAG = {"shop": 0, "market": 15}
"""Minutes that a channel needs for what it is sent."""
CHANNELS = tuple(BUFFER)
HUB = "hub"
"""The system that promises: the order management system of the one stack, the core of the other."""

CUT_OFF, LEAVES = 15 * HOUR, 18 * HOUR
TRANSIT = ((50_000, 1), (300_000, 2), (None, 3))
"""Up to how many meters a parcel takes how many of the carrier's days, 95 times of 100."""


class Place(NamedTuple):
    """A node: where and of what kind it is, when it opens for picking (minute of the day), and whether on Sundays."""

    id: str
    kind: NodeKind
    position: Position
    opens: int
    works_sundays: bool = False

    def works(self, day: int) -> bool:
        """Tell whether it works on a day; day 0 is a Monday."""
        return self.works_sundays or day % 7 != 6

    def slot(self, at: int) -> int:
        """Return when a pick that is instructed at a moment is done: today before the cut-off, else the next day."""
        day = at // DAY
        while not self.works(day) or at >= day * DAY + CUT_OFF:
            day, at = day + 1, (day + 1) * DAY
        return max(at, day * DAY + self.opens) + HOUR


def _places() -> Iterator[Place]:
    yield Place("wh-north", NodeKind.WAREHOUSE, Position.of("53.40", "10.10"), 6 * HOUR)
    yield Place("wh-south", NodeKind.WAREHOUSE, Position.of("49.99", "8.90"), 6 * HOUR)
    yield Place("dark", NodeKind.DARK_STORE, Position.of("52.50", "13.45"), 7 * HOUR, works_sundays=True)
    for city, (latitude, longitude) in CITIES.items():
        for number in range(3):
            where = Position.of(latitude, longitude)
            moved = Position(where[0] + number * 30_000, where[1] - number * 20_000)
            yield Place(f"{city}-{number + 1}", NodeKind.STORE, moved, 9 * HOUR)


PLACES = {place.id: place for place in _places()}
STORES = tuple([place.id for place in PLACES.values() if place.kind is NodeKind.STORE])


def transit_days(meters: int) -> int:
    """Return in how many of the carrier's days a parcel arrives 95 times of 100."""
    return next(days for limit, days in TRANSIT if limit is None or meters <= limit)


def nearest(where: Position) -> list[Place]:
    """Return the nodes by distance."""
    return sorted(PLACES.values(), key=lambda place: (distance_m(place.position, where), place.id))


def carrier_day(day: int, days: int) -> int:
    """Return the day that is so many of the carrier's days later: Monday to Saturday."""
    for _ in range(days):
        day += 1 + (day % 7 == 5)
    return day


def promised_by(at: int, days: int = PROMISE_DAYS) -> int:
    """Return until when a fixed number of working days has an order arrive: 20:00 of that day."""
    day = at // DAY
    first = day if at % DAY < CUT_OFF and day % 7 != 6 else carrier_day(day, 1)
    return carrier_day(first, days) * DAY + 20 * HOUR


def desk(at: int) -> int:
    """Return the first moment from then on at which desks are staffed: Monday to Saturday, 8:00 to 18:00."""
    day, minute = divmod(at, DAY)
    if day % 7 != 6 and minute < 18 * HOUR:
        return max(at, day * DAY + 8 * HOUR)
    return carrier_day(day, 1) * DAY + 8 * HOUR


def desk_after(at: int, minutes: int) -> int:
    """Return the moment at which the desk has been staffed for so many minutes since then."""
    at = desk(at)
    while (left := at // DAY * DAY + 18 * HOUR - at) < minutes:
        minutes -= left
        at = desk(at + left)
    return at + minutes
