"""Marketplaces by example: clocks in routing, the list of what is late, what counts against us, kits and lots."""

from collections.abc import Mapping
from fractions import Fraction

import attrs
import pytest

from tests.laws.world import AHEAD, IN_PART, Waiting, World, interleave, make_order
from unicommerce.catalog import Calendar, Catalog, Component, Network, Node, NodeKind, Pool, Product, Tracking
from unicommerce.catalog import moment as at
from unicommerce.commerce import AsyncCommerce, Commerce
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import FulfillmentCode, FulfillmentPolicy, allocate, cancel, picked, place, shipped
from unicommerce.intake import Intake, take
from unicommerce.inventory import GoodsState, goods, received
from unicommerce.ledger import Accepted, Account, Decision, Refused
from unicommerce.lots import BatchReceived, received_lots
from unicommerce.marketplaces import (
    AMAZON,
    AskState,
    MarketCode,
    MarketOrder,
    MarketPolicy,
    Measure,
    acknowledge,
    called_off,
    late_risk,
    performance,
    relayed,
    said_of,
    serve,
)
from unicommerce.orders import LineState, Order, OrderLine, order_key, order_status
from unicommerce.ports import Cancellation, Line, Reading, SalesOrder
from unicommerce.returns import returned
from unicommerce.supply import expected
from unicommerce.values import DAY_MS, HOUR_MS, Position

MORNING = at("2026-11-26T09:00:00Z")
HOME = Position.of("50.0", "8.0")
NEAR = Node(id="near", position=HOME, calendar=Calendar(close_minute=20 * 60), handling_minutes=6 * 60)
FAR = Node(id="far", position=Position.of("52.5", "8.0"), calendar=Calendar(close_minute=11 * 60), kind=NodeKind.STORE)
NETWORK = Network(nodes=(NEAR, FAR), pools=(Pool(id="web", nodes=("near", "far")),))
KIT = Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 2)))
MILK = Product(sku="MILK", tracking=Tracking.LOT)
CATALOG = Catalog(network=NETWORK, products=(KIT, MILK))


def shop(**stock: int) -> Commerce:
    """Return a shop with so much of each SKU at both nodes."""
    found = Commerce(CATALOG)
    for node in ("near", "far"):
        found.tell(received(f"r {node}", node=node, quantities=stock), now=MORNING)
    return found


def order(id: str = "o", *skus: str, ship_by: int | None = None, deliver_by: int | None = None) -> Order:
    """Return an order, with a line for each SKU."""
    return Order(
        id=id,
        pool="web",
        lines=tuple([OrderLine(id=f"{n}", sku=sku, price_minor=100) for n, sku in enumerate(skus or ("MUG",), 1)]),
        destination=HOME,
        placed_at=MORNING,
        currency="EUR",
        ship_by=ship_by,
        deliver_by=deliver_by,
    )


def as_told(
    id: str = "o", revision: int = 1, *, ship_by: int | None = None, deliver_by: int | None = None
) -> MarketOrder:
    """Return what a marketplace says of it."""
    return MarketOrder(
        order=id, revision=revision, market="m", placed_at=MORNING, ship_by=ship_by, deliver_by=deliver_by
    )


def nodes_of(decision: Decision) -> list[str]:
    """Return where an order was given to."""
    assert isinstance(decision, Accepted), decision
    return [event.shipment.node for event in decision.events if event.kind == "fulfillment.allocated"]  # type: ignore[attr-defined]


def test_ship_by_rules_out_the_near_node_that_sends_too_late() -> None:
    """The near one is cheaper and leaves at eight; by noon only the far one can have sent it."""
    found = shop(MUG=5)
    noon = at("2026-11-26T12:00:00Z")

    free = found.ask(place(order("free"), {"1": 1}), now=MORNING)
    bound = found.ask(place(order("bound", ship_by=noon), {"1": 1}), now=MORNING)

    assert nodes_of(free) == ["near"]
    assert nodes_of(bound) == ["far"]
    assert FulfillmentCode.PAST_SHIP_BY not in [reason.code for reason in bound.because]


