"""What may still be changed: what is called possible is accepted by the requests, what is not is refused."""

from collections.abc import Callable

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.test_kits_stay_whole import RECIPES, catalog, kit_order
from tests.laws.world import AHEAD, HOME, IN_PART, NOW, Program, World, make_order, programs
from unicommerce.catalog import Catalog
from unicommerce.desk import Change, Changeable, How, changeable
from unicommerce.fulfillment import Change as Wish
from unicommerce.fulfillment import (
    FulfillmentCode,
    FulfillmentPolicy,
    allocate,
    amend,
    cancel,
    collected,
    delivered,
    intercept,
    packed,
    picked,
    place,
    ready,
    revise,
    shipped,
)
from unicommerce.inventory import InventoryCode
from unicommerce.ledger import Accepted, Reason, Request, Telling
from unicommerce.orders import LineState, Order, in_lines, line_account, order_key, ordered, standing
from unicommerce.supply import SupplyCode, expected
from unicommerce.values import DAY_MS

UNPICKED = (LineState.PENDING, LineState.OPEN, LineState.BACKORDERED, LineState.ALLOCATED)
IN_HAND = (LineState.PICKED, LineState.PACKED, LineState.READY)
SHIPPED = line_account(LineState.SHIPPED)
Message = Callable[[str, dict[str, int], str], Telling[object]]
MESSAGES: list[Message] = [
    lambda shipment, pieces, id: packed(shipment, pieces, id=id),
    lambda shipment, pieces, id: ready(shipment, pieces, id=id),
    lambda shipment, pieces, id: collected(shipment, pieces, part=id),
]
POLICIES = st.sampled_from([FulfillmentPolicy(), AHEAD, IN_PART])


def changes(
    world: World, order: str = "o", policy: FulfillmentPolicy = FulfillmentPolicy()
) -> dict[tuple[Change, str], list[Changeable]]:
    """Return what may be changed of an order, by change and subject."""
    found = world.shop.see(changeable(order, policy=policy, now=world.now))
    assert found is not None
    by: dict[tuple[Change, str], list[Changeable]] = {}
    for each in found:
        by.setdefault((each.change, each.subject), []).append(each)
    return by


def accepts(world: World, request: Request[Catalog] | Request[object]) -> bool:
    """Tell whether a request would be accepted, on the state as it is."""
    return isinstance(request.decide(world.ledger, world.shop.catalog, world.now), Accepted)


def check(world: World, order: str, policy: FulfillmentPolicy) -> None:
    """Hold what may be changed of an order against what every request about it is answered."""
    document = world.ledger.document(order_key(order))
    assert document is not None
    found = changes(world, order, policy)
    for (change, line), own in found.items():
        if not line:
            continue
        part, per = next(iter(in_lines(document, {line: 1}).items()))
        now = ordered(world.ledger, document.unit(part)) // per
        if change is Change.MORE:
            assert accepts(world, amend(order, {line: now + 1}, id="t", policy=policy)) == (own[0].how is How.AT_ONCE)
            assert own[0].how is None or all(isinstance(reason.code, SupplyCode) for reason in own[0].because)
            continue
        most, more = own[0].quantity, sum([each.quantity for each in own if each.how is How.PUT_BACK])
        for number in range(1, now + 2):
            assert accepts(world, cancel(order, {line: number}, id="t")) == (number <= most), (line, number)
            back = accepts(world, cancel(order, {line: number}, reshelves=True, id="t"))
            assert back == (number <= most + more), (line, number)
        for number in range(now):
            assert accepts(world, amend(order, {line: number}, id="t", policy=policy)) == (now - number <= most)
        assert bool(own[0].because) == (most < now)
    for change, wish in WISHES.items():
        check_wish(world, document, change, wish, policy)


WISHES = {
    Change.ADDRESS: Wish(destination=HOME._replace(lat_udeg=52_490_000)),
    Change.SERVICE: Wish(service="express"),
    Change.PICK_UP: Wish(collect_at="north"),
    Change.TENDER: Wish(tender="invoice"),
}


def check_wish(world: World, order: Order, change: Change, wish: Wish, policy: FulfillmentPolicy) -> None:
    """Hold what is said of one wish against what `revise` and `intercept` are answered, piece by piece."""
    found = world.shop.see(changeable(order.id, wish=wish, policy=policy, now=world.now))
    assert found is not None
    own = {each.how: each.quantity for each in found if each.change is change and not each.subject}
    units = [order.unit(line.id) for line in order.lines]
    held = {state: sum([standing(world.ledger, unit, state) for unit in units]) for state in LineState}
    in_hand, is_way = sum([held[state] for state in IN_HAND]), change is not Change.TENDER
    goes = accepts(world, revise(order.id, wish, id="t", keeps=is_way and in_hand > 0, policy=policy))
    back = accepts(world, revise(order.id, wish, id="t", reshelves=True, policy=policy))
    free = sum([held[state] for state in UNPICKED]) + (0 if is_way else in_hand)
    shipments = {account.ref for unit in units for account in world.ledger.parts(unit, SHIPPED)}

    assert own.get(How.AT_ONCE, 0) == (free if goes else 0)
    assert own.get(How.PUT_BACK, 0) == (in_hand if is_way and back else 0)
    is_stopped = change in (Change.ADDRESS, Change.PICK_UP)
    assert own.get(How.INTERCEPT, 0) == (held[LineState.SHIPPED] if is_stopped else 0)
    assert all(accepts(world, intercept(shipment, by="desk")) for shipment in shipments)


