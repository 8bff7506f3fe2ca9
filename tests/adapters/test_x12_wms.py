"""What depositors and warehouses send in X12 becomes papers without losing a line, a quantity or a lot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.adapters.x12 import Terms
from examples.adapters.x12_wms import X12Wms
from tests.adapters.cases import read
from tests.adapters.x12_cases import (
    ITEMS,
    MAYBE,
    MOMENTS,
    NAMES,
    PLACES,
    SOMETIME,
    elements_that_count,
    joined,
    payload,
    segments,
    summary,
    text,
)
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import Commerce
from unicommerce.errors import InvalidValue
from unicommerce.intake import Intake, take
from unicommerce.inventory import goods, received
from unicommerce.ledger import Accepted, Account, Request
from unicommerce.orders import LineState, line_unit, standing
from unicommerce.ports import (
    Address,
    Cancellation,
    Dispatch,
    Item,
    Line,
    Message,
    Offered,
    Paper,
    Reading,
    SalesOrder,
    ShipNotice,
    ShipRequest,
    StockCount,
    Unread,
)
from unicommerce.values import Position

WMS = X12Wms()
BREAD = (("000100", 12, "1", "19991205"), ("000200", 32, "2", "19991207"), ("000300", 12, "3", "20000107"))
STRUDELS = tuple([Item(sku, quantity, line, uom="CA", lot=lot) for sku, quantity, line, lot in BREAD])
FOODS = (
    ("10071179016458", 72, "1000", "40550"), ("10071179016458", 72, "1000", "40551"),
    ("10071179000709", 96, "2000", "93724"),
)  # fmt: skip
SINGLE = ShipRequest(id="538686", order="538686", node="3111350000", items=STRUDELS[:1])

TABLE: dict[str, tuple[Paper, ...]] = {
    "940.OK.edi": (
        ShipRequest(
            id="538686",
            order="538686",
            node="0000000000140",
            items=STRUDELS,
            destination=Address("", "CA", "00003", "CITY"),
            service="MTEN",
            deliver_by=949_881_600_000,
            ship_by=949_622_400_000,
            target="00000001",
        ),
    ),
    "940-00.edi": (
        ShipRequest(
            id="538686",
            order="538686",
            node="0581493780140",
            items=STRUDELS,
            destination=Address("", "CA", "91760", "SAN DIEGO"),
            service="MTEN",
            deliver_by=949_881_600_000,
            ship_by=949_622_400_000,
            target="00046349",
        ),
    ),
    "940-02.edi": (
        ShipRequest(
            id="18061923",
            order="Test Order 1",
            node="0062507407323",
            items=(Item("10725342387462", 750, "1", uom="CA"), Item("10725342438720", 170, "2", uom="CA")),
            destination=Address("US", "CA", "95206", "STOCKTON"),
            deliver_by=1_323_648_000_000,
            ship_by=1_323_648_000_000,
            carrier="CPU",
            target="0060034969",
        ),
    ),
    "940-04.edi": (Cancellation(id="18061923", order="Test Order 1", reason="CANCELLED - DO NOT SHIP"),),
    "MultipleInterchangesAndGroups.edi": (SINGLE,) * 6,
    "945-00.edi": (
        Dispatch(
            id="IF102",
            order="PO9865",
            node="CHI",
            items=(Item("123456789", 3_000, "10", lot="LOT12314"),),
            carrier="NPLT",
            tracking=("BOL12345",),
            occurred_at=1_559_606_400_000,
        ),
    ),
    "945-02.edi": (
        Dispatch(
            id="01766655",
            order="9116",
            node="708066",
            items=tuple([Item(sku, quantity, line, uom="CA", lot=lot) for sku, quantity, line, lot in FOODS]),
            carrier="TRUK",
            tracking=("1035",),
            occurred_at=1_383_004_800_000,
        ),
    ),
}
LISTED: dict[str, tuple[Unread, ...]] = {
    "940-00.edi": (Unread("GE[1].02", "575103"), Unread("IEA[1].02", "3317")),
    "945-00.edi": (Unread("SE[1].01", "12"),),
    "945-02.edi": (
        Unread("W12[1].07", "007117901645"),
        Unread("W12[2].07", "007117901645"),
        Unread("W12[3].07", "007117900070"),
        Unread("SE[1].01", "32"),
    ),
}
"""What disagrees in a payload, or stands where it cannot be; of all else there is nothing that is not read or left."""
COUNT = {
    "940.OK.edi": (
        "ST.01 x1 ST.02 x1 W05.01 x1 W05.02 x1 N1.01 x2 N1.04 x2 N4.01 x1 N4.02 x1 N4.03 x1 G62.01 x2 "
        "G62.02 x2 W66.05 x1 LX.01 x3 W01.01 x3 W01.02 x3 W01.04 x3 W01.05 x3 W01.13 x3 SE.01 x1 "
        "SE.02 x1"
    ),
    "940-00.edi": (
        "ST.01 x1 ST.02 x1 W05.01 x1 W05.02 x1 N1.01 x2 N1.04 x2 N4.01 x1 N4.02 x1 N4.03 x1 G62.01 x2 "
        "G62.02 x2 W66.05 x1 LX.01 x3 W01.01 x3 W01.02 x3 W01.04 x3 W01.05 x3 W01.13 x3 SE.01 x1 "
        "SE.02 x1"
    ),
    "940-02.edi": (
        "ST.01 x1 ST.02 x1 W05.01 x1 W05.02 x1 W05.03 x1 N1.01 x2 N1.04 x2 N4.01 x1 N4.02 x1 N4.03 x1 "
        "N4.04 x1 G62.01 x2 G62.02 x2 W66.10 x1 LX.01 x2 W01.01 x2 W01.02 x2 W01.04 x2 W01.06 x2 "
        "W01.07 x2 SE.01 x1 SE.02 x1"
    ),
    "940-04.edi": ("ST.01 x1 ST.02 x1 W05.01 x1 W05.02 x1 W05.03 x1 NTE.02 x1 SE.01 x1 SE.02 x1"),
    "MultipleInterchangesAndGroups.edi": (
        "GS.03 x4 ST.01 x6 ST.02 x6 W05.01 x6 W05.02 x6 LX.01 x6 W01.01 x6 W01.02 x6 W01.04 x6 "
        "W01.05 x6 W01.13 x6 SE.01 x6 SE.02 x6"
    ),
    "945-00.edi": (
        "ST.01 x1 ST.02 x1 W06.01 x1 W06.02 x1 W06.03 x1 W06.04 x1 W06.06 x1 N1.01 x1 N1.04 x1 "
        "W27.02 x1 LX.01 x1 W12.03 x1 W12.07 x1 W12.08 x1 W12.09 x1 SE.01 x1 SE.02 x1"
    ),
    "945-02.edi": (
        "ST.01 x1 ST.02 x1 W06.01 x1 W06.02 x1 W06.03 x1 W06.04 x1 W06.06 x1 N1.01 x1 N1.04 x1 "
        "W27.02 x1 W12.03 x3 W12.05 x3 W12.07 x3 W12.08 x3 W12.09 x3 W12.10 x3 N9.01 x3 N9.02 x3 "
        "SE.01 x1 SE.02 x1"
    ),
    "846": (
        "ST.01 x1 ST.02 x1 BIA.01 x1 BIA.03 x1 BIA.04 x1 BIA.05 x1 LIN.04 x2 LIN.05 x2 QTY.01 x2 "
        "SCH.01 x3 SCH.04 x3 SE.01 x1 SE.02 x1"
    ),
}
"""The elements of each payload that count, by their place in it."""


@pytest.mark.parametrize("name", TABLE)
def test_a_payload_becomes_these_papers(name: str) -> None:
    """And every element of it was read, left on purpose, or is listed because it cannot be right."""
    assert WMS.read(payload(name)) == Reading(papers=TABLE[name], unread=LISTED.get(name, ()))


@pytest.mark.parametrize("name", TABLE)
def test_an_element_that_is_dropped_is_missed(name: str) -> None:
    """These elements count; without one of them the message would be read as something else."""
    assert summary(elements_that_count(WMS, text(name))) == COUNT[name]


@pytest.mark.parametrize("paper", [paper for papers in TABLE.values() for paper in papers])
def test_what_is_written_is_read_again(paper: Paper) -> None:
    """All of it, in a message of one set."""
    assert WMS.read(WMS.write(paper)) == Reading(papers=(paper,))


REQUESTS = st.builds(
    ShipRequest,
    id=NAMES,
    order=NAMES,
    node=NAMES,
    items=ITEMS,
    destination=PLACES,
    service=MAYBE,
    carrier=MAYBE,
    deliver_by=SOMETIME,
    ship_by=SOMETIME,
    target=MAYBE,
)
CANCELLATIONS = st.builds(
    Cancellation, id=NAMES, order=NAMES, items=ITEMS, reason=MAYBE, occurred_at=SOMETIME
)  # fmt: skip
DISPATCHES = st.builds(
    Dispatch,
    id=NAMES,
    order=MAYBE,
    node=MAYBE,
    items=ITEMS,
    short=ITEMS,
    carrier=MAYBE,
    tracking=st.lists(NAMES, max_size=2).map(tuple),
    occurred_at=SOMETIME,
)
HELD = st.lists(
    st.builds(lambda item, state: item._replace(line="", state=state), ITEMS.filter(bool).map(lambda x: x[0]),
              st.sampled_from(["", "available", "QH"])),
    max_size=4,
).map(tuple)  # fmt: skip
COUNTS = st.builds(StockCount, id=NAMES, node=NAMES, items=HELD, as_of=MOMENTS)


@given(REQUESTS | CANCELLATIONS | DISPATCHES | COUNTS, st.sampled_from(["UTC", "America/Chicago", "Asia/Kolkata"]))
def test_every_paper_that_x12_can_hold_comes_back(paper: Paper, zone: str) -> None:
    """Whatever the zone that the partners agreed on."""
    wms = X12Wms(Terms(zone=zone))
    assert wms.read(wms.write(paper)) == Reading(papers=(paper,))


@pytest.mark.parametrize(
    ("paper", "field"),
    [
        (ShipRequest(id="1", order="1", node="dc", items=(Item("MUG", 1),)), "ship_request.line of MUG"),
        (Dispatch(id="1", items=(Item("MUG", 1, "1", package="P"),)), "dispatch.package of MUG"),
        (StockCount(id="1", node="dc", items=(Item("MUG", 1, "1"),), as_of=0), "stock_count.line of MUG"),
        (StockCount(id="1", node="dc", items=(Item("MUG", 1, state="lost"),), as_of=0), "stock_count.state of MUG"),
        (Offered(channel="web", sku="MUG", quantity=1, version=1), "paper"),
    ],
)
def test_what_x12_cannot_hold_is_refused_by_name(paper: Paper, field: str) -> None:
    """Nothing is left out in silence when a paper is written, either."""
    with pytest.raises(InvalidValue) as refused:
        WMS.write(paper)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("name", "right", "wrong", "field"),
    [
        ("940.OK.edi", "W05*N", "W05*R", "W05[1].01"),
        ("940.OK.edi", "W01*32*CA", "W01*32.5*CA", "W01[2].01"),
        ("940.OK.edi", "W01*32*CA", "W01**CA", "W01[2].01"),
        ("945-00.edi", "W06*F", "W06*C", "W06[1].01"),
        ("945-00.edi", "VN*123456789", "QQ*123456789", "W12[1].07"),
        ("945-04.edi", "W06*F", "W06*F", "W12[1].06"),
    ],
)
def test_a_wrong_element_is_named(name: str, right: str, wrong: str, field: str) -> None:
    """A change of an order and a customer's return, which are other papers, too."""
    body = text(name)
    assert body.count(right) == 1
    assert read(WMS, Message("x12", body.replace(right, wrong))) == field


