"""Announcements, revisions, transfers, receipts, claims, orders that wait, losses: in any order, twice, and late.

A naive model beside it counts what was announced, what came and what was lost, and says by one formula for each inbound
what must still be expected; a second one keeps a queue of who waits, and serves it when something comes.
"""

from typing import NamedTuple

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.laws.invariants import (
    check_conservation,
    check_line_moves,
    check_lines_add_up,
    check_no_worse,
    check_open_lines_have_claims,
    check_parts_are_counted,
    deficits,
)
from tests.laws.world import AHEAD, CATALOG, IN_PART, NOW, SKUS, Distant, World, make_order, places
from unicommerce.catalog import Channel
from unicommerce.fulfillment import allocate, amend, cancel, place
from unicommerce.inventory import InventoryCode, available, expire, goods, on_hand, received, release, reserve
from unicommerce.inventory.documents import quota, quota_claimed
from unicommerce.ledger import Accepted, Account, Decision, Ledger, LedgerCode, Memory, Reason, run
from unicommerce.orders import LineState, line_account, quantities_by_state
from unicommerce.relief import ReliefCode, ReliefPolicy, relieve
from unicommerce.supply import (
    Forgone,
    Landed,
    Lost,
    Redated,
    SupplyCode,
    available_by,
    claim_ahead,
    expected,
    forgo,
    inbound_key,
    landed,
    lapse,
    look_at,
    lost,
    progress,
    promise_key,
    redate,
    transfer,
)
from unicommerce.values import DAY_MS, HOUR_MS

NODES = [node.id for node in CATALOG.network.nodes]
POOLS = {f"pool:{pool.id}": pool.nodes for pool in CATALOG.network.pools}
QUOTA = 7
RULES = attrs.evolve(CATALOG, channels=(Channel(id="shop", pool="web", quotas=(("MUG", QUOTA),)),))
INBOUNDS = ("po-1", "po-2", "po-3")
Pieces = dict[str, int]
SOME = st.sampled_from(("MUG", "MUG", "CUP"))
ORDERED = st.sampled_from((["MUG"], ["MUG", "MUG"], ["MUG", "CUP"]))
"""Mostly of one SKU, so that there are queues for it."""
PIECES = st.dictionaries(SOME, st.integers(1, 5), min_size=1, max_size=2)
ANNOUNCED = st.dictionaries(SOME, st.integers(1, 12), min_size=1, max_size=2)
NUMBER = st.integers(0, 30)


class Told(NamedTuple):
    """What the model knows of an announcement."""

    version: int
    node: str
    source: str
    quantities: Pieces
    at: int
    is_closed: bool


class Queued(NamedTuple):
    """Somebody who waits: the order of the queue, then where the goods go, and until when the claim stands."""

    priority: int
    since: int
    ref: str
    place: str
    until: int | None


def served(node: str, place: str) -> bool:
    """Tell whether a node's goods can go to a place."""
    return place == node or node in POOLS.get(place, ())


