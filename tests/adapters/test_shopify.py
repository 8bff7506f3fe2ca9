"""What Shopify sends, as its client libraries show it, becomes papers without losing a line, a quantity or a cent."""

import json

import attrs
import pytest

from examples.adapters.shopify import Shopify
from tests.adapters.cases import fields_that_count, payload, read
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import Commerce
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import FulfillmentPolicy
from unicommerce.intake import Intake, take
from unicommerce.inventory import received
from unicommerce.ledger import Accepted, Request
from unicommerce.orders import LineState, line_unit, order_key, standing
from unicommerce.ports import (
    Address,
    Cancellation,
    Dispatch,
    Item,
    Line,
    Offered,
    Paper,
    Payment,
    PurchaseOrder,
    Reading,
    Refund,
    SalesOrder,
    ShipRequest,
    StockCount,
)
from unicommerce.values import Position

SHOP = Shopify()
LOUISVILLE = Address("US", "KY", "40202", "Louisville")
IPODS = (("466157049", "IPOD2008GREEN"), ("518995019", "IPOD2008RED"), ("703073504", "IPOD2008BLACK"))


def level(item: str, node: str, available: int, at: int) -> StockCount:
    """Return what may be sold of an item at a location."""
    items = (Item(item, available, state="available"),)
    return StockCount(id=f"{node}/{item}/{at}", node=node, items=items, as_of=at)


PLACED = 1_199_980_800_000
ORDER = SalesOrder(
    id="450789469",
    number="#1001",
    placed_at=PLACED,
    currency="USD",
    lines=tuple([Line(id, sku, 1, 19_900) for id, sku in IPODS]),
    tax_minor=1_194,
    total_minor=40_994,
    destination=LOUISVILLE,
)
TABLE: dict[tuple[str, str], tuple[Paper, ...]] = {
    ("order.json", "orders/create"): (ORDER,),
    ("refund.json", "refunds/create"): (
        Refund(
            id="509562969",
            order="450789469",
            currency="USD",
            amount_minor=20_900,
            items=(Item("IPOD2008BLACK", 1, "703073504"), Item("IPOD2008GREEN", 1, "466157049")),
            occurred_at=1_466_444_106_000,
        ),
    ),
    ("fulfillment.json", "fulfillments/create"): (
        Dispatch(
            id="255858046",
            order="450789469",
            items=(Item("IPOD2008GREEN", 1, "466157049"),),
            carrier="null-company",
            tracking=("1Z2345",),
            occurred_at=1_383_336_368_000,
        ),
    ),
    ("inventory_level.json", "inventory_levels/update"): (level("808950810", "905684977", 6, 1_525_722_686_000),),
    ("inventory_levels.json", "inventory_levels/update"): (
        level("39072856", "487838322", 27, 1_525_721_618_000),
        level("808950810", "905684977", 1, 1_525_721_618_000),
        level("808950810", "487838322", 9, 1_525_721_618_000),
        level("39072856", "905684977", 3, 1_525_721_618_000),
    ),
}
BESIDE: dict[tuple[str, str], tuple[Paper, ...]] = {
    ("draft_order.json", "draft_orders/create"): (
        SalesOrder(
            id="517119332",
            number="#D1",
            placed_at=1_486_059_278_000,
            currency="CAD",
            lines=(Line("1", "IPOD2008GREEN", 1, 19_900), Line("2", "Custom Item", 2, 49_414, 3_538)),
            shipping_minor=2_000,
            discount_minor=148,
            total_minor=102_741,
            destination=Address("US", "VA", "24093", "Lakefurt"),
            is_draft=True,
        ),
    ),
    ("transaction.json", "order_transactions/create"): (
        Payment(
            id="389404469",
            status="authorized",
            currency="USD",
            amount_minor=40_994,
            order="450789469",
            tender="bogus",
            occurred_at=1_122_911_831_000,
        ),
    ),
    ("tender_transactions.json", "tender_transactions/create"): tuple(
        [
            Payment(
                id=f"tender/{id}",
                status="captured",
                currency="CAD",
                amount_minor=minor,
                order="450789469",
                tender="credit_card",
                occurred_at=at,
            )
            for id, minor, at in (
                (1, 13_846, 1_533_843_819_000),
                (2, 12_816, 1_534_016_619_000),
                (3, 2_816, 1_534_103_019_000),
            )
        ]
    ),
    ("fulfillment_order.json", "fulfillment_orders/order_routing_complete"): (
        ShipRequest(
            id="255858046",
            order="3183479",
            node="3183479",
            items=(Item("6588097", 1, "466157049"),),
            destination=Address("Canada", "Ontario", "K2P0V6", "Ottawa"),
            ship_by=1_609_498_800_000,
        ),
    ),
}
"""What is told beside orders, read by a port that knows its currency."""
COUNT = {
    "draft_order.json": 18,
    "transaction.json": 7,
    "tender_transactions.json": 18,
    "fulfillment_order.json": 11,
    "order.json": 23,
    "refund.json": 15,
    "fulfillment.json": 8,
    "inventory_level.json": 4,
    "inventory_levels.json": 16,
}


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_payload_becomes_these_papers(name: str, topic: str) -> None:
    """And every value of it was read, or left on purpose."""
    reading = SHOP.read(payload("shopify", name, topic))

    assert reading.papers == TABLE[name, topic]
    assert reading.unread == ()


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_field_that_is_dropped_is_missed(name: str, topic: str) -> None:
    """So many values of a payload count; without one of them it would be read as something else."""
    assert len(fields_that_count(SHOP, payload("shopify", name, topic))) == COUNT[name]


