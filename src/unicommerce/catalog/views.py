"""Questions about master data: what is wrong with it, before it does harm."""

from collections.abc import Iterator

from ..ledger import Reason, ReasonCode
from .documents import Catalog

__all__ = ["CatalogCode", "findings"]

MOST_GROUPS = 32
"""Above this many groups each claim has many sums to guard; two or three are usual for nested pools."""


class CatalogCode(ReasonCode):
    """Findings of data quality."""

    NODE_WITHOUT_POOL = "catalog.node_without_pool", "{subject} is in no pool: no channel sells from it"
    MANY_GROUPS = (
        "catalog.many_groups",
        "{subject} has {found} groups of pools, more than {needed}: claims will be slow",
    )
    PRODUCT_WITHOUT_WEIGHT = (
        "catalog.product_without_weight",
        "{subject} has no weight: its shipping cost is guessed low",
    )
    PRODUCT_WITHOUT_COST = "catalog.product_without_cost", "{subject} has no cost: its margin is overstated"


def findings(catalog: Catalog) -> tuple[Reason, ...]:
    """Return what is questionable in the master data, in order of precedence and then as listed.

    >>> from unicommerce.catalog import Product
    >>> [reason.code.name for reason in findings(Catalog(products=(Product(sku="MUG", weight_g=350),)))]
    ['PRODUCT_WITHOUT_COST']
    """
    return tuple(_found(catalog))


def _found(catalog: Catalog) -> Iterator[Reason]:
    network = catalog.network
    pooled = {node for pool in network.pools for node in pool.nodes}
    yield from (Reason(CatalogCode.NODE_WITHOUT_POOL, node.id) for node in network.nodes if node.id not in pooled)
    if len(network.groups) > MOST_GROUPS:
        yield Reason(CatalogCode.MANY_GROUPS, "network", len(network.groups), MOST_GROUPS)
    yield from (Reason(CatalogCode.PRODUCT_WITHOUT_WEIGHT, p.sku) for p in catalog.products if not p.weight_g)
    yield from (Reason(CatalogCode.PRODUCT_WITHOUT_COST, p.sku) for p in catalog.products if not p.cost_minor)
