"""Orders of Amazon's Selling Partner API, v0, which come in parts; and what we confirm of them.

Where a part is read alone it is an order without lines, or without a moment; `joined` makes one message of them.
"""

import json
from collections.abc import Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Cancellation,
    Dispatch,
    Fields,
    Item,
    Line,
    Message,
    Paper,
    SalesOrder,
    amount,
    moment,
)

from .amazon_parts import MARKETS, Reader, body_of, money, piece, tracking

__all__ = ["V0", "joined", "write_confirmation", "write_order"]

ORDER_V0 = (
    "NumberOfItemsShipped", "NumberOfItemsUnshipped", "PaymentMethod", "PaymentMethodDetails",
    "PaymentExecutionDetail", "SalesChannel", "OrderChannel", "ShipServiceLevel", "OrderType", "EarliestShipDate",
    "EarliestDeliveryDate", "IsBusinessOrder", "IsPrime", "IsPremiumOrder",
    "IsGlobalExpressEnabled", "IsReplacementOrder", "ReplacedOrderId", "IsEstimatedShipDateSet", "IsSoldByAB", "IsIBA",
    "IsISPU", "IsAccessPointOrder", "DefaultShipFromLocationAddress", "BuyerInvoicePreference",
    "BuyerTaxInformation", "AutomatedShippingSettings", "HasRegulatedItems", "EasyShipShipmentStatus",
    "CbaDisplayableShippingLabel",
    "ElectronicInvoiceStatus", "BuyerInfo", "MarketplaceId", "NextToken",
)  # fmt: skip
ITEM_V0 = (
    "ASIN", "Title", "QuantityShipped", "ProductInfo", "PointsGranted", "PromotionIds", "IsGift", "ConditionNote",
    "ConditionId", "ConditionSubtypeId", "ScheduledDeliveryStartDate", "ScheduledDeliveryEndDate", "PriceDesignation",
    "TaxCollection", "SerialNumberRequired", "IsTransparency", "IossNumber", "StoreChainStoreId",
    "DeemedResellerCategory", "BuyerCustomizedInfo", "GiftMessageText", "GiftWrapLevel", "AssociatedItems",
)  # fmt: skip
"""Left: persons' data, texts, flags of Amazon's programs, and counts of what has shipped, which we tell it."""
GIFT = ("BuyerCustomizedInfo", "GiftMessageText", "GiftWrapLevel", "OrderItemId")
ADDRESS_V0 = (
    "Name", "AddressLine1", "AddressLine2", "AddressLine3", "Phone", "AddressType", "County", "District",
    "Municipality", "CompanyName", "ExtendedFields",
)  # fmt: skip


def _orders(body: Fields, _message: Message) -> list[Paper]:
    payload = body.one("payload").leave("NextToken", "LastUpdatedBefore", "CreatedBefore")
    return [paper for order in payload.many("Orders") for paper in _order(order)]


def _one(body: Fields, _message: Message) -> list[Paper]:
    return _order(body.one("payload"))


def _order(order: Fields) -> list[Paper]:
    """An order, or a part of one: what is not there is not said."""
    order.leave(*ORDER_V0)
    if order.text("FulfillmentChannel", "MFN") != "MFN":
        raise InvalidValue("FulfillmentChannel", order.raw("FulfillmentChannel"), "MFN: an order that we ship")
    items, id = order.many("OrderItems"), order.id("AmazonOrderId")
    currency = _currency(order, items)
    total_minor = order.one("OrderTotal").minor("Amount", currency) if order.has("OrderTotal") else None
    lines = tuple([_line(item, currency) for item in items if item.has("SellerSKU")])
    shipping_minor = _sum(items, currency, "ShippingPrice") - _sum(items, currency, "ShippingDiscount")
    gifts = tuple([item.one("BuyerInfo").leave(*GIFT) for item in items if item.has("BuyerInfo")]) or items
    fees_minor = _sum(items, currency, "CODFee") - _sum(items, currency, "CODFeeDiscount")
    fees_minor += _sum(gifts, currency, "GiftWrapPrice")
    tax_minor = sum([line.tax_minor for line in lines]) + _sum(items, currency, "ShippingTax")
    tax_minor += _sum(gifts, currency, "GiftWrapTax") - _sum(items, currency, "ShippingDiscountTax")
    net_minor = shipping_minor + fees_minor + sum([_net_minor(line) for line in lines])
    sale = SalesOrder(
        id=id,
        number=order.text("SellerOrderId", ""),
        placed_at=order.moment("PurchaseDate") if order.has("PurchaseDate") else None,
        currency=currency,
        lines=lines,
        shipping_minor=shipping_minor,
        tax_minor=tax_minor,
        total_minor=total_minor,
        includes_tax=tax_minor > 0 and net_minor == total_minor,
        destination=_address(order.one("ShippingAddress")) if order.has("ShippingAddress") else Address(),
        service=order.text("ShipmentServiceLevelCategory", "").lower(),
        fees_minor=fees_minor,
        from_node=order.one("FulfillmentInstruction").id("FulfillmentSupplySourceId", "") if _is_sent(order) else "",
        ship_by=_moment(order, "LatestShipDate"),
        deliver_by=_moment(order, "LatestDeliveryDate"),
        updated_at=_moment(order, "LastUpdateDate"),
    )
    return [sale, *_canceled(order, id), *[paper for item in items for paper in _unwanted(item, id)]]


