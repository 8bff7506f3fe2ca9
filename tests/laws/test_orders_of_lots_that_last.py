"""What an order was promised of lots that last is given to nodes that have such lots, in the entry that takes it.

The reference is that of `test_minimum_life`, which knows what each piece is. Here orders are placed at the pool,
amended, canceled and picked; nodes fall short of them; what is open again is allocated again, on another day perhaps.
"""

from collections import defaultdict
from collections.abc import Sequence

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.test_minimum_life import (
    ASKED,
    HAPPENS,
    LIFE,
    NODES,
    Program,
    Shelf,
    Step,
    Want,
    check_promises,
    decided,
    named,
    recorded,
    stocked,
)
from tests.laws.world import Law, World, make_order
from tests.lots.shop import DAY, TODAY
from unicommerce.catalog import Catalog
from unicommerce.fulfillment import (
    Allocated,
    Deallocated,
    FulfillmentPolicy,
    Picked,
    Rejected,
    RejectionReason,
    Shipment,
    ShortPicked,
    allocate,
    amend,
    cancel,
    picked,
    place,
    rejected,
)
from unicommerce.inventory import Claimed, Released
from unicommerce.ledger import Accepted, Event, Refused, Request
from unicommerce.lots import BatchReceived, received_lots
from unicommerce.orders import LineQuantity, LineState, Order, line_account, line_unit, ordered, standing
from unicommerce.supply import BackorderPolicy, Short

POLICIES = [
    FulfillmentPolicy(allocates_at_once=at_once, backorders=BackorderPolicy(when_short=short))
    for short in Short
    for at_once in (True, False)
]
ORDERED = ("order", "order", "amend", "allocate")
WORK = ("pick", "fall short", "reject", "cancel")


