"""The places of a message: each value that says something, and the message with another value there.

JSON is taken apart by its objects and lists, any other text by its lines and separators, so that a CSV or an EDI
message has places too: the first token of a line names it, as `PO1.02` names the second element of a segment PO1.

Numbers that are text are seen in each common spelling, and other numbers are put there in the same: 1,234.50 and
1.234,50, 1 234.50, 1'234.50. What could be two numbers (1,234) is the one that others of its message are like.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple, TypeVar

__all__ = ["Place", "Strange", "is_json", "json_nodes", "json_strange", "places", "spread", "within"]

T = TypeVar("T")


WRITTEN = (
    r"(?P<sign>-?)(?P<whole>\d{1,18}|\d{1,3}(?P<between>[.,'\u2019 \xa0\u202f])\d{3}(?:(?P=between)\d{3}){0,4})"
    r"(?:(?P<point>[.,])(?P<part>\d{1,6}))?"
)
DECORATED = rf"[-+(]?\s?(?:\W|[A-Z]{{3}})?\s?{WRITTEN}\s?(?:\W|[A-Z]{{3}})?[-+)]?"
"""A number with another sign, or a currency, before or behind it."""


class Spelling(NamedTuple):
    """How a number is written: its digits, the sign before its decimals, "" where it has none, and between thousands.

    `is_open`: it could be a number of thousands as well, such as 1,234.
    """

    digits: str
    point: str
    between: str
    is_open: bool

    @classmethod
    def of(cls, text: str, pattern: str = WRITTEN) -> "Spelling | None":
        """Return how a text is written as a number; None where it is none."""
        found = re.fullmatch(pattern, text, re.ASCII)
        if not found or (found["point"] and found["point"] == found["between"]):
            return None
        whole, between, point, part = (found[name] or "" for name in ("whole", "between", "point", "part"))
        is_open = bool(point and not between and len(part) == 3 and len(whole) <= 3 and whole[0] != "0")
        plain = whole.replace(between, "") if between else whole
        return cls(f"{found['sign']}{plain}{'.' if part else ''}{part}", point, between, is_open)

    def in_message(self, point: str) -> "Spelling | None":
        """Return how it is written in a message with this decimal sign; None where nobody can tell.

        Groups of digits without decimals may be an address or a telephone.
        """
        if not self.point:
            is_clear = not self.between or (point not in {"", self.between} and not self.between.isspace())
            return self._replace(point=point or ".") if is_clear else None
        if not self.is_open or self.point == (point or "."):
            return self
        return Spelling(self.digits.replace(".", ""), point, self.point, is_open=False) if point else None

    def write(self, value: Decimal) -> str:
        """Return another number in the same spelling."""
        signs = {",": self.between, ".": self.point}
        return "".join([signs.get(each, each) for each in f"{value:,f}"])


def decimal_sign(values: Iterable[object]) -> str:
    """Return the sign before decimals in the numbers of a message that are text; "" where they do not show one."""
    found = [Spelling.of(value) for value in values if isinstance(value, str)]
    signs = {each.point for each in found if each and each.point and not each.is_open}
    return signs.pop() if len(signs) == 1 else ""


class Place(NamedTuple):
    """A value of a message, and how another is put there; `put(None)` takes it away, name and all.

    `decimal` is the sign before decimals in its message, as others of its numbers show it.
    """

    path: str
    value: object
    put: Callable[[object], str]
    decimal: str = ""

    @property
    def kind(self) -> str:
        """Return the names that lead to it: the same for each line of an order."""
        return re.sub(r"\[\d+\]\.?", ".", self.path).strip(".")

    @property
    def number(self) -> Decimal | None:
        """Return the number that its value is, also where it is written as text."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | str):
            return None
        spelling = self._spelling()
        return Decimal(spelling.digits) if spelling else None

    @property
    def is_like_an_amount(self) -> bool:
        """Tell whether it looks like a number with decimals, and is none that can be read."""
        if not isinstance(self.value, str) or self.number is not None:
            return False
        found = Spelling.of(self.value, DECORATED)
        return bool(found and found.point)

    @property
    def has_decimals(self) -> bool:
        """Tell whether it is a number that is written with decimals."""
        spelling = self._spelling() if isinstance(self.value, float | str) else None
        return bool(spelling and "." in spelling.digits)

    def like(self, value: Decimal) -> str:
        """Return the message with a number there, written as the one that is there now."""
        if isinstance(self.value, str):
            spelling = self._spelling()
            return self.put(spelling.write(value) if spelling else f"{value:f}")
        return self.put(int(value) if value == value.to_integral_value() else float(value))

    def _spelling(self) -> Spelling | None:
        found = Spelling.of(str(self.value))
        return found.in_message(self.decimal if isinstance(self.value, str) else ".") if found else None


