"""What can happen to money: an entry of the journal is posted."""

from typing import ClassVar, NamedTuple

from ..ledger import Document, Movement
from ..values import frozen
from .documents import Posting, chart_account, money, valued

__all__ = ["Posted", "ValuedMove"]


class ValuedMove(NamedTuple):
    """A SKU, pieces, and the account, sub-ledger and layer that they leave and enter in finance's own count."""

    sku: str
    quantity: int
    left: str
    left_ref: str
    entered: str
    entered_ref: str
    left_layer: str = ""
    entered_layer: str = ""


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
            Movement(
                p.amount_minor,
                unit,
                chart_account(p.credit, p.credit_ref, p.credit_layer),
                chart_account(p.debit, p.debit_ref, p.debit_layer),
            )
            for p in self.postings
        ]
        counts = [
            Movement(
                p.quantity,
                valued(p.sku),
                chart_account(p.left, p.left_ref, p.left_layer),
                chart_account(p.entered, p.entered_ref, p.entered_layer),
            )
            for p in self.pieces
        ]
        return (*amounts, *counts)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
