"""Who is owed what, how patiently each is served, and the message of a letter in the words of its system's adapter."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from examples.adapters.plain_erp import PlainErp
from examples.adapters.square import Square
from examples.adapters.x12_wms import X12Wms
from unicommerce.delivery import DeliveryPolicy, Letter, Reaction
from unicommerce.fulfillment import Allocated, Shipped
from unicommerce.inventory import Received
from unicommerce.ledger import Entry, Event
from unicommerce.ports import Item, Line, Message, Paper, Port, Receipt, SalesOrder, ShipRequest, StockChange
from unicommerce.supply import Landed
from unicommerce.tills import Sold
from unicommerce.values import MINUTE_MS

__all__ = ["POLICIES", "PRICE_MINOR", "TABLE", "sku_of", "written"]

PRICE_MINOR = 1_250


def sku_of(entry: Entry) -> str:
    """Return the article that an entry moves: what is said of one article stays in order."""
    return next(move.unit.removeprefix("sku:") for move in entry.movements if move.unit.startswith("sku:"))


TABLE = (
    Reaction("channel", "stock", ("inventory.received", "fulfillment.allocated", "supply.expected"), sku_of),
    Reaction("wms", "ship", ("fulfillment.allocated",), sku_of),
    Reaction("pos", "landed", ("supply.landed",), sku_of),
    Reaction("erp", "received", ("inventory.received",), sku_of),
    Reaction("erp", "shipped", ("fulfillment.shipped",), sku_of),
    Reaction("erp", "sold", ("tills.sold",), sku_of),
)

WAITS = DeliveryPolicy(
    window=20, in_flight=4, first_wait_ms=MINUTE_MS, longest_wait_ms=15 * MINUTE_MS, attempts=3, trips_after=3
)
POLICIES: Mapping[str, DeliveryPolicy] = {"channel": WAITS, "wms": WAITS, "pos": WAITS, "erp": WAITS}
"""A window so small that a cursor stands still soon, as it would behind a window of a thousand."""


class Written(NamedTuple):
    """The adapter that writes what a row owes, and the paper it is given."""

    port: Port
    paper: Callable[[Letter, Event], Paper]


def _ship(_letter: Letter, event: Event) -> Paper:
    assert isinstance(event, Allocated)
    shipment = event.shipment
    items = tuple([Item(sku, quantity, line) for line, sku, quantity in event.lines])
    return ShipRequest(id=shipment.id, order=shipment.order, node=shipment.node, items=items)


def _landed(letter: Letter, event: Event) -> Paper:
    assert isinstance(event, Landed)
    items = tuple([Item(*pair) for pair in event.lines])
    at = letter.recorded.entry.occurred_at
    return StockChange(id=event.receipt, node=event.node, items=items, reason="received_from_vendor", occurred_at=at)


def _received(letter: Letter, event: Event) -> Paper:
    assert isinstance(event, Received)
    items = tuple([Item(*pair) for pair in event.lines])
    return Receipt(id=event.receipt, node=event.node, items=items, occurred_at=letter.recorded.entry.occurred_at)


def _invoice(letter: Letter, event: Event) -> Paper:
    """What left us, shipped or sold at the till, is an invoice of the ERP."""
    assert isinstance(event, Shipped | Sold)
    pieces = [line[1:] for line in event.lines] if isinstance(event, Shipped) else [x[:2] for x in event.sale.lines]
    lines = tuple([Line(str(number), sku, quantity, PRICE_MINOR) for number, (sku, quantity) in enumerate(pieces, 1)])
    entry = letter.recorded.entry
    return SalesOrder(id=entry.id, placed_at=entry.occurred_at, currency="GBP", lines=lines, is_completed=True)


WRITTEN: Mapping[str, tuple[str, Written]] = {
    "ship": ("fulfillment.allocated", Written(X12Wms(), _ship)),
    "landed": ("supply.landed", Written(Square(), _landed)),
    "received": ("inventory.received", Written(PlainErp(), _received)),
    "shipped": ("fulfillment.shipped", Written(PlainErp(), _invoice)),
    "sold": ("tills.sold", Written(PlainErp(), _invoice)),
}
"""By what is owed: the kind of event that is written about, and how."""


def written(letter: Letter) -> Message:
    """Return the message of a letter, under the id that its receiver knows a repeat by."""
    kind, (port, paper) = WRITTEN[letter.owed.what]
    event = next(event for event in letter.recorded.entry.events if event.kind == kind)
    return port.write(paper(letter, event))._replace(id=letter.owed.id)
