"""Shopify as a channel: orders, refunds, fulfillments and stock levels of its Admin REST API and its webhooks.

A topic is a webhook's (`orders/create`); a body may be wrapped in the name of its resource, as the REST API wraps it,
or not, as a webhook does not. Ids become text. Stock levels are what Shopify calls `available`: what may still be sold,
after orders; they are no count of the shelf. Copy this file; it needs nothing but unicommerce.
"""

import json
from collections.abc import Callable, Mapping, Sequence

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Cancellation,
    Capabilities,
    Dispatch,
    Fields,
    Item,
    Line,
    Message,
    Offered,
    Paper,
    Reading,
    Refund,
    SalesOrder,
    StockCount,
    amount,
    faithful,
    moment,
)

from .shopify_more import draft, fulfillment_order, tender, transaction

__all__ = ["Shopify"]

SERVICE = ("id", "admin_graphql_api_id", "token", "user_id", "test", "device_id", "app_id")
ORDER = (
    *SERVICE[1:], "buyer_accepts_marketing", "cart_token", "checkout_token", "checkout_id", "closed_at", "confirmed",
    "email", "contact_email", "phone", "financial_status", "fulfillment_status", "fulfillments", "gateway",
    "payment_gateway_names", "landing_site", "landing_site_ref", "referring_site", "location_id", "number", "note",
    "note_attributes", "order_number", "order_status_url", "reference", "source", "source_name", "source_identifier",
    "source_url", "processed_at", "processing_method", "total_weight", "total_price_usd", "updated_at", "browser_ip",
    "client_details", "customer", "customer_locale", "billing_address", "payment_details", "discount_codes",
    "discount_applications", "subtotal_price", "total_line_items_price", "tax_lines", "refunds", "tags",
    "presentment_currency", "total_tip_received", "total_line_items_price_set", "total_discounts_set",
    "total_shipping_price_set", "subtotal_price_set", "total_price_set", "total_tax_set",
)  # fmt: skip
LINE = (
    "fulfillment_service", "fulfillment_status", "fulfillable_quantity", "grams", "product_id", "requires_shipping",
    "title", "variant_id", "variant_title", "vendor", "name", "variant_inventory_management", "properties",
    "product_exists", "taxable", "gift_card", "price_set", "total_discount_set", "discount_allocations",
    "admin_graphql_api_id", "duties", "current_quantity",
)  # fmt: skip
ADDRESS = (
    "address1", "address2", "company", "country", "first_name", "last_name", "latitude", "longitude", "phone",
    "province", "name",
)  # fmt: skip


def _order(order: Fields) -> list[Paper]:
    """An order; one that was canceled says so in the same message."""
    currency = order.text("currency")
    lines = tuple([_line(line, currency) for line in order.many("line_items")])
    order.leave(*ORDER)
    in_lines = sum([line.discount_minor for line in lines])
    papers: list[Paper] = [
        SalesOrder(
            id=order.id("id"),
            number=order.text("name", ""),
            placed_at=order.moment("created_at"),
            currency=currency,
            lines=lines,
            shipping_minor=sum([_price(each, currency) for each in order.many("shipping_lines")]),
            discount_minor=order.minor("total_discounts", currency, "0") - in_lines,
            tax_minor=order.minor("total_tax", currency, "0"),
            total_minor=order.minor("total_price", currency),
            includes_tax=order.flag("taxes_included", default=False),
            destination=_address(order.one("shipping_address")) if order.has("shipping_address") else Address(),
        )
    ]
    if order.has("cancelled_at"):
        papers.append(_cancellation(order))
    return papers


def _cancellation(order: Fields) -> Cancellation:
    order.leave(*ORDER)
    return Cancellation(
        id="cancelled",
        order=order.id("id"),
        reason=order.text("cancel_reason", ""),
        occurred_at=order.moment("cancelled_at"),
    )


def _line(line: Fields, currency: str) -> Line:
    line.leave(*LINE)
    return Line(
        id=line.id("id"),
        sku=line.id("sku"),
        quantity=line.whole("quantity", least=1),
        price_minor=line.minor("price", currency),
        discount_minor=line.minor("total_discount", currency, "0"),
        tax_minor=sum([_price(each, currency) for each in line.many("tax_lines")]),
    )


def _price(fields: Fields, currency: str) -> int:
    """The amount of a tax or a way of shipping, which has names and rates beside it."""
    fields.leave(
        "code", "source", "title", "rate", "price_set", "id", "carrier_identifier", "discounted_price", "phone"
    )
    fields.leave(
        "delivery_category", "requested_fulfillment_service_id", "tax_lines", "channel_liable", "discounted_price_set"
    )
    return fields.minor("price", currency)


