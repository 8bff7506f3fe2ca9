"""Parts of the page as HTML text: tables, lists, days and moments. They know no figures."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape


def day(at: int) -> str:
    """Return the day of a moment (ms UTC)."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%b} {datetime.fromtimestamp(at / 1000, UTC).day}"


def moment(at: int) -> str:
    """Return a moment (ms UTC), to the minute."""
    return f"{day(at)}, {datetime.fromtimestamp(at / 1000, UTC):%H:%M}"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def pound(pence: int) -> str:
    """Return an amount in pounds.

    >>> pound(100050)
    '1,000.50'
    """
    return f"{pence / 100:,.2f}"


def pounds(net: int, tax: int) -> tuple[str, str, str]:
    """Return net, tax and what they are together, in pounds."""
    return pound(net), pound(tax), pound(net + tax)


def percent(rate: str) -> str:
    """Return a rate of tax as people write it.

    >>> percent("0.175")
    '17.5 %'
    """
    return f"{float(rate) * 100:g} %"


def items(said: Iterable[str]) -> str:
    """Return the items of a list."""
    return "".join(f"<li>{escape(each)}</li>" for each in said)
