"""Requests that move goods and lines together: place, allocate, amend, cancel; what nodes say is in `tellings`.

An open line always has a claim: at the pool from placing on, at the node from allocating on, back at the pool when a
node falls short. Each request is one entry, all of it or none.
"""

from collections.abc import Iterable, Mapping

import attrs

from ...catalog import Catalog
from ...errors import InvalidValue
from ...inventory import Claimed
from ...ledger import Accepted, Decision, Reason, Refused, Request, State, Supposed
from ...orders import (
    Canceled,
    Order,
    OrderCode,
    OrderLine,
    Placed,
    Revised,
    exploded,
    in_lines,
    is_held,
    line_quantities,
    line_unit,
    open_lines,
    order_key,
    ordered,
)
from ...values import by_name, identifier, pieces, positive, whole
from ..allocating.allocation import Case
from ..allocating.openings import given, opening, released
from ..codes import FulfillmentCode
from ..events import LinePieces
from ..policy import FulfillmentPolicy
from .exhausted import exhausted
from .holds import held_by, suspended
from .in_hand import IN_HAND, UNPICKED, put_back, standing_in, why_too_late
from .supplying import amended, claimed_at_pool, supplied, torn

__all__ = ["allocate", "amend", "cancel", "place"]


def place(
    order: Order,
    quantities: Mapping[str, int],
    *,
    holds: Iterable[str] | None = None,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask to take an order: pieces by line, claimed at its pool, and allocated at once where the policy says so.

    A line of a kit is taken as lines of its components (`orders.exploded`). Where there is too little, the policy says
    whether to refuse, to take a part, or to wait for what is expected.

    Lots that must last to be sold through the order's channel are allocated at once, and never waited for. So is what
    the basket has by name, to the node that has it: the order has these pieces until they are picked. So is what is
    collected at a node, which has to have all of it, or get it sent.

    While `holds` are on it (as "payment", "review"; None: those of the policy), its pieces are claimed at the pool and
    nothing is allocated; what must last is taken only where nodes could be given it now, and nobody keeps lots for it.

    Because: `orders.EXISTS`, `inventory.UNKNOWN_PLACE` and `SHORT`, `supply.SHORT`, `NOT_KEPT` refuse; `supply.WHOLE`,
    `supply.LASTING`, `supply.CUT` and `supply.BACKORDERED` name what each line lacks; `routing` says one reason for
    each node, `WAITS` what stays open; `COLLECTABLE` says from when on; `NO_COUNTER` and `NOT_COLLECTABLE` refuse.
    """
    if not quantities:
        raise InvalidValue("quantities", quantities, "pieces of one line or more")
    holding = tuple(dict.fromkeys([identifier(name, "hold") for name in (policy.holds if holds is None else holds)]))
    asked = _placing(order, quantities, holding)
    policy.due_at(order)

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        whole_order, by_line = exploded(order, quantities, catalog)
        placed, claimed = asked if whole_order is order else _placing(whole_order, by_line, holding)
        opened = open_lines(world, placed)
        case = Case(world, catalog, placed.order, policy, now)
        goods = supplied(case, claimed, (placed,), at_once=policy.allocates_at_once, is_held=bool(holding))
        if isinstance(opened, Refused):
            return opened
        if isinstance(goods, Refused):
            return goods
        events = (placed, *goods.events)
        if holds := held_by(order.id, holding, policy, now):
            events += suspended(Supposed(world, events), placed.order, holds)
        return Accepted(events, goods.because, goods.guards)

    return Request(f"order/{order.id}/placed", asked[:1], decide)


def _placing(order: Order, quantities: Mapping[str, int], holds: tuple[str, ...]) -> tuple[Placed, Claimed]:
    lines = line_quantities(order, quantities)
    return Placed(order=order, lines=lines, holds=holds), claimed_at_pool(order, lines, own=order.basket)


def allocate(order: str, *, policy: FulfillmentPolicy = FulfillmentPolicy(), id: str = "") -> Request[Catalog]:
    """Ask to give the open pieces of an order to nodes; an `id` of its own for each time that it is asked again.

    No node is asked for what it has turned down, for as long as the policy says, and what other shipments have they
    keep. Of an order that was turned down too often (`MOST_ATTEMPTS`) the policy says what becomes of the open pieces.

    Because: `orders.UNKNOWN_ORDER`, `orders.HELD`, `NOTHING_OPEN`; `routing` says one reason for each node, and why a
    promise is another than before; `WAITS` what stays open, `GIVEN_UP` what is canceled, `supply.BACKORDERED` what
    waits for goods, `SUBSTITUTED` what comes instead.
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(order_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        case = Case(world, catalog, document, policy, now)
        answer = exhausted(case) or given(case)
        held = is_held(world, order)
        return Refused(held) if held else answer

    return Request(f"order/{order}/allocated{id and '/'}{id}", (("order", order),), decide)


def cancel(
    order: str,
    quantities: Mapping[str, int] | None = None,
    *,
    lots: Iterable[LinePieces] = (),
    reason: str = "",
    reshelves: bool = False,
    id: str = "",
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask to cancel pieces of an order by line, or all that is not picked yet; a part needs an `id` of its own.

    Where it `reshelves`, what nodes have in hand is put back on their shelves too, after all that is not picked: up to
    the moment at which it leaves. `lots` says which of the pieces by name, where the order has them so; else the last
    names go, after what has none. A kit goes by its line as ordered, whole: its components alone can not be canceled in
    part. Because: `orders.UNKNOWN_ORDER`, `orders.UNKNOWN_LINE`, `PART_OF_KIT`, `TOO_LATE` (found and needed) and
    beside it what can still be done: `IN_HAND`, `HAS_LEFT`.
    """
    if quantities is not None and not id:
        raise InvalidValue("id", id, "an id of its own for canceling in part")
    part = None if quantities is None else pieces(quantities, "line")
    named = tuple(sorted([each._replace(quantity=positive(each.quantity, "quantity of a lot")) for each in lots]))

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(order_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        states = (*UNPICKED, *IN_HAND) if reshelves else UNPICKED
        wanted = standing_in(world, document, states) if part is None else in_lines(document, dict(part))
        if part is not None and (parts := torn(document, wanted)):
            return Refused(parts)
        if not wanted:
            return Refused((Reason(FulfillmentCode.NOTHING_OPEN, order), *why_too_late(world, document, {})))
        back = Accepted()
        if reshelves:
            unpicked = standing_in(world, document, UNPICKED)
            more = {line: quantity - unpicked.get(line, 0) for line, quantity in wanted.items()}
            back = put_back(Case(world, catalog, document, policy, now), more, to=policy.reshelves_to, reason=reason)
        answer = opening(Supposed(world, back.events), document, wanted, lots=named)
        if isinstance(answer, Refused):
            return Refused((*answer.because, *why_too_late(world, document, wanted)))
        lines = line_quantities(document, wanted)
        canceled = Canceled(order=order, lines=lines, reason=reason)
        freed = released(Supposed(world, (*back.events, *answer.events)), document, lines)
        return Accepted((*back.events, *answer.events, canceled, freed), (), (*back.guards, *answer.guards))

    more_asked = (*((("lots", by_name(named)),) if named else ()), *((("reshelves", True),) if reshelves else ()))
    asked = (("quantities", part), *more_asked, ("reason", reason))
    return Request(f"order/{order}/canceled{id and '/'}{id}", asked, decide)


def amend(
    order: str,
    quantities: Mapping[str, int],
    *,
    lines: Iterable[OrderLine] = (),
    id: str,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask that lines of an order be of other quantities: pieces by line, zero takes the line back.

    `lines` are new ones, which the order has from now on, at their prices; each has to be among the quantities.

    Less gives claims back, more claims at the pool and waits for `allocate`; a kit goes by its line as ordered, and
    more of it is allocated at once unless it may part, as is more of what must last. Where there is too little for
    more, the policy says what is done, as when an order is placed. Of an order that is held, more is held as well.
    Because: `orders.UNKNOWN_ORDER`, `orders.UNKNOWN_LINE`, `orders.LINE_EXISTS`, `PART_OF_KIT`, `TOO_LATE`;
    `inventory.SHORT`, `supply.SHORT`, `supply.WHOLE` and `supply.LASTING` refuse; `supply.CUT` and `supply.BACKORDERED`
    as `place` (found and needed).
    """
    wanted = sorted([(identifier(line, "line"), whole(q, f"quantity of {line}")) for line, q in quantities.items()])
    new = tuple(lines)
    if missing := [line.id for line in new if not quantities.get(line.id)]:
        raise InvalidValue("quantities", missing, "pieces of each new line")

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(order_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        if known := [line.id for line in new if line.id in (*document.line_by_id, *document.kit_by_id)]:
            return Refused(tuple([Reason(OrderCode.LINE_EXISTS, line_unit(order, line)) for line in known]))
        before = (Revised(order=with_lines(document, new, catalog)),) if new else ()
        document = before[0].order if before else document
        by_line = in_lines(document, dict(wanted))
        if unknown := [line for line in by_line if line not in document.line_by_id]:
            return Refused(tuple([Reason(OrderCode.UNKNOWN_LINE, line_unit(order, line)) for line in unknown]))
        changes = {line: quantity - ordered(world, document.unit(line)) for line, quantity in by_line.items()}
        if parts := torn(document, changes):
            return Refused(parts)
        return amended(Case(world, catalog, document, policy, now), changes, before)

    added = ((("lines", tuple([(line.id, line.sku, line.price_minor) for line in new])),)) if new else ()
    return Request(f"order/{order}/amended/{id}", (("quantities", tuple(wanted)), *added), decide)


def with_lines(order: Order, lines: tuple[OrderLine, ...], catalog: Catalog) -> Order:
    """Return the next revision of an order, with more lines; a kit among them as lines of its components."""
    return exploded(attrs.evolve(order, revision=order.revision + 1, lines=(*order.lines, *lines)), {}, catalog)[0]
