"""unicommerce: the quiet backend of a retailer with many channels and many places that hold stock.

One record of every piece, promises that are kept, orders that route themselves, returns that add up. Three verbs: tell
(it happened), ask (may be refused, with reasons), see (a view). It does no I/O of its own.
"""

from .catalog import Calendar, Catalog, Network, Node, NodeKind, Pool, Product, moment, moment_text
from .commerce import AsyncCommerce, Commerce
from .fulfillment import FulfillmentPolicy, allocate, amend, cancel, delivered, picked, place, shipped
from .inventory import availability, received, reserve
from .ledger import Accepted, Refused, explain
from .orders import Order, OrderLine, order_status
from .values import Money, Position

__all__ = [
    "Accepted",
    "AsyncCommerce",
    "Calendar",
    "Catalog",
    "Commerce",
    "FulfillmentPolicy",
    "Money",
    "Network",
    "Node",
    "NodeKind",
    "Order",
    "OrderLine",
    "Pool",
    "Position",
    "Product",
    "Refused",
    "allocate",
    "amend",
    "availability",
    "cancel",
    "delivered",
    "explain",
    "moment",
    "moment_text",
    "order_status",
    "picked",
    "place",
    "received",
    "reserve",
    "shipped",
]
