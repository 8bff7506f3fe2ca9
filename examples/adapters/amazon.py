"""Amazon as a channel: orders (v0 and 2026-01-01) and orders that stores ship, of its Selling Partner API.

A topic is the model and the operation whose reply, or whose request, a body is: `ordersV0/getOrder`. What Amazon ships
from its own centers is no order for us and is refused by name; so is every reply that holds errors.

- An order of v0 comes in parts: `joined` makes one message of the order, its items and its address.
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
    Line,
    Message,
    Offered,
    Paper,
    Reading,
    SalesOrder,
    amount,
    moment,
)
from unicommerce.values import frozen

from .amazon_orders import ORDERS
from .amazon_parts import Reader, body_of
from .amazon_stores import STORES, write_shipment
from .amazon_v0 import V0, joined

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
        """Return the message that says a paper. Raises `InvalidValue` for a kind that is not written."""
        match paper:
            case SalesOrder():
                return _write_sale(paper, self.marketplace)
            case Cancellation():
                return _message("externalFulfillmentShipments_2024-09-11/processShipment", _write_rejection(paper))
            case Dispatch():
                return _message("ordersV0/confirmShipment", _write_confirmation(paper, self.marketplace))
            case Offered():
                return _message(
                    "externalFulfillmentInventory_2024-09-11/batchInventory.request",
                    _write_offer(paper, self.marketplace),
                )
        raise InvalidValue("paper", paper.form, f"one of {', '.join(self.capabilities.writes)}")


def _message(topic: str, body: Mapping[str, object]) -> Message:
    return Message(topic, json.dumps(body, ensure_ascii=False))


def _money(minor: int, currency: str) -> dict[str, str]:
    return {"amount": amount(minor, currency), "currencyCode": currency}


def _proceeds(minors: Mapping[str, int], currency: str) -> list[dict[str, object]]:
    return [{"type": kind, "subtotal": _money(minor, currency)} for kind, minor in minors.items() if minor]


def _write_sale(order: SalesOrder, marketplace: str) -> Message:
    """An order at a store is a shipment of that store; any other is an order."""
    if order.placed_at is None or order.includes_tax:
        told = (order.placed_at, order.includes_tax)
        raise InvalidValue("sales_order.placed_at and includes_tax", told, "an order told whole, before tax")
    if order.node and (order.service or order.discount_minor):
        found = (order.service, order.discount_minor)
        raise InvalidValue("sales_order.service and discount_minor", found, "none of an order at a store")
    if order.node:
        return _message("externalFulfillmentShipments_2024-09-11/getShipment", write_shipment(order, marketplace))
    return _message("orders_2026-01-01/getOrder", {"order": _write_order(order, marketplace)})


def _write_order(order: SalesOrder, marketplace: str) -> dict[str, object]:
    """A fee of any kind is written as one kind."""
    currency, address = order.currency, order.destination
    in_lines = sum([line.discount_minor for line in order.lines])
    minors = {
        "ITEM": sum([line.price_minor * line.quantity for line in order.lines]),
        "SHIPPING": order.shipping_minor,
        "TAX": order.tax_minor,
        "DISCOUNT": order.discount_minor + in_lines,
        "OTHER": order.fees_minor,
    }
    return {
        "orderId": order.id,
        "orderAliases": [{"aliasId": order.number, "aliasType": "SELLER_ORDER_ID"}] if order.number else [],
        "createdTime": moment(order.placed_at or 0),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": marketplace},
        "recipient": {
            "deliveryAddress": {
                "countryCode": address.country,
                "stateOrRegion": address.region,
                "postalCode": address.postal_code,
                "city": address.city,
            }
        },
        "proceeds": {
            "grandTotal": None if order.total_minor is None else _money(order.total_minor, currency),
            "breakdowns": _proceeds(minors, currency),
        },
        "fulfillment": {"fulfilledBy": "MERCHANT", "fulfillmentServiceLevel": order.service.upper()},
        "orderItems": [_write_line(line, currency) for line in order.lines],
    }


def _write_line(line: Line, currency: str) -> dict[str, object]:
    goods_minor = line.price_minor * line.quantity
    minors = {"ITEM": goods_minor, "DISCOUNT": line.discount_minor, "TAX": line.tax_minor}
    return {
        "orderItemId": line.id,
        "quantityOrdered": line.quantity,
        "product": {"sellerSku": line.sku, "price": {"unitPrice": _money(line.price_minor, currency)}},
        "proceeds": {"breakdowns": _proceeds(minors, currency)},
    }


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


def _write_confirmation(dispatch: Dispatch, marketplace: str) -> dict[str, object]:
    if dispatch.short or len(dispatch.tracking) > 1:
        found = (dispatch.short, dispatch.tracking)
        raise InvalidValue("dispatch.short and tracking", found, "a package that has left, with one number")
    return {
        "orderId": dispatch.order,
        "marketplaceId": marketplace,
        "packageDetail": {
            "packageReferenceId": dispatch.id,
            "carrierCode": dispatch.carrier,
            "trackingNumber": "".join(dispatch.tracking),
            "shipDate": None if dispatch.occurred_at is None else moment(dispatch.occurred_at),
            "shipFromSupplySourceId": dispatch.node,
            "orderItems": [
                {"orderItemId": line, "quantity": quantity, "sellerSku": sku}
                for sku, quantity, line, *_ in dispatch.items
            ],
        },
    }


def _write_offer(offered: Offered, marketplace: str) -> dict[str, object]:
    where = urlencode({"locationId": offered.node, "skuId": offered.sku})
    offer = {
        "quantity": offered.quantity,
        "clientSequenceNumber": offered.version,
        "marketplaceAttributes": {"marketplaceId": marketplace, "channelName": offered.channel},
    }
    return {"requests": [{"method": "POST", "uri": f"/inventory/update?{where}", "body": offer}]}
