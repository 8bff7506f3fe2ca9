"""A vector's fields as a translator reads them, and what the vector expects beside what was answered.

Each field read is noted, so that the runner can tell which were not. Nothing is computed here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | None"
Answer = Mapping[str, object]
_Leaf = TypeVar("_Leaf", str, int, bool)


class Fields:
    """Fields by name, each typed as it is asked for; a field that is missing or of another type is an error."""

    def __init__(self, values: Mapping[str, Value], path: str = "", read: set[str] | None = None) -> None:
        self._values, self._path = values, path
        self.read: set[str] = set() if read is None else read

    def __contains__(self, name: str) -> bool:
        """Tell whether the field is there and says something."""
        return self._values.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._values)

    @property
    def names(self) -> frozenset[str]:
        """The names of all fields."""
        return frozenset(self._values)

    def whole(self, name: str, default: int | None = None) -> int:
        """Return a whole number."""
        return self._taken(name, int, default)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; `None` in the vector counts as missing."""
        return self._taken(name, str, default)

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """Return a truth."""
        return self._taken(name, bool, default)

    def fields(self, name: str) -> "Fields":
        """Return fields within a field; none where it is missing."""
        inner = self._values.get(name, {})
        if not isinstance(inner, Mapping):
            raise TypeError(f"{self._path}{name}")
        return Fields(inner, f"{self._path}{name}.", self.read)

    def rows(self, name: str) -> "list[Fields]":
        """Return a list of fields; none where it is missing."""
        rows = self._listed(name)
        return [Fields(r, f"{self._path}{name}[{n}].", self.read) for n, r in enumerate(rows) if isinstance(r, Mapping)]

    def wholes(self, name: str) -> list[int]:
        """Return a list of whole numbers."""
        return [v for v in self._leaves(name) if isinstance(v, int)]

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        return [v for v in self._leaves(name) if isinstance(v, str)]

    def unread(self) -> list[str]:
        """Return the path of each field that nobody has read."""
        return [path for path in _leaves(self._values) if path not in self.read]

    def _listed(self, name: str) -> Sequence[Value]:
        rows = self._values.get(name, [])
        if not isinstance(rows, list):
            raise TypeError(f"{self._path}{name}")
        return rows

    def _leaves(self, name: str) -> Sequence[Value]:
        leaves = self._listed(name)
        self.read.update([f"{self._path}{name}[{number}]" for number in range(len(leaves))])
        return leaves

    def _taken(self, name: str, wanted: type[_Leaf], default: _Leaf | None) -> _Leaf:
        value = self._values.get(name)
        self.read.add(f"{self._path}{name}")
        if value is None and default is not None:
            return default
        if type(value) is not wanted:
            raise TypeError(f"{self._path}{name}: {value!r} is not {wanted.__name__}")
        return value


Translator = Callable[[Fields], Answer]


def _leaves(value: Value, path: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    else:
        yield path


def differences(expected: object, answer: object, path: str = "") -> list[str]:
    """Return where an answer is not what is expected; a key that the vector does not give is not compared."""
    if isinstance(expected, Mapping) and isinstance(answer, Mapping):
        return [d for key, value in expected.items() for d in differences(value, answer.get(key), f"{path}.{key}")]
    if isinstance(expected, list) and isinstance(answer, list | tuple) and len(answer) == len(expected):
        pairs = zip(_in_order(expected), _in_order(answer), strict=True)
        return [d for n, (wanted, given) in enumerate(pairs) for d in differences(wanted, given, f"{path}[{n}]")]
    same = type(answer) is type(expected) and answer == expected
    return [] if same else [f"{path}: {answer!r} instead of {expected!r}"]


def _in_order(rows: Sequence[object]) -> Sequence[object]:
    """Return rows as they are; those of a journal entry, which have no order, by their accounts and sides."""
    entry = [sorted(row.items()) for row in rows if isinstance(row, Mapping) and "account" in row]
    return [dict(row) for row in sorted(entry)] if entry else rows