def _address(address: Fields) -> Address:
    address.leave(*ADDRESS)
    return Address(
        country=address.text("country_code", ""),
        region=address.text("province_code", ""),
        postal_code=address.text("zip", ""),
        city=address.text("city", ""),
    )


def _refund(refund: Fields) -> list[Paper]:
    """Money that went back, by the transactions that say so; a refund without any moved no money."""
    back = [_transaction(each) for each in refund.many("transactions")]
    currencies = {currency for currency, _ in back}
    items = tuple([_refunded(each) for each in refund.many("refund_line_items")])
    refund.leave("note", "restock", "user_id", "order_adjustments", "processed_at", "duties", *SERVICE[1:])
    if len(currencies) != 1:
        raise InvalidValue(
            "transactions", sorted(currencies), "transactions of one currency that say how much went back"
        )
    return [
        Refund(
            id=refund.id("id"),
            order=refund.id("order_id"),
            currency=currencies.pop(),
            amount_minor=sum([amount for _, amount in back]),
            items=items,
            occurred_at=refund.moment("created_at"),
        )
    ]


def _transaction(transaction: Fields) -> tuple[str, int]:
    transaction.leave(
        "id", "order_id", "gateway", "message", "created_at", "authorization", "location_id", "parent_id", "receipt",
        "error_code", "source_name", "processed_at", "payment_details", *SERVICE[1:],
    )  # fmt: skip
    kind, status = transaction.text("kind"), transaction.text("status")
    if kind != "refund" or status not in {"success", "pending"}:
        raise InvalidValue("transactions.kind and status", (kind, status), "a refund that was not refused")
    currency = transaction.text("currency")
    return currency, transaction.minor("amount", currency)


def _refunded(item: Fields) -> Item:
    item.leave("id", "location_id", "restock_type", "subtotal", "total_tax", "subtotal_set", "total_tax_set")
    line = item.one("line_item").leave("quantity", "price", "tax_lines", "total_discount", *LINE)
    if line.id("id") != item.id("line_item_id"):
        raise InvalidValue("refund_line_items.line_item.id", line.id("id"), item.id("line_item_id"))
    return Item(line.id("sku"), item.whole("quantity", least=1), item.id("line_item_id"))


def _fulfillment(shipment: Fields) -> list[Paper]:
    shipment.leave(
        "service", "status", "shipment_status", "tracking_url", "tracking_urls", "tracking_number", "updated_at",
        "receipt", "name", "location_id", "origin_address", "email", "destination",
        "variant_inventory_management", *SERVICE[1:],
    )  # fmt: skip
    items = tuple([_shipped(each) for each in shipment.many("line_items", least=1)])
    tracking = shipment.raw("tracking_numbers")
    return [
        Dispatch(
            id=shipment.id("id"),
            order=shipment.id("order_id"),
            items=items,
            carrier=shipment.text("tracking_company", ""),
            tracking=tuple(map(str, tracking)) if isinstance(tracking, list) else (),
            occurred_at=shipment.moment("created_at"),
        )
    ]


def _shipped(line: Fields) -> Item:
    line.leave("price", "tax_lines", "total_discount", *LINE)
    return Item(line.id("sku"), line.whole("quantity", least=1), line.id("id"))


def _level(level: Fields) -> list[Paper]:
    """What may be sold at a location; the item is Shopify's inventory item, which a host maps to its SKU."""
    level.leave("admin_graphql_api_id")
    at, item, node = level.moment("updated_at"), level.id("inventory_item_id"), level.id("location_id")
    items = (Item(item, level.whole("available"), state="available"),)
    return [StockCount(id=f"{node}/{item}/{at}", node=node, items=items, as_of=at)]


Reader = Callable[[Fields, str], Sequence[Paper]]


def _whole(reader: Callable[[Fields], Sequence[Paper]]) -> Reader:
    """Return the reader of a message that says its currency, or needs none."""
    return lambda fields, _currency: reader(fields)


TOPICS: Mapping[str, tuple[str, Reader]] = {
    "orders/create": ("order", _whole(_order)),
    "orders/updated": ("order", _whole(_order)),
    "orders/cancelled": ("order", _whole(_order)),
    "draft_orders/create": ("draft_order", draft),
    "draft_orders/update": ("draft_order", draft),
    "refunds/create": ("refund", _whole(_refund)),
    "fulfillments/create": ("fulfillment", _whole(_fulfillment)),
    "fulfillment_orders/order_routing_complete": ("fulfillment_order", fulfillment_order),
    "inventory_levels/update": ("inventory_level", _whole(_level)),
    "order_transactions/create": ("transaction", transaction),
    "tender_transactions/create": ("tender_transaction", tender),
}
"""What is read of each topic: the name that its body may be wrapped in, and the reader. Lists end with an s."""


