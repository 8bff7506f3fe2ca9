"""The papers that systems exchange, in our terms: what an adapter reads a message into, and writes a message from.

A paper says what a message says and decides nothing; `form` is what it is called. Ids are the sender's. What each of
them means for us is one table, in `intake`.
"""

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
from .trade import Cancellation, Offered, Payment, PurchaseAnswer, PurchaseOrder, Refund, SalesOrder, Tax

__all__ = ["Paper"]

Paper = (
    SalesOrder
    | Cancellation
    | Refund
    | ShipRequest
    | Rate
    | Label
    | Dispatch
    | Delivery
    | Undelivered
    | GoodsReturn
    | Receipt
    | StockCount
    | StockChange
    | StockTransfer
    | Offered
    | PurchaseOrder
    | PurchaseAnswer
    | ShipNotice
    | TillSale
    | Payment
    | Tax
)
