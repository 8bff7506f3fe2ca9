"""What must hold of parcels that were lost, found, or sent back, and of pieces that broke in the hands of a node."""

from collections import Counter
from collections.abc import Iterator

from ...fulfillment import Found, Lost, SentBack, Shipment, missing_from, shipment_key
from ...ledger import Account, Movement
from ...orders import LineState, line_account, line_unit
from ...values import Unit
from ..view import Invariant, View

__all__ = ["PARCEL_RULES"]

Pieces = dict[Unit, int]


def _goods_follow_what_is_said(view: View) -> Iterator[str]:
    """A parcel's goods come from the way, or from the loss, and go where the event says, as many as its lines."""
    moves = view.entry.movements if view.entry else ()
    for event in view.entry.events if view.entry else ():
        if isinstance(event, Lost):
            gone = _moved(moves, f"transit:{event.shipment}", None, Account("loss", "lost"))
        elif isinstance(event, SentBack):
            gone = _moved(moves, f"transit:{event.shipment}", None, Account(event.node, event.condition))
        elif isinstance(event, Found):
            gone = _moved(moves, "loss", f"{event.shipment}/", Account(event.node, "sellable"))
        else:
            continue
        said = Counter[Unit]()
        for _, sku, quantity in event.lines:
            said[Unit(f"sku:{sku}")] += quantity
        if gone != said:
            yield f"{dict(said)} of {event.shipment}: {event.kind}, {dict(gone)} went there"


def _moved(moves: tuple[Movement, ...], place: str, ref: str | None, target: Account) -> Counter[Unit]:
    found = Counter[Unit]()
    for quantity, unit, source, into in moves:
        is_from = source.place == place and source.ref.startswith(ref or "")
        if unit.startswith("sku:") and is_from and (into.place, into.state) == (target.place, target.state):
            found[unit] += quantity
    return found


def _what_is_lost_is_booked_once(view: View) -> Iterator[str]:
    """Of a line no more is lost than is missing, and never less than nothing."""
    for shipment, line, order, sku in _touched(view):
        missing = view.balance(Unit(f"sku:{sku}"), missing_from(shipment, line))
        still = view.balance(line_unit(order, line), line_account(LineState.LOST, shipment))
        if not 0 <= still <= missing:
            yield f"{still} of line {line} of {shipment} are lost, {missing} {sku} are missing"


def _touched(view: View) -> Iterator[tuple[str, str, str, str]]:
    for event in view.entry.events if view.entry else ():
        if isinstance(event, Lost | Found):
            for line, sku, _ in event.lines:
                yield event.shipment, line, event.order, sku


def _parcels_are_where_they_are(view: View) -> Iterator[str]:
    """What is on record of a parcel that went astray is where it really came to."""
    back = Counter[tuple[str, str]]()
    skus: dict[tuple[str, str], str] = {}
    for _, entry in view.journal:
        for event in [each for each in entry.events if isinstance(each, SentBack | Lost)]:
            for line, sku, quantity in event.lines:
                back[event.shipment, line] += quantity * isinstance(event, SentBack)
                skus[event.shipment, line] = sku
    for shipment, there in view.parcels.items():
        order, known = shipment.rpartition("/")[0], view.documents.get(shipment_key(shipment))
        is_to_store = isinstance(known, Shipment) and bool(known.collect_at)
        for line in dict.fromkeys(line for pieces in there.values() for line in pieces):
            unit, sku = line_unit(order, line), skus.get((shipment, line), "")
            book = {
                "lost": view.balance(Unit(f"sku:{sku}"), missing_from(shipment, line)),
                "back": back[shipment, line],
                "customer": view.balance(unit, line_account(LineState.DELIVERED, shipment)),
            }
            if is_to_store:  # nobody may come for it
                del book["customer"]
            for where, pieces in book.items():
                if pieces != (really := there.get(where, {}).get(line, 0)):
                    yield f"{really} of line {line} of {shipment} are {where}, the book says {pieces}"


def _what_is_owed_was_asked(view: View) -> Iterator[str]:
    for shipment, position in view.owed.items():
        if view.answered.get(shipment, 0) < position:
            yield f"something of {shipment} was lost or came back, and nobody has asked what is owed"


PARCEL_RULES: tuple[Invariant, ...] = (
    Invariant("W1 what is lost, found or sent back is so, with its goods", "step", _goods_follow_what_is_said),
    Invariant("W2 what is lost is booked once", "step", _what_is_lost_is_booked_once),
    Invariant("W3 a parcel is on record where it really came to", "end", _parcels_are_where_they_are),
    Invariant("W5 what is owed was asked", "end", _what_is_owed_was_asked),
)
"""Of parcels."""
