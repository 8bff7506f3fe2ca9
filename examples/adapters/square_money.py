"""Money at Square: amounts, payments, tenders of orders, refunds, invoices.

Square writes amounts in minor units beside their currency. All of a message is of one. What an order's card paid and
what a payment says of itself is one payment, under one id. Money that went back is said by refunds; a payment that says
it as well is only captured.
"""

from typing import NamedTuple

from unicommerce.errors import InvalidValue
from unicommerce.ports import Fields, Paper, Payment, Refund, moment
from unicommerce.values import LARGEST

__all__ = [
    "Around",
    "amount_of",
    "currency_of",
    "invoice_of",
    "money",
    "payment_of",
    "refund_of",
    "tender_of",
    "write_refund",
]

CARD = ("card_details", "risk_evaluation", "version_token", "receipt_number", "receipt_url", "application_details")
PAYMENT = (
    *CARD, "amount_money", "approved_money", "refunded_money", "location_id", "customer_id", "team_member_id",
    "employee_id", "note", "capabilities", "delay_action", "delay_duration", "delayed_until", "created_at",
    "statement_description_identifier", "buyer_email_address", "billing_address", "shipping_address", "refund_ids",
)  # fmt: skip
REFUND = ("location_id", "reason", "updated_at", "version", "team_member_id")
INVOICE = (
    "accepted_payment_methods", "created_at", "custom_fields", "delivery_method", "description", "invoice_number",
    "location_id", "primary_recipient", "sale_or_service_date", "store_payment_method_enabled", "timezone", "title",
    "version",
)  # fmt: skip


class Around(NamedTuple):
    """What stands around a resource: when the sender says that the message was made, and its key as a request."""

    sent_at: int | None
    key: str


def amount_of(fields: Fields, name: str, currency: str) -> int:
    """An amount, which Square writes in minor units; nothing where there is none. All of a message is one currency."""
    if not fields.has(name):
        return 0
    money = fields.one(name)
    if (found := money.text("currency")) != currency:
        raise InvalidValue(f"{name}.currency", found, f"{currency}, as all of it")
    return money.whole("amount", least=-LARGEST)


def currency_of(fields: Fields, name: str) -> str:
    """Return the currency of an amount."""
    return fields.one(name).id("currency")


def fees(fields: Fields, currency: str) -> int:
    return sum(
        [
            amount_of(fee.leave("type", "effective_at"), "amount_money", currency)
            for fee in fields.many("processing_fee")
        ]
    )


STATUS = {
    "APPROVED": "authorized",
    "AUTHORIZED": "authorized",
    "COMPLETED": "captured",
    "CAPTURED": "captured",
    "CANCELED": "voided",
    "VOIDED": "voided",
    "FAILED": "failed",
}
"""What became of a payment, and of a card that paid as a tender. A payment that is pending has become nothing yet."""


def _status(status: str) -> str:
    if status not in STATUS:
        raise InvalidValue("status", status, f"one of {', '.join(STATUS)}")
    return STATUS[status]


def tender_of(tender: Fields, order: str) -> Payment:
    """A way in which an order was paid. All but cards were paid when they were given."""
    currency = currency_of(tender, "amount_money")
    card = tender.one("card_details").leave("card", "entry_method") if tender.has("card_details") else None
    tender.leave("location_id", "transaction_id", "note", "customer_id")
    id = tender.id("id")
    return Payment(
        id=tender.id("payment_id", id),
        status=_status(card.text("status", "CAPTURED")) if card else "captured",
        currency=currency,
        amount_minor=amount_of(tender, "amount_money", currency),
        order=order,
        tender=tender.text("type"),
        occurred_at=tender.moment("created_at"),
        tip_minor=amount_of(tender, "tip_money", currency),
        fee_minor=amount_of(tender, "processing_fee_money", currency),
    )


def payment_of(payment: Fields, _around: Around) -> list[Paper]:
    """Return what became of a payment."""
    if payment.text("status") == "PENDING":
        return []
    currency = currency_of(payment, "total_money")
    at = payment.moment("updated_at" if payment.has("updated_at") else "created_at")
    payment.leave(*PAYMENT)
    return [
        Payment(
            id=payment.id("id"),
            status=_status(payment.text("status")),
            currency=currency,
            amount_minor=amount_of(payment, "total_money", currency),
            order=payment.id("order_id", ""),
            tender=payment.text("source_type", ""),
            occurred_at=at,
            tip_minor=amount_of(payment, "tip_money", currency),
            fee_minor=fees(payment, currency) + amount_of(payment, "app_fee_money", currency),
        )
    ]


def refund_of(refund: Fields, _around: Around) -> list[Paper]:
    """Money that goes back, or could not: then it is a payment that failed. An app gives its fee back above zero."""
    status = refund.text("status")
    currency = currency_of(refund, "amount_money")
    id, order, at = refund.id("id"), refund.id("order_id"), refund.moment("created_at")
    amount = amount_of(refund, "amount_money", currency)
    refund.leave(*REFUND)
    if status in {"REJECTED", "FAILED"}:
        return [Payment(id=id, status="failed", currency=currency, amount_minor=amount, order=order, occurred_at=at)]
    if status not in {"PENDING", "COMPLETED"}:
        raise InvalidValue("refund.status", status, "one of PENDING, COMPLETED, REJECTED, FAILED")
    return [
        Refund(
            id=id,
            order=order,
            currency=currency,
            amount_minor=amount,
            occurred_at=at,
            payment=refund.id("payment_id", ""),
            fee_minor=fees(refund, currency) - amount_of(refund, "app_fee_money", currency),
        )
    ]


def invoice_of(invoice: Fields, _around: Around) -> list[Paper]:
    """An invoice whose money went back, all of it; of one that went back in part only the refund says how much."""
    if invoice.text("status") != "REFUNDED":
        return []
    requests = invoice.many("payment_requests", least=1)
    currency = currency_of(requests[0], "total_completed_amount_money")
    for request in requests:
        request.leave("uid", "automatic_payment_source", "due_date", "request_type", "tipping_enabled")
        request.leave("computed_amount_money")
    paid = sum([amount_of(request, "total_completed_amount_money", currency) for request in requests])
    paper = Payment(
        id=invoice.id("id"),
        status="refunded",
        currency=currency,
        amount_minor=paid,
        order=invoice.id("order_id"),
        occurred_at=invoice.moment("updated_at"),
    )
    invoice.leave(*INVOICE)
    return [paper]


def money(minor: int, currency: str) -> dict[str, object]:
    """Return an amount as Square writes it."""
    return {"amount": minor, "currency": currency}


def write_refund(refund: Refund) -> dict[str, object]:
    """Return the resource of a refund."""
    fee = {"amount_money": money(refund.fee_minor, refund.currency)}
    return {
        "id": refund.id,
        "order_id": refund.order,
        "payment_id": refund.payment,
        "status": "COMPLETED",
        "created_at": moment(refund.occurred_at or 0),
        "amount_money": money(refund.amount_minor, refund.currency),
        "processing_fee": [fee] if refund.fee_minor else [],
    }
