"""What becomes of the open pieces of an order that nodes have turned down too often, as the policy says.

What waits for people waits as it stands, open and with its claim at the pool. Pieces of a kit are canceled, or wait for
goods, as whole kits or not at all; what other shipments have they keep. What must last does not wait for goods. Another
SKU comes instead only as the customer has allowed, and only where nodes can be given all of it at once.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import attrs

from ...catalog import pool_place
from ...inventory import GoodsState, Released, quota_lines
from ...ledger import Accepted, Decision, Reason, Refused, Supposed
from ...orders import Canceled, LineQuantity, bundles, line_quantities, open_pieces
from ...supply import Case as Waiting
from ...supply import awaiting
from ..allocating.allocation import Case, open_pieces_of
from ..allocating.openings import claims_of
from ..back_events import Exhausted
from ..codes import FulfillmentCode
from ..memory import attempts_of
from ..policy import Then
from .substituting import stood_in

__all__ = ["exhausted"]

Lines = tuple[LineQuantity, ...]


def exhausted(case: Case) -> Decision | None:
    """Decide what becomes of an order's open pieces; None: it was not turned down too often, or nothing is open."""
    policy, attempts = case.policy.rejections, attempts_of(case.world, case.order.id)
    if policy.most_attempts is None or attempts.rejected < policy.most_attempts:
        return None
    lines = open_pieces_of(case.world, case.order)
    if not lines:
        return None
    taken = Accepted(
        (), (Reason(FulfillmentCode.MOST_ATTEMPTS, case.order.id, attempts.rejected, policy.most_attempts),)
    )
    over = Exhausted(
        attempts=attrs.evolve(attempts, revision=attempts.revision + 1, settled=attempts.settled + attempts.rejected)
    )
    left = {line: quantity for line, _, quantity in lines}
    for some in _together(case, left) if policy.then in ENDS else ():
        after = case._replace(world=Supposed(case.world, (over, *taken.events)))
        answer = ENDS[policy.then](after, some)
        events = answer.events if isinstance(answer, Accepted) else ()
        guards = answer.guards if isinstance(answer, Accepted) else ()
        taken = Accepted(taken.events + events, taken.because + answer.because, taken.guards + guards)
        left |= {line: left[line] - quantity for line, _, quantity in some if events}
    waiting = [(case.order.unit(line), quantity) for line, quantity in left.items() if quantity]
    because = taken.because + tuple([Reason(FulfillmentCode.WAITS, unit, quantity) for unit, quantity in waiting])
    if not taken.events:
        return Refused(because)
    return Accepted((over, *taken.events), because, (*taken.guards, *open_pieces(case.order.id, lines)))


def _together(case: Case, pieces: dict[str, int]) -> list[Lines]:
    """Return what goes together: whole kits, and lines beside them; pieces of a torn kit are in none."""
    order, found = case.order, list[Lines]()
    of_kits = set() if case.policy.kits_may_part else {line for kit in order.kits for line, _ in kit.components}
    for kit, number, parts in bundles(order, pieces):
        if kit or parts[0][0] not in of_kits:
            found.append(line_quantities(order, {line: number * each for line, each in parts}))
    return found


def _canceled(case: Case, lines: Lines) -> Decision:
    order, claims = case.order, claims_of(case.order.id, lines)
    quota, place = quota_lines(case.world, order.channel, claims), pool_place(order.pool)
    canceled = Canceled(order=order.id, lines=lines, reason=FulfillmentCode.MOST_ATTEMPTS.value)
    freed = Released(place=place, state=GoodsState.RESERVED, lines=claims, channel=order.channel, quota=quota)
    given_up = [Reason(FulfillmentCode.GIVEN_UP, order.unit(line), q, None, sku) for line, sku, q in lines]
    return Accepted((canceled, freed), tuple(given_up))


def _backordered(case: Case, lines: Lines) -> Decision:
    """Let pieces wait at inbounds instead of at the pool, all of these or none; the quota they drew stays theirs."""
    order, claims = case.order, claims_of(case.order.id, lines)
    if any(case.catalog.life_days(order.channel, sku) for _, sku, _ in lines):
        return Refused(())
    asked = Waiting(case.catalog, order, case.policy.backorders, case.now, has_quota=True)
    place, state = pool_place(order.pool), GoodsState.RESERVED
    freed = Released(place=place, state=state, lines=claims, channel=order.channel)
    answer = awaiting(Supposed(case.world, (freed,)), asked, claims, is_whole=True)
    if isinstance(answer, Refused):
        return answer
    return Accepted((freed, *answer.events), answer.because, answer.guards)


def _substituted(case: Case, lines: Lines) -> Decision:
    """Let another SKU come instead; of a kit nothing does."""
    if len(lines) > 1:
        return Refused(())
    return stood_in(case, lines[0].line, lines[0].quantity)


ENDS: Mapping[Then, Callable[[Case, Lines], Decision]] = MappingProxyType(
    {Then.CANCEL: _canceled, Then.BACKORDER: _backordered, Then.SUBSTITUTE: _substituted}
)
"""What may become of open pieces that go together."""
