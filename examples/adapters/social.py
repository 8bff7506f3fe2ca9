"""A messaging shop as a channel: orders that people place in a chat or under a post.

Such shops send one event at a time. The form here is a sample of our own, to be replaced by that of the shop at hand:

    {"event": "order.placed", "id": "ev-1", "shop": "page-77", "sent_at": "2026-11-27T09:00:00Z",
     "order": {"id": "S-1", ...}}

- `event` is one of the table's words and names the object beside it: `order.placed` has an `order`.
- Items go by the shop's own id of the product (`retailer_id`), which is our SKU, and by their number in the order.
- Amounts are text in major units with the currency of the object; a price is for a piece, discount and tax are for all
  pieces of the item. Prices hold their tax or not as `prices_include_tax` says.
- A cancellation or a shipment of all that was ordered says so (`whole`) and has no items.
- Moments have an offset. Buyers are a handle and a name, which stay with the shop.
"""

import json
from collections.abc import Callable, Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Cancellation,
    Capabilities,
    Dispatch,
    Fields,
    Item,
    Line,
    Message,
    Offered,
    Paper,
    Payment,
    Reading,
    Refund,
    SalesOrder,
    amount,
    faithful,
    moment,
)

__all__ = ["SocialShop"]

BUYER = ("buyer", "message", "post", "thread")


def _order(order: Fields) -> Paper:
    currency = order.leave(*BUYER).text("currency")
    shipping = order.one("shipping") if order.has("shipping") else Fields({})
    return SalesOrder(
        id=order.id("id"),
        placed_at=order.moment("placed_at"),
        currency=currency,
        lines=tuple([_line(item, currency) for item in order.many("items", least=1)]),
        number=order.text("number", ""),
        shipping_minor=shipping.minor("price", currency, "0"),
        discount_minor=order.minor("discount", currency, "0"),
        tax_minor=order.minor("tax", currency, "0"),
        total_minor=order.minor("total", currency) if order.has("total") else None,
        includes_tax=order.flag("prices_include_tax", default=False),
        destination=_address(order.one("address")) if order.has("address") else Address(),
        service=shipping.text("option", ""),
        fees_minor=order.minor("tip", currency, "0"),
        from_node=order.id("pickup_store", ""),
    )


def _line(item: Fields, currency: str) -> Line:
    return Line(
        item.leave("name", "picture").id("item"),
        item.id("retailer_id"),
        item.whole("quantity", least=1),
        item.minor("price", currency),
        discount_minor=item.minor("discount", currency, "0"),
        tax_minor=item.minor("tax", currency, "0"),
    )


def _address(address: Fields) -> Address:
    address.leave("name", "street", "phone")
    return Address(*[address.text(name, "") for name in ("country", "region", "postal_code", "city")])


def _items(fields: Fields, name: str = "items", least: int = 0) -> tuple[Item, ...]:
    found = fields.many(name, least=least)
    return tuple([Item(each.id("retailer_id"), each.whole("quantity", least=1), each.id("item", "")) for each in found])


def _some(fields: Fields) -> tuple[Item, ...]:
    """The items of what may also be of a whole order, and says so."""
    return () if fields.flag("whole", default=False) else _items(fields, least=1)


def _at(fields: Fields) -> int | None:
    return fields.moment("at") if fields.has("at") else None


def _cancellation(canceled: Fields) -> Paper:
    return Cancellation(
        id=canceled.leave(*BUYER).id("id"),
        order=canceled.id("order"),
        items=_some(canceled),
        reason=canceled.text("reason", ""),
        occurred_at=_at(canceled),
    )


def _payment(payment: Fields) -> Paper:
    currency = payment.leave(*BUYER).text("currency")
    return Payment(
        id=payment.id("id"),
        status=payment.text("status"),
        currency=currency,
        amount_minor=payment.minor("amount", currency),
        order=payment.id("order", ""),
        tender=payment.text("method", ""),
        occurred_at=_at(payment),
    )


def _refund(refund: Fields) -> Paper:
    currency = refund.leave(*BUYER).text("currency")
    return Refund(
        id=refund.id("id"),
        order=refund.id("order"),
        currency=currency,
        amount_minor=refund.minor("amount", currency),
        items=_items(refund),
        tax_minor=refund.minor("tax", currency, "0"),
        occurred_at=_at(refund),
    )


def _shipment(shipment: Fields) -> Paper:
    numbers = [each.id("number") for each in shipment.many("tracking")]
    return Dispatch(
        id=shipment.id("id"),
        order=shipment.id("order", ""),
        node=shipment.id("from", ""),
        items=_some(shipment),
        short=_items(shipment, "missing"),
        carrier=shipment.text("carrier", ""),
        tracking=tuple(numbers),
        occurred_at=_at(shipment),
    )


