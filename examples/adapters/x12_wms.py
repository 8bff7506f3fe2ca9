"""X12 as warehouses speak it: 940 shipping order, 945 shipping advice, 846 inventory, 856 ship notice.

The number that a depositor gives a shipping order (W0502) is our shipment; it comes back in the advice (W0602), and the
number of the customer's order stands beside it. A line of ours is written to N9*LI; where a message has none, the
number in LX is its line. Weights, pallets, seals and labels of pallets are left. Copy this file with `x12.py`,
`x12_parts.py`, `x12_writing.py`, `x12_notice.py` and `x12_stock.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from examples.adapters.x12 import Segment, Set, Terms, read_sets
from examples.adapters.x12_notice import read_notice, write_notice
from examples.adapters.x12_parts import (
    Leaves,
    Segments,
    article,
    begin,
    carried,
    dated,
    divided,
    every,
    found,
    leave,
    needed,
    party,
    quantity,
    said,
    unit,
    write_date,
    write_party,
)
from examples.adapters.x12_stock import read_stock, write_stock
from examples.adapters.x12_writing import Row, stamp, written
from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Cancellation,
    Capabilities,
    Dispatch,
    Item,
    Message,
    Paper,
    Reading,
    ShipNotice,
    ShipRequest,
    StockCount,
)

__all__ = ["X12Wms"]

DEPOSITORS = ("DE", "CN", "BT", "BY", "DS", "VN", "SU")
REQUEST: Leaves = {"N9": ("BR", "R1", "PIN", "IA", "PC", "PD"), "W09": ()}
ADVICE: Leaves = {"N9": ("SN", "ZZ", "PC", "LV"), "G62": ("10", "02"), "W10": ()}


def _numbered(segments: Iterable[Segment], tag: str) -> list[tuple[str, Segments]]:
    """Return what belongs to each segment of a name, and the number that LX gives before it."""
    number = ""
    groups: list[tuple[str, list[Segment]]] = []
    for segment in segments:
        if segment.tag == "LX":
            number = segment.text("01", "")
        elif segment.tag == tag:
            groups.append((number, [segment]))
        elif groups:
            groups[-1][1].append(segment)
    return [(number, tuple(group)) for number, group in groups]


# 940


def _request(set_: Set) -> Sequence[Paper]:
    """A shipping order; one with the purpose F or D takes it back."""
    before, _, tail = divided(set_.segments, "", "W76")
    head, _, _ = divided(before, "", "LX")
    first = begin(set_, "W05", "N", "F", "D").leave("04", "05")
    items = tuple([_asked(number, group) for number, group in _numbered(before, "W01")])
    if total := found(tail, "W76"):
        total.agrees("01", sum([item.quantity for item in items]))
        total.leave("02", "03", "04", "05")
    paper = _wanted(set_, first, head, items) if first.text("01") == "N" else _taken_back(first, head, items)
    leave(set_.segments, REQUEST, DEPOSITORS)
    return [paper]


def _wanted(set_: Set, first: Segment, head: Segments, items: tuple[Item, ...]) -> ShipRequest:
    target, way = party(head, "ST"), found(head, "W66")
    id = first.id("02")
    request = ShipRequest(
        id=id,
        order=first.id("03", id),
        node=party(head, "WH", "SF").id or set_.receiver,
        items=items,
        destination=target.address,
        service=way.text("05", "") if way else "",
        carrier=way.text("10", "") if way else "",
        deliver_by=dated(head, "02"),
        ship_by=dated(head, "10"),
        target=target.id,
    )
    leave(head, {"W66": ()})
    return request


def _taken_back(first: Segment, head: Segments, items: tuple[Item, ...]) -> Cancellation:
    id, reason = first.id("02"), said(head, "NTE")
    at = dated(head, "07")
    leave(head, {"G62": ("02", "10"), "W66": ()}, ("ST", "SF", "WH"))
    return Cancellation(id=id, order=first.id("03", id), items=items, reason=reason, occurred_at=at)


def _asked(number: str, group: Segments) -> Item:
    first = group[0]
    pieces, uom = quantity(first, "01", "02")
    sku, _ = article(first, (4, 6, 15)) if first.has("04") else (first.id("03"), "")
    first.leave("03", "08", "12")
    return Item(sku, pieces, said(group, "N9", "LI") or number, uom=uom, lot=first.text("13", ""))


# 945


def _advice(set_: Set) -> list[Paper]:
    """What left, and what of it fell short; one without exceptions (N) need not say the items."""
    before, _, tail = divided(set_.segments, "", "W03")
    head, _, _ = divided(before, "", "LX")
    first = begin(set_, "W06", "F", "J", "N").leave("05", "07", "08")
    shipped = [_sent(number, group) for number, group in _numbered(before, "W12")]
    if not shipped and first.text("01") != "N":
        raise InvalidValue("W12", None, "an item, where W0601 does not say that all was sent")
    if total := found(tail, "W03"):
        total.agrees("01", sum([item.quantity for item, _ in shipped]))
        total.leave("02", "03", "04", "05")
    way, bill = found(head, "W27"), first.id("04", "")
    sent_at = dated(head, "11")
    day = first.at("03")
    dispatch = Dispatch(
        id=first.id("02"),
        order=first.id("06", ""),
        node=party(head, "SF", "WH").id,
        items=tuple([item for item, _ in shipped if item.quantity]),
        short=tuple([item._replace(quantity=short) for item, short in shipped if short]),
        carrier=way.text("02", "") if way else "",
        tracking=(*([bill] if bill else []), *every(head, "N9", "2I", "CN", "BM")),
        occurred_at=day if sent_at is None else sent_at,
    )
    if way:
        way.leave_all()
    leave(set_.segments, ADVICE, ("ST", *DEPOSITORS))
    return [dispatch]


def _sent(number: str, group: Segments) -> tuple[Item, int]:
    """An item as it was sent, and how many pieces of it fell short.

    A code of an article has two characters; a longer text in its place is a UPC that slipped by one element, with all
    that follows. It stays unread, and what follows is read one element later.
    """
    first = group[0]
    code = 8 if len(first.elements.get("07", "")) > 2 else 7
    pieces, uom = quantity(first, "03", "05", 0)
    ordered = first.whole("02", default=pieces)
    if first.has(f"{code:02}"):
        sku, _ = article(first, (code,))
        first.leave("06")
    else:
        sku = first.id("06")
    difference = abs(ordered - pieces)
    said_to_differ = first.elements.get("04", "").lstrip("-")
    first.settle(("04",), is_right=said_to_differ in {"", str(difference)}, needed=str(difference))
    first.leave("01", *[f"{n:02}" for n in range(code + 3, code + 9)])
    item = Item(sku, pieces, said(group, "N9", "LI") or number, uom=uom, lot=first.text(f"{code + 2:02}", ""))
    return item, max(ordered - pieces, 0)


READERS: Mapping[str, Callable[[Set], Sequence[Paper]]] = {
    "940": _request, "945": _advice, "846": read_stock, "856": read_notice,
}  # fmt: skip
"""What is read of each set, by its code."""


class X12Wms:
    """The port of a warehouse."""

    capabilities = Capabilities(
        system="x12-wms",
        reads=("ship_request", "cancellation", "dispatch", "stock_count", "ship_notice"),
        writes=("ship_request", "cancellation", "dispatch", "stock_count", "ship_notice"),
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
            case ShipRequest():
                return written("940", _write_request(paper, self.terms))
            case Cancellation():
                return written("940", _write_cancellation(paper, self.terms))
            case Dispatch():
                return written("945", _write_advice(paper, self.terms))
            case StockCount():
                return write_stock(paper, self.terms)
            case ShipNotice():
                return write_notice(paper, self.terms)
        raise InvalidValue("paper", paper.form, "written")


def _write_request(request: ShipRequest, terms: Terms) -> Iterable[Row]:
    way = ("W66", "PP", "ZZ", "", "", request.service, "", "", "", "", request.carrier)
    yield ("W05", "N", request.id, request.order)
    yield from write_party("ST", request.target, request.destination)
    yield from write_party("WH", request.node)
    yield from write_date("G62", "10", request.ship_by, terms)
    yield from write_date("G62", "02", request.deliver_by, terms)
    yield from [way] if request.service or request.carrier else []
    yield from _write_asked(request, request.items)


def _write_cancellation(cancellation: Cancellation, terms: Terms) -> Iterable[Row]:
    if cancellation.is_done or cancellation.by:
        told = (cancellation.is_done, cancellation.by)
        raise InvalidValue("cancellation.is_done and by", told, "nothing: a warehouse is asked, and not told by whom")
    yield ("W05", "F", cancellation.id, cancellation.order)
    yield from write_date("G62", "07", cancellation.occurred_at, terms)
    yield from [("NTE", "GEN", cancellation.reason)] if cancellation.reason else []
    yield from _write_asked(cancellation, cancellation.items)


def _write_asked(paper: ShipRequest | Cancellation, items: tuple[Item, ...]) -> Iterable[Row]:
    carried(paper, items, "line", "uom", "lot")
    for number, item in enumerate(items, 1):
        lot = ("",) * 7 + (item.lot,)
        yield ("LX", str(number))
        yield ("W01", str(item.quantity), unit(item.uom), "", "SK", item.sku, *lot)
        yield _line(paper, item)
    yield ("W76", str(sum([item.quantity for item in items])))


def _line(paper: Paper, item: Item) -> Row:
    return ("N9", "LI", needed(item.line or None, f"{paper.form}.line of {item.sku}"))


def _write_advice(dispatch: Dispatch, terms: Terms) -> Iterable[Row]:
    at = dispatch.occurred_at
    carried(dispatch, (*dispatch.items, *dispatch.short), "line", "uom", "lot")
    sent = [(item, item.quantity, 0) for item in dispatch.items] + [(item, 0, item.quantity) for item in dispatch.short]
    day = "" if at is None else stamp(at, terms)[0]
    yield ("W06", "F" if sent else "N", dispatch.id, day, "", "", dispatch.order)
    yield from write_party("SF", dispatch.node)
    yield from [("N9", "2I", each) for each in dispatch.tracking]
    yield from write_date("G62", "11", at, terms)
    yield from [("W27", "ZZ", dispatch.carrier)] if dispatch.carrier else []
    for number, (item, pieces, short) in enumerate(sent, 1):
        asked, status, measure = str(pieces + short), "CP" if short else "CC", unit(item.uom)
        yield ("LX", str(number))
        yield ("W12", status, asked, str(pieces), str(short), measure, "", "SK", item.sku, item.lot)
        yield _line(dispatch, item)
    yield ("W03", str(sum([pieces for _, pieces, _ in sent])))
