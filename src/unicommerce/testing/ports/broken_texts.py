"""Ports that trust a text before they have read it, each in another way."""

import json
from collections.abc import Callable, Mapping

from ...errors import InvalidValue
from ...ports import Message, Reading
from .plain import PlainPort

__all__ = ["TRIPS", "Trips"]


class Trips(PlainPort):
    """It looks at the text first, and trusts it."""

    def __init__(self, kind: str, look: Callable[[str], object]) -> None:
        super().__init__(kind)
        self._look = look

    def read(self, message: Message) -> Reading:
        """Look, and read."""
        reading = self._read(message)
        self._look(message.body)
        if isinstance(reading, InvalidValue):
            raise reading
        return reading

    def _read(self, message: Message) -> Reading | InvalidValue:
        try:
            return super().read(message)
        except InvalidValue as error:
            return error


def _object(body: str) -> dict[str, object]:
    """Return an object, and an empty one for what is none."""
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _raise_for_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise KeyError(pairs[0][0])
    return dict(pairs)


def _lines_apart(body: str) -> object:
    lines = _object(body).get("lines")
    ids = [each.get("id") for each in lines if isinstance(each, dict)] if isinstance(lines, list) else []
    assert ids == sorted(ids, key=str), "lines come in order"
    return ids


TRIPS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "IndexesTheText": (lambda body: body[0], "cut_short"),
    "NeedsAKey": (lambda body: _object(body)["id"] if len(body) > 5 and _object(body) else None, "less_a_field"),
    "TrustsTypes": (
        lambda body: {_object(body).get("id"): "known"},
        "with_another_kind_of_value",
    ),
    "LooksUpNames": (
        lambda body: [{"": 0}[name] for name in _object(body) if not name.islower()],
        "with_a_field_renamed",
    ),
    "HatesRepeats": (
        lambda body: _object(body) and json.loads(body, object_pairs_hook=_raise_for_repeats),
        "with_a_field_twice",
    ),
    "WantsOrder": (_lines_apart, "with_a_list_shuffled"),
    "MakesFloats": (lambda body: [int(float(each)) for each in _numbers(body)], "with_a_huge_number"),
    "GoesDeep": (
        lambda body: json.loads(body) if body[:2] in ("[[", '{"') and body.count("[") > 40 else None,
        "nested_deep",
    ),
    "KnowsOneAlphabet": (
        lambda body: json.dumps(_object(body), ensure_ascii=False).encode(),
        "with_letters_of_all_kinds",
    ),
    "KnowsOneEncoding": (lambda body: body[:1].encode("ascii"), "in_another_encoding"),
}


def _numbers(body: str) -> list[str]:
    texts = [each for each in _object(body).values() if isinstance(each, str)]
    return [
        each
        for each in texts
        if each[:1].isdigit() and each.isascii() and ("e" in each or "." in each) and "T" not in each
    ]
