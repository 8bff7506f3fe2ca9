"""What nodes and carriers say: picked, shipped, delivered. Facts: they are taken as told, and never refused.

A message that implies earlier steps records those too, each as its own entry under its derived id
(`<shipment>/picked`), so that the late one is a repeat. What does not fit what we knew is taken all the same and
named among the reasons; pieces that were taken back from a node meanwhile are claimed again for it (`again`).
"""

from collections.abc import Iterable

from ...ledger import Event, Fact, Reason, Supposed, Telling
from ...orders import LineState
from ...values import by_name
from ..allocating.again import as_decided, claimed_again
from ..codes import FulfillmentCode
from ..documents import Arrival, Shipment, arrival_key
from ..events import Delivered, LinePieces, Picked, Shipped
from ..handover_events import Withheld
from ..names import allocated_of, kept_of, less, parted, renamed
from ..policy import FulfillmentPolicy
from .back import named_of, short_picked
from .clearing import why_not
from .finding import found_before
from .messages import (
    IN_HAND,
    Pieces,
    Told,
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
from .methods import STEPS, Method, method_of
from .picks import Case, lots_taken, unfit

__all__ = ["delivered", "leaving", "left_before", "picked", "picks_before", "shipped"]


def picked(
    shipment: str,
    pieces: Pieces,
    *,
    short: Pieces | None = None,
    lots: Iterable[LinePieces] = (),
    short_lots: Iterable[LinePieces] = (),
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that a node has picked pieces by line, and could not find others (`short`); of which lots, if it says so.

    Pieces that are told apart, and of which nobody says which they were, are taken to be those that were next by
    expiry (`lots.ASSUMED`): first those that were picked, then those that were not found. Lots that were told are those
    that were picked, whatever was proposed. What an order has by name is picked before what is next; where others
    were picked instead, it is on the shelf again (`NOT_AS_NAMED`).
    """
    missing = checked(short or {})
    found = checked(pieces)
    named = named_of(lots), named_of(short_lots)

    def facts(case: Case) -> tuple[Fact, ...]:
        yet, over = found, tuple[Reason, ...]()
        if any(come_to(case, LineState.PICKED).values()):  # some was implied: it can be no more than what stands there
            more, over = to_come(case, found, LineState.PICKED, (LineState.ALLOCATED,), f"{case.document.id}/picked")
            yet = tuple(more.items())
        fact = _pick(case, yet, missing, *named, told=found)
        return (fact._replace(because=over + fact.because),)

    return telling_of(shipment, "picked", facts, occurred_at)


def shipped(
    shipment: str,
    pieces: Pieces | None = None,
    *,
    tracking: str | None = None,
    occurred_at: int | None = None,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Telling[object]:
    """Tell that pieces by line (None: all that stand there) left their node; that they were picked is implied.

    It has happened, and is taken: that its order is held (`orders.HELD`), that it left without the paper of the policy
    (`NOT_CLEARED`) or for another destination than its order has by now (`OTHER_ADDRESS`) is a finding. Who wants to be
    stopped asks `ship`.
    """
    told = None if pieces is None else checked(pieces)

    def facts(case: Case) -> tuple[Fact, ...]:
        document, order = case.document, case.order
        nothing = Shipped(order=order.id, node=document.node, shipment=document.id, lines=(), tracking=tracking or "")
        said = (("pieces", None), ("tracking", tracking))
        return leaving(case, told, tracking, policy) or (Fact(f"{document.id}/shipped", (nothing,), (), said),)

    return telling_of(shipment, "shipped", facts, occurred_at)


def delivered(shipment: str, *, part: str = "", occurred_at: int | None = None) -> Telling[object]:
    """Tell that a shipment reached the customer; that it was picked and shipped is implied.

    One that was sent to a store has reached that: its pieces are the customer's once they were `collected` there. One
    of which all was lost was found; of what is found after the rest was delivered, a `part` tells.
    """
    step = f"delivered{part and '/'}{part}"

    def facts(case: Case) -> tuple[Fact, ...]:
        document, order = case.document, case.order
        earlier = left_before(case)
        earlier += found_before(after_facts(case, earlier))
        after = after_facts(case, earlier)
        sent, back = standing_at(after, LineState.SHIPPED), standing_at(after, LineState.RETURNED)
        is_collected = method_of(document) is Method.SHIP_TO_STORE
        lines = () if is_collected else lines_of(order, sent)
        arrival = _arrival(after, occurred_at) if is_collected and any(sent.values()) else None
        because = beyond(f"{document.id}/{step}", back, {}) if not any(sent.values()) else ()
        lots = under_way(after, lines)
        event = Delivered(order=order.id, shipment=document.id, lines=lines, lots=lots, arrival=arrival)
        guards = as_decided(after.world, (event,))
        return (*earlier, Fact(f"{document.id}/{step}", (event,), because, (("pieces", None),), guards))

    return telling_of(shipment, step, facts, occurred_at)


def _arrival(case: Case, occurred_at: int | None) -> Arrival | None:
    """Return that a parcel reached the node where it is collected; None: it had before."""
    id, at = case.document.id, case.now if occurred_at is None else occurred_at
    is_known = case.world.document(arrival_key(id)) is not None
    return None if is_known else Arrival(shipment=id, node=counter(case.document), at=at)


def picks_before(case: Case, pieces: Pieces, in_hand: Pieces, step: str) -> tuple[Fact, ...]:
    """Return the pick that a step implies where too few of its pieces were in hand.

    Where it is of all that the node was given it is the pick of the shipment, and who tells of it later repeats it.
    """
    allocated = standing_at(case, LineState.ALLOCATED)
    more = {line: quantity - in_hand[line] for line, quantity in pieces.items() if line in in_hand}
    picks = tuple(sorted([(line, quantity) for line, quantity in more.items() if quantity > 0]))
    if not picks:
        return ()
    past = come_to(case, LineState.PICKED)
    told = tuple(sorted([(line, q) for line in past if (q := past[line] + dict(picks).get(line, 0)) > 0]))
    id = f"{case.document.id}/picked" if is_whole(past, allocated, dict(picks)) else f"{step}/picked"
    return (_pick(case, picks, (), told=told, id=id),)


def _pick(
    case: Case,
    found: Told,
    missing: Told,
    named: tuple[LinePieces, ...] = (),
    lost: tuple[LinePieces, ...] = (),
    *,
    told: Told,
    id: str = "",
) -> Fact:
    """Return that pieces were found and others missing; `told` is how many were found in all, by what was said."""
    world, document, order = case.world, case.document, case.order
    there, id = standing_at(case, LineState.ALLOCATED), id or f"{document.id}/picked"
    both = {line: dict(found).get(line, 0) + dict(missing).get(line, 0) for line, _ in (*found, *missing)}
    over = {line: q - max(there[line], 0) for line, q in found if line in there and q > there[line]}
    because = beyond(id, both, there)
    again = claimed_again(world, case.given, order, document, over)
    events: list[Event] = []
    after = Supposed(world, again)
    names = kept_of(after, order, document)
    freed: tuple[LinePieces, ...] = ()
    if found or not missing:
        lines = lines_of(order, dict(found))
        lots, assumed = lots_taken(case, lines, named, names)
        because += (*assumed, *unfit(case, lots))
        own, freed = parted(names, allocated_of(after, order, document) if names else {}, dict(found), lots)
        because += tuple(
            [Reason(FulfillmentCode.NOT_AS_NAMED, lot, None, order.unit(line)) for line, _, _, lot, _ in freed]
        )
        of, names = less(lots, own), less(less(names, own), freed)
        events.append(Picked(order=order.id, shipment=document.id, lines=lines, node=document.node, lots=of))
    if missing:
        still = {line: held - dict(found).get(line, 0) for line, held in there.items()}
        then = case._replace(world=Supposed(after, events))
        more, assumed, gone = short_picked(then, dict(missing), still, lost, names)
        because += assumed
        events += more
        names, freed = less(names, gone), (*freed, *gone)
    events[:0] = (*again, *renamed(document, names, freed))
    said = [(of, by_name(lots)) for of, lots in (("lots", named), ("short_lots", lost)) if lots]
    guards = as_decided(world, events)
    return Fact(id, tuple(events), because, (("picked", told), ("short", missing), *said), guards)


def _once_gone(document: Shipment) -> tuple[LineState, ...]:
    """Return where pieces of a shipment may stand once it has left its node."""
    steps = STEPS[method_of(document)]
    on = steps[steps.index(LineState.SHIPPED) :] if LineState.SHIPPED in steps else ()
    return tuple(dict.fromkeys((LineState.SHIPPED, LineState.LOST, LineState.RETURNED, LineState.DELIVERED, *on)))


def leaving(
    case: Case, told: Told | None, tracking: str | None, policy: FulfillmentPolicy = FulfillmentPolicy()
) -> tuple[Fact, ...]:
    """Return that pieces (None: all that stand there) left their node, and before it that they were picked.

    What waited there to be collected is sent instead.
    """
    document, order = case.document, case.order
    is_gone = any(together_at(case, _once_gone(document)).values())  # it leaves once: this is a repeat
    waits = () if method_of(document) is Method.SHIP_TO_STORE else (LineState.READY,)
    in_hand, packed = together_at(case, (*IN_HAND, *waits)), standing_at(case, LineState.PACKED)
    all_there = {} if is_gone else together_at(case, (LineState.ALLOCATED, *IN_HAND, *waits))
    pieces = {line: q for line, q in all_there.items() if q > 0} if told is None else dict(told)
    id = f"{document.id}/shipped"
    facts = () if is_gone else picks_before(case, pieces, in_hand, id)
    if not pieces:
        return facts
    lines = lines_of(order, pieces)
    after = after_facts(case, facts)
    back = _taken_from_the_counter(after, pieces) if waits else ()
    event = Shipped(
        order=order.id,
        node=document.node,
        shipment=document.id,
        lines=lines,
        tracking=tracking or "",
        lots=lots_in_hand(after, lines, document.node),
        packed=lines_of(order, {line: min(quantity, packed[line]) for line, _, quantity in lines}),
    )
    events: tuple[Event, ...] = (*back, event)
    said = (("pieces", tuple(sorted(pieces.items()))), ("tracking", tracking))
    because = beyond(id, pieces, all_there) + why_not(case.world, order, document, policy)
    return (*facts, Fact(id, events, because, said, as_decided(after.world, events)))


def left_before(case: Case) -> tuple[Fact, ...]:
    """Return that all pieces of a shipment had left their node before a message; or, where they have, by when."""
    return leaving(case, None, None) or (Fact(f"{case.document.id}/shipped", ()),)


def _taken_from_the_counter(case: Case, pieces: Pieces) -> tuple[Withheld, ...]:
    """Return that of pieces which leave those that waited to be collected do not wait any more."""
    picks, waiting = together_at(case, IN_HAND), standing_at(case, LineState.READY)
    taken = {line: min(q - picks[line], waiting[line]) for line, q in pieces.items() if line in waiting}
    if not (lines := lines_of(case.order, taken)):
        return ()
    document, left = case.document, {line: q - taken.get(line, 0) for line, q in waiting.items()}
    collection = collection_of(case, left)
    node = counter(document)
    return (Withheld(order=case.order.id, shipment=document.id, node=node, lines=lines, collection=collection),)