class Shopify:
    """The port of a shop."""

    capabilities = Capabilities(
        system="shopify",
        reads=("sales_order", "cancellation", "refund", "dispatch", "stock_count", "payment", "ship_request"),
        writes=("sales_order", "refund", "dispatch", "offered"),
        refuses=("products/update", "locations/update", "inventory_items/update", "refunds/calculate"),
    )

    def __init__(self, currency: str = "") -> None:
        """`currency`: what amounts are in where a message does not say."""
        self._currency = currency

    def read(self, message: Message) -> Reading:
        """Return what a webhook says. Raises `InvalidValue` for a topic that is not read, and for a wrong field."""
        if message.topic not in TOPICS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(TOPICS)}")
        name, reader = TOPICS[message.topic]
        body = Fields.parsed(message.body, list_as=f"{name}s")
        wrapped = body.many(f"{name}s") if body.has(f"{name}s") else (body.one(name),) if body.has(name) else (body,)
        papers = [paper for each in wrapped for paper in reader(each, self._currency)]
        return Reading(papers=tuple(papers), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return the message that says a paper. Raises `InvalidValue` for a kind or a field that Shopify cannot say."""
        self.capabilities.takes(paper)
        message = _written(paper)
        return faithful(self, paper, message) if paper.form in self.capabilities.reads else message


def _written(paper: Paper) -> Message:
    match paper:
        case SalesOrder():
            return _message("orders/create", "order", _write_order(paper))
        case Refund():
            return _message("refunds/create", "refund", _write_refund(paper))
        case Dispatch():
            return _message("fulfillments/create", "fulfillment", _write_dispatch(paper))
        case Offered():
            return _message("inventory_levels/set", "", _write_level(paper))
    raise InvalidValue("paper", paper.form, "written")


def _message(topic: str, name: str, body: Mapping[str, object]) -> Message:
    return Message(topic, json.dumps({name: body} if name else body, ensure_ascii=False))


def _write_order(order: SalesOrder) -> dict[str, object]:
    address = order.destination
    in_lines = sum([line.discount_minor for line in order.lines])
    return {
        "id": order.id,
        "name": order.number,
        "created_at": moment(order.placed_at or 0),
        "currency": order.currency,
        "taxes_included": order.includes_tax,
        "total_discounts": amount(order.discount_minor + in_lines, order.currency),
        "total_tax": amount(order.tax_minor, order.currency),
        "total_price": amount(order.total_minor or 0, order.currency),
        "shipping_lines": [{"price": amount(order.shipping_minor, order.currency)}] if order.shipping_minor else [],
        "line_items": [
            {
                "id": line.id,
                "sku": line.sku,
                "quantity": line.quantity,
                "price": amount(line.price_minor, order.currency),
                "total_discount": amount(line.discount_minor, order.currency),
                "tax_lines": [{"price": amount(line.tax_minor, order.currency)}] if line.tax_minor else [],
            }
            for line in order.lines
        ],
        "shipping_address": {
            "country_code": address.country,
            "province_code": address.region,
            "zip": address.postal_code,
            "city": address.city,
        },
    }


def _write_refund(refund: Refund) -> dict[str, object]:
    return {
        "id": refund.id,
        "order_id": refund.order,
        "created_at": moment(refund.occurred_at or 0),
        "refund_line_items": [
            {"line_item_id": item.line, "quantity": item.quantity, "line_item": {"id": item.line, "sku": item.sku}}
            for item in refund.items
        ],
        "transactions": [
            {
                "kind": "refund",
                "status": "success",
                "currency": refund.currency,
                "amount": amount(refund.amount_minor, refund.currency),
            }
        ],
    }


def _write_dispatch(dispatch: Dispatch) -> dict[str, object]:
    return {
        "id": dispatch.id,
        "order_id": dispatch.order,
        "created_at": moment(dispatch.occurred_at or 0),
        "tracking_company": dispatch.carrier,
        "tracking_numbers": list(dispatch.tracking),
        "line_items": [{"id": item.line, "sku": item.sku, "quantity": item.quantity} for item in dispatch.items],
    }


def _write_level(offered: Offered) -> dict[str, object]:
    return {"location_id": offered.node, "inventory_item_id": offered.sku, "available": offered.quantity}
