"""People's time: cut-offs, holidays, clocks that skip and repeat an hour, zones at the ends of the world."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.values.bad import COUNTS, refused
from unicommerce.catalog import Calendar, at_local, day_text, local_day, local_minute, moment, moment_text
from unicommerce.errors import InvalidValue
from unicommerce.values import DAY_MS, MINUTE_MS

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/Chicago",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Africa/Casablanca",
)
MOMENTS = st.integers(moment("1980-01-01T00:00:00Z"), moment("2037-01-01T00:00:00Z"))


def _day(text: str) -> int:
    return local_day("UTC", moment(f"{text}T12:00:00Z"))


@given(st.sampled_from(ZONES), MOMENTS)
def test_wall_clocks_show_what_the_time_zone_database_says(zone: str, at: int) -> None:
    """Day and minute agree with the standard library's reading of the same database, in any zone at any moment."""
    shown = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(zone))

    assert local_day(zone, at) == shown.toordinal()
    assert local_minute(zone, at) == shown.hour * 60 + shown.minute


@given(st.sampled_from(ZONES), MOMENTS)
def test_a_minute_that_a_clock_shows_is_found_again(zone: str, at: int) -> None:
    """The moment of a minute of a day shows that minute of that day; of two such moments it is the first."""
    day, minute = local_day(zone, at), local_minute(zone, at)
    found = at_local(zone, day, minute)

    assert (local_day(zone, found), local_minute(zone, found)) == (day, minute)
    assert 0 <= at - at % MINUTE_MS - found <= 3 * 60 * MINUTE_MS


@given(st.sampled_from(ZONES), MOMENTS, st.integers(0, 24 * 60 - 1))
def test_every_minute_of_every_day_has_a_moment(zone: str, at: int, minute: int) -> None:
    """One that the clock skips is moved by no more than what was skipped, and stays on its day or the next."""
    day = local_day(zone, at)
    found = at_local(zone, day, minute)
    shown = (local_day(zone, found) - day) * 24 * 60 + local_minute(zone, found)

    assert 0 <= shown - minute <= 60 or (shown - minute) % (24 * 60) == 0


@pytest.mark.parametrize(
    ("zone", "day", "minute", "expected"),
    [
        ("Europe/Berlin", "2026-03-29", 150, "2026-03-29T01:30:00+00:00"),
        ("Europe/Berlin", "2026-10-25", 150, "2026-10-25T00:30:00+00:00"),
        ("America/Chicago", "2026-03-08", 150, "2026-03-08T08:30:00+00:00"),
        ("America/Chicago", "2026-11-01", 90, "2026-11-01T06:30:00+00:00"),
        ("Australia/Lord_Howe", "2026-10-04", 135, "2026-10-03T15:45:00+00:00"),
        ("Pacific/Kiritimati", "2026-01-01", 0, "2025-12-31T10:00:00+00:00"),
        ("Etc/GMT+12", "2026-01-01", 0, "2026-01-01T12:00:00+00:00"),
        ("Europe/Berlin", "2028-02-29", 1439, "2028-02-29T22:59:00+00:00"),
    ],
)
def test_a_local_minute_is_one_moment(zone: str, day: str, minute: int, expected: str) -> None:
    """Skipped in spring, twice in autumn, half an hour on Lord Howe, +14 and -12, a leap day."""
    assert moment_text(at_local(zone, _day(day), minute)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23T14:59:59Z", "2026-11-23"),
        ("2026-11-23T15:00:00Z", "2026-11-24"),
        ("2026-11-28T14:59:00Z", "2026-11-28"),
        ("2026-11-28T15:00:00Z", "2026-11-30"),
        ("2026-11-29T09:00:00Z", "2026-11-30"),
        ("2026-12-24T15:00:00Z", "2026-12-28"),
        ("2026-12-25T09:00:00Z", "2026-12-28"),
    ],
)
def test_an_order_is_handled_today_until_the_cut_off(now: str, expected: str) -> None:
    """The minute before the cut-off is in time, the cut-off is not; Sundays and closed days are passed over."""
    calendar = Calendar(closed=("2026-12-25", "2026-12-26"))
    day = calendar.handling_day(moment(now))

    assert day is not None
    assert day_text(day) == expected


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("Pacific/Kiritimati", "2026-11-23T09:59:00Z", "2026-11-24"),
        ("Pacific/Kiritimati", "2026-11-23T10:00:00Z", "2026-11-24"),
        ("Etc/GMT+12", "2026-11-24T02:59:00Z", "2026-11-23"),
        ("Etc/GMT+12", "2026-11-24T03:00:00Z", "2026-11-24"),
        ("Europe/Berlin", "2026-03-27T13:59:00Z", "2026-03-27"),
        ("Europe/Berlin", "2026-03-30T12:59:00Z", "2026-03-30"),
        ("Europe/Berlin", "2026-03-30T13:00:00Z", "2026-03-31"),
    ],
)
def test_the_cut_off_is_read_from_the_nodes_own_clock(zone: str, now: str, expected: str) -> None:
    """At +14 it is tomorrow already, at -12 still yesterday; when the clocks change, so does the moment."""
    day = Calendar(zone=zone).handling_day(moment(now))

    assert day is not None
    assert day_text(day) == expected


