"""Arrays: lists of one shape, rows of several, and, sorted so that each has one form, sets and mappings by rows.

A row is a tuple of several shapes or a named tuple. The last values of a named tuple that are at their default are left
out. Rows of nothing but text and whole numbers, which are most of a journal, are checked all at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from types import GenericAlias
from typing import Protocol, TypeAlias, cast, get_args, get_origin, get_type_hints

from ..errors import InvalidValue
from .leaves import is_number

__all__ = [
    "Locate",
    "Reader",
    "Writer",
    "is_list",
    "is_row",
    "is_sorted",
    "list_reader",
    "list_writer",
    "row_reader",
    "row_writer",
    "sorted_reader",
    "sorted_writer",
]

Reader: TypeAlias = Callable[[object, object], object]
Writer: TypeAlias = Callable[[object], object]
Locate: TypeAlias = Callable[[Sequence[object], Iterable[tuple[Reader, object]]], list[object]]
"""Reads values, each by its hook, and says where one fails; None where nobody asks."""


def is_list(shape: object) -> bool:
    """Tell whether a shape is a tuple of any number of values of one shape."""
    return get_origin(shape) is tuple and get_args(shape)[1:] == (Ellipsis,)


def list_reader(shape: object, hook_of: Callable[[object], Reader], locate: Locate | None) -> Reader:
    """Return what reads a list, each value by the hook of its shape."""
    one = get_args(shape)[0]
    hook = hook_of(one)

    def read(value: object, _shape: object) -> tuple[object, ...]:
        if type(value) is not list:
            raise InvalidValue("", value, "an array")
        if locate is not None:
            return tuple(locate(value, repeat((hook, one))))
        return tuple([hook(each, one) for each in value])

    return read


def list_writer(shape: object, hook_of: Callable[[object], Writer]) -> Writer:
    """Return what writes a list."""
    hook = hook_of(get_args(shape)[0])

    def write(value: object) -> list[object]:
        if not isinstance(value, tuple):
            raise InvalidValue("", value, "a tuple")
        return [hook(each) for each in value]

    return write


def is_row(shape: object) -> bool:
    """Tell whether a shape is a tuple of several shapes, or a named tuple."""
    is_named = isinstance(shape, type) and issubclass(shape, tuple) and hasattr(shape, "_fields")
    return is_named or (get_origin(shape) is tuple and not is_list(shape))


class _Make(Protocol):
    def __call__(self, *values: object) -> object: ...


def _columns(shape: type) -> tuple[list[object], list[object], _Make]:
    """Return the shapes of a row's values, the defaults of the last of them, and what makes the row of its values."""
    if get_origin(shape) is tuple:
        return [*get_args(shape)], [], lambda *values: values
    columns = [getattr(column, "__supertype__", column) for column in get_type_hints(shape).values()]
    return columns, [*getattr(shape, "_field_defaults", {}).values()], cast("_Make", shape)


def _fits(columns: Sequence[object], least: int) -> Callable[[Sequence[object]], bool]:
    """Return the check, all at once, of a row of text and whole numbers; a row with anything else never fits."""
    allowed = [[*columns[:length]] for length in range(least, len(columns) + 1)] if {*columns} <= {int, str} else []
    numbers = [index for index, column in enumerate(columns) if column is int]

    def fits(row: Sequence[object]) -> bool:
        return [*map(type, row)] in allowed and (
            not numbers or all(is_number(row[index]) for index in numbers if index < len(row))
        )

    return fits


def row_reader(shape: type, hook_of: Callable[[object], Reader], locate: Locate | None) -> Reader:
    """Return what reads a row."""
    columns, defaults, make = _columns(shape)
    hooks = [(hook_of(column), column) for column in columns]
    least, most = len(hooks) - len(defaults), len(hooks)
    fits = _fits(columns, least)

    def read(value: object, _shape: object) -> object:
        if type(value) is list and fits(value):
            return make(*value)
        if type(value) is not list or not least <= len(value) <= most:
            raise InvalidValue("", value, f"an array of {least} to {most} values")
        if locate is not None:
            return make(*locate(value, hooks))
        return make(*[hook(each, column) for each, (hook, column) in zip(value, hooks, strict=False)])

    return read


def row_writer(shape: type, hook_of: Callable[[object], Writer]) -> Writer:
    """Return what writes a row."""
    columns, defaults, _ = _columns(shape)
    hooks = [hook_of(column) for column in columns]
    fits = _fits(columns, len(columns))
    least = len(hooks) - len(defaults)

    def write(value: object) -> list[object]:
        if not isinstance(value, tuple) or len(value) != len(hooks):
            raise InvalidValue("", value, f"a tuple of {len(hooks)} values")
        row = [*value] if fits(value) else [hook(each) for hook, each in zip(hooks, value, strict=True)]
        while len(row) > least and value[len(row) - 1] == defaults[len(row) - 1 - least]:
            row.pop()
        return row

    # Accounts are rows of text alone, and the same few stand in most movements.
    return lru_cache(maxsize=16_384)(write) if {*columns} == {str} and defaults else write


def is_sorted(shape: object) -> bool:
    """Tell whether a shape is a set, or a mapping by rows, which no JSON object can hold."""
    origin = get_origin(shape)
    return origin is frozenset or (origin is Mapping and is_row(get_args(shape)[0]))


def _as_list(shape: object) -> GenericAlias:
    args = get_args(shape)
    return GenericAlias(tuple, (GenericAlias(tuple, args) if get_origin(shape) is Mapping else args[0], ...))


def sorted_reader(shape: object, hook_of: Callable[[object], Reader]) -> Reader:
    """Return what reads a set, or a mapping as pairs."""
    values, is_mapping = _as_list(shape), get_origin(shape) is Mapping
    hook = hook_of(values)

    def read(value: object, _shape: object) -> object:
        found = hook(value, values)
        assert isinstance(found, tuple)
        return dict(found) if is_mapping else frozenset(found)

    return read


def sorted_writer(shape: object, hook_of: Callable[[object], Writer]) -> Writer:
    """Return what writes it, in the order of its values or keys."""
    hook = hook_of(_as_list(shape))

    def write(value: object) -> object:
        if not isinstance(value, Mapping | frozenset):
            raise InvalidValue("", value, "a mapping or a frozen set")
        return hook(tuple(sorted(value.items() if isinstance(value, Mapping) else value)))

    return write
