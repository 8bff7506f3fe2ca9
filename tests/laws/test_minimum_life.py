"""A channel whose lots must last is never promised what only shorter lots could give, whoever claims in which order.

The reference is an assignment of pieces, one by one, to claims: it knows what each piece is and no account or guard.
Each step decides one request, lets something else happen, and only then records what was decided.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, NamedTuple

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.world import NOW, Law, World
from tests.lots.shop import CATALOG, DAY, TODAY
from unicommerce.catalog import Catalog, Channel
from unicommerce.inventory import LotPieces, hold, release, reserve
from unicommerce.ledger import Accepted, Decision, Event, Notes, Refused, Request, record
from unicommerce.lots import BatchReceived, claim_lots, hand_back, received_lots, release_lots

LIFE = {"": 0, "long": 5, "longer": 8}
SHOP = attrs.evolve(
    CATALOG, channels=tuple([Channel(id=id, pool="web", minimum_life_days=life) for id, life in LIFE.items() if life])
)
NODES = ("dc", "dc", "dc", "far")
LIVES = (3, 6, 9)


class Want(NamedTuple):
    """A claim without a name: where, of pieces that may be sold until when, how many."""

    place: str
    until: int
    quantity: int


def flow(wants: Sequence[Want], stock: Mapping[tuple[str, int], int]) -> int:
    """Return how many claimed pieces can be served at once, one piece at a time (augmenting paths)."""
    singles = [want for want in wants for _ in range(want.quantity)]
    pieces = [kind for kind, quantity in stock.items() for _ in range(quantity)]
    owner: dict[int, int] = {}

    def serve(number: int, seen: set[int]) -> bool:
        want = singles[number]
        for i, (node, until) in enumerate(pieces):
            if i not in seen and want.place in (node, "pool:web") and until >= want.until:
                seen.add(i)
                if i not in owner or serve(owner[i], seen):
                    owner[i] = number
                    return True
        return False

    return sum(serve(number, set()) for number in range(len(singles)))


class Step(NamedTuple):
    """What is asked or happens: which kind of it, where, of which life or which lot or claim, how many pieces."""

    kind: str
    node: str
    which: int
    quantity: int


ASKED = ("reserve", "reserve", "by name", "hand back", "at the pool")
HAPPENS = ("receive", "release", "release named")
STEPS = st.builds(Step, st.sampled_from(ASKED), st.sampled_from(NODES), st.integers(0, 8), st.integers(1, 4))
BETWEEN = st.builds(
    Step, st.sampled_from((*HAPPENS, *ASKED)), st.sampled_from(NODES), st.integers(0, 8), st.integers(1, 4)
)
Program = Sequence[tuple[bool, Step, Sequence[Step]]]
"""Each: whether a day goes by, what is decided, and what happens before it is recorded."""

PROGRAMS = st.lists(st.tuples(st.booleans(), STEPS, st.lists(BETWEEN, max_size=1)), min_size=4, max_size=8)


class Shelf:
    """A shop of milk, and beside it what each piece is and who was promised what."""

    catalog: ClassVar[Catalog] = SHOP

    def __init__(self) -> None:
        self.world = World(self.catalog, stock=0)
        self.free: Counter[tuple[str, str]] = Counter()
        self.claims: dict[str, Want] = {}
        self.named: dict[str, tuple[str, str, int]] = {}
        for which in range(len(LIVES)):
            self.receive(Step("receive", "dc", which, 3))
        self.receive(Step("receive", "far", 0, 2))

    def receive(self, step: Step) -> None:
        """Pieces of a lot come in: the life of a lot is in its name."""
        life = LIVES[step.which % len(LIVES)]
        batch = BatchReceived("MILK", step.quantity, f"L{life}", TODAY + life)
        self.world.tell(received_lots(self.world.next_id("r"), node=step.node, batches=[batch]))
        self.free[step.node, batch.lot] += step.quantity

    def release(self, step: Step, claims: Mapping[str, object], *, named: bool) -> None:
        """Somebody gives back what he was promised."""
        if not claims:
            return
        id = sorted(claims)[step.which % len(claims)]
        self.world.ask(release_lots(id) if named else release(id))
        if not named:
            del self.claims[id]
            return
        node, lot, quantity = self.named.pop(id)
        self.free[node, lot] += quantity

    def request(self, id: str, step: Step) -> Request[Catalog]:
        """Return what is asked."""
        lot = LotPieces("MILK", step.quantity, f"L{LIVES[step.which % len(LIVES)]}")
        if step.kind == "by name":
            return claim_lots(id, node=step.node, lots=[lot])
        if step.kind == "hand back":
            return hand_back(id, node=step.node, lots=[lot])
        channel = "" if step.kind == "at the pool" else list(LIFE)[step.which % len(LIFE)]
        place = "pool:web" if step.kind == "at the pool" else step.node
        return reserve(id, place=place, quantities={"MILK": step.quantity}, channel=channel)

    def note(self, id: str, step: Step, _events: Sequence[Event]) -> None:
        """Take note of what was accepted."""
        lot = f"L{LIVES[step.which % len(LIVES)]}"
        if step.kind in ("by name", "hand back"):
            self.free[step.node, lot] -= step.quantity
            if step.kind == "by name":
                self.named[id] = (step.node, lot, step.quantity)
            return
        life = 0 if step.kind == "at the pool" else list(LIFE.values())[step.which % len(LIFE)]
        place = "pool:web" if step.kind == "at the pool" else step.node
        self.claims[id] = Want(place, self.until(life), step.quantity)

    def until(self, life: int) -> int:
        """Return until when what is promised today must last."""
        return TODAY + (self.world.now - NOW) // DAY + life if life else 0

    def happens(self, step: Step) -> None:
        """Do something that is decided and recorded at once."""
        if step.kind == "receive":
            self.receive(step)
        elif step.kind in HAPPENS:
            named = step.kind == "release named"
            self.release(step, self.named if named else self.claims, named=named)
        else:
            id = self.world.next_id("b")
            if isinstance(answer := self.world.ask(self.request(id, step)), Accepted):
                self.note(id, step, answer.events)

    def do(self, step: Step, between: Sequence[Step]) -> None:
        """Decide, let something happen, record."""
        id = self.world.next_id("a")
        request, notes = self.request(id, step), Notes((), self.world.ledger)
        decided = request.decide(notes, self.catalog, self.world.now)
        for each in between:
            self.happens(each)
        if isinstance(decided, Accepted):
            entry = record(request.id, decided.events, now=self.world.now)
            if self.world.ledger.append(entry, decided.guards + notes.unchanged()) is not None:
                self.note(id, step, decided.events)
            else:
                assert between, "a guard that its own decision breaks"

    def wants(self) -> list[Want]:
        """Return all that was promised."""
        return list(self.claims.values())

    def check(self) -> None:
        """Raise where not all that was promised can be served."""
        assert min(self.free.values()) >= 0
        stock = {(node, TODAY + int(lot[1:])): quantity for (node, lot), quantity in self.free.items()}
        wanted = self.wants()
        assert flow(wanted, stock) == sum([want.quantity for want in wanted])


def check_promises(program: Program, kind: Callable[[], Shelf] = Shelf) -> None:
    """Raise where, at some moment, not all that was promised can be served."""
    shelf, days = kind(), 0
    for waits, step, between in program:
        if waits and days < 2:  # nothing expires
            shelf.world.now += DAY
            days += 1
        shelf.do(step, between)
        shelf.check()


PROMISES_ARE_SERVED = Law("lots that last: what was promised can be served", PROGRAMS, check_promises)


@settings(max_examples=200)
@given(PROGRAMS)
def test_what_was_promised_can_be_served(program: Program) -> None:
    """All accepted claims together have an assignment to pieces of lots that last long enough, under any race."""
    check_promises(program)


# Found by readers: each is named for its cause


def stocked(long: int, short: int, *, node: str = "dc") -> World:
    """Return a shop with pieces of a lot that lasts a month and of one that lasts a day."""
    world = World(CATALOG, stock=0)
    lots = [("LONG", long, TODAY + 30), ("SHORT", short, TODAY + 1)]
    batches = [BatchReceived("MILK", pieces, lot, ends) for lot, pieces, ends in lots if pieces]
    world.tell(received_lots("r", node=node, batches=batches))
    return world


def claim(id: str, pieces: int, channel: str = "long", place: str = "dc") -> Request[Catalog]:
    """Ask for milk."""
    return reserve(id, place=place, quantities={"MILK": pieces}, channel=channel)


def named(id: str, pieces: int, lot: str) -> Request[Catalog]:
    """Ask for milk of a lot."""
    return claim_lots(id, node="dc", lots=[LotPieces("MILK", pieces, lot)])


def decided(world: World, *requests: Request[Catalog]) -> list[tuple[Request[Catalog], Decision]]:
    """Decide requests on one and the same state."""
    return [(request, request.decide(world.ledger, CATALOG, world.now)) for request in requests]


def recorded(world: World, each: tuple[Request[Catalog], Decision]) -> bool:
    """Record what was decided, and tell whether its guards let it."""
    request, decision = each
    assert isinstance(decision, Accepted)
    entry = record(request.id, decision.events, now=world.now)
    return world.ledger.append(entry, decision.guards) is not None


def test_a_basket_of_short_lots_does_not_become_a_claim_of_long_ones() -> None:
    """What is drawn on was claimed before, but not of lots that last: it is looked at again."""
    world = stocked(0, 5)
    assert isinstance(world.ask(hold("h", place="dc", quantities={"MILK": 5})), Accepted)

    answer = world.ask(reserve("c", place="dc", quantities={"MILK": 5}, channel="long", own="h"))

    assert isinstance(answer, Refused)


def test_a_claim_by_name_leaves_the_lots_that_last_to_who_was_promised_some() -> None:
    """It asks for what is left of them, not for what is left of all."""
    world = stocked(6, 5)
    assert isinstance(world.ask(claim("m", 5)), Accepted)

    assert isinstance(world.ask(named("too many", 2, "LONG")), Refused)
    assert isinstance(world.ask(hand_back("too", node="dc", lots=[LotPieces("MILK", 2, "LONG")])), Refused)
    assert isinstance(world.ask(named("last", 1, "LONG")), Accepted)
    assert isinstance(world.ask(named("short", 5, "SHORT")), Accepted)


def test_a_claim_by_name_may_take_what_lasts_where_nobody_needs_it() -> None:
    """Claims of any lot do not keep those that last: shorter ones serve them."""
    world = stocked(5, 5)
    assert isinstance(world.ask(claim("any", 5, channel="")), Accepted)

    assert isinstance(world.ask(named("n", 5, "LONG")), Accepted)


def test_a_promise_of_lots_that_last_is_kept_on_the_next_day() -> None:
    """A lot that lasts too short to be promised again is still what was promised yesterday."""
    world = World(CATALOG, stock=0)
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 5, "LONG", TODAY + 5)]))
    world.tell(received_lots("s", node="dc", batches=[BatchReceived("MILK", 5, "SHORT", TODAY + 2)]))
    assert isinstance(world.ask(claim("m", 5)), Accepted)
    world.now += DAY

    assert isinstance(world.ask(named("n", 1, "LONG")), Refused)


def test_a_short_lot_given_back_meanwhile_is_no_lot_that_lasts() -> None:
    """Two claims that read the same two pieces: the room that a released claim makes is not theirs."""
    world = stocked(2, 5)
    assert isinstance(world.ask(named("s", 5, "SHORT")), Accepted)
    both = decided(world, claim("m1", 2), claim("m2", 2))
    assert isinstance(world.ask(release_lots("s")), Accepted)

    assert sum([recorded(world, each) for each in both]) < 2


def test_short_lots_that_come_in_meanwhile_serve_nobody_who_needs_long_ones() -> None:
    """A receipt is no reason to decide again; only one of two claims is served by the pieces that both read."""
    world = stocked(2, 0)
    both = decided(world, claim("m1", 2), claim("m2", 2))
    world.tell(received_lots("s", node="dc", batches=[BatchReceived("MILK", 5, "SHORT", TODAY + 1)]))

    assert [recorded(world, each) for each in both] == [True, False]


def test_a_claim_by_name_and_one_of_lots_that_last_do_not_take_the_same_piece() -> None:
    """Decided on one state, only the first of them is recorded, whichever that is."""
    for turn in (1, -1):
        world = stocked(5, 5)
        both = decided(world, claim("m", 5), named("n", 5, "LONG"))[::turn]

        assert [recorded(world, each) for each in both] == [True, False]


def test_room_that_a_claim_of_any_lot_made_is_not_room_of_lots_that_last() -> None:
    """As many pieces are claimed as were when it was decided, but others need them: it is decided again."""
    world = stocked(5, 5)
    assert isinstance(world.ask(claim("any", 5, channel="")), Accepted)
    (late,) = decided(world, named("n", 5, "LONG"))
    assert isinstance(world.ask(release("any")), Accepted)
    assert isinstance(world.ask(claim("m", 5)), Accepted)

    assert not recorded(world, late)


def test_short_lots_elsewhere_serve_the_claims_of_the_pool() -> None:
    """A pool's claims take any lot, so that what lasts at another node is not kept for them."""
    world = stocked(5, 0)
    world.tell(received_lots("f", node="far", batches=[BatchReceived("MILK", 5, "SHORT", TODAY + 1)]))
    assert isinstance(world.ask(claim("p", 5, "", "pool:web")), Accepted)

    assert isinstance(world.ask(claim("m", 5)), Accepted)
