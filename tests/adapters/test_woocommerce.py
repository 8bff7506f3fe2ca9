"""What WooCommerce says becomes papers without losing a line, a quantity or a cent; the payloads are our own."""

import json
from collections.abc import Callable

import pytest

from examples.adapters.woocommerce import WooCommerce
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
    StockCount,
)
from unicommerce.testing.ports import PortContract
from unicommerce.testing.ports.shape import altered
from unicommerce.values import Position

SHOP = WooCommerce(currency="EUR")
PLACED, SECOND = 1_795_770_930_000, 1_000
"""2026-11-27T09:15:30Z."""


def sale(id: str, at: int, currency: str, line: Line, total_minor: int) -> SalesOrder:
    """Return an order of one line."""
    return SalesOrder(id=id, placed_at=at, currency=currency, lines=(line,), total_minor=total_minor, discount_minor=0)


ORDER = SalesOrder(
    id="5104",
    number="W-5104",
    placed_at=PLACED,
    currency="EUR",
    lines=(
        Line("61", "MUG", 3, 667, discount_minor=201, tax_minor=342),
        Line("62", "21", 1, 1_140, tax_minor=217),
    ),
    shipping_minor=490,
    tax_minor=682,
    total_minor=4_262,
    fees_minor=150,
    destination=Address("DE", "DE-NW", "53111", "Bonn"),
)
PAID = Payment(
    id="5104/paid",
    status="captured",
    currency="EUR",
    amount_minor=4_262,
    order="5104",
    tender="card",
    occurred_at=PLACED + 30 * SECOND,
)


def count(sku: str, quantity: int) -> StockCount:
    """Return what may be sold of a product."""
    at = PLACED + SECOND
    return StockCount(id=f"{sku}/{at}", node="shop", items=(Item(sku, quantity, state="available"),), as_of=at)


TABLE: dict[tuple[str, str], tuple[Paper, ...]] = {
    ("order.json", "order.updated"): (
        ORDER,
        PAID,
    ),
    ("refunds.json", "order.refunds"): (
        Refund(
            id="5110",
            order="5104",
            currency="EUR",
            amount_minor=714,
            items=(Item("MUG", 1, "61"),),
            tax_minor=114,
            occurred_at=1_795_939_200_000,
        ),
        Refund(
            id="5111",
            order="5104",
            currency="EUR",
            amount_minor=100,
            tax_minor=16,
            occurred_at=1_796_025_600_000,
        ),
    ),
    ("products.json", "product.updated"): (count("MUG", 17), count("21", 0)),
    ("canceled.json", "order.updated"): (
        sale("5120", 1_795_771_800_000, "JPY", Line("64", "MUG", 1, 1_990), 1_990),
        Cancellation(id="cancelled", order="5120", occurred_at=1_795_772_700_000),
        sale("5121", 1_795_771_860_000, "EUR", Line("65", "MUG", 1, 667), 667),
        Cancellation(id="deleted", order="5121", reason="deleted"),
    ),
}
COUNT = {"order.json": 27, "refunds.json": 15, "products.json": 8, "canceled.json": 20}
WRITTEN = [paper for papers in TABLE.values() for paper in papers if paper.form in {"sales_order", "refund"}]


OF_THE_SHOP = ("order.json", "refunds.json")
"""Payloads of which a port knows more that knows the currency of its shop."""


def refunds() -> list[Message]:
    """Return each refund as a message of its own, in which a host has written the currency of its order."""
    found = json.loads(payload("woocommerce", "refunds.json", "order.refunds").body)
    return [
        Message("order.refunds", json.dumps({**refund, "id": refund["id"] + 100, "currency": "EUR"}))
        for refund in found
    ]


class TestWooCommerce(PortContract):
    """All that a port owes."""

    kind = "channel"
    samples = (
        *[payload("woocommerce", name, topic) for name, topic in TABLE if name != "refunds.json"],
        *refunds(),
    )
    means = (
        *[(payload("woocommerce", *key), papers) for key, papers in TABLE.items() if key[0] not in OF_THE_SHOP],
        (samples[0], (ORDER, PAID, Refund(id="5110", order="5104", currency="EUR", amount_minor=714))),
        (refunds()[0], (altered(TABLE["refunds.json", "order.refunds"][0], {"id": "5210"}),)),
    )
    refused = ((payload("woocommerce", "note.json", "order.updated"), "currency"),)
    papers = (Offered(channel="shop", sku="12", quantity=6, version=9),)
    left = frozenset(
        (
            *(
                "billing",
                "taxes",
                "coupon_lines",
                "tax_lines",
                "shipping_lines",
                "fee_lines.total_tax",
            ),
            *(
                "cart_tax",
                "discount_tax",
                "shipping_tax",
                "subtotal_tax",
                "line_items.price",
                "update.price",
                "refunded_by",
            ),
            *("line_items.subtotal", "line_items.total"),
        )
    )
    """Lines of a refund have the names of those of an order, whose numbers count: see the fields that count."""

    @staticmethod
    def make_port() -> Port:
        """Make the port."""
        return WooCommerce()


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_payload_becomes_these_papers(name: str, topic: str) -> None:
    """And every value of it was read, or left on purpose."""
    reading = SHOP.read(payload("woocommerce", name, topic))

    assert reading.papers == TABLE[name, topic]
    assert reading.unread == ()


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_field_that_is_dropped_is_missed(name: str, topic: str) -> None:
    """So many values of a payload count; without one of them it would be read as something else."""
    assert len(fields_that_count(SHOP, payload("woocommerce", name, topic))) == COUNT[name]


