"""A busy day of orders in a small network: what people ask, what nodes and carriers tell, in any order and again.

Each step takes small whole numbers and finds by them, modulo what there is, an order, a line, a shipment; where there
is nothing to work on, nothing happens. A `Life` remembers what the laws in `tests.lives.rules` need to know of what was
asked and told. Only what follows from one step alone is checked here, by the law that it is named for.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import attrs

from tests.laws.invariants import deficits
from tests.laws.world import HOME, LATER, PRODUCTS, SKUS, World, make_order
from unicommerce.catalog import Catalog, Component, Network, Node, NodeKind, Pool, Product
from unicommerce.counts import SHELF, counted, reconcile
from unicommerce.fulfillment import (
    Allocated,
    Change,
    Collection,
    FulfillmentCode,
    FulfillmentPolicy,
    Owed,
    PutDown,
    Rejected,
    RejectionReason,
    Shipment,
    ShortPicked,
    StandIn,
    allocate,
    amend,
    cancel,
    collect,
    collected,
    damaged,
    declined,
    delivered,
    expire_holds,
    found,
    intercept,
    intercepted,
    lost,
    make_good,
    notified,
    packed,
    picked,
    place,
    put_back,
    put_down,
    ready,
    reconsider,
    refuse_hold,
    rejected,
    release_hold,
    revise,
    sent_back,
    ship,
    shipped,
    substitute,
    suspend,
    undeliverable,
    unpack,
    withhold,
)
from unicommerce.inventory import GoodsState, on_hand, received
from unicommerce.ledger import Accepted, Decision, Entry, Event, Ledger, Memory, Reason, Request, Telling
from unicommerce.orders import (
    LineState,
    Order,
    OrderHolds,
    OrderLine,
    Substitution,
    holds_key,
    line_account,
    order_key,
    standing,
)
from unicommerce.returns import Returned, restock, returned
from unicommerce.values import DAY_MS, HOUR_MS, Position

__all__ = ["CATALOG", "NEEDS", "NODES", "POLICY", "STEP_LAWS", "Broken", "Life", "TurnedDown"]

STORES = ("north", "south")
NODES = (
    Node(id="dc", position=Position.of("50.11", "8.68"), kind=NodeKind.WAREHOUSE),
    Node(id="north", position=Position.of("52.55", "13.41"), rank=1),
    Node(id="south", position=Position.of("52.48", "13.40"), rank=2),
    Node(id="dark", position=Position.of("52.52", "13.38"), kind=NodeKind.DARK_STORE, rank=3),
    Node(id="vendor", position=Position.of("48.14", "11.58"), kind=NodeKind.VENDOR, rank=4),
)
POOLS = (
    Pool(id="web", nodes=tuple([node.id for node in NODES])),
    Pool(id="club", nodes=("north", "south", "dark")),
)
CATALOG = Catalog(
    network=Network(nodes=NODES, pools=POOLS),
    products=(*PRODUCTS, Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 2)))),
)
ELSEWHERE = (HOME, Position.of("52.49", "13.39"), Position.of("50.10", "8.70"))
HOLDS = ("review", "payment")
POLICY = FulfillmentPolicy(
    stand_ins=tuple([StandIn(sku, other) for sku in SKUS for other in SKUS if sku != other]), hold_hours=30
)
APART = attrs.evolve(POLICY, reshelves_to=GoodsState.QUARANTINE)
ALL = 99
IN_HAND = (LineState.PICKED, LineState.PACKED, LineState.READY)
UNWANTED = (line_account(LineState.ORDERED), line_account(LineState.CANCELED))
S = LineState

STEP_LAWS = {
    "our own decisions oversell nothing": "Whatever is answered, no node and no set of pools is shorter than before.",
    "who has turned it down is not asked again": "That day for the order where it was busy, else for the SKU.",
    "what is held goes nowhere": "Of an order that is held no node is given pieces.",
    "what is held does not leave": "Who asks whether it may leave hears that it is held.",
    "what stands in is never dearer": "What all that is wanted of an order costs does not grow.",
    "what is due is done": "Once what is due was asked, nothing is due any more.",
    "who closes keeps nothing": "A node has nothing then, to pick, in hand or at its counter.",
    "refunds are as said": "What is said to be refunded is the price of what does not come.",
    "to repeat is free": "Whatever was asked or told, once more, at once or in the end, leaves the state as it is.",
    "replay equals live": "The journal, played again, is the state.",
    "every order ends": "Once nothing breaks any more, in four rounds at most.",
}
"""The laws that follow from one step, or from all of them; those of any moment are in `tests.lives.rules`."""


class Broken(AssertionError):
    """A law that does not hold, by its name."""

    def __init__(self, law: str, what: object = "") -> None:
        super().__init__(f"{law}: {what}")
        self.law = law


class TurnedDown(NamedTuple):
    """A node gave back pieces of an order: of which shipment and SKU, why, when (ms UTC)."""

    order: str
    shipment: str
    node: str
    sku: str
    reason: RejectionReason
    at: int

    def bars(self, node: str, sku: str, now: int) -> bool:
        """Tell whether the node is not to be asked for a SKU of the order."""
        is_over = self.reason is RejectionReason.BUSY and now >= self.at + DAY_MS
        return node == self.node and not is_over and (self.reason is RejectionReason.BUSY or sku == self.sku)


class Life(World):
    """The shop, and what is remembered of what was asked and told."""

    def __init__(self, stock: Sequence[int] = (0,) * len(NODES), store: Memory | None = None) -> None:
        super().__init__(CATALOG, stock=0, store=store)
        self.done: list[Request[Catalog] | Telling[Catalog]] = []
        self.turned_down: list[TurnedDown] = []
        self.blind = Counter[str]()
        self.fresh: list[Entry] = []
        self.short: dict[tuple[str, tuple[str, ...]], int] = {}
        self.heard = 0
        for node, quantity in zip(NODES, stock, strict=True):
            if quantity:
                pieces = dict.fromkeys(SKUS, quantity)
                self.tell(received(f"opening {node.id}", node=node.id, quantities=pieces))

    # What is remembered

    def ask(self, request: Request[Catalog], *, may_hurt: bool = False) -> Decision:
        """Ask: whatever is answered leaves nothing shorter than it was, unless it follows a fact that hurts."""
        answer = super().ask(request)
        events = answer.events if isinstance(answer, Accepted) else ()
        for event in events:
            if isinstance(event, Allocated):
                self._asks_nobody_again(event)
                if self.holds(event.shipment.order).holds:
                    raise Broken("what is held goes nowhere", request.id)
        if events:
            self.done.append(request)
            before = self.short
            self._hear()
            if worse := [key for key, missing in self.short.items() if not may_hurt and missing < before.get(key, 0)]:
                raise Broken("our own decisions oversell nothing", (request.id, worse))
        return answer

    def tell(self, telling: Telling[Catalog]) -> Accepted:
        """Tell."""
        answer = super().tell(telling)
        self.done.append(self.told[telling.id])
        self._hear()
        return answer

    def _asks_nobody_again(self, event: Allocated) -> None:
        for each in self.turned_down:
            if each.order == event.shipment.order:
                for _, sku, _ in event.lines:
                    if each.bars(event.shipment.node, sku, self.now):
                        raise Broken("who has turned it down is not asked again", (event.shipment, each))

    def _hear(self) -> None:
        """Remember of what came on record whatever laws need; orders are as they are by now."""
        for position, entry in self.ledger.since(self.heard, 1_000):
            self.heard = position
            self.fresh.append(entry)
            for event in entry.events:
                self._remember(event)
        self.orders = [order for each in self.orders if (order := self.ledger.document(order_key(each.id)))]
        self.short = deficits(self.ledger, self.network)

    def _remember(self, event: Event) -> None:
        if isinstance(event, Rejected | ShortPicked | PutDown):
            reason = RejectionReason.NOT_FOUND if isinstance(event, ShortPicked) else event.reason
            for _, sku, _ in event.lines:
                found = TurnedDown(event.order, event.shipment, event.node, sku, reason, self.now)
                self.turned_down.append(found)
        if isinstance(event, Returned):
            self.blind.update(dict(event.blind))

    # What there is

    def _order(self, number: int) -> Order:
        return self.orders[number % len(self.orders)]

    def _line(self, order: int, line: int) -> OrderLine:
        lines = self._order(order).lines
        return lines[line % len(lines)]

    def _shipment(self, number: int, *states: LineState) -> Shipment:
        """Return a shipment with pieces in one of these states, if there is one; by zero one that comes first."""
        fit = [each for each in self.shipments if number and any(self.standing(each, state) for state in states)]
        return (fit or self.shipments)[number % len(fit or self.shipments)]

    def _some(self, shipment: Shipment, most: int, *states: LineState) -> dict[str, int]:
        """Return so many pieces at most of each line of a shipment that stand in one of these states."""
        pieces: dict[str, int] = {}
        for state in states:
            for line, held in self.standing(shipment, state).items():
                pieces[line] = pieces.get(line, 0) + held
        return {line: min(held, most) for line, held in pieces.items()}

    def holds(self, order: str) -> OrderHolds:
        """Return what holds an order."""
        return self.ledger.document(holds_key(order)) or OrderHolds(order=order)

    # What customers ask

    def take(self, order: Order, pieces: int, holds: Sequence[str] = (), policy: FulfillmentPolicy = POLICY) -> None:
        """Take an order of so many pieces of each line, which may be held."""
        quantities = {line.id: pieces for line in order.lines}
        if isinstance(self.ask(place(order, quantities, holds=holds, policy=policy)), Accepted):
            self.orders.append(order)
            self._hear()

    def new_order(self, skus: Sequence[str], pool: int, **more: str) -> Order:
        """Return an order whose customer takes other goods instead."""
        order = make_order(self.next_id("o"), pool=POOLS[pool % len(POOLS)].id, skus=skus, at=self.now)
        takes = {"substitution": Substitution.LISTED, "substitutes": SKUS}
        lines = tuple([attrs.evolve(line, **takes) if line.sku in SKUS else line for line in order.lines])  # type: ignore[arg-type]
        return attrs.evolve(order, lines=lines, **more)  # type: ignore[arg-type]

    def place_to_ship(self, a: int, b: int, c: int) -> None:
        """Somebody orders something to be sent."""
        self.take(self.new_order(SKUS[: 1 + a % 2], b), c, policy=LATER if a % 3 == 2 else POLICY)

    def place_to_collect(self, a: int, b: int, c: int) -> None:
        """Somebody orders something to be collected, of the store's own stock or sent there."""
        self.take(self.new_order(SKUS[: 1 + a % 2], 0, collect_at=STORES[b % 2]), c)

    def place_a_kit(self, a: int, b: int, c: int) -> None:
        """Somebody orders a set, alone or with something else."""
        skus = ("SET", "LID")[: 1 + a % 2]
        self.take(self.new_order(skus, b), c)

    def place_held(self, a: int, b: int, c: int) -> None:
        """Somebody orders, and it is looked at first."""
        self.take(self.new_order(SKUS[: 1 + a % 2], b), c, HOLDS[: 1 + b % 2])

    def suspend(self, a: int, b: int, c: int) -> None:
        """An order is held after all."""
        request = suspend(self._order(a).id, HOLDS[b % 2], reshelves=c % 2 > 0, id=self.next_id("h"), policy=POLICY)
        self.ask(request, may_hurt=self._puts_back_unseen(c))

    def _puts_back_unseen(self, c: int) -> bool:
        """Tell whether pieces in hand may go to the shelf of a closed node: nothing stands behind their claim then."""
        return c % 2 > 0 and not all(node.is_open for node in self.network.nodes)

    def release(self, a: int, b: int, c: int) -> None:
        """A hold is over."""
        policy = LATER if c == 1 else POLICY
        self.ask(release_hold(self._order(a).id, HOLDS[b % 2], id=self.next_id("r"), policy=policy))

    def refuse(self, a: int, b: int, _c: int) -> None:
        """The review said no."""
        self.ask(refuse_hold(self._order(a).id, HOLDS[b % 2], id=self.next_id("r"), policy=POLICY))

    def change_quantity(self, a: int, b: int, c: int) -> None:
        """More or fewer; none is less too."""
        order, line = self._order(a), self._line(a, b)
        kit = next((kit.id for kit in order.kits if line.id in dict(kit.components)), line.id)
        self.ask(amend(order.id, {kit: c - 1}, id=self.next_id("a"), policy=POLICY))

    def add_line(self, a: int, b: int, c: int) -> None:
        """And one of those."""
        line = OrderLine(id=self.next_id("new"), sku=SKUS[b % len(SKUS)], price_minor=70 * b)
        self.ask(amend(self._order(a).id, {line.id: c}, lines=(line,), id=self.next_id("a"), policy=POLICY))

    def change_address(self, a: int, b: int, c: int) -> None:
        """Send it there instead; or to a store, or from it home."""
        change = Change(destination=ELSEWHERE[b % 3]) if b < 4 else Change(collect_at=("", *STORES)[b % 3])
        request = revise(self._order(a).id, change, id=self.next_id("m"), reshelves=c % 2 > 0, policy=POLICY)
        self.ask(request, may_hurt=self._puts_back_unseen(c))

    def change_service(self, a: int, b: int, c: int) -> None:
        """Sooner."""
        change = Change(service=("standard", "express")[b % 2])
        request = revise(self._order(a).id, change, id=self.next_id("m"), reshelves=c % 2 > 0, policy=POLICY)
        self.ask(request, may_hurt=self._puts_back_unseen(c))

    def change_price(self, a: int, b: int, c: int) -> None:
        """Cheaper, or not."""
        change = Change(prices={self._line(a, b).id: 111 * c})
        self.ask(revise(self._order(a).id, change, id=self.next_id("p"), policy=POLICY))

    def substitute(self, a: int, b: int, c: int) -> None:
        """Another one instead, at no higher price."""
        order, line = self._order(a), self._line(a, b)
        price, before, id = 700 * b if b % 2 else None, self._price_of(order), self.next_id("s")
        self.ask(substitute(order.id, line.id, c, SKUS[(a + b) % 3], id=id, price_minor=price, policy=POLICY))
        if self._price_of(self._order(a)) > before:
            raise Broken("what stands in is never dearer", id)

    def _price_of(self, order: Order) -> int:
        """Return what all that is wanted of an order costs."""
        wanted = [(line, -self.ledger.balance(order.unit(line.id), UNWANTED)) for line in order.lines]
        return sum([line.price_minor * quantity for line, quantity in wanted])

    def cancel_part(self, a: int, b: int, c: int) -> None:
        """Fewer of one line, also where a node has them in hand."""
        order, line = self._order(a), self._line(a, b)
        kit = next((kit.id for kit in order.kits if line.id in dict(kit.components)), line.id)
        self.ask(cancel(order.id, {kit: c}, reshelves=b % 2 > 0, id=self.next_id("c"), policy=POLICY))

    def cancel(self, a: int, b: int, c: int) -> None:
        """None of it, as far as that is possible; what was in hand is looked at first, or not."""
        policy = APART if c % 2 else POLICY
        self.ask(cancel(self._order(a).id, reshelves=b % 2 > 0, id=self.next_id("c"), policy=policy))

    # What the shop asks

    def allocate(self, a: int, _b: int, _c: int) -> None:
        """Open pieces go to nodes."""
        self.ask(allocate(self._order(a).id, id=self.next_id("w"), policy=POLICY))

    def reconsider(self, _a: int, _b: int, _c: int) -> None:
        """Orders that nobody has picked go to cheaper nodes by now."""
        self.ask(reconsider([order.id for order in self.orders], id=self.next_id("q")))

    def make_good(self, a: int, b: int, _c: int) -> None:
        """What is owed for what did not come: it is sent again, or its price is as said."""
        shipment, owed = self._shipment(a, S.LOST, S.RETURNED), tuple(Owed)
        policy = FulfillmentPolicy(when_lost=owed[b % 2], when_sent_back=owed[b // 2 % 2])
        answer = self.ask(make_good(shipment.id, policy=policy, id=self.next_id("g")))
        left = [self.standing(shipment, state) for state in (S.LOST, S.RETURNED)]
        self._refunds(shipment, answer, *left)

    def time_passes(self, _a: int, _b: int, c: int) -> None:
        """A day or so; what is due is asked, and then nothing is."""
        self.now += c * 20 * HOUR_MS
        for document in self.ledger.due(self.now, 99):
            if isinstance(document, Collection):
                self._puts_back(document)
            elif isinstance(document, OrderHolds):
                self.ask(expire_holds(document, policy=POLICY))
        if late := self.ledger.due(self.now, 1):
            raise Broken("what is due is done", late)

    def _puts_back(self, collection: Collection) -> None:
        shipment = next(each for each in self.shipments if each.id == collection.shipment)
        waited = self.standing(shipment, S.READY)
        self._refunds(shipment, self.ask(put_back(collection)), waited)

    def _refunds(self, shipment: Shipment, answer: Decision, *pieces: Mapping[str, int]) -> None:
        """What is said to be refunded is the price of these pieces; where nothing is said, there are none."""
        order = next(order for order in self.orders if order.id == shipment.order)
        due = sum([order.line_by_id[line].price_minor * q for some in pieces for line, q in some.items()])
        said = sum([int(reason.needed or 0) for reason in answer.because if _is_refund(reason)])
        if said != due:
            raise Broken("refunds are as said", (shipment.id, said, due))

    # What nodes tell

    def pick(self, a: int, _b: int, c: int) -> None:
        """It has them, or some."""
        shipment = self._shipment(a, S.ALLOCATED)
        self.tell(picked(shipment.id, self._some(shipment, c, S.ALLOCATED)))

    def pick_short(self, a: int, _b: int, c: int) -> None:
        """Some are not there."""
        shipment = self._shipment(a, S.ALLOCATED)
        there = self._some(shipment, ALL, S.ALLOCATED)
        missing = {line: min(held, c) for line, held in there.items()}
        rest = {line: held - missing[line] for line, held in there.items() if held > missing[line]}
        self.tell(picked(shipment.id, rest, short=missing))

    def pick_what_was_taken_back(self, a: int, b: int, c: int) -> None:
        """It has them, whoever has taken them back meanwhile."""
        shipment = self._shipment(a)
        line = shipment.lines[b % len(shipment.lines)]
        self.tell(picked(shipment.id, {line: c}))

    def reject(self, a: int, b: int, c: int) -> None:
        """No time, not there, or broken; all or some."""
        shipment, reason = self._shipment(a, S.ALLOCATED), tuple(RejectionReason)[b % 3]
        some = self._some(shipment, c, S.ALLOCATED) if b > 2 else None
        self.tell(rejected(shipment.id, some or None, reason=reason, id=self.next_id("j")))

    def pack(self, a: int, b: int, c: int) -> None:
        """It is in a parcel; so many in all."""
        shipment = self._shipment(a, S.ALLOCATED, S.PICKED)
        some = self._some(shipment, c, S.ALLOCATED, S.PICKED, S.PACKED) if b % 2 else None
        self.tell(packed(shipment.id, some or None, id=self.next_id("k")))

    def unpack(self, a: int, _b: int, c: int) -> None:
        """In a parcel, and out of it again."""
        shipment = self._shipment(a, S.PACKED)
        if not self.standing(shipment, S.PACKED):
            self.tell(packed(shipment.id, id=self.next_id("k")))
        if some := self._some(shipment, c, S.PACKED):
            self.ask(unpack(shipment.id, some, id=self.next_id("u")))

    def damage(self, a: int, b: int, c: int) -> None:
        """It broke in somebody's hands."""
        shipment = self._shipment(a, S.ALLOCATED, *IN_HAND)
        states = (S.ALLOCATED, *IN_HAND) if b % 2 else IN_HAND
        if some := self._some(shipment, c, *states):
            self.tell(damaged(shipment.id, some, id=self.next_id("d")))

    def ask_to_ship(self, a: int, b: int, c: int) -> None:
        """May it leave? What is held does not."""
        shipment = self._shipment(a, S.ALLOCATED, S.PICKED, S.PACKED)
        has_left = self.ledger.entry(f"{shipment.id}/shipped") is not None
        some = self._some(shipment, c, S.PICKED, S.PACKED) if b % 2 and not has_left else None
        answer = self.ask(ship(shipment.id, some or None))
        if isinstance(answer, Accepted) and self.holds(shipment.order).holds and not has_left:
            raise Broken("what is held does not leave", shipment.id)

    def tell_it_left(self, a: int, b: int, c: int) -> None:
        """It has left, whole or in part, picked or not."""
        shipment = self._shipment(a, S.ALLOCATED, *IN_HAND)
        some = self._some(shipment, c, S.ALLOCATED, S.PICKED, S.PACKED) if b % 2 else None
        self._leaves(shipment, some or {})

    def _leaves(self, shipment: Shipment, pieces: Mapping[str, int]) -> None:
        """Tell that it left; who was asked before has said of how many pieces, and is not contradicted."""
        was_asked = f"{shipment.id}/shipped" not in self.told and self.ledger.entry(f"{shipment.id}/shipped")
        self.tell(shipped(shipment.id, None if was_asked else pieces or None))

    def leave_some_behind(self, a: int, _b: int, c: int) -> None:
        """The van is full: it has picked all, and some stay."""
        shipment = self._shipment(a, S.ALLOCATED, S.PICKED)
        self.tell(picked(shipment.id, self._some(shipment, ALL, S.ALLOCATED)))
        in_hand = self._some(shipment, ALL, S.PICKED, S.PACKED)
        self._leaves(shipment, {line: held - c for line, held in in_hand.items() if held > c})

    def ready(self, a: int, b: int, c: int) -> None:
        """It waits at the counter, and its customer hears of it."""
        shipment = self._shipment(a, S.ALLOCATED, S.PICKED, S.SHIPPED)
        some = self._some(shipment, c, S.ALLOCATED, *IN_HAND, S.SHIPPED) if b % 2 else None
        self.tell(ready(shipment.id, some or None, id=self.next_id("y")))
        self.tell(notified(shipment.id, "sms", code="4711", id=self.next_id("n")))

    def withhold(self, a: int, b: int, c: int) -> None:
        """It does not wait after all."""
        shipment = self._shipment(a, S.READY)
        if some := self._some(shipment, c, S.READY):
            self.ask(withhold(shipment.id, some, packed=some if b % 2 else None, id=self.next_id("x")))

    def collect(self, a: int, b: int, c: int) -> None:
        """Somebody comes with the code, for all of it or a part."""
        shipment = self._shipment(a, S.READY)
        some = self._some(shipment, c, S.READY) if b % 2 else None
        how = {"by": "customer", "checked_by": "code", "code": "4711", "part": self.next_id("p")}
        self.ask(collect(shipment.id, some or None, **how))  # type: ignore[arg-type]

    def tell_it_was_collected(self, a: int, b: int, c: int) -> None:
        """Somebody has it, ready or not."""
        shipment = self._shipment(a, S.READY, S.SHIPPED)
        some = self._some(shipment, c, S.ALLOCATED, *IN_HAND, S.SHIPPED) if b % 2 else None
        self.tell(collected(shipment.id, some or None, part=self.next_id("p")))

    def decline(self, a: int, b: int, c: int) -> None:
        """No, thanks."""
        shipment = self._shipment(a, S.READY)
        some = self._some(shipment, c, S.READY) if b % 2 else None
        before = self._canceled(shipment.order)
        answer = self.tell(declined(shipment.id, some or None, part=self.next_id("p")))
        gone = {line: held - before.get(line, 0) for line, held in self._canceled(shipment.order).items()}
        self._refunds(shipment, answer, gone)

    def _canceled(self, order: str) -> dict[str, int]:
        found = next(each for each in self.orders if each.id == order)
        return {line.id: standing(self.ledger, found.unit(line.id), S.CANCELED) for line in found.lines}

    # What carriers tell

    def deliver(self, a: int, b: int, _c: int) -> None:
        """It is there."""
        part = self.next_id("p") if b % 2 else ""
        self.tell(delivered(self._shipment(a, S.SHIPPED).id, part=part))

    def lose(self, a: int, b: int, c: int) -> None:
        """Nobody knows where it is."""
        shipment = self._shipment(a, S.SHIPPED)
        some = self._some(shipment, c, S.SHIPPED) if b % 2 else None
        self.tell(lost(shipment.id, some or None, id=self.next_id("l")))

    def find(self, a: int, b: int, c: int) -> None:
        """There it is."""
        shipment = self._shipment(a, S.LOST)
        some = self._some(shipment, c, S.LOST) if b % 2 else None
        self.tell(found(shipment.id, some or None, id=self.next_id("f")))

    def turn_around(self, a: int, b: int, _c: int) -> None:
        """Nobody is there; or it is to be stopped, and the carrier says whether it was."""
        shipment, id = self._shipment(a, S.SHIPPED).id, self.next_id("t")
        if b % 2:
            self.tell(undeliverable(shipment, reason="unknown", id=id))
        elif isinstance(self.ask(intercept(shipment, by="customer", id=id)), Accepted):
            self.tell(intercepted(shipment, comes_back=b > 2, id=id))

    def send_back(self, a: int, b: int, c: int) -> None:
        """It is back, at some node, and looked at or not."""
        shipment, node = self._shipment(a, S.SHIPPED), NODES[b % len(NODES)].id if b % 2 else ""
        some = self._some(shipment, c, S.SHIPPED) if c % 2 else None
        condition = ("quarantine", "sellable", "damaged")[b % 3]
        self.tell(sent_back(shipment.id, some or None, node=node, condition=condition, id=self.next_id("b")))

    # What happens to nodes, and what customers bring

    def close(self, a: int, _b: int, _c: int) -> None:
        """A node closes while it works: it gives back what it has."""
        node = NODES[a % len(NODES)].id
        self._turn(node, is_open=False)
        for shipment in self.shipments:
            if self._has(node, shipment):
                self.tell(put_down(shipment.id, node, reason="closed", id=self.next_id("z")))
            if kept := self._has(node, shipment):
                raise Broken("who closes keeps nothing", (node, shipment.id, kept))

    def _has(self, node: str, shipment: Shipment) -> dict[str, int]:
        """Return the pieces of a shipment that a node has, to pick or in hand or at its counter."""
        here = (S.ALLOCATED, S.PICKED, S.PACKED) if shipment.node == node else ()
        waits = (S.READY,) if (shipment.collect_at or shipment.node) == node else ()
        return self._some(shipment, ALL, *here, *waits)

    def open(self, a: int, _b: int, _c: int) -> None:
        """And is there again."""
        self._turn(NODES[a % len(NODES)].id, is_open=True)

    def _turn(self, node: str, *, is_open: bool) -> None:
        network = self.network
        nodes = tuple([attrs.evolve(each, is_open=is_open) if each.id == node else each for each in network.nodes])
        revised = attrs.evolve(network, revision=network.revision + 1, nodes=nodes)
        self.shop.revise(attrs.evolve(self.shop.catalog, network=revised), now=self.now)
        self._hear()

    def receive(self, a: int, b: int, c: int) -> None:
        """Goods come in."""
        node, sku = NODES[a % len(NODES)].id, SKUS[b % len(SKUS)]
        self.tell(received(self.next_id("receipt"), node=node, quantities={sku: c}))

    def count(self, a: int, b: int, c: int) -> None:
        """Somebody counts all that is there, or the shelf, and the book follows: a fact that may hurt."""
        node, sku = NODES[a % len(NODES)].id, SKUS[b % len(SKUS)]
        there = max(on_hand(self.ledger, node=node, sku=sku) + c - 3, 0)
        id, of = self.next_id("count"), SHELF if b > len(SKUS) else ""
        self.now += 1
        self.tell(counted(id, node=node, quantities={sku: there}, as_of=self.now, of=of))
        self.ask(reconcile(f"count/{id}", node=node, sku=sku, accept=True), may_hurt=True)

    def bring_back(self, a: int, b: int, c: int) -> None:
        """A customer brings something back to some node; with the last numbers without saying of which order."""
        id, node = self.next_id("return"), NODES[(a + b) % len(NODES)].id
        self.returns.append(id)
        if b > 5:
            self.tell(returned(id, node=node, blind={SKUS[a % len(SKUS)]: c}))
        else:
            self.tell(returned(id, node=node, order=self._order(a).id, lines={self._line(a, b).id: c}))

    def restock(self, a: int, b: int, c: int) -> None:
        """It is as good as new."""
        if self.returns:
            id = self.returns[a % len(self.returns)]
            self.ask(restock(id, {SKUS[b % len(SKUS)]: c}, part=self.next_id("part")))

    # Again

    def again(self, number: int) -> None:
        """Something is asked or told once more; the state is what it was."""
        before, step = self.ledger.snapshot(), self.done[number % len(self.done)]
        self.shop.enter(step, now=self.now)
        if self.ledger.snapshot() != before:
            raise Broken("to repeat is free", step.id)

    def replayed(self) -> None:
        """The journal, played again, is the state."""
        if Ledger.replay(self.journal()).snapshot() != self.ledger.snapshot():
            raise Broken("replay equals live")


def _is_refund(reason: Reason) -> bool:
    return reason.code is FulfillmentCode.REFUND_DUE


def _always(_life: Life) -> bool:
    return True


def _orders(life: Life) -> bool:
    return bool(life.orders)


def _shipments(life: Life) -> bool:
    return bool(life.shipments)


_OF_NONE = "place_to_ship place_to_collect place_a_kit place_held time_passes close open receive count"
_OF_ORDERS = (
    "suspend release reconsider refuse change_quantity add_line change_address change_service change_price substitute"
    " cancel_part cancel allocate bring_back restock"
)
_OF_SHIPMENTS = (
    "make_good pick pick_short pick_what_was_taken_back reject pack unpack damage ask_to_ship tell_it_left"
    " leave_some_behind ready"
    " withhold collect tell_it_was_collected decline deliver lose find turn_around send_back"
)
NEEDS: Mapping[str, Callable[[Life], bool]] = {
    **dict.fromkeys(_OF_NONE.split(), _always),
    **dict.fromkeys(_OF_ORDERS.split(), _orders),
    **dict.fromkeys(_OF_SHIPMENTS.split(), _shipments),
}
"""Each step by its name, and what there has to be for it."""
