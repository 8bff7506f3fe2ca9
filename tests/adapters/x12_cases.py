"""Payloads of X12, what of them counts, and papers at random that X12 can hold."""

import re
from collections.abc import Iterator
from fractions import Fraction

from hypothesis import strategies as st

from tests.adapters.cases import PAYLOADS, read
from unicommerce.ports import Address, Item, Line, Message, Port, Reading


def text(name: str) -> str:
    """Return a payload as it is on the wire, its byte-order mark and line ends too."""
    return (PAYLOADS / "x12" / name).read_bytes().decode()


def payload(name: str, topic: str = "x12") -> Message:
    """Return the message of a payload."""
    return Message(topic, text(name))


def segments(body: str) -> list[list[str]]:
    """Return the elements of each segment of a message that is separated by `*` and `~`, or by line ends."""
    end = "~" if "~" in body else "\n"
    return [each.strip().split("*") for each in body.strip("\ufeff").split(end) if each.strip()]


def joined(found: list[list[str]], between: str = "*", end: str = "~\n") -> str:
    """Return a message of segments."""
    return "".join([between.join(each) + end for each in found])


def less(body: str) -> Iterator[tuple[str, str]]:
    """Yield each element that says something by its path, and the message without what it says."""
    found = segments(body)
    for number, segment in enumerate(found):
        nth = sum([each[0] == segment[0] for each in found[: number + 1]])
        for n, said in enumerate(segment):
            if n and said:
                without = [*segment[:n], "", *segment[n + 1 :]]
                yield f"{segment[0]}[{nth}].{n:02}", joined([*found[:number], without, *found[number + 1 :]])


def elements_that_count(port: Port, body: str) -> list[str]:
    """Return the paths of the elements without which a message is read as something else, or not at all."""
    whole = read(port, Message("x12", joined(segments(body))))
    assert isinstance(whole, Reading), whole
    found = []
    for path, without in less(body):
        reading = read(port, Message("x12", without))
        if isinstance(reading, str) or reading.papers != whole.papers:
            found.append(path)
    return found


def summary(paths: list[str]) -> str:
    """Return how many elements of each place there are: `PO1.01 x6`."""
    places = [re.sub(r"\[\d+\]", "", path) for path in paths]
    return " ".join([f"{place} x{places.count(place)}" for place in dict.fromkeys(places)])


NAMES = st.from_regex(r"[A-Z0-9]([A-Z0-9 ./#-]{0,6}[A-Z0-9])?", fullmatch=True)
MAYBE = st.just("") | NAMES
MOMENTS = st.integers(0, 3 * 10**11).map(lambda at: at * 10)
"""Moments to the hundredth of a second, the finest of X12."""
SOMETIME = st.none() | MOMENTS | st.integers(0, 20_000).map(lambda day: day * 86_400_000)
PIECES = st.integers(1, 10**6)
UNITS = st.sampled_from(["", "CA", "YD"])
PLACES = st.builds(Address, MAYBE, MAYBE, MAYBE, MAYBE)
PRICES = st.builds(
    lambda minor, places: Fraction(minor, 10**places), st.integers(-(10**9), 10**9), st.integers(0, 6)
) | st.builds(lambda minor: Fraction(minor, 12), st.integers(0, 10**6))


def a_line(id: str, sku: str, quantity: int, price: Fraction, uom: str = "", *, due_at: int | None = None) -> Line:
    """Return a line with an exact price."""
    return Line(id, sku, quantity, price.numerator, 0, 0, price.denominator, uom, due_at)


LINES = st.lists(
    st.builds(a_line, NAMES, NAMES, PIECES, PRICES, UNITS, due_at=SOMETIME), max_size=4, unique_by=lambda x: x.id
)


def an_item(sku: str, quantity: int, line: str, uom: str, lot: str) -> Item:
    """Return pieces of a line, as warehouses speak of them."""
    return Item(sku, quantity, line, uom=uom, lot=lot)


ITEMS = st.lists(st.builds(an_item, NAMES, PIECES, NAMES, UNITS, MAYBE), max_size=4).map(tuple)
