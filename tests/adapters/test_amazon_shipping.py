"""Amazon as a carrier: rates, labels and packages of its own payloads, word for word."""

import json

import attrs
import pytest

from examples.adapters.amazon_shipping import EASY, MFN, AmazonEasyShip, AmazonLabels, answered
from tests.adapters.cases import fields_that_count, payload, read
from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Delivery,
    Dispatch,
    Item,
    Label,
    Message,
    Paper,
    Port,
    Rate,
    Reading,
    ShipRequest,
    Undelivered,
)
from unicommerce.testing.ports import PortContract
from unicommerce.values import HOUR_MS

LABELS, PACKAGES = AmazonLabels(), AmazonEasyShip()
ORDER = "903-5563053-5647845"


def port_of(message: Message) -> Port:
    """Return the port that a message comes over."""
    return LABELS if message.topic.startswith(MFN) else PACKAGES


def said(name: str, operation: str) -> Message:
    """Return a payload that ships with the tests."""
    return payload("amazon", name, operation)


def asked(line: str, service: str = "") -> ShipRequest:
    """Return what a seller asks to be sent from Detroit."""
    items = (Item(line, 1, line),)
    return ShipRequest(id=ORDER, order=ORDER, node="US-48123", items=items, service=service)


def bought(id: str, number: str, at: int, *, deliver_by: int | None = None, is_void: bool = False) -> tuple[Paper, ...]:
    """Return a shipment by the second day, and its label."""
    by = {"carrier": "UPS®", "service": "UPS_PTP_2ND_DAY_AIR"}
    return (
        attrs.evolve(asked("12958298061782", by["service"]), id=id, deliver_by=deliver_by),
        Label(
            id=id,
            request=id,
            currency="USD",
            amount_minor=3_373,
            tracking=number,
            occurred_at=at,
            is_void=is_void,
            **by,
        ),
    )


def rate(service: str, minor: int, deliver_by: int) -> Rate:
    """Return what a service takes."""
    id = f"{ORDER}/{service}"
    return Rate(
        id=id, request=ORDER, currency="USD", amount_minor=minor, carrier="UPS®", service=service, deliver_by=deliver_by
    )


BOOKED = ShipRequest(
    id="1ab0f06a-9149-87e0-aba9-7098117872d6",
    order="903-1713775-3598252",
    node="easy_ship",
    items=(Item("6195931986885", 2, "6195931986885"),),
    ship_by=1_646_874_000_000,
)
OTHER = attrs.evolve(
    BOOKED,
    id="80c06e53-3d96-f13f-30ca-85b50b1cb4ce",
    order="903-5645781-4567521",
    items=(),
    ship_by=1_653_094_800_000,
)
SERVICES = answered(
    said("mfn_services_request.json", ""), said("mfn_services.json", f"{MFN}/getEligibleShipmentServices")
)
TABLE: tuple[tuple[Message, tuple[Paper, ...], int], ...] = (
    (
        SERVICES,
        (
            asked("52986411826454"),
            rate("UPS_PTP_2ND_DAY_AIR", 3_373, 1_572_501_600_000),
            rate("UPS_PTP_NEXT_DAY_AIR_SAVER", 9_875, 1_572_415_200_000),
        ),
        16,
    ),
    (
        said("mfn_create_request.json", f"{MFN}/createShipment.request"),
        (asked("52986411826454", "UPS_PTP_2ND_DAY_AIR"),),
        7,
    ),
    (
        said("mfn_created.json", f"{MFN}/createShipment"),
        bought(
            "be7a0a53-00c3-4f6f-a63a-639f76ee9253",
            "1Z17E2100217295733",
            1_572_280_663_000,
            deliver_by=1_572_418_800_000,
        ),
        15,
    ),
    (
        said("mfn_shipment.json", f"{MFN}/getShipment"),
        bought("abcddcba-00c3-4f6f-a63a-639f76ee9253", "1Z17E2100206868939", 1_572_287_374_000),
        14,
    ),
    (
        said("mfn_canceled.json", f"{MFN}/cancelShipment"),
        bought("be7a0a53-00c3-4f6f-a63a-639f76ee9253", "1Z17E2100206868939", 1_572_287_374_000, is_void=True),
        14,
    ),
    (
        said("easy_updated.json", f"{EASY}/updateScheduledPackages"),
        (attrs.evolve(BOOKED, items=(), weight_g=23),),
        5,
    ),
    (said("easy_booked.json", f"{EASY}/createScheduledPackageBulk"), (BOOKED, OTHER), 9),
)
IDS = [message.topic.partition("/")[2] for message, _, _ in TABLE]


@pytest.mark.parametrize(("message", "papers", "count"), TABLE, ids=IDS)
def test_a_payload_becomes_these_papers(message: Message, papers: tuple[Paper, ...], count: int) -> None:
    """So many of its values count; what was not read is an order that Amazon did not book, and its error."""
    port = port_of(message)
    reading = port.read(message)

    assert reading.papers == papers
    assert [unread.path for unread in reading.unread if not unread.path.startswith("rejectedOrders[0].")] == []
    assert len(fields_that_count(port, message)) == count


