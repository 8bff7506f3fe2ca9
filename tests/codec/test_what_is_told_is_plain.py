"""What a message told is kept beside its events, in plain values: a named tuple there could not be written down."""

import pytest

from unicommerce import Catalog, Commerce, Network, Node, Order, OrderLine, Pool, Position, Product, place
from unicommerce.catalog import Tracking
from unicommerce.codec import Codec
from unicommerce.counts import counted
from unicommerce.fulfillment import LinePieces, picked
from unicommerce.ledger import Telling, run
from unicommerce.lots import BatchReceived, received_lots

HERE = Position(0, 0)
NETWORK = Network(nodes=(Node(id="dc", position=HERE),), pools=(Pool(id="web", nodes=("dc",)),))
MILK = Product(sku="MILK", tracking=Tracking.LOT)

TOLD: dict[str, Telling[Catalog]] = {
    "a count": counted("c1", node="dc", quantities={"MILK": 4}, as_of=1, apart={"MILK": {"damaged": 1}}),
    "a receipt of lots": received_lots("r2", node="dc", batches=[BatchReceived("MILK", 5, "L2", 740_000)]),
    "a pick of lots": picked("o1/1", {"1": 1}, lots=[LinePieces("1", "MILK", 1, "L1")]),
}


@pytest.mark.parametrize("what", TOLD)
def test_an_entry_that_keeps_what_was_told_can_be_written_and_read(what: str) -> None:
    """It is the same entry again; and the message told again is a repeat."""
    shop = Commerce(Catalog(network=NETWORK, products=(MILK,)))
    shop.tell(received_lots("r1", node="dc", batches=[BatchReceived("MILK", 5, "L1", 740_000)]), now=1)
    order = Order(id="o1", pool="web", lines=(OrderLine(id="1", sku="MILK"),), destination=HERE, placed_at=1)
    shop.ask(place(order, {"1": 1}), now=1)
    shop.tell(TOLD[what], now=1)
    before = run(shop.store.since(0, 50))

    shop.tell(TOLD[what], now=2)

    codec = Codec()
    entry = before[-1].entry
    assert entry.id == TOLD[what].id
    assert codec.decode(codec.encode(entry)) == entry
    assert run(shop.store.since(0, 50)) == before
