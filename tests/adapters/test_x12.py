"""X12 as a syntax: whatever its separators, nothing of a message is lost in silence, and nothing is read twice."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.adapters.x12 import Segment, Terms
from examples.adapters.x12_erp import X12Erp
from examples.adapters.x12_parts import exact, price
from examples.adapters.x12_wms import X12Wms
from examples.adapters.x12_writing import enveloped, written
from tests.adapters.cases import read
from tests.adapters.x12_cases import PRICES, a_line, joined, payload, segments, text
from unicommerce.errors import InvalidValue
from unicommerce.ports import Message, Port, PurchaseOrder, Reading, Unread

ERP, WMS = X12Erp(), X12Wms()
WHOLE: dict[str, Port] = {
    "004010_850.edi": ERP,
    "850.OK.edi": ERP,
    "855-inbound.edi": ERP,
    "856.Crossdock.OK.edi": ERP,
    "940.OK.edi": WMS,
    "MultipleInterchangesAndGroups.edi": WMS,
}
"""Payloads that are right in all their counts, and who reads them."""


def papers(port: Port, body: str) -> object:
    """Return what is read of a text, or the field that it is refused for."""
    reading = read(port, Message("x12", body))
    return reading.papers if isinstance(reading, Reading) else reading


@pytest.mark.parametrize("name", WHOLE)
@given(between=st.sampled_from("*|^,;!"), end=st.sampled_from(["~", "~\n", "\n", "\r\n", "'\n\t", "\x1c", ">\n"]))
def test_separators_are_what_the_message_says(name: str, between: str, end: str) -> None:
    """Any that the text itself does not hold; with an envelope and without one."""
    port, found = WHOLE[name], segments(text(name))
    if any(between in each or end[0] in each for segment in found for each in segment if segment[0] != "ISA"):
        return
    found = [[*each[:16], ":"] if each[0] == "ISA" else each for each in found]
    bare = found[2 : [each[0] for each in found].index("SE") + 1]

    assert papers(port, joined(found, between, end)) == papers(port, text(name))
    assert papers(port, "\ufeff" + joined(bare, between, end)) in {
        papers(port, joined(bare)),
        "node.ship_request",
    }


@pytest.mark.parametrize("name", WHOLE)
def test_a_segment_that_is_missing_is_noticed(name: str) -> None:
    """Whichever it is: the message is refused, or a count is listed that no longer agrees."""
    port, found = WHOLE[name], segments(text(name))
    assert port.read(payload(name)).unread == ()
    for n in range(len(found)):
        reading = read(port, Message("x12", joined(found[:n] + found[n + 1 :])))
        if isinstance(reading, Reading):
            assert reading.unread, found[n]


@pytest.mark.parametrize("name", WHOLE)
def test_a_segment_that_nobody_knows_is_listed(name: str) -> None:
    """Wherever it stands within a set, each of its elements is."""
    port, found = WHOLE[name], segments(text(name))
    for n in range(2, [each[0] for each in found].index("SE")):
        count = [[*each] for each in found]
        end = next(each for each in count if each[0] == "SE")
        end[1] = str(int(end[1]) + 1)
        reading = read(port, Message("x12", joined([*count[: n + 1], ["QQ", "A", "", "B"], *count[n + 1 :]])))
        if isinstance(reading, Reading):
            assert {Unread("QQ[1].01", "A"), Unread("QQ[1].03", "B")} <= {*reading.unread}
        else:
            assert (n, reading) == (2, "QQ[1]")


@given(st.sampled_from([*WHOLE]), st.data())
def test_whatever_comes_is_read_or_refused_by_name(name: str, data: st.DataObject) -> None:
    """Characters changed, cut out or put in: never another error."""
    body = text(name)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body)))
        put = data.draw(st.text(alphabet="*~|>\n0129.-AST \x00\u00a0\u0662é", max_size=3))
        body = body[:at] + put + body[at + data.draw(st.integers(0, 6)) :]
    for port in (ERP, WMS):
        assert isinstance(read(port, Message("x12", body)), Reading | str)


def test_a_wrong_count_refuses_what_is_asked_and_is_listed_of_what_is_told() -> None:
    """An order can be sent again; goods that have left have left, whatever a trailer counts."""
    advice, notice = WMS.read(payload("945-00.edi")), ERP.read(payload("856-04.edi"))

    assert read(WMS, payload("940_Failed_SE01.edi")) == "SE[1].01"
    assert (len(advice.papers), advice.unread) == (1, (Unread("SE[1].01", "12"),))
    assert (len(notice.papers), notice.unread) == (1, (Unread("SE[1].01", "15"),))


@pytest.mark.parametrize(
    ("name", "right", "wrong", "path"),
    [
        ("850.OK.edi", "CTT*6", "CTT*7", "CTT[1].01"),
        ("850.OK.edi", "SE*33*000000010", "SE*33*000000011", "SE[1].02"),
        ("850.OK.edi", "20101214", "20101314", "DTM[1].02"),
        ("940.OK.edi", "W76*56", "W76*57", "W76[1].01"),
        ("855-inbound.edi", "CTT*2", "CTT*3", "CTT[1].01"),
        ("855-inbound.edi", "****20220913", "****20229913", "BAK[1].09"),
        ("856.Crossdock.OK.edi", "CTT*13", "CTT*14", "CTT[1].01"),
        ("856.Crossdock.OK.edi", "HL*3*2*P", "HL*3*99*P", "HL[3].02"),
        ("x12.850.edi", "CTT*1*1", "CTT*1*2", "CTT[1].02"),
        ("x12.850.edi", "TD5*****UPSG", "DTM*001*20090901", "DTM[1].01"),
        ("asn856.txt", "CTT*4*30", "CTT*4*31", "CTT[1].02"),
        ("asn856.txt", "SN1*2*6", "SN1*3*6", "SN1[2].01"),
        ("850.OK.edi", "GE*1*1421", "GE*2*1421", "GE[1].01"),
        ("850.OK.edi", "IEA*1*000003438", "IEA*1*000003439", "IEA[1].02"),
    ],
)
def test_what_disagrees_is_named(name: str, right: str, wrong: str, path: str) -> None:
    """Refused where a set asks and its own trailer, date or total is in doubt; listed everywhere else."""
    body = text(name)
    assert body.count(right) == 1
    port: Port = WMS if name.startswith("940") else ERP
    before, reading = port.read(payload(name)), read(port, Message("x12", body.replace(right, wrong)))

    if isinstance(reading, Reading):
        new = {each.path for each in reading.unread} - {each.path for each in before.unread}
        assert {path} <= new <= {path, f"{path[:-1]}2"}
    else:
        assert (reading, "85" in name or name[:3] == "940", path[:2] not in {"GE", "IE"}) == (path, True, True)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("940-08.edi", "message"),
        ("edifact.ORDRSP.edi", "message"),
        ("tradacoms.order9.edi", "message"),
        ("x12.832.edi", "ST[1].01"),
        ("940-06.edi", "ISA[1]"),
        ("940-12.edi", "ISA[1]"),
        ("940-14.edi", "ISA[1]"),
    ],
)
def test_what_is_no_x12_or_another_set_is_refused_by_name(name: str, field: str) -> None:
    """And so is an ISA that says nothing certain."""
    assert (read(ERP, payload(name)), read(WMS, payload(name))) == (field, field)


@pytest.mark.parametrize("last", [["T"], ["T", ">", "E"], ["T", ">>"]])
def test_an_envelope_has_sixteen_elements(last: list[str]) -> None:
    """The last is one character; more or fewer, and nobody knows what separates what."""
    isa, *others = segments(text("855-inbound.edi"))
    assert read(ERP, Message("x12", joined([[*isa[:15], *last], *others]))) == "ISA[1]"


@pytest.mark.parametrize("at", [1, 2, -2, -1])
def test_a_segment_outside_of_the_sets_is_refused(at: int) -> None:
    """Nothing may stand between an envelope and what it holds."""
    found = segments(text("855-inbound.edi"))
    at = at if at > 0 else len(found) + at + 1
    assert read(ERP, Message("x12", joined([*found[:at], ["QQ", "A"], *found[at:]]))) == "QQ[1]"


def test_other_syntaxes_are_called_by_their_names() -> None:
    """So that whoever reads the error knows what came."""
    with pytest.raises(InvalidValue, match="this is EDIFACT"):
        ERP.read(payload("edifact.ORDRSP.edi"))
    with pytest.raises(InvalidValue, match="this is TRADACOMS"):
        ERP.read(payload("tradacoms.order9.edi"))


def test_a_topic_is_x12_or_the_code_of_a_set() -> None:
    """Under a code nothing else is read."""
    assert ERP.read(payload("850.OK.edi", "850")) == ERP.read(payload("850.OK.edi"))
    assert read(ERP, payload("850.OK.edi", "855")) == "ST[1].01"
    assert read(ERP, payload("850.OK.edi", "997")) == "topic"


@pytest.mark.parametrize("name", WHOLE)
def test_a_message_that_was_cut_off_is_refused(name: str) -> None:
    """After whichever segment but the last; several interchanges may well end after each."""
    found = segments(text(name))
    ends = [n for n, each in enumerate(found, 1) if each[0] == "IEA"]
    for n in range(1, len(found)):
        reading = read(WHOLE[name], Message("x12", joined(found[:n])))
        assert isinstance(reading, Reading) == (n in ends), found[n]


# Prices


@given(PRICES, st.sampled_from(["USD", "JPY", "KWD", ""]))
def test_a_price_is_exact_in_both_directions(minor: Fraction, currency: str) -> None:
    """Also one in parts of a cent, and one for a dozen."""
    line = a_line("1", "MUG", 1, minor)
    said, basis = exact(line, currency)

    assert price(Segment("PO1[1]", [said, basis], Terms()), "01", "02", currency) == (line.price_minor, line.price_per)
    assert "E" not in said


@pytest.mark.parametrize(
    ("said", "basis", "expected"),
    [("0.0125", "", (5, 4)), ("12.50", "HP", (25, 2)), ("12", "TP", (6, 5)), ("10", "PD", (250, 3)), ("", "", (0, 1))],
)
def test_a_price_has_its_basis(said: str, basis: str, expected: tuple[int, int]) -> None:
    """In minor units, and for how many pieces, in lowest terms."""
    segment = Segment("PO1[1]", [said, basis], Terms())
    assert price(segment, "01", "02", "USD") == expected
    assert Fraction(*expected) == Fraction(Decimal(said or 0)) * 100 / {"HP": 100, "TP": 1_000, "PD": 12}.get(basis, 1)


def test_a_price_for_another_measure_is_refused() -> None:
    """A price for a hundred feet of what is ordered in pieces."""
    with pytest.raises(InvalidValue) as refused:
        price(Segment("PO1[1]", ["12.50", "HF"], Terms()), "01", "02", "USD")
    assert refused.value.field == "PO1[1].02"
    with pytest.raises(InvalidValue, match="a decimal number"):
        exact(a_line("1", "MUG", 1, Fraction(1, 7)), "USD")


# Moments


@pytest.mark.parametrize(
    ("date", "time", "zone", "expected"),
    [
        ("20130401", "16002600", "CT", 1_364_850_026_000),
        ("20130101", "1600", "CT", 1_357_077_600_000),
        ("20130401", "16002645", "UT", 1_364_832_026_450),
        ("20130401", "160026", "ES", 1_364_850_026_000),
        ("20130401", "", "", 1_364_767_200_000),
        ("20130230", "", "", None),
        ("20130401", "2500", "", None),
        ("20130401", "1600", "QQ", None),
        ("130401", "", "", None),
    ],
)
def test_a_moment_has_the_zone_that_is_said_or_agreed(date: str, time: str, zone: str, expected: int | None) -> None:
    """One that is none stays unread; where something is asked it is refused."""
    told = Segment("DTM[1]", ["011", date, time, zone], Terms(zone="Europe/Berlin"))
    asked = Segment("DTM[1]", ["011", date, time, zone], Terms(), is_asked=True)

    assert told.at("02", "03", "04") == expected
    assert (told.leave("01").unread() == ()) == (expected is not None)
    if expected is None:
        with pytest.raises(InvalidValue) as refused:
            asked.at("02", "03", "04")
        assert refused.value.field == "DTM[1].02"


# Writing


def test_sets_of_a_kind_go_into_one_envelope() -> None:
    """The host numbers it; what is read of it is what was written, and all counts agree."""
    orders = [PurchaseOrder(id=f"{n:04}", ordered_at=0, lines=()) for n in (1, 2, 3)]
    body = enveloped([ERP.write(each) for each in orders], sender="US", receiver="THEM", control=17, at=0)

    assert body.startswith("ISA*00*          *00*          *ZZ*US             *ZZ*THEM           *700101*0000*U*00401*")
    assert body.index("~") == 105
    assert ERP.read(Message("x12", body)) == Reading(papers=tuple(orders))
    with pytest.raises(InvalidValue, match="one kind"):
        enveloped([ERP.write(orders[0]), Message("997", "ST*997*0001~\n")], sender="", receiver="", control=1, at=0)
    with pytest.raises(InvalidValue, match="15 characters"):
        enveloped([ERP.write(orders[0])], sender="A" * 16, receiver="", control=1, at=0)


def test_a_moment_that_no_calendar_has_is_refused() -> None:
    """A date of X12 has four digits for the year."""
    with pytest.raises(InvalidValue) as refused:
        ERP.write(PurchaseOrder(id="1", ordered_at=2**53, lines=()))
    assert refused.value.field == "moment"


@pytest.mark.parametrize("bad", ["A*B", "A~B", "A>B", "A\nB", " A"])
def test_a_text_that_would_break_a_segment_is_refused(bad: str) -> None:
    """X12 has no escapes."""
    with pytest.raises(InvalidValue) as refused:
        written("850", [("PO1", "1", bad)])
    assert refused.value.field == "PO1.02"
