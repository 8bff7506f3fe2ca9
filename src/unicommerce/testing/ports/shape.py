"""What papers are made of, read from their classes: a paper that gains a field is said, drawn and checked with it.

The kind of a field follows from its type and, for numbers, from its name: units stand in names.
"""

from collections.abc import Mapping
from typing import NamedTuple, get_args, get_type_hints

import attrs

from ...ports import Address, Item, Line, Paper

__all__ = ["CURRENCIES", "FORMS", "STATUSES", "Field", "altered", "fields_of", "paper_of", "specimen"]

FORMS: Mapping[str, type[Paper]] = {each.form: each for each in get_args(Paper)}
"""Every paper by its form."""

CURRENCIES = ("USD", "JPY", "KWD")
"""A currency of two decimals, one of none, one of three."""
STATUSES: Mapping[str, tuple[str, ...]] = {
    "payment": ("captured", "refunded"),
    "tax": ("quoted", "committed"),
    "undelivered": ("sent_back", "lost"),
}
"""Words for the status of a paper that has one, by its form."""
NOON = 1_795_780_800_000
"""A moment in November 2026."""


class Field(NamedTuple):
    """A field of a paper or of a part of it; `part` is what it is made of, where that has fields of its own."""

    name: str
    kind: str
    is_needed: bool
    default: object = None
    part: type = str

    @property
    def said(self) -> str:
        """Return what it is called in plain JSON, where amounts are written in major units."""
        return self.name.removesuffix("_minor")


def _fields(made: type) -> tuple[Field, ...]:
    hints = get_type_hints(made)
    if attrs.has(made):
        defaults: Mapping[str, object] = {each.name: each.default for each in attrs.fields(made)}
    else:
        defaults = {**dict.fromkeys(made.__annotations__, attrs.NOTHING), **getattr(made, "_field_defaults", {})}
    return tuple([_field(name, hints[name], default) for name, default in defaults.items()])


def _field(name: str, hint: object, default: object) -> Field:
    is_needed = default is attrs.NOTHING and hint != int | None
    said = None if default is attrs.NOTHING else default
    if hint in (int, int | None):
        return Field(name, _number(name), is_needed, said)
    if hint in (str, bool):
        return Field(name, "flag" if hint is bool else "id" if is_needed else "text", is_needed, said)
    inner: object = (*get_args(hint), hint)[0]
    assert isinstance(inner, type), f"{name}: papers are not made of {hint}"
    return Field(name, "texts" if inner is str else "part" if inner is hint else "parts", is_needed, said, inner)


def _number(name: str) -> str:
    return "amount" if name.endswith("_minor") else "moment" if name.endswith(("_at", "_by", "_of")) else "whole"


def _with_parts() -> dict[type, tuple[Field, ...]]:
    found: dict[type, tuple[Field, ...]] = {}
    ahead: list[type] = [*FORMS.values()]
    while ahead:
        made = ahead.pop()
        found[made] = _fields(made)
        ahead += [field.part for field in found[made] if field.part is not str and field.part not in found]
    return found


FIELDS: Mapping[type, tuple[Field, ...]] = _with_parts()
"""The fields of each paper, and of lines, items, addresses."""


def fields_of(made: type) -> tuple[Field, ...]:
    """Return the fields of a paper or of a part of one."""
    return FIELDS[made]


def paper_of(form: str, values: Mapping[str, object]) -> Paper:
    """Return the paper of a form with these fields. Raises `InvalidValue` as its class does."""
    paper: Paper = FORMS[form](**values)  # type: ignore[arg-type]  # by their kinds
    return paper


def altered(paper: Paper, changes: Mapping[str, object]) -> Paper:
    """Return a paper with some fields changed."""
    values = {field.name: getattr(paper, field.name) for field in fields_of(type(paper))}
    return paper_of(paper.form, {**values, **changes})


def specimen(form: str) -> Paper:
    """Return a paper in which every field says something; two lines are of one SKU.

    >>> specimen("delivery")
    Delivery(id='delivery-id', occurred_at=1795780800000)
    """
    return paper_of(form, {field.name: _value(field, form) for field in fields_of(FORMS[form])})


def _value(field: Field, form: str) -> object:
    fixed: Mapping[str, object] = {"currency": "USD", "status": STATUSES.get(form, ("",))[0]}
    by_kind: Mapping[object, object] = {
        "amount": 1_999,
        "moment": NOON,
        "texts": ("track-1", "track-2"),
        Address: Address("US", "KY", "40202", "Louisville"),
        Line: (Line("1", "MUG", 2, 1_250, 100, 210), Line("2", "CUP", 1, 999), Line("3", "MUG", 3, 1_250)),
        Item: (Item("MUG", 2, "1"), Item("CUP", 1, "2"), Item("MUG", 3, "3")),
        "id": f"{form}-{field.name}",
        "text": f"{form}-{field.name}",
        "whole": 2 if field.is_needed else field.default,
    }
    return fixed.get(field.name, by_kind.get(field.kind, by_kind.get(field.part, field.default)))
