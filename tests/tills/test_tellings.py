"""What tills tell, one question at a time."""

import attrs
import pytest

from tests.laws.world import CATALOG, NOW, Waiting, World, interleave
from unicommerce.catalog import Component, Product
from unicommerce.commerce import AsyncCommerce
from unicommerce.counts import regraded
from unicommerce.errors import Contradiction, InvalidValue
from unicommerce.inventory import GoodsState, InventoryCode, goods, on_hand, received, sellable
from unicommerce.ledger import Accepted, Account, Disagreed, LedgerCode, Reason, Refused, explain
from unicommerce.tills import (
    TillCode,
    brought_back,
    by_our_clock,
    forfeited,
    given_back,
    grant,
    opened,
    recovered,
    rights,
    sale_key,
    sold,
    voided,
)
from unicommerce.values import HOUR_MS

ASIDE = Account("north", GoodsState.QUARANTINE, "till:t")


def shop(stock: int = 4, granted: int = 0) -> World:
    """Return a shop with a till in the north, and what it was granted."""
    world = World(stock=0)
    world.tell(received("r", node="north", quantities={"MUG": stock, "CUP": stock}))
    world.tell(opened("t", node="north"))
    if granted:
        assert isinstance(world.ask(grant("g", till="t", quantities={"MUG": granted})), Accepted)
    return world


def sale(id: str, pieces: int = 1, **how: object) -> object:
    """Return the telling of a sale of mugs."""
    return sold(id, **({"till": "t", "node": "north", "quantities": {"MUG": pieces}} | how))  # type: ignore[arg-type]


def shelf(world: World) -> int:
    """Return the mugs that anybody may claim in the north."""
    return world.ledger.balance(goods("MUG"), (sellable("north"),))


def codes(because: tuple[Reason, ...]) -> list[object]:
    """Return what was said."""
    return [reason.code for reason in because]


def test_a_sale_takes_rights_first_and_then_the_shelf() -> None:
    """Of a till that says nothing of rights, our book takes them."""
    world = shop(4, granted=2)
    answer = world.tell(sale("s", 3))  # type: ignore[arg-type]

    assert answer.because == ()
    assert rights(world.ledger, till="t") == {}
    assert shelf(world) == 1


def test_what_a_till_says_of_its_rights_is_taken_as_told() -> None:
    """It knows what it has used: our book of its rights may be behind, and comes right."""
    world = shop(4, granted=1)
    world.tell(sale("s1", under_rights={"MUG": 1}))  # type: ignore[arg-type]
    world.tell(sale("s2", under_rights={"MUG": 1}))  # type: ignore[arg-type]
    assert (rights(world.ledger, till="t"), shelf(world)) == ({"MUG": -1}, 3)

    world.tell(voided("v", sale="s1", till="t", node="north", quantities={"MUG": 1}))
    assert (rights(world.ledger, till="t"), shelf(world)) == ({}, 3)


def test_several_skus_are_sold_at_once() -> None:
    """Each from where it is."""
    world = shop(4, granted=2)
    told = sold("s", till="t", node="north", quantities={"MUG": 2, "CUP": 3}, under_rights={"MUG": 1})
    world.tell(told)

    assert rights(world.ledger, till="t") == {"MUG": 1}
    assert [on_hand(world.ledger, node="north", sku=sku) for sku in ("MUG", "CUP")] == [2, 1]


