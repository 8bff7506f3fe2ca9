"""What must hold of orders that are collected, and of what nodes reject."""

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ...fulfillment import (
    Allocated,
    Attempts,
    Collected,
    Collection,
    PutDown,
    Rejected,
    RejectionReason,
    Shipment,
    attempts_key,
    collection_key,
    shipment_key,
)
from ...inventory import CUSTOMER, GoodsState
from ...ledger import Movement
from ...orders import LineState, Order, line_account, order_key
from ..view import Invariant, View

__all__ = ["PICKUP_RULES"]

APART: Mapping[RejectionReason, str] = MappingProxyType(
    {
        RejectionReason.BUSY: GoodsState.SELLABLE,
        RejectionReason.NOT_FOUND: GoodsState.QUARANTINE,
        RejectionReason.DAMAGED: GoodsState.DAMAGED,
    }
)


def _what_waits_is_due(view: View) -> Iterator[str]:
    """An entry that a later step implied is of pieces that were handed over at once: that step is looked at next."""
    is_implied = view.entry is not None and bool(view.entry.cause)
    refs = {
        account.ref for changes in view.changes.values() for account in changes if account.state == LineState.READY
    } - {""}
    for id in sorted(refs):
        shipment, collection = view.documents.get(shipment_key(id)), view.documents.get(collection_key(id))
        order = view.documents.get(order_key(shipment.order)) if isinstance(shipment, Shipment) else None
        units = [order.unit(line.id) for line in order.lines] if isinstance(order, Order) else []
        held = [view.balance(unit, line_account(LineState.READY, id)) for unit in units]
        is_due = isinstance(collection, Collection) and collection.collect_by is not None
        if any(held) != is_due and not (is_implied and not is_due):
            yield f"{sum(held)} pieces of {id} wait, and {'somebody' if is_due else 'nobody'} is to put them back"


def _collected_goods_are_the_customers(view: View) -> Iterator[str]:
    events = [event for event in view.entry.events if isinstance(event, Collected)] if view.entry else []
    for event in events:
        told = Counter[str]()
        for _, sku, quantity in event.lines:
            told[f"sku:{sku}"] += quantity
        moves = view.entry.movements if view.entry else ()
        if (given := _moved(moves, event.node, CUSTOMER.place)) != told:
            yield f"{dict(told)} were collected of {event.shipment}, {dict(given)} were handed over"


def _moved(moves: tuple[Movement, ...], source: str, target: str) -> Counter[str]:
    found = Counter[str]()
    for quantity, unit, left, came in moves:
        if unit.startswith("sku:") and (left.place, came.place) == (source, target):
            found[unit] += quantity
    return found


def _rejections_are_kept(view: View) -> Iterator[str]:
    for event in [event for event in view.entry.events if isinstance(event, Rejected | PutDown)] if view.entry else ():
        told, apart = Counter[str](), Counter[str]()
        for _, sku, quantity in event.lines:
            told[f"sku:{sku}"] += quantity
        for quantity, unit, source, target in view.entry.movements if view.entry else ():
            if unit.startswith("sku:") and source.place == target.place == event.node:
                change = quantity * ((target.state == APART[event.reason]) - (source.state == APART[event.reason]))
                apart[unit] += change
        if +apart != told:
            yield f"{event.node} gave back {dict(told)} as {event.reason}, {dict(+apart)} are where that puts them"
        known = view.documents.get(attempts_key(event.order))
        kept = known.rejections if isinstance(known, Attempts) else ()
        if not any((each.shipment, each.reason) == (event.shipment, event.reason) for each in kept):
            yield f"nobody remembers that {event.node} gave {event.shipment} back"


def _who_has_not_is_not_asked(view: View) -> Iterator[str]:
    """A request asks no node for a SKU of an order that it did not find for it, or that was broken."""
    given = [event for event in view.entry.events if isinstance(event, Allocated)] if view.entry else []
    for event in given if view.is_request else ():
        gone = view.had_none.get((event.shipment.order, event.shipment.node), set())
        for sku in sorted(gone & {line.sku for line in event.lines}):
            yield f"{event.shipment.node} had no {sku} for {event.shipment.order}, and is asked again"


PICKUP_RULES: tuple[Invariant, ...] = (
    Invariant("P1 what waits to be collected is due some time, and nothing else", "step", _what_waits_is_due),
    Invariant("P2 what is collected is the customer's", "step", _collected_goods_are_the_customers),
    Invariant("P3 a rejection puts goods where its reason says, and is remembered", "step", _rejections_are_kept),
    Invariant("P4 who has not is not asked again", "step", _who_has_not_is_not_asked),
)
"""Of what is collected or rejected."""
