"""Invoices: papers of shipments under numbers without a gap, credit notes, and what an engine said later."""

from .codes import InvoiceCode
from .credits import credit, credit_absent, settle_tax
from .decisions import invoice, invoice_late
from .documents import (
    Invoice,
    InvoiceList,
    PaperKind,
    Pieces,
    Series,
    invoice_key,
    invoices_key,
    series_key,
)
from .events import Issued
from .policy import InvoicePolicy, region_place
from .reactions import credits_of, late_invoices_of
from .views import Invoiced, charge_line, invoiced, papers_of, tax_request

__all__ = [
    "Invoice",
    "InvoiceCode",
    "InvoiceList",
    "InvoicePolicy",
    "Invoiced",
    "Issued",
    "PaperKind",
    "Pieces",
    "Series",
    "charge_line",
    "credit",
    "credit_absent",
    "credits_of",
    "invoice",
    "invoice_key",
    "invoice_late",
    "invoiced",
    "invoices_key",
    "late_invoices_of",
    "papers_of",
    "region_place",
    "series_key",
    "settle_tax",
    "tax_request",
]
