"""Lives of orders that are collected, as given, when, then; each ends with units zero but for where the pieces went."""

from collections.abc import Callable, Mapping
from itertools import pairwise

import attrs
import pytest

from tests.finance.test_decisions import books, posted
from tests.fulfillment.pickups import (
    WEEK_MS,
    codes,
    collection,
    not_collected,
    ordering,
    sent,
    states,
    stocked,
    to_collect,
    waiting,
    words,
)
from tests.laws.invariants import (
    check_conservation,
    check_goods_under_way,
    check_line_moves,
    check_lines_add_up,
    check_open_lines_have_claims,
)
from tests.laws.world import CATALOG, HOME, NETWORK, NOW, World, make_order
from tests.lots.shop import TODAY, shop
from tests.values.bad import NAMES, PIECES, refused
from unicommerce.catalog import Calendar, Channel, Network, Node, NodeKind, Pickup, Pool, moment_text
from unicommerce.fulfillment import (
    STEPS,
    FulfillmentCode,
    FulfillmentPolicy,
    LinePieces,
    Method,
    Shipment,
    allocate,
    amend,
    cancel,
    collect,
    collect_quotes,
    collected,
    delivered,
    method_of,
    notified,
    packed,
    picked,
    place,
    put_back,
    ready,
    shipment_key,
    shipped,
    transit,
    unpack,
    withhold,
)
from unicommerce.inventory import CUSTOMER, SUPPLIER, goods, received
from unicommerce.inventory.documents import quota, quota_claimed
from unicommerce.ledger import Accepted, Account, LedgerCode, Reason, Refused, explain, record, run
from unicommerce.lots import BatchReceived, received_lots
from unicommerce.orders import LINE_MOVES, LineState, line_unit
from unicommerce.returns import returned
from unicommerce.routing import Carrier, RoutingPolicy, Transit
from unicommerce.values import HOUR_MS


def shipment(world: World, id: str = "o/1") -> Shipment:
    """Return a shipment."""
    found = world.ledger.document(shipment_key(id))
    assert found is not None
    return found


def held(world: World, sku: str = "MUG") -> dict[str, int]:
    """Return where pieces are, by whole account, but for where they came from."""
    book = world.ledger.snapshot().balances[goods(sku)]
    whole = {account: pieces for account, pieces in book.items() if not (account.ref or account.lot or account.owner)}
    return {f"{account.place} {account.state}": pieces for account, pieces in whole.items() if account != SUPPLIER}


def check(world: World) -> World:
    """All that is always true."""
    for each in (check_lines_add_up, check_open_lines_have_claims, check_goods_under_way, check_line_moves):
        each(world)
    check_conservation(world.ledger)
    return world


# What is offered


def test_what_the_node_has_itself_is_collected_from_its_own_stock() -> None:
    """Given the store has all of it, when an order is collected there, then it serves, whoever is cheaper."""
    world = stocked(north={"MUG": 3}, dc={"MUG": 9})
    answer = world.ask(place(to_collect(), {"1": 3}))

    assert explain(answer).splitlines() == [
        "accepted",
        "  north has 3 of 3 itself",
        "  order o can be collected at north from 2026-11-23T09:00:00+00:00 on",
    ]
    assert (method_of(shipment(world)), shipment(world).deliver_by) == (Method.PICK_UP, NOW)


def test_what_it_has_not_is_sent_there_with_a_date() -> None:
    """Given another node has all of it, then that sends it: transit to the store, and then the store's open hours."""
    north = attrs.evolve(NETWORK.node_by_id["north"], handling_minutes=60, calendar=Calendar(open_minute=9 * 60))
    world = stocked(attrs.evolve(CATALOG, network=_with(north)), dc={"MUG": 3})
    answer = world.ask(place(to_collect(), {"1": 3}))
    found = shipment(world)

    assert codes(answer.because) == [FulfillmentCode.COLLECTABLE]
    assert (method_of(found), found.node, found.collect_at) == (Method.SHIP_TO_STORE, "dc", "north")
    assert moment_text(found.deliver_by) == "2026-11-27T10:00:00+00:00"  # there on Thursday at 20:00, after it closed


