"""In which field two stories of one id differ, and what the second says that the first did not.

A value that one side did not say (None) is no difference; nor is a text in another Unicode form.
"""

from collections.abc import Sequence
from unicodedata import normalize

from .records import Asked

__all__ = ["both_said", "difference", "said_more"]


def both_said(known: Asked, told: Asked) -> tuple[Asked, Asked]:
    """Leave out the named values that one side did not say (None): they disagree with nothing."""
    unsaid = [i for i, pair in enumerate(zip(known, told, strict=False)) if any(map(_is_unsaid, pair))]
    known_said, told_said = (tuple([v for i, v in enumerate(side) if i not in unsaid]) for side in (known, told))
    return known_said, told_said


def said_more(known: Asked, told: Asked) -> Asked:
    """Return the named values that a message says and that were not said before.

    >>> said_more((("pieces", None), ("tracking", None)), (("pieces", None), ("tracking", "T1")))
    (('tracking', 'T1'),)
    """
    return tuple([b for a, b in zip(known, told, strict=False) if _is_unsaid(a) and not _is_unsaid(b)])


def _is_unsaid(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and value[1] is None


def difference(known: object, told: object, path: str = "") -> tuple[str, object, object] | None:
    """Name the first field in which two values differ: by name in a list of named values, by attribute, by position."""
    if (known == told and type(known) is type(told)) or _is_one_text(known, told):
        return None
    if _is_named(known, told):
        return difference(known[1], told[1], f"{path}.{known[0]}".lstrip("."))  # type: ignore[index]  # both are pairs
    names: Sequence[object] = ()
    if type(known) is type(told):
        names = getattr(known, "_fields", ()) or [field.name for field in getattr(known, "__attrs_attrs__", ())]
    if names:
        pairs = [(f"{path}.{name}".lstrip("."), getattr(known, str(name)), getattr(told, str(name))) for name in names]
    elif isinstance(known, tuple) and isinstance(told, tuple) and len(known) == len(told):
        sides = enumerate(zip(known, told, strict=True))
        is_plain = not path and len(known) == 1
        pairs = [(path if is_plain or _is_named(a, b) else f"{path}[{i}]", a, b) for i, (a, b) in sides]
    else:
        return path, known, told
    return next((found for place, a, b in pairs if (found := difference(a, b, place))), None)


def _is_one_text(known: object, told: object) -> bool:
    """Tell whether two texts are one in the Unicode form that records are kept in: that is no other story."""
    return isinstance(known, str) and isinstance(told, str) and normalize("NFC", known) == normalize("NFC", told)


def _is_named(known: object, told: object) -> bool:
    """Tell whether both are pairs of the same name and a value."""
    pairs = type(known) is tuple and type(told) is tuple and len(known) == len(told) == 2
    return pairs and isinstance(known[0], str) and known[0] == told[0]  # type: ignore[index]  # both are pairs
