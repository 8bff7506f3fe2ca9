"""Refunds: what of a sale can still be refunded, what one refund takes of it, and where the money goes."""

from .credit_notes import INDIA, CreditNote, NoteDeadline, NoteItem, NoteShipping, credit_note
from .documents import Refundable, RefundCharge, RefundLine, SoldCharge, SoldLine, refund_of_all, refundable_of
from .quotes import NoteLine, Quote, QuotedLine, note_lines, quote, restocked_pieces
from .tenders import Exchange, RefundCode, Tender, TenderRefund, exchange, paid_back

__all__ = [
    "INDIA",
    "CreditNote",
    "Exchange",
    "NoteDeadline",
    "NoteItem",
    "NoteLine",
    "NoteShipping",
    "Quote",
    "QuotedLine",
    "RefundCharge",
    "RefundCode",
    "RefundLine",
    "Refundable",
    "SoldCharge",
    "SoldLine",
    "Tender",
    "TenderRefund",
    "credit_note",
    "exchange",
    "note_lines",
    "paid_back",
    "quote",
    "refund_of_all",
    "refundable_of",
    "restocked_pieces",
]
