"""What follows for papers from what has happened to goods: what is in nobody's hands any more is credited.

Pieces leave a shipment when they come back, are lost, break in the hands of who packs them, or are put back on the
shelf. Which of them were invoiced is known when it is asked, and not from the entry: an invoice may be written later.
"""

from ..catalog import Catalog
from ..ledger import Entry, Request
from .credits import credit_absent
from .policy import InvoicePolicy
from .views import IN_HAND

__all__ = ["credits_of"]


def credits_of(entry: Entry, *, policy: InvoicePolicy) -> tuple[Request[Catalog], ...]:
    """Return what to ask because of an entry: a credit note for each shipment of which pieces are paid for no longer.

    Whoever follows the journal asks them; under their ids they may be asked again. Of a shipment that was never
    invoiced the answer is `UNKNOWN_INVOICE`, and nothing is amiss.
    """
    left = [
        move.source.ref
        for move in entry.movements
        if move.unit.startswith("line:") and move.source.state in IN_HAND and move.target.state not in IN_HAND
    ]
    note = entry.id.replace("/", ":")
    return tuple(
        [
            credit_absent(note, shipment=shipment, reason=entry.events[0].kind, policy=policy)
            for shipment in dict.fromkeys(filter(None, left))
        ]
    )
