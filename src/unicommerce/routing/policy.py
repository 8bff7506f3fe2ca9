"""What routing weighs: rates by zone and weight, labor by kind of node, service levels, and the price of being late.

Money is in minor units of one currency. All of it is data of the retailer; the defaults are round figures that make a
small shop behave sensibly: near before far, one parcel before two, on time before cheap.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..catalog import NodeKind
from ..errors import InvalidValue
from ..values import HOUR_MS, frozen, whole
from .ahead import Outlook
from .documents import Need, Soft
from .extending import Cost, Rule
from .problem import RateCard
from .promises import Carrier
from .strategies import Strategy

__all__ = ["Band", "RoutingPolicy"]


class Band(NamedTuple):
    """A zone of the rates: for which parcels it holds, what one and each kilogram costs, and the days under way.

    It holds up to a distance (None: any), and where `region`, `node` and `service` name one, for that alone. `card` is
    what a parcel costs by its billed weight, beside `parcel_minor`; one that it has no price for can not be sent.
    `currency` ("": that of the policy) is there to be checked.
    """

    up_to_m: int | None
    parcel_minor: int
    per_kg_minor: int
    transit_days: int
    region: str = ""
    node: str = ""
    service: str = ""
    card: RateCard | None = None
    currency: str = ""

    def fits(self, node: str, region: str, service: str, meters: int) -> bool:
        """Tell whether it holds from a node to a region by a service, so many meters apart."""
        is_near = self.up_to_m is None or meters <= self.up_to_m
        return is_near and self.region in ("", region) and self.node in ("", node) and self.service in ("", service)


@frozen(kw_only=True)
class RoutingPolicy:
    """The knobs of routing.

    *Rates.* `bands`: the first that fits counts; a node without one can not send there. `volume_cm3_per_kg`: a piece is
    billed by its volume where it is lighter than that (5,000 is what express carriers use; None: by weight alone).
    `handling_minor`, `pick_minor`: labor per shipment and per piece, by kind of node; a store's minute costs more than
    a warehouse's. `costs`: others, by name. `currency`: of all amounts ("": that of each order).

    *Penalties.* `late_minor`, `late_hour_minor`: what a late shipment costs us in trust. `shipment_minor`: what each
    shipment does; it is what a split costs. `unfilled_minor`: per piece left over; far above any freight, so that stock
    is used.

    *Limits.* `services`: hours from placing to the latest delivery. `rules`: what a node must keep to, by name.
    `max_shipments`, `splits_lines`, `ships_complete`: how far an order may be split. `keeps`: by kind of node, pieces
    of each SKU that it keeps for those who walk in. `gives_way`: which of the soft rules yield, one after the other,
    where pieces would be left over; what is not named stays hard.

    *Ahead.* `outlook`: what nodes expect to need for their own customers, and what they will mark down; without one,
    each order is routed as if it were the last. `busy_minor`: what a shipment weighs at a node whose day is full, and
    in proportion before; so work is spread.

    *How.* `carrier`: when carriers move, how long they take, and how sure a promise is. `strategy`: another way to
    choose than the exact one, if one must. `budget`: steps of the exact search before it answers with what it has, a
    bound and `is_proven` False.
    """

    bands: tuple[Band, ...] = (
        Band(50_000, 450, 60, 1),
        Band(300_000, 550, 90, 2),
        Band(800_000, 700, 140, 3),
        Band(None, 950, 220, 5),
    )
    volume_cm3_per_kg: int | None = 5_000
    handling_minor: Mapping[NodeKind, int] = MappingProxyType(
        {NodeKind.STORE: 250, NodeKind.DARK_STORE: 150, NodeKind.WAREHOUSE: 100, NodeKind.VENDOR: 300}
    )
    pick_minor: Mapping[NodeKind, int] = MappingProxyType(
        {NodeKind.STORE: 60, NodeKind.DARK_STORE: 35, NodeKind.WAREHOUSE: 20, NodeKind.VENDOR: 0}
    )
    costs: Mapping[str, Cost] = MappingProxyType({})
    currency: str = ""
    late_minor: int = 1_000
    late_hour_minor: int = 60
    shipment_minor: int = 0
    unfilled_minor: int = 10_000_000
    services: Mapping[str, int] = MappingProxyType({"standard": 168, "express": 72})
    rules: Mapping[str, Rule] = MappingProxyType({})
    max_shipments: int | None = None
    splits_lines: bool = True
    ships_complete: bool = False
    keeps: Mapping[NodeKind, int] = MappingProxyType({})
    gives_way: tuple[Soft, ...] = (Soft.PROTECTION, Soft.PROMISE)
    outlook: Outlook | None = None
    busy_minor: int = 0
    carrier: Carrier = Carrier()
    strategy: Strategy | None = None
    budget: int = 200_000

    def __attrs_post_init__(self) -> None:
        for field in ("late_minor", "late_hour_minor", "shipment_minor", "unfilled_minor", "busy_minor", "budget"):
            whole(getattr(self, field), field)
        for field in ("volume_cm3_per_kg", "max_shipments"):
            if getattr(self, field) is not None:
                whole(getattr(self, field), field, 1)
        for field in ("handling_minor", "pick_minor", "keeps"):
            for kind, value in getattr(self, field).items():
                whole(value, f"{field}[{kind}]")
        if len({*self.gives_way}) != len(self.gives_way) or not {*self.gives_way} <= {*Soft}:
            raise InvalidValue("gives_way", self.gives_way, f"some of {', '.join(Soft)}, each once")
        if own := set(self.costs) & {"parcel", "card", "handling", "picking", "weight", "late", "split"}:
            raise InvalidValue("costs", sorted(own), "names that no other part of a cost has")
        self._check_bands()

    def _check_bands(self) -> None:
        if others := {band.currency for band in self.bands} - {"", self.currency}:
            raise InvalidValue("bands", sorted(others), f"amounts in the currency of the policy, {self.currency!r}")
        limits: dict[tuple[str, str, str], list[int | None]] = {}
        for band in self.bands:
            limits.setdefault((band.region, band.node, band.service), []).append(band.up_to_m)
        if not self.bands or not all(_rise(each) for each in limits.values()):
            raise InvalidValue("bands", self.bands, "rates by rising distance, after one without a limit no other")

    def band(self, meters: int, *, node: str = "", region: str = "", service: str = "") -> Band | None:
        """Return the zone of a parcel from a node to a region by a service, so many meters; None where none fits."""
        for band in self.bands:  # asked of every node of every order: a loop is half the price of a generator
            if band.fits(node, region, service, meters):
                return band
        return None

    def billed_g(self, need: Need) -> int:
        """Return the grams that a piece is billed by: its weight, or its volume where that comes to more.

        >>> RoutingPolicy().billed_g(Need("PILLOW", 1, weight_g=900, volume_cm3=24_000))
        4800
        """
        per_kg = self.volume_cm3_per_kg
        return need.weight_g if per_kg is None else max(need.weight_g, -(-need.volume_cm3 * 1000 // per_kg))

    def due_at(self, placed_at: int, service: str) -> int:
        """Return the latest delivery (ms UTC) that a service level allows. Raises `InvalidValue` for an unknown one."""
        if service not in self.services:
            raise InvalidValue("service", service, f"one of {', '.join(self.services)}")
        return placed_at + self.services[service] * HOUR_MS


def _rise(limits: list[int | None]) -> bool:
    """Tell whether distances rise, and nothing comes after any distance."""
    some = [limit for limit in limits if limit is not None]
    return some == sorted({*some}) and None not in limits[:-1]
