"""Entries by event, in neutral accounts: what a receipt, an invoice, a sale, a count or an advance means in money.

Each rule answers with postings, an amount debited to one account and credited to another, so every entry balances by
construction; `entry_lines` shows them as the debits and credits of each account. What is tax is named by its code:
`output_igst` and `input_igst` are the sides of what is called IGST.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ..errors import InvalidValue
from ..values import frozen
from .documents import Chart, Posting

__all__ = ["EntryLine", "Figures", "entry", "entry_lines"]


@frozen(kw_only=True)
class Figures:
    """The figures of one event, in minor units; those that it has not are nothing. Prices and unit costs are a piece's.

    `tax` is (code, amount); a tax that nobody gives back is `non_creditable_tax_minor`.
    """

    goods_minor: int = 0
    customs_minor: int = 0
    shipping_minor: int = 0
    landed_minor: int = 0
    non_creditable_tax_minor: int = 0
    cost_minor: int = 0
    net_minor: int = 0
    advance_minor: int = 0
    liability_minor: int | None = None
    quantity: int = 0
    order_price_minor: int = 0
    invoice_price_minor: int | None = None
    standard_cost_minor: int | None = None
    unit_cost_minor: int = 0
    from_minor: int = 0
    to_minor: int = 0
    tax: tuple[tuple[str, int], ...] = ()

    @property
    def tax_minor(self) -> int:
        """Return all tax that is charged."""
        return sum([amount for _, amount in self.tax])


class EntryLine(NamedTuple):
    """What an entry debits or credits to an account; one of the two is nothing."""

    account: str
    debit_minor: int = 0
    credit_minor: int = 0


def entry(event: str, figures: Figures) -> tuple[Posting, ...]:
    """Return the postings of an event by the table of entries; an event that is not in it is an error.

    >>> for posting in entry("receipt", Figures(goods_minor=500, shipping_minor=100)):
    ...     print(posting.amount_minor, posting.debit, posting.credit)
    500 inventory received_not_invoiced
    100 inventory shipping_clearing
    """
    if event not in ENTRIES:
        raise InvalidValue("event", event, f"one of {', '.join(ENTRIES)}")
    postings = [Posting(amount, str(debit), str(credit)) for amount, debit, credit in ENTRIES[event](figures) if amount]
    return tuple([posting.upright for posting in postings])


def entry_lines(postings: Iterable[Posting]) -> tuple[EntryLine, ...]:
    """Return what postings debit or credit to each account in the end, in the order of the accounts' first mention.

    >>> for line in entry_lines([Posting(5, "inventory", "payable"), Posting(2, "inventory", "payable")]):
    ...     print(line)
    EntryLine(account='inventory', debit_minor=7, credit_minor=0)
    EntryLine(account='payable', debit_minor=0, credit_minor=7)
    """
    held: dict[str, int] = {}
    for posting in postings:
        held[posting.debit] = held.get(posting.debit, 0) + posting.amount_minor
        held[posting.credit] = held.get(posting.credit, 0) - posting.amount_minor
    return tuple([EntryLine(account, max(net, 0), max(-net, 0)) for account, net in held.items() if net])


_Rows = Iterable[tuple[int, str, str]]
"""(Amount, debit, credit)."""


def _receipt(f: Figures) -> _Rows:
    """Goods at what was ordered; under standard cost, at that, and the difference is a price variance at once."""
    owed, stock = Chart.RECEIVED_NOT_INVOICED, Chart.INVENTORY
    if f.standard_cost_minor is not None:
        yield f.quantity * f.standard_cost_minor, stock, owed
        yield f.quantity * (f.order_price_minor - f.standard_cost_minor), Chart.PRICE_VARIANCE, owed
    else:
        yield f.goods_minor or f.net_minor or f.quantity * (f.order_price_minor or f.unit_cost_minor), stock, owed
    yield f.non_creditable_tax_minor, stock, owed
    yield from _landed(f)


def _landed(f: Figures) -> _Rows:
    yield f.landed_minor, Chart.INVENTORY, Chart.LANDED_COST_CLEARING
    yield f.customs_minor, Chart.INVENTORY, Chart.CUSTOMS_CLEARING
    yield f.shipping_minor, Chart.INVENTORY, Chart.SHIPPING_CLEARING


def _supplier_invoice(f: Figures) -> _Rows:
    """What was received is invoiced; another price than that of the order is a variance, dearer as a debit."""
    pieces = f.quantity or 1
    invoiced = f.order_price_minor if f.invoice_price_minor is None else f.invoice_price_minor
    received = f.goods_minor or f.net_minor or (f.order_price_minor or invoiced or f.unit_cost_minor) * pieces
    yield received, Chart.RECEIVED_NOT_INVOICED, Chart.PAYABLE
    if f.order_price_minor:
        yield (invoiced - f.order_price_minor) * pieces, Chart.PRICE_VARIANCE, Chart.PAYABLE
    yield f.non_creditable_tax_minor, Chart.INVENTORY, Chart.PAYABLE
    for code, amount in f.tax:
        yield amount, _input(code), Chart.PAYABLE


def _purchase(f: Figures) -> _Rows:
    """Goods that come with their invoice: tax that can not be credited is cost, the rest is input tax."""
    yield f.net_minor or f.goods_minor or f.quantity * f.unit_cost_minor, Chart.INVENTORY, Chart.PAYABLE
    yield f.non_creditable_tax_minor, Chart.INVENTORY, Chart.PAYABLE
    for code, amount in f.tax:
        yield amount, _input(code), Chart.PAYABLE
    yield from _landed(f)


def _supplier_return(f: Figures) -> _Rows:
    cost = f.cost_minor or f.goods_minor or f.quantity * f.unit_cost_minor
    yield cost, Chart.RECEIVED_NOT_INVOICED, Chart.INVENTORY


def _sale(f: Figures) -> _Rows:
    yield f.net_minor, Chart.RECEIVABLE, Chart.REVENUE
    for code, amount in f.tax:
        yield amount, Chart.RECEIVABLE, _output(code)
    yield from _sale_cost(f)


def _sale_cost(f: Figures) -> _Rows:
    yield f.cost_minor or f.quantity * f.unit_cost_minor, Chart.COST_OF_GOODS_SOLD, Chart.INVENTORY


def _sales_return(f: Figures) -> _Rows:
    """Both sides reversed, the goods at the cost that they left with."""
    yield f.net_minor, Chart.RETURNS, Chart.RECEIVABLE
    for code, amount in f.tax:
        yield amount, _output(code), Chart.RECEIVABLE
    yield f.cost_minor or f.quantity * f.unit_cost_minor, Chart.INVENTORY, Chart.COST_OF_GOODS_SOLD


def _standard_cost_change(f: Figures) -> _Rows:
    yield f.quantity * (f.to_minor - f.from_minor), Chart.INVENTORY, Chart.REVALUATION


def _count_adjustment(f: Figures) -> _Rows:
    yield f.cost_minor or -f.quantity * f.unit_cost_minor, Chart.SHRINKAGE, Chart.INVENTORY


def _write_down(f: Figures) -> _Rows:
    """An amount, or from one unit value to another; below zero it is reversed."""
    yield f.net_minor or f.quantity * (f.from_minor - f.to_minor), Chart.WRITE_DOWN, Chart.INVENTORY_ALLOWANCE


def _customer_advance(f: Figures) -> _Rows:
    yield f.advance_minor or f.net_minor, Chart.CASH, Chart.CUSTOMER_ADVANCES
    for code, amount in f.tax:
        yield amount, Chart.CASH, _output(code)


def _advance_invoiced(f: Figures) -> _Rows:
    """An invoice takes up an advance, and the tax that was paid on it is taken back, once; `net_minor` is invoiced."""
    yield f.advance_minor or f.net_minor, Chart.CUSTOMER_ADVANCES, Chart.RECEIVABLE
    for code, amount in f.tax:
        yield amount, _output(code), Chart.RECEIVABLE
    if f.net_minor:
        yield from _sale(f)


def _gift_card_sale(f: Figures) -> _Rows:
    yield f.net_minor, Chart.CASH, Chart.GIFT_CARD_LIABILITY


def _gift_card_redemption(f: Figures) -> _Rows:
    """A card pays for a sale as far as it reaches, the rest is paid in cash. Only now is there revenue."""
    due = f.net_minor + f.tax_minor
    card = due if f.liability_minor is None else min(due, f.liability_minor)
    for amount, credit in ((f.net_minor, str(Chart.REVENUE)), *[(amount, _output(code)) for code, amount in f.tax]):
        part = min(card, amount)
        card -= part
        yield part, Chart.GIFT_CARD_LIABILITY, credit
        yield amount - part, Chart.CASH, credit


def _gift_card_breakage(f: Figures) -> _Rows:
    """What nobody will ask for, by the pattern that is expected (IFRS 15.B44 to B47)."""
    yield f.net_minor, Chart.GIFT_CARD_LIABILITY, Chart.REVENUE


def _transfer(f: Figures) -> _Rows:
    yield f.cost_minor, Chart.INVENTORY_IN_TRANSIT, Chart.INVENTORY


def _own_transfer_out(f: Figures) -> _Rows:
    """A move between two registrations of ours: goods at cost, and tax that the other branch owes us."""
    yield from _transfer(f)
    for code, amount in f.tax:
        yield amount, Chart.INTER_BRANCH_RECEIVABLE, _output(code)


def _own_transfer_in(f: Figures) -> _Rows:
    yield f.cost_minor, Chart.INVENTORY, Chart.INVENTORY_IN_TRANSIT
    for code, amount in f.tax:
        yield amount, _input(code), Chart.INTER_BRANCH_PAYABLE


def _output(code: str) -> str:
    return f"output_{code.lower()}"


def _input(code: str) -> str:
    return f"input_{code.lower()}"


ENTRIES: Mapping[str, Callable[[Figures], _Rows]] = {
    "receipt": _receipt,
    "supplier_invoice": _supplier_invoice,
    "purchase": _purchase,
    "supplier_return": _supplier_return,
    "landed_cost": _landed,
    "sale": _sale,
    "sale_cost": _sale_cost,
    "sales_return": _sales_return,
    "standard_cost_change": _standard_cost_change,
    "count_adjustment": _count_adjustment,
    "write_down": _write_down,
    "customer_advance": _customer_advance,
    "advance_invoiced": _advance_invoiced,
    "gift_card_sale": _gift_card_sale,
    "gift_card_redemption": _gift_card_redemption,
    "gift_card_breakage": _gift_card_breakage,
    "transfer": _transfer,
    "own_transfer_out": _own_transfer_out,
    "own_transfer_in": _own_transfer_in,
}
"""What each event means in money."""
