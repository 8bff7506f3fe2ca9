"""Requests about pieces that a node has in hand: unpack, withhold, ship, collect with a check, put back.

What people undo is asked and not told, because it may be too late for it. What left, or who
came for it, may be told as a fact as well (`shipped`, `collected`): both go by one id, and the second is a repeat.
"""

from collections.abc import Callable

from ..catalog import moment_text
from ..ledger import Accepted, Decision, Event, Reason, Refused, Request, State, Supposed
from ..orders import Canceled, LineQuantity, LineState, Order, order_key
from ..values import Money
from .again import as_decided
from .clearing import why_not
from .codes import FulfillmentCode
from .documents import Collection, collection_key, notice_key, shipment_key
from .handing_over import handed_over
from .handover_events import Reshelved, Unpacked, Withheld
from .messages import (
    Pieces,
    Told,
    checked,
    collection_of,
    counter,
    lines_of,
    lots_in_hand,
    standing_at,
    together_at,
)
from .methods import Method, method_of
from .openings import released
from .picks import Case
from .policy import FulfillmentPolicy
from .tellings import leaving

__all__ = ["collect", "put_back", "ship", "unpack", "withhold"]

TO_SHIP = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED, LineState.READY)
"""Where pieces of a shipment stand that can leave."""


def unpack(shipment: str, pieces: Pieces, *, id: str, reason: str = "") -> Request[object]:
    """Ask to take pieces by line out of their parcel again. Because: `UNKNOWN_SHIPMENT`, `TOO_LATE`."""
    told = checked(pieces)

    def taken(case: Case) -> Decision:
        if late := _not_there(case, told, LineState.PACKED, FulfillmentCode.TOO_LATE):
            return Refused(late)
        lines = lines_of(case.order, dict(told))
        event = Unpacked(order=case.order.id, shipment=shipment, lines=lines, reason=reason)
        return Accepted((event,), (), as_decided(case.world, (event,)))

    return Request(f"{shipment}/unpacked/{id}", (("pieces", told), ("reason", reason)), _asked(shipment, taken))


def withhold(
    shipment: str, pieces: Pieces, *, packed: Pieces | None = None, id: str, reason: str = ""
) -> Request[object]:
    """Ask that pieces by line be not ready after all; those of them that were `packed` are so again.

    What had come from another node is under way again, until it is told once more that it is ready.
    Because: `UNKNOWN_SHIPMENT`, `TOO_LATE`.
    """
    told, boxed = checked(pieces), checked(packed or {})

    def taken(case: Case) -> Decision:
        if late := _not_there(case, told, LineState.READY, FulfillmentCode.TOO_LATE):
            return Refused(late)
        lines, node = lines_of(case.order, dict(told)), counter(case.document)
        had_arrived = method_of(case.document) is Method.SHIP_TO_STORE
        again = {line: min(quantity, dict(told).get(line, 0)) for line, quantity in boxed if not had_arrived}
        event = Withheld(
            order=case.order.id,
            shipment=shipment,
            node=node,
            lines=lines,
            packed=lines_of(case.order, again),
            arrived=had_arrived,
            collection=collection_of(case, _left(case, lines)),
            reason=reason,
            lots=lots_in_hand(case, lines, node) if had_arrived else (),
        )
        return Accepted((event,), (), as_decided(case.world, (event,)))

    asked = (("pieces", told), ("packed", boxed), ("reason", reason))
    return Request(f"{shipment}/withheld/{id}", asked, _asked(shipment, taken))


