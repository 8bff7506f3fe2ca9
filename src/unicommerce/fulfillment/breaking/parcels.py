"""What carriers say when a parcel does not arrive: lost, found, undeliverable, stopped, sent back. Facts.

That it was shipped is implied. A parcel under way is under way until it is somewhere: that it can not be delivered, or
was stopped, moves nothing. A message about pieces that are not under way any more is a finding
(`ledger.DISAGREES`), so that a late one never moves back; a parcel of which all was lost is found by any later message.
"""

from collections.abc import Callable, Iterable, Iterator

import attrs

from ...errors import InvalidValue
from ...inventory import GoodsState
from ...ledger import Accepted, Decision, Fact, Reason, Refused, Request, State, Telling
from ...orders import LineState, order_key
from ...values import identifier
from ..allocating.again import as_decided
from ..codes import FulfillmentCode
from ..documents import Detour, detour_key, shipment_key
from ..handover.finding import found_again, found_before, lost_with
from ..handover.messages import (
    Pieces,
    after_facts,
    beyond,
    checked,
    lines_of,
    standing_at,
    telling_of,
    too_late,
    under_way,
)
from ..handover.methods import STEPS, method_of
from ..handover.picks import Case
from ..handover.tellings import left_before
from ..mishap_events import Diverted, Lost, SentBack

__all__ = ["found", "intercept", "intercepted", "lost", "sent_back", "undeliverable"]

CONDITIONS = (GoodsState.QUARANTINE, GoodsState.SELLABLE, GoodsState.DAMAGED)
"""Where pieces may stand that came back: to be looked at, looked at and sound, or broken."""


def lost(
    shipment: str, pieces: Pieces | None = None, *, id: str = "", occurred_at: int | None = None
) -> Telling[object]:
    """Tell that pieces by line (None: all that are under way) were lost on their way.

    What is owed for them is asked of `make_good`. An `id` of its own tells each message after the first apart.
    """
    told = None if pieces is None else checked(pieces)

    def facts(case: Case) -> tuple[Fact, ...]:
        step, said = f"{case.document.id}/lost{id and '/'}{id}", (("pieces", told),)
        earlier = _left(case)
        after = after_facts(case, earlier)
        away = standing_at(after, LineState.SHIPPED)
        wanted = away if told is None else dict(told)
        lines = lines_of(case.order, {line: min(q, away.get(line, 0)) for line, q in wanted.items()})
        if not lines:
            return (*_by_then(earlier), too_late(step, told, said))
        event = Lost(order=case.order.id, shipment=case.document.id, lines=lines, lots=under_way(after, lines))
        guards = as_decided(after.world, (event,))
        return (*earlier, Fact(step, (event,), beyond(step, wanted, away), said, guards))

    return telling_of(shipment, f"lost{id and '/'}{id}", facts, occurred_at)


def found(
    shipment: str, pieces: Pieces | None = None, *, id: str = "", occurred_at: int | None = None
) -> Telling[object]:
    """Tell that pieces by line (None: all) which were lost are on their way after all.

    What was sent again for them is taken back, as far as no node has it in hand. Who tells that a parcel was delivered,
    or is back, of which all was lost, implies it. An `id` of its own tells each message after the first apart.
    """
    told = None if pieces is None else checked(pieces)

    def facts(case: Case) -> tuple[Fact, ...]:
        step, gone = f"{case.document.id}/found{id and '/'}{id}", lost_with(case)
        lines = [line for line in (gone if told is None else dict(told)) if gone.get(line, 0)]
        return (found_again(case, told, step) if lines else too_late(step, told, (("pieces", told),)),)

    return telling_of(shipment, f"found{id and '/'}{id}", facts, occurred_at)


def undeliverable(shipment: str, *, reason: str, id: str = "", occurred_at: int | None = None) -> Telling[object]:
    """Tell that a carrier can not deliver a parcel, and why; it moves once it is `sent_back`."""
    return _of_the_way(shipment, f"undeliverable{id and '/'}{id}", comes_back=True, reason=reason, at=occurred_at)


def intercepted(
    shipment: str, *, comes_back: bool, reason: str = "", id: str = "", occurred_at: int | None = None
) -> Telling[object]:
    """Tell what a carrier answers who was to stop a parcel: it `comes_back`, or arrives all the same."""
    return _of_the_way(shipment, f"intercepted{id and '/'}{id}", comes_back=comes_back, reason=reason, at=occurred_at)