def test_refunds_inside_an_order_are_read_where_nobody_reads_them_beside() -> None:
    """They have neither moment nor pieces; the same refund is not read twice."""
    message = payload("woocommerce", "order.json", "order.updated")
    inside = Refund(id="5110", order="5104", currency="EUR", amount_minor=714)

    assert WooCommerce().read(message) == Reading(papers=(ORDER, PAID, inside))
    assert len(fields_that_count(WooCommerce(), message)) == COUNT["order.json"] + 2


def test_an_order_costs_what_its_parts_cost() -> None:
    """Twenty euros for three mugs: the cent that a price of 6.67 adds is a discount."""
    goods = sum([line.price_minor * line.quantity - line.discount_minor for line in ORDER.lines])

    assert goods + ORDER.shipping_minor + ORDER.fees_minor + ORDER.tax_minor - ORDER.discount_minor == ORDER.total_minor


@pytest.mark.parametrize("paper", WRITTEN)
def test_what_is_written_is_read_again(paper: SalesOrder | Refund) -> None:
    """To the cent and the millisecond."""
    shop = WooCommerce(currency=paper.currency)

    assert shop.read(shop.write(paper)) == Reading(papers=(paper,))


def test_a_moment_without_an_offset_is_in_utc() -> None:
    """Where the field says so, and the one beside it, which does not, is not looked at."""
    body = json.loads(payload("woocommerce", "order.json", "order.updated").body)
    moved = Message("order.updated", json.dumps({**body, "date_created": "2026-11-27T23:15:30"}))
    wrong = Message("order.updated", json.dumps({**body, "date_created_gmt": "2026-11-27"}))

    assert SHOP.read(moved).papers[0] == ORDER
    assert read(SHOP, wrong) == "date_created_gmt"


def test_other_resources_are_refused_by_name() -> None:
    """A note; a product whose stock nobody counts; a refund in a currency that nobody told us."""
    product = Message("product.updated", '{"id": 1, "manage_stock": false, "stock_quantity": null}')
    refunds = payload("woocommerce", "refunds.json", "order.refunds")

    assert read(SHOP, payload("woocommerce", "note.json", "order.notes")) == "topic"
    assert read(SHOP, payload("woocommerce", "note.json", "order.updated")) == "currency"
    assert read(SHOP, product) == "manage_stock"
    assert read(WooCommerce(), refunds) == "currency"


def test_a_webhook_says_by_its_id_that_an_order_is_deleted() -> None:
    """It has nothing else."""
    assert SHOP.read(Message("order.deleted", '{"id": 5104}')) == Reading(
        papers=(Cancellation(id="deleted", order="5104", reason="deleted"),)
    )


def test_an_offer_is_the_stock_of_a_product() -> None:
    """And stock that another system of the shop then tells is read from the same fields."""
    message = SHOP.write(Offered(channel="web", sku="12", quantity=6, version=9))

    assert message.topic == "products/batch"
    assert json.loads(message.body) == {"update": [{"id": "12", "manage_stock": True, "stock_quantity": 6}]}
    with pytest.raises(InvalidValue, match="paper"):
        SHOP.write(PurchaseOrder(id="1", ordered_at=None, lines=()))


def test_an_order_of_the_shop_is_placed_and_canceled_once() -> None:
    """However often it comes; what was paid and refunded comes back."""
    network = Network(nodes=(Node(id="dc", position=Position(0, 0)),), pools=(Pool(id="web", nodes=("dc",)),))
    shop = Commerce(Catalog(network=network))
    shop.tell(received("r", node="dc", quantities={"MUG": 5, "SHIRT": 2}), now=0)
    intake = Intake(pool="web", skus={"21": "SHIRT"}, policy=FulfillmentPolicy(allocates_at_once=False))
    body = json.loads(payload("woocommerce", "order.json", "order.updated").body)
    canceled = {**body, "status": "cancelled"}

    for each, state in ((body, LineState.OPEN), (body, LineState.OPEN), (canceled, LineState.CANCELED)):
        taken = take(SHOP.read(Message("order.updated", json.dumps(each))), intake)
        assert [paper.form for paper in taken.left] == ["payment"]
        for step in taken.steps:
            assert isinstance(step, Request)
            assert isinstance(shop.ask(step, now=PLACED), Accepted)
        assert [shop.see(_pieces(id, state)) for id in ("61", "62")] == [3, 1]


def _pieces(line: str, state: LineState) -> Callable[[State, object], int]:
    """Return a view of how many pieces of a line are in a state."""
    return lambda view, _: standing(view, line_unit("5104", line), state)
