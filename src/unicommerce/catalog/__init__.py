"""Master data: products, nodes, pools, calendars, and what is wrong with them."""

from .calendars import Calendar, at_local, day_text, local_day, local_minute, moment, moment_text
from .documents import NETWORK, Catalog, Group, Network, Node, NodeKind, Pool, Product, place_name, pool_place
from .events import NetworkRevised
from .views import CatalogCode, findings

__all__ = [
    "NETWORK",
    "Calendar",
    "Catalog",
    "CatalogCode",
    "Group",
    "Network",
    "NetworkRevised",
    "Node",
    "NodeKind",
    "Pool",
    "Product",
    "at_local",
    "day_text",
    "findings",
    "local_day",
    "local_minute",
    "moment",
    "moment_text",
    "place_name",
    "pool_place",
]
