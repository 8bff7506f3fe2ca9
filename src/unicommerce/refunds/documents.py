"""What of a sale can still be refunded, and what is asked of it.

A `Refundable` holds what is left of each line and charge as it was paid, with the tax of its own document: what lands
in a store elsewhere is refunded at the rate and to the jurisdiction of the sale. It is a value: every refund leaves
another one.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from ..errors import InvalidValue
from ..orders import Order
from ..pricing import Amount, ChargeKind
from ..values import frozen, identifier
from .tenders import Tender

__all__ = ["RefundCharge", "RefundLine", "Refundable", "SoldCharge", "SoldLine", "refund_of_all", "refundable_of"]


class SoldLine(NamedTuple):
    """Pieces of a line that can still come back, and what is left of what was paid for them."""

    line: str
    pieces: int
    amount: Amount

    def less(self, pieces: int, amount: Amount) -> "SoldLine":
        """Return what is left after so many pieces and such an amount."""
        return SoldLine(self.line, self.pieces - pieces, self.amount.minus(amount))

    def of_pieces(self, pieces: int) -> Amount:
        """Return the share of so many pieces; without any left, what is left besides.

        >>> from unicommerce.pricing import Amount
        >>> SoldLine("1", 3, Amount(100)).of_pieces(2).net_minor
        67
        """
        return self.amount.of_pieces(pieces, self.pieces) if self.pieces else self.amount


class SoldCharge(NamedTuple):
    """What is left of a charge (shipping, handling, a fee, a duty), or what a refund takes of it."""

    id: str
    kind: ChargeKind
    amount: Amount


_Row = TypeVar("_Row", SoldLine, SoldCharge)


@frozen(kw_only=True)
class Refundable:
    """What of a sale can still be refunded, in minor units of one currency.

    `tenders` are what it was paid with; without any, what was captured is not known here and does not cap.
    """

    sale: str = "sale"
    currency: str = "USD"
    lines: tuple[SoldLine, ...] = ()
    charges: tuple[SoldCharge, ...] = ()
    tenders: tuple[Tender, ...] = ()

    def __attrs_post_init__(self) -> None:
        identifier(self.sale, "sale")
        names = [[each[0] for each in rows] for rows in (self.lines, self.charges, self.tenders)]
        for field, ids in zip(("lines", "charges", "tenders"), names, strict=True):
            if len(set(ids)) != len(ids):
                raise InvalidValue(field, ids, "ids, each once")

    @property
    def gross_minor(self) -> int:
        """Return what is left of all lines and charges."""
        amounts = [*[line.amount for line in self.lines], *[charge.amount for charge in self.charges]]
        return sum([amount.gross_minor for amount in amounts])

    @property
    def maximum_minor(self) -> int:
        """Return the most that can still be refunded: of what is left, and of what was captured."""
        return self.gross_minor if self.captured_minor is None else min(self.gross_minor, self.captured_minor)

    @property
    def captured_minor(self) -> int | None:
        """Return what was captured and is not refunded yet; None where it is not known."""
        return sum([tender.left_minor for tender in self.tenders]) if self.tenders else None

    def line(self, id: str) -> SoldLine:
        """Return what is left of a line. Raises `InvalidValue` for one that was not sold."""
        return _named(self.lines, id, "line")

    def charge(self, id: str) -> SoldCharge:
        """Return what is left of a charge. Raises `InvalidValue` for one that was not made."""
        return _named(self.charges, id, "charge")


class RefundLine(NamedTuple):
    """Pieces of a line to be refunded: they come back, and all of their share is refunded less a fee on the goods.

    With `gross_minor` it is an allowance: so much of the share of these pieces, which stay with the customer.
    `fee_minor` (restocking, wear) is kept of the net amount, of the tax nothing: it is a service of its own, untaxed
    (CDTFA annotation 490.0223), unless `is_fee_taxed`. `restocks`: they go on the shelf again.
    """

    line: str
    pieces: int = 1
    gross_minor: int | None = None
    fee_minor: int = 0
    is_fee_taxed: bool = False
    restocks: bool = False


class RefundCharge(NamedTuple):
    """A charge to be refunded: so much of it (gross), or what is left."""

    id: str
    gross_minor: int | None = None


def refundable_of(
    order: Order,
    quantities: Mapping[str, int],
    *,
    amounts: Mapping[str, Amount] = MappingProxyType({}),
    tenders: Iterable[Tender] = (),
) -> Refundable:
    """Return what of an order can be refunded once so many pieces of its lines were sold, with all of its charges.

    `amounts` are those of its invoice, with their taxes, by line and charge. Without one, what was paid stands there as
    net, which is right only where no tax is told apart.

    >>> from unicommerce.orders import OrderLine
    >>> from unicommerce.values import Position
    >>> lines = (OrderLine(id="1", sku="MUG", price_minor=1000),)
    >>> order = Order(id="o1", pool="web", lines=lines, destination=Position(0, 0), placed_at=0)
    >>> refundable_of(order, {"1": 3}).gross_minor
    3000
    """
    lines = [
        SoldLine(line, pieces, amounts.get(line, Amount(order.paid_minor(line, 0, pieces))))
        for line, pieces in quantities.items()
    ]
    charges = [SoldCharge(each.id, each.kind, amounts.get(each.id, Amount(each.paid_minor))) for each in order.charges]
    return Refundable(
        sale=order.id, currency=order.currency, lines=tuple(lines), charges=tuple(charges), tenders=tuple(tenders)
    )


def refund_of_all(left: Refundable) -> tuple[tuple[RefundLine, ...], tuple[RefundCharge, ...]]:
    """Return what is to be asked for all that is left: the lines and the charges of a quote."""
    lines = [RefundLine(each.line, each.pieces) for each in left.lines if each.pieces]
    return tuple(lines), tuple([RefundCharge(each.id) for each in left.charges if each.amount.gross_minor])


def _named(rows: Sequence[_Row], id: str, field: str) -> _Row:
    found = [row for row in rows if row[0] == id]
    if not found:
        raise InvalidValue(field, id, f"a {field} of the sale")
    return found[0]
