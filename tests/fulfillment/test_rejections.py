"""Rejections by example: where goods and claims go, who is asked again when, and what becomes of the rest."""

import attrs
import pytest

from tests.fulfillment.test_decisions import kinds, ordering, refusal, states
from tests.fulfillment.test_laws_of_rejections import mall
from tests.fulfillment.test_names import names, ordered, phones, sound
from tests.laws.world import LATER, NETWORK, NOW, World, make_order
from tests.values.bad import refused
from unicommerce.catalog import Catalog, Component, Product
from unicommerce.codec import Codec
from unicommerce.counts import counted
from unicommerce.fulfillment import (
    Allocated,
    Attempts,
    CoolOff,
    Exhausted,
    FulfillmentCode,
    FulfillmentPolicy,
    Picked,
    Rejected,
    RejectionPolicy,
    Scope,
    StandIn,
    Then,
    allocate,
    amend,
    attempts_key,
    capacity_used,
    node_day,
    picked,
    place,
    rejected,
    shipped,
)
from unicommerce.fulfillment.memory import turned_down
from unicommerce.inventory import InventoryCode, Released, adjusted, goods
from unicommerce.ledger import Accepted, Account, Decision, Disagreed, LedgerCode, Reason, explain
from unicommerce.orders import Amended, Canceled, OrderLine, Revised, Substitution, line_unit
from unicommerce.routing import PromiseCode, RoutingCode
from unicommerce.supply import Awaited, SupplyCode, expected, landed, promise_key
from unicommerce.values import DAY_MS, HOUR_MS

CLAIM_AT_CLUB = Account("pool:club", "reserved", "line:o/1")
HASTY = RejectionPolicy(busy=CoolOff(Scope.SKU, 0), not_found=CoolOff(Scope.SKU, 0), damaged=CoolOff(Scope.SKU, 0))
EVERY_ORDER = FulfillmentPolicy(rejections=RejectionPolicy(not_found=CoolOff(Scope.EVERY_ORDER, 9 * HOUR_MS)))


def policy(most: int | None, then: Then = Then.WAIT) -> FulfillmentPolicy:
    """Return a policy of so many attempts."""
    return FulfillmentPolicy(rejections=RejectionPolicy(most_attempts=most, then=then))


def nodes(answer: Decision) -> list[str]:
    """Return the nodes that are given something."""
    assert isinstance(answer, Accepted)
    return [event.shipment.node for event in answer.events if isinstance(event, Allocated)]


@pytest.mark.parametrize(
    ("reason", "state"), [("busy", "sellable"), ("not_found", "quarantine"), ("damaged", "damaged")]
)
def test_the_reason_decides_the_goods(reason: str, state: str) -> None:
    """On the shelf, looked for, or set apart; the claim is at the pool either way, and the rest stays with the node."""
    world = ordering(3, pool="club")
    before = world.ledger.balance(goods("MUG"), (Account("north", state),))
    answer = world.tell(rejected("o/1", {"1": 2}, reason=reason))

    assert [type(event) for event in answer.events] == [Rejected]
    assert world.ledger.balance(goods("MUG"), (Account("north", state),)) == before + 2
    assert world.ledger.balance(goods("MUG"), (CLAIM_AT_CLUB,)) == 2
    assert states(world) == {"open": 2, "allocated": 1}


def test_what_a_node_could_handle_that_day_stays_used() -> None:
    """It said itself that it can not; the next order is not sent there instead."""
    world = ordering(2, pool="corner")
    shipment = world.shipments[0]
    world.tell(rejected("o/1", reason="busy"))
    used = world.ledger.balance(node_day(shipment.node, shipment.day), (capacity_used(shipment.node),))

    assert used == 2


