"""Questions about papers: which pieces are to be invoiced, what an engine is asked, what an order's papers say."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import attrs

from ..catalog import Catalog, day_text, local_day
from ..fulfillment import Shipment, shipment_key
from ..ledger import State
from ..orders import LineState, Order, OrderLine, line_account, order_key
from ..pricing import ChargeKind, Funder, PriceMode
from ..tax import Discount, Kind, LineKind, TaxLine, TaxRequest
from ..values import frozen, identifier
from .documents import Invoice, PaperKind, Pieces, Series, invoice_key, invoices_key, series_key
from .policy import InvoicePolicy

__all__ = ["Invoiced", "charge_line", "invoiced", "papers_of", "tax_request", "uninvoiced"]

IN_HAND = (
    *(LineState.PICKED, LineState.PACKED, LineState.READY),
    *(LineState.SHIPPED, LineState.DELIVERED, LineState.COLLECTED),
)
"""Where pieces of a shipment stand that a paper can be for: from the pick on, when it is known which they are."""

KINDS: Mapping[ChargeKind, LineKind] = {
    ChargeKind.SHIPPING: LineKind.SHIPPING,
    ChargeKind.HANDLING: LineKind.HANDLING,
    ChargeKind.FEE: LineKind.CHARGE,
    ChargeKind.DUTY: LineKind.CHARGE,
}


def charge_line(charge: str) -> str:
    """Return the id of a charge among the lines of a paper.

    >>> charge_line("express")
    'charge:express'
    """
    return f"charge:{charge}"


def papers_of(state: State, order: str) -> list[Invoice]:
    """Return all papers about an order: each invoice, followed by those that came after it."""
    listed = state.document(invoices_key(order))
    found = []
    for shipment in listed.shipments if listed else ():
        invoice = state.document(invoice_key(shipment))
        if invoice is not None:
            later = [state.document(invoice_key(note)) for note in invoice.notes]
            found += [invoice, *[paper for paper in later if paper is not None]]
    return found


class Due(NamedTuple):
    """What a shipment is to be invoiced for, on which paper."""

    paper: str
    pieces: tuple[Pieces, ...]
    charges: tuple[str, ...]


class Late(NamedTuple):
    """What came to a shipment after its invoice, by line, and the note under which it is invoiced."""

    note: str
    quantities: Mapping[str, int]

    def paper(self, shipment: str) -> str:
        """Return the id of its invoice."""
        return f"{shipment}/late/{self.note}"


def uninvoiced(state: State, shipment: Shipment, order: Order, late: Late | None = None) -> Due:
    """Return the pieces of a shipment by their numbers, the lowest free ones; and charges that no paper has yet.

    A number is free again when it was credited: what is sent a second time costs what it did the first time. Of what
    came late, as much as the shipment has beyond its papers; and what was credited of charges is not charged again.
    """
    papers = papers_of(state, order.id)
    pieces = list[Pieces]()
    for line in order.lines:
        wanted = sum([state.balance(order.unit(line.id), (line_account(each, shipment.id),)) for each in IN_HAND])
        if late is not None:
            here = [paper for paper in papers if paper.shipment == shipment.id]
            wanted = min(late.quantities.get(line.id, 0), wanted - _on_papers(here, line.id))
        for start, stop in _ranges(_free(papers, line.id), wanted):
            pieces += _alike(line, start, stop)
    taken = {charge for paper in papers if paper.role is PaperKind.INVOICE for charge in paper.charges}
    back = {charge for paper in papers if paper.role is PaperKind.CREDIT_NOTE for charge in paper.charges}
    gone = taken if late is not None else taken - back
    charges = tuple([each.id for each in order.charges if each.id not in gone])
    return Due(late.paper(shipment.id) if late else shipment.id, tuple(pieces), charges)


SIGNS: Mapping[PaperKind, int] = {PaperKind.INVOICE: 1, PaperKind.CREDIT_NOTE: -1, PaperKind.TRUE_UP: 0}


def _on_papers(papers: Iterable[Invoice], line: str) -> int:
    return sum([SIGNS[paper.role] * each.quantity for paper in papers for each in paper.pieces if each.line == line])


def _free(papers: Iterable[Invoice], line: str) -> Callable[[int], bool]:
    held: dict[int, int] = {}
    for paper in papers:
        for each in [each for each in paper.pieces if each.line == line]:
            for number in range(each.start, each.stop):
                held[number] = held.get(number, 0) + SIGNS[paper.role]
    return lambda number: held.get(number, 0) <= 0


def _alike(line: OrderLine, start: int, stop: int) -> Iterable[Pieces]:
    """Yield pieces of a line as those that cost alike."""
    for first, end in line.price.alike(start, stop):
        off = zip(line.discounts, line.price.discounts_minor(first, first + 1), strict=True)
        theirs = sum([amount for each, amount in off if each.funder is Funder.THIRD_PARTY])
        yield Pieces(line.id, first, end, line.price.paid_minor(first, first + 1) + theirs, theirs)


def _ranges(is_free: Callable[[int], bool], wanted: int) -> Iterable[tuple[int, int]]:
    """Yield the lowest free numbers, so many of them, as ranges."""
    number = 0
    while wanted > 0:
        start = number
        while wanted > number - start and is_free(number):
            number += 1
        if number > start:
            yield start, number
        wanted -= number - start
        number += 1


def tax_request(
    shipment: str, *, policy: InvoicePolicy, late: Mapping[str, int] | None = None, note: str = ""
) -> "Callable[[State, Catalog], Callable[[int], TaxRequest | None]]":
    """Return the view of what an engine is asked for the invoice of a shipment, by the moment (ms UTC) of asking.

    None where the shipment is not known, has nothing to invoice, or the policy does not say where its node lies. A host
    whose engine is a service asks it, and hands the answer to `invoice`; or to `invoice_late`, with what came `late`,
    by line, and its `note`. Of an invoice with provisional tax it is what was asked then, as it was: what an engine
    says to that goes to `settle_tax`.
    """
    more = None if late is None else Late(identifier(note, "note"), late)

    def view(state: State, catalog: Catalog) -> Callable[[int], TaxRequest | None]:
        document = state.document(shipment_key(shipment))
        order = state.document(order_key(document.order)) if document else None
        if document is None or order is None:
            return lambda _now: None
        case, due = Case(catalog, policy, document, order), uninvoiced(state, document, order, more)
        known = state.document(invoice_key(due.paper))
        if known is None:
            return lambda now: asked_for(case, due, now) if due.pieces else None
        asked = asked_for(case, Due(known.id, known.pieces, known.charges), 0) if known.tax.provisional else None
        return lambda _now: attrs.evolve(asked, tax_date=known.tax.tax_date) if asked else None

    return view


class Case(NamedTuple):
    """A shipment of an order that a paper is written for, by a catalog and a policy."""

    catalog: Catalog
    policy: InvoicePolicy
    shipment: Shipment
    order: Order

    def date(self, now: int) -> str:
        """Return the day of the shipment's node, as ISO 8601 writes it."""
        return local_date(self.catalog, self.shipment.node, now)