def _with(*changed: Node) -> Network:
    new = {node.id: node for node in changed}
    return attrs.evolve(NETWORK, nodes=tuple([new.get(node.id, node) for node in NETWORK.nodes]))


def test_of_what_is_there_in_part_only_the_rest_is_sent() -> None:
    """Given one mug at the store and the others elsewhere, then two shipments, both collected there."""
    world = ordering(stocked(north={"MUG": 1}, dc={"MUG": 9}), to_collect(), MUG=3)

    assert [(each.node, each.collect_at) for each in world.shipments] == [("north", "north"), ("dc", "north")]
    assert [world.standing(each, LineState.ALLOCATED) for each in world.shipments] == [{"1": 1}, {"1": 2}]
    assert world.shipments[0].deliver_by < world.shipments[1].deliver_by
    check(world)


def test_what_can_be_had_neither_way_is_refused() -> None:
    """Given the rest is at a node that is closed, or that this pool has not, then nothing is taken."""
    full = stocked(booth={"MUG": 9})  # it can handle three pieces a day
    answer = full.ask(place(to_collect("south", pool="corner"), {"1": 4}))

    assert isinstance(answer, Refused)
    assert answer.because[0] == Reason(FulfillmentCode.NOT_COLLECTABLE, "o", 3, 4, "south")
    assert states(full) == {}


@pytest.mark.parametrize("at", ["shut", "atlantis"])
def test_nothing_is_collected_where_nobody_hands_it_over(at: str) -> None:
    """A node that is closed or not there, though there are goods elsewhere."""
    answer = World().ask(place(to_collect(at), {"1": 1}))

    assert isinstance(answer, Refused)
    assert Reason(FulfillmentCode.NO_COUNTER, at) in answer.because


def test_a_store_without_a_carrier_hands_over_its_own_stock() -> None:
    """Given no carrier calls there for this service, then it ships nothing, and can be collected from all the same."""
    north = attrs.evolve(NETWORK.node_by_id["north"], pickups=(Pickup(600, service="express"),))
    world = stocked(attrs.evolve(CATALOG, network=_with(north)), north={"MUG": 1})

    assert isinstance(world.ask(place(make_order("ship", pool="club", skus=("MUG",)), {"1": 1})), Accepted)
    assert not world.shipments
    world.ask(cancel("ship"))
    assert ordering(world, to_collect(), MUG=1).shipments[0].node == "north"


@pytest.mark.parametrize("here", [0, 1, 3])
def test_what_was_quoted_for_collecting_is_what_is_promised(here: int) -> None:
    """Given the store has none, some or all, then the order can be collected from when on it was said to be."""
    world = stocked(dc={"MUG": 9}, north={"MUG": here} if here else {"CUP": 1})
    quotes = {each.node: each for each in world.shop.see(collect_quotes(to_collect(), {"1": 3}, now=NOW))}
    ordering(world, to_collect(), MUG=3)

    assert max(each.deliver_by for each in world.shipments) == quotes["north"].ready_at


def test_nothing_is_paid_for_a_parcel_that_is_handed_over() -> None:
    """What a pick-up from own stock costs is labor alone; the shipment keeps what it was expected to cost."""
    world = waiting(2)

    assert shipment(world).cost_minor == 250 + 2 * 60
    assert (shipment(world).ready_at, shipment(world).earliest) == (NOW, NOW)


def test_more_of_an_order_that_is_collected_has_to_be_had_as_well() -> None:
    """Given the store has two, when one of them is ordered and then three, then one more is not taken."""
    world = ordering(stocked(north={"MUG": 2}), to_collect(pool="club"), MUG=1)
    full = world.ask(amend("o", {"1": 3}, id="a"))
    more = world.ask(amend("o", {"1": 2}, id="b"))

    assert isinstance(full, Refused)
    assert isinstance(more, Accepted)
    assert states(world) == {"allocated": 2}
    check(world)