def test_what_has_left_the_node_is_no_longer_rejected() -> None:
    """A late message changes nothing, and what it says of pieces that are gone is a finding."""
    world = ordering(2, pool="club")
    world.tell(shipped("o/1"))
    before = world.ledger.snapshot().balances
    late = world.tell(rejected("o/1", {"1": 2}, reason="damaged"))
    later = world.tell(rejected("o/1", reason="damaged", id="all"))
    attempts = world.ledger.document(attempts_key("o"))

    assert [type(event) for event in (*late.events, *later.events)] == [Disagreed, Disagreed]
    assert late.because == (Reason(LedgerCode.DISAGREES, "o/1/rejected", 0, 2, "pieces of line 1"),)
    assert later.because == (Reason(LedgerCode.DISAGREES, "o/1/rejected/all", 0, "all", "pieces"),)
    assert world.ledger.snapshot().balances == before
    assert attempts is not None
    assert attempts.rejected == 0


def test_what_was_rejected_and_picked_all_the_same_is_taken_as_picked() -> None:
    """The store found time after all: its pieces are claimed for it again."""
    world = ordering(2, pool="club")
    world.tell(rejected("o/1", reason="busy"))
    answer = world.tell(picked("o/1", {"1": 2}))

    assert [type(event) for event in answer.events] == [Allocated, Picked]
    assert states(world) == {"picked": 2}


def test_a_shipment_is_rejected_in_parts_under_ids_of_their_own() -> None:
    """Two messages, one attempt; what is beyond the shipment is named."""
    world = ordering(3, pool="club")
    world.tell(rejected("o/1", {"1": 1}, reason="damaged", id="a"))
    answer = world.tell(rejected("o/1", {"1": 4, "9": 1}, reason="busy", id="b"))
    attempts = world.ledger.document(attempts_key("o"))

    assert states(world) == {"open": 3}
    assert [(reason.found, reason.needed) for reason in answer.because] == [(2, 4), (0, 1)]
    assert attempts is not None
    assert attempts.rejected == 1
    assert [(each.node, each.sku, each.reason, each.at) for each in attempts.rejections] == [
        ("north", "MUG", "damaged", NOW),
        ("north", "MUG", "busy", NOW),
    ]


@pytest.mark.parametrize("reason", ["", "lost", "BUSY"])
def test_a_reason_that_nobody_knows_is_refused(reason: str) -> None:
    """Nobody could say where the goods are."""
    assert refused(lambda: rejected("o/1", reason=reason)) == ("reason", reason)


def test_a_policy_that_means_nothing_is_refused() -> None:
    """A busy store says nothing of what is on its shelf; no attempt at all would route nothing."""
    assert refused(lambda: RejectionPolicy(busy=CoolOff(Scope.EVERY_ORDER)))[0] == "scope of busy"
    assert refused(lambda: RejectionPolicy(damaged=CoolOff(Scope.SKU, -1)))[0] == "lasts_ms of damaged"
    assert refused(lambda: RejectionPolicy(most_attempts=0)) == ("most_attempts", 0)


# Asked again


def test_a_busy_store_is_asked_again_when_its_time_is_over() -> None:
    """Not a millisecond before a day has passed."""
    world = ordering(4, pool="club", stock=4)
    world.tell(rejected("o/1", reason="busy"))
    world.ask(allocate("o", id="to the other"))
    world.tell(rejected("o/2", reason="busy"))
    world.now += DAY_MS - 1
    early = refusal(world.ask(allocate("o", id="early")))
    world.now += 1
    answer = world.ask(allocate("o", id="in time"))

    assert [reason.code for reason in early] == [RoutingCode.TURNED_DOWN] * 2 + [FulfillmentCode.WAITS]
    assert nodes(answer) == ["north"]


