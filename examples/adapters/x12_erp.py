"""X12 as an ERP and its suppliers speak it: 850 purchase order, 855 acknowledgment, 856 ship notice.

Prices are exact: one with parts of a cent becomes a price for several pieces. Allowances, charges, taxes and schedules
of a line (SAC, TXI, SCH) have no place in the papers yet, and are listed in `unread`. What is left on purpose: terms of
payment and of delivery, packing, texts, and parties other than the supplier and where the goods go. Copy this file with
`x12.py`, `x12_parts.py`, `x12_writing.py` and `x12_notice.py`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from examples.adapters.x12 import Segment, Set, Terms, read_sets
from examples.adapters.x12_notice import read_notice, write_notice
from examples.adapters.x12_parts import (
    Leaves,
    Segments,
    article,
    begin,
    coded,
    dated,
    divided,
    exact,
    found,
    leave,
    needed,
    party,
    price,
    quantity,
    said,
    unit,
    write_date,
    write_party,
)
from examples.adapters.x12_writing import Row, date_and_time, stamp, written
from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Answer,
    Capabilities,
    Line,
    Message,
    Paper,
    PurchaseAnswer,
    PurchaseOrder,
    Reading,
    ShipNotice,
    amount,
)

__all__ = ["X12Erp"]

ORDER: Leaves = {
    "REF": ("VR", "DP", "PS", "SR", "CR", "IA"), "N9": ("PO",), "ITD": (), "FOB": (), "CSH": (), "PKG": (),
}  # fmt: skip
LINE: Leaves = {"MEA": (), "TC2": (), "DTM": ("018",)}
ANSWER: Leaves = {"REF": ("CO",), "N9": ()}
PARTIES = ("BT", "BY", "SO", "SF", "Z7", "SE", "VN")

KINDS = ("SA", "NE", "DS", "OS", "RL", "RO")
"""Kinds of orders; a frame, a quote or a forecast buys nothing yet."""
ANSWERS = {"AD": "accepted", "AC": "changed", "AE": "exceptions", "AK": "acknowledged", "RJ": "rejected"}
"""Words for what is said of an order; a code that is not here is its own word."""
STATES = {
    "IA": "accepted", "IB": "backordered", "IR": "rejected", "IQ": "quantity_changed", "IP": "price_changed",
    "IS": "substituted", "DR": "date_changed",
}  # fmt: skip
"""Words for what is said of a line; the same."""


def _currency(set_: Set, head: Segments) -> str:
    given = found(head, "CUR")
    return given.leave("01").id("02") if given else set_.terms.currency


def _at(segment: Segment, name: str, head: Segments, code: str) -> int | None:
    """Return a moment by its DTM, where there is one, or by the date of a first segment."""
    day, at = segment.at(name), dated(head, code)
    return day if at is None else at


def _order(set_: Set) -> list[Paper]:
    head, groups, tail = divided(set_.segments, "PO1", "CTT")
    first = begin(set_, "BEG", "00").leave("04", "06", "07")
    if first.text("02", "") not in KINDS:
        raise InvalidValue(f"{first.path}.02", first.elements.get("02"), f"an order, of {', '.join(KINDS)}")
    currency = _currency(set_, head)
    lines = tuple([_line(each, str(n), currency) for n, each in enumerate(groups, 1)])
    total = found(tail, "AMT", "1")
    target = party(head, "ST")
    order = PurchaseOrder(
        id=first.id("03"),
        ordered_at=_at(first, "05", head, "004"),
        lines=lines,
        currency=currency,
        supplier=party(head, "SU", "VN", "SE", "SF").id,
        node=target.id,
        due_at=dated(head, "002", "067"),
        total_minor=total.minor("02", currency or "USD") if total else None,
        destination=target.address,
        service=_service(head),
    )
    _settle(tail, lines)
    leave(head, {**ORDER, **_repeated(head)}, PARTIES)
    return [order]


def _repeated(head: Segments) -> Leaves:
    """Return the dates that are said twice in the same words."""
    days = Counter([tuple(each.elements.values()) for each in head if each.tag == "DTM" and each.elements])
    codes = tuple([day[0] for day, times in days.items() if times > 1])
    return {"DTM": codes} if codes else {}


def _service(head: Segments) -> str:
    way = found(head, "TD5")
    if way is None:
        return ""
    way.leave("01", "02", "04", "12", *(("05",) if way.has("03") else ()))
    return way.text("03", "") or way.text("05", "")


def _line(group: Segments, number: str, currency: str) -> Line:
    first = group[0]
    pieces, uom = quantity(first, "02", "03")
    price_minor, price_per = price(first, "04", "05", currency)
    due_at = dated(group, "002", "067")
    leave(group, LINE)
    return Line(
        id=first.id("01", number),
        sku=article(first, range(6, 25, 2))[0],
        quantity=pieces,
        price_minor=price_minor,
        price_per=price_per,
        uom=uom,
        due_at=due_at,
    )


def _settle(tail: Segments, lines: Iterable[Line]) -> None:
    """Check that no line and no piece is missing."""
    lines = tuple(lines)
    if count := found(tail, "CTT"):
        count.agrees("01", len(lines))
        count.agrees("02", sum([line.quantity for line in lines]))


def _answer(set_: Set) -> list[Paper]:
    head, groups, tail = divided(set_.segments, "PO1", "CTT")
    first = begin(set_, "BAK", "00", "06", "44")
    currency = _currency(set_, head)
    lines = tuple([_line(each, str(n), currency) for n, each in enumerate(groups, 1)])
    said_of = zip(lines, groups, strict=True)
    order, day = first.id("03"), first.elements.get("09") or first.elements.get("04", "")
    answer = PurchaseAnswer(
        id=first.id("08", f"{order}/{day}"),
        order=order,
        lines=lines,
        answer=ANSWERS.get(first.text("02"), first.text("02")),
        due_at=dated(head, "067", "017", "002"),
        answers=tuple([_said(each, line.id) for line, group in said_of for each in group if each.tag == "ACK"]),
        currency=currency,
        reason=said(head, "N9", "ZZ"),
        ordered_at=_at(first, "04", head, "004"),
        answered_at=_at(first, "09", head, "097"),
    )
    _settle(tail, lines)
    leave(head, ANSWER, ("SU", "ST", *PARTIES))
    return [answer]


def _said(segment: Segment, line: str) -> Answer:
    """What an ACK says of a line; a day until which it may be canceled (001) is left."""
    pieces, uom = quantity(segment, "02", "03", 0)
    kind = segment.elements.get("04", "")
    due_at = segment.leave("04").at("05") if kind in {"002", "017", "067"} else None
    segment.leave(*[f"{n:02}" for n in range(6, 30)], *(("04", "05") if kind == "001" else ()))
    code = segment.text("01")
    return Answer(line, pieces, STATES.get(code, code), due_at, uom)


READERS: Mapping[str, Callable[[Set], Sequence[Paper]]] = {"850": _order, "855": _answer, "856": read_notice}
"""What is read of each set, by its code."""


class X12Erp:
    """The port of an ERP."""

    capabilities = Capabilities(
        system="x12-erp",
        reads=("purchase_order", "purchase_answer", "ship_notice"),
        writes=("purchase_order", "purchase_answer", "ship_notice"),
        refuses=("810", "832", "997", "214"),
    )

    def __init__(self, terms: Terms = Terms()) -> None:
        self.terms = terms

    def read(self, message: Message) -> Reading:
        """Return what the sets of a message say. Raises `InvalidValue` for another set, and for a wrong element."""
        return read_sets(message, READERS, self.terms)

    def write(self, paper: Paper) -> Message:
        """Return a set, without an envelope. Raises `InvalidValue` for a paper that X12 cannot hold."""
        self.capabilities.takes(paper)
        match paper:
            case PurchaseOrder():
                return written("850", _write_order(paper, self.terms))
            case PurchaseAnswer():
                return written("855", _write_answer(paper, self.terms))
            case ShipNotice():
                return write_notice(paper, self.terms)
        raise InvalidValue("paper", paper.form, "written")


def _fine(code: str, at: int | None, terms: Terms) -> tuple[Row, ...]:
    """Return the DTM of a moment that is more than the date of a first segment."""
    return write_date("DTM", code, at, terms) if at is not None and stamp(at, terms)[1] else ()


def _day(at: int | None, terms: Terms) -> str:
    return "" if at is None else date_and_time(at, terms.zone)[0]


def _write_order(order: PurchaseOrder, terms: Terms) -> tuple[Row, ...]:
    day = _day(needed(order.ordered_at, "purchase_order.ordered_at"), terms)
    total, kind = order.total_minor, "DS" if order.destination != Address() and not order.node else "SA"
    return (
        ("BEG", "00", kind, order.id, "", day),
        *((("CUR", "BY", order.currency),) if order.currency else ()),
        *_fine("004", order.ordered_at, terms),
        *write_date("DTM", "002", order.due_at, terms),
        *((("TD5", "", "92", order.service),) if order.service else ()),
        *write_party("SU", order.supplier),
        *write_party("ST", order.node, order.destination),
        *_write_lines(order, "002", terms),
        ("CTT", str(len(order.lines)), str(sum([line.quantity for line in order.lines]))),
        *((("AMT", "1", amount(total, order.currency)),) if total is not None else ()),
    )


def _write_answer(answer: PurchaseAnswer, terms: Terms) -> tuple[Row, ...]:
    code = coded(ANSWERS, answer.answer, "purchase_answer.answer")
    ordered, answered = [_day(at, terms) for at in (answer.ordered_at, answer.answered_at)]
    return (
        ("BAK", "00", code, answer.order, ordered, "", "", "", answer.id, answered),
        *((("CUR", "SE", answer.currency),) if answer.currency else ()),
        *((("N9", "ZZ", answer.reason),) if answer.reason else ()),
        *_fine("004", answer.ordered_at, terms),
        *_fine("097", answer.answered_at, terms),
        *write_date("DTM", "067", answer.due_at, terms),
        *_write_lines(answer, "067", terms, answer.answers),
        ("CTT", str(len(answer.lines)), str(sum([line.quantity for line in answer.lines]))),
    )


def _write_lines(
    paper: PurchaseOrder | PurchaseAnswer, code: str, terms: Terms, answers: tuple[Answer, ...] = ()
) -> Iterable[Row]:
    for line in paper.lines:
        if line.discount_minor or line.tax_minor:
            amounts = (line.discount_minor, line.tax_minor)
            raise InvalidValue(
                f"{paper.form}.line {line.id}.discount and tax", amounts, "none: the message has no place"
            )
        yield ("PO1", line.id, str(line.quantity), unit(line.uom), *exact(line, paper.currency), "SK", line.sku)
        yield from write_date("DTM", code, line.due_at, terms)
        yield from [_write_said(answer, line, terms) for answer in answers if answer.line == line.id]


def _write_said(answer: Answer, line: Line, terms: Terms) -> Row:
    state = coded(STATES, answer.state, f"purchase_answer.state of line {line.id}")
    if answer.due_at is not None and stamp(answer.due_at, terms)[1]:
        raise InvalidValue("purchase_answer.due_at", answer.due_at, "the first moment of a day: ACK has no time")
    when = () if answer.due_at is None else ("067", _day(answer.due_at, terms))
    return ("ACK", state, str(answer.quantity), unit(answer.uom), *when)