def test_what_fell_short_is_ordered_less_shipped() -> None:
    """A difference that is not, is listed."""
    body = text("945-00.edi").replace("CC*3000*3000*0", "CP*3000*2990*10").replace("W03*3000", "W03*2990")
    item = Item("123456789", 2_990, "10", lot="LOT12314")
    reading = WMS.read(Message("945", body))
    paper = reading.papers[0]

    assert isinstance(paper, Dispatch)
    assert (paper.items, paper.short) == ((item,), (item._replace(quantity=10),))
    assert reading.unread == LISTED["945-00.edi"]
    other = WMS.read(Message("945", body.replace("2990*10*", "2990*11*").replace("W03*2990", "W03*2991")))
    assert [each.path for each in other.unread] == ["W12[1].04", "W03[1].01", "SE[1].01"]


INVENTORY = [
    ["ST", "846", "0001"],
    ["BIA", "00", "DD", "I7", "20261127", "13011561"],
    ["N1", "DS", "A DISTRIBUTOR", "1", "043"],
    ["LIN", "1", "VN", "A 1", "UP", "704400095108"],
    ["QTY", "33", "8", "EA"],
    ["SCH", "2", "EA", "WH", "CHICAGO", "097", "20261127"],
    ["SCH", "6", "EA", "WH", "MEMPHIS", "097", "20261127"],
    ["LIN", "2", "VN", "A 2", "UP", "054961839292"],
    ["QTY", "33", "0", "EA"],
    ["SCH", "0", "EA", "WH", "MEMPHIS", "097", "20261127"],
    ["CTT", "2"],
    ["SE", "12", "0001"],
]
AS_OF = 1_795_784_475_610


