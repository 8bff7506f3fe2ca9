"""What a count of one pile corrects, and what it says beside counts of others, one question at a time."""

import pytest

from tests.counts.test_decisions import NOON, shop
from tests.laws.world import CATALOG, NOW, Waiting, World, interleave
from unicommerce.commerce import AsyncCommerce
from unicommerce.counts import (
    APART,
    SHELF,
    CountCode,
    Reconciled,
    Regraded,
    Uneven,
    concerned,
    count_key,
    counted,
    counted_on_hand,
    discrepancy,
    missing,
    reconcile,
    regraded,
    uneven,
)
from unicommerce.errors import Contradiction, InvalidValue
from unicommerce.inventory import ON_HAND, GoodsState, adjusted, goods, received, reserve
from unicommerce.ledger import Accepted, Account, Disagreed, Ledger, LedgerCode, Refused, Supposed, record
from unicommerce.tills import brought_back
from unicommerce.values import HOUR_MS


def count(world: World, id: str, found: int, at: int, of: str = "") -> Accepted:
    """Tell a count of mugs, and reconcile."""
    answer = world.tell(counted(id, node="dc", quantities={"MUG": found}, as_of=at, of=of))
    world.ask(reconcile(id, node="dc", sku="MUG", accept=True))
    return answer


def book(ledger: Ledger) -> dict[str, int]:
    """Return the mugs by state."""
    held = {state: ledger.balance(goods("MUG"), (Account("dc", state),)) for state in (*ON_HAND, missing("dc").state)}
    return {state: pieces for state, pieces in held.items() if pieces}


def broken(stock: int, pieces: int, occurred_at: int = NOON - HOUR_MS) -> World:
    """Return a shop in which some mugs were found broken."""
    world = shop(stock)
    quantities = {"MUG": pieces}
    told = {"source": "sellable", "target": "damaged", "occurred_at": occurred_at}
    world.tell(regraded("fell", node="dc", quantities=quantities, **told))  # type: ignore[arg-type]  # each is as it is
    return world


def test_the_states_that_count_apart_are_those_whose_moves_are_noted_apart() -> None:
    """The shelf is what is on hand without them."""
    assert {state for state in ON_HAND if Account("dc", state).pile} == {*APART}
    assert {GoodsState.SELLABLE, GoodsState.HELD, GoodsState.RESERVED} == {*ON_HAND} - {*APART}


def test_a_count_of_the_shelf_leaves_what_stands_apart() -> None:
    """What is claimed is on the shelf too; the difference is taken from what may be sold."""
    world = broken(6, 2)
    world.ask(reserve("c", place="dc", quantities={"MUG": 1}))
    count(world, "shelf", 3, NOON, SHELF)

    assert book(world.ledger) == {"sellable": 2, "reserved": 1, "damaged": 2, "missing": 1}


def test_a_feed_tells_of_each_state_by_itself() -> None:
    """Twelve for sale, three damaged: each is brought there, from and to what is missing."""
    world = broken(17, 2)
    count(world, "feed/shelf", 12, NOON, SHELF)
    count(world, "feed/damaged", 3, NOON, "damaged")

    assert book(world.ledger) == {"sellable": 12, "damaged": 3, "missing": 2}
    assert world.journal()[-1][1].events == (
        Reconciled(node="dc", sku="MUG", change=1, as_of=NOON, state="damaged"),
    ), "one more is broken than we knew: it was among those that the shelf missed"


def test_what_moves_to_and_from_a_pile_since_its_count_is_added() -> None:
    """Also inside the node, and also where it is told late; a correction is none of it."""
    world = broken(10, 2)
    count(world, "damaged", 1, NOON, "damaged")
    count(world, "shelf", 8, NOON, SHELF)
    for id, at in (("late", NOON - 1), ("since", NOON + 1)):
        told = regraded(id, node="dc", quantities={"MUG": 1}, source="sellable", target="damaged", occurred_at=at)
        world.tell(told)
        assert concerned(world.journal()[-1][1]) == (("dc", "MUG"),)
        world.ask(reconcile(id, node="dc", sku="MUG"))
    world.tell(brought_back("b", node="dc", quantities={"MUG": 3}, state="damaged", occurred_at=NOON + 2))

    assert uneven(world.ledger, node="dc", sku="MUG") == ()
    assert book(world.ledger) == {"sellable": 7, "damaged": 5, "missing": 1}


def test_a_count_of_all_and_an_older_one_of_the_damaged() -> None:
    """All on hand is ten; of these as many are damaged as were counted, in either order of arrival."""
    for order in ((0, 1), (1, 0)):
        world = broken(12, 2)
        counts = (("damaged", 3, NOON, "damaged"), ("all", 10, NOON + HOUR_MS, ""))
        for index in order:
            count(world, *counts[index])
        assert book(world.ledger) == {"sellable": 7, "damaged": 3, "missing": 2}, order


