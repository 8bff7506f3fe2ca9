"""What Amazon's own models show becomes papers without losing a line, a quantity or a cent."""

import json
from collections.abc import Callable

import attrs
import pytest

from examples.adapters.amazon import Amazon, joined
from examples.adapters.amazon_outbound import AmazonOutbound
from tests.adapters.cases import fields_that_count, payload, read
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import Commerce
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import FulfillmentPolicy
from unicommerce.intake import Intake, take
from unicommerce.inventory import received
from unicommerce.ledger import Accepted, Request, State
from unicommerce.orders import LineState, line_unit, standing
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
    Port,
    PurchaseOrder,
    Reading,
    SalesOrder,
    ShipRequest,
    StockCount,
)
from unicommerce.testing.ports import PortContract
from unicommerce.values import Position

SELLER, CENTERS = Amazon(), AmazonOutbound()
V0, NEW, OUT = "ordersV0", "orders_2026-01-01", "fulfillmentOutbound_2020-07-01"
SHIPMENTS, RETURNS, STOCK = (f"externalFulfillment{name}_2024-09-11" for name in ("Shipments", "Returns", "Inventory"))
NOW = 1_795_770_000_000


def said(name: str, topic: str) -> Message:
    """Return a payload that ships with the tests, as of now."""
    return payload("amazon", name, topic)._replace(sent_at=NOW)


def back(id: str, node: str, sku: str, order: str, at: int) -> GoodsReturn:
    """Return a return of one piece that is on its way."""
    return GoodsReturn(id=id, node=node, items=(Item(sku, 1),), order=order, occurred_at=at, is_announced=True)


