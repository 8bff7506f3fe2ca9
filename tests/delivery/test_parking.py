"""What comes after a dead letter is left to the journal: nothing is lost, little is held, and the others go on.

Each law is run on a host that dies after every step, and once with the slip planted that it is there for.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unicommerce.delivery import (
    Delivered,
    DeliveryPolicy,
    Follower,
    LaneProgress,
    LaneState,
    Owed,
    Parked,
    Progress,
    Reaction,
    Rejected,
)
from unicommerce.delivery.lanes import Lane
from unicommerce.inventory import Received
from unicommerce.ledger import Entry, Recorded, record

POLICY = DeliveryPolicy(lanes=("normal",), window=4, in_flight=2)


def node_of(entry: Entry) -> str:
    """Return the node that goods came to."""
    return entry.movements[0].target.place


TABLE = tuple([Reaction("erp", what, ("inventory.received",), node_of) for what in ("goods", "paper")])
"""Each entry owes two letters of one key."""


def journal(keys: Sequence[str]) -> list[Recorded]:
    """Return a journal of goods that came to nodes."""
    return [
        Recorded(at, record(f"e{at}", (Received(receipt="r", node=key, lines=(("MUG", 1),)),), now=0))
        for at, key in enumerate(keys, 1)
    ]


class Host:
    """A host that dies after each step and goes on from what it kept, beside a system that rejects some letters."""

    def __init__(self, records: Sequence[Recorded], poison: frozenset[str]) -> None:
        self.records = records
        self.poison = poison
        self.follower = Follower("erp", TABLE, policy=POLICY)
        self.arrived: list[Owed] = []

    def step(self) -> int:
        """Read what is wanted, send what is due, die; return how many letters were sent."""
        for lane, position, limit in self.follower.wishes():
            self.follower.take(lane, self.records[position : position + min(limit, 2)])
        due = self.follower.due(0)
        for owed in due:
            is_odd = owed.id in self.poison and not owed.repaired
            self.arrived += [] if is_odd else [owed]
            self.follower.settle(owed, Rejected("odd") if is_odd else Delivered(), now=0)
        self.follower = Follower("erp", TABLE, policy=POLICY, progress=Progress.of(self.follower.progress.plain()))
        return len(due)

    def run(self) -> None:
        """Go on until nothing is sent and nothing is read."""
        before: object = None
        while before != (before := (self.follower.progress, len(self.arrived))):
            self.step()
            held = self.follower.progress.lanes[0]
            assert len(held.waiting) + len(held.dead) <= POLICY.window + 1  # an entry has two letters
            assert len(held.parked) <= POLICY.window + 1
            counts = self.follower.counts["normal"]
            assert counts.taken == 2 * held.position == sum(counts[1:5])


def play(keys: Sequence[str], poison: frozenset[str]) -> None:
    """Let all arrive, with people who repair what is dead; check that it did, once, and in the order of each key."""
    host = Host(journal(keys), poison)
    for _ in range(2 * len(keys) + 2):
        host.run()
        for letter in host.follower.dead[:1]:
            host.follower.replay(letter.owed.id, repaired="fixed")
    every = [Owed(f"e{at}/{what}", at, what, key) for at, key in enumerate(keys, 1) for what in ("goods", "paper")]
    assert Counter(owed.id for owed in host.arrived) == Counter(owed.id for owed in every)
    for key in set(keys):
        of_key = [owed.id for owed in host.arrived if owed.key == key]
        assert of_key == [owed.id for owed in every if owed.key == key]
    assert host.follower.states == {"normal": LaneState.FOLLOWING}
    assert host.follower.progress.needs_from == len(keys) + 1
    assert host.follower.counts["normal"].parked == 0


KEYS = st.lists(st.sampled_from("aab"), max_size=9)
POISON = st.frozensets(st.sampled_from([f"e{at}/{what}" for at in range(1, 10) for what in ("goods", "paper")]))


@settings(max_examples=40)
@given(KEYS, POISON)
def test_all_arrives_once_and_in_order_whatever_is_rejected(keys: list[str], poison: frozenset[str]) -> None:
    """Though the host dies after each step, and holds no more than a window."""
    play(keys, poison)


def test_behind_a_dead_letter_nothing_is_held_and_the_others_go_on() -> None:
    """Two hundred letters of its key stay in the journal; all of the other key arrive."""
    host = Host(journal(["a", *["a", "b"] * 100]), frozenset(("e1/goods",)))
    host.run()

    assert Counter(owed.key for owed in host.arrived) == {"b": 200}
    assert host.follower.progress.lanes[0].parked == (Parked("a", 1, ("e1/paper",), 201),)
    assert host.follower.progress.needs_from == 1
    assert host.follower.counts["normal"]._asdict() == {
        "taken": 402, "delivered": 200, "dropped": 0, "waiting": 201, "dead": 1, "parked": 201,
    }  # fmt: skip
    host.follower.drop("e1/goods")
    assert host.follower.states == {"normal": LaneState.CATCHING_UP}
    host.run()
    assert [owed.id for owed in host.arrived if owed.key == "a"][:3] == ["e1/paper", "e2/goods", "e2/paper"]
    assert Counter(owed.key for owed in host.arrived) == {"a": 201, "b": 200}


def test_as_many_dead_letters_as_a_window_stop_the_lane_until_people_look() -> None:
    """Something is wrong with the system then, and not with its letters; what has not been read is in the journal."""
    host = Host(journal("abcdefg"), frozenset([f"e{at}/goods" for at in range(1, 8)]))
    host.run()

    assert host.follower.states == {"normal": LaneState.BURIED}
    assert (len(host.follower.dead), host.follower.progress.lanes[0].position) == (4, 4)
    host.follower.drop("e1/goods")
    assert host.follower.states == {"normal": LaneState.CATCHING_UP}
    host.run()
    assert host.follower.states == {"normal": LaneState.BURIED}
    assert host.follower.progress.lanes[0].position == 5


def test_a_system_that_does_not_answer_fills_its_lane() -> None:
    """It holds as much as it may, and reads no more."""
    follower = Follower("erp", TABLE, policy=POLICY)
    follower.take("normal", journal("ab"))

    assert follower.states == {"normal": LaneState.FULL}
    assert follower.wishes() == ()


def test_without_parking_a_key_goes_on_and_what_was_left_is_read_again() -> None:
    """A host that changes its mind frees all that was parked."""
    host = Host(journal("aaa"), frozenset(("e1/goods",)))
    host.run()
    kept = host.follower.progress
    free = Follower("erp", TABLE, policy=attrs.evolve(POLICY, parks=False), progress=kept)

    assert free.states == {"normal": LaneState.CATCHING_UP}
    free.take("normal", host.records)
    assert free.counts["normal"]._replace(taken=0) == (0, 0, 0, 5, 1, 0)


def test_what_a_changed_table_owes_no_more_is_not_waited_for() -> None:
    """Counts stay a sum."""
    host = Host(journal("aa"), frozenset(("e1/goods",)))
    host.run()
    fewer = Follower("erp", TABLE[:1], policy=POLICY, progress=host.follower.progress)
    fewer.drop("e1/goods")
    fewer.take("normal", host.records)

    assert fewer.counts["normal"] == (2, 0, 1, 1, 0, 0)


PROGRESS: Callable[[Lane], LaneProgress] = vars(Lane)["progress"].fget
PATCHES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "dead letters take no room": lambda patch: patch.setattr(Lane, "held", property(lambda self: self.waiting)),
    "all of it is read again": lambda patch: patch.setattr(Parked, "covers", lambda _self, _owed: True),
    "where it was left is forgotten": lambda patch: patch.setattr(
        Lane, "progress", property(lambda self: attrs.evolve(PROGRESS(self), parked=()))
    ),
    "letters of one entry are parked as one": lambda patch: patch.setattr(
        Parked, "covers", lambda self, owed: owed.position > self.since or owed.id in self.ids[:1]
    ),
    "the rest of a queue is not parked": lambda patch: patch.setattr(
        Lane, "bury", lambda self, letter: (self._shift(letter.owed, goes_on=False), self._bury(letter))
    ),
}


@pytest.mark.parametrize("slip", PATCHES)
def test_each_slip_is_found(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By one of three small journals."""
    PATCHES[slip](monkeypatch)
    odd = [("aabaa", "e1/goods"), ("aabaa", "e1/paper"), ("abcdef", *[f"e{at}/goods" for at in range(1, 7)])]

    def found(keys: str, *poison: str) -> bool:
        try:
            play(keys, frozenset(poison))
        except (AssertionError, KeyError):
            return True
        return False

    assert any(found(*each) for each in odd)
