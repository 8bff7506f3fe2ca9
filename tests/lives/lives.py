"""The twenty most usual lives of an order, each as given, when, then; the docs show their names in this order."""

from collections.abc import Callable

from tests.laws.world import AHEAD, LATER, NOW
from tests.lives.shop import Shop, given, lines, shelf
from unicommerce.catalog import local_day
from unicommerce.counts import counted, reconcile
from unicommerce.fulfillment import (
    Collection,
    allocate,
    amend,
    cancel,
    collect,
    collected,
    delivered,
    notified,
    packed,
    picked,
    put_back,
    ready,
    reconsider,
    rejected,
    shipped,
)
from unicommerce.inventory import hold, received
from unicommerce.lots import BatchReceived, received_lots
from unicommerce.marketplaces import called_off
from unicommerce.returns import restock, returned
from unicommerce.supply import expected, landed
from unicommerce.values import DAY_MS, HOUR_MS

WEEK_MS = 7 * DAY_MS


def _sent(shop: Shop) -> None:
    """Tell of each shipment that still has pieces that it left and arrived."""
    for shipment in shop.shipments:
        shop.tell(shipped(shipment.id))
        shop.tell(delivered(shipment.id))


def shipped_from_a_warehouse() -> Shop:
    """The warehouse has it, picks, packs and sends it."""
    shop = given(dc={"MUG": 5})
    shop.order({"MUG": 2})
    shop.tell(picked("o/1", {"1": 2}))
    shop.tell(packed("o/1"))
    shop.tell(shipped("o/1", tracking="T1"))
    shop.tell(delivered("o/1"))
    assert (lines(shop), shelf(shop, "dc")) == ({"1": {"delivered": 2}}, 3)
    return shop


def shipped_from_a_store() -> Shop:
    """A store has it; that it was picked is implied by its leaving."""
    shop = given(north={"MUG": 2})
    shop.order({"MUG": 1})
    _sent(shop)
    assert (lines(shop), shelf(shop, "north")) == ({"1": {"delivered": 1}}, 1)
    return shop


def shipped_from_two_nodes() -> Shop:
    """No node has all of it, so two parcels leave."""
    shop = given(dc={"MUG": 1}, north={"CUP": 1})
    shop.order({"MUG": 1, "CUP": 1})
    assert {shipment.node for shipment in shop.shipments} == {"dc", "north"}
    _sent(shop)
    assert lines(shop) == {"1": {"delivered": 1}, "2": {"delivered": 1}}
    return shop


def a_kit() -> Shop:
    """A set is taken as its components, from one node that has it whole."""
    shop = given(dc={"MUG": 2, "CUP": 4})
    shop.order({"SET": 2})
    assert len(shop.shipments) == 1
    _sent(shop)
    assert (shelf(shop, "dc"), shelf(shop, "dc", "CUP")) == (0, 0)
    return shop


def a_backorder_that_lands() -> Shop:
    """Some is there and some is expected; the rest leaves once it has landed."""
    shop = given(dc={"MUG": 1})
    shop.tell(expected("po", node="dc", quantities={"MUG": 2}, expected_at=NOW + DAY_MS))
    shop.order({"MUG": 3}, policy=AHEAD)
    assert lines(shop)["1"].get("backordered")
    shop.now += DAY_MS
    shop.tell(landed("r", inbound="po", node="dc", quantities={"MUG": 2}))
    shop.tell(expected("po", node="dc", quantities={"MUG": 2}, expected_at=shop.now, version=3, is_closed=True))
    shop.yes(allocate("o", id="landed"))
    _sent(shop)
    assert lines(shop) == {"1": {"delivered": 3}}
    return shop


def a_preorder() -> Shop:
    """Nobody has it yet; the supplier moves the date, it comes, and it leaves."""
    shop = given()
    shop.tell(expected("po", node="dc", quantities={"MUG": 2}, expected_at=NOW + WEEK_MS))
    shop.order({"MUG": 2}, policy=AHEAD)
    shop.tell(expected("po", node="dc", quantities={"MUG": 2}, expected_at=NOW + 2 * WEEK_MS, version=2))
    shop.now += 2 * WEEK_MS
    shop.tell(landed("r", inbound="po", node="dc", quantities={"MUG": 2}))
    shop.tell(expected("po", node="dc", quantities={"MUG": 2}, expected_at=shop.now, version=3, is_closed=True))
    shop.yes(allocate("o", id="landed"))
    _sent(shop)
    assert (lines(shop), shelf(shop, "dc")) == ({"1": {"delivered": 2}}, 0)
    return shop


