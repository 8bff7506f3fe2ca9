"""Who writes papers, where for tax each node lies, and which engine is asked."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ..errors import InvalidValue
from ..orders import Order
from ..tax import Buyer, Place, Registration, TaxEngine
from ..values import frozen, identifier

__all__ = ["InvoicePolicy", "region_place"]


def region_place(order: Order) -> Place | None:
    """Return the tax place of an order's region, as ISO 3166-2 has it; None where none is said.

    >>> from unicommerce.values import Position
    >>> from unicommerce.orders import OrderLine
    >>> lines = (OrderLine(id="1", sku="MUG"),)
    >>> region_place(Order(id="o", pool="web", lines=lines, destination=Position(0, 0), placed_at=0, region="US-NY"))
    Place(path='US/NY', districts=())
    """
    return Place(order.region.replace("-", "/")) if order.region else None


@frozen(kw_only=True)
class InvoicePolicy:
    """The knobs of invoices.

    - `engine`: who answers what the tax is; where that takes I/O, the host asks before and hands in the answer.
    - `entity`: under what papers are numbered where no registration is.
    - `registrations`: ours; a paper is numbered under the one of the place that it is dispatched from.
    - `places`: of each node, for tax. `place_of`: where an order goes. `buyer_of`: what tax needs to know of who buys.
    - `marketplaces`: channels whose marketplace collects the tax.
    - `prefix`: of all numbers. `first_month`: of the year by which papers are numbered (India: 4).
    """

    engine: TaxEngine
    entity: str = "seller"
    registrations: tuple[Registration, ...] = ()
    places: Mapping[str, Place] = MappingProxyType({})
    place_of: Callable[[Order], Place | None] = region_place
    buyer_of: Callable[[Order], Buyer] = lambda _order: Buyer()
    marketplaces: tuple[str, ...] = ()
    prefix: str = ""
    first_month: int = 1

    def __attrs_post_init__(self) -> None:
        identifier(self.entity, "entity")
        if not 1 <= self.first_month <= 12:
            raise InvalidValue("first_month", self.first_month, "1 to 12")

    def registration(self, node: str) -> str:
        """Return under what the papers of a node are numbered."""
        place = self.places.get(node)
        path = f"{place.path}/" if place else ""
        own = [each for each in self.registrations if path.startswith(f"{each.jurisdiction}/")]
        return max(own, key=lambda each: len(each.jurisdiction)).id if own else self.entity

    def year(self, date: str) -> str:
        """Return the year of a date (ISO 8601) by which papers are numbered: the one that it began in.

        >>> from unicommerce.tax import quote, us
        >>> InvoicePolicy(engine=lambda request: quote(request, us.rules()), first_month=4).year("2026-03-31")
        '2025'
        """
        year, month = int(date[:4]), int(date[5:7])
        return str(year - (month < self.first_month))