def test_a_later_count_of_the_damaged_says_how_a_count_of_all_is_split() -> None:
    """All on hand stays what it was: a piece was carried there unseen, and none has come from nowhere."""
    world = broken(12, 2)
    count(world, "all", 12, NOON)
    count(world, "damaged", 3, NOON + HOUR_MS, "damaged")

    assert book(world.ledger) == {"sellable": 9, "damaged": 3}
    assert discrepancy(world.ledger, node="dc", sku="MUG") == 0


def test_the_later_of_two_counts_rules_the_shelf() -> None:
    """The one of all on hand or the one of the shelf; of one moment, the one of the shelf."""
    for at, shelf in ((NOON - 1, 8), (NOON, 5), (NOON + 1, 5)):
        world = broken(12, 2)
        count(world, "all", 10, NOON)
        count(world, "shelf", 5, at, SHELF)
        assert book(world.ledger) == {"sellable": shelf, "damaged": 2, "missing": 10 - shelf}, at


def test_differences_that_cancel_out_are_corrected() -> None:
    """Nothing is missing in all, and yet two piles are not as they were counted."""
    world = broken(10, 2)
    world.tell(counted("a", node="dc", quantities={"MUG": 7}, as_of=NOON, of=SHELF))
    world.tell(counted("b", node="dc", quantities={"MUG": 3}, as_of=NOON, of="damaged"))

    assert discrepancy(world.ledger, node="dc", sku="MUG") == 0
    assert uneven(world.ledger, node="dc", sku="MUG") == (Uneven(SHELF, 7, 8), Uneven("damaged", 3, 2))
    world.ask(reconcile("both", node="dc", sku="MUG"))
    assert book(world.ledger) == {"sellable": 7, "damaged": 3}


def test_what_was_never_counted_is_as_the_book_has_it() -> None:
    """What should be on hand is what was counted of it, and the book for the rest."""
    world = broken(10, 2)
    world.tell(counted("b", node="dc", quantities={"MUG": 5}, as_of=NOON, of="damaged"))

    assert counted_on_hand(world.ledger, node="dc", sku="MUG") == 13


def test_what_is_said_to_stand_apart_is_a_count_of_it() -> None:
    """One message of all on hand, of which so many are damaged; told again it is a repeat."""
    world = broken(10, 2)
    told = counted("c", node="dc", quantities={"MUG": 9, "CUP": 4}, as_of=NOON, apart={"MUG": {"damaged": 3}})
    assert world.tell(told).because == ()
    world.ask(reconcile("c", node="dc", sku="MUG"))

    assert book(world.ledger) == {"sellable": 6, "damaged": 3, "missing": 1}
    assert world.ledger.document(count_key("dc", "CUP", "damaged")) is None
    assert world.tell(told).because[0].code is LedgerCode.ALREADY_DONE

    world.tell(counted("d", node="dc", quantities={"MUG": 9}, as_of=NOON + 1, apart={"MUG": {"damaged": 0}}))
    world.ask(reconcile("d", node="dc", sku="MUG"))
    assert book(world.ledger) == {"sellable": 9, "missing": 1}, "none is a count too"


def test_the_same_moment_with_other_content_is_a_finding_for_that_pile_alone() -> None:
    """The first stands, and the field says what was counted."""
    world = broken(10, 2)
    count(world, "one", 3, NOON, "damaged")
    answer = count(world, "other", 4, NOON, "damaged")

    assert [isinstance(event, Disagreed) and event.field for event in answer.events] == ["damaged:MUG"]
    assert count(world, "shelf", 8, NOON, SHELF).because == ()
    assert book(world.ledger) == {"sellable": 8, "damaged": 3, "missing": -1}


def test_a_pile_too_far_from_the_book_is_named() -> None:
    """It is refused until somebody accepts it, with what the pile has and should have."""
    world = broken(100, 2)
    answer = world.tell(counted("b", node="dc", quantities={"MUG": 40}, as_of=NOON, of="damaged"))
    refused = world.ask(reconcile("b", node="dc", sku="MUG"))

    assert [reason[:4] for reason in answer.because] == [(CountCode.TOO_FAR, "count/b", 2, 40)]
    assert isinstance(refused, Refused)
    assert [reason[:4] for reason in refused.because] == [(CountCode.TOO_FAR, "damaged:dc:MUG", 2, 40)]


