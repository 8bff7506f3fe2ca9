"""What is sold where no order of ours is: at tills, and from the centers of marketplaces.

The paper of a sale says what it has earned. It is owed under the sale (of a center, under the order that it names or
the report), where the payments of that name settle it. By goods all of it is revenue; by papers net and tax are apart.
Where the paper of a void or a return says nothing of money, the share of its pieces goes back, so that what is left is
the share of the pieces that customers have, to the minor unit.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType

from ..ledger import Event
from ..marketplaces import Fulfilled
from ..pricing import Amount
from ..tills import BroughtBack, Sold, Voided, sale_key
from .documents import Chart, Posting, SalesBasis, chart_account, valued
from .events import Posted
from .owners import Pieces, Step, found, issued, taken_back
from .stocks import Books, Side, in_turn, posted

__all__ = ["SOLD_ELSEWHERE"]


def _till_sold(books: Books, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, Sold)
    sale = event.sale
    earned = partial(_earned, sale.currency, sale.takings, Chart.REVENUE, sale.id)
    return in_turn(books, [earned, *_issued(sale.node, f"sale:{sale.id}", sale.pieces())])


def _center_sold(books: Books, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, Fulfilled)
    earned = partial(_earned, event.currency, event.takings, Chart.REVENUE, event.order or event.report)
    return in_turn(books, [earned, *_issued(event.node, f"report:{event.report}", event.lines)])


def _issued(node: str, ref: str, lines: Iterable[tuple[str, int]]) -> list[Step]:
    cost = Chart.COST_OF_GOODS_SOLD
    return [partial(issued, Pieces(sku, node, (("", q),)), Side(cost, f"{ref}/{sku}")) for sku, q in lines]


def _till_back(books: Books, event: Event) -> tuple[Posted, ...]:
    """Post a void or a return at a till: at the cost that it left with, or as found where nobody knows the sale."""
    assert isinstance(event, Voided | BroughtBack)
    goods = [Pieces(sku, event.node, (("", quantity),)) for sku, quantity, *_ in event.lines]
    currency, amount = _given_back(books, event)
    account, ref = (Chart.REVENUE if isinstance(event, Voided) else Chart.RETURNS), event.sale or _id(event)
    paid = partial(_earned, currency, Amount().minus(amount), account, ref)
    if isinstance(event, BroughtBack) and not event.sale:
        return in_turn(books, [paid, *[partial(found, each, event.id) for each in goods]])
    return in_turn(books, [paid, *[partial(taken_back, each, f"sale:{event.sale}/{each.sku}", "") for each in goods]])


def _id(event: Voided | BroughtBack) -> str:
    return event.void if isinstance(event, Voided) else event.id


def _given_back(books: Books, event: Voided | BroughtBack) -> tuple[str, Amount]:
    """Return what went back for pieces, as their paper says, or their share of what is left of the sale."""
    sale = books.world.document(sale_key(event.sale)) if event.sale else None
    if event.currency or sale is None:
        return event.currency, event.takings
    sold = {sku: chart_account(Chart.COST_OF_GOODS_SOLD, f"sale:{sale.id}/{sku}") for sku, _ in sale.pieces()}
    held = sum([max(books.world.balance(valued(sku), (account,)), 0) for sku, account in sold.items()])
    pieces = sum([quantity for _, quantity in sale.pieces()])
    count = min(held, pieces)
    left = max(count - sum([quantity for _, quantity, *_ in event.lines]), 0)
    share = partial(sale.takings.of_pieces, pieces=max(pieces, 1))
    return sale.currency, share(count).minus(share(left))


def _earned(currency: str, amount: Amount, account: Chart, ref: str, books: Books) -> tuple[Posted, ...]:
    """Post what was earned, below zero what went back; its customer owes it until it is paid."""
    by_papers = books.sales is SalesBasis.PAPERS
    parts = [(amount.net_minor if by_papers else amount.gross_minor, account, ref)]
    parts += [(tax, Chart.OUTPUT_TAX, component) for component, tax in amount.taxes if by_papers]
    owed = [Posting(minor, Chart.RECEIVABLE, credit, ref, credit_ref) for minor, credit, credit_ref in parts]
    return (posted(books.catalog, owed, currency=currency),)


SOLD_ELSEWHERE: Mapping[str, Callable[[Books, Event], tuple[Posted, ...]]] = MappingProxyType(
    {Sold.kind: _till_sold, Voided.kind: _till_back, BroughtBack.kind: _till_back, Fulfilled.kind: _center_sold}
)
"""The rules of these events."""