@settings(max_examples=30)
@given(program=programs(most=40), policy=POLICIES)
def test_it_says_what_the_requests_say(program: Program, policy: FulfillmentPolicy) -> None:
    """Of any order in any state, for each line and quantity: possible is accepted, impossible is refused."""
    world = World(stock=3).run(program)
    for order in world.orders[:4]:
        check(world, order.id, policy)


@settings(max_examples=20)
@given(
    recipe=RECIPES,
    kits=st.integers(1, 3),
    loose=st.integers(0, 2),
    picks=st.lists(st.integers(0, 3), min_size=4, max_size=4),
    is_ahead=st.booleans(),
)
def test_it_says_what_the_requests_say_of_kits(
    recipe: dict[str, int], kits: int, loose: int, picks: list[int], *, is_ahead: bool
) -> None:
    """Whole kits, by their line as ordered; however many pieces of their components are picked, or wait."""
    world = World(catalog(recipe), stock=0 if is_ahead else 12)
    plenty = dict.fromkeys(recipe, 20) | {"MUG": 20}
    world.tell(expected("po-1", node="dc", quantities=plenty, expected_at=NOW + DAY_MS))
    order = kit_order(mug=bool(loose))
    world.ask(place(order, {"1": kits} | ({"2": loose} if loose else {}), policy=AHEAD))
    document = world.ledger.document(order_key("o"))
    assert document is not None
    world.orders.append(document)
    for shipment in world.shipments:
        there = world.standing(shipment, LineState.ALLOCATED)
        some = {line: min(q, picks[n % 4]) for n, (line, q) in enumerate(there.items())}
        world.tell(picked(shipment.id, {line: q for line, q in some.items() if q}))
    check(world, "o", AHEAD)


@settings(max_examples=15)
@given(
    quantities=st.tuples(st.integers(1, 5), st.integers(1, 6)),
    messages=st.lists(st.tuples(st.sampled_from(MESSAGES), st.integers(0, 1), st.integers(1, 4)), max_size=8),
)
def test_it_says_what_the_requests_say_of_what_is_collected(
    quantities: tuple[int, int], messages: list[tuple[Message, int, int]]
) -> None:
    """However far pieces have come towards the counter, and whoever has collected some."""
    world = World(stock=4)
    order = attrs.evolve(make_order("o", pool="web", skus=("MUG", "CUP")), collect_at="south")
    assert isinstance(world.ask(place(order, {"1": quantities[0], "2": quantities[1]})), Accepted)
    world.orders.append(order)
    for number, (message, of, pieces) in enumerate(messages):
        shipment = world.shipments[of % len(world.shipments)]
        world.tell(message(shipment.id, {shipment.lines[0]: pieces}, f"{number}"))
    check(world, "o", FulfillmentPolicy())