def test_a_store_that_has_no_mugs_is_asked_for_cups() -> None:
    """What was not found is that SKU; the others of the order may come from there still."""
    world = mall()
    world.ask(place(make_order("o", pool="web", skus=("MUG", "CUP")), {"1": 1, "2": 1}, policy=LATER))
    world.ask(allocate("o"))
    world.tell(rejected("o/1", {"1": 1}, reason="not_found"))
    world.ask(amend("o", {"2": 2}, id="more"))
    answer = world.ask(allocate("o", id="again"))
    first = world.shipments[0].node
    assert isinstance(answer, Accepted)
    given = {
        line.sku: event.shipment.node for event in answer.events if isinstance(event, Allocated) for line in event.lines
    }

    assert given["MUG"] != first
    assert RoutingCode.TURNED_DOWN not in [reason.code for reason in answer.because]


def test_no_order_asks_for_what_was_not_found_until_it_was_counted() -> None:
    """The book of that shelf is in doubt, for a time at most; a count of before does not end it, one of after does."""
    world = mall()
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 1}, policy=EVERY_ORDER))
    world.tell(rejected("o/1", reason="not_found"))
    world.tell(counted("before", node="a", quantities={"MUG": 60}, as_of=NOW - 1))
    doubted = world.ask(place(make_order("p", pool="web", skus=("MUG",)), {"1": 1}, policy=EVERY_ORDER))
    cups = world.ask(place(make_order("q", pool="web", skus=("CUP",)), {"1": 1}, policy=EVERY_ORDER))
    carefree = world.ask(place(make_order("r", pool="web", skus=("MUG",)), {"1": 1}))
    world.tell(counted("after", node="a", quantities={"MUG": 60}, as_of=NOW, of="shelf"))
    settled = world.ask(place(make_order("s", pool="web", skus=("MUG",)), {"1": 1}, policy=EVERY_ORDER))
    world.now += 1
    world.tell(rejected("s/1", {"1": 1}, reason="not_found"))
    again = world.ask(place(make_order("t", pool="web", skus=("MUG",)), {"1": 1}, policy=EVERY_ORDER))
    world.now += 9 * HOUR_MS
    later = world.ask(place(make_order("u", pool="web", skus=("MUG",), at=world.now), {"1": 1}, policy=EVERY_ORDER))

    assert [nodes(each) for each in (doubted, cups, carefree)] == [["b"], ["a"], ["a"]]
    assert [nodes(each) for each in (settled, again, later)] == [["a"], ["b"], ["a"]]


def test_a_broken_piece_does_not_end_the_doubt_about_missing_ones() -> None:
    """Each reason has a time of its own; the count is what ends them all."""
    world = mall()
    for id, reason in (("o", "not_found"), ("p", "damaged")):
        world.ask(place(make_order(id, pool="web", skus=("MUG",)), {"1": 1}))
        world.tell(rejected(f"{id}/1", reason=reason))
        world.now += 1
    answer = world.ask(place(make_order("q", pool="web", skus=("MUG",)), {"1": 1}, policy=EVERY_ORDER))

    assert [shipment.node for shipment in world.shipments[:2]] == ["a", "a"]
    assert nodes(answer) == ["b"]


def test_what_older_journals_say_of_attempts_is_read_and_holds_for_ever() -> None:
    """They name nodes alone, without a reason or a moment."""
    old = b'{"kind":"fulfillment.attempts","order":"o","revision":3,"shipments":2,"turned_down":["north"]}'
    read = Codec().decode_document(old)

    assert read == Attempts(order="o", revision=3, shipments=2, turned_down=("north",))
    assert isinstance(read, Attempts)
    assert read.rejected == 1
    assert turned_down(World().ledger, read, "north", ("MUG",), policy=HASTY, now=NOW) == ("MUG",)


def test_a_promise_that_moved_says_why() -> None:
    """The next day another store takes it up: a day later than the first would have had it there."""
    world = ordering(2, pool="club")
    world.tell(rejected("o/1", reason="busy"))
    same = world.ask(allocate("o", id="at once"))
    world.tell(rejected("o/2", reason="busy"))
    world.now += DAY_MS
    later = world.ask(allocate("o", id="the next day"))

    assert Reason(PromiseCode.NODE, "south", "north", "south", "+0 min") in same.because
    assert Reason(PromiseCode.NODE, "north", "south", "north", "+1440 min") in later.because
    assert "it comes from north instead of south: +1440 min" in explain(later)


