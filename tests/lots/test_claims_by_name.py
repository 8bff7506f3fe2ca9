"""Claims by name by example: a basket that holds this very serial, this very batch, and what becomes of it."""

import attrs
import pytest

from tests.laws.world import World, make_order
from tests.lots.shop import CATALOG, DAY, TODAY, shop
from unicommerce.fulfillment import LinePieces, picked, place
from unicommerce.inventory import (
    ClaimPolicy,
    InventoryCode,
    LotPieces,
    adjusted,
    confirm,
    expire,
    extend,
    goods,
    hold,
    release,
    reserve,
    sellable,
)
from unicommerce.ledger import Accepted, Account, Reason, ReasonCode, Refused, record, run
from unicommerce.lots import (
    BatchReceived,
    LotClaim,
    LotCode,
    LotsClaimed,
    claim_lots,
    hold_lots,
    recalled,
    received_lots,
    release_lots,
    trace,
)
from unicommerce.relief import relieve
from unicommerce.values import MINUTE_MS

PHONE, MILK = goods("PHONE"), goods("MILK")
S1, S2 = LotPieces("PHONE", 1, "S1"), LotPieces("PHONE", 1, "S2")
QUARTER = 15 * MINUTE_MS


def phones(*serials: str) -> World:
    """Return a shop with phones."""
    world = shop()
    world.tell(received_lots("p", node="dc", batches=[BatchReceived("PHONE", 1, serial) for serial in serials]))
    return world


def milk(**pieces: int) -> World:
    """Return a shop with milk, by lot, that lasts for nine days."""
    world = shop()
    batches = [BatchReceived("MILK", quantity, lot, TODAY + 9) for lot, quantity in pieces.items()]
    world.tell(received_lots("m", node="dc", batches=batches))
    return world


def there(world: World, lot: str, sku: str = "MILK") -> dict[str, int]:
    """Return the pieces of a lot at the node, by state."""
    states = ("sellable", "held", "reserved", "quarantine")
    held = {state: world.ledger.balance(goods(sku), (Account("dc", state, lot=lot),)) for state in states}
    return {state: pieces for state, pieces in held.items() if pieces}


def codes(because: tuple[Reason, ...]) -> list[ReasonCode]:
    """Return the codes of reasons."""
    return [reason.code for reason in because]


def test_a_basket_holds_this_very_serial_for_a_quarter_of_an_hour() -> None:
    """Until then nobody else has it; then the next one takes it, whether or not anybody has looked."""
    world = phones("S1", "S2", "S3")
    assert isinstance(world.ask(hold_lots("basket", node="dc", lots=[S1])), Accepted)
    assert codes(world.ask(hold_lots("late", node="dc", lots=[S1])).because) == [LotCode.SHORT]
    assert isinstance(world.ask(hold_lots("other", node="dc", lots=[S2])), Accepted)
    world.now += QUARTER

    assert [document.key.id for document in run(world.store.due(world.now, 9))] == ["basket", "other"]
    answer = world.ask(claim_lots("next", node="dc", lots=[S1]))

    assert [(reason.code, reason.subject) for reason in answer.because] == [(InventoryCode.EXPIRED, "basket")]
    assert there(world, "S1", "PHONE") == {"reserved": 1}
    assert there(world, "S2", "PHONE") == {"held": 1}, "it was in nobody's way"
    assert codes(world.ask(confirm("basket")).because) == [InventoryCode.EXPIRED]


def test_a_hold_by_name_is_in_the_way_of_claims_without_a_name_no_longer_than_it_lasts() -> None:
    """The last phone is in a basket; when that is over, whoever wants a phone has it."""
    world = phones("S1")
    world.ask(hold_lots("basket", node="dc", lots=[S1]))
    assert isinstance(world.ask(reserve("any", place="pool:web", quantities={"PHONE": 1})), Refused)
    world.now += QUARTER

    answer = world.ask(reserve("one", place="pool:web", quantities={"PHONE": 1}))

    assert isinstance(answer, Accepted)
    assert codes(answer.because) == [InventoryCode.EXPIRED]
    assert there(world, "S1", "PHONE") == {"sellable": 1}


