"""What buyers and suppliers send in X12 becomes papers without losing a line, a quantity or a part of a cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.adapters.x12 import Terms
from examples.adapters.x12_erp import X12Erp
from tests.adapters.cases import read
from tests.adapters.x12_cases import (
    ITEMS,
    LINES,
    MAYBE,
    MOMENTS,
    NAMES,
    PIECES,
    PLACES,
    SOMETIME,
    UNITS,
    elements_that_count,
    joined,
    payload,
    segments,
    summary,
    text,
)
from unicommerce.errors import InvalidValue
from unicommerce.intake import Intake, take
from unicommerce.ports import (
    Address,
    Answer,
    Item,
    Line,
    Message,
    Paper,
    PurchaseAnswer,
    PurchaseOrder,
    Reading,
    SalesOrder,
    ShipNotice,
    Unread,
)

ERP = X12Erp()
DAY = 86_400_000
CHIPS = (
    ("000111111", 16), ("000555555", 13), ("000666666", 32), ("000874917", 51), ("000874958", 9), ("000874990", 85),
    ("000875088", 1),
)  # fmt: skip
WIDGETS = (
    ("065322-117", 120, 925), ("066850-116", 220, 1_379), ("060733-110", 126, 1_099), ("065308-116", 76, 435),
    ("065374-118", 72, 750), ("067504-118", 696, 955),
)  # fmt: skip
QUILTS = (
    ("000100001", "A_QU001-BLK", 2_500, 253), ("000200001", "A_QF001-BLK", 2_000, 341),
    ("000200002", "A_QF001-RED", 1_000, 341),
)  # fmt: skip
CARTONS = (
    ("0000000000642", "00000715670002152360"), ("0000000000831", "00000715670002152377"),
    ("0000000000283", "00000715670002152384"), ("0000000000203", "00000715670002152391"),
)  # fmt: skip


def crossdock(level: str, order: str, store: str, items: tuple[Item, ...]) -> ShipNotice:
    """Return what of a shipment is of an order and for a store."""
    return ShipNotice(
        id=f"000009/{level}",
        order=order,
        items=items,
        node="0001",
        sent_at=1_253_491_200_000,
        expected_at=1_253_836_800_000,
        carrier="OVNT",
        tracking=("0000000008741",),
        target=store,
    )


def notice(level: str, order: str, store: str, package: str) -> ShipNotice:
    """Return what of a shipment of two orders is of one."""
    items = tuple([Item(sku, pieces, package=package) for sku, pieces in (("008815509183", 4), ("008815547321", 9))])
    return ShipNotice(
        id=f"01140824/{level}",
        order=order,
        items=items,
        node="0078742035260",
        sent_at=1_129_383_900_000,
        carrier="JBHT",
        tracking=("082131",),
        target=store,
    )


TABLE: dict[str, tuple[Paper, ...]] = {
    "x12.850.edi": (
        PurchaseOrder(
            id="1000012",
            ordered_at=1_251_331_200_000,
            lines=(Line("1", "0054321", 1, 1_995),),
            destination=Address("US", "NY", "11788-1234", "Hauppauge"),
            service="UPSG",
        ),
    ),
    "x12.850a.edi": (
        PurchaseOrder(
            id="4600000406",
            ordered_at=1_406_160_000_000,
            lines=tuple([Line(*each, uom="YD", due_at=1_407_110_400_000) for each in QUILTS]),
            currency="USD",
            supplier="0000600396",
            node="T100",
            destination=Address("US", "TX", "78045", "Laredo"),
        ),
    ),
    "850.OK.edi": (
        PurchaseOrder(
            id="08292233294",
            ordered_at=1_290_816_000_000,
            lines=tuple([Line(str(n), *each) for n, each in enumerate(WIDGETS, 1)]),
            node="0003947268292",
            due_at=1_292_284_800_000,
            total_minor=1_304_594,
            destination=Address("", "OH", "44139", "SOLON"),
            service="P3",
        ),
    ),
    "004010_850.edi": (
        PurchaseOrder(
            id="A99999-01",
            ordered_at=855_878_400_000,
            lines=tuple([Line(str(n), *each, 1_234, uom="CA") for n, each in enumerate(CHIPS, 1)]),
            node="1223334445",
            due_at=882_489_600_000,
            destination=Address("", "GA", "30603", "ATHENS"),
        ),
    ),
    "855-inbound.edi": (
        PurchaseAnswer(
            id="365465413/20220913",
            order="365465413",
            lines=(Line("item-1", "ACM/8900-400", 8, 40_000), Line("item-2", "ACM/1100-001", 4, 12_500)),
            answer="accepted",
            answers=(Answer("item-1", 8, "accepted"), Answer("item-2", 4, "accepted")),
            ordered_at=1_663_113_600_000,
            answered_at=1_663_027_200_000,
        ),
    ),
    "856.Crossdock.OK.edi": (
        crossdock("2", "POREF00", "002", tuple([Item(sku, 12, package=package) for sku, package in CARTONS])),
        crossdock("11", "POREF01", "003", (Item("0000000000642", 12, package="00000715670002152111"),)),
    ),
    "856-02.edi": (
        notice("2", "9988776655", "0078742000992", "00000010012345614785"),
        notice("6", "2288115555", "0078742000015", "00000010012378945698"),
    ),
    "856-04.edi": (
        ShipNotice(
            id="SHIP002",
            items=(Item("123456789", 10, package="1234567890123456"),),
            sent_at=1_697_241_600_000,
            carrier="FEDEX",
        ),
    ),
    "856-06.edi": (
        ShipNotice(
            id="222253",
            order="DR3469500",
            items=(Item("25901", 2, "001", package="1Z54242X0357922222"),),
            sent_at=1_190_160_000_000,
        ),
    ),
    "asn856.txt": (
        ShipNotice(
            id="829716",
            order="99999817",
            items=(Item("999999310145", 24, "1"), Item("999999311746", 6, "2")),
            sent_at=1_323_129_600_000,
            carrier="XXXX",
            tracking=("5787970539",),
        ),
    ),
}
LISTED: dict[str, tuple[Unread, ...]] = {
    "x12.850.edi": (Unread("IEA[1].02", "000000001"),),
    "x12.850a.edi": (Unread("IEA[1].02", "000000001"),),
    "856-02.edi": (Unread("DTM[1].02", "200"), Unread("GE[1].01", "2")),
    "856-04.edi": (Unread("SE[1].01", "15"),),
    "asn856.txt": (Unread("IEA[1].02", "000000049"),),
}
"""What disagrees in a payload; of all others there is nothing that is not read or left."""
COUNT = {
    "x12.850.edi": (
        "ST.01 x1 ST.02 x1 BEG.01 x1 BEG.02 x1 BEG.03 x1 BEG.05 x1 TD5.05 x1 N1.01 x1 N4.01 x1 N4.02 x1 "
        "N4.03 x1 N4.04 x1 PO1.02 x1 PO1.04 x1 PO1.06 x1 PO1.07 x1 SE.01 x1 SE.02 x1"
    ),
    "x12.850a.edi": (
        "ST.01 x1 ST.02 x1 BEG.01 x1 BEG.02 x1 BEG.03 x1 BEG.05 x1 CUR.02 x1 N1.01 x2 N1.04 x2 N4.01 x1 "
        "N4.02 x1 N4.03 x1 N4.04 x1 PO1.01 x3 PO1.02 x3 PO1.03 x3 PO1.04 x3 PO1.08 x3 PO1.09 x3 "
        "DTM.01 x3 DTM.02 x3 SE.01 x1 SE.02 x1"
    ),
    "850.OK.edi": (
        "ST.01 x1 ST.02 x1 BEG.01 x1 BEG.02 x1 BEG.03 x1 BEG.05 x1 DTM.01 x1 DTM.02 x1 TD5.03 x1 "
        "N1.01 x1 N1.04 x1 N4.01 x1 N4.02 x1 N4.03 x1 PO1.02 x6 PO1.04 x6 PO1.06 x6 PO1.07 x6 AMT.01 x1 "
        "AMT.02 x1 SE.01 x1 SE.02 x1"
    ),
    "004010_850.edi": (
        "ST.01 x1 ST.02 x1 BEG.01 x1 BEG.02 x1 BEG.03 x1 BEG.05 x1 DTM.02 x1 N1.01 x1 N1.04 x1 N4.01 x1 "
        "N4.02 x1 N4.03 x1 PO1.02 x7 PO1.03 x7 PO1.04 x7 PO1.06 x7 PO1.07 x7 SE.01 x1 SE.02 x1"
    ),
    "855-inbound.edi": (
        "ST.01 x1 ST.02 x1 BAK.01 x1 BAK.02 x1 BAK.03 x1 BAK.04 x1 BAK.09 x1 PO1.01 x2 PO1.02 x2 "
        "PO1.04 x2 PO1.08 x2 PO1.09 x2 ACK.01 x2 ACK.02 x2 SE.01 x1 SE.02 x1"
    ),
    "856.Crossdock.OK.edi": (
        "ST.01 x1 ST.02 x1 BSN.01 x1 BSN.02 x1 HL.01 x13 HL.03 x13 TD5.03 x1 REF.01 x1 REF.02 x1 "
        "DTM.01 x2 DTM.02 x2 N1.01 x3 N1.04 x3 PRF.01 x2 HL.02 x10 MAN.01 x5 MAN.02 x5 LIN.02 x5 "
        "LIN.03 x5 SN1.02 x5 SE.01 x1 SE.02 x1"
    ),
    "856-02.edi": (
        "ST.01 x1 ST.02 x1 BSN.01 x1 BSN.02 x1 BSN.03 x1 BSN.04 x1 HL.01 x9 HL.03 x9 TD5.03 x1 "
        "REF.01 x1 REF.02 x1 N1.01 x3 N1.04 x3 PRF.01 x2 HL.02 x6 MAN.01 x2 MAN.02 x2 LIN.02 x4 "
        "LIN.03 x4 SN1.02 x4 SE.01 x1 SE.02 x1"
    ),
    "856-04.edi": (
        "ST.01 x1 ST.02 x1 BSN.01 x1 BSN.02 x1 HL.01 x4 HL.03 x4 TD5.03 x1 DTM.01 x1 DTM.02 x1 HL.02 x2 "
        "MAN.01 x1 MAN.02 x1 LIN.02 x1 LIN.03 x1 SN1.02 x1 SE.01 x1 SE.02 x1"
    ),
    "856-06.edi": (
        "ST.01 x1 ST.02 x1 BSN.01 x1 BSN.02 x1 HL.01 x4 HL.03 x4 DTM.01 x1 DTM.02 x1 PRF.01 x1 HL.02 x2 "
        "MAN.01 x1 MAN.02 x1 LIN.02 x1 LIN.03 x1 SN1.02 x1 SE.01 x1 SE.02 x1"
    ),
    "asn856.txt": (
        "ST.01 x1 ST.02 x1 BSN.01 x1 BSN.02 x1 HL.01 x4 HL.03 x4 TD5.03 x1 REF.01 x1 REF.02 x1 "
        "DTM.01 x1 DTM.02 x1 PRF.01 x1 HL.02 x2 LIN.04 x2 LIN.05 x2 SN1.02 x2 SE.01 x1 SE.02 x1"
    ),
}
"""The elements of each payload that count, by their place in it."""


@pytest.mark.parametrize("name", TABLE)
def test_a_payload_becomes_these_papers(name: str) -> None:
    """And every element of it was read, left on purpose, or is listed because it cannot be right."""
    assert ERP.read(payload(name)) == Reading(papers=TABLE[name], unread=LISTED.get(name, ()))


@pytest.mark.parametrize("name", TABLE)
def test_an_element_that_is_dropped_is_missed(name: str) -> None:
    """These elements count; without one of them the message would be read as something else."""
    assert summary(elements_that_count(ERP, text(name))) == COUNT[name]


@pytest.mark.parametrize("paper", [paper for papers in TABLE.values() for paper in papers])
def test_what_is_written_is_read_again(paper: Paper) -> None:
    """All of it, in a message of one set."""
    assert ERP.read(ERP.write(paper)) == Reading(papers=(paper,))


ORDERS = st.builds(
    PurchaseOrder,
    id=NAMES,
    ordered_at=MOMENTS,
    lines=LINES.map(tuple),
    currency=st.sampled_from(["", "USD", "JPY", "KWD"]),
    supplier=MAYBE,
    node=MAYBE,
    due_at=SOMETIME,
    total_minor=st.none() | st.integers(-1_000, 10**12),
    destination=PLACES,
    service=MAYBE,
)
NOTICES = st.builds(
    ShipNotice,
    id=NAMES,
    order=MAYBE,
    items=st.tuples(ITEMS, MAYBE).map(lambda x: tuple([item._replace(package=x[1]) for item in x[0]])),
    node=MAYBE,
    sent_at=MOMENTS,
    expected_at=SOMETIME,
    carrier=MAYBE,
    tracking=st.lists(NAMES, max_size=2).map(tuple),
    target=MAYBE,
)
STATES = st.sampled_from(["accepted", "backordered", "rejected", "quantity_changed", "BP"])
DAYS = st.none() | st.integers(0, 20_000).map(lambda day: day * DAY)


@st.composite
def purchase_answers(draw: st.DrawFn) -> PurchaseAnswer:
    """Draw an answer that speaks of some lines, of some more than once."""
    lines = tuple(draw(LINES))
    answers = [
        Answer(line.id, draw(st.just(0) | PIECES), draw(STATES), draw(DAYS), draw(UNITS))
        for line in lines
        for _ in range(draw(st.integers(0, 2)))
    ]
    return PurchaseAnswer(
        id=draw(NAMES),
        order=draw(NAMES),
        lines=lines,
        answer=draw(st.sampled_from(["accepted", "changed", "exceptions", "rejected", "AT"])),
        due_at=draw(SOMETIME),
        answers=tuple(answers),
        currency=draw(st.sampled_from(["", "USD", "JPY"])),
        reason=draw(MAYBE),
        ordered_at=draw(SOMETIME),
        answered_at=draw(SOMETIME),
    )


@given(ORDERS | NOTICES | purchase_answers(), st.sampled_from(["UTC", "America/Chicago", "Asia/Kolkata"]))
def test_every_paper_that_x12_can_hold_comes_back(paper: Paper, zone: str) -> None:
    """Whatever the zone that the partners agreed on; only a line's answer has a day and no time."""
    erp = X12Erp(Terms(zone="UTC" if isinstance(paper, PurchaseAnswer) else zone))
    assert erp.read(erp.write(paper)) == Reading(papers=(paper,))


