"""Stories of marketplaces, end to end: what Amazon's and Square's own samples say becomes an outcome, to the piece.

Where a sample does not hold a step (a state that comes later, a stop at a counter), its own fields are given the value
of that step. Every story is played once more for each value that counts of each of its messages, without that value:
then it says what is missing, or ends otherwise.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

import pytest

from examples.adapters.amazon import Amazon, joined
from examples.adapters.amazon_outbound import AmazonOutbound
from examples.adapters.square import Square
from examples.adapters.x12_erp import X12Erp
from examples.channels.marketplace import messages
from tests.adapters.cases import fields_that_count, payload, without
from tests.adapters.scenes import CATALOG, Outcome, Scene, accepted, intake_of
from unicommerce.errors import UnicommerceError
from unicommerce.fulfillment import FulfillmentPolicy, allocate, collect, picked, ready, shipped
from unicommerce.inventory import InventoryCode, reserve
from unicommerce.ledger import Refused
from unicommerce.marketplaces import (
    AskState,
    MarketCode,
    MarketPolicy,
    acknowledge,
    at_centers,
    late_risk,
    performance,
    unwanted_under_way,
)
from unicommerce.orders import LineState
from unicommerce.ports import Message, Port, PurchaseAnswer, Refund
from unicommerce.returns import returned
from unicommerce.values import HOUR_MS

S, A = LineState, AskState
V0, NEW, OUT = "ordersV0", "orders_2026-01-01", "fulfillmentOutbound_2020-07-01"
SHIPMENTS, RETURNS, STOCK = (f"externalFulfillment{name}_2024-09-11" for name in ("Shipments", "Returns", "Inventory"))


def ms(text: str) -> int:
    """Return a moment, ms UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def steps_of(path: str) -> tuple[str | int, ...]:
    """Return the names and numbers that lead to a value."""
    return tuple([int(step) if step.isdigit() else step for step in path.split(".")])


def edited(message: Message, values: Mapping[str, object]) -> Message:
    """Return a payload in which some fields, by their paths, have other values."""
    body = json.loads(message.body)
    for path, value in values.items():
        *steps, last = steps_of(path)
        inside = body
        for step in steps:
            inside = inside[step]
        inside[last] = value
    return message._replace(body=json.dumps(body))


def amazon(name: str, topic: str) -> Message:
    """Return a sample of Amazon's."""
    return payload("amazon", name, topic)


def square(name: str, topic: str) -> Message:
    """Return a sample of Square's."""
    return payload("square", f"{name}.json", topic)


class Story(NamedTuple):
    """A port, its messages, how they are played, and the ends of paths (after a message's number) that may be lost.

    No room keeps who carried a package, nor what a late message says again.
    """

    port: Port
    messages: Callable[[], Sequence[Message]]
    play: Callable[[Sequence[Message]], Outcome]
    unmissed: tuple[str, ...] = ()


SELLER = intake_of("amazon-us", channel="market", pool="web")
TILL = intake_of("square", channel="square", pool="stores", pools={"057P5VYJ4A5X1": "stores"})

# 1. An order that can be served in part only, from the message to the confirmation

ECHO, STICK, O1 = "12345678901234", "12345678901235", "123-4567890-1234567"
ECHO_SKU, STICK_SKU = "ECHO-DOT-4-CHARCOAL", "FIRE-TV-4K-2021"


def unshipped() -> Message:
    """Return the sample of two lines as it was before anything happened to it."""
    before: dict[str, object] = {
        "packages": [],
        "fulfillment.fulfillmentStatus": "UNSHIPPED",
        "orderItems.0.cancellation": None,
    }
    values = {f"orders.0.{path}": value for path, value in before.items()}
    return edited(amazon("orders.json", f"{NEW}/searchOrders"), values)


def in_part(messages: Sequence[Message]) -> Outcome:
    """Two echoes are asked for, and there is one."""
    scene = Scene(Amazon(), SELLER, now=ms("2024-12-25T11:00"), stock={"dc": {ECHO_SKU: 1, STICK_SKU: 3}})
    scene.hear(messages[0])
    scene.do(acknowledge(O1, reason="NO_INVENTORY", id="1"))
    scene.now = ms("2024-12-26T15:00")
    scene.do(picked(f"{O1}/1", {ECHO: 1, STICK: 1}))
    scene.do(shipped(f"{O1}/1", tracking="1Z999AA1234567890"))
    return scene.outcome([O1], [ECHO_SKU, STICK_SKU])


