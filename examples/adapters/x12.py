"""X12 interchanges: separators, segments, envelopes, moments; what the adapters for X12 have in common.

A segment is a `Fields` whose fields are its elements, `01` and on; `PO1[2].04` is the fourth element of the second PO1
of the message. The separator of elements is what follows ISA, or ST where a message has no envelope; the terminator is
what ends ST, and every other segment must end with it, ISA too. X12 has no escapes, so that both are certain. No
element that is read has components, so that their separator may be missing.

A count or a date that cannot be right means that something may be lost. What is right then follows from what a set of
segments is. An order (850) or a request to ship (940) asks: it is refused, with the element, for its sender can ask
again, and half an order that is carried out is a mistake of ours. A notice, an advice, an answer or a count tells what
has happened: to refuse it would lose all of it, so it is taken, and the element is listed in `unread`, for people to
look at. What only the envelope counts or numbers wrongly is listed for both: the set within has counts of its own. A
set or an envelope without its end was cut off on its way, and is refused. A message is read as a whole or not at all.

A test indicator in ISA15 is not looked at; which mailbox is for tests is known to the host.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import pendulum

from unicommerce.errors import InvalidValue
from unicommerce.ports import Fields, Message, Paper, Reading

__all__ = ["Segment", "Set", "Terms", "opened", "read_sets"]

ASKED = ("850", "940")
"""Sets that ask for something; all others tell."""
LARGEST_MESSAGE = 4 * 1024 * 1024
"""Characters of a message that is read."""
TRAILERS = {"ISA": "IEA", "GS": "GE", "ST": "SE"}
CONTROL = {"IEA": "13", "GE": "06", "SE": "02"}
"""The element of a header that its trailer repeats."""
STRANGERS = {"UNA": "EDIFACT", "UNB": "EDIFACT", "STX": "TRADACOMS"}

SKUS = ("SK", "BP", "IN", "CB", "UP", "EN", "UK", "VN", "VP", "VC")
ZONES: Mapping[str, str | float] = {
    "UT": "UTC", "GM": "UTC", "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver",
    "PT": "America/Los_Angeles", "ES": -5, "ED": -4, "CS": -6, "CD": -5, "MS": -7, "MD": -6, "PS": -8, "PD": -7,
}  # fmt: skip


class Terms(NamedTuple):
    """What partners agree on, and what their messages do not say.

    - `zone`: where their clocks are, for moments that name no zone; a date is its first moment.
    - `currency`: of prices where no CUR says it; without one, amounts are in hundredths, as of USD.
    - `skus`: which of the names of an article is its SKU, the first that is there; the others are left.
    """

    zone: str = "UTC"
    currency: str = ""
    skus: tuple[str, ...] = SKUS


class Segment(Fields):
    """A segment of a message; what is empty is not there."""

    def __init__(self, path: str, elements: Iterable[str], terms: Terms, *, is_asked: bool = False) -> None:
        held = {f"{n:02}": each.strip() for n, each in enumerate(elements, 1) if each.strip()}
        super().__init__(held, path)
        self.tag = path.partition("[")[0]
        self.path = path
        self.terms = terms
        self.is_asked = is_asked
        self.elements: Mapping[str, str] = held

    def leave_all(self) -> None:
        """Say of the whole segment that it is known and not needed."""
        self.leave(*self.elements)

    def agrees(self, name: str, found: int | str) -> None:
        """Read a count or a number that repeats what we found; one that says something else is in doubt."""
        said = self.elements.get(name, "")
        self.settle(
            (name,), is_right=said in {"", str(found)} or _number(said) == _number(str(found)), needed=str(found)
        )

    def settle(self, names: tuple[str, ...], *, is_right: bool, needed: str) -> None:
        """Take elements as read; those in doubt are refused where something is asked, and else stay unread."""
        if is_right:
            self.leave(*names)
        elif self.is_asked:
            raise InvalidValue(f"{self.path}.{names[0]}", self.elements.get(names[0]), needed)

    def at(self, date: str, time: str = "", zone: str = "") -> int | None:
        """Return the moment (ms UTC) that elements say together; None where there is none, or it is in doubt."""
        said = [self.elements.get(name, "") for name in (date, time, zone)]
        if not said[0]:
            return None
        where = ZONES.get(said[2]) if said[2] not in {"", "LT"} else self.terms.zone
        at = None if where is None else _moment(said[0], said[1], where)
        self.settle((date, time, zone), is_right=at is not None, needed="a date such as 20261127, a time, a zone")
        return at


class Set(NamedTuple):
    """A transaction set: its code, what is between its ST and its SE, and to whom the envelope says that it goes."""

    code: str
    segments: tuple[Segment, ...]
    receiver: str
    terms: Terms


def _number(text: str) -> Decimal | str:
    """Return a number, so that 1 is 0001 and 1.0; or the text that is none."""
    return Decimal(text) if re.fullmatch(r"[0-9]{1,18}(?:\.[0-9]{1,9})?", text) else text


def opened(text: str, terms: Terms) -> tuple[tuple[Set, ...], tuple[Segment, ...]]:
    """Return the sets of a message, and all its segments. Raises `InvalidValue` for what is no X12, or was cut off."""
    segments = tuple(_segments(text, terms))
    return tuple(_sets(segments, terms)), segments


def _segments(text: str, terms: Terms) -> Iterator[Segment]:
    text = text.lstrip("\ufeff \t\r\n")
    separator, terminator = _separators(text)
    seen: dict[str, int] = {}
    is_asked = False
    for raw in text.split(terminator):
        tag, *elements = raw.strip().split(separator)
        if not tag and not elements:
            continue
        if not re.fullmatch(r"[A-Z][A-Z0-9]{1,2}", tag):
            raise InvalidValue(f"segment {sum(seen.values()) + 1}", raw.strip()[:40], "the name of a segment")
        seen[tag] = seen.get(tag, 0) + 1
        if tag == "ST":
            is_asked = elements[:1] in [[code] for code in ASKED]
        segment = Segment(f"{tag}[{seen[tag]}]", elements, terms, is_asked=is_asked)
        if tag == "ISA" and (len(elements) != 16 or len(elements[-1].strip()) > 1):
            raise InvalidValue(
                segment.path, f"{len(elements)} elements", "16, the last a character, ended as all others"
            )
        if tag == "SE":
            is_asked = False
        yield segment


def _separators(text: str) -> tuple[str, str]:
    """Return what is between elements and what is after segments."""
    first = re.match(r"(?:ISA|ST)([^\w\s])", text)
    if len(text) > LARGEST_MESSAGE:
        raise InvalidValue("message", f"{len(text)} characters", f"at most {LARGEST_MESSAGE}")
    if not first:
        what = STRANGERS.get(text[:3], "something else")
        raise InvalidValue("message", text[:20], f"X12, which starts with ISA or ST; this is {what}")
    between = re.escape(first[1])
    end = re.search(rf"(?<![\w{between}])ST{between}\d{{3}}{between}\w+(?:{between}\w*)?([^\w{between}])", text)
    if not end:
        raise InvalidValue("ST", text[:20], "a set of segments with a code, a number and an end")
    return first[1], end[1]


def _sets(segments: Iterable[Segment], terms: Terms) -> Iterator[Set]:
    """Yield what is between each ST and SE; headers and trailers must embrace each other."""
    headers: list[Segment] = []
    counts = {"ISA": 0, "GS": 0, "ST": 0}
    body: list[Segment] = []
    for segment in segments:
        if segment.tag in TRAILERS:
            _open(segment, headers)
            counts[segment.tag] = 0
            body = []
        elif headers and segment.tag == TRAILERS[headers[-1].tag]:
            header = headers.pop()
            _close(segment, header, counts[header.tag] if header.tag != "ST" else len(body) + 2)
            if headers:
                counts[headers[-1].tag] += 1
            if header.tag == "ST":
                yield Set(header.text("01"), tuple(body), _receiver(headers), terms)
        elif headers and headers[-1].tag == "ST":
            body.append(segment)
        else:
            raise InvalidValue(segment.path, segment.tag, "a place within ST and SE")
    if headers:
        raise InvalidValue(TRAILERS[headers[-1].tag], "", f"the end of {headers[-1].path}: the message was cut off")


def _open(header: Segment, headers: list[Segment]) -> None:
    order = list(TRAILERS)
    if headers and order.index(header.tag) <= order.index(headers[-1].tag):
        raise InvalidValue(header.path, header.tag, f"the end of {headers[-1].path} before it: it was cut off")
    headers.append(header)
    header.leave_all()


def _close(trailer: Segment, header: Segment, count: int) -> None:
    if header.tag == "ST" and len(trailer.elements) != 2:
        raise InvalidValue(f"{trailer.path}.01", trailer.elements.get("01"), "a count of segments and a number")
    trailer.agrees("01", count)
    trailer.agrees("02", header.elements.get(CONTROL[trailer.tag], ""))


def _receiver(headers: Iterable[Segment]) -> str:
    """Return whom a set goes to, by the innermost envelope that says so."""
    said = [each.elements.get({"ISA": "08", "GS": "03"}[each.tag], "") for each in headers]
    return next((each for each in reversed(said) if each), "")


def read_sets(message: Message, readers: Mapping[str, Callable[[Set], Sequence[Paper]]], terms: Terms) -> Reading:
    """Return what the sets of a message say, each by the reader of its code.

    A message says itself what it holds; a topic is `x12` or a code. Raises `InvalidValue` for a set without a reader.
    """
    codes = tuple(readers) if message.topic == "x12" else (message.topic,)
    if not readers.keys() >= set(codes):
        raise InvalidValue("topic", message.topic, f"x12, or one of {', '.join(readers)}")
    sets, segments = opened(message.body, terms)
    for number, each in enumerate(sets, 1):
        if each.code not in codes:
            raise InvalidValue(f"ST[{number}].01", each.code, f"one of {', '.join(codes)}")
    papers = tuple([paper for each in sets for paper in readers[each.code](each)])
    return Reading(papers=papers, unread=tuple([each for segment in segments for each in segment.unread()]))


# Moments


def _moment(date: str, time: str, zone: str | float) -> int | None:
    if not re.fullmatch(r"[0-9]{8}", date) or not re.fullmatch(r"(?:[0-9]{4}(?:[0-9]{2,4})?)?", time):
        return None
    hour, minute, second, part = [int(f"{time:0<8}"[n : n + 2]) for n in (0, 2, 4, 6)]
    year, month, day = int(date[:4]), int(date[4:6]), int(date[6:])
    try:
        at = pendulum.datetime(year, month, day, hour, minute, second, part * 10_000, tz=zone)
    except ValueError:
        return None
    return at.int_timestamp * 1_000 + part * 10
