"""Orders of Amazon's Selling Partner API, 2026-01-01: whole, with what was canceled and which packages have left."""

from collections.abc import Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import Address, Cancellation, Dispatch, Fields, Item, Line, Message, Paper, SalesOrder

from .amazon_parts import MARKETS, Reader, address, money, piece, tracking

__all__ = ["ORDERS"]

ORDER_2026 = (
    "programs", "associatedOrders", "buyer", "fulfillmentOrders", "expense",
    "payment",
)  # fmt: skip
ITEM_2026 = ("programs", "promotion", "associatedOrderItems", "expense", "fulfillment")
PRODUCT_2026 = ("asin", "title", "condition", "customization", "serialNumbers", "identifiers")
FULFILLMENT_2026 = ("fulfillmentStatus", "labelPrintingWindow")
PACKAGE_2026 = ("createdTime", "packageStatus", "shippingService", "shipFromAddress")


def _orders(body: Fields, _message: Message) -> list[Paper]:
    body.leave("pagination", "lastUpdatedBefore", "createdBefore")
    return [paper for order in body.many("orders") for paper in _order(order)]


def _one(body: Fields, _message: Message) -> list[Paper]:
    return _order(body.one("order"))


def _order(order: Fields) -> list[Paper]:
    order.leave(*ORDER_2026)
    fulfillment, items, id = order.one("fulfillment"), order.many("orderItems"), order.id("orderId")
    fulfillment.leave(*FULFILLMENT_2026)
    if fulfillment.text("fulfilledBy", "MERCHANT") != "MERCHANT":
        raise InvalidValue("fulfilledBy", fulfillment.raw("fulfilledBy"), "MERCHANT: an order that we ship")
    currency = _currency(order)
    lines = tuple([_line(item, currency) for item in items])
    of_lines = [_breakdowns(item, currency) for item in items]
    sums = _breakdowns(order, currency) or _summed(of_lines)
    in_lines = sum([parts.get("DISCOUNT", 0) for parts in of_lines])
    sale = SalesOrder(
        id=id,
        number=_alias(order),
        placed_at=order.moment("createdTime"),
        currency=currency,
        lines=lines,
        shipping_minor=sums.get("SHIPPING", 0),
        discount_minor=sums.get("DISCOUNT", 0) - in_lines,
        tax_minor=sums.get("TAX", 0),
        total_minor=_total(order, currency),
        destination=_destination(order.one("recipient")) if order.has("recipient") else Address(),
        service=fulfillment.text("fulfillmentServiceLevel", "").lower(),
        fees_minor=sum([minor for kind, minor in sums.items() if kind not in KINDS]),
        ship_by=_until(fulfillment, "shipByWindow"),
        deliver_by=_until(fulfillment, "deliverByWindow"),
        updated_at=order.moment("lastUpdatedTime") if order.has("lastUpdatedTime") else None,
    )
    skus = {line.id: line.sku for line in lines}
    packages = [_package(package, id, skus) for package in order.many("packages")]
    return [sale, *_canceled(order, id), *[paper for item in items for paper in _unwanted(item, id)], *packages]


def _until(fulfillment: Fields, name: str) -> int | None:
    """Return the end of a window; when it begins is nothing that is owed."""
    window = fulfillment.one(name).leave("earliestDateTime") if fulfillment.has(name) else Fields({})
    return window.moment("latestDateTime") if window.has("latestDateTime") else None


def _total(order: Fields, currency: str) -> int | None:
    """What all of it comes to, where that is said."""
    if not (order.has("proceeds") and order.one("proceeds").has("grandTotal")):
        return None
    return money(order.one("proceeds"), "grandTotal", currency, "currencyCode", "amount")


KINDS = {"ITEM", "SHIPPING", "TAX", "DISCOUNT"}
"""What amounts are broken down to and has a field of its own; all else (wrapping, tips, cash on delivery) is a fee."""


def _currency(order: Fields) -> str:
    """Of the total, or else of a price, or else of the marketplace."""
    channel = order.one("salesChannel").leave("channelName", "marketplaceName")
    market = channel.text("marketplaceId", "")
    whole = [order.one("proceeds")] if order.has("proceeds") else []
    found = [each.one("grandTotal").text("currencyCode") for each in whole if each.has("grandTotal")]
    prices = [item.one("product").one("price") for item in order.many("orderItems") if item.one("product").has("price")]
    found += [price.one("unitPrice").text("currencyCode") for price in prices if price.has("unitPrice")]
    if not found and market not in MARKETS:
        raise InvalidValue("salesChannel.marketplaceId", market, "a marketplace whose currency we know")
    return found[0] if found else MARKETS[market]


