"""Questions about goods: what can be sold where, and what is there. Nothing here is stored; all is derived.

Where lots must last, an order is given to nodes in the entry that takes it (docs/decisions/0042). So its pool has as
many pieces as nodes can be given one after the other, and no more than can be claimed at the pool.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from ..catalog import Catalog, Channel, Node, at_local, pool_place
from ..ledger import Account, Between, State, Supposed
from .documents import (
    GoodsState,
    capacity_used,
    claim_key,
    goods,
    node_day,
    on_hand_accounts,
    sellable,
    sellable_accounts,
)
from .endings import expired, overdue, overdue_ended
from .keeping import Places, free_of, is_within, limits_of
from .lots import lot_key

__all__ = ["Availability", "Stock", "availability", "available", "changes_at", "given_on", "on_hand"]


def available(
    state: State, catalog: Catalog, *, place: str, sku: str, channel: str = "", now: int | None = None
) -> int:
    """Return how many pieces can be claimed at a place: the least that any set of places which it draws on leaves free.

    For a channel: less its buffer, more its allowance and what is left of its ring-fences there, at most what its quota
    leaves. Zero for a node that is closed, and for a place that is none of the network or none of the channel's. Below
    zero where facts have overtaken claims. `now` (ms UTC) says which lots have expired, and which last long enough. At
    a pool, for a channel whose lots must last, it is how many pieces its orders get one by one (`given_on`), and zero
    without a moment.
    """
    network, rules = catalog.network, catalog.channel_by_id.get(channel)
    if (node := network.node_by_id.get(place)) and not node.is_open:
        return 0
    if place not in network.limits or (channel and (rules is None or not is_within(catalog, rules, place))):
        return 0
    life_days = catalog.life_days(channel, sku)
    if rules is None or node or not life_days:
        return _claimable(state, catalog, rules, place, sku, life_days=life_days, now=now)
    if now is None:
        return 0
    claimable = _claimable(state, catalog, rules, place, sku, life_days=0, now=now)
    return min(claimable, given_on(state, catalog, rules, {sku: 1}, now=now))


def _claimable(
    state: State, catalog: Catalog, rules: Channel | None, place: str, sku: str, *, life_days: int, now: int | None
) -> int:
    """Return how many pieces can be claimed; at a node, of lots that last."""
    places = catalog.network.limits[place]
    limits = limits_of(state, catalog, places, sku, rules, life_days=life_days, now=now)
    if rules is None:
        return limits.free(state)
    sums, quota = limits.sums[: len(places)], limits.sums[len(places) :]
    free = (limits._replace(sums=sums) if quota else limits).free(state)
    fenced = _fenced(state, rules, place, sku) if rules.ring_fences else 0
    if fenced and not (life_days and _is_short(state, sums[0], limits.still)):
        free = max(free, 0) + fenced
    return min([free, *[free_of(state, guard) for guard in quota]]) if quota else free


def _is_short(state: State, own: Between, still: Sequence[Between]) -> bool:
    """Tell whether a node has less than it keeps: what is set aside there need not be of lots that last."""
    return free_of(state, own) < 0 or any(guard.accounts == own.accounts for guard in still)


class _Wanted(NamedTuple):
    """Pieces by SKU that orders of a channel want, and the moment (ms UTC) at which they do."""

    catalog: Catalog
    channel: Channel
    parts: Mapping[str, int]
    now: int

    def times(self, state: State, places: Places, *, lasting: bool = False) -> int:
        """Return how many times these sets of places leave these pieces."""
        catalog, id, now = self.catalog, self.channel.id, self.now
        lives = {sku: catalog.life_days(id, sku) if lasting else 0 for sku in self.parts}
        limits = {sku: limits_of(state, catalog, places, sku, life_days=lives[sku], now=now) for sku in self.parts}
        return min([limits[sku].free(state) // each for sku, each in self.parts.items()])

    def most(self, state: State, node: Node) -> int:
        """Return how many times a node by itself can give these pieces, of lots that last, and handle them that day."""
        day = node.calendar.handling_day(self.now)
        if day is None or not node.is_open:
            return 0
        times = self.times(state, ((node.id,),), lasting=True)
        if node.daily_capacity is not None:
            used = state.balance(node_day(node.id, day), (capacity_used(node.id),))
            times = min(times, (node.daily_capacity - used) // sum(self.parts.values()))
        return max(times, 0)


def given_on(
    state: State, catalog: Catalog, channel: Channel, parts: Mapping[str, int], *, now: int, is_alone: bool = True
) -> int:
    """Return how many times nodes of a channel's pool can be given these pieces (by SKU), each time all at one node.

    What is asked of the pool itself is not looked at: each node gives what its own sum and the groups of other pools
    leave, and what it can still handle of its day; none where that has a limit and orders want other things beside
    these (not `is_alone`). Never more than orders get, whichever nodes serve them. Fewer only where other pools cross
    at nodes of this one, and these are several pieces, or somebody is below zero or may go there: then it is what one
    node alone can give, or for a piece what the pool's groups leave.
    """
    network, wanted = catalog.network, _Wanted(catalog, channel, parts, now)
    own, pool = pool_place(channel.pool), network.pool_by_id.get(channel.pool)
    nodes = [network.node_by_id[id] for id in (pool.nodes if pool else ())]
    most = {node.id: wanted.most(state, node) for node in nodes if is_alone or node.daily_capacity is None}
    sets = {places: most.keys() & places for id in most for places in network.limits[id][1:] if own not in places}
    free = {places: max(wanted.times(state, (places,)), 0) for places in sets}
    total, left = 0, dict(free)
    for id, times in most.items():
        within = [places for places in sets if id in places]
        given = min([times, *(left[places] for places in within)])
        left |= {places: left[places] - given for places in within}
        total += given
    if not any(one & other and not (one <= other or other <= one) for one, other in combinations(sets.values(), 2)):
        return total
    alone = max([min([times, *(free[each] for each in sets if id in each)]) for id, times in most.items()])
    if len(parts) > 1 or max(parts.values()) > 1 or not _is_sound(state, catalog, next(iter(parts)), sets):
        return alone
    return min(total, max(alone, wanted.times(state, network.limits[own])))


def _is_sound(state: State, catalog: Catalog, sku: str, sets: Iterable[tuple[str, ...]]) -> bool:
    """Tell whether neither a node in these sets of places is below zero nor a group of pools that lies within one."""
    within = [set(some) for some in sets]
    groups = [group.places() for group in catalog.network.groups]
    groups = [places for places in groups if any(some.issuperset(places) for some in within)]
    nodes = [(place,) for some in sets for place in some if ":" not in place]
    return all(state.balance(goods(sku), sellable_accounts(places)) >= 0 for places in (*groups, *nodes))


def _ordered(state: State, catalog: Catalog, channel: Channel, sku: str, now: int) -> int:
    """Return how many pieces orders get one by one at the pool of a channel whose lots must last.

    An order ends holds whose time is over where its claim at the pool falls short, and only there: a node that is given
    the claim does not look for any. So they are ended as far as orders would end them.
    """
    place, world = pool_place(channel.pool), state
    while place in catalog.network.limits:
        places, fenced = catalog.network.limits[place], _fenced(world, channel, place, sku)
        pieces = _claimable(world, catalog, channel, place, sku, life_days=0, now=now)
        given = given_on(world, catalog, channel, {sku: 1}, now=now)
        sums = limits_of(world, catalog, places, sku, channel, now=now).sums
        rooms = [fenced] * len(places) + [0] * (len(sums) - len(places))  # what is set aside needs no room, only quota
        left = [(guard, room, free_of(world, guard) + room) for guard, room in zip(sums, rooms, strict=True)]
        short = [guard for guard, room, free in left if room <= max(pieces, 0) >= free]
        ended = overdue_ended(world, catalog, short, now).events if given >= pieces else ()
        if not ended:
            return min(given, pieces)
        world = Supposed(world, ended)
    return 0


def changes_at(state: State, catalog: Catalog, *, place: str, sku: str, channel: str = "", now: int) -> int | None:
    """Return the next moment (ms UTC) at which `available` may be another with time alone; None: at none.

    That is when a lot on a shelf that the place draws on is too old: to be sold, or for the channel. And where lots
    must last, when a node whose day has a limit goes on to its next.
    """
    if not catalog.has_lots(sku):
        return None
    network, life_days = catalog.network, catalog.life_days(channel, sku)
    ids = dict.fromkeys([id for places in network.limits.get(place, ()) for id in places if ":" not in id])
    nodes = [network.node_by_id[id] for id in ids]
    moments = [moment for node in nodes for moment in _too_old_at(state, node, sku, {0, life_days})]
    limited = [node.calendar for node in nodes if life_days and node.daily_capacity is not None]
    days = [(calendar, calendar.handling_day(now)) for calendar in limited]
    moments += [at_local(calendar.zone, day, calendar.cut_off_minute) for calendar, day in days if day is not None]
    return min([moment for moment in moments if moment > now], default=None)


def _too_old_at(state: State, node: Node, sku: str, lives: Iterable[int]) -> Iterator[int]:
    """Yield when each lot on the shelf of a node does not last so many days any more."""
    for part, held in state.parts(goods(sku), sellable(node.id)).items():
        lot = state.document(lot_key(sku, part.lot)) if part.lot and held > 0 else None
        if lot and lot.expires_on is not None and not lot.recalled:
            yield from [at_local(node.calendar.zone, lot.expires_on - days + 1, 0) for days in lives]


def _fenced(state: State, channel: Channel, place: str, sku: str) -> int:
    """Return what is left at a place of the claims that are set aside for a channel."""
    fences = [fence for id in channel.ring_fences if (fence := state.document(claim_key(id))) and fence.place == place]
    accounts = [Account(place, GoodsState.RESERVED, fence.ref) for fence in fences]
    return state.balance(goods(sku), accounts) if accounts else 0


class Stock(NamedTuple):
    """What a node has of a SKU: pieces that can be claimed there now, and pieces on hand by state."""

    available: int
    by_state: Mapping[str, int]


class Availability(NamedTuple):
    """What can be sold of a SKU: pieces, by pool and by node."""

    sku: str
    pools: Mapping[str, int]
    nodes: Mapping[str, Stock]


def availability(sku: str, *, channel: str = "", now: int | None = None) -> Callable[[State, Catalog], Availability]:
    """Return the view of what can be sold of a SKU in each pool and at each node.

    For a channel, in its pool and at the nodes of that only. With a moment (ms UTC), holds whose time is over by then
    are in nobody's way, as they are not when something is claimed, and lots that have expired count for nothing.
    """

    def view(state: State, catalog: Catalog) -> Availability:
        network = catalog.network
        world = state if now is None else _without_overdue(state, catalog, sku, now)
        pools, nodes = [pool.id for pool in network.pools], [node.id for node in network.nodes]
        rules = catalog.channel_by_id.get(channel)
        if channel:
            pools = [pool for pool in pools if rules and pool == rules.pool]
            nodes = [node for node in nodes if rules and is_within(catalog, rules, node)]
        shown = {
            place: available(world, catalog, place=place, sku=sku, channel=channel, now=now)
            for place in (*map(pool_place, pools), *nodes)
        }
        if rules and now is not None and catalog.life_days(channel, sku):
            shown |= {pool_place(pool): _ordered(state, catalog, rules, sku, now) for pool in pools}
        return Availability(
            sku,
            {pool: shown[pool_place(pool)] for pool in pools},
            {node: Stock(shown[node], _by_state(world, node, sku)) for node in nodes},
        )

    return view


def _without_overdue(state: State, catalog: Catalog, sku: str, now: int) -> State:
    accounts = [sellable(place) for place in catalog.network.limits]
    late = [expired(state, catalog, claim, now).events for claim in overdue(state, goods(sku), accounts, now)]
    return Supposed(state, [event for events in late for event in events]) if late else state


def _by_state(state: State, node: str, sku: str) -> dict[str, int]:
    accounts = on_hand_accounts(node)
    return {account.state: held for account in accounts if (held := state.balance(goods(sku), (account,)))}


def on_hand(state: State, *, node: str, sku: str) -> int:
    """Return the pieces that a node physically has, in whatever state."""
    return state.balance(goods(sku), on_hand_accounts(node))