def test_an_order_is_acknowledged_in_part_and_what_there_is_is_shipped_and_confirmed() -> None:
    """The rest is a no that Amazon hears; nothing is left claimed, and the clocks are Amazon's own."""
    end = in_part([unshipped()])

    assert end.lines == {O1: {ECHO: {S.SHIPPED: 1, S.CANCELED: 1}, STICK: {S.SHIPPED: 1}}}
    assert end.told == {O1: {ECHO: {A.ACCEPTED: 1, A.REJECTED: 1}, STICK: {A.ACCEPTED: 1}}}
    assert end.stock["dc"] == {ECHO_SKU: (0, 0), STICK_SKU: (2, 0)}
    ((order, market),) = end.orders
    assert order is not None
    assert market is not None
    clocks = (ms("2024-12-27T23:59:59"), ms("2024-12-30T23:59:59"))
    assert (order.ship_by, order.deliver_by) == (market.ship_by, market.deliver_by) == clocks
    assert (market.number, market.acknowledge_by, market.assumed) == ("SELLER-ORDER-2024-001", None, ())
    (no, rejected), (yes, confirmed) = end.sent
    assert (no, yes) == ("externalFulfillmentShipments_2024-09-11/processShipment", "ordersV0/confirmShipment")
    assert json.loads(rejected)["lineItems"] == [
        {"lineItem": {"id": ECHO, "quantity": 1, "merchantSku": ECHO_SKU}, "reason": "NO_INVENTORY"}
    ]
    package = json.loads(confirmed)["packageDetail"]
    assert (package["packageReferenceId"], package["trackingNumber"]) == (f"{O1}/1", "1Z999AA1234567890")
    assert [(item["orderItemId"], item["quantity"]) for item in package["orderItems"]] == [(ECHO, 1), (STICK, 1)]


def test_the_same_answer_is_an_855_for_who_speaks_x12() -> None:
    """Line by line: what is accepted, and what is rejected; read again, it is the same."""
    scene = Scene(Amazon(), SELLER, now=ms("2024-12-25T11:00"), stock={"dc": {ECHO_SKU: 1, STICK_SKU: 3}})
    scene.hear(unshipped())
    scene.do(acknowledge(O1, reason="NO_INVENTORY", id="1"))
    port = X12Erp()

    ((message,),) = [found for entry in scene.journal() if (found := messages(scene.ledger, port, entry))]
    (answer,) = port.read(message).papers

    assert message.topic == "855"
    assert isinstance(answer, PurchaseAnswer)
    assert (answer.order, answer.answer, answer.reason) == (O1, "exceptions", "NO_INVENTORY")
    assert [each[:3] for each in answer.answers] == [
        (ECHO, 1, "accepted"), (ECHO, 1, "rejected"), (STICK, 1, "accepted")
    ]  # fmt: skip
    assert [(line.id, line.quantity, line.price_minor) for line in answer.lines] == [
        (ECHO, 2, 4_999),
        (STICK, 1, 4_999),
    ]


# 2. to 5. Amazon cancels: before allocation, after it, in the hands of the node, when it has left

O2, POP, POP_SKU = "114-9876543-1234567", "11498765431234", "ECHO-POP-US-BLK"
IN_WAVES = FulfillmentPolicy(allocates_at_once=False)


def then_canceled() -> Sequence[Message]:
    """Return the sample of one line, and the same an hour later, when Amazon has canceled it."""
    whole = amazon("order.json", f"{NEW}/getOrder")
    values = {"order.fulfillment.fulfillmentStatus": "CANCELLED", "order.lastUpdatedTime": "2025-03-10T15:30:00Z"}
    return whole, edited(whole, values)


def canceled_at(step: str) -> Callable[[Sequence[Message]], Outcome]:
    """Return the story in which Amazon cancels once a step was done."""
    waves = intake_of("amazon-us", channel="market", pool="web", policy=IN_WAVES)

    def play(messages: Sequence[Message]) -> Outcome:
        scene = Scene(Amazon(), waves, now=ms("2025-03-10T14:30"), stock={"dc": {POP_SKU: 4}})
        scene.hear(messages[0])
        if step != "open":
            assert accepted([scene.do(allocate(O2))]) == [True]
        if step == "picked":
            scene.do(picked(f"{O2}/1", {POP: 1}))
        scene.now += HOUR_MS
        scene.hear(messages[1])
        scene.hear(messages[1])  # again
        scene.hear(messages[0])  # and the first one, late
        return scene.outcome([O2], [POP_SKU])

    return play