class Desk(Shelf):
    """The shop where orders are taken, and beside it what each of them was promised, and where."""

    def __init__(self) -> None:
        self.asked: dict[str, Order] = {}
        self.orders: list[Order] = []
        self.shipments: list[Shipment] = []
        self.given: dict[tuple[str, str], list[int]] = defaultdict(list)  # by line and node: until when each must last
        self.opened: dict[str, int] = defaultdict(int)
        self.is_hurt = False
        super().__init__()

    def life(self, order: str) -> int:
        """Return how long the lots of an order must last."""
        return LIFE[self.asked[order].channel]

    def request(self, id: str, step: Step) -> Request[Catalog]:
        """Return what is asked; of an order, where there is none yet, that one is taken."""
        policy = POLICIES[step.which % len(POLICIES)]
        if step.kind not in ORDERED:
            return super().request(id, step)
        if step.kind == "order" or not self.orders:
            order = make_order(id, pool="web", skus=("MILK", "MILK")[: 1 + step.quantity % 2], at=self.world.now)
            self.asked[id] = order = attrs.evolve(order, channel=list(LIFE)[(step.which + step.quantity) % len(LIFE)])
            return place(order, {line.id: step.quantity for line in order.lines}, policy=policy)
        order = self.orders[step.which % len(self.orders)]
        if step.kind == "allocate":
            return allocate(order.id, id=id)
        change = ordered(self.world.ledger, line_unit(order.id, "1")) + (-1, 1, 2, 3)[step.quantity % 4]
        return amend(order.id, {"1": max(change, 0)}, id=id, policy=policy)

    def note(self, id: str, step: Step, events: Sequence[Event]) -> None:
        """Take note of what was accepted; what must last is nowhere but at nodes."""
        if step.kind not in ORDERED:
            super().note(id, step, events)
            return
        if id in self.asked:
            self.orders.append(self.asked[id])
        before = dict(self.opened)
        for event in events:
            self.happened(event)
        assert all(held <= before.get(order, 0) for order, held in self.opened.items() if self.life(order))

    def happens(self, step: Step) -> None:
        """Do something that is decided and recorded at once."""
        if step.kind not in WORK:
            super().happens(step)
        elif step.kind == "cancel" and self.orders:
            order = self.orders[step.which % len(self.orders)]
            answer = self.world.ask(cancel(order.id, {"1": 1}, id=self.world.next_id("c")))
            for event in answer.events if isinstance(answer, Accepted) else ():
                self.happened(event)
        elif step.kind != "cancel" and self.shipments:
            self.pick(self.shipments.pop(step.which % len(self.shipments)), step)

    def pick(self, shipment: Shipment, step: Step) -> None:
        """A node says what it has picked, and does not say of which lots."""
        order, at = self.asked[shipment.order], line_account(LineState.ALLOCATED, shipment.id)
        held = {line.id: self.world.ledger.balance(order.unit(line.id), (at,)) for line in order.lines}
        most = {"pick": 0, "fall short": 1, "reject": step.quantity + 99}[step.kind]
        short = {line: min(quantity, most) for line, quantity in held.items() if quantity and most}
        found = {line: left for line, quantity in held.items() if (left := quantity - short.get(line, 0))}
        told = picked(shipment.id, found, short=short)
        if step.kind == "reject":
            told = rejected(shipment.id, reason=tuple(RejectionReason)[step.which % 3])
        for event in self.world.tell(told).events if found or short else ():
            self.happened(event)

    def happened(self, event: Event) -> None:
        """Keep up with what an event says of an order."""
        if isinstance(event, Claimed | Released):
            for ref, _, quantity, *_ in event.lines:
                if ref.startswith("line:"):
                    order = ref.removeprefix("line:").partition("/")[0]
                    self.opened[order] += quantity if isinstance(event, Claimed) else -quantity
        elif isinstance(event, Allocated):
            order, node = event.shipment.order, event.shipment.node
            for line, _, quantity in event.lines:
                self.given[line_unit(order, line), node] += [self.until(self.life(order))] * quantity
                self.opened[order] -= quantity
            self.shipments.append(event.shipment)
        elif isinstance(event, Deallocated):
            self.back(event.shipment.order, event.shipment.node, event.lines)
        elif isinstance(event, Picked | ShortPicked | Rejected):
            self.took(event)

    def back(self, order: str, node: str, lines: Sequence[LineQuantity]) -> None:
        """Pieces are on the shelf again."""
        for each in lines:
            self.opened[order] += len(self.taken(order, node, each))

    def taken(self, order: str, node: str, line: LineQuantity) -> list[int]:
        """Return until when pieces had to last that a node has no more; of several, those that had to last longest."""
        held = sorted(self.given[line_unit(order, line.line), node])
        left = len(held) - line.quantity
        self.given[line_unit(order, line.line), node] = held[:left]
        return held[left:]

    def took(self, event: Picked | ShortPicked | Rejected) -> None:
        """Pieces are in hand, or not found: of lots that last as long as those of their line had to."""
        if isinstance(event, Rejected) and event.reason is RejectionReason.BUSY:
            self.back(event.order, event.node, event.lines)
            return
        for line in event.lines:
            needed = self.taken(event.order, event.node, line)
            lots = [each for each in event.lots if each.line == line.line]
            ends = sorted([TODAY + int(each.lot[1:]) for each in lots for _ in range(each.quantity)])
            assert all(end >= until for end, until in zip(ends, needed, strict=True))
            self.opened[event.order] += 0 if isinstance(event, Picked) else line.quantity
        for each in event.lots:
            self.free[event.node, each.lot] -= each.quantity
        self.is_hurt |= not isinstance(event, Picked)

    def wants(self) -> list[Want]:
        """Return all that was promised: once a node fell short, the pool may have promised too much."""
        here = [Want(node, until, 1) for (_, node), some in self.given.items() for until in some]
        opened = [Want("pool:web", 0, quantity) for quantity in self.opened.values() if quantity]
        return [want for want in (*super().wants(), *here, *opened) if not (self.is_hurt and ":" in want.place)]

    def check(self) -> None:
        """Raise where not all that was promised can be served, or the book says otherwise what is open."""
        super().check()
        for order in self.orders:
            units = [order.unit(line.id) for line in order.lines]
            assert self.opened[order.id] == sum([standing(self.world.ledger, unit, LineState.OPEN) for unit in units])


def steps(*kinds: str) -> st.SearchStrategy[Step]:
    """Return steps of these kinds."""
    return st.builds(Step, st.sampled_from(kinds), st.sampled_from(NODES), st.integers(0, 8), st.integers(1, 4))


PROGRAMS = st.lists(
    st.tuples(
        st.booleans(),
        steps(*ORDERED, *ASKED[1:]),
        st.lists(steps(*WORK, *ORDERED, *HAPPENS, *ASKED[1:]), max_size=2),
    ),
    min_size=4,
    max_size=8,
)


def check_orders(program: Program) -> None:
    """Raise where an order was taken that can not be served, or was left open."""
    check_promises(program, Desk)


ORDERS_ARE_SERVED = Law("lots that last: what was ordered can be served", PROGRAMS, check_orders)


@settings(max_examples=80)
@given(PROGRAMS)
def test_what_was_ordered_can_be_served(program: Program) -> None:
    """All orders and claims together have an assignment to pieces of lots that last long enough, under any race."""
    check_orders(program)


