"""A system follows the journal at its own pace: what may be sent now, and what becomes of it.

A machine without a clock, a network or chance: a host asks what the system wants from the journal, hands it over, sends
what is due, and says how that ended. Letters of one key go one after the other, keys do not wait for each other, and an
urgent lane does not wait for the others. Where nobody answers, nobody is asked for a while, and then one letter alone.

A failure is a letter's own fault only where the system has served others since that letter was last tried: an outage of
a day buries nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ..errors import InvalidValue
from ..ledger import Reason, Recorded
from ..values import whole
from .codes import DeliveryCode
from .documents import (
    Counts,
    DeadLetter,
    LaneProgress,
    LaneState,
    Outcome,
    Progress,
    Rejected,
    Skipped,
    Unavailable,
)
from .lanes import Lane
from .policy import DeliveryPolicy
from .reactions import Owed, Reaction, checked, owed

__all__ = ["Follower", "Wish"]


class Wish(NamedTuple):
    """What a lane wants from the journal: at most `limit` entries after a position."""

    lane: str
    position: int
    limit: int


class Tried(NamedTuple):
    """How often a letter failed by its own fault, and how many had been served when it was last tried."""

    times: int
    faults: int
    served: int


class Follower:
    """The delivery machine of one system.

    >>> from unicommerce.delivery import Delivered, Reaction, by_entry
    >>> from unicommerce.inventory import Received
    >>> from unicommerce.ledger import Recorded, record
    >>> erp = Follower("erp", [Reaction("erp", "receipt", ("inventory.received",), by_entry)])
    >>> entry = record("r1", (Received(receipt="r1", node="dc", lines=(("MUG", 1),)),), now=0)
    >>> for lane, _, _ in erp.wishes():
    ...     erp.take(lane, [Recorded(1, entry)])
    >>> (letter,) = erp.due(now=0)
    >>> letter.id, erp.settle(letter, Delivered(), now=0), erp.counts["normal"].delivered
    ('r1/receipt', None, 1)
    """

    def __init__(
        self,
        system: str,
        table: Sequence[Reaction],
        *,
        policy: DeliveryPolicy = DeliveryPolicy(),
        progress: Progress | None = None,
    ) -> None:
        if progress is not None and progress.system != system:
            raise InvalidValue("progress", progress.system, f"that of {system}")
        self.system = system
        self._policy = policy
        rows = checked(system, table, policy.lanes)
        self._rows = {lane: [row for row in rows if row.lane == lane] for lane in policy.lanes}
        known = {each.lane: each for each in progress.lanes} if progress else {}
        if unknown := known.keys() - set(policy.lanes):
            raise InvalidValue("lane of progress", min(unknown), f"one of {', '.join(policy.lanes)}")
        self._lanes = {
            lane: Lane(known.get(lane, LaneProgress(lane=lane)), parks=policy.parks)
            for lane in policy.lanes
            if self._rows[lane] or lane in known
        }
        self._under_way: dict[str, Lane] = {}
        self._tried: dict[str, Tried] = {}
        self._served = self._failed = 0
        self._closed_until: int | None = None

    # What comes in

    def wishes(self) -> tuple[Wish, ...]:
        """Return what lanes want from the journal; one that has as much as it may hold wants nothing."""
        room = {lane.name: self._policy.window - lane.held for lane in self._lanes.values()}
        return tuple(
            [Wish(lane.name, lane.reads_after, room[lane.name]) for lane in self._lanes.values() if room[lane.name] > 0]
        )

    def take(self, lane: str, records: Iterable[Recorded]) -> None:
        """Take the next entries of the journal. Raises `InvalidValue` where one was left out."""
        into = self._lane(lane)
        for recorded in records:
            into.take(recorded.position, owed(self._rows[lane], recorded))

    def _lane(self, lane: str) -> Lane:
        if lane not in self._lanes:
            raise InvalidValue("lane", lane, f"one of {', '.join(self._lanes)}")
        return self._lanes[lane]

    # What goes out

    def due(self, now: int) -> tuple[Owed, ...]:
        """Return the letters to be sent now (ms UTC); until each is settled it is under way, and counted."""
        found: list[Owed] = []
        for lane, letter in self._drawn(now) if self._closed_until is None else self._trial(now, self._closed_until):
            self._under_way[letter.id] = lane
            found.append(letter)
        return tuple(found)

    def _drawn(self, now: int) -> Iterator[tuple[Lane, Owed]]:
        """Draw from the lanes: one of each first, and then by their order."""
        slots = self._policy.in_flight - len(self._under_way)
        lanes = list(self._lanes.values())
        busy = set(self._under_way.values())
        for lane in [*[lane for lane in lanes if lane not in busy], *[lane for lane in lanes for _ in range(slots)]]:
            if slots and (letter := lane.next(now)) is not None:
                slots -= 1
                yield lane, letter

    def _trial(self, now: int, closed_until: int) -> Iterator[tuple[Lane, Owed]]:
        """Draw one letter alone, to see whether somebody answers again; each lane has its turn."""
        lanes = list(self._lanes.values())
        rounds, turn = divmod(self._failed, len(lanes))
        if now >= closed_until and not self._under_way:
            found = ((lane, lane.trial(now, rounds)) for lane in lanes[turn:] + lanes[:turn])
            yield from islice(((lane, letter) for lane, letter in found if letter is not None), 1)

    @property
    def wakes_at(self) -> int | None:
        """Return the moment (ms UTC) from which something is due: 0 for at once, None while nothing waits for time."""
        moments = [at for lane in self._lanes.values() if (at := lane.wakes_at) is not None]
        return max(min(moments), self._closed_until or 0) if moments else None

    # What became of it

    def settle(self, letter: Owed, outcome: Outcome, *, now: int, jitter: int = 0) -> None:
        """Say how sending a letter ended; `jitter`, from 0 to 999, is drawn by the host.

        Raises `InvalidValue` for a letter that is not under way.
        """
        if letter.id not in self._under_way:
            raise InvalidValue("letter", letter.id, "one that is under way")
        whole(jitter, "jitter")
        lane = self._under_way.pop(letter.id)
        if isinstance(outcome, Unavailable):
            self._fail(lane, letter, outcome, now, min(jitter, 999))
            return
        if isinstance(outcome, Skipped):
            self._tried.pop(letter.id, None)
            lane.skipped(letter)
            return
        self._failed, self._closed_until = 0, None
        tried = self._tried.pop(letter.id, Tried(0, 0, 0))
        if isinstance(outcome, Rejected):
            because = Reason(DeliveryCode.REJECTED, letter.id, outcome.why)
            lane.bury(DeadLetter(letter, because, tried.times + 1, now))
        else:
            self._served += 1
            lane.delivered(letter)

    def _fail(self, lane: Lane, letter: Owed, outcome: Unavailable, now: int, jitter: int) -> None:
        times, faults, served = self._tried.pop(letter.id, Tried(0, 0, self._served))
        faults += served < self._served or not times
        if faults >= self._policy.attempts and served < self._served:
            because = Reason(DeliveryCode.GIVEN_UP, letter.id, outcome.why, faults)
            lane.bury(DeadLetter(letter, because, times + 1, now))
        else:
            self._tried[letter.id] = Tried(times + 1, faults, self._served)
            wait_until = now + self._policy.wait_ms(times + 1, jitter)
            lane.again(letter, max(wait_until, outcome.retry_at or 0))
        self._failed += 1
        if self._failed >= self._policy.trips_after:
            rounds = self._failed - self._policy.trips_after + 1
            wait_until = now + self._policy.wait_ms(rounds, jitter)
            self._closed_until = max(wait_until, outcome.retry_at or 0, self._closed_until or 0)

    @property
    def is_tripped(self) -> bool:
        """Tell whether nobody answered for so long that only one letter is tried from time to time."""
        return self._closed_until is not None

    # What people do with the dead

    @property
    def dead(self) -> tuple[DeadLetter, ...]:
        """Return the dead letters, the earliest first."""
        letters = [letter for lane in self._lanes.values() for letter in lane.dead.values()]
        return tuple(sorted(letters, key=lambda letter: (letter.owed.position, letter.owed.id)))

    def replay(self, id: str, *, repaired: str = "") -> None:
        """Send a dead letter again, as repaired or made anew from its entry, before what waits behind it.

        Raises `InvalidValue` where no dead letter has the id.
        """
        self._of(id).replay(id, repaired)

    def drop(self, id: str) -> None:
        """Never send a dead letter; what waits behind it goes on. Raises `InvalidValue` where none has the id."""
        self._of(id).drop(id)

    def _of(self, id: str) -> Lane:
        for lane in self._lanes.values():
            if id in lane.dead:
                return lane
        raise InvalidValue("dead letter", id, "the id of one")

    # How far it has come

    @property
    def counts(self) -> dict[str, Counts]:
        """Return, for each lane, what became of all that was taken: taken = delivered + dropped + waiting + dead."""
        return {lane.name: lane.counts for lane in self._lanes.values()}

    @property
    def states(self) -> dict[str, LaneState]:
        """Return, for each lane, whether it reads on, and why not."""
        return {lane.name: self._state(lane) for lane in self._lanes.values()}

    def _state(self, lane: Lane) -> LaneState:
        if lane.held >= self._policy.window:
            return LaneState.FULL if lane.waiting else LaneState.BURIED
        return LaneState.CATCHING_UP if lane.reads_after < lane.position else LaneState.FOLLOWING

    @property
    def progress(self) -> Progress:
        """Return what to keep beside the journal; what is under way counts as not sent."""
        return Progress(system=self.system, lanes=tuple([lane.progress for lane in self._lanes.values()]))
