"""Requests for stocked bundles: make them of their components at a node, or take them apart; all of it or none.

What is used up is taken as a claim takes it: beside what is promised there and at every pool, and what is kept back.
"""

from ..catalog import Catalog, place_name
from ..inventory import free_of, is_told_apart, limits_of
from ..ledger import Accepted, Between, Decision, Reason, Refused, Request, State
from ..values import identifier, positive
from .codes import BundleCode
from .events import Assembled, Disassembled, Recipe

__all__ = ["assemble", "disassemble"]


def assemble(id: str, *, node: str, bundle: str, quantity: int = 1) -> Request[Catalog]:
    """Ask to make bundles at a node, of the components that the catalog names (`Product.is_assembled`).

    Because: `UNKNOWN_NODE`, `NO_RECIPE`, `TOLD_APART`, `SHORT` (found and needed, for each SKU that falls short).
    """
    return _request("assembly", id, Assembled, node=node, bundle=bundle, quantity=quantity)


def disassemble(id: str, *, node: str, bundle: str, quantity: int = 1) -> Request[Catalog]:
    """Ask to take bundles apart: the inverse of `assemble`, refused for the same reasons."""
    return _request("disassembly", id, Disassembled, node=node, bundle=bundle, quantity=quantity)


def _request(
    what: str, id: str, kind: type[Assembled | Disassembled], *, node: str, bundle: str, quantity: int
) -> Request[Catalog]:
    identifier(id, what)
    place_name(node, "node")
    positive(quantity, f"quantity of {identifier(bundle, 'bundle')}")

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        product = catalog.product(bundle)
        because = [] if node in catalog.network.node_by_id else [Reason(BundleCode.UNKNOWN_NODE, node)]
        if product is None or not product.is_assembled or not product.components:
            because.append(Reason(BundleCode.NO_RECIPE, bundle))
        if product is None or because:
            return Refused(tuple(because))
        components = tuple([(sku, each) for sku, each in product.components])
        recipe = Recipe(node=node, bundle=bundle, quantity=quantity, components=components)
        because += [Reason(BundleCode.TOLD_APART, sku) for sku in recipe.skus if is_told_apart(catalog, sku)]
        guards: tuple[Between, ...] = ()
        for sku, needed in recipe.used() if kind is Assembled else recipe.made():
            limits = limits_of(world, catalog, catalog.network.limits[node], sku, now=now)
            free = min([free_of(world, guard) for guard in limits.sums])
            if free < needed:
                because.append(Reason(BundleCode.SHORT, node, max(free, 0), needed, sku))
            guards += limits.sums + limits.still
        return Refused(tuple(because)) if because else Accepted((kind(id=id, recipe=recipe),), (), guards)

    return Request(f"{what}/{id}", (("node", node), ("bundle", bundle), ("quantity", quantity)), decide)
