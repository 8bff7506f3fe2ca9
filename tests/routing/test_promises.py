"""Promises by worked tables: nights of clock changes, leap days, the ends of the world, holidays, nodes that close."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.values.bad import refused
from unicommerce.catalog import Calendar, CutOff, Node, Pickup, day_text, local_day, local_minute, moment, moment_text
from unicommerce.ledger import Reason
from unicommerce.routing import (
    Carrier,
    Destination,
    Need,
    Promise,
    PromiseCode,
    RoutingPolicy,
    Supply,
    Transit,
    collectable,
    promised,
    route,
    why_moved,
)
from unicommerce.values import HOUR_MS, MINUTE_MS, Position

HERE = Destination(Position(0, 0))
TWO_DAYS = Carrier(transits=(Transit(((100, 2),)),))
OFFICE = Calendar(zone="Europe/Berlin", days=(1, 2, 3, 4, 5), open_minute=9 * 60, cut_off_minute=15 * 60)
ALWAYS = Calendar(days=(1, 2, 3, 4, 5, 6, 7), cut_off_minute=24 * 60, close_minute=24 * 60)


def node(calendar: Calendar = OFFICE, **how: object) -> Node:
    """Return a node in Berlin that works from nine to six on weekdays, unless told otherwise."""
    return Node(**{"id": "dc", "position": Position(0, 0), "calendar": calendar, **how})  # type: ignore[arg-type]


def made(
    node: Node, now: str, carrier: Carrier = TWO_DAYS, *, to: Destination = HERE, service: str = "", meters: int = 0
) -> Promise:
    """Return the promise, which there has to be."""
    found = promised(node, to, meters=meters, carrier=carrier, service=service, now=moment(now))
    assert found is not None
    return found


def shown(promise: Promise, zone: str = "Europe/Berlin") -> list[str]:
    """Return ready, leaving and latest arrival as a wall clock shows them."""
    return [moment_text(at, zone)[:16] for at in (promise.ready_at, promise.leaves_at, promise.latest)]


@pytest.mark.parametrize(
    ("what", "now", "expected"),
    [
        ("in time", "2026-11-24T14:59:00+01:00", ["2026-11-24T16:59", "2026-11-24T18:00", "2026-11-26T20:00"]),
        ("past the cut-off", "2026-11-24T15:00:00+01:00", ["2026-11-25T11:00", "2026-11-25T18:00", "2026-11-27T20:00"]),
        ("before it opens", "2026-11-24T03:00:00+01:00", ["2026-11-24T11:00", "2026-11-24T18:00", "2026-11-26T20:00"]),
        ("a weekend", "2026-11-27T15:30:00+01:00", ["2026-11-30T11:00", "2026-11-30T18:00", "2026-12-02T20:00"]),
        ("clocks go ahead", "2026-03-27T16:00:00+01:00", ["2026-03-30T11:00", "2026-03-30T18:00", "2026-04-01T20:00"]),
        ("clocks go back", "2026-10-23T16:00:00+02:00", ["2026-10-26T11:00", "2026-10-26T18:00", "2026-10-28T20:00"]),
        ("a leap day", "2028-02-28T16:00:00+01:00", ["2028-02-29T11:00", "2028-02-29T18:00", "2028-03-02T20:00"]),
        ("none in 2027", "2027-02-26T16:00:00+01:00", ["2027-03-01T11:00", "2027-03-01T18:00", "2027-03-03T20:00"]),
    ],
)
def test_two_hours_of_handling_and_two_days_under_way(what: str, now: str, expected: list[str]) -> None:
    """By the clock of Berlin; the carrier rests on Sundays, the node on Saturdays too."""
    assert shown(made(node(handling_minutes=120), now)) == expected, what


def test_handling_goes_on_when_the_node_opens_again() -> None:
    """Who closes in the middle of it is ready the next working day: nobody works at night, or over a holiday."""
    closes_at_noon = attrs.evolve(OFFICE, close_minute=12 * 60, cut_off_minute=11 * 60, closed=("2026-11-25",))
    promise = made(node(closes_at_noon, handling_minutes=180), "2026-11-24T10:30:00+01:00")

    assert shown(promise) == ["2026-11-26T10:30", "2026-11-26T12:00", "2026-11-28T20:00"]


def test_a_week_of_holidays_is_passed_over_by_the_node_and_by_the_carrier() -> None:
    """Christmas 2026: the node rests from Thursday on, opens on the Sunday, and the carrier rests on its own days."""
    holidays = ("2026-12-24", "2026-12-25")
    calendar = attrs.evolve(OFFICE, closed=holidays, opened=("2026-12-27",))
    carrier = attrs.evolve(TWO_DAYS, calendar=Calendar(closed=("2026-12-25", "2026-12-26")))

    before = made(node(calendar), "2026-12-23T14:00:00+01:00", carrier)
    after = made(node(calendar), "2026-12-23T15:00:00+01:00", carrier)

    assert shown(before)[1:] == ["2026-12-23T18:00", "2026-12-28T20:00"]
    assert shown(after)[1:] == ["2026-12-27T18:00", "2026-12-29T20:00"]


def test_on_the_night_of_a_clock_change_an_hour_of_work_is_an_hour() -> None:
    """Open around the clock in Berlin: three hours from one o'clock end at five where two o'clock is skipped."""
    calendar = attrs.evolve(ALWAYS, zone="Europe/Berlin")

    spring = made(node(calendar, handling_minutes=180), "2026-03-29T01:00:00+01:00")
    autumn = made(node(calendar, handling_minutes=180), "2026-10-25T01:00:00+02:00")

    assert [shown(each)[0] for each in (spring, autumn)] == ["2026-03-29T05:00", "2026-10-25T03:00"]


@pytest.mark.parametrize(
    ("zone", "to", "now", "leaves", "latest"),
    [
        ("Pacific/Kiritimati", "", "2026-11-23T00:59:00Z", "2026-11-23T04:00", "2026-11-25T06:00"),
        ("Pacific/Kiritimati", "", "2026-11-23T01:00:00Z", "2026-11-24T04:00", "2026-11-26T06:00"),
        ("Etc/GMT+12", "", "2026-11-24T02:59:00Z", "2026-11-24T06:00", "2026-11-26T08:00"),
        ("Pacific/Kiritimati", "Etc/GMT+12", "2026-11-23T00:59:00Z", "2026-11-23T04:00", "2026-11-26T08:00"),
        ("Etc/GMT+12", "Pacific/Kiritimati", "2026-11-24T02:59:00Z", "2026-11-24T06:00", "2026-11-25T06:00"),
    ],
)
def test_a_node_keeps_its_clock_and_the_customer_theirs(zone: str, to: str, now: str, leaves: str, latest: str) -> None:
    """From +14 to -12 and back: days under way are counted from the node's day, and end on the customer's."""
    promise = made(node(attrs.evolve(OFFICE, zone=zone)), now, to=HERE._replace(zone=to))

    assert shown(promise, "UTC")[1:] == [leaves, latest]


def test_a_cut_off_is_by_weekday_date_and_service() -> None:
    """The first that fits counts, else the usual one."""
    cut_offs = (
        CutOff(10 * 60, date="2026-12-23"),
        CutOff(17 * 60, service="express"),
        CutOff(12 * 60, weekday=5),
    )
    dc = node(attrs.evolve(OFFICE, cut_offs=cut_offs))

    def day(now: str, service: str) -> str:
        return day_text(made(dc, f"{now}:00+01:00", service=service).day)

    assert day("2026-11-26T14:59", "standard") == "2026-11-26"
    assert day("2026-11-27T12:00", "standard") == "2026-11-30"
    assert day("2026-11-27T16:59", "express") == "2026-11-27"
    assert day("2026-12-23T10:00", "express") == "2026-12-24"


def test_a_parcel_leaves_with_the_next_carrier_that_calls_for_its_service() -> None:
    """At eleven and at five; on Fridays only at noon; express is fetched in the evening too."""
    pickups = (
        *(Pickup(minute * 60, weekday) for weekday in (1, 2, 3, 4) for minute in (11, 17)),
        Pickup(12 * 60, 5),
        Pickup(20 * 60, 0, "express"),
    )
    dc = node(handling_minutes=60, pickups=pickups)

    assert shown(made(dc, "2026-11-24T09:30:00+01:00"))[1] == "2026-11-24T11:00"
    assert shown(made(dc, "2026-11-24T10:01:00+01:00"))[1] == "2026-11-24T17:00"
    assert shown(made(dc, "2026-11-27T11:01:00+01:00"))[1] == "2026-11-30T11:00"
    assert shown(made(dc, "2026-11-27T11:01:00+01:00", service="express"))[1] == "2026-11-27T20:00"
    no_more = attrs.evolve(dc, pickups=(Pickup(12 * 60, 6),))
    assert promised(no_more, HERE, meters=0, carrier=TWO_DAYS, now=0) is None


def test_a_transit_is_by_lane_region_distance_and_service_and_by_how_sure_it_is() -> None:
    """The first that fits counts; where none does, the days of the rate card's band."""
    transits = (
        Transit(((50, 1), (95, 2)), node="dc", region="BE"),
        Transit(((90, 1),), service="express", up_to_m=300_000),
        Transit(((50, 3), (90, 4), (99, 9))),
    )
    carrier = Carrier(transits=transits, calendar=Calendar(days=(1, 2, 3, 4, 5, 6, 7)))

    def days(percent: int, *, region: str = "", service: str = "", meters: int = 0) -> int:
        sure, to = attrs.evolve(carrier, percent=percent), HERE._replace(region=region)
        promise = made(node(ALWAYS), "2026-11-24T10:00:00Z", sure, to=to, service=service, meters=meters)
        return local_day("UTC", promise.latest) - promise.day

    assert [days(percent, region="BE") for percent in (50, 95, 99)] == [1, 2, 2]
    assert days(90, service="express", meters=300_000) == 1
    assert days(90, service="express", meters=300_001) == 4
    assert [days(percent) for percent in (50, 90, 95)] == [3, 4, 9]


