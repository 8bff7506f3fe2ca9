"""A tax engine quotes, commits and reverses: each is read word for word and goes back as it came."""

import json

import attrs
import pytest

from examples.adapters.tax_engine import TaxEngine
from tests.adapters.cases import fields_that_count, read
from unicommerce.errors import InvalidValue
from unicommerce.intake import Intake, take
from unicommerce.ports import Address, Line, Message, Paper, Reading, Tax
from unicommerce.testing.ports import PortContract

ENGINE = TaxEngine()
QUOTED = Message(
    "tax.quoted",
    """{"id": "q1", "order": "o1", "currency": "EUR", "prices_include_tax": true, "from": "dc",
        "to": {"country": "DE", "region": "NW", "postal_code": "53111", "city": "Bonn"},
        "at": "2026-11-27T12:00:00+01:00",
        "lines": [{"id": "1", "sku": "MUG", "quantity": 2, "price": "12.50", "discount": "1.00", "tax": "3.83"},
                  {"id": "2", "sku": "BOOK", "quantity": 1, "price": "10.00", "tax": "0.65"}],
        "shipping": "4.90", "tax": "5.26"}""",
)
QUOTE = Tax(
    id="q1",
    status="quoted",
    order="o1",
    currency="EUR",
    lines=(Line("1", "MUG", 2, 1_250, 100, 383), Line("2", "BOOK", 1, 1_000, 0, 65)),
    tax_minor=526,
    shipping_minor=490,
    includes_tax=True,
    node="dc",
    destination=Address("DE", "NW", "53111", "Bonn"),
    occurred_at=1_795_777_200_000,
)
COMMIT = attrs.evolve(QUOTE, id="c1", status="committed", of="q1")
REVERSAL = attrs.evolve(
    QUOTE, id="v1", status="reversed", of="c1", lines=QUOTE.lines[1:], tax_minor=65, shipping_minor=0
)


class TestTaxEngine(PortContract):
    """All that a port owes."""

    kind = "tax"
    samples = (QUOTED,)
    means = ((QUOTED, (QUOTE,)),)
    papers = (COMMIT, REVERSAL)
    refused = ((Message("rates.changed", "{}"), "topic"),)
    make_port = staticmethod(TaxEngine)


def test_a_quote_is_read_word_for_word() -> None:
    """So many of its values count; it is no room's yet, and comes back."""
    assert ENGINE.read(QUOTED) == Reading(papers=(QUOTE,))
    assert len(fields_that_count(ENGINE, QUOTED)) == 23
    assert take(ENGINE.read(QUOTED), Intake()).left == (QUOTE,)


@pytest.mark.parametrize(("paper", "topic"), [(QUOTE, "tax/quote"), (COMMIT, "tax/commit"), (REVERSAL, "tax/reverse")])
def test_what_is_asked_is_read_again(paper: Tax, topic: str) -> None:
    """The same question has the same key, by which the engine knows a repeat."""
    message = ENGINE.write(paper)

    assert (message.topic, message.id) == (topic, f"{topic}/{paper.id}")
    assert ENGINE.read(message) == Reading(papers=(paper,))
    assert json.loads(message.body)["tax"] == f"{paper.tax_minor / 100:.2f}"


def test_a_status_that_is_none_and_a_line_in_another_measure_are_refused() -> None:
    """By their fields."""
    with pytest.raises(InvalidValue, match=r"tax\.status"):
        attrs.evolve(QUOTE, status="guessed")
    cloth: Paper = attrs.evolve(QUOTE, lines=(Line("1", "CLOTH", 2, 1_250, uom="YD"),))
    with pytest.raises(InvalidValue, match=r"tax\.lines"):
        ENGINE.write(cloth)
    assert read(ENGINE, QUOTED._replace(topic="tax.guessed")) == "topic"
