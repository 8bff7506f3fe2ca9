"""Until which day goods may come back. Days are ISO 8601 dates, by the wall clock of whoever counts them."""

from collections.abc import Iterable
from typing import NamedTuple

from ..catalog import day_text, local_day, moment
from ..errors import InvalidValue
from ..values import whole

__all__ = ["ReturnWindow", "Season", "is_in_window", "last_day"]


class Season(NamedTuple):
    """Goods delivered from one day to another (both included) may come back until a later day: a holiday extension."""

    first: str
    last: str
    until: str


class ReturnWindow(NamedTuple):
    """So many days from delivery, in a channel ("": in any that has no window of its own), and longer in seasons."""

    days: int
    channel: str = ""
    seasons: tuple[Season, ...] = ()


def last_day(windows: Iterable[ReturnWindow], *, delivered: str, channel: str = "") -> str:
    """Return the last day on which what was delivered on a day may come back.

    Raises `InvalidValue` where the channel has no window, and for a day that is none.

    >>> christmas = Season("2026-11-01", "2026-12-24", until="2027-01-31")
    >>> windows = (ReturnWindow(30), ReturnWindow(14, "marketplace", (christmas,)))
    >>> [last_day(windows, delivered="2026-11-20", channel=channel) for channel in ("web", "marketplace")]
    ['2026-12-20', '2027-01-31']
    """
    by_channel = {window.channel: window for window in windows}
    window = by_channel.get(channel, by_channel.get(""))
    if window is None:
        raise InvalidValue("channel", channel, f"one of {sorted(by_channel)}, the channels with a window")
    day = _day(delivered)
    until = [season.until for season in window.seasons if _day(season.first) <= day <= _day(season.last)]
    return day_text(max([day + whole(window.days, "days"), *map(_day, until)]))


def is_in_window(windows: Iterable[ReturnWindow], *, delivered: str, returned: str, channel: str = "") -> bool:
    """Tell whether goods come back in time: the last day is inside.

    >>> is_in_window([ReturnWindow(30)], delivered="2025-01-01", returned="2025-01-31")
    True
    """
    return _day(returned) <= _day(last_day(windows, delivered=delivered, channel=channel))


def _day(date: str) -> int:
    return local_day("UTC", moment(f"{date}T00:00:00Z"))
