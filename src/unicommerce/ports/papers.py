"""The papers that systems exchange, in our terms: what an adapter reads a message into, and writes a message from.

A paper says what a message says and decides nothing. Quantities are pieces, amounts are minor units of the paper's
currency, moments are ms UTC; ids are the sender's. What each of them means for us is one table, in `taking`.
"""

from typing import ClassVar, NamedTuple

from ..errors import InvalidValue
from ..values import LARGEST, frozen, identifier, positive, whole

__all__ = [
    "Address",
    "Cancellation",
    "Delivery",
    "Dispatch",
    "GoodsReturn",
    "Item",
    "Line",
    "Offered",
    "Paper",
    "Payment",
    "PurchaseAnswer",
    "PurchaseOrder",
    "Receipt",
    "Refund",
    "SalesOrder",
    "ShipNotice",
    "ShipRequest",
    "StockChange",
    "StockCount",
    "StockTransfer",
    "TillSale",
]

PAYMENTS = ("authorized", "captured", "refunded", "voided", "failed", "disputed")


class Line(NamedTuple):
    """A line of an order: a price for each piece; discount and tax for all its pieces together."""

    id: str
    sku: str
    quantity: int
    price_minor: int = 0
    discount_minor: int = 0
    tax_minor: int = 0


class Item(NamedTuple):
    """Pieces of a SKU; of which line of an order, and in which state, where that is said."""

    sku: str
    quantity: int
    line: str = ""
    state: str = ""


class Address(NamedTuple):
    """Where something goes, as far as routing and tax need it; names and streets are the sender's to keep."""

    country: str = ""
    region: str = ""
    postal_code: str = ""
    city: str = ""


def _check(paper: "Paper", *ids: str) -> None:
    for name in ids:
        identifier(getattr(paper, name), f"{paper.kind}.{name}")
    if isinstance(paper, SalesOrder | PurchaseOrder | PurchaseAnswer):
        if not paper.lines or len({line.id for line in paper.lines}) < len(paper.lines):
            raise InvalidValue(f"{paper.kind}.lines", [line.id for line in paper.lines], "lines with ids of their own")
        for line in paper.lines:
            identifier(line.id, f"{paper.kind}.line")
            identifier(line.sku, f"{paper.kind}.line {line.id}.sku")
            whole(line.quantity, f"{paper.kind}.line {line.id}.quantity")
            for amount in (line.price_minor, line.discount_minor, line.tax_minor):
                whole(amount, f"{paper.kind}.line {line.id} amount", -LARGEST)


def _check_items(paper: "Paper", items: tuple[Item, ...], least: int = 1) -> None:
    for item in items:
        identifier(item.sku, f"{paper.kind}.sku")
        whole(item.quantity, f"{paper.kind}.quantity of {item.sku}", least)


@frozen(kw_only=True)
class SalesOrder:
    """An order of a customer. `total_minor` is what the sender says that all of it costs."""

    kind: ClassVar[str] = "sales_order"
    id: str
    placed_at: int
    currency: str
    lines: tuple[Line, ...]
    number: str = ""
    shipping_minor: int = 0
    discount_minor: int = 0
    tax_minor: int = 0
    total_minor: int | None = None
    includes_tax: bool = False
    destination: Address = Address()
    service: str = ""

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "currency")
        for name in ("shipping_minor", "discount_minor", "tax_minor"):
            whole(getattr(self, name), f"sales_order.{name}", -LARGEST)


@frozen(kw_only=True)
class Cancellation:
    """An order, or some of its lines, is not wanted any more; no items: all of it."""

    kind: ClassVar[str] = "cancellation"
    id: str
    order: str
    items: tuple[Item, ...] = ()
    reason: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "order")
        _check_items(self, self.items)


@frozen(kw_only=True)
class Refund:
    """Money that goes back to a customer, and the pieces that it is for."""

    kind: ClassVar[str] = "refund"
    id: str
    order: str
    currency: str
    amount_minor: int
    items: tuple[Item, ...] = ()
    tax_minor: int = 0
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "order", "currency")
        _check_items(self, self.items)
        whole(self.amount_minor, "refund.amount_minor")


@frozen(kw_only=True)
class ShipRequest:
    """A node is to send pieces of an order."""

    kind: ClassVar[str] = "ship_request"
    id: str
    order: str
    node: str
    items: tuple[Item, ...]
    destination: Address = Address()
    service: str = ""
    deliver_by: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "order", "node")
        _check_items(self, self.items)


