"""The knobs of marketplaces: clocks that they do not say, and the limits that they hold sellers to.

`AMAZON` has the targets that Amazon publishes for orders that sellers ship: Seller Central, "Shipping performance"
(cancel rate under 2.5 % over 7 days, late shipment rate under 4 % over 10 and over 30 days, valid tracking rate over
95 % over 30 days). What is counted there is said by the schema of its account health report (2020-11-18, in
github.com/amzn/selling-partner-api-models): orders that were canceled by the seller's fault, orders of which a shipment
was late, shipments. All of it is data: other marketplaces, and other years, have other figures.
"""

from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from ..errors import InvalidValue
from ..values import HOUR_MS, frozen, whole

__all__ = ["AMAZON", "Limit", "MarketPolicy", "Measure"]


class Measure(StrEnum):
    """What a marketplace counts against a seller.

    `CANCELED`: orders of which the seller canceled something before it left, of those placed. `LATE`: orders of which a
    shipment was confirmed after ship-by, of those confirmed. `UNTRACKED`: shipments without tracking, of those
    confirmed.
    """

    CANCELED = "canceled"
    LATE = "late"
    UNTRACKED = "untracked"


class Limit(NamedTuple):
    """So many days are looked back, and what is counted stays below this part of all; `source` says who says so."""

    measure: Measure
    days: int
    below: Fraction
    source: str = ""


_SOURCE = "Amazon Seller Central, Shipping performance"
AMAZON = (
    Limit(Measure.CANCELED, 7, Fraction(25, 1000), f"{_SOURCE}: pre-fulfillment cancel rate under 2.5 %"),
    Limit(Measure.LATE, 10, Fraction(4, 100), f"{_SOURCE}: late shipment rate under 4 %"),
    Limit(Measure.LATE, 30, Fraction(4, 100), f"{_SOURCE}: late shipment rate under 4 %"),
    Limit(Measure.UNTRACKED, 30, Fraction(5, 100), f"{_SOURCE}: valid tracking rate over 95 %"),
)
"""What Amazon holds sellers to who ship themselves."""


@frozen(kw_only=True)
class MarketPolicy:
    """What one marketplace expects.

    - `acknowledge_hours`, `ship_hours`, `deliver_hours`: from placing, for a clock that it does not say; None: none is
    set. What it does say is never computed. - `limits`: what it counts against us, and how much of it.
    """

    acknowledge_hours: int | None = None
    ship_hours: int | None = None
    deliver_hours: int | None = None
    limits: tuple[Limit, ...] = AMAZON

    def __attrs_post_init__(self) -> None:
        for field in ("acknowledge_hours", "ship_hours", "deliver_hours"):
            if getattr(self, field) is not None:
                whole(getattr(self, field), field)
        for limit in self.limits:
            if not 0 < limit.below <= 1 or limit.days < 1:
                raise InvalidValue("limits", limit, "a part of all above zero, over one day or more")

    def clock(self, name: str, said: int | None, placed_at: int) -> int | None:
        """Return when a clock strikes (ms UTC): as it was said, else as the policy has it.

        >>> MarketPolicy(ship_hours=1).clock("ship_by", None, 0), MarketPolicy(ship_hours=1).clock("ship_by", 7, 0)
        (3600000, 7)
        """
        hours: int | None = getattr(self, name.replace("_by", "_hours"))
        return said if said is not None or hours is None else placed_at + hours * HOUR_MS