def test_an_order_is_collected_in_open_hours() -> None:
    """Ready by four where it is handed in by two; one that is ready at the last minute waits for the morning."""
    shop = node(handling_minutes=120)

    def ready(now: str) -> str:
        return moment_text(collectable(shop, now=moment(f"{now}:00+01:00")) or 0, "Europe/Berlin")[:16]

    assert ready("2026-11-24T14:00") == "2026-11-24T16:00"
    assert ready("2026-11-24T16:00") == "2026-11-25T09:00"
    assert ready("2026-11-27T17:00") == "2026-11-30T10:00"
    assert collectable(node(Calendar(close_minute=0)), now=0) is None


CALENDARS = st.builds(
    Calendar,
    zone=st.sampled_from(("UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Kiritimati", "Etc/GMT+12")),
    days=st.sets(st.integers(1, 7), min_size=1).map(sorted).map(tuple),
    open_minute=st.integers(0, 10 * 60),
    close_minute=st.integers(11 * 60, 24 * 60),
    cut_off_minute=st.integers(0, 24 * 60),
    closed=st.just(("2026-03-29", "2026-12-25")),
)
NODES = st.builds(
    node, CALENDARS, handling_minutes=st.integers(0, 2_000), pickups=st.just(()) | st.just((Pickup(720),))
)
MOMENTS = st.integers(moment("2026-01-01T00:00:00Z"), moment("2028-03-01T00:00:00Z")).map(
    lambda at: at - at % MINUTE_MS
)