def held(node: str, *pieces: tuple[str, int]) -> StockCount:
    """Return what a warehouse may sell."""
    items = tuple([Item(sku, quantity, state="available") for sku, quantity in pieces])
    return StockCount(id=f"I7/{node}", node=node, items=items, as_of=AS_OF)


COUNTED = (held("CHICAGO", ("704400095108", 2)), held("MEMPHIS", ("704400095108", 6), ("054961839292", 0)))


def test_an_inventory_is_a_count_for_each_warehouse() -> None:
    """Zero says that there is none; the total of an article must be the sum."""
    body = joined(INVENTORY)

    assert WMS.read(Message("846", body)) == Reading(papers=COUNTED)
    assert WMS.read(Message("846", body.replace("QTY*33*8", "QTY*33*9"))).unread == (Unread("QTY[1].02", "9"),)
    assert WMS.read(Message("846", body.replace("CTT*2", "CTT*3"))).unread == (Unread("CTT[1].01", "3"),)
    assert read(WMS, Message("846", body.replace("20261127*13011561", "20261399"))) == "BIA[1].04"

    lots = WMS.read(Message("846", body.replace("704400095108", "704400095108*LT*L9"))).papers[0]
    assert isinstance(lots, StockCount)
    assert [item.lot for item in lots.items] == ["L9"]
    other = body.replace("MEMPHIS*097*20261127", "MEMPHIS*097*20261126")
    assert [each.path for each in WMS.read(Message("846", other)).unread] == ["SCH[2].06", "SCH[3].06"]


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    """Half past one on the night when clocks go back: the zone of the message says which."""
    wms = X12Wms(Terms(zone="America/Chicago"))
    for at in (1_793_514_600_000, 1_793_518_200_000):
        count = StockCount(id="I7", node="dc", items=(Item("MUG", 1),), as_of=at)
        assert wms.read(wms.write(count)) == Reading(papers=(count,))


