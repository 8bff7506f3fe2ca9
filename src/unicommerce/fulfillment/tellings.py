"""What nodes and carriers say: rejected, picked, shipped, delivered. Facts: they are taken as told, and never refused.

A message that implies earlier steps records those too, each as its own entry under its derived id
(`<shipment>/picked`), so that the late one is a repeat. What does not fit what we knew is taken all the same and
named among the reasons; pieces that were taken back from a node meanwhile are claimed again for it (`again`).
"""

from collections.abc import Callable, Iterable, Mapping

from ..errors import InvalidValue
from ..inventory import goods
from ..ledger import Disagreed, Event, Fact, LedgerCode, Reason, State, Supposed, Telling
from ..orders import LineQuantity, LineState, Order, line_account, order_key
from ..values import by_name, identifier, positive
from .again import as_decided, claimed_again
from .back import given_back, known_lines, short_picked
from .codes import FulfillmentCode
from .documents import RejectionReason, shipment_key, transit
from .events import Delivered, LinePieces, Picked, Shipped, reserved
from .names import allocated_of, dealt, kept_of, less, not_leaving, parted, renamed
from .picks import Case, lots_taken, tracked, unfit

__all__ = ["delivered", "picked", "rejected", "shipped"]

Pieces = Mapping[str, int]
"""Pieces by line of the order."""


