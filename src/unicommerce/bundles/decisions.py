"""Requests for stocked bundles: make them of their components at a node, or take them apart; all of it or none.

What is used up is taken as a claim takes it: beside what is promised there and at every pool, and what is kept back.
Lots of components are taken as a claim by name takes them, and go into a lot of the bundle (docs/decisions/0044).
"""

from collections.abc import Callable, Iterable

from ..catalog import Catalog, Product, Tracking, place_name
from ..inventory import LotPieces, free_of, is_told_apart, limits_of, overdue_ended, summed
from ..ledger import Accepted, Decision, Reason, Refused, Request, State, Supposed
from ..lots import taken
from ..values import by_name, identifier, positive
from .codes import BundleCode
from .events import Assembled, Recipe
from .planning import Making, Plan, into, out_of

__all__ = ["assemble", "disassemble"]

BY_LOT = (Tracking.LOT, Tracking.SERIAL)


def assemble(
    id: str, *, node: str, bundle: str, quantity: int = 1, lot: str = "", lots: Iterable[LotPieces] = ()
) -> Request[Catalog]:
    """Ask to make bundles at a node, of the components that the catalog names (`Product.is_assembled`).

    Where components have lots, the bundles are a `lot` of their own, which lasts as long as the first of those. `lots`
    go into it; of what nobody names, those that expire first. Because: `UNKNOWN_NODE`, `NO_RECIPE`, `TOLD_APART`,
    `NOT_BY_LOT`, `NOT_USED`, `OUTLASTS`, `SHORT` (found and needed, for each SKU that falls short), `lots.SHORT`,
    `lots.MAY_NOT_BE_SOLD`.
    """
    return _request("assembly", id, into, node=node, bundle=bundle, quantity=quantity, lot=lot, lots=lots)


def disassemble(
    id: str, *, node: str, bundle: str, quantity: int = 1, lot: str = "", lots: Iterable[LotPieces] = ()
) -> Request[Catalog]:
    """Ask to take bundles apart: the inverse of `assemble`, refused for the same reasons.

    Components go back to lots that went into this `lot`: those that are named, then the first of them (`lots.ASSUMED`
    where they need not be those). What may not be sold any more goes to quarantine.
    """
    return _request("disassembly", id, out_of, node=node, bundle=bundle, quantity=quantity, lot=lot, lots=lots)


def _request(
    what: str,
    id: str,
    plan: Callable[[str, Making], Plan],
    *,
    node: str,
    bundle: str,
    quantity: int,
    lot: str,
    lots: Iterable[LotPieces],
) -> Request[Catalog]:
    identifier(id, what)
    place_name(node, "node")
    positive(quantity, f"quantity of {identifier(bundle, 'bundle')}")
    named = summed(lots)
    if lot:
        identifier(lot, "lot")

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        product = catalog.product(bundle)
        because = [] if node in catalog.network.node_by_id else [Reason(BundleCode.UNKNOWN_NODE, node)]
        if product is None or not product.is_assembled or not product.components:
            because.append(Reason(BundleCode.NO_RECIPE, bundle))
        if product is None or because:
            return Refused(tuple(because))
        components = tuple([(sku, each) for sku, each in product.components])
        recipe = Recipe(node=node, bundle=bundle, quantity=quantity, components=components)
        if untold := _untold(catalog, product, recipe, lot):
            return Refused(untold)
        making = Making(world, catalog, recipe, lot, named, now)
        answer = _decided(making, plan(id, making))
        return answer if isinstance(answer, Accepted) else _once_more(making, answer, lambda each: plan(id, each))

    said = (*((("lot", lot),) if lot else ()), *((("lots", by_name(named)),) if named else ()))
    return Request(f"{what}/{id}", (("node", node), ("bundle", bundle), ("quantity", quantity), *said), decide)


def _untold(catalog: Catalog, product: Product, recipe: Recipe, lot: str) -> tuple[Reason, ...]:
    """Return which pieces are told apart though it was not said which they are, or can not be told apart."""
    apart = [sku for sku in recipe.skus if is_told_apart(catalog, sku)]
    by_lot = [sku for sku in apart if sku != recipe.bundle and _by_lot(catalog, sku)]
    untold = [sku for sku in apart if sku not in by_lot and (sku != recipe.bundle or not lot)]
    if (by_lot or lot) and product.tracking is not Tracking.LOT:
        return (Reason(BundleCode.NOT_BY_LOT, recipe.bundle),)
    return tuple([Reason(BundleCode.TOLD_APART, sku) for sku in untold])


def _by_lot(catalog: Catalog, sku: str) -> bool:
    product = catalog.product(sku)
    return product is not None and product.tracking in BY_LOT


def _once_more(making: Making, answer: Refused, plan: Callable[[Making], Plan]) -> Decision:
    """Decide again without the holds whose time is over, where there are some: they stand in nobody's way."""
    world, catalog, recipe, *_, now = making
    places = catalog.network.limits[recipe.node]
    limits = [limit for sku in recipe.skus for limit in limits_of(world, catalog, places, sku, now=now).sums]
    over = overdue_ended(world, catalog, limits, now)
    if not over.events:
        return answer
    after = making._replace(world=Supposed(world, over.events))
    again = _decided(after, plan(after))
    if isinstance(again, Refused):
        return Refused(over.because + again.because)
    return Accepted((*over.events, *again.events), over.because + again.because, over.guards + again.guards)


def _decided(making: Making, plan: Plan) -> Decision:
    """Decide whether what is taken off the shelf can be: pieces of lots by their names, the others as a claim."""
    world, catalog, recipe, *_, now = making
    event, named, guards, because, said = plan
    used = recipe.used() if isinstance(event, Assembled) else recipe.made()
    for sku, needed in [(sku, needed) for sku, needed in used if not is_told_apart(catalog, sku)]:
        limits = limits_of(world, catalog, catalog.network.limits[recipe.node], sku, now=now)
        free = min([free_of(world, guard) for guard in limits.sums])
        if free < needed:
            because = (*because, Reason(BundleCode.SHORT, recipe.node, max(free, 0), needed, sku))
        guards += limits.sums + limits.still
    by_name = taken(world, catalog, recipe.node, event, named, now=now) if named else Accepted((event,))
    if because or isinstance(by_name, Refused):
        return Refused((*because, *(by_name.because if isinstance(by_name, Refused) else ())))
    return Accepted(by_name.events, said + by_name.because, by_name.guards + guards)
