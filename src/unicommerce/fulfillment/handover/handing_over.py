"""What people at a node say once pieces are in hand: packed, ready, notified, collected. Facts, never refused.

Packed and ready tell how many pieces have come so far in all, so that they may be told in any order and again; each
hand-over is told by itself. A message implies the earlier steps, as `tellings` says; packing may be left out, so nobody
implies it.
"""

from ...ledger import Event, Fact, Supposed, Telling
from ...orders import LineState
from ...values import HOUR_MS, identifier
from ..allocating.again import as_decided, claimed_again
from ..documents import Collection, Notice, collection_key, notice_key
from ..events import Picked, Shipped
from ..handover_events import Collected, Notified, Packed, Ready
from ..policy import FulfillmentPolicy
from .finding import found_before
from .messages import (
    IN_HAND,
    Pieces,
    after_facts,
    beyond,
    checked,
    collection_of,
    come_to,
    counter,
    is_whole,
    lines_of,
    lots_in_hand,
    standing_at,
    telling_of,
    to_come,
    together_at,
    under_way,
)
from .methods import Method, method_of
from .picks import Case
from .tellings import left_before, picks_before

__all__ = ["collected", "handed_over", "notified", "packed", "ready"]


def packed(
    shipment: str, pieces: Pieces | None = None, *, id: str = "", occurred_at: int | None = None
) -> Telling[object]:
    """Tell that so many pieces by line in all (None: all that are there) are packed; that they were picked is implied.

    An `id` of its own tells each message after the first apart, as for a second carton.
    """
    told = None if pieces is None else checked(pieces)

    def facts(case: Case) -> tuple[Fact, ...]:
        step = f"{case.document.id}/packed{id and '/'}{id}"
        more, because = to_come(case, told, LineState.PACKED, (LineState.ALLOCATED, LineState.PICKED), step)
        earlier = picks_before(case, more, standing_at(case, LineState.PICKED), step)
        event = Packed(order=case.order.id, shipment=case.document.id, lines=lines_of(case.order, more))
        guards = as_decided(after_facts(case, earlier).world, (event,))
        return (*earlier, Fact(step, (event,), because, (("pieces", told),), guards))

    return telling_of(shipment, f"packed{id and '/'}{id}", facts, occurred_at)