def test_time_to_live_grace_and_the_cap_are_those_of_any_hold() -> None:
    """One policy for both."""
    policy = ClaimPolicy(lasts_ms=10, grace_ms=2, extensions=1, longest_ms=15)
    world = phones("S1")
    start = world.now
    world.ask(hold_lots("b", node="dc", lots=[S1], policy=policy))
    world.now += 11
    assert isinstance(world.ask(extend("b", id="1", until=start + 15, policy=policy)), Accepted)
    assert codes(world.ask(extend("b", id="2", until=start + 16, policy=policy)).because) == [InventoryCode.OFTEN]
    world.now = start + 16

    assert isinstance(world.ask(confirm("b")), Accepted)
    assert there(world, "S1", "PHONE") == {"reserved": 1}


def test_what_is_taken_out_of_a_basket_is_named() -> None:
    """One serial goes back, one is paid, and each is the one that was said."""
    world = phones("S1", "S2", "S3")
    three = [S1, S2, LotPieces("PHONE", 1, "S3")]
    world.ask(hold_lots("b", node="dc", lots=three))
    world.ask(release("b", lots=[S2], id="not this one"))
    world.ask(confirm("b", lots=[S1], id="this one"))

    again = world.ask(release("b", lots=[S2], id="again"))
    assert again.because == (Reason(InventoryCode.EXCEEDS, "b", 0, 1, "S2"),)
    world.now += QUARTER
    world.ask(expire("b"))
    found = [there(world, serial, "PHONE") for serial in ("S1", "S2", "S3")]
    assert found == [{"reserved": 1}, {"sellable": 1}, {"sellable": 1}]


@pytest.mark.parametrize("ends", ["release", "expire", "in the way"])
def test_a_recalled_lot_under_a_hold_stays_there_and_never_reaches_the_shelf(ends: str) -> None:
    """It can be traced, it can not be paid, and when the hold ends it is set apart."""
    world = milk(L1=2, L2=1)
    world.ask(hold_lots("b", node="dc", lots=[LotPieces("MILK", 2, "L1")]))
    world.tell(recalled("MILK", "L1", reason="glass"))

    assert world.shop.see(trace("MILK", "L1")).refs() == ("claim:b",)
    assert world.ask(confirm("b")).because == (Reason(InventoryCode.UNFIT, "L1"),)
    world.now += QUARTER * (ends != "release")
    if ends == "in the way":
        assert isinstance(world.ask(reserve("two", place="dc", quantities={"MILK": 2})), Refused)
        assert there(world, "L1") == {"held": 2}, "what is refused changes nothing"
    assert isinstance(world.ask(release("b") if ends == "release" else expire("b")), Accepted)

    assert there(world, "L1") == {"quarantine": 2}
    assert world.ledger.balance(MILK, (sellable("dc"),)) == 1


def test_a_lot_that_expired_in_the_basket_is_not_paid() -> None:
    """The rest of the basket is."""
    world = shop()
    batches = [BatchReceived("MILK", 1, "OLD", TODAY), BatchReceived("MILK", 1, "NEW", TODAY + 9)]
    world.tell(received_lots("r", node="dc", batches=batches))
    lots = [LotPieces("MILK", 1, lot) for lot in ("OLD", "NEW")]
    world.ask(hold_lots("b", node="dc", lots=lots, until=world.now + 2 * DAY))
    world.now += DAY

    assert world.ask(confirm("b")).because == (Reason(InventoryCode.UNFIT, "OLD"),)
    assert isinstance(world.ask(confirm("b", lots=lots[1:], id="new")), Accepted)
    assert (there(world, "OLD"), there(world, "NEW")) == ({"held": 1}, {"reserved": 1})


def test_an_own_claim_is_drawn_on_when_it_is_claimed_again() -> None:
    """A basket of two lots becomes firm with more of one and less of another, where nothing else is left."""
    world = milk(L1=2, L2=2)
    world.ask(hold_lots("b", node="dc", lots=[LotPieces("MILK", 2, "L1"), LotPieces("MILK", 1, "L2")]))
    wanted = [LotPieces("MILK", 1, "L1"), LotPieces("MILK", 2, "L2")]
    assert codes(world.ask(claim_lots("x", node="dc", lots=wanted, own="nobody")).because) == [
        InventoryCode.UNKNOWN_CLAIM
    ]

    assert isinstance(world.ask(claim_lots("firm", node="dc", lots=wanted, own="b")), Accepted)

    assert (there(world, "L1"), there(world, "L2")) == ({"sellable": 1, "reserved": 1}, {"reserved": 2})
    assert codes(world.ask(confirm("b")).because) == [InventoryCode.ENDED]
    assert [document.key for document in run(world.store.due(world.now + DAY, 9))] == []


