"""What a payload of a real system must become: papers, word for word; and which of its fields that rests on.

`fields_that_count` takes away one value of a payload after the other and looks whether the reading notices: so a field
that an adapter stops reading is missed by name, and what is left on purpose is a number that stands in the test.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from unicommerce.errors import InvalidValue
from unicommerce.ports import Message, Port, Reading

PAYLOADS = Path(__file__).parent / "payloads"


def payload(system: str, name: str, topic: str) -> Message:
    """Return a payload that ships with the tests."""
    return Message(topic, (PAYLOADS / system / name).read_text("utf-8-sig"))


def read(port: Port, message: Message) -> Reading | str:
    """Return the reading of a message, or the field that it is refused for."""
    try:
        return port.read(message)
    except InvalidValue as error:
        return error.field


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of each value in a JSON text that says something."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from leaves(each, (*path, number))
    elif value is not None and value != "":
        yield path


def without(value: object, path: tuple[str | int, ...]) -> object:
    """Return a copy of a JSON value in which one value is null."""
    copy: object = json.loads(json.dumps(value))
    inside = copy
    for step in path[:-1]:
        assert isinstance(inside, dict | list)
        inside = inside[step]  # type: ignore[index]  # a path that `leaves` gave
    assert isinstance(inside, dict | list)
    inside[path[-1]] = None  # type: ignore[index]  # a path that `leaves` gave
    return copy


def fields_that_count(port: Port, message: Message) -> list[str]:
    """Return the paths of the values without which a message is read as something else, or not at all."""
    body = json.loads(message.body)
    whole = read(port, message)
    assert isinstance(whole, Reading), whole
    found = []
    for path in leaves(body):
        less = read(port, message._replace(body=json.dumps(without(body, path))))
        if isinstance(less, str) or less.papers != whole.papers:
            found.append(".".join(map(str, path)))
    return found
