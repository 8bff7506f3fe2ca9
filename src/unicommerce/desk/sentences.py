"""What each kind of event says of an order, in plain words: one table, and beside it what is silent, and why.

Every kind that the codec knows is in one of the two, and what is silent moves no line of an order; tests see to both.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Protocol, TypeVar

from ..fulfillment import (
    Allocated,
    Clearance,
    Cleared,
    Collected,
    Deallocated,
    Delivered,
    Diverted,
    Exhausted,
    Found,
    FulfillmentCode,
    Lost,
    Method,
    Notified,
    Packed,
    Picked,
    PutDown,
    Ready,
    Rejected,
    Reopened,
    Reshelved,
    SentBack,
    Shipped,
    ShortPicked,
    Unpacked,
    Withheld,
    method_of,
)
from ..ledger import Dated, Disagreed, Event
from ..marketplaces import Acknowledged, Answered, CalledOff, Relayed
from ..orders import Amended, Canceled, LineQuantity, Placed, Resumed, Revised, Suspended
from ..returns import Returned
from ..supply import Awaited, Forgone, Landed, Redated, spot
from .money import MONEY
from .saying import Said, Sentence, listed, of_kind, of_one

__all__ = ["SENTENCES", "SILENT", "said"]


CODES = frozenset([code.value for code in FulfillmentCode])
"""Reasons in events that an entry explains in its own."""


def said(event: Event, order: str) -> tuple[Said, ...]:
    """Return what an event says of an order by its id; nothing of another. A kind without a sentence says its name."""
    if (sentence := SENTENCES.get(event.kind)) is not None:
        return sentence(event, order)
    return () if event.kind in SILENT else _unknown(event, order)


def _unknown(event: Event, order: str) -> tuple[Said, ...]:
    moved = [unit.rpartition("/")[0] for _, unit, *_ in event.movements()]
    return (Said(f"{event.kind} happened"),) if f"line:{order}" in moved else ()


# The table


class _Step(Event, Protocol):
    """An event that moves pieces of a shipment."""

    @property
    def order(self) -> str: ...
    @property
    def shipment(self) -> str: ...
    @property
    def lines(self) -> tuple[LineQuantity, ...]: ...


class _StepAt(_Step, Protocol):
    """One that does so at a node."""

    @property
    def node(self) -> str: ...


S = TypeVar("S", bound=_Step)
N = TypeVar("N", bound=_StepAt)


def _step(kind: type[S], words: Callable[[S], str]) -> tuple[str, Sentence]:
    """Return a row of a step of pieces of a shipment: how it goes on after the pieces."""
    return of_one(kind, lambda e: e.order, lambda e: Said(f"{listed(e.lines)} {words(e)}", e.lines, "", e.shipment))


def _at(kind: type[N], words: Callable[[N], str]) -> tuple[str, Sentence]:
    """Return a row of such a step at a node."""
    return of_one(kind, lambda e: e.order, lambda e: Said(f"{listed(e.lines)} {words(e)}", e.lines, e.node, e.shipment))


def _opt(words: str, value: str) -> str:
    """Return words and a value, where there is one that an entry does not explain itself."""
    return f"{words}{value}" if value and value not in CODES else ""


def _placed(event: Placed) -> Said:
    how = _opt(" through ", event.order.channel) + _opt(", to be collected at ", event.order.collect_at)
    return Said(f"{listed(event.lines)} ordered{how}", event.lines)


def _given(words: str, event: Allocated | Deallocated) -> Said:
    shipment, method = event.shipment, method_of(event.shipment)
    way = f"{'made ready at' if method is Method.PICK_UP else 'sent from'} {shipment.node}"
    to = f" to {shipment.collect_at}" if method is Method.SHIP_TO_STORE else ""
    return Said(f"{listed(event.lines)} {words} {way}{to}", event.lines, shipment.node, shipment.id)


def _shipped(event: Shipped) -> Said:
    return Said(f"{listed(event.lines)} left {event.node}", event.lines, event.node, event.shipment, event.tracking)


def _delivered(event: Delivered, order: str) -> Iterator[Said]:
    if event.order == order and event.lines:
        yield Said(f"{listed(event.lines)} delivered", event.lines, shipment=event.shipment)
    elif event.order == order and event.arrival:
        words = f"{event.shipment} arrived at {event.arrival.node}, not ready yet"
        yield Said(words, (), event.arrival.node, event.shipment)


def _order_of(shipment: str) -> str:
    return shipment.rpartition("/")[0]


def _notified(event: Notified) -> Said:
    shipment = event.notice.shipment
    return Said(f"customer told by {event.notice.how} that {shipment} waits", (), "", shipment)


def _diverted(event: Diverted) -> Said:
    detour = event.detour
    wanted = f"to be stopped: {detour.asked_by} wants that"
    words = {None: wanted, True: "on its way back", False: "not to be stopped"}[detour.comes_back]
    return Said(f"{detour.shipment} is {words}{_opt(': ', detour.reason)}", (), "", detour.shipment)


def _amended(event: Amended, order: str) -> Iterator[Said]:
    changes = (("ordered in addition", event.added), ("not wanted any more", event.removed))
    if event.order == order:
        yield from [Said(f"{listed(lines)} {words}", lines) for words, lines in changes if lines]
        if not (event.added or event.removed):
            yield Said("left as it was")


def _cleared(paper: Clearance) -> Said:
    return Said(f"{paper.paper} {paper.number} of {paper.shipment} is there", (), "", paper.shipment)


def _resumed(event: Resumed) -> Said:
    return Said(f"{listed(event.lines)} not held any more" if event.lines else "one hold less", event.lines)


def _waits(words: str, event: Awaited | Forgone, order: str) -> Iterator[Said]:
    for wait in dict.fromkeys([each.inbound for each in event.waits]):
        node, inbound = spot(wait)
        if pieces := _own(order, [each[:3] for each in event.waits if each.inbound == wait]):
            yield Said(f"{listed(pieces)} {words} {inbound or f'the rest at {node}'}", pieces, node)


def _own(order: str, refs: Iterable[tuple[str, str, int]]) -> tuple[LineQuantity, ...]:
    """Return the pieces (ref, SKU, quantity) that are of lines of an order."""
    of = f"line:{order}/"
    found = [(ref.removeprefix(of), sku, quantity) for ref, sku, quantity in refs if ref.startswith(of)]
    return tuple([LineQuantity(*each) for each in found if "/" not in each[0]])


def _redated(event: Redated, order: str) -> Iterator[Said]:
    if event.promise.order == order:
        yield Said(f"{'another' if event.after else 'no'} date for what comes with {event.inbound}")


def _landed(event: Landed, order: str) -> Iterator[Said]:
    if pieces := _own(order, [each[:3] for each in event.filled]):
        yield Said(f"{listed(pieces)} came in at {event.node}", pieces, event.node)


def _returned(event: Returned, order: str) -> Iterator[Said]:
    if event.document.order == order:
        lines = [LineQuantity(line, sku, quantity) for line, sku, quantity, _ in event.lines]
        beyond = [LineQuantity("", sku, quantity) for sku, quantity in event.blind]
        pieces, node = (*lines, *beyond), event.document.node
        yield Said(f"{listed(pieces)} came back to {node}", pieces, node)


def _disagreed(event: Disagreed, order: str) -> Iterator[Said]:
    shipment = event.entry.rpartition("/")[0]
    if _order_of(shipment) == order:
        words = f"{event.entry} was told with another {event.field}: {event.told}, and {event.known} is on record"
        yield Said(words, (), "", shipment)


def _dated(event: Dated, order: str) -> Iterator[Said]:
    shipment, said = event.entry.rpartition("/")[0], dict(event.said)
    if said and _order_of(shipment) == order:
        yield Said(f"more is known of {event.entry}", (), "", shipment, said.get("tracking", ""))


def _answered(answers: Iterable[Answered]) -> str:
    return ", ".join([f"{quantity} of line {line} {target.replace('_', ' ')}" for line, quantity, _, target in answers])


SENTENCES: Mapping[str, Sentence] = MappingProxyType(
    dict(
        [
            of_one(Relayed, lambda event: event.document.order, lambda event: Said(f"told by {event.document.market}")),
            of_one(
                Acknowledged,
                lambda event: event.order,
                lambda event: Said(f"{event.market} is told: {_answered(event.answers)}{_opt(', ', event.reason)}"),
            ),
            of_one(
                CalledOff,
                lambda event: event.order,
                lambda event: Said(f"{_answered(event.answers) or 'canceled'}{_opt(' by the ', event.by)}"),
            ),
            of_one(Placed, lambda event: event.order.id, _placed),
            of_kind(Amended, _amended),
            of_one(
                Suspended, lambda event: event.order, lambda event: Said(f"{listed(event.lines)} held", event.lines)
            ),
            of_one(Resumed, lambda event: event.order, _resumed),
            of_one(
                Revised,
                lambda event: event.order.id,
                lambda _: Said("revised: address, service, prices, lines or tender"),
            ),
            of_one(
                Cleared,
                lambda event: _order_of(event.clearance.shipment),
                lambda event: Said(
                    f"{event.clearance.paper} {event.clearance.number} of {event.clearance.shipment} is there"
                ),
            ),
            of_one(
                Canceled,
                lambda event: event.order,
                lambda event: Said(f"{listed(event.lines)} canceled{_opt(': ', event.reason)}", event.lines),
            ),
            of_kind(Awaited, lambda event, order: _waits("wait for", event, order)),
            of_kind(Forgone, lambda event, order: _waits("do not wait any more for", event, order)),
            of_kind(Redated, _redated),
            of_kind(Landed, _landed),
            of_one(Allocated, lambda event: event.shipment.order, lambda event: _given("to be", event)),
            of_one(Deallocated, lambda event: event.shipment.order, lambda event: _given("not any more to be", event)),
            _at(Rejected, lambda event: f"rejected by {event.node}: {event.reason.replace('_', ' ')}"),
            of_one(
                Exhausted, lambda event: event.attempts.order, lambda _: Said("turned down too often to be tried again")
            ),
            _at(Picked, lambda _: "picked"),
            _at(ShortPicked, lambda event: f"not found at {event.node}"),
            _step(Packed, lambda _: "packed"),
            _step(Unpacked, lambda event: f"unpacked{_opt(': ', event.reason)}"),
            of_one(Shipped, lambda event: event.order, _shipped),
            of_kind(Delivered, _delivered),
            _at(Ready, lambda event: f"ready to be collected at {event.node}"),
            _at(Withheld, lambda event: f"not ready after all at {event.node}{_opt(': ', event.reason)}"),
            of_one(Notified, lambda event: _order_of(event.notice.shipment), _notified),
            _at(
                Collected,
                lambda e: f"collected at {e.node}{_opt(' by ', e.by)}{_opt(', checked by ', e.checked_by)}",
            ),
            _at(Reshelved, lambda event: f"put back on the shelf of {event.node}{_opt(': ', event.reason)}"),
            _at(PutDown, lambda event: f"given back by {event.node}: {event.reason.replace('_', ' ')}"),
            _step(Lost, lambda _: "lost on the way"),
            _at(Found, lambda _: "found"),
            _at(SentBack, lambda event: f"came back to {event.node}{_opt(': ', event.reason)}"),
            _step(Reopened, lambda _: "to be sent again"),
            of_one(Diverted, lambda event: _order_of(event.detour.shipment), _diverted),
            of_kind(Returned, _returned),
            of_kind(Disagreed, _disagreed),
            of_kind(Dated, _dated),
            *MONEY,
        ]
    )
)
"""What an event says of an order, by its `kind`."""

_STOCK = "moves goods that are nobody's yet; what it means for an order is said by what follows from it"
_CLAIM = "goes with an event of the same entry that says it of the order's lines"
_TILL = "a sale at a till is no order"

SILENT: Mapping[str, str] = MappingProxyType(
    {
        "bundles.assembled": _STOCK,
        "bundles.disassembled": _STOCK,
        "catalog.network_revised": "master data",
        "counts.counted": _STOCK,
        "counts.reconciled": _STOCK,
        "counts.regraded": _STOCK,
        "finance.posted": "the books of the retailer, not the customer's money",
        "fulfillment.named": "which lots a node takes changes nothing of what the customer gets",
        "inventory.adjusted": _STOCK,
        "inventory.claimed": _CLAIM,
        "inventory.confirmed": "a basket is no order yet",
        "inventory.extended": "a basket is no order yet",
        "inventory.received": _STOCK,
        "inventory.released": _CLAIM,
        "lots.claimed": "a claim by name is no order",
        "lots.handed_back": _STOCK,
        "lots.recalled": _STOCK,
        "lots.released": "a claim by name is no order",
        "lots.withdrawn": _STOCK,
        "marketplaces.fulfilled": "a marketplace's own order, sent by its own center",
        "payments.card_filled": "a gift card is no order",
        "payments.settled": "between a marketplace and us",
        "returns.disposed": "what becomes of goods that came back concerns the shelf",
        "returns.graded": "what becomes of goods that came back concerns the shelf",
        "returns.restocked": "what becomes of goods that came back concerns the shelf",
        "supply.expected": _STOCK,
        "supply.lost": _STOCK,
        "supply.overdue": "an order that waits for it is given another date, which is said",
        "tills.brought_back": _TILL,
        "tills.entitled": _TILL,
        "tills.forfeited": _TILL,
        "tills.given_back": _TILL,
        "tills.opened": _TILL,
        "tills.recovered": _TILL,
        "tills.sold": _TILL,
        "tills.voided": _TILL,
    }
)
"""Why an event says nothing of an order, by its `kind`."""
