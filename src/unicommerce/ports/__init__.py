"""How the world is translated: what adapters read messages into, and write them from."""

from .fields import Fields, Unread
from .goods import (
    Delivery,
    Dispatch,
    GoodsReturn,
    Label,
    Rate,
    Receipt,
    ShipNotice,
    ShipRequest,
    StockChange,
    StockCount,
    StockTransfer,
    TillSale,
    Undelivered,
)
from .papers import Paper
from .parts import Address, Answer, Item, Line
from .protocols import PORTS, Port, Telemetry
from .readings import Capabilities, Message, Reading
from .trade import Cancellation, Offered, Payment, PurchaseAnswer, PurchaseOrder, Refund, SalesOrder, Tax
from .writing import amount, faithful, moment

__all__ = [
    "PORTS",
    "Address",
    "Answer",
    "Cancellation",
    "Capabilities",
    "Delivery",
    "Dispatch",
    "Fields",
    "GoodsReturn",
    "Item",
    "Label",
    "Line",
    "Message",
    "Offered",
    "Paper",
    "Payment",
    "Port",
    "PurchaseAnswer",
    "PurchaseOrder",
    "Rate",
    "Reading",
    "Receipt",
    "Refund",
    "SalesOrder",
    "ShipNotice",
    "ShipRequest",
    "StockChange",
    "StockCount",
    "StockTransfer",
    "Tax",
    "Telemetry",
    "TillSale",
    "Undelivered",
    "Unread",
    "amount",
    "faithful",
    "moment",
]
