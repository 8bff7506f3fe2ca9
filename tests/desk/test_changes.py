"""What may still be changed: what is called possible is accepted by the requests, what is not is refused."""

from collections.abc import Callable

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.test_kits_stay_whole import RECIPES, catalog, kit_order
from tests.laws.world import AHEAD, IN_PART, NOW, Program, World, make_order, programs
from unicommerce.catalog import Catalog
from unicommerce.desk import Change, Changeable, How, changeable
from unicommerce.fulfillment import (
    FulfillmentCode,
    FulfillmentPolicy,
    allocate,
    amend,
    cancel,
    collected,
    delivered,
    packed,
    picked,
    place,
    ready,
    shipped,
)
from unicommerce.inventory import InventoryCode
from unicommerce.ledger import Accepted, Reason, Request, Telling
from unicommerce.orders import Canceled, LineState, in_lines, order_key, order_status, ordered
from unicommerce.supply import SupplyCode, expected
from unicommerce.values import DAY_MS

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


def accepts(world: World, request: Request[Catalog]) -> bool:
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
        most = own[0].quantity
        for number in range(1, now + 2):
            assert accepts(world, cancel(order, {line: number}, id="t")) == (number <= most), (line, number)
        for number in range(now):
            assert accepts(world, amend(order, {line: number}, id="t", policy=policy)) == (now - number <= most)
        assert bool(own[0].because) == (most < now)
    whole = cancel(order).decide(world.ledger, world.shop.catalog, world.now)
    canceled = [each for each in whole.events if isinstance(each, Canceled)] if isinstance(whole, Accepted) else []
    for change in (Change.ADDRESS, Change.SERVICE, Change.PICK_UP):
        (anew,) = found[change, ""]
        assert anew.quantity == sum([quantity for each in canceled for _, _, quantity in each.lines])
        assert (anew.how is How.ANEW) == isinstance(whole, Accepted)


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
        Changeable(Change.LESS, "1", 2, How.INTERCEPT, LineState.SHIPPED, leaves, late),
    ]
    assert changes(world)[Change.ADDRESS, ""] == [
        Changeable(
            Change.ADDRESS, "", 1, How.ANEW, LineState.PICKED, leaves, (Reason(FulfillmentCode.TOO_LATE, "o", 1, 3),)
        )
    ]

    world.ask(cancel("o"))
    world.tell(shipped("o/1"))
    late = (Reason(FulfillmentCode.TOO_LATE, "line:o/1", 0, 3), Reason(FulfillmentCode.HAS_LEFT, "line:o/1", 2, 3))
    assert changes(world)[Change.LESS, "1"] == [
        Changeable(Change.LESS, "1", 0, None, because=late),
        Changeable(Change.LESS, "1", 2, How.INTERCEPT, LineState.DELIVERED, by, late),
    ]
    assert [each.because[0].code for each in changes(world)[Change.PICK_UP, ""]] == [FulfillmentCode.NOTHING_OPEN]

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
        (How.INTERCEPT, first.leaves_at),
    ]
    assert [each.until_at for each in found[Change.SERVICE, ""]] == [second.leaves_at]
    assert first.leaves_at < second.leaves_at

    world = World(stock=4)
    world.ask(place(attrs.evolve(make_order("o", pool="club", skus=("MUG",)), collect_at="north"), {"1": 1}))
    world.tell(ready("o/1", collect_by=NOW + DAY_MS))
    ready_one = changes(world)[Change.LESS, "1"][1]
    assert (ready_one.how, ready_one.until, ready_one.until_at) == (How.INTERCEPT, LineState.COLLECTED, NOW + DAY_MS)


def test_one_more_is_refused_with_the_reason_of_the_request() -> None:
    """Nothing is left: the pool says how many there are; who may wait is told what for."""
    world = World(stock=0)
    world.tell(expected("po-1", node="dc", quantities={"MUG": 2}, expected_at=NOW + DAY_MS))
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 1}, policy=AHEAD))

    (no,) = changes(world)[Change.MORE, "1"]
    assert (no.how, no.quantity, no.because[0].code) == (None, 0, InventoryCode.SHORT)
    (yes,) = changes(world, policy=AHEAD)[Change.MORE, "1"]
    assert (yes.how, yes.because[0].subject) == (How.AT_ONCE, "line:o/1")


def test_what_comes_anew_can_be_taken_back_first() -> None:
    """Of what is to have another address, `cancel` takes back so many pieces as are named, and nothing stays behind."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="web", skus=("MUG", "CUP")), {"1": 2, "2": 1}))
    (address,) = changes(world)[Change.ADDRESS, ""]
    world.ask(cancel("o"))
    status = world.shop.see(order_status("o"))

    assert (address.how, address.quantity, address.because) == (How.ANEW, 3, ())
    assert status is not None
    assert status.status == "canceled"
    assert [each.how for each in changes(world)[Change.ADDRESS, ""]] == [None]


def test_what_is_canceled_already_stands_in_nothings_way() -> None:
    """All that is left can still be ordered anew, so there is nothing to explain."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 3}))
    world.ask(cancel("o", {"1": 1}, id="one"))
    (address,) = changes(world)[Change.ADDRESS, ""]

    assert (address.quantity, address.because) == (2, ())


def test_nothing_is_recorded_by_looking() -> None:
    """It asks what would be answered; the journal is what it was, and an order that is not there is None."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 2}))
    before = world.ledger.snapshot()
    changes(world)

    assert world.ledger.snapshot() == before
    assert world.shop.see(changeable("nobody", now=NOW)) is None
