"""What is said of counts and regrades, one question at a time."""

import pytest

from tests.laws.world import CATALOG, NOW, Waiting, World, interleave, make_order
from unicommerce.catalog import Catalog
from unicommerce.commerce import AsyncCommerce
from unicommerce.counts import (
    MISSING,
    REGRADES,
    CountCode,
    CountPolicy,
    count_key,
    counted,
    counted_on_hand,
    discrepancy,
    missing,
    reconcile,
    regraded,
)
from unicommerce.errors import Contradiction, IllegalMove, InvalidValue
from unicommerce.fulfillment import picked, place
from unicommerce.inventory import ON_HAND, GoodsState, adjusted, available, goods, on_hand, received, reserve, sellable
from unicommerce.ledger import Accepted, Account, Disagreed, LedgerCode, Refused, record, run
from unicommerce.values import HOUR_MS, MINUTE_MS

NOON = NOW - 4 * HOUR_MS


def shop(stock: int = 4) -> World:
    """Return a shop with mugs, received a day ago."""
    world = World(stock=0)
    world.tell(received("opening", node="dc", quantities={"MUG": stock, "CUP": stock}, occurred_at=NOW - 24 * HOUR_MS))
    return world


def there(world: World) -> int:
    """Return the mugs on hand."""
    return on_hand(world.ledger, node="dc", sku="MUG")


def test_several_skus_are_counted_at_once_and_each_is_reconciled_by_itself() -> None:
    """A cycle count is one message; what is as it should be needs nothing."""
    world = shop()
    answer = world.tell(counted("c", node="dc", quantities={"MUG": 3, "CUP": 4, "LID": 0}, as_of=NOON))

    assert answer.because == ()
    changes = [world.ask(reconcile("count/c", node="dc", sku=sku)) for sku in ("MUG", "CUP", "LID")]
    assert [len(answer.events) for answer in changes if isinstance(answer, Accepted)] == [1, 0, 0]
    assert there(world) == 3
    assert world.ledger.balance(goods("MUG"), (missing("dc"),)) == 1


def test_the_latest_moment_counts_in_either_order_of_arrival() -> None:
    """The count of an earlier moment that comes later changes nothing."""
    for order in ((0, 1), (1, 0)):
        world = shop()
        tellings = [
            counted("early", node="dc", quantities={"MUG": 1}, as_of=NOON),
            counted("late", node="dc", quantities={"MUG": 3}, as_of=NOON + 1),
        ]
        for index in order:
            world.tell(tellings[index])
        assert counted_on_hand(world.ledger, node="dc", sku="MUG") == 3, order


def test_what_moved_since_is_added_and_what_moved_before_is_in_it() -> None:
    """The moment of the count itself is before: strictly after is since."""
    world = shop()
    world.tell(counted("c", node="dc", quantities={"MUG": 3}, as_of=NOON))
    for minutes, change in ((-1, -1), (0, -1), (1, -1)):
        id, at = f"a{minutes}", NOON + minutes * MINUTE_MS
        world.tell(adjusted(id, node="dc", sku="MUG", change=change, occurred_at=at))

    assert counted_on_hand(world.ledger, node="dc", sku="MUG") == 2
    assert discrepancy(world.ledger, node="dc", sku="MUG") == 1


def test_the_same_moment_with_other_content_is_a_finding_and_the_first_stands() -> None:
    """From another sender, or from the same one: it is on record, and it is no exception."""
    world = shop()
    world.tell(counted("c", node="dc", quantities={"MUG": 3}, as_of=NOON))
    other = counted("d", node="dc", quantities={"MUG": 2, "CUP": 4}, as_of=NOON)
    answer = world.tell(other)

    assert [reason.code for reason in answer.because] == [LedgerCode.DISAGREES]
    assert [event.field for event in answer.events if isinstance(event, Disagreed)] == ["MUG"]
    mugs, cups = (world.ledger.document(count_key("dc", sku)) for sku in ("MUG", "CUP"))
    assert [each and each.quantity for each in (mugs, cups)] == [3, 4]
    assert world.tell(other).because[0].code is LedgerCode.ALREADY_DONE


def test_the_same_count_twice_is_one() -> None:
    """Told again it is a repeat, told otherwise under its own id a contradiction that names the field."""
    world = shop()
    told = counted("c", node="dc", quantities={"MUG": 3}, as_of=NOON)
    world.tell(told)

    assert world.tell(told).because[0].code is LedgerCode.ALREADY_DONE
    with pytest.raises(Contradiction, match="quantity was 3 and now is 2"):
        world.shop.tell(counted("c", node="dc", quantities={"MUG": 2}, as_of=NOON), now=NOW)


def test_two_senders_that_agree_do_not_disagree() -> None:
    """The same moment and the same content, under two ids."""
    world = shop()
    world.tell(counted("c", node="dc", quantities={"MUG": 3}, as_of=NOON))

    assert world.tell(counted("d", node="dc", quantities={"MUG": 3}, as_of=NOON)).because == ()


