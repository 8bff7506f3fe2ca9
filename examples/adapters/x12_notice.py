"""X12 856, the ship notice: one for each order that a shipment has pieces of.

Levels are a tree by their numbers, in HL01 and HL02: shipment, order, package, item; any but the item may be missing.
Weights, counts of cartons, trailers and invoices are left: the papers have pieces, and in which package they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from attrs import evolve

from examples.adapters.x12 import Set, Terms
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
from examples.adapters.x12_writing import Row, date_and_time, written
from unicommerce.errors import InvalidValue
from unicommerce.ports import Item, Message, Paper, ShipNotice

__all__ = ["read_notice", "write_notice"]

LEAVES: Leaves = {
    "REF": ("BM", "CR", "IA", "DP", "MR", "IV", "IK", "SE"), "TD1": (), "TD3": (), "FOB": (),
}  # fmt: skip
PARTIES = ("SF", "SH", "OB", "BT", "SU", "VN")
DEEPEST = 10
PACKAGES = ("GM", "SM", "CP", "2I")
"""Codes of a label of a package: its SSCC, or a number of its sender or carrier."""


class Level(NamedTuple):
    """A level: what it is of, the number of the one above, what is said of it."""

    kind: str
    above: str
    segments: Segments


def read_notice(set_: Set) -> Sequence[Paper]:
    """Return a notice for each order; their items in order of the message."""
    head, loops, tail = divided(set_.segments, "HL", "CTT")
    first = begin(set_, "BSN", "00", "14").leave("05", "06")
    levels = {each[0].id("01"): Level(each[0].text("03"), each[0].elements.get("02", ""), each[1:]) for each in loops}
    if len(levels) < len(loops):
        raise InvalidValue("HL.01", [each[0].text("01") for each in loops], "levels with numbers of their own")
    items: dict[str, list[Item]] = {number: [] for number, level in levels.items() if level.kind == "O"}
    for number, level in levels.items():
        if level.kind == "I":
            items.setdefault(_above(levels, number, "O"), []).append(_item(levels, number))
    _settle(levels, loops, tail, sum([item.quantity for each in items.values() for item in each]))
    at = first.at("03", "04")
    notices = [_notice(levels, each, tuple(items.get(each, ())), at) for each in items or [""]]
    for segments in (head, *[level.segments for level in levels.values()]):
        leave(segments, LEAVES, PARTIES)
    id = first.id("02")
    return [evolve(notice, id=f"{id}/{notice.id}" if len(notices) > 1 else id) for notice in notices]


def _settle(levels: Mapping[str, Level], loops: Iterable[Segments], tail: Segments, quantity: int) -> None:
    """Check that no level and no item is missing."""
    above_all = {"", *levels}
    for each in loops:
        above = each[0].leave("04").elements.get("02", "")
        each[0].settle(("02",), is_right=above in above_all, needed="the number of a level")
    if count := found(tail, "CTT"):
        count.agrees("01", len(levels))
        count.agrees("02", quantity)


def _above(levels: Mapping[str, Level], number: str, kind: str) -> str:
    """Return the number of the nearest level of a kind, at or above a level; nothing where there is none."""
    for _ in range(DEEPEST):
        if number not in levels:
            return ""
        if levels[number].kind == kind:
            return number
        number = levels[number].above
    raise InvalidValue("HL.02", number, f"at most {DEEPEST} levels, none of them within itself")


def _said_of(levels: Mapping[str, Level], number: str) -> Segments:
    return levels[number].segments if number else ()


def _item(levels: Mapping[str, Level], number: str) -> Item:
    segments = levels[number].segments
    name, count = found(segments, "LIN"), found(segments, "SN1")
    name, count = needed(name, f"LIN of HL {number}"), needed(count, f"SN1 of HL {number}")
    sku, lot = article(name, range(2, 31, 2))
    pieces, uom = quantity(count, "02", "03")
    package = said(_said_of(levels, _above(levels, number, "P")), "MAN", *PACKAGES)
    line = name.id("01", "") or count.id("01", "")
    count.agrees("01", line)
    return Item(sku, pieces, line, uom=uom, lot=lot, package=package)


def _notice(levels: Mapping[str, Level], order: str, items: tuple[Item, ...], at: int | None) -> ShipNotice:
    """Return the notice of an order, under the number of its level."""
    shipment = next((level.segments for level in levels.values() if level.kind == "S"), ())
    own = _said_of(levels, order)
    bought = found(own, "PRF")
    name = bought.leave("02", "03", "04").id("01", "") if bought else ""
    way = found(shipment, "TD5")
    sent_at = dated(shipment, "011")
    return ShipNotice(
        id=order or "0",
        order=name,
        items=items,
        node=party(own, "ST").id or party(shipment, "ST").id,
        sent_at=at if sent_at is None else sent_at,
        expected_at=dated(shipment, "017", "067"),
        carrier=way.leave("01", "02", "04", "05").text("03", "") if way else "",
        tracking=every(shipment, "REF", "CN", "2I"),
        target=party(own, "BY").id,
    )


def write_notice(notice: ShipNotice, terms: Terms) -> Message:
    """Return the ship notice of one order."""
    carried(notice, notice.items, "line", "uom", "lot", "package")
    at = needed(notice.sent_at, "ship_notice.sent_at")
    levels: list[tuple[str, str, tuple[Row, ...]]] = [("", "S", _shipment(notice, terms)), ("1", "O", _order(notice))]
    for package, items in groupby(notice.items, lambda item: item.package):
        if package:
            levels.append(("2", "P", (("MAN", "GM", package),)))
        above = str(len(levels)) if package else "2"
        levels += [(above, "I", _written_item(item)) for item in items]
    rows = [
        row
        for number, (above, kind, segments) in enumerate(levels, 1)
        for row in (("HL", str(number), above, kind), *segments)
    ]
    total = sum([item.quantity for item in notice.items])
    beginning = ("BSN", "00", notice.id, *date_and_time(at, terms.zone))
    return written("856", (beginning, *rows, ("CTT", str(len(levels)), str(total))))


def _shipment(notice: ShipNotice, terms: Terms) -> tuple[Row, ...]:
    return (
        *((("TD5", "", "2", notice.carrier),) if notice.carrier else ()),
        *[("REF", "CN", each) for each in notice.tracking],
        *write_date("DTM", "011", notice.sent_at, terms),
        *write_date("DTM", "017", notice.expected_at, terms),
        *write_party("ST", notice.node),
    )


def _order(notice: ShipNotice) -> tuple[Row, ...]:
    return (*((("PRF", notice.order),) if notice.order else ()), *write_party("BY", notice.target))


def _written_item(item: Item) -> tuple[Row, ...]:
    lot = ("LT", item.lot) if item.lot else ()
    return (
        ("LIN", item.line, "SK", item.sku, *lot),
        ("SN1", item.line, str(item.quantity), unit(item.uom)),
    )
