"""The till keeps the contract of ports. Put messages of your own system here: the kit changes them in every way."""

from my_till import MyTill

from unicommerce.ports import Item, Message, TillSale
from unicommerce.testing.ports import PortContract

SALE = Message(
    "receipt",
    '{"number": "4711", "kind": "sale", "register": "till-2", "store": "store-1", "cashier": "A. Smith",'
    ' "closed_at": "2026-11-27T12:00:00+01:00",'
    ' "lines": [{"sku": "MUG", "quantity": 2}, {"sku": "CUP", "quantity": 1}]}',
)
RETURN = Message(
    "receipt",
    '{"number": "4712", "kind": "return", "returns": "4711", "register": "till-2", "store": "store-1",'
    ' "closed_at": "2026-11-27T12:30:00+01:00", "lines": [{"sku": "MUG", "quantity": 1}]}',
)
STOCKTAKE = Message(
    "stocktake",
    '{"number": "c-9", "store": "store-1", "counted_at": "2026-11-27T20:00:00+01:00",'
    ' "lines": [{"sku": "MUG", "quantity": 7}, {"sku": "CUP", "quantity": 0}]}',
)
PRICE = Message("price", '{"sku": "MUG", "price": "12.50"}')


class TestMyTill(PortContract):
    """All that a port owes, for these messages."""

    kind = "pos"
    samples = (SALE, RETURN, STOCKTAKE)
    refused = ((PRICE, "topic"),)

    make_port = staticmethod(MyTill)


def test_a_receipt_is_a_sale_of_these_pieces() -> None:
    """What the kit cannot know: what your messages mean. Say it once for each of them."""
    assert MyTill().read(SALE).papers == (
        TillSale(
            id="4711",
            till="till-2",
            node="store-1",
            items=(Item("MUG", 2), Item("CUP", 1)),
            occurred_at=1_795_777_200_000,
        ),
    )
