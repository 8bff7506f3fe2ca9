"""What Square sends, as its specification shows it, becomes papers without losing a line, a quantity or a cent."""

import json

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.adapters.square import Square
from tests.adapters.cases import fields_that_count, payload, read
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import Commerce
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import FulfillmentPolicy
from unicommerce.intake import Intake, take
from unicommerce.inventory import GoodsState, received
from unicommerce.ledger import Accepted, Account, Request
from unicommerce.orders import LineState, line_unit, order_key, standing
from unicommerce.ports import (
    Address,
    Cancellation,
    Item,
    Line,
    Message,
    Paper,
    Payment,
    Reading,
    Refund,
    SalesOrder,
    StockChange,
    StockCount,
    StockTransfer,
    TillSale,
)
from unicommerce.tills import opened
from unicommerce.values import Position, Unit

TILLS = Square()
SENT = 1_600_000_000_000
ITEM, STORE, OTHER = "W62UWFY35CWMYGVWK6TWJDNI", "C6W5YS5QM06F5", "59TNP9SA8VGDA"
REFUND = "KkAkhdMsgzn59SM8A89WgKwekxLZY_ptNBVqHYxt5gAdfcobBe4u1AZsXhoz06KTtuq9Ls24P"
STEAKS = (
    Line("8uSwfzvUImn3IRrvciqlXC", "name:New York Strip Steak", 1, 1_599, 87, 136),
    Line("v8ZuEXpOJpb0bazLuvrLDB", "BEMYCSMIJL46OCDV4KYIKXIB", 2, 2_250, 346, 374),
)
ORDER = SalesOrder(
    id="CAISENgvlJ6jLWAzERDzjyHVybY",
    number="my-order-001",
    placed_at=1_579_294_073_293,
    currency="USD",
    lines=STEAKS,
    tax_minor=510,
    total_minor=6_176,
    node="057P5VYJ4A5X1",
    updated_at=1_579_294_073_293,
)
PAID = SalesOrder(
    id="lgwOlEityYPJtcuvKTVKT1pA986YY",
    placed_at=1_565_059_655_693,
    currency="USD",
    lines=(
        Line("QW6kofLHJK7JEKMjlSVP5C", "name:Item 1", 1, 500),
        Line("zhw8MNfRGdFQMI2WE1UBJD", "name:Item 2", 2, 750),
    ),
    total_minor=2_000,
    node="P3CCK6HSNDAS7",
    is_completed=True,
    updated_at=1_565_059_657_140,
)
CARD = Payment(
    id="EnZdNAlWCmfh6Mt5FMNST1o7taB",
    status="captured",
    currency="USD",
    amount_minor=1_000,
    order=PAID.id,
    tender="CARD",
    occurred_at=1_565_059_656_293,
)
SALE = TillSale(
    id="OJKJIUANKLMLQANZADNPLKAD",
    till=STORE,
    node=STORE,
    items=(Item(ITEM, 3),),
    sale="5APV6JYK1SNCZD11AND2RX1Z",
    occurred_at=1_479_335_124_878,
    currency="USD",
    total_minor=5_000,
)
COUNT = StockCount(id="ANZADNPLKADOJKJIUANKLMLQ", node=STORE, items=(Item(ITEM, 15),), as_of=1_479_335_124_878)
TRANSFER = StockTransfer(
    id="UDMOEO78BG6GYWA2XDRYX3KB",
    source=STORE,
    target=OTHER,
    items=(Item(ITEM, 7),),
    occurred_at=1_479_387_735_142,
)
REFUNDED = Refund(
    id=REFUND,
    order="haOyDuHiqtAXMk0d8pDKXpL7Jg4F",
    currency="USD",
    amount_minor=1_000,
    occurred_at=1_581_024_461_836,
    payment="KkAkhdMsgzn59SM8A89WgKwekxLZY",
    fee_minor=-59,
)
TABLE: dict[tuple[str, str], tuple[Paper, ...]] = {
    ("CreateOrderResponse", "orders"): (ORDER,),
    ("PayOrderResponse", "orders"): (
        PAID,
        CARD,
        attrs.evolve(CARD, id="0LRiVlbXVwe8ozu4KbZxd12mvaB", occurred_at=1_565_059_656_809),
    ),
    ("CreateOrderRequest", "orders"): (
        SalesOrder(
            id="8193148c-9586-11e6-99f9-28cfe92138cf",
            number="my-order-001",
            placed_at=SENT,
            currency="USD",
            lines=(Line("1", STEAKS[0].sku, 1, 1_599), Line("2", STEAKS[1].sku, 2)),
            discount_minor=100,
            node="057P5VYJ4A5X1",
            is_draft=True,
        ),
    ),
    ("CancelPaymentResponse", "payments"): (
        Payment(
            id="1QjqpBVyrI9S4H9sTGDWU9JeiWdZY",
            status="voided",
            currency="USD",
            amount_minor=1_100,
            order="nUSN9TdxpiK3SrQg3wzmf6r8LP9YY",
            tender="CARD",
            occurred_at=1_634_157_081_597,
            tip_minor=100,
        ),
    ),
    ("PaymentUpdatedEvent", "payment.updated"): (
        Payment(
            id="hYy9pRFVxpDsO1FB05SunFWUe9JZY",
            status="captured",
            currency="USD",
            amount_minor=100,
            order="03O3USaPaAaFnI6kkwB1JxGgBsUZY",
            tender="CARD",
            occurred_at=1_606_079_940_831,
        ),
    ),
    ("RefundUpdatedEvent", "refund.updated"): (REFUNDED,),
    ("RefundPaymentResponse", "refunds"): (
        Refund(
            id="R2B3Z8WMVt3EAmzYWLZvz7Y69EbZY_KlWP8IC1557ddwc9QWTKrCVU6m0JXDz15R2Qym5eQfR",
            order="1JLEUZeEooAIX8HMqm9kvWd69aQZY",
            currency="USD",
            amount_minor=1_000,
            occurred_at=1_634_160_199_116,
            payment="R2B3Z8WMVt3EAmzYWLZvz7Y69EbZY",
            fee_minor=-10,
        ),
    ),
    ("InvoiceRefundedEvent", "invoice.refunded"): (
        Payment(
            id="inv:0-ChCHu2mZEabLeeHahQnXDjZQECY",
            status="refunded",
            currency="USD",
            amount_minor=10_000,
            order="CAISENgvlJ6jLWAzERDzjyHVybY",
            occurred_at=1_592_504_591_000,
        ),
    ),
    ("RetrieveInventoryChangesResponse", "inventory"): (SALE,),
    ("RetrieveInventoryAdjustmentResponse", "inventory"): (
        attrs.evolve(
            SALE,
            id=TRANSFER.id,
            items=(Item(ITEM, 7),),
            sale="",
            occurred_at=TRANSFER.occurred_at,
            total_minor=4_550,
        ),
    ),
    ("RetrieveInventoryPhysicalCountResponse", "inventory"): (COUNT,),
    ("RetrieveInventoryTransferResponse", "inventory"): (TRANSFER,),
    ("BatchChangeInventoryResponse", "inventory"): (
        StockCount(
            id=f"{STORE}/{ITEM}/IN_STOCK/1479335281223",
            node=STORE,
            items=(Item(ITEM, 53),),
            as_of=1_479_335_281_223,
        ),
    ),
}
UNREAD = {
    "CreateOrderRequest": ["order.discounts[0].percentage", "order.taxes[0].percentage"],
    "RetrieveInventoryAdjustmentResponse": ["adjustment.occurred_at"],
    "RetrieveInventoryTransferResponse": ["transfer.occurred_at"],
}
"""Rates of what was not calculated yet, and moments that are none: 25:44."""
COUNTED = {
    "CreateOrderResponse": 33,
    "PayOrderResponse": 41,
    "CreateOrderRequest": 11,
    "CancelPaymentResponse": 9,
    "PaymentUpdatedEvent": 7,
    "RefundUpdatedEvent": 9,
    "RefundPaymentResponse": 9,
    "InvoiceRefundedEvent": 6,
    "RetrieveInventoryChangesResponse": 10,
    "RetrieveInventoryAdjustmentResponse": 9,
    "RetrieveInventoryPhysicalCountResponse": 5,
    "RetrieveInventoryTransferResponse": 7,
    "BatchChangeInventoryResponse": 5,
}


