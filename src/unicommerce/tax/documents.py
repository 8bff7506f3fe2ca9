"""What an engine of tax is asked: values only, frozen, amounts in whole minor units.

A rate is decimal text ("0.09" is 9 %): what a statute prints is what is kept. A place is a path from the country down
("US/WA/Seattle", "IN/24", "DE"); whoever governs one of its beginnings may tax there.
"""

import re
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, Protocol

from ..catalog import moment
from ..errors import InvalidValue
from ..values import frozen, identifier, positive, whole

__all__ = [
    "BUYER",
    "SELLER",
    "Buyer",
    "Dated",
    "Discount",
    "Exemption",
    "Kind",
    "LineKind",
    "Place",
    "Registration",
    "Scheme",
    "TaxLine",
    "TaxRequest",
    "checked_date",
    "rate_of",
    "within",
]

SELLER, BUYER = "seller", "buyer"
"""Who collects a component; anybody else is a marketplace, by its name. What a buyer assesses itself is not charged."""

_RATE = re.compile(r"[0-9]{1,4}([.][0-9]{1,10})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Kind(StrEnum):
    """What a tax is asked for."""

    QUOTE = "quote"
    SALE = "sale"
    RETURN = "return"
    OWN_TRANSFER = "own_transfer"
    PURCHASE = "purchase"


class LineKind(StrEnum):
    """What a line is for: goods, or a charge beside them."""

    ITEM = "item"
    SHIPPING = "shipping"
    HANDLING = "handling"
    CHARGE = "charge"


class Scheme(StrEnum):
    """How amounts are rounded, always half up.

    `LINE`: each component of each line alone. `LINE_CARRY`: so, but what rounding took or gave goes to the next line.
    `LINE_COMBINED`: each line once, at the sum of its rates, then split by largest remainder (Streamlined Sales and
    Use Tax Agreement, section 324). `DOCUMENT`: each component once, on the sum of all lines, then split over them.
    """

    LINE = "line"
    LINE_CARRY = "line_carry"
    LINE_COMBINED = "line_combined"
    DOCUMENT = "document"


class Place(NamedTuple):
    """A place as a path of jurisdictions, and the special districts in which it lies, which follow no such tree."""

    path: str
    districts: tuple[str, ...] = ()


class Registration(NamedTuple):
    """Under which id one is registered with a jurisdiction, and from when until when (ISO dates, both included)."""

    jurisdiction: str
    id: str
    scheme: str = ""
    valid_from: str = ""
    valid_to: str = ""


class Exemption(NamedTuple):
    """Why a buyer pays a jurisdiction no tax, by which certificate, and on which category ("": on all)."""

    jurisdiction: str
    reason: str
    certificate: str = ""
    category: str = ""
    valid_from: str = ""
    valid_to: str = ""


class Discount(NamedTuple):
    """What is taken off a line. What the seller gives leaves the taxable value, what others pay for stays in it."""

    amount_minor: int
    funder: str = SELLER


@frozen(kw_only=True)
class Buyer:
    """Who buys, as far as tax needs it."""

    registrations: tuple[Registration, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    is_business: bool = False


@frozen(kw_only=True)
class TaxLine:
    """A line that is to be taxed: its amount for all pieces together, with tax in it or without.

    `category` is of the rule set ("apparel/shoes" falls back on "apparel", then on ""), `commodity` is what customs
    call it (HSN). Raises `InvalidValue` for an amount below zero and for discounts above it.
    """

    id: str
    amount_minor: int
    quantity: int = 1
    kind: str = LineKind.ITEM
    category: str = ""
    commodity: str = ""
    includes_tax: bool = False
    discounts: tuple[Discount, ...] = ()

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "line.id")
        whole(self.amount_minor, "line.amount_minor")
        positive(self.quantity, "line.quantity")
        if self.kind not in list(LineKind):
            raise InvalidValue("line.kind", self.kind, f"one of {', '.join(LineKind)}")
        for number, discount in enumerate(self.discounts):
            whole(discount.amount_minor, f"line.discounts[{number}]")
        if sum([discount.amount_minor for discount in self.discounts]) > self.amount_minor:
            raise InvalidValue("line.discounts", self.discounts, f"at most the amount, {self.amount_minor}")

    @property
    def base_minor(self) -> int:
        """Return what is taxed: the amount less what the seller takes off."""
        return self.amount_minor - sum([d.amount_minor for d in self.discounts if d.funder == SELLER])

    @property
    def funded_minor(self) -> int:
        """Return what others pay of the price."""
        return sum([d.amount_minor for d in self.discounts if d.funder != SELLER])


@frozen(kw_only=True)
class TaxRequest:
    """What an engine is asked; the id and version of the document make asking again the same question.

    `ship_from` and `ship_to` are where goods leave and arrive, `handed_over_at` is the store where they are picked up,
    `accepted_at` where the order was accepted, `bill_to` the address on file, `directed_by` the principal place of a
    third person at whose word goods are delivered. `registrations` are the seller's, or for a transfer those of both
    ends. `marketplace` names who runs the channel. `cumulative_minor` is what was sold across borders, net, earlier in
    the year. A return names the original document, whose `tax_date` it keeps.
    """

    document: str
    version: int = 1
    kind: str = Kind.QUOTE
    tax_date: str
    currency: str
    lines: tuple[TaxLine, ...]
    registrations: tuple[Registration, ...] = ()
    buyer: Buyer = Buyer()
    ship_from: Place | None = None
    ship_to: Place | None = None
    handed_over_at: Place | None = None
    accepted_at: Place | None = None
    bill_to: Place | None = None
    directed_by: Place | None = None
    marketplace: str = ""
    cumulative_minor: int = 0
    of: str = ""

    def __attrs_post_init__(self) -> None:
        identifier(self.document, "document")
        positive(self.version, "version")
        identifier(self.currency, "currency")
        checked_date(self.tax_date, "tax_date")
        whole(self.cumulative_minor, "cumulative_minor")
        buyer = self.buyer
        rows: tuple[Registration | Exemption, ...] = (*self.registrations, *buyer.registrations, *buyer.exemptions)
        for row in rows:
            for field in ("valid_from", "valid_to"):
                if date := getattr(row, field):
                    checked_date(date, f"{row.jurisdiction}.{field}")
        if self.kind not in list(Kind):
            raise InvalidValue("kind", self.kind, f"one of {', '.join(Kind)}")
        if self.kind == Kind.RETURN and not self.of:
            raise InvalidValue("of", self.of, "the document that the return is of")
        if len({line.id for line in self.lines}) != len(self.lines):
            raise InvalidValue("lines", [line.id for line in self.lines], "lines of different ids")

    def registered(self, jurisdiction: str, scheme: str | None = None) -> Registration | None:
        """Return the seller's registration with a jurisdiction on the day of tax; None where there is none."""
        return next(
            (
                each
                for each in self.registrations
                if each.jurisdiction == jurisdiction and scheme in (None, each.scheme) and within(self.tax_date, each)
            ),
            None,
        )


@lru_cache(maxsize=4096)
def rate_of(text: str, field: str = "rate") -> Fraction:
    """Return the fraction that a rate is; raises `InvalidValue` for what is not decimal text.

    >>> rate_of("0.065")
    Fraction(13, 200)
    """
    if type(text) is not str or not _RATE.fullmatch(text):
        raise InvalidValue(field, text, "a rate as decimal text, such as 0.09 for 9 %")
    return Fraction(text)


@lru_cache(maxsize=4096)
def checked_date(text: str, field: str = "date") -> str:
    """Return a date if it is one of the calendar, as ISO 8601 writes it.

    >>> checked_date("2026-02-28")
    '2026-02-28'
    """
    if type(text) is str and _DATE.fullmatch(text):
        try:
            moment(f"{text}T00:00:00Z")
        except InvalidValue:
            raise InvalidValue(field, text, "a date of the calendar") from None
        return text
    raise InvalidValue(field, text, "a date as ISO 8601 writes it")


class Dated(Protocol):
    """What holds from one day until another."""

    @property
    def valid_from(self) -> str:
        """Return the first day, or nothing where it always held."""
        ...

    @property
    def valid_to(self) -> str:
        """Return the last day, or nothing where none is known."""
        ...


def within(date: str, row: Dated) -> bool:
    """Tell whether a date lies in the validity of a row; both ends are included."""
    return row.valid_from <= date and (not row.valid_to or date <= row.valid_to)