def test_a_dispatch_of_all_that_was_asked_for_names_no_items() -> None:
    """No exceptions."""
    assert "W06*N*o/1" in WMS.write(Dispatch(id="o/1")).body
    assert read(WMS, Message("945", WMS.write(Dispatch(id="o/1")).body.replace("W06*N", "W06*F"))) == "W12"
    assert "W06*F*o/1" in WMS.write(Dispatch(id="o/1", items=(Item("MUG", 1, "1"),))).body


def test_an_element_of_an_inventory_that_is_dropped_is_missed() -> None:
    """The same as of the payloads."""
    assert summary(elements_that_count(WMS, joined(INVENTORY))) == COUNT["846"]


def test_an_inventory_without_warehouses_is_of_the_one_at_its_head() -> None:
    """By its quantities: on hand and free to sell."""
    found = [each for each in INVENTORY if each[0] not in {"SCH", "LIN", "QTY"}]
    lines = [["LIN", "1", "UP", "704400095108", "LT", "L9"], ["QTY", "17", "9", "CA"], ["QTY", "33", "8", "EA"]]
    body = joined([*found[:3], *lines, ["CTT", "1"], ["SE", "8", "0001"]])
    items = (Item("704400095108", 9, uom="CA", lot="L9"), Item("704400095108", 8, state="available", lot="L9"))

    assert WMS.read(Message("846", body)) == Reading(
        papers=(StockCount(id="I7", node="043", items=items, as_of=AS_OF),)
    )