@frozen(kw_only=True)
class Dispatch:
    """Pieces of an order have left; no items: all that were asked for."""

    kind: ClassVar[str] = "dispatch"
    id: str
    order: str = ""
    node: str = ""
    items: tuple[Item, ...] = ()
    short: tuple[Item, ...] = ()
    carrier: str = ""
    tracking: tuple[str, ...] = ()
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id")
        _check_items(self, (*self.items, *self.short))


@frozen(kw_only=True)
class Delivery:
    """A shipment has reached the customer."""

    kind: ClassVar[str] = "delivery"
    id: str
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id")


@frozen(kw_only=True)
class GoodsReturn:
    """Pieces that a customer sent came in at a node; of an order, or nobody knows."""

    kind: ClassVar[str] = "goods_return"
    id: str
    node: str
    items: tuple[Item, ...]
    order: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "node")
        _check_items(self, self.items)


@frozen(kw_only=True)
class Receipt:
    """Pieces came in at a node; of an inbound, where that is said."""

    kind: ClassVar[str] = "receipt"
    id: str
    node: str
    items: tuple[Item, ...]
    inbound: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "node")
        _check_items(self, self.items)


@frozen(kw_only=True)
class StockCount:
    """What a system says that a node holds as of a moment; zero says that there is none."""

    kind: ClassVar[str] = "stock_count"
    id: str
    node: str
    items: tuple[Item, ...]
    as_of: int

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "node")
        _check_items(self, self.items, 0)


@frozen(kw_only=True)
class StockChange:
    """Pieces were found or lost at a node: `quantity` of an item is the change, below zero for what was lost."""

    kind: ClassVar[str] = "stock_change"
    id: str
    node: str
    items: tuple[Item, ...]
    reason: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "node")
        _check_items(self, self.items, -LARGEST)


@frozen(kw_only=True)
class StockTransfer:
    """Pieces went from a node to another, and came in there."""

    kind: ClassVar[str] = "stock_transfer"
    id: str
    source: str
    target: str
    items: tuple[Item, ...]
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "source", "target")
        _check_items(self, self.items)


@frozen(kw_only=True)
class Offered:
    """How many pieces of a SKU a channel may sell; a higher version counts."""

    kind: ClassVar[str] = "offered"
    channel: str
    sku: str
    quantity: int
    version: int
    node: str = ""

    def __attrs_post_init__(self) -> None:
        _check(self, "channel", "sku")
        whole(self.quantity, "offered.quantity")
        positive(self.version, "offered.version")


@frozen(kw_only=True)
class PurchaseOrder:
    """What is bought from a supplier; prices for each piece."""

    kind: ClassVar[str] = "purchase_order"
    id: str
    ordered_at: int | None
    lines: tuple[Line, ...]
    currency: str = ""
    supplier: str = ""
    node: str = ""
    due_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id")


@frozen(kw_only=True)
class PurchaseAnswer:
    """What a supplier says of a purchase order: lines as accepted, with what was changed; zero pieces: refused."""

    kind: ClassVar[str] = "purchase_answer"
    id: str
    order: str
    lines: tuple[Line, ...]
    answer: str = ""
    due_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "order")


@frozen(kw_only=True)
class ShipNotice:
    """What a supplier has sent, before it comes; of a purchase order."""

    kind: ClassVar[str] = "ship_notice"
    id: str
    order: str
    items: tuple[Item, ...]
    node: str = ""
    sent_at: int | None = None
    expected_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "order")
        _check_items(self, self.items)


@frozen(kw_only=True)
class TillSale:
    """What a till sold, took back (`is_return`) or undid (`is_void`) at a node."""

    kind: ClassVar[str] = "till_sale"
    id: str
    till: str
    node: str
    items: tuple[Item, ...]
    sale: str = ""
    is_return: bool = False
    is_void: bool = False
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "till", "node")
        _check_items(self, self.items)


@frozen(kw_only=True)
class Payment:
    """What became of a customer's money; `status` is one of the table's words."""

    kind: ClassVar[str] = "payment"
    id: str
    status: str
    currency: str
    amount_minor: int
    order: str = ""
    tender: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        _check(self, "id", "currency")
        whole(self.amount_minor, "payment.amount_minor")
        if self.status not in PAYMENTS:
            raise InvalidValue("payment.status", self.status, f"one of {', '.join(PAYMENTS)}")


Paper = (
    SalesOrder
    | Cancellation
    | Refund
    | ShipRequest
    | Dispatch
    | Delivery
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
)