# Enough is enough


def test_after_so_many_attempts_the_order_waits_for_people() -> None:
    """It is not routed again by itself, and says so with figures; who asks for another number is answered."""
    world = ordering(2, pool="club")
    world.tell(rejected("o/1", reason="busy"))
    because = refusal(world.ask(allocate("o", id="by itself", policy=policy(1))))
    answer = world.ask(allocate("o", id="by people", policy=policy(None)))

    assert because == (
        Reason(FulfillmentCode.MOST_ATTEMPTS, "o", 1, 1),
        Reason(FulfillmentCode.WAITS, line_unit("o", "1"), 2),
    )
    assert nodes(answer) == ["south"]


def test_after_so_many_attempts_the_order_is_canceled() -> None:
    """Only what is open, with its claim; what another store has it keeps, and the count starts over."""
    world = ordering(6, pool="club", stock=4)
    world.tell(rejected("o/1", reason="busy"))
    answer = world.ask(allocate("o", id="by itself", policy=policy(1, Then.CANCEL)))
    rest = states(world)
    world.ask(amend("o", {"1": 7}, id="more"))
    more = world.ask(allocate("o", id="again", policy=policy(1, Then.CANCEL)))

    assert kinds(answer) == [Exhausted, Canceled, Released]
    assert answer.because[-1] == Reason(FulfillmentCode.GIVEN_UP, line_unit("o", "1"), 4, None, "MUG")
    assert rest == {"allocated": 2, "canceled": 4}
    assert world.ledger.balance(goods("MUG"), (CLAIM_AT_CLUB,)) == 0
    assert nodes(more) == ["south"]


def test_after_so_many_attempts_the_order_waits_for_what_is_expected() -> None:
    """Its promise is that of the inbound; when that lands, it is routed again, for these are other goods."""
    world = ordering(2, pool="club")
    world.tell(expected("po", node="north", quantities={"MUG": 2}, expected_at=NOW + 3 * DAY_MS))
    world.tell(rejected("o/1", reason="busy"))
    answer = world.ask(allocate("o", id="by itself", policy=policy(1, Then.BACKORDER)))
    waiting, promise = states(world), world.ledger.document(promise_key("o"))
    world.now += 3 * DAY_MS
    world.tell(landed("r", inbound="po", node="north", quantities={"MUG": 2}))
    landing = world.ask(allocate("o", id="landed", policy=policy(1, Then.BACKORDER)))

    assert kinds(answer) == [Exhausted, Released, Awaited]
    assert answer.because[-1] == Reason(SupplyCode.BACKORDERED, line_unit("o", "1"), 2, 2, "MUG")
    assert waiting == {"backordered": 2}
    assert promise is not None
    assert promise.promised_at is not None
    assert promise.promised_at >= NOW + 3 * DAY_MS
    assert nodes(landing) == ["north"]


def test_where_nothing_is_expected_the_order_waits_as_it_stands() -> None:
    """The reasons say what was found at the inbounds, and nothing is on record."""
    world = ordering(2, pool="club")
    world.tell(rejected("o/1", reason="busy"))
    because = refusal(world.ask(allocate("o", id="by itself", policy=policy(1, Then.BACKORDER))))

    assert [reason.code for reason in because] == [
        FulfillmentCode.MOST_ATTEMPTS,
        SupplyCode.SHORT,
        FulfillmentCode.WAITS,
    ]
    assert states(world) == {"open": 2}


def wants(rule: Substitution, *skus: str) -> World:
    """Return a shop whose order of mugs was turned down, and may be of other SKUs as the customer says."""
    line = OrderLine(id="1", sku="MUG", price_minor=1000, substitution=rule, substitutes=skus)
    world = World()
    world.ask(place(attrs.evolve(make_order("o", pool="club", skus=("MUG",)), lines=(line,)), {"1": 2}))
    world.tell(rejected("o/1", reason="not_found"))
    return world


