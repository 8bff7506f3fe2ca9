"""When facts take lots that last from under claims that need them, the least precious give way, and the rest is met.

The reference is a maximum flow between claims and single pieces, each claim tried in the order in which it is kept. Of
pieces that are gone and nobody told the lot of, it takes the worst: that they are those that last longest.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.test_minimum_life import LIFE, LIVES, SHOP, Want, claim, flow, stocked
from tests.laws.world import LATER, Law, World, make_order
from tests.lots.shop import DAY, TODAY
from unicommerce.catalog import Catalog
from unicommerce.counts import SHELF, counted, reconcile, regraded
from unicommerce.fulfillment import FulfillmentPolicy, allocate, place
from unicommerce.inventory import LotPieces, adjusted, claim_key, goods, hold, reserve
from unicommerce.ledger import Accepted, Account, Decision, Refused, Telling
from unicommerce.lots import BatchReceived, recalled, received_lots, withdraw
from unicommerce.orders import order_key
from unicommerce.relief import Claimant, ReliefPolicy, firm_first, relieve
from unicommerce.supply import expected
from unicommerce.tills import grant, opened, sold

MILK = goods("MILK")
NODES = ("dc", "far")
POOL = "pool:web"
CANCELING = ReliefPolicy(cancels=True)
CHANNELS = tuple(LIFE)


class Claiming(NamedTuple):
    """What is claimed: how, where, through which channel, how many pieces, how urgent."""

    kind: str
    node: str
    channel: str
    pieces: int
    priority: int


class Fact(NamedTuple):
    """What happens to pieces: of which lot, where it is told."""

    kind: str
    node: str
    life: int
    pieces: int


class Case(NamedTuple):
    """Pieces by node and life, claims in turn, whether a day goes by, and facts in turn."""

    stock: tuple[int, ...]
    claims: list[Claiming]
    waits: bool
    facts: list[Fact]


FACTS = ("broken", "broken", "lost", "sent", "sold", "counted", "withdrawn")
CASES = st.builds(
    Case,
    st.tuples(*[st.integers(0, 4)] * (len(NODES) * len(LIVES))),
    st.lists(
        st.builds(
            Claiming,
            st.sampled_from(("basket", "firm", "firm", "order", "order", "grant")),
            st.sampled_from(NODES),
            st.sampled_from(CHANNELS),
            st.integers(1, 4),
            st.integers(0, 2),
        ),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
    st.lists(
        st.builds(
            Fact,
            st.sampled_from(FACTS),
            st.sampled_from(NODES),
            st.sampled_from(LIVES),
            st.integers(1, 4),
        ),
        min_size=1,
        max_size=3,
    ),
)


def broken(id: str, pieces: int, lots: Sequence[LotPieces], node: str = "dc") -> Telling[object]:
    """Tell that milk broke on the shelf."""
    return regraded(id, node=node, quantities={"MILK": pieces}, source="sellable", target="damaged", lots=lots)


class Hurt:
    """The shop after claims and facts, and beside it what each piece is and until when claims need theirs."""

    def __init__(self, case: Case) -> None:
        self.world = World(SHOP, stock=0)
        self.shelf: Counter[tuple[str, int]] = Counter()
        self.gone: Counter[str] = Counter()
        self.life: dict[str, int] = {}
        for (node, life), pieces in zip([(node, life) for node in NODES for life in LIVES], case.stock, strict=True):
            if pieces:
                batch = BatchReceived("MILK", pieces, f"L{life}", TODAY + life)
                self.world.tell(received_lots(f"r {node} {life}", node=node, batches=[batch]))
                self.shelf[node, life] += pieces
        for node in NODES:
            self.world.tell(opened(f"t {node}", node=node))
        for number, each in enumerate(case.claims):
            self.claim(number, each)
        self.world.now += DAY * case.waits
        self.today = TODAY + case.waits
        for number, fact in enumerate(case.facts):
            self.happens(number, fact)

    def claim(self, number: int, each: Claiming) -> None:
        """Ask for goods."""
        kind, node, channel, pieces, priority = each
        id, quantities = f"c{number}", {"MILK": pieces}
        if kind == "grant":
            if isinstance(self.world.ask(grant(id, till=f"t {node}", quantities=quantities)), Accepted):
                self.gone[node] += pieces
        elif kind == "order":
            order = attrs.evolve(make_order(id, pool="web", skus=("MILK",)), channel=channel, priority=priority)
            self.world.ask(place(order, {"1": pieces}, policy=LATER if number % 2 else FulfillmentPolicy()))
            self.life[order.unit("1")] = LIFE[channel]
        elif kind == "firm":
            self.world.ask(reserve(id, place=node, quantities=quantities, channel=channel, priority=priority))
            self.life[f"claim:{id}"] = LIFE[channel]
        else:
            until = self.world.now + 2 * DAY
            self.world.ask(hold(id, place=node, quantities=quantities, channel=channel, until=until))
            self.life[f"claim:{id}"] = LIFE[channel]

    def happens(self, number: int, fact: Fact) -> None:
        """Take pieces from the shelf, as a fact does."""
        kind, node, life, pieces = fact
        id, quantities = f"f{number}", {"MILK": pieces}
        self.world.now += 1
        if kind == "broken":
            if part := min(pieces, self.shelf[node, life]):
                self.world.tell(broken(id, part, [LotPieces("MILK", part, f"L{life}")], node))
            self.shelf[node, life] -= part
        elif kind == "sent":  # of what there is, that is next which expires first
            other = NODES[1 - NODES.index(node)]
            self.world.tell(expected(id, node=other, source=node, quantities=quantities, expected_at=0))
            for each in LIVES:
                part = min(self.shelf[node, each], pieces)
                self.shelf[node, each] -= part
                pieces -= part
            self.gone[node] += pieces
        elif kind == "withdrawn":
            self.world.tell(recalled("MILK", f"L{life}", reason="glass", id=id))
            self.world.ask(withdraw("MILK", f"L{life}", id=id))
            self.shelf.update({(where, life): -self.shelf[where, life] for where in NODES})
        else:
            self.gone[node] += pieces
            self.world.tell(self.untold(id, kind, node, pieces))
            self.world.ask(reconcile(id, node=node, sku="MILK", accept=True))

    def untold(self, id: str, kind: str, node: str, pieces: int) -> Telling[Catalog]:
        """Return what is told of pieces that are gone, and not of which lot."""
        quantities = {"MILK": pieces}
        if kind == "sold":
            return sold(id, till=f"t {node}", node=node, quantities=quantities, under_rights={})
        if kind == "lost":
            return adjusted(id, node=node, sku="MILK", change=-pieces)
        there = [Account(node, state) for state in ("sellable", "held", "reserved")]
        left = max(self.world.ledger.balance(MILK, there) - pieces, 0)
        self.gone[node] += self.world.ledger.balance(MILK, there) - pieces - left
        return counted(id, node=node, quantities={"MILK": left}, as_of=self.world.now, of=SHELF)

    def stock(self) -> dict[tuple[str, int], int]:
        """Return the pieces by node and last day, less those of which nobody told the lot: those that last longest."""
        left = {(node, TODAY + life): pieces for (node, life), pieces in self.shelf.items()}
        for node, gone in self.gone.items():
            missing = gone
            for kind in sorted([kind for kind in left if kind[0] == node], reverse=True):
                part = min(missing, left[kind])
                left[kind] -= part
                missing -= part
        return left

    def claimed(self) -> dict[tuple[str, str, str], int]:
        """Return what each claim has where, and in which state."""
        at = [Account(where, state) for where in (*NODES, POOL) for state in ("held", "reserved")]
        parts = [(part, held) for account in at for part, held in self.world.ledger.parts(MILK, account).items()]
        return {(part.ref, part.place, part.state): held for part, held in parts if not part.ref.startswith("till:")}

    def want(self, key: tuple[str, str, str], quantity: int) -> Want:
        """Return until when pieces must last: as was promised at a node; at the pool, as the channel asks today."""
        ref, where, _ = key
        life, day = self.life[ref], self.today if where == POOL else TODAY
        return Want(where, day + life if life else 0, quantity)

    def order(self, keys: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        """Return claims in the order in which they are kept."""

        def rank(key: tuple[str, str, str]) -> tuple[tuple[int, ...], str]:
            ref, where, state = key
            priority, since = 0, 0
            if ref.startswith("line:"):
                order = self.world.ledger.document(order_key(ref.removeprefix("line:").rpartition("/")[0]))
                assert order is not None
                priority, since = order.priority, order.placed_at
            else:
                document = self.world.shop.see(lambda state, _: state.document(claim_key(ref.removeprefix("claim:"))))
                assert document is not None
                priority, since = document.priority, document.due_at or 0
            return firm_first(Claimant(ref, where, state, 0, priority, since)), ref

        return sorted(keys, key=rank, reverse=True)

    def kept(
        self, claims: Mapping[tuple[str, str, str], int], fixed: Sequence[Want]
    ) -> dict[tuple[str, str, str], int]:
        """Return how many pieces of each claim can be kept beside what is fixed, the most precious first."""
        stock, wants, kept = self.stock(), [*fixed], dict[tuple[str, str, str], int]()
        for key in self.order([*claims]):
            for quantity in range(claims[key], -1, -1):
                tried = [*wants, self.want(key, quantity)]
                if flow(tried, stock) == sum([want.quantity for want in tried]):
                    wants, kept[key] = tried, quantity
                    break
        return {key: quantity for key, quantity in kept.items() if quantity}


def the_least_precious_give_way(case: Case) -> None:
    """Raise where relief leaves what can not be met, or takes from anybody what he could keep."""
    hurt = Hurt(case)
    before = hurt.claimed()
    kept = hurt.kept({key: held for key, held in before.items() if key[1] != POOL}, ())
    pool = {key: held for key, held in before.items() if key[1] == POOL}
    for (ref, where, state), held in before.items():
        back = held - kept.get((ref, where, state), 0)
        if where != POOL and ref.startswith("line:") and back:
            pool[ref, POOL, state] = pool.get((ref, POOL, state), 0) + back
    kept |= hurt.kept(pool, [hurt.want(key, held) for key, held in kept.items()])

    answer = hurt.world.ask(relieve("facts", ["MILK"], policy=CANCELING))

    assert hurt.claimed() == kept
    told = {reason.subject for reason in answer.because}
    gone = {key[0] for key, held in before.items() if held > kept.get(key, 0)}
    assert gone <= told, "nobody was told why"
    assert isinstance(hurt.world.ask(relieve("again", ["MILK"], policy=CANCELING)), Refused), "more could be relieved"


RELIEF_KNOWS_LIVES = Law("relief knows lives", CASES, the_least_precious_give_way)


@settings(max_examples=100)
@given(CASES)
def test_the_least_precious_give_way(case: Case) -> None:
    """On random lots, claims and facts."""
    the_least_precious_give_way(case)


# Each is named for its cause


def said(answer: Decision) -> list[tuple[str, str, object]]:
    """Return what is said of whom, and of how many pieces."""
    return [(reason.code.name, reason.subject, reason.found) for reason in answer.because]


def promised(world: World) -> dict[str, int]:
    """Return the pieces that each claim has at a node."""
    at = [Account(node, state) for node in NODES for state in ("held", "reserved")]
    return {part.ref: held for account in at for part, held in world.ledger.parts(MILK, account).items()}


def lose_long_ones(world: World, pieces: int) -> None:
    """Pieces of the lot that lasts break."""
    world.tell(broken("b", pieces, [LotPieces("MILK", pieces, "LONG")]))


def test_who_needs_lots_that_last_gives_way_and_who_takes_any_stays() -> None:
    """There are as many pieces as claims, so that nobody saw it; but those that last are gone."""
    world = stocked(5, 5)
    assert isinstance(world.ask(claim("m", 4)), Accepted)
    assert isinstance(world.ask(claim("any", 3, channel="")), Accepted)
    lose_long_ones(world, 3)

    assert said(world.ask(relieve("f", ["MILK"]))) == [("GIVES_WAY", "claim:m", 2)]
    assert promised(world) == {"claim:m": 2, "claim:any": 3}


def test_an_order_goes_back_to_its_pool_and_to_where_lots_last() -> None:
    """Another node has them: nobody has lost anything."""
    world = stocked(5, 5)
    world.tell(received_lots("far", node="far", batches=[BatchReceived("MILK", 3, "LONG", TODAY + 30)]))
    order = attrs.evolve(make_order("o", pool="web", skus=("MILK",)), channel="long")
    assert isinstance(world.ask(place(order, {"1": 5})), Accepted)
    lose_long_ones(world, 2)

    assert said(world.ask(relieve("f", ["MILK"]))) == [("GOES_BACK", "line:o/1", 2)]
    assert isinstance(world.ask(allocate("o", id="w")), Accepted)


def test_an_order_that_no_node_can_serve_is_named_or_canceled_and_no_other() -> None:
    """Short lots are there, so that by number all could be met; who takes any lot keeps his."""
    for policy, code in ((ReliefPolicy(), "UNMET"), (CANCELING, "GIVES_WAY")):
        world = stocked(5, 5)
        dated = attrs.evolve(make_order("dated", pool="web", skus=("MILK",)), channel="long")
        assert isinstance(world.ask(place(dated, {"1": 5})), Accepted)
        assert isinstance(
            world.ask(place(make_order("any", pool="web", skus=("MILK",)), {"1": 2}, policy=LATER)), Accepted
        )
        lose_long_ones(world, 2)

        answer = world.ask(relieve("f", ["MILK"], policy=policy))
        assert said(answer) == [("GOES_BACK", "line:dated/1", 2), (code, "line:dated/1", 2)]


def test_a_told_transfer_of_what_was_promised_is_taken_and_relieved() -> None:
    """A fact is not refused; who was promised what it took gives way."""
    world = stocked(5, 2)
    assert isinstance(world.ask(claim("m", 5)), Accepted)
    world.tell(expected("t", node="far", source="dc", quantities={"MILK": 4}, expected_at=0))

    assert said(world.ask(relieve("f", ["MILK"]))) == [("GIVES_WAY", "claim:m", 2)]
