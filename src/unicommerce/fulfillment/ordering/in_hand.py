"""Pieces that go back: from a node's hands to its shelf, from its list to the pool; and what it is too late for.

Pieces in hand are those that are picked, packed or ready. The last shipment gives back first, and of it what is least
advanced. Once pieces have left, nothing here brings them back: a parcel is intercepted, or comes back as a return.
"""

from collections.abc import Iterable, Mapping

from ...counts import Regraded
from ...inventory import Claimed, GoodsState, LotPieces, claim_lines
from ...ledger import Accepted, Between, Decision, Event, Guard, Reason, Refused, State, Supposed
from ...orders import LineQuantity, LineState, Order, by_shipment, line_account, standing
from ..allocating.openings import released
from ..cases import Case
from ..codes import FulfillmentCode
from ..documents import shipment_key
from ..events import Deallocated, by_lot
from ..handover.counter import reshelved
from ..handover.picks import Case as ShipmentCase
from ..handover_events import Reshelved
from ..names import taken_back

__all__ = ["GONE", "IN_HAND", "UNPICKED", "claimed_by_pool", "put_back", "standing_in", "unallocated", "why_too_late"]

UNPICKED = (LineState.OPEN, LineState.PENDING, LineState.BACKORDERED, LineState.ALLOCATED)
"""Where pieces stand that nobody has touched for the order."""

IN_HAND = (LineState.PICKED, LineState.PACKED, LineState.READY)
"""Where pieces stand that a node has in hand, the least advanced first."""

GONE = (LineState.SHIPPED, LineState.DELIVERED, LineState.COLLECTED, LineState.LOST, LineState.RETURNED)
"""Where pieces stand that have left."""

Pieces = Mapping[str, int]


def standing_in(world: State, order: Order, states: Iterable[LineState]) -> dict[str, int]:
    """Return the pieces by line of an order that stand in one of several states."""
    some = tuple(states)
    held = {line.id: sum([standing(world, order.unit(line.id), state) for state in some]) for line in order.lines}
    return {line: quantity for line, quantity in held.items() if quantity > 0}


def why_too_late(world: State, order: Order, wanted: Pieces) -> tuple[Reason, ...]:
    """Say of lines, or (none wanted) of all, how many pieces are in hand or have left, and what can be done instead."""
    unpicked, in_hand, gone = [standing_in(world, order, states) for states in (UNPICKED, IN_HAND, GONE)]
    because = []
    for line in order.line_by_id:
        held, left = in_hand.get(line, 0), gone.get(line, 0)
        short = wanted.get(line, 0) - unpicked.get(line, 0) if wanted else held + left
        if short > 0 and held:
            because.append(Reason(FulfillmentCode.IN_HAND, order.unit(line), held))
        if short > held and left:
            because.append(Reason(FulfillmentCode.HAS_LEFT, order.unit(line), left, wanted.get(line, left)))
    return tuple(because)


def put_back(case: Case, wanted: Pieces, *, to: str = GoodsState.SELLABLE, reason: str = "") -> Accepted:
    """Return how so many pieces by line that nodes have in hand go back to their shelves, as far as there are any.

    Only of what nobody wants any more may the goods be set apart: `to` another state than for sale.
    """
    events, guards = list[Event](), list[Guard]()
    for (ref, state), lines in _chosen(case, wanted).items():
        shipment = case.world.document(shipment_key(ref))
        if shipment is None:
            continue
        own = ShipmentCase(Supposed(case.world, events), case.catalog, case.now, shipment, case.order)
        back = reshelved(own, lines, state, reason=reason)
        events.append(back)
        if to != GoodsState.SELLABLE:
            events.append(_set_apart(back, to))
        at = (line_account(state, ref),)
        guards += [Between(case.order.unit(line), at) for line, _, _ in lines]
    return Accepted(tuple(events), (), tuple(guards))


def _chosen(case: Case, wanted: Pieces) -> dict[tuple[str, LineState], tuple[LineQuantity, ...]]:
    """Return which pieces go back, by shipment and where they stand in it."""
    chosen: dict[tuple[str, LineState], tuple[LineQuantity, ...]] = {}
    for line in case.order.lines:
        left, unit = wanted.get(line.id, 0), case.order.unit(line.id)
        for state in IN_HAND if left > 0 else ():
            parts = case.world.parts(unit, line_account(state))
            for account, held in sorted(parts.items(), key=by_shipment, reverse=True):
                if (part := min(held, left)) > 0:
                    left -= part
                    some = chosen.get((account.ref, state), ())
                    chosen[account.ref, state] = (*some, LineQuantity(line.id, line.sku, part))
    return chosen


def _set_apart(back: Reshelved, target: str) -> Regraded:
    """Return that pieces which came back to the shelf are not for sale before somebody has looked."""
    pieces = by_lot(back.lines, back.lots)
    return Regraded(
        regrade=f"{back.shipment}/put back",
        node=back.node,
        lines=tuple([(sku, quantity) for _, sku, quantity, own in pieces if not own]),
        source=GoodsState.SELLABLE,
        target=target,
        reason=back.reason,
        lots=tuple([LotPieces(sku, quantity, own["lot"], own["owner"]) for _, sku, quantity, own in pieces if own]),
    )


def unallocated(world: State, order: Order) -> Accepted:
    """Return how all that no node has picked yet is taken back to the pool; guarded: nobody picks of it meanwhile."""
    taken: dict[str, list[LineQuantity]] = {}
    guards = list[Guard]()
    for line in order.lines:
        unit = order.unit(line.id)
        for account, held in sorted(world.parts(unit, line_account(LineState.ALLOCATED)).items(), key=by_shipment):
            if held > 0:
                taken.setdefault(account.ref, []).append(LineQuantity(line.id, line.sku, held))
                guards.append(Between(unit, (account,), 0, 0))
    events = list[Event]()
    for ref, lines in taken.items():
        if (shipment := world.document(shipment_key(ref))) is not None:
            events += taken_back(world, order, shipment, lines)
    return Accepted(tuple(events), (), tuple(guards))


def claimed_by_pool(case: Case, back: Iterable[Event]) -> Decision:
    """Decide that the pool has itself what pieces have gone `back` to nodes that it can not sell from.

    Such a node was closed meanwhile, or is none of the pool's. What is answered is to be beside those events. Because:
    `inventory.SHORT` (found and needed).
    """
    back, order, network = tuple(back), case.order, case.catalog.network
    pool, nodes = network.pool_by_id.get(order.pool), network.node_by_id
    reach = [node for node in pool.nodes if nodes[node].is_open] if pool else []
    put = [(event.node, event.lines) for event in back if isinstance(event, Reshelved)]
    put += [(event.shipment.node, event.lines) for event in back if isinstance(event, Deallocated)]
    kept = tuple([line for node, lines in put if node not in reach for line in lines])
    if not kept:
        return Accepted()
    freed = released(Supposed(case.world, back), order, kept)
    wanted = Claimed(place=freed.place, state=freed.state, lines=freed.lines, channel=order.channel)
    before = Supposed(case.world, (*back, freed))
    answer = claim_lines(before, case.catalog, wanted, now=case.now, has_quota=True, goes_on=True)
    if isinstance(answer, Refused):
        return answer
    events = [event for event in answer.events if not isinstance(event, Claimed)]  # it has that claim
    return Accepted(tuple(events), answer.because, answer.guards)
