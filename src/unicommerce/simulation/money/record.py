"""What is looked at of money and papers: what the journal says of them, and beside it what really moved."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from ...invoices import Invoice, Issued, PaperKind, Series
from ...ledger import Account, Entry
from ...payments import MoneyMoved, MoneyState, Step, TenderKind
from ...tax import TaxRequest
from ...values import Unit

__all__ = ["CURRENCY", "OWED", "PAID", "MoneyRecord", "money_at", "request_key"]

CURRENCY = "USD"
PAID = Unit(f"paid:{CURRENCY}")
OWED = Unit(f"owed:{CURRENCY}")
SIGNS: Mapping[Step, int] = MappingProxyType({Step.CAPTURED: 1, Step.REDEEMED: 1, Step.REFUNDED: -1, Step.CREDITED: -1})
"""Which steps settle what a customer owes, and which owe it again; what a bank takes back is between it and us."""

RequestKey = tuple[str, str, tuple[tuple[str, int], ...]]


def money_at(order: str, state: MoneyState, tender: str = "") -> Account:
    """Return the account of an order's money in a state: of one tender, or of all."""
    return Account(f"payments:{order}", state, tender)


def request_key(document: str, tax_date: str, pieces: tuple[tuple[str, int], ...]) -> RequestKey:
    """Return by what a request is known again when its answer is on a paper."""
    return document, tax_date, tuple(sorted(pieces))


class MoneyRecord:
    """Papers and money by the journal, and what really happened.

    `papers` are the latest of each, by order and id; `issued` the same as they were issued, with their series. `due` is
    what papers of an order ask of the customer, `received` what of it was paid and not given back, `by_tender` the same
    by tender, all in minor units. `asked` are the requests that the tax service was asked.

    `real` is what providers and agents have really moved, by order and tender; `brought` what customers really brought
    back, by return: its order, pieces by line, and pieces by SKU of no order.
    """

    def __init__(self) -> None:
        self.papers: dict[str, dict[str, Invoice]] = {}
        self.issued: list[tuple[Invoice, Series]] = []
        self.provisional: dict[str, Invoice] = {}
        self.due: Counter[str] = Counter()
        self.received: Counter[str] = Counter()
        self.by_tender: Counter[tuple[str, str]] = Counter()
        self.charged: Counter[tuple[str, str]] = Counter()
        self.asked: dict[RequestKey, TaxRequest] = {}
        self.real: Counter[tuple[str, str]] = Counter()
        self.brought: dict[str, tuple[str, Mapping[str, int], Mapping[str, int]]] = {}

    def take(self, entry: Entry) -> None:
        """Add what an entry says."""
        for event in entry.events:
            if isinstance(event, Issued):
                self._issue(event)
            elif isinstance(event, MoneyMoved) and (sign := SIGNS.get(event.step, 0)):
                amount = sign * event.amount_minor
                self.received[event.order] += amount
                self.by_tender[event.order, event.tender.ref] += amount
                if sign > 0 and event.tender.kind is TenderKind.CARD:
                    self.charged[event.order, event.tender.id] += amount

    def _issue(self, event: Issued) -> None:
        paper, series, invoice = event.paper, event.series, event.invoice
        known = self.papers.setdefault(paper.order, {})
        for each in [each for each in (paper, invoice) if each is not None]:
            known[each.id] = each
        self.issued.append((paper, series))
        self.due[paper.order] += paper.tax.customer_minor
        if paper.role is PaperKind.INVOICE and paper.tax.provisional:
            self.provisional[paper.id] = paper
        elif paper.role is PaperKind.TRUE_UP and invoice is not None:
            self.provisional.pop(invoice.id, None)
