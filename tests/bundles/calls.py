"""One call for each reason code of bundles."""

from collections.abc import Callable, Mapping

import attrs

from tests.laws.world import CATALOG, World
from unicommerce.bundles import BundleCode, assemble
from unicommerce.catalog import Component, Product, Tracking
from unicommerce.ledger import Reason

SET = Product(sku="SET", components=(Component("MUG", 2), Component("CUP", 1)), is_assembled=True)


def _made(*products: Product, node: str = "dc") -> tuple[Reason, ...]:
    world = World(attrs.evolve(CATALOG, products=(*CATALOG.products, *products)), stock=0)
    return world.ask(assemble("a", node=node, bundle="SET")).because


CALLS: Mapping[BundleCode, Callable[[], tuple[Reason, ...]]] = {
    BundleCode.UNKNOWN_NODE: lambda: _made(node="mars"),
    BundleCode.NO_RECIPE: _made,
    BundleCode.TOLD_APART: lambda: _made(attrs.evolve(SET, tracking=Tracking.LOT)),
    BundleCode.SHORT: lambda: _made(SET),
}


def said(code: BundleCode) -> tuple[Reason, ...]:
    """Return what is said where this code is among it."""
    return CALLS[code]()
