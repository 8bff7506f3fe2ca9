"""Master data: products, nodes, pools, calendars, and what is wrong with them."""

from .calendars import Calendar, CutOff, at_local, day_text, local_day, local_minute, moment, moment_text
from .documents import Catalog, Channel, Component, Measure, Product, SafetyStock, Tracking
from .events import NetworkRevised
from .network import NETWORK, Group, Network, Node, NodeKind, Pickup, Pool, place_name, pool_place
from .views import CatalogCode, findings

__all__ = [
    "NETWORK",
    "Calendar",
    "Catalog",
    "CatalogCode",
    "Channel",
    "Component",
    "CutOff",
    "Group",
    "Measure",
    "Network",
    "NetworkRevised",
    "Node",
    "NodeKind",
    "Pickup",
    "Pool",
    "Product",
    "SafetyStock",
    "Tracking",
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
