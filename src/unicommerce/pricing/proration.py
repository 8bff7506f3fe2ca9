"""How a discount of the order falls on its lines: in proportion to what they cost, by largest remainder, to the cent.

Discounts are taken one after another, each from what those before it have left, so that no line is paid below zero.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..errors import InvalidValue
from ..values import allocate
from .amounts import Amount, PriceMode, Rate, with_tax
from .documents import Discount, Funder, LineDiscount, PriceLine
from .shares import Price

__all__ = ["PricedLine", "among", "priced", "spread"]


class PricedLine(NamedTuple):
    """A line with what each discount took off it; its shares are those of its `price`."""

    line: PriceLine
    discounts: tuple[LineDiscount, ...] = ()

    @property
    def price(self) -> Price:
        """Return the price of its pieces."""
        return Price(self.line.price_minor, self.line.quantity, self.discounts)

    @property
    def list_minor(self) -> int:
        """Return what it would cost without discounts, in minor units."""
        return self.line.price_minor * self.line.quantity

    @property
    def paid_minor(self) -> int:
        """Return what the customer pays for it, in minor units."""
        return self.list_minor - sum([each.amount_minor for each in self.discounts])

    @property
    def base_minor(self) -> int:
        """Return what tax is on, in minor units: what the customer pays, and what a third party pays for them."""
        return self.paid_minor + sum([d.amount_minor for d in self.discounts if d.funder is Funder.THIRD_PARTY])

    def amount(self, tax: Rate, mode: PriceMode, *, component: str = "tax") -> Amount:
        """Return what is paid for it, as net and tax at one rate."""
        return with_tax(self.paid_minor, tax, mode, component=component)


def spread(amount_minor: int, over: Sequence[int]) -> tuple[int, ...]:
    """Return an amount split over others in proportion to them; no share is above the amount that it falls on.

    Raises `InvalidValue` for more than all of them.

    >>> spread(102, (106, 206, 306, 406))
    (11, 21, 30, 40)
    """
    if amount_minor > sum(over):
        raise InvalidValue("amount_minor", amount_minor, f"at most {sum(over)}, what it is taken off")
    return allocate(amount_minor, over) if amount_minor else tuple([0 for _ in over])


def among(amounts: Sequence[int], discounts: Iterable[LineDiscount]) -> tuple[tuple[LineDiscount, ...], ...]:
    """Return what each discount takes off each of some amounts, in proportion to what those before it have left.

    >>> [[each.amount_minor for each in own] for own in among((600, 300), (LineDiscount("spring", 101),))]
    [[67], [34]]
    """
    left, off = list(amounts), list[tuple[LineDiscount, ...]]()
    for discount in discounts:
        shares = spread(discount.amount_minor, left)
        left = [amount - share for amount, share in zip(left, shares, strict=True)]
        off.append(tuple([discount._replace(amount_minor=share) for share in shares]))
    return tuple(zip(*off, strict=True))


def priced(lines: Iterable[PriceLine], discounts: Iterable[Discount] = ()) -> tuple[PricedLine, ...]:
    """Return lines with what each discount takes off each of them; those of lines come before those of the order.

    Gift cards take no part in a discount of the order. Raises `InvalidValue` for a discount of a line that is not
    there, and for one that takes more than there is left.

    >>> lines = (PriceLine(id="1", quantity=2, price_minor=1000), PriceLine(id="2", quantity=1, price_minor=1000))
    >>> [each.paid_minor for each in priced(lines, [Discount(id="spring", amount_minor=100)])]
    [1933, 967]
    """
    given = tuple(lines)
    left = [line.price_minor * line.quantity for line in given]
    off: list[list[LineDiscount]] = [[] for _ in given]
    for discount in sorted(discounts, key=lambda each: not each.line):
        own = [amount if _is_under(discount, line) else 0 for line, amount in zip(given, left, strict=True)]
        if discount.line and discount.line not in {line.id for line in given}:
            raise InvalidValue("line", discount.line, "a line that is priced")
        for number, share in enumerate(spread(discount.amount_minor, own)):
            left[number] -= share
            if share:
                off[number].append(LineDiscount(discount.id, share, discount.funder))
    return tuple([PricedLine(line, tuple(own)) for line, own in zip(given, off, strict=True)])


def _is_under(discount: Discount, line: PriceLine) -> bool:
    return discount.line == line.id if discount.line else not line.is_gift_card
