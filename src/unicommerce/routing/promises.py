"""When an order is ready, leaves and arrives: the promise, by the clocks of the node, the carrier and the customer.

    taken up (cut-off) -> ready (handling, in open hours) -> leaves (pick-up) -> arrives (transit, in carrier's days)

Wall clocks are the node's until the parcel leaves and the customer's when it arrives. A transit is known by how often
it was kept: a table of days by percent, of which the policy takes what is kept often enough.
"""

from functools import lru_cache
from typing import NamedTuple

from ..catalog import Calendar, Node, Pickup, at_local, day_text, local_day, moment_text
from ..errors import InvalidValue
from ..ledger import Reason, ReasonCode
from ..values import MINUTE_MS, Position, frozen, whole

__all__ = ["Carrier", "Destination", "Promise", "PromiseCode", "Transit", "collectable", "promised", "why_moved"]


class PromiseCode(ReasonCode):
    """Why a promise is another than before: the first step that differs."""

    NODE = "routing.promise_node", "it comes from {subject} instead of {found}: {unit}"
    TAKEN_UP = "routing.promise_taken_up", "{subject} takes it up on {needed} instead of {found}: {unit}"
    READY = "routing.promise_ready", "{subject} has it ready at {needed} instead of {found}: {unit}"
    LEAVES = "routing.promise_leaves", "it leaves {subject} at {needed} instead of {found}: {unit}"
    UNDER_WAY = "routing.promise_under_way", "it is under way from {subject} for another time: {unit}"


class Destination(NamedTuple):
    """Where a parcel goes: the position, a region of transits ("": none), a time zone ("": that of the node)."""

    position: Position
    region: str = ""
    zone: str = ""


class Transit(NamedTuple):
    """In how many of the carrier's days parcels arrive: (percent, days) by rising percent, for what it fits.

    `up_to_m` (None: any distance), `node`, `region` and `service` ("": any) say what it is for.

    >>> Transit(((50, 2), (95, 4))).within(90)
    4
    """

    days: tuple[tuple[int, int], ...]
    up_to_m: int | None = None
    node: str = ""
    region: str = ""
    service: str = ""

    def fits(self, node: str, region: str, service: str, meters: int) -> bool:
        """Tell whether it is what it takes from a node to a region by a service, so many meters apart."""
        is_near = self.up_to_m is None or meters <= self.up_to_m
        return is_near and self.node in ("", node) and self.region in ("", region) and self.service in ("", service)

    def within(self, percent: int) -> int:
        """Return the days within which so many of a hundred arrive, or as many as are known of."""
        return next((days for often, days in self.days if often >= percent), self.days[-1][1])


@frozen(kw_only=True)
class Carrier:
    """When carriers move and deliver, and how long they take; the first transit that fits counts.

    - `transits`: where none fits, the days of the rate card's band hold. - `calendar`: their days; of it `days`,
    `closed` and `opened` count. - `from_minute`, `until_minute`: of the day of
    delivery, by the customer's clock. - `percent`: how often a promise is to be kept;
    a transit that knows of no such share promises what it knows, and says how often that is kept.
    """

    transits: tuple[Transit, ...] = ()
    calendar: Calendar = Calendar()
    from_minute: int = 8 * 60
    until_minute: int = 20 * 60
    percent: int = 99

    def __attrs_post_init__(self) -> None:
        for field in ("from_minute", "until_minute"):
            whole(getattr(self, field), field)
        if not 1 <= whole(self.percent, "percent") <= 100:
            raise InvalidValue("percent", self.percent, "1 to 100")
        for number, transit in enumerate(self.transits):
            percents, days = zip(*transit.days, strict=True) if transit.days else ((), ())
            if not transit.days or list(percents) != sorted({*percents}) or list(days) != sorted(days) or days[0] < 0:
                raise InvalidValue(f"transits[{number}].days", transit.days, "days that rise with the percent")

    def transit(self, node: str, region: str, service: str, meters: int) -> Transit | None:
        """Return what it takes; None where no transit says it."""
        return next((each for each in self.transits if each.fits(node, region, service, meters)), None)


class Promise(NamedTuple):
    """When a node takes an order up (a day by its clock), has it ready and parts with it, and when it arrives; ms UTC.

    It arrives between `earliest` and `latest`, `percent` of the time.
    """

    node: str
    day: int
    ready_at: int
    leaves_at: int
    earliest: int
    latest: int
    percent: int


