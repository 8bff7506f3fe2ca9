"""What is kept back: the one formula of what can be claimed, as guards that hold what it leaves.

For each set of places G that goods are taken from (`Network.limits`),

    free(G) = sellable(G) - the sum of kept(n) over its nodes n - the channel's buffer + the channel's allowance

where a node keeps min(what it has to sell, its safety stock and the pieces in lots that may not be sold). Where lots
must last, the node that they are taken at keeps shorter ones too, in its own sum alone (docs/decisions/0037, 0042);
what leaves it without anybody saying of which lot leaves those that last to whom they were promised.
Beside these sums stands the channel's quota. Each is a guard whose `least` is what has to stay: what is free is what
the accounts hold above it. So what was decided is still right when it is recorded. The table of how the rules compose
is in docs/concepts/pools-and-groups.md.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import attrs

from ..catalog import Catalog, Channel, local_day, pool_place
from ..ledger import Account, Between, State
from ..values import LARGEST
from .documents import CLAIMED, Life, goods, is_untold, life_key, quota, quota_open, sellable, sellable_accounts
from .lots import lot_key, may_be_sold, unsellable

__all__ = [
    "Lasting",
    "Limits",
    "Places",
    "enough",
    "free_of",
    "is_within",
    "kept",
    "lasting",
    "life_needed",
    "limits_of",
    "lives_of",
]

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
    life_days: int = 0,
    untold: int = 0,
    now: int | None = None,
) -> Limits:
    """Return the limits of a SKU at a place with these `Network.limits`, for a channel (None: for nobody's).

    At a node, lots may have to last (`life_days`), and pieces of which nobody will tell the lot (`untold`, so many are
    wanted) leave those that last to whom they were promised. `now` (ms UTC) says which have expired; without it only
    recalled ones are kept back.
    """
    by_lot = catalog.has_lots(sku)
    if not (catalog.safety or by_lot) and channel is None:
        return enough(places, sku)
    least = channel.buffer - channel.allowance if channel else 0
    nodes = dict.fromkeys([place for some in places for place in some])
    wanted = {node: catalog.safety_stock(node, sku) for node in nodes}
    for node in nodes if by_lot else ():
        wanted[node] += unsellable(world, catalog, node, sku, now=now)
    keeps = {node: kept(world, node, sku, pieces) for node, pieces in wanted.items() if pieces}
    sums = [
        Between(guard.unit, guard.accounts, least + sum([keeps[place] for place in some if place in keeps]))
        for some, guard in zip(places, enough(places, sku).sums, strict=True)
    ]
    if life_days:
        own = places[0][0]  # the node that they are taken at
        wanted[own] = catalog.safety_stock(own, sku)
        wanted[own] += unsellable(world, catalog, own, sku, now=now, minimum_life_days=life_days)
        keeps[own] = kept(world, own, sku, wanted[own])
        sums[0] = sums[0]._replace(least=least + keeps[own])
    if channel and (most := channel.quota_by_sku.get(sku)) is not None:
        sums.append(Between(quota(channel.id, sku), (quota_open(channel.id),), -most))
    still = [
        Between(goods(sku), (sellable(node),), None, pieces) for node, pieces in keeps.items() if pieces < wanted[node]
    ]
    if (life_days or untold) and now is not None:
        days = LARGEST if untold else life_days
        for each in lasting(world, catalog, places[0][0], sku, days, now=now):
            most = max(each.free, 0 if each.needing else untold)
            still += each.guards(most + (channel.allowance if channel else 0))
            sums += [each.limit] if untold and each.needing else []
    return Limits(tuple(sums), tuple(still))


class Lasting(NamedTuple):
    """At a node, what there is of pieces that last so many days (`life`), and who needs them.

    `free` are those that no claim needs which must last as long (`needing`), and that nobody may take who does not tell
    which he took; below zero: missing. `limit` holds it: who takes any piece needs so much room. `others` are the
    accounts of those that last, and of claims of anything else or by name: `there` together. `claimed` are those of all
    claims, which hold `taken`.
    """

    life: int
    free: int
    needing: int
    limit: Between
    others: tuple[Account, ...]
    there: int
    claimed: tuple[Account, ...]
    taken: int

    def guards(self, most: int) -> tuple[Between, ...]:
        """Return the guards that no more than `most` pieces are claimed beside what is, and the rest is as it was."""
        unit = self.limit.unit
        return (
            Between(unit, self.claimed, None, self.taken + most),
            *((Between(unit, self.others, self.there),) if self.others else ()),
        )


def lasting(world: State, catalog: Catalog, node: str, sku: str, days: int, *, now: int) -> tuple[Lasting, ...]:
    """Return what is free of pieces that last, for each life up to so many days that a claim or a channel needs."""
    lives = {channel.minimum_life_days for channel in catalog.channels}
    if node not in catalog.network.node_by_id or not any(lives) or not catalog.has_lots(sku):
        return ()
    unit, shelf, zone = goods(sku), sellable(node), catalog.network.node_by_id[node].calendar.zone
    today, claimed = local_day(zone, now), tuple([Account(node, state) for state in CLAIMED])
    parts = {part: held for account in claimed for part, held in world.parts(unit, account).items()}
    needs = {ref: life_needed(world, node, ref, today) for ref in sorted({part.ref for part in parts})}
    unnamed = _unnamed(parts)
    lots = sorted({part.lot for part in world.parts(unit, shelf) if part.lot})
    batches = {lot: world.document(lot_key(sku, lot)) for lot in lots}
    found = []
    for life in sorted([life for life in lives.union(needs.values()) if 0 < life <= days]):
        long = [shelf._replace(lot=lot) for lot in lots if may_be_sold(batches[lot], today, life)]
        short = unsellable(world, catalog, node, sku, now=now, minimum_life_days=life)
        needing = sum([held for part, held in unnamed.items() if needs[part.ref] >= life])
        named = [part for part in parts if part not in unnamed and needs[part.ref] >= life]
        # Where somebody needs them, those who do not say what they take may take them, too.
        rest = {part[:3]: None for part in parts if needs[part.ref] < life and not (needing and is_untold(part.ref))}
        others = (*long, *sorted([*named, *(Account(*each) for each in rest)]))
        any_lot = [part for part in unnamed if needs[part.ref] < life and not is_untold(part.ref)]
        free = world.balance(unit, (shelf,)) - short + sum([unnamed[part] for part in any_lot])
        room = (shelf, *sorted(any_lot))
        limit = Between(unit, room, world.balance(unit, room) - free)
        taken, there = world.balance(unit, claimed), world.balance(unit, others)
        found.append(Lasting(life, free, needing, limit, others, there, claimed, taken))
    return tuple(found)


def _unnamed(parts: Mapping[Account, int]) -> Mapping[Account, int]:
    """Return what is claimed of no lot: what was picked, or claimed by name, needs no other pieces."""
    return {part: held for part, held in parts.items() if not (part.lot or part.owner)}


def life_needed(world: State, node: str, ref: str, today: int) -> int:
    """Return for how many days from today lots must last that are set aside at a node for `ref`."""
    life = world.document(life_key(node, ref))
    return max(life.until - today, 0) if life else 0


def lives_of(
    world: State, catalog: Catalog, node: str, days_by_ref: Mapping[str, int], *, now: int
) -> tuple[Life, ...]:
    """Return until when lots must last that are set aside at a node today, where they must: no shorter than before."""
    wanted = {ref: days for ref, days in days_by_ref.items() if days}
    if not wanted:
        return ()
    today = local_day(catalog.network.node_by_id[node].calendar.zone, now)
    told = [(ref, today + days, world.document(life_key(node, ref))) for ref, days in wanted.items()]
    new = [Life(node=node, ref=ref, until=until) for ref, until, known in told if known is None]
    longer = [(known, until) for _, until, known in told if known and until > known.until]
    return (*new, *(attrs.evolve(known, revision=known.revision + 1, until=until) for known, until in longer))


def is_within(catalog: Catalog, channel: Channel, place: str) -> bool:
    """Tell whether a channel sells from a place: its pool, or a node of that."""
    pool = catalog.network.pool_by_id.get(channel.pool)
    return place == pool_place(channel.pool) or (pool is not None and place in pool.nodes)