def ready(
    shipment: str,
    pieces: Pieces | None = None,
    *,
    spot: str | None = None,
    collect_by: int | None = None,
    id: str = "",
    occurred_at: int | None = None,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Telling[object]:
    """Tell that so many pieces by line in all (None: all that are there) wait to be collected; the rest is implied.

    `spot` says where (a bin, a shelf), `collect_by` (ms UTC) until when, else as the policy says. What was sent to the
    store has arrived there. An `id` of its own tells each message after the first apart, as where the spot changes.
    """
    told = None if pieces is None else checked(pieces)

    def facts(case: Case) -> tuple[Fact, ...]:
        step = f"{case.document.id}/ready{id and '/'}{id}"
        arrived, after = _arrived(case)
        more, because = to_come(after, told, LineState.READY, _sources(case), step)
        at = case.now if occurred_at is None else occurred_at
        until = at + policy.collect_within_hours * HOUR_MS if collect_by is None else collect_by
        said = (("pieces", told), ("spot", spot), ("collect_by", collect_by))
        waiting = standing_at(after, LineState.READY)
        collection = collection_of(after, {**waiting, **more}, spot, until)
        *earlier, last = _set_out(after, more, step, collection)
        return (*arrived, *earlier, last._replace(because=because, told=said))

    return telling_of(shipment, f"ready{id and '/'}{id}", facts, occurred_at)


def notified(
    shipment: str, how: str, *, code: str = "", id: str = "", occurred_at: int | None = None
) -> Telling[object]:
    """Tell that the customer was told, `how` (as "email", "sms") and with which `code`; it implies nothing.

    An `id` of its own tells each message after the first apart: a reminder, a new code.
    """
    identifier(how, "how")

    def facts(case: Case) -> tuple[Fact, ...]:
        known = case.world.document(notice_key(case.document.id))
        at, revision = case.now if occurred_at is None else occurred_at, known.revision + 1 if known else 1
        notice = Notice(shipment=case.document.id, revision=revision, how=how, at=at, code=code)
        latest = notice if known is None or known.at <= at else known
        step = f"{case.document.id}/notified{id and '/'}{id}"
        return (Fact(step, (Notified(notice=latest),), (), (("how", how), ("code", code))),)

    return telling_of(shipment, f"notified{id and '/'}{id}", facts, occurred_at)


def collected(
    shipment: str,
    pieces: Pieces | None = None,
    *,
    by: str | None = None,
    checked_by: str | None = None,
    part: str = "",
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that pieces by line (None: all that wait, or else all that are there) were handed over; the rest is implied.

    `by` says who came (never a name), `checked_by` how that was checked (as "code", "id"). Of a shipment that is
    collected in parts, a `part` tells each apart. To have it checked first, ask `collect`.
    """
    told = None if pieces is None else checked(pieces)

    def facts(case: Case) -> tuple[Fact, ...]:
        step = f"{case.document.id}/collected{part and '/'}{part}"
        arrived, after = _arrived(case)
        waiting, there = standing_at(case, LineState.READY), together_at(after, _sources(case))
        all_there = {line: quantity + there[line] for line, quantity in waiting.items()}
        wanted = dict(told) if told is not None else waiting if any(waiting.values()) else all_there
        missing = {line: q - waiting[line] for line, q in wanted.items() if line in waiting and q > waiting[line]}
        is_first = case.world.document(collection_key(case.document.id)) is None
        is_all = is_first and is_whole(come_to(case, LineState.READY), there, missing)
        name = f"{case.document.id}/ready" if is_all else f"{step}/ready"
        earlier = (*arrived, *(_set_out(after, missing, name, None) if missing else ()))
        last = handed_over(after_facts(case, earlier), wanted, by, checked_by)
        guards = as_decided(after_facts(case, earlier).world, (last,))
        said = (("pieces", told), ("by", by), ("checked_by", checked_by))
        return (*earlier, Fact(step, (last,), beyond(step, wanted, all_there), said, guards))

    return telling_of(shipment, f"collected{part and '/'}{part}", facts, occurred_at)


def handed_over(case: Case, pieces: Pieces, by: str | None, checked_by: str | None) -> Collected:
    """Return that pieces which wait were handed over."""
    lines, waiting = lines_of(case.order, pieces), standing_at(case, LineState.READY)
    left = {line: quantity - pieces.get(line, 0) for line, quantity in waiting.items()}
    node = counter(case.document)
    return Collected(
        order=case.order.id,
        shipment=case.document.id,
        node=node,
        lines=lines,
        by=by or "",
        checked_by=checked_by or "",
        collection=collection_of(case, left),
        lots=lots_in_hand(case, lines, node),
    )


def _sources(case: Case) -> tuple[LineState, ...]:
    """Return where pieces stand that can be made ready."""
    return (LineState.SHIPPED,) if method_of(case.document) is Method.SHIP_TO_STORE else (LineState.ALLOCATED, *IN_HAND)


def _arrived(case: Case) -> tuple[tuple[Fact, ...], Case]:
    """Return that what is at the store had left its node, and the case after that."""
    if method_of(case.document) is not Method.SHIP_TO_STORE:
        return (), case
    facts = left_before(case)
    facts += found_before(after_facts(case, facts))
    return facts, after_facts(case, facts)


def _set_out(case: Case, more: Pieces, id: str, collection: Collection | None) -> tuple[Fact, ...]:
    """Return that more pieces wait to be collected, or are handed over at once, and before it that they were picked."""
    document, order, lines = case.document, case.order, lines_of(case.order, more)
    has_arrived = method_of(document) is Method.SHIP_TO_STORE
    earlier = () if has_arrived else picks_before(case, more, together_at(case, IN_HAND), id)
    after = after_facts(case, earlier)
    sent = _sent_too(after, more) if has_arrived else ()
    past, held = come_to(case, LineState.READY), standing_at(after, LineState.PACKED)
    event = Ready(
        order=order.id,
        shipment=document.id,
        node=counter(document),
        lines=lines,
        packed=() if has_arrived else lines_of(order, {line: min(q, held[line]) for line, _, q in lines}),
        arrived=has_arrived,
        collection=collection,
        lots=under_way(_then(after, sent), lines) if has_arrived else (),
    )
    events: tuple[Event, ...] = (*sent, event)
    in_all = tuple(sorted([(line, q + more.get(line, 0)) for line, q in past.items() if q + more.get(line, 0)]))
    said = (("pieces", in_all), ("spot", None), ("collect_by", None))
    return (*earlier, Fact(id, events, (), said, as_decided(after.world, events)))


def _sent_too(case: Case, more: Pieces) -> tuple[Event, ...]:
    """Return that pieces were sent to the store beyond those that it was told of, for it has them.

    They are those that their node still has of the shipment, in hand or to pick; what is beyond that is claimed again.
    """
    document, order, sent = case.document, case.order, standing_at(case, LineState.SHIPPED)
    over = {line: quantity - sent[line] for line, quantity in more.items() if quantity > sent.get(line, quantity)}
    if not over:
        return ()
    in_hand, packed = together_at(case, IN_HAND), standing_at(case, LineState.PACKED)
    picks = {line: quantity - in_hand[line] for line, quantity in over.items() if quantity > in_hand[line]}
    listed = standing_at(case, LineState.ALLOCATED)
    anew = {line: quantity - listed[line] for line, quantity in picks.items() if quantity > listed[line]}
    events = claimed_again(case.world, case.given, order, document, anew)
    if picks:
        pick = Picked(order=order.id, shipment=document.id, lines=lines_of(order, picks), node=document.node)
        events = (*events, pick)
    lines = lines_of(order, over)
    left = Shipped(
        order=order.id,
        node=document.node,
        shipment=document.id,
        lines=lines,
        lots=lots_in_hand(_then(case, events), lines, document.node),
        packed=lines_of(order, {line: min(quantity, packed[line]) for line, quantity in over.items()}),
    )
    return (*events, left)


def _then(case: Case, events: tuple[Event, ...]) -> Case:
    """Return the case as it is once these events are on record."""
    return case._replace(world=Supposed(case.world, events))
