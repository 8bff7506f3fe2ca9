"""What a host knows of a system that its messages do not say: its places, SKUs and measures, and how it is served."""

from collections.abc import Callable, Iterable, Mapping

from ..catalog import Catalog
from ..errors import InvalidValue
from ..fulfillment import FulfillmentPolicy
from ..ledger import Request, Telling
from ..marketplaces import MarketPolicy
from ..ports import Address, Item, Line, Paper
from ..values import Position, frozen

__all__ = ["Intake", "Step", "by_line", "subdivision"]

Step = Telling[Catalog] | Telling[object] | Request[Catalog] | Request[object]
"""Something to tell, or something to ask."""


def subdivision(address: Address) -> str:
    """Return the country and its state or province by their codes (ISO 3166-2), "" where an address does not say both.

    >>> subdivision(Address("US", "TX", "75001")), subdivision(Address("Canada", "Ontario"))
    ('US-TX', '')
    """
    country, region = address.country.upper(), address.region.upper()
    codes = (country, region.removeprefix(f"{country}-"))
    is_coded = all(code.isascii() and code.isalnum() for code in codes)
    return "-".join(codes) if is_coded and len(codes[0]) == 2 and len(codes[1]) <= 3 else ""


@frozen(kw_only=True)
class Intake:
    """What a host knows of a system that its messages do not say.

    - `channel`, `pool`, `service`: through which channel its orders come, from which pool they are served, and at
    which service level where an order names none.
    - `nodes`: our node for each of its places; one that is not named is called the same. `skus` likewise.
    - `measures`: how many pieces one of a unit of measure of theirs is, by their SKU and the unit.
    - `pools`: the pool that serves an order which it sends to one of its places.
    - `locate`: where an address is; it knows no world of its own, so a host that routes by distance gives one.
    - `region`: what transits and rate cards call the region of an address; `subdivision`, unless theirs name another.
    - `zone`: the time zone (IANA) of an address, for a host that knows it; else promises keep to the node's clock.
    - `policy`: how its orders are placed.
    - `market`: what it is called as a marketplace, whose orders are facts with clocks; "": it is none. `rules` are what
    it expects of us.
    - `centers`: those of our nodes that it runs itself: what it says of them is true, whatever we had on record.
    """

    channel: str = ""
    pool: str = ""
    service: str = "standard"
    nodes: Mapping[str, str] = {}
    skus: Mapping[str, str] = {}
    measures: Mapping[tuple[str, str], int] = {}
    pools: Mapping[str, str] = {}
    locate: Callable[[Address], Position] = lambda _address: Position(0, 0)
    region: Callable[[Address], str] = subdivision
    zone: Callable[[Address], str] = lambda _address: ""
    policy: FulfillmentPolicy = FulfillmentPolicy()
    market: str = ""
    rules: MarketPolicy = MarketPolicy()
    centers: tuple[str, ...] = ()

    def node(self, place: str) -> str:
        """Return our node for a place of theirs."""
        return self.nodes.get(place, place)

    def pool_of(self, place: str) -> str:
        """Return the pool that serves an order. Raises `InvalidValue` for a place of theirs that has none."""
        pool = self.pools.get(place) if place else self.pool
        if pool is None:
            raise InvalidValue("sales_order.from_node", place, "a place that has a pool")
        return pool

    def sku(self, sku: str) -> str:
        """Return our SKU for one of theirs."""
        return self.skus.get(sku, sku)

    def size(self, each: Item | Line) -> int:
        """Return how many pieces one of its unit of measure is. Raises `InvalidValue` where we do not know."""
        size = self.measures.get((each.sku, each.uom)) if each.uom else 1
        if size is None:
            raise InvalidValue(f"uom of {each.sku}", each.uom, "a unit whose pieces are known, in `measures`")
        return size

    def price_minor(self, line: Line) -> int:
        """Return the price of a piece. Raises `InvalidValue` where it is not whole."""
        price, rest = divmod(line.price_minor, self.size(line))
        if rest:
            said = f"{line.price_minor} minor units for one {line.uom}"
            raise InvalidValue(f"price of {line.sku}", said, "whole minor units for a piece")
        return price

    def pieces(self, items: Iterable[Item | Line]) -> dict[str, int]:
        """Return pieces by our SKU, summed."""
        return sums([(self.sku(item.sku), item.quantity * self.size(item)) for item in items])


def sums(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, quantity in pairs:
        sums[name] = sums.get(name, 0) + quantity
    return sums


def by_line(paper: Paper, items: Iterable[Item], intake: Intake) -> dict[str, int]:
    """Return pieces by line of the order. Raises `InvalidValue` for an item that names none."""
    items = tuple(items)
    if nameless := [item.sku for item in items if not item.line]:
        raise InvalidValue(f"{paper.form}.line of {nameless[0]}", "", "a line of the order")
    return sums([(item.line, item.quantity * intake.size(item)) for item in items])
