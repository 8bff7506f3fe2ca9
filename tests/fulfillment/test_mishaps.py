"""What breaks, by example: what is said of it, what is owed, and what becomes of lots, quotas and the books."""

from collections.abc import Callable

import attrs
import pytest

from tests.finance.test_decisions import books, posted
from tests.fulfillment.pickups import codes, ordering, sent, states, stocked, waiting
from tests.fulfillment.test_pickups import check, held
from tests.laws.world import CATALOG, NETWORK, World, make_order
from tests.lots.shop import TODAY, shop
from tests.values.bad import NAMES, PIECES, refused
from unicommerce.catalog import Channel
from unicommerce.fulfillment import (
    Found,
    FulfillmentCode,
    FulfillmentPolicy,
    LinePieces,
    Owed,
    RejectionReason,
    allocate,
    attempts_key,
    collected,
    damaged,
    declined,
    delivered,
    detour_key,
    found,
    intercept,
    intercepted,
    lost,
    make_good,
    missing_from,
    packed,
    picked,
    put_down,
    ready,
    rejected,
    sent_back,
    shipped,
    undeliverable,
)
from unicommerce.inventory import CUSTOMER, availability, goods, received
from unicommerce.inventory.documents import quota, quota_claimed
from unicommerce.ledger import Accepted, Account, Disagreed, LedgerCode, Reason, Refused, Telling, explain
from unicommerce.lots import BatchReceived, received_lots
from unicommerce.orders import line_unit, ordered

REFUNDS = FulfillmentPolicy(when_lost=Owed.REFUND)


def home(quantity: int = 3, *, stock: int = 3) -> World:
    """Return a shop with an order of mugs that north ships."""
    return ordering(stocked(north={"MUG": stock}), make_order("o", pool="web", skus=("MUG",)), MUG=quantity)


def under_way(quantity: int = 3, *, stock: int = 3) -> World:
    """Return the same, once it has left."""
    world = home(quantity, stock=stock)
    world.tell(shipped("o/1"))
    return world


# In a node's hands


def test_what_broke_at_packing_comes_from_elsewhere_and_the_rest_goes_on() -> None:
    """Given three in hand, when one breaks, then it is set apart, two are sent, and another node is asked for one."""
    world = home()
    world.tell(received("more", node="dc", quantities={"MUG": 5}))
    world.tell(damaged("o/1", {"1": 1}, reason="dropped"))
    world.tell(packed("o/1", {"1": 2}))
    answer = world.ask(allocate("o", id="again"))

    assert states(check(world)) == {"packed": 2, "allocated": 1}
    assert held(world)["north damaged"] == 1
    assert [(each.id, each.node) for each in world.shipments] == [("o/1", "north"), ("o/2", "dc")]
    assert "north has turned this order down before" in explain(answer)


def test_what_breaks_at_the_counter_is_the_counters() -> None:
    """Given the store sets out what another node had sent, when it breaks there, then the store is not asked again."""
    world = sent(2)
    world.tell(ready("o/1"))
    world.tell(damaged("o/1", {"1": 1}))
    attempts = world.ledger.document(attempts_key("o"))

    assert attempts is not None
    assert [(each.node, each.reason) for each in attempts.rejections] == [("north", RejectionReason.DAMAGED)]
    assert held(check(world))["north damaged"] == 1


def test_a_node_that_closes_while_it_picks_keeps_the_goods_and_gives_the_claims_back() -> None:
    """Given one piece picked and two not, when it closes, then all are open, and nobody can have what is there."""
    world = home()
    world.tell(picked("o/1", {"1": 1}))
    shut = tuple([attrs.evolve(node, is_open=node.id != "north" and node.is_open) for node in NETWORK.nodes])
    closing = attrs.evolve(NETWORK, revision=2, nodes=shut)
    world.shop.revise(attrs.evolve(CATALOG, network=closing), now=world.now)
    world.tell(put_down("o/1", "north", reason="closed"))
    there, can_be_sold = held(check(world)), world.shop.see(availability("MUG")).pools["web"]
    world.tell(received("more", node="dc", quantities={"MUG": 5}))
    world.ask(allocate("o", id="again"))

    assert there == {"north sellable": 3, "pool:web sellable": -3, "pool:web reserved": 3}
    assert can_be_sold == -3
    assert [each.node for each in world.shipments] == ["north", "dc"]
    assert states(check(world)) == {"allocated": 3}