EVENTS: Mapping[str, Callable[[Fields], Paper]] = {
    "order.placed": _order,
    "cancellation.asked": _cancellation,
    "payment.changed": _payment,
    "refund.made": _refund,
    "shipment.sent": _shipment,
}
"""What is read of each event; the word before the point names the object that it has."""


class SocialShop:
    """The port of a messaging shop."""

    capabilities = Capabilities(
        system="social",
        reads=("sales_order", "cancellation", "payment", "refund", "dispatch"),
        writes=("sales_order", "cancellation", "refund", "dispatch", "offered"),
        refuses=("message.received", "comment.added", "product.updated"),
    )

    def read(self, message: Message) -> Reading:
        """Return what an event says. Raises `InvalidValue` for one that is not read, and for a wrong field."""
        if message.topic not in EVENTS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(EVENTS)}")
        body = Fields.parsed(message.body)
        if (event := body.text("event")) != message.topic:
            raise InvalidValue("event", event, f"{message.topic}, as its topic says")
        body.leave("id", "shop", "sent_at")
        paper = EVENTS[event](body.one(event.partition(".")[0]))
        return Reading(papers=(paper,), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return the event that says a paper. Raises `InvalidValue` for a kind or a field that the shop cannot say."""
        self.capabilities.takes(paper)
        message = _written(paper)
        return faithful(self, paper, message) if paper.form in self.capabilities.reads else message


def _written(paper: Paper) -> Message:
    match paper:
        case SalesOrder():
            return _event("order.placed", _write_order(paper))
        case Cancellation():
            return _event("cancellation.asked", _write_cancellation(paper))
        case Refund():
            return _event("refund.made", _write_refund(paper))
        case Dispatch():
            return _event("shipment.sent", _write_shipment(paper))
        case Offered():
            stock = {"retailer_id": paper.sku, "available": paper.quantity, "version": paper.version}
            return _event("stock.offered", {**stock, "shop": paper.channel, "store": paper.node})
    raise InvalidValue("paper", paper.form, "written")


def _event(event: str, said: Mapping[str, object]) -> Message:
    return Message(event, json.dumps({"event": event, event.partition(".")[0]: said}, ensure_ascii=False))


def _write_items(items: tuple[Item, ...]) -> list[dict[str, object]]:
    return [{"retailer_id": sku, "quantity": quantity, "item": line} for sku, quantity, line, *_ in items]


def _write_at(at: int | None) -> str | None:
    return None if at is None else moment(at)


def _write_order(order: SalesOrder) -> dict[str, object]:
    if order.placed_at is None:
        raise InvalidValue("sales_order.placed_at", None, "when it was placed")
    currency, address = order.currency, order.destination
    return {
        "id": order.id,
        "number": order.number,
        "placed_at": moment(order.placed_at),
        "currency": currency,
        "prices_include_tax": order.includes_tax,
        "items": [_write_line(line, currency) for line in order.lines],
        "shipping": {"option": order.service, "price": amount(order.shipping_minor, currency)},
        "discount": amount(order.discount_minor, currency),
        "tax": amount(order.tax_minor, currency),
        "tip": amount(order.fees_minor, currency),
        "total": None if order.total_minor is None else amount(order.total_minor, currency),
        "address": address._asdict(),
        "pickup_store": order.from_node,
    }


def _write_line(line: Line, currency: str) -> dict[str, object]:
    return {
        "item": line.id,
        "retailer_id": line.sku,
        "quantity": line.quantity,
        "price": amount(line.price_minor, currency),
        "discount": amount(line.discount_minor, currency),
        "tax": amount(line.tax_minor, currency),
    }


def _write_cancellation(canceled: Cancellation) -> dict[str, object]:
    return {
        "id": canceled.id,
        "order": canceled.order,
        "whole": not canceled.items,
        "items": _write_items(canceled.items),
        "reason": canceled.reason,
        "at": _write_at(canceled.occurred_at),
    }


def _write_refund(refund: Refund) -> dict[str, object]:
    return {
        "id": refund.id,
        "order": refund.order,
        "currency": refund.currency,
        "amount": amount(refund.amount_minor, refund.currency),
        "tax": amount(refund.tax_minor, refund.currency),
        "items": _write_items(refund.items),
        "at": _write_at(refund.occurred_at),
    }


def _write_shipment(dispatch: Dispatch) -> dict[str, object]:
    return {
        "id": dispatch.id,
        "order": dispatch.order,
        "from": dispatch.node,
        "whole": not (dispatch.items or dispatch.short),
        "items": _write_items(dispatch.items),
        "missing": _write_items(dispatch.short),
        "carrier": dispatch.carrier,
        "tracking": [{"number": number} for number in dispatch.tracking],
        "at": _write_at(dispatch.occurred_at),
    }