def sent(name: str, topic: str) -> Message:
    """Return a payload, and when it was sent."""
    return payload("square", f"{name}.json", topic)._replace(sent_at=SENT)


def changes(*changes: dict[str, object], **around: object) -> Message:
    """Return a message of adjustments at a store; of each, what differs."""
    base = {"catalog_object_id": ITEM, "location_id": STORE, "quantity": "2", "occurred_at": "2026-11-27T09:00:00Z"}
    listed = [{"type": "ADJUSTMENT", "adjustment": {**base, "id": f"{n}", **each}} for n, each in enumerate(changes)]
    return Message("inventory", json.dumps({**around, "changes": listed}))


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_payload_becomes_these_papers(name: str, topic: str) -> None:
    """And every value of it was read, left on purpose, or is listed."""
    reading = TILLS.read(sent(name, topic))

    assert reading.papers == TABLE[name, topic]
    assert [unread.path for unread in reading.unread] == UNREAD.get(name, [])


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_field_that_is_dropped_is_missed(name: str, topic: str) -> None:
    """So many values of a payload count; without one of them it would be read as something else."""
    assert len(fields_that_count(TILLS, sent(name, topic))) == COUNTED[name]


WRITTEN = [papers[0] for papers in TABLE.values() if papers[0].form in TILLS.capabilities.writes]


