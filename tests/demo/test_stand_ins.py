"""The stand-ins on their own: they forget nothing, do nothing twice, and count by themselves."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from examples.demo.accountant import Accountant
from examples.demo.carrier import Carrier
from examples.demo.data import FOLDER, World, load
from examples.demo.draw import share_out
from examples.demo.erp import Booking, Erp, Unavailable
from examples.demo.storefront import Storefront
from examples.demo.wire import DAY_MS, local, moment, pack, stamp, unpack
from examples.demo.wms import Warehouse

NOON = moment("2010-12-01T18:00:00Z")


@pytest.fixture(scope="module")
def world() -> World:
    """Return the world of one day."""
    return load(1)


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Erp]:
    """Return an ERP that is down on the second day."""
    erp = Erp(tmp_path / "erp.sqlite", (DAY_MS, 2 * DAY_MS))
    with closing(erp):
        yield erp


def received(id: str, pieces: int, unit_cost: int) -> bytes:
    """Return a message about goods that came in."""
    line = {"sku": "MUG", "quantity": pieces, "unit_cost": unit_cost}
    return pack({"id": id, "type": "GoodsReceived", "receipt": id, "lines": [line]})


def sold(id: str, pieces: int, line: str = "1") -> bytes:
    """Return a message about goods that the customer has, or that are on their way."""
    row = {"line": line, "sku": "MUG", "quantity": pieces}
    return pack({"id": id, "type": "GoodsSold", "order": "o1", "lines": [row]})


def test_the_slice_is_small() -> None:
    """At most one megabyte is shipped with the examples."""
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 1_000_000


def test_every_row_of_the_fortnight_is_kept_or_counted() -> None:
    """What was left out is counted by reason, and nothing is dropped in silence."""
    about = json.loads((FOLDER / "slice.json").read_text(encoding="utf-8"))

    assert about["rows_kept"] + sum(about["left_out"].values()) == about["rows_read"]


def test_stock_is_at_least_what_the_data_needs(world: World) -> None:
    """The opening stock of every code covers the orders of the day."""
    stocked: dict[str, int] = {}
    for supply in world.supplies:
        for sku, pieces in supply.pieces.items():
            stocked[sku] = stocked.get(sku, 0) + pieces
    sold: dict[str, int] = {}
    for order in world.orders:
        for line in order.lines:
            sold[line.sku] = sold.get(line.sku, 0) + line.quantity

    assert all(stocked[sku] >= pieces for sku, pieces in sold.items())


def test_shares_sum_to_the_whole() -> None:
    """Nothing is lost in the spreading."""
    assert share_out(7, {"a": 1, "b": 1, "c": 0}) == {"a": 4, "b": 3}


def test_a_storefront_goes_on_where_it_was(world: World, tmp_path: Path) -> None:
    """What was answered is not sent again, even after a restart; what was not is."""
    shop = Storefront(tmp_path / "s.sqlite", world)
    with closing(shop):
        first, second, *_ = shop.due(world.ends_at)
        shop.answered(pack({"type": "OrderAccepted", "order": "536365"}))
    again = Storefront(tmp_path / "s.sqlite", world)
    with closing(again):
        assert unpack(first)["order"] == "536365"
        assert again.due(world.ends_at)[0] == second


def test_a_warehouse_takes_an_instruction_once(world: World, tmp_path: Path) -> None:
    """The same instruction twice owes one pick and one shipment, and a message is owed until it is acknowledged."""
    lines = [{"line": "1", "sku": "MUG", "quantity": 3}]
    about = {"type": "Pick", "id": "o1/1", "node": world.sites[0].id, "handle_on": "2010-12-01", "sent_at": stamp(NOON)}
    warehouse = Warehouse(tmp_path / "w.sqlite", world.sites)
    with closing(warehouse):
        warehouse.accept(pack(about | {"lines": lines}))
        warehouse.accept(pack(about | {"lines": lines}))
        owed = warehouse.due(NOON + DAY_MS)
        warehouse.acknowledged(owed[0][0])

        assert {unpack(body)["type"] for _, body in owed} <= {"Picked", "Shipped"}
        assert len(owed) == len({unpack(body)["type"] for _, body in owed})
        assert warehouse.due(NOON + DAY_MS) == owed[1:]
        assert warehouse.due(NOON) == []


def test_a_warehouse_forgets_what_nobody_wants_and_looks_for_what_it_missed(world: World, tmp_path: Path) -> None:
    """Nothing is looked for that nobody was told to be missing; what was told to be is, whoever wanted it."""
    lines = [{"line": "1", "sku": "MUG", "quantity": 3}]
    about = {"type": "Pick", "node": world.sites[0].id, "handle_on": "2010-12-01", "sent_at": stamp(NOON)}
    warehouse = Warehouse(tmp_path / "w.sqlite", world.sites)
    with closing(warehouse):
        for n in range(200):
            warehouse.accept(pack(about | {"id": f"o{n}/1", "lines": lines}))
        owed = [id for id, _ in warehouse.due(NOON + 3 * DAY_MS)]
        silent, told, *_ = [id.removesuffix("/LookedMUG") for id in owed if id.endswith("/LookedMUG")]
        warehouse.acknowledged(f"{told}/Picked")
        for shipment in (silent, told):
            drop = {"type": "Drop", "id": f"{shipment}/drop", "shipment": shipment, "node": world.sites[0].id}
            warehouse.accept(pack(drop))

        left = [id for id, _ in warehouse.due(NOON + 3 * DAY_MS) if id.startswith((f"{silent}/", f"{told}/"))]
        assert left == [f"{told}/LookedMUG"]


def test_a_carrier_rests_on_sundays(tmp_path: Path) -> None:
    """A parcel that leaves on a Saturday is not delivered before Monday."""
    saturday = local("2010-12-04", 12 * 60, "America/Chicago")
    degrees = {"from_lat": "40.5", "from_lng": "-88.9", "to_lat": "40.6", "to_lng": "-88.9"}
    parcel = {"type": "Parcel", "shipment": "o1/1", "left_at": stamp(saturday), "zone": "America/Chicago"}
    carrier = Carrier(tmp_path / "c.sqlite")
    with closing(carrier):
        carrier.accept(pack(parcel | degrees))
        ((_, body),) = carrier.due(saturday + 5 * DAY_MS)

        assert carrier.due(local("2010-12-05", 23 * 60, "America/Chicago")) == []
        assert str(unpack(body)["at"]) >= "2010-12-06"


def test_the_erp_books_at_its_moving_average(erp: Erp) -> None:
    """Ten at 100 and ten at 110 leave at 105; the last piece takes what is left."""
    erp.receive(received("r1", 10, 100), 0)
    erp.receive(received("r2", 10, 110), 0)
    erp.receive(sold("s1", 3), 0)

    assert erp.bookings()["s1"] == [Booking("5000", "o1/1", "1400", "MUG", 315)]
    assert erp.stock() == {"MUG": (17, 1785)}


def test_the_erp_takes_a_return_back_at_the_cost_it_left_with(erp: Erp) -> None:
    """A later receipt at another cost does not change what a sold piece had cost."""
    back = {"id": "b1", "type": "GoodsReturned", "order": "o1", "return": "b1", "found": []}
    erp.receive(received("r1", 10, 100), 0)
    erp.receive(sold("s1", 4), 0)
    erp.receive(received("r2", 10, 200), 0)
    erp.receive(pack(back | {"lines": [{"line": "1", "sku": "MUG", "quantity": 1}]}), 0)

    assert erp.bookings()["b1"] == [Booking("1400", "MUG", "5000", "o1/1", 100)]


def test_the_erp_reckons_the_tax_of_an_invoice_itself(erp: Erp) -> None:
    """Three pieces at 1.85, with 17.5 % in it, whatever it says; credited once too often, it is found out."""
    row = {"line": "1", "quantity": 3, "unit_price": 185, "rate": "0.175", "tax": 99}
    about = {"type": "Invoiced", "number": "2010-000001", "order": "o1", "shipment": "o1/1"}
    erp.receive(pack(about | {"id": "i1", "lines": [row]}), 0)
    assert erp.bookings()["i1"] == [
        Booking("1200", "o1", "4000", "o1", 472),
        Booking("1200", "o1", "2200", "GB/VAT", 83),
    ]

    for n, (pieces, tax) in enumerate(((1, 28), (2, 55), (1, 28))):
        back = about | {"type": "Credited", "id": f"c{n}", "lines": [row | {"quantity": pieces, "tax": tax}]}
        assert erp.overcredited() == []
        erp.receive(pack(back), 0)
    assert erp.bookings()["c1"] == [
        Booking("4900", "o1", "1200", "o1", 315),
        Booking("2200", "GB/VAT", "1200", "o1", 55),
    ]
    assert erp.overcredited() == ["o1/1 line 1"]


def test_the_erp_books_what_returned_goods_that_leave_had_cost(erp: Erp) -> None:
    """At the moving average: what is scrapped is a difference, what is sold as a lot a cost of sales."""
    lines = [{"sku": "MUG", "quantity": 2, "how": "scrap"}, {"sku": "MUG", "quantity": 1, "how": "liquidate"}]
    erp.receive(received("r1", 10, 100), 0)
    erp.receive(pack({"id": "d1", "type": "StockDisposed", "return": "C1", "lines": lines}), 0)

    assert erp.bookings()["d1"] == [
        Booking("5800", "return:C1", "1400", "MUG", 200),
        Booking("5000", "return:C1", "1400", "MUG", 100),
    ]
    assert erp.stock() == {"MUG": (7, 700)}


def test_the_erp_books_what_a_count_has_not_found(erp: Erp) -> None:
    """What is not there leaves at the moving average; what is there after all comes at what it costs now."""
    counted = {"type": "StockCounted", "count": "dc:MUG"}
    erp.receive(received("r1", 10, 100), 0)
    erp.receive(received("r2", 10, 111), 0)
    for id, pieces in (("c1", -3), ("c2", 1)):
        erp.receive(pack(counted | {"id": id, "lines": [{"sku": "MUG", "quantity": pieces, "unit_cost": 111}]}), 0)

    assert erp.bookings()["c1"] == [Booking("5800", "dc:MUG", "1400", "MUG", 317)]
    assert erp.bookings()["c2"] == [Booking("1400", "MUG", "5800", "dc:MUG", 111)]
    assert erp.stock() == {"MUG": (18, 1904)}


def test_the_erp_books_a_repeat_once(erp: Erp) -> None:
    """A message whose acknowledgement was lost comes again and changes nothing."""
    erp.receive(received("r1", 10, 100), 0)
    erp.receive(received("r1", 10, 100), 0)

    assert erp.booked() == ["r1"]
    assert erp.stock() == {"MUG": (10, 1000)}
    assert erp.repeats() == 1


def test_the_erp_is_down_when_it_is_down(erp: Erp) -> None:
    """Nobody answers, and nothing is booked."""
    with pytest.raises(Unavailable):
        erp.receive(received("r1", 10, 100), DAY_MS)

    assert erp.booked() == []


def test_an_accountant_has_beancount_read_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors and sums are those of Beancount, no file is left beside it; where it is not installed, nothing is read."""
    accountant = Accountant(tmp_path / "books.beancount")
    opened = ["2010-12-01 open Assets:Cash", "2010-12-01 open Income:Sales"]
    accountant.write([*opened, '2010-12-01 * "sold"', "  Assets:Cash  1.85 GBP", "  Income:Sales  -1.84 GBP"])
    read = accountant.read()

    assert read is not None
    assert [error.partition(":")[0] for error in read.errors] == ["Transaction does not balance"]
    assert read.held == {"Assets:Cash": Decimal("1.85"), "Income:Sales": Decimal("-1.84")}
    assert [file.name for file in tmp_path.iterdir()] == ["books.beancount"]
    monkeypatch.setitem(sys.modules, "beancount", None)
    assert accountant.read() is None