def test_a_ship_by_that_nobody_keeps_is_said_and_the_order_served() -> None:
    """It is a soft limit: nothing is gained by not sending at all."""
    found = shop(MUG=5)

    answer = found.ask(place(order(ship_by=MORNING), {"1": 1}), now=MORNING)

    assert len(nodes_of(answer)) == 1
    assert [reason.found for reason in answer.because if reason.code is FulfillmentCode.PAST_SHIP_BY] == [2]


def test_deliver_by_is_due_and_no_service_level_is_needed() -> None:
    """What the marketplace said counts; a name of its own for a service is no error then."""
    found, late = shop(MUG=5), attrs.evolve(order(deliver_by=MORNING + HOUR_MS), service="SECOND_DAY")

    answer = found.ask(place(late, {"1": 1}), now=MORNING)

    assert FulfillmentCode.PAST_SERVICE_LEVEL in [reason.code for reason in answer.because]
    with pytest.raises(InvalidValue, match="SECOND_DAY"):
        place(attrs.evolve(late, deliver_by=None), {"1": 1})


def test_what_is_late_stands_first_by_the_time_that_is_left_of_it() -> None:
    """Nobody's, then the node's promise against its clock, then what is under way; what has no clock is not in it."""
    found = shop(MUG=9)
    for id, hours in (("tight", 12), ("ample", 40), ("nobody's", 4), ("sent", 3), ("free", 0)):
        told = as_told(id, ship_by=MORNING + hours * HOUR_MS, deliver_by=MORNING + 9 * DAY_MS)
        found.tell(relayed(told if hours else as_told(id), {"1": 1}), now=MORNING)
        if id != "nobody's":
            assert isinstance(found.ask(serve(order(id), {"1": 1}), now=MORNING), Accepted)
    found.tell(shipped("sent/1"), now=MORNING)

    risks = found.see(late_risk(("free", "ample", "sent", "tight", "nobody's"), now=MORNING))

    assert [(risk.order, risk.clock, risk.node) for risk in risks] == [
        ("tight", "ship_by", "near"),
        ("nobody's", "ship_by", ""),
        ("ample", "ship_by", "near"),
        ("sent", "deliver_by", "far"),
    ]
    assert [risk.left_ms // HOUR_MS for risk in risks[:3]] == [1, 4, 29]


def test_a_promise_that_has_passed_counts_from_the_next_call() -> None:
    """On the next morning the node can part with it at eight in the evening at the soonest."""
    found = shop(MUG=9)
    found.tell(relayed(as_told(ship_by=MORNING + DAY_MS), {"1": 1}), now=MORNING)
    found.ask(serve(order(), {"1": 1}), now=MORNING)

    (risk,) = found.see(late_risk(["o"], now=MORNING + DAY_MS))

    assert risk.ready_at == at("2026-11-27T20:00:00Z")
    assert risk.left_ms == -11 * HOUR_MS


def test_a_clock_is_as_it_was_said_and_else_as_the_policy_has_it() -> None:
    """What was said once stays, where a later message does not say it; what was set by us gives way to what is said."""
    found, policy = shop(MUG=1), MarketPolicy(acknowledge_hours=2, ship_hours=24)
    key = as_told().key

    def told(revision: int, ship_by: int | None = None, deliver_by: int | None = None) -> MarketOrder:
        message = as_told("o", revision, ship_by=ship_by, deliver_by=deliver_by)
        found.tell(relayed(message, {"1": 1}, policy=policy), now=MORNING)
        document = found.see(lambda state, _given: state.document(key))
        assert document is not None
        return document

    first = told(1, deliver_by=MORNING + 9)
    assert (first.acknowledge_by, first.ship_by) == (MORNING + 2 * HOUR_MS, MORNING + DAY_MS)
    assert first.assumed == ("acknowledge_by", "ship_by")
    second = told(2, ship_by=MORNING + 7)
    assert (second.ship_by, second.deliver_by, second.assumed) == (MORNING + 7, MORNING + 9, ("acknowledge_by",))


def test_an_order_is_served_by_the_clocks_that_were_said_last() -> None:
    """Its message may be older than what is known."""
    found = shop(MUG=5)
    found.tell(relayed(as_told("o", 5, ship_by=MORNING + 5), {"1": 2}), now=MORNING)

    found.ask(serve(order(ship_by=MORNING), {"1": 2}), now=MORNING)

    placed = found.see(lambda state, _given: state.document(order_key("o")))
    assert placed is not None
    assert placed.ship_by == MORNING + 5


def test_more_than_is_claimed_is_not_acknowledged() -> None:
    """Two of three are there; three can not be accepted, and none that wait for nothing."""
    world = World(stock=0)
    world.tell(received("r", node="north", quantities={"MUG": 2}))
    world.tell(relayed(as_told(), {"1": 3}))
    world.ask(serve(make_order("o", pool="web", skus=("MUG",)), {"1": 3}, policy=IN_PART))

    beyond = world.ask(acknowledge("o", accepted={"1": 3}, id="1"))
    waits = world.ask(acknowledge("o", backordered={"1": 1}, id="2"))
    more = world.ask(acknowledge("o", accepted={"1": 2}, rejected={"1": 2}, id="3"))
    had = world.ask(acknowledge("o", rejected={"1": 2}, id="5"))
    fits = world.ask(acknowledge("o", accepted={"1": 2}, rejected={"1": 1}, reason="NO_INVENTORY", id="4"))

    assert isinstance(beyond, Refused)
    assert [(each.code, each.found, each.needed, each.unit) for each in beyond.because] == [
        (MarketCode.BEYOND_CLAIM, 2, 3, "accepted")
    ]
    assert [each.code for each in waits.because] == [MarketCode.BEYOND_CLAIM]
    assert [(each.code, each.found, each.needed) for each in more.because[:1]] == [(MarketCode.CALLED_OFF, 3, 4)]
    assert [(each.found, each.needed, each.unit) for each in had.because] == [(1, 2, "rejected")]
    assert isinstance(fits, Accepted)
    assert world.shop.see(said_of("o")) == {"1": {AskState.ACCEPTED: 2, AskState.REJECTED: 1}}


def test_what_was_acknowledged_before_counts() -> None:
    """One answer after the other does not say more than there is, nor do two at the same time."""
    store = Waiting()
    shop = AsyncCommerce(CATALOG, store=store)
    requests = [acknowledge("o", accepted={"1": 2}, id=f"{number}") for number in (1, 2)]

    async def prepare() -> None:
        await shop.tell(received("r", node="near", quantities={"MUG": 2}), now=MORNING)
        await shop.tell(relayed(as_told(), {"1": 4}), now=MORNING)
        await shop.ask(serve(order(), {"1": 4}, policy=IN_PART), now=MORNING)

    interleave([prepare()], [])
    answers = interleave([shop.ask(each, now=MORNING) for each in requests], [0, 1, 0, 1, 0, 1])

    (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert [(each.code, each.found, each.needed) for each in refused.because] == [(MarketCode.BEYOND_CLAIM, 0, 2)]


def test_what_waits_is_backordered_and_called_off_with_the_rest() -> None:
    """One is there, two are expected; then none of them is wanted."""
    found = Commerce(CATALOG)
    found.tell(received("r", node="near", quantities={"MUG": 1}), now=MORNING)
    found.tell(expected("po", node="near", quantities={"MUG": 2}, expected_at=MORNING + DAY_MS), now=MORNING)
    found.tell(relayed(as_told(), {"1": 3}), now=MORNING)
    found.ask(serve(order(), {"1": 3}, policy=AHEAD), now=MORNING)
    found.ask(acknowledge("o", id="1"), now=MORNING)
    assert found.see(said_of("o")) == {"1": {AskState.ACCEPTED: 1, AskState.BACKORDERED: 2}}

    found.tell(called_off("o", id="all"), now=MORNING)

    assert found.see(said_of("o")) == {"1": {AskState.CALLED_OFF: 3}}
    status = found.see(order_status("o"))
    assert status is not None
    assert status.lines == {"1": {LineState.CANCELED: 3}}


def test_what_came_back_was_accepted_all_the_same() -> None:
    """A return takes back no answer."""
    found = shop(MUG=1)
    found.tell(relayed(as_told(), {"1": 1}), now=MORNING)
    found.ask(serve(order(), {"1": 1}), now=MORNING)
    found.ask(acknowledge("o", id="1"), now=MORNING)
    found.tell(returned("r", node="near", order="o", lines={"1": 1}), now=MORNING)
    found.tell(shipped("o/1"), now=MORNING)
    found.tell(returned("r2", node="near", order="o", lines={"1": 1}), now=MORNING)

    answer = found.ask(acknowledge("o", id="2"), now=MORNING)

    assert answer == Accepted()
    assert found.see(said_of("o")) == {"1": {AskState.ACCEPTED: 1}}


def test_what_was_accepted_and_is_found_nowhere_is_taken_back() -> None:
    """A short pick and a cancellation of ours later, the answer is another: that is what counts against us."""
    world = World(stock=0)
    world.tell(received("r", node="north", quantities={"MUG": 2}))
    world.tell(relayed(as_told(), {"1": 2}))
    world.ask(serve(make_order("o", pool="web", skus=("MUG",)), {"1": 2}))
    world.ask(acknowledge("o", id="1"))
    world.tell(picked("o/1", {"1": 1}, short={"1": 1}))
    world.ask(cancel("o", {"1": 1}, id="gone"))
    world.ask(acknowledge("o", reason="NO_INVENTORY", id="2"))

    assert world.shop.see(said_of("o")) == {"1": {AskState.ACCEPTED: 1, AskState.REJECTED: 1}}
    entries = [recorded.entry for recorded in world.journal()]
    (rate, *_) = performance(entries, market="m", now=MORNING + DAY_MS)
    assert (rate.limit, rate.counted, rate.of, rate.value) == (AMAZON[0], 1, 1, Fraction(1))


def test_kits_are_answered_and_called_off_whole() -> None:
    """Three are asked for, two can be had; one is called off, and its components are back."""
    found = shop()
    found.tell(received("r", node="near", quantities={"MUG": 9, "CUP": 4}), now=MORNING)
    found.tell(relayed(as_told(), {"1": 3}), now=MORNING)
    found.ask(serve(order("o", "SET"), {"1": 3}, policy=IN_PART), now=MORNING)
    found.ask(acknowledge("o", id="1"), now=MORNING)
    assert found.see(said_of("o")) == {"1": {AskState.ACCEPTED: 2, AskState.REJECTED: 1}}

    found.tell(picked("o/1", {"1.1": 1}), now=MORNING)
    found.tell(called_off("o", {"1": 1}, id="c"), now=MORNING)

    status = found.see(order_status("o"))
    assert status is not None
    live = {line: sum([q for state, q in held.items() if state is not LineState.CANCELED])
            for line, held in status.lines.items()}  # fmt: skip
    assert live == {"1.1": 1, "1.2": 2}


def test_kits_that_wait_together_are_called_off_as_they_were_ordered() -> None:
    """What is there for one of them stays for the other."""
    found = Commerce(CATALOG)
    found.tell(received("r", node="near", quantities={"MUG": 1, "CUP": 1}), now=MORNING)
    found.tell(expected("po", node="near", quantities={"MUG": 9, "CUP": 9}, expected_at=MORNING + DAY_MS), now=MORNING)
    found.tell(relayed(as_told(), {"1": 2}), now=MORNING)
    assert isinstance(found.ask(serve(order("o", "SET"), {"1": 2}, policy=AHEAD), now=MORNING), Accepted)

    one = found.tell(called_off("o", {"1": 1}, id="one"), now=MORNING)
    assert one.because == ()
    found.tell(called_off("o", id="all"), now=MORNING)

    status = found.see(order_status("o"))
    assert status is not None
    assert status.lines == {"1.1": {LineState.CANCELED: 2}, "1.2": {LineState.CANCELED: 4}}
    assert found.see(lambda state, _given: state.balance(goods("CUP"), (Account("near", GoodsState.SELLABLE),))) == 1


def test_a_lot_that_was_picked_goes_back_under_its_own_name() -> None:
    """What is recalled tomorrow must be found then."""
    found = Commerce(CATALOG)
    found.tell(received_lots("r", node="near", batches=[BatchReceived("MILK", 2, "L1")]), now=MORNING)
    found.tell(relayed(as_told(), {"1": 2}), now=MORNING)
    found.ask(serve(order("o", "MILK"), {"1": 2}), now=MORNING)
    found.tell(picked("o/1", {"1": 2}), now=MORNING)

    found.tell(called_off("o", {"1": 1}, id="c"), now=MORNING)

    shelf = Account("near", GoodsState.SELLABLE, "", "L1")
    held = shelf._replace(state=GoodsState.RESERVED, ref="line:o/1")
    assert found.see(lambda state, _given: [state.balance(goods("MILK"), (each,)) for each in (shelf, held)]) == [1, 1]
    status = found.see(order_status("o"))
    assert status is not None
    assert status.lines == {"1": {LineState.PICKED: 1, LineState.CANCELED: 1}}


@pytest.mark.parametrize("turns", range(6))
def test_an_order_that_is_taken_while_it_is_called_off_is_not_served(turns: int) -> None:
    """Who calls off saw no order of ours, or saw it: whichever is first, nothing is left to be sent."""
    shop = AsyncCommerce(CATALOG, store=Waiting())

    async def prepare() -> None:
        await shop.tell(received("r", node="near", quantities={"MUG": 2}), now=MORNING)
        await shop.tell(relayed(as_told(), {"1": 2}), now=MORNING)

    async def taken() -> None:
        await shop.ask(serve(order(), {"1": 2}), now=MORNING)

    async def off() -> None:
        await shop.tell(called_off("o", id="all"), now=MORNING)

    interleave([prepare()], [])
    interleave([taken(), off()], [1] * turns + [0] * 9)
    status = interleave([shop.see(order_status("o"))], [])[0]

    assert status is None or {state for held in status.lines.values() for state in held} == {LineState.CANCELED}


def test_an_order_that_was_called_off_before_it_was_taken_is_taken_no_more() -> None:
    """In part for what is left, and not at all where nothing is."""
    found = shop(MUG=5)
    found.tell(relayed(as_told(), {"1": 3}), now=MORNING)
    found.tell(called_off("o", {"1": 2}, id="a"), now=MORNING)

    answer = found.ask(serve(order(), {"1": 3}), now=MORNING)

    assert [(each.code, each.found, each.needed) for each in answer.because[:1]] == [(MarketCode.CALLED_OFF, 1, 3)]
    status = found.see(order_status("o"))
    assert status is not None
    assert status.lines == {"1": {LineState.ALLOCATED: 1}}


def test_what_is_called_off_of_an_unknown_order_can_be_told_again() -> None:
    """It is a finding, not under the message's own id."""
    found, message = shop(MUG=5), called_off("o", id="a")

    early = found.tell(message, now=MORNING)
    found.ask(place(order(), {"1": 1}), now=MORNING)
    found.tell(message, now=MORNING)

    assert [each.code for each in early.because] == [MarketCode.NOT_RELAYED]
    status = found.see(order_status("o"))
    assert status is not None
    assert status.lines == {"1": {LineState.CANCELED: 1}}


def test_an_order_whose_pieces_are_all_gone_can_still_be_called_off() -> None:
    """Amazon's older orders say zero pieces of what was canceled: nothing is placed, and what was placed ends."""
    found, intake = shop(MUG=5), Intake(pool="web", market="m")
    whole = SalesOrder(id="o", placed_at=MORNING, currency="EUR", lines=(Line("1", "MUG", 2),), updated_at=MORNING)
    gone = attrs.evolve(whole, lines=(Line("1", "MUG", 0),), updated_at=MORNING + 1)
    canceled = Cancellation(id="canceled", order="o", is_done=True)

    for papers in ((whole,), (gone, canceled)):
        for step in take(Reading(papers=papers), intake).steps:
            found.enter(step, now=MORNING)

    status = found.see(order_status("o"))
    assert status is not None
    assert status.lines == {"1": {LineState.CANCELED: 2}}


def sold(found: Commerce, number: int, *, days_ago: int, answer: str = "", ship_by: int | None = None) -> None:
    """Relay an order of so many days ago, serve it, and answer or ship it."""
    id, then = f"o{number}", MORNING - days_ago * DAY_MS
    told = attrs.evolve(as_told(id), placed_at=then, ship_by=ship_by)
    found.tell(relayed(told, {"1": 1}), now=then)
    found.ask(serve(order(id), {"1": 1}, policy=FulfillmentPolicy(allocates_at_once=False)), now=then)
    if answer in ("seller", "buyer"):
        found.ask(cancel(id), now=then)
        found.ask(acknowledge(id, rejected={"1": 1}, by=answer, id="1"), now=then)
    elif answer:
        found.ask(allocate(id), now=then)
        found.tell(shipped(f"{id}/1", tracking="" if answer == "untracked" else "1Z"), now=then)


def test_rates_are_those_of_their_windows() -> None:
    """Forty orders in seven days, one canceled by us, one for the buyer, one long ago: one may go before 2.5 %."""
    found = shop(MUG=99)
    for number in range(80):
        by = {0: "seller", 1: "buyer"}.get(number, "")
        sold(found, number, days_ago=number % 5, answer=by)
    sold(found, 90, days_ago=20, answer="seller")
    late, kept = MORNING - 9 * DAY_MS - 1, MORNING - 9 * DAY_MS
    sold(found, 91, days_ago=9, answer="sent", ship_by=late)
    sold(found, 92, days_ago=9, answer="untracked", ship_by=kept)
    sold(found, 93, days_ago=20, answer="sent", ship_by=kept)
    found.tell(returned("r", node="near", order="o92", lines={"1": 1}), now=MORNING - 8 * DAY_MS)
    found.tell(called_off("o92", id="afterwards", by="seller"), now=MORNING - 8 * DAY_MS)
    sold(found, 95, days_ago=2)
    found.tell(called_off("o95", id="wish", by="buyer"), now=MORNING - DAY_MS)
    found.tell(called_off("o95", id="done", by="seller"), now=MORNING)
    sold(found, 94, days_ago=3, answer="sent")
    entries = [recorded.entry for recorded in found.store.ledger.since(0, 10_000)]  # type: ignore[attr-defined]

    rates = performance(entries, market="m", now=MORNING)

    assert [(rate.limit.measure, rate.limit.days, rate.counted, rate.of) for rate in rates] == [
        (Measure.CANCELED, 7, 1, 82),
        (Measure.LATE, 10, 1, 2),
        (Measure.LATE, 30, 1, 3),
        (Measure.UNTRACKED, 30, 1, 4),
    ]
    assert [rate.room for rate in rates] == [1, -1, -1, -1]
    assert performance(entries, market="another", now=MORNING)[0].of == 0


@pytest.mark.parametrize("knobs", [{"ship_hours": -1}, {"limits": (AMAZON[0]._replace(days=0),)}])
def test_a_knob_that_means_nothing_is_named(knobs: Mapping[str, object]) -> None:
    """By its field."""
    with pytest.raises(InvalidValue, match=next(iter(knobs))):
        MarketPolicy(**knobs)  # type: ignore[arg-type]