@pytest.mark.parametrize("paper", WRITTEN)
def test_what_is_written_is_read_again(paper: Paper) -> None:
    """To the cent and the millisecond."""
    assert TILLS.read(TILLS.write(paper)) == Reading(papers=(paper,))


@pytest.mark.parametrize(
    "paper",
    [
        attrs.evolve(SALE, items=(Item("A", 1), Item("B", 2), Item("A", 3))),
        attrs.evolve(SALE, is_return=True, total_minor=None, currency=""),
        attrs.evolve(COUNT, items=(Item("A", 0), Item("B", 2, state="waste"))),
        attrs.evolve(TRANSFER, items=(Item("A", 1), Item("B", 2))),
        StockChange(id="c", node=STORE, items=(Item("A", 3), Item("B", -2)), reason="waste", occurred_at=1),
        attrs.evolve(ORDER, is_draft=True, includes_tax=True, shipping_minor=500, total_minor=None),
    ],
)
def test_papers_of_several_skus_are_one_request(paper: Paper) -> None:
    """A change for each under one key, and the sale's amount once."""
    assert TILLS.read(TILLS.write(paper)) == Reading(papers=(paper,))


NAMES = st.sampled_from(("A", "B", "größe/4", 'x "y"'))


def items(least: int) -> st.SearchStrategy[tuple[Item, ...]]:
    """Return pieces of some SKUs."""
    item = st.tuples(NAMES, st.integers(least, 10**9)).map(lambda drawn: Item(*drawn))
    return st.lists(item, min_size=1, max_size=4).map(tuple)


MOMENTS = st.integers(0, 10**13)
TOLD = st.one_of(
    st.builds(TillSale, id=NAMES, till=st.just(STORE), node=st.just(STORE), items=items(1), sale=NAMES | st.just(""),
              is_return=st.booleans(), occurred_at=MOMENTS, currency=st.just("JPY"), total_minor=st.integers(0, 10**9)),
    st.builds(StockCount, id=NAMES, node=NAMES, items=items(1), as_of=MOMENTS),
    st.builds(StockTransfer, id=NAMES, source=NAMES, target=NAMES, items=items(1), occurred_at=MOMENTS),
    st.builds(StockChange, id=NAMES, node=NAMES, items=items(-(10**9)), reason=st.sampled_from(("waste", "none")),
              occurred_at=MOMENTS),
)  # fmt: skip