def rejected(
    shipment: str,
    pieces: Pieces | None = None,
    *,
    reason: str,
    lots: Iterable[LinePieces] = (),
    id: str = "",
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that a node gives back pieces by line (None: all) that it has not picked, and why; of which lots.

    The reason decides the goods: `busy` leaves them on the shelf, `not_found` has them looked for in quarantine,
    `damaged` sets them apart. The pieces are open again with their claim at the pool, and the policy says for how long
    the node is not asked for what. A shipment that is given back in several parts needs an `id` for each. What the node
    was no longer to pick stays as it is, and is named (`ledger.DISAGREES`). Pieces that are told apart, and of which
    nobody says which they were, are taken to be those that were next (`lots.ASSUMED`).

    Raises `InvalidValue` for any other reason.
    """
    told, named = None if pieces is None else dict(_checked(pieces)), _named(lots)
    if reason not in tuple(RejectionReason):
        raise InvalidValue("reason", reason, f"one of {', '.join(RejectionReason)}")
    why, step = RejectionReason(reason), f"rejected{id and '/'}{id}"

    def facts(case: Case) -> tuple[Fact, ...]:
        return (_reject(case, f"{case.document.id}/{step}", told, why, named),)

    return _telling(shipment, step, facts, occurred_at)


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
    missing = _checked(short or {})
    found = _checked(pieces)
    named = _named(lots), _named(short_lots)

    def facts(case: Case) -> tuple[Fact, ...]:
        return (_pick(case, found, missing, *named),)

    return _telling(shipment, "picked", facts, occurred_at)


def shipped(
    shipment: str, pieces: Pieces | None = None, *, tracking: str | None = None, occurred_at: int | None = None
) -> Telling[object]:
    """Tell that pieces by line (None: all that stand there) left their node; that they were picked is implied."""
    told = None if pieces is None else _checked(pieces)

    def facts(case: Case) -> tuple[Fact, ...]:
        document, order = case.document, case.order
        nothing = Shipped(order=order.id, node=document.node, shipment=document.id, lines=(), tracking=tracking or "")
        said = (("pieces", None), ("tracking", tracking))
        return _ship(case, told, tracking) or (Fact(f"{document.id}/shipped", (nothing,), (), said),)

    return _telling(shipment, "shipped", facts, occurred_at)


def delivered(shipment: str, *, occurred_at: int | None = None) -> Telling[object]:
    """Tell that a shipment reached the customer; that it was picked and shipped is implied."""

    def facts(case: Case) -> tuple[Fact, ...]:
        document, order = case.document, case.order
        earlier = _ship(case, None, None)
        sent = dict(_standing(case.world, order, LineState.SHIPPED, document.id))
        for sending in [event for fact in earlier for event in fact.events if isinstance(event, Shipped)]:
            sent.update({line: sent.get(line, 0) + quantity for line, _, quantity in sending.lines})
        lines = known_lines(order, sent)
        after = _after(case, earlier)
        event = Delivered(order=order.id, shipment=document.id, lines=lines, lots=_under_way(after, lines))
        guards = as_decided(after.world, (event,))
        return (*earlier, Fact(f"{document.id}/delivered", (event,), (), (("pieces", None),), guards))

    return _telling(shipment, "delivered", facts, occurred_at)


def _telling(
    shipment: str,
    step: str,
    facts: Callable[[Case], tuple[Fact, ...]],
    occurred_at: int | None,
) -> Telling[object]:
    id = f"{identifier(shipment, 'shipment')}/{step}"

    def decide(world: State, given: object, now: int) -> tuple[Fact, ...]:
        document = world.document(shipment_key(shipment))
        order = world.document(order_key(document.order)) if document else None
        if document is None or order is None:
            # Not under the message's own id: once the shipment is on record, the message can be told again.
            unknown = Disagreed(entry=id, field="shipment", known="none", told=shipment)
            return (Fact(f"{id}/unknown", (unknown,), (Reason(FulfillmentCode.UNKNOWN_SHIPMENT, id),)),)
        return facts(Case(world, given, now, document, order))

    return Telling(id, occurred_at, decide)


def _checked(pieces: Pieces) -> tuple[tuple[str, int], ...]:
    return tuple(sorted([(identifier(line, "line"), positive(q, f"quantity of {line}")) for line, q in pieces.items()]))


def _named(lots: Iterable[LinePieces]) -> tuple[LinePieces, ...]:
    return tuple(sorted([each._replace(quantity=positive(each.quantity, "quantity")) for each in lots]))


def _standing(world: State, order: Order, state: LineState, shipment: str) -> dict[str, int]:
    at = (line_account(state, shipment),)
    return {line.id: world.balance(order.unit(line.id), at) for line in order.lines}


def _beyond(id: str, told: Pieces, known: Pieces) -> tuple[Reason, ...]:
    over = [(line, known.get(line, 0), quantity) for line, quantity in told.items() if quantity > known.get(line, 0)]
    return tuple(
        [Reason(LedgerCode.DISAGREES, id, found, needed, f"pieces of line {line}") for line, found, needed in over]
    )


def _reject(case: Case, id: str, told: Pieces | None, reason: RejectionReason, named: tuple[LinePieces, ...]) -> Fact:
    there = allocated_of(case.world, case.order, case.document)
    pieces = {line: held for line, held in there.items() if held > 0} if told is None else told
    because = _beyond(id, pieces, there)
    said = (
        ("pieces", None if told is None else tuple(told.items())),
        ("reason", reason.value),
        *((("lots", by_name(named)),) if named else ()),
    )
    back = {line: part for line, quantity in pieces.items() if (part := min(quantity, there.get(line, 0))) > 0}
    if not back:
        late = Disagreed(entry=id, field="pieces", known="()", told=repr(said[0][1]))
        return Fact(id, (late,), because or (Reason(LedgerCode.DISAGREES, id, 0, "all", "pieces"),), said)
    events, assumed = given_back(case, back, named, reason, is_all=told is None)
    return Fact(id, events, because + assumed, said, as_decided(case.world, events))


def _pick(
    case: Case,
    found: tuple[tuple[str, int], ...],
    missing: tuple[tuple[str, int], ...],
    named: tuple[LinePieces, ...] = (),
    lost: tuple[LinePieces, ...] = (),
) -> Fact:
    world, document, order = case.world, case.document, case.order
    id, there = f"{document.id}/picked", _standing(world, order, LineState.ALLOCATED, document.id)
    told = {line: dict(found).get(line, 0) + dict(missing).get(line, 0) for line, _ in (*found, *missing)}
    beyond = {line: q - max(there[line], 0) for line, q in found if line in there and q > there[line]}
    because = _beyond(id, told, there)
    again = claimed_again(world, case.given, order, document, beyond)
    events: list[Event] = []
    after = Supposed(world, again)
    names = kept_of(after, order, document)
    freed: tuple[LinePieces, ...] = ()
    if found or not missing:
        lines = known_lines(order, dict(found))
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
    return Fact(id, tuple(events), because, (("picked", found), ("short", missing), *said), guards)


def _after(case: Case, facts: Iterable[Fact]) -> Case:
    events = [event for fact in facts for event in fact.events]
    return case._replace(world=Supposed(case.world, events)) if events else case


def _in_hand(case: Case, lines: tuple[LineQuantity, ...]) -> tuple[LinePieces, ...]:
    """Return the lots that are bound to these pieces at their node: the shipment's own names, before any others."""
    told_apart, bound = tracked(case), list[LinePieces]()
    document = case.world.document(case.document.key) or case.document
    staying = not_leaving(case.world, case.order, document) if told_apart else set()
    for line, sku, quantity in lines:
        if sku in told_apart:
            here = reserved(document.node, case.order.id, line)
            parts = case.world.parts(goods(sku), here._replace(ref=""))
            own = [
                ((line, p.lot, p.owner), held) for p, held in sorted(parts.items()) if p.ref == here.ref and held > 0
            ]
            ranked = sorted(own, key=lambda one: (one[0] in staying, one[0] not in document.names))
            lots = [(sku, lot, owner, held) for (_, lot, owner), held in ranked if lot or owner]
            bound += dealt([(line, sku, quantity)], lots)
    return tuple(bound)


def _under_way(case: Case, lines: tuple[LineQuantity, ...]) -> tuple[LinePieces, ...]:
    """Return the lots that are under way with these pieces."""
    away, lots = transit(case.document.id), []
    for sku in sorted(tracked(case)):
        parts = case.world.parts(goods(sku), away)
        lots += [(sku, part.lot, part.owner, held) for part, held in sorted(parts.items()) if held > 0]
    return tuple(dealt(lines, lots))


def _ship(case: Case, told: tuple[tuple[str, int], ...] | None, tracking: str | None) -> tuple[Fact, ...]:
    world, document, order = case.world, case.document, case.order
    allocated = _standing(world, order, LineState.ALLOCATED, document.id)
    in_hand = _standing(world, order, LineState.PICKED, document.id)
    gone = [_standing(world, order, state, document.id) for state in (LineState.SHIPPED, LineState.DELIVERED)]
    is_gone = any(quantity for sent in gone for quantity in sent.values())  # it leaves once: this is a repeat
    all_there = {} if is_gone else {line: allocated[line] + in_hand[line] for line in allocated}
    pieces = {line: q for line, q in all_there.items() if q > 0} if told is None else dict(told)
    implied = {line: q - in_hand[line] for line, q in pieces.items() if line in in_hand}
    picks = tuple(sorted((line, quantity) for line, quantity in implied.items() if quantity > 0 and not is_gone))
    facts = [_pick(case, picks, ())] if picks else []
    if not pieces:
        return tuple(facts)
    id = f"{document.id}/shipped"
    lines = known_lines(order, pieces)
    after = _after(case, facts)
    lots = _in_hand(after, lines)
    away, of = document.id, order.id
    event = Shipped(order=of, node=document.node, shipment=away, lines=lines, tracking=tracking or "", lots=lots)
    said = (("pieces", tuple(sorted(pieces.items()))), ("tracking", tracking))
    facts.append(Fact(id, (event,), _beyond(id, pieces, all_there), said, as_decided(after.world, (event,))))
    return tuple(facts)
