"""`make frozen` means what it says: values that are frozen for the type checker alone are then frozen while running."""

import attrs
import pytest

from unicommerce.values import frozen


@frozen
class Value:
    """A value like any other."""

    number: int


def test_a_value_is_frozen_while_running_where_the_run_asks_for_it(request: pytest.FixtureRequest) -> None:
    """Under `--frozen` no field can be set; without it only the type checker objects. Equality is the same in both."""
    value = Value(1)

    assert value == Value(1)
    assert hash(value) == hash(Value(1))

    if request.config.getoption("--frozen"):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, "number", 2)  # noqa: B010 - the type checker would not let it pass otherwise
    else:
        setattr(value, "number", 2)  # noqa: B010 - the same

        assert value == Value(2)