def _moment(order: Fields, name: str) -> int | None:
    return order.moment(name) if order.has(name) else None


def _is_sent(order: Fields) -> bool:
    return order.has("FulfillmentInstruction")


def _net_minor(line: Line) -> int:
    return line.price_minor * line.quantity - line.discount_minor


AMOUNTS_V0 = ("ItemPrice", "ShippingPrice", "GiftWrapPrice", "CODFee")


def _currency(order: Fields, items: tuple[Fields, ...]) -> str:
    """Where an order has no total, its items have prices; where they have none, the market has a currency."""
    found = [order.one("OrderTotal").text("CurrencyCode")] if order.has("OrderTotal") else []
    found += [item.one(name).text("CurrencyCode") for item in items for name in AMOUNTS_V0 if item.has(name)]
    market = MARKETS.get(order.text("MarketplaceId", ""), "")
    if not (found or market):
        raise InvalidValue("OrderTotal", None, "an amount, or a marketplace whose currency we know")
    return found[0] if found else market


def _sum(items: tuple[Fields, ...], currency: str, *names: str) -> int:
    return sum([money(item, name, currency, "CurrencyCode", "Amount") for item in items for name in names])


def _line(item: Fields, currency: str) -> Line:
    item.leave(*ITEM_V0)
    each = (item,)
    return Line.of_amount(
        item.id("OrderItemId"),
        item.id("SellerSKU"),
        item.whole("QuantityOrdered"),
        _sum(each, currency, "ItemPrice"),
        discount_minor=_sum(each, currency, "PromotionDiscount"),
        tax_minor=_sum(each, currency, "ItemTax") - _sum(each, currency, "PromotionDiscountTax"),
    )


def _address(address: Fields) -> Address:
    address.leave(*ADDRESS_V0)
    return Address(
        country=address.text("CountryCode", ""),
        region=address.text("StateOrRegion", ""),
        postal_code=address.text("PostalCode", ""),
        city=address.text("City", ""),
    )


def _canceled(order: Fields, id: str) -> list[Paper]:
    if order.text("OrderStatus", "") != "Canceled":
        return []
    return [Cancellation(id="canceled", order=id, occurred_at=order.moment("LastUpdateDate"), is_done=True)]


def _unwanted(item: Fields, order: str) -> list[Paper]:
    """What the buyer asks to cancel; Amazon writes truth values here as text."""
    wish = item.one("BuyerRequestedCancel") if item.has("BuyerRequestedCancel") else None
    if wish is None or f"{wish.raw('IsBuyerRequestedCancel')}".lower() != "true":
        return []
    line = item.id("OrderItemId")
    items = (Item(item.id("SellerSKU"), item.whole("QuantityOrdered", least=1), line),)
    return [Cancellation(id=line, order=order, items=items, reason=wish.text("BuyerCancelReason", ""))]


def _gifts(body: Fields, _message: Message) -> list[Paper]:
    """What is charged for wrapping; the lines that it is for are known by their ids alone."""
    payload = body.one("payload").leave("NextToken")
    items = payload.many("OrderItems")
    for item in items:
        item.leave("OrderItemId", *ITEM_V0)
    return _order(payload)


def _confirmation(body: Fields, _message: Message) -> list[Paper]:
    """What we say of pieces that have left."""
    body.leave("marketplaceId", "codCollectionMethod")
    package = body.one("packageDetail").leave("carrierName", "shippingMethod")
    items = [item.leave("transparencyCodes") for item in package.many("orderItems", least=1)]
    return [
        Dispatch(
            id=package.id("packageReferenceId"),
            order=body.id("orderId"),
            node=package.id("shipFromSupplySourceId", ""),
            items=tuple([piece(item, "orderItemId", "sellerSku", "quantity") for item in items]),
            carrier=package.text("carrierCode", ""),
            tracking=tracking(package.id("trackingNumber", "")),
            occurred_at=package.moment("shipDate") if package.has("shipDate") else None,
        )
    ]


