"""What Shopify tells beside orders: drafts, what a location is asked to send, and money that moved.

- Lines of a draft have no ids: they go by their number. What was made up for a draft has no SKU and goes by its title.
- Items of a fulfillment order go by Shopify's inventory item, as its stock does. A hold stays unread, and is listed.
- A transaction says no currency in old versions of the interface: then the port must know it.
"""

from collections.abc import Mapping, Sequence

from unicommerce.errors import InvalidValue
from unicommerce.ports import Address, Fields, Item, Line, Paper, Payment, SalesOrder, ShipRequest

__all__ = ["draft", "fulfillment_order", "tender", "transaction"]

DRAFT = (
    "note", "email", "subtotal_price", "invoice_sent_at", "updated_at", "tax_exempt", "completed_at", "status",
    "billing_address", "invoice_url", "order_id", "tax_lines", "tags", "customer", "admin_graphql_api_id",
)  # fmt: skip
LINE = (
    "variant_id", "product_id", "variant_title", "vendor", "grams", "requires_shipping", "taxable", "gift_card",
    "fulfillment_service", "tax_lines", "name", "properties", "custom", "title",
)  # fmt: skip
PLACE = (
    "first_name", "last_name", "address1", "address2", "company", "phone", "latitude", "longitude", "name", "id",
    "email",
)  # fmt: skip
DISCOUNT = ("description", "value", "title", "value_type")
REQUEST = (
    "shop_id", "request_status", "status", "supported_actions", "origin", "outgoing_requests", "merchant_requests",
    "fulfillment_service_handle", "delivery_method", "fulfill_at", "international_duties", "assigned_location",
    "created_at", "updated_at",
)  # fmt: skip
ASKED = ("id", "shop_id", "fulfillment_order_id", "fulfillable_quantity", "variant_id")
MONEY = (
    "authorization", "location_id", "message", "test", "user_id", "device_id", "receipt", "payment_details",
    "source_name", "processed_at", "error_code", "currency_exchange_adjustment", "updated_at", "remote_reference",
    "admin_graphql_api_id", "payments_refund_attributes",
)  # fmt: skip
STATUS: Mapping[str, str] = {
    "authorization": "authorized",
    "capture": "captured",
    "sale": "captured",
    "refund": "refunded",
    "void": "voided",
}


def draft(order: Fields, _currency: str) -> Sequence[Paper]:
    """Return an order that nobody has placed yet."""
    currency = order.leave(*DRAFT).text("currency")
    shipping = (
        order.one("shipping_line").leave("title", "custom", "handle") if order.has("shipping_line") else Fields({})
    )
    lines = order.many("line_items")
    return [
        SalesOrder(
            id=order.id("id"),
            number=order.text("name", ""),
            placed_at=order.moment("created_at"),
            currency=currency,
            lines=tuple([_line(line, f"{number}", currency) for number, line in enumerate(lines, 1)]),
            shipping_minor=shipping.minor("price", currency, "0"),
            discount_minor=_discount(order, currency),
            tax_minor=order.minor("total_tax", currency, "0"),
            total_minor=order.minor("total_price", currency),
            includes_tax=order.flag("taxes_included", default=False),
            destination=_place(order.one("shipping_address")) if order.has("shipping_address") else Address(),
            is_draft=True,
        )
    ]


def _line(line: Fields, number: str, currency: str) -> Line:
    line.leave(*LINE)
    sku = line.id("sku") if line.has("sku") else line.id("title")
    quantity = line.whole("quantity", least=1)
    return Line(number, sku, quantity, line.minor("price", currency), _discount(line, currency))


def _discount(fields: Fields, currency: str) -> int:
    """Return what is taken off in all."""
    if not fields.has("applied_discount"):
        return 0
    return fields.one("applied_discount").leave(*DISCOUNT).minor("amount", currency)


def _place(address: Fields) -> Address:
    """Return an address, by codes where it has some and else by names."""
    address.leave(*PLACE)
    country, region = address.text("country", ""), address.text("province", "")
    return Address(
        country=address.text("country_code", "") or country,
        region=address.text("province_code", "") or region,
        postal_code=address.text("zip", ""),
        city=address.text("city", ""),
    )


def fulfillment_order(order: Fields, _currency: str) -> Sequence[Paper]:
    """Return what a location is asked to send."""
    order.leave(*REQUEST)
    return [
        ShipRequest(
            id=order.id("id"),
            order=order.id("order_id"),
            node=order.id("assigned_location_id"),
            items=tuple([_asked(each.leave(*ASKED)) for each in order.many("line_items", least=1)]),
            destination=_place(order.one("destination")) if order.has("destination") else Address(),
            ship_by=order.moment("fulfill_by") if order.has("fulfill_by") else None,
        )
    ]


def _asked(item: Fields) -> Item:
    return Item(item.id("inventory_item_id"), item.whole("quantity", least=1), item.id("line_item_id"))


def transaction(money: Fields, currency: str) -> Sequence[Paper]:
    """Return what became of money."""
    kind, status = money.text("kind"), money.text("status")
    if kind not in STATUS or status not in {"success", "failure", "error"}:
        raise InvalidValue("kind and status", (kind, status), f"one of {', '.join(STATUS)}, and ended")
    said = money.leave(*MONEY).text("currency", currency)
    return [
        Payment(
            id=money.id("id"),
            status=STATUS[kind] if status == "success" else "failed",
            currency=said,
            amount_minor=money.minor("amount", said),
            order=money.id("order_id", ""),
            tender=money.text("gateway", ""),
            occurred_at=money.moment("created_at"),
            of=money.id("parent_id", ""),
        )
    ]


def tender(money: Fields, _currency: str) -> Sequence[Paper]:
    """Return money that came in, or went back where it is below zero, by the way that it was paid."""
    currency = money.leave(*MONEY).text("currency")
    minor = money.minor("amount", currency)
    return [
        Payment(
            id=f"tender/{money.id('id')}",
            status="refunded" if minor < 0 else "captured",
            currency=currency,
            amount_minor=abs(minor),
            order=money.id("order_id", ""),
            tender=money.text("payment_method", ""),
            occurred_at=money.moment("processed_at"),
        )
    ]