def test_a_kit_is_sold_undone_and_given_back_as_its_components() -> None:
    """The kit itself is never in stock."""
    kit = Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 2)))
    world = World(attrs.evolve(CATALOG, products=(*CATALOG.products, kit)), stock=0)
    world.tell(received("r", node="north", quantities={"MUG": 9, "CUP": 9}))
    world.tell(opened("t", node="north"))
    assert isinstance(world.ask(grant("g", till="t", quantities={"SET": 3})), Accepted)
    assert rights(world.ledger, till="t") == {"CUP": 6, "MUG": 3}
    told = sold("s", till="t", node="north", quantities={"SET": 2, "MUG": 1}, under_rights={"SET": 2})
    assert world.tell(told).because == ()
    assert rights(world.ledger, till="t") == {"CUP": 2, "MUG": 1}
    world.tell(voided("v", sale="s", till="t", node="north", quantities={"SET": 1}))
    world.tell(brought_back("b", sale="s", node="north", quantities={"SET": 1}, state="damaged"))
    world.tell(given_back("c", till="t", quantities={"SET": 1}))

    assert codes(world.shop.tell(told, now=NOW).because) == [LedgerCode.ALREADY_DONE]
    assert {sku: on_hand(world.ledger, node="north", sku=sku) for sku in ("MUG", "CUP", "SET")} == {
        "MUG": 8,
        "CUP": 9,
        "SET": 0,
    }


def test_two_tills_sell_the_last_piece_and_both_are_right() -> None:
    """The shelf is below zero, which somebody has to look at; nothing is refused."""
    world = shop(1)
    world.tell(opened("u", node="north"))

    assert world.tell(sale("s1")).because == ()  # type: ignore[arg-type]
    answer = world.tell(sale("s2", till="u"))  # type: ignore[arg-type]
    assert [reason[:4] for reason in answer.because] == [(TillCode.SHORT, "sale/s2", 0, 1)]
    assert on_hand(world.ledger, node="north", sku="MUG") == -1


def test_a_sale_told_twice_is_one_and_told_otherwise_a_finding() -> None:
    """The first story stands, the field is named, and it is no exception, however often it comes."""
    world = shop()
    world.tell(sale("s", 2))  # type: ignore[arg-type]
    assert codes(world.shop.tell(sale("s", 2), now=NOW).because) == [LedgerCode.ALREADY_DONE]  # type: ignore[arg-type]
    for how, field in (
        ({"quantities": {"MUG": 1}}, "pieces"),
        ({"till": "u"}, "till"),
        ({"node": "dc"}, "node"),
        ({"under_rights": {"MUG": 1}}, "under_rights"),
    ):
        fresh = shop()
        fresh.tell(sale("s", 2))  # type: ignore[arg-type]
        answer = fresh.shop.tell(sale("s", 2, **how), now=NOW)  # type: ignore[arg-type]
        assert codes(answer.because) == [LedgerCode.DISAGREES]
        assert [event.field for event in answer.events if isinstance(event, Disagreed)] == [field]
        assert codes(fresh.shop.tell(sale("s", 2, **how), now=NOW).because) == [LedgerCode.ALREADY_DONE]  # type: ignore[arg-type]
        assert on_hand(fresh.ledger, node="north", sku="MUG") == 2


def test_what_is_unknown_is_named_and_on_record() -> None:
    """An unknown till, an unknown node, a till that stands elsewhere, a clock that runs ahead."""
    world = shop()
    assert codes(world.tell(sale("a", till="x")).because) == [TillCode.UNKNOWN_TILL]  # type: ignore[arg-type]
    assert codes(world.tell(sale("b", node="atlantis")).because) == [  # type: ignore[arg-type]
        TillCode.UNKNOWN_NODE,
        TillCode.ELSEWHERE,
        TillCode.SHORT,
    ]
    ahead = sale("c", occurred_at=NOW + HOUR_MS)
    assert codes(world.tell(ahead).because) == [TillCode.CLOCK_AHEAD]  # type: ignore[arg-type]
    assert all(world.ledger.document(sale_key(id)) for id in "abc")


def test_a_void_is_the_exact_inverse_in_parts_too() -> None:
    """The last pieces are undone first, and rights are rights again."""
    world = shop(4, granted=2)
    before = world.ledger.snapshot().balances
    world.tell(sale("s", 3))  # type: ignore[arg-type]
    for id, left, free in (("v1", {}, 2), ("v2", {"MUG": 1}, 2), ("v3", {"MUG": 2}, 2)):
        world.tell(voided(id, sale="s", till="t", node="north", quantities={"MUG": 1}))
        assert (rights(world.ledger, till="t"), shelf(world)) == (left, free), id

    assert world.ledger.snapshot().balances == before


