"""What papers and payments mean in the books: revenue and tax by invoice, cash, agents, gift cards, disputes.

A paper says what is owed by the customer, net and tax apart, and a credit note the same below zero, on the components
of its invoice; what a marketplace collects of the tax is no business of ours. A payment settles what is owed. So the
receivable of an order is what its papers say less what was captured, at every prefix of the journal.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ..invoices import Issued, PaperKind
from ..ledger import Event
from ..payments import CardFilled, MoneyMoved, Settled, Step, Tender, TenderKind
from ..tax import SELLER
from .documents import Chart, Posting, SalesBasis
from .events import Posted
from .stocks import Books, posted

__all__ = ["PAPERS_AND_MONEY"]


def _issued(books: Books, event: Event) -> tuple[Posted, ...]:
    """Post a paper where papers are what sells: revenue net, tax by component, what rounding and others carry."""
    assert isinstance(event, Issued)
    if books.sales is not SalesBasis.PAPERS:
        return ()
    paper, tax = event.paper, event.paper.tax
    account = Chart.RETURNS if paper.role is PaperKind.CREDIT_NOTE else Chart.REVENUE
    owed = (Chart.RECEIVABLE, paper.order)
    taxes = Counter[str]()
    for each in tax.components():
        taxes[f"{each.jurisdiction}/{each.code}".strip("/")] += each.amount_minor * (each.collected_by == SELLER)
    others = Posting(tax.funded_minor, Chart.FUNDERS_RECEIVABLE, Chart.RECEIVABLE, paper.number, paper.order)
    rest = [_owed(owed, tax.round_off_minor, Chart.ROUNDING, paper.number), others]
    earned = [_owed(owed, tax.net_minor, account, paper.order)]
    earned += [_owed(owed, amount, Chart.OUTPUT_TAX, component) for component, amount in taxes.items()]
    return (posted(books.catalog, [*earned, *rest], currency=tax.currency),)


def _owed(owed: tuple[Chart, str], amount: int, account: Chart, ref: str) -> Posting:
    return Posting(amount, owed[0], account, owed[1], ref)


def _tender(tender: Tender) -> tuple[Chart, str]:
    """Return where money of a tender is once it is ours."""
    own = {TenderKind.GIFT_CARD: Chart.GIFT_CARD_LIABILITY, TenderKind.AGENT: Chart.AGENT_RECEIVABLE}
    return own.get(tender.kind, Chart.CASH), tender.id if tender.kind in own else tender.ref


STEPS: Mapping[Step, tuple[str, str]] = MappingProxyType(
    {
        Step.CAPTURED: ("tender", "owed"),
        Step.REDEEMED: ("tender", "owed"),
        Step.REFUNDED: ("owed", "tender"),
        Step.CREDITED: ("owed", "tender"),
        Step.DISPUTED: ("disputed", "tender"),
        Step.DISPUTE_WON: ("tender", "disputed"),
        Step.DISPUTE_LOST: ("lost", "disputed"),
    }
)
"""What is debited and what credited by each step of money; what is only held or asked for is nobody's yet."""


def _moved(books: Books, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, MoneyMoved)
    if event.step not in STEPS:
        return ()
    sides = {
        "tender": _tender(event.tender),
        "owed": (Chart.RECEIVABLE, event.order),
        "disputed": (Chart.DISPUTED, event.order),
        "lost": (Chart.CHARGEBACKS, event.order),
    }
    (debit, debit_ref), (credit, credit_ref) = (sides[name] for name in STEPS[event.step])
    posting = Posting(event.amount_minor, debit, credit, debit_ref, credit_ref)
    return (posted(books.catalog, [posting], currency=event.currency),)


def _filled(books: Books, event: Event) -> tuple[Posted, ...]:
    """Post what was put on a gift card: a liability, no revenue."""
    assert isinstance(event, CardFilled)
    posting = Posting(event.amount_minor, Chart.CASH, Chart.GIFT_CARD_LIABILITY, "", event.card)
    return (posted(books.catalog, [posting], currency=event.currency),)


def _settled(books: Books, event: Event) -> tuple[Posted, ...]:
    """Post a statement by a clearing account, where what does not add up stays to be seen."""
    assert isinstance(event, Settled)
    clearing = (Chart.SETTLEMENT_CLEARING, event.statement)
    orders = [_owed(clearing, amount, Chart.AGENT_RECEIVABLE, event.agent) for _, amount in event.orders]
    fees = [Posting(fee, Chart.AGENT_FEES, clearing[0], name, clearing[1]) for name, fee in event.fees]
    paid = Posting(event.paid_minor, Chart.CASH, clearing[0], event.agent, clearing[1])
    return (posted(books.catalog, [*orders, *fees, paid], currency=event.currency),)


PAPERS_AND_MONEY: Mapping[str, Callable[[Books, Event], tuple[Posted, ...]]] = MappingProxyType(
    {Issued.kind: _issued, MoneyMoved.kind: _moved, CardFilled.kind: _filled, Settled.kind: _settled}
)
"""The rules of these events."""
