"""What a messaging shop says becomes papers without losing an item, a quantity or a cent; the payloads are our own."""

import json
from collections.abc import Callable

import attrs
import pytest

from examples.adapters.social import SocialShop
from tests.adapters.cases import fields_that_count, payload, read
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import Commerce
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import FulfillmentPolicy
from unicommerce.intake import Intake, take
from unicommerce.inventory import received
from unicommerce.ledger import Accepted, Request, State
from unicommerce.orders import LineState, Placed, line_unit, standing
from unicommerce.ports import (
    Address,
    Cancellation,
    Dispatch,
    Item,
    Line,
    Message,
    Offered,
    Paper,
    Payment,
    Port,
    PurchaseOrder,
    Reading,
    Refund,
    SalesOrder,
)
from unicommerce.testing.ports import PortContract
from unicommerce.values import Position

SHOP = SocialShop()
PLACED, MINUTE = 1_795_770_000_000, 60_000
"""2026-11-27T09:00:00Z."""
ORDER = SalesOrder(
    id="S-1",
    number="77-1",
    placed_at=PLACED,
    currency="EUR",
    lines=(Line("1", "MUG", 2, 1_250, discount_minor=100, tax_minor=383), Line("2", "CARD", 1, 300, tax_minor=48)),
    shipping_minor=490,
    discount_minor=200,
    tax_minor=509,
    total_minor=3_040,
    includes_tax=True,
    destination=Address("DE", "NW", "53111", "Bonn"),
    service="standard",
    fees_minor=50,
)
CARD = (Item("CARD", 1, "2"),)
TABLE: dict[tuple[str, str], Paper] = {
    ("order.json", "order.placed"): ORDER,
    ("cancellation.json", "cancellation.asked"): Cancellation(
        id="C-1", order="S-1", items=CARD, reason="no card, please", occurred_at=PLACED + 30 * MINUTE - 1_000
    ),
    ("payment.json", "payment.changed"): Payment(
        id="P-1",
        status="captured",
        currency="EUR",
        amount_minor=3_040,
        order="S-1",
        tender="wallet",
        occurred_at=PLACED + 1_000,
    ),
    ("refund.json", "refund.made"): Refund(
        id="R-1",
        order="S-1",
        currency="EUR",
        amount_minor=300,
        items=CARD,
        tax_minor=48,
        occurred_at=PLACED + 31 * MINUTE,
    ),
    ("shipment.json", "shipment.sent"): Dispatch(
        id="SH-1",
        order="S-1",
        node="dc",
        items=(Item("MUG", 1, "1"),),
        short=(Item("MUG", 1, "1"),),
        carrier="DHL",
        tracking=("00340", "00341"),
        occurred_at=PLACED + 30 * 60 * MINUTE,
    ),
}
COUNT = {"order.json": 27, "cancellation.json": 8, "payment.json": 8, "refund.json": 10, "shipment.json": 14}


class TestSocialShop(PortContract):
    """All that a port owes."""

    kind = "channel"
    means = tuple([(payload("social", *key), (paper,)) for key, paper in TABLE.items()])
    samples = tuple([message for message, _ in means])
    refused = ((Message("refund.made", '{"event": "order.placed"}'), "event"),)
    papers = (
        Offered(channel="page-77", sku="MUG", quantity=6, version=9, node="dc"),
        Cancellation(id="C-2", order="S-1"),
        Dispatch(id="SH-2", order="S-1"),
    )

    @staticmethod
    def make_port() -> Port:
        """Make the port."""
        return SocialShop()


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_payload_becomes_this_paper(name: str, topic: str) -> None:
    """And every value of it was read, or left on purpose."""
    assert SHOP.read(payload("social", name, topic)) == Reading(papers=(TABLE[name, topic],))


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_field_that_is_dropped_is_missed(name: str, topic: str) -> None:
    """So many values of a payload count; without one of them it would be read as something else."""
    assert len(fields_that_count(SHOP, payload("social", name, topic))) == COUNT[name]