SEATTLE = Address("US", "WA", "98101", "Seattle")
TROY = Address("US", "MI", "48084", "Troy")
CARD = Line("05015851154158", "NABetaASINB00551Q3CS", 1, 1_000, tax_minor=101)
WISH = Cancellation(
    id=CARD.id,
    order="902-1845936-5435065",
    items=(Item(CARD.sku, 1, CARD.id),),
    reason="Found cheaper somewhere else.",
)
WHOLE = SalesOrder(
    id="902-1845936-5435065",
    placed_at=1_569_510_000,
    currency="USD",
    lines=(CARD,),
    tax_minor=101,
    total_minor=1_101,
    destination=Address("US", "WA", "98121-2778", "SEATTLE"),
    service="standard",
    from_node="sampleSupplySourceId",
    ship_by=1_569_913_000,
    deliver_by=1_570_517_000,
    updated_at=1_569_512_000,
)
ECHO, STICK = ("12345678901234", "ECHO-DOT-4-CHARCOAL"), ("12345678901235", "FIRE-TV-4K-2021")
TABLE: dict[tuple[str, str], tuple[Paper, ...]] = {
    ("v0_pending.json", f"{V0}/getOrders"): (
        SalesOrder(
            id="902-3159896-1390916",
            placed_at=1_484_941_775_000,
            currency="USD",
            lines=(),
            destination=Address("US", "MI", "48817", "Canton"),
            service="standard",
            ship_by=1_485_373_775_000,
            updated_at=1_484_941_775_000,
        ),
    ),
    ("v0_order.json", f"{V0}/getOrder"): (
        SalesOrder(
            id=WHOLE.id,
            placed_at=WHOLE.placed_at,
            currency="USD",
            lines=(),
            total_minor=1_101,
            service="standard",
            from_node=WHOLE.from_node,
            ship_by=WHOLE.ship_by,
            deliver_by=WHOLE.deliver_by,
            updated_at=WHOLE.updated_at,
        ),
    ),
    ("v0_items.json", f"{V0}/getOrderItems"): (
        SalesOrder(id=WHOLE.id, placed_at=None, currency="USD", lines=(CARD,), tax_minor=101),
        WISH,
    ),
    ("orders.json", f"{NEW}/searchOrders"): (
        SalesOrder(
            id="123-4567890-1234567",
            number="SELLER-ORDER-2024-001",
            placed_at=1_735_122_600_000,
            currency="USD",
            lines=(Line(*ECHO, 2, 4_999, tax_minor=2), Line(*STICK, 1, 4_999)),
            tax_minor=2,
            total_minor=15_499,
            destination=SEATTLE,
            service="standard",
            fees_minor=500,
            ship_by=1_735_343_999_000,
            deliver_by=1_735_603_199_000,
            updated_at=1_735_137_900_000,
        ),
        Cancellation(
            id=ECHO[0],
            order="123-4567890-1234567",
            items=(Item(ECHO[1], 2, ECHO[0]),),
            reason="Changed mind about purchase",
            is_done=True,
            by="buyer",
        ),
        Dispatch(
            id="PKG-2024-001",
            order="123-4567890-1234567",
            items=(Item(ECHO[1], 2, ECHO[0]), Item(STICK[1], 1, STICK[0])),
            carrier="UPS",
            tracking=("1Z999AA1234567890",),
            occurred_at=1_735_135_200_000,
        ),
    ),
    ("order.json", f"{NEW}/getOrder"): (
        SalesOrder(
            id="114-9876543-1234567",
            placed_at=1_741_615_200_000,
            currency="USD",
            lines=(Line("11498765431234", "ECHO-POP-US-BLK", 1, 3_999, tax_minor=1_000),),
            tax_minor=1_000,
            total_minor=4_999,
            destination=SEATTLE,
            service="standard",
            updated_at=1_741_617_000_000,
        ),
    ),
    ("shipment.json", f"{SHIPMENTS}/getShipment"): (
        SalesOrder(
            id="TEST_CASE_200_MFN_SHIPMENT_ID",
            number="407-7727827-8514700",
            placed_at=1_604_923_992_000,
            currency="INR",
            lines=(Line("1", "1002400773021", 2, 5_000, discount_minor=2_000, tax_minor=1_200),),
            shipping_minor=3_000,
            tax_minor=2_200,
            total_minor=15_200,
            destination=Address("IN", "Karnataka", "560055", "Bengaluru"),
            fees_minor=2_000,
            from_node="ABCD",
            ship_by=1_591_711_200_000,
            updated_at=1_591_617_615_000,
        ),
    ),
    ("returns.json", f"{RETURNS}/listReturns"): (
        back("bd12dee3-3bbc-47b6-a5b1-7b6a1c6d45a4", "EDD9", "SerialYT1", "D51EzWkeh", 1_616_098_388_000),
        back("wr41dee3-3bbc-47b6-a5b1-7b6a1c6d45e1", "EDD9", "SerialYT2", "E11DrWkjs", 1_616_188_449_000),
    ),
    ("return.json", f"{RETURNS}/getReturn"): (
        back(
            "rmaIdOneShipmentOneItemOneQty200",
            "bdd9cdd9-9caa-47b6-a5b1-7b6a1c6d43d1",
            "mSku1",
            "D39CwZpdj",
            1_616_081_219_000,
        ),
    ),
    ("inventory_request.json", f"{STOCK}/batchInventory.request"): (
        Offered(channel="FBA", sku="efptestsku1", quantity=15, version=12_345_678, node="EXSB"),
    ),
    ("outbound_order.json", f"{OUT}/getFulfillmentOrder"): (
        ShipRequest(
            id="FBATestOrder-1",
            order="TestOrder-FBAOutbound",
            node="amazon",
            items=(
                Item("PSMM-TEST-SKU-Jan-21_19_59_44-0738", 1, "OrderItemID2"),
                Item("CR-47K6-H6QN", 3, "OrderItemID1"),
            ),
            destination=TROY,
            service="standard",
        ),
    ),
    ("outbound_orders.json", f"{OUT}/listAllFulfillmentOrders"): tuple(
        [
            ShipRequest(id=id, order=order, node="amazon", items=(), destination=TROY, service="standard")
            for id, order in (
                ("902-6018020-0202003", "mws-test-query-20100713023203751"),
                ("601-2020200-12345678", "TestOrder-FBAOutbound"),
            )
        ]
    ),
}
HANDLED: tuple[Paper, ...] = (
    *TABLE["outbound_order.json", f"{OUT}/getFulfillmentOrder"],
    Dispatch(
        id="FBATestOrder-1/short",
        order="FBATestOrder-1",
        node="amazon",
        short=(Item("CR-47K6-H6QN", 1, "OrderItemID1"),),
    ),
    Dispatch(
        id="DchKfcZ9N",
        order="FBATestOrder-1",
        node="RNO1",
        items=(Item("PSMM-TEST-SKU-Jan-21_19_59_44-0738", 1, "OrderItemID2"), Item("CR-47K6-H6QN", 2, "OrderItemID1")),
        carrier="UPS",
        tracking=("1Z",),
        occurred_at=1_581_042_803_000,
    ),
    GoodsReturn(
        id="RI-1",
        node="amazon",
        items=(Item("CR-47K6-H6QN", 1, "OrderItemID1"),),
        order="FBATestOrder-1",
        occurred_at=1_582_185_600_000,
    ),
)
"""What a center tells of a line of three of which two were shipped, one was canceled, and one came back."""
FOUND = StockCount(
    id=f"EXSB/efptestsku1/{NOW}",
    node="EXSB",
    items=(Item("efptestsku1", 20, state="available"), Item("efptestsku1", 5, state="reserved")),
    as_of=NOW,
)
COUNT = {
    "v0_pending.json": 10,
    "v0_order.json": 9,
    "v0_items.json": 12,
    "orders.json": 52,
    "order.json": 21,
    "shipment.json": 33,
    "returns.json": 14,
    "return.json": 7,
    "inventory_request.json": 6,
    "outbound_order.json": 15,
    "outbound_orders.json": 14,
}
WRITES = {"sales_order", "cancellation", "dispatch", "offered", "ship_request"}
WRITTEN = [
    attrs.evolve(paper, is_done=False, by="") if isinstance(paper, Cancellation) else paper  # we cancel, and ask nobody
    for papers in TABLE.values()
    for paper in papers
    if paper.form in WRITES
]


