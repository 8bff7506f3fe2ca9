"""Messages that nobody should send: a port gives a reading or an `InvalidValue` with a field, in time."""

import json
from collections.abc import Callable, Iterator

from .places import Place, is_json, json_nodes, places, spread
from .subject import PortBench, PortCheck

__all__ = ["HOSTILE"]

MOST = 120
"""Places of a message that are tried; of those that are alike, as in each line, the last."""

OTHERS: tuple[object, ...] = ("x", "", 1.5, True, None, [], [None], [{}], {"a": 1})
NUMBERS: tuple[object, ...] = (
    10**30,
    -(10**30),
    10**400,
    1e308,
    "9" * 5_000,
    "1e999999999",
    "-0",
    "NaN",
    "Infinity",
    "0x1f",
    "1_000",
    "١٢",
    "1,5",
)
TEXTS = (
    "\x00",
    "a\x1bb",
    "\u202eabc",
    "\ud800",
    "a\nb",
    "﷽" * 300,
    "x" * 5_000,
    "a\u0308",
    " a",
    "'; --",
    '*~:^|,"\t',
)


def cut_short(body: str) -> Iterator[str]:
    """Cut short at any place, or empty."""
    yield from spread([body[:end] for end in range(len(body))], MOST)
    yield from ("", " ", "\n", "\x00", "null", "[]", "{}", "0", '""', "[{}]", "~", ",")


def less_a_field(body: str) -> Iterator[str]:
    """Without one of its fields, lists or objects."""
    yield from [node.put(None) for node in _nodes(body)]


def with_another_kind_of_value(body: str) -> Iterator[str]:
    """With a text, a number, a list, an object or nothing where something else belongs."""
    for node in _nodes(body):
        yield from [node.put(other) for other in OTHERS]


def with_a_field_renamed(body: str) -> Iterator[str]:
    """With a field under another name."""
    for node in _objects(body):
        assert isinstance(node.value, dict)
        for name, value in node.value.items():
            rest = {other: each for other, each in node.value.items() if other != name}
            for new in (name.upper(), f"{name} ", ""):
                yield node.put({**rest, new: value})


def with_a_field_twice(body: str) -> Iterator[str]:
    """With a field that stands there twice, or all of it twice."""
    yield body + body
    yield f"{body}\n{body}"
    for name in json.loads(body) if is_json(body) else ():
        for value in ("null", '"x"', "[]", "{}", "-1"):
            yield f"{body.rstrip()[:-1]}, {json.dumps(name)}: {value}}}"


def with_a_list_shuffled(body: str) -> Iterator[str]:
    """With a list in another order, or each of it many times."""
    for node in _nodes(body):
        if isinstance(node.value, list):
            yield from (node.put(node.value[::-1]), node.put(node.value * 2), node.put((node.value * 50)[:500]))
    lines = body.splitlines(keepends=True)
    yield from ("".join(reversed(lines)), "".join(lines * 2))


def with_a_huge_number(body: str) -> Iterator[str]:
    """With a number that no number can be, or that is written as none is."""
    for node in _nodes(body):
        if node.number is not None:
            yield from [node.put(other) for other in NUMBERS]


def nested_deep(body: str) -> Iterator[str]:
    """With lists and objects in each other, thousands deep."""
    for depth in (50, 900, 100_000):
        yield from ("[" * depth, '{"a":' * depth, "[" * depth + "]" * depth)
        for name in spread(json.loads(body) if is_json(body) else (), 5):
            yield f"{body.rstrip()[:-1]}, {json.dumps(name)}: {'[' * depth + ']' * depth}}}"


def with_letters_of_all_kinds(body: str) -> Iterator[str]:
    """With control characters, half characters, separators and endless texts."""
    for node in _nodes(body):
        if isinstance(node.value, str):
            yield from [node.put(text) for text in TEXTS]
    yield from (
        f"\x00{body}",
        f"{body}\x00",
        body.replace("\n", "\r"),
        body.replace(" ", "\xa0"),
        f"{body}{' ' * 10**6}",
    )


def in_another_encoding(body: str) -> Iterator[str]:
    """Read with the wrong encoding, or with a mark of bytes before it."""
    yield f"\ufeff{body}"
    for sent, read in (("utf-16", "latin-1"), ("utf-8", "latin-1"), ("utf-8", "cp1252"), ("utf-32-le", "utf-8")):
        yield body.encode(sent, "replace").decode(read, "replace")


def _check(bodies: Callable[[str], Iterator[str]]) -> PortCheck:
    def run(bench: PortBench) -> None:
        for sample in bench.samples:
            for body in bodies(sample.message.body):
                bench.changed(sample.message, body)

    rule = f"{(bodies.__doc__ or '')[:-1]}, a message is read or refused for a field, in time."
    return PortCheck(f"a_message_{bodies.__name__}_is_read_or_refused", rule, run)


HOSTILE = tuple(
    map(
        _check,
        (
            cut_short,
            less_a_field,
            with_another_kind_of_value,
            with_a_field_renamed,
            with_a_field_twice,
            with_a_list_shuffled,
            with_a_huge_number,
            nested_deep,
            with_letters_of_all_kinds,
            in_another_encoding,
        ),
    )
)
"""What is owed of messages that are wrong."""


def _nodes(body: str) -> list[Place]:
    nodes = json_nodes(body) if is_json(body) else places(body)
    return spread({(node.kind, type(node.value)): node for node in nodes}.values(), MOST)


def _objects(body: str) -> list[Place]:
    if not is_json(body):
        return []
    whole = Place("", json.loads(body), json.dumps)
    return [whole, *[node for node in _nodes(body) if isinstance(node.value, dict)]]
