"""An ERP that speaks plain JSON, both ways: purchasing, goods that come in, stock, orders, credit notes.

For an ERP, or a service in front of one, whose messages you may agree upon. A message is one document, its topic is the
kind. Amounts are whole minor units of the document's currency, moments have an offset, what is empty is not written.
For each kind a function reads a document and the next one writes it: they change together. Copy this file; it needs
nothing but unicommerce.
"""

import json
from collections.abc import Callable, Mapping, Sequence

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Capabilities,
    Fields,
    Item,
    Line,
    Message,
    Paper,
    PurchaseAnswer,
    PurchaseOrder,
    Reading,
    Receipt,
    Refund,
    SalesOrder,
    ShipNotice,
    StockCount,
    faithful,
    moment,
)
from unicommerce.values import LARGEST

__all__ = ["PlainErp"]

Plain = Mapping[str, object]


def _read_purchase(document: Fields) -> Paper:
    return PurchaseOrder(
        id=document.id("number"),
        ordered_at=_maybe(document, "ordered_at"),
        due_at=_maybe(document, "due_at"),
        currency=document.text("currency", ""),
        supplier=document.text("supplier", ""),
        node=document.text("site", ""),
        lines=_read_lines(document),
    )


def _purchase(paper: PurchaseOrder) -> Plain:
    return {
        "number": paper.id,
        "ordered_at": _when(paper.ordered_at),
        "due_at": _when(paper.due_at),
        "currency": paper.currency,
        "supplier": paper.supplier,
        "site": paper.node,
        "lines": _lines(paper.lines),
    }


def _read_answer(document: Fields) -> Paper:
    return PurchaseAnswer(
        id=document.id("number"),
        order=document.id("order"),
        answer=document.text("answer", ""),
        due_at=_maybe(document, "due_at"),
        lines=_read_lines(document),
    )


def _answer(paper: PurchaseAnswer) -> Plain:
    return {
        "number": paper.id,
        "order": paper.order,
        "answer": paper.answer,
        "due_at": _when(paper.due_at),
        "lines": _lines(paper.lines),
    }


def _read_notice(document: Fields) -> Paper:
    return ShipNotice(
        id=document.id("number"),
        order=document.id("order"),
        node=document.text("site", ""),
        sent_at=_maybe(document, "sent_at"),
        expected_at=_maybe(document, "expected_at"),
        items=_read_items(document),
    )


def _notice(paper: ShipNotice) -> Plain:
    return {
        "number": paper.id,
        "order": paper.order,
        "site": paper.node,
        "sent_at": _when(paper.sent_at),
        "expected_at": _when(paper.expected_at),
        "items": _items(paper.items),
    }


def _read_receipt(document: Fields) -> Paper:
    return Receipt(
        id=document.id("number"),
        node=document.id("site"),
        inbound=document.text("inbound", ""),
        occurred_at=_maybe(document, "received_at"),
        items=_read_items(document),
    )


def _receipt(paper: Receipt) -> Plain:
    return {
        "number": paper.id,
        "site": paper.node,
        "inbound": paper.inbound,
        "received_at": _when(paper.occurred_at),
        "items": _items(paper.items),
    }


def _read_count(document: Fields) -> Paper:
    items = _read_items(document, least=0)
    return StockCount(id=document.id("number"), node=document.id("site"), as_of=document.moment("as_of"), items=items)


def _count(paper: StockCount) -> Plain:
    return {"number": paper.id, "site": paper.node, "as_of": moment(paper.as_of), "items": _items(paper.items)}


def _read_order(document: Fields) -> Paper:
    to = document.one("ship_to") if document.has("ship_to") else Fields({})
    return SalesOrder(
        id=document.id("number"),
        number=document.text("reference", ""),
        placed_at=document.moment("placed_at") if document.has("placed_at") else None,
        currency=document.text("currency"),
        lines=_read_lines(document),
        shipping_minor=_minor(document, "shipping_minor"),
        discount_minor=_minor(document, "discount_minor"),
        tax_minor=_minor(document, "tax_minor"),
        total_minor=_minor(document, "total_minor") if document.has("total_minor") else None,
        includes_tax=document.flag("includes_tax", default=False),
        destination=Address(*[to.text(name, "") for name in Address._fields]),
        service=document.text("service", ""),
        node=document.text("site", ""),
        is_draft=document.flag("is_draft", default=False),
        is_completed=document.flag("is_completed", default=False),
        fees_minor=_minor(document, "fees_minor"),
        from_node=document.id("ship_from", ""),
    )


