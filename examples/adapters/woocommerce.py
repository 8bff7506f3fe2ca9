"""WooCommerce as a channel: orders, refunds and stock of its REST API v3 and its webhooks.

A topic is a webhook's (`order.updated`), and `order.refunds` for what stands at an order's refunds, for which there is
no webhook. A body is one resource, a list of them, or a batch (`create`, `update`, `delete`).

- Amounts of lines are before tax whatever the shop shows its customers, so `prices_include_tax` says nothing here.
- Times are read from the fields that end in `_gmt`; the others stand in the shop's own time, which nothing names.
- A product without a SKU goes by the id of its variation, or else its own; a host maps it.
- The refunds inside an order have neither moment nor pieces; the same refund beside it has both, but no currency. A
  host that reads them beside tells the adapter the shop's currency, and those inside are left; where a shop has
  several, it writes that of the order into the refund.
- Stock counts of a product are what may still be sold, and belong to the one place that the shop is.
"""

import json
from collections.abc import Callable, Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Cancellation,
    Capabilities,
    Fields,
    Item,
    Line,
    Message,
    Offered,
    Paper,
    Payment,
    Reading,
    Refund,
    SalesOrder,
    StockCount,
    amount,
    faithful,
    moment,
)
from unicommerce.values import frozen

__all__ = ["WooCommerce"]

ORDER = (
    "parent_id", "order_key", "created_via", "version", "date_created", "date_modified", "date_modified_gmt",
    "shipping_tax", "cart_tax", "discount_tax", "prices_include_tax", "customer_id", "customer_ip_address",
    "customer_user_agent", "customer_note", "billing", "payment_method_title", "transaction_id", "date_paid",
    "date_completed", "date_completed_gmt", "cart_hash", "meta_data", "tax_lines", "shipping_lines", "coupon_lines",
    "payment_url", "is_editable", "needs_payment", "needs_processing", "currency_symbol", "_links", "payment_method",
    "date_paid_gmt", "set_paid", "status",
)  # fmt: skip
"""Left: persons' data, texts, the shop's own time, and parts of what `total_tax` and `shipping_total` say."""
LINE = (
    "name", "parent_name", "tax_class", "subtotal_tax", "taxes", "meta_data", "price", "image", "bundled_by",
    "bundled_items",
)  # fmt: skip
ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2", "phone")
REFUND = ("date_created", "reason", "refunded_by", "refunded_payment", "meta_data", "api_refund", "api_restock")
PRODUCT = (
    "name", "slug", "permalink", "date_created", "date_created_gmt", "date_modified", "type", "status", "featured",
    "catalog_visibility", "description", "short_description", "price", "regular_price", "sale_price",
    "date_on_sale_from", "date_on_sale_from_gmt", "date_on_sale_to", "date_on_sale_to_gmt", "price_html", "on_sale",
    "purchasable", "total_sales", "virtual", "downloadable", "downloads", "download_limit", "download_expiry",
    "external_url", "button_text", "tax_status", "tax_class", "stock_status", "backorders", "backorders_allowed",
    "backordered", "low_stock_amount", "sold_individually", "weight", "dimensions", "shipping_required",
    "shipping_taxable", "shipping_class", "shipping_class_id", "reviews_allowed", "average_rating", "rating_count",
    "related_ids", "upsell_ids", "cross_sell_ids", "parent_id", "purchase_note", "categories", "tags", "images",
    "image", "attributes", "default_attributes", "variations", "grouped_products", "menu_order", "meta_data",
    "global_unique_id", "_links",
)  # fmt: skip


def _order(order: Fields, shop: "WooCommerce") -> list[Paper]:
    """An order, and what it says of itself: that it is paid, canceled, refunded in part."""
    order.leave(*ORDER)
    currency, id = order.text("currency"), order.id("id")
    read = [_line(line, currency) for line in order.many("line_items")]
    sale = SalesOrder(
        id=id,
        number=order.text("number", ""),
        placed_at=order.moment("date_created_gmt", utc=True) if order.has("date_created_gmt") else None,
        currency=currency,
        lines=tuple([line for line, _ in read]),
        shipping_minor=order.minor("shipping_total", currency, "0"),
        discount_minor=order.minor("discount_total", currency, "0") - sum([discount for _, discount in read]),
        tax_minor=order.minor("total_tax", currency, "0"),
        total_minor=order.minor("total", currency) if order.has("total") else None,
        fees_minor=sum([_total(fee, currency) for fee in order.many("fee_lines")]),
        destination=_address(order.one("shipping")) if order.has("shipping") else Address(),
    )
    if shop.currency:
        order.leave("refunds")
    inside = () if shop.currency else order.many("refunds")
    refunds = [_inside(refund, id, currency) for refund in inside]
    return [sale, *_paid(order, sale), *_canceled(order, id), *refunds]


