"""The till keeps the contract of ports. Put messages of your own system here: the kit changes them in every way."""

from my_till import MyTill

from unicommerce.ports import Item, Line, Message, Payment, SalesOrder, StockCount, TillSale
from unicommerce.testing.ports import PortContract

SALE = Message(
    "sale",
    '{"kind": "sale", "number": "4711", "store": "store-1", "register": 2, "cashier": "A. Smith",'
    ' "closed_at": "2026-11-27T12:00:00+01:00", "currency": "EUR", "total": "28,00",'
    ' "lines": [{"no": 1, "sku": "MUG", "quantity": 2, "price": "12,50", "discount": "1,00"},'
    ' {"no": 2, "sku": "CUP", "quantity": 1, "price": "4,00"}],'
    ' "paid": [{"with": "card", "amount": "20,00"}, {"with": "cash", "amount": "10,00", "change": "2,00"}]}',
)
RETURN = Message(
    "return",
    '{"kind": "return", "number": "4712", "of": "4711", "store": "store-1", "register": 2,'
    ' "closed_at": "2026-11-27T12:30:00+01:00", "currency": "EUR", "total": "12,00",'
    ' "lines": [{"sku": "MUG", "quantity": 1}], "paid": [{"with": "cash", "amount": "12,00"}]}',
)
VOID = Message("void", '{"kind": "void", "of": "4713", "closed_at": "2026-11-27T12:40:00+01:00"}')
STOCKTAKE = Message(
    "stocktake",
    '{"kind": "stocktake", "number": "c-9", "store": "store-1", "counted_at": "2026-11-27T20:00:00+01:00",'
    ' "counted": {"MUG": 7, "CUP": 0}}',
)
CLOSE = Message("shift_close", '{"kind": "shift_close", "store": "store-1", "register": 2, "total": "340,25"}')

NOON, HALF_PAST, TWENTY_TO, EVENING = 1_795_777_200_000, 1_795_779_000_000, 1_795_779_600_000, 1_795_806_000_000


def paid(id: str, status: str, tender: str, amount_minor: int, at: int) -> Payment:
    """Return what was paid or went back, of receipt 4711."""
    return Payment(
        id=id,
        status=status,
        currency="EUR",
        amount_minor=amount_minor,
        order="4711",
        tender=tender,
        occurred_at=at,
    )


SOLD = TillSale(
    id="4711",
    till="store-1/2",
    node="store-1",
    items=(Item("MUG", 2, "1"), Item("CUP", 1, "2")),
    occurred_at=NOON,
    currency="EUR",
    total_minor=2_800,
)
ORDER = SalesOrder(
    id="4711",
    placed_at=NOON,
    currency="EUR",
    lines=(Line("1", "MUG", 2, 1_250, 100), Line("2", "CUP", 1, 400)),
    node="store-1",
    includes_tax=True,
    is_completed=True,
)
BY_CARD = paid("4711/1", "captured", "card", 2_000, NOON)
IN_CASH = paid("4711/2", "captured", "cash", 800, NOON)
BACK = TillSale(
    id="4712",
    till="store-1/2",
    node="store-1",
    sale="4711",
    items=(Item("MUG", 1),),
    is_return=True,
    occurred_at=HALF_PAST,
    currency="EUR",
    total_minor=1_200,
)


class TestMyTill(PortContract):
    """All that a port owes, for these messages; and what they mean, which the kit cannot know."""

    kind = "pos"
    samples = (SALE, RETURN, VOID, STOCKTAKE)
    means = (
        (SALE, (SOLD, ORDER, BY_CARD, IN_CASH)),
        (RETURN, (BACK, paid("4712/1", "refunded", "cash", 1_200, HALF_PAST))),
        (VOID, (TillSale(id="4713/void", sale="4713", is_void=True, occurred_at=TWENTY_TO),)),
        (STOCKTAKE, (StockCount(id="c-9", node="store-1", items=(Item("MUG", 7), Item("CUP", 0)), as_of=EVENING),)),
    )
    refused = ((CLOSE, "topic"), (SALE._replace(topic="return"), "kind"))

    make_port = staticmethod(MyTill)


def test_what_came_back_without_a_receipt_is_taken() -> None:
    """The goods and the money are there; of which sale they are, nobody knows."""
    unknown = RETURN._replace(body=RETURN.body.replace('"of": "4711", ', ""))
    back, money = MyTill().read(unknown).papers

    assert isinstance(back, TillSale)
    assert isinstance(money, Payment)
    assert (back.sale, back.is_return, money.order, money.amount_minor) == ("", True, "", 1_200)
