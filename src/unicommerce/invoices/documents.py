"""An invoice of a shipment, what was credited of it later, and the numbers that both bear.

Numbers of a registration and year come from one document that each paper replaces, so there is no gap and none is given
twice. The invoices of an order are listed in one document too: no two of them can be for the same pieces.
"""

from enum import StrEnum
from typing import NamedTuple

import attrs

from ..errors import InvalidValue
from ..ledger import Key
from ..tax import TaxAnswer
from ..values import frozen, identifier, positive

__all__ = [
    "Invoice",
    "InvoiceList",
    "PaperKind",
    "Pieces",
    "Series",
    "invoice_key",
    "invoices_key",
    "series_key",
]


class PaperKind(StrEnum):
    """What a paper is: what is owed for a shipment, what of it is no longer, or what an engine said of it later."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    TRUE_UP = "true_up"


class Pieces(NamedTuple):
    """Pieces of a line by their numbers, from one up to another, that cost alike: of each, what was fixed at its sale.

    `base_minor` is what tax is on, the price less what we take off it; `funded_minor` is what others pay of that. A
    paper on which all of a line are zero was written before they were kept: its pieces count as alike.
    """

    line: str
    start: int
    stop: int
    base_minor: int = 0
    funded_minor: int = 0

    @property
    def quantity(self) -> int:
        """Return how many there are."""
        return self.stop - self.start


@frozen(kw_only=True)
class Series:
    """The numbers of the papers of a registration in a year: `last` is the one that was given last."""

    registration: str
    year: str
    prefix: str = ""
    last: int = 1
    width: int = 6

    def __attrs_post_init__(self) -> None:
        identifier(self.registration, "registration")
        identifier(self.year, "year")
        positive(self.last, "last")
        positive(self.width, "width")

    @property
    def revision(self) -> int:
        """Return how many were given: each makes a new revision."""
        return self.last

    @property
    def number(self) -> str:
        """Return the number given last, as papers show it.

        >>> Series(registration="DE123", year="2026", prefix="B", last=41).number
        'B2026-000041'
        """
        return f"{self.prefix}{self.year}-{self.last:0{self.width}}"

    def following(self) -> "Series":
        """Return it with the next number given."""
        return attrs.evolve(self, last=self.last + 1)

    @property
    def key(self) -> "Key[Series]":
        """Return the key."""
        return series_key(self.registration, self.year, self.prefix)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def series_key(registration: str, year: str, prefix: str = "") -> Key[Series]:
    """Return the key of the numbers of a registration and year."""
    return Key("invoices.series", f"{registration}/{prefix}{year}")


@frozen(kw_only=True)
class Invoice:
    """A paper about a shipment: an invoice, a credit note of one (`of`), or what an engine said of it later.

    `id` is the shipment's for its first invoice, and under it for what comes after; `number` is what it shows. `tax`
    has its lines with net and components, signed: those of a credit note are below zero, so that papers add up.
    `pieces` are those that it is for. `notes` are the ids of the papers that came after an invoice.
    """

    id: str
    revision: int = 1
    role: PaperKind = PaperKind.INVOICE
    number: str
    registration: str
    shipment: str
    order: str
    tax: TaxAnswer
    pieces: tuple[Pieces, ...] = ()
    charges: tuple[str, ...] = ()
    of: str = ""
    notes: tuple[str, ...] = ()
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        for field in ("id", "number", "registration", "shipment", "order"):
            identifier(getattr(self, field), field)
        if (self.role is PaperKind.INVOICE) is bool(self.of):
            raise InvalidValue("of", self.of, "the invoice that a later paper is of, and only there")

    @property
    def key(self) -> "Key[Invoice]":
        """Return the key."""
        return invoice_key(self.id)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def invoice_key(id: str) -> Key[Invoice]:
    """Return the key of a paper: the invoice of a shipment by the shipment's id."""
    return Key("invoices.invoice", id)


@frozen(kw_only=True)
class InvoiceList:
    """The invoices of an order by their ids: those of their shipments, or under them for what came late."""

    order: str
    shipments: tuple[str, ...]

    @property
    def revision(self) -> int:
        """Return how many there are."""
        return len(self.shipments)

    @property
    def key(self) -> "Key[InvoiceList]":
        """Return the key."""
        return invoices_key(self.order)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def invoices_key(order: str) -> Key[InvoiceList]:
    """Return the key of the list of an order's invoices."""
    return Key("invoices.list", order)