class Strange(NamedTuple):
    """A message with an unknown value in it: the name that `unread` is to give, and in which object it is."""

    body: str
    name: str
    inside: str = ""


def is_json(body: str) -> bool:
    """Tell whether a message is an object in JSON."""
    return body.lstrip().startswith("{")


def places(body: str, decimal: str | None = None) -> list[Place]:
    """Return every value of a message that says something; `decimal` is the sign in its numbers, where it is known."""
    if not is_json(body):
        return list(_tokens(body, decimal))
    nodes = json_nodes(body, decimal)
    return [node for node in nodes if not isinstance(node.value, dict | list) and node.value not in (None, "")]


def json_nodes(body: str, decimal: str | None = None) -> list[Place]:
    """Return every value of a message in JSON, objects and lists too; the outermost is not among them."""
    whole: object = json.loads(body)
    nodes = list(_nodes(whole, ()))
    sign = decimal_sign([value for _, value in nodes]) if decimal is None else decimal
    return [Place(_path(steps), value, _putter(whole, steps), sign) for steps, value in nodes]


def _nodes(value: object, above: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], object]]:
    inside: Iterable[tuple[str | int, object]] = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, each in inside:
        yield (*above, step), each
        yield from _nodes(each, (*above, step))


def _path(steps: tuple[str | int, ...]) -> str:
    return "".join([f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps]).removeprefix(".")


def _putter(whole: object, steps: tuple[str | int, ...]) -> Callable[[object], str]:
    return lambda value: json.dumps(_with(whole, steps, value), ensure_ascii=False)


def _with(inside: object, steps: tuple[str | int, ...], value: object) -> object:
    """Return an object or a list with another value at the end of a path, or without it; the rest is shared."""
    step, *below = steps
    if isinstance(inside, dict):
        new = _with(inside[step], tuple(below), value) if below else value
        return {name: new if name == step else each for name, each in inside.items() if name != step or new is not None}
    assert isinstance(inside, list)
    assert isinstance(step, int)
    new = _with(inside[step], tuple(below), value) if below else value
    return [*inside[:step], *([] if new is None else [new]), *inside[step + 1 :]]


def _tokens(body: str, decimal: str | None) -> Iterator[Place]:
    found = list(_split(body))
    sign = decimal_sign([value for _, value, _ in found]) if decimal is None else decimal
    for path, value, (start, end) in found:
        yield Place(path, value, _splice(body, start, end), sign)


def _split(body: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Yield each token of a text, and where it stands. A comma is no separator in a line that has a stronger one."""
    for row, line in enumerate(re.finditer(r"[^\r\n~']+", body)):
        first, separators = "", "*|;:+\t" if re.search(r"[*|;\t]|^[A-Z]{3}\+", line[0]) else "*|,;:+\t"
        for token in re.finditer(f"[^{separators}]+", line[0]):
            first = first or token[0].strip()
            index = len(re.findall(f"[{separators}]", line[0][: token.start()]))
            start, end = line.start() + token.start(), line.start() + token.end()
            yield f"[{row}].{first}.{index:02}", token[0].strip(), (start, end)


def _splice(body: str, start: int, end: int) -> Callable[[object], str]:
    return lambda value: f"{body[:start]}{'' if value is None else value}{body[end:]}"


def json_strange(body: str) -> Iterator[Strange]:
    """Yield a message in JSON with an unknown field in one of its objects, each in turn."""
    name = "unheard_of"
    if is_json(body):
        yield Strange(json.dumps({**json.loads(body), name: "strange"}), name)
        for node in json_nodes(body):
            if isinstance(node.value, dict):
                yield Strange(node.put({**node.value, name: "strange"}), name, node.path)


def within(path: str, inside: str) -> bool:
    """Tell whether a path leads into an object."""
    return not inside or path.startswith((f"{inside}.", f"{inside}["))


def spread(found: Iterable[T], most: int) -> list[T]:
    """Return so many of them, from all over."""
    listed = list(found)
    return listed if len(listed) <= most else [listed[i * len(listed) // most] for i in range(most)]
