"""The till keeps the contract of ports. Put messages of your own system here: the kit changes them in every way."""

from my_till import MyTill

from unicommerce.ports import Item, Line, Message, Payment, SalesOrder, TillSale
from unicommerce.testing.ports import PortContract

SALE = Message(
    "sale",
    '{"kind": "sale", "number": "4711", "store": "store-1", "register": 2, "cashier": "A. Smith",'
    ' "closed_at": "2026-11-27T12:00:00+01:00", "currency": "EUR", "total": "28,00",'
    ' "lines": [{"no": 1, "sku": "MUG", "quantity": 2, "price": "12,50", "discount": "1,00"},'
    ' {"no": 2, "sku": "CUP", "quantity": 1, "price": "4,00"}],'
    ' "paid": [{"with": "card", "amount": "20,00"}, {"with": "cash", "amount": "8,00"}]}',
)
RETURN = Message(
    "return",
    '{"kind": "return", "number": "4712", "of": "4711", "store": "store-1", "register": 2,'
    ' "closed_at": "2026-11-27T12:30:00+01:00", "currency": "EUR", "total": "12,00",'
    ' "lines": [{"sku": "MUG", "quantity": 1}]}',
)
VOID = Message("void", '{"kind": "void", "number": "4714", "of": "4713", "closed_at": "2026-11-27T12:40:00+01:00"}')
STOCKTAKE = Message(
    "stocktake",
    '{"kind": "stocktake", "number": "c-9", "store": "store-1", "counted_at": "2026-11-27T20:00:00+01:00",'
    ' "lines": [{"sku": "MUG", "quantity": 7}, {"sku": "CUP", "quantity": 0}]}',
)
CLOSE = Message("shift_close", '{"kind": "shift_close", "store": "store-1", "register": 2, "total": "340,25"}')


class TestMyTill(PortContract):
    """All that a port owes, for these messages."""

    kind = "pos"
    samples = (SALE, RETURN, VOID, STOCKTAKE)
    refused = ((CLOSE, "topic"), (SALE._replace(topic="return"), "kind"))

    make_port = staticmethod(MyTill)


def test_a_receipt_is_a_sale_an_order_and_each_payment() -> None:
    """What the kit cannot know: what your messages mean. Say it once for each of them."""
    noon = 1_795_777_200_000

    def paid(number: int, tender: str, amount_minor: int) -> Payment:
        return Payment(
            id=f"4711/{number}",
            status="captured",
            currency="EUR",
            amount_minor=amount_minor,
            order="4711",
            tender=tender,
            occurred_at=noon,
        )

    assert MyTill().read(SALE).papers == (
        TillSale(
            id="4711",
            till="store-1/2",
            node="store-1",
            items=(Item("MUG", 2, "1"), Item("CUP", 1, "2")),
            occurred_at=noon,
            currency="EUR",
            total_minor=2_800,
        ),
        SalesOrder(
            id="4711",
            placed_at=noon,
            currency="EUR",
            lines=(Line("1", "MUG", 2, 1_250, 100), Line("2", "CUP", 1, 400)),
            node="store-1",
            includes_tax=True,
            is_completed=True,
        ),
        paid(1, "card", 2_000),
        paid(2, "cash", 800),
    )


def test_a_void_is_of_the_whole_sale_and_undoes_it_where_it_was() -> None:
    """So it says no more than which one."""
    (void,) = MyTill().read(VOID).papers

    assert void == TillSale(id="4714", sale="4713", is_void=True, occurred_at=1_795_779_600_000)
