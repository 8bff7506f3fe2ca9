"""What an engine of tax answers: each line with its components, and their sums, which are never stored.

Amounts are what an answer adds to what is owed: those of a sale are positive, of a reversal negative, so that answers
of one document add up. An invoice keeps its answer, and so it is on record.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ..errors import InvalidValue
from ..ledger import Reason
from ..values import LARGEST, frozen, identifier, whole
from .documents import BUYER, SELLER, Kind, LineKind, Scheme, checked_date, rate_of

__all__ = ["Component", "TaxAnswer", "TaxedLine"]


class Component(NamedTuple):
    """One tax of one line: whose it is, at which rate on which amount, who collects it, or why it is not due.

    A service that does not say its rates leaves `rate` empty. Of the amount, each piece owes `per_unit_minor` whatever
    it costs.
    """

    code: str
    rate: str
    taxable_minor: int
    amount_minor: int
    jurisdiction: str = ""
    level: str = ""
    collected_by: str = SELLER
    exempt: str = ""
    per_unit_minor: int = 0


class TaxedLine(NamedTuple):
    """A line with its taxes. `funded_minor` of the gross is paid by others than the buyer."""

    id: str
    net_minor: int
    components: tuple[Component, ...] = ()
    quantity: int = 1
    kind: str = LineKind.ITEM.value
    commodity: str = ""
    includes_tax: bool = False
    funded_minor: int = 0

    @property
    def tax_minor(self) -> int:
        """Return the tax that is charged."""
        return sum([each.amount_minor for each in self.components if each.collected_by != BUYER])

    @property
    def gross_minor(self) -> int:
        """Return net and tax."""
        return self.net_minor + self.tax_minor


@frozen(kw_only=True)
class TaxAnswer:
    """What the tax of a document is, by line and component. An invoice keeps it, and so it is on record.

    `round_off_minor` brings the gross to what can be paid. A provisional answer stands in for an engine that was not
    there. `of` is the document that this reverses or adjusts. `because` says how it was come to.
    """

    document: str
    version: int = 1
    kind: str = Kind.QUOTE.value
    tax_date: str
    currency: str
    lines: tuple[TaxedLine, ...]
    engine: str = "table"
    rules: str = ""
    scheme: str = Scheme.LINE.value
    round_off_minor: int = 0
    provisional: bool = False
    of: str = ""
    because: tuple[Reason, ...] = ()

    def __attrs_post_init__(self) -> None:
        identifier(self.document, "document")
        identifier(self.currency, "currency")
        checked_date(self.tax_date, "tax_date")
        if len({line.id for line in self.lines}) != len(self.lines):
            raise InvalidValue("lines", [line.id for line in self.lines], "lines of different ids")
        for line in self.lines:
            whole(abs(line.net_minor), f"lines[{line.id}].net_minor")
            for each in line.components:
                rate_of(each.rate or "0")
                whole(each.amount_minor, f"lines[{line.id}].{each.code}", -LARGEST)

    @property
    def net_minor(self) -> int:
        """Return the sum of the lines without tax."""
        return sum([line.net_minor for line in self.lines])

    @property
    def tax_minor(self) -> int:
        """Return all tax that is charged; what the buyer assesses itself is not in it."""
        return sum([line.tax_minor for line in self.lines])

    @property
    def gross_minor(self) -> int:
        """Return net and tax."""
        return self.net_minor + self.tax_minor

    @property
    def payable_minor(self) -> int:
        """Return the gross as it can be paid."""
        return self.gross_minor + self.round_off_minor

    @property
    def funded_minor(self) -> int:
        """Return what others than the buyer pay of it, such as a manufacturer by its coupons."""
        return sum([line.funded_minor for line in self.lines])

    @property
    def customer_minor(self) -> int:
        """Return what the buyer pays."""
        return self.payable_minor - self.funded_minor

    @property
    def by_code(self) -> dict[str, int]:
        """Return the amounts by code, as they first appear."""
        sums: dict[str, int] = {}
        for each in self.components():
            sums[each.code] = sums.get(each.code, 0) + each.amount_minor
        return sums

    def components(self) -> Iterator[Component]:
        """Yield all components, line by line."""
        for line in self.lines:
            yield from line.components
