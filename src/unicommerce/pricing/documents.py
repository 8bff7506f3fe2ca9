"""What prices are made of: lines, discounts and who pays for them, charges. Amounts are minor units of one currency."""

from enum import StrEnum
from typing import NamedTuple

from ..errors import InvalidValue
from ..values import frozen, identifier, positive, whole

__all__ = ["Charge", "ChargeKind", "Discount", "Funder", "LineDiscount", "PriceLine", "check_charges"]


class Funder(StrEnum):
    """Who pays for a discount. What a third party pays (a manufacturer's coupon) stays in the base of sales tax.

    Source: CDTFA Publication 113, coupons, discounts and rebates.
    """

    RETAILER = "retailer"
    THIRD_PARTY = "third_party"


class ChargeKind(StrEnum):
    """What is charged beside goods; each is refunded by itself."""

    SHIPPING = "shipping"
    HANDLING = "handling"
    FEE = "fee"
    DUTY = "duty"


class LineDiscount(NamedTuple):
    """What a discount took off one line or charge, in minor units, and who pays for it."""

    id: str
    amount_minor: int
    funder: Funder = Funder.RETAILER


class Charge(NamedTuple):
    """An amount charged beside goods, before its own discounts; `category` is its tax category ("": the usual one)."""

    id: str
    kind: ChargeKind
    amount_minor: int
    category: str = ""
    discounts: tuple[LineDiscount, ...] = ()

    @property
    def paid_minor(self) -> int:
        """Return what is left to pay, in minor units: a discount takes at most the whole.

        >>> Charge("express", ChargeKind.SHIPPING, 1000, discounts=(LineDiscount("half", 500),)).paid_minor
        500
        """
        return max(0, self.amount_minor - sum([each.amount_minor for each in self.discounts]))


def check_charges(charges: tuple[Charge, ...]) -> None:
    """Check charges. Raises `InvalidValue` for an id that is none or is used twice, and for an amount below zero."""
    ids = [identifier(charge.id, "charge") for charge in charges]
    if len(set(ids)) != len(ids):
        raise InvalidValue("charges", ids, "charges with ids of their own")
    for charge in charges:
        whole(charge.amount_minor, f"charge {charge.id}")


@frozen(kw_only=True)
class Discount:
    """An amount taken off one line (`line`), or off the whole order ("") in proportion to what its lines cost."""

    id: str
    amount_minor: int
    line: str = ""
    funder: Funder = Funder.RETAILER

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "discount")
        whole(self.amount_minor, "amount_minor")
        if self.line:
            identifier(self.line, "line")


@frozen(kw_only=True)
class PriceLine:
    """So many pieces at a price each, in minor units, of a tax category ("": the usual one).

    What a gift card is sold for is owed to whoever holds it: a liability, no revenue, not taxed before it is redeemed.
    Discounts of the order leave it out.
    """

    id: str
    quantity: int
    price_minor: int
    category: str = ""
    is_gift_card: bool = False

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "line")
        positive(self.quantity, "quantity")
        whole(self.price_minor, "price_minor")
        if type(self.is_gift_card) is not bool:
            raise InvalidValue("is_gift_card", self.is_gift_card, "true or false")