def test_what_was_not_found_comes_from_elsewhere() -> None:
    """Given a short pick at the store, when it is allocated again, then the missing piece is sent there."""
    world = ordering(stocked(north={"MUG": 2}), to_collect(), MUG=2)
    world.tell(received("more", node="dc", quantities={"MUG": 5}))
    world.tell(picked("o/1", {"1": 1}, short={"1": 1}))
    world.ask(allocate("o", id="again"))

    assert [(each.node, method_of(each)) for each in world.shipments] == [
        ("north", Method.PICK_UP),
        ("dc", Method.SHIP_TO_STORE),
    ]
    check(world)


# Lives


def test_picked_up_from_own_stock() -> None:
    """Given an order at the store, when it is packed, set out and collected, then the customer has it."""
    world, told = waiting(2), list[str]()
    for message in (
        picked("o/1", {"1": 2}),
        packed("o/1", {"1": 2}),
        ready("o/1", spot="shelf A3"),
        notified("o/1", "sms", code="4711"),
    ):
        world.tell(message)
        told.append(words(world))
        check(world)
    wrong = world.ask(collect("o/1", by="customer", checked_by="code", code="0815"))
    unchecked = world.ask(collect("o/1", by="customer", checked_by="smile"))
    right = world.ask(collect("o/1", by="customer", checked_by="code", code="4711"))

    assert told == ["picked", "packed", "ready to be collected", "ready to be collected"]
    assert codes(wrong.because) == [FulfillmentCode.WRONG_CODE]
    assert codes(unchecked.because) == [FulfillmentCode.NOT_CHECKED]
    assert isinstance(right, Accepted)
    assert (words(check(world)), held(world)) == ("collected", {"customer delivered": 2})
    assert world.ledger.due(2**53, 9) == ()


def test_who_tells_of_a_hand_over_that_was_asked_for_repeats_it() -> None:
    """The desk asks, the till tells: one hand-over, known by one id."""
    world = waiting(1)
    world.tell(ready("o/1"))
    world.ask(collect("o/1", by="customer", checked_by="id"))
    answer = world.tell(collected("o/1", {"1": 1}, by="customer", checked_by="id"))

    assert [reason.code for reason in answer.because] == [LedgerCode.ALREADY_DONE]
    assert held(world) == {"customer delivered": 1}


def test_picked_up_after_a_transfer() -> None:
    """Given goods are sent to the store, when they are set out there, then they are set aside for the line."""
    world = sent(2)
    world.tell(shipped("o/1", tracking="T1"))
    under_way = (words(world), held(world))
    world.tell(delivered("o/1"))  # at the store's back door, which is not the customer's
    at_the_door = words(world)
    world.tell(ready("o/1", spot="bin 7"))
    here = world.ledger.balance(goods("MUG"), (Account("north", "reserved", line_unit("o", "1")),))
    there = (words(check(world)), held(world), collection(world).spot)
    world.tell(collected("o/1", by="proxy", checked_by="id"))

    assert under_way == ("shipped", {"transit:o/1 moving": 2})
    assert at_the_door == "shipped"  # true of both; the desk tells them apart
    assert (here, there) == (2, ("ready to be collected", {"north reserved": 2}, "bin 7"))
    assert (words(check(world)), held(world)) == ("collected", {"customer delivered": 2})


def test_collected_is_all_that_needs_to_be_told() -> None:
    """A hand-over implies that it was ready, sent and picked, each under its own id with the hand-over as cause."""
    world = sent(1)
    world.tell(collected("o/1"))
    causes = {
        entry.id: entry.cause
        for _, entry in world.journal()
        if entry.id.startswith("o/1") and entry.id != "o/1/collected"
    }

    assert causes == dict.fromkeys(("o/1/picked", "o/1/shipped", "o/1/ready"), "o/1/collected")
    assert states(check(world)) == {"collected": 1}


def test_curbside_is_a_pick_up_with_another_hand_over() -> None:
    """Given an order for the curb, then only how it is handed over is another, and the order says so."""
    order = attrs.evolve(to_collect(), hand_over="curbside")
    world = ordering(stocked(north={"MUG": 1}), order, MUG=1)
    world.tell(ready("o/1", spot="fridge 2"))
    world.tell(collected("o/1", by="white van, bay 3", checked_by="code"))
    over_the_counter = waiting(1)
    over_the_counter.tell(ready("o/1"))
    over_the_counter.tell(collected("o/1"))

    assert world.orders[0].hand_over == "curbside"
    assert world.ledger.snapshot().balances == over_the_counter.ledger.snapshot().balances


