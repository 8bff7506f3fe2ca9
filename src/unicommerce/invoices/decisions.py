"""Requests for papers: the invoice of a shipment before it leaves, what is credited of one, and what is trued up later.

Each takes the next number of its series in the same entry, guarded by the document that has it: no gap, none twice. A
reversal takes the components of its own invoice, wherever the goods land.
"""

from collections.abc import Iterable, Mapping

import attrs

from ..catalog import Catalog, day_text, local_day
from ..errors import InvalidValue
from ..fulfillment import Clearance, clearance_key, shipment_key
from ..ledger import Accepted, Between, Decision, Reason, Refused, Request, State
from ..orders import line_account, order_key
from ..tax import TaxAnswer, TaxedLine, TaxLine, TaxRequest, left, reversed_, true_up
from ..values import identifier, pieces
from .codes import InvoiceCode
from .documents import Invoice, InvoiceList, PaperKind, Pieces, Series, invoice_key, invoices_key, series_key
from .events import Issued
from .policy import InvoicePolicy
from .views import IN_HAND, Case, asked_for, charge_line, uninvoiced

__all__ = ["credit", "credit_absent", "invoice", "settle_tax"]

PAPER = "invoice"
"""What the paper is called without which fulfillment's policy may refuse to ship."""


def invoice(shipment: str, *, policy: InvoicePolicy, answer: TaxAnswer | None = None) -> Request[Catalog]:
    """Ask to invoice the pieces of a shipment that a node has in hand; the shipment is cleared by it.

    The engine of the policy says what the tax is, or has said so (`answer`, to what `tax_request` asks). Charges of the
    order are on its first invoice. Because: `UNKNOWN_SHIPMENT`, `INVOICED`, `NOTHING`, `NO_PLACE`, `OUTDATED`
    (other pieces are due than the answer is for), and what the engine says.
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(shipment_key(shipment))
        order = world.document(order_key(document.order)) if document else None
        known = world.document(invoice_key(shipment))
        if document is None or order is None:
            return Refused((Reason(InvoiceCode.UNKNOWN_SHIPMENT, shipment),))
        case = Case(catalog, policy, document, order)
        due = uninvoiced(world, document, order)
        request = asked_for(case, due, now)
        series = _next(world, policy, document.node, case.date(now))
        listed = world.document(invoices_key(order.id))
        cleared = world.document(clearance_key(shipment, PAPER))
        if known is not None:
            return Refused((Reason(InvoiceCode.INVOICED, shipment, known.number),))
        if not due.pieces:
            return Refused((Reason(InvoiceCode.NOTHING, shipment),))
        if request is None:
            return Refused((Reason(InvoiceCode.NO_PLACE, document.node),))
        found = policy.engine(request) if answer is None else _fitting(answer, request)
        if isinstance(found, Refused):
            return found
        paper = Invoice(
            id=shipment,
            number=series.number,
            registration=series.registration,
            shipment=shipment,
            order=order.id,
            tax=found,
            pieces=due.pieces,
            charges=due.charges,
        )
        clearance = Clearance(shipment=shipment, paper=PAPER, number=series.number, by="finance")
        event = Issued(
            paper=paper,
            series=series,
            listed=InvoiceList(order=order.id, shipments=(*(listed.shipments if listed else ()), shipment)),
            clearance=clearance if cleared is None else None,
        )
        return Accepted((event,), found.because)

    return Request(f"invoice/{identifier(shipment, 'shipment')}", (("shipment", shipment),), decide)


def _fitting(answer: TaxAnswer, request: TaxRequest) -> TaxAnswer | Refused:
    """Return an answer that was got before, unless other pieces are due by now: a piece was put down, or invoiced."""
    for field in ("document", "currency"):
        if getattr(answer, field) != getattr(request, field):
            raise InvalidValue(f"answer.{field}", getattr(answer, field), getattr(request, field))
    is_whole = len(answer.lines) == len(request.lines) and answer.funded_minor == sum(
        [line.funded_minor for line in request.lines]
    )
    if is_whole and all(map(_is_for, answer.lines, request.lines)):
        return answer
    return Refused((Reason(InvoiceCode.OUTDATED, request.document),))


def _is_for(taxed: TaxedLine, line: TaxLine) -> bool:
    """Tell whether a line was taxed at the price that it has; one whose price was made net is known by its pieces."""
    kept = taxed.gross_minor if taxed.includes_tax else taxed.net_minor
    is_priced = taxed.includes_tax != line.includes_tax or kept == line.base_minor
    return (taxed.id, taxed.quantity) == (line.id, line.quantity) and is_priced


def _next(world: State, policy: InvoicePolicy, node: str, date: str) -> Series:
    """Return the series of a node's papers with the next number given."""
    return _given(world, policy, policy.registration(node), policy.year(date))