@pytest.mark.parametrize("paper", [papers[0] for papers in TABLE.values() if papers[0].form != "stock_count"])
def test_what_is_written_is_read_again(paper: Paper) -> None:
    """To the cent and the millisecond."""
    assert SHOP.read(SHOP.write(paper)) == Reading(papers=(paper,))


@pytest.mark.parametrize(("name", "topic"), BESIDE)
def test_what_is_told_beside_orders_becomes_these_papers(name: str, topic: str) -> None:
    """So many of its values count; a hold is listed, since no paper says it."""
    shop, message = Shopify(currency="USD"), payload("shopify", name, topic)
    reading = shop.read(message)

    assert reading.papers == BESIDE[name, topic]
    assert [path for path, _ in reading.unread if ".fulfillment_holds[0]." not in path] == []
    assert len(fields_that_count(shop, message)) == COUNT[name]


def test_what_is_taken_off_a_line_its_tax_and_why_an_order_was_canceled_are_told() -> None:
    """Exactly: the rest of the order is as it was."""
    message = payload("shopify", "order.json", "orders/create")
    order = json.loads(message.body)["order"]
    order["line_items"][0] |= {"total_discount": "5.25", "tax_lines": [{"title": "State Tax", "price": "3.98"}]}
    order |= {"cancelled_at": "2008-01-11T09:00:00-05:00", "cancel_reason": "fraud", "total_discounts": "5.25"}
    first = ORDER.lines[0]._replace(discount_minor=525, tax_minor=398)
    canceled = Cancellation(id="cancelled", order=ORDER.id, reason="fraud", occurred_at=1_200_060_000_000)

    found = SHOP.read(message._replace(body=json.dumps(order)))
    assert found.papers == (attrs.evolve(ORDER, lines=(first, *ORDER.lines[1:])), canceled)
    draft = payload("shopify", "draft_order.json", "draft_orders/create")
    inside = draft._replace(body=draft.body.replace('"taxes_included": false', '"taxes_included": true'))
    (sale,) = BESIDE["draft_order.json", "draft_orders/create"]
    assert isinstance(sale, SalesOrder)
    assert SHOP.read(inside).papers == (attrs.evolve(sale, includes_tax=True),)


def test_money_of_a_kind_that_is_not_known_or_without_a_currency_is_refused() -> None:
    """What failed is told; what is pending has not happened."""
    message = payload("shopify", "transaction.json", "order_transactions/create")
    failed = message._replace(body=message.body.replace('"success"', '"failure"').replace("null", "7"))

    assert read(SHOP, message) == "currency"
    assert read(Shopify("USD"), message._replace(body=message.body.replace("success", "pending"))) == "kind and status"
    (payment,) = Shopify("USD").read(failed).papers
    assert isinstance(payment, Payment)
    assert (payment.status, payment.of) == ("failed", "7")
    tender = payload("shopify", "tender_transactions.json", "tender_transactions/create")
    (back, *_) = SHOP.read(tender._replace(body=tender.body.replace("138.46", "-138.46"))).papers
    assert isinstance(back, Payment)
    assert (back.status, back.amount_minor) == ("refunded", 13_846)


def test_other_resources_are_refused_by_name() -> None:
    """A catalog payload under an order's topic, and a topic that nobody reads."""
    assert read(SHOP, payload("shopify", "product.json", "products/update")) == "topic"
    assert read(SHOP, payload("shopify", "product.json", "orders/create")) == "currency"
    assert read(SHOP, payload("shopify", "location.json", "inventory_levels/update")) == "updated_at"


def test_an_offer_is_an_absolute_quantity() -> None:
    """What may be sold, at the place that the shop knows."""
    message = SHOP.write(Offered(channel="web", sku="808950810", quantity=6, version=9, node="905684977"))

    assert message.topic == "inventory_levels/set"
    assert message.body == '{"location_id": "905684977", "inventory_item_id": "808950810", "available": 6}'
    with pytest.raises(InvalidValue, match="paper"):
        SHOP.write(PurchaseOrder(id="1", ordered_at=None, lines=()))


def test_an_order_of_the_shop_is_placed_once() -> None:
    """However often its webhook comes; what it is paid has no room yet and comes back."""
    network = Network(nodes=(Node(id="dc", position=Position(0, 0)),), pools=(Pool(id="web", nodes=("dc",)),))
    shop = Commerce(Catalog(network=network))
    shop.tell(received("r", node="dc", quantities={sku: 2 for _, sku in IPODS}), now=0)
    intake = Intake(pool="web", policy=FulfillmentPolicy(allocates_at_once=False))
    message = payload("shopify", "order.json", "orders/create")

    for _ in range(2):
        taken = take(SHOP.read(message), intake)
        assert taken.left == ()
        for step in taken.steps:
            assert isinstance(step, Request)
            assert isinstance(shop.ask(step, now=PLACED), Accepted)

    held = shop.see(lambda state, _: [standing(state, line_unit("450789469", id), LineState.OPEN) for id, _ in IPODS])
    assert held == [1, 1, 1]
    assert shop.see(lambda state, _: state.document(order_key("450789469"))) is not None


def test_a_refund_in_two_currencies_is_refused() -> None:
    """Their amounts would be added up as if they were of one."""
    message = payload("shopify", "refund.json", "refunds/create")
    body = json.loads(message.body)
    there = body["refund"]["transactions"]
    there.append({**there[0], "id": 1, "currency": "CAD"})

    assert read(SHOP, message._replace(body=json.dumps(body))) == "transactions"
