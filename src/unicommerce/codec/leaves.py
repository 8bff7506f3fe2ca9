"""What stands at the ends of a record, checked when it is read and when it is written: what is written can be read.

A whole number has 64 bits and is neither `True` nor `1.0`; a decimal is text; no float is a number here. An error says
what was needed and leaves it to the caller to say where.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Protocol, TypeGuard, Union, get_args, get_origin

from ..errors import InvalidValue, UnknownKind
from ..ledger import ReasonCode

__all__ = [
    "code",
    "decimal",
    "decimal_text",
    "is_number",
    "is_scalar",
    "no_float",
    "number",
    "scalar",
    "text",
    "text_of",
]

_DECIMAL = re.compile(r"-?[0-9]{1,40}([.][0-9]{1,40})?")


def is_number(value: object) -> TypeGuard[int]:
    """Tell whether this is a whole number of 64 bits."""
    return type(value) is int and -(2**63) <= value < 2**63


def number(value: object, _shape: object = int) -> int:
    """Return a whole number."""
    if type(value) is int and -(2**63) <= value < 2**63:
        return value
    raise InvalidValue("", value, "a whole number of 64 bits")


def text_of(value: object) -> str:
    """Return a text, or the text of an enum's member, to write."""
    if isinstance(value, str):
        return str(value.value if isinstance(value, Enum) else value)
    raise InvalidValue("", value, "text")


def text(value: object, shape: type[str]) -> str:
    """Return what was read as text, or as the member of an enum that the text names."""
    if type(value) is not str:
        raise InvalidValue("", value, "text")
    if shape is str:
        return value
    try:
        return shape(value)
    except ValueError:
        raise InvalidValue("", value, f"a {shape.__name__}") from None


def code(codes: Mapping[str, ReasonCode], value: object, shape: type[ReasonCode] = ReasonCode) -> ReasonCode:
    """Return the reason code that a text names, or the very code, where it is one that can be named."""
    found = codes.get(value) if isinstance(value, str) else None
    if not isinstance(found, shape) or type(value) not in (str, type(found)):
        raise UnknownKind(value)
    return found


def decimal(value: object, _shape: object = Decimal) -> Decimal:
    """Return the decimal that a text says."""
    if type(value) is str and _DECIMAL.fullmatch(value):
        return Decimal(value)
    raise InvalidValue("", value, "a decimal as text, without exponent, of at most 40 digits on each side of the point")


def decimal_text(value: object) -> str:
    """Return a decimal as text, its scale kept."""
    is_small = type(value) is Decimal and value.is_finite() and abs(value.adjusted()) <= 40
    return format(decimal(format(value, "f") if is_small else value), "f")


def no_float(value: object, _shape: object = float) -> float:
    """Refuse a number with a point."""
    raise InvalidValue("", value, "a whole number, or a decimal as text: no float decides anything")


def is_scalar(shape: object) -> bool:
    """Tell whether a shape is a union of plain types."""
    return get_origin(shape) in (Union, UnionType) and {*get_args(shape)} <= {bool, int, str, NoneType}


class _Check(Protocol):
    """Returns a value that can stand here, read or written, or raises `InvalidValue`."""

    def __call__(self, value: object, shape: object = None, /) -> object: ...


def scalar(shape: object) -> _Check:
    """Return the check of a value of one of several plain types, read or written."""
    allowed = get_args(shape) or (shape,)

    def check(value: object, _shape: object = None, /) -> object:
        if type(value) in allowed:
            return number(value) if type(value) is int else value
        if isinstance(value, Enum) and str in allowed:
            return text_of(value)
        raise InvalidValue("", value, " or ".join([each.__name__ for each in allowed]))

    return check
