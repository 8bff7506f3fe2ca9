"""Pieces that go back to a node which was closed meanwhile, or is none of the pool's: nobody can have them from there.

The pool has to have as many itself, or all stays where it is. Who wants them no more at all cancels them instead.
"""

from collections.abc import Iterable

from ...inventory import Claimed, claim_lines
from ...ledger import Accepted, Decision, Event, Refused, Supposed
from ...orders import LineQuantity
from ..cases import Case
from ..events import Deallocated
from ..handover_events import Reshelved
from .openings import released

__all__ = ["claimed_by_pool"]


def claimed_by_pool(case: Case, back: Iterable[Event]) -> Decision:
    """Decide that the pool has itself what nodes keep, which it can not sell from, of pieces that have gone `back`.

    What is answered is to be beside those events. Because: `inventory.SHORT` (found and needed).
    """
    back, order, network = tuple(back), case.order, case.catalog.network
    pool, nodes = network.pool_by_id.get(order.pool), network.node_by_id
    reach = [node for node in pool.nodes if nodes[node].is_open] if pool else []
    kept = tuple([line for event in back for node, line in _shelved(event) if node not in reach])
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


def _shelved(event: Event) -> list[tuple[str, LineQuantity]]:
    """Return the pieces that an event leaves on the shelf of a node, and the node."""
    if isinstance(event, Reshelved):
        return [(event.node, line) for line in event.lines]
    return [(event.shipment.node, line) for line in event.lines] if isinstance(event, Deallocated) else []
