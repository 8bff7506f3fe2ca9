"""How each shape of value is read and written: the one module that imports cattrs.

Hooks are prepared once for each shape. Those that read say only that something is wrong, unless they are to locate it:
then the error bears its path, for `named`. So a record that is right is read at full speed, and one that is not twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from operator import is_
from typing import NamedTuple, TypeAlias, cast

from cattrs import AttributeValidationNote as AtField
from cattrs import BaseValidationError, Converter, ForbiddenExtraKeysError, IterableValidationError
from cattrs import IterableValidationNote as AtIndex
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from ..errors import InvalidValue, UnicommerceError, UnknownKind
from ..ledger import Document, Event, ReasonCode
from .arrays import (
    Reader,
    Writer,
    is_list,
    is_row,
    is_sorted,
    list_reader,
    list_writer,
    row_reader,
    row_writer,
    sorted_reader,
    sorted_writer,
)
from .leaves import code, decimal, decimal_text, is_scalar, no_float, number, scalar, text, text_of

__all__ = ["Hooks", "Plain", "Upcaster", "named", "prepare"]

Plain: TypeAlias = dict[str, object]
Upcaster: TypeAlias = Callable[[Plain], Plain]


class Hooks(NamedTuple):
    """What reads and what writes a shape of value; each is made when it is first asked for."""

    reader: Callable[[object], Reader]
    writer: Callable[[object], Writer]


def prepare(
    *,
    events: Mapping[str, type[Event]],
    documents: Mapping[str, type[Document]],
    reasons: Iterable[type[ReasonCode]],
    upcasters: Mapping[str, Upcaster],
    is_locating: bool,
) -> Hooks:
    """Return the hooks for these kinds."""
    converter = Converter(detailed_validation=is_locating, forbid_extra_keys=True)
    _add_leaves(converter, {member.value: member for table in reasons for member in table})
    _add_shapes(converter)
    _add_kinds(converter, events, documents, upcasters)
    return Hooks(converter.get_structure_hook, converter.get_unstructure_hook)


def named(error: BaseException, path: str = "") -> UnicommerceError:
    """Return the first thing that went wrong as an error of ours, with the path to it."""
    if isinstance(error, BaseValidationError):
        first = error.exceptions[0]
        for note in getattr(first, "__notes__", ()):
            if isinstance(note, AtField):
                path += f".{note.name}"
            elif isinstance(note, AtIndex):
                path += f"[{note.index}]"
        return named(first, path)
    path = path.lstrip(".")
    if isinstance(error, UnknownKind):
        return error
    if isinstance(error, InvalidValue):
        return InvalidValue(f"{path}.{error.field}".strip(".") or "record", error.value, error.needed)
    if isinstance(error, ForbiddenExtraKeysError):
        unknown = min(error.extra_fields)
        return InvalidValue(f"{path}.{unknown}".lstrip("."), unknown, f"a field of {error.cl.__name__}")
    if isinstance(error, KeyError):
        return InvalidValue(path or "record", "nothing", "a value, and the field may not be left out")
    return InvalidValue(path or "record", str(error), "a value that can stand here")


def _add_leaves(converter: Converter, codes: Mapping[str, ReasonCode]) -> None:
    # Subclasses of text, enums among them, come to the hook of text, which is told the shape that is wanted.
    for shape, read, write in (
        (str, text, text_of),
        (int, number, number),
        (bool, scalar(bool), scalar(bool)),
        (float, no_float, no_float),
        (Decimal, decimal, decimal_text),
        (ReasonCode, partial(code, codes), lambda value: code(codes, value).value),
    ):
        converter.register_structure_hook(shape, read)
        converter.register_unstructure_hook(shape, write)


def _located(values: Sequence[object], hooks: Iterable[tuple[Reader, object]]) -> list[object]:
    found = []
    for index, (value, (hook, shape)) in enumerate(zip(values, hooks, strict=False)):
        try:
            found.append(hook(value, shape))
        except Exception as error:  # noqa: BLE001 - whatever it is, it was here
            error.add_note(AtIndex("", index, shape))
            raise IterableValidationError("array", [error], tuple) from None
    return found


def _add_shapes(converter: Converter) -> None:
    read, write = converter.get_structure_hook, converter.get_unstructure_hook
    locate = _located if converter.detailed_validation else None
    for is_such, reader, writer in (
        (is_list, lambda shape: list_reader(shape, read, locate), lambda shape: list_writer(shape, write)),
        (is_row, lambda shape: row_reader(shape, read, locate), lambda shape: row_writer(shape, write)),
        (is_sorted, lambda shape: sorted_reader(shape, read), lambda shape: sorted_writer(shape, write)),
        (is_scalar, scalar, scalar),
    ):
        converter.register_structure_hook_factory(is_such, reader)
        converter.register_unstructure_hook_factory(is_such, writer)


def _add_kinds(
    converter: Converter,
    events: Mapping[str, type[Event]],
    documents: Mapping[str, type[Document]],
    upcasters: Mapping[str, Upcaster],
) -> None:
    """Register events and documents, each an object with its kind wherever it stands, and `object`: what was asked."""
    kinds: dict[str, type] = {**events, **documents}
    read_asked, write_asked = _asked(
        converter, _kind_reader(converter, kinds, kinds, upcasters), _kind_writer(converter, kinds)
    )
    shapes: list[tuple[object, Mapping[str, type]]] = [(shape, {kind: shape}) for kind, shape in kinds.items()]
    shapes += [(Event, events), (Document, documents)]
    for wanted, allowed in shapes:
        read, write = _kind_reader(converter, kinds, allowed, upcasters), _kind_writer(converter, allowed)
        converter.register_structure_hook_func(partial(is_, wanted), read)
        converter.register_unstructure_hook_func(partial(is_, wanted), write)
    converter.register_structure_hook_func(partial(is_, object), read_asked)
    converter.register_unstructure_hook_func(partial(is_, object), write_asked)


def _kind_reader(
    converter: Converter, kinds: Mapping[str, type], allowed: Mapping[str, type], upcasters: Mapping[str, Upcaster]
) -> Reader:
    hooks: dict[str, tuple[Reader, type]] = {}

    def read(value: object, _shape: object) -> object:
        kind = value.get("kind") if type(value) is dict else None
        if type(value) is not dict or type(kind) is not str or kind not in hooks:
            value = _newest(value, upcasters)
            kind = str(value["kind"])
            hooks[kind] = hooks.get(kind) or hook_of(kind)
        hook, shape = hooks[kind]
        del value["kind"]
        return hook(value, shape)

    def hook_of(kind: str) -> tuple[Reader, type]:
        if kind not in kinds:
            raise UnknownKind(kind)
        if kind not in allowed:
            raise InvalidValue("kind", kind, " or ".join(allowed))
        return cast("Reader", make_dict_structure_fn(kinds[kind], converter)), kinds[kind]

    return read


def _newest(value: object, upcasters: Mapping[str, Upcaster]) -> Plain:
    kind: object = None
    for _ in range(len(upcasters) + 1):
        kind = value.get("kind") if isinstance(value, dict) else None
        if not isinstance(value, dict) or type(kind) is not str:
            raise InvalidValue("kind", kind, "the kind of an object")
        if kind not in upcasters:
            return value
        value = upcasters[kind](value)
    raise InvalidValue("kind", kind, "a kind whose upcasters come to an end")


def _kind_writer(converter: Converter, allowed: Mapping[str, type]) -> Writer:
    kinds = {shape: kind for kind, shape in allowed.items()}
    hooks: dict[type, Callable[[object], Plain]] = {}

    def write(value: object) -> Plain:
        shape = type(value)
        if (hook := hooks.get(shape)) is None:
            if shape not in kinds:
                raise UnknownKind(getattr(value, "kind", shape.__name__))
            hook = hooks[shape] = make_dict_unstructure_fn(shape, converter)
        try:
            plain = hook(value)
        except InvalidValue as error:
            raise InvalidValue(f"{kinds[shape]} {error.field}".rstrip(), error.value, error.needed) from None
        plain["kind"] = kinds[shape]
        return plain

    return write


def _asked(converter: Converter, read_kind: Reader, write_kind: Writer) -> tuple[Reader, Writer]:
    """Return the hooks of what was asked: whatever it is, it comes back as the same value of the same type."""
    leaf = scalar(None | bool | int | str)
    values = tuple[object, ...]

    def read(value: object, shape: object) -> object:
        if isinstance(value, list):
            return converter.get_structure_hook(values)(value, values)
        if isinstance(value, dict):
            return decimal(value["decimal"]) if value.keys() == {"decimal"} else read_kind(value, shape)
        return leaf(value)

    def write(value: object) -> object:
        if type(value) is tuple:
            return [write(each) for each in value]
        if type(value) is Decimal:
            return {"decimal": decimal_text(value)}
        return leaf(value) if value is None or type(value) in (bool, int, str) else write_kind(value)

    return read, write
