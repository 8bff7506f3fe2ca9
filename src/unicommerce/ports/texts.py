"""A text in JSON as values: exact, bounded before anything is made of it, and each field said once.

Numbers never pass through a float; what is too long, too deep, or says a field twice is refused. Which of two values
under one name counts, no reader may choose: the sender's own may have chosen the other.
"""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from ..errors import InvalidValue

__all__ = ["SIGNS", "number_of", "read_json"]

LARGEST_MESSAGE = 4 * 1024 * 1024
"""Characters of a message that is read."""
DEEPEST = 40
LONGEST_NUMBER = 40
SIGNS = {".": "a decimal point", ",": "a decimal comma"}


def read_json(text: str, list_as: str = "") -> object:
    """Return what a text in JSON says; `list_as` is what errors call a list at the top.

    Raises `InvalidValue` for text that is none, is too long or too deep, or says a field twice.
    """
    if len(text) > LARGEST_MESSAGE:
        raise InvalidValue("message", f"{len(text)} characters", f"at most {LARGEST_MESSAGE}")
    twice: list[tuple[object, str]] = []
    try:
        found = _parsed(text, twice)
    except RecursionError as error:
        raise InvalidValue("message", text[:80], f"at most {DEEPEST} levels deep") from error
    except json.JSONDecodeError as error:
        raise InvalidValue("message", text[:80], f"JSON: {error.msg} at {error.pos}") from error
    if _depth(found) > DEEPEST:
        raise InvalidValue("message", text[:80], f"at most {DEEPEST} levels deep")
    if twice:
        raise _said_twice(found, list_as if isinstance(found, list) else "", *twice[-1])
    return found


def number_of(text: str, decimal: str = ".") -> Decimal:
    """Return a number exactly; bounded before it is made, so that no exponent fills the memory."""
    is_odd = len(text) > LONGEST_NUMBER or (decimal != "." and "." in text)
    try:
        number = None if is_odd else Decimal(text.strip().replace(decimal, "."))
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        raise InvalidValue("number", text[:80], f"a number of at most {LONGEST_NUMBER} digits, with {SIGNS[decimal]}")
    return number


def _parsed(text: str, twice: list[tuple[object, str]]) -> object:
    """Return a text in JSON, and keep each object that says a field twice; those around come behind those within."""

    def held(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice.append((found, next(name for n, name in enumerate(names) if name in names[:n])))
        return found

    value: object = json.loads(
        text, object_pairs_hook=held, parse_float=number_of, parse_int=number_of, parse_constant=_constant
    )
    return value


def _said_twice(value: object, list_as: str, where: object, name: str) -> InvalidValue:
    """Return the error that names the field which is said twice, by its path."""
    path = next((path for path, each in _nodes(value, list_as) if each is where), "")
    return InvalidValue(f"{path}.{name}" if path else name, "said twice", "a field that is said once")


def _nodes(value: object, path: str) -> Iterator[tuple[str, object]]:
    yield path, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _nodes(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _nodes(each, f"{path}[{n}]")


def _constant(text: str) -> object:
    raise InvalidValue("number", text, "a number")


def _depth(value: object) -> int:
    """Return how deep a value is, without going deeper than it may be."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        depth += 1
        below: list[object] = []
        for each in level:
            below += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        level = below
    return depth