READ = {topic for _, topic in TABLE if not topic.startswith(OUT) and not topic.endswith(".request")}


def port_of(topic: str) -> Port:
    """Return the port that a topic comes over."""
    return CENTERS if topic.startswith(OUT) else SELLER


def shipment_of_one() -> Message:
    """Return what a store is to send with a single piece in its line, and no more of the rest than is needed."""
    message = said("shipment.json", f"{SHIPMENTS}/getShipment")
    body = json.loads(message.body)
    body["lineItems"][0]["numberOfUnits"] = 1
    for charge in (*body["charges"], *body["lineItems"][0]["charges"]):
        del charge["taxBreakup"]
    kept = {name: body[name] for name in body if name not in {"packages", "invoiceInfo", "shipmentRequirements"}}
    return message._replace(body=json.dumps(kept))


def found_alone() -> Message:
    """Return the stock of the SKU that was found."""
    message = said("inventory.json", f"{STOCK}/batchInventory")
    body = json.loads(message.body)
    return message._replace(body=json.dumps({"responses": body["responses"][:1]}))


def sent_and_returned() -> Message:
    """Return an order at the centers of which two pieces of three were shipped, one was canceled, one came back."""
    topic = f"{OUT}/getFulfillmentOrder"
    body = json.loads(said("outbound_order.json", topic).body)
    body["fulfillmentOrderItems"][1]["cancelledQuantity"] = 1
    shipment = body["fulfillmentShipments"][0]
    shipment["fulfillmentShipmentStatus"] = "SHIPPED"
    shipment["fulfillmentShipmentItem"][1]["quantity"] = 2
    shipment["fulfillmentShipmentPackage"] = [{"packageNumber": 0, "carrierCode": "UPS", "trackingNumber": "1Z"}]
    returned = {
        "sellerReturnItemId": "RI-1",
        "sellerFulfillmentOrderItemId": "OrderItemID1",
        "sellerSku": "CR-47K6-H6QN",
    }
    body["returnItems"] = [{**returned, "statusChangedDate": "2020-02-20T08:00:00Z", "status": "Processed"}]
    return Message(topic, json.dumps(body))


