"""The language of the world's systems: papers as flat JSON, read with `Fields` as an adapter reads them.

A form is a table of fields and kinds of fields; who simulates an adapter of his own gives its words instead.
"""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ...errors import InvalidValue
from ...ports import (
    PORTS,
    Cancellation,
    Capabilities,
    Delivery,
    Dispatch,
    Fields,
    Item,
    Line,
    Message,
    Offered,
    Paper,
    Payment,
    Port,
    Reading,
    Receipt,
    Refund,
    SalesOrder,
    ShipNotice,
    moment,
)

__all__ = ["Dialect", "hear", "plain", "say"]

Kinds = Mapping[str, str]
ITEM: Kinds = {"sku": "id", "quantity": "whole", "line": "text", "uom": "text"}
LINE: Kinds = {"id": "id", "sku": "id", "quantity": "whole", "price_minor": "whole"}
PAYMENT: Kinds = {**dict.fromkeys(("id", "status", "currency", "order"), "text"), "amount_minor": "whole"}
REFUND: Kinds = {**dict.fromkeys(("id", "currency", "order"), "text"), "amount_minor": "whole", "items": "items"}
WORDS: Mapping[str, tuple[type[Paper], Kinds]] = {
    "sales_order": (SalesOrder, {"id": "id", "placed_at": "moment", "currency": "text", "lines": "lines"}),
    "cancellation": (Cancellation, {"id": "id", "order": "id", "items": "items"}),
    "receipt": (Receipt, {"id": "id", "node": "id", "items": "items", "occurred_at": "moment"}),
    "ship_notice": (ShipNotice, {"id": "id", "order": "text", "items": "items"}),
    "dispatch": (Dispatch, {"id": "id", "order": "text", "node": "text", "items": "items"}),
    "delivery": (Delivery, {"id": "id", "occurred_at": "moment"}),
    "offered": (Offered, {"channel": "id", "sku": "id", "quantity": "whole", "version": "whole"}),
    "payment": (Payment, PAYMENT),
    "refund": (Refund, REFUND),
}
READ: Mapping[str, Callable[[Fields, str], object]] = {
    "id": lambda fields, name: fields.id(name),
    "text": lambda fields, name: fields.text(name),
    "whole": lambda fields, name: fields.whole(name),
    "moment": lambda fields, name: fields.moment_if_any(name),
    "items": lambda fields, name: tuple([_item(row) for row in fields.many(name)]),
    "lines": lambda fields, name: tuple([_line(row) for row in fields.many(name)]),
}


def _item(row: Fields) -> Item:
    return Item(row.id("sku"), row.whole("quantity"), row.text("line"), uom=row.text("uom"))


def _line(row: Fields) -> Line:
    return Line(row.id("id"), row.id("sku"), row.whole("quantity"), row.whole("price_minor"))


def hear(message: Message) -> Reading:
    """Return what a message says. Raises `InvalidValue` for a topic that there is not, and for a wrong field."""
    if message.topic not in WORDS:
        raise InvalidValue("topic", message.topic, f"one of {', '.join(WORDS)}")
    made, kinds = WORDS[message.topic]
    body = Fields.parsed(message.body)
    values = {name: READ[kind](body, name) for name, kind in kinds.items()}
    paper: Paper = made(**values)  # type: ignore[arg-type]  # by their kinds
    return Reading(papers=(paper,), unread=body.unread())


def say(paper: Paper) -> Message:
    """Return the message that says a paper.

    >>> say(Delivery(id="d1", occurred_at=1_795_770_000_000)).body
    '{"id": "d1", "occurred_at": "2026-11-27T09:00:00Z"}'
    """
    body = {name: _word(kind, getattr(paper, name)) for name, kind in WORDS[paper.form][1].items()}
    return Message(paper.form, json.dumps(body))


def _word(kind: str, value: object) -> object:
    if kind == "moment" and isinstance(value, int):
        return moment(value)
    if isinstance(value, tuple):
        return [{name: getattr(each, name) for name in (ITEM if kind == "items" else LINE)} for each in value]
    return value


class Words(NamedTuple):
    """The port of a system that speaks so."""

    capabilities: Capabilities

    def read(self, message: Message) -> Reading:
        """Return what a message says."""
        return hear(message)

    def write(self, paper: Paper) -> Message:
        """Return the message that says a paper."""
        self.capabilities.takes(paper)
        return say(paper)


class Dialect(NamedTuple):
    """Our port for a system, and how the system itself hears and says: the other end of the same language."""

    port: Port
    hear: Callable[[Message], Reading] = hear
    say: Callable[[Paper], Message] = say


def plain(kind: str) -> Dialect:
    """Return the dialect of a kind of port.

    >>> plain("carrier").port.write(Delivery(id="d1")).topic
    'delivery'
    """
    reads, writes = PORTS[kind]
    return Dialect(Words(Capabilities(system=f"plain-{kind}", reads=reads, writes=writes)))