def test_not_collected_in_time_goes_back_to_the_shelf_and_a_refund_is_due() -> None:
    """Given nobody comes for a week, when somebody looks, then the pieces can be sold, and the money is owed."""
    world = waiting(2)
    world.tell(ready("o/1", spot="A3"))
    due = collection(world)
    early = world.ask(put_back(due))
    assert world.ledger.due(NOW + WEEK_MS - 1, 9) == ()
    assert world.ledger.due(NOW + WEEK_MS, 9) == (due,)
    because = not_collected(world)
    again = world.ask(put_back(due))

    assert codes(early.because) == [FulfillmentCode.NOT_DUE]
    assert because == (
        Reason(FulfillmentCode.NOT_COLLECTED, "o/1", 2),
        Reason(FulfillmentCode.REFUND_DUE, "line:o/1", 2, 2_000, "20.00 USD"),
    )
    assert [reason.code for reason in again.because] == [LedgerCode.ALREADY_DONE]
    assert (words(check(world)), held(world)) == ("canceled", {"north sellable": 2})
    assert world.ledger.due(2**53, 9) == ()


def test_what_was_sent_to_the_store_and_not_collected_is_sold_there() -> None:
    """Given goods came from the warehouse, then they stay where they are."""
    world = sent(1)
    world.tell(ready("o/1"))
    not_collected(world)

    assert held(check(world)) == {"north sellable": 1}


def test_who_comes_late_is_served_as_long_as_the_pieces_are_there() -> None:
    """Given nobody has put them back yet, then the customer gets them, and nothing is due any more."""
    world = waiting(1)
    world.tell(ready("o/1", collect_by=NOW + HOUR_MS))
    due = collection(world)
    world.now += 5 * HOUR_MS
    answer = world.ask(collect("o/1", by="customer", checked_by="id"))
    late = world.ask(put_back(due))

    assert isinstance(answer, Accepted)
    assert codes(late.because) == [FulfillmentCode.NOT_WAITING]
    assert states(world) == {"collected": 1}


def test_a_piece_is_not_put_back_and_handed_over_at_once() -> None:
    """Given both were decided on the same state, when one is on record, then the other has lost the race."""
    world = waiting(1)
    world.tell(ready("o/1"))
    later = NOW + WEEK_MS
    asked = (put_back(collection(world)), collect("o/1", by="customer", checked_by="id"))
    answers = [request.decide(world.ledger, world.shop.catalog, later) for request in asked]
    recorded = []
    for request, answer in zip(asked, answers, strict=True):
        assert isinstance(answer, Accepted)
        recorded.append(run(world.store.append(record(request.id, answer.events, now=later), answer.guards)))

    assert [each is not None for each in recorded] == [True, False]
    assert states(check(world)) == {"canceled": 1}


def test_collected_in_part_and_the_rest_put_back() -> None:
    """Given two of three are handed over, when nobody comes for the third, then that alone is canceled and refunded."""
    world = waiting(3)
    world.tell(ready("o/1", {"1": 3}, spot="A3"))
    world.ask(collect("o/1", {"1": 2}, by="customer", checked_by="id", part="first"))
    between = words(world)
    too_many = world.ask(collect("o/1", {"1": 2}, by="customer", checked_by="id", part="second"))
    because = not_collected(world)

    assert between == "2 of 3 collected, 1 of 3 ready to be collected"
    assert too_many.because == (Reason(FulfillmentCode.NOT_READY, "line:o/1", 1, 2),)
    assert because[-1] == Reason(FulfillmentCode.REFUND_DUE, "line:o/1", 1, 1_000, "10.00 USD")
    assert words(check(world)) == "1 of 3 canceled, 2 of 3 collected"
    assert held(world) == {"customer delivered": 2, "north sellable": 1}


