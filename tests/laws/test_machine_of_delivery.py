"""A system follows the journal: everything reaches it, in order for each key, whatever fails and whoever dies.

The other end is a list of what arrived. The host keeps progress now and then and dies now and then, so that it starts
again from what it kept last; what it forgot it sends again, under the same ids.
"""

from collections import Counter
from collections.abc import Iterator

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.laws.world import NOW
from unicommerce.delivery import (
    Delivered,
    DeliveryPolicy,
    Follower,
    Outcome,
    Owed,
    Progress,
    Reaction,
    Rejected,
    Unavailable,
)
from unicommerce.inventory import Adjusted, Received
from unicommerce.ledger import Entry, Event, Recorded, record

KEYS = ("a", "b", "c")
POISON = "poison"


def key_of(entry: Entry) -> str:
    """Return the node that an entry is about."""
    return next(iter({move.target.place for move in entry.movements}))


TABLE = (
    Reaction("erp", "receipt", ("inventory.received",), key_of),
    Reaction("erp", "loss", ("inventory.adjusted",), key_of, lane="urgent"),
    Reaction("wms", "ship", ("inventory.received",), key_of),
)


class Deliveries(RuleBasedStateMachine):
    """One system, a host that dies, and a journal that grows."""

    POLICY = DeliveryPolicy(window=6, in_flight=3, first_wait_ms=100, longest_wait_ms=1_000, attempts=3, trips_after=4)

    def __init__(self) -> None:
        super().__init__()
        self.journal: list[Recorded] = []
        self.follower = self.made(None)
        self.kept: Progress | None = None
        self.now = NOW
        self.under_way: dict[str, Owed] = {}
        self.arrived: list[Owed] = []
        self.dropped: set[str] = set()
        self.died = 0

    def made(self, progress: Progress | None) -> Follower:
        """Return a follower that goes on from what was kept, through its plain form."""
        again = Progress.of(progress.plain()) if progress else None
        assert again == progress
        return Follower("erp", TABLE, policy=self.POLICY, progress=again)

    # What happens

    @rule(key=st.sampled_from(KEYS), is_loss=st.booleans(), is_poison=st.booleans())
    def append(self, key: str, *, is_loss: bool, is_poison: bool) -> None:
        """Something is put on record."""
        position = len(self.journal) + 1
        sku = POISON if is_poison else "MUG"
        event: Event = Received(receipt=f"r{position}", node=key, lines=((sku, 1),))
        if is_loss:
            event = Adjusted(adjustment=f"r{position}", node=key, sku=sku, change=1, reason="")
        self.journal.append(Recorded(position, record(f"e{position}", (event,), now=NOW)))

    @rule(wait=st.sampled_from([0, 50, 1_000]))
    def send(self, wait: int) -> None:
        """The host reads what is wanted, and sends what is due."""
        self.read()
        self.now += wait
        for owed in self.follower.due(self.now):
            assert owed.id not in self.under_way
            self.under_way[owed.id] = owed

    def read(self) -> None:
        """Hand over what is wanted."""
        for lane, position, limit in self.follower.wishes():
            self.follower.take(lane, self.journal[position : position + limit])

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), jitter=st.integers(0, 999))
    def answer(self, data: st.DataObject, jitter: int) -> None:
        """A letter is answered: it arrived, or did not, or arrived and nobody heard of it."""
        owed = self.under_way[data.draw(st.sampled_from(sorted(self.under_way)))]
        answers = ["delivered", "unavailable", "unheard", "rejected"]
        said = data.draw(st.sampled_from(["rejected"] if self.is_poison(owed) and not owed.repaired else answers[:3]))
        if said in {"delivered", "unheard"}:
            self.arrived.append(owed)
        outcomes: dict[str, Outcome] = {"delivered": Delivered(), "rejected": Rejected("odd")}
        self.settle(owed, outcomes.get(said, Unavailable("?")), jitter)

    def settle(self, owed: Owed, outcome: Outcome, jitter: int = 0) -> None:
        """Say how it ended."""
        del self.under_way[owed.id]
        self.follower.settle(owed, outcome, now=self.now, jitter=jitter)

    def is_poison(self, owed: Owed) -> bool:
        """Tell whether the system never takes the letter as it is."""
        return any(move.unit == f"sku:{POISON}" for move in self.journal[owed.position - 1].entry.movements)

    def key_of(self, owed: Owed) -> str:
        """Return the key as the table has it."""
        return key_of(self.journal[owed.position - 1].entry)

    @rule()
    def keep(self) -> None:
        """The host keeps how far it has come."""
        self.kept = self.follower.progress

    @rule(keeps=st.booleans())
    def die(self, *, keeps: bool) -> None:
        """The host dies, and starts again from what it kept last."""
        if keeps:
            self.keep()
        self.follower = self.made(self.kept)
        self.under_way.clear()
        self.died += 1

    @precondition(lambda self: self.follower.dead)
    @rule(data=st.data(), repair=st.booleans())
    def bring_back(self, data: st.DataObject, *, repair: bool) -> None:
        """Somebody looks at a dead letter, and sends it again, or never."""
        letter = data.draw(st.sampled_from(self.follower.dead))
        if repair:
            self.follower.replay(letter.owed.id, repaired="fixed")
        else:
            self.follower.drop(letter.owed.id)
            self.dropped.add(letter.owed.id)

    # What must hold

    @invariant()
    def everything_is_somewhere(self) -> None:
        """What was taken was delivered, dropped, waits or is dead; and that is all that was owed so far."""
        counts = self.follower.counts
        for each in counts.values():
            assert each.taken == each.delivered + each.dropped + each.waiting + each.dead
        for lane, what in (("normal", "receipt"), ("urgent", "loss")):
            position = next(each.position for each in self.follower.progress.lanes if each.lane == lane)
            every = [owed for key in KEYS for owed in self.owed(what, key) if owed.position <= position]
            assert counts[lane].taken == len(every)

    @invariant()
    def little_is_under_way(self) -> None:
        """One letter of a key in a lane, no more in all than is allowed; no more is held than a window."""
        lanes = Counter((owed.what, self.key_of(owed)) for owed in self.under_way.values())
        assert not lanes or max(lanes.values()) == 1
        assert len(self.under_way) <= self.POLICY.in_flight
        for lane in self.follower.progress.lanes:
            assert len(lane.waiting) + len(lane.dead) <= self.POLICY.window
            assert len(lane.parked) <= len(KEYS)
            assert all(each.position >= lane.needs_from for each in lane.waiting)

    @invariant()
    def a_key_is_in_order(self) -> None:
        """What arrived for the first time came after all that comes before it in its key, but for what was dropped."""
        for what in ("receipt", "loss"):
            for key in KEYS:
                first = list(
                    dict.fromkeys([o.position for o in self.arrived if o.what == what and self.key_of(o) == key])
                )
                assert first == sorted(first)
                due = [o.position for o in self.owed(what, key) if o.id not in self.dropped]
                assert [each for each in first if each in due] == due[: len([each for each in first if each in due])]

    def owed(self, what: str, key: str) -> Iterator[Owed]:
        """Yield what the erp is owed of one row for a key."""
        kind = "inventory.received" if what == "receipt" else "inventory.adjusted"
        for position, entry in self.journal:
            if entry.events[0].kind == kind and key_of(entry) == key:
                yield Owed(f"{entry.id}/{what}", position, what, key)

    @invariant()
    def nothing_comes_twice_while_nobody_dies(self) -> None:
        """A letter that was heard of is not sent again."""
        heard = Counter(owed.id for owed in self.arrived)
        again = sum(heard.values()) - len(heard)
        delivered = sum(counts.delivered for counts in self.follower.counts.values())
        assert self.died or len(self.arrived) - delivered >= again

    def teardown(self) -> None:
        """With a system that answers and people that repair, all arrives within a bounded number of turns."""
        for owed in list(self.under_way.values()):
            self.settle(owed, Unavailable("the link was cut"))
        for _ in range(40 + 6 * len(self.journal)):
            self.read()
            self.now += 1_000
            for owed in self.follower.due(self.now):
                self.under_way[owed.id] = owed
                rejected = self.is_poison(owed) and not owed.repaired
                self.arrived.extend([] if rejected else [owed])
                self.settle(owed, Rejected("odd") if rejected else Delivered())
            for letter in self.follower.dead:
                self.follower.replay(letter.owed.id, repaired="fixed")
        arrived = {owed.id for owed in self.arrived}
        every = {owed.id for what in ("receipt", "loss") for key in KEYS for owed in self.owed(what, key)}
        assert every <= arrived | self.dropped
        assert self.follower.wakes_at is None
        assert not any(counts.waiting or counts.dead for counts in self.follower.counts.values())
        self.a_key_is_in_order()


TestDeliveries = Deliveries.TestCase
