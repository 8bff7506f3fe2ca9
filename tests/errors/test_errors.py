"""Errors carry objects, survive being sent to another process, and say in one line what is wrong."""

import copy
import pickle

import pytest

from unicommerce.errors import Busy, Contradiction, IllegalMove, InvalidValue, TooOld, UnicommerceError, UnknownKind

EVERY = [
    (InvalidValue("quantity", -1, "a positive whole number"), "quantity: -1 is not a positive whole number"),
    (Contradiction("r1", "lines", 5, 6), "r1: lines was 5 and now is 6"),
    (IllegalMove("line", "lost", "open"), "line: lost -> open is not in the table of moves"),
    (UnknownKind("x.y"), "no kind 'x.y' is known"),
    (Busy("c1", 100), "c1: lost 100 races"),
    (
        TooOld("r1", 5, 9),
        "r1: occurred at 5, before the horizon 9, so whether it is on record is not known any more",
    ),
]
IDS = [type(error).__name__ for error, _ in EVERY]


@pytest.mark.parametrize(("error", "text"), EVERY, ids=IDS)
def test_an_error_says_what_is_wrong(error: UnicommerceError, text: str) -> None:
    """One line of English, made where it is shown."""
    assert str(error) == text


@pytest.mark.parametrize("error", [error for error, _ in EVERY], ids=IDS)
def test_an_error_survives_a_journey(error: UnicommerceError) -> None:
    """Copied or pickled, it is the same error with the same objects."""
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):  # noqa: S301 - our own bytes
        assert (type(twin), twin.args, vars(twin)) == (type(error), error.args, vars(error))


def test_a_long_value_is_cut_in_the_message_and_kept_on_the_error() -> None:
    """A megabyte of nonsense makes no megabyte of log."""
    error = InvalidValue("sku", "x" * 1_000_000, "a name")

    assert len(str(error)) < 300
    assert error.value == "x" * 1_000_000


def test_bad_values_are_value_errors_and_all_are_ours() -> None:
    """A caller may catch one base, and the standard library's `ValueError` for what was passed in."""
    assert issubclass(InvalidValue, ValueError)
    assert all(isinstance(error, UnicommerceError) for error, _ in EVERY)
    assert {type(error) for error, _ in EVERY} == set(UnicommerceError.__subclasses__())
