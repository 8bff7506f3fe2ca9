"""Requests for invoices: of a shipment before it leaves, and of what came to it later; what follows is in `credits`.

Each takes the next number of its series in the same entry, guarded by the document that has it: no gap, none twice.
"""

from collections.abc import Callable, Mapping

from ..catalog import Catalog
from ..errors import InvalidValue
from ..fulfillment import Clearance, clearance_key, shipment_key
from ..ledger import Accepted, Decision, Reason, Refused, Request, State
from ..orders import order_key
from ..tax import TaxAnswer, TaxedLine, TaxLine, TaxRequest
from ..values import identifier, pieces
from .codes import InvoiceCode
from .documents import Invoice, InvoiceList, invoice_key, invoices_key
from .events import Issued
from .policy import InvoicePolicy
from .views import Case, Late, asked_for, next_number, uninvoiced

__all__ = ["invoice", "invoice_late"]

PAPER = "invoice"
"""What the paper is called without which fulfillment's policy may refuse to ship."""


def invoice(shipment: str, *, policy: InvoicePolicy, answer: TaxAnswer | None = None) -> Request[Catalog]:
    """Ask to invoice the pieces of a shipment that a node has in hand; the shipment is cleared by it.

    The engine of the policy says what the tax is, or has said so (`answer`, to what `tax_request` asks). Charges of the
    order are on its first invoice. Because: `UNKNOWN_SHIPMENT`, `INVOICED`, `NOTHING`, `NO_PLACE`, `OUTDATED`
    (other pieces are due than the answer is for), and what the engine says.
    """
    case = (("shipment", shipment),)
    return Request(f"invoice/{identifier(shipment, 'shipment')}", case, _invoicing(shipment, policy, answer))


def invoice_late(
    note: str,
    *,
    shipment: str,
    quantities: Mapping[str, int],
    policy: InvoicePolicy,
    answer: TaxAnswer | None = None,
) -> Request[Catalog]:
    """Ask to invoice what came to a shipment after its invoice: a further one, of pieces by line and of its own date.

    It is for at most so many, and for no more than the shipment has beyond what its papers are for: asked again, or for
    what has left again meanwhile, it invoices nothing twice. Because: as `invoice`, and `UNKNOWN_INVOICE` where the
    first is not there yet, which is for all that has come by then.
    """
    wanted = pieces(quantities, "line")
    late = Late(identifier(note, "note"), dict(wanted))
    id = f"invoice/{late.paper(identifier(shipment, 'shipment'))}"
    return Request(id, (("quantities", wanted),), _invoicing(shipment, policy, answer, late))


def _invoicing(
    shipment: str, policy: InvoicePolicy, answer: TaxAnswer | None, late: Late | None = None
) -> Callable[[State, Catalog, int], Decision]:
    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(shipment_key(shipment))
        order = world.document(order_key(document.order)) if document else None
        known = world.document(invoice_key(shipment))
        if document is None or order is None:
            return Refused((Reason(InvoiceCode.UNKNOWN_SHIPMENT, shipment),))
        case = Case(catalog, policy, document, order)
        due = uninvoiced(world, document, order, late)
        request = asked_for(case, due, now)
        series = next_number(world, policy, policy.registration(document.node), case.date(now))
        listed = world.document(invoices_key(order.id))
        cleared = world.document(clearance_key(shipment, PAPER))
        if (known is None) is not (late is None):
            unknown = Reason(InvoiceCode.UNKNOWN_INVOICE, shipment)
            return Refused((Reason(InvoiceCode.INVOICED, shipment, known.number) if known else unknown,))
        if not due.pieces:
            return Refused((Reason(InvoiceCode.NOTHING, shipment),))
        if request is None:
            return Refused((Reason(InvoiceCode.NO_PLACE, document.node),))
        found = policy.engine(request) if answer is None else _fitting(answer, request)
        if isinstance(found, Refused):
            return found
        paper = Invoice(
            id=due.paper,
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
            listed=InvoiceList(order=order.id, shipments=(*(listed.shipments if listed else ()), paper.id)),
            clearance=clearance if cleared is None else None,
        )
        return Accepted((event,), found.because)

    return decide


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