def _line(line: Fields, currency: str) -> tuple[Line, int]:
    """A line, and its discount as the shop means it: a discount of the order counts those of its lines."""
    line.leave(*LINE)
    before, after = line.minor("subtotal", currency), line.minor("total", currency)
    tax = line.minor("total_tax", currency, "0")
    id, sku, quantity = line.id("id"), _sku(line), line.whole("quantity")
    read = Line.of_amount(id, sku, quantity, before, discount_minor=before - after, tax_minor=tax)
    return read, before - after


def _sku(line: Fields) -> str:
    product, variation = line.id("product_id", "0"), line.id("variation_id", "0")
    return line.text("sku", "") or (product if variation == "0" else variation)


def _total(fee: Fields, currency: str) -> int:
    fee.leave("id", "name", "tax_class", "tax_status", "amount", "total_tax", "taxes", "meta_data")
    return fee.minor("total", currency)


def _address(address: Fields) -> Address:
    address.leave(*ADDRESS)
    return Address(
        country=address.text("country", ""),
        region=address.text("state", ""),
        postal_code=address.text("postcode", ""),
        city=address.text("city", ""),
    )


def _paid(order: Fields, sale: SalesOrder) -> list[Paper]:
    if not order.has("date_paid_gmt"):
        return []
    return [
        Payment(
            id=f"{sale.id}/paid",
            status="captured",
            currency=sale.currency,
            amount_minor=sale.total_minor or 0,
            order=sale.id,
            tender=order.text("payment_method", ""),
            occurred_at=order.moment("date_paid_gmt", utc=True),
        )
    ]


def _canceled(order: Fields, id: str) -> list[Paper]:
    if order.text("status", "") != "cancelled":
        return []
    return [Cancellation(id="cancelled", order=id, occurred_at=order.moment("date_modified_gmt", utc=True))]


def _inside(refund: Fields, order: str, currency: str) -> Refund:
    refund.leave("refund", "reason")
    return Refund(id=refund.id("id"), order=order, currency=currency, amount_minor=-refund.minor("total", currency))


def _deleted(order: Fields, shop: "WooCommerce") -> list[Paper]:
    """A webhook has the id alone; the reply to a request has all of the order."""
    whole = _order(order, shop) if order.has("line_items") else []
    return [*whole, Cancellation(id="deleted", order=order.id("id"), reason="deleted")]


def _refund(refund: Fields, shop: "WooCommerce") -> list[Paper]:
    refund.leave(*REFUND)
    currency = refund.text("currency", shop.currency)
    items = [_refunded(line) for line in refund.many("line_items")]
    return [
        Refund(
            id=refund.id("id"),
            order=_refunded_order(refund),
            currency=currency,
            amount_minor=refund.minor("amount", currency),
            items=tuple([item for item in items if item.quantity]),
            tax_minor=_refunded_tax(refund, currency),
            occurred_at=refund.moment("date_created_gmt", utc=True) if refund.has("date_created_gmt") else None,
        )
    ]


def _refunded_tax(refund: Fields, currency: str) -> int:
    """What the lines say, or what the taxes say where they are listed; both are below zero."""
    of_lines = [line.minor("total_tax", currency, "0") for line in refund.many("line_items")]
    of_lines += [_beside(each, currency) for name in ("shipping_lines", "fee_lines") for each in refund.many(name)]
    of_taxes = [_tax(tax, currency) for tax in refund.many("tax_lines")]
    return -sum(of_taxes or of_lines)


def _beside(line: Fields, currency: str) -> int:
    line.leave("id", "name", "method_title", "method_id", "instance_id", "total", "amount", "tax_class", "tax_status")
    return line.leave("taxes", "meta_data").minor("total_tax", currency, "0")


def _tax(tax: Fields, currency: str) -> int:
    tax.leave("id", "rate_code", "rate_id", "label", "compound", "rate_percent", "meta_data")
    return sum([tax.minor(part, currency, "0") for part in ("tax_total", "shipping_tax_total")])


def _refunded(line: Fields) -> Item:
    """Pieces of a line of the order, which the line of the refund names among its notes; pieces are below zero."""
    line.leave("id", "subtotal", "total", *[name for name in LINE if name != "meta_data"])
    notes = [note.leave("id", "display_key", "display_value", "value") for note in line.many("meta_data")]
    lines = [note.id("value") for note in notes if note.text("key") == REFUNDED]
    return Item(_sku(line), abs(line.whole("quantity", least=-1_000_000)), next(iter(lines), ""))


REFUNDED = "_refunded_item_id"


def _refunded_order(refund: Fields) -> str:
    """The order that a refund is of is the resource above it."""
    links = refund.one("_links").leave("self", "collection")
    above = [link.leave("targetHints", "embeddable").text("href") for link in links.many("up", least=1)]
    return above[0].rstrip("/").rpartition("/")[2]


def _stock(product: Fields, shop: "WooCommerce") -> list[Paper]:
    """What may be sold of a product; where nobody counts, nothing is said."""
    product.leave(*PRODUCT)
    sku = product.text("sku", "") or product.id("id")
    product.leave("id")
    if product.raw("manage_stock") is not True:
        product.leave("date_modified_gmt", "stock_quantity")
        return []
    at, quantity = product.moment("date_modified_gmt", utc=True), product.whole("stock_quantity")
    return [StockCount(id=f"{sku}/{at}", node=shop.place, items=(Item(sku, quantity, state="available"),), as_of=at)]


