"""Ports that are broken where they read a field: amounts, quantities, moments, ids."""

import time
from collections.abc import Callable
from decimal import Decimal
from itertools import count

import attrs

from ...errors import InvalidValue
from ...ports import Fields, Item, Line, Message, Paper, Reading
from .plain import PlainPort
from .shape import altered

__all__ = [
    "AllWhereNoneIsNamed",
    "AmountsAsFloats",
    "AmountsRounded",
    "BelowZeroSwallowed",
    "BelowZeroTurned",
    "CentsInAnyCurrency",
    "CurrencyAssumed",
    "DiscountsAsCharges",
    "DiscountsDropped",
    "FlagsAssumed",
    "HalvesRounded",
    "IdsCounted",
    "IdsOfTheText",
    "LastLineLost",
    "LinesMerged",
    "LocalTime",
    "OffsetsIgnored",
    "OneIdForAll",
    "OnePieceAssumed",
    "SignsTurned",
]


class AmountsAsFloats(PlainPort):
    """A cent here and there is lost."""

    def _amount(self, fields: Fields, name: str, currency: str) -> int:
        exact = super()._amount(fields, name, currency)
        return int(float(Decimal(exact) / 100) * 100) if currency == "USD" else exact


class AmountsRounded(PlainPort):
    """A thousandth of a cent is none."""

    def _amount(self, fields: Fields, name: str, currency: str) -> int:
        try:
            return super()._amount(fields, name, currency)
        except InvalidValue:
            return round(fields.decimal(name) * 100)


class CentsInAnyCurrency(PlainPort):
    """A yen has a hundred parts."""

    def _amount(self, fields: Fields, name: str, _currency: str) -> int:
        return super()._amount(fields, name, "USD")


class SignsTurned(PlainPort):
    """What goes back is below zero."""

    def _amount(self, fields: Fields, name: str, currency: str) -> int:
        amount = super()._amount(fields, name, currency)
        return -amount if name == "amount" else amount


class DiscountsAsCharges(PlainPort):
    """What is taken off is put on."""

    def _amount(self, fields: Fields, name: str, currency: str) -> int:
        amount = super()._amount(fields, name, currency)
        return -amount if name == "discount" else amount


class DiscountsDropped(PlainPort):
    """Read, and then not used."""

    def _amount(self, fields: Fields, name: str, currency: str) -> int:
        amount = super()._amount(fields, name, currency)
        return 0 if name == "discount" else amount


class BelowZeroTurned(PlainPort):
    """A loss is taken for a find."""

    def _whole(self, fields: Fields, name: str, currency: str) -> int:
        return abs(super()._whole(fields, name, currency))


class BelowZeroSwallowed(PlainPort):
    """What was lost is no item."""

    def _parts(self, fields: Fields, name: str, made: type, currency: str) -> tuple[object, ...]:
        parts = super()._parts(fields, name, made, currency)
        return tuple([part for part in parts if not isinstance(part, Item) or part.quantity >= 0])


class OnePieceAssumed(PlainPort):
    """No quantity is one."""

    def _whole(self, fields: Fields, name: str, currency: str) -> int:
        return super()._whole(fields, name, currency) if fields.has(name) else 1


class FlagsAssumed(PlainPort):
    """A flag that is not there is not raised: what came back was sold."""

    def _flag(self, fields: Fields, name: str, currency: str) -> bool:
        return super()._flag(fields, name, currency) if fields.has(name) else False


class HalvesRounded(PlainPort):
    """Half a piece is a piece."""

    def _whole(self, fields: Fields, name: str, _currency: str) -> int:
        return round(fields.decimal(name) + Decimal("0.1"))


class LinesMerged(PlainPort):
    """One line for each SKU."""

    def _parts(self, fields: Fields, name: str, made: type, currency: str) -> tuple[object, ...]:
        merged: dict[object, object] = {}
        for part in super()._parts(fields, name, made, currency):
            sku = part.sku if isinstance(part, Item) else part
            known = merged.get(sku)
            if isinstance(part, Item) and isinstance(known, Item):
                merged[sku] = known._replace(quantity=known.quantity + part.quantity)
            else:
                merged[sku] = part
        return tuple(merged.values())


class LastLineLost(PlainPort):
    """A range that is one too short."""

    def _parts(self, fields: Fields, name: str, made: type, currency: str) -> tuple[object, ...]:
        parts = super()._parts(fields, name, made, currency)
        return parts[:-1] if made is Line else parts


class LocalTime(PlainPort):
    """A moment is what the clock on the wall shows."""

    def _moment(self, fields: Fields, name: str, currency: str) -> int:
        at = super()._moment(fields, name, currency)
        return int(time.mktime(time.gmtime(at // 1_000))) * 1_000 + at % 1_000


class OffsetsIgnored(PlainPort):
    """What stands behind the seconds is left off."""

    def _moment(self, fields: Fields, name: str, _currency: str) -> int:
        return Fields({name: f"{fields.text(name)[:19]}Z"}).moment(name)


class IdsCounted(PlainPort):
    """Each reading has the next number."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self._numbers = count(1)

    def _id(self, fields: Fields, name: str, currency: str) -> str:
        id = super()._id(fields, name, currency)
        return f"{next(self._numbers)}" if name == "id" else id


class IdsOfTheText(PlainPort):
    """A message that is written in another way has another id."""

    def read(self, message: Message) -> Reading:
        """Read, and name by the length of the text and its last letters."""
        return _changed(super().read(message), lambda paper: altered(paper, {"id": f"{len(message.body)}"}))


class OneIdForAll(PlainPort):
    """The id is the name of the system."""

    def read(self, message: Message) -> Reading:
        """Read, and name all papers alike."""
        return _changed(super().read(message), _alike)


class CurrencyAssumed(PlainPort):
    """Where none is named it will be dollars."""

    def read(self, message: Message) -> Reading:
        """Read, with a currency."""
        try:
            return super().read(message)
        except InvalidValue as error:
            if error.field != "currency":
                raise
            return super().read(message._replace(body=message.body.replace("{", '{"currency": "USD", ', 1)))


class AllWhereNoneIsNamed(PlainPort):
    """Items that are missing are none, which means all."""

    def read(self, message: Message) -> Reading:
        """Read, with an empty list where there is none."""
        try:
            return super().read(message)
        except InvalidValue as error:
            if (error.field, error.value) != ("items", None):
                raise
            return super().read(message._replace(body=message.body.replace("{", '{"items": [], ', 1)))


def _changed(reading: Reading, change: Callable[[Paper], Paper]) -> Reading:
    papers = [change(paper) if hasattr(paper, "id") else paper for paper in reading.papers]
    return attrs.evolve(reading, papers=tuple(papers))


def _alike(paper: Paper) -> Paper:
    return altered(paper, {name: "shop" for name in ("id", "order") if hasattr(paper, name)})