class TestAmazon(PortContract):
    """All that a port owes; lines of one piece, since a price of two is a fraction of what they cost."""

    kind = "channel"
    samples = (
        joined(said("v0_order.json", f"{V0}/getOrder"), said("v0_items.json", f"{V0}/getOrderItems")),
        said("order.json", f"{NEW}/getOrder"),
        SELLER.write(TABLE["orders.json", f"{NEW}/searchOrders"][2]),
        shipment_of_one(),
        said("return.json", f"{RETURNS}/getReturn"),
        found_alone(),
    )
    means = (
        *[(said(*key), papers) for key, papers in TABLE.items() if key[1] in READ],
        (samples[0], (attrs.evolve(WHOLE, destination=Address()), WISH)),
        (samples[2], (TABLE["orders.json", f"{NEW}/searchOrders"][2],)),
        (samples[5], (FOUND,)),
    )
    refused = ((said("errors.json", f"{V0}/getOrders"), "errors"),)
    papers = (Offered(channel="FBA", sku="MUG", quantity=6, version=9, node="EXSB"),)
    left = frozenset(
        (
            *("charges", "otpDetails", "orderItems.fulfillment", "proceedsTotal", "unitPrice"),
            *(
                "NumberOfItemsShipped",
                "NumberOfItemsUnshipped",
                "QuantityShipped",
                "NumberOfItems",
            ),
            *("clientSequenceNumber", "statusCode", "shipmentInfo.numberOfUnits"),
        )
    )
    """What charges count for is told by the number of fields that count: kinds of charges share their names."""

    @staticmethod
    def make_port() -> Port:
        """Make the port."""
        return Amazon()


class TestCenters(PortContract):
    """All that a port owes, of a shipment that has left and a piece that came back."""

    kind = "wms"
    samples = (sent_and_returned(), said("outbound_orders.json", f"{OUT}/listAllFulfillmentOrders"))
    means = (
        *[(said(*key), papers) for key, papers in TABLE.items() if port_of(key[1]) is CENTERS],
        (samples[0], HANDLED),
    )
    refused = ((said("errors.json", f"{OUT}/getFulfillmentOrder"), "errors"),)
    left = frozenset(("perUnitDeclaredValue", "packageNumber"))

    @staticmethod
    def make_port() -> Port:
        """Make the port."""
        return AmazonOutbound()


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_payload_becomes_these_papers(name: str, topic: str) -> None:
    """And every value of it was read, or left on purpose."""
    reading = port_of(topic).read(said(name, topic))

    assert reading.papers == TABLE[name, topic]
    assert reading.unread == ()


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_field_that_is_dropped_is_missed(name: str, topic: str) -> None:
    """So many values of a payload count; without one of them it would be read as something else."""
    assert len(fields_that_count(port_of(topic), said(name, topic))) == COUNT[name]


@pytest.mark.parametrize("paper", [*WRITTEN, WHOLE])
def test_what_is_written_is_read_again(paper: Paper) -> None:
    """To the cent and the millisecond."""
    port: Port = CENTERS if paper.form == "ship_request" else SELLER

    assert port.read(port.write(paper)) == Reading(papers=(paper,))


def test_an_order_of_v0_is_one_once_its_parts_are_joined() -> None:
    """Moment and total of the order, lines of its items, and where it goes."""
    order, items = said("v0_order.json", f"{V0}/getOrder"), said("v0_items.json", f"{V0}/getOrderItems")
    address = said("v0_address.json", f"{V0}/getOrderAddress")

    assert SELLER.read(joined(order, items, address)) == Reading(papers=(WHOLE, WISH))
    with pytest.raises(InvalidValue, match="parts of one order"):
        joined(order, Message(f"{V0}/getOrderItems", '{"payload": {"AmazonOrderId": "other"}}'))
    with pytest.raises(InvalidValue, match="topic"):
        joined(order, said("v0_buyer.json", f"{V0}/getOrderBuyerInfo"))


