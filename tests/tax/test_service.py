"""A service behind its port is an engine like the tables: it answers, is silent, or is found out."""

from functools import partial

import attrs
import pytest

from examples.adapters.tax_engine import TaxEngine
from examples.adapters.tax_service import tax_service
from tests.tax.calls import IN_WASHINGTON, WASHINGTON, asked, charged
from unicommerce.errors import InvalidValue
from unicommerce.ledger import Refused
from unicommerce.ports import Message, Tax
from unicommerce.tax import TaxAnswer, TaxCode, TaxLine, TaxRequest, quote, standing_in, true_up, us

PORT = TaxEngine()
GOODS = (
    TaxLine(id="1", amount_minor=100_00, quantity=3),
    TaxLine(id="2", amount_minor=10_00, category="food"),
    TaxLine(id="s", amount_minor=5_00, kind="shipping"),
)
REQUEST = asked(*GOODS, **IN_WASHINGTON, registrations=(WASHINGTON,), currency="USD")


def reply(message: Message, /, *, tax: int = 11_00, shipping: int = 50) -> Message:
    """Answer as a service does that taxes the first line, and shipping."""
    (paper,) = PORT.read(message).papers
    assert isinstance(paper, Tax)
    first, *others = paper.lines
    lines = (first._replace(tax_minor=tax), *others)
    return PORT.write(attrs.evolve(paper, lines=lines, tax_minor=tax + shipping))


def test_a_service_answers_by_its_port() -> None:
    """What is of no line is of shipping; the sums are the service's."""
    found = tax_service(PORT, reply)(REQUEST)

    assert isinstance(found, TaxAnswer)
    assert [(line.id, line.net_minor, line.tax_minor) for line in found.lines] == [
        ("1", 100_00, 11_00),
        ("2", 10_00, 0),
        ("s", 5_00, 50),
    ]
    assert (found.engine, found.gross_minor) == ("service", 126_50)


def test_prices_with_tax_stay() -> None:
    """The net is what the service's tax leaves."""
    lines = tuple([attrs.evolve(line, includes_tax=True) for line in GOODS])
    found = tax_service(PORT, reply)(attrs.evolve(REQUEST, lines=lines))

    assert isinstance(found, TaxAnswer)
    assert (found.gross_minor, found.net_minor) == (115_00, 103_50)


def test_tables_stand_in_until_the_service_answers() -> None:
    """The difference is exact, whatever each of the two calls its components."""
    till = standing_in(tax_service(PORT, lambda _: None), other=partial(quote, rules=us.rules()))
    first, later = till(REQUEST), tax_service(PORT, reply)(REQUEST)
    assert isinstance(first, TaxAnswer)
    assert isinstance(later, TaxAnswer)

    change = true_up(first, later)

    assert first.provisional
    assert first.tax_minor + change.tax_minor == later.tax_minor == 11_50
    assert charged(change)["STATE US/WA"] < 0 < charged(change)["TAX US/WA/Seattle"]


def test_a_silent_service_is_not_a_no() -> None:
    """It says who did not answer."""
    refused = tax_service(PORT, lambda _: None, name="avatax")(REQUEST)

    assert isinstance(refused, Refused)
    assert [(reason.code, reason.subject) for reason in refused.because] == [(TaxCode.UNAVAILABLE, "avatax")]


@pytest.mark.parametrize(
    ("request_", "change", "field"),
    [
        (attrs.evolve(REQUEST, lines=GOODS[:2]), {}, "reply.tax_minor"),
        (attrs.evolve(REQUEST, lines=(GOODS[0], attrs.evolve(GOODS[1], includes_tax=True))), {}, "lines"),
        (REQUEST, {"tax": -1}, r"answer.lines\[1\]"),
    ],
    ids=["a tax of nothing", "mixed prices", "a tax below zero"],
)
def test_what_cannot_be_is_found_out(request_: TaxRequest, change: dict[str, int], field: str) -> None:
    """By its field."""
    with pytest.raises(InvalidValue, match=field):
        tax_service(PORT, partial(reply, **change))(request_)
