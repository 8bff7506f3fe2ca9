"""Requests for what comes after an invoice: what is credited of it, piece by piece, and what is trued up later.

A reversal takes the components of its own invoice, wherever the goods land: each piece those that it has in them, so
that it does not matter which pieces go together, or in which order. Numbers are given as for invoices.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import attrs

from ..catalog import Catalog
from ..fulfillment import shipment_key
from ..ledger import Accepted, Between, Decision, Reason, Refused, Request, State
from ..orders import line_account, order_key
from ..tax import AlikePieces, TaxAnswer, left, reversed_, true_up
from ..values import identifier, pieces
from .codes import InvoiceCode
from .documents import Invoice, PaperKind, Pieces, Series, invoice_key, invoices_key
from .events import Issued
from .policy import InvoicePolicy
from .views import IN_HAND, charge_line, local_date, next_number

__all__ = ["credit", "credit_absent", "settle_tax"]


class Known(NamedTuple):
    """An invoice, and the papers that came after it."""

    invoice: Invoice
    later: list[Invoice]

    def pieces(self) -> list[Pieces]:
        """Return the pieces that are left."""
        return _left_of(self.invoice, self.later)

    def charges(self) -> list[str]:
        """Return the charges that are left."""
        rest = {line.id: line.quantity for line in left(self.invoice.tax, [paper.tax for paper in self.later])}
        return [charge for charge in self.invoice.charges if rest.get(charge_line(charge))]


class Back(NamedTuple):
    """What is credited of a shipment's invoices."""

    note: str
    reason: str
    date: str
    pieces: list[Pieces]
    charges: list[str]


def credit(
    note: str,
    *,
    shipment: str,
    quantities: Mapping[str, int] | None = None,
    named: Iterable[Pieces] = (),
    charges: Iterable[str] = (),
    reason: str = "",
    policy: InvoicePolicy,
) -> Request[Catalog]:
    """Ask to credit pieces of a shipment by line, or `named` by their numbers, and charges by id; or all that is left.

    Each piece takes back its own price, discount and tax; by line, the first that are left are taken. A note is
    numbered under the registration that wrote the invoice, wherever the goods have come back to; where the pieces are
    on several invoices, there is a note of each. Because: `UNKNOWN_INVOICE`, `EXCEEDS` (found and needed) for each line
    that has less left.
    """
    part = None if quantities is None else pieces(quantities, "line")
    by_line = dict(part or ())
    numbers = tuple([Pieces(each.line, each.start, each.stop) for each in named])
    fees = tuple(sorted({identifier(charge, "charge") for charge in charges}))
    is_all = part is None and not numbers and not fees
    wanted = Counter(by_line) + _counted(numbers) + Counter([charge_line(fee) for fee in fees])
    asked = (("quantities", part), ("charges", fees), ("reason", reason), *((("named", numbers),) if numbers else ()))

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        known = _invoices(world, shipment)
        document = world.document(shipment_key(shipment))
        if not known or document is None:
            return Refused((Reason(InvoiceCode.UNKNOWN_INVOICE, shipment),))
        there = [each for one in known for each in one.pieces()]
        own = _within(there, numbers)
        taken = there if is_all else [*own, *_first(_without(there, own), by_line)]
        made = [charge for one in known for charge in one.charges() if is_all or charge in fees]
        has = _counted(taken) + Counter([charge_line(charge) for charge in made])
        short = [Reason(InvoiceCode.EXCEEDS, shipment, has[each], wanted[each], each) for each in wanted - has]
        if is_all and not has:
            short = [Reason(InvoiceCode.EXCEEDS, shipment, 0, 1, "pieces")]
        back = Back(note, reason, local_date(catalog, document.node, now), taken, made)
        return Refused(tuple(short)) if short else Accepted(_credited(world, policy, known, back))

    return Request(f"credit/{shipment}/{identifier(note, 'note')}", asked, decide)


