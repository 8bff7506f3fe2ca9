"""The papers of a run: whether their numbers have a gap, whether they say what customers have, their tax by rate."""

from collections import Counter
from collections.abc import Iterable

from unicommerce.invoices import Invoice, Issued, PaperKind
from unicommerce.ledger import Snapshot, is_part
from unicommerce.orders import LineState, Order
from unicommerce.values import Unit

from .audit import Audit
from .checks import Check, named
from .erp import Erp
from .markup import percent
from .shape import PaperRow, TaxRow

_PAID_FOR = frozenset(
    state.value
    for state in (
        *(LineState.PICKED, LineState.PACKED, LineState.READY),
        *(LineState.SHIPPED, LineState.DELIVERED, LineState.COLLECTED),
    )
)
"""Where pieces stand that the customer pays for: in a node's hands for the customer, on the way, or there."""


def paper_checks(erp: Erp, snapshot: Snapshot, found: Audit) -> list[Check]:
    """Return every check of papers, with its figures."""
    return [_numbered(found.papers), _say_what_is_there(snapshot, found), _tax(erp, found.papers)]


def _numbered(papers: Iterable[Issued]) -> Check:
    """Look for gaps: papers of a registration are numbered one after the other, in the order in which they came."""
    last: Counter[tuple[str, str]] = Counter()
    wrong = []
    for event in papers:
        series, own = event.series, (event.series.registration, event.series.year)
        last[own] += 1
        if series.last != last[own] or event.paper.number != series.number:
            wrong.append(f"{event.paper.id} of {own[0]} is {event.paper.number}, and the next one was {last[own]}")
    figures = ", ".join(f"{count:,} of {registration}" for (registration, _), count in sorted(last.items()))
    return Check("papers are numbered without a gap, none twice", figures, tuple(wrong))


def _say_what_is_there(snapshot: Snapshot, found: Audit) -> Check:
    """Compare what an order's papers say together with the price of the pieces that its customer pays for."""
    owed: Counter[str] = Counter()
    for event in found.papers:
        owed[event.paper.order] += event.paper.tax.gross_minor
    wrong = {order.id: owed[order.id] - _worth(snapshot, order) for order in found.orders.values()}
    figures = f"{len(found.papers):,} papers of {len(owed):,} orders, {sum(owed.values()) / 100:,.2f} GBP"
    return Check("papers say of each order what its customer has", figures, named(wrong, "is billed too much by"))


def _worth(snapshot: Snapshot, order: Order) -> int:
    books = ((line, snapshot.balances.get(Unit(f"line:{order.id}/{line.id}"), {})) for line in order.lines)
    return sum(
        held * line.price_minor
        for line, book in books
        for account, held in book.items()
        if account.state in _PAID_FOR and not is_part(account)
    )


def _tax(erp: Erp, papers: Iterable[Issued]) -> Check:
    """Compare net and tax by rate with what the ERP has reckoned, and see that it was credited what it was billed."""
    theirs, ours = erp.vat(), {row["rate"]: (row["net"], row["tax"]) for row in tax_rows(papers)}
    wrong = [
        f"at {rate}: {theirs.get(rate)} there, {ours.get(rate)} here"
        for rate in sorted({*theirs, *ours})
        if theirs.get(rate) != ours.get(rate)
    ]
    wrong += [f"{line} was credited too much, or not to the end" for line in erp.overcredited()]
    figures = ", ".join(f"{tax / 100:,.2f} GBP at {percent(rate)}" for rate, (_, tax) in ours.items())
    return Check("the ERP reckons the same tax, rate by rate", figures, tuple(wrong))


def paper_rows(papers: Iterable[Issued]) -> list[PaperRow]:
    """Return for each registration and kind of paper how many there are, and net, tax and gross (pence)."""
    by_kind: dict[tuple[str, PaperKind], list[Invoice]] = {}
    for event in papers:
        by_kind.setdefault((event.paper.registration, event.paper.role), []).append(event.paper)
    return [
        PaperRow(
            registration=registration,
            kind=kind.value.replace("_", " "),
            count=len(own),
            first=own[0].number,
            last=own[-1].number,
            net=sum(paper.tax.net_minor for paper in own),
            tax=sum(paper.tax.tax_minor for paper in own),
        )
        for (registration, kind), own in sorted(by_kind.items(), key=lambda each: each[0])
    ]


def tax_rows(papers: Iterable[Issued]) -> list[TaxRow]:
    """Return net and tax (pence) of all papers together, by rate."""
    nets: Counter[str] = Counter()
    taxes: Counter[str] = Counter()
    for event in papers:
        for component in event.paper.tax.components():
            nets[component.rate] += component.taxable_minor
            taxes[component.rate] += component.amount_minor
    return [TaxRow(rate=rate, net=nets[rate], tax=taxes[rate]) for rate in sorted(nets)]
