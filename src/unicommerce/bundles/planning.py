"""Which lots go into bundles, and which come out of them again; the others have no names and no plan.

What goes in moves under the name of the bundles' lot, so what is in a lot is a balance, and so is which lots have
another in them (docs/decisions/0044).
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..catalog import Catalog
from ..inventory import (
    GoodsState,
    Lot,
    LotPieces,
    day_at,
    first_of,
    goods,
    is_told_apart,
    lot_key,
    may_be_sold,
    share,
    summed,
    unfit,
)
from ..ledger import Between, Reason, State
from ..lots import LotCode, pick_plan, stocks
from .codes import BundleCode
from .events import Assembled, Disassembled, Recipe, of_lot
from .views import contents

__all__ = ["Making", "Plan", "into", "out_of"]


class Making(NamedTuple):
    """What is made or taken apart, of which lots as far as that was said, and what decides it."""

    world: State
    catalog: Catalog
    recipe: Recipe
    lot: str
    named: tuple[LotPieces, ...]
    now: int


class Plan(NamedTuple):
    """What happens then, the pieces of lots that it takes off the shelf, guards beside theirs, why not, what is odd."""

    event: Assembled | Disassembled
    taken: tuple[LotPieces, ...]
    guards: tuple[Between, ...] = ()
    because: tuple[Reason, ...] = ()
    said: tuple[Reason, ...] = ()


def into(id: str, making: Making) -> Plan:
    """Return how bundles are made."""
    chosen, because = _chosen(making)
    batch, wrong = _batch(making, chosen)
    event = Assembled(id=id, recipe=making.recipe, lots=chosen, lot=making.lot, batch=batch)
    return Plan(event, chosen, (), because + wrong)


def _by_name(making: Making) -> list[tuple[str, int, tuple[LotPieces, ...]]]:
    """Return the components that are told apart, how many are needed, and what was named of them."""
    apart = [(sku, needed) for sku, needed in making.recipe.used() if is_told_apart(making.catalog, sku)]
    return [(sku, needed, tuple([each for each in making.named if each.sku == sku])) for sku, needed in apart]


def _chosen(making: Making) -> tuple[tuple[LotPieces, ...], tuple[Reason, ...]]:
    """Return the lots that go into bundles: those that were named, then those that expire first."""
    world, catalog, recipe, *_, now = making
    day, chosen, because = day_at(catalog, recipe.node, now), list[LotPieces](), list[Reason]()
    for sku, needed, named in _by_name(making):
        own = first_of([each for each in named if not each.owner], needed)  # what others own stays theirs
        gone = {each.lot: each.quantity for each in own}
        there = [stock for stock in stocks(world, recipe.node, sku) if stock.lot and not stock.owner]
        left = [stock._replace(quantity=stock.quantity - gone.get(stock.lot, 0)) for stock in there]
        rest = pick_plan(sku, left, needed - sum(gone.values()), day=day)
        if (found := sum(gone.values()) + sum([each.quantity for each in rest])) < needed:
            because.append(Reason(BundleCode.SHORT, recipe.node, found, needed, sku))
        chosen += [*own, *rest]
    return summed(chosen), (*because, *_not_used(making.named, chosen))


def _not_used(named: Iterable[LotPieces], used: Iterable[LotPieces]) -> tuple[Reason, ...]:
    """Return which pieces were named in vain."""
    _, missing = share(used, named)
    pairs = [(asked, left) for asked, left in zip(named, missing, strict=True) if left.quantity]
    return tuple(
        [
            Reason(
                BundleCode.NOT_USED, asked.lot or asked.owner, asked.quantity - left.quantity, asked.quantity, left.sku
            )
            for asked, left in pairs
        ]
    )


def _batch(making: Making, chosen: Iterable[LotPieces]) -> tuple[Lot | None, tuple[Reason, ...]]:
    """Return the lot of the bundles, where it is new; and why these components can not be of it."""
    world, catalog, recipe, lot, _, now = making
    if not lot:
        return None, ()
    day, known = day_at(catalog, recipe.node, now), world.document(lot_key(recipe.bundle, lot))
    batches = [world.document(lot_key(each.sku, each.lot)) for each in chosen]
    wrong = [batch.id for batch in (known, *batches) if batch and not may_be_sold(batch, day)]
    because = [Reason(LotCode.MAY_NOT_BE_SOLD, each) for each in wrong]
    ends = min([batch.expires_on for batch in batches if batch and batch.expires_on is not None], default=None)
    if known is None:
        return Lot(sku=recipe.bundle, id=lot, expires_on=ends, received_at=now), tuple(because)
    if ends is not None and (known.expires_on is None or known.expires_on > ends):
        because.append(Reason(BundleCode.OUTLASTS, lot, known.expires_on, ends))
    return None, tuple(because)


def out_of(id: str, making: Making) -> Plan:
    """Return how bundles are taken apart: components come out of what went into the lot, each as it may be sold."""
    world, catalog, recipe, lot, named, now = making
    nodes = [node.id for node in catalog.network.nodes]
    back, guards, because, said = list[LotPieces](), list[Between](), list[Reason](), list[Reason]()
    for sku, needed, own in _by_name(making):
        there = contents(world, nodes, recipe.bundle, lot, sku)
        left = needed - sum([each.quantity for each in own])
        given, _ = share(there, (*own, LotPieces(sku, max(left, 0))))
        if (found := sum([each.quantity for each in given])) < needed:
            because.append(Reason(BundleCode.SHORT, recipe.node, found, needed, sku))
        if left > 0 and len(there) > 1 and sum([each.quantity for each in there]) > needed:
            said.append(Reason(LotCode.ASSUMED, sku, left))
        back += given
        for each in given:
            accounts = [of_lot(node, recipe.bundle, lot)._replace(lot=each.lot) for node in nodes]
            guards.append(Between(goods(sku), tuple(accounts)))
    apart = unfit(world, catalog, recipe.node, back, now)
    placed = [each._replace(state=GoodsState.QUARANTINE) if each in apart else each for each in back]
    event = Disassembled(id=id, recipe=recipe, lots=tuple(placed), lot=lot)
    gone = (LotPieces(recipe.bundle, recipe.quantity, lot),) if lot else ()
    return Plan(event, gone, tuple(guards), (*because, *_not_used(named, back)), tuple(said))
