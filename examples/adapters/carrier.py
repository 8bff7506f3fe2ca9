"""A carrier: what it would take, labels, and what its scanners say of a parcel. The form is our own sample, in JSON.

Topics and their bodies; moments are RFC 3339, amounts are text in major units, `weight_g` is grams:

    rates/request, labels/request   {shipment, order, from, to: {country, region, postal_code, city}, service,
                                     deliver_by, weight_g, lines: [{sku, quantity, line}]}
    rates/quoted                    {shipment, currency, rates: [{id, amount, carrier, service, deliver_by,
                                     expires_at}]}
    labels/created                  {id, shipment, currency, amount, tracking, carrier, service, document, created_at}
    tracking/updated                {id, shipment, status, occurred_at, carrier, order, from, parcels: [{tracking}],
                                     lines, complete, place, signed_by, reason, back_at, condition}

What was picked up is said by `lines`, or `complete` says that it is all that was asked for: a scan that says neither
is refused, so that a field that got lost does not ship the rest. What fell short is for the node to say.

A request that names no service asks what each would cost; one that names a service buys a label of it. Of what
scanners say some things happened to the goods: they left, arrived, are lost, or are back (`back_at` a node, looked at
where `condition` says so); of these the last two may name pieces by `lines`, and `id` tells one scan from another. A
parcel that can not be delivered, or that nobody took, has its `reason` and is still under way. What else a parcel does
is read and says nothing; one that is damaged, or has a status that is new, is refused by it, so that people see it.
Copy this file; it needs nothing but unicommerce.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    Address,
    Capabilities,
    Delivery,
    Dispatch,
    Fields,
    Item,
    Label,
    Message,
    Paper,
    Rate,
    Reading,
    ShipRequest,
    Undelivered,
    amount,
    faithful,
    moment,
)

__all__ = ["Carrier"]


def _request(body: Fields) -> list[Paper]:
    return [
        ShipRequest(
            id=body.id("shipment"),
            order=body.id("order"),
            node=body.id("from"),
            items=_items(body, "lines", least=1),
            destination=_address(body.one("to")) if body.has("to") else Address(),
            service=body.text("service", ""),
            deliver_by=_moment(body, "deliver_by"),
            weight_g=body.whole("weight_g", default=0),
        )
    ]


def _rates(body: Fields) -> list[Paper]:
    shipment, currency = body.id("shipment"), body.text("currency")
    return [_rate(each, shipment, currency) for each in body.many("rates", least=1)]


def _rate(rate: Fields, shipment: str, currency: str) -> Rate:
    return Rate(
        id=rate.id("id"),
        request=shipment,
        currency=currency,
        amount_minor=rate.minor("amount", currency),
        carrier=rate.text("carrier", ""),
        service=rate.text("service", ""),
        deliver_by=_moment(rate, "deliver_by"),
        expires_at=_moment(rate, "expires_at"),
    )


def _label(body: Fields) -> list[Paper]:
    currency = body.text("currency")
    return [
        Label(
            id=body.id("id"),
            request=body.id("shipment"),
            currency=currency,
            amount_minor=body.minor("amount", currency),
            tracking=body.id("tracking"),
            carrier=body.text("carrier", ""),
            service=body.text("service", ""),
            document=body.text("document", ""),
            occurred_at=_moment(body, "created_at"),
        )
    ]


KNOWN = ("order", "from", "lines", "complete", "carrier", "parcels")
"""What a scan says again of a parcel that has left."""


def _tracking(body: Fields) -> list[Paper]:
    status = body.text("status")
    if status not in SCANS:
        raise InvalidValue("status", status, f"one of {', '.join(SCANS)}")
    body.leave("place", "signed_by")
    return SCANS[status](body)


def _left(body: Fields) -> list[Paper]:
    body.leave("id")
    items = _items(body, "lines")
    if bool(items) == body.flag("complete", default=False):
        raise InvalidValue("lines", items, "what was picked up, or left out where `complete` says that it is all")
    return [
        Dispatch(
            id=body.id("shipment"),
            order=body.id("order", ""),
            node=body.id("from", ""),
            items=items,
            carrier=body.text("carrier", ""),
            tracking=tuple([parcel.id("tracking") for parcel in body.many("parcels")]),
            occurred_at=_moment(body, "occurred_at"),
        )
    ]


def _arrived(body: Fields) -> list[Paper]:
    """What it was is known since it left."""
    body.leave("id", *KNOWN)
    return [Delivery(id=body.id("shipment"), occurred_at=_moment(body, "occurred_at"))]


def _undelivered(status: str) -> Callable[[Fields], list[Paper]]:
    """Return what reads that a parcel, or pieces of it, did not arrive."""

    def read(body: Fields) -> list[Paper]:
        items = _items(body.leave(*[name for name in KNOWN if name != "lines"]), "lines")
        said = "rejected" if body.text("status") == "rejected" else ""
        return [
            Undelivered(
                id=body.id("id"),
                shipment=body.id("shipment"),
                status=status,
                items=items,
                node=body.id("back_at", ""),
                condition=body.text("condition", ""),
                reason=body.text("reason", said),
                occurred_at=_moment(body, "occurred_at"),
            )
        ]

    return read


def _on_its_way(body: Fields) -> list[Paper]:
    body.leave("id", "shipment", "occurred_at", *KNOWN)
    return []


Reader = Callable[[Fields], Sequence[Paper]]
SCANS: Mapping[str, Callable[[Fields], list[Paper]]] = {
    "picked_up": _left,
    "delivered": _arrived,
    "lost": _undelivered("lost"),
    "undeliverable": _undelivered("undeliverable"),
    "rejected": _undelivered("undeliverable"),
    "returned_to_sender": _undelivered("sent_back"),
    "label_created": _on_its_way,
    "in_transit": _on_its_way,
    "out_for_delivery": _on_its_way,
    "ready_for_pickup": _on_its_way,
    "delivery_attempted": _on_its_way,
}
"""What each status of a parcel says of the goods."""
TOPICS: Mapping[str, Reader] = {
    "rates/request": _request,
    "labels/request": _request,
    "rates/quoted": _rates,
    "labels/created": _label,
    "tracking/updated": _tracking,
}


def _moment(fields: Fields, name: str) -> int | None:
    return fields.moment(name) if fields.has(name) else None


def _items(fields: Fields, name: str, *, least: int = 0) -> tuple[Item, ...]:
    """Pieces; whatever an item says beside SKU and quantity is text."""
    return tuple([_item(each) for each in fields.many(name, least=least)])


def _item(fields: Fields) -> Item:
    return Item(fields.id("sku"), fields.whole("quantity", least=1), *[fields.text(name, "") for name in BESIDE])


BESIDE = Item._fields[2:]


def _address(fields: Fields) -> Address:
    return Address(*[fields.text(name, "") for name in Address._fields])


class Carrier:
    """The port of a carrier, or of one that knows many."""

    capabilities = Capabilities(
        system="carrier",
        reads=("ship_request", "rate", "label", "dispatch", "delivery", "undelivered"),
        writes=("ship_request", "rate", "label", "dispatch", "delivery", "undelivered"),
        refuses=("invoices/created", "pickups/scheduled"),
    )

    def read(self, message: Message) -> Reading:
        """Return what a message says. Raises `InvalidValue` for a topic or status that is not read."""
        if message.topic not in TOPICS:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(TOPICS)}")
        body = Fields.parsed(message.body)
        papers = TOPICS[message.topic](body)
        return Reading(papers=tuple(papers), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return the message that says a paper. Raises `InvalidValue` for a field that a carrier cannot say."""
        self.capabilities.takes(paper)
        return faithful(self, paper, _message(*_written(paper)))


