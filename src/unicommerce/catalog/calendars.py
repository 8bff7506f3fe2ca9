"""People's time: when a node works, what its wall clocks show, and how text and moments become each other.

Inside, a moment is whole milliseconds UTC and a day is its ordinal (`datetime.date.toordinal`). This is the one module
that imports pendulum; what it asks of the time zone database is a pure function of zone and moment and is remembered.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import pendulum

from ..errors import InvalidValue
from ..values import DAY_MS, MINUTE_MS, frozen, identifier, whole

__all__ = ["Calendar", "CutOff", "at_local", "day_text", "local_day", "local_minute", "moment", "moment_text"]

_EPOCH_DAY = 719_163
"""Ordinal of 1970-01-01."""

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")

QUARTER_MS = 15 * MINUTE_MS
"""Offsets from UTC change only at whole quarters of an hour (tz database, since 1972)."""


class CutOff(NamedTuple):
    """Until which minute of a day orders are handled that day, where it is not the usual one.

    `weekday` (1 Monday to 7 Sunday; 0: any), `date` (ISO 8601; "": any) and `service` ("": any) say when and for what.
    """

    minute: int
    weekday: int = 0
    date: str = ""
    service: str = ""

    def fits(self, day: int, service: str) -> bool:
        """Tell whether it holds for a service on a day."""
        return (
            self.service in ("", service)
            and self.weekday in (0, _weekday(day))
            and (not self.date or self.date == day_text(day))
        )


@frozen(kw_only=True, cache_hash=True)
class Calendar:
    """When a node works: on which days, and until when an order of today still leaves today, by its own wall clock.

    `days` are the working days (1 Monday to 7 Sunday), `closed` the dates (ISO 8601) on which it rests all the same,
    `opened` those on which it works all the same. `open_minute`, `cut_off_minute` and `close_minute` are minutes after
    midnight; of `cut_offs` the first that fits stands in for `cut_off_minute`. Raises `InvalidValue` for a zone that is
    not known, a date that is none and a minute that no day has.
    """

    zone: str = "UTC"
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    closed: tuple[str, ...] = ()
    cut_off_minute: int = 15 * 60
    close_minute: int = 18 * 60
    open_minute: int = 0
    opened: tuple[str, ...] = ()
    cut_offs: tuple[CutOff, ...] = ()

    def __attrs_post_init__(self) -> None:
        _offset_ms(identifier(self.zone, "zone"), 0)
        for field in ("open_minute", "cut_off_minute", "close_minute"):
            _minute(getattr(self, field), field)
        for field, dates in (("closed", self.closed), ("opened", self.opened)):
            for day in dates:
                _date(day, field)
        for number, (minute, weekday, date, _) in enumerate(self.cut_offs):
            _minute(minute, f"cut_offs[{number}].minute")
            _date(date or "2026-01-01", f"cut_offs[{number}].date")
            if weekday not in range(8):
                raise InvalidValue(f"cut_offs[{number}].weekday", weekday, "a weekday from 1 (Monday) to 7, or 0")
        if not self.days or not set(self.days) <= {1, 2, 3, 4, 5, 6, 7}:
            raise InvalidValue("days", self.days, "one or more weekdays from 1 (Monday) to 7")

    def works(self, day: int) -> bool:
        """Tell whether the node works on a day.

        >>> Calendar().works(local_day("UTC", moment("2026-11-29T12:00:00Z")))
        False
        """
        if not (self.closed or self.opened):
            return _weekday(day) in self.days
        return day_text(day) not in self.closed if _weekday(day) in self.days else day_text(day) in self.opened

    def next_working(self, day: int) -> int | None:
        """Return that day or the next on which the node works; None where there is none within a year."""
        return next((each for each in range(day, day + 366) if self.works(each)), None)

    def cut_off(self, day: int, service: str = "") -> int:
        """Return the minute of a day until which orders of a service are handled that day.

        >>> calendar = Calendar(cut_offs=(CutOff(11 * 60, weekday=6), CutOff(17 * 60, service="express")))
        >>> [calendar.cut_off(day, service) // 60 for day in (739_947, 739_948) for service in ("", "express")]
        [15, 17, 11, 11]
        """
        return next((each.minute for each in self.cut_offs if each.fits(day, service)), self.cut_off_minute)

    def handling_day(self, now: int, service: str = "") -> int | None:
        """Return the day on which an order of now is handled: today until the cut-off, else the next working day."""
        today = local_day(self.zone, now)
        return self.next_working(today if local_minute(self.zone, now) < self.cut_off(today, service) else today + 1)

    def hours(self, day: int) -> tuple[int, int]:
        """Return from when until when (ms UTC) the node is open on a day on which it works."""
        return at_local(self.zone, day, self.open_minute), at_local(self.zone, day, self.close_minute)

    def after_working(self, at: int, minutes: int) -> int | None:
        """Return the first moment (ms UTC), within a year, by which the node has been open so long since `at`.

        With no minutes it is `at` itself where the node is open then, else when it opens next.

        >>> calendar = Calendar(open_minute=9 * 60)
        >>> moment_text(calendar.after_working(moment("2026-11-28T17:00:00Z"), 90))  # a Saturday, until 18:00
        '2026-11-30T09:30:00+00:00'
        """
        left, first = minutes * MINUTE_MS, local_day(self.zone, at)
        for day in range(first, first + 366):
            if not self.works(day):
                continue
            opens, closes = self.hours(day)
            start = max(opens, at)
            if start < closes and left <= closes - start:
                return start + left
            left -= max(closes - start, 0)
        return None


def _weekday(day: int) -> int:
    return (day - 1) % 7 + 1


def _minute(value: int, field: str) -> None:
    if whole(value, field) > DAY_MS // MINUTE_MS:
        raise InvalidValue(field, value, "a minute of a day")


def _date(value: str, field: str) -> None:
    if not _is_date(value):
        raise InvalidValue(field, value, "a date as ISO 8601 writes it, with hyphens")


def _is_date(text: object) -> bool:
    try:
        return isinstance(text, str) and pendulum.Date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@lru_cache(maxsize=512)
def _timezone(zone: str) -> pendulum.Timezone:
    """Return a zone by its name; the zone of this machine has none."""
    try:
        return pendulum.timezone(zone)
    except (ValueError, KeyError, OSError, AttributeError) as error:
        raise InvalidValue("zone", zone, "a name of the IANA time zone database") from error


def _shown(zone: str, at: int) -> pendulum.DateTime:
    """Return what the wall clock of a zone shows at a moment."""
    clock = _timezone(zone)
    try:
        return pendulum.from_timestamp(at / 1000, tz=clock)
    except (ValueError, OverflowError) as error:
        raise InvalidValue("moment", at, "a moment of the years 1 to 9999") from error


@lru_cache(maxsize=8192)
def _offset_ms(zone: str, quarter: int) -> int:
    return (_shown(zone, quarter * QUARTER_MS).offset or 0) * 1000


def _local_ms(zone: str, at: int) -> int:
    return at + _offset_ms(zone, at // QUARTER_MS)


def local_day(zone: str, at: int) -> int:
    """Return the ordinal of the day that the wall clock of a zone shows at a moment.

    >>> day_text(local_day("America/Chicago", moment("2026-11-24T03:00:00Z")))
    '2026-11-23'
    """
    return _local_ms(zone, at) // DAY_MS + _EPOCH_DAY


def local_minute(zone: str, at: int) -> int:
    """Return the minute after local midnight that the wall clock of a zone shows at a moment.

    >>> local_minute("Asia/Kolkata", moment("2026-11-24T00:00:00Z"))
    330
    """
    return _local_ms(zone, at) % DAY_MS // MINUTE_MS


@lru_cache(maxsize=8192)
def at_local(zone: str, day: int, minute: int) -> int:
    """Return the moment (ms UTC) at which the wall clock of a zone shows a minute of a day.

    Of two such moments the first counts; one that the clock skips is as far after the skip as it was into it.

    >>> moment_text(at_local("Europe/Berlin", local_day("UTC", moment("2026-03-29T12:00:00Z")), 150), "UTC")
    '2026-03-29T01:30:00+00:00'
    """
    midnight = (day - _EPOCH_DAY) * DAY_MS + minute * MINUTE_MS
    guesses = [midnight - _offset_ms(zone, near // QUARTER_MS) for near in (midnight - DAY_MS, midnight + DAY_MS)]
    return next((guess for guess in guesses if _local_ms(zone, guess) == midnight), guesses[0])


@lru_cache(maxsize=8192)
def day_text(day: int) -> str:
    """Return a day as ISO 8601 writes it."""
    return pendulum.Date.fromordinal(day).isoformat()


def moment(text: str) -> int:
    """Return the moment (ms UTC) that an RFC 3339 text names. Raises `InvalidValue` where it has no offset.

    >>> moment("1970-01-01T01:00:00+01:00")
    0
    """
    try:
        # The form is checked first: the parser also reads "now", times of day, weeks and durations.
        read = pendulum.parse(text) if _RFC_3339.fullmatch(str(text)) else None
    except ValueError:
        read = None
    if not isinstance(read, pendulum.DateTime):
        raise InvalidValue("moment", text, "a date and time with an offset")
    return round(read.timestamp() * 1000)


def moment_text(at: int, zone: str = "UTC") -> str:
    """Return a moment (ms UTC) as RFC 3339 text, as the wall clock of a zone shows it.

    Raises `InvalidValue` for a zone that is not known, and for a moment of no year from 1 to 9999.

    >>> moment_text(0, "Asia/Kolkata")
    '1970-01-01T05:30:00+05:30'
    """
    return _shown(zone, at).isoformat()
