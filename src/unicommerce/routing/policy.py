"""What routing weighs: rates by distance, handling by kind of node, service levels, and the price of being late.

Money is in minor units of one currency. All of it is data of the retailer; the defaults are round figures that make a
small shop behave sensibly: near before far, one parcel before two, on time before cheap.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..catalog import NodeKind
from ..errors import InvalidValue
from ..values import HOUR_MS, frozen
from .ahead import Outlook
from .promises import Carrier
from .strategies import Strategy

__all__ = ["Band", "RoutingPolicy"]


class Band(NamedTuple):
    """A zone of the rate card: up to a distance (None: any), price of a parcel and of each kilogram, days under way."""

    up_to_m: int | None
    parcel_minor: int
    per_kg_minor: int
    transit_days: int


@frozen(kw_only=True)
class RoutingPolicy:
    """The knobs of routing.

    - `bands`: the rate card, nearest first. - `handling_minor`, `pick_minor`: per shipment and per piece, by kind of
    node; a store's minute costs more than a warehouse's. - `services`: hours from placing to the latest delivery.
    - `late_minor`, `late_hour_minor`: what a late shipment costs us in trust; late nodes are looked at only where no
    on-time plan fills the order. - `unfilled_minor`: per piece left over; far above any freight, so that stock is
    used. - `carrier`: when carriers move, how long they take, and how sure a promise is.
    - `outlook`: what nodes expect to need for their own customers, so that the last pieces are kept for those; without
    one, each order is routed as if it were the last.
    - `strategy`: another way to choose than the exact one, if one must. - `budget`: steps of the exact search before it
    answers with what it has, a bound and `is_proven` False.
    """

    bands: tuple[Band, ...] = (
        Band(50_000, 450, 60, 1),
        Band(300_000, 550, 90, 2),
        Band(800_000, 700, 140, 3),
        Band(None, 950, 220, 5),
    )
    handling_minor: Mapping[NodeKind, int] = MappingProxyType(
        {NodeKind.STORE: 250, NodeKind.DARK_STORE: 150, NodeKind.WAREHOUSE: 100, NodeKind.VENDOR: 300}
    )
    pick_minor: Mapping[NodeKind, int] = MappingProxyType(
        {NodeKind.STORE: 60, NodeKind.DARK_STORE: 35, NodeKind.WAREHOUSE: 20, NodeKind.VENDOR: 0}
    )
    services: Mapping[str, int] = MappingProxyType({"standard": 168, "express": 72})
    late_minor: int = 1_000
    late_hour_minor: int = 60
    unfilled_minor: int = 10_000_000
    carrier: Carrier = Carrier()
    outlook: Outlook | None = None
    strategy: Strategy | None = None
    budget: int = 200_000

    def __attrs_post_init__(self) -> None:
        limits = [band.up_to_m for band in self.bands[:-1]]
        if (
            not self.bands
            or None in limits
            or self.bands[-1].up_to_m is not None
            or limits != sorted(limits, key=_meters)
        ):
            raise InvalidValue("bands", self.bands, "a rate card by rising distance, its last band without a limit")

    def band(self, meters: int) -> Band:
        """Return the zone of a distance."""
        return next(band for band in self.bands if band.up_to_m is None or meters <= band.up_to_m)

    def piece_minor(self, kind: NodeKind, band: Band, weight_g: int) -> int:
        """Return what a piece costs: picking, and freight by weight rounded half up once for each piece."""
        return self.pick_minor[kind] + (band.per_kg_minor * weight_g + 500) // 1000

    def due_at(self, placed_at: int, service: str) -> int:
        """Return the latest delivery (ms UTC) that a service level allows. Raises `InvalidValue` for an unknown one."""
        if service not in self.services:
            raise InvalidValue("service", service, f"one of {', '.join(self.services)}")
        return placed_at + self.services[service] * HOUR_MS


def _meters(limit: int | None) -> int:
    return limit or 0
