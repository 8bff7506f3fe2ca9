"""Claims of several channels at nodes and overlapping pools, soft and firm, against a naive reference.

Beside them receipts, losses, closings and the passing of time, with a ticker or without one. Facts may leave claims
without goods; what we decide ourselves must never make that worse. What is accepted, how much of it, and what is shown
as available, is exactly what the reference says.
"""

from collections.abc import Mapping

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.laws.invariants import check_conservation, check_parts_are_counted, deficits
from tests.laws.naive import Held, Naive, Pieces
from tests.laws.world import CATALOG, SKUS, Step, World, places
from unicommerce.catalog import Channel, SafetyStock
from unicommerce.inventory import (
    ClaimPolicy,
    GoodsState,
    InventoryCode,
    Released,
    adjusted,
    available,
    confirm,
    expire,
    extend,
    goods,
    hold,
    on_hand,
    received,
    release,
    reserve,
)
from unicommerce.inventory.documents import quota, quota_claimed
from unicommerce.ledger import Accepted, Account, Decision, run
from unicommerce.values import HOUR_MS

NODES = [node.id for node in CATALOG.network.nodes]
PLACES = places(CATALOG.network)
RULES = attrs.evolve(
    CATALOG,
    channels=(
        Channel(id="web", pool="web", buffer=1, quotas=(("MUG", 6),)),
        Channel(id="app", pool="club", allowance=2, ring_fences=("fence", "none")),
        Channel(id="desk", pool="corner", buffer=1, allowance=1),
    ),
    safety=(SafetyStock("dc", "", 1), SafetyStock("south", "MUG", 2)),
)
CHANNELS = ("", "web", "app", "desk")
WHERE = st.one_of(
    st.tuples(st.just(""), st.sampled_from(PLACES)),
    st.tuples(st.just("web"), st.sampled_from(("pool:web", "dc", "south"))),
    st.tuples(st.just("app"), st.sampled_from(("pool:club", "north"))),
    st.tuples(st.just("desk"), st.sampled_from(("pool:corner", "booth", "south", "dc"))),
)
"""Channels and places that nearly always go together."""
PIECES = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 5), min_size=1, max_size=2)
NUMBERS = st.integers(0, 30)
Shortages = dict[tuple[str, tuple[str, ...]], int]


