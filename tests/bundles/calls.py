"""One call for each reason code of bundles."""

from collections.abc import Callable, Mapping

import attrs

from tests.laws.world import CATALOG, World
from tests.lots.shop import CATALOG as SHOP
from tests.lots.shop import TODAY
from unicommerce.bundles import BundleCode, assemble
from unicommerce.catalog import Component, Product, Tracking
from unicommerce.inventory import LotPieces, received
from unicommerce.ledger import Reason
from unicommerce.lots import BatchReceived, received_lots

HAMPER = Product(
    sku="HAMPER", components=(Component("MILK", 2), Component("MUG", 1)), is_assembled=True, tracking=Tracking.LOT
)
GROCER = attrs.evolve(SHOP, products=(*SHOP.products, HAMPER))
"""The shop of lots, with a bundle of two bottles of milk and a mug."""

PLAIN = attrs.evolve(SHOP, products=(*SHOP.products, attrs.evolve(HAMPER, tracking=Tracking.NONE)))
SET = Product(sku="SET", components=(Component("MUG", 2), Component("CUP", 1)), is_assembled=True)


def _made(*products: Product, node: str = "dc") -> tuple[Reason, ...]:
    world = World(attrs.evolve(CATALOG, products=(*CATALOG.products, *products)), stock=0)
    return world.ask(assemble("a", node=node, bundle="SET")).because


def _of_lots(lot: str = "B", named: int = 2, ends: int = 9, *, earlier: bool = False) -> tuple[Reason, ...]:
    """Return what is said of hampers, after one of an earlier lot was made or not."""
    world = World(GROCER, stock=0)
    batches = [BatchReceived("MILK", 9, "L1", TODAY + 9), BatchReceived("MILK", 9, "L2", TODAY + ends)]
    world.tell(received_lots("r", node="dc", batches=batches))
    world.tell(received("s", node="dc", quantities={"MUG": 9}))
    if earlier:
        world.ask(assemble("a", node="dc", bundle="HAMPER", lot=lot, lots=[LotPieces("MILK", 2, "L1")]))
    told = [LotPieces("MILK", named, "L2")]
    return world.ask(assemble("b", node="dc", bundle="HAMPER", lot=lot, lots=told)).because


CALLS: Mapping[BundleCode, Callable[[], tuple[Reason, ...]]] = {
    BundleCode.UNKNOWN_NODE: lambda: _made(node="mars"),
    BundleCode.NO_RECIPE: _made,
    BundleCode.TOLD_APART: lambda: _made(attrs.evolve(SET, tracking=Tracking.LOT)),
    BundleCode.SHORT: lambda: _made(SET),
    BundleCode.NOT_BY_LOT: lambda: (
        World(PLAIN, stock=0).ask(assemble("a", node="dc", bundle="HAMPER", lot="B")).because
    ),
    BundleCode.NOT_USED: lambda: _of_lots(named=3),
    BundleCode.OUTLASTS: lambda: _of_lots(ends=5, earlier=True),
}


def said(code: BundleCode) -> tuple[Reason, ...]:
    """Return what is said where this code is among it."""
    return CALLS[code]()