def test_a_closing_is_one_attempt_whatever_was_picked() -> None:
    """Two events, one memory: the node had no time for it."""
    world = home()
    world.tell(picked("o/1", {"1": 1}))
    world.tell(put_down("o/1", "north"))
    attempts = world.ledger.document(attempts_key("o"))

    assert attempts is not None
    assert attempts.rejected == 1
    assert {each.reason for each in attempts.rejections} == {RejectionReason.BUSY}


def test_only_the_counter_that_closes_gives_back_what_waits_there() -> None:
    """Given the pieces wait at north, when their sender closes, then nothing happens to them."""
    world = sent(2)
    world.tell(ready("o/1"))
    late = world.tell(put_down("o/1", "dc"))
    world.tell(put_down("o/1", "north", id="counter"))

    assert [type(event) for event in late.events] == [Disagreed]
    assert states(check(world)) == {"open": 2}
    assert held(world)["north sellable"] == 2
    assert world.ledger.due(2**53, 9) == ()


def test_what_is_declined_at_the_counter_is_on_the_shelf_and_refunded() -> None:
    """Given two wait, when the customer takes one, then the other is canceled there and its price is due."""
    world = waiting(2)
    world.tell(ready("o/1"))
    answer = world.tell(declined("o/1", {"1": 1}, reason="too small"))
    world.tell(collected("o/1"))

    assert answer.because == (Reason(FulfillmentCode.REFUND_DUE, line_unit("o", "1"), 1, 1_000, "10.00 USD"),)
    assert states(check(world)) == {"collected": 1, "canceled": 1}
    assert held(world) == {"customer delivered": 1, "north sellable": 1}


# On the way


def test_what_was_lost_is_sent_again_as_far_as_there_is_enough() -> None:
    """Given a spare at the node, when a parcel is lost, then it is ordered no more than it was, and served again."""
    world = under_way(2, stock=4)
    world.tell(lost("o/1"))
    gone = states(world)
    owed = world.ask(make_good("o/1"))
    again = states(world)
    world.ask(allocate("o", id="again"))
    world.tell(delivered("o/2"))

    assert (gone, again) == ({"lost": 2}, {"open": 2})
    assert owed.because == (Reason(FulfillmentCode.SENT_AGAIN, line_unit("o", "1"), 2, None, "MUG"),)
    assert states(check(world)) == {"delivered": 2}
    assert ordered(world.ledger, line_unit("o", "1")) == 2
    assert held(world) == {"customer delivered": 2, "loss lost": 2}


@pytest.mark.parametrize(("stock", "policy"), [(2, FulfillmentPolicy()), (4, REFUNDS)], ids=["none left", "by policy"])
def test_what_is_not_sent_again_is_refunded(stock: int, policy: FulfillmentPolicy) -> None:
    """Given there is none left, or the policy says so, then it stays lost; asked again, it is the same answer."""
    world = under_way(2, stock=stock)
    world.tell(lost("o/1"))
    before = len(world.journal())
    answers = [world.ask(make_good("o/1", policy=policy, id=id)) for id in ("a", "b")]

    assert [codes(answer.because) for answer in answers] == [[FulfillmentCode.REFUND_DUE]] * 2
    assert len(world.journal()) == before
    assert states(check(world)) == {"lost": 2}


def test_a_parcel_that_arrives_after_all_takes_the_place_of_the_other_one() -> None:
    """Given it was sent again and no node has that in hand, then that is taken back, and the customer has two."""
    world = under_way(2, stock=4)
    world.tell(lost("o/1"))
    world.ask(make_good("o/1"))
    world.ask(allocate("o", id="again"))
    answer = world.tell(delivered("o/1"))

    assert any(isinstance(event, Found) for event in answer.events)
    assert states(check(world)) == {"delivered": 2}
    assert held(world) == {"customer delivered": 2, "north sellable": 2}
    assert ordered(world.ledger, line_unit("o", "1")) == 2


