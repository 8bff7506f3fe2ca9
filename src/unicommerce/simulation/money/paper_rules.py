"""What must hold of papers: their numbers, the pieces that they are for, what they sum to, what was trued up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from ...fulfillment import Shipment, shipment_key
from ...invoices import Invoice, Issued, PaperKind, Pieces, charge_line
from ...ledger import Refused
from ...orders import LineState, Order, line_account, line_unit, order_key
from ...tax import AlikePieces, TaxAnswer, TaxedLine, left, quote, reversed_
from ..view import Invariant, View
from .policy import paper_policy, tax_rules
from .record import request_key

__all__ = ["PAPER_RULES"]

KEPT = (LineState.SHIPPED, LineState.DELIVERED, LineState.COLLECTED)
Sums = Counter[tuple[str, ...]]


def _numbers_have_no_gap(view: View) -> Iterator[str]:
    """Look at the paper that was issued last, and whether it is numbered after the one before it."""
    for event in _issued(view):
        series, paper = event.series, event.paper
        known = [each.last for _, each in view.money.issued if each.key == series.key]
        if known != list(range(1, len(known) + 1)) or paper.number != series.number:
            yield f"{paper.id} has number {paper.number} of {series.registration}, after {known[-3:-1]}"
        invoice = view.money.papers[paper.order].get(paper.shipment)
        writer = invoice.registration if invoice and paper.of else _registration(view, paper)
        if not paper.registration == series.registration == writer:
            yield f"{paper.id} is numbered under {series.registration}, and not under {writer}"


def _registration(view: View, paper: Invoice) -> str:
    shipment = view.documents.get(shipment_key(paper.shipment))
    return paper_policy(view.scene).registration(shipment.node) if isinstance(shipment, Shipment) else ""


def _issued(view: View) -> list[Issued]:
    return [event for event in view.entry.events if isinstance(event, Issued)] if view.entry else []


def _live(papers: Iterable[Invoice]) -> Counter[tuple[str, int]]:
    """Return how often each piece, by line and number, is on papers and was not credited."""
    held = Counter[tuple[str, int]]()
    for paper in papers:
        sign = {PaperKind.INVOICE: 1, PaperKind.CREDIT_NOTE: -1}.get(paper.role, 0)
        for each in paper.pieces:
            held.update(dict.fromkeys(_numbered(each), sign))
    return held


def _pieces_are_on_one_paper(view: View) -> Iterator[str]:
    for event in _issued(view):
        for (line, number), times in _live(view.money.papers[event.paper.order].values()).items():
            if times not in (0, 1):
                yield f"piece {number} of line {line} of {event.paper.order} is on {times} papers"


def _papers_sum_to_the_price(view: View) -> Iterator[str]:
    """With tax in the prices, a paper is what its own pieces and charges cost; what was trued up is still the same.

    So the invoices of an order sum to the price of what is on them, each charge once; and a credit note takes what the
    pieces that it names were paid at, whatever others of their line cost.
    """
    for event in _issued(view):
        paper, papers = event.paper, view.money.papers[event.paper.order]
        order = view.documents.get(order_key(paper.order))
        if not isinstance(order, Order):
            continue
        prices = {line.id: line.price for line in order.lines}
        due = sum([prices[each.line].paid_minor(each.start, each.stop) for each in paper.pieces])
        due += sum([charge.paid_minor for charge in order.charges if charge.id in paper.charges])
        due = -due if paper.role is PaperKind.CREDIT_NOTE else due
        if paper.tax.customer_minor != due:
            yield f"{paper.id} asks for {paper.tax.customer_minor}, what is on it costs {due}"
        charges = Counter[str]()
        for each in papers.values():
            charges.update(dict.fromkeys(each.charges, -1 if each.role is PaperKind.CREDIT_NOTE else 1))
        if odd := {charge: times for charge, times in charges.items() if times not in (0, 1)}:
            yield f"charges of {order.id} are on papers as often as {odd}"


def _papers_are_for_what_is_kept(view: View) -> Iterator[str]:
    """What the papers of a shipment are for is what its customer has of it, of pieces that came late as well."""
    known = view.documents.values() if view.scene.is_paid else ()
    shipments = [document for document in known if isinstance(document, Shipment)]
    for shipment in [each for each in shipments if not each.order.startswith("till ")]:
        order = view.documents.get(order_key(shipment.order))
        on_paper = Counter[str]()
        for (line, _), times in _live(_of_shipment(view, shipment)).items():
            on_paper[line] += times
        for id in order.line_by_id if isinstance(order, Order) else ():
            unit = line_unit(shipment.order, id)
            kept = sum([view.balance(unit, line_account(state, shipment.id)) for state in KEPT])
            if on_paper[id] != kept:
                yield f"{kept} of line {id} of {shipment.id} are kept, papers are for {on_paper[id]}"


def _of_shipment(view: View, shipment: Shipment) -> list[Invoice]:
    papers = view.money.papers.get(shipment.order, {}).values()
    return [paper for paper in papers if paper.shipment == shipment.id]


def _what_is_credited_is_zero(view: View) -> Iterator[str]:
    """A line of a shipment of which no piece is left on its papers is zero in every component."""
    for papers in view.money.papers.values():
        sums, pieces = defaultdict[tuple[str, str], Sums](Counter), Counter[tuple[str, str]]()
        for paper in papers.values():
            for line in paper.tax.lines:
                key = (paper.shipment, line.id)
                sums[key] += _components(line)
                pieces[key] += 0 if paper.role is PaperKind.TRUE_UP else line.quantity
        for key, parts in sums.items():
            if not pieces[key] and (left_over := {part: amount for part, amount in parts.items() if amount}):
                yield f"nothing of line {key[1]} of {key[0]} is left, and papers say {left_over}"


def _components(line: TaxedLine) -> Sums:
    sums = Sums({("net",): line.net_minor, ("funded",): line.funded_minor})
    for each in line.components:
        sums[each.code, each.rate, each.jurisdiction] += each.amount_minor
    return sums


def _provisional_is_trued_up(view: View) -> Iterator[str]:
    """Each provisional invoice has one true-up, and its papers sum to what they would without the outage."""
    rules = tax_rules(view.scene)
    for papers in view.money.papers.values():
        for paper in [each for each in papers.values() if each.tax.provisional and each.role is PaperKind.INVOICE]:
            notes = [each for id in paper.notes if (each := papers.get(id))]
            ups = [each for each in notes if each.role is PaperKind.TRUE_UP]
            if len(ups) != 1:
                yield f"{paper.id} is provisional and was trued up {len(ups)} times"
                continue
            pieces = tuple([(line.id, line.quantity) for line in paper.tax.lines])
            answer = quote(view.money.asked[request_key(paper.id, paper.tax.tax_date, pieces)], rules)
            if isinstance(answer, Refused):
                continue
            back = _taken_back(answer, paper, [each for each in notes if each.role is PaperKind.CREDIT_NOTE])
            due, have = _sums(left(answer, back)), _sums(left(paper.tax, [each.tax for each in notes]))
            if due != have:
                yield f"papers of {paper.id} sum to {have}, without the outage it were {due}"


def _taken_back(answer: TaxAnswer, paper: Invoice, notes: Iterable[Invoice]) -> list[TaxAnswer]:
    """Return what the credit notes of an invoice had taken back of another answer, piece by piece."""
    rest = {piece: each[3:] for each in paper.pieces for piece in _numbered(each)}
    back = list[TaxAnswer]()
    for note in notes:
        gone = {piece for each in note.pieces for piece in _numbered(each)}
        some: dict[str, int | list[AlikePieces]] = {charge_line(charge): 1 for charge in note.charges}
        for line in dict.fromkeys([line for line, _ in sorted(gone)]):
            some[line] = [AlikePieces(1, piece in gone, *cost) for piece, cost in rest.items() if piece[0] == line]
        back.append(reversed_(answer, note.id, tax_date=note.tax.tax_date, quantities=some, before=tuple(back)))
        rest = {piece: cost for piece, cost in rest.items() if piece not in gone}
    return back


def _numbered(pieces: Pieces) -> list[tuple[str, int]]:
    return [(pieces.line, number) for number in range(pieces.start, pieces.stop)]


def _sums(lines: Iterable[TaxedLine]) -> dict[tuple[str, ...], int]:
    found = Sums()
    for line in lines:
        found.update({(line.id, *part): amount for part, amount in _components(line).items()})
    return {part: amount for part, amount in found.items() if amount}


PAPER_RULES: tuple[Invariant, ...] = (
    Invariant("F10 numbers of a registration and year have no gap", "step", _numbers_have_no_gap),
    Invariant("F11 a piece is on one paper at most", "step", _pieces_are_on_one_paper),
    Invariant("F12 papers of an order sum to what is on them", "step", _papers_sum_to_the_price),
    Invariant("F13 papers are for what is kept", "end", _papers_are_for_what_is_kept),
    Invariant("F14 what was wholly credited is zero in every component", "end", _what_is_credited_is_zero),
    Invariant("F15 what was provisional is trued up, to the sums of no outage", "end", _provisional_is_trued_up),
)
"""Of papers."""
