"""A till: receipts, returns, voids, stocktakes are read, stocktakes are written. Copy it; make it speak as yours does.

The till says in the body what a message is; the host copies that to the topic. Amounts have a decimal comma. The close
of a shift is refused by its topic: it sums up what receipts have said.
"""

import json
from collections.abc import Callable, Mapping, Sequence

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Capabilities,
    Fields,
    Item,
    Line,
    Message,
    Paper,
    Payment,
    Reading,
    SalesOrder,
    StockCount,
    TillSale,
    faithful,
    moment,
)

__all__ = ["MyTill"]


def _sale(receipt: Fields) -> Sequence[Paper]:
    """The pieces that were sold, what they cost, and each way in which they were paid."""
    number, at, currency = receipt.id("number"), receipt.moment("closed_at"), receipt.id("currency")
    lines = tuple([_line(each, currency) for each in receipt.many("lines", least=1)])
    sold = TillSale(
        id=number,
        till=_till(receipt),
        node=receipt.id("store"),
        items=tuple([Item(line.sku, line.quantity, line.id) for line in lines]),
        occurred_at=at,
        currency=currency,
        total_minor=receipt.minor("total", currency),
    )
    order = SalesOrder(
        id=number, placed_at=at, currency=currency, lines=lines, node=sold.node, includes_tax=True, is_completed=True
    )
    return [sold, order, *_payments(receipt, sold, number, "captured")]


def _line(line: Fields, currency: str) -> Line:
    return Line(
        id=line.id("no"),
        sku=line.id("sku"),
        quantity=line.whole("quantity", least=1),
        price_minor=line.minor("price", currency),
        discount_minor=line.minor("discount", currency, "0"),
    )


def _payments(receipt: Fields, of: TillSale, order: str, status: str) -> Sequence[Payment]:
    """Each way in which money came or went back; of cash, what is left in the drawer after the change."""
    return [
        Payment(
            id=f"{of.id}/{n}",
            status=status,
            currency=of.currency,
            amount_minor=paid.minor("amount", of.currency) - paid.minor("change", of.currency, "0"),
            order=order,
            tender=paid.text("with"),
            occurred_at=of.occurred_at,
        )
        for n, paid in enumerate(receipt.many("paid"), start=1)
    ]


def _return(receipt: Fields) -> Sequence[Paper]:
    """What came back and the money for it, also where nobody knows of which receipt."""
    currency = receipt.id("currency")
    back = TillSale(
        id=receipt.id("number"),
        till=_till(receipt),
        node=receipt.id("store"),
        sale=receipt.id("of", ""),
        items=tuple([_item(each) for each in receipt.many("lines", least=1)]),
        is_return=True,
        occurred_at=receipt.moment("closed_at"),
        currency=currency,
        total_minor=receipt.minor("total", currency),
    )
    return [back, *_payments(receipt, back, back.sale, "refunded")]


def _void(void: Fields) -> Sequence[Paper]:
    """All of a sale is undone; at which till it was, the sale itself says. A void is known by its receipt."""
    sale = void.id("of")
    return [TillSale(id=f"{sale}/void", sale=sale, is_void=True, occurred_at=void.moment("closed_at"))]


def _stocktake(count: Fields) -> Sequence[Paper]:
    counted = count.one("counted")
    items = tuple([Item(sku, counted.whole(sku)) for sku in counted.names()])
    return [StockCount(id=count.id("number"), node=count.id("store"), items=items, as_of=count.moment("counted_at"))]


def _item(line: Fields) -> Item:
    return Item(line.id("sku"), line.whole("quantity", least=1))


def _till(receipt: Fields) -> str:
    """The number of a register is its own only in its store. Who stood there is the till's to keep."""
    return f"{receipt.leave('cashier').id('store')}/{receipt.id('register')}"


TOPICS: Mapping[str, Callable[[Fields], Sequence[Paper]]] = {
    "sale": _sale,
    "return": _return,
    "void": _void,
    "stocktake": _stocktake,
}
"""What is read of each topic."""


class MyTill:
    """The port of a till."""

    capabilities = Capabilities(
        system="my-till",
        reads=("till_sale", "sales_order", "payment", "stock_count"),
        writes=("stock_count",),
        refuses=("shift_close", "price"),
    )

    def read(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for a topic that is not read, and for a wrong field."""
        if message.topic not in TOPICS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(TOPICS)}")
        reader, body = TOPICS[message.topic], Fields.parsed(message.body, decimal=",")
        if body.text("kind") != message.topic:
            raise body.refusal("kind", f"{message.topic}, its topic")
        return Reading(papers=tuple(reader(body)), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return the message that says a paper. Raises `InvalidValue` for what the till cannot say."""
        self.capabilities.takes(paper)
        assert isinstance(paper, StockCount)
        counted = {item.sku: item.quantity for item in paper.items}
        body = {"kind": "stocktake", "number": paper.id, "store": paper.node}
        said = {**body, "counted_at": moment(paper.as_of), "counted": counted}
        return faithful(self, paper, Message("stocktake", json.dumps(said, ensure_ascii=False)))