def test_what_is_put_back_gives_the_quota_of_its_channel_back() -> None:
    """What a channel may claim in all is not used up by what nobody came for."""
    channel = Channel(id="app", pool="web", quotas=(("MUG", 5),))
    world = stocked(attrs.evolve(CATALOG, channels=(channel,)), north={"MUG": 2})
    ordering(world, attrs.evolve(to_collect(), channel="app"), MUG=2)
    drawn = world.ledger.balance(quota("app", "MUG"), (quota_claimed("app"),))
    world.tell(ready("o/1"))
    not_collected(world)

    assert (drawn, world.ledger.balance(quota("app", "MUG"), (quota_claimed("app"),))) == (2, 0)


@pytest.mark.parametrize("collect_at", ["", "south"], ids=["shipped home", "to another store"])
def test_endless_aisle_is_an_order_like_any_other(collect_at: str) -> None:
    """Given north has none, when its till orders what others have, then it is the online order, word for word."""
    online = attrs.evolve(make_order("o", pool="web", skus=("MUG",)), channel="app", collect_at=collect_at)
    at_the_till = attrs.evolve(online, channel="till at north")
    answers, worlds = [], []
    for order in (online, at_the_till):
        world = stocked(dc={"MUG": 2})
        answers.append(world.ask(place(order, {"1": 2})))
        world.orders.append(order)
        for message in (delivered("o/1"),) if not collect_at else (ready("o/1"), collected("o/1")):
            world.tell(message)
        worlds.append(check(world))

    assert answers[0].because == answers[1].because
    assert worlds[0].ledger.snapshot().balances == worlds[1].ledger.snapshot().balances
    assert held(worlds[1]) == {"customer delivered": 2}


def test_same_day_is_a_service_level() -> None:
    """Given a courier takes no day for that service, then the promise is today, by the shop around the corner."""
    courier = Carrier(transits=(Transit(((95, 0),), up_to_m=20_000, service="same_day"),), until_minute=21 * 60)
    policy = FulfillmentPolicy(routing=RoutingPolicy(services={"standard": 168, "same_day": 14}, carrier=courier))
    world = stocked(dc={"MUG": 2}, north={"MUG": 2})
    order = attrs.evolve(make_order("o", pool="web", skus=("MUG",)), service="same_day")
    world.ask(place(order, {"1": 1}, policy=policy))

    assert (shipment(world).node, method_of(shipment(world))) == ("north", Method.SHIP)
    assert moment_text(shipment(world).deliver_by) == "2026-11-23T21:00:00+00:00"


@pytest.mark.parametrize("kind", NodeKind, ids=str)
def test_whatever_kind_of_node_serves_the_steps_are_the_same(kind: NodeKind) -> None:
    """Warehouse, store, dark store, drop-ship vendor: one way of the pieces, only what it costs differs."""
    node = Node(id="n", position=HOME, kind=kind)
    world = World(attrs.evolve(CATALOG, network=Network(nodes=(node,), pools=(Pool(id="web", nodes=("n",)),))), stock=1)
    ordering(world, make_order("o", pool="web", skus=("MUG",)), MUG=1)
    seen = [states(world)]
    for message in (picked("o/1", {"1": 1}), packed("o/1"), shipped("o/1"), delivered("o/1")):
        world.tell(message)
        seen.append(states(world))

    assert seen == [{state.value: 1} for state in STEPS[Method.SHIP]]


def test_the_steps_of_each_method_are_moves_of_the_one_table() -> None:
    """From step to step, and past packing, which may be left out."""
    for steps in STEPS.values():
        bare = [state for state in steps if state is not LineState.PACKED]
        for way in (steps, bare):
            assert all(after in LINE_MOVES[before] for before, after in pairwise(way))


# Undone, changed, odd


def test_unpacking_is_the_inverse_of_packing() -> None:
    """Asked, because it may be too late for it; and packed again under an id of its own."""
    world = waiting(2)
    world.tell(picked("o/1", {"1": 2}))
    before = world.ledger.snapshot().balances
    world.tell(packed("o/1", {"1": 2}))
    world.ask(unpack("o/1", {"1": 2}, id="1", reason="wrong box"))
    after = world.ledger.snapshot().balances
    late = world.ask(unpack("o/1", {"1": 1}, id="2"))
    world.tell(packed("o/1", {"1": 1}, id="again"))

    assert after == before
    assert late.because == (Reason(FulfillmentCode.TOO_LATE, "line:o/1", 0, 1),)
    assert states(check(world)) == {"picked": 1, "packed": 1}