@pytest.mark.parametrize("paper", [paper for paper in TABLE.values() if paper.form != "payment"])
def test_what_is_written_is_read_again(paper: Paper) -> None:
    """To the cent and the millisecond."""
    assert SHOP.read(SHOP.write(paper)) == Reading(papers=(paper,))


def test_an_order_costs_what_its_parts_cost() -> None:
    """Prices hold their tax here: it is not added."""
    goods = sum([line.price_minor * line.quantity - line.discount_minor for line in ORDER.lines])

    assert goods + ORDER.shipping_minor + ORDER.fees_minor - ORDER.discount_minor == ORDER.total_minor


def test_other_events_are_refused_by_name() -> None:
    """A chat; an event under another one's topic; a paper that no shop of this kind takes."""
    order = payload("social", "order.json", "order.placed")

    assert read(SHOP, Message("message.received", '{"event": "message.received"}')) == "topic"
    assert read(SHOP, order._replace(topic="refund.made")) == "event"
    assert read(SHOP, Message("order.placed", '{"event": "order.placed"}')) == "order"
    with pytest.raises(InvalidValue, match="paper"):
        SHOP.write(PurchaseOrder(id="1", ordered_at=None, lines=()))


def test_an_offer_has_its_version() -> None:
    """So that an older one that comes late is known as such."""
    message = SHOP.write(Offered(channel="page-77", sku="MUG", quantity=6, version=9, node="dc"))

    assert json.loads(message.body)["stock"] == {
        "retailer_id": "MUG",
        "available": 6,
        "version": 9,
        "shop": "page-77",
        "store": "dc",
    }


def test_an_item_is_canceled_in_a_chat() -> None:
    """However often the two events come; the other item is still wanted."""
    network = Network(nodes=(Node(id="dc", position=Position(0, 0)),), pools=(Pool(id="chat", nodes=("dc",)),))
    shop = Commerce(Catalog(network=network))
    shop.tell(received("r", node="dc", quantities={"MUG": 2, "CARD": 1}), now=0)
    intake = Intake(pool="chat", policy=FulfillmentPolicy(allocates_at_once=False))

    for name, topic in (*list(TABLE)[:2], *list(TABLE)[:2]):
        for step in take(SHOP.read(payload("social", name, topic)), intake).steps:
            assert isinstance(step, Request)
            assert isinstance(shop.ask(step, now=PLACED), Accepted)

    assert shop.see(_pieces("1", LineState.OPEN)) == 2
    assert shop.see(_pieces("2", LineState.CANCELED)) == 1


def _pieces(line: str, state: LineState) -> Callable[[State, object], int]:
    """Return a view of how many pieces of a line are in a state."""
    return lambda view, _: standing(view, line_unit("S-1", line), state)


def test_an_order_to_be_picked_up_names_its_store() -> None:
    """Which is the place that serves it."""
    message = payload("social", "order.json", "order.placed")
    there = message._replace(body=message.body.replace('"tip"', '"pickup_store": "store-7", "tip"'))

    (order,) = SHOP.read(there).papers
    assert isinstance(order, SalesOrder)
    assert order.from_node == "store-7"
    assert attrs.evolve(order, from_node="") == TABLE["order.json", "order.placed"]


def test_what_was_taken_off_lines_and_the_order_is_taken_off_what_is_placed() -> None:
    """Each line keeps its own discount, and its share of the order's; else a refund would be of more than was paid."""
    (step,) = take(Reading(papers=(ORDER,)), Intake(pool="chat")).steps
    placed = step.asked[0] if isinstance(step, Request) else None
    assert isinstance(placed, Placed)

    assert placed.order.line_by_id["1"].price.discounts_minor(0, 2) == (100, 178)  # 200 over 2,400 and 300
    assert [placed.order.paid_minor("1", 0, 2), placed.order.paid_minor("2", 0, 1)] == [2_222, 278]
