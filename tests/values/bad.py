"""What no field takes, shared by the tests of all rooms, and the check that it is refused by name."""

from collections.abc import Callable

import pytest

from unicommerce.errors import InvalidValue
from unicommerce.values import LARGEST

NAMES: dict[str, object] = {
    "nothing": "",
    "a space before": " MUG",
    "a space after": "MUG ",
    "a control character": "MU\x00G",
    "a line break": "MUG\n",
    "a direction character": "MUG\u202eGUM",
    "no width": "MU\u200bG",
    "half a character": "MUG\ud800",
    "a decomposed letter": "cafe\u0301",
    "too long": "M" * 201,
    "a number": 7,
    "no text": None,
    "bytes": b"MUG",
}
"""What can name nothing, by what is wrong with it."""

COUNTS: dict[str, object] = {
    "negative": -1,
    "huge": LARGEST + 1,
    "enormous": 10**30,
    "a bool": True,
    "a float": 1.0,
    "not a number": float("nan"),
    "text": "1",
    "none": None,
}
"""What counts nothing, by what is wrong with it; zero is not among them, for some fields take it."""

PIECES: dict[str, object] = {"zero": 0, **COUNTS}
"""What is no number of pieces."""


def refused(make: Callable[[], object]) -> tuple[str, object]:
    """Return the field and the value that are refused, and check that the message names both."""
    with pytest.raises(InvalidValue) as raised:
        make()
    error = raised.value
    said = f"{error.field}: {error.value!r:.200} is not " if error.value is not None else f"{error.field} is missing; "
    assert str(error).startswith(said)
    return error.field, error.value