@pytest.mark.parametrize("make", [waiting, sent], ids=["own stock", "sent"])
def test_withholding_is_the_inverse_of_ready(make: Callable[[int], World]) -> None:
    """Not ready after all: what was packed is packed again, what had arrived is under way again, and nothing is due."""
    world = make(2)
    world.tell(packed("o/1", {"1": 1}))
    world.tell(shipped("o/1") if make is sent else picked("o/1", {"1": 2}))
    before = world.ledger.snapshot().balances
    world.tell(ready("o/1", {"1": 2}))
    world.ask(withhold("o/1", {"1": 2}, packed={"1": 1}, id="1", reason="leaks"))
    check(world)

    assert world.ledger.snapshot().balances == before
    assert collection(world).collect_by is None
    assert codes(world.ask(withhold("o/1", {"1": 1}, id="2")).because) == [FulfillmentCode.TOO_LATE]
    world.tell(ready("o/1", id="again"))
    assert (states(world), collection(world).collect_by) == ({"ready": 2}, NOW + WEEK_MS)


def test_a_spot_may_change_while_pieces_wait() -> None:
    """Told again with an id of its own; until when they wait may change with it."""
    world = waiting(1)
    world.tell(ready("o/1", spot="A3"))
    world.tell(ready("o/1", spot="B1", collect_by=NOW + HOUR_MS, id="moved"))

    assert (collection(world).spot, collection(world).due_at) == ("B1", NOW + HOUR_MS)
    assert states(world) == {"ready": 1}


def test_the_last_notice_counts_and_a_late_one_does_not() -> None:
    """A reminder brings a new code; a message that comes late with the old one changes nothing."""
    world = waiting(1)
    world.tell(ready("o/1"))
    world.tell(notified("o/1", "sms", code="new", id="2", occurred_at=NOW + 2))
    world.tell(notified("o/1", "email", code="old", occurred_at=NOW + 1))

    assert codes(world.ask(collect("o/1", by="c", checked_by="code", code="old")).because) == [
        FulfillmentCode.WRONG_CODE
    ]
    assert isinstance(world.ask(collect("o/1", by="c", checked_by="code", code="new")), Accepted)


def test_without_a_code_nobody_collects_by_code() -> None:
    """An empty code is none."""
    world = waiting(1)
    world.tell(ready("o/1"))
    world.tell(notified("o/1", "sms"))

    assert codes(world.ask(collect("o/1", by="c", checked_by="code", code="")).because) == [FulfillmentCode.WRONG_CODE]


def test_what_waited_to_be_collected_may_be_sent_instead() -> None:
    """Given the customer can not come, when the store ships it, then nothing waits any more."""
    world = waiting(2)
    world.tell(ready("o/1", {"1": 2}))
    world.tell(shipped("o/1", {"1": 2}, tracking="T1"))
    check(world)
    world.tell(delivered("o/1"))

    assert (words(check(world)), collection(world).due_at) == ("delivered", None)
    assert held(world) == {"customer delivered": 2}


@pytest.mark.parametrize("make", [waiting, sent], ids=["own stock", "sent"])
def test_who_hands_over_more_than_was_ordered_is_right_about_it(make: Callable[[int], World]) -> None:
    """The order is of more, it is said, and no state falls below zero."""
    world = make(2)
    answer = world.tell(collected("o/1", {"1": 3}))

    assert ("o/1/collected", 2, 3) in [(reason.subject, reason.found, reason.needed) for reason in answer.because]
    assert states(check(world)) == {"collected": 3}