@given(TOLD)
def test_whatever_happened_to_goods_comes_back_as_it_went(paper: Paper) -> None:
    """Pieces of several SKUs, one of them twice, found and lost in one change."""
    assert TILLS.read(TILLS.write(paper)) == Reading(papers=(paper,))


def test_what_was_oversold_is_no_count_of_the_shelf() -> None:
    """Square calculates below zero; that is no reason to refuse all other counts, nor are there pieces."""
    body = json.loads(sent("BatchChangeInventoryResponse", "inventory").body)
    body["counts"][0]["quantity"] = "-2"
    reading = TILLS.read(Message("inventory", json.dumps(body)))
    (paper,) = reading.papers

    assert isinstance(paper, StockCount)
    assert paper.items == (Item(ITEM, 2, state="oversold"),)
    assert take(reading, Intake()).left == (paper,)


@pytest.mark.parametrize(
    ("paper", "field"),
    [
        (attrs.evolve(SALE, till="till-1"), "till_sale.till"),
        (attrs.evolve(SALE, is_void=True), "till_sale.is_void"),
        (attrs.evolve(ORDER, service="express"), "sales_order.service"),
        (attrs.evolve(REFUNDED, items=(Item("A", 1),)), "refund.items"),
        (attrs.evolve(TRANSFER, occurred_at=None), "stock_transfer.occurred_at"),
        (CARD, "paper"),
    ],
)
def test_what_square_cannot_say_is_refused(paper: Paper, field: str) -> None:
    """By its name, and nothing is left out of what is sent."""
    with pytest.raises(InvalidValue) as refused:
        TILLS.write(paper)
    assert refused.value.field == field


def test_other_resources_are_refused_by_name() -> None:
    """The catalog, vendors, an answer that is an error, and a body that is not what its topic says."""
    assert read(TILLS, sent("CatalogItem", "catalog")) == "topic"
    assert read(TILLS, sent("VendorUpdatedEvent", "vendor.updated")) == "topic"
    assert read(TILLS, sent("CatalogItem", "orders")) == "message"
    assert read(TILLS, Message("orders", '{"errors": [{"category": "API_ERROR", "code": "GONE"}]}')) == "errors"


@pytest.mark.parametrize(
    ("name", "topic", "unread"),
    [("OrderCreatedEvent", "order.created", 5), ("SearchOrdersRequest", "orders/search", 9)],
)
def test_what_says_nothing_of_trade_has_no_paper(name: str, topic: str, unread: int) -> None:
    """A notice that an order is there to be asked for, and a question; all that they name is listed."""
    reading = TILLS.read(sent(name, topic))

    assert (reading.papers, len(reading.unread)) == ((), unread)


def test_the_close_of_a_shift_is_listed_value_by_value() -> None:
    """No paper says what lies in a drawer; what the host cannot book yet it sees, to the cent."""
    shift = {
        "id": "DCC99978",
        "state": "CLOSED",
        "closed_at": "2026-11-27T18:00:00Z",
        "cash_payment_money": {"amount": 12_345, "currency": "USD"},
        "closed_cash_money": {"amount": 22_000, "currency": "USD"},
    }
    reading = TILLS.read(Message("cash-drawers/shifts", json.dumps({"cash_drawer_shift": shift})))

    assert reading.papers == ()
    assert {f"{path}": f"{value}" for path, value in reading.unread} == {
        "cash_drawer_shift.id": "DCC99978",
        "cash_drawer_shift.state": "CLOSED",
        "cash_drawer_shift.closed_at": "2026-11-27T18:00:00Z",
        "cash_drawer_shift.cash_payment_money.amount": "12345",
        "cash_drawer_shift.cash_payment_money.currency": "USD",
        "cash_drawer_shift.closed_cash_money.amount": "22000",
        "cash_drawer_shift.closed_cash_money.currency": "USD",
    }


