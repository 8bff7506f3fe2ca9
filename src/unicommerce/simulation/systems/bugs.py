"""Bugs of those who plug systems in: each is wrong in one step of a host; the table of all bugs is in `saboteurs`."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import attrs

from ...delivery import (
    Delivered,
    Follower,
    LaneProgress,
    Letter,
    Outcome,
    Owed,
    Progress,
    Rejected,
    Unavailable,
)
from ...intake import Intake, Taken, take
from ...ledger import Recorded
from ...ports import Reading, Receipt
from ...values import DAY_MS
from .wiring import Wiring

__all__ = ["BUGS"]


class Careless(Follower):
    """Counts what is under way as settled in what it keeps: who dies has lost it."""

    @property
    def progress(self) -> Progress:
        """Leave out what is under way."""
        under_way = set(self._under_way)

        def settled(lane: LaneProgress) -> LaneProgress:
            left = tuple([owed for owed in lane.waiting if owed.id not in under_way])
            return attrs.evolve(lane, waiting=left, delivered=lane.delivered + len(lane.waiting) - len(left))

        found = super().progress
        return attrs.evolve(found, lanes=tuple(map(settled, found.lanes)))


class Forgetful(Follower):
    """Keeps its position, and not what waits: each entry that was read is behind it."""

    @property
    def progress(self) -> Progress:
        """Leave out what waits."""
        found = super().progress
        lanes = [attrs.evolve(x, waiting=(), delivered=x.delivered + len(x.waiting)) for x in found.lanes]
        return attrs.evolve(found, lanes=tuple(lanes))


class Gravedigger(Follower):
    """Keeps the dead in memory alone."""

    @property
    def progress(self) -> Progress:
        """Leave out the dead."""
        found = super().progress
        lanes = [attrs.evolve(x, dead=(), dropped=x.dropped + len(x.dead)) for x in found.lanes]
        return attrs.evolve(found, lanes=tuple(lanes))


class Unforgiving(Follower):
    """A breaker that has opened never closes."""

    def due(self, now: int) -> tuple[Owed, ...]:
        """Send nothing any more."""
        return () if self.is_tripped else super().due(now)


class Frozen(Follower):
    """Sends nothing while there is a dead letter."""

    def due(self, now: int) -> tuple[Owed, ...]:
        """Wait for people."""
        return () if self.dead else super().due(now)


class Heedless(Follower):
    """Forgets what was parked behind a dead letter when that is let go or sent again."""

    def replay(self, id: str, *, repaired: str = "") -> None:
        """Lose the rest of the key."""
        lane = self._of(id)
        lane._parked.pop(lane.dead[id].owed.key, None)  # noqa: SLF001 - a bug is planted inside
        super().replay(id, repaired=repaired)

    def drop(self, id: str) -> None:
        """Lose the rest of the key."""
        lane = self._of(id)
        lane._parked.pop(lane.dead[id].owed.key, None)  # noqa: SLF001 - a bug is planted inside
        super().drop(id)


class Latecomer(Follower):
    """Begins at the end of the journal where its progress is gone."""

    def take(self, lane: str, records: Iterable[Recorded]) -> None:
        """Pass over all that was there before it began."""
        records = list(records)
        into = self._lane(lane)
        if records and into.position == 0 and records[-1].position > FIRST:
            for recorded in records:
                into.take(recorded.position, ())
        else:
            super().take(lane, records)


FIRST = 30
"""A journal so long is not one that has just begun."""


class Overtaking(Follower):
    """Goes on with the next letter of a key where one has failed."""

    def settle(self, letter: Owed, outcome: Outcome, *, now: int, jitter: int = 0) -> None:
        """Put it at the end of its queue."""
        lane = self._under_way.get(letter.id)
        super().settle(letter, outcome, now=now, jitter=jitter)
        if lane and isinstance(outcome, Unavailable) and letter.key in lane._queues:  # noqa: SLF001 - as planted
            lane._queues[letter.key].rotate(-1)  # noqa: SLF001 - a bug is planted inside


def _following(made: type[Follower]) -> Callable[[Wiring], Wiring]:
    return lambda wiring: wiring._replace(follow=made)


def _hearing(change: Callable[[Outcome], Outcome]) -> Callable[[Wiring], Wiring]:
    return lambda wiring: wiring._replace(heard=change)


def _rejected_is_well(outcome: Outcome) -> Outcome:
    return Delivered() if isinstance(outcome, Rejected) else outcome


def _unheard_is_well(outcome: Outcome) -> Outcome:
    return Delivered() if outcome == Unavailable("timed out") else outcome


def _down_is_no(outcome: Outcome) -> Outcome:
    return Rejected(outcome.why) if isinstance(outcome, Unavailable) else outcome


def _never_again(outcome: Outcome) -> Outcome:
    return Unavailable(outcome.why, retry_at=90 * 366 * DAY_MS) if isinstance(outcome, Unavailable) else outcome


def _signed_anew(letter: Letter, times: int) -> str:
    return f"{letter.owed.id}~{times}" if times > 1 else letter.owed.id


def _each_arrival(reading: Reading, intake: Intake, number: int) -> Taken:
    """Take each arrival for a message of its own."""
    papers = [attrs.evolve(p, id=f"{p.id}+{number}") if isinstance(p, Receipt) else p for p in reading.papers]
    return take(Reading(papers=tuple(papers)), intake)


BUGS: Mapping[str, Callable[[Wiring], Wiring]] = MappingProxyType(
    {
        "keeps progress before it has sent": lambda w: w._replace(follow=Careless, keeps_first=True),
        "keeps its position and not what waits": _following(Forgetful),
        "keeps no dead letters": _following(Gravedigger),
        "a breaker never closes": _following(Unforgiving),
        "a dead letter stops all others": _following(Frozen),
        "loses what is parked behind the dead": _following(Heedless),
        "begins at the end where progress is gone": _following(Latecomer),
        "goes on with a key where a letter failed": _following(Overtaking),
        "takes rejected for delivered": _hearing(_rejected_is_well),
        "takes no answer for delivered": _hearing(_unheard_is_well),
        "takes an outage for a rejection": _hearing(_down_is_no),
        "never asks again who did not answer": _hearing(_never_again),
        "sends again under another id": lambda w: w._replace(
            sign=lambda letter, n: f"{letter.owed.id}~{n}" if n > 1 else letter.owed.id
        ),
        "takes each arrival for a message": lambda w: w._replace(take=_each_arrival),
        "acknowledges before it records": lambda w: w._replace(acknowledges_first=True),
        "forgets a message that it can not read": lambda w: w._replace(forgets_poison=True),
        "a message that it can not read stops all": lambda w: w._replace(stops_at_poison=True),
        "a late quantity replaces a newer": lambda w: w._replace(is_newer=lambda _known, _version: True),
    }
)
"""How each replaces a step, by name."""
