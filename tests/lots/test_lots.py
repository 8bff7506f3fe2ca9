"""Lots by example: the expiry day, receipts, claims by name, recalls, owners, and orders that carry lots on."""

import pytest

from tests.laws.world import NOW, make_order
from tests.lots.shop import CATALOG, DAY, TODAY, shop
from unicommerce.catalog import at_local, local_day
from unicommerce.fulfillment import LinePieces, delivered, picked, place, shipped
from unicommerce.inventory import (
    CUSTOMER,
    SUPPLIER,
    InventoryCode,
    Lot,
    LotPieces,
    goods,
    lot_key,
    may_be_sold,
    on_hand,
    received,
    sellable,
    unsellable,
)
from unicommerce.ledger import Accepted, Account, Reason, ReasonCode, Refused, run
from unicommerce.lots import (
    BatchReceived,
    LotCode,
    claim_lots,
    hand_back,
    owner_account,
    pick_plan,
    recalled,
    received_lots,
    release_lots,
    stocks,
    trace,
    withdraw,
)

MILK = goods("MILK")


def codes(because: tuple[Reason, ...]) -> list[ReasonCode]:
    """Return the codes of reasons."""
    return [reason.code for reason in because]


@pytest.mark.parametrize(
    ("ahead", "minimum", "is_fit"),
    [(1, 0, True), (0, 0, True), (-1, 0, False), (5, 5, True), (4, 5, False), (6, 5, True)],
)
def test_the_last_day_and_the_life_that_is_left(ahead: int, minimum: int, *, is_fit: bool) -> None:
    """The printed day is the last; what must last five days more has at least five between today and it."""
    lot = Lot(sku="MILK", id="L", expires_on=TODAY + ahead)

    assert may_be_sold(lot, TODAY, minimum) is is_fit


@pytest.mark.parametrize(("node", "zone"), [("dc", "UTC"), ("far", "Pacific/Auckland")])
def test_every_guard_turns_at_local_midnight(node: str, zone: str) -> None:
    """What counts, what may be claimed and what is planned change in the same millisecond, by the node's calendar."""
    last = local_day(zone, NOW)
    midnight = at_local(zone, last + 1, 0)
    for moment, is_fit in ((midnight - 1, True), (midnight, False)):
        world = shop()
        world.tell(received_lots("r", node=node, batches=[BatchReceived("MILK", 3, "L", last)]))
        world.now = moment
        day = local_day(zone, moment)
        answers = {
            unsellable(world.ledger, CATALOG, node, "MILK", now=moment) == 0,
            bool(pick_plan("MILK", stocks(world.ledger, node, "MILK"), 1, day=day)),
            isinstance(world.ask(claim_lots("c", node=node, lots=[LotPieces("MILK", 1, "L")])), Accepted),
            isinstance(world.ask(withdraw("MILK", "L")), Refused),
        }
        assert answers == {is_fit}


def test_what_expires_shows_up_and_is_withdrawn_once() -> None:
    """Nothing depends on it: it only clears the shelf."""
    world = shop()
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 3, "L", TODAY)]))
    world.now += 2 * DAY
    assert [document.key for document in run(world.store.due(world.now, 9))] == [lot_key("MILK", "L")]

    assert isinstance(world.ask(withdraw("MILK", "L")), Accepted)

    assert run(world.store.due(world.now, 9)) == ()
    assert world.ledger.balance(MILK, (Account("dc", "quarantine", lot="L"),)) == 3
    assert codes(world.ask(withdraw("MILK", "L", id="2")).because) == [LotCode.NOTHING_TO_MOVE]


def test_a_lot_that_comes_with_another_day_keeps_its_first() -> None:
    """Two stories of one lot are a finding."""
    world = shop()
    world.tell(received_lots("r1", node="dc", batches=[BatchReceived("MILK", 3, "L", TODAY)]))
    answer = world.tell(received_lots("r2", node="far", batches=[BatchReceived("MILK", 2, "L", TODAY + 9)]))

    assert answer.because == (Reason(LotCode.DIFFERS, "L", TODAY, TODAY + 9, "expiry day"),)
    document = world.ledger.document(lot_key("MILK", "L"))
    assert document is not None
    assert document.expires_on == TODAY


def test_expired_goods_never_reach_the_shelf() -> None:
    """They are there, and in quarantine."""
    world = shop()
    answer = world.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 3, "L", TODAY - 1)]))

    assert codes(answer.because) == [LotCode.WITHHELD]
    assert world.ledger.balance(MILK, (sellable("dc"),)) == 0
    assert on_hand(world.ledger, node="dc", sku="MILK") == 3


def test_a_serial_is_in_the_house_once_and_may_come_back() -> None:
    """A second receipt is taken in without its number; after a hand-back the number is free again."""
    world = shop()
    world.tell(received_lots("r1", node="dc", batches=[BatchReceived("PHONE", 1, "S1", owner="acme")]))
    twice = world.tell(received_lots("r2", node="far", batches=[BatchReceived("PHONE", 1, "S1", owner="acme")]))

    assert codes(twice.because) == [LotCode.SERIAL_TWICE]
    assert world.ledger.balance(goods("PHONE"), (Account("far", "quarantine", lot="S1"),)) == 0
    assert on_hand(world.ledger, node="far", sku="PHONE") == 1

    assert isinstance(world.ask(hand_back("h", node="dc", lots=[LotPieces("PHONE", 1, "S1", "acme")])), Accepted)
    again = world.tell(received_lots("r3", node="far", batches=[BatchReceived("PHONE", 1, "S1", owner="acme")]))
    assert again.because == ()
    assert world.ledger.balance(goods("PHONE"), (Account("far", "sellable", lot="S1"),)) == 1


