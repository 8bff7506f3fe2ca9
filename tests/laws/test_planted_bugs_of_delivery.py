"""Bugs planted in the delivery machine: each is found by its law, and the same search is silent without it."""

from collections import deque
from collections.abc import Callable, Iterable

import attrs
import pytest

from tests.laws.test_machine_of_delivery import Deliveries
from tests.laws.test_planted_bugs import Patch, hunt_by
from unicommerce.delivery import DeadLetter, Follower, LaneProgress, Owed
from unicommerce.delivery.lanes import Lane
from unicommerce.delivery.policy import DeliveryPolicy

SEARCH = hunt_by(Deliveries)
PROGRESS: Callable[[Lane], LaneProgress] = vars(Lane)["progress"].fget


def send_before_it_is_kept(patch: Patch) -> None:
    """What is under way is forgotten in what is kept: who dies has lost it."""

    def kept(self: Lane) -> LaneProgress:
        found = PROGRESS(self)
        return attrs.evolve(found, waiting=tuple([owed for owed in found.waiting if owed.key not in self._under_way]))

    patch.setattr(Lane, "progress", property(kept))


def keep_no_dead(patch: Patch) -> None:
    """Dead letters are kept in memory alone."""
    patch.setattr(Lane, "progress", property(lambda self: attrs.evolve(PROGRESS(self), dead=())))


def send_a_key_side_by_side(patch: Patch) -> None:
    """The next letter of a key goes out as soon as the one before it is under way."""

    def key_of_its_own(self: Lane, owed: Owed) -> None:
        enqueue(self, owed._replace(key=f"{owed.key}/{owed.position}"))

    enqueue = Lane._enqueue
    patch.setattr(Lane, "_enqueue", key_of_its_own)


def bury_the_rest_too(patch: Patch) -> None:
    """What waits behind a dead letter goes to the grave with it."""
    bury = Lane.bury

    def all_of_it(self: Lane, letter: DeadLetter) -> None:
        bury(self, letter)
        self._parked.pop(letter.owed.key, None)

    patch.setattr(Lane, "bury", all_of_it)


def go_on_behind_a_dead_letter(patch: Patch) -> None:
    """The rest of a key is sent though a letter before it is dead."""
    init = Lane.__init__

    def never(self: Lane, progress: LaneProgress, *, parks: bool) -> None:
        init(self, progress, parks=not parks)

    patch.setattr(Lane, "__init__", never)


def read_again_from_the_next(patch: Patch) -> None:
    """What is read again begins one entry too late."""
    release = Lane._release

    def later(self: Lane, key: str) -> None:
        before = self.reads_after
        release(self, key)
        self.reads_after = min(before, self.reads_after + 1)

    patch.setattr(Lane, "_release", later)


def forget_to_release(patch: Patch) -> None:
    """A dead letter is dropped, and what was parked behind it is not read again."""
    patch.setattr(Lane, "_release", lambda *_: None)


def forget_to_wake(patch: Patch) -> None:
    """A letter that failed waits for a moment that nobody looks at."""

    def again(self: Lane, owed: Owed, _at: int) -> None:
        self._under_way.discard(owed.key)

    patch.setattr(Lane, "again", again)


def take_all_that_there_is(patch: Patch) -> None:
    """A window has no end."""
    wishes = Follower.wishes
    patch.setattr(Follower, "wishes", lambda self: tuple([wish._replace(limit=999) for wish in wishes(self)]))


def skip_what_is_taken(patch: Patch) -> None:
    """An entry that was taken twice is skipped by the one after it: the position runs ahead."""
    take = Lane.take

    def ahead(self: Lane, position: int, letters: Iterable[Owed]) -> None:
        take(self, position, () if position % 7 == 0 else letters)

    patch.setattr(Lane, "take", ahead)


def forget_how_many_are_under_way(patch: Patch) -> None:
    """Each look sends as many as may be under way in all."""
    due = Follower.due

    def more(self: Follower, now: int) -> tuple[Owed, ...]:
        found = due(self, now)
        self._policy = attrs.evolve(self._policy, in_flight=self._policy.in_flight + len(found))
        return found

    patch.setattr(Follower, "due", more)


def wait_for_ever(patch: Patch) -> None:
    """Each failure doubles the wait, without an end."""
    patch.setattr(DeliveryPolicy, "wait_ms", lambda _self, times, _jitter: 10_000 << (10 * times))


def deliver_twice(patch: Patch) -> None:
    """A letter that was delivered stays in its queue."""
    delivered = Lane.delivered

    def stays(self: Lane, owed: Owed) -> None:
        queue = self._queues[owed.key]
        if len(queue) > 1:
            self._queues[owed.key] = deque([owed, *queue])
            self.waiting += 1
        delivered(self, owed)

    patch.setattr(Lane, "delivered", stays)


PLANTED = [
    send_before_it_is_kept,
    keep_no_dead,
    send_a_key_side_by_side,
    bury_the_rest_too,
    go_on_behind_a_dead_letter,
    read_again_from_the_next,
    forget_to_release,
    forget_to_wake,
    take_all_that_there_is,
    skip_what_is_taken,
    forget_how_many_are_under_way,
    wait_for_ever,
    deliver_twice,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.replace("_", " "))
def test_a_planted_bug_is_found_by_its_law(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """The wrong variant is in place while the law is checked, and the law raises."""
    plant(monkeypatch)

    assert SEARCH() is not None


def test_the_same_search_finds_nothing_where_nothing_is_planted() -> None:
    """What found the bugs is silent without them."""
    assert SEARCH() is None
