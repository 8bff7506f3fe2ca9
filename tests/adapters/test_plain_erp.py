"""The ERP of plain JSON keeps the contract; what it is sent and sends is word for word this."""

import json

import attrs

from examples.adapters.plain_erp import PlainErp
from unicommerce import Catalog, Commerce, Network, Node, Position, availability
from unicommerce.intake import Intake, take
from unicommerce.ledger import Telling
from unicommerce.ports import (
    Address,
    Item,
    Line,
    Message,
    PurchaseAnswer,
    PurchaseOrder,
    Reading,
    Receipt,
    Refund,
    SalesOrder,
    ShipNotice,
    StockCount,
)
from unicommerce.testing.ports import PortContract
from unicommerce.testing.ports.shape import altered

NOON = 1_795_780_800_000
LINES = (Line("10", "MUG", 24, 400, 96, 180), Line("20", "CUP", 12, 350), Line("30", "MUG", 6, 410))
ITEMS = (Item("MUG", 24, "10"), Item("CUP", 11, "20", "damaged"))
PURCHASE = PurchaseOrder(
    id="PO-7", ordered_at=NOON, due_at=NOON + 1, currency="USD", supplier="ACME", node="dc", lines=LINES
)
RECEIPT = Receipt(id="GR-1", node="dc", inbound="PO-7", items=ITEMS[:1], occurred_at=NOON)
PAPERS = (
    PURCHASE,
    PurchaseAnswer(id="C-7", order="PO-7", answer="changed", due_at=NOON, lines=(*LINES[:2], Line("30", "MUG", 0))),
    ShipNotice(id="DN-7", order="PO-7", node="dc", sent_at=NOON, expected_at=NOON + 1, items=ITEMS),
    RECEIPT,
    StockCount(id="S-1", node="dc", as_of=NOON, items=(Item("MUG", 7), Item("CUP", 0, state="quarantine"))),
    SalesOrder(
        id="SO-1",
        number="#1",
        placed_at=NOON,
        currency="KWD",
        lines=LINES,
        shipping_minor=1_500,
        discount_minor=-5,
        tax_minor=7,
        total_minor=17_000,
        includes_tax=True,
        destination=Address("KW", "KU", "13001", "Kuwait"),
        service="express",
        node="store-1",
        fees_minor=250,
        from_node="dc",
    ),
)
REFUND = Refund(id="R-1", order="SO-1", currency="KWD", amount_minor=410, items=ITEMS[:1], tax_minor=7, occurred_at=1)


class TestPlainErp(PortContract):
    """All that a port owes."""

    kind = "erp"
    papers = (*PAPERS, REFUND)
    refused = ((Message("item", "{}"), "topic"),)
    make_port = staticmethod(PlainErp)


def test_every_paper_comes_back() -> None:
    """Each line, quantity and amount of it, and each flag that may be up."""
    for paper in PAPERS:
        flags = [field.name for field in attrs.fields(type(paper)) if field.name.startswith(("is_", "includes_"))]
        for each in (paper, *[altered(paper, {flag: True}) for flag in flags]):
            assert PlainErp().read(PlainErp().write(each)) == Reading(papers=(each,))


def test_a_credit_note_is_word_for_word_this() -> None:
    """It is written only."""
    message = PlainErp().write(REFUND)

    assert message.topic == "credit_note"
    assert json.loads(message.body) == {
        "number": "R-1",
        "order": "SO-1",
        "currency": "KWD",
        "amount_minor": 410,
        "tax_minor": 7,
        "credited_at": "1970-01-01T00:00:00.001Z",
        "items": [{"item": "MUG", "quantity": 24, "line": "10"}],
    }


def test_what_was_bought_and_came_in_is_in_the_books_once() -> None:
    """However often the receipt comes."""
    erp, shop = PlainErp(), Commerce(Catalog(network=Network(nodes=(Node(id="dc", position=Position(0, 0)),))))
    for paper in (PURCHASE, RECEIPT, RECEIPT):
        for step in take(erp.read(erp.write(paper)), Intake()).steps:
            assert isinstance(step, Telling)
            shop.tell(step, now=NOON)

    assert shop.see(availability("MUG")).nodes["dc"].by_state == {"sellable": 24}