@pytest.mark.parametrize(
    ("source", "target", "form", "quantity", "reason"),
    [
        ("IN_STOCK", "SOLD", "till_sale", 2, False),
        ("UNLINKED_RETURN", "IN_STOCK", "till_sale", 2, True),
        ("IN_STOCK", "WASTE", "stock_change", -2, "waste"),
        ("NONE", "IN_STOCK", "stock_change", 2, "none"),
    ],
)
def test_two_states_say_what_an_adjustment_is(
    source: str, target: str, form: str, quantity: int, reason: object
) -> None:
    """A sale, a return, pieces lost, pieces found."""
    (paper,) = TILLS.read(changes({"from_state": source, "to_state": target})).papers

    assert isinstance(paper, TillSale | StockChange)
    assert (paper.form, paper.items[0].quantity) == (form, quantity)
    assert (paper.is_return if isinstance(paper, TillSale) else paper.reason) == reason


def test_changes_that_differ_are_papers_of_their_own() -> None:
    """In one request: two sales of one ticket, and a third of another."""
    sold = {"from_state": "IN_STOCK", "to_state": "SOLD"}
    reading = TILLS.read(
        changes(
            {**sold, "transaction_id": "t1"},
            {**sold, "transaction_id": "t2", "catalog_object_id": "B"},
            {**sold, "transaction_id": "t1", "catalog_object_id": "C"},
            idempotency_key="k",
        )
    )

    assert [(paper.id, paper.items) for paper in reading.papers if isinstance(paper, TillSale)] == [
        ("k/1", (Item(ITEM, 2), Item("C", 2))),
        ("k/2", (Item("B", 2),)),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"from_state": "WASTE", "to_state": "SOLD"}, "from_state and to_state"),
        ({"from_state": "IN_STOCK", "to_state": "MOON"}, "to_state"),
        ({"from_state": "IN_STOCK", "to_state": "WASTE", "quantity": "1.5"}, "changes[0].adjustment.quantity"),
        ({"from_state": "IN_STOCK", "to_state": "WASTE", "occurred_at": "now"}, "changes[0].adjustment.created_at"),
    ],
)
def test_a_wrong_change_is_named(change: dict[str, object], field: str) -> None:
    """By its field."""
    assert read(TILLS, changes(change)) == field


def order(**changed: object) -> Message:
    """Return the message of an order in which some fields differ."""
    body = json.loads(sent("CreateOrderResponse", "orders").body)
    return Message("orders", json.dumps({"order": {**body["order"], **changed}}))


def test_an_order_that_was_canceled_says_so() -> None:
    """With the order itself, as of the moment when it was closed."""
    reading = TILLS.read(order(state="CANCELED", closed_at="2020-01-18T00:00:00Z"))

    assert reading.papers == (
        ORDER,
        Cancellation(id="canceled", order=ORDER.id, occurred_at=1_579_305_600_000, is_done=True),
    )


def test_a_tender_is_the_payment_that_it_names() -> None:
    """Under the payment's id, so that both say one thing; with its tip and what its provider took."""
    tender = {
        "id": "t",
        "payment_id": "p",
        "type": "CASH",
        "created_at": "2020-01-18T00:00:00Z",
        "amount_money": {"amount": 6_176, "currency": "USD"},
        "tip_money": {"amount": 76, "currency": "USD"},
        "processing_fee_money": {"amount": 9, "currency": "USD"},
    }
    _, paper = TILLS.read(order(tenders=[tender])).papers

    assert paper == Payment(
        id="p",
        status="captured",
        currency="USD",
        amount_minor=6_176,
        order=ORDER.id,
        tender="CASH",
        occurred_at=1_579_305_600_000,
        tip_minor=76,
        fee_minor=9,
    )


def test_amounts_of_an_order_are_of_one_currency() -> None:
    """What is in another one would be added up as if it were of the first."""
    assert read(TILLS, order(total_tax_money={"amount": 1, "currency": "CAD"})) == "total_tax_money.currency"


def test_a_refund_that_failed_is_a_payment_that_failed() -> None:
    """And gives nobody money back."""
    body = json.loads(sent("RefundPaymentResponse", "refunds").body)
    body["refund"]["status"] = "REJECTED"
    (paper,) = TILLS.read(Message("refunds", json.dumps(body))).papers

    assert isinstance(paper, Payment)
    assert (paper.status, paper.amount_minor, paper.order) == ("failed", 1_000, body["refund"]["order_id"])


