"""The knobs of routing: what a rate card may be, and which promise a service level makes."""

import pytest

from tests.values.bad import refused
from unicommerce.routing import Band, RoutingPolicy
from unicommerce.values import HOUR_MS


@pytest.mark.parametrize(
    "bands",
    [
        (),
        (Band(None, 1, 1, 1), Band(None, 1, 1, 1)),
        (Band(2_000, 1, 1, 1), Band(1_000, 1, 1, 1), Band(None, 1, 1, 1)),
    ],
    ids=["no band", "a band after the rest", "bands out of order"],
)
def test_a_rate_card_rises_and_ends_without_a_limit(bands: tuple[Band, ...]) -> None:
    """Every distance has one price."""
    assert refused(lambda: RoutingPolicy(bands=bands)) == ("bands", bands)


@pytest.mark.parametrize(
    ("meters", "transit_days"), [(0, 1), (50_000, 1), (50_001, 2), (300_001, 3), (800_001, 5), (20_000_000, 5)]
)
def test_the_limit_of_a_band_is_within_it(meters: int, transit_days: int) -> None:
    """Fifty kilometers are near, a meter more is not."""
    band = RoutingPolicy().band(meters)

    assert band is not None
    assert band.transit_days == transit_days


def test_a_service_level_promises_hours_from_placing() -> None:
    """An unknown one is an error of the caller's program, named with those there are."""
    policy = RoutingPolicy()

    assert policy.due_at(1_000, "express") == 1_000 + 72 * HOUR_MS
    assert refused(lambda: policy.due_at(0, "yesterday")) == ("service", "yesterday")