def test_at_each_step_less_can_be_changed_and_otherwise() -> None:
    """Each step by example: on the shelf, in hand, on the way, at the customer's, and none of it any more."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="club", skus=("MUG",)), {"1": 3}))
    by, leaves = world.shipments[0].deliver_by, NOW + 9 * 3_600_000
    assert changes(world)[Change.LESS, "1"] == [Changeable(Change.LESS, "1", 3, How.AT_ONCE, LineState.PICKED, leaves)]

    world.tell(picked("o/1", {"1": 2}))
    late = (Reason(FulfillmentCode.TOO_LATE, "line:o/1", 1, 3), Reason(FulfillmentCode.IN_HAND, "line:o/1", 2))
    assert changes(world)[Change.LESS, "1"] == [
        Changeable(Change.LESS, "1", 1, How.AT_ONCE, LineState.PICKED, leaves, late),
        Changeable(Change.LESS, "1", 2, How.PUT_BACK, LineState.SHIPPED, leaves, late),
    ]
    in_hand = (Reason(FulfillmentCode.IN_HAND, "line:o/1", 2),)
    assert changes(world)[Change.ADDRESS, ""] == [
        Changeable(Change.ADDRESS, "", 1, How.AT_ONCE, LineState.PICKED, leaves, in_hand),
        Changeable(Change.ADDRESS, "", 2, How.PUT_BACK, LineState.SHIPPED, leaves, in_hand),
    ]
    assert [(each.how, each.until) for each in changes(world)[Change.TENDER, ""]] == [(How.AT_ONCE, LineState.SHIPPED)]

    world.ask(cancel("o"))
    world.tell(shipped("o/1"))
    late = (Reason(FulfillmentCode.TOO_LATE, "line:o/1", 0, 3), Reason(FulfillmentCode.HAS_LEFT, "line:o/1", 2, 3))
    assert changes(world)[Change.LESS, "1"] == [
        Changeable(Change.LESS, "1", 0, None, because=late),
        Changeable(Change.LESS, "1", 2, How.INTERCEPT, LineState.DELIVERED, by, late),
    ]
    left = (Reason(FulfillmentCode.HAS_LEFT, "line:o/1", 2, 2),)
    assert changes(world)[Change.ADDRESS, ""] == [
        Changeable(Change.ADDRESS, "", 0, None, because=left),
        Changeable(Change.ADDRESS, "", 2, How.INTERCEPT, LineState.DELIVERED, by, left),
    ]
    assert [each.because[0].code for each in changes(world)[Change.TENDER, ""]] == [FulfillmentCode.TENDER_FIXED]

    world.tell(delivered("o/1"))
    assert changes(world)[Change.LESS, "1"][1:] == [Changeable(Change.LESS, "1", 2, How.RETURN, because=late)]


def test_each_part_can_be_changed_until_its_own_shipment_leaves() -> None:
    """One piece is in hand and leaves today, one waits to be picked and leaves tomorrow; one waits for the customer."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="club", skus=("MUG",)), {"1": 2}))
    world.tell(picked("o/1", {"1": 1}, short={"1": 1}))
    world.now += DAY_MS
    world.ask(allocate("o", id="2"))
    first, second = world.shipments
    found = changes(world)
    assert [(each.how, each.until_at) for each in found[Change.LESS, "1"]] == [
        (How.AT_ONCE, second.leaves_at),
        (How.PUT_BACK, first.leaves_at),
    ]
    assert [each.until_at for each in found[Change.SERVICE, ""]] == [second.leaves_at, first.leaves_at]
    assert first.leaves_at < second.leaves_at

    world = World(stock=4)
    world.ask(place(attrs.evolve(make_order("o", pool="club", skus=("MUG",)), collect_at="north"), {"1": 1}))
    world.tell(ready("o/1", collect_by=NOW + DAY_MS))
    ready_one = changes(world)[Change.LESS, "1"][1]
    assert (ready_one.how, ready_one.until, ready_one.until_at) == (How.PUT_BACK, LineState.COLLECTED, NOW + DAY_MS)


def test_one_more_is_refused_with_the_reason_of_the_request() -> None:
    """Nothing is left: the pool says how many there are; who may wait is told what for."""
    world = World(stock=0)
    world.tell(expected("po-1", node="dc", quantities={"MUG": 2}, expected_at=NOW + DAY_MS))
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 1}, policy=AHEAD))

    (no,) = changes(world)[Change.MORE, "1"]
    assert (no.how, no.quantity, no.because[0].code) == (None, 0, InventoryCode.SHORT)
    (yes,) = changes(world, policy=AHEAD)[Change.MORE, "1"]
    assert (yes.how, yes.because[0].subject) == (How.AT_ONCE, "line:o/1")


def test_what_is_canceled_already_stands_in_nothings_way() -> None:
    """All that is left can still go elsewhere, so there is nothing to explain."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 3}))
    world.ask(cancel("o", {"1": 1}, id="one"))
    (address,) = changes(world)[Change.ADDRESS, ""]

    assert (address.how, address.quantity, address.because) == (How.AT_ONCE, 2, ())


def test_what_is_collected_may_be_delivered_and_a_place_that_can_not_have_it_says_so() -> None:
    """Nobody has said where to: of an order that is collected it is asked whether it can be delivered instead."""
    world = World(stock=4)
    order = attrs.evolve(make_order("o", pool="web", skus=("MUG",)), collect_at="north")
    world.ask(place(order, {"1": 2}))
    shut = world.shop.see(changeable("o", wish=Wish(collect_at="shut"), now=NOW))

    assert [each.how for each in changes(world)[Change.PICK_UP, ""]] == [How.AT_ONCE]
    assert shut is not None
    assert [(each.how, each.because[0].code) for each in shut if each.change is Change.PICK_UP] == [
        (None, FulfillmentCode.NOT_COLLECTABLE)
    ]


def test_nothing_is_recorded_by_looking() -> None:
    """It asks what would be answered; the journal is what it was, and an order that is not there is None."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 2}))
    before = world.ledger.snapshot()
    changes(world)

    assert world.ledger.snapshot() == before
    assert world.shop.see(changeable("nobody", now=NOW)) is None
