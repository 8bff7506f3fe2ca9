"""Cells of files of separated values, both ways: records with their lines, numbers, moments and truth in a dialect.

Nothing is guessed and nothing is rounded: a number with another decimal sign, a moment of another form, a quote without
its pair are named by line and column. What a field is written as follows from its name, since units stand in names.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import Fields, amount, moment
from unicommerce.values import frozen

__all__ = ["MARK", "READ", "Dialect", "cell_of", "kind_of", "plain", "records_of"]

MARK = "\ufeff"
"""The byte-order mark that some programs put before a text."""
LARGEST_FILE = 16 * 1024 * 1024
"""Characters of a file that is read."""
TWO = "[0-9]{2}"
TOKENS = {"YYYY": TWO + TWO, **dict.fromkeys(("MM", "DD", "hh", "mm", "ss"), TWO), "ZZ": f"Z|[+-]{TWO}:?{TWO}"}
"""What a form of moments is made of: year, month, day, hour, minute, second, offset."""


@frozen(kw_only=True)
class Dialect:
    """How values are written.

    - `separator`, `decimal`: between cells, and in numbers; there is no sign between thousands.
    - `moments`: their form, such as `DD.MM.YYYY hh:mm`; what it lacks of an hour is zero. `offset` is theirs where the
    form has no `ZZ`; a place with summer time has two, and its moments are only known if their offset is written.
    - `yes`, `no`: how truth is written.
    - `has_mark`: whether a byte-order mark is written; one that is there is always read.
    """

    separator: str = ","
    decimal: str = "."
    moments: str = "YYYY-MM-DDThh:mm:ssZZ"
    offset: str = "+00:00"
    yes: str = "true"
    no: str = "false"
    has_mark: bool = False

    def __attrs_post_init__(self) -> None:
        for name, words in (("separator", (",", ";", "\t", "|")), ("decimal", (".", ","))):
            if getattr(self, name) not in words:
                raise InvalidValue(f"dialect.{name}", getattr(self, name), f"one of {words}")
        for token in TOKENS:
            if self.moments.count(token) not in ((1,) if token in {"YYYY", "MM", "DD"} else (0, 1)):
                raise InvalidValue("dialect.moments", self.moments, f"{token} once")


IDS = ("id", "order", "node", "sku", "currency")
NAMED = {**dict.fromkeys(IDS, "id"), "quantity": "whole", "price_per": "whole", "as_of": "moment", "tracking": "texts"}

ENDS = (("_minor$", "amount"), ("_at$", "moment"), ("^is_|^includes_", "flag"))


def kind_of(field: str) -> str:
    """Return how a field is written; units stand in names."""
    name = field.rpartition(".")[2]
    return NAMED.get(name) or next((kind for end, kind in ENDS if re.search(end, name)), "text")


NUMBERS = ("whole", "amount")
READ: Mapping[str, Callable[[Fields, str, str], object]] = {
    "id": lambda row, column, _: row.id(column),
    "text": lambda row, column, _: row.text(column),
    "texts": lambda row, column, _: tuple(row.text(column).split()),
    "whole": lambda row, column, _: row.whole(column),
    "amount": lambda row, column, currency: row.minor(column, currency),
    "moment": lambda row, column, _: row.moment(column),
    "flag": lambda row, column, _: row.flag(column),
}


def _number(cell: str, dialect: Dialect) -> str:
    """Return a number as all the world writes it."""
    point = re.escape(dialect.decimal)
    if not re.fullmatch(rf"[+-]?[0-9]+(?:{point}[0-9]+)?", cell):
        raise InvalidValue("", cell, f"a number such as -1234{dialect.decimal}50")
    return cell.replace(dialect.decimal, ".")


def _moment(cell: str, dialect: Dialect) -> str:
    """Return a moment as all the world writes it."""
    form = re.escape(dialect.moments)
    for token, held in TOKENS.items():
        form = form.replace(token, f"(?P<{token}>{held})")
    found = re.fullmatch(form, cell)
    if not found:
        raise InvalidValue("", cell, f"a moment such as {dialect.moments}")
    said = {"hh": "00", "mm": "00", "ss": "00", "ZZ": dialect.offset, **found.groupdict()}
    return "{YYYY}-{MM}-{DD}T{hh}:{mm}:{ss}{ZZ}".format(**said)


def _flag(cell: str, dialect: Dialect) -> bool:
    if cell not in {dialect.yes, dialect.no}:
        raise InvalidValue("", cell, f"{dialect.yes} or {dialect.no}")
    return cell == dialect.yes


PLAIN: Mapping[str, Callable[[str, Dialect], str | bool]] = {
    **dict.fromkeys(NUMBERS, _number),
    "moment": _moment,
    "flag": _flag,
}


def plain(cell: str, column: str, field: str, dialect: Dialect) -> str | bool | None:
    """Return what a cell says, in no dialect; an empty one says nothing."""
    translate = PLAIN.get(kind_of(field))
    try:
        return (translate(cell, dialect) if translate else cell) if cell else None
    except InvalidValue as error:
        raise InvalidValue(column, cell, error.needed) from error


def records_of(body: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record and the number of the line that it starts in; a record may have line ends in quotes."""
    if len(body) > LARGEST_FILE:
        raise InvalidValue("file", f"{len(body)} characters", f"at most {LARGEST_FILE}")
    reader = csv.reader(io.StringIO(body.removeprefix(MARK), newline=""), delimiter=separator, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InvalidValue(f"line {number}", f"{error}", "cells as declared, quotes in pairs") from error
        if cells is None:
            return
        if cells:
            yield number, cells


def cell_of(field: str, value: object, currency: str, dialect: Dialect) -> str:
    """Return a value as it is written in a dialect; one that is not there is an empty cell."""
    kind = kind_of(field)
    if isinstance(value, bool):
        return dialect.yes if value else dialect.no
    if isinstance(value, int) and kind == "moment":
        return _in_dialect(value, dialect)
    if isinstance(value, int) and kind in NUMBERS:
        return (amount(value, currency) if kind == "amount" else f"{value}").replace(".", dialect.decimal)
    return " ".join(value) if isinstance(value, tuple) else "" if value is None else f"{value}"


def _in_dialect(at: int, dialect: Dialect) -> str:
    ahead = -Fields({"at": f"1970-01-01T00:00:00{dialect.offset}"}).moment("at")
    parts = iter(re.split("[-T:Z.]", moment(at + ahead)))
    said = {**dict(zip(TOKENS, parts, strict=False)), "ZZ": dialect.offset}
    return re.sub("|".join(TOKENS), lambda found: said[found[0]], dialect.moments)