def test_a_claim_of_a_lot_leaves_what_was_promised_without_a_name() -> None:
    """Five good ones and five expired: what others were promised can only be the good ones."""
    world = shop()
    batches = [BatchReceived("MILK", 5, "OLD", TODAY), BatchReceived("MILK", 5, "NEW", TODAY + 9)]
    world.tell(received_lots("r", node="dc", batches=batches))
    world.ask(place(make_order("o", pool="web", skus=("MILK",)), {"1": 5}))
    world.now += DAY

    answer = world.ask(claim_lots("c", node="dc", lots=[LotPieces("MILK", 1, "NEW")]))

    assert codes(answer.because) == [LotCode.SHORT]


def test_what_is_released_too_late_is_not_for_sale() -> None:
    """The inverse, except where the lot has expired meanwhile."""
    world = shop()
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 5, "L", TODAY)]))
    before = world.ledger.snapshot().balances[MILK]
    for claim in ("c1", "c2"):
        world.ask(claim_lots(claim, node="dc", lots=[LotPieces("MILK", 2, "L")]))
    world.ask(release_lots("c1"))
    world.ask(release_lots("c2", id="now"))
    assert world.ledger.snapshot().balances[MILK] == before

    world.ask(claim_lots("c3", node="dc", lots=[LotPieces("MILK", 2, "L")]))
    world.now += DAY
    world.ask(release_lots("c3"))
    assert world.ledger.balance(MILK, (Account("dc", "quarantine", lot="L"),)) == 2
    assert codes(world.ask(release_lots("c3", id="2")).because) == [InventoryCode.ENDED]


def test_a_recall_finds_shelves_claims_shipments_and_customers() -> None:
    """Where is lot L: with a count for each, and in all what came."""
    world = shop()
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 10, "L", TODAY + 9)]))
    for number, steps in (("o1", 3), ("o2", 2), ("o3", 1)):
        world.ask(place(make_order(number, pool="web", skus=("MILK",)), {"1": 2}))
        shipment = f"{number}/1"
        for telling in (picked(shipment, {"1": 2}), shipped(shipment), delivered(shipment))[:steps]:
            world.tell(telling)
    world.ask(claim_lots("c", node="dc", lots=[LotPieces("MILK", 1, "L")]))

    world.tell(recalled("MILK", "L", reason="glass"))
    seen = world.shop.see(trace("MILK", "L"))

    assert (seen.came, seen.under_way, seen.gone) == (10, 2, 0)
    assert seen.with_customers == (("o1/1", 2),)
    assert set(seen.at_nodes) == {
        ("dc", "sellable", "", 3),
        ("dc", "reserved", "line:o3/1", 2),
        ("dc", "reserved", "claim:c", 1),
    }
    assert seen.refs() == ("claim:c", "line:o3/1", "o1/1")
    again = world.ask(claim_lots("x", node="dc", lots=[LotPieces("MILK", 1, "L")]))
    assert LotCode.MAY_NOT_BE_SOLD in codes(again.because)
    assert unsellable(world.ledger, CATALOG, "dc", "MILK", now=None) == 3


def test_a_recall_may_come_before_the_goods() -> None:
    """What comes of it later is withheld."""
    world = shop()
    world.tell(recalled("MILK", "L", reason="glass"))
    answer = world.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 3, "L", TODAY + 9)]))

    assert codes(answer.because) == [LotCode.WITHHELD]


def test_another_lot_than_proposed_is_taken_as_told() -> None:
    """The plan says OLD, the picker took NEW: the book follows the picker."""
    world = shop()
    batches = [BatchReceived("MILK", 5, "OLD", TODAY + 1), BatchReceived("MILK", 5, "NEW", TODAY + 9)]
    world.tell(received_lots("r", node="dc", batches=batches))
    world.ask(place(make_order("o", pool="web", skus=("MILK",)), {"1": 4}))

    answer = world.tell(picked("o/1", {"1": 4}, lots=[LinePieces("1", "MILK", 3, "NEW")]))

    assert answer.because == (Reason(LotCode.ASSUMED, "MILK", 1),)
    held = {lot: world.ledger.balance(MILK, (Account("dc", "sellable", lot=lot),)) for lot in ("OLD", "NEW")}
    assert held == {"OLD": 4, "NEW": 2}
    assert world.ledger.balance(MILK, (sellable("dc"),)) == 6


@pytest.mark.parametrize("told", [True, False])
def test_an_owner_is_never_lost_on_the_way(*, told: bool) -> None:
    """Received = sold + on hand, of each owner; our own leave first where nobody says which."""
    world = shop()
    batches = [BatchReceived("VASE", 3, owner="acme"), BatchReceived("VASE", 2)]
    world.tell(received_lots("r", node="dc", batches=batches))
    world.ask(place(make_order("o", pool="web", skus=("VASE",)), {"1": 3}))
    lots = [LinePieces("1", "VASE", 3, owner="acme")] if told else []
    for telling in (picked("o/1", {"1": 3}, lots=lots), shipped("o/1"), delivered("o/1")):
        world.tell(telling)

    vase, sold = goods("VASE"), 3 if told else 1
    assert world.ledger.balance(vase, (CUSTOMER._replace(owner="acme"),)) == sold
    assert world.ledger.balance(vase, (owner_account("dc", "sellable", "acme"),)) == 3 - sold
    assert world.ledger.balance(vase, (SUPPLIER._replace(owner="acme"),)) == -3


def test_goods_that_are_not_told_apart_name_no_lot() -> None:
    """A mug is a mug: no lot is assumed, nothing is read or bound."""
    world = shop()
    world.tell(received("r", node="dc", quantities={"MUG": 3}))
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 3}))

    assert world.tell(picked("o/1", {"1": 3})).because == ()
    assert world.ledger.parts(goods("MUG"), sellable("dc")) == {}