@pytest.mark.parametrize("step", ["open", "allocated", "picked"])
def test_amazon_cancels_before_it_has_left(step: str) -> None:
    """Whatever was done until then is undone to the piece; told again, or late, nothing moves."""
    end = canceled_at(step)(then_canceled())

    assert end.lines == {O2: {POP: {S.CANCELED: 1}}}
    assert end.told == {O2: {POP: {A.CALLED_OFF: 1}}}
    assert end.stock["dc"] == {POP_SKU: (4, 0)}
    assert end.can_be_sold[POP_SKU]["web"] == 4
    assert MarketCode.HAS_LEFT.value not in end.reasons
    assert end.sent == ()


def left_all_the_same() -> Sequence[Message]:
    """Return the sample as it is: the buyer took back what left all the same, in the package that we have confirmed."""
    values = {"orders.0.packages.0.packageReferenceId": f"{O1}/1"}
    return (edited(amazon("orders.json", f"{NEW}/searchOrders"), values),)


def intercepted(messages: Sequence[Message]) -> Outcome:
    """Play it, and take back what nobody wants."""
    scene = Scene(Amazon(), SELLER, now=ms("2024-12-25T14:50"), stock={"dc": {ECHO_SKU: 5, STICK_SKU: 5}})
    scene.hear(messages[0])
    wanted_no_more = scene.shop.see(unwanted_under_way(O1))
    assert wanted_no_more == {ECHO: 2}
    scene.do(returned("r-1", node="dc", order=O1, lines=wanted_no_more))
    assert scene.shop.see(unwanted_under_way(O1)) == {}
    return scene.outcome([O1], [ECHO_SKU, STICK_SKU])


def test_what_was_canceled_and_left_all_the_same_is_found_and_comes_back() -> None:
    """The node is right about its package, Amazon about its order: both are on record, and the view says what to do."""
    end = intercepted(left_all_the_same())

    assert end.lines == {O1: {ECHO: {S.CANCELED: 2, S.RETURNED: 2}, STICK: {S.DELIVERED: 1}}}
    assert end.told == {O1: {ECHO: {A.CALLED_OFF: 2}, STICK: {A.UNANSWERED: 1}}}
    assert end.stock["dc"] == {ECHO_SKU: (5, 0), STICK_SKU: (4, 0)}


# 6. A buyer's wish

O3, CARD, CARD_SKU = "902-1845936-5435065", "05015851154158", "NABetaASINB00551Q3CS"


def wished() -> Sequence[Message]:
    """Return the sample of v0 in one message, in which the buyer asks to cancel."""
    return (joined(amazon("v0_order.json", f"{V0}/getOrder"), amazon("v0_items.json", f"{V0}/getOrderItems")),)


def granted(messages: Sequence[Message]) -> Outcome:
    """A wish is asked for; it is granted, and Amazon hears of it."""
    pools = {"sampleSupplySourceId": "web"}
    intake = intake_of("amazon-us", channel="market", pool="stores", pools=pools)
    scene = Scene(Amazon(), intake, now=ms("1970-01-19T03:59"), stock={"dc": {CARD_SKU: 2}})
    assert accepted(scene.hear(messages[0])) == [True, True, True]
    scene.do(acknowledge(O3, reason="BUYER_CANCELED", by="buyer", id="1"))
    rates = performance(scene.journal(), market="amazon-us", now=scene.now)
    assert [(rate.counted, rate.of) for rate in rates] == [(0, 1), (0, 0), (0, 0), (0, 0)]
    return scene.outcome([O3], [CARD_SKU])


def test_what_the_buyer_asks_to_cancel_is_granted_and_not_counted_against_us() -> None:
    """It is a request, since nothing has happened yet."""
    end = granted(wished())

    assert end.lines == {O3: {CARD: {S.CANCELED: 1}}}
    assert end.told == {O3: {CARD: {A.REJECTED: 1}}}
    assert end.stock["dc"] == {CARD_SKU: (2, 0)}
    assert [topic for topic, _ in end.sent] == ["externalFulfillmentShipments_2024-09-11/processShipment"]


# 7. A shipment that is late

O4, O4_SKU = "TEST_CASE_200_MFN_SHIPMENT_ID", "1002400773021"