@pytest.mark.parametrize("keeps_rest", [False, True])
def test_a_basket_of_any_phone_becomes_one_of_this_phone(*, keeps_rest: bool) -> None:
    """Pieces of no name serve any name: what is named is one less of them."""
    world = phones("S1", "S2")
    world.ask(hold("any", place="dc", quantities={"PHONE": 2}))
    policy = ClaimPolicy(keeps_rest=keeps_rest)

    assert isinstance(world.ask(hold_lots("b", node="dc", lots=[S1], own="any", policy=policy)), Accepted)

    held = world.ledger.balance(PHONE, (Account("dc", "held", "claim:any"),))
    assert held == int(keeps_rest)
    assert there(world, "S1", "PHONE") == {"held": 1}
    assert isinstance(world.ask(hold("c", place="dc", quantities={"PHONE": 1})), Refused if keeps_rest else Accepted)


def test_an_order_draws_on_a_basket_by_name_and_has_its_lot_on() -> None:
    """The basket's pieces are the order's; those beside them are of the lot that is picked."""
    world = milk(L1=2, L2=1)
    world.ask(hold_lots("b", node="dc", lots=[LotPieces("MILK", 2, "L1")]))
    order = attrs.evolve(make_order("o", pool="web", skus=("MILK",)), basket="b")
    assert isinstance(world.ask(place(order, {"1": 3})), Accepted)
    assert (there(world, "L1"), there(world, "L2")) == ({"reserved": 2}, {"sellable": 1})

    world.tell(picked("o/1", {"1": 3}, lots=[LinePieces("1", "MILK", 2, "L1")]))

    assert (there(world, "L1"), there(world, "L2")) == ({"reserved": 2}, {"reserved": 1})


def test_a_claim_by_name_has_its_pieces_and_does_not_give_way() -> None:
    """Who waits in vain is one of those without a name."""
    world = phones("S1", "S2")
    world.ask(claim_lots("named", node="dc", lots=[S1]))
    world.ask(reserve("any", place="dc", quantities={"PHONE": 1}))
    world.tell(adjusted("gone", node="dc", sku="PHONE", change=-1))
    world.ask(relieve("adjustment/gone", ["PHONE"]))

    assert world.ledger.balance(PHONE, (Account("dc", "reserved", "claim:any"),)) == 0
    assert world.ledger.balance(PHONE, (Account("dc", "reserved", "claim:named"),)) == 1
    assert there(world, "S1", "PHONE") == {"reserved": 1}


def test_a_claim_of_an_earlier_version_is_given_back() -> None:
    """It has a document of its own, and its pieces stand under another name."""
    world = phones("S1")
    claimed = LotsClaimed(claim=LotClaim(id="c", node="dc", skus=("PHONE",)), lots=(S1,))
    world.ledger.append(record("lots/c", (claimed,), now=world.now), ())
    assert there(world, "S1", "PHONE") == {"reserved": 1}

    assert isinstance(world.ask(release_lots("c")), Accepted)

    assert there(world, "S1", "PHONE") == {"sellable": 1}
    assert codes(world.ask(release_lots("c", id="2")).because) == [LotCode.NOTHING_TO_MOVE]


def test_a_name_that_the_catalog_does_not_tell_apart_is_held_all_the_same() -> None:
    """Who names a lot means it, whatever the master data say."""
    world = World(attrs.evolve(CATALOG, products=()), stock=0)
    world.tell(received_lots("p", node="dc", batches=[BatchReceived("PHONE", 1, "S1")]))
    world.ask(hold_lots("b", node="dc", lots=[S1]))
    world.now += QUARTER
    world.ask(expire("b"))

    assert there(world, "S1", "PHONE") == {"sellable": 1}