def _order(paper: SalesOrder) -> Plain:
    return {
        "number": paper.id,
        "reference": paper.number,
        "placed_at": _when(paper.placed_at),
        "currency": paper.currency,
        "shipping_minor": paper.shipping_minor,
        "discount_minor": paper.discount_minor,
        "tax_minor": paper.tax_minor,
        "total_minor": paper.total_minor,
        "includes_tax": paper.includes_tax,
        "ship_to": _said(paper.destination._asdict()),
        "service": paper.service,
        "site": paper.node,
        "is_draft": paper.is_draft,
        "is_completed": paper.is_completed,
        "fees_minor": paper.fees_minor,
        "ship_from": paper.from_node,
        "lines": _lines(paper.lines),
    }


def _credit(paper: Refund) -> Plain:
    return {
        "number": paper.id,
        "order": paper.order,
        "currency": paper.currency,
        "amount_minor": paper.amount_minor,
        "tax_minor": paper.tax_minor,
        "credited_at": _when(paper.occurred_at),
        "payment": paper.payment,
        "fee_minor": paper.fee_minor or None,
        "items": _items(paper.items),
    }


def _maybe(document: Fields, name: str) -> int | None:
    return document.moment(name) if document.has(name) else None


def _when(at: int | None) -> str | None:
    return None if at is None else moment(at)


def _minor(fields: Fields, name: str) -> int:
    return fields.whole(name, least=-LARGEST, default=0)


def _read_lines(document: Fields) -> tuple[Line, ...]:
    return tuple([_read_line(line) for line in document.many("lines", least=1)])


def _read_line(line: Fields) -> Line:
    price, discount, tax = (_minor(line, name) for name in ("price_minor", "discount_minor", "tax_minor"))
    return Line(line.id("line"), line.id("item"), line.whole("quantity"), price, discount, tax)


def _lines(lines: Sequence[Line]) -> list[Plain]:
    return [
        {
            "line": line.id,
            "item": line.sku,
            "quantity": line.quantity,
            "price_minor": line.price_minor,
            "discount_minor": line.discount_minor,
            "tax_minor": line.tax_minor,
        }
        for line in lines
    ]


def _read_items(document: Fields, *, least: int = 1) -> tuple[Item, ...]:
    return tuple([_read_item(item, least) for item in document.many("items", least=1)])


def _read_item(item: Fields, least: int) -> Item:
    return Item(item.id("item"), item.whole("quantity", least=least), item.text("line", ""), item.text("state", ""))


def _items(items: Sequence[Item]) -> list[Plain]:
    return [
        _said({"item": item.sku, "quantity": item.quantity, "line": item.line, "state": item.state}) for item in items
    ]


def _said(document: Plain) -> Plain:
    """Return what says something."""
    return {name: value for name, value in document.items() if value is not None and value not in ("", {})}


READERS: Mapping[str, Callable[[Fields], Paper]] = {
    "purchase_order": _read_purchase,
    "confirmation": _read_answer,
    "delivery_note": _read_notice,
    "goods_receipt": _read_receipt,
    "stock": _read_count,
    "sales_order": _read_order,
}
"""What is read of each topic."""


class PlainErp:
    """The port of an ERP."""

    capabilities = Capabilities(
        system="plain-erp",
        reads=("purchase_order", "purchase_answer", "ship_notice", "receipt", "stock_count", "sales_order"),
        writes=("purchase_order", "purchase_answer", "ship_notice", "receipt", "stock_count", "sales_order", "refund"),
        refuses=("item", "price_list", "supplier"),
    )

    def read(self, message: Message) -> Reading:
        """Return what a document says. Raises `InvalidValue` for a topic that is not read, and for a wrong field."""
        if message.topic not in READERS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(READERS)}")
        reader, body = READERS[message.topic], Fields.parsed(message.body)
        return Reading(papers=(reader(body),), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return the document of a paper. Raises `InvalidValue` for a form or a field that the ERP does not know."""
        self.capabilities.takes(paper)
        message = _written(paper)
        return faithful(self, paper, message) if paper.form in self.capabilities.reads else message


def _written(paper: Paper) -> Message:
    match paper:
        case PurchaseOrder():
            topic, document = "purchase_order", _purchase(paper)
        case PurchaseAnswer():
            topic, document = "confirmation", _answer(paper)
        case ShipNotice():
            topic, document = "delivery_note", _notice(paper)
        case Receipt():
            topic, document = "goods_receipt", _receipt(paper)
        case StockCount():
            topic, document = "stock", _count(paper)
        case SalesOrder():
            topic, document = "sales_order", _order(paper)
        case Refund():
            topic, document = "credit_note", _credit(paper)
        case _:
            raise InvalidValue("paper", paper.form, "written")
    return Message(topic, json.dumps(_said(document), ensure_ascii=False))