def canceled_before_picking() -> Shop:
    """The customer thinks better of it while nobody has picked."""
    shop = given(dc={"MUG": 2})
    shop.order({"MUG": 2})
    shop.yes(cancel("o", reason="changed_mind"))
    assert (lines(shop), shelf(shop, "dc")) == ({"1": {"canceled": 2}}, 2)
    return shop


def amended_up_and_down() -> Shop:
    """Two more, then three less; what is left is sent."""
    shop = given(dc={"MUG": 5})
    shop.order({"MUG": 2})
    shop.yes(amend("o", {"1": 4}, id="more"))
    shop.yes(allocate("o", id="more"))
    shop.yes(amend("o", {"1": 1}, id="less"))
    _sent(shop)
    assert (lines(shop), shelf(shop, "dc")) == ({"1": {"delivered": 1}}, 4)
    return shop


def short_pick_then_another_node() -> Shop:
    """One is not on the shelf; another node sends it, and a count says that it is gone."""
    shop = given(dc={"MUG": 2})
    shop.order({"MUG": 2})
    shop.tell(received("r", node="north", quantities={"MUG": 1}))
    shop.tell(picked("o/1", {"1": 1}, short={"1": 1}))
    shop.yes(allocate("o", id="again"))
    _sent(shop)
    shop.tell(counted("c", node="dc", quantities={"MUG": 0}, as_of=shop.now + 1, apart={"MUG": {"quarantine": 0}}))
    shop.now += 2
    shop.yes(reconcile("count/c", node="dc", sku="MUG", accept=True))
    assert (lines(shop), shelf(shop, "dc"), shelf(shop, "north")) == ({"1": {"delivered": 2}}, 0, 0)
    return shop


def rejected_busy_then_again() -> Shop:
    """The only store has no time today; tomorrow it is asked again."""
    shop = given(north={"MUG": 1})
    shop.order({"MUG": 1})
    shop.tell(rejected("o/1", reason="busy"))
    shop.no(allocate("o", id="today"))
    assert lines(shop) == {"1": {"open": 1}}
    shop.now += DAY_MS
    shop.yes(allocate("o", id="tomorrow"))
    _sent(shop)
    assert lines(shop) == {"1": {"delivered": 1}}
    return shop


def rejected_not_found_and_counted() -> Shop:
    """A store can not find it, the warehouse sends it, and the store counts what it has."""
    shop = given(north={"MUG": 1})
    shop.order({"MUG": 1})
    shop.tell(received("r", node="dc", quantities={"MUG": 1}))
    shop.tell(rejected("o/1", reason="not_found"))
    shop.yes(allocate("o", id="again"))
    _sent(shop)
    shop.tell(counted("c", node="north", quantities={"MUG": 0}, as_of=NOW + 1, apart={"MUG": {"quarantine": 0}}))
    shop.now += 2
    shop.yes(reconcile("count/c", node="north", sku="MUG", accept=True))
    assert (lines(shop), shelf(shop, "north")) == ({"1": {"delivered": 1}}, 0)
    return shop


def picked_up_from_own_stock() -> Shop:
    """The store has it, says so, and hands it over against the code."""
    shop = given(north={"MUG": 2})
    shop.order({"MUG": 1}, collect_at="north")
    shop.tell(ready("o/1", spot="A3"))
    shop.tell(notified("o/1", "sms", code="4711"))
    shop.no(collect("o/1", by="customer", checked_by="code", code="0815"))
    shop.yes(collect("o/1", by="customer", checked_by="code", code="4711"))
    assert (lines(shop), shelf(shop, "north")) == ({"1": {"collected": 1}}, 1)
    return shop


def picked_up_by_transfer() -> Shop:
    """The warehouse sends it to the store, where it is collected."""
    shop = given(dc={"MUG": 1})
    shop.order({"MUG": 1}, collect_at="north")
    shop.tell(shipped("o/1"))
    shop.tell(ready("o/1"))
    shop.tell(collected("o/1", by="customer", checked_by="id"))
    assert lines(shop) == {"1": {"collected": 1}}
    return shop