@pytest.mark.parametrize("pieces", [0, 3, 2], ids=["to pick", "picked", "of which some are packed"])
def test_what_a_store_hands_over_beyond_what_was_shipped_its_node_had_sent_too(pieces: int) -> None:
    """It was ordered anew, as if it were of another parcel, while the node kept what it had in hand for ever."""
    world = sent(3)
    for message in [picked("o/1", {"1": 3}), packed("o/1", {"1": pieces - 1})] if pieces else []:
        world.tell(message)
    world.tell(shipped("o/1", {"1": 1}))
    answer = world.tell(collected("o/1", {"1": 3}))

    assert ("o/1/collected", 1, 3) in [(reason.subject, reason.found, reason.needed) for reason in answer.because]
    assert states(check(world)) == {"collected": 3}


def test_what_is_said_to_be_ready_beyond_what_is_there_is_named_and_waits_for_a_hand_over() -> None:
    """Nobody has left with it yet, so nothing is ordered anew."""
    world = waiting(2)
    answer = world.tell(ready("o/1", {"1": 3}))

    assert answer.because == (Reason(LedgerCode.DISAGREES, "o/1/ready", 2, 3, "pieces of line 1"),)
    assert states(world) == {"ready": 2}


def test_what_is_unknown_is_refused_or_kept_as_a_finding() -> None:
    """A request about no shipment is refused, a fact is kept."""
    world = World()
    requests = (unpack("x", {"1": 1}, id="1"), withhold("x", {"1": 1}, id="1"), collect("x", by="c", checked_by="id"))
    said = [codes(world.ask(request).because) for request in requests]
    told = [
        codes(world.tell(message).because)
        for message in (packed("x"), ready("x"), notified("x", "sms"), collected("x"))
    ]

    assert said + told == [[FulfillmentCode.UNKNOWN_SHIPMENT]] * 7


@pytest.mark.parametrize("quantity", PIECES.values(), ids=PIECES)
def test_what_counts_no_pieces_is_refused_by_line(quantity: int) -> None:
    """Before anything is told or asked."""
    assert refused(lambda: packed("s", {"1": quantity}))[0] == "quantity of 1"
    assert refused(lambda: ready("s", {"1": quantity}))[0] == "quantity of 1"
    assert refused(lambda: collected("s", {"1": quantity}))[0] == "quantity of 1"
    assert refused(lambda: unpack("s", {"1": quantity}, id="1"))[0] == "quantity of 1"
    assert refused(lambda: withhold("s", {"1": quantity}, id="1"))[0] == "quantity of 1"
    assert refused(lambda: collect("s", {"1": quantity}, by="c", checked_by="id"))[0] == "quantity of 1"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_names_no_shipment_is_refused(name: str) -> None:
    """By its field."""
    assert refused(lambda: packed(name)) == ("shipment", name)
    assert refused(lambda: ready(name)) == ("shipment", name)
    assert refused(lambda: collected(name)) == ("shipment", name)
    assert refused(lambda: notified("s", name)) == ("how", name)


# Lots, and money


def test_lots_stay_with_their_pieces_to_the_customer() -> None:
    """Given a phone goes by way of a store, then a recall finds whom to tell."""
    world = shop()
    world.tell(
        received_lots("p", node="dc", batches=[BatchReceived("PHONE", 1, "S1"), BatchReceived("PHONE", 1, "S2")])
    )
    ordering(world, to_collect("far", skus=("PHONE",)), PHONE=1)
    (number,) = {part.lot for part in _told_apart(world, picked_as="S2")}
    world.tell(ready("o/1"))
    there = world.ledger.parts(goods("PHONE"), Account("far", "reserved"))
    world.tell(collected("o/1"))

    assert number == "S2"
    assert {(part.lot, pieces) for part, pieces in there.items()} >= {("S2", 1)}
    assert world.ledger.balance(goods("PHONE"), (CUSTOMER._replace(ref="o/1", lot="S2"),)) == 1


def _told_apart(world: World, *, picked_as: str) -> set[Account]:
    world.tell(picked("o/1", {"1": 1}, lots=[LinePieces("1", "PHONE", 1, picked_as)]))
    world.tell(shipped("o/1"))
    return {part for part in world.ledger.parts(goods("PHONE"), transit("o/1")) if part.lot}


