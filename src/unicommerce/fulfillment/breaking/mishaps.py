"""What people at a node say when things break there: damaged in their hands, closed, refused at the counter. Facts.

A message about pieces that have left the node moves nothing and is a finding (`ledger.DISAGREES`): it came too late.
Siblings, the other pieces of the order, keep what they have.
"""

from collections.abc import Iterable

import attrs

from ...ledger import Event, Fact, Supposed, Telling
from ...orders import Canceled, LineState
from ...values import identifier
from ..allocating.again import as_decided
from ..allocating.openings import released
from ..codes import FulfillmentCode
from ..documents import RejectionReason
from ..handover.back import rejected
from ..handover.counter import refunds_due, reshelved
from ..handover.handing_over import ready
from ..handover.messages import (
    IN_HAND,
    Pieces,
    Told,
    after_facts,
    beyond,
    checked,
    collection_of,
    counter,
    lines_of,
    lots_in_hand,
    standing_at,
    telling_of,
    together_at,
    too_late,
)
from ..handover.methods import STEPS, method_of
from ..handover.picks import Case
from ..handover.tellings import picks_before
from ..memory import remembered
from ..mishap_events import PutDown

__all__ = ["damaged", "declined", "put_down"]

AT_A_NODE = (*IN_HAND, LineState.READY)
"""Where pieces stand that somebody has in hand, those first that are least advanced."""


def damaged(
    shipment: str, pieces: Pieces, *, reason: str = "", id: str = "", occurred_at: int | None = None
) -> Telling[object]:
    """Tell that pieces by line broke in a node's hands, as at packing; that all was picked is implied.

    They are set apart as damaged, their lines are open with a claim at the pool, and the policy says for how long the
    node is not asked for them (`RejectionPolicy.damaged`). What was not picked yet is `rejected`. An `id` of its own
    tells each message after the first apart.
    """
    told = checked(pieces)

    def facts(case: Case) -> tuple[Fact, ...]:
        step = f"{case.document.id}/damaged{id and '/'}{id}"
        in_hand, allocated = together_at(case, AT_A_NODE), standing_at(case, LineState.ALLOCATED)
        earlier: tuple[Fact, ...] = ()
        if any(quantity > in_hand.get(line, 0) for line, quantity in told):
            all_there = {line: quantity + allocated[line] for line, quantity in in_hand.items()}
            earlier = picks_before(case, all_there, in_hand, step)
        after, said = after_facts(case, earlier), (("pieces", told), ("reason", reason))
        there = together_at(after, AT_A_NODE)
        events = _put_down(after, dict(told), RejectionReason.DAMAGED, AT_A_NODE)
        if not events:
            return (too_late(step, told, said),)
        return (*earlier, Fact(step, events, beyond(step, dict(told), there), said, as_decided(after.world, events)))

    return telling_of(shipment, f"damaged{id and '/'}{id}", facts, occurred_at)


def put_down(
    shipment: str, node: str, *, reason: str = "", id: str = "", occurred_at: int | None = None
) -> Telling[object]:
    """Tell that a node gives back all that it has of a shipment, picked or not: it closes, or sends no more of it.

    Goods that it has in hand go back to its shelf, where nobody can have them as long as it is closed, and claims to
    the pool. For as long as the policy says of a busy node it is not asked again for this order. A node that sends, and
    the counter where pieces wait, are told apart. An `id` of its own tells each message after the first apart.
    """
    identifier(node, "node")

    def facts(case: Case) -> tuple[Fact, ...]:
        document, step = case.document, f"{case.document.id}/put_down{id and '/'}{id}"
        is_sender, is_counter = node == document.node, node == counter(document)
        events: tuple[Event, ...] = ()
        if is_sender and any(standing_at(case, LineState.ALLOCATED).values()):
            given_back = rejected(document.id, reason=RejectionReason.BUSY)
            events = given_back.decide(case.world, case.given, case.now)[-1].events
        states = (*(IN_HAND if is_sender else ()), *((LineState.READY,) if is_counter else ()))
        after = case._replace(world=Supposed(case.world, events))
        events += _put_down(after, together_at(case, states), RejectionReason.BUSY, states)
        said = (("node", node), ("reason", reason))
        if not events:
            return (too_late(step, None, said),)
        return (Fact(step, events, (), said, as_decided(case.world, events)),)

    return telling_of(shipment, f"put_down{id and '/'}{id}", facts, occurred_at)


