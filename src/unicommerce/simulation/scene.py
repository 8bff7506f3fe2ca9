"""What a world starts with: a network of overlapping pools, a catalog, a moment; drawn from the seed, or your own."""

import random
from functools import cached_property

from ..catalog import Calendar, Catalog, Channel, Component, Network, Node, NodeKind, Pool, Product, Tracking, moment
from ..values import Position, frozen

__all__ = ["Scene", "counter"]

STARTS = (
    "2026-11-23T06:00:00Z",  # a Monday
    "2026-03-28T20:00:00Z",  # the night in which Europe's clocks skip an hour
    "2026-10-24T20:00:00Z",  # the night in which they show one twice
    "2028-02-28T12:00:00Z",  # the day before a leap day
    "2026-12-31T12:00:00Z",
)
ZONES = ("UTC", "Europe/Berlin", "America/Chicago", "Asia/Kolkata", "Pacific/Kiritimati")
DAYS = ((1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5, 6, 7))
SKUS = ("MUG", "CUP", "LID", "TEA")
MILK = Product(sku="MILK", weight_g=1_000, cost_minor=80, tracking=Tracking.LOT)
KIT = Product(sku="SET", components=(Component("MUG", 2), Component("CUP", 1)))


def counter(node: str) -> str:
    """Return the pool that the till of a node sells from: the node alone.

    >>> counter("north")
    'counter-north'
    """
    return f"counter-{node}"


@frozen(kw_only=True)
class Scene:
    """The retailer at the first moment: master data, when it is (ms UTC), pieces of each SKU at each node, demand.

    `counts`, `rights` and `expects` say whether somebody counts, gives tills offline rights, and announces goods that
    are to come; `is_connected`, whether systems are plugged in: an ERP, a payment provider, a carrier, a market;
    `is_paid`, whether there are invoices, tax, money and refunds.
    """

    catalog: Catalog
    start: int
    stock: int = 8
    orders_a_day: int = 60
    counts: bool = True
    rights: bool = True
    expects: bool = True
    is_connected: bool = False
    is_paid: bool = False

    @cached_property
    def skus(self) -> tuple[str, ...]:
        """Return the SKUs that are kept in stock and not told apart: all but kits and those that come in lots."""
        products = [product for product in self.catalog.products if product.sku not in self.catalog.kits]
        return tuple([product.sku for product in products if product.tracking is Tracking.NONE])

    @cached_property
    def dated(self) -> tuple[str, ...]:
        """Return the SKUs that come in lots, with a last day of sale."""
        return tuple([product.sku for product in self.catalog.products if product.tracking is Tracking.LOT])

    @classmethod
    def drawn(cls, seed: int) -> "Scene":
        """Return the scene that a seed draws."""
        draw = random.Random(f"{seed}/scene")
        nodes = [
            _node(draw, id, rank) for rank, id in enumerate(["dc", "north", "south", "west"][: draw.randint(2, 4)])
        ]
        ids = [node.id for node in nodes]
        sets = [("web", ids), ("club", draw.sample(ids, 2)), ("corner", draw.sample(ids, draw.randint(1, len(ids))))]
        pools = [Pool(id=id, nodes=tuple(own)) for id, own in sets[: draw.randint(1, 3)]]
        tills = [Pool(id=counter(id), nodes=(id,)) for id in ids[1:3]]
        channels = tuple([Channel(id=pool.id, pool=pool.id) for pool in pools])
        products = tuple(
            [Product(sku=sku, weight_g=50 * rank, cost_minor=99 + 7 * rank) for rank, sku in enumerate(SKUS)]
        )[: draw.randint(2, 4)]
        kits = [KIT] if draw.random() < 0.6 else []
        milk = [MILK] if draw.random() < 0.6 else []
        network = Network(nodes=tuple(nodes), pools=(*pools, *tills))
        return cls(
            catalog=Catalog(network=network, products=(*products[:1], *milk, *products[1:], *kits), channels=channels),
            start=moment(draw.choice(STARTS)),
            stock=draw.choice((3, 8, 15)),
            orders_a_day=draw.choice((30, 60, 120)),
            counts=draw.random() < 0.6,
            rights=draw.random() < 0.8,
            expects=draw.random() < 0.7,
            is_connected=draw.random() < 0.5,
            is_paid=draw.random() < 0.4,
        )


def _node(draw: random.Random, id: str, rank: int) -> Node:
    return Node(
        id=id,
        position=Position(draw.randint(48_000_000, 54_000_000), draw.randint(7_000_000, 14_000_000)),
        kind=NodeKind.STORE if rank else NodeKind.WAREHOUSE,
        calendar=Calendar(zone=draw.choice(ZONES), days=draw.choice(DAYS)),
        daily_capacity=draw.choice((None, None, 12, 40)),
        rank=rank,
    )