INSTEAD = attrs.evolve(policy(1, Then.SUBSTITUTE), stand_ins=(StandIn("LID", "MUG"), StandIn("CUP", "MUG")))


def test_after_so_many_attempts_another_sku_comes_instead() -> None:
    """The one that the customer has named first and that nodes have all of; what the mugs had claimed is free."""
    world = wants(Substitution.LISTED, "LID", "CUP")
    world.tell(adjusted("lids", node="north", sku="LID", change=-4))
    world.tell(adjusted("more lids", node="south", sku="LID", change=-3))
    answer = world.ask(allocate("o", id="by itself", policy=INSTEAD))

    assert kinds(answer)[:3] == [Exhausted, Revised, Amended]
    assert nodes(answer) == ["north"]
    assert Reason(FulfillmentCode.SUBSTITUTED, line_unit("o", "1"), 2, 1000, "CUP") in answer.because
    assert Reason(InventoryCode.SHORT, "pool:club", 1, 2, "LID") in answer.because
    assert states(world) == {}
    assert states(world, "1+1") == {"allocated": 2}
    assert world.ledger.balance(goods("MUG"), (CLAIM_AT_CLUB,)) == 0


@pytest.mark.parametrize(
    ("rule", "skus", "codes"),
    [
        (Substitution.NONE, (), [FulfillmentCode.NO_SUBSTITUTE] * 2),
        (Substitution.ASK, (), [FulfillmentCode.NOT_AGREED] * 2),
        (Substitution.LISTED, ("HAT",), [FulfillmentCode.NOT_LISTED] * 2),
    ],
)
def test_where_the_customer_wants_nothing_else_the_order_waits(
    rule: Substitution, skus: tuple[str, ...], codes: list[FulfillmentCode]
) -> None:
    """One reason for each SKU of the table, and nothing is on record."""
    world = wants(rule, *skus)
    because = refusal(world.ask(allocate("o", id="by itself", policy=INSTEAD)))

    assert [reason.code for reason in because] == [FulfillmentCode.MOST_ATTEMPTS, *codes, FulfillmentCode.WAITS]
    assert states(world) == {"open": 2}


@pytest.mark.parametrize(("lines", "waits"), [(None, ()), ({"1.1": 1}, ("line:o/1.1",))])
def test_a_kit_is_given_up_whole_or_waits(lines: dict[str, int] | None, waits: tuple[str, ...]) -> None:
    """A part of a kit whose other part is on its way is nothing that can be canceled alone: people see to it."""
    kit = Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 1)))
    world = World(Catalog(network=NETWORK, products=(kit,)))
    world.ask(place(make_order("o", pool="club", skus=("SET",)), {"1": 1}))
    world.tell(rejected("o/1", lines, reason="damaged"))
    answer = world.ask(allocate("o", id="by itself", policy=policy(1, Then.CANCEL)))
    left = [reason.subject for reason in answer.because if reason.code is FulfillmentCode.WAITS]

    assert tuple(left) == waits
    assert isinstance(answer, Accepted) != bool(waits)


# Pieces with a name


@pytest.mark.parametrize(
    ("reason", "state"), [("busy", "sellable"), ("damaged", "damaged"), ("not_found", "quarantine")]
)
def test_the_piece_that_an_order_has_by_name_is_where_the_reason_puts_it(reason: str, state: str) -> None:
    """Nobody need say which it was; the order has no name any more, and any piece will do."""
    world = phones("S1", "S2")
    ordered(world, "S2")
    told = world.tell(rejected("o/1", reason=reason))
    sound(world)
    again = world.ask(allocate("o", id="again"))

    assert told.because == ()
    assert names(world, state) >= {"S2"}
    assert names(world, "sellable") == ({"S1", "S2"} if reason == "busy" else {"S1"})
    assert [reason.subject for reason in again.because] == ["dc", "far", "PHONE"]