def ship(
    shipment: str,
    pieces: Pieces | None = None,
    *,
    tracking: str | None = None,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[object]:
    """Ask to let pieces by line (None: all that stand there) leave their node; that they were picked is implied.

    It records what `shipped` tells, where that may be. Because: `UNKNOWN_SHIPMENT`, `orders.HELD`, `NOT_CLEARED`,
    `OTHER_ADDRESS`, `NOT_THERE` (found and needed) refuse.
    """
    told = None if pieces is None else checked(pieces)

    def taken(case: Case) -> Decision:
        because = why_not(case.world, case.order, case.document, policy)
        there = together_at(case, TO_SHIP)
        short = [(case.order.unit(line), there.get(line, 0), q) for line, q in told or () if there.get(line, 0) < q]
        because += tuple([Reason(FulfillmentCode.NOT_THERE, *each) for each in short])
        if not any(there.values()):
            because += (Reason(FulfillmentCode.NOT_THERE, shipment, 0, "all"),)
        facts = leaving(case, told, tracking)
        events = tuple([event for fact in facts for event in fact.events])
        if because or not events:
            return Refused(because)
        whys = tuple([reason for fact in facts for reason in fact.because])
        return Accepted(events, whys, as_decided(case.world, events))

    asked = (("pieces", told), ("tracking", tracking))
    return Request(f"{shipment}/shipped", asked, _asked(shipment, taken))


def collect(
    shipment: str,
    pieces: Pieces | None = None,
    *,
    by: str,
    checked_by: str,
    code: str = "",
    part: str = "",
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[object]:
    """Ask to hand over pieces by line (None: all that wait), once it was checked who comes.

    By "code": it is the one of the last notice; any other way that the policy knows is taken at the word of whoever
    looked. What waits longer than it should is handed over too, as long as it is there. Of a shipment that is collected
    in parts, a `part` tells each apart. Because: `UNKNOWN_SHIPMENT`, `NOT_CHECKED`, `WRONG_CODE`, `NOT_READY`.
    """
    told = None if pieces is None else checked(pieces)

    def taken(case: Case) -> Decision:
        waiting = {line: q for line, q in standing_at(case, LineState.READY).items() if q > 0}
        wanted = tuple(waiting.items()) if told is None else told
        because = _unchecked(case, checked_by, code, policy) or _not_there(
            case, wanted, LineState.READY, FulfillmentCode.NOT_READY
        )
        if because or not wanted:
            return Refused(because or (Reason(FulfillmentCode.NOT_READY, shipment, 0, "all"),))
        event = handed_over(case, dict(wanted), by, checked_by)
        return Accepted((event,), (), as_decided(case.world, (event,)))

    asked = (("pieces", told), ("by", by), ("checked_by", checked_by))
    return Request(f"{shipment}/collected{part and '/'}{part}", asked, _asked(shipment, taken))


def put_back(collection: Collection) -> Request[object]:
    """Ask to put back what was not collected in time: goods to the shelf, lines canceled, a refund due.

    `collection` is the document that is due, so that each is asked once, whoever looks. Because: `UNKNOWN_SHIPMENT`,
    `NOT_WAITING`, `NOT_DUE`; `NOT_COLLECTED`, and `REFUND_DUE` for each line.
    """
    shipment = collection.shipment

    def taken(case: Case) -> Decision:
        known = case.world.document(collection_key(shipment))
        ready = standing_at(case, LineState.READY)
        if known is None or known.revision != collection.revision or known.collect_by is None:
            return Refused((Reason(FulfillmentCode.NOT_WAITING, shipment),))
        if case.now < known.collect_by:
            return Refused((Reason(FulfillmentCode.NOT_DUE, shipment, None, moment_text(known.collect_by)),))
        lines, order, why = lines_of(case.order, ready), case.order, FulfillmentCode.NOT_COLLECTED.value
        events: tuple[Event, ...] = (
            reshelved(case, lines, LineState.READY, reason=why),
            Canceled(order=order.id, lines=lines, reason=why),
        )
        freed = released(Supposed(case.world, events), order, lines)
        total = sum([quantity for _, _, quantity in lines])
        because = (Reason(FulfillmentCode.NOT_COLLECTED, shipment, total), *refunds_due(order, lines))
        events += (freed,)
        return Accepted(events, because, as_decided(case.world, events))

    id = f"{shipment}/put_back/{collection.revision}"
    return Request(id, (("shipment", shipment),), _asked(shipment, taken))


def reshelved(case: Case, lines: tuple[LineQuantity, ...], source: LineState, *, reason: str = "") -> Reshelved:
    """Return that pieces which a node has in hand are on its shelf again, and their lines open."""
    node = counter(case.document) if source is LineState.READY else case.document.node
    return Reshelved(
        pool=case.order.pool,
        order=case.order.id,
        shipment=case.document.id,
        node=node,
        lines=lines,
        source=source,
        reason=reason,
        collection=collection_of(case, _left(case, lines)) if source is LineState.READY else None,
        lots=lots_in_hand(case, lines, node),
    )


def refunds_due(order: Order, lines: tuple[LineQuantity, ...]) -> tuple[Reason, ...]:
    """Say what is to be refunded for pieces that the customer does not get."""
    due = [(line, quantity, order.line_by_id[line].price_minor * quantity) for line, _, quantity in lines]
    return tuple(
        [
            Reason(FulfillmentCode.REFUND_DUE, order.unit(line), quantity, amount, str(Money(amount, order.currency)))
            for line, quantity, amount in due
        ]
    )


def _asked(shipment: str, taken: Callable[[Case], Decision]) -> Callable[[State, object, int], Decision]:
    def decide(world: State, given: object, now: int) -> Decision:
        document = world.document(shipment_key(shipment))
        order = world.document(order_key(document.order)) if document else None
        if document is None or order is None:
            return Refused((Reason(FulfillmentCode.UNKNOWN_SHIPMENT, shipment),))
        return taken(Case(world, given, now, document, order))

    return decide


def _unchecked(case: Case, checked_by: str, code: str, policy: FulfillmentPolicy) -> tuple[Reason, ...]:
    """Say why it is not known that whoever comes may have the pieces."""
    if checked_by not in policy.checks:
        return (Reason(FulfillmentCode.NOT_CHECKED, case.document.id, checked_by, " or ".join(policy.checks)),)
    notice = case.world.document(notice_key(case.document.id)) if checked_by == "code" else None
    if checked_by == "code" and (notice is None or not notice.code or notice.code != code):
        return (Reason(FulfillmentCode.WRONG_CODE, case.document.id),)
    return ()


def _not_there(case: Case, told: Told, state: LineState, code: FulfillmentCode) -> tuple[Reason, ...]:
    """Say of which lines fewer pieces of the shipment stand in a state than are asked for."""
    there = standing_at(case, state)
    short = [(case.order.unit(line), there.get(line, 0), q) for line, q in told if there.get(line, 0) < q]
    return tuple([Reason(code, *each) for each in short])


def _left(case: Case, lines: tuple[LineQuantity, ...]) -> Pieces:
    """Return what still waits once these pieces do not."""
    gone = {line: quantity for line, _, quantity in lines}
    return {line: held - gone.get(line, 0) for line, held in standing_at(case, LineState.READY).items()}