def test_what_holds_nothing_of_ours_is_refused_by_its_topic() -> None:
    """Slots to choose from, and what else a service wants to know: no line, no quantity, no amount."""
    assert read(LABELS, said("mfn_inputs.json", f"{MFN}/getAdditionalSellerInputs")) == "topic"
    assert read(PACKAGES, said("easy_slots.json", f"{EASY}/listHandoverSlots")) == "topic"
    assert read(PACKAGES, said("errors.json", f"{EASY}/getScheduledPackage")) == "errors"
    assert read(LABELS, said("mfn_services.json", f"{MFN}/getEligibleShipmentServices")) == "request"


def package(**changes: object) -> Message:
    """Return a package of Easy Ship."""
    (first, _) = json.loads(said("easy_booked.json", "").body)["scheduledPackages"]
    return Message(f"{EASY}/getScheduledPackage", json.dumps({**first, **changes}))


SENT = Dispatch(id=BOOKED.id, order=BOOKED.order, node="easy_ship", tracking=("1652969339691",))


def test_a_package_that_was_fetched_has_left_and_one_that_was_delivered_is_there() -> None:
    """Any other status is among the unread, and so are pieces without their serial numbers."""
    assert PACKAGES.read(package(packageStatus="PickedUp")).papers == (BOOKED, SENT)
    assert PACKAGES.read(package(packageStatus="Delivered")).papers == (BOOKED, SENT, Delivery(id=BOOKED.id))
    broken = PACKAGES.read(package(packageStatus="DamagedInTransit"))
    assert ([unread.path for unread in broken.unread], broken.papers) == (["packageStatus"], (BOOKED,))
    unsaid = PACKAGES.read(package(packageItems=[{"orderItemId": "7"}]))
    assert [unread.path for unread in unsaid.unread] == ["packageItems[0].orderItemId"]


def astray(status: str, ours: str, reason: str = "") -> Undelivered:
    """Return that the package did not arrive."""
    return Undelivered(id=f"{BOOKED.id}/{status}", shipment=BOOKED.id, status=ours, reason=reason)


ASTRAY = (
    astray("LostInTransit", "lost"),
    astray("Rejected", "undeliverable", "Rejected"),
    astray("Undeliverable", "undeliverable", "Undeliverable"),
    astray("ReturnedToSeller", "sent_back"),
)


@pytest.mark.parametrize("paper", ASTRAY)
def test_a_package_that_did_not_arrive_has_left_and_says_so(paper: Undelivered) -> None:
    """In Amazon's own words for it, one paper for each."""
    status = paper.id.rpartition("/")[2]

    assert PACKAGES.read(package(packageStatus=status)).papers == (BOOKED, SENT, paper)


def test_a_label_of_an_unknown_status_and_serial_numbers_that_are_none_are_refused() -> None:
    """By their fields."""
    odd = said("mfn_shipment.json", f"{MFN}/getShipment")

    assert read(LABELS, odd._replace(body=odd.body.replace("Purchased", "Odd"))) == "payload.Status"
    items = [{"orderItemId": "7", "orderItemSerialNumbers": "A"}]
    assert read(PACKAGES, package(packageItems=items)) == "orderItemSerialNumbers"


ASKED = ShipRequest(
    id="o1/1",
    order=ORDER,
    node="US-48123",
    items=(Item("MUG", 2, "77"),),
    service="UPS_PTP_GND",
    ship_by=20 * HOUR_MS,
    deliver_by=90 * HOUR_MS,
    weight_g=800,
)


def test_what_we_ask_for_is_read_again_and_what_amazon_cannot_say_is_not_sent() -> None:
    """It knows the address of the order, and nothing of another."""
    assert LABELS.read(LABELS.write(ASKED)) == Reading(papers=(ASKED,))
    with pytest.raises(InvalidValue, match="destination"):
        LABELS.write(attrs.evolve(ASKED, destination=Address("US")))


def in_text(name: str, operation: str) -> Message:
    """Return a payload with its amounts as text, as exact as they are."""
    message = said(name, operation)
    return message._replace(body=json.dumps(json.loads(message.body, parse_float=str)))


class TestAmazonLabels(PortContract):
    """All that a port owes."""

    kind = "carrier"
    samples = (SERVICES, in_text("mfn_created.json", f"{MFN}/createShipment"), LABELS.write(ASKED))
    means = (
        *[(message, papers) for message, papers, _ in TABLE if port_of(message) is LABELS],
        (samples[2], (ASKED,)),
    )
    refused = ((said("errors.json", f"{MFN}/getShipment"), "errors"),)
    left = (
        *("Insurance", "PackageDimensions", "Label", "DeclaredValue", "AdjustmentItemList"),
        *("ShippingServiceList.Rate", "ShippingService.Rate", "payload.Weight", "ShipmentRequestDetails.Weight"),
    )
    make_port = staticmethod(AmazonLabels)


class TestAmazonEasyShip(PortContract):
    """All that a port owes that is read alone."""

    kind = "carrier"
    samples = (package(packageStatus="Delivered"), *[package(packageStatus=of.id.rpartition("/")[2]) for of in ASTRAY])
    means = (
        *[(message, papers) for message, papers, _ in TABLE if port_of(message) is PACKAGES],
        (samples[0], (BOOKED, SENT, Delivery(id=BOOKED.id))),
        *[(sample, (BOOKED, SENT, paper)) for sample, paper in zip(samples[1:], ASTRAY, strict=True)],
    )
    refused = ((said("errors.json", f"{EASY}/getScheduledPackage"), "errors"),)
    left = ("packageWeight",)
    make_port = staticmethod(AmazonEasyShip)