def local_date(catalog: Catalog, node: str, now: int) -> str:
    """Return the day of a node, as ISO 8601 writes it."""
    known = catalog.network.node_by_id.get(node)
    return day_text(local_day(known.calendar.zone if known else "UTC", now))


def next_number(state: State, policy: InvoicePolicy, registration: str, date: str) -> Series:
    """Return the series of a registration's papers with the next number given."""
    year = policy.year(date)
    known = state.document(series_key(registration, year, policy.prefix))
    return known.following() if known else Series(registration=registration, year=year, prefix=policy.prefix)


def asked_for(case: Case, due: Due, now: int) -> TaxRequest | None:
    """Return what an engine is asked; None where the policy does not say where the node lies."""
    _, policy, shipment, order = case
    here = policy.places.get(shipment.node)
    if here is None:
        return None
    store = policy.places.get(order.collect_at) if order.collect_at else None
    by_line: dict[str, list[Pieces]] = {}
    for each in due.pieces:
        by_line.setdefault(each.line, []).append(each)
    lines = [_taxed(case, line, ranges) for line, ranges in by_line.items()]
    return TaxRequest(
        document=due.paper,
        kind=Kind.SALE,
        tax_date=case.date(now),
        currency=order.currency,
        lines=(*lines, *_charged(order, due.charges)),
        registrations=policy.registrations,
        buyer=policy.buyer_of(order),
        ship_from=here,
        ship_to=None if store else policy.place_of(order),
        handed_over_at=store,
        marketplace=order.channel if order.channel in policy.marketplaces else "",
    )


def _taxed(case: Case, line: str, ranges: list[Pieces]) -> TaxLine:
    """Return a line of a request: what its pieces cost, and what was taken off them."""
    known = case.order.line_by_id[line]
    product = case.catalog.product(known.sku)
    quantity = sum([each.quantity for each in ranges])
    off = [known.price.discounts_minor(each.start, each.stop) for each in ranges]
    shares = zip(known.discounts, [sum(each) for each in zip(*off, strict=True)], strict=True)
    return TaxLine(
        id=line,
        amount_minor=known.price_minor * quantity,
        quantity=quantity,
        category=product.tax_category if product else "",
        commodity=product.commodity if product else "",
        includes_tax=case.order.price_mode is PriceMode.INCLUSIVE,
        discounts=tuple([_discount(each.id, each.funder, amount) for each, amount in shares if amount]),
    )


def _discount(id: str, funder: Funder, amount: int) -> Discount:
    return Discount(amount) if funder is Funder.RETAILER else Discount(amount, id)


def _charged(order: Order, charges: tuple[str, ...]) -> Iterable[TaxLine]:
    for charge in [each for each in order.charges if each.id in charges]:
        yield TaxLine(
            id=charge_line(charge.id),
            amount_minor=charge.amount_minor,
            kind=KINDS[charge.kind],
            category=charge.category,
            includes_tax=order.price_mode is PriceMode.INCLUSIVE,
            discounts=tuple([_discount(each.id, each.funder, each.amount_minor) for each in charge.discounts]),
        )


@frozen(kw_only=True)
class Invoiced:
    """What all papers of an order say together, in minor units: net, tax, gross, and what the customer has to pay."""

    order: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    payable_minor: int
    numbers: tuple[str, ...]


def invoiced(order: str) -> Callable[[State, object], Invoiced]:
    """Return the view of what an order's papers say together."""

    def view(state: State, _given: object) -> Invoiced:
        papers = papers_of(state, order)
        return Invoiced(
            order=order,
            net_minor=sum([paper.tax.net_minor for paper in papers]),
            tax_minor=sum([paper.tax.tax_minor for paper in papers]),
            gross_minor=sum([paper.tax.gross_minor for paper in papers]),
            payable_minor=sum([paper.tax.customer_minor for paper in papers]),
            numbers=tuple([paper.number for paper in papers]),
        )

    return view