def for_a_store() -> Sequence[Message]:
    """Return the sample of what a store is to send; it was placed long after it should have left."""
    return (amazon("shipment.json", f"{SHIPMENTS}/getShipment"),)


def late(messages: Sequence[Message]) -> Outcome:
    """It is served all the same, and counts against us once it is confirmed."""
    intake = intake_of("amazon-in", channel="square", pool="", pools={"ABCD": "stores"})
    scene = Scene(Amazon(), intake, now=ms("2020-11-09T13:00"), stock={"store": {O4_SKU: 2}})
    scene.hear(messages[0])
    (risk,) = scene.shop.see(late_risk([O4], now=scene.now))
    assert (risk.clock, risk.node, risk.pieces) == ("ship_by", "store", {"1": 2})
    assert risk.left_ms < 0
    scene.do(shipped(f"{O4}/1"))
    rates = performance(scene.journal(), market="amazon-in", now=scene.now)
    assert [(rate.value, rate.is_kept, rate.room) for rate in rates] == [
        (Fraction(0), True, 0),
        (Fraction(1), False, -1),
        (Fraction(1), False, -1),
        (Fraction(1), False, -1),
    ]
    return scene.outcome([O4], [O4_SKU])


def test_a_shipment_after_its_clock_is_foretold_explained_and_counted() -> None:
    """Routing says that it can not be kept, the list that it is lost, the rates what that costs."""
    end = late(for_a_store())

    assert end.lines == {O4: {"1": {S.SHIPPED: 2}}}
    assert "fulfillment.past_ship_by" in end.reasons
    ((_, market),) = end.orders
    assert market is not None
    assert market.ship_by == ms("2020-06-09T14:00")
    assert end.stock["store"] == {O4_SKU: (0, 0)}


# 8. and 9. Amazon's own centers: what they report, what they send, what comes back to them

TEST_SKU, CR_SKU = "PSMM-TEST-SKU-Jan-21_19_59_44-0738", "CR-47K6-H6QN"


def sent_from_a_center() -> Sequence[Message]:
    """Return the sample of an order at the centers, whose shipment has left."""
    values = {"fulfillmentShipments.0.fulfillmentShipmentStatus": "SHIPPED"}
    return (edited(amazon("outbound_order.json", f"{OUT}/getFulfillmentOrder"), values),)


def by_a_center(messages: Sequence[Message]) -> Outcome:
    """The center sends; we only hear of it."""
    stock = {"fba": {TEST_SKU: 9, CR_SKU: 2}, "dc": {TEST_SKU: 1}}
    scene = Scene(AmazonOutbound(), SELLER, now=ms("2020-02-08T00:00"), stock=stock)
    scene.hear(messages[0])
    scene.hear(messages[0])
    claim = scene.do(reserve("c", place="fba", quantities={TEST_SKU: 1}))
    assert isinstance(claim, Refused)
    assert [each.code for each in claim.because] == [InventoryCode.NODE_CLOSED]
    return scene.outcome([], [TEST_SKU, CR_SKU])


def test_what_a_center_has_sent_is_a_fact_without_a_claim_of_ours() -> None:
    """It had two of three by the record: below zero until its next report, and said; nothing of ours is promised."""
    end = by_a_center(sent_from_a_center())

    assert end.stock["fba"] == {TEST_SKU: (8, 0), CR_SKU: (-1, 0)}
    assert end.can_be_sold[TEST_SKU] == {"web": 1, "stores": 0, "centers": 0}
    assert end.reasons.count(MarketCode.NOT_IN_REPORT.value) == 1
    assert [type(paper).__name__ for paper in end.left] == ["ShipRequest"] * 2


FOUND_SKU = "efptestsku1"


def reported() -> Sequence[Message]:
    """Return the sample of what a center has, and one of a piece that came back to it."""
    stock = amazon("inventory.json", f"{STOCK}/batchInventory")._replace(sent_at=ms("2021-03-18T12:00"))
    back = amazon("returns.json", f"{RETURNS}/listReturns")
    one = {"returns": json.loads(back.body)["returns"][:1]}
    values = {"status": "PROCESSED", "merchantSku": FOUND_SKU, "returnLocationId": "EXSB"}
    return (
        edited(stock, {"responses": json.loads(stock.body)["responses"][:1]}),
        edited(back, one | {f"returns.0.{path}": value for path, value in values.items()}),
    )


