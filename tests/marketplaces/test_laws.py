"""Laws of orders that marketplaces relay: whatever is said, asked and done between, in whatever order."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import (
    check_conservation,
    check_line_moves,
    check_lines_add_up,
    check_open_lines_have_claims,
)
from tests.laws.world import CATALOG, IN_PART, LATER, NOW, World, make_order
from unicommerce.catalog import Catalog, Component, Product
from unicommerce.errors import IllegalMove
from unicommerce.fulfillment import allocate, cancel, delivered, picked, shipped
from unicommerce.ledger import Accepted, Refused, Request
from unicommerce.marketplaces import (
    ASK_MOVES,
    Acknowledged,
    Answered,
    AskState,
    Limit,
    MarketOrder,
    MarketPolicy,
    Measure,
    Rate,
    acknowledge,
    asked,
    called_off,
    relayed,
    said_of,
    serve,
    unwanted_under_way,
)
from unicommerce.marketplaces.events import ask_account
from unicommerce.marketplaces.standing import claimed, told
from unicommerce.orders import LineState, Order, order_key, order_status
from unicommerce.returns import returned
from unicommerce.values import HOUR_MS

MOST = 4
SET = Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 2)))
KITS = Catalog(network=CATALOG.network, products=(*CATALOG.products, SET))


def order_of(*skus: str) -> Order:
    """Return an order whose lines are these SKUs."""
    return make_order("o", pool="web", skus=skus)


def as_told(revision: int = 1, ship_by: int | None = None, deliver_by: int | None = None) -> MarketOrder:
    """Return what a marketplace says of it."""
    return MarketOrder(order="o", revision=revision, market="m", placed_at=NOW, ship_by=ship_by, deliver_by=deliver_by)


class Market:
    """A shop, one order that a marketplace has relayed, and how many of each line it still wants."""

    def __init__(self, skus: tuple[str, ...], wanted: Mapping[str, int], *, stock: int) -> None:
        self.world = World(KITS, stock=stock)
        self.order = order_of(*skus)
        self.wanted = dict(wanted)
        self._said = 0
        self.world.tell(relayed(as_told(), wanted))

    def serve(self, policy: int) -> None:
        """Ask to take it, of which not all may be wanted any more."""
        quantities = {line.id: MOST for line in self.order.lines}
        answer = self.world.ask(serve(self.order, quantities, policy=(LATER, IN_PART)[policy % 2]))
        if isinstance(answer, Accepted) and not self.world.orders:
            placed = self.world.ledger.document(order_key("o"))
            assert placed is not None
            self.world.orders.append(placed)

    def called_off(self, line: int, quantity: int) -> None:
        """Tell that some of it is canceled; twice."""
        id = self._next()
        name = f"{line % len(self.order.lines) + 1}"
        for _ in range(2):
            self.world.tell(called_off("o", {name: quantity}, id=id))
        self.wanted[name] = max(self.wanted[name] - quantity, 0)

    def acknowledge(self, how: int, quantity: int) -> None:
        """Ask to answer as things stand, or so many pieces."""
        if how % 3:
            answer = self.world.ask(acknowledge("o", rejects=bool(how % 2), id=self._next()))
            assert isinstance(answer, Accepted)
        else:
            name = f"{quantity % len(self.order.lines) + 1}"
            answer = self.world.ask(acknowledge("o", accepted={name: quantity}, id=self._next()))
        if isinstance(answer, Accepted):
            for event in answer.events:
                assert isinstance(event, Acknowledged)
                for line, rejected, _, target in event.answers:
                    self.wanted[line] -= rejected if target is AskState.REJECTED else 0
                self._check_no_more_than_is_claimed()

    def _check_no_more_than_is_claimed(self) -> None:
        placed = self.world.ledger.document(order_key("o"))
        for line in self.wanted:
            said = told(self.world.ledger, as_told(), line)
            assert said.accepted <= claimed(self.world.ledger, placed, line), line

    def ship(self, number: int, step: int) -> None:
        """Tell what a node has done with a shipment."""
        if self.world.shipments:
            shipment = self.world.shipments[number % len(self.world.shipments)]
            there = self.world.standing(shipment, LineState.ALLOCATED)
            tellings = (picked(shipment.id, there), shipped(shipment.id), delivered(shipment.id))
            self.world.tell(tellings[step % 3])

    def ask(self, request: Request[Catalog]) -> None:
        """Ask for something of our own."""
        self.world.ask(request)

    def _next(self) -> str:
        self._said += 1
        return f"{self._said}"

    def check(self) -> None:
        """What holds after each step."""
        ledger = self.world.ledger
        check_conservation(ledger)
        check_lines_add_up(self.world)
        check_line_moves(self.world)
        check_open_lines_have_claims(self.world)
        for line, wanted in self.wanted.items():
            said = [ledger.balance(asked("o", line), (ask_account("m", state),)) for state in AskState]
            assert min(said[1:]) >= 0, (line, said)
            assert sum(said) == 0
            assert sum(told(ledger, as_told(), line)) == wanted


STEPS: Mapping[str, Callable[[Market, int, int], None]] = {
    "serve": lambda market, a, _b: market.serve(a),
    "called off": Market.called_off,
    "acknowledge": Market.acknowledge,
    "allocate": lambda market, a, b: market.ask(allocate("o", id=f"{a}{b}")),
    "ship": Market.ship,
    "cancel": lambda market, a, b: market.ask(cancel("o", {"1": a}, id=f"{a}{b}")),
}
PROGRAMS = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(1, 5), st.integers(1, 5)), max_size=9)


@given(PROGRAMS, st.sampled_from([("MUG", "CUP"), ("SET", "MUG")]), st.integers(0, 2))
def test_what_is_asked_for_is_answered_once_and_never_beyond_what_is_claimed(
    program: list[tuple[str, int, int]], skus: tuple[str, ...], stock: int
) -> None:
    """Each piece is in one state of what was said; an answer never says more than there is; goods add up."""
    market = Market(skus, {"1": MOST, "2": MOST}, stock=stock)
    for name, a, b in program:
        STEPS[name](market, a, b)
        market.check()


@given(PROGRAMS, st.integers(0, 2))
def test_what_a_marketplace_has_called_off_is_with_us_no_longer(
    program: list[tuple[str, int, int]], stock: int
) -> None:
    """Nothing that it wants no more is open or in hand; what has left is found, and once back is found no longer."""
    market = Market(("MUG", "CUP"), {"1": MOST, "2": MOST}, stock=stock)
    for name, a, b in program:
        STEPS[name](market, a, b)
    market.world.tell(called_off("o", id="all"))
    status = market.world.shop.see(order_status("o"))
    left = {LineState.SHIPPED, LineState.DELIVERED, LineState.CANCELED}
    for line, held in (status.lines if status else {}).items():
        assert held.keys() <= left, (line, held)
    under_way = market.world.shop.see(unwanted_under_way("o"))
    gone = {line: sum([q for state, q in held.items() if state is not LineState.CANCELED])
            for line, held in (status.lines if status else {}).items()}  # fmt: skip
    assert under_way == {line: quantity for line, quantity in gone.items() if quantity}
    if under_way:
        market.world.tell(returned("r", node="dc", order="o", lines=under_way))
    assert market.world.shop.see(unwanted_under_way("o")) == {}


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_messages_in_any_order_end_in_one_state(order: tuple[int, ...]) -> None:
    """Newer and older clocks, and two parts that are called off: twice each, as a bus delivers them."""
    world = World()
    world.tell(relayed(as_told(1, ship_by=NOW), {"1": 4}))
    world.ask(serve(order_of("MUG"), {"1": 4}))
    messages = (
        relayed(as_told(2, ship_by=NOW + 2), {"1": 4}),
        relayed(as_told(3, ship_by=NOW + 3, deliver_by=NOW + 9), {"1": 4}),
        called_off("o", {"1": 1}, id="a"),
        called_off("o", {"1": 2}, id="b"),
    )
    for number in (*order, *reversed(order)):
        world.tell(messages[number])

    placed, market = world.ledger.document(order_key("o")), world.ledger.document(as_told().key)
    assert placed is not None
    assert market is not None
    assert (market.revision, market.ship_by, market.deliver_by) == (3, NOW + 3, NOW + 9)
    assert (placed.ship_by, placed.deliver_by) == (NOW + 3, NOW + 9)
    assert world.shop.see(said_of("o")) == {"1": {AskState.UNANSWERED: 1, AskState.CALLED_OFF: 3}}
    status = world.shop.see(order_status("o"))
    assert status is not None
    assert status.lines == {"1": {LineState.ALLOCATED: 1, LineState.CANCELED: 3}}


CLOCK = st.none() | st.integers(1, 9)


@given(st.lists(st.tuples(CLOCK, CLOCK), min_size=2, max_size=4), st.data(), st.sampled_from([None, 1]), st.booleans())
def test_each_clock_is_as_it_was_said_last_in_whatever_order_messages_come(
    said: list[tuple[int | None, int | None]],
    data: st.DataObject,
    hours: int | None,
    is_served: bool,  # noqa: FBT001 - drawn
) -> None:
    """What a newer message says nothing of stays as the last one before had it, though that one comes late."""
    policy, world = MarketPolicy(ship_hours=hours), World()
    messages = {
        revision: relayed(
            as_told(revision, *[None if hour is None else NOW + hour * HOUR_MS for hour in clocks]),
            {"1": revision},
            policy=policy,
        )
        for revision, clocks in enumerate(said, 1)
    }
    order = data.draw(st.permutations(list(messages)))
    for number, revision in enumerate((*order, *order)):
        world.tell(messages[revision])
        if is_served and not number:
            world.ask(serve(order_of("MUG"), {"1": 1}))

    last = [next((at for at in reversed(clock) if at is not None), None) for clock in zip(*said, strict=True)]
    expected = [None if at is None else NOW + at * HOUR_MS for at in last]
    is_assumed = hours is not None and expected[0] is None
    expected[0] = NOW + HOUR_MS if is_assumed else expected[0]
    market, placed = world.ledger.document(as_told().key), world.ledger.document(order_key("o"))
    assert market is not None
    assert [market.ship_by, market.deliver_by] == expected
    assert market.assumed == (("ship_by",) if is_assumed else ())
    assert placed is None or [placed.ship_by, placed.deliver_by] == expected
    assert sum(told(world.ledger, market, "1")) == max(messages)


@pytest.mark.parametrize("source", AskState)
@pytest.mark.parametrize("target", AskState)
def test_the_table_of_what_is_said_is_the_only_way(source: AskState, target: AskState) -> None:
    """A move that is not in it is none."""
    event = Acknowledged(market="m", order="o", answers=(Answered("1", 1, source, target),))

    if target in ASK_MOVES[source]:
        ((quantity, unit, _, _),) = event.movements()
        assert (quantity, unit) == (1, asked("o", "1"))
    else:
        with pytest.raises(IllegalMove):
            event.movements()


@given(st.integers(0, 60), st.integers(1, 60), st.fractions(0, 1).filter(bool))
def test_the_room_is_the_most_that_keeps_the_limit(counted: int, of: int, below: Fraction) -> None:
    """So many more are still below it, and one more than that is not."""
    rate = Rate(Limit(Measure.LATE, 1, below), counted, of)

    assert rate._replace(counted=counted + rate.room).is_kept or rate.room < -counted
    assert not rate._replace(counted=counted + rate.room + 1).is_kept


def test_an_empty_state_answers() -> None:
    """Nobody has relayed anything."""
    world = World(stock=0)

    answer = world.ask(acknowledge("o", id="1"))

    assert isinstance(answer, Refused)
    assert world.shop.see(said_of("o")) is None
    assert world.shop.see(unwanted_under_way("o")) == {}