@given(NODES, MOMENTS, st.integers(0, 3 * 24 * 60))
def test_who_orders_later_is_promised_nothing_earlier(dc: Node, now: int, later: int) -> None:
    """Every step comes after the one before it, and the promise of a later order is never sooner."""
    first, second = (promised(dc, HERE, meters=0, carrier=TWO_DAYS, now=at) for at in (now, now + later * MINUTE_MS))
    assert first is not None
    assert second is not None

    for promise, at in ((first, now), (second, now + later * MINUTE_MS)):
        assert at <= promise.ready_at <= promise.leaves_at < promise.latest
        assert promise.earliest <= promise.latest
    assert all(one <= other for one, other in zip(first[1:6], second[1:6], strict=True))


@given(NODES, MOMENTS)
def test_what_needs_handling_is_ready_in_open_hours(dc: Node, now: int) -> None:
    """By the node's own clock, on a day on which it works."""
    promise = promised(dc, HERE, meters=0, carrier=TWO_DAYS, now=now)
    assert promise is not None

    if dc.handling_minutes:
        last = promise.ready_at - MINUTE_MS
        assert dc.calendar.open_minute <= local_minute(dc.calendar.zone, last) < dc.calendar.close_minute


OLD = made(node(), "2026-11-24T10:00:00+01:00")
MOVED = OLD._replace(latest=OLD.latest + 3 * HOUR_MS)
MOVES = {
    PromiseCode.NODE: MOVED._replace(node="north", day=OLD.day + 1),
    PromiseCode.TAKEN_UP: MOVED._replace(day=OLD.day + 1, ready_at=0),
    PromiseCode.READY: MOVED._replace(ready_at=0, leaves_at=0),
    PromiseCode.LEAVES: MOVED._replace(leaves_at=0),
    PromiseCode.UNDER_WAY: MOVED,
}


def said(code: PromiseCode) -> tuple[Reason, ...]:
    """Return the reason with a code."""
    reason = why_moved(OLD, MOVES[code])
    return (reason,) if reason else ()


def test_why_a_promise_moved_is_the_first_step_that_differs() -> None:
    """Another node, another day, later ready, another carrier's call, longer under way; or nothing."""
    assert why_moved(OLD, OLD) is None
    assert [(reason.code, reason.unit) for code in MOVES for reason in said(code)] == [
        (code, "+180 min") for code in PromiseCode
    ]


NOON = 12 * 60
TODAY = "2026-11-24"
AS_PLANNED = ["2026-11-24T12:30", "2026-11-24T18:00", "2026-11-26T20:00"]


