"""What is kept back: the one formula of what can be claimed, as guards that hold what it leaves.

For each set of places G that goods are taken from (`Network.limits`),

    free(G) = sellable(G) - the sum of kept(n) over its nodes n - the channel's buffer + the channel's allowance

where a node keeps min(what it has to sell, its safety stock and the pieces in lots that may not be sold). Beside these
sums stands the channel's quota. Each is a guard whose `least` is what has to stay: what is free is what the accounts
hold above it. So what was decided is still right when it is recorded. The table of how the rules compose is in
docs/concepts/pools-and-groups.md.
"""

from functools import lru_cache
from typing import NamedTuple

from ..catalog import Catalog, Channel, pool_place
from ..ledger import Between, State
from .documents import SUPPLIER, goods, quota, quota_open, sellable, sellable_accounts
from .lots import has_lots, unsellable

__all__ = ["Limits", "Places", "enough", "free_of", "is_within", "kept", "limits_of"]

Places = tuple[tuple[str, ...], ...]
"""Sets of places, as `Network.limits` has them."""


class Limits(NamedTuple):
    """What must hold once goods of one SKU are taken at a place.

    `sums` say what has to stay: one for each set of places, in their order, then the quota. `still` say that nodes
    which are short of what they should keep have not gained meanwhile: they would keep that too.
    """

    sums: tuple[Between, ...]
    still: tuple[Between, ...] = ()

    def free(self, world: State) -> int:
        """Return the least that any of the sums leaves free."""
        return min([world.balance(unit, accounts) - (least or 0) for unit, accounts, least, _ in self.sums], default=0)


def free_of(world: State, guard: Between) -> int:
    """Return what the accounts of a guard hold above what has to stay."""
    return world.balance(guard.unit, guard.accounts) - (guard.least or 0)


@lru_cache(maxsize=65_536)
def enough(places: Places, sku: str) -> Limits:
    """Return the limits of a SKU at a place with these `Network.limits`, where nothing is kept back."""
    return Limits(tuple([Between(goods(sku), sellable_accounts(some)) for some in places]))


def kept(world: State, node: str, sku: str, wanted: int) -> int:
    """Return the pieces of a SKU that a node keeps back, of those that it is to keep: never more than it can sell."""
    return min(max(world.balance(goods(sku), (sellable(node),)), 0), wanted)


def limits_of(
    world: State,
    catalog: Catalog,
    places: Places,
    sku: str,
    channel: Channel | None = None,
    *,
    now: int | None = None,
) -> Limits:
    """Return the limits of a SKU at a place with these `Network.limits`, for a channel (None: for nobody's).

    `now` (ms UTC) says which lots have expired; without it only recalled ones are kept back.
    """
    by_lot = has_lots(catalog, sku)
    if not (catalog.safety or by_lot) and channel is None:
        return enough(places, sku)
    least = channel.buffer - channel.allowance if channel else 0
    life_days = channel.minimum_life_days if channel and by_lot else 0
    nodes = dict.fromkeys([place for some in places for place in some])
    wanted = {node: catalog.safety_stock(node, sku) for node in nodes}
    for node in nodes if by_lot else ():
        wanted[node] += unsellable(world, catalog, node, sku, now=now, minimum_life_days=life_days)
    keeps = {node: kept(world, node, sku, pieces) for node, pieces in wanted.items() if pieces}
    sums = [
        Between(guard.unit, guard.accounts, least + sum([keeps[place] for place in some if place in keeps]))
        for some, guard in zip(places, enough(places, sku).sums, strict=True)
    ]
    if channel and (most := channel.quota_by_sku.get(sku)) is not None:
        sums.append(Between(quota(channel.id, sku), (quota_open(channel.id),), -most))
    still = [
        Between(goods(sku), (sellable(node),), None, pieces) for node, pieces in keeps.items() if pieces < wanted[node]
    ]
    if life_days:  # a lot that came in meanwhile may be too short, and would stand in for one that is not
        still.append(Between(goods(sku), (SUPPLIER,), world.balance(goods(sku), (SUPPLIER,))))
    return Limits(tuple(sums), tuple(still))


def is_within(catalog: Catalog, channel: Channel, place: str) -> bool:
    """Tell whether a channel sells from a place: its pool, or a node of that."""
    pool = catalog.network.pool_by_id.get(channel.pool)
    return place == pool_place(channel.pool) or (pool is not None and place in pool.nodes)