def test_a_count_of_tomorrow_overrules_nothing_and_can_be_told_again_tomorrow() -> None:
    """It is kept as a finding: taken, it would overrule every count until then."""
    world = shop()
    ahead = counted("c", node="dc", quantities={"MUG": 1}, as_of=NOW + HOUR_MS)
    assert world.tell(ahead).because[0].code is CountCode.CLOCK_AHEAD
    assert world.ledger.document(count_key("dc", "MUG")) is None
    assert world.tell(ahead).because[0].code is LedgerCode.ALREADY_DONE

    world.now += 2 * HOUR_MS
    world.tell(ahead)
    assert world.ledger.document(count_key("dc", "MUG")) is not None


def test_a_clock_that_is_a_little_ahead_is_a_clock() -> None:
    """Up to what the policy allows, its counts are taken as they are."""
    world = shop()
    little = CountPolicy().ahead_ms
    answer = world.tell(counted("c", node="dc", quantities={"MUG": 3}, as_of=NOW + little))

    assert answer.because == ()
    assert isinstance(world.ask(reconcile("x", node="dc", sku="MUG")), Accepted)
    assert there(world) == 3


def test_a_count_too_far_from_the_book_is_a_finding_first() -> None:
    """It is refused until somebody accepts it; found is the book, needed what should be there."""
    world = shop(100)
    answer = world.tell(counted("c", node="dc", quantities={"MUG": 10}, as_of=NOON))
    refused = world.ask(reconcile("count/c", node="dc", sku="MUG"))

    assert (answer.because[0].code, answer.because[0].found, answer.because[0].needed) == (CountCode.TOO_FAR, 100, 10)
    assert isinstance(refused, Refused)
    assert refused.because[0][:4] == (CountCode.TOO_FAR, "dc:MUG", 100, 10)
    assert there(world) == 100
    assert isinstance(world.ask(reconcile("approved by ann", node="dc", sku="MUG", accept=True)), Accepted)
    assert there(world) == 10


def test_what_is_claimed_is_no_excuse() -> None:
    """A count concerns all that is on hand; the shelf goes below zero, and claims keep what they have."""
    world = shop()
    world.ask(reserve("c", place="dc", quantities={"MUG": 4}))
    world.tell(counted("c", node="dc", quantities={"MUG": 3}, as_of=NOON))
    world.ask(reconcile("count/c", node="dc", sku="MUG"))

    assert there(world) == 3
    assert world.ledger.balance(goods("MUG"), (sellable("dc"),)) == -1


def test_a_correction_is_no_movement() -> None:
    """It stays at its node, so that what moved since a count does not contain what that count has corrected."""
    world = shop()
    world.tell(counted("c", node="dc", quantities={"MUG": 1}, as_of=NOON))
    moved = world.ledger.moved(goods("MUG"), "dc", NOON)
    world.ask(reconcile("count/c", node="dc", sku="MUG"))

    assert world.ledger.moved(goods("MUG"), "dc", NOON) == moved == 0
    assert MISSING not in ON_HAND
    assert world.ask(reconcile("once more", node="dc", sku="MUG")) == Accepted()


def test_a_count_found_below_what_was_sold_since_leaves_the_book_below_zero() -> None:
    """Facts that can not both be true are both kept; the book says so."""
    world = shop(1)
    world.tell(counted("c", node="dc", quantities={"MUG": 0}, as_of=NOON))
    world.tell(adjusted("a", node="dc", sku="MUG", change=-1, occurred_at=NOON + 1))
    world.ask(reconcile("count/c", node="dc", sku="MUG"))

    assert there(world) == -1


def test_a_count_at_an_unknown_node_is_on_record_and_named() -> None:
    """A fact is never refused."""
    world = shop()
    answer = world.tell(counted("c", node="atlantis", quantities={"MUG": 3}, as_of=NOON))

    assert [reason.code for reason in answer.because] == [CountCode.UNKNOWN_NODE]
    assert world.ledger.document(count_key("atlantis", "MUG")) is not None


@pytest.mark.parametrize(
    "bad",
    [
        {"quantities": {"MUG": -1}},
        {"quantities": {"MUG": True}},
        {"quantities": {"MUG": 1.0}},
        {"quantities": {"": 1}},
        {"as_of": 0},
        {"as_of": -NOW},
        {"node": "pool:web"},
        {"apart": {"CUP": {"damaged": 1}}},
        {"apart": {"MUG": {"sellable": 1}}},
        {"apart": {"MUG": {"damaged": 3, "quarantine": 2}}},
        {"of": "damaged", "apart": {"MUG": {"damaged": 3}}},
        {"of": "held"},
        {"of": "sellable"},
    ],
)
def test_what_is_no_count_is_not_told(bad: dict[str, object]) -> None:
    """Raised where it is made, in the sender's own program."""
    good: dict[str, object] = {"node": "dc", "quantities": {"MUG": 4}, "as_of": NOON}
    with pytest.raises(InvalidValue):
        counted("c", **(good | bad))  # type: ignore[arg-type]  # that is the point


