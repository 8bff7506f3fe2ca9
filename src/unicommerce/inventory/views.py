"""Questions about goods: what can be sold where, and what is there. Nothing here is stored; all is derived."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..catalog import Catalog, Network, pool_place
from ..ledger import State
from .documents import goods, on_hand_accounts, sellable_accounts

__all__ = ["Availability", "Stock", "availability", "available", "on_hand"]


def available(state: State, network: Network, *, place: str, sku: str) -> int:
    """Return how many pieces can be claimed at a place: the least that any set of places which it draws on leaves free.

    Zero for a node that is closed and a place that the network does not know. Below zero where facts have overtaken
    claims.
    """
    if (node := network.node_by_id.get(place)) and not node.is_open:
        return 0
    limits = network.limits.get(place, ())
    return min([state.balance(goods(sku), sellable_accounts(places)) for places in limits], default=0)


class Stock(NamedTuple):
    """What a node has of a SKU: pieces that can be claimed there now, and pieces on hand by state."""

    available: int
    by_state: Mapping[str, int]


class Availability(NamedTuple):
    """What can be sold of a SKU: pieces, by pool and by node."""

    sku: str
    pools: Mapping[str, int]
    nodes: Mapping[str, Stock]


def availability(sku: str) -> Callable[[State, Catalog], Availability]:
    """Return the view of what can be sold of a SKU in each pool and at each node."""

    def view(state: State, catalog: Catalog) -> Availability:
        network = catalog.network
        return Availability(
            sku,
            {pool.id: available(state, network, place=pool_place(pool.id), sku=sku) for pool in network.pools},
            {node.id: _stock(state, network, node.id, sku) for node in network.nodes},
        )

    return view


def _stock(state: State, network: Network, node: str, sku: str) -> Stock:
    by_state = {
        account.state: held for account in on_hand_accounts(node) if (held := state.balance(goods(sku), (account,)))
    }
    return Stock(available(state, network, place=node, sku=sku), by_state)


def on_hand(state: State, *, node: str, sku: str) -> int:
    """Return the pieces that a node physically has, in whatever state."""
    return state.balance(goods(sku), on_hand_accounts(node))