def test_a_node_that_works_on_no_day_of_the_year_handles_nothing() -> None:
    """After a year without a working day there is no answer, and no endless search."""
    sundays = [day_text(day) for day in range(_day("2026-11-01"), _day("2028-01-01")) if (day - 1) % 7 == 6]

    assert Calendar(days=(7,), closed=tuple(sundays)).handling_day(moment("2026-11-23T09:00:00Z")) is None
    assert Calendar(days=(7,)).next_working(_day("2026-11-23")) == _day("2026-11-29")


def test_a_cut_off_at_either_end_of_the_day_means_never_or_always_today() -> None:
    """A cut-off at midnight leaves nothing for today, one at 24:00 everything."""
    now, today = moment("2026-11-24T23:59:00Z"), _day("2026-11-24")

    assert Calendar(cut_off_minute=0).handling_day(moment("2026-11-24T00:00:00Z")) == today + 1
    assert Calendar(cut_off_minute=24 * 60).handling_day(now) == today


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc", "", "utc\x00", 5, None])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    """A zone is a name of the IANA database."""
    assert refused(lambda: Calendar(zone=zone)) == ("zone", zone)


@pytest.mark.parametrize("days", [(), (0,), (8,), (1, 9), ("1",)])
def test_a_week_has_seven_days(days: tuple[int, ...]) -> None:
    """Monday is 1 and Sunday 7, and a node works on one of them at least."""
    assert refused(lambda: Calendar(days=days)) == ("days", days)


@pytest.mark.parametrize("day", ["24.12.2026", "2026-13-01", "2026-02-29", "20261224", "", 7])
def test_a_closed_day_is_a_date(day: str) -> None:
    """A date that is none would never match, and the node would work on its holiday."""
    assert refused(lambda: Calendar(closed=(day,))) == ("closed", day)


@pytest.mark.parametrize("minute", [*COUNTS.values(), 24 * 60 + 1], ids=[*COUNTS, "tomorrow"])
def test_a_minute_is_of_a_day(minute: int) -> None:
    """From 0 to 24 hours after midnight."""
    assert refused(lambda: Calendar(cut_off_minute=minute))[0] == "cut_off_minute"
    assert refused(lambda: Calendar(close_minute=minute))[0] == "close_minute"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T12:00:00-12:00", 0),
        ("1970-01-01T14:00:00+14:00", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2026-11-24T03:00:00.123456Z", 1_795_489_200_123),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("2028-02-29T00:00:00Z", 1_835_395_200_000),
    ],
)
def test_text_with_an_offset_is_a_moment(text: str, at: int) -> None:
    """Any year of four digits, any offset, thousandths of a second."""
    assert moment(text) == at
    assert moment(moment_text(at)) == at


@pytest.mark.parametrize(
    "text",
    [
        "now",
        "",
        "2026-11-24",
        "2026-11-24T03:00:00",
        "12:00:00Z",
        "P1D",
        "2026-02-29T00:00:00Z",
        "2026-06-30T23:59:60Z",
        "2026-11-24T25:00:00Z",
        "2026-11-24T03:00:00+25:00",
        "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z",
        "24.12.2026",
        "9" * 10_000,
        5,
        None,
        b"2026-11-24T03:00:00Z",
    ],
)
def test_what_names_no_moment_is_refused(text: str) -> None:
    """Without an offset nobody knows when it is; "now" would ask a clock; what is no text is refused likewise."""
    assert refused(lambda: moment(text)) == ("moment", text)


@pytest.mark.parametrize("zone", ["Nowhere/None", "", "../etc/passwd", "a\0b", "x" * 300, "local", None])
def test_a_zone_that_is_not_known_is_named(zone: str) -> None:
    """Whoever shows a moment or a day learns which zone it was; that of this machine is no name."""
    assert refused(lambda: moment_text(0, zone)) == ("zone", zone)
    assert refused(lambda: local_day(zone, 0)) == ("zone", zone)


@pytest.mark.parametrize("at", [2**53, -(2**53), 10**30])
def test_a_moment_that_no_calendar_has_is_named(at: int) -> None:
    """Where a year is no year from 1 to 9999, the moment is at fault and not the zone."""
    assert refused(lambda: moment_text(at, "Asia/Kolkata")) == ("moment", at)
    assert refused(lambda: local_day("UTC", at)) is not None


STAMPS = st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", fullmatch=True)


@given(st.text(max_size=30) | STAMPS)
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    """No text raises anything else."""
    try:
        at = moment(text)
    except InvalidValue:
        at = 0

    assert abs(at) < 400_000 * 366 * DAY_MS
