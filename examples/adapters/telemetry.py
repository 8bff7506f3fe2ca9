"""What an operator sees of systems that follow the journal, in the shape that OpenTelemetry has for it.

`points` is a pure function: a host calls it when its meter asks (an observable gauge yields what it returns) and hands
each point on; names, units and attributes are those of the conventions, with our names behind `unicommerce.`. `counted`
tells a `Telemetry` how sending went. Neither knows a library for telemetry. Copy this file.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from unicommerce.delivery import Follower, Letter, Outcome, Send
from unicommerce.ports import Telemetry

__all__ = ["Point", "counted", "points"]


class Point(NamedTuple):
    """A value of a gauge: its name, the value, the unit in UCUM, and what it is about."""

    name: str
    value: int
    unit: str
    attributes: Mapping[str, str]


def points(follower: Follower, head: int) -> Iterator[Point]:
    """Yield where a system stands, where the last entry of the journal has the position `head`.

    - `letters`: how many wait (`parked` is some of them), are dead, were delivered or dropped, by lane.
    - `lag`: entries of the journal that a lane has not read yet.
    - `lane`: 1 for the state that a lane is in.
    - `tripped`: 1 while nobody answers.
    """
    system = {"system": follower.system}
    for lane in follower.progress.lanes:
        about = {**system, "lane": lane.lane}
        for state, letters in follower.counts[lane.lane]._asdict().items():
            if state != "taken":
                yield Point("unicommerce.delivery.letters", letters, "{letter}", {**about, "state": state})
        yield Point("unicommerce.delivery.lag", max(head - lane.position, 0), "{entry}", about)
        yield Point("unicommerce.delivery.lane", 1, "1", {**about, "state": follower.states[lane.lane]})
    yield Point("unicommerce.delivery.tripped", int(follower.is_tripped), "1", system)


def counted(send: Send, telemetry: Telemetry, system: str, clock_us: Callable[[], int]) -> Send:
    """Return a way of sending that tells how it ended and how long it took, by a clock of the host (µs)."""

    async def watched(letter: Letter) -> Outcome:
        began, how = clock_us(), "raised"
        try:
            outcome = await send(letter)
            how = type(outcome).__name__.lower()
        finally:
            about = {"system": system, "what": letter.owed.what, "outcome": how}
            telemetry.count("unicommerce.delivery.sent", 1, **about)
            telemetry.took("unicommerce.delivery.duration", clock_us() - began, **about)
        return outcome

    return watched