def declined(
    shipment: str, pieces: Pieces | None = None, *, reason: str = "", part: str = "", occurred_at: int | None = None
) -> Telling[object]:
    """Tell that a customer did not take pieces by line (None: all that wait) at the counter; `ready` is implied.

    They are on the shelf there, their lines are canceled, and a refund is due, as where nobody came (`put_back`). What
    is broken is `damaged` instead. Of a shipment that is declined in parts, a `part` tells each apart.

    Because: `REFUND_DUE` for each line.
    """
    told = None if pieces is None else checked(pieces)

    def facts(case: Case) -> tuple[Fact, ...]:
        step = f"{case.document.id}/declined{part and '/'}{part}"
        earlier = _ready_before(case, told)
        after, said = after_facts(case, earlier), (("pieces", told), ("reason", reason))
        waiting = standing_at(after, LineState.READY)
        wanted = waiting if told is None else dict(told)
        lines = lines_of(case.order, {line: min(q, waiting.get(line, 0)) for line, q in wanted.items()})
        if not lines:
            return (too_late(step, told, said),)
        events: tuple[Event, ...] = (
            reshelved(after, lines, LineState.READY, reason=reason),
            Canceled(order=case.order.id, lines=lines, reason=reason or FulfillmentCode.NOT_COLLECTED.value),
        )
        events += (released(Supposed(after.world, events), case.order, lines),)
        because = (*beyond(step, wanted, waiting), *refunds_due(case.order, lines))
        return (*earlier, Fact(step, events, because, said, as_decided(after.world, events)))

    return telling_of(shipment, f"declined{part and '/'}{part}", facts, occurred_at)


def _ready_before(case: Case, told: Told | None) -> tuple[Fact, ...]:
    """Return that pieces waited at the counter, where too few of them did and others were on their way there."""
    steps = STEPS[method_of(case.document)]
    if LineState.READY not in steps:
        return ()
    waiting = standing_at(case, LineState.READY)
    to_come = together_at(case, steps[: steps.index(LineState.READY)])
    is_short = not any(waiting.values()) if told is None else any(q > waiting.get(line, 0) for line, q in told)
    if not (is_short and any(to_come.values())):
        return ()
    return ready(case.document.id).decide(case.world, case.given, case.now)


def _put_down(case: Case, pieces: Pieces, reason: RejectionReason, states: Iterable[LineState]) -> tuple[Event, ...]:
    """Return how pieces that a node has in hand go back to the pool, as far as they are there."""
    document, order, left = case.document, case.order, dict(pieces)
    events: tuple[Event, ...] = ()
    for state in states:
        after = case._replace(world=Supposed(case.world, events))
        held = standing_at(after, state)
        part = {line: min(quantity, held.get(line, 0)) for line, quantity in left.items()}
        if not (lines := lines_of(order, part)):
            continue
        is_waiting, is_busy = state is LineState.READY, reason is RejectionReason.BUSY
        node = counter(document) if is_waiting else document.node
        skus = [line.sku for line in lines]
        memory = remembered(after.world, attrs.evolve(document, node=node), skus, reason, is_all=is_busy, now=case.now)
        stays = {line: quantity - part.get(line, 0) for line, quantity in held.items()}
        event = PutDown(
            pool=order.pool,
            node=node,
            order=order.id,
            shipment=document.id,
            reason=reason,
            lines=lines,
            attempts=memory.attempts,
            source=state,
            lots=lots_in_hand(after, lines, node),
            doubts=memory.doubts,
            collection=collection_of(after, stays) if is_waiting else None,
        )
        events += (event,)
        left = {line: quantity - part.get(line, 0) for line, quantity in left.items()}
    return events
