"""A small retailer that laws are checked on: overlapping pools, a closed node, a node of little capacity.

A program is a list of steps of small whole numbers, so that what Hypothesis finds shrinks to a few lines; the world
turns them into requests and messages by counting modulo what there is. Nothing here asserts: laws do.
"""

import itertools
from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping, Sequence
from typing import ClassVar, Generic, NamedTuple, TypeVar

import attrs
from hypothesis import strategies as st

from unicommerce.catalog import Catalog, Network, Node, NodeKind, Pool, Product, moment, pool_place
from unicommerce.commerce import Commerce
from unicommerce.finance import post
from unicommerce.fulfillment import (
    Allocated,
    FulfillmentPolicy,
    RejectionReason,
    Shipment,
    allocate,
    amend,
    cancel,
    delivered,
    picked,
    place,
    rejected,
    shipped,
)
from unicommerce.inventory import adjusted, expire, goods, hold, received, release, reserve, sellable
from unicommerce.ledger import (
    Accepted,
    Account,
    Decision,
    Document,
    Entry,
    Found,
    Guard,
    Key,
    Ledger,
    Memory,
    Movement,
    Recorded,
    Request,
    Snapshot,
    Telling,
    Wanted,
)
from unicommerce.orders import LineState, Order, OrderLine, line_account
from unicommerce.returns import restock, returned
from unicommerce.supply import BackorderPolicy, Short, claim_ahead, expected, landed, lost, redate
from unicommerce.values import DAY_MS, HOUR_MS, Position, Unit, frozen

T = TypeVar("T")

NOW = moment("2026-11-23T09:00:00Z")
"""A Monday morning."""

HOME = Position.of("52.52", "13.405")
SKUS = ("MUG", "CUP", "LID")
PRODUCTS = (
    Product(sku="MUG", weight_g=350, cost_minor=433),
    Product(sku="CUP", weight_g=120, cost_minor=199),
    Product(sku="LID", weight_g=0, cost_minor=7),
)
NODES = (
    Node(id="dc", position=Position.of("50.11", "8.68"), kind=NodeKind.WAREHOUSE),
    Node(id="north", position=Position.of("52.55", "13.41"), rank=1),
    Node(id="south", position=Position.of("52.48", "13.40"), rank=2),
    Node(id="booth", position=Position.of("52.52", "13.38"), daily_capacity=3, rank=3),
    Node(id="shut", position=Position.of("52.51", "13.42"), is_open=False, rank=4),
)
POOLS = (
    Pool(id="web", nodes=("dc", "north", "south", "booth", "shut")),
    Pool(id="club", nodes=("north", "south")),
    Pool(id="corner", nodes=("south", "booth")),
)
NETWORK = Network(nodes=NODES, pools=POOLS)
CATALOG = Catalog(network=NETWORK, products=PRODUCTS)
LATER = FulfillmentPolicy(allocates_at_once=False)
AHEAD = FulfillmentPolicy(backorders=BackorderPolicy(when_short=Short.BACKORDER))
IN_PART = FulfillmentPolicy(backorders=BackorderPolicy(when_short=Short.PARTIAL))


class Law(NamedTuple, Generic[T]):
    """A law: what it is called, the cases it is checked on, and the function that raises where it is broken."""

    name: str
    cases: st.SearchStrategy[T]
    check: Callable[[T], None]


class Step(NamedTuple):
    """One step of a program: an operation of the world and three small whole numbers."""

    op: str
    a: int = 0
    b: int = 0
    c: int = 1


Program = list[Step]


@frozen(kw_only=True)
class Note:
    """The smallest document."""

    id: str
    revision: int = 1
    text: str = ""
    due_at: int | None = None

    @property
    def key(self) -> "Key[Note]":
        """Return the key."""
        return note_key(self.id)


def note_key(id: str) -> Key[Note]:
    """Return the key of a note."""
    return Key("test.note", id)