def collected_in_part() -> Shop:
    """Two of three are collected; for the third nobody comes, so it is on the shelf again and to be refunded."""
    shop = given(north={"MUG": 3})
    shop.order({"MUG": 3}, collect_at="north")
    shop.tell(ready("o/1"))
    shop.tell(collected("o/1", {"1": 2}, part="a"))
    shop.now += WEEK_MS
    for document in shop.ledger.due(shop.now, 9):
        assert isinstance(document, Collection)
        shop.yes(put_back(document))
    assert (lines(shop), shelf(shop, "north")) == ({"1": {"collected": 2, "canceled": 1}}, 1)
    return shop


def returned_to_another_store() -> Shop:
    """What the warehouse sent comes back to a store, and is sold there again."""
    shop = given(dc={"MUG": 2})
    shop.order({"MUG": 2})
    _sent(shop)
    shop.tell(returned("rma", node="south", order="o", lines={"1": 1}))
    shop.yes(restock("rma", {"MUG": 1}))
    assert (lines(shop), shelf(shop, "south")) == ({"1": {"delivered": 1, "returned": 1}}, 1)
    return shop


def a_blind_return() -> Shop:
    """Somebody brings a mug without a receipt; it is taken, and no order knows of it."""
    shop = given(dc={"MUG": 1})
    shop.order({"MUG": 1})
    _sent(shop)
    shop.tell(returned("rma", node="south", blind={"MUG": 1}))
    shop.yes(restock("rma", {"MUG": 1}))
    assert (lines(shop), shelf(shop, "south")) == ({"1": {"delivered": 1}}, 1)
    return shop


def canceled_by_the_channel() -> Shop:
    """A marketplace cancels a part; the rest is sent."""
    shop = given(dc={"MUG": 3})
    shop.order({"MUG": 3}, channel="market")
    shop.tell(called_off("o", {"1": 1}, id="m-1", by="buyer"))
    _sent(shop)
    assert lines(shop) == {"1": {"delivered": 2, "canceled": 1}}
    return shop


def endless_aisle_from_a_basket() -> Shop:
    """A store orders at the till what only the warehouse has; the basket holds it until then."""
    shop = given(dc={"MUG": 1})
    shop.yes(hold("basket", place="pool:web", quantities={"MUG": 1}, until=NOW + HOUR_MS))
    shop.order({"MUG": 1}, basket="basket")
    _sent(shop)
    assert lines(shop) == {"1": {"delivered": 1}}
    return shop


def reconsidered_to_a_cheaper_node() -> Shop:
    """Two parcels were planned; a delivery makes one of them, before anybody has picked."""
    shop = given(dc={"MUG": 1}, north={"CUP": 1})
    shop.order({"MUG": 1, "CUP": 1})
    shop.tell(received("r", node="north", quantities={"MUG": 1}))
    shop.yes(reconsider(["o"], id="noon"))
    shop.tell(delivered(shop.shipments[-1].id))
    _sent(shop)
    assert (shelf(shop, "dc"), shelf(shop, "north")) == (1, 0)
    return shop


def a_lot_with_minimum_life_told_late_and_twice() -> Shop:
    """A channel wants milk that lasts; its messages come in the wrong order, and twice."""
    shop = given()
    day = local_day("UTC", NOW)
    batches = [BatchReceived("MILK", 1, "old", day + 2), BatchReceived("MILK", 1, "fresh", day + 9)]
    shop.tell(received_lots("r", node="dc", batches=batches))
    shop.order({"MILK": 1}, channel="fresh", policy=LATER)
    late = (delivered("o/1"), shipped("o/1"), packed("o/1"), picked("o/1", {"1": 1}))
    for message in (*late, *late):
        shop.tell(message)
    assert (lines(shop), shelf(shop, "dc", "MILK")) == ({"1": {"delivered": 1}}, 1)
    return shop


LIVES: tuple[Callable[[], Shop], ...] = (
    shipped_from_a_warehouse,
    shipped_from_a_store,
    shipped_from_two_nodes,
    a_kit,
    a_backorder_that_lands,
    a_preorder,
    canceled_before_picking,
    amended_up_and_down,
    short_pick_then_another_node,
    rejected_busy_then_again,
    rejected_not_found_and_counted,
    picked_up_from_own_stock,
    picked_up_by_transfer,
    collected_in_part,
    returned_to_another_store,
    a_blind_return,
    canceled_by_the_channel,
    endless_aisle_from_a_basket,
    reconsidered_to_a_cheaper_node,
    a_lot_with_minimum_life_told_late_and_twice,
)
