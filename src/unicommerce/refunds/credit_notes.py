"""A credit note as one of several on an invoice that carries taxes by item: the next takes what those before it left.

For systems that number notes and keep tax by item (as ERPs and shops do): each item takes its part of the tax invoiced,
the error of rounding goes on to the next item, and the last note of an item takes exactly what is left of it. Amounts
are minor units.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from ..catalog import local_day, moment
from ..pricing import Rate
from ..values import half_up

__all__ = ["INDIA", "CreditNote", "NoteDeadline", "NoteItem", "NoteShipping", "credit_note"]


class NoteDeadline(NamedTuple):
    """Until when a credit note adjusts tax: a day (MM-DD) after the end (MM-DD) of the year of the supply.

    Later the price may go back all the same, as a commercial credit without tax.
    """

    year_end: str
    until: str

    def is_kept(self, *, supplied: str, noted: str, annual_return: str = "") -> bool:
        """Tell whether a note of a day still adjusts the tax of a supply of a day; the annual return may end it before.

        Days are ISO 8601 dates.

        >>> [INDIA.is_kept(supplied="2025-03-15", noted=day) for day in ("2025-11-30", "2025-12-01")]
        [True, False]
        """
        year = int(supplied[:4]) + (_day(supplied) > _day(f"{supplied[:4]}-{self.year_end}"))
        last = _day(f"{year + (self.until <= self.year_end)}-{self.until}")
        return _day(noted) <= (min(last, _day(annual_return)) if annual_return else last)


INDIA = NoteDeadline("03-31", "11-30")
"""30 November after the financial year of the supply, or the annual return (CGST Act s.34(2))."""


class NoteItem(NamedTuple):
    """Pieces of an item on a note, of so many invoiced with such a tax; `is_last`: nothing of it is left after."""

    pieces: int
    invoiced: int
    tax_minor: int
    tax_refunded_minor: int = 0
    compensation_minor: int = 0
    compensation_refunded_minor: int = 0
    is_last: bool = False


class NoteShipping(NamedTuple):
    """How much of the shipping that was invoiced goes back; its tax goes back in proportion."""

    returned_minor: int
    invoiced_minor: int
    tax_minor: int


class CreditNote(NamedTuple):
    """What a note comes to; `compensation_minor` is tax that was in a discount."""

    item_taxes: tuple[int, ...]
    shipping_tax_minor: int
    compensation_minor: int
    tax_minor: int
    grand_minor: int
    base_grand_minor: int


def credit_note(
    items: Iterable[NoteItem] = (),
    *,
    before_minor: int = 0,
    tax_before_minor: int = 0,
    shipping: NoteShipping | None = None,
    tax_left_minor: int | None = None,
    rate_to_base: Rate = Fraction(1),
) -> CreditNote:
    """Return a note whose document carries an amount and a tax before its items; no more tax goes back than is left.

    `tax_left_minor` is what was invoiced and not refunded yet (None: not known). The tax of before is in the amount of
    before; new taxes come on top. The base currency's total is the total at the rate, rounded half up.

    >>> note = credit_note([NoteItem(1, 2, 811), NoteItem(1, 2, 811)], before_minor=1000, rate_to_base=Fraction(1, 2))
    >>> note.item_taxes, note.grand_minor, note.base_grand_minor
    ((406, 405), 1811, 906)
    """
    given = tuple(items)
    taxes = _parts([(i, i.tax_minor, i.tax_refunded_minor) for i in given])
    compensation = sum(_parts([(i, i.compensation_minor, i.compensation_refunded_minor) for i in given]))
    shipped = Fraction(shipping.tax_minor * shipping.returned_minor, shipping.invoiced_minor or 1) if shipping else 0
    shipping_tax = half_up(Fraction(shipped))
    new = sum(taxes) + shipping_tax
    if tax_left_minor is not None:
        new = min(new, max(0, tax_left_minor - tax_before_minor))
    grand = before_minor + new + compensation
    base = half_up(grand * Fraction(rate_to_base))
    return CreditNote(taxes, shipping_tax, compensation, tax_before_minor + new, grand, base)


def _parts(rows: Iterable[tuple[NoteItem, int, int]]) -> tuple[int, ...]:
    """Return what each item takes of what was invoiced: never more than is left, the last all of it."""
    carry, parts = Fraction(0), list[int]()
    for item, invoiced, refunded in rows:
        left = invoiced - refunded
        if item.is_last:
            parts.append(left)
            continue
        exact = Fraction(invoiced * item.pieces, item.invoiced)
        parts.append(min(left, half_up(exact + carry)))
        carry += exact - parts[-1]
    return tuple(parts)


def _day(date: str) -> int:
    return local_day("UTC", moment(f"{date}T00:00:00Z"))