def promised(
    node: Node,
    to: Destination,
    *,
    meters: int,
    carrier: Carrier,
    otherwise: Transit | None = None,
    service: str = "",
    now: int,
) -> Promise | None:
    """Return what a node can promise for an order that it is given now; None where it works on no day, or nobody goes.

    `meters` is the way to go; `otherwise` the transit where none of the carrier's fits.

    >>> from unicommerce.catalog import moment
    >>> from unicommerce.values import Position
    >>> dc = Node(id="dc", position=Position(0, 0), calendar=Calendar(zone="America/Chicago"), handling_minutes=120)
    >>> made = promised(dc, Destination(Position(0, 0)), meters=9_000, carrier=Carrier(transits=(Transit(((95, 2),)),)),
    ...     now=moment("2026-11-27T14:00:00-06:00"))
    >>> [moment_text(at, "America/Chicago")[:16] for at in (made.ready_at, made.leaves_at, made.latest)]
    ['2026-11-27T16:00', '2026-11-27T18:00', '2026-11-30T20:00']
    """
    transit = carrier.transit(node.id, to.region, service, meters) if carrier.transits else None
    transit = transit or otherwise
    sent = _sent(node.calendar, node.handling_minutes, node.pickups, service, now)
    if transit is None or sent is None:
        return None
    day, ready_at, left, leaves_at = sent
    zone, days = to.zone or node.calendar.zone, carrier.calendar
    soonest = _arrival(days, zone, left, transit.within(1), carrier.from_minute)
    often = min(carrier.percent, transit.days[-1][0])
    latest = _arrival(days, zone, left, transit.within(carrier.percent), carrier.until_minute)
    return Promise(node.id, day, ready_at, leaves_at, max(soonest, leaves_at), max(latest, leaves_at), often)


def collectable(node: Node, *, now: int) -> int | None:
    """Return from when on (ms UTC) an order of now can be collected at a node, in its open hours; None: never.

    >>> from unicommerce.catalog import moment
    >>> from unicommerce.values import Position
    >>> shop = Node(id="s", position=Position(0, 0), calendar=Calendar(open_minute=9 * 60), handling_minutes=60)
    >>> moment_text(collectable(shop, now=moment("2026-11-28T17:30:00Z")))  # a Saturday; it closes at 18:00
    '2026-11-30T09:30:00+00:00'
    """
    at = node.calendar.after_working(now, node.handling_minutes)
    return at if at is None else node.calendar.after_working(at, 0)


@lru_cache(maxsize=8192)
def _sent(
    calendar: Calendar, handling_minutes: int, pickups: tuple[Pickup, ...], service: str, now: int
) -> tuple[int, int, int, int] | None:
    """Return on which day an order of now is taken up, when it is ready, and on which day and when it leaves."""
    ready = _ready(calendar, handling_minutes, service, now)
    leaving = _leaving(calendar, pickups, ready[1], service) if ready else None
    return (*ready, *leaving) if ready and leaving else None


def _ready(calendar: Calendar, handling_minutes: int, service: str, now: int) -> tuple[int, int] | None:
    """Return the day on which an order of now is taken up, and when it is ready."""
    day = calendar.handling_day(now, service)
    if day is None:
        return None
    if not handling_minutes:
        return day, max(now, at_local(calendar.zone, day, calendar.open_minute))
    ready_at = calendar.after_working(max(now, at_local(calendar.zone, day, 0)), handling_minutes)
    return None if ready_at is None else (day, ready_at)


def _leaving(calendar: Calendar, pickups: tuple[Pickup, ...], ready_at: int, service: str) -> tuple[int, int] | None:
    """Return on which working day and when the next carrier calls; without times for that, the end of the day."""
    zone, first = calendar.zone, local_day(calendar.zone, ready_at)
    if not pickups:
        return first, max(ready_at, at_local(zone, first, calendar.close_minute))
    fitting = [each for each in pickups if each.service in ("", service)]
    for day in filter(calendar.works, range(first, first + 366)):
        calls = [at_local(zone, day, minute) for minute, weekday, _ in fitting if weekday in (0, (day - 1) % 7 + 1)]
        if later := [at for at in calls if at >= ready_at]:
            return day, min(later)
    return None


@lru_cache(maxsize=8192)
def _arrival(calendar: Calendar, zone: str, left: int, days: int, minute: int) -> int:
    """Return when the wall clock of a zone shows a minute on the day that is so many of the carrier's days later."""
    day = left
    for _ in range(days):
        following = calendar.next_working(day + 1)
        if following is None:
            raise InvalidValue("calendar", calendar, "one with a working day in each year")
        day = following
    return at_local(zone, day, minute)


def why_moved(before: Promise, after: Promise) -> Reason | None:
    """Say why a promise is another than before: the first step that differs, and the minutes by which it is later.

    >>> old = Promise("dc", 1, 10, 20, 30, 40, 95)
    >>> why_moved(old, old._replace(leaves_at=21, latest=40 + 2 * 3_600_000)).code
    <PromiseCode.LEAVES: 'routing.promise_leaves'>
    """
    steps = (
        (PromiseCode.NODE, before.node, after.node),
        (PromiseCode.TAKEN_UP, day_text(before.day), day_text(after.day)),
        (PromiseCode.READY, moment_text(before.ready_at), moment_text(after.ready_at)),
        (PromiseCode.LEAVES, moment_text(before.leaves_at), moment_text(after.leaves_at)),
        (PromiseCode.UNDER_WAY, moment_text(before.latest), moment_text(after.latest)),
    )
    by = f"{(after.latest - before.latest) // MINUTE_MS:+d} min"
    return next((Reason(code, after.node, old, new, by) for code, old, new in steps if old != new), None)
