"""X12 as it is written: moments, sets without an envelope, and the envelope that a host puts around them.

An adapter writes from ST to SE. Numbers of interchanges and the time are the host's, who hands them to `enveloped`.
"""

import re
from collections.abc import Iterable

import pendulum

from examples.adapters.x12 import Terms
from unicommerce.errors import InvalidValue
from unicommerce.ports import Message

__all__ = ["Row", "date_and_time", "enveloped", "stamp", "written"]

GROUPS = {"850": "PO", "855": "PR", "856": "SH", "846": "IB", "940": "OW", "945": "SW"}
Row = tuple[str, ...]
"""A segment to be written: its name, and its elements."""


def date_and_time(at: int, zone: str) -> tuple[str, str]:
    """Return a date and a time in a zone, to the hundredth of a second below: X12 has nothing finer."""
    try:
        there = pendulum.from_timestamp(at // 1_000, tz=zone)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidValue("moment", at, "a moment within the years 1 to 9999") from error
    time = f"{there.hour:02}{there.minute:02}{there.second:02}{at % 1_000 // 10:02}"
    return f"{there.year:04}{there.month:02}{there.day:02}", time


def stamp(at: int, terms: Terms) -> tuple[str, str, str]:
    """Return a date, a time and a zone that say a moment; the date alone where it is the first moment of a day."""
    date, time = date_and_time(at, terms.zone)
    return (date, "", "") if time == "00000000" else (*date_and_time(at, "UTC"), "UT")


def written(code: str, rows: Iterable[Row]) -> Message:
    """Return a set without an envelope. Raises `InvalidValue` for a text that X12 cannot hold, which has no escapes."""
    body = [row for row in rows if len(row) > 1]
    whole = [("ST", code, "0001"), *body, ("SE", str(len(body) + 2), "0001")]
    for row in whole:
        for number, each in enumerate(row):
            if re.search(r"[*~>\r\n]", each) or each != each.strip():
                raise InvalidValue(f"{row[0]}.{number:02}", each, "a text without * ~ > and line ends")
    return Message(code, "".join([f"{'*'.join(row).rstrip('*')}~\n" for row in whole]))


def enveloped(messages: Iterable[Message], *, sender: str, receiver: str, control: int, at: int) -> str:
    """Return sets of one kind in an envelope; the host counts the interchanges of a partner and knows the time.

    Raises `InvalidValue` for sets of different kinds, and for ids of more than 15 characters.
    """
    sets = [_numbered(message.body, number) for number, message in enumerate(messages, 1)]
    kinds = {body[3:6] for body in sets}
    if len(kinds) != 1 or kinds - GROUPS.keys():
        raise InvalidValue("messages", sorted(kinds), f"sets of one kind, of {', '.join(GROUPS)}")
    if max(len(sender), len(receiver)) > 15:
        raise InvalidValue("sender, receiver", (sender, receiver), "at most 15 characters")
    date, time = date_and_time(at, "UTC")
    parties = f"ZZ*{sender:<15}*ZZ*{receiver:<15}"
    isa = f"ISA*00*{'':10}*00*{'':10}*{parties}*{date[2:]}*{time[:4]}*U*00401*{control:09}*0*P*>~\n"
    group = f"GS*{GROUPS[kinds.pop()]}*{sender}*{receiver}*{date}*{time[:4]}*{control}*X*004010~\n"
    return f"{isa}{group}{''.join(sets)}GE*{len(sets)}*{control}~\nIEA*1*{control:09}~\n"


def _numbered(body: str, number: int) -> str:
    """Return a set that we wrote, under another number of the same width."""
    return f"{body[:7]}{number:04}{body[11:-6]}{number:04}{body[-2:]}"
