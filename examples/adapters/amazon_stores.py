"""Amazon's orders that stores ship, their returns and their stock: external fulfillment, 2024-09-11."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Cancellation,
    Dispatch,
    Fields,
    GoodsReturn,
    Item,
    Line,
    Message,
    Offered,
    Paper,
    SalesOrder,
    StockCount,
)

from .amazon_parts import MARKETS, Reader, address, money, piece, tracking

__all__ = ["STORES"]

SHIPMENT = (
    "earliestPackDateTime", "shipmentRequirements", "invoiceInfo", "subStatus", "reason",
    "creationDateTime",
)  # fmt: skip
"""Left: papers to print."""
PACKAGE = ("dimensions", "weight", "hazmatLabels", "status")
PACKED = ("serialNumbers", "pieces", "countryOfOrigin", "itemValue")
LABEL = ("shippingOptionId", "shipBy", "pickupWindow", "timeSlot", "handoverLocation")
PIECES = ("complianceAttributes", "giftAttributes", "hsnCode", "customAttributes")
INFO = (
    "numberOfUnits", "priority", "shipmentType", "orderStatesEligibleForRejection", "processingSource",
    "orderPlacedTimestamp",
)  # fmt: skip
LEFT = {"SHIPPED", "DELIVERED"}


def _shipments(body: Fields, _message: Message) -> list[Paper]:
    body.leave("pagination")
    return [paper for shipment in body.many("shipments") for paper in _shipment(shipment)]


def _one_shipment(body: Fields, _message: Message) -> list[Paper]:
    return _shipment(body)


def _shipment(shipment: Fields) -> list[Paper]:
    """What a store is to send is an order of its own, at that store."""
    shipment.leave(*SHIPMENT)
    market = shipment.one("marketplaceAttributes").leave("channelName", "merchantId", "customAttributes")
    charges, id = shipment.many("charges"), shipment.id("id")
    currency = _currency_of(charges, market.text("marketplaceId", ""))
    info = shipment.one("shipmentInfo").leave(*INFO)
    goods = shipment.many("lineItems")
    of_goods = [charge for item in goods for charge in item.many("charges")]
    by_kind = [_known(charge) for charge in (*of_goods, *charges)]
    shipping = shipment.one("shippingInfo").leave("recommendedShipMethod")
    totals = [charge for kind, charge in by_kind if kind == "TOTAL"]
    sale = SalesOrder(
        id=id,
        number=info.id("buyerOrderId", ""),
        placed_at=info.whole("orderPlacedTimestamp")
        if info.has("orderPlacedTimestamp")
        else shipment.moment("creationDateTime"),
        currency=currency,
        lines=tuple([_goods(item, currency) for item in goods]),
        shipping_minor=sum([_net(charge, currency) for kind, charge in by_kind if kind == "SHIPPING"]),
        tax_minor=sum([_tax(charge, currency) for kind, charge in by_kind if kind != "TOTAL"]),
        total_minor=_net(totals[0], currency, "totalCharge") if totals else None,
        destination=address(shipping.one("shipToAddress")) if shipping.has("shipToAddress") else Address(),
        fees_minor=sum([_net(charge, currency) for kind, charge in by_kind if kind not in OWN]),
        from_node=shipment.id("locationId"),
        ship_by=_moment(shipping, "expectedShippingDateTimeInUTC"),
        updated_at=_moment(shipment, "lastUpdatedDateTime"),
    )
    status = shipment.text("status", "")
    canceled = [Cancellation(id="canceled", order=id, is_done=True)] if status == "CANCELLED" else []
    if status not in LEFT:
        shipment.leave("packages")
    sent = [_sent(each, sale) for each in shipment.many("packages")] if status in LEFT else []
    return [sale, *canceled, *sent]


def _moment(fields: Fields, name: str) -> int | None:
    return fields.moment(name) if fields.has(name) else None


OWN = {"PRODUCT", "SHIPPING", "TOTAL"}
"""Charges with a field of their own; the others are fees."""


def _currency_of(charges: tuple[Fields, ...], market: str) -> str:
    """Of the total, or else of what is charged, or else of the marketplace."""
    kinds = [(charge.raw("chargeType"), charge) for charge in charges]
    found = [
        charge.one("totalCharge").one("netAmount").text("currencyCode") for kind, charge in kinds if kind == "TOTAL"
    ]
    found += [
        charge.one("baseCharge").one("netAmount").text("currencyCode") for kind, charge in kinds if kind != "TOTAL"
    ]
    if not found and market not in MARKETS:
        raise InvalidValue("marketplaceAttributes.marketplaceId", market, "a marketplace whose currency we know")
    return found[0] if found else MARKETS[market]


AMOUNTS = ("baseAmount", "discountAmount", "netAmount")
READ: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "PRODUCT": {"baseCharge": AMOUNTS[:2], "charge": AMOUNTS[2:]},
    "TOTAL": {"totalCharge": AMOUNTS[2:]},
}
FEE = {"baseCharge": AMOUNTS[2:], "charge": AMOUNTS[2:]}
"""Which amounts are read of a charge, by its kind; the others follow from them."""


def _known(charge: Fields) -> tuple[str, Fields]:
    """A charge and its kind, in which all that is not read is left."""
    kind = charge.leave("taxBreakup").text("chargeType")
    read = READ.get(kind, FEE)
    places = [(name, charge.one(name)) for name in ("baseCharge", "totalCharge") if charge.has(name)]
    if charge.has("totalTax"):
        places.append(("charge", charge.one("totalTax").leave("type", "rate").one("charge")))
    for name, place in places:
        place.leave(*[each for each in AMOUNTS if each not in read.get(name, ())])
    return kind, charge


def _net(charge: Fields, currency: str, name: str = "baseCharge") -> int:
    """What is charged after its discount, before tax."""
    return money(charge.one(name), "netAmount", currency, "currencyCode", "value")


def _tax(charge: Fields, currency: str) -> int:
    if not charge.has("totalTax"):
        return 0
    return money(charge.one("totalTax").one("charge"), "netAmount", currency, "currencyCode", "value")


def _goods(item: Fields, currency: str) -> Line:
    item.leave(*PIECES)
    product = [charge for charge in item.many("charges") if charge.raw("chargeType") == "PRODUCT"]
    base = [charge.one("baseCharge") for charge in product]
    return Line.of_amount(
        item.id("shipmentLineItemId"),
        item.id("merchantSku"),
        item.whole("numberOfUnits"),
        sum([money(each, "baseAmount", currency, "currencyCode", "value") for each in base]),
        discount_minor=sum([money(each, "discountAmount", currency, "currencyCode", "value") for each in base]),
        tax_minor=sum([_tax(each, currency) for each in product]),
    )


def _sent(package: Fields, sale: SalesOrder) -> Dispatch:
    skus = {line.id: line.sku for line in sale.lines}
    package.leave(*PACKAGE)
    label = package.one("shipLabelMetadata").leave(*LABEL) if package.has("shipLabelMetadata") else Fields({})
    items = [item.leave(*PACKED) for item in package.many("packageLineItems", least=1)]
    pieces = [piece(item, "packageLineItemId", "merchantSku", "quantity") for item in items]
    return Dispatch(
        id=f"{sale.id}/{package.id('id')}",
        order=sale.id,
        node=sale.from_node,
        items=tuple([piece._replace(sku=skus.get(piece.line, piece.sku)) for piece in pieces]),
        carrier=label.text("carrierName", ""),
        tracking=tracking(label.id("trackingId", "")),
    )


def _rejection(body: Fields, _message: Message) -> list[Paper]:
    """What we say of pieces that will not come."""
    if body.text("operation") != "REJECT":
        raise InvalidValue("operation", body.raw("operation"), "REJECT")
    found = body.many("lineItems", least=1)
    return [
        Cancellation(
            id=body.id("referenceId"),
            order=body.id("shipmentId"),
            items=tuple([piece(each.one("lineItem"), "id", "merchantSku", "quantity") for each in found]),
            reason=next(iter([each.text("reason", "") for each in found]), body.text("reason", "")),
        )
    ]


RETURN = (
    "otpDetails", "packageDeliveryMode", "replanningDetails", "creationDateTime", "fulfillmentLocationId",
    "returnMetadata", "returnShippingInfo", "returnType", "returnSubType", "returnLocationId", "packages",
)  # fmt: skip
ARRIVED = {"DELIVERED", "PARTIALLY_PROCESSED", "PROCESSED"}
OFF = {"CANCELLED", "REJECTED"}


def _returns(body: Fields, _message: Message) -> list[Paper]:
    body.leave("nextToken")
    return [paper for each in body.many("returns") for paper in _return(each)]


def _one_return(body: Fields, _message: Message) -> list[Paper]:
    return _return(body)


def _return(back: Fields) -> list[Paper]:
    """Pieces that come back, or are in; a return that is called off says nothing more."""
    market = back.leave(*RETURN).one("marketplaceChannelDetails")
    market.leave("channelSku", "customerOrderId", "merchantId", "marketplaceChannel", "returnLocationId")
    status = back.text("status")
    returned = GoodsReturn(
        id=back.id("id"),
        node=back.id("returnLocationId", market.id("returnLocationId", "")),
        items=(Item(back.id("merchantSku"), back.whole("numberOfUnits", least=1)),),
        order=market.id("shipmentId", ""),
        occurred_at=back.moment("lastUpdatedDateTime"),
        is_announced=status not in ARRIVED,
    )
    return [] if status in OFF else [returned]


# Stock of a store

SELLABLE, RESERVED = "available", "reserved"


def _stock(body: Fields, message: Message) -> list[Paper]:
    """What a store has to sell, of each SKU that was found; what is said of the others stays unread."""
    if message.sent_at is None:
        raise InvalidValue("sent_at", None, "when the stock was so")
    papers: list[Paper] = []
    for each in body.many("responses"):
        status = each.one("status")
        if status.has("statusCode") and status.whole("statusCode") < FAILED:
            papers.append(_level(each.one("body"), message.sent_at))
            status.leave("reasonPhrase")
    if not papers:
        raise InvalidValue("responses", "errors alone", "stock of a SKU")
    return papers


FAILED = 300


def _level(level: Fields, at: int) -> StockCount:
    level.leave("clientSequenceNumber", "marketplaceAttributes", "actionableErrors")
    node, sku = level.id("locationId"), level.id("skuId")
    items = (
        Item(sku, level.whole("sellableQuantity"), state=SELLABLE),
        Item(sku, level.whole("reservedQuantity", default=0), state=RESERVED),
    )
    return StockCount(id=f"{node}/{sku}/{at}", node=node, items=items, as_of=at)


def _offers(body: Fields, _message: Message) -> list[Paper]:
    """What we say may be sold; a question beside it says nothing."""
    papers: list[Paper] = []
    for each in body.many("requests"):
        where = urlsplit(each.leave("method").text("uri"))
        offer, names = each.one("body"), parse_qs(where.query)
        offer.one("marketplaceAttributes").leave("marketplaceId")
        channel = offer.one("marketplaceAttributes").text("channelName")
        if where.path.endswith("/update"):
            sku, node = ["".join(names.get(name, ())) for name in ("skuId", "locationId")]
            quantity, version = offer.whole("quantity"), offer.whole("clientSequenceNumber", least=1)
            papers.append(Offered(channel=channel, sku=sku, quantity=quantity, version=version, node=node))
    return papers


SHIPMENTS, RETURNS, STOCK = (f"externalFulfillment{name}_2024-09-11" for name in ("Shipments", "Returns", "Inventory"))
STORES: Mapping[str, Reader] = {
    f"{SHIPMENTS}/getShipments": _shipments,
    f"{SHIPMENTS}/getShipment": _one_shipment,
    f"{SHIPMENTS}/processShipment": _rejection,
    f"{RETURNS}/listReturns": _returns,
    f"{RETURNS}/getReturn": _one_return,
    f"{STOCK}/batchInventory": _stock,
    f"{STOCK}/batchInventory.request": _offers,
}
"""What is read of each operation."""
