"""X12 846, the inventory: what a warehouse has on hand (17) or may sell (33), and each other code by itself.

It speaks of warehouses article by article (SCH), or of one that is named at its head. The total of an article must be
the sum of what warehouses have.
"""

from collections.abc import Iterable, Sequence

from examples.adapters.x12 import Segment, Set, Terms
from examples.adapters.x12_parts import (
    Leaves,
    Segments,
    article,
    begin,
    carried,
    coded,
    divided,
    found,
    leave,
    needed,
    party,
    quantity,
    unit,
    write_date,
    write_party,
)
from examples.adapters.x12_writing import Row, date_and_time, written
from unicommerce.ports import Item, Message, Paper, StockCount

__all__ = ["read_stock", "write_stock"]

LEAVES: Leaves = {"REF": ("FI",), "DTM": ("097",)}
PARTIES = ("WH", "SF", "DS", "VN", "SU")
STATES = {"17": "", "33": "available"}
"""Words for what a quantity is of; a code that is not here is its own word."""


def read_stock(set_: Set) -> Sequence[Paper]:
    """A count for each warehouse, of all articles that the message says it of."""
    head, groups, tail = divided(set_.segments, "LIN", "CTT")
    first = begin(set_, "BIA", "00").leave("02")
    id, day, at = first.id("03"), first.elements.get("04", ""), first.at("04", "05")
    known = found(head, "DTM", "097")
    said_at = known.at("02", "03", "04") if known and known.has("03") else None
    as_of = needed(at if said_at is None else said_at, f"{first.path}.04")
    items: dict[str, list[Item]] = {}
    for group in groups:
        for node, item in _held(group, day):
            items.setdefault(node, []).append(item)
    if "" in items or not groups:
        items[needed(party(head, *PARTIES).id or None, "N1.04")] = items.pop("", [])
    if count := found(tail, "CTT"):
        count.agrees("01", len(groups))
    leave(set_.segments, LEAVES, PARTIES)
    is_split = any(each.tag == "SCH" for each in set_.segments)
    return [
        StockCount(id=f"{id}/{node}" if is_split else id, node=node, items=tuple(each), as_of=as_of)
        for node, each in items.items()
    ]


def _held(group: Segments, day: str) -> list[tuple[str, Item]]:
    """Return what each warehouse holds of an article; by its quantities, where no warehouse is named."""
    sku, lot = article(group[0].leave("01"), range(2, 31, 2))
    totals = [each for each in group if each.tag == "QTY"]
    places = [each for each in group if each.tag == "SCH"]
    if not places:
        return [("", _counted(each, "02", "03", Item(sku, 0, state=_state(each), lot=lot))) for each in totals]
    state = _state(totals[0]) if totals else ""
    items = [_place(each, Item(sku, 0, state=state, lot=lot), day) for each in places]
    for total in totals[:1]:
        total.leave("03").agrees("02", sum([item.quantity for _, item in items]))
    return items


def _state(total: Segment) -> str:
    code = total.text("01")
    return STATES.get(code, code)


def _counted(segment: Segment, name: str, measure: str, item: Item) -> Item:
    pieces, uom = quantity(segment, name, measure, 0)
    return item._replace(quantity=pieces, uom=uom)


def _place(segment: Segment, item: Item, day: str) -> tuple[str, Item]:
    """What a warehouse holds, as of the day of the message."""
    segment.leave("03", "05").agrees("06", day)
    return segment.id("04"), _counted(segment, "01", "02", item)


def write_stock(count: StockCount, terms: Terms) -> Message:
    """Return the inventory of one warehouse."""
    return written("846", _rows(count, terms))


def _rows(count: StockCount, terms: Terms) -> Iterable[Row]:
    carried(count, count.items, "state", "uom", "lot")
    yield ("BIA", "00", "DD", count.id, *date_and_time(count.as_of, terms.zone))
    yield from write_date("DTM", "097", count.as_of, terms)
    yield from write_party("WH", count.node)
    for item in count.items:
        lot = ("LT", item.lot) if item.lot else ()
        yield ("LIN", "", "SK", item.sku, *lot)
        yield ("QTY", coded(STATES, item.state, f"stock_count.state of {item.sku}"), str(item.quantity), unit(item.uom))
    yield ("CTT", str(len(count.items)))
