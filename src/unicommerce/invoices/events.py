"""What can happen to papers: one is issued. Nothing moves by it; finance posts what it says."""

from typing import ClassVar

from ..fulfillment import Clearance
from ..ledger import Document, Movement
from ..values import frozen
from .documents import Invoice, InvoiceList, Series

__all__ = ["Issued"]


@frozen(kw_only=True)
class Issued:
    """A paper is issued under the next number of its series.

    Of an invoice, the shipment is cleared with it; of a later paper, the invoice names it (`invoice`).
    """

    kind: ClassVar[str] = "invoices.issued"
    paper: Invoice
    series: Series
    listed: InvoiceList | None = None
    clearance: Clearance | None = None
    invoice: Invoice | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Set down the paper, the number given last, and what points to it."""
        others = (self.listed, self.clearance, self.invoice)
        return (self.paper, self.series, *[document for document in others if document is not None])
