"""What follows for papers from what has happened to goods: what came back, was lost or never left is credited."""

from collections.abc import Callable, Iterable, Mapping

from ..catalog import Catalog
from ..fulfillment import Lost, Reshelved, SentBack
from ..ledger import Entry, Event, Request
from ..returns import Returned
from .decisions import credit
from .policy import InvoicePolicy

__all__ = ["credits_of"]

Pieces = Iterable[tuple[str, str, int]]
"""Shipments, lines and pieces."""


def credits_of(entry: Entry, *, policy: InvoicePolicy) -> tuple[Request[Catalog], ...]:
    """Return what to ask because of an entry: a credit note for each shipment of which pieces are paid for no longer.

    Whoever follows the journal asks them; under their ids they may be asked again. Of a shipment that was never
    invoiced the answer is `UNKNOWN_INVOICE`, and nothing is amiss.
    """
    by_shipment: dict[str, dict[str, int]] = {}
    for event in entry.events:
        for shipment, line, quantity in _RULES.get(event.kind, _nothing)(event):
            lines = by_shipment.setdefault(shipment, {})
            lines[line] = lines.get(line, 0) + quantity
    note = entry.id.replace("/", ":")
    return tuple(
        [
            credit(note, shipment=shipment, quantities=lines, reason=entry.events[0].kind, policy=policy)
            for shipment, lines in by_shipment.items()
        ]
    )


def _nothing(_event: Event) -> Pieces:
    return ()


def _returned(event: Event) -> Pieces:
    assert isinstance(event, Returned)
    return [(shipment, line, quantity) for line, _, quantity, shipment in event.lines]


def _back(event: Event) -> Pieces:
    assert isinstance(event, SentBack | Lost | Reshelved)
    return [(event.shipment, line, quantity) for line, _, quantity in event.lines]


_RULES: Mapping[str, Callable[[Event], Pieces]] = {
    Returned.kind: _returned,
    SentBack.kind: _back,
    Lost.kind: _back,
    Reshelved.kind: _back,
}
"""Which events end that pieces are paid for."""
