"""A till: its receipts and stocktakes are read, stocktakes are written. Copy it, and make it speak as yours does."""

import json
from collections.abc import Callable, Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Capabilities,
    Fields,
    Item,
    Message,
    Paper,
    Reading,
    StockCount,
    TillSale,
    faithful,
    moment,
)

__all__ = ["MyTill"]


def _receipt(receipt: Fields) -> Paper:
    """What was sold, or came back; who stood at the till is the till's to keep."""
    receipt.leave("cashier")
    kind = receipt.text("kind")
    if kind not in {"sale", "return"}:
        raise InvalidValue("kind", kind, "sale or return")
    return TillSale(
        id=receipt.id("number"),
        till=receipt.id("register"),
        node=receipt.id("store"),
        sale=receipt.id("returns", ""),
        items=tuple([_item(each, least=1) for each in receipt.many("lines", least=1)]),
        is_return=kind == "return",
        occurred_at=receipt.moment("closed_at"),
    )


def _stocktake(count: Fields) -> Paper:
    items = tuple([_item(each, least=0) for each in count.many("lines", least=1)])
    return StockCount(id=count.id("number"), node=count.id("store"), items=items, as_of=count.moment("counted_at"))


def _item(line: Fields, *, least: int) -> Item:
    return Item(line.id("sku"), line.whole("quantity", least=least))


TOPICS: Mapping[str, Callable[[Fields], Paper]] = {"receipt": _receipt, "stocktake": _stocktake}
"""What is read of each topic."""


class MyTill:
    """The port of a till."""

    capabilities = Capabilities(
        system="my-till", reads=("till_sale", "stock_count"), writes=("stock_count",), refuses=("price",)
    )

    def read(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for a topic that is not read, and for a wrong field."""
        if message.topic not in TOPICS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(TOPICS)}")
        reader, body = TOPICS[message.topic], Fields.parsed(message.body)
        return Reading(papers=(reader(body),), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return the message that says a paper. Raises `InvalidValue` for what the till cannot say."""
        self.capabilities.takes(paper)
        assert isinstance(paper, StockCount)
        lines = [{"sku": item.sku, "quantity": item.quantity} for item in paper.items]
        body = {"number": paper.id, "store": paper.node, "counted_at": moment(paper.as_of), "lines": lines}
        return faithful(self, paper, Message("stocktake", json.dumps(body, ensure_ascii=False)))
