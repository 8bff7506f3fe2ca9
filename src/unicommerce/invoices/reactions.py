"""What follows for papers from what happens to goods: what came late is invoiced, what nobody has any more is credited.

Pieces come to a shipment after its invoice when more of it is picked, or found again. They leave it when they come
back, are lost, break in the hands of who packs them, or are put back on the shelf. Which of them are on papers is known
when it is asked, and not from the entry: an invoice may be written later.
"""

from ..catalog import Catalog
from ..ledger import Entry, Movement, Request
from .credits import credit_absent
from .decisions import invoice_late
from .policy import InvoicePolicy
from .views import IN_HAND

__all__ = ["credits_of", "late_invoices_of"]


def credits_of(entry: Entry, *, policy: InvoicePolicy) -> tuple[Request[Catalog], ...]:
    """Return what to ask because of an entry: a credit note for each shipment of which pieces are paid for no longer.

    Whoever follows the journal asks them; under their ids they may be asked again. Of a shipment that was never
    invoiced the answer is `UNKNOWN_INVOICE`, and nothing is amiss.
    """
    left = [move.source.ref for move in _lines(entry) if _is_in_hand(move) == (True, False)]
    return tuple(
        [
            credit_absent(_note(entry), shipment=shipment, reason=entry.events[0].kind, policy=policy)
            for shipment in dict.fromkeys(filter(None, left))
        ]
    )


def late_invoices_of(entry: Entry, *, policy: InvoicePolicy) -> tuple[Request[Catalog], ...]:
    """Return what to ask because of an entry: an invoice for each shipment to which pieces have come.

    It is asked as `credits_of` is. Where the first invoice is not written yet, which is for all that has come by then,
    the answer is `UNKNOWN_INVOICE`; where it was written meanwhile, `NOTHING`.
    """
    came: dict[str, dict[str, int]] = {}
    for move in [move for move in _lines(entry) if _is_in_hand(move) == (False, True) and move.target.ref]:
        own, line = came.setdefault(move.target.ref, {}), move.unit.rpartition("/")[2]
        own[line] = own.get(line, 0) + move.quantity
    return tuple(
        [
            invoice_late(_note(entry), shipment=shipment, quantities=quantities, policy=policy)
            for shipment, quantities in came.items()
        ]
    )


def _lines(entry: Entry) -> list[Movement]:
    return [move for move in entry.movements if move.unit.startswith("line:")]


def _is_in_hand(move: Movement) -> tuple[bool, bool]:
    """Tell whether pieces were in somebody's hands for a shipment before, and whether they are after."""
    return move.source.state in IN_HAND, move.target.state in IN_HAND


def _note(entry: Entry) -> str:
    return entry.id.replace("/", ":")
