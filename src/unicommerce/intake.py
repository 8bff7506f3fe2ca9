"""What each paper means for us: one table from kinds of papers to what is told and what is asked.

A fact is told and never refused; what may be refused is asked. Ids are derived from the paper's own, so that a message
that comes again is a repeat. What no room takes yet comes back as it is: nothing is dropped in silence.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from .catalog import Catalog
from .counts import counted
from .errors import InvalidValue
from .fulfillment import FulfillmentPolicy, cancel, delivered, picked, place, shipped
from .inventory import adjusted, received
from .ledger import Request, Telling
from .orders import Order, OrderLine
from .ports import (
    Address,
    Cancellation,
    Delivery,
    Dispatch,
    GoodsReturn,
    Item,
    Line,
    Paper,
    PurchaseOrder,
    Reading,
    Receipt,
    SalesOrder,
    StockChange,
    StockCount,
    StockTransfer,
    TillSale,
)
from .returns import returned
from .supply import expected, landed, transfer
from .tills import brought_back, sold, voided
from .values import Position, frozen

__all__ = ["Intake", "Step", "Taken", "subdivision", "take"]

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
        return _sums([(self.sku(item.sku), item.quantity * self.size(item)) for item in items])


class Taken(NamedTuple):
    """What a reading means: steps in its order, and the papers that no room takes yet."""

    steps: tuple[Step, ...]
    left: tuple[Paper, ...]


def take(reading: Reading, intake: Intake) -> Taken:
    """Return what a reading is to be told and asked.

    Raises `InvalidValue` where a paper does not say what we need of it, with its kind and field.
    """
    steps: list[Step] = []
    left: list[Paper] = []
    for paper in reading.papers:
        taking = TABLE.get(paper.form)
        found = taking(paper, intake) if taking else None
        steps += found or ()
        left += [paper] if found is None else []
    return Taken(tuple(steps), tuple(left))


def _sums(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, quantity in pairs:
        sums[name] = sums.get(name, 0) + quantity
    return sums


def _by_line(paper: Paper, items: Iterable[Item], intake: Intake) -> dict[str, int]:
    """Return pieces by line of the order. Raises `InvalidValue` for an item that names none."""
    items = tuple(items)
    if nameless := [item.sku for item in items if not item.line]:
        raise InvalidValue(f"{paper.form}.line of {nameless[0]}", "", "a line of the order")
    return _sums([(item.line, item.quantity * intake.size(item)) for item in items])


def _order(paper: Paper, intake: Intake) -> list[Step] | None:
    """An order that somebody waits for; a draft, or what a till has handed over, claims nothing."""
    assert isinstance(paper, SalesOrder)
    if paper.is_draft or paper.is_completed:
        return None
    if paper.placed_at is None:
        raise InvalidValue("sales_order.placed_at", None, "told: an order is told whole")
    if not paper.lines:
        raise InvalidValue("sales_order.lines", None, "told: an order is told whole")
    wanted = [line for line in paper.lines if line.quantity]
    lines = tuple([OrderLine(id=x.id, sku=intake.sku(x.sku), price_minor=intake.price_minor(x)) for x in wanted])
    order = Order(
        id=paper.id,
        pool=intake.pool_of(paper.from_node),
        channel=intake.channel,
        lines=lines,
        currency=paper.currency,
        destination=intake.locate(paper.destination),
        placed_at=paper.placed_at,
        service=paper.service or intake.service,
        region=intake.region(paper.destination),
        zone=intake.zone(paper.destination),
    )
    return [place(order, {line.id: line.quantity * intake.size(line) for line in wanted}, policy=intake.policy)]


def _cancellation(paper: Paper, intake: Intake) -> list[Step]:
    assert isinstance(paper, Cancellation)
    quantities = _by_line(paper, paper.items, intake) if paper.items else None
    return [cancel(paper.order, quantities, reason=paper.reason, id=paper.id)]


def _dispatch(paper: Paper, intake: Intake) -> list[Step]:
    """A shipment that fell short is told as picked so, and then as shipped."""
    assert isinstance(paper, Dispatch)
    pieces, short = _by_line(paper, paper.items, intake), _by_line(paper, paper.short, intake)
    tracking = ", ".join(paper.tracking) or None
    steps: list[Step] = [picked(paper.id, pieces, short=short, occurred_at=paper.occurred_at)] if short else []
    if pieces or not short:
        steps.append(shipped(paper.id, pieces or None, tracking=tracking, occurred_at=paper.occurred_at))
    return steps


def _delivery(paper: Paper, _intake: Intake) -> list[Step]:
    assert isinstance(paper, Delivery)
    return [delivered(paper.id, occurred_at=paper.occurred_at)]


def _return(paper: Paper, intake: Intake) -> list[Step] | None:
    """What is announced moves nothing: no room takes it yet."""
    assert isinstance(paper, GoodsReturn)
    if paper.is_announced:
        return None
    known = [item for item in paper.items if paper.order and item.line]
    blind = intake.pieces([item for item in paper.items if item not in known])
    return [
        returned(
            paper.id,
            node=intake.node(paper.node),
            order=paper.order if known else "",
            lines=_by_line(paper, known, intake),
            blind=blind,
            occurred_at=paper.occurred_at,
        )
    ]


def _receipt(paper: Paper, intake: Intake) -> list[Step]:
    assert isinstance(paper, Receipt)
    node, quantities, at = intake.node(paper.node), intake.pieces(paper.items), paper.occurred_at
    if paper.inbound:
        return [landed(paper.id, inbound=paper.inbound, node=node, quantities=quantities, occurred_at=at)]
    return [received(paper.id, node=node, quantities=quantities, occurred_at=at)]


def _count(paper: Paper, intake: Intake) -> list[Step] | None:
    """A count of what is on hand; what is said of another state, as what may be sold, is no count of the shelf."""
    assert isinstance(paper, StockCount)
    if any(item.state not in {"", "on_hand"} for item in paper.items):
        return None
    return [counted(paper.id, node=intake.node(paper.node), quantities=intake.pieces(paper.items), as_of=paper.as_of)]


def _change(paper: Paper, intake: Intake) -> list[Step]:
    assert isinstance(paper, StockChange)
    node, at = intake.node(paper.node), paper.occurred_at
    return [
        adjusted(f"{paper.id}/{sku}", node=node, sku=sku, change=change, reason=paper.reason, occurred_at=at)
        for sku, change in intake.pieces(paper.items).items()
        if change
    ]


def _transfer(paper: Paper, intake: Intake) -> list[Step]:
    """They came in already: what left the source is under way for no time at all."""
    assert isinstance(paper, StockTransfer)
    source, node, at = intake.node(paper.source), intake.node(paper.target), paper.occurred_at
    if at is None:
        raise InvalidValue("stock_transfer.occurred_at", at, "when they came in")
    quantities = intake.pieces(paper.items)
    return [
        transfer(paper.id, source=source, node=node, quantities=quantities, expected_at=at),
        landed(f"{paper.id}/landed", inbound=paper.id, node=node, quantities=quantities, occurred_at=at),
    ]


def _purchase(paper: Paper, intake: Intake) -> list[Step]:
    assert isinstance(paper, PurchaseOrder)
    if paper.due_at is None:
        raise InvalidValue("purchase_order.due_at", None, "when it comes in")
    if not paper.node:
        raise InvalidValue("purchase_order.node", None, "where it comes in")
    quantities = intake.pieces(paper.lines)
    return [expected(paper.id, node=intake.node(paper.node), quantities=quantities, expected_at=paper.due_at)]


def _till(paper: Paper, intake: Intake) -> list[Step]:
    assert isinstance(paper, TillSale)
    node, quantities, at = intake.node(paper.node), intake.pieces(paper.items), paper.occurred_at
    if paper.is_void:
        undone = quantities or None
        return [voided(paper.id, sale=paper.sale, till=paper.till, node=node, quantities=undone, occurred_at=at)]
    if paper.is_return:
        back = "quarantine"
        return [brought_back(paper.id, sale=paper.sale, node=node, quantities=quantities, state=back, occurred_at=at)]
    return [sold(paper.id, till=paper.till, node=node, quantities=quantities, occurred_at=at)]


TABLE: Mapping[str, Callable[[Paper, Intake], list[Step] | None]] = {
    SalesOrder.form: _order,
    Cancellation.form: _cancellation,
    Dispatch.form: _dispatch,
    Delivery.form: _delivery,
    GoodsReturn.form: _return,
    Receipt.form: _receipt,
    StockCount.form: _count,
    StockChange.form: _change,
    StockTransfer.form: _transfer,
    PurchaseOrder.form: _purchase,
    TillSale.form: _till,
}
"""What each kind of paper is told or asked as. The others are left: no room takes them yet."""
