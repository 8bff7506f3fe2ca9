"""Parts that several X12 sets have: parties, articles, prices, references, counts; read and written.

What a set leaves on purpose is a table of its adapter, from the name of a segment to the codes of its first element
for which it is left; none: always. Names, streets and telephone numbers are left everywhere.
"""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple, TypeVar

from examples.adapters.x12 import Segment, Set, Terms
from examples.adapters.x12_writing import Row, stamp
from unicommerce.errors import InvalidValue
from unicommerce.ports import Address, Item, Line, Paper
from unicommerce.values import EXPONENTS

__all__ = [
    "Leaves", "Party", "Segments", "article", "begin", "carried", "coded", "dated", "divided", "every", "exact",
    "found", "leave", "needed", "party", "price", "quantity", "said", "unit", "write_date", "write_party",
]  # fmt: skip

T = TypeVar("T")
Segments = tuple[Segment, ...]
Leaves = Mapping[str, tuple[str, ...]]

ALWAYS: Leaves = {"N2": (), "N3": (), "PER": (), "NTE": (), "MSG": (), "PID": (), "G69": (), "LX": (), "PO4": ()}
"""Persons, texts, descriptions, running numbers, and how pieces are packed."""

PARTY = ("N1", "N2", "N3", "N4", "PER", "REF")
"""What is said of a party."""


def divided(segments: Iterable[Segment], start: str, end: str = "") -> tuple[Segments, tuple[Segments, ...], Segments]:
    """Return what is before the first `start`, what each of them begins, and what is from `end` on."""
    head: list[Segment] = []
    groups: list[list[Segment]] = []
    tail: list[Segment] = []
    for segment in segments:
        if tail or segment.tag == end:
            tail.append(segment)
        elif segment.tag == start:
            groups.append([segment])
        else:
            (groups[-1] if groups else head).append(segment)
    return tuple(head), tuple([tuple(each) for each in groups]), tuple(tail)


def found(segments: Iterable[Segment], tag: str, *codes: str) -> Segment | None:
    """Return the first segment of a name, by its first element in the order of codes where there are some."""
    named = [each for each in segments if each.tag == tag]
    for code in codes:
        for each in named:
            if each.elements.get("01") == code:
                each.leave("01")
                return each
    return named[0] if named and not codes else None


def said(segments: Iterable[Segment], tag: str, *codes: str, name: str = "02") -> str:
    """Return an element of that segment, or nothing."""
    segment = found(segments, tag, *codes)
    return segment.text(name, "") if segment else ""


def every(segments: Iterable[Segment], tag: str, *codes: str) -> tuple[str, ...]:
    """Return the second element of each segment with one of the codes."""
    named = [each for each in segments if each.tag == tag and each.elements.get("01") in codes]
    return tuple([each.leave("01").id("02") for each in named])


def begin(set_: Set, tag: str, *purposes: str) -> Segment:
    """Return the first segment of a set. Raises `InvalidValue` for another, and for a purpose that is not read."""
    first = set_.segments[0] if set_.segments else None
    if first is None or first.tag != tag:
        raise InvalidValue(first.path if first else tag, first and first.tag, f"{tag}, the beginning of {set_.code}")
    if first.text("01", "") not in purposes:
        raise InvalidValue(
            f"{first.path}.01", first.elements.get("01"), f"a purpose that is read: {', '.join(purposes)}"
        )
    return first


def dated(segments: Iterable[Segment], *codes: str) -> int | None:
    """Return the moment of the first DTM or G62 with one of the codes."""
    segments = tuple(segments)
    if day := found(segments, "DTM", *codes):
        return day.at("02", "03", "04")
    day = found(segments, "G62", *codes)
    return day.leave("03").at("02", "04", "05") if day else None


def leave(segments: Iterable[Segment], leaves: Leaves, parties: tuple[str, ...] = ()) -> None:
    """Leave what the tables name, and parties by their code with all that is said of them."""
    is_left = False
    for segment in segments:
        if segment.tag not in PARTY[1:]:
            is_left = segment.tag == "N1" and segment.elements.get("01") in parties
        codes = {**leaves, **ALWAYS}.get(segment.tag)
        if is_left or codes == () or (codes and segment.elements.get("01") in codes):
            segment.leave_all()


# Parties


class Party(NamedTuple):
    """Who or what place is named, by its id, and where it is."""

    id: str = ""
    address: Address = Address()


def party(segments: Iterable[Segment], *codes: str) -> Party:
    """Return the first party with one of the codes, and leave its name."""
    segments = tuple(segments)
    name = found(segments, "N1", *codes)
    if name is None:
        return Party()
    after = segments[segments.index(name) + 1 :]
    own, _, _ = divided(after, "N1")
    place = found(own, "N4")
    return Party(name.leave("02", "03").id("04", ""), _address(place) if place else Address())


def _address(place: Segment) -> Address:
    city, region, postal_code, country = [place.text(name, "") for name in ("01", "02", "03", "04")]
    place.leave("05", "06")
    return Address(country, region, postal_code, city)


