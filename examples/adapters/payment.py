"""A payment provider: what we ask of it, and its webhooks about what became of the money. Our own sample, in JSON.

All topics have one flat body; moments are RFC 3339, amounts whole minor units of their currency, as providers have it:

    {id, of, order, amount_minor, currency, tip_minor, fee_minor, tender, reason, due_at, created_at, event}

`of` is the payment that it is of: a capture is of an authorization, a refund or a dispute of a capture. A refund has
`tax_minor` and `lines: [{sku, quantity, line}]` besides. `event` is the id of a webhook; what it says is known by the
id of the payment, however often it is told. A request bears an idempotency key as the id of its message: what is asked
and the id of the paper, so that the same paper is the same request, whoever writes it, and however often. Copy this
file; it needs nothing but unicommerce.
"""

import json
from collections.abc import Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import Capabilities, Fields, Item, Message, Paper, Payment, Reading, Refund, moment
from unicommerce.values import LARGEST

__all__ = ["PaymentProvider"]

STATUS: Mapping[str, str] = {
    "payments/authorize": "authorized",
    "payments/capture": "captured",
    "payments/void": "voided",
    "payment.authorized": "authorized",
    "payment.captured": "captured",
    "payment.voided": "voided",
    "payment.refunded": "refunded",
    "payment.failed": "failed",
    "dispute.opened": "disputed",
}
"""The status that each topic says; with a slash what is asked, with a dot what became of it."""
REFUNDS = ("refunds/create", "refund.succeeded")
TOPIC: Mapping[str, str] = {status: topic for topic, status in reversed(tuple(STATUS.items()))}
"""The topic that a status is written as: what can be asked is asked, the rest only a provider says."""
BESIDE = Item._fields[2:]


def _payment(body: Fields, status: str) -> Payment:
    return Payment(
        id=body.id("id"),
        status=status,
        of=body.id("of", ""),
        order=body.id("order", ""),
        currency=body.text("currency"),
        amount_minor=body.whole("amount_minor"),
        tender=body.text("tender", ""),
        reason=body.text("reason", ""),
        tip_minor=_minor(body, "tip_minor"),
        fee_minor=_minor(body, "fee_minor"),
        due_at=_moment(body, "due_at"),
        occurred_at=_moment(body, "created_at"),
    )


def _refund(body: Fields) -> Refund:
    body.leave("reason", "tender")
    return Refund(
        id=body.id("id"),
        payment=body.id("of", ""),
        order=body.id("order"),
        currency=body.text("currency"),
        amount_minor=body.whole("amount_minor"),
        tax_minor=_minor(body, "tax_minor"),
        fee_minor=_minor(body, "fee_minor"),
        items=tuple([_item(line) for line in body.many("lines")]),
        occurred_at=_moment(body, "created_at"),
    )


def _item(line: Fields) -> Item:
    return Item(line.id("sku"), line.whole("quantity", least=1), *[line.text(name, "") for name in BESIDE])


def _minor(fields: Fields, name: str) -> int:
    return fields.whole(name, least=-LARGEST, default=0)


def _moment(fields: Fields, name: str) -> int | None:
    return fields.moment(name) if fields.has(name) else None


class PaymentProvider:
    """The port of a payment provider."""

    capabilities = Capabilities(
        system="payment",
        reads=("payment", "refund"),
        writes=("payment", "refund"),
        refuses=("refund.failed", "payout.paid", "customer.created", "dispute.closed"),
    )

    def read(self, message: Message) -> Reading:
        """Return what a webhook or a request says. Raises `InvalidValue` for a topic that is not read."""
        topics = (*STATUS, *REFUNDS)
        if message.topic not in topics:
            raise InvalidValue("topic", message.topic, f"one of {', '.join(topics)}")
        body = Fields.parsed(message.body).leave("event")
        paper = _refund(body) if message.topic in REFUNDS else _payment(body, STATUS[message.topic])
        return Reading(papers=(paper,), unread=body.unread())

    def write(self, paper: Paper) -> Message:
        """Return what asks for a paper; its `id` is the key by which the provider knows a repeat.

        Raises `InvalidValue` for a form that is not written, or too long.

        >>> paid = Payment(id="p1", status="captured", of="a1", currency="EUR", amount_minor=1990)
        >>> PaymentProvider().write(paid).id
        'payments/capture/p1'
        """
        self.capabilities.takes(paper)
        match paper:
            case Payment():
                return _message(TOPIC[paper.status], paper, _write_payment(paper))
            case Refund():
                return _message(REFUNDS[0], paper, _write_refund(paper))
        raise InvalidValue("paper", paper.form, f"one of {', '.join(self.capabilities.writes)}")


def _message(topic: str, paper: Payment | Refund, beside: Mapping[str, object]) -> Message:
    body = {
        "id": paper.id,
        "order": paper.order,
        "amount_minor": paper.amount_minor,
        "currency": paper.currency,
        "created_at": None if paper.occurred_at is None else moment(paper.occurred_at),
        **beside,
    }
    said = {name: value for name, value in body.items() if value not in (None, "", [])}
    return Message(topic, json.dumps(said, ensure_ascii=False), id=f"{topic}/{paper.id}")


def _write_payment(payment: Payment) -> dict[str, object]:
    return {
        "of": payment.of,
        "tender": payment.tender,
        "reason": payment.reason,
        "tip_minor": payment.tip_minor,
        "fee_minor": payment.fee_minor,
        "due_at": None if payment.due_at is None else moment(payment.due_at),
    }


def _write_refund(refund: Refund) -> dict[str, object]:
    lines = [{name: value for name, value in item._asdict().items() if value != ""} for item in refund.items]
    return {"of": refund.payment, "tax_minor": refund.tax_minor, "fee_minor": refund.fee_minor, "lines": lines}