def counted_there(messages: Sequence[Message]) -> Outcome:
    """The center's report is the truth, and what came back after it is there besides."""
    scene = Scene(Amazon(), SELLER, now=ms("2021-03-17T00:00"), stock={"fba": {FOUND_SKU: 400}})
    scene.now = ms("2021-03-19T00:00")
    scene.hear(messages[1])  # out of order
    scene.hear(messages[0])
    (there,) = scene.shop.see(at_centers(FOUND_SKU))
    assert (there.node, there.counted_at) == ("fba", ms("2021-03-18T12:00"))
    return scene.outcome([], [FOUND_SKU])


def test_what_a_center_reports_and_takes_back_is_so_in_any_order() -> None:
    """Twenty for sale and five for orders are its shelf, whatever we thought; one came back and waits apart."""
    end = counted_there(reported())

    assert end.stock["fba"] == {FOUND_SKU: (26, 0)}
    assert end.can_be_sold[FOUND_SKU] == {"web": 0, "stores": 0, "centers": 0}
    assert end.left == ()


# 10. to 12. Square: to be fetched, canceled, refunded

O5, STRIP, STEAK = "CAISENgvlJ6jLWAzERDzjyHVybY", "8uSwfzvUImn3IRrvciqlXC", "v8ZuEXpOJpb0bazLuvrLDB"
STRIP_SKU, STEAK_SKU = "name:New York Strip Steak", "BEMYCSMIJL46OCDV4KYIKXIB"
PLATES = {"store": {STRIP_SKU: 2, STEAK_SKU: 2}}


def to_be_fetched() -> Sequence[Message]:
    """Return the sample of an order with a pick-up, as Square writes one."""
    pickup = {"type": "PICKUP", "state": "PROPOSED", "pickup_details": {"pickup_at": "2020-01-18T20:00:00Z"}}
    return (edited(square("CreateOrderResponse", "orders"), {"order.fulfillments": [pickup]}),)


def fetched(messages: Sequence[Message]) -> Outcome:
    """It is answered for, made ready, and handed over."""
    rules = MarketPolicy(acknowledge_hours=1)
    scene = Scene(Square(), intake_of("square", channel="square", pool="stores", rules=rules),
                  now=ms("2020-01-17T20:48"), stock=PLATES)  # fmt: skip
    scene.hear(messages[0])
    (unanswered,) = [each for each in scene.shop.see(late_risk([O5], now=scene.now)) if not each.node]
    assert (unanswered.clock, unanswered.left_ms) == ("acknowledge_by", HOUR_MS - 6_707)
    scene.do(acknowledge(O5, id="1"))
    (risk,) = scene.shop.see(late_risk([O5], now=scene.now))
    assert (risk.clock, risk.by, risk.node) == ("deliver_by", ms("2020-01-18T20:00"), "store")
    scene.do(ready(f"{O5}/1", collect_by=ms("2020-01-20T20:00")))
    assert scene.shop.see(late_risk([O5], now=scene.now)) == ()
    assert accepted([scene.do(collect(f"{O5}/1", by="customer", checked_by="id"))]) == [True]
    return scene.outcome([O5], [STRIP_SKU, STEAK_SKU])


def test_an_order_of_square_is_handed_over_by_the_time_it_is_fetched() -> None:
    """A clock that Square does not say is our policy's, and named as such."""
    end = fetched(to_be_fetched())

    assert end.lines == {O5: {STRIP: {S.COLLECTED: 1}, STEAK: {S.COLLECTED: 2}}}
    assert end.told == {O5: {STRIP: {A.ACCEPTED: 1}, STEAK: {A.ACCEPTED: 2}}}
    assert end.stock["store"] == {STRIP_SKU: (1, 0), STEAK_SKU: (0, 0)}
    ((_, market),) = end.orders
    assert market is not None
    assert market.assumed == ("acknowledge_by",)
    assert market.deliver_by == ms("2020-01-18T20:00")


def called_off_there() -> Sequence[Message]:
    """Return the sample of an order, and the same once it was canceled."""
    order, at = square("CreateOrderResponse", "orders"), "2020-01-18T00:00:00Z"
    return order, edited(order, {"order.state": "CANCELED", "order.closed_at": at, "order.updated_at": at})


