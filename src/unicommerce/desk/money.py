"""What papers, payments and authorized returns say of an order, in words for whoever answers the customer."""

from collections.abc import Mapping
from types import MappingProxyType

from ..invoices import Issued, PaperKind
from ..orders import LineQuantity
from ..payments import MoneyMoved, Step
from ..returns import Authorized, Exchanged, Rma, WayBack
from ..values import Money
from .saying import Said, Sentence, listed, of_one

__all__ = ["MONEY"]

STEPS: Mapping[Step, str] = MappingProxyType(
    {
        Step.AUTHORIZED: "held",
        Step.VOIDED: "held no longer",
        Step.LAPSED: "held no longer, its time is over",
        Step.CAPTURE_ASKED: "asked for",
        Step.CAPTURE_FAILED: "asked for and not given",
        Step.CAPTURED: "captured",
        Step.REDEEMED: "paid",
        Step.REFUND_ASKED: "to be refunded",
        Step.REFUND_FAILED: "could not be refunded",
        Step.REFUNDED: "refunded",
        Step.CREDITED: "put back on the card",
        Step.DISPUTED: "disputed by the bank",
        Step.DISPUTE_WON: "ours again after the dispute",
        Step.DISPUTE_LOST: "lost in the dispute",
    }
)
"""What is said of an amount."""
PAPERS: Mapping[PaperKind, str] = MappingProxyType(
    {
        PaperKind.INVOICE: "invoice",
        PaperKind.CREDIT_NOTE: "credit note",
        PaperKind.TRUE_UP: "the rest of the tax",
    }
)
WAYS: Mapping[WayBack, str] = MappingProxyType(
    {
        WayBack.LABEL: "may come back with a label",
        WayBack.DROP_OFF: "may be brought back",
        WayBack.KEEP: "may be kept, and is refunded",
    }
)


def _moved(event: MoneyMoved) -> Said:
    tender = event.tender.kind.value.replace("_", " ")
    why = f": {event.reason}" if event.reason else ""
    return Said(f"{Money(event.amount_minor, event.currency)} by {tender} {STEPS[event.step]}{why}")


def _issued(event: Issued) -> Said:
    paper = event.paper
    guess = ", its tax provisional" if paper.tax.provisional else ""
    amount = Money(paper.tax.gross_minor, paper.tax.currency)
    return Said(f"{PAPERS[paper.role]} {paper.number} over {amount}{guess}", (), "", paper.shipment)


def _authorized(rma: Rma) -> Said:
    pieces = tuple([LineQuantity(line.line, line.sku, line.quantity) for line in rma.lines])
    to = f", to {rma.node}" if rma.node else ""
    return Said(f"{listed(pieces)} {WAYS[rma.way_back]}{to}", pieces, rma.node)


MONEY: tuple[tuple[str, Sentence], ...] = (
    of_one(MoneyMoved, lambda event: event.order, _moved),
    of_one(Issued, lambda event: event.paper.order, _issued),
    of_one(Authorized, lambda event: event.rma.order, lambda event: _authorized(event.rma)),
    of_one(
        Exchanged,
        lambda event: event.swap.order,
        lambda event: Said(f"goes out for what comes back under {event.swap.rma}"),
    ),
)
"""Rows of the table of sentences."""