def _breakdowns(fields: Fields, currency: str) -> dict[str, int]:
    """What an order or an item comes to, by kind; a discount counts what is taken off."""
    found: dict[str, int] = {}
    for part in fields.one("proceeds").many("breakdowns") if fields.has("proceeds") else ():
        kind = part.leave("status", "detailedBreakdowns").text("type")
        minor = money(part, "subtotal", currency, "currencyCode", "amount")
        found[kind] = found.get(kind, 0) + (abs(minor) if kind == "DISCOUNT" else minor)
    return found


def _summed(parts: list[dict[str, int]]) -> dict[str, int]:
    return {kind: sum([part.get(kind, 0) for part in parts]) for kind in {kind for part in parts for kind in part}}


def _line(item: Fields, currency: str) -> Line:
    """What its pieces come to, or else the price of a piece."""
    item.leave(*ITEM_2026)
    product, quantity = item.one("product").leave(*PRODUCT_2026), item.whole("quantityOrdered")
    if item.has("measurement") and item.one("measurement").leave("value").text("unit") != "COUNT":
        raise InvalidValue("measurement.unit", item.one("measurement").raw("unit"), "COUNT: pieces")
    price = product.one("price").leave("priceDesignation") if product.has("price") else product
    each_minor, parts = money(price, "unitPrice", currency, "currencyCode", "amount"), _breakdowns(item, currency)
    if item.has("proceeds"):
        item.one("proceeds").leave("proceedsTotal")
    return Line.of_amount(
        item.id("orderItemId"),
        product.id("sellerSku"),
        quantity,
        parts.get("ITEM", each_minor * quantity),
        discount_minor=parts.get("DISCOUNT", 0),
        tax_minor=parts.get("TAX", 0),
    )


def _alias(order: Fields) -> str:
    aliases = [(each.text("aliasType"), each.id("aliasId")) for each in order.many("orderAliases")]
    return dict(aliases).get("SELLER_ORDER_ID", "")


def _destination(recipient: Fields) -> Address:
    recipient.leave("deliveryPreference")
    return address(recipient.one("deliveryAddress")) if recipient.has("deliveryAddress") else Address()


def _canceled(order: Fields, id: str) -> list[Paper]:
    if order.one("fulfillment").raw("fulfillmentStatus") != "CANCELLED":
        return []
    return [Cancellation(id="canceled", order=id, occurred_at=order.moment("lastUpdatedTime"), is_done=True)]


def _unwanted(item: Fields, order: str) -> list[Paper]:
    """A line that is not wanted any more: by the one who asked for it, or by the one who did it."""
    if not item.has("cancellation"):
        return []
    known = item.one("cancellation")
    names = [name for name in ("cancellationRequest", "cancellationExecution") if known.has(name)]
    whys = [known.one(name) for name in names]
    line, who = item.id("orderItemId"), [WHO.get(_who(why), "") for why in whys]
    items = (Item(item.one("product").id("sellerSku"), item.whole("quantityOrdered", least=1), line),)
    reasons = [why.text("cancelReason", "") for why in whys]
    is_done, by = "cancellationExecution" in names, "".join(who[:1])
    return [Cancellation(id=line, order=order, items=items, reason="".join(reasons[:1]), is_done=is_done, by=by)]


WHO = {"BUYER": "buyer", "MERCHANT": "seller", "AMAZON": "market"}
"""Who asked for it, or else who did it."""


def _who(why: Fields) -> str:
    return why.text("requester", "") or why.text("cancelledBy", "")


def _package(package: Fields, order: str, skus: Mapping[str, str]) -> Dispatch:
    package.leave(*PACKAGE_2026)
    items = [item.leave("transparencyCodes") for item in package.many("packageItems", least=1)]
    pieces = [piece(item, "orderItemId", "sellerSku", "quantity") for item in items]
    return Dispatch(
        id=package.id("packageReferenceId"),
        order=order,
        items=tuple([piece._replace(sku=skus.get(piece.line, piece.sku)) for piece in pieces]),
        carrier=package.text("carrier", ""),
        tracking=tracking(package.id("trackingNumber", "")),
        occurred_at=package.moment("shipTime") if package.has("shipTime") else None,
    )


MODEL = "orders_2026-01-01"
ORDERS: Mapping[str, Reader] = {f"{MODEL}/searchOrders": _orders, f"{MODEL}/getOrder": _one}
"""What is read of each operation."""
