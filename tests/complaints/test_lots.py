"""Complaints about lots, serials and measures in other systems, each a test named for its cause."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.world import NOW, Waiting, interleave, make_order
from tests.lots.shop import CATALOG, TODAY, shop
from unicommerce.commerce import AsyncCommerce
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import LinePieces, delivered, picked, place
from unicommerce.inventory import LotPieces, goods
from unicommerce.ledger import Accepted, Account
from unicommerce.lots import BatchReceived, claim_lots, pick_plan, received_lots, stocks
from unicommerce.returns import returned
from unicommerce.values import pieces


@settings(max_examples=30)
@given(st.lists(st.integers(0, 3), max_size=40))
def test_an_order_reserves_what_lasts_long_enough_or_nothing(schedule: list[int]) -> None:
    """Odoo 117138, OCA stock-logistics-warehouse 722: what is reserved looks at no date, or at nobody's wish."""
    store = Waiting()
    hosts = [AsyncCommerce(CATALOG, store=store) for _ in range(4)]
    interleave([hosts[0].revise(CATALOG, now=NOW)], ())
    came = [BatchReceived("MILK", 2, "LONG", TODAY + 5), BatchReceived("MILK", 9, "SHORT", TODAY + 4)]
    interleave([hosts[0].tell(received_lots("r", node="dc", batches=came), now=NOW)], ())

    orders = [attrs.evolve(make_order(f"o{i}", pool="web", skus=("MILK",)), channel="long") for i in range(4)]
    wanted = [host.ask(place(order, {"1": 1}), now=NOW) for host, order in zip(hosts, orders, strict=True)]
    taken = [isinstance(answer, Accepted) for answer in interleave(wanted, schedule)]
    interleave([hosts[0].tell(picked(f"o{i}/1", {"1": 1}), now=NOW) for i, yes in enumerate(taken) if yes], ())

    assert taken.count(True) == 2
    assert store.ledger.balance(goods("MILK"), (Account("dc", "reserved", lot="LONG"),)) == 2


@given(st.lists(st.integers(0, 3), max_size=30))
def test_one_serial_is_never_reserved_twice(schedule: list[int]) -> None:
    """Odoo 272560, 268942, 32857: concurrent reservations of one serial left two reserved of one."""
    store = Waiting()
    hosts = [AsyncCommerce(CATALOG, store=store) for _ in range(4)]
    interleave([hosts[0].revise(CATALOG, now=NOW)], ())
    came = received_lots("r", node="dc", batches=[BatchReceived("PHONE", 1, "S")])
    interleave([hosts[0].tell(came, now=NOW)], ())

    wanted = [
        host.ask(claim_lots(f"c{i}", node="dc", lots=[LotPieces("PHONE", 1, "S")]), now=NOW)
        for i, host in enumerate(hosts)
    ]
    taken = [isinstance(answer, Accepted) for answer in interleave(wanted, schedule)]

    assert taken.count(True) == 1
    assert store.ledger.balance(goods("PHONE"), (Account("dc", "reserved", lot="S"),)) == 1
    assert store.ledger.balance(goods("PHONE"), (Account("dc", "sellable", lot="S"),)) == 0


def test_weighed_goods_are_whole_grams() -> None:
    """Odoo 20784, 159444; ERPNext 46196: rounding after reserving. A quantity is whole base units, or no quantity."""
    world = shop()
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("HAM", 1487, "L", TODAY)]))

    assert isinstance(world.ask(claim_lots("c", node="dc", lots=[LotPieces("HAM", 487, "L")])), Accepted)
    assert world.ledger.balance(goods("HAM"), (Account("dc", "sellable", lot="L"),)) == 1000
    with pytest.raises(InvalidValue):
        pieces({"HAM": 0.487}, "sku")  # type: ignore[dict-item]  # that is what is tried


def test_no_lot_is_picked_below_zero_and_the_first_to_expire_leaves_first() -> None:
    """ERPNext 39989, 38597, 41378, 41335, 42067: batches negative, wrong counts, order not followed."""
    world = shop()
    batches = [BatchReceived("MILK", 2, f"L{ahead}", TODAY + ahead) for ahead in (3, 1, 2)]
    world.tell(received_lots("r", node="dc", batches=batches))
    plan = pick_plan("MILK", stocks(world.ledger, "dc", "MILK"), 5, day=TODAY)

    assert [(part.lot, part.quantity) for part in plan] == [("L1", 2), ("L2", 2), ("L3", 1)]


def test_a_plan_holds_nothing_and_can_not_be_claimed_beyond_what_is_free() -> None:
    """ERPNext 40909, 42128: draft pick lists over-pick. A plan is a proposal; claiming it is checked anew."""
    world = shop()
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 3, "L", TODAY)]))
    plan = pick_plan("MILK", stocks(world.ledger, "dc", "MILK"), 3, day=TODAY)
    assert isinstance(world.ask(place(make_order("o", pool="web", skus=("MILK",)), {"1": 1})), Accepted)

    assert not isinstance(world.ask(claim_lots("c", node="dc", lots=plan)), Accepted)


def test_what_is_told_of_a_return_is_not_assumed_a_second_time() -> None:
    """Of two lots that a parcel brought both come back, and one is said: the other is assumed, not the same again."""
    world = shop()
    came = [BatchReceived("MILK", 1, "EARLY", TODAY + 5), BatchReceived("MILK", 1, "LATE", TODAY + 6)]
    world.tell(received_lots("r", node="dc", batches=came))
    world.ask(place(make_order("o", pool="web", skus=("MILK",)), {"1": 2}))
    world.tell(delivered("o/1"))
    world.tell(returned("v", node="dc", order="o", lines={"1": 2}, lots=[LinePieces("1", "MILK", 1, "EARLY")]))

    assert [
        world.ledger.balance(goods("MILK"), (Account("dc", "quarantine", lot=lot),)) for lot in ("EARLY", "LATE")
    ] == [1, 1]
    assert world.ledger.parts(goods("MILK"), Account("customer", "delivered")) == {}