def test_prices_that_hold_their_tax_say_so() -> None:
    """Where the parts come to the total without it, as in Europe."""
    order = said("v0_order.json", f"{V0}/getOrder")
    items = said("v0_items.json", f"{V0}/getOrderItems")
    inside = order._replace(body=order.body.replace('"11.01"', '"10.00"'))

    sale = SELLER.read(joined(inside, items)).papers[0]

    assert isinstance(sale, SalesOrder)
    assert (sale.includes_tax, sale.total_minor, sale.tax_minor) == (True, 1_000, 101)


def test_stock_is_as_of_the_message_and_what_failed_stays_unread() -> None:
    """One SKU was found, the other was not; without a moment nothing is counted."""
    message = said("inventory.json", f"{STOCK}/batchInventory")
    reading = SELLER.read(message)

    assert reading.papers == (FOUND,)
    assert "responses[1].body.skuId" in [unread.path for unread in reading.unread]
    assert len(fields_that_count(SELLER, message)) == 5
    assert read(SELLER, message._replace(sent_at=None)) == "sent_at"


def test_other_messages_are_refused_by_name() -> None:
    """Errors, persons, vendors, stores of ours; amounts that a currency does not have; what Amazon ships itself."""
    reasons = said("outbound_reasons.json", f"{OUT}/listReturnReasonCodes")
    theirs = {"payload": {"AmazonOrderId": "1", "FulfillmentChannel": "AFN"}}

    assert read(SELLER, said("errors.json", f"{V0}/getOrders")) == "errors"
    assert read(SELLER, said("v0_buyer.json", f"{V0}/getOrderBuyerInfo")) == "topic"
    assert read(SELLER, said("vendor_orders.json", "vendorOrders/getPurchaseOrders")) == "topic"
    assert read(SELLER, said("supply_sources.json", "supplySources_2020-07-01/getSupplySources")) == "topic"
    assert read(SELLER, said("subscription.json", "notifications/getSubscription")) == "topic"
    assert read(CENTERS, reasons) == "topic"
    assert (
        read(SELLER, said("v0_gifts.json", f"{V0}/getOrderItemsBuyerInfo"))
        == "payload.OrderItems[0].GiftWrapPrice.Amount"
    )
    assert read(SELLER, Message(f"{V0}/getOrder", json.dumps(theirs))) == "FulfillmentChannel"


@pytest.mark.parametrize(
    "paper",
    [
        PurchaseOrder(id="1", ordered_at=None, lines=()),
        SalesOrder(id="1", placed_at=NOW, currency="USD", lines=(CARD,), discount_minor=1),
        Cancellation(id="1", order="2"),
        Dispatch(id="1", short=(Item("MUG", 1),)),
    ],
)
def test_what_cannot_be_said_is_not_written(paper: Paper) -> None:
    """Rather than written in part."""
    with pytest.raises(InvalidValue):
        SELLER.write(paper)


def test_a_package_says_where_it_leaves_from() -> None:
    """A seller who ships from several places names the one."""
    paper = Dispatch(
        id="1",
        order="123-4567890-1234567",
        node="dc-7",
        items=(Item("MUG", 2, "L1"),),
        carrier="UPS",
        tracking=("1Z",),
        occurred_at=NOW,
    )

    assert SELLER.read(SELLER.write(paper)).papers == (paper,)


