"""Claims at nodes and overlapping pools, soft and firm, beside receipts, losses, closings and the passing of time.

Facts may leave claims without goods; what we decide ourselves must never make that worse. A model of a few lines keeps
count of what each claim should still hold and what each node should have.
"""

from typing import NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.laws.invariants import check_conservation, check_parts_are_counted, deficits
from tests.laws.world import CATALOG, SKUS, Step, World, places
from unicommerce.inventory import (
    GoodsState,
    adjusted,
    availability,
    expire,
    goods,
    hold,
    on_hand,
    received,
    release,
    reserve,
)
from unicommerce.ledger import Accepted, Account, Decision, Refused, run
from unicommerce.values import HOUR_MS

NODES = [node.id for node in CATALOG.network.nodes]
PLACES = places(CATALOG.network)
Pieces = dict[str, int]
PIECES = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 5), min_size=1, max_size=2)


class Held(NamedTuple):
    """What the model knows of a claim: where, in which state, what is left, and until when."""

    place: str
    state: str
    left: Pieces
    until: int | None


class Claims(RuleBasedStateMachine):
    """Those who claim and those who tell, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(stock=0)
        self.claims: dict[str, Held] = {}
        self.ended: set[str] = set()
        self.there: dict[tuple[str, str], int] = {}

    def _ask(self, answer: Decision, before: dict[tuple[str, tuple[str, ...]], int]) -> bool:
        """Check that a decision of ours has left nothing shorter than it was."""
        for key, missing in deficits(self.world.ledger, self.world.network).items():
            assert missing >= before.get(key, 0), key
        return isinstance(answer, Accepted)

    def _shortages(self) -> dict[tuple[str, tuple[str, ...]], int]:
        return deficits(self.world.ledger, self.world.network)

    @rule(node=st.sampled_from(NODES), pieces=PIECES)
    def receive(self, node: str, pieces: Pieces) -> None:
        """Goods come in."""
        self.world.tell(received(self.world.next_id("r"), node=node, quantities=pieces))
        for sku, quantity in pieces.items():
            self.there[node, sku] = self.there.get((node, sku), 0) + quantity

    @rule(node=st.sampled_from(NODES), sku=st.sampled_from(SKUS), change=st.integers(-4, 4).filter(bool))
    def adjust(self, node: str, sku: str, change: int) -> None:
        """Goods turn out to be lost or found, whatever was promised."""
        self.world.tell(adjusted(self.world.next_id("a"), node=node, sku=sku, change=change))
        self.there[node, sku] = self.there.get((node, sku), 0) + change

    @rule(place=st.sampled_from(PLACES), pieces=PIECES)
    def reserve(self, place: str, pieces: Pieces) -> None:
        """Somebody claims, firm."""
        id, before = self.world.next_id("c"), self._shortages()
        if self._ask(self.world.ask(reserve(id, place=place, quantities=pieces)), before):
            self.claims[id] = Held(place, GoodsState.RESERVED, dict(pieces), None)

    @rule(place=st.sampled_from(PLACES), pieces=PIECES, hours=st.integers(1, 4))
    def hold(self, place: str, pieces: Pieces, hours: int) -> None:
        """Somebody claims for a while."""
        id, before, until = self.world.next_id("h"), self._shortages(), self.world.now + hours * HOUR_MS
        if self._ask(self.world.ask(hold(id, place=place, quantities=pieces, until=until)), before):
            self.claims[id] = Held(place, GoodsState.HELD, dict(pieces), until)

    def _claim(self, number: int) -> str:
        return list(self.claims)[number % len(self.claims)]

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 30))
    def release(self, number: int) -> None:
        """A claim is given back."""
        id, before = self._claim(number), self._shortages()
        was_released = self.world.ledger.entry(f"claim/{id}/released") is not None
        taken = self._ask(self.world.ask(release(id)), before)
        assert taken == (any(self.claims[id].left.values()) or was_released), id
        self.claims[id].left.update(dict.fromkeys(self.claims[id].left, 0))

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 30), pieces=PIECES)
    def release_part(self, number: int, pieces: Pieces) -> None:
        """A part of a claim is given back, if it still holds that much."""
        id, before = self._claim(number), self._shortages()
        taken = self._ask(self.world.ask(release(id, quantities=pieces, id=self.world.next_id("p"))), before)
        left = self.claims[id].left
        assert taken == all(quantity <= left.get(sku, 0) for sku, quantity in pieces.items()), (id, pieces)
        for sku, quantity in pieces.items() if taken else ():
            left[sku] -= quantity

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 30))
    def expire(self, number: int) -> None:
        """Somebody asks a claim to end; only one whose moment has come does."""
        id, before = self._claim(number), self._shortages()
        taken = self._ask(self.world.ask(expire(id)), before)
        held = self.claims[id]
        assert taken == (held.until is not None and held.until <= self.world.now), id
        if taken:
            held.left.update(dict.fromkeys(held.left, 0))
            self.ended.add(id)

    @rule(hours=st.integers(1, 3))
    def tick(self, hours: int) -> None:
        """Time passes, and what is due is ended."""
        self.world.now += hours * HOUR_MS
        for document in run(self.world.store.due(self.world.now, 1_000)):
            id = document.key.id
            assert isinstance(self.world.ask(expire(id)), Accepted)
            self.claims[id].left.update(dict.fromkeys(self.claims[id].left, 0))
            self.ended.add(id)
        assert run(self.world.store.due(self.world.now, 1_000)) == ()

    @rule(node=st.integers(0, 4))
    def turn(self, node: int) -> None:
        """A node closes or opens: what is claimed there stays, pools that rest on it may be short."""
        self.world.do(Step("turn", node))

    @rule(place=st.sampled_from(PLACES), sku=st.sampled_from(SKUS))
    def claim_one_too_many(self, place: str, sku: str) -> None:
        """One more than is shown as available is refused, and exactly that much is taken."""
        seen = self.world.shop.see(availability(sku))
        shown = {f"pool:{pool}": pieces for pool, pieces in seen.pools.items()}
        shown |= {node: stock.available for node, stock in seen.nodes.items()}
        free = max(shown[place], 0)
        more = reserve(self.world.next_id("x"), place=place, quantities={sku: free + 1})
        assert isinstance(self.world.ask(more), Refused)
        if free:
            self.reserve(place, {sku: free})
            assert self.claims[list(self.claims)[-1]].left == {sku: free}

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        """Conservation, and totals that are sums."""
        check_conservation(self.world.ledger)
        check_parts_are_counted(self.world.ledger)

    @invariant()
    def each_claim_holds_what_is_left_of_it(self) -> None:
        """The ledger says of each claim what the model says."""
        for id, held in self.claims.items():
            account = Account(held.place, held.state, f"claim:{id}")
            for sku in SKUS:
                assert self.world.ledger.balance(goods(sku), (account,)) == held.left.get(sku, 0), id

    @invariant()
    def each_node_has_what_came_and_was_not_lost(self) -> None:
        """Claims move nothing away: on hand is what was received and adjusted."""
        for node in NODES:
            for sku in SKUS:
                assert on_hand(self.world.ledger, node=node, sku=sku) == self.there.get((node, sku), 0)

    @invariant()
    def what_is_due_is_each_hold_that_has_not_ended(self) -> None:
        """Time is an inbox: each hold is in it until it has expired."""
        far = self.world.now + 1_000 * HOUR_MS
        due = {document.key.id for document in run(self.world.store.due(far, 1_000))}
        assert due == {id for id, held in self.claims.items() if held.until is not None and id not in self.ended}


TestClaims = Claims.TestCase
