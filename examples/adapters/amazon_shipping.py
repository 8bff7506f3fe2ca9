"""Amazon as a carrier: labels that a seller buys (merchant fulfillment, v0) and parcels it fetches (Easy Ship).

- A reply about rates does not say for which order they are: `answered` makes one message of a request and its reply.
- A node is where a parcel is sent from: its country and postal code (`US-48123`), to be mapped to ours by `Intake`. An
  Easy Ship package does not say; its node is `easy_ship`.
- What is charged is the rate with its adjustments. A label that was taken back is void.
- Items go by Amazon's ids. We write our SKU beside them, and our id as the seller's own, so that what is written can be
  read again. Easy Ship says pieces by their serial numbers alone: where it has none, the item stays unread.
- Grams are read; ounces are a fraction of them and are left. Slots to choose from, and what else a service wants to
  know, hold no line, quantity or amount: they are refused by their topics.
"""

import json
from collections.abc import Callable, Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Capabilities,
    Delivery,
    Dispatch,
    Fields,
    Item,
    Label,
    Message,
    Paper,
    Rate,
    Reading,
    ShipRequest,
    Undelivered,
    faithful,
    moment,
)
from unicommerce.values import frozen

from .amazon_parts import body_of, money, piece, tracking

__all__ = ["AmazonEasyShip", "AmazonLabels", "answered"]

MFN, EASY = "merchantFulfillmentV0", "easyShip_2022-03-23"
NODE = "easy_ship"
DETAILS = ("PackageDimensions", "ShippingServiceOptions", "LabelCustomization")
SERVICE = (
    "ShippingServiceName", "ShippingServiceOfferId", "ShipDate", "EarliestEstimatedDeliveryDate", "Rate",
    "AdjustmentItemList", "ShippingServiceOptions", "AvailableLabelFormats", "AvailableFormatOptionsForLabel",
    "RequiresAdditionalSellerInputs", "Benefits",
)  # fmt: skip
SHIPMENT = ("Insurance", "PackageDimensions", "Label", "LastUpdatedDate", "SellerOrderId", "ShipToAddress")
"""Left: the insured value, which nobody is charged, the picture of the label, and the address, known from the order."""
PERSON = ("Name", "AddressLine1", "AddressLine2", "AddressLine3", "Email", "Phone", "DistrictOrCounty")
VOID = {"Purchased": False, "RefundRejected": False, "RefundPending": True, "RefundApplied": True}


def _details(details: Fields, service: str) -> ShipRequest:
    order = details.leave(*DETAILS).id("AmazonOrderId")
    return ShipRequest(
        id=details.id("SellerOrderId", order),
        order=order,
        node=_node(details.one("ShipFromAddress")),
        items=_items(details),
        service=service,
        ship_by=_moment(details, "ShipDate"),
        deliver_by=_moment(details, "MustArriveByDate"),
        weight_g=_grams(details.one("Weight"), "Value", "Unit") if details.has("Weight") else 0,
    )


def _items(fields: Fields) -> tuple[Item, ...]:
    return tuple([piece(item, "OrderItemId", "SellerSKU", "Quantity") for item in fields.many("ItemList", least=1)])


def _node(address: Fields) -> str:
    address.leave(*PERSON, "City", "StateOrProvinceCode")
    return f"{address.id('CountryCode')}-{address.id('PostalCode')}"


def _moment(fields: Fields, name: str) -> int | None:
    return fields.moment(name) if fields.has(name) else None


def _grams(weight: Fields, value: str, unit: str) -> int:
    if weight.text(unit) in {"g", "grams"}:
        return weight.whole(value)
    weight.leave(value)
    return 0


def _asked(body: Fields) -> list[Paper]:
    body.leave("ShippingServiceOfferId", "LabelFormatOption", "HazmatType")
    return [_details(body.one("ShipmentRequestDetails"), body.id("ShippingServiceId", ""))]


def _services(body: Fields) -> list[Paper]:
    """What each service would take, for the order that was asked about."""
    request = _details(body.one("request").leave("ShippingOfferingFilter").one("ShipmentRequestDetails"), "")
    payload = body.one("payload")
    payload.leave("TemporarilyUnavailableCarrierList", "TermsAndConditionsNotAcceptedCarrierList")
    payload.leave("RejectedShippingServiceList")
    return [request, *[_rate(each, request.id) for each in payload.many("ShippingServiceList", least=1)]]