def test_a_void_beyond_what_was_sold_is_set_aside() -> None:
    """It is named, it is no right and nobody's to claim; somebody has to look."""
    world = shop()
    world.tell(sale("s"))  # type: ignore[arg-type]
    answer = world.tell(voided("v", sale="s", till="t", node="north", quantities={"MUG": 3}))

    assert [reason[:4] for reason in answer.because] == [(TillCode.EXCEEDS, "void/v", 1, 3)]
    assert explain(answer).endswith("void/v gives back 3 MUG, of which only 1 is still sold or held")
    assert (shelf(world), world.ledger.balance(goods("MUG"), (ASIDE,))) == (4, 2)


def test_a_void_of_no_pieces_is_of_the_whole_sale_at_its_own_till() -> None:
    """Rights are rights again; told again it is a repeat."""
    world = shop(4, granted=2)
    before = world.ledger.snapshot().balances
    world.tell(sale("s", 3))  # type: ignore[arg-type]
    answer = world.tell(voided("v", sale="s"))

    assert answer.because == ()
    assert world.ledger.snapshot().balances == before
    assert codes(world.shop.tell(voided("v", sale="s"), now=NOW).because) == [LedgerCode.ALREADY_DONE]
    with pytest.raises(InvalidValue, match="quantities"):
        voided("w", sale="s", quantities={})


def test_a_void_of_the_whole_sale_undoes_what_is_left_and_says_so() -> None:
    """No piece comes back twice; where none is left at all, that is the reason why nothing moves."""
    world = shop()
    world.tell(sale("s", 3))  # type: ignore[arg-type]
    world.tell(brought_back("b", sale="s", node="north", quantities={"MUG": 1}, state="damaged"))
    for id, found in (("v1", 2), ("v2", 0)):
        answer = world.tell(voided(id, sale="s"))
        assert [reason[:4] for reason in answer.because] == [(TillCode.EXCEEDS, f"void/{id}", found, 3)]
        assert (shelf(world), world.ledger.balance(goods("MUG"), (ASIDE,))) == (3, 0)


def test_a_void_that_overtakes_its_sale_is_told_again() -> None:
    """Neither is on record, which together is true; then both are."""
    world = shop(4, granted=1)
    void = voided("v", sale="s", till="t", node="north", quantities={"MUG": 1})
    assert codes(world.tell(void).because) == [TillCode.UNKNOWN_SALE]
    assert rights(world.ledger, till="t") == {"MUG": 1}

    world.tell(sale("s"))  # type: ignore[arg-type]
    assert world.tell(void).because == ()
    assert rights(world.ledger, till="t") == {"MUG": 1}


def test_a_return_comes_back_in_the_state_that_somebody_saw() -> None:
    """It gives no right back; of an unknown sale it is on record all the same."""
    world = shop(4, granted=2)
    world.tell(sale("s", 2))  # type: ignore[arg-type]
    back = brought_back("b", sale="s", node="south", quantities={"MUG": 1}, state="damaged")
    assert world.tell(back).because == ()
    assert world.ledger.balance(goods("MUG"), (Account("south", "damaged"),)) == 1
    assert rights(world.ledger, till="t") == {}

    more = brought_back("c", sale="s", node="south", quantities={"MUG": 2}, state="sellable")
    assert [reason[:4] for reason in world.tell(more).because] == [(TillCode.EXCEEDS, "brought-back/c", 1, 2)]
    blind = brought_back("d", sale="?", node="atlantis", quantities={"MUG": 1}, state="quarantine")
    assert codes(world.tell(blind).because) == [TillCode.UNKNOWN_NODE, TillCode.UNKNOWN_SALE]
    with pytest.raises(InvalidValue):
        brought_back("e", node="south", quantities={"MUG": 1}, state="reserved")


