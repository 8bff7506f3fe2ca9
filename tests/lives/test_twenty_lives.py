"""The twenty most usual lives of an order end right: units zero, claims right, money right. A wrong end is found."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.laws.world import AHEAD, LATER, NOW, Happened
from tests.lives.lives import LIVES, shipped_from_a_warehouse
from tests.lives.shop import Shop, ends_right, given, lines
from tests.lives.traces import trace
from unicommerce.finance import Chart, Posted, Posting
from unicommerce.fulfillment import packed, ready, shipped
from unicommerce.inventory import CUSTOMER, goods, hold, reserve, sellable
from unicommerce.ledger import Account, Event, Fact, Movement, Telling
from unicommerce.lots import BatchReceived, received_lots
from unicommerce.orders import LineState, line_account, line_unit
from unicommerce.supply import expected
from unicommerce.values import HOUR_MS


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
def test_a_life_ends_right(life: Callable[[], Shop]) -> None:
    """What it says of its end is asserted in it; nothing else is left; and its trace leads there, piece by piece."""
    shop = life()
    (order,) = [each for each in shop.orders if each.id == "o"]
    traces = {line.id: trace(shop, "o", line.id) for line in order.lines}

    ends_right(shop)
    assert {line: dict(steps[-1]) for line, steps in traces.items()} == lines(shop)
    assert all(before != after for steps in traces.values() for before, after in pairwise(steps))
    assert all(quantity > 0 for steps in traces.values() for step in steps for quantity in step.values())


def _with(event: Event) -> Shop:
    """Return a life that ended right, and something that should not have happened after it."""
    shop = shipped_from_a_warehouse()
    shop.shop.tell(Telling("wrong", None, lambda *_: (Fact("wrong", (event,)),)), now=NOW)
    return shop


def _ordered(collect_at: str = "") -> Shop:
    shop = given(dc={"MUG": 2})
    shop.order({"MUG": 1}, collect_at=collect_at)
    return shop


def _open() -> Shop:
    shop = given(dc={"MUG": 2})
    shop.order({"MUG": 1}, policy=LATER)
    return shop


def _awaited() -> Shop:
    shop = given()
    shop.tell(expected("po", node="dc", quantities={"MUG": 1}, expected_at=NOW + HOUR_MS))
    shop.order({"MUG": 1}, policy=AHEAD)
    return shop


def _packed() -> Shop:
    shop = _ordered()
    shop.tell(packed("o/1"))
    return shop


def _under_way() -> Shop:
    shop = _ordered()
    shop.tell(shipped("o/1"))
    return shop


def _waiting() -> Shop:
    shop = _ordered(collect_at="north")
    shop.tell(ready("o/1"))
    return shop


def _claimed() -> Shop:
    shop = shipped_from_a_warehouse()
    shop.yes(reserve("stray", place="pool:web", quantities={"MUG": 1}))
    return shop


def _held() -> Shop:
    shop = shipped_from_a_warehouse()
    shop.yes(hold("basket", place="dc", quantities={"MUG": 1}, until=NOW + HOUR_MS))
    return shop


def _posted(*posting: Posting) -> Posted:
    return Posted(currency="USD", postings=posting)


def _gone() -> Shop:
    return _with(Happened(moves=(Movement(1, goods("MUG"), sellable("dc"), CUSTOMER),)))


def _line_alone() -> Shop:
    delivered, returned = (line_account(state, "o/1") for state in (LineState.DELIVERED, LineState.RETURNED))
    return _with(Happened(moves=(Movement(1, line_unit("o", "1"), delivered, returned),)))


def _made() -> Shop:
    shop = shipped_from_a_warehouse()
    shop.ledger._books[goods("MUG")][sellable("dc")] += 1
    return shop


def _cost() -> Shop:
    return _with(_posted(Posting(5, Chart.COST_OF_GOODS_SOLD, Chart.SHRINKAGE)))


def _stock() -> Shop:
    return _with(_posted(Posting(5, Chart.INVENTORY, Chart.SHRINKAGE, "MUG")))


def _price() -> Shop:
    return _with(_posted(Posting(5, Chart.RECEIVABLE, Chart.REVENUE, "o", "o")))


def _in_no_node() -> Shop:
    return _with(Happened(moves=(Movement(1, goods("MUG"), sellable("dc"), Account("transit:x", "moving")),)))


WRONG = {
    "open": (_open, "'open'"),
    "awaited": (_awaited, "'backordered'"),
    "allocated": (_ordered, "'allocated'"),
    "packed": (_packed, "'packed'"),
    "under way": (_under_way, "'shipped'"),
    "waiting": (_waiting, "'ready'"),
    "claimed": (_claimed, "goods left"),
    "held": (_held, "goods left"),
    "under way for nobody": (_in_no_node, "goods left"),
    "gone without a line": (_gone, "customers have"),
    "a line without goods": (_line_alone, "customers have"),
    "goods made": (_made, "sku:MUG"),
    "cost": (_cost, "cost of what was sold"),
    "stock": (_stock, "worth something else"),
    "price": (_price, "should owe"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_end_is_found(name: str) -> None:
    """Each kind of wrong end, and what is said of it."""
    wrong, said = WRONG[name]

    with pytest.raises(AssertionError, match=said):
        ends_right(wrong())


def test_what_a_receipt_names_by_lot_is_valued() -> None:
    """Finance counted only what a receipt named no lot of, and sold lots out of nothing."""
    shop = given()
    shop.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 2, "a", 800_000)]))

    ends_right(shop)
