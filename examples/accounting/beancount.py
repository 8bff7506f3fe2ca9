"""Writes the postings of a journal as a Beancount file: one transaction for each entry that was posted.

Copy it. The chart's neutral accounts stand under Beancount's five roots as `ROOTS` says; sub-ledgers (an order, a SKU,
a tax component) are metadata of a posting, so that a year of orders does not open a million accounts; or they are left
out, and a transaction has one sum of each account. A debit is a positive amount, as there. `balance` directives of the
next day say what each account has to hold: `bean-check` finds a file that does not add up.
"""

from collections.abc import Iterable, Iterator, Mapping

from unicommerce.catalog import day_text, local_day
from unicommerce.finance import Chart, Posted
from unicommerce.ledger import Entry
from unicommerce.values import EXPONENTS

__all__ = ["ROOTS", "account", "amount", "beancount"]

_C = Chart
ROOTS: Mapping[str, tuple[Chart, ...]] = {
    "Assets": (
        _C.RECEIVABLE,
        _C.FUNDERS_RECEIVABLE,
        _C.AGENT_RECEIVABLE,
        _C.INTER_BRANCH_RECEIVABLE,
        _C.INVENTORY,
        _C.INVENTORY_IN_TRANSIT,
        _C.INVENTORY_ALLOWANCE,
        _C.PRODUCTION,
        _C.CONSIGNED,
        _C.CASH,
        _C.DISPUTED,
        _C.SETTLEMENT_CLEARING,
    ),
    "Liabilities": (
        _C.RECEIVED_NOT_INVOICED,
        _C.PAYABLE,
        _C.OWED_TO_OWNERS,
        _C.OUTPUT_TAX,
        _C.CUSTOMER_ADVANCES,
        _C.GIFT_CARD_LIABILITY,
        _C.INTER_BRANCH_PAYABLE,
        _C.CUSTOMS_CLEARING,
        _C.SHIPPING_CLEARING,
        _C.LANDED_COST_CLEARING,
    ),
    "Income": (_C.REVENUE, _C.RETURNS),
    "Expenses": (
        _C.COST_OF_GOODS_SOLD,
        _C.SHRINKAGE,
        _C.REVALUATION,
        _C.WRITE_DOWN,
        _C.PRICE_VARIANCE,
        _C.ROUNDING,
        _C.AGENT_FEES,
        _C.CHARGEBACKS,
    ),
}
"""Under which of Beancount's roots each account of the chart stands."""
_ROOT = {chart: root for root, charts in ROOTS.items() for chart in charts}


def account(chart: str) -> str:
    """Return the name of an account of the chart.

    >>> account("cost_of_goods_sold")
    'Expenses:Cost-Of-Goods-Sold'
    """
    return f"{_ROOT[Chart(chart)]}:{chart.replace('_', '-').title()}"


def amount(amount_minor: int, currency: str) -> str:
    """Return an amount with the decimals of its currency.

    >>> amount(-1905, "USD"), amount(1905, "JPY"), amount(5, "KWD")
    ('-19.05 USD', '1905 JPY', '0.005 KWD')
    """
    exponent = EXPONENTS.get(currency, 2)
    digits = str(abs(amount_minor)).rjust(exponent + 1, "0")
    whole, rest = digits[: len(digits) - exponent], digits[len(digits) - exponent :]
    return f"{'-' * (amount_minor < 0)}{whole}{'.' * bool(exponent)}{rest} {currency}"


def beancount(entries: Iterable[Entry], *, zone: str = "UTC", by_ref: bool = True) -> Iterator[str]:
    """Yield the lines of a file for the entries of a journal; those that post nothing are passed over.

    The day of a transaction is that on which it occurred, by the wall clock of a zone. `by_ref` tells sub-ledgers
    apart; without it a transaction has one sum of each account, and the file is small.
    """
    held: dict[tuple[str, str], int] = {}
    body: list[str] = []
    days = [local_day("UTC", 0)]
    for entry in entries:
        day = local_day(zone, entry.occurred_at)
        for event in [event for event in entry.events if isinstance(event, Posted) and event.postings]:
            days.append(day)
            body += _transaction(day_text(day), entry, event, legs := _legs(event, by_ref=by_ref))
            for name, _, change in legs:
                held[name, event.currency] = held.get((name, event.currency), 0) + change
    yield 'option "title" "unicommerce"'
    for name, _ in sorted({(account(chart), "") for chart in Chart}):
        yield f"{day_text(min(days))} open {name}"
    yield from body
    for (name, currency), total in sorted(held.items()):
        yield f"{day_text(max(days) + 1)} balance {name} {amount(total, currency)}"


Leg = tuple[str, str, int]
"""An account, the sub-ledger of it ("": none is told), and what it is debited."""


def _legs(event: Posted, *, by_ref: bool) -> list[Leg]:
    legs = [
        leg
        for posting in event.postings
        for leg in (
            (account(posting.debit), posting.debit_ref, posting.amount_minor),
            (account(posting.credit), posting.credit_ref, -posting.amount_minor),
        )
    ]
    if by_ref:
        return legs
    sums: dict[str, int] = {}
    for name, _, change in legs:
        sums[name] = sums.get(name, 0) + change
    return [(name, "", change) for name, change in sums.items() if change]


def _transaction(date: str, entry: Entry, event: Posted, legs: Iterable[Leg]) -> Iterator[str]:
    yield f'{date} * "{_quoted(entry.cause or entry.id)}"'
    yield f'  entry: "{_quoted(entry.id)}"'
    for name, ref, change in legs:
        yield f"  {name}  {amount(change, event.currency)}"
        if ref:
            yield f'    ref: "{_quoted(ref)}"'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
