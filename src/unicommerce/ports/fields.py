"""A foreign message read field by field: every mistake is named by its path, and what nobody read is known at the end.

An adapter asks for what it understands, and says of the rest what it may leave. `unread` lists every other value, so
that nothing is dropped in silence. Numbers and moments are exact: amounts come as text or whole numbers and never pass
through a float, a moment without an offset is refused, and sizes are bounded before anything is read.
"""

import re
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import NamedTuple, Self, TypeVar

from ..errors import InvalidValue
from ..values import EXPONENTS, LARGEST, identifier, whole
from .texts import SIGNS, number_of, read_json

__all__ = ["Fields", "Unread"]

T = TypeVar("T")

HUNDREDTHS = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
    CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK
    HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
    MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
    SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER
    ZAR ZMW ZWG ZWL
"""
"""Currencies whose minor unit is a hundredth (ISO 4217, list one), and a few of the past that old messages name."""
CURRENCIES = EXPONENTS.keys() | set(re.findall("[A-Z]{3}", HUNDREDTHS))

MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(?:([Zz])|([+-])(\d\d):?(\d\d))"
)


class Unread(NamedTuple):
    """A value of a message that nobody read, and its path."""

    path: str
    value: object


class Fields:
    """An object of a message.

    >>> order = Fields.parsed('{"id": 7, "total": "19.90", "note": "ring twice", "tags": ["a"]}')
    >>> order.id("id"), order.minor("total", "USD"), order.unread()
    ('7', 1990, (Unread(path='note', value='ring twice'), Unread(path='tags[0]', value='a')))
    >>> order.leave("note", "tags").unread()
    ()

    `decimal` is the sign before the decimals of numbers that are written as text: a point or a comma. It is said and
    never guessed; between thousands there is no sign.

    >>> Fields.parsed('{"total": "19,90"}', decimal=",").minor("total", "EUR")
    1990
    """

    def __init__(self, value: object, path: str = "", seen: set[str] | None = None, *, decimal: str = ".") -> None:
        if not isinstance(value, Mapping):
            raise InvalidValue(path or "message", value, "an object")
        if decimal not in SIGNS:
            raise InvalidValue("decimal", decimal, f"one of {', '.join(SIGNS)}")
        self._value: Mapping[str, object] = value
        self._path = path
        self._seen: set[str] = set() if seen is None else seen
        self._decimal = decimal

    @classmethod
    def parsed(cls, text: str, list_as: str = "", *, decimal: str = ".") -> Self:
        """Return the fields of a text in JSON.

        Raises `InvalidValue` for text that is none, is too long or too deep, or says a field twice.

        A list at the top is read as an object that holds it by the name `list_as`, where one is given. `decimal` is the
        sign before decimals in numbers that are text.
        """
        found = read_json(text, list_as)
        return cls({list_as: found} if list_as and isinstance(found, list) else found, decimal=decimal)

    # What is there

    def has(self, name: str) -> bool:
        """Tell whether a field is there and not null."""
        return self._value.get(name) is not None

    def names(self) -> tuple[str, ...]:
        """Return the names of the fields, for an object that is a map: `{"MUG": 7, "CUP": 0}`.

        >>> have = Fields.parsed('{"have": {"MUG": 7, "CUP": 0}}').one("have")
        >>> [(sku, have.whole(sku)) for sku in have.names()]
        [('MUG', 7), ('CUP', 0)]
        """
        return tuple(self._value)

    def raw(self, name: str) -> object:
        """Return a field as it is; None where it is not there. It counts as read, and all within it."""
        self._seen.add(self._at(name))
        return self._value.get(name)

    def _needed(self, name: str, what: str) -> object:
        value = self.raw(name)
        if value is None:
            raise InvalidValue(self._at(name), value, what)
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; where it is missing, the default. Raises `InvalidValue` for anything else."""
        value = self.raw(name) if default is not None else self._needed(name, "a text")
        if value is None:
            return default or ""
        if not isinstance(value, str):
            raise InvalidValue(self._at(name), value, "a text")
        return value

    def id(self, name: str, default: str | None = None) -> str:
        """Return an identifier; systems write them as text or as whole numbers."""
        value = self.raw(name) if default is not None else self._needed(name, "an identifier")
        if value is None or value == "":
            if default is not None:
                return default
            raise InvalidValue(self._at(name), value, "an identifier")
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = f"{value:f}"
        return identifier(value, self._at(name))

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """Return a truth value."""
        value = self.raw(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            raise InvalidValue(self._at(name), value, "true or false")
        return value

    def whole(self, name: str, *, least: int = 0, default: int | None = None) -> int:
        """Return a whole number, also where it is written as text or as 3.0."""
        if default is not None and not self.has(name):
            self.raw(name)
            return default
        value = self.decimal(name)
        if value != value.to_integral_value():
            raise InvalidValue(self._at(name), self._value[name], "a whole number")
        return whole(int(value), self._at(name), least)

    def decimal(self, name: str, default: str | None = None) -> Decimal:
        """Return an exact number, written as a number or as text."""
        value = self.raw(name)
        if value is None and default is not None:
            return Decimal(default)
        try:
            number = number_of(value, self._decimal) if isinstance(value, str) else value
        except InvalidValue as error:
            raise InvalidValue(self._at(name), value, error.needed) from error
        if not isinstance(number, Decimal) or isinstance(value, bool):
            raise InvalidValue(self._at(name), value, "a number")
        return number

    def minor(self, name: str, currency: str, default: str | None = None) -> int:
        """Return an amount in minor units of a currency.

        Raises `InvalidValue` where it has a part of a minor unit, and by `currency` for a code of which we do not know
        the decimals (ISO 4217).
        """
        if currency not in CURRENCIES:
            raise InvalidValue(
                "currency", currency, f"the code of a currency, such as EUR, which {self._at(name)} needs"
            )
        amount = self.decimal(name, default) * 10 ** EXPONENTS.get(currency, 2)
        if amount != amount.to_integral_value():
            raise InvalidValue(self._at(name), self._value[name], f"an amount in whole minor units of {currency}")
        return whole(int(amount), self._at(name), -LARGEST)

    def moment(self, name: str, *, utc: bool = False) -> int:
        """Return a moment (ms UTC) that is written with its offset (RFC 3339), to the millisecond below.

        `utc`: it is known to be in UTC, also where no offset says so.
        """
        value = self._needed(name, "a moment")
        text = value if isinstance(value, str) else ""
        found = MOMENT.fullmatch(text) or (MOMENT.fullmatch(f"{text}Z") if utc else None)
        at = _milliseconds(found) if found else None
        if at is None:
            raise InvalidValue(self._at(name), value, "a moment with an offset, such as 2026-11-27T09:00:00+01:00")
        return at

    def moment_if_any(self, name: str) -> int | None:
        """Return a moment; what is none is not read, and nothing is returned."""
        try:
            at = type(self)(self._value, self._path).moment(name)
        except InvalidValue:
            return None
        self._seen.add(self._at(name))
        return at

    def word_if_any(self, name: str, words: Container[str]) -> str:
        """Return a text that is one of these words; another is not read, and nothing is returned."""
        value = self._value.get(name)
        if not isinstance(value, str) or value not in words:
            return ""
        return self.text(name)

    def one(self, name: str) -> Self:
        """Return the fields of an object within this one."""
        value = self._value.get(name)
        if not isinstance(value, Mapping):
            raise InvalidValue(self._at(name), value, "an object")
        return type(self)(value, self._at(name), self._seen, decimal=self._decimal)

    def many(self, name: str, *, least: int = 0) -> tuple[Self, ...]:
        """Return the fields of each object of a list; a list that is not there is empty."""
        value = self._value.get(name)
        found = [] if value is None else value
        if not isinstance(found, list) or len(found) < least:
            raise InvalidValue(self._at(name), value, f"a list of {least} objects or more" if least else "a list")
        made, at = type(self), self._at(name)
        return tuple([made(each, f"{at}[{i}]", self._seen, decimal=self._decimal) for i, each in enumerate(found)])

    # What is not

    def refusal(self, name: str, needed: str) -> InvalidValue:
        """Return the error that refuses what a field holds, under its full path, for you to raise.

        >>> line = Fields.parsed('{"lines": [{"unit": "crate"}]}').many("lines")[0]
        >>> str(line.refusal("unit", "a unit that we know"))
        "lines[0].unit: 'crate' is not a unit that we know"
        """
        return InvalidValue(self._at(name), self._value.get(name), needed)

    @contextmanager
    def naming(self, **names: str) -> Iterator[None]:
        """Name the field of the message, where what is made within refuses one of its own: by the field, its name here.

        >>> back = Fields.parsed('{"returns": [{"receipt": ""}]}').many("returns")[0]
        >>> with back.naming(order="receipt"):
        ...     identifier(back.text("receipt"), "refund.order")
        Traceback (most recent call last):
        unicommerce.errors.InvalidValue: returns[0].receipt: '' is not an identifier of 1 to 200 visible characters
        """
        try:
            yield
        except InvalidValue as error:
            name = names.get(error.field.rpartition(".")[2])
            if name is None:
                raise
            raise InvalidValue(self._at(name), error.value, error.needed) from error

    def leave(self, *names: str) -> Self:
        """Say of fields that what they hold is known and not needed, all within them too; return these fields."""
        self._seen.update([self._at(name) for name in names])
        return self

    def unread(self) -> tuple[Unread, ...]:
        """Return all that was not read, from here down; null and what is empty say nothing."""
        return tuple(self._unread(self._value, self._path))

    def _unread(self, value: object, path: str) -> Iterator[Unread]:
        if path in self._seen:
            return
        if isinstance(value, Mapping):
            for name, each in value.items():
                yield from self._unread(each, f"{path}.{name}" if path else f"{name}")
        elif isinstance(value, list):
            for number, each in enumerate(value):
                yield from self._unread(each, f"{path}[{number}]")
        elif value is not None and value != "":
            yield Unread(path, value)

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _milliseconds(found: "re.Match[str]") -> int | None:
    year, month, day, hour, minute, second, part, _, sign, off_hour, off_minute = found.groups(default="")
    y, mo, d = int(year), int(month), int(day)
    is_leap = y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)
    if not (y and 1 <= mo <= 12 and 1 <= d <= DAYS[mo - 1] + (mo == 2 and is_leap)):
        return None
    clock = (int(hour), int(minute), int(second or 0), int(off_hour or 0), int(off_minute or 0))
    if not all(held <= most for held, most in zip(clock, (23, 59, 60, 23, 59), strict=True)):
        return None
    before = y - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 + sum(DAYS[: mo - 1]) + (mo > 2 and is_leap) + d
    offset = (-1 if sign == "-" else 1) * (clock[3] * 60 + clock[4])
    seconds = (days - 719_163) * 86_400 + clock[0] * 3_600 + (clock[1] - offset) * 60 + clock[2]
    return seconds * 1_000 + int(part.ljust(3, "0")[:3])
