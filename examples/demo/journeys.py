"""What became of what nodes were given, and of what the marketplace wants by when, event by event of the journal.

A shipment has a promise, moments, and an end for each of its pieces; what was turned down has the shipments that were
given it next; a clock has the moment at which what it asks for was done.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from unicommerce.fulfillment import (
    Allocated,
    Collected,
    Deallocated,
    Delivered,
    Ready,
    Rejected,
    Reshelved,
    Shipment,
    Shipped,
    ShortPicked,
)
from unicommerce.ledger import Entry, Event
from unicommerce.marketplaces import Acknowledged, MarketOrder, Relayed
from unicommerce.orders import LineQuantity

Ending = Delivered | Collected | Reshelved | ShortPicked | Rejected
ENDS: Mapping[str, str] = {
    Delivered.kind: "delivered",
    Collected.kind: "collected",
    Reshelved.kind: "put back",
    Deallocated.kind: "taken back",
    ShortPicked.kind: "not found",
    Rejected.kind: "turned down",
}
"""How pieces that a node was given may end, by what says so."""


@dataclass
class Sent:
    """A shipment: the promise, when it left and when the customer could have it (ms UTC), and how its pieces ended."""

    shipment: Shipment
    pieces: int
    shipped_at: int = 0
    there_at: int = 0
    ends: Counter[str] = field(default_factory=Counter)


class Turned(NamedTuple):
    """A node turned down pieces of a shipment; `then` are the shipments that were given these lines next."""

    at: int
    order: str
    shipment: str
    node: str
    reason: str
    lines: tuple[LineQuantity, ...]
    then: list[str]


class Clocked(NamedTuple):
    """An order of the marketplace, and when what each of its clocks asks for was done last (ms UTC)."""

    order: MarketOrder
    done: dict[str, int]


@dataclass
class Journeys:
    """All of them, as far as the journal was read."""

    sent: dict[str, Sent] = field(default_factory=dict)
    parcels: Counter[str] = field(default_factory=Counter)
    first_parcels: Counter[str] = field(default_factory=Counter)
    shipped: Counter[str] = field(default_factory=Counter)
    collected: Counter[str] = field(default_factory=Counter)
    short_lines: Counter[str] = field(default_factory=Counter)
    short_orders: Counter[str] = field(default_factory=Counter)
    turned_down: list[Turned] = field(default_factory=list)
    market: dict[str, Clocked] = field(default_factory=dict)

    def follow(self, entry: Entry, event: Event) -> None:
        """Follow an event of an entry."""
        if isinstance(event, Allocated):
            self._given(event, is_first=entry.id.endswith(("/placed", "/released")) or entry.id.startswith("rma/"))
        elif isinstance(event, Shipped):
            self.sent[event.shipment].shipped_at = entry.occurred_at
            self.shipped[event.node] += pieces(event.lines)
        elif isinstance(event, ShortPicked):
            self.short_lines[event.node] += len(event.lines)
            self.short_orders[event.order] += 1
        elif isinstance(event, Rejected):
            turned = Turned(
                entry.occurred_at, event.order, event.shipment, event.node, event.reason.value, event.lines, []
            )
            self.turned_down.append(turned)
        elif isinstance(event, Collected):
            self.collected[event.node] += pieces(event.lines)
        if isinstance(event, Ready) or (isinstance(event, Delivered) and event.lines):
            self.sent[event.shipment].there_at = entry.occurred_at
        if isinstance(event, Ending | Deallocated):
            shipment = event.shipment.id if isinstance(event, Deallocated) else event.shipment
            self.sent[shipment].ends[ENDS[event.kind]] += pieces(event.lines)
        self._clock(entry, event)

    def _given(self, event: Allocated, *, is_first: bool) -> None:
        shipment = event.shipment
        self.sent.setdefault(shipment.id, Sent(shipment, 0)).pieces += pieces(event.lines)
        self.parcels[shipment.order] += 1
        self.first_parcels[shipment.order] += is_first
        lines = {line for line, *_ in event.lines}
        for turned in self.turned_down:
            if turned.order == shipment.order and not lines.isdisjoint(line for line, *_ in turned.lines):
                turned.then.append(shipment.id)

    def _clock(self, entry: Entry, event: Event) -> None:
        """Note what a clock asks for; an answer or a confirmation counts from when it is on record."""
        if isinstance(event, Relayed):
            self.market[event.document.order] = Clocked(event.document, {})
        elif isinstance(event, Acknowledged | Shipped | Delivered) and event.order in self.market:
            clock, at = {
                Acknowledged.kind: ("acknowledge_by", entry.recorded_at),
                Shipped.kind: ("ship_by", entry.recorded_at),
                Delivered.kind: ("deliver_by", entry.occurred_at),
            }[event.kind]
            self.market[event.order].done[clock] = at


def pieces(lines: tuple[LineQuantity, ...]) -> int:
    """Return how many pieces lines have together."""
    return sum(quantity for _, _, quantity in lines)