PLAIN, LATE = Line("1", "MUG", 1), Answer("1", 1, "accepted", 1_000)
TAXED, SEVENTH = Line("1", "MUG", 1, 5, 1), Line("1", "MUG", 1, 5, price_per=7)


@pytest.mark.parametrize(
    ("paper", "field"),
    [
        (PurchaseOrder(id="1", ordered_at=None, lines=()), "purchase_order.ordered_at"),
        (PurchaseOrder(id="1", ordered_at=0, lines=(TAXED,)), "purchase_order.line 1.discount and tax"),
        (PurchaseOrder(id="1", ordered_at=0, lines=(SEVENTH,)), "line 1.price_minor for price_per"),
        (PurchaseOrder(id="1", ordered_at=0, lines=(PLAIN._replace(uom="box"),)), "uom"),
        (PurchaseAnswer(id="1", order="1", lines=()), "purchase_answer.answer"),
        (PurchaseAnswer(id="1", order="1", lines=(PLAIN,), answer="AD", answers=(LATE,)), "purchase_answer.due_at"),
        (ShipNotice(id="1", items=()), "ship_notice.sent_at"),
        (ShipNotice(id="1", sent_at=0, items=(Item("MUG", 1, state="damaged"),)), "ship_notice.state of MUG"),
        (SalesOrder(id="1", placed_at=0, currency="USD", lines=()), "paper"),
    ],
)
def test_what_x12_cannot_hold_is_refused_by_name(paper: Paper, field: str) -> None:
    """Nothing is left out in silence when a paper is written, either."""
    with pytest.raises(InvalidValue) as refused:
        ERP.write(paper)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("name", "right", "wrong", "field"),
    [
        ("850.OK.edi", "BEG*00", "BEG*01", "BEG[1].01"),
        ("850.OK.edi", "00*SA", "00*BK", "BEG[1].02"),
        ("850.OK.edi", "*120*EA", "*120.5*EA", "PO1[1].02"),
        ("850.OK.edi", "9.25*TE", "9.25*HF", "PO1[1].05"),
        ("850.OK.edi", "CB*065322-117*PR*RO*VN", "ZZ*065322-117*PR*RO*ZZ", "PO1[1].06"),
        ("855-inbound.edi", "BAK*00", "BAK*01", "BAK[1].01"),
        ("855-inbound.edi", "ACK*IA*8*EA", "ACK*IA", "ACK[1].02"),
        ("856-02.edi", "BSN*00", "BSN*05", "BSN[1].01"),
        ("856-02.edi", "HL*9*7*I", "HL*5*7*I", "HL.01"),
        ("856-02.edi", "HL*6*1*O", "HL*6*7*X", "HL.02"),
    ],
)
def test_a_wrong_element_is_named(name: str, right: str, wrong: str, field: str) -> None:
    """A cancellation or a replacement that is no new order, too."""
    body = text(name)
    assert body.count(right) == 1
    assert read(ERP, Message("x12", body.replace(right, wrong))) == field