def undone(messages: Sequence[Message]) -> Outcome:
    """The order that it cancels comes after it."""
    scene = Scene(Square(), TILL, now=ms("2020-01-18T00:01"), stock=PLATES)
    scene.hear(messages[1])
    scene.hear(messages[0])
    return scene.outcome([O5], [STRIP_SKU, STEAK_SKU])


def test_an_order_of_square_that_was_canceled_claims_nothing_whatever_comes_first() -> None:
    """The goods are back; its first message, late, opens nothing."""
    end = undone(called_off_there())

    assert end.lines == {O5: {STRIP: {S.CANCELED: 1}, STEAK: {S.CANCELED: 2}}}
    assert end.told == {O5: {STRIP: {A.CALLED_OFF: 1}, STEAK: {A.CALLED_OFF: 2}}}
    assert end.stock["store"] == {STRIP_SKU: (2, 0), STEAK_SKU: (2, 0)}
    assert end.can_be_sold[STEAK_SKU]["stores"] == 2


def refunded() -> Sequence[Message]:
    """Return the samples of an order, and of a refund, of that order."""
    refund = edited(square("RefundPaymentResponse", "refunds"), {"refund.order_id": O5})
    return square("CreateOrderResponse", "orders"), refund


def money_back(messages: Sequence[Message]) -> Outcome:
    """Money goes back and nothing else does: it moves no goods, and no room takes it yet."""
    scene = Scene(Square(), TILL, now=ms("2021-10-13T21:24"), stock=PLATES)
    scene.hear(messages[0])
    scene.hear(messages[1])
    return scene.outcome([O5], [STRIP_SKU, STEAK_SKU])


def test_a_refund_of_square_moves_no_goods_and_is_handed_on() -> None:
    """To whoever takes money: it is left, and not dropped."""
    end = money_back(refunded())

    assert end.lines == {O5: {STRIP: {S.ALLOCATED: 1}, STEAK: {S.ALLOCATED: 2}}}
    assert end.stock["store"] == {STRIP_SKU: (2, 1), STEAK_SKU: (2, 2)}
    (refund,) = end.left
    assert isinstance(refund, Refund)
    assert (refund.order, refund.amount_minor, refund.fee_minor) == (O5, 1_000, -10)


# What a story rests on

TWICE = ("order.location_id", "0.order.updated_at")
"""Which counter took an order serves nothing yet; the sample was updated when it was created."""
STORIES: Mapping[str, Story] = {
    "acknowledged in part": Story(Amazon(), lambda: (unshipped(),), in_part),
    **{f"canceled when {step}": Story(Amazon(), then_canceled, canceled_at(step)) for step in ("open", "picked")},
    "canceled when it has left": Story(Amazon(), left_all_the_same, intercepted, ("packages.0.carrier",)),
    "a buyer's wish": Story(Amazon(), wished, granted),
    "late": Story(Amazon(), for_a_store, late),
    "sent by a center": Story(AmazonOutbound(), sent_from_a_center, by_a_center),
    "reported by a center": Story(Amazon(), reported, counted_there),
    "fetched": Story(Square(), to_be_fetched, fetched, TWICE),
    "canceled at Square": Story(Square(), called_off_there, undone, (*TWICE, "0.order.reference_id")),
    "refunded": Story(Square(), refunded, money_back, TWICE),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_field_that_counts_is_missed(name: str) -> None:
    """Without it the story says what is missing, or it ends otherwise."""
    port, messages, play, unmissed = STORIES[name]
    whole = messages()
    end = play(whole)
    looked, passed = 0, []
    for number, message in enumerate(whole):
        body = json.loads(message.body)
        for path in fields_that_count(port, message):
            less = json.dumps(without(body, steps_of(path)))
            told = [*whole[:number], message._replace(body=less), *whole[number + 1 :]]
            looked += 1
            where = f"{number}.{path}"
            if _ends_so(play, told, end) and not where.endswith((*unmissed, "/")):
                passed.append(where)
    assert looked > 5
    assert not passed, ", ".join(passed)


def _ends_so(play: Callable[[Sequence[Message]], Outcome], told: Sequence[Message], end: Outcome) -> bool:
    """Tell whether a story can be told so, and ends in the same way."""
    try:
        return play(told) == end
    except (UnicommerceError, AssertionError, ValueError):
        return False


def test_the_shop_of_the_stories_has_nothing_to_find_fault_with() -> None:
    """A center is in a pool of its own, which no channel sells from."""
    assert {channel.pool for channel in CATALOG.channels} == {"web", "stores"}