# Races and promises that a random program does not find in a hurry, each named for its cause


def milk(id: str, quantity: int, channel: str = "long") -> Request[Catalog]:
    """Ask to take an order of milk."""
    order = attrs.evolve(make_order(id, pool="web", skus=("MILK",)), channel=channel)
    return place(order, {"1": quantity})


def short_lots(world: World, quantity: int) -> None:
    """Pieces come in that last a day."""
    batch = BatchReceived("MILK", quantity, "SHORT", TODAY + 2)
    world.tell(received_lots(world.next_id("s"), node="dc", batches=[batch]))


def test_two_orders_do_not_take_the_same_piece_because_short_lots_came_in() -> None:
    """The sums of the node have room again; the lots that last have not."""
    world = stocked(2, 0)
    both = decided(world, milk("o1", 2), milk("o2", 2))
    short_lots(world, 5)

    assert [recorded(world, each) for each in both] == [True, False]


def test_a_claim_by_name_and_an_order_do_not_take_the_same_piece() -> None:
    """Decided on one state, only the first of them is recorded, whichever that is; and so it is one after the other."""
    for turn in (1, -1):
        world = stocked(5, 5)
        both = decided(world, milk("o", 5), named("n", 5, "LONG"))[::turn]

        assert [recorded(world, each) for each in both] == [True, False]
        assert isinstance(world.ask(named("again", 1, "LONG")), Refused)
        assert isinstance(world.ask(milk("o again", 1)), Refused)


def test_what_a_line_has_already_must_last_as_long_as_what_it_is_given_now() -> None:
    """They are one claim at one node: whoever looks at it later can not tell which of its pieces came on which day."""
    world = stocked(3, 0)
    world.tell(received_lots("m", node="dc", batches=[BatchReceived("MILK", 1, "MEDIUM", TODAY + 5)]))
    assert isinstance(world.ask(milk("o", 1)), Accepted)
    world.now += DAY
    (late,) = decided(world, amend("o", {"1": 2}, id="more"))
    assert isinstance(world.ask(milk("x", 2)), Accepted)
    short_lots(world, 5)

    assert not recorded(world, late)


def test_more_of_a_line_on_the_next_day_must_last_from_then_on() -> None:
    """What is added is promised on its own day, so nobody may take it by name."""
    world = stocked(2, 0)
    world.tell(received_lots("m", node="dc", batches=[BatchReceived("MILK", 1, "MEDIUM", TODAY + 5)]))
    assert isinstance(world.ask(milk("o", 1)), Accepted)
    world.now += DAY
    assert isinstance(world.ask(amend("o", {"1": 2}, id="more")), Accepted)
    short_lots(world, 5)

    assert isinstance(world.ask(named("n", 1, "LONG")), Refused)


def test_pieces_in_hand_need_no_others_that_last() -> None:
    """What was picked is bound to its lot: what is left may be taken by name."""
    world = stocked(6, 5)
    assert isinstance(world.ask(milk("o", 5)), Accepted)
    assert isinstance(world.ask(named("before", 2, "LONG")), Refused)
    world.tell(picked("o/1", {"1": 5}))

    assert isinstance(world.ask(named("after", 2, "LONG")), Refused)
    assert isinstance(world.ask(named("last", 1, "LONG")), Accepted)


def test_each_line_takes_lots_that_last_as_long_as_its_own_must() -> None:
    """Of lines in one parcel, those that may be served by shorter lots leave the longer ones to what comes next."""
    world = stocked(3, 0)
    world.tell(received_lots("m", node="dc", batches=[BatchReceived("MILK", 1, "MEDIUM", TODAY + 5)]))
    order = attrs.evolve(make_order("o", pool="web", skus=("MILK", "MILK")), channel="long")
    assert isinstance(world.ask(place(order, {"1": 1, "2": 1})), Accepted)
    world.now += DAY
    assert isinstance(world.ask(amend("o", {"1": 2}, id="more")), Accepted)
    assert isinstance(world.ask(named("n", 1, "LONG")), Accepted)

    told = [world.tell(picked("o/1", {"1": 1, "2": 1})), world.tell(picked("o/2", {"1": 1}))]
    events = [event for each in told for event in each.events if isinstance(event, Picked)]
    assert sorted([(lot.line, lot.lot) for event in events for lot in event.lots]) == [
        ("1", "LONG"),
        ("1", "LONG"),
        ("2", "MEDIUM"),
    ]