class Claims(RuleBasedStateMachine):
    """Those who claim and those who tell, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(RULES, stock=0)
        self.naive = Naive(RULES)

    @initialize(pieces=PIECES)
    def fence(self, pieces: Pieces) -> None:
        """Pieces are set aside for a channel, if they are there."""
        for node in NODES:
            self.receive(node, dict.fromkeys(SKUS, 3))
        wanted = {sku: quantity for sku, quantity in pieces.items() if sku == "MUG"} or {"MUG": 1}
        self._claim("fence", "pool:club", wanted, "")

    # Facts

    @rule(node=st.sampled_from(NODES), pieces=PIECES)
    def receive(self, node: str, pieces: Pieces) -> None:
        """Goods come in."""
        self.world.tell(received(self.world.next_id("r"), node=node, quantities=pieces))
        for sku, quantity in pieces.items():
            self.naive.there[node, sku] = self.naive.there.get((node, sku), 0) + quantity

    @rule(node=st.sampled_from(NODES), sku=st.sampled_from(SKUS), change=st.integers(-4, 4).filter(bool))
    def adjust(self, node: str, sku: str, change: int) -> None:
        """Goods turn out to be lost or found, whatever was promised."""
        self.world.tell(adjusted(self.world.next_id("a"), node=node, sku=sku, change=change))
        self.naive.there[node, sku] = self.naive.there.get((node, sku), 0) + change

    @rule(node=st.integers(0, 4))
    def turn(self, node: int) -> None:
        """A node closes or opens: what is claimed there stays, pools that rest on it may be short."""
        self.world.do(Step("turn", node))
        self.naive.catalog = self.world.shop.catalog

    @rule(hours=st.integers(1, 2))
    def wait(self, hours: int) -> None:
        """Time passes, and nobody looks."""
        self.world.now += hours * HOUR_MS

    @rule()
    def sweep(self) -> None:
        """A ticker ends what is due, the earliest first."""
        due = run(self.world.store.due(self.world.now, 1_000))
        moments = [(document.due_at, document.key.id) for document in due]
        assert moments == sorted(moments, key=lambda moment: (moment[0] or 0, moment[1]))
        for document in due:
            assert isinstance(self.world.ask(expire(document.key.id)), Accepted)
            self.naive.claims[document.key.id].expire()
        assert run(self.world.store.due(self.world.now, 1_000)) == ()

    # Claims

    @rule(where=WHERE, pieces=PIECES, own=st.none() | NUMBERS, part=st.booleans())
    def reserve(self, where: tuple[str, str], pieces: Pieces, own: int | None, *, part: bool) -> None:
        """Somebody claims, firm; may be on top of a hold of theirs."""
        mine = "" if own is None else self._running(own)
        self._claim(self.world.next_id("c"), where[1], pieces, where[0], mine=mine, part=part)

    @rule(where=WHERE, pieces=PIECES, hours=st.integers(1, 4))
    def hold(self, where: tuple[str, str], pieces: Pieces, hours: int) -> None:
        """Somebody claims for a while."""
        until = self.world.now + hours * HOUR_MS
        self._claim(self.world.next_id("h"), where[1], pieces, where[0], until=until)

    def _claim(
        self,
        id: str,
        place: str,
        pieces: Pieces,
        channel: str,
        *,
        until: int | None = None,
        mine: str = "",
        part: bool = False,
    ) -> None:
        before, policy = self._shortages(), ClaimPolicy(takes_part=part)
        expected, drawn = self._expected(place, pieces, channel, mine, part=part)
        request = reserve(id, place=place, quantities=pieces, channel=channel, own=mine, policy=policy)
        if until is not None:
            request = hold(id, place=place, quantities=pieces, channel=channel, until=until, policy=policy)
        answer = self.world.ask(request)
        assert isinstance(answer, Accepted) == bool(expected), (answer, expected)
        if not mine:
            self._check_figures(answer, place, pieces, channel)
        if not isinstance(answer, Accepted):
            return
        for event in answer.events:
            if isinstance(event, Released) and event.claim and event.claim.ended_at is not None:
                assert event.claim.ended_at <= self.world.now
                assert not self.naive.claims[event.claim.id].is_ended
                self.naive.claims[event.claim.id].expire()
        for other, taken in drawn.items():
            self.naive.claims[other].take(taken, firm_only=other == "fence")
        held, firm = ({}, expected) if until is None else (expected, {})
        limited = dict(self._channel(channel).quotas) if channel else {}
        drew = {sku: quantity for sku, quantity in expected.items() if sku in limited}
        self.naive.claims[id] = Held(place, channel, dict(held), dict(firm), until, quota=drew)
        self._no_worse(before, channel)

    def _check_figures(self, answer: Decision, place: str, pieces: Pieces, channel: str) -> None:
        """What is said to be there is what would be given to somebody who asks for that: overdue holds hide nothing."""
        rooms = self._rooms(place, pieces, self._channel(channel) if channel else None, "")
        for reason in answer.because:
            if reason.code is InventoryCode.SHORT:
                assert reason.found == max(rooms[reason.unit], 0), (reason, rooms)

    def _channel(self, channel: str) -> Channel:
        return RULES.channel_by_id[channel]

    def _expected(
        self, place: str, pieces: Pieces, channel: str, own: str, *, part: bool
    ) -> tuple[Pieces, dict[str, Pieces]]:
        """Return what the reference would give (nothing: it refuses), and what that draws on."""
        network, rules = self.world.network, self._channel(channel) if channel else None
        node, pool = network.node_by_id.get(place), network.pool_by_id[rules.pool] if rules else None
        if (node and not node.is_open) or (pool and place not in (f"pool:{pool.id}", *pool.nodes)):
            return {}, {}
        taken = self._rooms(place, pieces, rules, own)
        expected = {sku: min(quantity, taken[sku]) for sku, quantity in pieces.items() if taken[sku] > 0}
        if not part and expected != pieces:
            return {}, {}
        return expected, self._drawn(place, expected, rules, own)

    def _drawn(self, place: str, pieces: Pieces, rules: Channel | None, own: str) -> dict[str, Pieces]:
        drawn: dict[str, Pieces] = {}
        left = dict(pieces)
        if own and not (self._is_over(self.naive.claims[own]) or self.naive.claims[own].is_ended):
            drawn[own] = self.naive.claims[own].left()
            if self.naive.claims[own].place == place:
                left = {sku: max(quantity - drawn[own].get(sku, 0), 0) for sku, quantity in left.items()}
        fence = self.naive.claims.get("fence")
        if fence and rules and "fence" in rules.ring_fences and fence.place == place:
            there = fence.left()
            drawn["fence"] = {sku: min(quantity, there.get(sku, 0)) for sku, quantity in left.items()}
        return drawn

    def _is_over(self, claim: Held) -> bool:
        return claim.until is not None and claim.until <= self.world.now and any(claim.held.values())

    def _rooms(self, place: str, pieces: Pieces, rules: Channel | None, own: str) -> Pieces:
        """Return the room for each SKU once holds that are over have ended and what is drawn on was given back."""
        drawn = self._drawn(place, pieces, rules, own)
        world = Naive(self.naive.catalog, self.naive.there, {})
        given = []
        for id, claim in self.naive.claims.items():
            copy = attrs.evolve(claim, held=dict(claim.held), firm=dict(claim.firm), quota=dict(claim.quota))
            if self._is_over(claim):
                copy.expire()
            if id in drawn:
                copy.take(drawn[id], firm_only=id == "fence")
                given.append(
                    (claim, drawn[id], {sku: claim.quota.get(sku, 0) - copy.quota.get(sku, 0) for sku in SKUS})
                )
            world.claims[id] = copy
        rooms = {}
        for sku in pieces:
            rooms[sku] = world.room(place, sku, rules, [(claim.place, part.get(sku, 0)) for claim, part, _ in given])
            if rules and sku in dict(rules.quotas):
                back = sum(quotas[sku] for claim, _, quotas in given if claim.channel == rules.id)
                rooms[sku] = min(rooms[sku], max(dict(rules.quotas)[sku] - world.used(rules.id, sku), back))
        return rooms

    def _pick(self, number: int) -> str:
        return list(self.naive.claims)[number % len(self.naive.claims)]

    def _running(self, number: int) -> str:
        """Return a hold that has not ended, if there is one; else any other claim but the ring-fence."""
        claims = [id for id in self.naive.claims if id != "fence"]
        some = [id for id in claims if any(self.naive.claims[id].held.values())] or claims
        return some[number % len(some)] if some else ""

    @precondition(lambda self: self.naive.claims)
    @rule(number=NUMBERS, pieces=st.none() | PIECES)
    def release(self, number: int, pieces: Pieces | None) -> None:
        """A claim, or a part of it, is given back if it still holds that much."""
        id, before = self._pick(number), self._shortages()
        claim = self.naive.claims[id]
        left = claim.left()
        wanted = left if pieces is None else pieces
        answer = self.world.ask(release(id, quantities=pieces, id=self.world.next_id("p")))
        fits = all(quantity <= left.get(sku, 0) for sku, quantity in wanted.items())
        assert isinstance(answer, Accepted) == (bool(left) and fits), (id, answer)
        if isinstance(answer, Accepted):
            claim.take(wanted)
        self._no_worse(before)

    @rule(where=WHERE, sku=st.sampled_from(SKUS), hours=st.integers(0, 1))
    def hoard(self, where: tuple[str, str], sku: str, hours: int) -> None:
        """Somebody holds all there is for an hour, which may be over before anybody looks."""
        expected, _ = self._expected(where[1], {sku: 1_000}, where[0], "", part=True)
        if expected:
            id = self.world.next_id("h")
            self._claim(id, where[1], expected, where[0], until=self.world.now + HOUR_MS)
            if expected[sku] > 1:
                assert isinstance(self.world.ask(confirm(id, quantities={sku: 1}, id="one")), Accepted)
                self.naive.claims[id].held[sku] -= 1
                self.naive.claims[id].firm[sku] = 1
            self.wait(hours)
            if hours:
                beyond = {sku: expected[sku] + 1}
                self._claim(self.world.next_id("c"), where[1], beyond, where[0])
                self._claim(self.world.next_id("c"), where[1], expected, where[0])

    @precondition(lambda self: self.naive.claims)
    @rule(number=NUMBERS, quantity=st.none() | st.integers(1, 3), hours=st.integers(0, 1))
    def confirm(self, number: int, quantity: int | None, hours: int) -> None:
        """A hold, or a part of it, becomes firm, if its moment has not come."""
        id = self._running(number) or self._pick(number)
        claim = self.naive.claims[id]
        self.wait(hours)
        held = {sku: there for sku, there in claim.held.items() if there}
        pieces = None if quantity is None else {next(iter(held), "MUG"): quantity}
        wanted = held if pieces is None else pieces
        answer = self.world.ask(confirm(id, quantities=pieces, id=self.world.next_id("f")))
        is_running = claim.until is not None and not claim.is_ended and claim.until > self.world.now and bool(held)
        fits = all(quantity <= held.get(sku, 0) for sku, quantity in wanted.items())
        assert isinstance(answer, Accepted) == (is_running and fits), (id, answer)
        if isinstance(answer, Accepted):
            for sku, part in wanted.items():
                claim.held[sku] -= part
                claim.firm[sku] = claim.firm.get(sku, 0) + part
            if not any(claim.held.values()):
                claim.until = None

    @precondition(lambda self: self.naive.claims)
    @rule(number=NUMBERS, hours=st.integers(1, 6))
    def extend(self, number: int, hours: int) -> None:
        """A hold is prolonged, if it is still running."""
        id = self._running(number) or self._pick(number)
        claim, until = self.naive.claims[id], self.world.now + hours * HOUR_MS
        policy = ClaimPolicy(longest_ms=1_000 * HOUR_MS, extensions=1_000)
        answer = self.world.ask(extend(id, id=self.world.next_id("e"), until=until, policy=policy))
        is_running = claim.until is not None and not claim.is_ended and claim.until > self.world.now
        assert isinstance(answer, Accepted) == (is_running and any(claim.held.values())), (id, answer)
        if isinstance(answer, Accepted) and claim.until is not None:
            claim.until = max(claim.until, until)

    @precondition(lambda self: self.naive.claims)
    @rule(number=NUMBERS)
    def expire(self, number: int) -> None:
        """Somebody asks a claim to end; only one whose moment has come does."""
        id = self._running(number) or self._pick(number)
        claim = self.naive.claims[id]
        answer = self.world.ask(expire(id))
        is_due = claim.until is not None and claim.until <= self.world.now
        assert isinstance(answer, Accepted) == (claim.is_ended or is_due), (id, answer)
        if isinstance(answer, Accepted) and not claim.is_ended:
            claim.expire()

    @rule(place=st.sampled_from(PLACES), sku=st.sampled_from(SKUS), channel=st.sampled_from(CHANNELS))
    def look(self, place: str, sku: str, channel: str) -> None:
        """What is shown as available is what the reference would give to somebody who wants all there is."""
        self.sweep()
        shown = available(self.world.ledger, self.world.shop.catalog, place=place, sku=sku, channel=channel)
        expected, _ = self._expected(place, {sku: 1_000}, channel, "", part=True)
        assert max(shown, 0) == expected.get(sku, 0), (place, sku, channel)

    # What always holds

    def _shortages(self) -> Shortages:
        return deficits(self.world.ledger, self.world.network)

    def _no_worse(self, before: Mapping[tuple[str, tuple[str, ...]], int], channel: str = "") -> None:
        """Check that a decision of ours has left nothing shorter than it was, or than its channel is allowed."""
        floor = -self._channel(channel).allowance if channel else 0
        for key, missing in self._shortages().items():
            assert missing >= min(before.get(key, 0), floor), key

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        """Conservation, and totals that are sums."""
        check_conservation(self.world.ledger)
        check_parts_are_counted(self.world.ledger)

    @invariant()
    def each_claim_holds_what_is_left_of_it(self) -> None:
        """The ledger says of each claim what the reference says, held and firm."""
        for id, claim in self.naive.claims.items():
            for state, left in ((GoodsState.HELD, claim.held), (GoodsState.RESERVED, claim.firm)):
                account = Account(claim.place, state, f"claim:{id}")
                for sku in SKUS:
                    assert self.world.ledger.balance(goods(sku), (account,)) == left.get(sku, 0), (id, state)

    @invariant()
    def each_quota_is_used_by_what_its_channel_claims(self) -> None:
        """What a channel has drawn of its quota is what it claims, and never more than it may."""
        drawn = self.world.ledger.balance(quota("web", "MUG"), (quota_claimed("web"),))
        assert drawn == self.naive.used("web", "MUG") <= 6

    @invariant()
    def each_node_has_what_came_and_was_not_lost(self) -> None:
        """Claims move nothing away: on hand is what was received and adjusted."""
        for node in NODES:
            for sku in SKUS:
                assert on_hand(self.world.ledger, node=node, sku=sku) == self.naive.there.get((node, sku), 0)

    @invariant()
    def what_is_due_is_each_hold_that_has_not_ended(self) -> None:
        """Time is an inbox: each hold is in it until it has ended."""
        far = self.world.now + 1_000 * HOUR_MS
        due = {document.key.id for document in run(self.world.store.due(far, 1_000))}
        claims = self.naive.claims.items()
        assert due == {id for id, claim in claims if claim.until is not None and not claim.is_ended}


TestClaims = Claims.TestCase
