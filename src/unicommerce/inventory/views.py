"""Questions about goods: what can be sold where, and what is there. Nothing here is stored; all is derived."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..catalog import Catalog, Channel, pool_place
from ..ledger import Account, State, Supposed
from .documents import GoodsState, claim_key, goods, on_hand_accounts, sellable
from .endings import expired, overdue
from .keeping import free_of, is_within, limits_of

__all__ = ["Availability", "Stock", "availability", "available", "on_hand"]


def available(
    state: State, catalog: Catalog, *, place: str, sku: str, channel: str = "", now: int | None = None
) -> int:
    """Return how many pieces can be claimed at a place: the least that any set of places which it draws on leaves free.

    For a channel: less its buffer, more its allowance and what is left of its ring-fences there, at most what its quota
    leaves. Zero for a node that is closed, and for a place that is none of the network or none of the channel's, and at
    a pool for a channel whose lots must last. Below zero where facts have overtaken claims. `now` (ms UTC) says which
    lots have expired.
    """
    network, rules = catalog.network, catalog.channel_by_id.get(channel)
    if (node := network.node_by_id.get(place)) and not node.is_open:
        return 0
    if place not in network.limits or (channel and (rules is None or not is_within(catalog, rules, place))):
        return 0
    life_days = catalog.life_days(channel, sku)
    if life_days and node is None:
        return 0
    limits = limits_of(state, catalog, network.limits[place], sku, rules, life_days=life_days, now=now)
    if rules is None:
        return limits.free(state)
    sets, fenced = len(network.limits[place]), _fenced(state, rules, place, sku)
    free = limits._replace(sums=limits.sums[:sets]).free(state)
    free = max(free, 0) + fenced if fenced else free
    return min([free, *(free_of(state, guard) for guard in limits.sums[sets:])])


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
        if channel:
            rules = catalog.channel_by_id.get(channel)
            pools = [pool for pool in pools if rules and pool == rules.pool]
            nodes = [node for node in nodes if rules and is_within(catalog, rules, node)]
        shown = {
            place: available(world, catalog, place=place, sku=sku, channel=channel, now=now)
            for place in (*map(pool_place, pools), *nodes)
        }
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