def test_a_supplier_says_what_becomes_of_pieces_of_a_line() -> None:
    """Five now, two on the fourth of July, and a case of them not at all."""
    found = segments(text("855-inbound.edi"))
    at = [each[0] for each in found].index("ACK")
    said = [["ACK", "IA", "5", "EA"], ["ACK", "IB", "2", "EA", "067", "20220704"], ["ACK", "IR", "1", "CA"]]
    body = joined([*found[:at], *said, *found[at + 1 :]]).replace("SE*17*", "SE*19*")
    reading = ERP.read(Message("855", body))
    answer = reading.papers[0]

    assert isinstance(answer, PurchaseAnswer)
    assert answer.lines[0].quantity == 8
    assert answer.answers[:3] == (
        Answer("item-1", 5, "accepted"),
        Answer("item-1", 2, "backordered", 1_656_892_800_000),
        Answer("item-1", 1, "rejected", uom="CA"),
    )
    assert reading.unread == ()


def test_a_day_until_which_a_line_may_be_canceled_is_no_day_on_which_it_comes() -> None:
    """And a day on which it leaves the supplier is listed."""
    body = text("855-inbound.edi")
    left = ERP.read(Message("855", body.replace("ACK*IA*8*EA", "ACK*IA*8*EA*001*20130531*ITEM FILLED")))
    listed = ERP.read(Message("855", body.replace("ACK*IA*8*EA", "ACK*IA*8*EA*068*20130531*ITEM FILLED")))

    assert (left.papers, left.unread) == (TABLE["855-inbound.edi"], ())
    assert listed.unread == (Unread("ACK[1].04", "068"), Unread("ACK[1].05", "20130531"))


