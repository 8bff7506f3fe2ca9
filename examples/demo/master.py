"""Master data as the library wants it: products, nodes with their calendars and capacities, two pools that overlap."""

from collections.abc import Mapping
from types import MappingProxyType

from unicommerce import Calendar, Catalog, FulfillmentPolicy, Network, Node, NodeKind, Pool, Position, Product
from unicommerce.returns import Condition, Disposition, ReturnPolicy

from .data import Site, World

CURRENCY = "GBP"
POLICY = FulfillmentPolicy(collect_within_hours=96)
"""What is ready waits for four days."""
RETURNS = ReturnPolicy(
    gradings=MappingProxyType(
        {
            Condition.SELLABLE: Disposition.RESTOCK,
            Condition.OPENED: Disposition.QUARANTINE,
            Condition.PARTS: Disposition.LIQUIDATE,
            Condition.WASTE: Disposition.SCRAP,
        }
    )
)
"""What was opened stands apart until somebody has looked at it."""
OPENS_MINUTE = 8 * 60
STORE_HANDLING_MINUTES = 120
"""A store has something ready two open hours after it was ordered."""

_KINDS = {"wh": NodeKind.WAREHOUSE, "dark": NodeKind.DARK_STORE, "store": NodeKind.STORE}
_CAPACITY = {"wh": 14_000, "dark": 7_000, "store": 1_000}
_CALENDARS: Mapping[str, tuple[tuple[int, ...], int, int]] = {
    "wh": ((1, 2, 3, 4, 5, 6), 16 * 60, 20 * 60),
    "dark": ((1, 2, 3, 4, 5, 6, 7), 17 * 60, 20 * 60),
    "store": ((1, 2, 3, 4, 5, 6), 13 * 60, 18 * 60),
}
"""Working days, cut-off and closing minute by the part that a node plays."""


def catalog(world: World, week: int) -> Catalog:
    """Return the catalog with the purchase costs of the first (0) or the second week (1)."""
    products = [
        Product(sku=p.sku, weight_g=p.weight_g, cost_minor=p.costs[week], name=p.name, tax_category=p.tax_category)
        for p in world.products.values()
    ]
    nodes = [_node(site, rank) for rank, site in enumerate(world.sites)]
    large = [site.id for site in world.sites if site.part != "store"]
    pools = (
        Pool(id="web", nodes=tuple(site.id for site in world.sites)),
        Pool(id="wholesale", nodes=tuple(large)),
    )
    return Catalog(network=Network(nodes=tuple(nodes), pools=pools), products=tuple(products), currency=CURRENCY)


def _node(site: Site, rank: int) -> Node:
    days, cut_off, close = _CALENDARS[site.part]
    return Node(
        id=site.id,
        position=Position.of(site.lat, site.lng),
        kind=_KINDS[site.part],
        calendar=Calendar(
            zone=site.zone, days=days, open_minute=OPENS_MINUTE, cut_off_minute=cut_off, close_minute=close
        ),
        daily_capacity=_CAPACITY[site.part],
        rank=rank,
        handling_minutes=STORE_HANDLING_MINUTES if site.part == "store" else 0,
    )