def test_rights_are_a_claim_like_any_other() -> None:
    """No more than is free, at an open node, for a till that is known; asked again it is done."""
    world = shop(4)
    over = world.ask(grant("g", till="t", quantities={"MUG": 5}))
    assert isinstance(over, Refused)
    assert [reason[:4] for reason in over.because] == [(InventoryCode.SHORT, "north", 4, 5)]
    assert isinstance(world.ask(grant("g", till="t", quantities={"MUG": 3})), Accepted)
    assert codes(world.ask(grant("g", till="t", quantities={"MUG": 3})).because) == [LedgerCode.ALREADY_DONE]
    with pytest.raises(Contradiction, match="pieces"):
        world.ask(grant("g", till="t", quantities={"MUG": 2}))
    world.tell(opened("v", node="shut"))
    shut = world.ask(grant("h", till="v", quantities={"MUG": 1}))
    assert codes(shut.because) == [InventoryCode.NODE_CLOSED]


def test_a_till_that_closes_gives_all_back() -> None:
    """By its own count, or by ours where it keeps none."""
    for quantities in ({"MUG": 2}, None):
        world = shop(4, granted=3)
        world.tell(sale("s"))  # type: ignore[arg-type]
        assert world.tell(given_back("b", till="t", quantities=quantities)).because == ()
        assert (rights(world.ledger, till="t"), shelf(world)) == ({}, 3)


def test_the_rights_of_a_lost_till_are_set_aside_and_found_again() -> None:
    """What it sold nobody knows; should it tell after all, its sales take those pieces and no others."""
    world = shop(4, granted=3)
    world.tell(forfeited("f", till="t"))
    assert (rights(world.ledger, till="t"), shelf(world), world.ledger.balance(goods("MUG"), (ASIDE,))) == ({}, 1, 3)

    world.tell(sale("s1", 2, under_rights={"MUG": 2}, occurred_at=NOW - 60 * HOUR_MS))  # type: ignore[arg-type]
    world.tell(sale("s2"))  # type: ignore[arg-type]
    assert (rights(world.ledger, till="t"), shelf(world), world.ledger.balance(goods("MUG"), (ASIDE,))) == ({}, 1, 0)


def test_a_lost_till_is_granted_nothing_until_it_is_found() -> None:
    """What it is asked for it is refused, by name; found again, what nobody sold or moved is its right as before."""
    world = shop(4, granted=3)
    world.tell(forfeited("f", till="t"))
    asked = grant("g2", till="t", quantities={"MUG": 1})
    answer = world.ask(asked)
    assert isinstance(answer, Refused)
    assert answer.because == (Reason(TillCode.LOST, "grant/g2", None, "t"),)

    assert codes(world.tell(sale("s1", under_rights={"MUG": 1})).because) == [TillCode.LOST]  # type: ignore[arg-type]
    assert isinstance(world.ask(grant("g3", till="t", quantities={"MUG": 1})), Refused)
    world.tell(recovered("found", till="t"))
    assert (rights(world.ledger, till="t"), shelf(world), world.ledger.balance(goods("MUG"), (ASIDE,))) == (
        {"MUG": 2},
        1,
        0,
    )
    assert isinstance(world.ask(asked), Accepted)


def test_a_till_that_is_found_takes_nothing_that_people_have_put_back() -> None:
    """What was set aside and is on the shelf again is no right any more: no more is drawn than is in quarantine."""
    world = shop(4, granted=3)
    world.tell(forfeited("f", till="t"))
    back = {"MUG": 2}
    told = regraded("p", node="north", quantities=back, source="quarantine", target="sellable", reason="counted")
    world.tell(told)
    world.tell(recovered("found", till="t"))

    assert (rights(world.ledger, till="t"), shelf(world)) == ({"MUG": 1}, 3)
    assert world.ledger.balance(goods("MUG"), (Account("north", GoodsState.QUARANTINE),)) == 0