def test_both_ports_read_the_same_ship_notice() -> None:
    """A warehouse is told what comes in as the buyer is."""
    reading = WMS.read(payload("856-06.edi"))
    assert [type(paper) for paper in reading.papers] == [ShipNotice]
    assert WMS.read(WMS.write(reading.papers[0])) == Reading(papers=reading.papers)


def test_a_shipment_goes_to_a_warehouse_and_comes_back_as_sent() -> None:
    """A 940 in pieces, a 945 in cases, one piece of it short; sent twice and taken once."""
    network = Network(nodes=(Node(id="dc", position=Position(0, 0)),), pools=(Pool(id="web", nodes=("dc",)),))
    shop = Commerce(Catalog(network=network))
    shop.tell(received("r", node="dc", quantities={"MUG": 24}), now=0)
    order = SalesOrder(id="o", placed_at=0, currency="USD", lines=(Line("1", "MUG", 13, 995),))
    for step in take(Reading(papers=(order,)), Intake(pool="web")).steps:
        assert isinstance(step, Request)
        assert isinstance(shop.ask(step, now=0), Accepted)

    request = ShipRequest(id="o/1", order="o", node="dc", items=(Item("MUG", 13, "1"),))
    assert WMS.read(WMS.write(request)).papers == (request,)
    sent = Dispatch(
        id="o/1",
        order="o",
        node="dc",
        items=(Item("MUG", 1, "1", uom="CA"),),
        short=(Item("MUG", 1, "1"),),
        tracking=("1Z",),
        occurred_at=50,
    )
    for _ in range(2):
        taken = take(WMS.read(WMS.write(sent)), Intake(pool="web", measures={("MUG", "CA"): 12}))
        assert taken.left == ()
        for step in taken.steps:
            assert not isinstance(step, Request)
            shop.tell(step, now=60)

    unit = line_unit("o", "1")
    assert shop.see(lambda state, _: standing(state, unit, LineState.SHIPPED)) == 12
    assert shop.see(lambda state, _: state.balance(goods("MUG"), (Account("dc", "quarantine"),))) == 1


def test_a_price_of_a_case_is_that_of_its_pieces() -> None:
    """Where it is whole; a part of a cent is not made up."""
    lines = (Line("1", "MUG", 2, 1_200, uom="CA"),)
    order = SalesOrder(id="o", placed_at=0, currency="USD", lines=lines)
    intake = Intake(pool="web", measures={("MUG", "CA"): 12})
    in_pieces = SalesOrder(id="o", placed_at=0, currency="USD", lines=(Line("1", "MUG", 24, 100),))

    assert intake.price_minor(lines[0]) == 100
    assert intake.pieces(lines) == {"MUG": 24}
    (one,), (other,) = [take(Reading(papers=(each,)), intake).steps for each in (order, in_pieces)]
    assert isinstance(one, Request)
    assert isinstance(other, Request)
    assert one.asked == other.asked
    with pytest.raises(InvalidValue, match="price of MUG"):
        intake.price_minor(lines[0]._replace(price_minor=1_201))


def test_an_article_of_a_shipping_order_may_have_a_case_code_alone() -> None:
    """The element before the pairs."""
    found = segments(text("940.OK.edi"))
    body = joined([[*each[:4], "", "", "", "", *each[8:]] if each[0] == "W01" else each for each in found])
    paper = WMS.read(Message("940", body)).papers[0]

    assert isinstance(paper, ShipRequest)
    assert [item.sku for item in paper.items] == ["000100000010", "000000000220", "000000000330"]