def sent_back(
    shipment: str,
    pieces: Pieces | None = None,
    *,
    node: str = "",
    condition: str = GoodsState.QUARANTINE,
    reason: str = "",
    id: str = "",
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that pieces by line (None: all that are under way) are back, at a node ("": where they came from).

    `condition` is `sellable` or `damaged` where somebody has looked; `quarantine` waits for that. What is owed for them
    is asked of `make_good`. What the customer had is `returned`. An `id` of its own tells each message after the first
    apart. Raises `InvalidValue` for another condition.
    """
    told = None if pieces is None else checked(pieces)
    if condition not in CONDITIONS:
        raise InvalidValue("condition", condition, f"one of {', '.join(CONDITIONS)}")

    def facts(case: Case) -> tuple[Fact, ...]:
        step = f"{case.document.id}/sent_back{id and '/'}{id}"
        said = (("pieces", told), ("node", node), ("condition", condition), ("reason", reason))
        earlier = _left(case)
        earlier += found_before(after_facts(case, earlier))
        after = after_facts(case, earlier)
        away = standing_at(after, LineState.SHIPPED)
        wanted = away if told is None else dict(told)
        lines = lines_of(case.order, {line: min(q, away.get(line, 0)) for line, q in wanted.items()})
        if not lines:
            return (*_by_then(earlier), too_late(step, told, said))
        event = SentBack(
            order=case.order.id,
            shipment=case.document.id,
            node=node or case.document.node,
            lines=lines,
            condition=condition,
            reason=reason,
            lots=under_way(after, lines),
        )
        guards = as_decided(after.world, (event,))
        return (*earlier, Fact(step, (event,), beyond(step, wanted, away), said, guards))

    return telling_of(shipment, f"sent_back{id and '/'}{id}", facts, occurred_at)


def intercept(shipment: str, *, by: str, reason: str = "", id: str = "") -> Request[object]:
    """Ask that a parcel under way be stopped, because somebody (`by`, a word as "customer") wants that.

    Its pieces move once the carrier has brought them back. Because: `UNKNOWN_SHIPMENT`, `NOT_UNDER_WAY`.
    """
    identifier(by, "by")

    def decide(world: State, given: object, now: int) -> Decision:
        document = world.document(shipment_key(shipment))
        order = world.document(order_key(document.order)) if document else None
        if document is None or order is None:
            return Refused((Reason(FulfillmentCode.UNKNOWN_SHIPMENT, shipment),))
        case = Case(world, given, now, document, order)
        if not any(standing_at(case, LineState.SHIPPED).values()):
            return Refused((Reason(FulfillmentCode.NOT_UNDER_WAY, shipment),))
        detour = _detour(case, lambda known: attrs.evolve(known, asked_by=by, reason=reason))
        return Accepted((Diverted(detour=detour),))

    return Request(f"{shipment}/intercept{id and '/'}{id}", (("by", by), ("reason", reason)), decide)


def _of_the_way(shipment: str, step: str, *, comes_back: bool, reason: str, at: int | None) -> Telling[object]:
    def facts(case: Case) -> tuple[Fact, ...]:
        id, said = f"{case.document.id}/{step}", (("comes_back", comes_back), ("reason", reason))
        earlier = _left(case)
        if not any(standing_at(after_facts(case, earlier), LineState.SHIPPED).values()):
            return (*_by_then(earlier), too_late(id, None, said))
        detour = _detour(case, lambda known: attrs.evolve(known, comes_back=comes_back, reason=reason))
        return (*earlier, Fact(id, (Diverted(detour=detour),), (), said))

    return telling_of(shipment, step, facts, at)


def _detour(case: Case, changed: Callable[[Detour], Detour]) -> Detour:
    known = case.world.document(detour_key(case.document.id)) or Detour(shipment=case.document.id, revision=0)
    return attrs.evolve(changed(known), revision=known.revision + 1)


def _left(case: Case) -> tuple[Fact, ...]:
    """Return that a shipment had left its node; what never leaves it is not lost on a way."""
    return left_before(case) if LineState.SHIPPED in STEPS[method_of(case.document)] else ()


def _by_then(earlier: Iterable[Fact]) -> Iterator[Fact]:
    """Yield which steps had been taken by the moment of a message that comes too late to change anything."""
    return (fact for fact in earlier if not fact.events)