def test_a_piece_that_goes_back_to_a_center_is_announced_until_it_is_in() -> None:
    """New is not in; nothing is booked for it before it is processed."""
    message = sent_and_returned()
    said_of = {}
    for status in ("New", "Processed"):
        body = json.loads(message.body)
        body["returnItems"][0]["status"] = status
        (said_of[status],) = [
            paper.is_announced
            for paper in CENTERS.read(Message(message.topic, json.dumps(body))).papers
            if isinstance(paper, GoodsReturn)
        ]

    assert said_of == {"New": True, "Processed": False}


def test_a_return_is_announced_until_it_is_in() -> None:
    """One that is called off says nothing; one that is in is told to the ledger."""
    body = json.loads(said("return.json", f"{RETURNS}/getReturn").body)
    found = {
        status: SELLER.read(Message(f"{RETURNS}/getReturn", json.dumps({**body, "status": status}))).papers
        for status in ("CREATED", "PROCESSED", "CANCELLED")
    }

    assert [getattr(paper, "is_announced", None) for paper in (*found["CREATED"], *found["PROCESSED"])] == [True, False]
    assert found["CANCELLED"] == ()
    assert take(Reading(papers=found["CREATED"]), Intake()).left == found["CREATED"]
    assert len(take(Reading(papers=found["PROCESSED"]), Intake()).steps) == 1


def test_an_order_at_a_store_is_placed_there_and_its_buyer_may_cancel() -> None:
    """From the pool of that store; a store that nobody mapped, and a part of an order, are refused by name."""
    network = Network(nodes=(Node(id="dc", position=Position(0, 0)),), pools=(Pool(id="dc-only", nodes=("dc",)),))
    shop = Commerce(Catalog(network=network))
    shop.tell(received("r", node="dc", quantities={CARD.sku: 2}), now=0)
    policy = FulfillmentPolicy(allocates_at_once=False)
    parts = [said(f"v0_{name}.json", f"{V0}/{op}") for name, op in (("order", "getOrder"), ("items", "getOrderItems"))]
    reading = SELLER.read(joined(*parts))

    taken = take(reading, Intake(pools={"sampleSupplySourceId": "dc-only"}, policy=policy))
    place, cancel = taken.steps
    assert isinstance(place, Request)
    assert isinstance(cancel, Request)
    for step, state in ((place, LineState.OPEN), (place, LineState.OPEN), (cancel, LineState.CANCELED)):
        assert isinstance(shop.ask(step, now=NOW), Accepted)
        assert shop.see(_pieces(state)) == 1
    with pytest.raises(InvalidValue, match=r"sales_order\.from_node"):
        take(reading, Intake(policy=policy))
    for part in parts:
        with pytest.raises(InvalidValue, match="told whole"):
            take(SELLER.read(part), Intake(pools={"sampleSupplySourceId": "dc-only"}))


def _pieces(state: LineState) -> Callable[[State, object], int]:
    """Return a view of how many pieces of the one line are in a state."""
    return lambda view, _: standing(view, line_unit(WHOLE.id, CARD.id), state)


def test_a_market_has_a_currency_where_an_order_says_no_amount() -> None:
    """And one that nobody knows is refused by name."""
    body = said("v0_pending.json", f"{V0}/getOrders").body
    topic = f"{V0}/getOrders"

    assert Fields.parsed(body).one("payload").many("Orders")[0].text("MarketplaceId") == "ATVPDKIKX0DER"
    assert read(SELLER, Message(topic, body.replace("ATVPDKIKX0DER", "A0"))) == "OrderTotal"


def _usd(amount: str) -> dict[str, str]:
    return {"CurrencyCode": "USD", "Amount": amount}