@frozen(kw_only=True)
class Happened:
    """The event that moves and replaces what it is told to."""

    kind: ClassVar[str] = "test.happened"
    moves: tuple[Movement, ...] = ()
    notes: tuple[Note, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Move it."""
        return self.moves

    def documents(self) -> tuple[Document, ...]:
        """Replace them."""
        return self.notes


class Distant(Memory):
    """The store in memory, as if it were in another process: its state can be read, and not looked at."""

    __slots__ = ()

    @property
    def state(self) -> None:  # type: ignore[override]  # that is the difference
        """Return nothing."""
        return


class Turn:
    """What a store that waits awaits: others may run meanwhile."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class Waiting(Distant):
    """A distant store that lets others run before each reading and each recording."""

    __slots__ = ()

    async def read(self, wanted: Wanted) -> Found:
        """Wait, then answer."""
        await Turn()
        return await super().read(wanted)

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Wait, then append."""
        await Turn()
        return await super().append(entry, guards)


def interleave(coroutines: Sequence[Coroutine[object, object, T]], schedule: Sequence[int]) -> list[T]:
    """Run coroutines a turn at a time, the one that the schedule says next, and return their answers in their order."""
    running = dict(enumerate(coroutines))
    answers: dict[int, T] = {}
    turns = itertools.chain(schedule, itertools.count())
    while running:
        chosen = list(running)[next(turns) % len(running)]
        try:
            running[chosen].send(None)
        except StopIteration as stop:
            answers[chosen] = stop.value
            del running[chosen]
    return [answers[index] for index in range(len(coroutines))]


class Album(Memory):
    """The store in memory that keeps a snapshot of each position, and what each entry was guarded by."""

    __slots__ = ("guards", "snapshots")

    def __init__(self) -> None:
        super().__init__()
        self.snapshots: list[Snapshot] = [self.ledger.snapshot()]
        self.guards: list[tuple[Guard, ...]] = []

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append and take a picture."""
        recorded = await super().append(entry, guards)
        if recorded is not None and recorded.position == len(self.snapshots):
            self.snapshots.append(self.ledger.snapshot())
            self.guards.append(guards)
        return recorded


class World:
    """The retailer: a shop, a clock that is set by hand, and a memory of what was asked and told."""

    def __init__(self, catalog: Catalog = CATALOG, *, stock: int = 4, store: Memory | None = None) -> None:
        self.store = store or Memory()
        self.shop = Commerce(catalog, store=self.store)
        self.now = NOW
        self.asked: list[tuple[Request[Catalog], Decision]] = []
        self.told: dict[str, Telling[Catalog]] = {}
        self.claims: list[str] = []
        self.orders: list[Order] = []
        self.shipments: list[Shipment] = []
        self.returns: list[str] = []
        self.restocks: dict[str, Request[object]] = {}
        self._last = 0
        self._posted = 0
        for node in catalog.network.nodes if stock else ():
            self.tell(received(f"opening {node.id}", node=node.id, quantities=dict.fromkeys(SKUS, stock)))

    @property
    def ledger(self) -> Ledger:
        """Return the state."""
        return self.store.ledger

    @property
    def network(self) -> Network:
        """Return the network on record."""
        return self.shop.catalog.network

    def journal(self) -> tuple[Recorded, ...]:
        """Return all that is on record."""
        return self.ledger.since(0, 1_000_000)

    def next_id(self, name: str) -> str:
        """Return an id that was not used before."""
        self._last += 1
        return f"{name}{self._last}"

    def ask(self, request: Request[Catalog]) -> Decision:
        """Ask, and remember what was answered."""
        answer = self.shop.ask(request, now=self.now)
        self.asked.append((request, answer))
        events = answer.events if isinstance(answer, Accepted) else ()
        known = {shipment.id for shipment in self.shipments}
        self.shipments += [e.shipment for e in events if isinstance(e, Allocated) and e.shipment.id not in known]
        return answer

    def tell(self, telling: Telling[Catalog]) -> Accepted:
        """Tell; what bears the id of an earlier message is that message once more."""
        telling = self.told.setdefault(telling.id, telling)
        return self.shop.tell(telling, now=self.now)

    def run(self, program: Iterable[Step]) -> "World":
        """Take all steps."""
        for step in program:
            self.do(step)
        return self

    def do(self, step: Step) -> None:
        """Take one step; one that finds nothing to work on does nothing."""
        OPERATIONS[step.op](self, step)

    def standing(self, shipment: Shipment, state: LineState) -> dict[str, int]:
        """Return the pieces of a shipment in a state, by line."""
        order = next(order for order in self.orders if order.id == shipment.order)
        at = (line_account(state, shipment.id),)
        held = {line.id: self.ledger.balance(order.unit(line.id), at) for line in order.lines}
        return {line: quantity for line, quantity in held.items() if quantity > 0}


def _of(things: Sequence[T], index: int) -> T:
    return things[index % len(things)]


def _receive(world: World, step: Step) -> None:
    node, sku = _of(world.network.nodes, step.a).id, _of(SKUS, step.b)
    world.tell(received(world.next_id("receipt"), node=node, quantities={sku: step.c}))


def _adjust(world: World, step: Step) -> None:
    node, sku = _of(world.network.nodes, step.a).id, _of(SKUS, step.b)
    change = -step.c if step.a % 3 else step.c
    world.tell(adjusted(world.next_id("count"), node=node, sku=sku, change=change))


def _quantities(step: Step) -> dict[str, int]:
    wanted = {_of(SKUS, step.b): step.c}
    return wanted | {_of(SKUS, step.b + 1): 1} if step.b > len(SKUS) else wanted


def places(network: Network) -> tuple[str, ...]:
    """Return every place at which goods can be claimed."""
    return (*(pool_place(pool.id) for pool in network.pools), *(node.id for node in network.nodes))


def _reserve(world: World, step: Step) -> None:
    claim = world.next_id("claim")
    world.claims.append(claim)
    world.ask(reserve(claim, place=_of(places(world.network), step.a), quantities=_quantities(step)))


def _hold(world: World, step: Step) -> None:
    claim, until = world.next_id("basket"), world.now + step.c * HOUR_MS
    world.claims.append(claim)
    world.ask(hold(claim, place=_of(places(world.network), step.a), quantities=_quantities(step), until=until))


def _release(world: World, step: Step) -> None:
    if world.claims:
        world.ask(release(_of(world.claims, step.a)))


def _release_part(world: World, step: Step) -> None:
    if world.claims:
        world.ask(release(_of(world.claims, step.a), quantities={_of(SKUS, step.b): step.c}, id=world.next_id("part")))


def _expire(world: World, step: Step) -> None:
    if world.claims:
        world.ask(expire(_of(world.claims, step.a)))


def _wait(world: World, step: Step) -> None:
    world.now += step.c * HOUR_MS


def make_order(id: str, *, pool: str, skus: Sequence[str], at: int = NOW, price_minor: int = 999) -> Order:
    """Return an order with a line for each SKU, at prices that differ."""
    lines = tuple([OrderLine(id=str(i), sku=sku, price_minor=price_minor + i) for i, sku in enumerate(skus, start=1)])
    return Order(id=id, pool=pool, lines=lines, destination=HOME, placed_at=at)


def _place(world: World, step: Step, policy: FulfillmentPolicy = FulfillmentPolicy()) -> None:
    skus = [_of(SKUS, step.b + i * (step.a % 2)) for i in range(1 + step.b % 3)]
    order = make_order(world.next_id("order"), pool=_of(world.network.pools, step.a).id, skus=skus, at=world.now)
    quantities = {line.id: 1 + (step.c + i) % 4 for i, line in enumerate(order.lines)}
    if isinstance(world.ask(place(order, quantities, policy=policy)), Accepted):
        world.orders.append(order)


def _place_later(world: World, step: Step) -> None:
    _place(world, step, LATER)


def _expect(world: World, step: Step) -> None:
    """Announce goods: twenty inbounds at most, of several versions, some of them closed."""
    id, version = f"inbound{step.a % 5}", 1 + step.b % 3
    node, at = _of(world.network.nodes, step.a).id, NOW + (step.a + step.c) * DAY_MS
    quantities = {_of(SKUS, step.a): step.c + step.b, _of(SKUS, step.a + 1): step.c}
    is_closed = version == 3 and step.c == 1
    message = expected(id, node=node, quantities=quantities, expected_at=at, version=version, is_closed=is_closed)
    world.tell(message)


def _land(world: World, step: Step) -> None:
    node, sku = _of(world.network.nodes, step.a).id, _of(SKUS, step.a + step.b % 2)
    world.tell(landed(world.next_id("receipt"), inbound=f"inbound{step.a % 5}", node=node, quantities={sku: step.c}))


def _lose(world: World, step: Step) -> None:
    sku = _of(SKUS, step.a + step.b % 2)
    world.tell(lost(world.next_id("loss"), inbound=f"inbound{step.a % 5}", quantities={sku: step.c}))


def _place_ahead(world: World, step: Step) -> None:
    _place(world, step, AHEAD)


def _place_in_part(world: World, step: Step) -> None:
    _place(world, step, IN_PART)


def _redate(world: World, step: Step) -> None:
    world.ask(redate(f"inbound{step.a % 5}", 1 + step.b % 3, cause=world.next_id("change")))


def _claim_ahead(world: World, step: Step) -> None:
    inbound, quantities = f"inbound{step.a % 5}", {_of(SKUS, step.a): step.c}
    until = world.now + step.b * HOUR_MS if step.b % 2 else None
    world.ask(claim_ahead(world.next_id("ahead"), inbound=inbound, quantities=quantities, until=until, priority=step.b))


def _allocate(world: World, step: Step) -> None:
    if world.orders:
        world.ask(allocate(_of(world.orders, step.a).id, id=world.next_id("wave")))


def _amend(world: World, step: Step) -> None:
    if world.orders:
        order = _of(world.orders, step.a)
        world.ask(amend(order.id, {_of(order.lines, step.b).id: step.c % 5}, id=world.next_id("change")))


def _cancel(world: World, step: Step) -> None:
    if world.orders:
        world.ask(cancel(_of(world.orders, step.a).id))


def _cancel_part(world: World, step: Step) -> None:
    if world.orders:
        order = _of(world.orders, step.a)
        world.ask(cancel(order.id, {_of(order.lines, step.b).id: step.c}, id=world.next_id("less")))


def _pick(world: World, step: Step) -> None:
    if world.shipments:
        shipment = _of(world.shipments, step.a)
        world.tell(picked(shipment.id, world.standing(shipment, LineState.ALLOCATED)))


def _pick_short(world: World, step: Step) -> None:
    if world.shipments:
        shipment = _of(world.shipments, step.a)
        there = world.standing(shipment, LineState.ALLOCATED)
        missing = {line: min(quantity, step.c) for line, quantity in there.items()}
        found = {line: quantity - missing[line] for line, quantity in there.items() if quantity > missing[line]}
        world.tell(picked(shipment.id, found, short=missing))


def _reject(world: World, step: Step) -> None:
    if world.shipments:
        shipment, reason = _of(world.shipments, step.a), _of(tuple(RejectionReason), step.b)
        there = world.standing(shipment, LineState.ALLOCATED)
        part = {line: min(quantity, step.c) for line, quantity in there.items()} if step.c % 2 else None
        world.tell(rejected(shipment.id, part, reason=reason, id=world.next_id("part") if step.b % 2 else ""))


def _ship(world: World, step: Step) -> None:
    if world.shipments:
        world.tell(shipped(_of(world.shipments, step.a).id))


def _deliver(world: World, step: Step) -> None:
    if world.shipments:
        world.tell(delivered(_of(world.shipments, step.a).id))


def _give_back(world: World, step: Step) -> None:
    if world.orders:
        order, node = _of(world.orders, step.a), _of(world.network.nodes, step.a + step.b).id
        id = world.next_id("return")
        world.returns.append(id)
        world.tell(returned(id, node=node, order=order.id, lines={_of(order.lines, step.b).id: step.c}))


def _give_back_blind(world: World, step: Step) -> None:
    id = world.next_id("return")
    world.returns.append(id)
    world.tell(returned(id, node=_of(world.network.nodes, step.a).id, blind={_of(SKUS, step.b): step.c}))


def _restock(world: World, step: Step) -> None:
    if world.returns:
        id = _of(world.returns, step.a)
        world.restocks.setdefault(id, restock(id, {_of(SKUS, step.b): step.c}))
        world.ask(world.restocks[id])


def _post(world: World, _step: Step) -> None:
    for position, entry in world.ledger.since(world._posted, 1_000):
        world.ask(post(entry))
        world._posted = position


def _turn(world: World, step: Step) -> None:
    """Open or close a node."""
    network = world.network
    chosen = _of(network.nodes, step.a)
    nodes = tuple([_turned(node) if node is chosen else node for node in network.nodes])
    revised = Network(revision=network.revision + 1, nodes=nodes, pools=network.pools)
    world.shop.revise(attrs.evolve(world.shop.catalog, network=revised), now=world.now)


def _turned(node: Node) -> Node:
    return Node(
        id=node.id,
        position=node.position,
        kind=node.kind,
        daily_capacity=node.daily_capacity,
        is_open=not node.is_open,
        rank=node.rank,
    )


OPERATIONS: Mapping[str, Callable[[World, Step], None]] = {
    "receive": _receive,
    "adjust": _adjust,
    "reserve": _reserve,
    "hold": _hold,
    "release": _release,
    "release_part": _release_part,
    "expire": _expire,
    "wait": _wait,
    "place": _place,
    "place_later": _place_later,
    "expect": _expect,
    "land": _land,
    "lose": _lose,
    "place_ahead": _place_ahead,
    "place_in_part": _place_in_part,
    "claim_ahead": _claim_ahead,
    "redate": _redate,
    "allocate": _allocate,
    "amend": _amend,
    "cancel": _cancel,
    "cancel_part": _cancel_part,
    "pick": _pick,
    "pick_short": _pick_short,
    "reject": _reject,
    "ship": _ship,
    "deliver": _deliver,
    "give_back": _give_back,
    "give_back_blind": _give_back_blind,
    "restock": _restock,
    "post": _post,
    "turn": _turn,
}

GOODS = ("receive", "reserve", "hold", "release", "release_part", "expire", "wait")
"""What concerns claims alone, and hurts nobody."""

ORDERS = ("place", "place_later", "allocate", "amend", "cancel", "cancel_part")
WORK = ("pick", "ship", "deliver", "give_back", "restock", "post")
SUPPLY = ("expect", "land", "place_ahead", "place_in_part", "claim_ahead", "redate")
HURTS = ("lose", "adjust", "pick_short", "reject", "turn", "give_back_blind")
"""Facts that may leave claims without goods."""

SOUND = (*GOODS, *ORDERS, *SUPPLY, *WORK)
ALL = (*SOUND, *HURTS)


def programs(operations: Sequence[str] = ALL, most: int = 40) -> st.SearchStrategy[Program]:
    """Return programs of these operations: a few steps, or many."""
    small = st.integers(0, 7)
    steps = st.builds(Step, st.sampled_from(operations), small, small, st.integers(1, 4))
    return st.lists(steps, max_size=8) | st.lists(steps, min_size=most // 4, max_size=most)


@st.composite
def networks(draw: st.DrawFn, most_pools: int = 4, *, closed: bool = False) -> Network:
    """Draw networks whose pools may overlap in any way."""
    ids = [f"n{i}" for i in range(draw(st.integers(1, 5)))]
    is_open = [not (closed and draw(st.booleans())) for _ in ids]
    nodes = tuple([Node(id=id, position=HOME, is_open=is_open[rank], rank=rank) for rank, id in enumerate(ids)])
    reach = draw(st.lists(st.sets(st.sampled_from(ids), min_size=1), min_size=1, max_size=most_pools))
    pools = tuple([Pool(id=f"p{i}", nodes=tuple(sorted(own))) for i, own in enumerate(reach)])
    return Network(nodes=nodes, pools=pools)


def claimed_by_pool(ledger: Ledger, network: Network, sku: str) -> dict[str, int]:
    """Return the pieces that claims at each pool still wait for."""
    unit = goods(sku)
    return {pool.id: -ledger.balance(unit, (sellable(pool_place(pool.id)),)) for pool in network.pools}


def sellable_by_node(ledger: Ledger, network: Network, sku: str) -> dict[str, int]:
    """Return the pieces that each node could still give."""
    return {node.id: ledger.balance(goods(sku), (sellable(node.id),)) for node in network.nodes}


def balances(snapshot: Snapshot, *, books: Sequence[str] = ()) -> dict[tuple[Unit, Account], int]:
    """Return every balance of a snapshot, of some books only where they are named."""
    return {
        (unit, account): held
        for unit, book in snapshot.balances.items()
        for account, held in book.items()
        if not books or unit.split(":")[0] in books
    }
