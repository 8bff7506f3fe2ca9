"""Square as a point of sale: orders, payments, refunds and the inventory of its REST API and its webhooks.

Square keeps two books, and so do papers: an order says lines and money, a change of the inventory says which pieces
went. So an order that was completed over a counter claims nothing, and the change from in stock to sold is the sale of
a till; Square does not say which one, so a location counts as one till. What is sold without an item of the catalog
goes by its name (`name:Coffee`). An order without an id is what somebody asks for: a draft, under its request's key.

A topic is the resource (`orders`, `payments`, `refunds`, `inventory`, ...), or the type of a webhook. Notices,
questions and the close of a cash drawer's shift have no paper: no paper says what lies in a drawer, and what tills took
and gave back is said by payments and refunds. They are not refused either; each of their values is listed as unread.
"""

import json
from collections.abc import Callable, Mapping, Sequence

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Capabilities,
    Fields,
    Message,
    Paper,
    Reading,
    Refund,
    SalesOrder,
    StockChange,
    StockCount,
    StockTransfer,
    TillSale,
    faithful,
)

from .square_money import Around, invoice_of, payment_of, refund_of, write_refund
from .square_orders import order_of, write_order
from .square_stock import adjusted, alone, change_of, counted, level_of, moved, together, write_changes

__all__ = ["Square"]

ENVELOPE = ("event_id", "merchant_id", "location_id", "type", "created_at")
Reader = Callable[[Fields, Around], Sequence[Paper]]


def _notice(_notice: Fields, _around: Around) -> list[Paper]:
    """It says that there is something to ask for, and no more: what it names is listed as unread."""
    return []


TOPICS: Mapping[str, Mapping[str, Reader]] = {
    "orders": {"order": order_of, "orders": order_of, "order_entries": _notice},
    "payments": {"payment": payment_of, "payments": payment_of},
    "refunds": {"refund": refund_of, "refunds": refund_of},
    "inventory": {
        "count": alone(counted),
        "counts": level_of,
        "adjustment": alone(adjusted),
        "transfer": alone(moved),
        "changes": change_of,
    },
    "invoices": {"invoice": invoice_of, "invoices": invoice_of},
    "locations": {"location": _notice, "locations": _notice},
    "cash-drawers/shifts": {"cash_drawer_shift": _notice, "cash_drawer_shifts": _notice},
    "order.created": {"order_created": _notice},
    "order.updated": {"order_updated": _notice},
    "order.fulfillment.updated": {"order_fulfillment_updated": _notice},
    "payment.created": {"payment": payment_of},
    "payment.updated": {"payment": payment_of},
    "refund.created": {"refund": refund_of},
    "refund.updated": {"refund": refund_of},
    "inventory.count.updated": {"inventory_counts": level_of},
    "invoice.refunded": {"invoice": invoice_of},
}
"""What is read of each topic: the names that a body holds it under, and the readers."""
QUESTIONS = (
    "orders/search", "orders/batch-retrieve", "orders/clone", "orders/pay", "inventory/counts/batch-retrieve",
    "inventory/changes/batch-retrieve",
)  # fmt: skip
"""Requests that name what is wanted and say nothing of it."""


class Square:
    """The port of a point of sale."""

    capabilities = Capabilities(
        system="square",
        reads=(
            "till_sale", "stock_count", "stock_change", "stock_transfer", "sales_order", "cancellation", "payment",
            "refund",
        ),
        writes=("stock_count", "stock_change", "stock_transfer", "sales_order", "till_sale", "refund"),
        refuses=("catalog", "vendors", "catalog.version.updated", "vendor.created", "vendor.updated"),
    )  # fmt: skip

    def read(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for another topic, for errors, and for a wrong field."""
        if message.topic not in TOPICS and message.topic not in QUESTIONS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join((*TOPICS, *QUESTIONS))}")
        body = Fields.parsed(message.body)
        if found := body.many("errors"):
            raise InvalidValue("errors", found[0].text("code", ""), "an answer without errors")
        if message.topic in QUESTIONS:
            return Reading(unread=body.unread())
        return Reading(papers=tuple(_papers(body, message)), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return the message that says a paper. Raises `InvalidValue` for a kind or a field that Square cannot say."""
        self.capabilities.takes(paper)
        return faithful(self, paper, _written(paper))


def _papers(body: Fields, message: Message) -> list[Paper]:
    readers = TOPICS[message.topic]
    key = body.id("idempotency_key", "")
    around = Around(message.sent_at, key)
    inside = body.leave(*ENVELOPE).one("data").leave("id", "type").one("object") if body.has("data") else body
    names = [name for name in readers if inside.has(name)]
    if not names:
        raise InvalidValue("message", message.body[:80], f"one of {', '.join(readers)}")
    found: list[Paper] = []
    for name in names:
        for each in inside.many(name) if name.endswith("s") else (inside.one(name),):
            found += readers[name](each, around)
    return together(found, key) if key and "changes" in names else found


def _written(paper: Paper) -> Message:
    match paper:
        case SalesOrder():
            return _message("orders", {"order": write_order(paper)})
        case Refund():
            return _message("refunds", {"refund": write_refund(paper)})
        case StockCount() | StockChange() | StockTransfer() | TillSale():
            return _message("inventory", {"idempotency_key": paper.id, "changes": write_changes(paper)})
    raise InvalidValue("paper", paper.form, "written")


def _message(topic: str, body: Mapping[str, object]) -> Message:
    return Message(topic, json.dumps(body, ensure_ascii=False))