def test_a_day_of_a_store() -> None:
    """A till sells, the store is counted and sends pieces on; what was handed over or is a draft claims nothing."""
    network = Network(
        nodes=tuple([Node(id=id, position=Position(0, 0)) for id in ("store", "other")]),
        pools=(Pool(id="all", nodes=("store", "other")),),
    )
    shop = Commerce(Catalog(network=network))
    intake = Intake(
        pool="all",
        nodes={STORE: "store", OTHER: "other"},
        skus={ITEM: "MUG", **{line.sku: "STEAK" for line in STEAKS}},
        policy=FulfillmentPolicy(allocates_at_once=False),
    )
    shop.tell(opened(STORE, node="store"), now=0)
    shop.tell(received("r", node="store", quantities={"MUG": 20, "STEAK": 3}, occurred_at=0), now=0)

    def taken(name: str, topic: str) -> list[str]:
        found = take(TILLS.read(sent(name, topic)), intake)
        for step in found.steps:
            if isinstance(step, Request):
                assert isinstance(shop.ask(step, now=SENT), Accepted)
            else:
                shop.tell(step, now=SENT)
        return [paper.form for paper in found.left]

    def on_hand(node: str, sku: str) -> int:
        account = Account(node, GoodsState.SELLABLE)
        return shop.see(lambda state, _: state.balance(Unit(f"sku:{sku}"), (account,)))

    for _ in range(2):
        assert taken("RetrieveInventoryChangesResponse", "inventory") == []
        assert taken("RetrieveInventoryTransferResponse", "inventory") == []
        assert taken("CreateOrderResponse", "orders") == []
        assert taken("PayOrderResponse", "orders") == ["sales_order", "payment", "payment"]
        assert taken("CreateOrderRequest", "orders") == ["sales_order"]
        assert taken("RefundUpdatedEvent", "refund.updated") == ["refund"]

    assert on_hand("store", "MUG") == 20 - 3 - 7
    assert on_hand("other", "MUG") == 7
    units = [line_unit(ORDER.id, line.id) for line in STEAKS]
    assert shop.see(lambda state, _: [standing(state, unit, LineState.OPEN) for unit in units]) == [1, 2]
    assert shop.see(lambda state, _: state.document(order_key(PAID.id))) is None


def test_what_a_payment_cost_and_when_a_refund_failed_are_told() -> None:
    """Fees of the provider and of an app are one; a refund that failed is a payment that failed."""
    payment = sent("CancelPaymentResponse", "payments")
    body = json.loads(payment.body)
    currency = body["payment"]["total_money"]["currency"]
    body["payment"]["processing_fee"] = [{"type": "INITIAL", "amount_money": {"amount": 31, "currency": currency}}]
    body["payment"]["app_fee_money"] = {"amount": 5, "currency": currency}
    (was,) = TILLS.read(payment).papers
    (is_now,) = TILLS.read(payment._replace(body=json.dumps(body))).papers
    refund = sent("RefundUpdatedEvent", "refund.updated")
    (went,) = TILLS.read(refund).papers
    (failed,) = TILLS.read(refund._replace(body=refund.body.replace('"COMPLETED"', '"FAILED"'))).papers

    assert isinstance(was, Payment)
    assert isinstance(is_now, Payment)
    assert isinstance(went, Refund)
    assert isinstance(failed, Payment)
    assert is_now == attrs.evolve(was, fee_minor=36)
    assert (failed.status, failed.occurred_at) == ("failed", went.occurred_at)


def test_where_an_order_goes_is_told_whole() -> None:
    """Country, region, postal code and city."""
    place = {"country": "US", "administrative_district_level_1": "KY", "postal_code": "40202", "locality": "Louisville"}
    shipment = {"type": "SHIPMENT", "shipment_details": {"recipient": {"display_name": "A", "address": place}}}
    message = order(fulfillments=[shipment])
    (sale, *_) = TILLS.read(message).papers

    assert isinstance(sale, SalesOrder)
    assert sale.destination == Address("US", "KY", "40202", "Louisville")
