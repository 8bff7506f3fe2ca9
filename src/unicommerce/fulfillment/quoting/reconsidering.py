"""Reconsider: orders that nodes were given and have not picked are planned anew together, and moved where that pays.

Each was routed on what was there when it came. Together, on what is there now and what they hold, another answer may
be cheaper: the last piece goes to whoever needs it most, two parcels become one. No promise gets later, nothing that
was allocated is left over, and an order of which something was picked is not touched.

A shipment that gets no other pieces stays as it is; of one that only gives pieces up, the rest stays. What nodes are
given is decided by `allocation`, one order after the other on what the moves leave, and under its guards.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ...catalog import Catalog
from ...errors import InvalidValue
from ...inventory import limits_of
from ...ledger import Accepted, Between, Guard, Reason, Refused, Request, State, Supposed
from ...orders import LineQuantity, LineState, line_account
from ...routing import Assignment, Batch, BatchOrder, BatchStrategy, Problem, Solution, price, price_batch, solve_batch
from ...values import Money, frozen, identifier, whole
from ..allocating.allocation import allocation
from ..codes import ReconsiderCode
from ..events import Allocated
from ..policy import FulfillmentPolicy
from .alternatives import (
    IN_WORK,
    UNFILLED_MINOR,
    Held,
    OpenOrder,
    Plan,
    WeighedOrder,
    answered_as,
    asking,
    cost_of,
    events_of,
    open_order,
    summed,
    weighed,
)

__all__ = ["ReconsiderPolicy", "reconsider"]


@frozen(kw_only=True)
class ReconsiderPolicy:
    """How open orders are reconsidered.

    - `fulfillment`: what allocating goes by, its routing among it. - `least_gain_minor`: what all moves together have
    to save, in minor units; each move is work for two nodes. - `strategy`: how orders are served together; the extra
    `optimize` has another one.
    """

    fulfillment: FulfillmentPolicy = FulfillmentPolicy()
    least_gain_minor: int = 1
    strategy: BatchStrategy = solve_batch

    def __attrs_post_init__(self) -> None:
        whole(self.least_gain_minor, "least_gain_minor", 1)


def reconsider(orders: Iterable[str], *, id: str, policy: ReconsiderPolicy = ReconsiderPolicy()) -> Request[Catalog]:
    """Ask that orders be planned anew together where nothing of them is picked, and moved if that saves enough.

    Because: one reason for each order, `MOVES` (from, to, saved) or why it stays; `orders.UNKNOWN_ORDER`. Refused, and
    nothing moves, where all moves together save less than the policy's `least_gain_minor`.
    """
    wanted = tuple(sorted({identifier(order, "order") for order in orders}))

    def decide(world: State, catalog: Catalog, now: int) -> Accepted | Refused:
        found = {order: open_order(world, catalog, order, policy.fulfillment, now) for order in wanted}
        verdicts = {order: each for order, each in found.items() if isinstance(each, Reason)}
        movable = [each for each in found.values() if isinstance(each, OpenOrder)]
        while True:  # those that can not move after all are left out, and the others planned without them
            answer, barred = _reconsidered(world, movable, policy)
            verdicts |= {reason.subject: reason for reason in (*answer.because, *barred)}
            if not barred:
                because = tuple([verdicts[order] for order in wanted])
                return Accepted(answer.events, because, answer.guards) if answer.events else Refused(because)
            movable = [each for each in movable if each.id not in {reason.subject for reason in barred}]

    return Request(f"orders/reconsidered/{identifier(id, 'id')}", (("orders", wanted),), decide)


def _reconsidered(
    world: State, movable: Sequence[OpenOrder], policy: ReconsiderPolicy
) -> tuple[Accepted, tuple[Reason, ...]]:
    """Return how these orders move, with a reason for each; or which of them can not, and why."""
    after = Supposed(world, [event for each in movable for event in each.taken_back(world)])
    found = [weighed(each, after) for each in movable]
    some = [each for each in found if isinstance(each, WeighedOrder)]
    barred = tuple([each for each in found if isinstance(each, Reason)])
    if barred or not some:
        return Accepted(), barred
    plans = _planned(some, after, policy)
    saved = {each.id: each.cost - cost_of(each.problem, plan) for each, plan in zip(some, plans, strict=True)}
    total = sum(saved.values())
    if total < policy.least_gain_minor:
        return Accepted((), tuple([_too_little(each, total, policy) for each in some])), ()
    return _moved(world, some, plans, saved)


def _too_little(order: WeighedOrder, total: int, policy: ReconsiderPolicy) -> Reason:
    if total <= 0:
        return order.order.stays(ReconsiderCode.STAYS)
    unit = order.order.case.order.currency
    return Reason(ReconsiderCode.TOO_LITTLE, order.id, total, policy.least_gain_minor, unit)


# All of them together


def _planned(some: Sequence[WeighedOrder], after: State, policy: ReconsiderPolicy) -> list[Plan]:
    """Return a plan for each order, none of them other than now in vain; as now where a strategy leaves pieces over."""
    batch, now = _batch(some, after), [each.plan for each in some]
    found = list(policy.strategy(batch, now).plans)
    is_whole = all(price(one.problem, plan) < UNFILLED_MINOR for one, plan in zip(some, found, strict=True))
    if not is_whole or not _is_possible(batch, found):
        return now
    for index, one in enumerate(some):
        kept = [*found[:index], one.plan, *found[index + 1 :]]
        if cost_of(one.problem, found[index]) >= one.cost and _is_possible(batch, kept):
            found = kept
    return found


def _is_possible(batch: Batch, plans: Sequence[Plan]) -> bool:
    try:
        price_batch(batch, plans)
    except InvalidValue:
        return False
    return True


def _batch(some: Sequence[WeighedOrder], after: State) -> Batch:
    """Return the orders with what they share, which is never less than what they have."""
    held = [(each.shipment.node, each, one.days) for one in some for each in one.order.held]
    stock = summed([((node, sku), pieces) for node, each, _ in held for sku, pieces in each.pieces().items()])
    now = summed([(node, sum(each.pieces().values())) for node, each, _ in held])
    other_days = summed([(n, sum(h.pieces().values())) for n, h, days in held if days.get(n) != h.shipment.day])
    capacity: dict[str, int] = {}
    for one in some:
        case, skus = one.order.case, list(one.due)
        for node, _, _, room, offers, *_ in one.problem.candidates:
            if room is not None:
                capacity[node] = max(capacity.get(node, 0), room + other_days.get(node, 0), now.get(node, 0))
            for sku in [skus[offer.line] for offer in offers]:
                free = limits_of(after, case.catalog, ((node,),), sku, now=case.now).free(after)
                stock[node, sku] = max(stock.get((node, sku), 0), free)
    orders = tuple([BatchOrder(one.id, one.problem, tuple(one.due)) for one in some])
    return Batch(orders=orders, stock=stock, capacity=capacity)


# The moves


class _Change(NamedTuple):
    """What an order gives back, and what nodes are given instead, by SKU."""

    back: tuple[Held, ...]
    given: Mapping[str, Mapping[str, int]]


def _change(one: WeighedOrder, plan: Plan) -> _Change:
    """Return what has to change: a shipment that gets no other pieces stays, and what it has no more is given back."""
    wanted, back = one.by_node(plan), list[Held]()
    for node in one.order.nodes():
        held, wants = one.order.at(node), wanted.get(node, {})
        if len(held) == 1 and all(pieces <= held[0].pieces().get(sku, 0) for sku, pieces in wants.items()):
            back += _beyond(held[0], wants)
            wanted.pop(node, None)
        else:
            back += held
    return _Change(tuple(back), wanted)


def _beyond(held: Held, wants: Mapping[str, int]) -> tuple[Held, ...]:
    """Return what a shipment has beyond what it is to keep, where it has more."""
    keeps, lines = dict(wants), list[LineQuantity]()
    for line, sku, quantity in held.lines:
        kept = min(keeps.get(sku, 0), quantity)
        keeps[sku] = keeps.get(sku, 0) - kept
        lines += [LineQuantity(line, sku, quantity - kept)] if kept < quantity else []
    return (held._replace(lines=tuple(lines)),) if lines else ()


def _moved(
    world: State, some: Sequence[WeighedOrder], plans: Sequence[Plan], saved: Mapping[str, int]
) -> tuple[Accepted, tuple[Reason, ...]]:
    """Return the moves: first all is taken back, then each order is given what was planned for it."""
    changes = [(one, _change(one, plan)) for one, plan in zip(some, plans, strict=True)]
    moves = [
        (one._replace(order=one.order._replace(held=change.back)), change) for one, change in changes if change.back
    ]
    events = [event for one, _ in moves for event in one.order.taken_back(world)]
    guards: list[Guard] = [guard for one, _ in moves for guard in _untouched(one.order)]
    barred = list[Reason]()
    for one, change in moves:
        answer = _given(one, change, Supposed(world, events))
        if answer is None:
            barred.append(one.order.stays(ReconsiderCode.PROMISED_ELSEWHERE))
        else:
            events += answer.events
            guards += answer.guards
    moving = {one.id: _moves(one, change, saved[one.id]) for one, change in moves}
    because = tuple([moving.get(one.id) or one.order.stays(ReconsiderCode.STAYS) for one in some])
    return (Accepted(), tuple(barred)) if barred else (Accepted(tuple(events), because, tuple(guards)), ())


def _moves(one: WeighedOrder, change: _Change, saved: int) -> Reason:
    money = str(Money(saved, one.order.case.order.currency))
    return Reason(ReconsiderCode.MOVES, one.id, ", ".join(one.order.nodes()), ", ".join(change.given), money)


def _untouched(order: OpenOrder) -> list[Between]:
    """Return the guards that nothing of an order is picked, and that what is taken back is there."""
    document = order.case.order
    guards = [Between(document.unit(line.id), IN_WORK, 0, 0) for line in document.lines]
    for shipment, lines in order.held:
        at = (line_account(LineState.ALLOCATED, shipment.id),)
        guards += [Between(document.unit(line), at) for line, _, _ in lines]
    return guards


def _given(one: WeighedOrder, change: _Change, world: State) -> Accepted | None:
    """Return how nodes are given what was planned; None where allocating does not agree, or it would be late."""
    lines = one.order.lines()
    skus = sorted({line.sku for line in lines})

    def answers(problem: Problem) -> Solution:
        places = {each.node: index for index, each in enumerate(problem.candidates)}
        rows = [
            (places[node], skus.index(sku), q)
            for node, own in change.given.items()
            if node in places
            for sku, q in own.items()
        ]
        return answered_as(problem, tuple([Assignment(*row) for row in rows]))

    answer = allocation(asking(one.order.case._replace(world=world), answers, max(one.due.values())), lines)
    given = [event for event in events_of(answer) if isinstance(event, Allocated)]
    found = {event.shipment.node: summed([(sku, q) for _, sku, q in event.lines]) for event in given}
    late = [each for each in given for _, sku, _ in each.lines if each.shipment.deliver_by > one.due[sku]]
    if isinstance(answer, Refused) or late or found != change.given:
        return None
    after = Supposed(world, answer.events)
    sums = [guard for guard in answer.guards if isinstance(guard, Between)]
    return answer if all(guard.admits(after.balance(guard.unit, guard.accounts)) for guard in sums) else None
