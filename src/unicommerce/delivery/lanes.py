"""The queues of one lane: letters of a key in the order of the journal, one of them under way at a time.

Each step costs the logarithm of how many keys wait, however long the queues are. What comes after a dead letter in its
key is not held: it is left to the journal, and read again from there once people have freed the key. So a lane holds no
more letters than its window, dead ones with them. Nothing here knows the system: whether it is to be asked at all, and
how long to wait, is said by `following`.
"""

from collections import deque
from collections.abc import Iterable
from heapq import heappop, heappush

from ..errors import InvalidValue
from .documents import Counts, DeadLetter, LaneProgress, Parked
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
        self._parked = {parked.key: parked for parked in progress.parked}
        self._graves: dict[str, int] = {}
        self._under_way: set[str] = set()
        self._ready: list[tuple[int, str]] = []
        self._later: list[tuple[int, int, str]] = []
        for letter in progress.dead:
            self._bury(letter)
        for owed in progress.waiting:
            self._enqueue(owed)
        self.reads_after = self.position
        for key in self._parked:
            self._release(key)

    # What comes in

    def take(self, position: int, letters: Iterable[Owed]) -> None:
        """Take what the next entry of the journal owes. Raises `InvalidValue` where an entry was left out."""
        if position != self.reads_after + 1:
            raise InvalidValue(f"position in lane {self.name}", position, f"{self.reads_after + 1}, the next")
        self.reads_after = position
        if position <= self.position:
            self._take_again(position, letters)
            return
        for owed in letters:
            self._taken += 1
            if self._is_dead(owed.key):
                self._park(owed)
            else:
                self._enqueue(owed)
        self.position = position

    def _take_again(self, position: int, letters: Iterable[Owed]) -> None:
        """Take what was left to the journal, of keys that are free again."""
        for owed in [owed for owed in letters if self._is_awaited(owed)]:
            left = self._parked[owed.key].letters - 1
            self._parked[owed.key] = Parked(owed.key, position + 1, (), left)
            self._enqueue(owed)
            if not left:
                del self._parked[owed.key]
        if position == self.position:
            for parked in self._freed():
                del self._parked[parked.key]
                self._taken -= parked.letters  # letters that the table owes no more

    def _freed(self) -> list[Parked]:
        """Return what is being read again, from where it goes on."""
        freed = [parked for parked in self._parked.values() if not self._is_dead(parked.key)]
        after = self.reads_after
        return [each if each.since > after else each._replace(since=after + 1, ids=()) for each in freed]

    def _enqueue(self, owed: Owed) -> None:
        self.waiting += 1
        queue = self._queues.setdefault(owed.key, deque())
        queue.append(owed)
        if len(queue) == 1 and owed.key not in self._under_way:
            heappush(self._ready, (owed.position, owed.key))

    def _is_awaited(self, owed: Owed) -> bool:
        parked = self._parked.get(owed.key)
        return parked is not None and parked.covers(owed) and not self._is_dead(owed.key)

    def _is_dead(self, key: str) -> bool:
        return self._parks and key in self._graves

    def _park(self, owed: Owed) -> None:
        """Leave a letter to the journal."""
        parked = self._parked.get(owed.key)
        if parked is None or owed.position < parked.since:
            parked = Parked(owed.key, owed.position, (owed.id,), parked.letters if parked else 0)
        elif owed.position == parked.since and parked.ids:
            parked = parked._replace(ids=(*parked.ids, owed.id))
        self._parked[owed.key] = parked._replace(letters=parked.letters + 1)

    # What goes out

    def next(self, now: int) -> Owed | None:
        """Return a letter that may be sent, the earliest first; from then on it is under way."""
        while self._later and self._later[0][0] <= now:
            _, position, key = heappop(self._later)
            heappush(self._ready, (position, key))
        return self._out(heappop(self._ready)[-1]) if self._ready else None

    def trial(self, now: int, turn: int) -> Owed | None:
        """Return a letter to be tried alone: by turns the earliest of the new, and who of the others waited longest.

        Were it the earliest of all, one that fails by its own fault would be tried again and again, and no other.
        """
        has_waited = bool(self._later) and self._later[0][0] <= now
        if has_waited and (turn % 2 or not self._ready):
            return self._out(heappop(self._later)[-1])
        return self._out(heappop(self._ready)[-1]) if self._ready else None

    def _out(self, key: str) -> Owed:
        self._under_way.add(key)
        return self._queues[key][0]

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
            rest = self._queues.pop(letter.owed.key, ())
            self.waiting -= len(rest)
            for owed in rest:
                self._park(owed)

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
        """Send a dead letter never; what was left to the journal behind it is read again."""
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
        if key in self._parked and not self._is_dead(key):
            self.reads_after = min(self.reads_after, self._parked[key].since - 1)

    # How far it has come

    @property
    def held(self) -> int:
        """Return how many letters it holds: those that wait, but for the parked, and the dead."""
        return self.waiting + len(self.dead)

    @property
    def counts(self) -> Counts:
        """Return what became of all that was taken."""
        parked = sum([each.letters for each in self._parked.values()])
        return Counts(self._taken, self._delivered, self._dropped, self.waiting + parked, len(self.dead), parked)

    @property
    def progress(self) -> LaneProgress:
        """Return what to keep; what is under way counts as waiting."""
        waiting = [owed for queue in self._queues.values() for owed in queue]
        return LaneProgress(
            lane=self.name,
            position=self.position,
            waiting=tuple(sorted(waiting, key=lambda owed: owed.position)),
            dead=tuple(self.dead.values()),
            parked=tuple([parked for parked in self._parked.values() if self._is_dead(parked.key)] + self._freed()),
            taken=self._taken,
            delivered=self._delivered,
            dropped=self._dropped,
        )
