"""An amount of money as it stands on a document: net, and the tax on it by component; prices with tax and without.

By which rule tax is set is the business of the tax room or an engine. Here is what holds whatever the rule: gross is
net and tax to the minor unit, in an amount and in every share of it. Rates are exact; no float decides anything.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from ..errors import InvalidValue
from ..values import half_up
from .shares import dealt, taken

__all__ = ["Amount", "PriceMode", "Rate", "TaxPart", "fee_minor", "rate", "summed", "with_tax"]

Rate: TypeAlias = Fraction | Decimal
"""A rate as a fraction of one: 0.19 is 19 %."""


class PriceMode(StrEnum):
    """Whether tax is in a price or comes on top of it."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


class TaxPart(NamedTuple):
    """The tax of one component, which names its jurisdiction, in minor units."""

    component: str
    amount_minor: int


class Amount(NamedTuple):
    """A net amount and the taxes on it, in minor units."""

    net_minor: int = 0
    taxes: tuple[TaxPart, ...] = ()

    @property
    def tax_minor(self) -> int:
        """Return the tax of all components."""
        return sum([amount for _, amount in self.taxes])

    @property
    def gross_minor(self) -> int:
        """Return net and tax."""
        return self.net_minor + self.tax_minor

    def plus(self, other: "Amount") -> "Amount":
        """Return the sum, by component.

        >>> Amount(10, (TaxPart("NJ", 1),)).plus(Amount(5, (TaxPart("NY", 1),))).gross_minor
        17
        """
        return summed((self, other))

    def minus(self, other: "Amount") -> "Amount":
        """Return what is left, by component."""
        less = tuple([TaxPart(component, -amount) for component, amount in other.taxes])
        return summed((self, Amount(-other.net_minor, less)))

    def of_pieces(self, first: int, pieces: int) -> "Amount":
        """Return the share of the first so many pieces, as `dealt` does: the rest deals to the rest of the shares.

        >>> Amount(1000, (TaxPart("DE", 190),)).of_pieces(1, 3)
        Amount(net_minor=333, taxes=(TaxPart(component='DE', amount_minor=64),))
        """
        return self._split(dealt(self._parts, first, pieces))

    def of_gross(self, gross_minor: int) -> "Amount":
        """Return the part of a gross amount: its tax in proportion and rounded half up, its net by subtraction.

        >>> Amount(1000, (TaxPart("PL", 100),)).of_gross(550)
        Amount(net_minor=500, taxes=(TaxPart(component='PL', amount_minor=50),))
        """
        return self._split(taken(self._parts, gross_minor))

    def of_net(self, net_minor: int) -> "Amount":
        """Return a part of the net amount with the tax on it, in proportion and rounded half up.

        >>> Amount(1000, (TaxPart("DE", 190),)).of_net(150)
        Amount(net_minor=150, taxes=(TaxPart(component='DE', amount_minor=29),))
        """
        shares = [half_up(Fraction(tax * net_minor, self.net_minor or 1)) for _, tax in self.taxes]
        return self._split((*shares, net_minor))

    @property
    def _parts(self) -> tuple[int, ...]:
        return (*[amount for _, amount in self.taxes], self.net_minor)

    def _split(self, parts: tuple[int, ...]) -> "Amount":
        taxes = zip(self.taxes, parts, strict=False)
        return Amount(parts[-1], tuple([TaxPart(component, amount) for (component, _), amount in taxes]))


def summed(amounts: Iterable[Amount]) -> Amount:
    """Return the sum of amounts, by component in the order in which they first come.

    >>> summed([Amount(10, (TaxPart("NJ", 1),)), Amount(5)])
    Amount(net_minor=15, taxes=(TaxPart(component='NJ', amount_minor=1),))
    """
    net_minor, sums = 0, dict[str, int]()
    for net, taxes in amounts:
        net_minor += net
        for component, amount in taxes:
            sums[component] = sums.get(component, 0) + amount
    return Amount(net_minor, tuple([TaxPart(component, amount) for component, amount in sums.items()]))


def rate(text: str) -> Fraction:
    """Return the rate that a decimal text says. Raises `InvalidValue` for what is none or is below zero.

    >>> rate("0.06625")
    Fraction(53, 800)
    """
    try:
        value = Decimal(text)
    except (InvalidOperation, TypeError):
        raise InvalidValue("rate", text, "a decimal fraction") from None
    if not value.is_finite() or value < 0 or abs(value.adjusted()) > 40:
        raise InvalidValue("rate", text, "a decimal fraction from zero on")
    return Fraction(value)


def with_tax(amount_minor: int, tax: Rate, mode: PriceMode, *, component: str = "tax") -> Amount:
    """Return an amount with one tax on it, rounded half up; where it is in the price, net is what is left.

    >>> with_tax(1200, rate("0.20"), PriceMode.INCLUSIVE) == with_tax(1000, rate("0.20"), PriceMode.EXCLUSIVE)
    True
    """
    exact = Fraction(tax)
    if mode is PriceMode.EXCLUSIVE:
        return Amount(amount_minor, (TaxPart(component, half_up(amount_minor * exact)),))
    part = half_up(amount_minor * exact / (1 + exact))
    return Amount(amount_minor - part, (TaxPart(component, part),))


def fee_minor(amount_minor: int, part: Rate) -> int:
    """Return a fee that is a part of an amount, rounded half up, in minor units.

    >>> fee_minor(9_999, rate("0.15"))
    1500
    """
    return half_up(amount_minor * Fraction(part))