def test_each_amount_of_v0_counts_once() -> None:
    """What is charged for goods, shipping, wrapping and cash on delivery, and what is taken off each of them."""
    item = {
        "OrderItemId": "1",
        "SellerSKU": "MUG",
        "QuantityOrdered": 2,
        "ItemPrice": _usd("20.00"),
        "ItemTax": _usd("2.00"),
        "PromotionDiscount": _usd("1.00"),
        "PromotionDiscountTax": _usd("0.10"),
        "ShippingPrice": _usd("5.00"),
        "ShippingTax": _usd("0.50"),
        "ShippingDiscount": _usd("2.00"),
        "ShippingDiscountTax": _usd("0.20"),
        "CODFee": _usd("3.00"),
        "CODFeeDiscount": _usd("0.40"),
        "BuyerInfo": {"GiftWrapPrice": _usd("4.00"), "GiftWrapTax": _usd("0.30"), "GiftMessageText": "!"},
    }
    order = {"AmazonOrderId": "9", "OrderStatus": "Canceled", "LastUpdateDate": "2026-11-27T09:00:00Z"}
    message = Message(f"{V0}/getOrder", json.dumps({"payload": {**order, "OrderItems": [item]}}))

    reading = SELLER.read(message)

    assert reading.unread == ()
    assert reading.papers == (
        SalesOrder(
            id="9",
            placed_at=None,
            currency="USD",
            lines=(Line("1", "MUG", 2, 1_000, discount_minor=100, tax_minor=190),),
            shipping_minor=300,
            tax_minor=190 + 50 - 20 + 30,
            fees_minor=400 + 300 - 40,
            updated_at=NOW,
        ),
        Cancellation(id="canceled", order="9", occurred_at=NOW, is_done=True),
    )


def test_each_amount_of_2026_counts_once() -> None:
    """A discount is what is taken off, below zero or not; of the lines first, then of the order."""
    body = json.loads(said("order.json", f"{NEW}/getOrder").body)
    order = body["order"]
    order["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
    item = [("ITEM", "39.99"), ("DISCOUNT", "-4.00"), ("TAX", "3.00"), ("SHIPPING", "5.00"), ("GIFT_WRAP", "1.00")]
    whole = [*item[:1], ("DISCOUNT", "6.00"), *item[2:]]
    for place, parts in ((order["orderItems"][0], item), (order, whole)):
        place["proceeds"]["breakdowns"] = [
            {"type": kind, "subtotal": {"amount": amount, "currencyCode": "USD"}} for kind, amount in parts
        ]

    sale, canceled = SELLER.read(Message(f"{NEW}/getOrder", json.dumps(body))).papers

    assert isinstance(sale, SalesOrder)
    assert sale.lines == (Line("11498765431234", "ECHO-POP-US-BLK", 1, 3_999, discount_minor=400, tax_minor=300),)
    assert (sale.discount_minor, sale.tax_minor, sale.shipping_minor, sale.fees_minor) == (200, 300, 500, 100)
    assert canceled == Cancellation(id="canceled", order=sale.id, occurred_at=1_741_617_000_000, is_done=True)


def test_packages_of_a_store_are_sent_once_they_have_left() -> None:
    """While they are packed they say nothing; a shipment that is called off is canceled."""
    body = json.loads(said("shipment.json", f"{SHIPMENTS}/getShipment").body)
    label = {"carrierName": "ATS", "trackingId": "77"}
    items = [{"packageLineItemId": "1", "quantity": 2}]
    body["packages"] = [{"id": "001", "shipLabelMetadata": label, "packageLineItems": items}]

    def papers(status: str) -> tuple[Paper, ...]:
        return SELLER.read(Message(f"{SHIPMENTS}/getShipment", json.dumps({**body, "status": status}))).papers

    (sale,) = TABLE["shipment.json", f"{SHIPMENTS}/getShipment"]

    assert papers("CONFIRMED") == (sale,)
    assert papers("CANCELLED") == (
        sale,
        Cancellation(id="canceled", order="TEST_CASE_200_MFN_SHIPMENT_ID", is_done=True),
    )
    assert papers("SHIPPED") == (
        sale,
        Dispatch(
            id="TEST_CASE_200_MFN_SHIPMENT_ID/001",
            order="TEST_CASE_200_MFN_SHIPMENT_ID",
            node="ABCD",
            items=(Item("1002400773021", 2, "1"),),
            carrier="ATS",
            tracking=("77",),
        ),
    )