Reader = Callable[[Fields, "WooCommerce"], list[Paper]]
TOPICS: Mapping[str, Reader] = {
    "order.created": _order,
    "order.updated": _order,
    "order.restored": _order,
    "order.deleted": _deleted,
    "order.refunds": _refund,
    "product.created": _stock,
    "product.updated": _stock,
    "product.restored": _stock,
}


@frozen
class WooCommerce:
    """The port of a shop: what its refunds are paid in, and what the place of its stock is called."""

    currency: str = ""
    place: str = "shop"

    @property
    def capabilities(self) -> Capabilities:
        """Return what it claims."""
        return Capabilities(
            system="woocommerce",
            reads=("sales_order", "cancellation", "refund", "payment", "stock_count"),
            writes=("sales_order", "refund", "offered"),
            refuses=("order.notes", "coupon.created", "customer.created", "webhooks", "shipping.zones"),
        )

    def read(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for a topic that is not read, and for a wrong field."""
        if message.topic not in TOPICS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(TOPICS)}")
        body = Fields.parsed(message.body, list_as="list")
        papers = [paper for each, reader in _resources(body, message.topic) for paper in reader(each, self)]
        if TOPICS[message.topic] is _stock and not papers:
            raise InvalidValue("manage_stock", None, "a product whose stock is counted")
        return Reading(papers=tuple(papers), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return the message that says a paper. Raises `InvalidValue` for what a shop cannot say, by its field."""
        self.capabilities.takes(paper)
        message = _written(paper)
        return faithful(self, paper, message) if paper.form in self.capabilities.reads else message


def _written(paper: Paper) -> Message:
    match paper:
        case SalesOrder():
            return _message("order.created", _write_order(paper))
        case Refund():
            return _message("order.refunds", _write_refund(paper))
        case Offered():
            return _message("products/batch", _write_offer(paper))
    raise InvalidValue("paper", paper.form, "written")


BATCH = ("list", "create", "update", "delete")


def _resources(body: Fields, topic: str) -> list[tuple[Fields, Reader]]:
    """Each resource of a body and who reads it."""
    reader = TOPICS[topic]
    if not any(body.has(part) for part in BATCH):
        return [(body, reader)]
    deleted = TOPICS.get(f"{topic.partition('.')[0]}.deleted", reader)
    return [(each, deleted if part == "delete" else reader) for part in BATCH for each in body.many(part)]


def _message(topic: str, body: Mapping[str, object]) -> Message:
    return Message(topic, json.dumps(body, ensure_ascii=False))


def _gmt(at: int) -> str:
    return moment(at).removesuffix("Z")


def _write_order(order: SalesOrder) -> dict[str, object]:
    address, currency = order.destination, order.currency
    in_lines = sum([line.discount_minor for line in order.lines])
    return {
        "id": order.id,
        "number": order.number,
        "date_created_gmt": None if order.placed_at is None else _gmt(order.placed_at),
        "currency": currency,
        "discount_total": amount(order.discount_minor + in_lines, currency),
        "shipping_total": amount(order.shipping_minor, currency),
        "total_tax": amount(order.tax_minor, currency),
        "total": None if order.total_minor is None else amount(order.total_minor, currency),
        "fee_lines": [{"total": amount(order.fees_minor, currency)}] if order.fees_minor else [],
        "line_items": [_write_line(line, currency) for line in order.lines],
        "shipping": {
            "country": address.country,
            "state": address.region,
            "postcode": address.postal_code,
            "city": address.city,
        },
    }


def _write_line(line: Line, currency: str) -> dict[str, object]:
    before = line.price_minor * line.quantity
    return {
        "id": line.id,
        "sku": line.sku,
        "quantity": line.quantity,
        "subtotal": amount(before, currency),
        "total": amount(before - line.discount_minor, currency),
        "total_tax": amount(line.tax_minor, currency),
    }


def _write_refund(refund: Refund) -> dict[str, object]:
    lines = [
        {"sku": sku, "quantity": -quantity, "meta_data": [{"key": REFUNDED, "value": line}] if line else []}
        for sku, quantity, line, *_ in refund.items
    ]
    return {
        "id": refund.id,
        "currency": refund.currency,
        "date_created_gmt": None if refund.occurred_at is None else _gmt(refund.occurred_at),
        "amount": amount(refund.amount_minor, refund.currency),
        "line_items": lines,
        "tax_lines": [{"tax_total": amount(-refund.tax_minor, refund.currency)}] if refund.tax_minor else [],
        "_links": {"up": [{"href": f"orders/{refund.order}"}]},
    }


def _write_offer(offered: Offered) -> dict[str, object]:
    """Products are found by their id: a host maps the SKU to it."""
    stock: dict[str, object] = {"id": offered.sku, "manage_stock": True, "stock_quantity": offered.quantity}
    return {"update": [stock]}
