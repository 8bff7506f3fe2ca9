"""Until when goods may come back."""

import pytest

from unicommerce.errors import InvalidValue
from unicommerce.returns import ReturnWindow, Season, is_in_window, last_day

WINDOWS = (
    ReturnWindow(30),
    ReturnWindow(14, "marketplace", (Season("2026-11-01", "2026-12-24", until="2027-01-31"),)),
)


@pytest.mark.parametrize(
    ("delivered", "channel", "last"),
    [
        ("2025-01-01", "web", "2025-01-31"),
        ("2026-10-31", "marketplace", "2026-11-14"),
        ("2026-11-01", "marketplace", "2027-01-31"),
        ("2026-12-24", "marketplace", "2027-01-31"),
        ("2026-12-25", "marketplace", "2027-01-08"),
        ("2026-12-01", "web", "2026-12-31"),
    ],
)
def test_the_last_day_is_inside(delivered: str, channel: str, last: str) -> None:
    """A season counts for what was delivered in it, and for the channel that gives it."""
    assert last_day(WINDOWS, delivered=delivered, channel=channel) == last
    assert is_in_window(WINDOWS, delivered=delivered, returned=last, channel=channel)
    assert not is_in_window(WINDOWS, delivered=delivered, returned="2027-02-01", channel=channel)


def test_a_channel_without_a_window_is_an_error() -> None:
    """Nobody has said how long."""
    with pytest.raises(InvalidValue):
        last_day(WINDOWS[1:], delivered="2026-01-01", channel="web")