@pytest.mark.parametrize(
    ("what", "change", "now", "expected", "why"),
    [
        ("taken up until noon, in time", {"cut_offs": (CutOff(NOON, date=TODAY),)}, "10:30", AS_PLANNED, None),
        (
            "taken up until noon, at noon",
            {"cut_offs": (CutOff(NOON, date=TODAY),)},
            "12:00",
            ["2026-11-25T11:00", "2026-11-25T18:00", "2026-11-27T20:00"],
            (PromiseCode.TAKEN_UP, "+1440 min"),
        ),
        (
            "rests today, as is known at noon",
            {"closed": (TODAY,)},
            "10:30",
            ["2026-11-25T11:00", "2026-11-25T18:00", "2026-11-27T20:00"],
            (PromiseCode.TAKEN_UP, "+1440 min"),
        ),
        (
            "closes at noon, half an hour short",
            {"close_minute": NOON, "cut_off_minute": NOON},
            "10:30",
            ["2026-11-25T09:30", "2026-11-25T12:00", "2026-11-27T20:00"],
            (PromiseCode.READY, "+1440 min"),
        ),
        (
            "closes at noon, and is done by then",
            {"close_minute": NOON, "cut_off_minute": NOON},
            "10:00",
            ["2026-11-24T12:00", "2026-11-24T12:00", "2026-11-26T20:00"],
            (PromiseCode.LEAVES, "+0 min"),
        ),
    ],
)
def test_a_node_that_closes_in_the_middle_of_the_day(
    what: str, change: dict[str, object], now: str, expected: list[str], why: tuple[PromiseCode, str] | None
) -> None:
    """What was promised, what is promised now, and the first step that differs; two hours of handling."""
    now = f"{TODAY}T{now}:00+01:00"
    before = made(node(handling_minutes=120), now)
    after = made(node(attrs.evolve(OFFICE, **change), handling_minutes=120), now)  # type: ignore[arg-type]

    assert shown(before)[2] == AS_PLANNED[2], what
    assert shown(after) == expected, what
    reason = why_moved(before, after)
    assert (reason and (reason.code, reason.unit)) == why, what


def test_a_node_that_shuts_after_its_cut_off_hands_over_to_another() -> None:
    """An order of noon was dc's; at four nobody is there, and what the other node promises is a working day later."""
    dc, north = node(handling_minutes=120), node(id="north", position=Position(1_000_000, 0), handling_minutes=120)

    def planned(now: str, *, is_open: bool) -> Promise:
        supplies = [Supply(attrs.evolve(dc, is_open=is_open), (1,)), Supply(north, (1,))]
        plan = route(
            [Need("MUG", 1)],
            supplies,
            destination=HERE,
            due_at=moment("2026-12-24T00:00:00Z"),
            currency="EUR",
            policy=RoutingPolicy(carrier=TWO_DAYS),
            now=moment(f"{TODAY}T{now}:00+01:00"),
        )
        return plan.shipments[0].promise

    was, is_now = planned("12:00", is_open=True), planned("16:00", is_open=False)
    reason = why_moved(was, is_now)

    assert (was.node, shown(was)) == ("dc", ["2026-11-24T14:00", "2026-11-24T18:00", "2026-11-26T20:00"])
    assert (is_now.node, shown(is_now)) == ("north", ["2026-11-25T11:00", "2026-11-25T18:00", "2026-11-27T20:00"])
    assert reason is not None
    assert (reason.code, reason.unit) == (PromiseCode.NODE, "+1440 min")


BAD = (
    ("percent", lambda: Carrier(percent=0)),
    ("percent", lambda: Carrier(percent=101)),
    ("from_minute", lambda: Carrier(from_minute=-1)),
    ("transits[0].days", lambda: Carrier(transits=(Transit(()),))),
    ("transits[0].days", lambda: Carrier(transits=(Transit(((90, 2), (50, 3))),))),
    ("cut_offs[0].weekday", lambda: Calendar(cut_offs=(CutOff(60, weekday=8),))),
    ("cut_offs[0].minute", lambda: Calendar(cut_offs=(CutOff(24 * 60 + 1),))),
    ("cut_offs[0].date", lambda: Calendar(cut_offs=(CutOff(60, date="24.12.2026"),))),
    ("opened", lambda: Calendar(opened=("tomorrow",))),
    ("pickups[0]", lambda: node(pickups=(Pickup(60, 8),))),
    ("handling_minutes", lambda: node(handling_minutes=-1)),
)


def test_what_is_no_time_is_refused_by_its_field() -> None:
    """With the place in the list."""
    for field, make in BAD:
        assert refused(make)[0] == field
