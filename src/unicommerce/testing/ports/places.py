"""The places of a message: each value that says something, and the message with another value there.

JSON is taken apart by its objects and lists, any other text by its lines and separators, so that a CSV or an EDI
message has places too: the first token of a line names it, as `PO1.02` names the second element of a segment PO1.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, TypeVar

__all__ = ["Place", "Strange", "is_json", "json_nodes", "json_strange", "number", "places", "spread", "within"]

T = TypeVar("T")


class Place(NamedTuple):
    """A value of a message, and how another is put there; `put(None)` takes it away, name and all."""

    path: str
    value: object
    put: Callable[[object], str]

    @property
    def kind(self) -> str:
        """Return the names that lead to it: the same for each line of an order."""
        return re.sub(r"\[\d+\]\.?", ".", self.path).strip(".")

    def like(self, value: Decimal) -> str:
        """Return the message with a number there, written as the one that is there now."""
        if isinstance(self.value, str):
            return self.put(f"{value:f}")
        return self.put(int(value) if value == value.to_integral_value() else float(value))


class Strange(NamedTuple):
    """A message with an unknown value in it: the name that `unread` is to give, and in which object it is."""

    body: str
    name: str
    inside: str = ""


def is_json(body: str) -> bool:
    """Tell whether a message is an object in JSON."""
    return body.lstrip().startswith("{")


def number(value: object) -> Decimal | None:
    """Return the number that a value is, also where it is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if not re.fullmatch(r"-?\d{1,18}(\.\d{1,6})?", str(value)):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def places(body: str) -> list[Place]:
    """Return every value of a message that says something."""
    if not is_json(body):
        return list(_tokens(body))
    return [
        node for node in json_nodes(body) if not isinstance(node.value, dict | list) and node.value not in (None, "")
    ]


def json_nodes(body: str) -> list[Place]:
    """Return every value of a message in JSON, objects and lists too; the outermost is not among them."""
    whole: object = json.loads(body)
    return [Place(_path(steps), value, _putter(whole, steps)) for steps, value in _nodes(whole, ())]


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


def _tokens(body: str) -> Iterator[Place]:
    for row, line in enumerate(re.finditer(r"[^\r\n~']+", body)):
        first = ""
        for token in re.finditer(r"[^*|,;:+\t]+", line[0]):
            first = first or token[0].strip()
            index = len(re.findall(r"[*|,;:+\t]", line[0][: token.start()]))
            start, end = line.start() + token.start(), line.start() + token.end()
            yield Place(f"[{row}].{first}.{index:02}", token[0].strip(), _splice(body, start, end))


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