class Supply(RuleBasedStateMachine):
    """Suppliers, senders, docks and customers who wait."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(RULES, stock=0)
        self.latest: dict[str, Told] = {}
        self.came: dict[tuple[str, str], int] = {}
        self.gone: dict[tuple[str, str], int] = {}
        self.at_node: dict[tuple[str, str], int] = {}
        self.queue: dict[str, Queued] = {}
        self.waits: dict[tuple[str, str, str], int] = {}
        self.claims: list[str] = []
        self.seen = -1

    @initialize(
        is_distant=st.booleans(),
        quantity=st.integers(0, 8),
        later=st.integers(0, 4),
        skus=ORDERED,
        ordered=st.integers(0, 3),
    )
    def open_the_shop(self, *, is_distant: bool, quantity: int, later: int, skus: list[str], ordered: int) -> None:
        """A shop near, or in another process, that has nothing yet and expects something; somebody may wait for it."""
        self.world = World(RULES, stock=0, store=Distant() if is_distant else Memory())
        for number, id in enumerate(INBOUNDS[: 2 if quantity else 0]):
            self.announce(id, 1, "south", "", {"MUG": quantity + number}, later * number, is_closed=False)
        if ordered:
            self._place(later % len(POOLS), skus, ordered, is_ahead=True, in_shop=True)

    # The model

    def _told(self, id: str, told: Told) -> None:
        if (known := self.latest.get(id)) is None or known.version < told.version:
            for one, sign in ((known, 1), (told, -1)):
                for sku, quantity in one.quantities.items() if one and one.source else ():
                    self._add(self.at_node, (one.source, sku), sign * quantity)  # type: ignore[union-attr]  # not None
            self.latest[id] = told

    def _add(self, counts: dict[tuple[str, str], int], key: tuple[str, str], change: int) -> None:
        counts[key] = counts.get(key, 0) + change

    def _is_over(self, ref: str) -> bool:
        until = self.queue[ref].until
        return until is not None and until <= self.world.now

    def _raw(self, id: str, sku: str) -> int:
        announced = self.latest[id].quantities.get(sku, 0) if id in self.latest else 0
        return announced - self.came.get((id, sku), 0) - self.gone.get((id, sku), 0)

    def _waiting(self, id: str, sku: str) -> int:
        return sum(held for (_, inbound, own), held in self.waits.items() if (inbound, own) == (id, sku))

    def _account(self, ref: str, place: str, sku: str) -> int:
        states = ("held", "reserved")
        return self.world.ledger.balance(goods(sku), [Account(place, state, ref) for state in states])

    # Facts

    @rule(
        id=st.sampled_from(INBOUNDS),
        version=st.integers(1, 4),
        node=st.sampled_from(["south", *NODES]),
        source=st.sampled_from(["", "", "", "north"]),
        pieces=ANNOUNCED,
        days=st.integers(-1, 5),
        is_closed=st.integers(0, 5).map(lambda number: number == 0),
    )
    def announce(  # noqa: PLR0917 - what a message says
        self, id: str, version: int, node: str, source: str, pieces: Pieces, days: int, *, is_closed: bool
    ) -> None:
        """A version of an announcement comes; the highest counts, and one version says one thing."""
        if source == node:
            source = ""
        told = Told(version, node, source, pieces, NOW + days * DAY_MS, is_closed)
        message = expected(
            id,
            node=node,
            quantities=pieces,
            expected_at=told.at,
            version=version,
            source=source,
            is_closed=is_closed,
        )
        is_new = message.id not in self.world.told
        self.world.tell(message)
        if is_new:
            self._told(id, told)

    @precondition(lambda self: self.latest)
    @rule(number=NUMBER, quantity=st.integers(1, 4))
    def turn_up(self, number: int, quantity: int) -> None:
        """An inbound is closed with less than was announced; some of it comes after all."""
        id = list(self.latest)[number % len(self.latest)]
        told, sku = self.latest[id], next(iter(self.latest[id].quantities))
        self.announce(id, told.version + 1, told.node, told.source, told.quantities, number % 5, is_closed=True)
        self.land(id, told.node, {sku: quantity})

    @precondition(lambda self: self.latest)
    @rule(number=st.integers(0, 3), quantity=st.integers(1, 2), ranks=st.permutations((0, 1, 2)))
    def come_in_any_rank(self, number: int, quantity: int, ranks: list[int]) -> None:
        """Some are more urgent than who came before them, and not enough for all comes."""
        id = list(self.latest)[number % len(self.latest)]
        for rank in ranks:
            self.claim_ahead(number, {"MUG": quantity}, 0, 0, rank)
        self.land(id, self.latest[id].node, {"MUG": quantity + 1})

    @precondition(lambda self: self.latest)
    @rule(number=st.integers(0, 3), in_order=st.booleans())
    def come_after_a_hold(self, number: int, *, in_order: bool) -> None:
        """Somebody holds all that is free, and does not come back; after that moment another may have it."""
        id = list(self.latest)[number % len(self.latest)]
        if (free := self._free(id, "MUG")) > 0:
            self.claim_ahead(number, {"MUG": free}, 0, 1, 0)
            self.world.now += 2 * HOUR_MS
            if in_order:
                self._place(number % len(POOLS), ["MUG"], free, is_ahead=True, in_shop=False)
            else:
                self.claim_ahead(number, {"MUG": free}, 0, 0, 0)

    @precondition(lambda self: any(self.waits.values()))
    @rule(number=NUMBER, node=st.none() | st.sampled_from(NODES), quantity=st.integers(1, 6))
    def land_for_who_waits(self, number: int, node: str | None, quantity: int) -> None:
        """Something comes that somebody waits for, where it was announced or elsewhere."""
        keys = [key for key, held in self.waits.items() if held]
        _, id, sku = keys[number % len(keys)]
        self.land(id, node or self.latest[id].node, {sku: quantity})

    @precondition(lambda self: any(self.waits.values()))
    @rule(number=NUMBER, quantity=st.integers(1, 3), is_cut=st.booleans())
    def hurt_who_waits(self, number: int, quantity: int, *, is_cut: bool) -> None:
        """What somebody waits for is lost, or announced for another day and in another quantity; they are told."""
        keys = [key for key, held in self.waits.items() if held]
        _, id, sku = keys[number % len(keys)]
        told = self.latest[id]
        if is_cut:
            days, node = number % 7, told.node
            self.announce(id, told.version + 1, node, told.source, {sku: quantity}, days, is_closed=number % 9 == 0)
        else:
            self.lose(id, {sku: quantity})
        self.redate(list(self.latest).index(id))

    @rule(id=st.sampled_from(INBOUNDS), node=st.sampled_from(NODES), pieces=PIECES)
    def land(self, id: str, node: str, pieces: Pieces) -> None:
        """Goods come in: who waits is served, by priority and age, and nobody else is."""
        before = {key: self._account(key[0], self.queue[key[0]].place, key[2]) for key in self.waits}
        answer = self.world.tell(landed(self.world.next_id("r"), inbound=id, node=node, quantities=pieces))
        assert isinstance(answer.events[0], Landed)
        for sku, quantity in pieces.items():
            self._add(self.came, (id, sku), quantity)
            self._add(self.at_node, (node, sku), quantity)
            left = quantity
            for one in sorted(self.queue.values()):
                held = self.waits.get((one.ref, id, sku), 0)
                if held and not self._is_over(one.ref) and served(node, one.place):
                    part = min(held, left)
                    left -= part
                    self.waits[one.ref, id, sku] = held - part
                    after = self._account(one.ref, one.place, sku)
                    assert after == before[one.ref, id, sku] + part, one

    @rule(id=st.sampled_from(INBOUNDS), pieces=PIECES)
    def lose(self, id: str, pieces: Pieces) -> None:
        """Goods are lost on the way."""
        answer = self.world.tell(lost(self.world.next_id("l"), inbound=id, quantities=pieces))
        assert isinstance(answer.events[0], Lost)
        for sku, quantity in pieces.items():
            self._add(self.gone, (id, sku), quantity)

    @rule(node=st.sampled_from(NODES), pieces=PIECES)
    def receive(self, node: str, pieces: Pieces) -> None:
        """Goods come in that nobody has announced."""
        self.world.tell(received(self.world.next_id("r"), node=node, quantities=pieces))
        for sku, quantity in pieces.items():
            self._add(self.at_node, (node, sku), quantity)

    @precondition(lambda self: self.world.told)
    @rule(number=NUMBER)
    def tell_again(self, number: int) -> None:
        """A message comes once more; the state is what it was."""
        before = self.world.ledger.snapshot()
        telling = list(self.world.told.values())[number % len(self.world.told)]
        self.world.shop.tell(telling, now=self.world.now)
        assert self.world.ledger.snapshot() == before, telling.id

    # Requests

    @rule(source=st.sampled_from(NODES), node=st.sampled_from(NODES), pieces=PIECES, days=st.integers(0, 4))
    def transfer(self, source: str, node: str, pieces: Pieces, days: int) -> None:
        """One node sends to another what no claim needs, neither at that node nor at a pool."""
        if source == node:
            return
        id, at, network = self.world.next_id("t"), NOW + days * DAY_MS, self.world.network
        free = {sku: available(self.world.ledger, CATALOG, place=source, sku=sku) for sku in pieces}
        before = deficits(self.world.ledger, network)
        answer = self.world.ask(transfer(id, source=source, node=node, quantities=pieces, expected_at=at))
        check_no_worse(before, self.world)
        fits = all(free[sku] >= quantity for sku, quantity in pieces.items())
        assert isinstance(answer, Accepted) or not fits
        if isinstance(answer, Accepted) and not fits:  # what was missing stood in a hold that was over
            assert InventoryCode.EXPIRED in [reason.code for reason in answer.because]
        if isinstance(answer, Accepted):
            self._told(id, Told(1, node, source, pieces, at, is_closed=False))

    @precondition(lambda self: self.latest)
    @rule(
        number=st.integers(0, 3),
        pieces=PIECES,
        pool=st.integers(0, 3),
        hours=st.integers(0, 3),
        priority=st.integers(0, 2),
    )
    def claim_ahead(self, number: int, pieces: Pieces, pool: int, hours: int, priority: int) -> None:
        """Somebody claims what is to come: what is free there, and what holds that are over keep, is enough, or not."""
        id, claim = list(self.latest)[number % len(self.latest)], self.world.next_id("c")
        node = self.latest[id].node
        place = [node, *(name for name, nodes in POOLS.items() if node in nodes)][pool % 2]
        until = self.world.now + hours * HOUR_MS if hours else None
        short = {sku for sku, q in pieces.items() if self._free(id, sku) < q}
        over = {
            ref
            for (ref, inbound, sku), held in self.waits.items()
            if held and inbound == id and sku in short and self._is_over(ref)
        }
        freed = {sku: sum(self.waits.get((ref, id, sku), 0) for ref in over) for sku in pieces}
        fits = all(self._free(id, sku) + freed[sku] >= quantity for sku, quantity in pieces.items())
        request = claim_ahead(claim, inbound=id, quantities=pieces, place=place, until=until, priority=priority)
        assert isinstance(self.world.ask(request), Accepted) == fits
        if fits:
            self._drop(over)
            self.claims.append(claim)
            self._queue(Queued(-priority, self.world.now, f"claim:{claim}", place, until), id, pieces)

    def _free(self, id: str, sku: str) -> int:
        raw = self._raw(id, sku)
        left = min(raw, 0) if id in self.latest and self.latest[id].is_closed else raw
        return left - self._waiting(id, sku)

    def _queue(self, one: Queued, id: str, pieces: Pieces) -> None:
        self.queue[one.ref] = one
        for sku, quantity in pieces.items():
            self.waits[one.ref, id, sku] = self.waits.get((one.ref, id, sku), 0) + quantity

    def _drop(self, refs: set[str]) -> None:
        for key in [key for key in self.waits if key[0] in refs]:
            self.waits[key] = 0

    @precondition(lambda self: self.claims)
    @rule(number=NUMBER, sku=st.sampled_from(SKUS), quantity=st.integers(1, 3), in_part=st.booleans())
    def forgo(self, number: int, sku: str, quantity: int, *, in_part: bool) -> None:
        """Somebody does not wait any more, for all or a part of what has not come."""
        claim = self.claims[number % len(self.claims)]
        keys = [key for key, held in self.waits.items() if key[0] == f"claim:{claim}" and held]
        if in_part:
            answer = self.world.ask(forgo(claim, quantities={sku: quantity}, id=self.world.next_id("p")))
            mine = [key for key in keys if key[2] == sku]
            fits = sum(self.waits[key] for key in mine) >= quantity
            assert isinstance(answer, Accepted) == fits
            for key in mine if fits else ():
                self.waits[key] -= quantity
            return
        was_done = self.world.ledger.entry(f"claim/{claim}/forgone") is not None
        assert isinstance(self.world.ask(forgo(claim)), Accepted) == (bool(keys) or was_done)
        if not was_done:
            self._drop({f"claim:{claim}"})

    @rule(hours=st.integers(1, 30))
    def tick(self, hours: int) -> None:
        """Time passes; some of what is due is looked at."""
        self.world.now += hours * HOUR_MS
        for document in run(self.world.store.due(self.world.now, 1_000))[::2]:
            if document.key.kind == "supply.waiting":
                assert isinstance(self.world.ask(lapse(document.key.id)), Accepted)
                self._drop({f"claim:{document.key.id}"})
            elif document.key == inbound_key(document.key.id):
                told = self.latest[document.key.id]
                answer = self.world.ask(look_at(document.key.id, told.version))
                assert isinstance(answer, Accepted)
                late = {reason.unit: reason.found for reason in answer.because}
                raw = {sku: self._raw(document.key.id, sku) for sku in told.quantities}
                assert late == {sku: held for sku, held in raw.items() if held > 0}
                assert document.key not in [each.key for each in run(self.world.store.due(self.world.now, 1_000))]

    @rule(pool=st.integers(0, 2), skus=ORDERED, quantity=st.integers(1, 4), in_shop=st.booleans())
    def place_ahead(self, pool: int, skus: list[str], quantity: int, *, in_shop: bool) -> None:
        """An order for more than there is waits for what is expected, the earliest first; or it is refused whole."""
        self._place(pool, skus, quantity, is_ahead=True, in_shop=in_shop)

    @rule(pool=st.integers(0, 2), skus=ORDERED, quantity=st.integers(1, 4), in_shop=st.booleans())
    def place_in_part(self, pool: int, skus: list[str], quantity: int, *, in_shop: bool) -> None:
        """An order for more than there is gets what is there, and is told what not."""
        self._place(pool, skus, quantity, is_ahead=False, in_shop=in_shop)

    def _place(self, pool: int, skus: list[str], quantity: int, *, is_ahead: bool, in_shop: bool) -> None:
        name = list(POOLS)[pool]
        order = make_order(self.world.next_id("o"), pool=name.removeprefix("pool:"), skus=skus, at=self.world.now)
        order = attrs.evolve(order, channel="shop" if in_shop and order.pool == "web" else "")
        wanted = {line.id: quantity for line in order.lines}
        for document in run(self.world.store.due(self.world.now, 1_000)):
            if document.key.kind == "inventory.claim":  # else the order would end them, and take what they held
                self.world.ask(expire(document.key.id))
        before, ledger = deficits(self.world.ledger, self.world.network), self.world.ledger
        free = {sku: max(available(ledger, CATALOG, place=name, sku=sku), 0) for sku in skus}
        limit = {sku: QUOTA - self._drawn() if sku == "MUG" and order.channel else 99 for sku in skus}
        demand, waits = {sku: quantity * skus.count(sku) for sku in skus}, dict(self.waits)
        short = {sku for sku in skus if demand[sku] > free[sku] + sum(q for *_, q in self._coming(name, sku))}
        self._drop(self._over_at(name, short) if is_ahead else set())
        coming = {sku: self._coming(name, sku) for sku in skus}
        answer = self.world.ask(place(order, wanted, policy=AHEAD if is_ahead else IN_PART))
        check_no_worse(before, self.world)
        if is_ahead:
            there = {sku: free[sku] + sum(q for *_, q in coming[sku]) for sku in skus}
            fits = all(demand[sku] <= min(there[sku], limit[sku]) for sku in skus)
        else:
            free = {sku: min(free[sku], limit[sku]) for sku in skus}
            fits = any(free[sku] for sku in skus)
        assert isinstance(answer, Accepted) == fits, (demand, free, coming)
        if fits:
            self.world.orders.append(order)
            self._check_placed(order.id, demand, free, coming, is_ahead=is_ahead)
            self._take_over(order.id)
        else:
            self.waits = waits

    def _over_at(self, place: str, skus: set[str]) -> set[str]:
        """Return the holds that are over, on some SKUs that come to a place."""
        return {
            ref
            for (ref, inbound, sku), held in self.waits.items()
            if held and sku in skus and self._is_over(ref) and served(self.latest[inbound].node, place)
        }

    def _drawn(self) -> int:
        return self.world.ledger.balance(quota("shop", "MUG"), (quota_claimed("shop"),))

    def _coming(self, place: str, sku: str) -> list[tuple[int, str, int]]:
        found = [(told.at, id, self._free(id, sku)) for id, told in self.latest.items() if served(told.node, place)]
        return sorted([one for one in found if one[2] > 0])

    def _check_placed(
        self, id: str, demand: Pieces, free: Pieces, coming: dict[str, list[tuple[int, str, int]]], *, is_ahead: bool
    ) -> None:
        """What is not there waits for the earliest inbounds, or is canceled: no piece of it is silently left out."""
        order = next(order for order in self.world.orders if order.id == id)
        for sku, needed in demand.items():
            lines = [line.id for line in order.lines if line.sku == sku]
            states = [quantities_by_state(self.world.ledger, order.unit(line)) for line in lines]
            rest = max(needed - free[sku], 0)
            assert sum(state.get(LineState.CANCELED, 0) for state in states) == (0 if is_ahead else rest)
            assert sum(state.get(LineState.BACKORDERED, 0) for state in states) == (rest if is_ahead else 0)
            left = rest if is_ahead else 0
            for _, inbound, quantity in coming[sku]:
                account = Account("inbound", "reserved", lot=inbound)
                taken = self.world.ledger.balance(goods(sku), (account,)) - self._waiting(inbound, sku)
                assert taken == min(quantity, left), (inbound, sku)
                left -= taken

    def _take_over(self, id: str) -> None:
        """Take down what an order waits for, as its lines say."""
        order = next(order for order in self.world.orders if order.id == id)
        for line in order.lines:
            unit = order.unit(line.id)
            self.queue[unit] = Queued(-order.priority, order.placed_at, unit, f"pool:{order.pool}", None)
            self._drop({unit})
            for account, held in self.world.ledger.parts(unit, Account("order", "backordered")).items():
                self.waits[unit, account.ref, line.sku] = held

    @precondition(lambda self: self.world.orders)
    @rule(number=NUMBER, line=st.integers(0, 1), quantity=st.integers(0, 5), op=st.integers(0, 3))
    def change(self, number: int, line: int, quantity: int, op: int) -> None:
        """An order is canceled, in part or in whole, amended, or given to nodes."""
        order = self.world.orders[number % len(self.world.orders)]
        before, own = deficits(self.world.ledger, self.world.network), order.lines[line % len(order.lines)].id
        requests = (
            cancel(order.id),
            cancel(order.id, {own: max(quantity, 1)}, id=self.world.next_id("x")),
            amend(order.id, {own: quantity}, id=self.world.next_id("x")),
            allocate(order.id, id=self.world.next_id("x")),
        )
        self.world.ask(requests[op])
        check_no_worse(before, self.world)
        self._take_over(order.id)

    @rule(place=st.sampled_from(places(CATALOG.network)), pieces=PIECES, is_given_back=st.booleans())
    def reserve(self, place: str, pieces: Pieces, *, is_given_back: bool) -> None:
        """Somebody claims what is there."""
        id, before = self.world.next_id("c"), deficits(self.world.ledger, self.world.network)
        self.world.ask(reserve(id, place=place, quantities=pieces))
        if is_given_back:
            self.world.ask(release(id))
        check_no_worse(before, self.world)

    @precondition(lambda self: self.latest)
    @rule(number=NUMBER)
    def redate(self, number: int) -> None:
        """Each order that is affected by a change is told once: its new date, or that there is none."""
        id = list(self.latest)[number % len(self.latest)]
        before = deficits(self.world.ledger, self.world.network)
        affected = {key[0] for key, held in self.waits.items() if key[1] == id and held}
        request = redate(id, self.latest[id].version, cause=self.world.next_id("why"))
        answer = self.world.ask(request)
        assert isinstance(answer, Accepted)
        check_no_worse(before, self.world)
        told = [event for event in answer.events if isinstance(event, Redated)]
        orders = [event.promise.order for event in told]
        assert len(set(orders)) == len(orders)
        queue = sorted(one for ref, one in self.queue.items() if ref in affected)
        ranks = [[one.ref.partition(":")[2].rpartition("/")[0] for one in queue].index(order) for order in orders]
        assert ranks == sorted(ranks)
        for order in self.world.orders:
            self._take_over(order.id)
        self._check_redated(id, answer, told)
        again = self.world.shop.ask(request, now=self.world.now)
        if answer.events:
            assert [reason.code for reason in again.because] == [LedgerCode.ALREADY_DONE]

    def _check_redated(self, id: str, answer: Accepted, told: list[Redated]) -> None:
        for event in told:
            waits = [(key[1]) for key, held in self.waits.items() if held and f":{event.promise.order}/" in key[0]]
            dates = [max(self.latest[inbound].at, self.world.now) for inbound in waits]
            if event.after is not None:
                assert event.after == max(dates, default=self.world.now)
            else:
                assert any(reason.code.value == "supply.unmet" for reason in answer.because)
        for sku in SKUS:
            gone = -self._free(id, sku)
            claims = [key for key, held in self.waits.items() if held and key[1:] == (id, sku)]
            unmet = [reason for reason in answer.because if reason.code.value == "supply.unmet" and reason.unit == sku]
            named = sum(reason.found for reason in unmet if isinstance(reason.found, int))
            if not any(map(self._is_over, [key[0] for key in claims])):
                assert named == min(max(gone, 0), self._waiting(id, sku)), (id, sku, gone)
        for order in self.world.orders:
            waits = [key[1] for key, held in self.waits.items() if held and key[0].startswith(f"line:{order.id}/")]
            promise = self.world.ledger.document(promise_key(order.id))
            if waits and id in waits and promise and promise.promised_at is not None:
                assert promise.promised_at >= max(self.latest[inbound].at for inbound in waits)

    @precondition(lambda self: any(self.waits.values()))
    @rule(cancels=st.booleans(), patience=st.none() | st.integers(0, 1), waits=st.booleans())
    def relieve(self, *, cancels: bool, patience: int | None, waits: bool) -> None:
        """Who waits in vain gets other goods where there are some, and else gives way: no more of them than must."""
        patience_ms = None if patience is None else patience * DAY_MS
        policy = ReliefPolicy(cancels=cancels, patience_ms=patience_ms, backorders=lambda _: AHEAD.backorders)
        policy = policy if waits else attrs.evolve(policy, backorders=ReliefPolicy().backorders)
        before = deficits(self.world.ledger, self.world.network)
        gone = {(id, sku): self._vain(id, sku, policy) for id in self.latest for sku in SKUS}
        waited = dict(self.waits)
        opened = {
            (ref, sku)
            for ref, one in self.queue.items()
            for sku in SKUS
            if self.world.ledger.balance(goods(sku), (Account(one.place, "reserved", ref),)) > 0
        }
        answer = self.world.ask(relieve(self.world.next_id("hurt"), SKUS, policy=policy))
        check_no_worse(before, self.world)
        self._read_back()
        self._check_relieved(gone, answer, policy, opened)
        self._check_precious(waited, answer)
        self._check_told(answer)

    def _vain(self, id: str, sku: str, policy: ReliefPolicy) -> int:
        """Return how many pieces are claimed at an inbound by somebody whose time is not over, and will not come."""
        over = sum(held for (ref, *at), held in self.waits.items() if at == [id, sku] and held and self._is_over(ref))
        waiting = self._waiting(id, sku) - over
        late = policy.patience_ms is not None and self.latest[id].at + policy.patience_ms <= self.world.now
        return waiting if late else min(max(-self._free(id, sku) - over, 0), waiting)

    def _read_back(self) -> None:
        """Take down who waits for what, as the ledger says."""
        for sku in SKUS:
            for key in [key for key in self.waits if key[2] == sku]:
                self.waits[key] = 0
            for account, held in self.world.ledger.parts(goods(sku), Account("inbound", "reserved")).items():
                self.waits[account.ref, account.lot, sku] = held

    def _check_relieved(
        self,
        gone: dict[tuple[str, str], int],
        answer: Decision,
        policy: ReliefPolicy,
        opened: set[tuple[str, str]],
    ) -> None:
        events = answer.events if isinstance(answer, Accepted) else ()
        told = [event.promise.order for event in events if isinstance(event, Redated)]
        assert len(set(told)) == len(told)
        left = {(id, sku): self._vain(id, sku, policy) for id, sku in gone}
        named = [each for each in answer.because if each.code is ReliefCode.UNMET]
        for sku in SKUS:
            still = sum(pieces for (_, own), pieces in left.items() if own == sku)
            at_inbounds = [r for r in named if r.unit == sku and self._waits_at_all(r.subject, sku)]
            said = sum(int(reason.found or 0) for reason in at_inbounds)
            assert (
                (still == 0) if policy.cancels else (still <= said <= still + self._open(sku, at_inbounds, policy))
            ), (
                sku,
                left,
            )
        for (id, sku), pieces in gone.items():
            taken = sum(
                wait.quantity
                for event in events
                if isinstance(event, Forgone)
                for wait in event.waits
                if (wait.inbound, wait.sku) == (id, sku) and event.waiting is None
            )
            assert taken == pieces - left[id, sku], (id, sku)
        for reason in answer.because:
            if (reason.subject, reason.unit) in opened and not self._may_wait(reason.subject, policy):
                continue  # what is open at its pool is not moved to an inbound
            if reason.code in {ReliefCode.UNMET, ReliefCode.GIVES_WAY} and reason.subject in self.queue:
                place, sku = self.queue[reason.subject].place, reason.unit
                assert available(self.world.ledger, CATALOG, place=place, sku=sku) <= 0, reason
                assert reason.subject.startswith("claim:") or not self._in_time(place, sku, policy), reason

    def _open(self, sku: str, reasons: list[Reason], policy: ReliefPolicy) -> int:
        """Return the pieces that the same lines have at their pools, which may be short as well and are named too.

        Not where they could wait for others.
        """
        known = [(self.queue[ref].place, ref) for ref in {reason.subject for reason in reasons}]
        short = [ref for place, ref in known if not (self._may_wait(ref, policy) and self._in_time(place, sku, policy))]
        return sum([self._at_pool(ref, sku) for ref in short])

    def _at_pool(self, ref: str, sku: str) -> int:
        return self.world.ledger.balance(goods(sku), (Account(self.queue[ref].place, "reserved", ref),))

    def _short(self, ref: str, sku: str) -> int:
        """Return the pieces that a line has at its pool, where that is short: they may be named too."""
        left = available(self.world.ledger, CATALOG, place=self.queue[ref].place, sku=sku)
        return self._at_pool(ref, sku) if left < 0 else 0

    def _may_wait(self, ref: str, policy: ReliefPolicy) -> bool:
        return ref.startswith("line:") and policy.backorders("") == AHEAD.backorders

    def _check_precious(self, waited: dict[tuple[str, str, str], int], answer: Decision) -> None:
        """Nobody keeps what an inbound brings while somebody more precious has lost it."""
        named = [r for r in answer.because if r.code is ReliefCode.UNMET and r.subject in self.queue]
        unmet = {(r.subject, r.unit): max(int(r.found or 0) - self._short(r.subject, r.unit), 0) for r in named}
        waited = {key: held for key, held in waited.items() if held}  # who has left an inbound loses nothing there
        for key, held in waited.items():
            alone = {ref for ref, _, sku in waited if self._waits_once(waited, ref, sku)}
            for other in [each for each in waited if each[1:] == key[1:] and {each[0], key[0]} <= alone]:
                kept = self.waits.get(other, 0)
                is_lost = held - self.waits.get(key, 0) + unmet.get((key[0], key[2]), 0) > 0
                is_kept = kept - unmet.get((other[0], key[2]), 0) > 0
                if is_lost and is_kept and not self._is_over(key[0]) and not self._is_over(other[0]):
                    assert self._rank(other[0]) >= self._rank(key[0]), (key, other)

    def _waits_once(self, waited: dict[tuple[str, str, str], int], ref: str, sku: str) -> bool:
        return sum((own, unit) == (ref, sku) for own, _, unit in waited) == 1

    def _rank(self, ref: str) -> tuple[int, ...]:
        one = self.queue[ref]
        return one.until is None, -one.priority, ref.startswith("line:"), -one.since

    def _check_told(self, answer: Decision) -> None:
        """Who waits knows the last date of what is waited for, or that there is none."""
        codes = {SupplyCode.MOVED, ReliefCode.UNMET}
        lines = {each.subject for each in answer.because if each.code in codes and each.subject in self.queue}
        unmet = {each.subject for each in answer.because if each.code is ReliefCode.UNMET}
        for order in self.world.orders:
            refs = {order.unit(line.id) for line in order.lines}
            waits = [inbound for (ref, inbound, _), held in self.waits.items() if held and ref in refs]
            promise = self.world.ledger.document(promise_key(order.id))
            if refs & lines and promise is not None and (waits or not refs & unmet):
                dates = [max(self.latest[inbound].at, self.world.now) for inbound in waits]
                is_lost = any(self._waits_at_all(ref, unit) for ref, unit in self._unmet(answer) if ref in refs)
                assert promise.promised_at == (None if is_lost else max(dates, default=self.world.now)), order.id

    def _unmet(self, answer: Decision) -> list[tuple[str, str]]:
        return [(each.subject, each.unit) for each in answer.because if each.code is ReliefCode.UNMET]

    def _waits_at_all(self, ref: str, sku: str) -> bool:
        return any(held for (own, _, unit), held in self.waits.items() if (own, unit) == (ref, sku))

    def _in_time(self, place: str, sku: str, policy: ReliefPolicy) -> list[tuple[int, str, int]]:
        """Return what else comes in time; an order may have it, and a claim of its own if all of that can move."""
        late = NOW - 100 * DAY_MS if policy.patience_ms is None else self.world.now - policy.patience_ms
        return [one for one in self._coming(place, sku) if one[0] > late]

    # What holds at every step

    @invariant()
    def what_was_announced_came_was_lost_or_is_under_way(self) -> None:
        """U9: for each inbound and SKU, by the one formula; what is under way is at no node."""
        ledger = self.world.ledger
        for id in {*self.latest, *INBOUNDS}:
            told = self.latest.get(id)
            for sku in SKUS:
                raw, unit = self._raw(id, sku), goods(sku)
                is_closed = told is not None and told.is_closed and sku in told.quantities
                off = ledger.balance(unit, (Account("inbound", "missing", lot=id),))
                waiting = ledger.balance(unit, (Account("inbound", "reserved", lot=id),))
                free = ledger.balance(unit, (Account("inbound", "expected", lot=id),))
                assert free + waiting == (min(raw, 0) if is_closed else raw), (id, sku)
                assert off == (max(raw, 0) if is_closed else 0), (id, sku)
                assert waiting == self._waiting(id, sku), (id, sku)
            for sku, one in self.world.shop.see(progress(id)).items():
                assert one.announced == sum(one[1:]) == (told.quantities.get(sku, 0) if told else 0)
                assert (one.received, one.lost) == (self.came.get((id, sku), 0), self.gone.get((id, sku), 0))

    @invariant()
    def a_node_has_what_came_and_was_not_sent_away(self) -> None:
        """On hand counts what has landed, and nothing that is still to come."""
        for node in NODES:
            for sku in SKUS:
                assert on_hand(self.world.ledger, node=node, sku=sku) == self.at_node.get((node, sku), 0), (node, sku)

    @precondition(lambda self: len(self.world.journal()) != self.seen)
    @invariant()
    def what_can_be_promised_is_now_and_what_is_free_by_then(self) -> None:
        """Availability by date beside a naive calendar, and more time never hurts; seen when something happened."""
        ledger, moments = self.world.ledger, [NOW + days * DAY_MS for days in (-2, 0, 2, 6)]
        shown = [available_by("MUG", moment)(ledger, self.world.shop.catalog) for moment in moments]
        for where in places(self.world.network):
            now = available(ledger, CATALOG, place=where, sku="MUG")
            free = [(told.at, self._free(id, "MUG"), self._waiting(id, "MUG")) for id, told in self._to(where)]
            owed = sum(min(-pieces, waiting) for _, pieces, waiting in free if pieces < 0)
            due = [sum(pieces for at, pieces, _ in free if at <= moment and pieces > 0) for moment in moments]
            seen = [each[where] for each in shown]
            assert seen == [now + pieces - owed for pieces in due], where
            assert seen == sorted(seen), where
        self.seen = len(self.world.journal())

    def _to(self, place: str) -> list[tuple[str, Told]]:
        return [(id, told) for id, told in self.latest.items() if served(told.node, place)]

    @invariant()
    def a_quota_is_drawn_by_what_is_claimed_there_or_expected(self) -> None:
        """Each piece that an order of the channel has claimed or waits for counts once, and no other does."""
        units = [o.unit(line.id) for o in self.world.orders if o.channel for line in o.lines if line.sku == "MUG"]
        states = (LineState.OPEN, LineState.BACKORDERED, LineState.ALLOCATED)
        claimed = [line_account(state) for state in states]
        assert self._drawn() == sum(self.world.ledger.balance(unit, claimed) for unit in units) <= QUOTA

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        """Conservation, totals that are sums, lines that add up, and a claim for each that is open or waits."""
        check_conservation(self.world.ledger)
        check_parts_are_counted(self.world.ledger)
        check_lines_add_up(self.world)
        check_open_lines_have_claims(self.world)

    def teardown(self) -> None:
        """All moves were legal, and the journal replays."""
        check_line_moves(self.world)
        assert Ledger.replay(self.world.journal()).snapshot() == self.world.ledger.snapshot()


TestSupply = Supply.TestCase
