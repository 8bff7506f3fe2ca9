"""Those who are short at a pool wait at an inbound instead of giving way, where the policy lets their channel wait."""

import attrs

from ..fulfillment import claims_of
from ..inventory import Released
from ..ledger import Accepted, Reason, Refused, State, Supposed
from ..orders import line_quantities
from ..supply import Awaited, Short, SupplyCode, awaiting
from ..supply import Case as Waiting
from .claimants import Case, kit_of, opened_with_kit, order_of
from .policy import Claimant

__all__ = ["wait_instead"]


def wait_instead(world: State, case: Case, one: Claimant, pieces: int) -> Accepted:
    """Let open pieces of a line wait at inbounds, with those of its whole kits, as many as there is room for.

    The quota that they drew stays theirs; what they are promised is told with all else of their order.
    """
    order = order_of(world, one.ref)
    if order is None or (policy := case.policy.backorders(order.channel)).when_short is not Short.BACKORDER:
        return Accepted()
    asked = Waiting(case.catalog, order, policy, case.now, since=case.since, has_quota=True)
    while pieces > 0:
        wanted, before = opened_with_kit(world, order, one.ref, pieces)
        lines = claims_of(order.id, line_quantities(order, wanted))
        freed = Released(place=one.place, state=one.state, lines=lines, channel=order.channel)
        answer = awaiting(Supposed(world, (*before.events, freed)), asked, lines, is_whole=True)
        if isinstance(answer, Accepted):
            waits = [attrs.evolve(each, promise=None) if isinstance(each, Awaited) else each for each in answer.events]
            moved = tuple([Reason(SupplyCode.MOVED, ref, quantity, quantity, sku) for ref, sku, quantity, *_ in lines])
            return Accepted((*before.events, freed, *waits), moved, (*before.guards, *answer.guards))
        each = kit_of(order, one.ref)[1] if len(wanted) > 1 else 1
        pieces = each * _fewer(answer, -(-pieces // each))
    return Accepted()


def _fewer(answer: Refused, number: int) -> int:
    """Return of how many all would be expected, where it is too little for so many."""
    short = [(each.found, each.needed) for each in answer.because if each.code is SupplyCode.SHORT]
    fits = [number * found // needed for found, needed in short if isinstance(found, int) and isinstance(needed, int)]
    return min(fits, default=0)
