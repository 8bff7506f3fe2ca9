"""The network: the nodes that hold goods, and the pools of them that channels sell from.

It is a document of the state, because a decision is right only for the network it saw. Invariants: ids are unique,
every pool names nodes of the network, and `groups` are exactly the sets of connected pools that Hall's condition needs
(docs/decisions/0004).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from ..errors import InvalidValue
from ..ledger import Key
from ..values import DAY_MS, MINUTE_MS, Position, frozen, identifier, names_of, positive, whole
from .calendars import Calendar

__all__ = [
    "NETWORK",
    "OUTSIDE",
    "Group",
    "Network",
    "Node",
    "NodeKind",
    "Pickup",
    "Pool",
    "place_name",
    "pool_place",
]

OUTSIDE = ("supplier", "customer", "loss", "order", "inbound")
"""Places that no node may be named after."""


class NodeKind(StrEnum):
    """What kind of place a node is."""

    STORE = "store"
    DARK_STORE = "dark_store"
    WAREHOUSE = "warehouse"
    VENDOR = "vendor"


def place_name(value: object, field: str) -> str:
    """Return the text if it can name a node or a pool: an identifier that is taken for no other place.

    >>> place_name("dc", "node")
    'dc'
    """
    name = identifier(value, field)
    if ":" in name or name in OUTSIDE:
        raise InvalidValue(field, name, f"an identifier without a colon and none of {', '.join(OUTSIDE)}")
    return name


class Pickup(NamedTuple):
    """When a carrier calls at a node: a minute after its midnight, on which weekday (0: each), for which service."""

    minute: int
    weekday: int = 0
    service: str = ""


@frozen(kw_only=True)
class Node:
    """A place that can fulfill. `rank` settles ties between nodes, `daily_capacity` is in pieces (None: no limit).

    An order is ready when the node has been open for `handling_minutes` since it took it up, and leaves with the next
    of the carrier's `pickups`; without any, at the end of that working day. A node that is not open takes no new
    claims; what it already has is released and expires as ever.

    `regions` and `services` are the only ones that it sends to and by (none named: all); `handles` names what it is
    fit for among what products require (`Product.requires`).
    """

    id: str
    position: Position
    kind: NodeKind = NodeKind.STORE
    calendar: Calendar = Calendar()
    daily_capacity: int | None = None
    is_open: bool = True
    rank: int = 0
    handling_minutes: int = 0
    pickups: tuple[Pickup, ...] = ()
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        place_name(self.id, "node")
        for field in ("regions", "services", "handles"):
            names_of(getattr(self, field), field)
        whole(self.rank, "rank")
        whole(self.handling_minutes, "handling_minutes")
        for number, (minute, weekday, _) in enumerate(self.pickups):
            if whole(minute, f"pickups[{number}].minute") > DAY_MS // MINUTE_MS or weekday not in range(8):
                raise InvalidValue(
                    f"pickups[{number}]", (minute, weekday), "a minute of a day, a weekday from 1 to 7 or 0"
                )
        if self.daily_capacity is not None:
            whole(self.daily_capacity, "daily_capacity")


def pool_place(pool: str) -> str:
    """Return the place of a pool's own accounts.

    >>> pool_place("web")
    'pool:web'
    """
    return f"pool:{pool}"


@frozen(kw_only=True)
class Pool:
    """The nodes that a channel sells from. Pools may share nodes."""

    id: str
    nodes: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        place_name(self.id, "pool")
        if len(set(self.nodes)) != len(self.nodes) or not self.nodes:
            raise InvalidValue(f"pool {self.id}", self.nodes, "one or more nodes, each once")


class Group(NamedTuple):
    """Pools that overlap, and all nodes that they reach: together they may claim no more than those nodes hold."""

    pools: tuple[str, ...]
    nodes: tuple[str, ...]

    def places(self) -> tuple[str, ...]:
        """Return the places whose sellable goods, claims at the pools counted as negative, must not fall below zero."""
        return (*self.nodes, *(pool_place(pool) for pool in self.pools))


@frozen(kw_only=True)
class Network:
    """Nodes and pools at a revision."""

    revision: int = 1
    nodes: tuple[Node, ...] = ()
    pools: tuple[Pool, ...] = ()

    def __attrs_post_init__(self) -> None:
        positive(self.revision, "revision")
        if len(self.node_by_id) != len(self.nodes) or len(self.pool_by_id) != len(self.pools):
            raise InvalidValue(
                "network",
                [*(node.id for node in self.nodes), *(pool.id for pool in self.pools)],
                "a list of unique ids",
            )
        for pool in self.pools:
            if unknown := set(pool.nodes) - self.node_by_id.keys():
                raise InvalidValue(f"pool {pool.id}", sorted(unknown), "a list of nodes of the network")

    @property
    def key(self) -> "Key[Network]":
        """Return the one key: there is one network."""
        return NETWORK

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return

    @cached_property
    def node_by_id(self) -> Mapping[str, Node]:
        """Return the nodes by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def pool_by_id(self) -> Mapping[str, Pool]:
        """Return the pools by id."""
        return {pool.id: pool for pool in self.pools}

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Return every set of connected pools that reaches other nodes than the rest: the groups that guards name.

        A closed node serves no claim at a pool, so it is not reached.
        """
        opened = {node.id for node in self.nodes if node.is_open}
        return _groups({pool.id: opened.intersection(pool.nodes) for pool in self.pools})

    @cached_property
    def limits(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """Return, by place, the sets of places that goods taken there must leave at zero or more in all.

        A node answers for itself and for each group that it belongs to, a pool for each group that it belongs to.
        """
        limits: dict[str, tuple[tuple[str, ...], ...]] = {}
        for node in self.nodes:
            within = tuple(group.places() for group in self.groups if node.id in group.nodes)
            limits[node.id] = ((node.id,), *within)
        for pool in self.pools:
            limits[pool_place(pool.id)] = tuple(group.places() for group in self.groups if pool.id in group.pools)
        return limits


NETWORK: Key[Network] = Key("catalog.network", "network")


def _groups(pools: Mapping[str, Iterable[str]]) -> tuple[Group, ...]:
    """Grow connected sets of pools one overlapping pool at a time; a set counts once, by the nodes that it reaches.

    A pool that reaches no node shares nothing with any other, and answers for itself.
    """
    reach = {pool: frozenset(nodes) for pool, nodes in pools.items()}
    found = set(reach.values())
    fresh = set(found)
    while fresh:
        fresh = {nodes | more for nodes in fresh for more in reach.values() if nodes & more} - found
        found |= fresh
    within = {nodes: [p for p, own in reach.items() if own and own <= nodes] for nodes in found if nodes}
    groups = [Group(tuple(sorted(pools)), tuple(sorted(nodes))) for nodes, pools in within.items()]
    groups += [Group((pool,), ()) for pool, own in reach.items() if not own]
    return tuple(sorted(groups, key=lambda group: (len(group.nodes), group)))