def test_an_answer_says_when_all_of_it_comes() -> None:
    """Beside what it says of lines."""
    answer = PurchaseAnswer(id="1", order="1", lines=(PLAIN,), answer="accepted", due_at=1_292_284_800_000)

    assert ERP.read(ERP.write(answer)).papers == (answer,)


def test_a_paper_has_no_more_lines_than_a_partner_takes() -> None:
    """As many as are claimed are written and read again."""
    most = ERP.capabilities.most_lines
    lines = tuple([Line(f"{n}", "MUG", 1) for n in range(most + 1)])
    fits = PurchaseOrder(id="1", ordered_at=0, lines=lines[:most])

    assert ERP.read(ERP.write(fits)).papers == (fits,)
    with pytest.raises(InvalidValue) as refused:
        ERP.write(PurchaseOrder(id="1", ordered_at=0, lines=lines))
    assert refused.value.field == "purchase_order.lines"


def test_what_goes_to_a_customer_is_a_drop_shipment() -> None:
    """And what goes to a node of ours is an order as others."""
    here, there = PurchaseOrder(id="1", ordered_at=0, lines=(), node="dc"), TABLE["x12.850.edi"][0]
    assert [ERP.write(each).body[13:22] for each in (here, there)] == ["BEG*00*SA", "BEG*00*DS"]