def _given(world: State, policy: InvoicePolicy, registration: str, year: str) -> Series:
    known = world.document(series_key(registration, year, policy.prefix))
    if known is None:
        return Series(registration=registration, year=year, prefix=policy.prefix)
    return attrs.evolve(known, last=known.last + 1)


def credit(
    note: str,
    *,
    shipment: str,
    quantities: Mapping[str, int] | None = None,
    charges: Iterable[str] = (),
    reason: str = "",
    policy: InvoicePolicy,
) -> Request[Catalog]:
    """Ask to credit pieces of an invoice by line, and charges by id; or (None) all that is left of it.

    It takes the invoice's own net and tax components, by shares that sum to them in whatever order and grouping; and it
    is numbered under the registration that wrote the invoice, wherever the goods have come back to. Because:
    `UNKNOWN_INVOICE`, `EXCEEDS` (found and needed) for each line that has less left.
    """
    part = None if quantities is None else pieces(quantities, "line")
    fees = tuple(sorted({identifier(charge, "charge") for charge in charges}))
    id = f"{shipment}/{identifier(note, 'note')}"

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        known = world.document(invoice_key(shipment))
        document = world.document(shipment_key(shipment))
        if known is None or document is None:
            return Refused((Reason(InvoiceCode.UNKNOWN_INVOICE, shipment),))
        wanted = dict(part) if part is not None else {}
        wanted |= {charge_line(charge): 1 for charge in fees}
        date = _date(catalog, document.node, now)
        paper = _note(world, known, id, wanted if part is not None or fees else None, date)
        if isinstance(paper, Refused):
            return paper
        return Accepted((_after(world, policy, known, attrs.evolve(paper, reason=reason), date),))

    return Request(f"credit/{id}", (("quantities", part), ("charges", fees), ("reason", reason)), decide)


def credit_absent(note: str, *, shipment: str, reason: str = "", policy: InvoicePolicy) -> Request[Catalog]:
    """Ask to credit what the papers of a shipment are for and it has no longer: lost, put down, brought back.

    It compares where pieces stand now with what was invoiced, so it is right whenever it is asked, and asked again it
    credits nothing twice. Where all that is invoiced is there, nothing is done. Because: `UNKNOWN_INVOICE`.
    """
    id = f"{shipment}/{identifier(note, 'note')}"

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        known = world.document(invoice_key(shipment))
        document = world.document(shipment_key(shipment))
        order = world.document(order_key(document.order)) if document else None
        if known is None or document is None or order is None:
            return Refused((Reason(InvoiceCode.UNKNOWN_INVOICE, shipment),))
        here = tuple([line_account(each, shipment) for each in IN_HAND])
        held = {line.id: world.balance(order.unit(line.id), here) for line in order.lines}
        rest = left(known.tax, [paper.tax for paper in _later(world, known)])
        gone = {line.id: line.quantity - held[line.id] for line in rest if line.id in held}
        gone = {line: quantity for line, quantity in gone.items() if quantity > 0}
        date = _date(catalog, document.node, now)
        paper = _note(world, known, id, gone, date) if gone else None
        if paper is None or isinstance(paper, Refused):
            return paper or Accepted()
        guards = tuple([Between(order.unit(line), here, held[line], held[line]) for line in gone])
        return Accepted((_after(world, policy, known, attrs.evolve(paper, reason=reason), date),), (), guards)

    return Request(f"credit/{id}", (("reason", reason),), decide)


