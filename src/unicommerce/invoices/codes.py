"""Why a paper can not be written; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["InvoiceCode"]


class InvoiceCode(ReasonCode):
    """Why a paper can not be written."""

    UNKNOWN_SHIPMENT = "invoices.unknown_shipment", "there is no shipment {subject}"
    UNKNOWN_INVOICE = "invoices.unknown_invoice", "there is no invoice of {subject}"
    NO_PLACE = "invoices.no_place", "the policy does not say in which tax place {subject} is"
    INVOICED = "invoices.invoiced", "{subject} is invoiced already, under {found}"
    NOTHING = "invoices.nothing", "{subject} has no pieces that can be invoiced"
    EXCEEDS = "invoices.exceeds", "{found} of the {needed} {unit} to credit are left on the invoice of {subject}"
    OUTDATED = "invoices.outdated", "the answer for {subject} is for other pieces than are due now: ask again"
    NOT_PROVISIONAL = "invoices.not_provisional", "the tax of {subject} stands as it is"
