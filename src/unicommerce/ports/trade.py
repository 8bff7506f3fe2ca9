"""Papers of trade: what is ordered, offered, bought and paid. Amounts are minor units of the paper's currency."""

from typing import ClassVar

from ..errors import InvalidValue
from ..values import LARGEST, frozen, positive, whole
from .parts import Address, Item, Line, check_ids, check_items, check_lines

__all__ = ["Cancellation", "Offered", "Payment", "PurchaseAnswer", "PurchaseOrder", "Refund", "SalesOrder"]


@frozen(kw_only=True)
class SalesOrder:
    """An order of a customer. `total_minor` is what the sender says that all of it costs.

    Systems that tell an order in parts say some of it: no lines, or no moment. `fees_minor` is what is charged beside
    goods and shipping (wrapping, tips); `from_node` is the place that the sender has chosen to serve it.
    """

    form: ClassVar[str] = "sales_order"
    id: str
    placed_at: int | None
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
    fees_minor: int = 0
    from_node: str = ""

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "currency")
        check_lines(self.form, self.lines)
        for name in ("shipping_minor", "discount_minor", "tax_minor", "fees_minor"):
            whole(getattr(self, name), f"sales_order.{name}", -LARGEST)


@frozen(kw_only=True)
class Cancellation:
    """An order, or some of its lines, is not wanted any more; no items: all of it."""

    form: ClassVar[str] = "cancellation"
    id: str
    order: str
    items: tuple[Item, ...] = ()
    reason: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "order")
        check_items(self.form, self.items)


@frozen(kw_only=True)
class Refund:
    """Money that goes back to a customer, and the pieces that it is for."""

    form: ClassVar[str] = "refund"
    id: str
    order: str
    currency: str
    amount_minor: int
    items: tuple[Item, ...] = ()
    tax_minor: int = 0
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "order", "currency")
        check_items(self.form, self.items)
        whole(self.amount_minor, "refund.amount_minor")


PAYMENTS = ("authorized", "captured", "refunded", "voided", "failed", "disputed")


@frozen(kw_only=True)
class Payment:
    """What became of a customer's money; `status` is one of the table's words."""

    form: ClassVar[str] = "payment"
    id: str
    status: str
    currency: str
    amount_minor: int
    order: str = ""
    tender: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "currency")
        whole(self.amount_minor, "payment.amount_minor")
        if self.status not in PAYMENTS:
            raise InvalidValue("payment.status", self.status, f"one of {', '.join(PAYMENTS)}")


@frozen(kw_only=True)
class PurchaseOrder:
    """What is bought from a supplier; prices for each piece."""

    form: ClassVar[str] = "purchase_order"
    id: str
    ordered_at: int | None
    lines: tuple[Line, ...]
    currency: str = ""
    supplier: str = ""
    node: str = ""
    due_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id")
        check_lines(self.form, self.lines)


@frozen(kw_only=True)
class PurchaseAnswer:
    """What a supplier says of a purchase order: lines as accepted, with what was changed; zero pieces: refused."""

    form: ClassVar[str] = "purchase_answer"
    id: str
    order: str
    lines: tuple[Line, ...]
    answer: str = ""
    due_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "order")
        check_lines(self.form, self.lines)


@frozen(kw_only=True)
class Offered:
    """How many pieces of a SKU a channel may sell; a higher version counts."""

    form: ClassVar[str] = "offered"
    channel: str
    sku: str
    quantity: int
    version: int
    node: str = ""

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "channel", "sku")
        whole(self.quantity, "offered.quantity")
        positive(self.version, "offered.version")