def credit_absent(note: str, *, shipment: str, reason: str = "", policy: InvoicePolicy) -> Request[Catalog]:
    """Ask to credit what the papers of a shipment are for and it has no longer: lost, put down, brought back.

    It compares where pieces stand now with what was invoiced, so it is right whenever it is asked, and asked again it
    credits nothing twice. Where all that is invoiced is there, nothing is done. Because: `UNKNOWN_INVOICE`.
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        known = _invoices(world, shipment)
        document = world.document(shipment_key(shipment))
        order = world.document(order_key(document.order)) if document else None
        if not known or document is None or order is None:
            return Refused((Reason(InvoiceCode.UNKNOWN_INVOICE, shipment),))
        here = tuple([line_account(each, shipment) for each in IN_HAND])
        held = Counter({line.id: world.balance(order.unit(line.id), here) for line in order.lines})
        there = [each for one in known for each in one.pieces()]
        gone = _counted(there) - held
        back = Back(note, reason, local_date(catalog, document.node, now), _first(there, gone), [])
        guards = tuple([Between(order.unit(line), here, held[line], held[line]) for line in gone])
        return Accepted(_credited(world, policy, known, back), (), guards)

    return Request(f"credit/{shipment}/{identifier(note, 'note')}", (("reason", reason),), decide)


def _counted(pieces: Iterable[Pieces]) -> Counter[str]:
    """Return how many pieces there are of each line."""
    found = Counter[str]()
    for each in pieces:
        found[each.line] += each.quantity
    return found


def _credited(world: State, policy: InvoicePolicy, known: Iterable[Known], back: Back) -> tuple[Issued, ...]:
    """Return a credit note of each invoice that something is taken of, one number after the other."""
    found = list[Issued]()
    for one in known:
        taken = _within(one.pieces(), back.pieces)
        charges = [charge for charge in one.charges() if charge in back.charges]
        if taken or charges:
            series = next_number(world, policy, one.invoice.registration, back.date)
            before = [each.series for each in found if each.series.key == series.key]
            series = before[-1].following() if before else series
            found.append(_after(one.invoice, _note(one, back, taken, charges), series))
    return tuple(found)


def _note(one: Known, back: Back, taken: list[Pieces], charges: list[str]) -> Invoice:
    """Return the credit note of pieces and charges of an invoice; no number is given yet."""
    known, before = one.invoice, [paper.tax for paper in one.later]
    id = f"{known.id}/{back.note}"
    return Invoice(
        id=id,
        role=PaperKind.CREDIT_NOTE,
        number="-",
        registration=known.registration,
        shipment=known.shipment,
        order=known.order,
        tax=reversed_(
            known.tax, id, tax_date=back.date, quantities=_parted(one.pieces(), taken, charges), before=before
        ),
        pieces=tuple(taken),
        charges=tuple(charges),
        of=known.number,
        reason=back.reason,
    )


def settle_tax(invoice: str, answer: TaxAnswer, *, policy: InvoicePolicy) -> Request[Catalog]:
    """Ask to put on record what an engine says at last of an invoice with provisional tax: a paper of the difference.

    The invoice is named by its id, which is the shipment's for the first. Because: `UNKNOWN_INVOICE`,
    `NOT_PROVISIONAL`. Where both say the same, the paper says nothing is owed.
    """
    id = f"{identifier(invoice, 'invoice')}/tax"

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        known = world.document(invoice_key(invoice))
        document = world.document(shipment_key(known.shipment)) if known else None
        if known is None or document is None:
            return Refused((Reason(InvoiceCode.UNKNOWN_INVOICE, invoice),))
        if not known.tax.provisional or answer.provisional:
            return Refused((Reason(InvoiceCode.NOT_PROVISIONAL, invoice),))
        paper = Invoice(
            id=id,
            role=PaperKind.TRUE_UP,
            number="-",
            registration=known.registration,
            shipment=known.shipment,
            order=known.order,
            tax=_difference(Known(known, _later(world, known)), answer),
            of=known.number,
        )
        series = next_number(world, policy, known.registration, local_date(catalog, document.node, now))
        return Accepted((_after(known, paper, series),), answer.because)

    return Request(f"true-up/{invoice}", (("gross_minor", answer.gross_minor),), decide)


def _difference(one: Known, answer: TaxAnswer) -> TaxAnswer:
    """Return what an answer adds to the provisional one; what was credited meanwhile is credited of it as well."""
    known, notes = one.invoice, [paper for paper in one.later if paper.role is PaperKind.CREDIT_NOTE]
    credited = list[TaxAnswer]()
    for number, note in enumerate(notes):
        there = _left_of(known, notes[:number])
        back = _parted(there, _within(there, note.pieces), note.charges)
        credited.append(reversed_(answer, note.id, tax_date=note.tax.tax_date, quantities=back, before=tuple(credited)))
    return true_up(
        attrs.evolve(known.tax, lines=left(known.tax, [paper.tax for paper in one.later])),
        attrs.evolve(answer, lines=left(answer, credited)),
    )


def _after(known: Invoice, paper: Invoice, series: Series) -> Issued:
    """Return that a paper comes after an invoice, under the number given."""
    invoice = attrs.evolve(known, revision=known.revision + 1, notes=(*known.notes, paper.id))
    return Issued(paper=attrs.evolve(paper, number=series.number), series=series, invoice=invoice)


def _invoices(world: State, shipment: str) -> list[Known]:
    """Return the invoices of a shipment, the first one first."""
    document = world.document(shipment_key(shipment))
    listed = world.document(invoices_key(document.order)) if document else None
    found = [world.document(invoice_key(id)) for id in (listed.shipments if listed else ())]
    return [Known(each, _later(world, each)) for each in found if each is not None and each.shipment == shipment]


def _later(world: State, known: Invoice) -> list[Invoice]:
    found = [world.document(invoice_key(note)) for note in known.notes]
    return [paper for paper in found if paper is not None]


# Pieces


def _without(pieces: Iterable[Pieces], gone: Iterable[Pieces]) -> list[Pieces]:
    """Return pieces less those that are gone, whichever of them are there.

    >>> [each[:3] for each in _without([Pieces("1", 0, 5, 90)], [Pieces("1", 1, 2), Pieces("2", 0, 9)])]
    [('1', 0, 1), ('1', 2, 5)]
    """
    there = list(pieces)
    for other in gone:
        there = [part for each in there for part in _cut(each, other) if part.quantity > 0]
    return there


def _cut(each: Pieces, other: Pieces) -> tuple[Pieces, ...]:
    if each.line != other.line:
        return (each,)
    before = each._replace(stop=min(each.stop, max(each.start, other.start)))
    return before, each._replace(start=max(each.start, min(each.stop, other.stop)))


def _within(pieces: Sequence[Pieces], named: Iterable[Pieces]) -> list[Pieces]:
    """Return those of some pieces that are named, with what was fixed of each."""
    return _without(pieces, _without(pieces, named))


def _first(pieces: Iterable[Pieces], quantities: Mapping[str, int]) -> list[Pieces]:
    """Return the first so many pieces of each line, or as many as there are.

    >>> [each[:3] for each in _first([Pieces("1", 0, 2), Pieces("1", 5, 9)], {"1": 3})]
    [('1', 0, 2), ('1', 5, 6)]
    """
    owed, found = dict(quantities), list[Pieces]()
    for each in pieces:
        part = each._replace(stop=min(each.stop, each.start + owed.get(each.line, 0)))
        if part.quantity:
            owed[each.line] -= part.quantity
            found.append(part)
    return found


def _left_of(known: Invoice, later: Iterable[Invoice]) -> list[Pieces]:
    """Return the pieces of an invoice that no later paper has credited."""
    notes = [paper for paper in later if paper.role is PaperKind.CREDIT_NOTE]
    return _without(known.pieces, [each for note in notes for each in note.pieces])


def _parted(
    there: Iterable[Pieces], taken: Sequence[Pieces], charges: Iterable[str]
) -> dict[str, int | Sequence[AlikePieces]]:
    """Return by line the pieces that are left, in order, as those that are taken and those that stay; and charges."""
    stay = _without(there, taken)
    rows = [*[(each, True) for each in taken], *[(each, False) for each in stay]]
    found: dict[str, list[AlikePieces]] = {each.line: [] for each in taken}
    for each, is_taken in sorted(rows):
        if each.line in found:
            found[each.line].append(AlikePieces(each.quantity, is_taken, each.base_minor, each.funded_minor))
    return {**found, **{charge_line(charge): 1 for charge in charges}}
