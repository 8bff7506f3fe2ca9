"""Hypothesis profiles, `--frozen` and `--vectors`.

Nothing of unicommerce may be imported here: `--frozen` has to come before.
"""

from collections.abc import Callable

import attrs
import pytest
from hypothesis import HealthCheck, settings

# No deadline, and no complaint about slow generation: a machine that is busy with something else breaks no law.
# Each run looks elsewhere and prints how to find again what it found, also where CI is set and Hypothesis would
# take a profile of its own.
BASE = settings(
    settings.get_profile("default"), deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", BASE, max_examples=30)
settings.register_profile("deep", BASE, max_examples=2_000, stateful_step_count=100)
settings.load_profile("quick")  # `make laws` says --hypothesis-profile=deep, which comes later and wins


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--frozen` and `--vectors`."""
    parser.addoption("--frozen", action="store_true", help="values are frozen while running, not only for the checker")
    parser.addoption("--vectors", metavar="DIR", help="the folder of the vector files, instead of ours")


def pytest_configure(config: pytest.Config) -> None:
    """Freeze for real what unicommerce.values.frozen only promises, before unicommerce is imported."""
    if config.getoption("--frozen"):
        pytest.MonkeyPatch().setattr(attrs, "define", _define)


DEFINE: Callable[..., object] = attrs.define
FROZEN: Callable[..., object] = attrs.frozen


def _define(*args: object, **how: object) -> object:
    if not how.get("unsafe_hash"):  # the mark of unicommerce.values.frozen; other classes stay as they are
        return DEFINE(*args, **how)
    how.pop("on_setattr", None)
    return FROZEN(*args, **how)