def test_a_till_that_is_not_lost_is_not_found() -> None:
    """Told before its loss, it is a finding, and can be told again once that is on record."""
    world = shop(4, granted=3)
    assert codes(world.tell(recovered("found", till="t")).because) == [TillCode.NOT_LOST]
    assert rights(world.ledger, till="t") == {"MUG": 3}

    world.tell(forfeited("f", till="t"))
    assert world.tell(recovered("found", till="t")).because == ()
    assert rights(world.ledger, till="t") == {"MUG": 3}


def test_the_end_of_rights_of_an_unknown_till_can_be_told_again() -> None:
    """Under its own id, once the till is known."""
    world = World(stock=0)
    for told in (given_back("b", till="t", quantities={"MUG": 1}), forfeited("f", till="t"), recovered("r", till="t")):
        assert codes(world.tell(told).because) == [TillCode.UNKNOWN_TILL]
    world.tell(opened("t", node="north"))
    assert codes(world.tell(forfeited("f", till="t")).because) == []


def test_no_clock_ends_a_right() -> None:
    """A year later it is still there."""
    world = shop(4, granted=3)
    world.now += 365 * 24 * HOUR_MS

    assert world.ledger.due(world.now, 10) == ()
    assert rights(world.ledger, till="t") == {"MUG": 3}


def test_the_last_right_is_not_taken_twice() -> None:
    """Two sales of a till are told at once, by two hosts: one takes the right, the other the shelf."""
    for schedule in range(64):
        store = Waiting()
        world = AsyncCommerce(CATALOG, store=store)
        for telling in (received("r", node="north", quantities={"MUG": 2}), opened("t", node="north")):
            interleave([world.tell(telling, now=NOW)], [0])
        interleave([world.ask(grant("g", till="t", quantities={"MUG": 1}), now=NOW)], [0])
        turns = [schedule >> bit & 1 for bit in range(6)]
        interleave([world.tell(sale(id), now=NOW) for id in ("s1", "s2")], turns)  # type: ignore[arg-type]
        assert rights(store.ledger, till="t") == {}, turns
        assert store.ledger.balance(goods("MUG"), (sellable("north"),)) == 0, turns


def test_a_burst_of_three_days_comes_in_any_order() -> None:
    """Sales of 72 hours in one sync, backwards and twice: the end is the same."""
    sales = [sale(f"s{n}", under_rights={"MUG": 1}, occurred_at=NOW - n * HOUR_MS) for n in range(72)]
    ends = []
    for order in (sales, sales[::-1], sales * 2):
        world = shop(80, granted=75)
        for told in order:
            world.tell(told)  # type: ignore[arg-type]
        ends.append((rights(world.ledger, till="t"), shelf(world), world.ledger.snapshot().moves))
    assert ends[0] == ends[1] == ends[2]
    assert ends[0][:2] == ({"MUG": 3}, 5)


def test_a_wrong_clock_is_set_right_by_what_it_said_when_it_sent() -> None:
    """Hours ahead or behind: the same hours at the sale as at the sync; nothing is of later than now."""
    for hours in (-5, 0, 5):
        told, sent = NOW - 48 * HOUR_MS + hours * HOUR_MS, NOW + hours * HOUR_MS
        assert by_our_clock(told, sent_at=sent, now=NOW) == NOW - 48 * HOUR_MS
    assert by_our_clock(NOW + 1, sent_at=NOW, now=NOW) == NOW


@pytest.mark.parametrize(
    "bad",
    [
        {"quantities": {"MUG": 0}},
        {"quantities": {"MUG": -1}},
        {"quantities": {"MUG": 2**60}},
        {"node": "pool:web"},
        {"till": ""},
        {"under_rights": {"MUG": 2}},
        {"under_rights": {"CUP": 1}},
        {"under_rights": {"MUG": -1}},
    ],
)
def test_what_is_no_sale_is_not_told(bad: dict[str, object]) -> None:
    """Raised where it is made, in the sender's own program."""
    with pytest.raises(InvalidValue):
        sale("s", **bad)  # type: ignore[arg-type]  # that is the point