def test_a_parcel_that_arrives_after_the_other_one_is_one_more_than_was_ordered() -> None:
    """Given the customer has the second by then, then both are on record, and what is too much can come back."""
    world = under_way(2, stock=4)
    world.tell(lost("o/1"))
    world.ask(make_good("o/1"))
    world.ask(allocate("o", id="again"))
    world.tell(delivered("o/2"))
    world.tell(found("o/1"))
    on_the_way = states(check(world))
    world.tell(delivered("o/1"))

    assert on_the_way == {"shipped": 2, "delivered": 2}
    assert states(check(world)) == {"delivered": 4}
    assert ordered(world.ledger, line_unit("o", "1")) == 4
    assert held(world) == {"customer delivered": 4}


def test_a_carton_that_is_found_after_the_others_arrived_is_delivered_by_itself() -> None:
    """Given one of three was lost, then the delivery of the others does not find it; what finds it is told."""
    world = under_way(3)
    world.tell(lost("o/1", {"1": 1}))
    world.tell(delivered("o/1"))
    without = states(world)
    world.tell(found("o/1"))
    world.tell(delivered("o/1", part="last"))

    assert without == {"lost": 1, "delivered": 2}
    assert states(check(world)) == {"delivered": 3}


def test_a_parcel_for_a_store_that_was_lost_is_ready_there_after_all() -> None:
    """Given the store sets it out, then it was found, sent, and arrived."""
    world = sent(2)
    world.tell(lost("o/1"))
    world.tell(ready("o/1"))

    assert states(check(world)) == {"ready": 2}
    assert held(world) == {"north reserved": 2}


@pytest.mark.parametrize(
    ("condition", "place"), [("quarantine", "quarantine"), ("sellable", "sellable"), ("damaged", "damaged")]
)
def test_what_comes_back_undelivered_stands_where_somebody_who_looked_says(condition: str, place: str) -> None:
    """Given a carrier can not deliver, then nothing moves until it is back, at any node, and it is refunded."""
    world = under_way(2)
    world.tell(undeliverable("o/1", reason="no such street"))
    away = states(world)
    world.tell(sent_back("o/1", node="south", condition=condition, reason="no such street"))
    owed = world.ask(make_good("o/1"))

    assert away == {"shipped": 2}
    assert states(check(world)) == {"returned": 2}
    assert held(world)[f"south {place}"] == 2
    assert codes(owed.because) == [FulfillmentCode.REFUND_DUE]


def test_what_came_back_is_sent_again_where_the_policy_says_so() -> None:
    """Given the address was asked for, then it is open once more."""
    world = under_way(2, stock=4)
    world.tell(sent_back("o/1"))
    world.ask(make_good("o/1", policy=FulfillmentPolicy(when_sent_back=Owed.REPLACEMENT)))

    assert states(check(world)) == {"open": 2}


def test_a_parcel_is_stopped_by_asking_and_moves_when_it_is_back() -> None:
    """Given the customer does not want it any more, when the carrier brings it back, then it is refunded."""
    world = under_way(2)
    asked = world.ask(intercept("o/1", by="customer", reason="ordered twice"))
    wanted = world.ledger.document(detour_key("o/1"))
    world.tell(intercepted("o/1", comes_back=True, reason="stopped in Leipzig"))
    answered = world.ledger.document(detour_key("o/1"))
    world.tell(sent_back("o/1", condition="sellable"))

    assert isinstance(asked, Accepted)
    assert wanted is not None
    assert answered is not None
    assert (wanted.asked_by, wanted.comes_back) == ("customer", None)
    assert (answered.asked_by, answered.comes_back, answered.reason) == ("customer", True, "stopped in Leipzig")
    assert states(check(world)) == {"returned": 2}


def test_a_parcel_that_could_not_be_stopped_arrives() -> None:
    """What is asked of a carrier promises nothing; once it has arrived nothing can be stopped."""
    world = under_way(2)
    world.ask(intercept("o/1", by="us"))
    world.tell(intercepted("o/1", comes_back=False, reason="on the van"))
    world.tell(delivered("o/1"))
    late = world.ask(intercept("o/1", by="us", id="once more"))

    assert states(check(world)) == {"delivered": 2}
    assert late == Refused((Reason(FulfillmentCode.NOT_UNDER_WAY, "o/1"),))