def write_party(code: str, id: str = "", address: Address = Address()) -> tuple[Row, ...]:
    """Return the segments that name a party; none where there is nothing to say of it."""
    if not id and address == Address():
        return ()
    place = ("N4", address.city, address.region, address.postal_code, address.country)
    return (("N1", code, "", *(("92", id) if id else ())), *((place,) if address != Address() else ()))


# Articles and quantities


def article(segment: Segment, places: Iterable[int]) -> tuple[str, str]:
    """Return the SKU and the lot by pairs of a code and an id, whose codes are at these places; leave other names."""
    pairs: dict[str, str] = {}
    places = tuple(places)
    for n in places:
        code = segment.elements.get(f"{n:02}", "")
        if code in NAMES or code in segment.terms.skus:
            pairs[code] = f"{n + 1:02}"
            segment.leave(f"{n:02}", f"{n + 1:02}")
    sku = next((pairs[code] for code in segment.terms.skus if code in pairs), None)
    if sku is None:
        codes = ", ".join(segment.terms.skus)
        first = f"{places[0]:02}"
        raise InvalidValue(f"{segment.path}.{first}", segment.elements.get(first), f"a SKU, by one of {codes}")
    return segment.id(sku), segment.text(pairs["LT"], "") if "LT" in pairs else ""


NAMES = ("LT", "PR", "UC", "UA", "MG", "MF", "UI", "PI", "BO", "SZ", "EC")
"""Codes of other names of an article, its lot first."""


def quantity(segment: Segment, name: str, unit: str, least: int = 1) -> tuple[int, str]:
    """Return a whole quantity and its unit of measure; none where it is pieces."""
    code = segment.text(unit, "")
    return segment.whole(name, least=least), "" if code == "EA" else code


def unit(uom: str) -> str:
    """Return the code of a unit of measure; pieces have none of their own."""
    return coded({"EA": ""}, uom, "uom")


def coded(words: Mapping[str, str], word: str, field: str) -> str:
    """Return the code of a word. Raises `InvalidValue` for one that is neither in the table nor a code itself."""
    code = next((code for code, each in words.items() if each == word), word)
    if not re.fullmatch(r"[A-Z0-9]{2}", code):
        raise InvalidValue(field, word, f"a code of two characters, or one of {', '.join(words.values())}")
    return code


def carried(paper: Paper, items: Iterable[Item], *names: str) -> None:
    """Check that items say nothing that a set has no element for."""
    for item in items:
        for name in ("line", "state", "uom", "lot", "package"):
            value = getattr(item, name)
            if value and name not in names:
                raise InvalidValue(f"{paper.form}.{name} of {item.sku}", value, "none: the message has no place for it")


# Prices

BASES: Mapping[str, int] = {
    code: pieces
    for pieces, codes in {
        1: ("", "PE", "TE", "LE", "QE", "RE", "WE", "CA", "CT", "CP", "QT", "WH", "DI", "DR", "ES", "RT"),
        12: ("PD", "LD", "TD", "RD", "WD"),
        100: ("HP", "LC", "TC", "QH", "RC", "WC"),
        1_000: ("TP", "LM", "TM", "QS", "RM", "WM"),
    }.items()
    for code in codes
}
"""For how many pieces a price is, by its basis; a price for another measure than the quantity's is none of these."""


def price(segment: Segment, name: str, basis: str, currency: str) -> tuple[int, int]:
    """Return a price in minor units, and for how many pieces it is, in lowest terms: nothing is rounded."""
    code = segment.text(basis, "")
    if code not in BASES:
        raise InvalidValue(f"{segment.path}.{basis}", code, f"one of {', '.join(filter(None, BASES))}")
    each = Fraction(segment.decimal(name, "0")) * 10 ** EXPONENTS.get(currency, 2) / BASES[code]
    return each.numerator, each.denominator


def exact(line: Line, currency: str) -> tuple[str, str]:
    """Return a price in major units and its basis. Raises `InvalidValue` where no basis makes it a decimal number."""
    each = Fraction(line.price_minor, line.price_per * 10 ** EXPONENTS.get(currency, 2))
    for basis in ("", "PD"):
        for places in range(15):
            scaled = each * BASES[basis] * 10**places
            if scaled.denominator == 1:
                digits = f"{abs(scaled.numerator):0{places + 1}}"
                whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
                return f"{'-' if each < 0 else ''}{whole}{'.' if part else ''}{part}", basis
    price = (line.price_minor, line.price_per)
    raise InvalidValue(f"line {line.id}.price_minor for price_per", price, "a decimal number for each or a dozen")


# Moments


def write_date(tag: str, code: str, at: int | None, terms: Terms) -> tuple[Row, ...]:
    """Return the DTM or G62 that says a moment; none where there is none."""
    if at is None:
        return ()
    date, time, zone = stamp(at, terms)
    between = ("8",) if tag == "G62" and time else ("",) if tag == "G62" else ()
    return ((tag, code, date, *between, time, zone),)


def needed(value: T | None, field: str) -> T:
    """Return what X12 cannot do without."""
    if value is None:
        raise InvalidValue(field, value, "a value, which this message cannot do without")
    return value