def _written(paper: Paper) -> tuple[str, Mapping[str, object]]:
    match paper:
        case ShipRequest():
            return "labels/request" if paper.service else "rates/request", _write_request(paper)
        case Rate():
            return "rates/quoted", _write_rate(paper)
        case Label():
            return "labels/created", _write_label(paper)
        case Dispatch():
            return "tracking/updated", _write_dispatch(paper)
        case Delivery():
            return "tracking/updated", _scan("delivered", paper)
        case Undelivered():
            return "tracking/updated", _write_undelivered(paper)
    raise InvalidValue("paper", paper.form, "one of a carrier")


def _message(topic: str, body: Mapping[str, object]) -> Message:
    said = {name: value for name, value in body.items() if value not in (None, "")}
    return Message(topic, json.dumps(said, ensure_ascii=False))


def _write_request(request: ShipRequest) -> dict[str, object]:
    return {
        "shipment": request.id,
        "order": request.order,
        "from": request.node,
        "to": request.destination._asdict(),
        "service": request.service,
        "deliver_by": _said(request.deliver_by),
        "weight_g": request.weight_g,
        "lines": _lines(request.items),
    }


def _write_rate(rate: Rate) -> dict[str, object]:
    said = {
        "id": rate.id,
        "amount": amount(rate.amount_minor, rate.currency),
        "carrier": rate.carrier,
        "service": rate.service,
        "deliver_by": _said(rate.deliver_by),
        "expires_at": _said(rate.expires_at),
    }
    return {"shipment": rate.request, "currency": rate.currency, "rates": [said]}


def _write_label(label: Label) -> dict[str, object]:
    return {
        "id": label.id,
        "shipment": label.request,
        "currency": label.currency,
        "amount": amount(label.amount_minor, label.currency),
        "tracking": label.tracking,
        "carrier": label.carrier,
        "service": label.service,
        "document": label.document,
        "created_at": _said(label.occurred_at),
    }


def _write_dispatch(dispatch: Dispatch) -> dict[str, object]:
    return {
        **_scan("picked_up", dispatch),
        "order": dispatch.order,
        "from": dispatch.node,
        "carrier": dispatch.carrier,
        "parcels": [{"tracking": number} for number in dispatch.tracking],
        "lines": _lines(dispatch.items),
        "complete": None if dispatch.items else True,
    }


def _write_undelivered(paper: Undelivered) -> dict[str, object]:
    return {
        "id": paper.id,
        "shipment": paper.shipment,
        "status": "returned_to_sender" if paper.status == "sent_back" else paper.status,
        "occurred_at": _said(paper.occurred_at),
        "lines": _lines(paper.items),
        "back_at": paper.node,
        "condition": paper.condition,
        "reason": paper.reason,
    }


def _scan(status: str, paper: Dispatch | Delivery) -> dict[str, object]:
    return {"shipment": paper.id, "status": status, "occurred_at": _said(paper.occurred_at)}


def _lines(items: Iterable[Item]) -> list[object]:
    return [{name: value for name, value in item._asdict().items() if value != ""} for item in items]


def _said(at: int | None) -> str | None:
    return None if at is None else moment(at)
