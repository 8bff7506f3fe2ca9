"""A tax engine: what we ask of it, and what it says an order's tax is. Our own sample, in JSON.

Each topic has one flat body; moments are RFC 3339, amounts text in major units of their currency:

    {id, of, order, currency, prices_include_tax, from, to: {country, region, postal_code, city}, at,
     lines: [{id, sku, quantity, price, discount, tax}], shipping, tax}

With a slash it is asked, with a dot it was done: `tax/quote` and `tax.quoted`. A quote is asked for with no tax in it.
What was committed is `of` a quote, and a reversal of what was committed, in whole or by lines; the engine knows a
repeat by the id. Copy this file; it needs nothing but unicommerce.
"""

import json
from collections.abc import Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Capabilities,
    Fields,
    Line,
    Message,
    Paper,
    Reading,
    Tax,
    amount,
    faithful,
    moment,
)

__all__ = ["TaxEngine"]

STATUS: Mapping[str, str] = {
    "tax/quote": "quoted",
    "tax/commit": "committed",
    "tax/reverse": "reversed",
    "tax.quoted": "quoted",
    "tax.committed": "committed",
    "tax.reversed": "reversed",
}
TOPIC: Mapping[str, str] = {status: topic for topic, status in STATUS.items() if "/" in topic}
PLACE = Address._fields


class TaxEngine:
    """The port of a tax engine."""

    capabilities = Capabilities(system="tax", reads=("tax",), writes=("tax",), refuses=("rates.changed",))

    def read(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for a topic that is not read, and for a wrong field."""
        if message.topic not in STATUS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(STATUS)}")
        body = Fields.parsed(message.body)
        return Reading(papers=(_tax(body, STATUS[message.topic]),), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return what asks for a paper. Raises `InvalidValue` for what the engine cannot be told, by its field.

        >>> mug = Line("1", "MUG", 2, 1_250)
        >>> TaxEngine().write(Tax(id="q1", status="quoted", order="o1", currency="EUR", lines=(mug,))).topic
        'tax/quote'
        """
        self.capabilities.takes(paper)
        assert isinstance(paper, Tax)
        body = json.dumps(_write(paper), ensure_ascii=False)
        return faithful(self, paper, Message(TOPIC[paper.status], body, id=f"{TOPIC[paper.status]}/{paper.id}"))


def _tax(body: Fields, status: str) -> Tax:
    currency = body.text("currency")
    return Tax(
        id=body.id("id"),
        status=status,
        order=body.id("order"),
        currency=currency,
        lines=tuple([_line(line, currency) for line in body.many("lines")]),
        tax_minor=body.minor("tax", currency, "0"),
        shipping_minor=body.minor("shipping", currency, "0"),
        includes_tax=body.flag("prices_include_tax", default=False),
        node=body.id("from", ""),
        destination=Address(*[body.one("to").text(name, "") for name in PLACE]) if body.has("to") else Address(),
        of=body.id("of", ""),
        occurred_at=body.moment("at") if body.has("at") else None,
    )


def _line(line: Fields, currency: str) -> Line:
    return Line(
        line.id("id"),
        line.id("sku"),
        line.whole("quantity", least=1),
        line.minor("price", currency),
        line.minor("discount", currency, "0"),
        line.minor("tax", currency, "0"),
    )


def _write(tax: Tax) -> dict[str, object]:
    return {
        "id": tax.id,
        "of": tax.of,
        "order": tax.order,
        "currency": tax.currency,
        "prices_include_tax": tax.includes_tax,
        "from": tax.node,
        "to": tax.destination._asdict(),
        "at": None if tax.occurred_at is None else moment(tax.occurred_at),
        "lines": [_write_line(line, tax.currency) for line in tax.lines],
        "shipping": amount(tax.shipping_minor, tax.currency),
        "tax": amount(tax.tax_minor, tax.currency),
    }


def _write_line(line: Line, currency: str) -> dict[str, object]:
    amounts = {"price": line.price_minor, "discount": line.discount_minor, "tax": line.tax_minor}
    said = {name: amount(minor, currency) for name, minor in amounts.items()}
    return {"id": line.id, "sku": line.sku, "quantity": line.quantity, **said}