def test_a_delivery_that_is_told_after_it_came_back_is_a_finding() -> None:
    """It was brought to us, not to the customer."""
    world = under_way(2)
    world.tell(sent_back("o/1"))
    answer = world.tell(delivered("o/1"))

    assert [reason.code for reason in answer.because] == [LedgerCode.DISAGREES]
    assert states(check(world)) == {"returned": 2}


LATE: dict[str, Callable[[], Telling[object]]] = {
    "damaged": lambda: damaged("o/1", {"1": 1}),
    "put down": lambda: put_down("o/1", "north"),
    "declined": lambda: declined("o/1"),
    "lost": lambda: lost("o/1"),
    "found": lambda: found("o/1"),
    "undeliverable": lambda: undeliverable("o/1", reason="unknown"),
    "intercepted": lambda: intercepted("o/1", comes_back=True),
    "sent back": lambda: sent_back("o/1"),
}


@pytest.mark.parametrize("name", LATE)
def test_what_is_said_too_late_moves_nothing_and_is_named(name: str) -> None:
    """The customer has it; whoever says otherwise is heard, and people look at it."""
    world = home()
    world.tell(delivered("o/1"))
    before = world.ledger.snapshot().balances
    answer = world.tell(LATE[name]())

    assert [type(event) for event in answer.events] == [Disagreed]
    assert [reason.code for reason in answer.because] == [LedgerCode.DISAGREES]
    assert world.ledger.snapshot().balances == before


# What is bad


@pytest.mark.parametrize("pieces", PIECES.values(), ids=list(PIECES))
def test_what_is_no_number_of_pieces_is_refused_by_name(pieces: object) -> None:
    """Each message says which field it is."""
    for message in (damaged, lost, found, sent_back, declined):
        assert refused(lambda told=message: told("s", {"1": pieces})) == ("quantity of 1", pieces)  # type: ignore[misc]


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_what_can_name_nothing_is_refused_by_name(name: object) -> None:
    """A node, and who wants a parcel stopped."""
    assert refused(lambda: put_down("s", name)) == ("node", name)  # type: ignore[arg-type]
    assert refused(lambda: intercept("s", by=name)) == ("by", name)  # type: ignore[arg-type]


def test_another_condition_is_refused_by_name() -> None:
    """What came back is somewhere that a node has."""
    assert refused(lambda: sent_back("s", condition="reserved")) == ("condition", "reserved")


# Lots, quotas, and the books


def milk() -> World:
    """Return a shop whose order of milk has left, of one lot."""
    world = shop()
    world.tell(received_lots("m", node="dc", batches=[BatchReceived("MILK", 4, "L1", expires_on=TODAY + 30)]))
    ordering(world, make_order("o", pool="web", skus=("MILK",)), MILK=2)
    return world


def lot(world: World, *accounts: Account) -> list[int]:
    """Return the pieces of the lot in each of these accounts."""
    return [world.ledger.balance(goods("MILK"), (account._replace(lot="L1"),)) for account in accounts]


def test_lots_go_where_their_pieces_go() -> None:
    """Given a lot breaks, is lost, found, and comes back, then each time it is known where it is."""
    world = milk()
    gone, there = missing_from("o/1", "1"), Account("dc", "quarantine")
    world.tell(damaged("o/1", {"1": 1}))
    broken = lot(world, Account("dc", "damaged"))
    world.tell(shipped("o/1"))
    world.tell(lost("o/1"))
    missing = lot(world, gone)
    world.tell(sent_back("o/1"))

    assert (broken, missing) == ([1], [1])
    assert lot(world, gone, there) == [0, 1]
    check(world)


