"""Files that are dropped in a folder: separated values with a header, a row for each line of a paper; read and written.

What a file looks like is declared, never guessed: how values are written (`Dialect`), and for each kind of file which
column is which field of which paper (`Table`). Every column is read, left by name, or listed as unread. Rows of one id
are one paper and agree on all that is said of it. A wrong row is named by its line and column, and the file is refused:
nothing of it is half done. A topic is the kind of file. Copy it with `csv_cells`; they need nothing but unicommerce.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import attrs

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Capabilities,
    Dispatch,
    Fields,
    Item,
    Line,
    Message,
    Paper,
    Reading,
    Receipt,
    SalesOrder,
    StockCount,
    Unread,
    faithful,
)
from unicommerce.values import frozen

from .csv_cells import MARK, READ, Dialect, cell_of, kind_of, plain, records_of

__all__ = ["CsvDrop", "Dialect", "Table"]


@frozen(kw_only=True)
class Table:
    """A kind of file: the field of a paper that each column is, by its name; `line.` and `item.` are those of a row.

    `left` are columns that are known and not needed. `given` are fields that all files of the kind say without a
    column, written as in the plain dialect.
    """

    form: str
    columns: Mapping[str, str]
    left: tuple[str, ...] = ()
    given: Mapping[str, str] = {}


class Shape(NamedTuple):
    """What a form of paper is made of."""

    paper: Callable[..., Paper]
    parts: str
    part: Callable[..., Line | Item]
    fields: tuple[str, ...]
    needed: tuple[str, ...]
    has_parts: bool
    least: int


def _shape(paper: type[Paper], parts: str, part: type[Line] | type[Item], least: int) -> Shape:
    """Return the fields that a column can be: of the paper, of each row, and of where it goes."""
    word = parts.removesuffix("s")
    every = attrs.fields(paper)
    whole = [field for field in every if field.type in {str, bool, int, int | None, tuple[str, ...]}]
    rows = [name for name, kind in part.__annotations__.items() if kind in {str, int, int | None}]
    address = [f"destination.{name}" for name in Address._fields] if hasattr(paper, "destination") else []
    needed = [field.name for field in whole if field.default is attrs.NOTHING]
    in_rows = [f"{word}.{name}" for name in ("sku", "quantity")]
    names = (*[field.name for field in whole], *[f"{word}.{name}" for name in rows], *address)
    has_parts = any(field.name == parts and field.default is attrs.NOTHING for field in every)
    return Shape(paper, parts, part, names, (*needed, *in_rows), has_parts, least)


SHAPES: Mapping[str, Shape] = {
    SalesOrder.form: _shape(SalesOrder, "lines", Line, 0),
    StockCount.form: _shape(StockCount, "items", Item, 0),
    Receipt.form: _shape(Receipt, "items", Item, 1),
    Dispatch.form: _shape(Dispatch, "items", Item, 1),
}


def _header(table: Table, cells: list[str]) -> list[str]:
    if missing := [name for name in table.columns if name not in cells]:
        raise InvalidValue("header", cells, f"a column {missing[0]}")
    if "" in cells or len(set(cells)) < len(cells):
        raise InvalidValue("header", cells, "columns with names of their own")
    return cells


def _rows(table: Table, dialect: Dialect, body: str) -> Iterator[tuple[int, Fields]]:
    """Yield the line of each row and its cells by column, and what is given, which no column can be called."""
    records = records_of(body, dialect.separator)
    _, first = next(records, (1, []))
    header = _header(table, first)
    given = {f"={field}": plain(value, field, field, Dialect()) for field, value in table.given.items()}
    for number, cells in records:
        if len(cells) != len(header):
            raise InvalidValue(f"line {number}", cells, f"{len(header)} cells")
        said = {
            name: plain(cell, f"line {number}.{name}", table.columns.get(name, ""), dialect)
            for name, cell in zip(header, cells, strict=True)
        }
        yield number, Fields({**said, **given}, f"line {number}").leave(*table.left)


class Group(NamedTuple):
    """Rows of one paper: where it starts, what all of them say, what each says, and the ids of lines so far."""

    row: int
    whole: dict[str, object]
    parts: list[dict[str, object]]
    ids: set[object]


class Rows:
    """The papers of a file, as its rows come."""

    def __init__(self, table: Table) -> None:
        self._shape = SHAPES[table.form]
        self._columns = {**table.columns, **{f"={field}": field for field in table.given}}
        self._by_field = {field: column for column, field in self._columns.items()}
        self._word = f"{self._shape.parts.removesuffix('s')}."
        self._groups: dict[object, Group] = {}

    def add(self, number: int, row: Fields) -> None:
        """Add a row to its paper. Raises `InvalidValue` where rows of one paper disagree."""
        currency = row.text(self._by_field["currency"]) if "currency" in self._by_field else ""
        said = {
            field: READ[kind_of(field)](row, column, currency)
            for column, field in self._columns.items()
            if row.has(column) or (field in self._shape.needed and not field.startswith(self._word))
        }
        part = {field: value for field, value in said.items() if field.startswith(self._word)}
        whole = {field: value for field, value in said.items() if field not in part}
        group = self._groups.setdefault(self._key(whole), Group(number, whole, [], set()))
        self._agree(number, whole, group)
        if part or self._shape.has_parts:
            group.parts.append(self._part(number, row, part, group))

    def _agree(self, number: int, whole: Mapping[str, object], group: Group) -> None:
        for field, column in self._by_field.items():
            if (found := whole.get(field)) != (first := group.whole.get(field)):
                raise InvalidValue(f"line {number}.{column}", found, f"{first}, as in line {group.row}")

    def _key(self, whole: Mapping[str, object]) -> object:
        """Return what tells papers apart: the id; of counts without one, where and when."""
        return whole.get("id") or (whole["node"], whole["as_of"])

    def _part(self, number: int, row: Fields, part: dict[str, object], group: Group) -> dict[str, object]:
        sku, quantity = [self._by_field[f"{self._word}{name}"] for name in ("sku", "quantity")]
        row.id(sku)
        row.whole(quantity, least=self._shape.least)
        if self._word == "line.":
            id = part.setdefault("line.id", f"{len(group.parts) + 1}")
            if id in group.ids:
                raise InvalidValue(f"line {number}.{self._by_field['line.id']}", id, "an id of its own in the order")
            group.ids.add(id)
        return part

    def papers(self) -> tuple[Paper, ...]:
        """Return the papers, in the order of their first rows."""
        return tuple([self._paper(group) for group in self._groups.values()])

    def _paper(self, group: Group) -> Paper:
        cut = len(self._word)
        parts = tuple([self._shape.part(**{f[cut:]: value for f, value in part.items()}) for part in group.parts])
        where = {f.partition(".")[2]: f"{value}" for f, value in group.whole.items() if f.startswith("destination.")}
        rest = {field: value for field, value in group.whole.items() if "." not in field}
        if "id" not in rest:
            rest["id"] = f"{rest['node']}/{rest['as_of']}"
        if where:
            rest["destination"] = Address(**where)
        try:
            return self._shape.paper(**{**rest, self._shape.parts: parts})
        except InvalidValue as error:
            raise InvalidValue(f"line {group.row}: {error.field}", error.value, error.needed) from error


def _said(paper: Paper, part: Line | Item | None, field: str) -> object:
    where, _, name = field.rpartition(".")
    holder: object = {"": paper, "destination": getattr(paper, "destination", None)}.get(where, part)
    return getattr(holder, name, None)


class CsvDrop:
    """The port of a folder of files."""

    def __init__(self, system: str, tables: Mapping[str, Table], dialect: Dialect | None = None) -> None:
        for topic, table in tables.items():
            _check(topic, table)
        forms = tuple(dict.fromkeys(table.form for table in tables.values()))
        self.capabilities = Capabilities(system=system, reads=forms, writes=forms)
        self._tables, self._dialect = tables, dialect or Dialect()

    def read(self, message: Message) -> Reading:
        """Return what a file says. Raises `InvalidValue` for a kind that is not declared, and for a wrong row."""
        if message.topic not in self._tables:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(self._tables)}")
        table = self._tables[message.topic]
        rows, unread = Rows(table), list[Unread]()
        for number, row in _rows(table, self._dialect, message.body):
            rows.add(number, row)
            unread += row.unread()
        return Reading(papers=rows.papers(), unread=tuple(unread))

    def write(self, paper: Paper) -> Message:
        """Return the file that says a paper. Raises `InvalidValue` for a form or a field that has no column."""
        self.capabilities.takes(paper)
        topic, table = next(each for each in self._tables.items() if each[1].form == paper.form)
        return faithful(self, paper, Message(topic, self._written(table, paper)))

    def _written(self, table: Table, paper: Paper) -> str:
        dialect, currency = self._dialect, getattr(paper, "currency", "")
        file = io.StringIO(newline="")
        writer = csv.writer(file, delimiter=dialect.separator, lineterminator="\r\n")
        writer.writerow(table.columns)
        for part in getattr(paper, SHAPES[paper.form].parts) or (None,):
            fields = table.columns.values()
            writer.writerow([cell_of(field, _said(paper, part, field), currency, dialect) for field in fields])
        return MARK * dialect.has_mark + file.getvalue()


def _check(topic: str, table: Table) -> None:
    """Check what is declared of a kind of file, once, before any file comes."""
    if table.form not in SHAPES:
        raise InvalidValue(f"{topic}.form", table.form, f"one of {', '.join(SHAPES)}")
    shape, said = SHAPES[table.form], (*table.columns.values(), *table.given)
    if odd := [field for field in said if field not in shape.fields or said.count(field) > 1]:
        raise InvalidValue(f"{topic}.columns", odd[0], f"once, one of {', '.join(shape.fields)}")
    optional = {"id"} if table.form == StockCount.form else set()
    if missing := [field for field in shape.needed if field not in said and field not in optional]:
        raise InvalidValue(f"{topic}.columns", list(said), f"a column of {missing[0]}")
