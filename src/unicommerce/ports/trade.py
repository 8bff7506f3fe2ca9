"""Papers of trade: what is ordered, offered, bought and paid. Amounts are minor units of the paper's currency."""

from typing import ClassVar

from ..errors import InvalidValue
from ..values import LARGEST, frozen, positive, whole
from .parts import Address, Answer, Item, Line, check_ids, check_items, check_lines

__all__ = ["Cancellation", "Offered", "Payment", "PurchaseAnswer", "PurchaseOrder", "Refund", "SalesOrder", "Tax"]


@frozen(kw_only=True)
class SalesOrder:
    """An order of a customer. `total_minor` is what the sender says that all of it costs.

    Taken at a `node`, where that is said. Nobody is to send anything for a draft (`is_draft`), nor for what the
    customer has already (`is_completed`).
    Systems that tell an order in parts say some of it: no lines, or no moment. `fees_minor` is what is charged beside
    goods and shipping (wrapping, tips); `from_node` is the place that the sender has chosen to serve it, `collect_at`
    the one where the customer fetches it. By when the
    sender wants an answer, that it leaves and that it arrives is `acknowledge_by`, `ship_by` and `deliver_by`, as of
    `updated_at` (ms UTC).
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
    node: str = ""
    is_draft: bool = False
    is_completed: bool = False
    fees_minor: int = 0
    from_node: str = ""
    collect_at: str = ""
    acknowledge_by: int | None = None
    ship_by: int | None = None
    deliver_by: int | None = None
    updated_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "currency")
        check_lines(self.form, self.lines)
        for name in ("shipping_minor", "discount_minor", "tax_minor", "fees_minor"):
            whole(getattr(self, name), f"sales_order.{name}", -LARGEST)
        for line in self.lines:
            if line.price_per != 1:
                raise InvalidValue(f"sales_order.line {line.id}.price_per", line.price_per, "1: a price for each piece")


@frozen(kw_only=True)
class Cancellation:
    """An order, or some of its lines, is not wanted any more; no items: all of it.

    `is_done`: the sender has canceled it, and does not ask; `by` is who wanted that ("buyer", "seller"), if it is said.
    """

    form: ClassVar[str] = "cancellation"
    id: str
    order: str
    items: tuple[Item, ...] = ()
    reason: str = ""
    occurred_at: int | None = None
    is_done: bool = False
    by: str = ""

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "order")
        check_items(self.form, self.items)


@frozen(kw_only=True)
class Refund:
    """Money that goes back to a customer, of a payment, and the pieces that it is for.

    `fee_minor` is what its provider takes for it; below zero: gives back.
    """

    form: ClassVar[str] = "refund"
    id: str
    order: str
    currency: str
    amount_minor: int
    items: tuple[Item, ...] = ()
    tax_minor: int = 0
    occurred_at: int | None = None
    payment: str = ""
    fee_minor: int = 0

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "order", "currency")
        check_items(self.form, self.items)
        whole(self.amount_minor, "refund.amount_minor")
        whole(self.fee_minor, "refund.fee_minor", -LARGEST)


PAYMENTS = ("authorized", "captured", "refunded", "voided", "failed", "disputed")


@frozen(kw_only=True)
class Payment:
    """What became of a customer's money; `status` is one of the table's words.

    The amount has the tip in it; `fee_minor` is what its provider takes for it, below zero: gives back. `of` is the
    payment that it is of: a capture is of an authorization, a dispute of a capture. `due_at` is the moment by which a
    dispute is to be answered.
    """

    form: ClassVar[str] = "payment"
    id: str
    status: str
    currency: str
    amount_minor: int
    order: str = ""
    tender: str = ""
    occurred_at: int | None = None
    tip_minor: int = 0
    fee_minor: int = 0
    of: str = ""
    reason: str = ""
    due_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "currency")
        whole(self.amount_minor, "payment.amount_minor")
        whole(self.tip_minor, "payment.tip_minor")
        whole(self.fee_minor, "payment.fee_minor", -LARGEST)
        if self.status not in PAYMENTS:
            raise InvalidValue("payment.status", self.status, f"one of {', '.join(PAYMENTS)}")


TAXES = ("quoted", "committed", "reversed")


@frozen(kw_only=True)
class Tax:
    """What the tax of an order is: reckoned, owed since it was committed, or taken back; `tax_minor` is all of it.

    Lines have what they are taxed on, and their tax. What is committed is `of` a quote, what is reversed of a
    commitment; goods go from a node to a destination.
    """

    form: ClassVar[str] = "tax"
    id: str
    status: str
    order: str
    currency: str
    lines: tuple[Line, ...]
    tax_minor: int = 0
    shipping_minor: int = 0
    includes_tax: bool = False
    node: str = ""
    destination: Address = Address()
    of: str = ""
    occurred_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "order", "currency")
        check_lines(self.form, self.lines)
        whole(self.tax_minor, "tax.tax_minor", -LARGEST)
        whole(self.shipping_minor, "tax.shipping_minor", -LARGEST)
        if self.status not in TAXES:
            raise InvalidValue("tax.status", self.status, f"one of {', '.join(TAXES)}")


@frozen(kw_only=True)
class PurchaseOrder:
    """What is bought from a supplier; it goes to a node of ours, or to a customer's address."""

    form: ClassVar[str] = "purchase_order"
    id: str
    ordered_at: int | None
    lines: tuple[Line, ...]
    currency: str = ""
    supplier: str = ""
    node: str = ""
    due_at: int | None = None
    total_minor: int | None = None
    destination: Address = Address()
    service: str = ""

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id")
        check_lines(self.form, self.lines)


@frozen(kw_only=True)
class PurchaseAnswer:
    """What a supplier says of a purchase order: lines as accepted, with what was changed; zero pieces: refused.

    Where it says what becomes of some of the pieces, `lines` are as it repeats them and `answers` are what it says.
    """

    form: ClassVar[str] = "purchase_answer"
    id: str
    order: str
    lines: tuple[Line, ...]
    answer: str = ""
    due_at: int | None = None
    answers: tuple[Answer, ...] = ()
    currency: str = ""
    reason: str = ""
    ordered_at: int | None = None
    answered_at: int | None = None

    def __attrs_post_init__(self) -> None:
        check_ids(self, self.form, "id", "order")
        check_lines(self.form, self.lines)
        lines = {line.id for line in self.lines}
        for answer in self.answers:
            whole(answer.quantity, f"purchase_answer.quantity of line {answer.line}")
            if answer.line not in lines:
                raise InvalidValue("purchase_answer.line", answer.line, "one of its lines")


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