def _rate(service: Fields, request: str) -> Rate:
    currency, amount_minor = _charged(service.leave(*SERVICE))
    name = service.id("ShippingServiceId")
    return Rate(
        id=f"{request}/{name}",
        request=request,
        currency=currency,
        amount_minor=amount_minor,
        carrier=service.text("CarrierName", ""),
        service=name,
        deliver_by=_moment(service, "LatestEstimatedDeliveryDate"),
    )


def _charged(service: Fields) -> tuple[str, int]:
    currency = service.one("RateWithAdjustments").text("CurrencyCode")
    return currency, money(service, "RateWithAdjustments", currency, "CurrencyCode", "Amount")


def _shipment(body: Fields) -> list[Paper]:
    """What is to be sent, and its label."""
    shipment = body.one("payload").leave(*SHIPMENT)
    service, status, id = (
        shipment.one("ShippingService").leave(*SERVICE),
        shipment.text("Status"),
        shipment.id("ShipmentId"),
    )
    if status not in VOID:
        raise InvalidValue("payload.Status", status, f"one of {', '.join(VOID)}")
    currency, amount_minor = _charged(service)
    name, carrier = service.id("ShippingServiceId"), service.text("CarrierName", "")
    request = ShipRequest(
        id=id,
        order=shipment.id("AmazonOrderId"),
        node=_node(shipment.one("ShipFromAddress")),
        items=_items(shipment),
        service=name,
        deliver_by=_moment(service, "LatestEstimatedDeliveryDate"),
        weight_g=_grams(shipment.one("Weight"), "Value", "Unit"),
    )
    label = Label(
        id=id,
        request=id,
        currency=currency,
        amount_minor=amount_minor,
        tracking=shipment.id("TrackingId"),
        carrier=carrier,
        service=name,
        occurred_at=shipment.moment("CreatedDate"),
        is_void=VOID[status],
    )
    return [request, label]


# Easy Ship

ASTRAY = {
    "LostInTransit": "lost",
    "Rejected": "undeliverable",
    "Undeliverable": "undeliverable",
    "ReturnedToSeller": "sent_back",
}
"""What did not arrive, in our words; that it is damaged on the way is for people, and stays unread."""
LEFT = frozenset(("PickedUp", "AtOriginFC", "AtDestinationFC", "OutForDelivery", "Delivered", *ASTRAY))
STATUSES = LEFT | {"ReadyForPickup"}
PACKAGE = ("packageDimensions", "packageIdentifier", "invoice")


def _packages(body: Fields) -> list[Paper]:
    """Packages that were booked; an order that was not stays unread, with its error."""
    found = [*body.many("packages"), *body.many("scheduledPackages")] or [body]
    body.leave("printableDocumentsUrl")
    return [paper for package in found for paper in _package(package)]


def _package(package: Fields) -> list[Paper]:
    """What Amazon is to fetch until its slot ends; that it left, and arrived or did not, where the status says so."""
    named = package.leave(*PACKAGE).one("scheduledPackageId")
    id, order = named.id("packageId"), named.id("amazonOrderId")
    slot = package.one("packageTimeSlot").leave("slotId", "startTime", "handoverMethod")
    request = ShipRequest(
        id=id,
        order=order,
        node=NODE,
        items=tuple([_serials(item) for item in package.many("packageItems") if item.has("orderItemSerialNumbers")]),
        ship_by=_moment(slot, "endTime"),
        weight_g=_grams(package.one("packageWeight"), "value", "unit") if package.has("packageWeight") else 0,
    )
    number = package.one("trackingDetails").id("trackingId", "") if package.has("trackingDetails") else ""
    status = package.word_if_any("packageStatus", STATUSES)
    sent = [Dispatch(id=id, order=order, node=NODE, tracking=tracking(number))] if status in LEFT else []
    arrived = [Delivery(id=id)] if status == "Delivered" else []
    return [request, *sent, *arrived, *_astray(id, status)]


