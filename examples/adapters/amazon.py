"""Amazon as a channel: orders (v0 and 2026-01-01) and orders that stores ship, of its Selling Partner API.

A topic is the model and the operation whose reply, or whose request, a body is: `ordersV0/getOrder`. What Amazon ships
from its own centers is no order for us and is refused by name; so is every reply that holds errors.

- An order of v0 comes in parts: `joined` makes one message of the order, its items and its address. That is also how
  we write one.
- An amount for all pieces of a line becomes a price for each; what that rounds up is a discount.
- Pieces of a confirmation go by Amazon's ids alone. We write our SKU beside them, so that what is written can be read
  again; a host whose gateway is strict takes it out.
- Stock is told without a moment: the message's own `sent_at` is when it was so.
- `processShipment` with `REJECT` is how we say that pieces of an order will not come.
"""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Cancellation,
    Capabilities,
    Dispatch,
    Message,
    Offered,
    Paper,
    Reading,
    SalesOrder,
    faithful,
)
from unicommerce.values import frozen

from .amazon_orders import ORDERS
from .amazon_parts import Reader, body_of
from .amazon_stores import STORES
from .amazon_v0 import V0, joined, write_confirmation, write_order

__all__ = ["Amazon", "joined"]

TOPICS: Mapping[str, Reader] = {**V0, **ORDERS, **STORES}
"""What is read of each operation."""
REFUSES = (
    "ordersV0/getOrderBuyerInfo",
    "ordersV0/getOrderAddress",
    "ordersV0/getOrderRegulatedInfo",
    "supplySources_2020-07-01/getSupplySources",
    "notifications/getSubscription",
    "vendorOrders/getPurchaseOrders",
    "vendorDirectFulfillmentInventoryV1/submitInventoryUpdate",
)
"""Persons' data alone, what our own stores are, who is told what, and what Amazon buys of its vendors."""


@frozen
class Amazon:
    """The port of a seller on one marketplace."""

    marketplace: str = "ATVPDKIKX0DER"

    @property
    def capabilities(self) -> Capabilities:
        """Return what it claims."""
        return Capabilities(
            system="amazon",
            reads=("sales_order", "cancellation", "dispatch", "goods_return", "stock_count"),
            writes=("sales_order", "cancellation", "dispatch", "offered"),
            refuses=REFUSES,
        )

    def read(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for an operation that is not read, and a wrong field."""
        if message.topic not in TOPICS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(TOPICS)}")
        body = body_of(message)
        papers = TOPICS[message.topic](body, message)
        return Reading(papers=tuple(papers), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return the message that says a paper. Raises `InvalidValue` for what Amazon cannot say, by its field."""
        self.capabilities.takes(paper)
        message = _written(paper, self.marketplace)
        return faithful(self, paper, message) if paper.form in self.capabilities.reads else message


def _written(paper: Paper, marketplace: str) -> Message:
    match paper:
        case SalesOrder():
            return _message("ordersV0/getOrder", {"payload": write_order(paper, marketplace)})
        case Cancellation():
            return _message("externalFulfillmentShipments_2024-09-11/processShipment", _write_rejection(paper))
        case Dispatch():
            return _message("ordersV0/confirmShipment", write_confirmation(paper, marketplace))
        case Offered():
            topic = "externalFulfillmentInventory_2024-09-11/batchInventory.request"
            return _message(topic, _write_offer(paper, marketplace))
    raise InvalidValue("paper", paper.form, "written")


def _message(topic: str, body: Mapping[str, object]) -> Message:
    return Message(topic, json.dumps(body, ensure_ascii=False))


def _write_rejection(cancellation: Cancellation) -> dict[str, object]:
    return {
        "operation": "REJECT",
        "shipmentId": cancellation.order,
        "referenceId": cancellation.id,
        "reason": cancellation.reason,
        "lineItems": [
            {"lineItem": {"id": line, "quantity": quantity, "merchantSku": sku}, "reason": cancellation.reason}
            for sku, quantity, line, *_ in cancellation.items
        ],
    }


def _write_offer(offered: Offered, marketplace: str) -> dict[str, object]:
    where = urlencode({"locationId": offered.node, "skuId": offered.sku})
    offer = {
        "quantity": offered.quantity,
        "clientSequenceNumber": offered.version,
        "marketplaceAttributes": {"marketplaceId": marketplace, "channelName": offered.channel},
    }
    return {"requests": [{"method": "POST", "uri": f"/inventory/update?{where}", "body": offer}]}