MODEL = "ordersV0"
V0: Mapping[str, Reader] = {
    f"{MODEL}/getOrders": _orders,
    f"{MODEL}/getOrder": _one,
    f"{MODEL}/getOrderItems": _one,
    f"{MODEL}/getOrderItemsBuyerInfo": _gifts,
    f"{MODEL}/confirmShipment": _confirmation,
}
"""What is read of each operation."""
PARTS = ("getOrder", "getOrderItems", "getOrderAddress")


def joined(*parts: Message) -> Message:
    """Return one message of an order of v0: the order, its items (all pages of them) and its address.

    Raises `InvalidValue` for other operations, and for parts of several orders.
    """
    whole: dict[str, object] = {}
    items: list[object] = []
    for part in parts:
        if part.topic.removeprefix(f"{MODEL}/") not in PARTS:
            raise InvalidValue("topic", part.topic, f"{MODEL}/ and one of {', '.join(PARTS)}")
        order = body_of(part).one("payload").id("AmazonOrderId")
        if whole.get("AmazonOrderId", order) != order:
            raise InvalidValue("payload.AmazonOrderId", order, f"{whole['AmazonOrderId']}: parts of one order")
        payload = json.loads(part.body, parse_float=str)["payload"]
        items += payload.pop("OrderItems", ())
        whole |= payload
    return Message(f"{MODEL}/getOrder", json.dumps({"payload": {**whole, "OrderItems": items}}, ensure_ascii=False))


def write_order(order: SalesOrder, marketplace: str) -> dict[str, object]:
    """Return an order with its items in it; what is charged beside the goods stands at the first of them."""
    currency, address = order.currency, order.destination
    lines_minor = sum([line.tax_minor for line in order.lines])
    beside = {
        "ShippingPrice": order.shipping_minor,
        "ShippingTax": order.tax_minor - lines_minor,
        "CODFee": order.fees_minor,
    }
    items = [
        {
            "OrderItemId": line.id,
            "SellerSKU": line.sku,
            "QuantityOrdered": line.quantity,
            **_amounts(
                {
                    "ItemPrice": line.price_minor * line.quantity,
                    "PromotionDiscount": line.discount_minor,
                    "ItemTax": line.tax_minor,
                    **(beside if number == 0 else {}),
                },
                currency,
            ),
        }
        for number, line in enumerate(order.lines)
    ]
    return {
        "AmazonOrderId": order.id,
        "SellerOrderId": order.number,
        "PurchaseDate": None if order.placed_at is None else moment(order.placed_at),
        "LastUpdateDate": None if order.updated_at is None else moment(order.updated_at),
        "LatestShipDate": None if order.ship_by is None else moment(order.ship_by),
        "LatestDeliveryDate": None if order.deliver_by is None else moment(order.deliver_by),
        "MarketplaceId": marketplace,
        "FulfillmentChannel": "MFN",
        "ShipmentServiceLevelCategory": order.service.capitalize(),
        "FulfillmentInstruction": {"FulfillmentSupplySourceId": order.from_node} if order.from_node else None,
        "ShippingAddress": {
            "CountryCode": address.country,
            "StateOrRegion": address.region,
            "PostalCode": address.postal_code,
            "City": address.city,
        },
        "OrderItems": items,
        **({} if order.total_minor is None else _amounts({"OrderTotal": order.total_minor}, currency)),
    }


def _amounts(minors: Mapping[str, int], currency: str) -> dict[str, object]:
    return {name: {"CurrencyCode": currency, "Amount": amount(minor, currency)} for name, minor in minors.items()}


def write_confirmation(dispatch: Dispatch, marketplace: str) -> dict[str, object]:
    """Return what confirms a package that has left."""
    return {
        "orderId": dispatch.order,
        "marketplaceId": marketplace,
        "packageDetail": {
            "packageReferenceId": dispatch.id,
            "carrierCode": dispatch.carrier,
            "trackingNumber": "".join(dispatch.tracking[:1]),
            "shipDate": None if dispatch.occurred_at is None else moment(dispatch.occurred_at),
            "shipFromSupplySourceId": dispatch.node,
            "orderItems": [
                {"orderItemId": line, "quantity": quantity, "sellerSku": sku}
                for sku, quantity, line, *_ in dispatch.items
            ],
        },
    }