def test_an_address_is_that_of_its_own_party() -> None:
    """Not that of the next one, who pays."""
    order = PurchaseOrder(id="1", ordered_at=0, lines=(), node="dc")
    body = ERP.write(order).body.replace("CTT*", "N1*BT*PAYER~\nN4*TEMPLE*TX*76503~\nCTT*").replace("SE*5", "SE*7")

    assert ERP.read(Message("850", body)) == Reading(papers=(order,))


def test_a_notice_may_say_of_an_order_where_it_goes_and_may_have_no_items() -> None:
    """Its own place comes before that of the shipment."""
    found = segments(text("856-06.edi"))
    head, end = found[:4], [["SE", "3", "12159"], *found[-2:]]
    places = [["N1", "ST", "", "92", "dc-1"], *found[5:8], ["N1", "ST", "", "92", "dc-2"]]
    both = joined([*found[:5], *places, *found[8:]]).replace("SE*13", "SE*15")
    empty = ShipNotice(id="222253", items=(), sent_at=1_190_203_142_000)

    assert ERP.read(Message("856", joined([*head, *end]))) == Reading(papers=(empty,))
    assert [getattr(paper, "node", None) for paper in ERP.read(Message("856", both)).papers] == ["dc-2"]


def test_an_order_in_cases_is_expected_in_pieces() -> None:
    """How many a case has is the host's to know; without it nothing is guessed."""
    reading = ERP.read(payload("004010_850.edi"))
    measures = {(sku, "CA"): 12 for sku, _ in CHIPS}
    taken = take(reading, Intake(measures=measures))

    assert (len(taken.steps), taken.left) == (1, ())
    with pytest.raises(InvalidValue) as refused:
        take(reading, Intake())
    assert refused.value.field == "uom of 000111111"
