"""Amounts and moments as other systems write them: the inverse of what `Fields` reads, exact in both directions."""

from decimal import Decimal

import attrs

from ..errors import InvalidValue
from ..values import EXPONENTS
from .papers import Paper
from .protocols import Port
from .readings import Message

__all__ = ["amount", "faithful", "moment"]

DAYS_OF_ERA = 146_097
"""Days of four hundred years; eras are counted from the first of March of year 0."""


def amount(minor: int, currency: str) -> str:
    """Return an amount of minor units as text in major units.

    >>> amount(1990, "USD"), amount(-5, "USD"), amount(1990, "JPY"), amount(1, "KWD")
    ('19.90', '-0.05', '1990', '0.001')
    """
    return f"{Decimal(minor).scaleb(-EXPONENTS.get(currency, 2)):f}"


def moment(at: int) -> str:
    """Return a moment (ms UTC) as text (RFC 3339), with milliseconds only where there are some.

    >>> moment(1795770000000), moment(-1)
    ('2026-11-27T09:00:00Z', '1969-12-31T23:59:59.999Z')
    """
    days, rest = divmod(at, 86_400_000)
    era, day = divmod(days + 719_468, DAYS_OF_ERA)
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    year += era * 400 + (month >= 10)
    seconds, part = divmod(rest, 1_000)
    hour, minute, second = seconds // 3_600, seconds // 60 % 60, seconds % 60
    date = f"{year:04}-{month + (3 if month < 10 else -9):02}-{day + 1:02}"
    return f"{date}T{hour:02}:{minute:02}:{second:02}{f'.{part:03}' if part else ''}Z"


def faithful(port: Port, paper: Paper, message: Message) -> Message:
    """Return a message that a port has made of a paper, if the port reads that very paper in it.

    What a system has no word for is so refused, by its field, and never left out of what is sent.
    """
    papers = port.read(message).papers
    if papers == (paper,):
        return message
    read = papers[0] if len(papers) == 1 and type(papers[0]) is type(paper) else None
    for field in attrs.fields(type(paper)) if read else ():
        if (value := getattr(paper, field.name)) != (found := getattr(read, field.name)):
            raise InvalidValue(
                f"{paper.form}.{field.name}",
                value,
                f"something that {port.capabilities.system} can say: it would read {found!r:.100}",
            )
    raise InvalidValue("paper", paper, f"something that {port.capabilities.system} can say")