def _note(world: State, known: Invoice, id: str, wanted: Mapping[str, int] | None, date: str) -> Invoice | Refused:
    """Return the credit note of pieces by line of an invoice, or (None) of all that is left; no number is given yet."""
    before = _later(world, known)
    rest = {line.id: line.quantity for line in left(known.tax, [paper.tax for paper in before])}
    short = [(line, rest.get(line, 0), needs) for line, needs in (wanted or {}).items() if rest.get(line, 0) < needs]
    if short:
        return Refused(tuple([Reason(InvoiceCode.EXCEEDS, known.id, has, needs, line) for line, has, needs in short]))
    if wanted is None and not any(rest.values()):
        return Refused((Reason(InvoiceCode.EXCEEDS, known.id, 0, 1, "pieces"),))
    tax = reversed_(known.tax, id, tax_date=date, quantities=wanted, before=[paper.tax for paper in before])
    back = {line.id: -line.quantity for line in tax.lines}
    return Invoice(
        id=id,
        role=PaperKind.CREDIT_NOTE,
        number="-",
        registration=known.registration,
        shipment=known.shipment,
        order=known.order,
        tax=tax,
        pieces=tuple([each for line, count in back.items() for each in _first(known, before, line, count)]),
        charges=tuple([charge for charge in known.charges if back.get(charge_line(charge))]),
        of=known.number,
    )


def settle_tax(shipment: str, answer: TaxAnswer, *, policy: InvoicePolicy) -> Request[Catalog]:
    """Ask to put on record what an engine says at last of an invoice with provisional tax: a paper of the difference.

    Because: `UNKNOWN_INVOICE`, `NOT_PROVISIONAL`. Where both say the same, the paper says nothing is owed.
    """
    id = f"{identifier(shipment, 'shipment')}/tax"

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        known = world.document(invoice_key(shipment))
        document = world.document(shipment_key(shipment))
        if known is None or document is None:
            return Refused((Reason(InvoiceCode.UNKNOWN_INVOICE, shipment),))
        if not known.tax.provisional or answer.provisional:
            return Refused((Reason(InvoiceCode.NOT_PROVISIONAL, shipment),))
        paper = Invoice(
            id=id,
            role=PaperKind.TRUE_UP,
            number="-",
            registration=known.registration,
            shipment=shipment,
            order=known.order,
            tax=_difference(known, _later(world, known), answer),
            of=known.number,
        )
        return Accepted((_after(world, policy, known, paper, _date(catalog, document.node, now)),), answer.because)

    return Request(f"true-up/{shipment}", (("gross_minor", answer.gross_minor),), decide)


def _difference(known: Invoice, before: Iterable[Invoice], answer: TaxAnswer) -> TaxAnswer:
    """Return what an answer adds to the provisional one; what was credited meanwhile is credited of it as well."""
    notes = [paper.tax for paper in before]
    credited = list[TaxAnswer]()
    for note in notes:
        back = {line.id: -line.quantity for line in note.lines if line.quantity}
        credited.append(
            reversed_(answer, note.document, tax_date=note.tax_date, quantities=back, before=tuple(credited))
        )
    return true_up(
        attrs.evolve(known.tax, lines=left(known.tax, notes)), attrs.evolve(answer, lines=left(answer, credited))
    )


def _after(world: State, policy: InvoicePolicy, known: Invoice, paper: Invoice, date: str) -> Issued:
    """Return that a paper comes after an invoice, under the next number of the registration that wrote that."""
    series = _given(world, policy, known.registration, policy.year(date))
    invoice = attrs.evolve(known, revision=known.revision + 1, notes=(*known.notes, paper.id))
    return Issued(paper=attrs.evolve(paper, number=series.number), series=series, invoice=invoice)


def _later(world: State, known: Invoice) -> list[Invoice]:
    found = [world.document(invoice_key(note)) for note in known.notes]
    return [paper for paper in found if paper is not None]


def _date(catalog: Catalog, node: str, now: int) -> str:
    known = catalog.network.node_by_id.get(node)
    return day_text(local_day(known.calendar.zone if known else "UTC", now))


def _first(known: Invoice, before: Iterable[Invoice], line: str, count: int) -> Iterable[Pieces]:
    """Yield the first pieces of an invoice's line that were not credited before: the dearer ones come first."""
    gone = sum([each.stop - each.start for paper in before for each in paper.pieces if each.line == line])
    for each in [each for each in known.pieces if each.line == line]:
        start = min(each.start + gone, each.stop)
        gone -= start - each.start
        stop = min(start + count, each.stop)
        count -= stop - start
        if stop > start:
            yield Pieces(line, start, stop)
