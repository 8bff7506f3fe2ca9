"""What can happen to money: an entry of the journal is posted."""

from typing import ClassVar

from ..ledger import Document, Movement
from ..values import frozen
from .documents import Posting, chart_account, money, valued

__all__ = ["Posted", "ValuedMove"]

ValuedMove = tuple[str, int, str, str, str, str]
"""A SKU, pieces, and the account and sub-ledger that they leave and enter in finance's own count."""


@frozen(kw_only=True)
class Posted:
    """The money side of an entry of the journal.

    Moves: money from the account credited to the account debited; valued pieces likewise.
    """

    kind: ClassVar[str] = "finance.posted"
    currency: str
    postings: tuple[Posting, ...]
    pieces: tuple[ValuedMove, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Post them."""
        unit = money(self.currency)
        amounts = [
            Movement(p.amount_minor, unit, chart_account(p.credit, p.credit_ref), chart_account(p.debit, p.debit_ref))
            for p in self.postings
        ]
        counts = [
            Movement(quantity, valued(sku), chart_account(left, left_ref), chart_account(entered, entered_ref))
            for sku, quantity, left, left_ref, entered, entered_ref in self.pieces
        ]
        return (*amounts, *counts)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
