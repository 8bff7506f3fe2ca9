"""The queues of one lane: letters of a key in the order of the journal, one of them under way at a time.

Each step costs the logarithm of how many keys wait, however long the queues are. Nothing here knows the system: whether
it is to be asked at all, and how long to wait, is said by `following`.
"""

from collections import deque
from collections.abc import Iterable
from heapq import heapify, heappop, heappush

from ..errors import InvalidValue
from .documents import Counts, DeadLetter, LaneProgress
from .reactions import Owed

__all__ = ["Lane"]


class Lane:
    """What waits in a lane, what is under way, and what is dead."""

    def __init__(self, progress: LaneProgress, *, parks: bool) -> None:
        self.name = progress.lane
        self.position = progress.position
        self.dead: dict[str, DeadLetter] = {}
        self.waiting = 0
        self._parks = parks
        self._taken, self._delivered, self._dropped = progress.taken, progress.delivered, progress.dropped
        self._queues: dict[str, deque[Owed]] = {}
        self._parked: dict[str, list[Owed]] = {}
        self._graves: dict[str, int] = {}
        self._under_way: set[str] = set()
        self._ready: list[tuple[int, str]] = []
        self._later: list[tuple[int, int, str]] = []
        for letter in progress.dead:
            self._bury(letter)
        for owed in progress.waiting:
            self._enqueue(owed)

    # What comes in

    def take(self, position: int, letters: Iterable[Owed]) -> None:
        """Take what the next entry of the journal owes. Raises `InvalidValue` where an entry was left out."""
        if position != self.position + 1:
            raise InvalidValue(f"position in lane {self.name}", position, f"{self.position + 1}, the next")
        for owed in letters:
            self._taken += 1
            self._enqueue(owed)
        self.position = position

    def _enqueue(self, owed: Owed) -> None:
        if self._parks and owed.key in self._graves:
            self._parked.setdefault(owed.key, []).append(owed)
            return
        self.waiting += 1
        queue = self._queues.setdefault(owed.key, deque())
        queue.append(owed)
        if len(queue) == 1 and owed.key not in self._under_way:
            heappush(self._ready, (owed.position, owed.key))

    # What goes out

    def next(self, now: int) -> Owed | None:
        """Return a letter that may be sent, the earliest first; from then on it is under way."""
        self._wake(now)
        if not self._ready:
            return None
        _, key = heappop(self._ready)
        self._under_way.add(key)
        return self._queues[key][0]

    def heads(self, now: int) -> list[Owed]:
        """Return all letters of which one may be sent, in no order."""
        self._wake(now)
        return [self._queues[key][0] for _, key in self._ready]

    def start(self, owed: Owed) -> None:
        """Have one of the heads under way. This looks at all of them, and is for probes, which are rare."""
        self._ready = [ready for ready in self._ready if ready[1] != owed.key]
        heapify(self._ready)
        self._under_way.add(owed.key)

    def _wake(self, now: int) -> None:
        while self._later and self._later[0][0] <= now:
            _, position, key = heappop(self._later)
            heappush(self._ready, (position, key))

    @property
    def wakes_at(self) -> int | None:
        """Return the moment (ms UTC) from which a letter may be sent: 0 for at once, None for none that waits."""
        return 0 if self._ready else self._later[0][0] if self._later else None

    # What became of it

    def delivered(self, owed: Owed) -> None:
        """Forget a letter that the system has."""
        self._delivered += 1
        self._shift(owed)

    def skipped(self, owed: Owed) -> None:
        """Forget a letter in which there is nothing to say."""
        self._dropped += 1
        self._shift(owed)

    def again(self, owed: Owed, at: int) -> None:
        """Send a letter once more, not before a moment (ms UTC); its key waits with it."""
        self._under_way.discard(owed.key)
        heappush(self._later, (at, owed.position, owed.key))

    def bury(self, letter: DeadLetter) -> None:
        """Send a letter no more by itself."""
        self._shift(letter.owed, goes_on=not self._parks)
        self._bury(letter)
        if self._parks:
            rest = self._queues.pop(letter.owed.key, deque())
            self.waiting -= len(rest)
            self._parked.setdefault(letter.owed.key, []).extend(rest)

    def _bury(self, letter: DeadLetter) -> None:
        self.dead[letter.owed.id] = letter
        self._graves[letter.owed.key] = self._graves.get(letter.owed.key, 0) + 1

    def _shift(self, owed: Owed, *, goes_on: bool = True) -> None:
        queue = self._queues[owed.key]
        queue.popleft()
        self.waiting -= 1
        self._under_way.discard(owed.key)
        if not queue:
            del self._queues[owed.key]
        elif goes_on:
            heappush(self._ready, (queue[0].position, owed.key))

    # What people do with the dead

    def replay(self, id: str, repaired: str = "") -> None:
        """Send a dead letter again, as repaired; it goes before all that waits in its key."""
        letter = self._raise(id)
        owed = letter.owed._replace(repaired=repaired or letter.owed.repaired)
        queue = self._queues.get(owed.key)
        if queue:  # what has gone on without it: it comes next, but for one that is under way or about to be
            queue.insert(1, owed)
            self.waiting += 1
        else:
            self._enqueue(owed)
        self._release(owed.key)

    def drop(self, id: str) -> None:
        """Send a dead letter never; what was parked behind it goes on."""
        self._dropped += 1
        self._release(self._raise(id).owed.key)

    def _raise(self, id: str) -> DeadLetter:
        letter = self.dead.pop(id, None)
        if letter is None:
            raise InvalidValue("dead letter", id, "the id of one")
        self._graves[letter.owed.key] -= 1
        if not self._graves[letter.owed.key]:
            del self._graves[letter.owed.key]
        return letter

    def _release(self, key: str) -> None:
        if key not in self._graves:
            for owed in self._parked.pop(key, ()):
                self._enqueue(owed)

    # How far it has come

    @property
    def counts(self) -> Counts:
        """Return what became of all that was taken."""
        waiting = self.waiting + sum(map(len, self._parked.values()))
        return Counts(self._taken, self._delivered, self._dropped, waiting, len(self.dead))

    @property
    def progress(self) -> LaneProgress:
        """Return what to keep; what is under way counts as waiting."""
        waiting = [owed for queue in (*self._queues.values(), *self._parked.values()) for owed in queue]
        return LaneProgress(
            lane=self.name,
            position=self.position,
            waiting=tuple(sorted(waiting, key=lambda owed: owed.position)),
            dead=tuple(self.dead.values()),
            taken=self._taken,
            delivered=self._delivered,
            dropped=self._dropped,
        )