def test_a_recall_finds_who_got_a_lot_that_was_lost_on_the_way() -> None:
    """Given it was sent again and arrives after all, then the customer has the lot under its shipment."""
    world = milk()
    world.tell(picked("o/1", {"1": 2}, lots=[LinePieces("1", "MILK", 2, "L1")]))
    world.tell(lost("o/1"))
    world.ask(make_good("o/1"))
    world.tell(delivered("o/1"))

    assert lot(world, CUSTOMER._replace(ref="o/1")) == [2]
    assert states(check(world)) == {"delivered": 2}


@pytest.mark.parametrize("is_found", [False, True])
def test_what_is_sent_again_draws_no_quota_twice(is_found: bool) -> None:  # noqa: FBT001 - a case
    """What a channel may claim in all is not used up by what a carrier lost."""
    channel = Channel(id="app", pool="web", quotas=(("MUG", 5),))
    world = stocked(attrs.evolve(CATALOG, channels=(channel,)), north={"MUG": 9})
    ordering(world, attrs.evolve(make_order("o", pool="web", skus=("MUG",)), channel="app"), MUG=4)
    world.tell(lost("o/1"))
    world.ask(make_good("o/1"))
    if is_found:
        world.tell(found("o/1"))

    assert world.ledger.balance(quota("app", "MUG"), (quota_claimed("app"),)) == 4
    check(world)


def _books(world: World, *ids: str) -> dict[str, int]:
    for id in ids:
        posted(world, id)
    return dict(books(world))


def test_a_parcel_that_was_lost_is_no_sale_and_its_goods_are_gone() -> None:
    """The sale is taken back at the cost that the goods left with; found and delivered after all, it is one."""
    world = under_way(2)
    sold = _books(world, "receipt/r north", "o/1/shipped")
    world.tell(lost("o/1"))
    gone = _books(world, "o/1/lost")
    world.tell(delivered("o/1"))
    again = _books(world, "o/1/found", "o/1/delivered")

    owed = {"received_not_invoiced": -3 * 433}
    assert sold == owed | {"inventory": 433, "cost_of_goods_sold": 866, "receivable": 2_000, "revenue": -2_000}
    assert gone == owed | {"inventory": 433, "shrinkage": 866, "returns": 2_000, "revenue": -2_000}
    assert again == owed | {
        "inventory": 433,
        "cost_of_goods_sold": 866,
        "receivable": 2_000,
        "returns": 2_000,
        "revenue": -4_000,
    }


def test_what_was_lost_on_its_way_to_a_store_was_never_sold() -> None:
    """It was ours until then: it leaves the inventory."""
    world = sent(2)
    world.tell(lost("o/1"))

    assert _books(world, "receipt/r dc", "o/1/shipped", "o/1/lost") == {
        "received_not_invoiced": -866,
        "shrinkage": 866,
    }


@pytest.mark.parametrize("to_a_store", [False, True], ids=["sent home", "sent to a store"])
def test_what_comes_back_undelivered_is_in_the_books_again(to_a_store: bool) -> None:  # noqa: FBT001 - a case
    """As a return is, or as if it had never left."""
    world = sent(2) if to_a_store else under_way(2, stock=2)
    world.tell(sent_back("o/1"))
    node = "dc" if to_a_store else "north"
    found_there = _books(world, f"receipt/r {node}", "o/1/shipped", "o/1/sent_back")

    sales = {} if to_a_store else {"returns": 2_000, "revenue": -2_000}
    assert found_there == {"inventory": 866, "received_not_invoiced": -866} | sales


def test_what_broke_is_ours_until_somebody_throws_it_away() -> None:
    """It is on hand, as damaged."""
    world = home(2, stock=2)
    world.tell(damaged("o/1", {"1": 1}))

    assert _books(world, "receipt/r north", "o/1/damaged") == {"inventory": 866, "received_not_invoiced": -866}


def test_a_rejection_and_a_broken_piece_are_two_attempts_of_two_shipments() -> None:
    """The cap of attempts counts what nodes turn down in whatever way."""
    world = home()
    world.tell(received("more", node="dc", quantities={"MUG": 5}))
    world.tell(damaged("o/1", {"1": 1}))
    world.ask(allocate("o", id="again"))
    world.tell(rejected("o/2", reason="busy"))
    attempts = world.ledger.document(attempts_key("o"))

    assert attempts is not None
    assert attempts.rejected == 2
