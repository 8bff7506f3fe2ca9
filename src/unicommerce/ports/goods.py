"""Papers of goods: what is sent, carried, came in, came back, was counted or sold; in pieces, moments in ms UTC."""

from typing import ClassVar

from ..errors import InvalidValue
from ..values import LARGEST, frozen, identifier, whole
from .parts import Address, Item, check_ids, check_items

__all__ = [
    "Delivery",
    "Dispatch",
    "GoodsReturn",
    "Label",
    "Rate",
    "Receipt",
    "ShipNotice",
    "ShipRequest",
    "StockChange",
    "StockCount",
    "StockTransfer",
    "TillSale",
    "Undelivered",
]


@frozen(kw_only=True)
class ShipRequest:
    """A node is to send pieces of an order; to a place (`target`) where that has an id."""

    form: ClassVar[str] = "ship_request"
    id: str
    order: str
    node: str
    items: tuple[Item, ...]
    destination: Address = Address()
    service: str = ""
    deliver_by: int | None = None
    ship_by: int | None = None
    carrier: str = ""
    target: str = ""
    weight_g: int = 0

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "order", "node")
        check_items(self.form, self.items)
        whole(self.weight_g, "ship_request.weight_g")


@frozen(kw_only=True)
class Rate:
    """What a carrier would take for the shipment of a request; the offer ends by itself (`expires_at`)."""

    form: ClassVar[str] = "rate"
    id: str
    request: str
    currency: str
    amount_minor: int
    carrier: str = ""
    service: str = ""
    deliver_by: int | None = None
    expires_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "request", "currency")
        whole(self.amount_minor, "rate.amount_minor")


@frozen(kw_only=True)
class Label:
    """A carrier takes a parcel of a request for an amount; `document` is where its label can be fetched.

    `is_void`: it was taken back, and its amount is not owed.
    """

    form: ClassVar[str] = "label"
    id: str
    request: str
    currency: str
    amount_minor: int
    tracking: str
    carrier: str = ""
    service: str = ""
    document: str = ""
    occurred_at: int | None = None
    is_void: bool = False

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "request", "currency", "tracking")
        whole(self.amount_minor, "label.amount_minor")


@frozen(kw_only=True)
class Dispatch:
    """Pieces of an order have left; no items: all that were asked for."""

    form: ClassVar[str] = "dispatch"
    id: str
    order: str = ""
    node: str = ""
    items: tuple[Item, ...] = ()
    short: tuple[Item, ...] = ()
    carrier: str = ""
    tracking: tuple[str, ...] = ()
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id")
        check_items(self.form, (*self.items, *self.short))


@frozen(kw_only=True)
class Delivery:
    """A shipment has reached the customer."""

    form: ClassVar[str] = "delivery"
    id: str
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id")


UNDELIVERED = ("lost", "undeliverable", "sent_back")


@frozen(kw_only=True)
class Undelivered:
    """A shipment did not reach the customer, or pieces of it did not; `status` is one of the table's words.

    It is lost; or can not be delivered, for a `reason`, and is still under way; or it is back at a `node` ("": where it
    came from), in a `condition` where somebody has looked at it ("sellable", "damaged"). No items: all that was under
    way. The `id` is of what was said, as of a scan, and tells two of the same shipment apart.
    """

    form: ClassVar[str] = "undelivered"
    id: str
    shipment: str
    status: str
    items: tuple[Item, ...] = ()
    node: str = ""
    condition: str = ""
    reason: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "shipment")
        check_items(self.form, self.items)
        if self.status not in UNDELIVERED:
            raise InvalidValue("undelivered.status", self.status, f"one of {', '.join(UNDELIVERED)}")
        if self.items and self.status == "undeliverable":
            raise InvalidValue("undelivered.items", self.items, "none: what can not be delivered is the parcel")
        for name in ("node", "condition"):
            if (said := getattr(self, name)) and self.status != "sent_back":
                raise InvalidValue(f"undelivered.{name}", said, "said of what is back, and of nothing else")


@frozen(kw_only=True)
class GoodsReturn:
    """Pieces that a customer sent came in at a node; of an order, or nobody knows.

    `is_announced`: they are to come, and are not in yet.
    """

    form: ClassVar[str] = "goods_return"
    id: str
    node: str
    items: tuple[Item, ...]
    order: str = ""
    occurred_at: int | None = None
    is_announced: bool = False

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "node")
        check_items(self.form, self.items)


@frozen(kw_only=True)
class Receipt:
    """Pieces came in at a node; of an inbound, where that is said."""

    form: ClassVar[str] = "receipt"
    id: str
    node: str
    items: tuple[Item, ...]
    inbound: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "node")
        check_items(self.form, self.items)


@frozen(kw_only=True)
class ShipNotice:
    """What a supplier has sent, before it comes; of a purchase order, and for which place in the end (`target`)."""

    form: ClassVar[str] = "ship_notice"
    id: str
    items: tuple[Item, ...]
    order: str = ""
    node: str = ""
    sent_at: int | None = None
    expected_at: int | None = None
    carrier: str = ""
    tracking: tuple[str, ...] = ()
    target: str = ""

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id")
        check_items(self.form, self.items)


@frozen(kw_only=True)
class StockCount:
    """What a system says that a node holds as of a moment; zero says that there is none."""

    form: ClassVar[str] = "stock_count"
    id: str
    node: str
    items: tuple[Item, ...]
    as_of: int

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "node")
        check_items(self.form, self.items, 0)


@frozen(kw_only=True)
class StockChange:
    """Pieces were found or lost at a node: `quantity` of an item is the change, below zero for what was lost."""

    form: ClassVar[str] = "stock_change"
    id: str
    node: str
    items: tuple[Item, ...]
    reason: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "node")
        check_items(self.form, self.items, -LARGEST)


@frozen(kw_only=True)
class StockTransfer:
    """Pieces went from a node to another, and came in there."""

    form: ClassVar[str] = "stock_transfer"
    id: str
    source: str
    target: str
    items: tuple[Item, ...]
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "source", "target")
        check_items(self.form, self.items)


@frozen(kw_only=True)
class TillSale:
    """What a till sold, took back (`is_return`) or undid (`is_void`) at a node; for how much, where that is said.

    A void is of a `sale`, and need not say more: no items are all that is left of it, at its own till and node.
    `total_minor` is what the till says, whatever lines come to elsewhere.
    """

    form: ClassVar[str] = "till_sale"
    id: str
    till: str = ""
    node: str = ""
    items: tuple[Item, ...] = ()
    sale: str = ""
    is_return: bool = False
    is_void: bool = False
    occurred_at: int | None = None
    currency: str = ""
    total_minor: int | None = None

    def __attrs_post_init__(self) -> None:
        said = [name for name in ("till", "node") if getattr(self, name)]
        check_ids(self, self.form, "id", *(("sale", *said) if self.is_void else ("till", "node")))
        check_items(self.form, self.items)
        if self.is_void and self.is_return:
            raise InvalidValue("till_sale.is_void", self.is_void, "what a return is: one receipt is one of both")
        if not self.items and not self.is_void:
            raise InvalidValue("till_sale.items", self.items, "one item or more; a void alone may have none")
        if self.total_minor is not None:
            identifier(self.currency, "till_sale.currency")
            whole(self.total_minor, "till_sale.total_minor", -LARGEST)
