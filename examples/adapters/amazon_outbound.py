"""Amazon's own centers as a node that ships for us: multi-channel fulfillment, 2020-07-01.

What we ask for is a ship request; which center ships is Amazon's choice and is known once a shipment has left. What
Amazon canceled or cannot ship of a line is told as a shipment that fell short. Declared values are for customs.
"""

import json
from collections.abc import Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Capabilities,
    Dispatch,
    Fields,
    GoodsReturn,
    Item,
    Message,
    Paper,
    Reading,
    ShipRequest,
    faithful,
)
from unicommerce.values import frozen

from .amazon_parts import Reader, address, body_of, piece, tracking

__all__ = ["AmazonOutbound"]

ORDER = (
    "marketplaceId", "displayableOrderDate", "displayableOrderComment", "fulfillmentAction", "fulfillmentPolicy",
    "receivedDate", "fulfillmentOrderStatus", "statusUpdatedDate", "notificationEmails", "featureConstraints",
    "deliveryWindow", "codSettings",
)  # fmt: skip
ITEM = (
    "fulfillmentNetworkSku", "orderItemDisposition", "estimatedShipDate", "estimatedArrivalDate", "giftMessage",
    "displayableComment", "perUnitDeclaredValue", "perUnitPrice", "perUnitTax",
)  # fmt: skip
SHIPMENT = ("estimatedArrivalDate", "shippingNotes")
PACKAGE = ("packageNumber", "estimatedArrivalDate", "lockerDetails", "deliveryInformation")
PIECES = ("packageNumber", "serialNumber", "manufacturerLotCodes")
NODE = "amazon"
"""What we call all of its centers together."""


def _orders(body: Fields, _message: Message) -> list[Paper]:
    """A list says nothing of items: what it holds of each order stands in the order itself."""
    body.leave("nextToken")
    return [_request(order, (), NODE) for order in body.many("fulfillmentOrders")]


def _order(body: Fields, _message: Message) -> list[Paper]:
    found = body.many("fulfillmentOrderItems")
    request = _request(body.one("fulfillmentOrder"), tuple([_item(item) for item in found]), NODE)
    short = [each for each in map(_short, found) if each.quantity]
    fell = [Dispatch(id=f"{request.id}/short", order=request.id, node=NODE, short=tuple(short))] if short else []
    sent = [paper for shipment in body.many("fulfillmentShipments") for paper in _sent(shipment, request.id)]
    body.leave("returnAuthorizations")
    return [request, *fell, *sent, *[_returned(each, request.id) for each in body.many("returnItems")]]


def _created(body: Fields, _message: Message) -> list[Paper]:
    """What we asked for."""
    return [_request(body, tuple([_item(item) for item in body.many("items")]), NODE)]


def _request(order: Fields, items: tuple[Item, ...], node: str) -> ShipRequest:
    order.leave(*ORDER)
    return ShipRequest(
        id=order.id("sellerFulfillmentOrderId"),
        order=order.id("displayableOrderId"),
        node=node,
        items=items,
        destination=address(order.one("destinationAddress")),
        service=order.text("shippingSpeedCategory", "").lower(),
    )


def _item(item: Fields) -> Item:
    item.leave(*ITEM)
    return piece(item, "sellerFulfillmentOrderItemId", "sellerSku", "quantity")


def _short(item: Fields) -> Item:
    missing = item.whole("cancelledQuantity", default=0) + item.whole("unfulfillableQuantity", default=0)
    return Item(item.id("sellerSku"), missing, item.id("sellerFulfillmentOrderItemId"))


def _sent(shipment: Fields, order: str) -> list[Paper]:
    """A shipment that has left; one that is pending, or was canceled, has not."""
    shipment.leave(*SHIPMENT)
    id, node = shipment.id("amazonShipmentId"), shipment.id("fulfillmentCenterId", NODE)
    at = shipment.moment("shippingDate") if shipment.has("shippingDate") else None
    if shipment.text("fulfillmentShipmentStatus") not in {"SHIPPED", "PROCESSED"}:
        shipment.leave("fulfillmentShipmentItem", "fulfillmentShipmentPackage")
        return []
    items = [item.leave(*PIECES) for item in shipment.many("fulfillmentShipmentItem", least=1)]
    packages = [package.leave(*PACKAGE) for package in shipment.many("fulfillmentShipmentPackage")]
    return [
        Dispatch(
            id=id,
            order=order,
            node=node,
            items=tuple([piece(item, "sellerFulfillmentOrderItemId", "sellerSku", "quantity") for item in items]),
            carrier=" ".join(dict.fromkeys([package.text("carrierCode", "") for package in packages])),
            tracking=tuple([n for package in packages for n in tracking(package.id("trackingNumber", ""))]),
            occurred_at=at,
        )
    ]


def _returned(item: Fields, order: str) -> GoodsReturn:
    """A piece that came back to a center."""
    item.leave("sellerReturnComment", "amazonReturnReasonCode", "statusChangedDate", "returnAuthorizationId")
    item.leave("returnReceivedCondition", "amazonShipmentId", "status")
    line = item.id("sellerFulfillmentOrderItemId")
    return GoodsReturn(
        id=item.id("sellerReturnItemId"),
        node=item.id("fulfillmentCenterId", NODE),
        items=(Item(item.id("sellerSku", line), 1, line),),
        order=order,
        occurred_at=item.moment("statusChangedDate"),
        is_announced=item.text("status") == "New",
    )


MODEL = "fulfillmentOutbound_2020-07-01"
TOPICS: Mapping[str, Reader] = {
    f"{MODEL}/listAllFulfillmentOrders": _orders,
    f"{MODEL}/getFulfillmentOrder": _order,
    f"{MODEL}/createFulfillmentOrder": _created,
}
"""What is read of each operation."""


@frozen
class AmazonOutbound:
    """The port of Amazon's centers."""

    @property
    def capabilities(self) -> Capabilities:
        """Return what it claims."""
        return Capabilities(
            system="amazon_outbound",
            reads=("ship_request", "dispatch", "goods_return"),
            writes=("ship_request",),
            refuses=(
                f"{MODEL}/getFulfillmentPreview",
                f"{MODEL}/listReturnReasonCodes",
                f"{MODEL}/getFeatureInventory",
            ),
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
        assert isinstance(paper, ShipRequest)
        body = json.dumps(_write_request(paper), ensure_ascii=False)
        return faithful(self, paper, Message(f"{MODEL}/createFulfillmentOrder", body))


def _write_request(request: ShipRequest) -> dict[str, object]:
    place = request.destination
    return {
        "sellerFulfillmentOrderId": request.id,
        "displayableOrderId": request.order,
        "shippingSpeedCategory": request.service.capitalize(),
        "destinationAddress": {
            "countryCode": place.country,
            "stateOrRegion": place.region,
            "postalCode": place.postal_code,
            "city": place.city,
        },
        "items": [
            {"sellerSku": sku, "sellerFulfillmentOrderItemId": line, "quantity": quantity}
            for sku, quantity, line, *_ in request.items
        ],
    }
