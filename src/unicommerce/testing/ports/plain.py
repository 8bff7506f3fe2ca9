"""The plain port: papers as plain JSON, both ways, for every kind of port. The other side in an integrator's tests.

Amounts are text in major units, moments are text with an offset, all else is called what it is called in the paper.
"""

import json
from collections.abc import Callable, Mapping

from ...errors import InvalidValue
from ...ports import PORTS, Capabilities, Fields, Message, Paper, Reading, amount, moment
from ...values import LARGEST
from .shape import FORMS, Field, fields_of, paper_of

__all__ = ["PlainPort", "hear", "say"]


def say(paper: Paper) -> Message:
    """Return the message that says a paper: its topic is the form.

    >>> from unicommerce.ports import Refund
    >>> say(Refund(id="r1", order="o1", currency="USD", amount_minor=500)).body
    '{"id": "r1", "order": "o1", "currency": "USD", "amount": "5.00", "items": [], "tax": "0.00"}'
    """
    return Message(paper.form, json.dumps(_plain(paper, _currency(paper)), ensure_ascii=False))


class Plain:
    """The reader of plain messages: a method for each kind of field."""

    def hear(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for a topic that is no form, and for a wrong field."""
        if message.topic not in FORMS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(FORMS)}")
        made, body = FORMS[message.topic], Fields.parsed(message.body)
        has_currency = any(field.name == "currency" for field in fields_of(made))
        values = self._all(body, made, body.text("currency", "") if has_currency else "")
        paper = paper_of(message.topic, values)
        return Reading(papers=(paper,), unread=body.unread())

    def _all(self, fields: Fields, made: type, currency: str) -> dict[str, object]:
        return {field.name: self._one(fields, field, currency) for field in fields_of(made)}

    def _one(self, fields: Fields, field: Field, currency: str) -> object:
        # A list that is missing is not empty: no items may mean all of them. Nor is a flag that is missing false.
        is_needed = field.is_needed or field.name in {"lines", "items"} or field.kind == "flag"
        if not fields.has(field.said):
            if field.kind == "parts" and is_needed:
                raise InvalidValue(field.said, None, "a list")
            if not is_needed:
                return field.default
        if field.kind == "parts":
            return self._parts(fields, field.said, field.part, currency)
        if field.kind == "part":
            return _part(field.part, self._all(fields.one(field.said), field.part, currency))
        reader: Callable[[Fields, str, str], object] = getattr(self, f"_{field.kind}")
        return reader(fields, field.said, currency)

    def _id(self, fields: Fields, name: str, _currency: str) -> str:
        return fields.id(name)

    def _text(self, fields: Fields, name: str, _currency: str) -> str:
        return fields.text(name)

    def _flag(self, fields: Fields, name: str, _currency: str) -> bool:
        return fields.flag(name)

    def _whole(self, fields: Fields, name: str, _currency: str) -> int:
        return fields.whole(name, least=-LARGEST)

    def _amount(self, fields: Fields, name: str, currency: str) -> int:
        return fields.minor(name, currency)

    def _moment(self, fields: Fields, name: str, _currency: str) -> int:
        return fields.moment(name)

    def _parts(self, fields: Fields, name: str, made: type, currency: str) -> tuple[object, ...]:
        return tuple([_part(made, self._all(each, made, currency)) for each in fields.many(name)])

    def _texts(self, fields: Fields, name: str, _currency: str) -> tuple[str, ...]:
        value = fields.raw(name)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise InvalidValue(name, value, "a list of texts")
        return tuple(value)


def hear(message: Message) -> Reading:
    """Return what a plain message says, of any form: what `say` has written.

    >>> hear(Message("delivery", '{"id": "d1", "rung": 2}'))
    Reading(papers=(Delivery(id='d1', occurred_at=None),), unread=(Unread(path='rung', value=Decimal('2')),))
    """
    return Plain().hear(message)


class PlainPort(Plain):
    """A port of a kind that reads and writes all that goes over it, in memory and without a system behind it."""

    def __init__(self, kind: str) -> None:
        if kind not in PORTS:
            raise InvalidValue("kind", kind, f"one of {', '.join(PORTS)}")
        reads, writes = PORTS[kind]
        self.capabilities = Capabilities(system=f"plain-{kind}", reads=reads, writes=writes)

    def read(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for a topic that is not read, and for a wrong field."""
        if message.topic not in self.capabilities.reads:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(self.capabilities.reads)}")
        return self.hear(message)

    def write(self, paper: Paper) -> Message:
        """Return the message that says a paper. Raises `InvalidValue` for a form that is not written, or too long."""
        self.capabilities.takes(paper)
        return say(paper)


def _currency(paper: object) -> str:
    return str(getattr(paper, "currency", ""))


def _plain(value: object, currency: str) -> dict[str, object]:
    said = {field: getattr(value, field.name) for field in fields_of(type(value))}
    return {field.said: _word(field.kind, each, currency) for field, each in said.items() if each is not None}


def _word(kind: str, value: object, currency: str) -> object:
    if kind == "part":
        return _plain(value, currency)
    if isinstance(value, tuple):
        return [_plain(each, currency) if kind == "parts" else each for each in value]
    if isinstance(value, int) and kind in {"amount", "moment"}:
        return amount(value, currency) if kind == "amount" else moment(value)
    return value


def _part(made: type, values: Mapping[str, object]) -> object:
    part: object = made(*values.values())
    return part
