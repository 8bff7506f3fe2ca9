"""How the world is translated: what adapters read messages into, and write them from."""

from .fields import Fields, Unread
from .goods import (
    Delivery,
    Dispatch,
    GoodsReturn,
    Receipt,
    ShipNotice,
    ShipRequest,
    StockChange,
    StockCount,
    StockTransfer,
    TillSale,
)
from .papers import Paper
from .parts import Address, Item, Line
from .protocols import PORTS, Port, Telemetry
from .readings import Capabilities, Message, Reading
from .trade import Cancellation, Offered, Payment, PurchaseAnswer, PurchaseOrder, Refund, SalesOrder
from .writing import amount, faithful, moment

__all__ = [
    "PORTS",
    "Address",
    "Cancellation",
    "Capabilities",
    "Delivery",
    "Dispatch",
    "Fields",
    "GoodsReturn",
    "Item",
    "Line",
    "Message",
    "Offered",
    "Paper",
    "Payment",
    "Port",
    "PurchaseAnswer",
    "PurchaseOrder",
    "Reading",
    "Receipt",
    "Refund",
    "SalesOrder",
    "ShipNotice",
    "ShipRequest",
    "StockChange",
    "StockCount",
    "StockTransfer",
    "Telemetry",
    "TillSale",
    "Unread",
    "amount",
    "faithful",
    "moment",
]