def test_a_pile_too_far_from_the_book_holds_up_no_other() -> None:
    """The shelf follows its count at once, what is damaged once somebody accepts it; and nothing is done twice."""
    world = broken(100, 2)
    world.tell(counted("b", node="dc", quantities={"MUG": 40}, as_of=NOON, of="damaged"))
    world.tell(counted("s", node="dc", quantities={"MUG": 97}, as_of=NOON, of=SHELF))
    near = world.ask(reconcile("s", node="dc", sku="MUG"))

    assert isinstance(near, Accepted)
    assert [reason[:4] for reason in near.because] == [(CountCode.TOO_FAR, "damaged:dc:MUG", 2, 40)]
    assert book(world.ledger) == {"sellable": 97, "damaged": 2, "missing": 1}
    assert isinstance(world.ask(reconcile("again", node="dc", sku="MUG")), Refused)
    world.ask(reconcile("approved by ann", node="dc", sku="MUG", accept=True))
    assert book(world.ledger) == {"sellable": 97, "damaged": 40, "missing": -37}


def test_a_count_is_named_for_its_own_distance_only() -> None:
    """Not for that of another pile, and not where a later count of the same rules."""
    world = broken(100, 2)
    world.tell(counted("b", node="dc", quantities={"MUG": 40}, as_of=NOON, of="damaged"))

    for at, found, of in ((NOON, 98, SHELF), (NOON - 1, 60, "damaged"), (NOON, 138, "")):
        answer = world.tell(counted(f"c{found}", node="dc", quantities={"MUG": found}, as_of=at, of=of))
        assert answer.because == (), of


def test_a_count_that_comes_again_of_another_pile_is_a_contradiction() -> None:
    """What it is of is part of what was told."""
    world = shop()
    world.tell(counted("c", node="dc", quantities={"MUG": 3}, as_of=NOON, of=SHELF))

    for of in ("", "damaged"):
        with pytest.raises(Contradiction):
            world.shop.tell(counted("c", node="dc", quantities={"MUG": 3}, as_of=NOON, of=of), now=NOW)


@pytest.mark.parametrize("state", ["", "held", "reserved", "shelf", "missing"])
def test_a_correction_is_of_a_pile(state: str) -> None:
    """What is claimed is nobody's to correct."""
    with pytest.raises(InvalidValue):
        Reconciled(node="dc", sku="MUG", change=1, as_of=NOON, state=state)


def test_pieces_that_nobody_found_are_not_in_quarantine_either() -> None:
    """A return that the book still has in quarantine under its name is missing once that is counted."""
    world = shop()
    world.tell(brought_back("b", node="dc", quantities={"MUG": 2}, state="quarantine", occurred_at=NOON - 1))
    count(world, "aside", 0, NOON, "quarantine")

    assert book(world.ledger) == {"sellable": 4, "missing": 2}


def test_what_is_supposed_to_move_moves_as_what_is_on_record() -> None:
    """A second decision in an entry sees what the first one moves between piles."""
    event = Regraded(regrade="g", node="dc", lines=(("MUG", 2),), source="sellable", target="damaged")
    on_record, supposed = Ledger(), Supposed(Ledger(), [event])
    on_record.append(record("g", (event,), now=NOW))

    for place, change in (("dc", 0), ("damaged:dc", 2), ("quarantine:dc", 0)):
        moved = [state.moved(goods("MUG"), place, NOON) for state in (on_record, supposed)]
        assert moved == [change, change], place


def test_no_two_counts_share_a_key() -> None:
    """Not even those of a node that is named after a pile."""
    keys = {count_key("damaged", "dc:MUG"), count_key("dc", "MUG", "damaged"), count_key("dc", "damaged:MUG")}
    assert len(keys) == 3


def test_a_late_regrade_beside_a_reconciliation_is_not_lost_to_it() -> None:
    """Both run at once on a store that waits. Whichever is first, a look that was overtaken starts over."""
    for schedule in range(64):
        store = Waiting()
        world = AsyncCommerce(CATALOG, store=store)
        opening = received("r", node="dc", quantities={"MUG": 9}, occurred_at=NOON - HOUR_MS)
        whole = counted("c", node="dc", quantities={"MUG": 8}, as_of=NOON)
        damaged = counted("d", node="dc", quantities={"MUG": 3}, as_of=NOON + HOUR_MS, of="damaged")
        # It occurred between the two: of the eight one more was on the shelf.
        back = brought_back("b", node="dc", quantities={"MUG": 1}, state="damaged", occurred_at=NOON + 1)
        fell = adjusted("a", node="dc", sku="MUG", change=-1, occurred_at=NOON - 1)
        for telling in (opening, whole, damaged):
            interleave([world.tell(telling, now=NOW)], [0])
        interleave([world.ask(reconcile("d", node="dc", sku="MUG"), now=NOW)], [0])
        interleave([world.tell(fell, now=NOW)], [0])
        turns = [schedule >> bit & 1 for bit in range(6)]
        interleave([world.ask(reconcile("a", node="dc", sku="MUG"), now=NOW), world.tell(back, now=NOW)], turns)
        if store.ledger.since(0, 99)[-1].entry.id == "brought-back/b":
            interleave([world.ask(reconcile("b", node="dc", sku="MUG"), now=NOW)], [0])
        assert book(store.ledger) == {"sellable": 6, "damaged": 3}, turns
