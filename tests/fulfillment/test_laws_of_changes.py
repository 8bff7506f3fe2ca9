"""Laws: whatever is changed after placing, pieces and claims add up, nothing leaves that is held or goes elsewhere."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import (
    check_conservation,
    check_goods_under_way,
    check_line_moves,
    check_lines_add_up,
    check_no_worse,
    check_open_lines_have_claims,
    check_parts_are_counted,
    deficits,
)
from tests.laws.world import CATALOG, HOME, LATER, NOW, SKUS, Step, Waiting, World, interleave, make_order
from unicommerce.catalog import Catalog
from unicommerce.commerce import AsyncCommerce
from unicommerce.fulfillment import (
    Allocated,
    Change,
    FulfillmentPolicy,
    Shipment,
    Shipped,
    StandIn,
    allocate,
    amend,
    cancel,
    cleared,
    delivered,
    expire_holds,
    packed,
    picked,
    place,
    refuse_hold,
    rejected,
    release_hold,
    revise,
    ship,
    shipment_key,
    shipped,
    substitute,
    suspend,
)
from unicommerce.inventory import GoodsState
from unicommerce.ledger import Accepted, Ledger, Request
from unicommerce.orders import (
    LineState,
    Order,
    OrderHolds,
    OrderLine,
    Revised,
    Substitution,
    holds_key,
    is_final,
    order_key,
    order_status,
    ordered,
    standing,
)
from unicommerce.values import HOUR_MS, Position

ELSEWHERE = (HOME, Position.of("52.49", "13.39"), Position.of("50.10", "8.70"))
HOLDS = ("payment", "review")
POLICY = FulfillmentPolicy(
    stand_ins=tuple([StandIn(sku, other) for sku in SKUS for other in SKUS if sku != other]), hold_hours=5
)
APART = attrs.evolve(POLICY, reshelves_to=GoodsState.QUARANTINE)
IN_HAND = (LineState.PICKED, LineState.PACKED, LineState.READY)
GONE = (LineState.SHIPPED, LineState.DELIVERED, LineState.COLLECTED, LineState.LOST, LineState.RETURNED)


class Desk(World):
    """A shop whose orders are changed all the time; it notes at what prices pieces have left."""

    def __init__(self) -> None:
        super().__init__(stock=9)
        self.left: dict[tuple[str, str], int] = {}
        self.kept: dict[str, set[str]] = {}

    def entries(self) -> set[str]:
        """Return the ids of all that is on record."""
        return {entry.id for _, entry in self.journal()}

    def refresh(self) -> None:
        """Look at the orders as they are by now."""
        self.orders = [order for each in self.orders if (order := self.ledger.document(order_key(each.id)))]

    def holds(self, order: str) -> OrderHolds:
        """Return what holds an order."""
        return self.ledger.document(holds_key(order)) or OrderHolds(order=order)

    def in_hand(self, shipment: Shipment) -> bool:
        """Tell whether a node has pieces of a shipment in hand."""
        return any(any(self.standing(shipment, state).values()) for state in IN_HAND)

    def gone(self, order: Order, line: str) -> int:
        """Return the pieces of a line that have left."""
        return sum([standing(self.ledger, order.unit(line), state) for state in GONE])

    def owed(self, order: str) -> int:
        """Return what the pieces of an order cost that are wanted still."""
        document = self.ledger.document(order_key(order))
        assert document is not None
        return sum(
            [
                line.price_minor
                * (
                    ordered(self.ledger, document.unit(line.id))
                    - standing(self.ledger, document.unit(line.id), LineState.CANCELED)
                )
                for line in document.lines
            ]
        )


def _place(desk: Desk, step: Step) -> None:
    order = make_order(desk.next_id("o"), pool="web", skus=SKUS[: 1 + step.b % 3], at=desk.now)
    lines = tuple(
        [attrs.evolve(line, substitution=Substitution.LISTED, substitutes=SKUS) for line in order.lines]
        if step.a % 2
        else order.lines
    )
    order = attrs.evolve(order, lines=lines)
    holds = HOLDS[: step.a % 3]
    policy = LATER if step.c % 3 == 1 else POLICY
    answer = desk.ask(place(order, {line.id: step.c for line in lines}, holds=holds, policy=policy))
    if isinstance(answer, Accepted):
        desk.orders.append(order)


def _an_order(desk: Desk, step: Step) -> Order:
    return desk.orders[step.a % len(desk.orders)]


def _a_line(desk: Desk, step: Step) -> OrderLine:
    lines = _an_order(desk, step).lines
    return lines[step.b % len(lines)]


def _amend(desk: Desk, step: Step) -> None:
    line = _a_line(desk, step)
    desk.ask(amend(_an_order(desk, step).id, {line.id: step.c}, id=desk.next_id("a")))


def _add(desk: Desk, step: Step) -> None:
    line = OrderLine(id=desk.next_id("new"), sku=SKUS[step.b % 3], price_minor=50 * step.b)
    desk.ask(amend(_an_order(desk, step).id, {line.id: step.c}, lines=(line,), id=desk.next_id("a")))


def _cancel(desk: Desk, step: Step) -> None:
    quantities = {_a_line(desk, step).id: step.c} if step.b % 2 else None
    policy = APART if step.c % 2 else POLICY
    request = cancel(
        _an_order(desk, step).id, quantities, reshelves=step.b % 3 > 0, id=desk.next_id("c"), policy=policy
    )
    desk.ask(request)


def _move(desk: Desk, step: Step) -> None:
    change = Change(destination=ELSEWHERE[step.b % 3])
    order, is_there = _an_order(desk, step), step.c % 3
    in_hand = {each.id for each in desk.shipments if each.order == order.id and desk.in_hand(each)}
    is_new = change.destination != order.destination
    answer = desk.ask(
        revise(order.id, change, id=desk.next_id("m"), reshelves=is_there == 1, keeps=is_there == 2, policy=POLICY)
    )
    if isinstance(answer, Accepted) and is_new:
        desk.kept[order.id] = in_hand if is_there == 2 else set()
        assert is_there or not in_hand, "nobody said what becomes of what is in hand"


def _tender(desk: Desk, step: Step) -> None:
    order, tender = _an_order(desk, step), ("card", "invoice")[step.b % 2]
    gone = sum([desk.gone(order, line.id) for line in order.lines])
    answer = desk.ask(revise(order.id, Change(tender=tender), id=desk.next_id("t")))
    assert isinstance(answer, Accepted) == (not gone or order.tender == tender), "paid otherwise once it has left"


def _price(desk: Desk, step: Step) -> None:
    change = Change(prices={_a_line(desk, step).id: 100 * step.c})
    desk.ask(revise(_an_order(desk, step).id, change, id=desk.next_id("p")))


def _substitute(desk: Desk, step: Step) -> None:
    order, line = _an_order(desk, step), _a_line(desk, step)
    before, id = desk.owed(order.id), desk.next_id("s")
    price = 500 * step.b if step.b % 2 else None
    desk.ask(substitute(order.id, line.id, step.c, SKUS[step.b % 3], id=id, price_minor=price, policy=POLICY))
    assert desk.owed(order.id) <= before, "the customer owes more"


def _suspend(desk: Desk, step: Step) -> None:
    hold, id = HOLDS[step.b % 2], desk.next_id("h")
    desk.ask(suspend(_an_order(desk, step).id, hold, reshelves=step.c % 2 > 0, id=id, policy=POLICY))


def _release(desk: Desk, step: Step) -> None:
    policy = LATER if step.c % 3 == 1 else POLICY
    desk.ask(release_hold(_an_order(desk, step).id, HOLDS[step.b % 2], id=desk.next_id("r"), policy=policy))


def _refuse(desk: Desk, step: Step) -> None:
    desk.ask(refuse_hold(_an_order(desk, step).id, HOLDS[step.b % 2], id=desk.next_id("r")))


def _expire(desk: Desk, step: Step) -> None:
    desk.now += step.c * HOUR_MS
    desk.ask(expire_holds(desk.holds(_an_order(desk, step).id)))


def _allocate(desk: Desk, step: Step) -> None:
    desk.ask(allocate(_an_order(desk, step).id, id=desk.next_id("w")))


def _ship_if_asked(desk: Desk, step: Step) -> None:
    if desk.shipments:
        shipment = desk.shipments[step.a % len(desk.shipments)]
        has_left = f"{shipment.id}/shipped" in desk.entries()
        answer = desk.ask(ship(shipment.id, {"1": step.c} if step.b % 2 and not has_left else None))
        left = [event for event in answer.events if isinstance(event, Shipped)] if isinstance(answer, Accepted) else []
        order = desk.ledger.document(order_key(shipment.order))
        known = desk.ledger.document(shipment_key(shipment.id))
        assert order is not None
        assert known is not None
        is_right = known.destination == order.destination or known.id in desk.kept.get(known.order, ())
        assert has_left or not left or is_right, "it leaves to another address, by nobody's choice"


def _told(message: str) -> Callable[[Desk, Step], None]:
    def take(desk: Desk, step: Step) -> None:
        if desk.shipments:
            shipment = desk.shipments[step.a % len(desk.shipments)]
            there = desk.standing(shipment, LineState.ALLOCATED)
            some = {line: min(step.c, held) for line, held in there.items()}
            if step.b == 5:  # the node has it, whoever has taken it back meanwhile
                some = dict.fromkeys(shipment.lines, 1)
            tellings = {
                "pick": lambda: picked(shipment.id, some),
                "pack": lambda: packed(shipment.id, id=desk.next_id("k")),
                "reject": lambda: rejected(shipment.id, some or None, reason="busy", id=desk.next_id("j")),
                "shipped": lambda: shipped(shipment.id),
                "deliver": lambda: delivered(shipment.id),
            }
            desk.tell(tellings[message]())

    return take


OPERATIONS: Mapping[str, Callable[[Desk, Step], None]] = {
    "place": _place,
    "amend": _amend,
    "add": _add,
    "cancel": _cancel,
    "move": _move,
    "price": _price,
    "tender": _tender,
    "substitute": _substitute,
    "suspend": _suspend,
    "release": _release,
    "refuse": _refuse,
    "expire": _expire,
    "allocate": _allocate,
    "ask to ship": _ship_if_asked,
    **{message: _told(message) for message in ("pick", "pack", "reject", "shipped", "deliver")},
}
STEPS = st.builds(Step, st.sampled_from(tuple(OPERATIONS)), st.integers(0, 5), st.integers(0, 5), st.integers(1, 4))
PROGRAMS = st.tuples(
    st.builds(Step, st.just("place"), st.integers(0, 5), st.integers(0, 5), st.integers(1, 4)),
    st.lists(STEPS, min_size=3, max_size=18),
)


def check(desk: Desk) -> None:
    """Raise where a law is broken."""
    desk.refresh()
    check_lines_add_up(desk)
    check_open_lines_have_claims(desk)
    check_goods_under_way(desk)
    check_conservation(desk.ledger)
    check_parts_are_counted(desk.ledger)
    for order in desk.orders:
        is_held = bool(desk.holds(order.id).holds)
        for line in order.lines:
            pending = standing(desk.ledger, order.unit(line.id), LineState.PENDING)
            assert is_held or not pending, "nothing holds it, and it is pending"
            gone = desk.gone(order, line.id)
            assert not gone or desk.left.setdefault((order.id, line.id), line.price_minor) == line.price_minor
            if not gone:
                desk.left.pop((order.id, line.id), None)


@given(PROGRAMS)
def test_whatever_is_changed_pieces_claims_and_prices_add_up(program: tuple[Step, list[Step]]) -> None:
    """After each step of any program; and played again it is the same."""
    desk, before = Desk(), dict[tuple[str, tuple[str, ...]], int]()
    for step in (program[0], *program[1]):
        held = {order.id: bool(desk.holds(order.id).holds) for order in desk.orders}
        gone = {order.id: sum([desk.gone(order, line.id) for line in order.lines]) for order in desk.orders}
        if step.op == "place" or desk.orders:
            OPERATIONS[step.op](desk, step)
        check(desk)
        if step.op == "ask to ship":
            for order in desk.orders:
                left = sum([desk.gone(order, line.id) for line in order.lines])
                assert not held[order.id] or left == gone[order.id], "a held order has left"
        check_no_worse(before, desk)
        before = deficits(desk.ledger, desk.network)
    check_line_moves(desk)
    assert Ledger.replay(desk.journal()).snapshot() == desk.ledger.snapshot()


@given(PROGRAMS)
def test_every_order_ends_in_a_bounded_number_of_steps(program: tuple[Step, list[Step]]) -> None:
    """Once nobody changes it any more: holds run out, the rest goes to nodes or is canceled; what is there leaves."""
    desk = Desk()
    for step in (program[0], *program[1]):
        if step.op == "place" or desk.orders:
            OPERATIONS[step.op](desk, step)
            desk.refresh()
    desk.now += 100 * HOUR_MS
    for number, order in enumerate(desk.orders):
        desk.ask(expire_holds(desk.holds(order.id)))
        desk.ask(allocate(order.id, id=f"last {number}"))
        desk.ask(cancel(order.id, {line: q for line, q in _open(desk, order).items() if q} or None, id="last"))
    for shipment in desk.shipments:
        desk.tell(delivered(shipment.id))
    for order in desk.orders:  # what stayed behind when a part of its parcel left
        desk.ask(cancel(order.id, reshelves=True, id="behind"))
    desk.refresh()

    for order in desk.orders:
        assert not desk.holds(order.id).holds
        status = desk.shop.see(order_status(order.id))
        assert status is not None
        assert is_final(status), status.lines


def _open(desk: Desk, order: Order) -> dict[str, int]:
    return {line.id: standing(desk.ledger, order.unit(line.id), LineState.OPEN) for line in order.lines}


class Race(NamedTuple):
    """What is told and asked at once of one order, whether it was held, and whose turn is when."""

    steps: list[str]
    is_held: bool
    schedule: list[int]


RACES = st.builds(
    Race,
    st.lists(
        st.sampled_from(
            (
                "move",
                "keep",
                "ship",
                "shipped",
                "allocate",
                "release",
                "refuse",
                "cancel",
                "more",
                "hold",
                "price",
                "pick",
            )
        ),
        min_size=2,
        max_size=5,
    ),
    st.booleans(),
    st.lists(st.integers(0, 6), max_size=20),
)


@given(RACES)
def test_changes_that_race_leave_pieces_claims_addresses_and_prices_right(race: Race) -> None:
    """A ship between the reading and the recording of another address is a conflict, and no parcel goes astray."""
    desk, store = Desk(), Waiting()
    order = make_order("o", pool="web", skus=("MUG",))
    desk.ask(place(order, {"1": 5}, holds=("review",) if race.is_held else (), policy=POLICY))
    desk.orders.append(order)
    store.ledger = desk.ledger
    shop = AsyncCommerce(CATALOG, store=store)

    async def do(number: int, step: str) -> None:
        requests: dict[str, Request[Catalog]] = {
            "move": revise("o", Change(destination=ELSEWHERE[2]), id=f"{number}"),
            "keep": revise("o", Change(destination=ELSEWHERE[1]), id=f"keep {number}", keeps=True),
            "ship": ship("o/1"),
            "allocate": allocate("o", id=f"{number}"),
            "release": release_hold("o", "review"),
            "refuse": refuse_hold("o", "review"),
            "cancel": cancel("o", {"1": 1}, id=f"{number}"),
            "more": amend("o", {"1": 7}, id=f"{number}"),
            "hold": suspend("o", "payment", id=f"{number}", policy=POLICY),
            "price": revise("o", Change(prices={"1": 7}), id=f"price {number}"),
        }
        if step in requests:
            await shop.ask(requests[step], now=NOW)
        else:
            await shop.tell({"pick": picked("o/1", {"1": 2}), "shipped": shipped("o/1")}[step], now=NOW)

    interleave([do(number, step) for number, step in enumerate(race.steps)], race.schedule)
    for _, entry in desk.journal():
        own = [event.shipment for event in entry.events if isinstance(event, Allocated)]
        desk.shipments += [shipment for shipment in own if shipment not in desk.shipments]
    check(desk)
    address, price, kept = order.destination, order.lines[0].price_minor, tuple[str, ...]()
    prices = set()
    for _, entry in desk.journal():
        for event in entry.events:
            if isinstance(event, Revised):
                address, price = event.order.destination, event.order.lines[0].price_minor
                kept = event.order.as_addressed
            if isinstance(event, Shipped) and event.lines and entry.asked and "shipped" not in race.steps:
                shipment = desk.ledger.document(shipment_key(event.shipment))
                assert shipment is not None
                assert shipment.destination == address or shipment.id in kept, "it has left to another address"
            if isinstance(event, Shipped) and event.lines:
                prices.add(price)
    gone = desk.gone(desk.orders[0], "1")
    assert not gone or prices == {desk.orders[0].lines[0].price_minor}, "what has left costs another price now"


def test_a_paper_for_a_shipment_that_is_not_there_is_a_finding() -> None:
    """It is taken, and can be told again once the shipment is on record."""
    desk = Desk()

    assert [reason.code.name for reason in desk.tell(cleared("o/9", "invoice", number="1")).because] == [
        "UNKNOWN_SHIPMENT"
    ]