def test_lots_that_nobody_came_for_are_on_the_shelf_as_what_they_are() -> None:
    """The lot of what is put back is known, so that it is not sold past its day."""
    world = shop()
    world.tell(received_lots("m", node="dc", batches=[BatchReceived("MILK", 2, "L1", expires_on=TODAY + 30)]))
    ordering(world, to_collect("dc", skus=("MILK",)), MILK=2)
    world.tell(ready("o/1"))
    not_collected(world)

    assert world.ledger.balance(goods("MILK"), (Account("dc", "sellable", "", "L1"),)) == 2
    assert world.ledger.balance(goods("MILK"), (Account("dc", "reserved"),)) == 0


def _books(world: World, *ids: str) -> Mapping[str, int]:
    for id in ids:
        posted(world, id)
    return books(world)


def test_a_sale_is_posted_when_it_is_collected_and_not_on_its_way_to_the_store() -> None:
    """What is under way to a store is ours; the customer pays for what was handed over."""
    world = sent(2)
    _books(world, "receipt/r dc")
    world.tell(shipped("o/1"))
    before = _books(world, "o/1/shipped")
    world.tell(collected("o/1"))
    after = _books(world, "o/1/ready", "o/1/collected")

    assert before == {"inventory": 866, "received_not_invoiced": -866}
    assert after == {"received_not_invoiced": -866, "cost_of_goods_sold": 866, "receivable": 2_000, "revenue": -2_000}


def test_what_nobody_came_for_is_no_sale() -> None:
    """Nothing was posted but that it came in."""
    world = waiting(1)
    _books(world, "receipt/r north")
    world.tell(ready("o/1"))
    not_collected(world)

    assert _books(world, "o/1/ready", "o/1/put_back/1") == {"inventory": 433, "received_not_invoiced": -433}


def test_what_was_collected_comes_back_as_what_was_delivered_does() -> None:
    """Given two were collected, when one comes back to another node, then its sale is taken back, at what it cost."""
    world = waiting(2)
    _books(world, "receipt/r north")
    world.tell(collected("o/1"))
    answer = world.tell(returned("r", node="south", order="o", lines={"1": 1}))
    after = _books(world, "o/1/collected", "return/r")

    assert answer.because == ()
    assert states(check(world)) == {"collected": 1, "returned": 1}
    assert (after["receivable"], after["returns"], after["inventory"]) == (1_000, 1_000, 433)


def test_what_was_sent_and_what_was_collected_come_back_together() -> None:
    """Given one of two was shipped home and the other collected, then both are returned, each from its own state."""
    world = waiting(2)
    world.tell(collected("o/1", {"1": 1}, part="a"))
    world.tell(shipped("o/1"))
    world.tell(delivered("o/1"))
    answer = world.tell(returned("r", node="north", order="o", lines={"1": 2}))

    assert answer.because == ()
    assert states(check(world)) == {"returned": 2}


@pytest.mark.parametrize("skus", [("MUG",), ("MUG", "CUP")])
def test_of_two_who_take_the_last_pieces_at_once_one_sees_that_nothing_is_left(skus: tuple[str, ...]) -> None:
    """Given each takes a part of what waits and left the other's, when both are to be recorded, then one lost the race.

    Otherwise neither would say that nobody comes any more.
    """
    pieces = {"MUG": 2, "CUP": 1} if len(skus) > 1 else {"MUG": 3}
    world = ordering(stocked(north=pieces), to_collect(skus=skus), **pieces)
    world.tell(ready("o/1"))
    first, second = ({"1": 2}, {"2": 1}) if len(skus) > 1 else ({"1": 2}, {"1": 1})
    parts = enumerate((first, second))
    asked = [collect("o/1", part, by="customer", checked_by="id", part=str(n)) for n, part in parts]
    answers = [request.decide(world.ledger, world.shop.catalog, NOW) for request in asked]
    recorded = []
    for request, answer in zip(asked, answers, strict=True):
        assert isinstance(answer, Accepted)
        recorded.append(run(world.store.append(record(request.id, answer.events, now=NOW), answer.guards)))
    again = world.ask(asked[1])

    assert [each is not None for each in recorded] == [True, False]
    assert isinstance(again, Accepted)
    assert collection(check(world)).collect_by is None