def test_a_late_sale_beside_a_reconciliation_is_not_lost_to_it() -> None:
    """Both run at once on a store that waits: whichever is first, the next look sets it right."""
    for schedule in range(64):
        store = Waiting()
        world = AsyncCommerce(CATALOG, store=store)
        opening = received("r", node="dc", quantities={"MUG": 4}, occurred_at=NOON - HOUR_MS)
        count = counted("c", node="dc", quantities={"MUG": 3}, as_of=NOON)
        sale = adjusted("a", node="dc", sku="MUG", change=-1, occurred_at=NOON + 1)
        for telling in (opening, count):
            interleave([world.tell(telling, now=NOW)], [0])
        turns = [schedule >> bit & 1 for bit in range(6)]
        interleave([world.ask(reconcile("c", node="dc", sku="MUG"), now=NOW), world.tell(sale, now=NOW)], turns)
        assert on_hand(store.ledger, node="dc", sku="MUG") == 2, turns


def test_a_correction_and_what_came_in_meanwhile_do_not_hide_another() -> None:
    """Two look at once; one corrects and as many pieces come in, so the book is what the other saw: it may not pass."""
    world = World(CATALOG, stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 4}, occurred_at=NOON - HOUR_MS))
    world.tell(counted("c", node="dc", quantities={"MUG": 3}, as_of=NOON))
    answer = reconcile("slow", node="dc", sku="MUG").decide(world.ledger, None, NOW)
    world.ask(reconcile("quick", node="dc", sku="MUG"))
    world.tell(received("more", node="dc", quantities={"MUG": 1}, occurred_at=NOON + 1))

    assert isinstance(answer, Accepted)
    assert world.ledger.append(record("slow", answer.events, now=NOW), answer.guards) is None
    assert on_hand(world.ledger, node="dc", sku="MUG") == 4


@pytest.mark.parametrize("source", [*ON_HAND, MISSING])
@pytest.mark.parametrize("target", [*ON_HAND, MISSING])
def test_only_what_is_in_the_table_can_be_regraded(source: str, target: str) -> None:
    """The full product of states: claimed pieces and missing ones are nobody's to regrade."""
    if target in REGRADES.get(source, ()):
        world = shop()
        world.tell(regraded("g", node="dc", quantities={"MUG": 1}, source=source, target=target))
        assert world.ledger.balance(goods("MUG"), (Account("dc", target),)) == 1 + 4 * (target == "sellable")
        assert there(world) == 4
    else:
        with pytest.raises(IllegalMove):
            regraded("g", node="dc", quantities={"MUG": 1}, source=source, target=target)


def test_pieces_of_a_short_pick_are_found_again() -> None:
    """They were looked for in quarantine; once they are found they can be sold again."""
    world = World(Catalog(network=CATALOG.network, products=CATALOG.products), stock=2)
    order = make_order("o", pool="corner", skus=("MUG",))
    world.ask(place(order, {"1": 1}))
    shipment = world.shipments[0]
    world.tell(picked(shipment.id, {}, short={"1": 1}))
    short = Account(shipment.node, GoodsState.QUARANTINE)
    assert world.ledger.balance(goods("MUG"), (short,)) == 1
    before = available(world.ledger, world.shop.catalog, place=shipment.node, sku="MUG")

    found = regraded("f", node=shipment.node, quantities={"MUG": 1}, source="quarantine", target="sellable")
    assert world.tell(found).because == ()
    assert world.ledger.balance(goods("MUG"), (short,)) == 0
    assert available(world.ledger, world.shop.catalog, place=shipment.node, sku="MUG") == before + 1


def test_more_than_stands_there_is_taken_and_named() -> None:
    """Who regrades has seen the pieces; our book learns."""
    world = shop()
    answer = world.tell(regraded("g", node="dc", quantities={"MUG": 2}, source="damaged", target="sellable"))

    assert [(reason.code, reason.found, reason.needed) for reason in answer.because] == [(CountCode.EXCEEDS, 0, 2)]
    assert there(world) == 4


def test_decisions_answer_on_an_empty_state() -> None:
    """Nothing is known, and each answers."""
    world = World(stock=0)

    assert discrepancy(world.ledger, node="dc", sku="MUG") == 0
    assert counted_on_hand(world.ledger, node="dc", sku="MUG") is None
    assert isinstance(world.ask(reconcile("x", node="dc", sku="MUG")), Refused)
    assert run(world.store.since(0, 10))[0].entry.id == "network/1"