def _astray(id: str, status: str) -> list[Paper]:
    """What did not arrive; it is said once of each status, and what is back has nobody looked at."""
    if status not in ASTRAY:
        return []
    reason = status if ASTRAY[status] == "undeliverable" else ""
    return [Undelivered(id=f"{id}/{status}", shipment=id, status=ASTRAY[status], reason=reason)]


def _serials(item: Fields) -> Item:
    line, numbers = item.id("orderItemId"), item.raw("orderItemSerialNumbers")
    if not isinstance(numbers, list):
        raise InvalidValue("orderItemSerialNumbers", numbers, "a list")
    return Item(line, len(numbers), line)


LABELS: Mapping[str, Callable[[Fields], list[Paper]]] = {
    f"{MFN}/getEligibleShipmentServices": _services,
    f"{MFN}/createShipment.request": _asked,
    f"{MFN}/createShipment": _shipment,
    f"{MFN}/getShipment": _shipment,
    f"{MFN}/cancelShipment": _shipment,
}
PACKAGES: Mapping[str, Callable[[Fields], list[Paper]]] = {
    f"{EASY}/getScheduledPackage": _packages,
    f"{EASY}/createScheduledPackage": _packages,
    f"{EASY}/createScheduledPackageBulk": _packages,
    f"{EASY}/updateScheduledPackages": _packages,
}
"""What is read of each operation."""


def answered(request: Message, reply: Message) -> Message:
    """Return one message of a request and what was answered to it; it has the topic of the reply."""
    whole = {"request": json.loads(request.body, parse_float=str), **json.loads(reply.body, parse_float=str)}
    return reply._replace(body=json.dumps(whole, ensure_ascii=False))


def _read(topics: Mapping[str, Callable[[Fields], list[Paper]]], message: Message) -> Reading:
    if message.topic not in topics:
        raise InvalidValue("topic", message.topic, f"one of {', '.join(topics)}")
    body = body_of(message)
    papers = topics[message.topic](body)
    return Reading(papers=tuple(papers), unread=body.unread())


@frozen
class AmazonLabels:
    """The port of labels that a seller buys."""

    @property
    def capabilities(self) -> Capabilities:
        """Return what it claims."""
        return Capabilities(
            system="amazon_labels",
            reads=("ship_request", "rate", "label"),
            writes=("ship_request",),
            refuses=(f"{MFN}/getAdditionalSellerInputs",),
        )

    def read(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for an operation that is not read, and a wrong field."""
        return _read(LABELS, message)

    def write(self, paper: Paper) -> Message:
        """Return the message that buys a label. Raises `InvalidValue` for what Amazon cannot say, by its field."""
        self.capabilities.takes(paper)
        assert isinstance(paper, ShipRequest)
        body = json.dumps(_write(paper), ensure_ascii=False)
        return faithful(self, paper, Message(f"{MFN}/createShipment.request", body))


@frozen
class AmazonEasyShip:
    """The port of parcels that Amazon fetches, which is read alone: people book them from a list of slots."""

    @property
    def capabilities(self) -> Capabilities:
        """Return what it claims."""
        return Capabilities(
            system="amazon_easy_ship",
            reads=("ship_request", "dispatch", "delivery", "undelivered"),
            refuses=(f"{EASY}/listHandoverSlots",),
        )

    def read(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for an operation that is not read, and a wrong field."""
        return _read(PACKAGES, message)

    def write(self, paper: Paper) -> Message:
        """Write nothing: raises `InvalidValue`."""
        raise InvalidValue("paper", paper.form, "nothing: packages are booked by people")


def _write(request: ShipRequest) -> dict[str, object]:
    country, _, postal_code = request.node.partition("-")
    moments = {"ShipDate": request.ship_by, "MustArriveByDate": request.deliver_by}
    details: dict[str, object] = {
        "AmazonOrderId": request.order,
        "SellerOrderId": request.id,
        "ItemList": [
            {"OrderItemId": line, "Quantity": quantity, "SellerSKU": sku} for sku, quantity, line, *_ in request.items
        ],
        "ShipFromAddress": {"CountryCode": country, "PostalCode": postal_code},
        **{name: moment(at) for name, at in moments.items() if at is not None},
    }
    if request.weight_g:
        details["Weight"] = {"Value": request.weight_g, "Unit": "g"}
    return {"ShipmentRequestDetails": details, "ShippingServiceId": request.service}
