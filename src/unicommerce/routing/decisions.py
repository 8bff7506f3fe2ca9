"""Route: which node serves what, provably at the least cost among the plans that are on time, and why each node or not.

A pipeline of small steps: eligible nodes -> promise -> integer costs -> exact search -> plan. Policy is compiled to
four integers for each node and SKU before the search; nothing is looked up inside it. Late nodes are let in, at a
price, only where the on-time ones leave pieces over.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..catalog import day_text, local_day
from ..ledger import Reason, ReasonCode
from ..values import HOUR_MS, Money, distance_m
from .documents import Need, Plan, PlannedShipment, Supply
from .exact import solve
from .policy import Band, RoutingPolicy
from .problem import Candidate, Offer, Problem, Solution
from .promises import Destination, Promise, Transit, promised

__all__ = ["RoutingCode", "route"]


class RoutingCode(ReasonCode):
    """One of these for each candidate node."""

    SHIPS_ALL = "routing.ships_all", "{subject} ships everything ({needed}): costs {unit}"
    SHIPS_PART = "routing.ships_part", "{subject} ships {found} of {needed}: costs {unit}"
    CLOSED = "routing.closed", "{subject} is closed"
    TURNED_DOWN = "routing.turned_down", "{subject} has turned this order down before"
    NO_STOCK = "routing.no_stock", "{subject} has none of the {needed} pieces"
    NO_CAPACITY = "routing.no_capacity", "{subject} can handle nothing more that day"
    TOO_LATE = "routing.too_late", "{subject} would deliver {found} h later than the service level allows"
    COSTLIER = (
        "routing.costlier",
        "{subject} could ship everything, but any plan that uses it costs at least {unit} more",
    )
    COSTLIER_IN_PART = (
        "routing.costlier_in_part",
        "{subject} has only {found} of {needed}; any plan that uses it costs at least {unit} more",
    )
    NO_CHEAPER = "routing.no_cheaper", "{subject} has {found} of {needed}, and no plan that uses it is cheaper"
    NOT_EXPLORED = "routing.not_explored", "{subject} was not compared: the search stopped after {needed} steps"
    NOT_CHOSEN = "routing.not_chosen", "{subject} has {found} of {needed}, and the strategy in use chose others"


class _Question(NamedTuple):
    """What is asked, with what decides it."""

    needs: tuple[Need, ...]
    destination: Destination
    service: str
    due_at: int
    currency: str
    policy: RoutingPolicy
    now: int

    @property
    def pieces(self) -> int:
        return sum([need.quantity for need in self.needs])


class _Option(NamedTuple):
    """An eligible node with its promise and its costs."""

    supply: Supply
    band: Band
    promise: Promise
    late_hours: int


def route(
    needs: Sequence[Need],
    supplies: Sequence[Supply],
    *,
    destination: Destination,
    service: str = "",
    due_at: int,
    currency: str,
    policy: RoutingPolicy,
    now: int,
) -> Plan:
    """Return the cheapest plan; moments are ms UTC, `due_at` the latest delivery that counts as on time.

    `service` is the level that the customer chose, which cut-offs, pick-ups and transits may be for.

    >>> from unicommerce.catalog import Node
    >>> from unicommerce.values import Position
    >>> dc = Node(id="dc", position=Position.of(36.3, -94.1))
    >>> plan = route([Need("MUG", 2, 350)], [Supply(dc, (5,))], destination=Destination(Position.of(36.4, -94.2)),
    ...     due_at=10**12, currency="USD", policy=RoutingPolicy(), now=0)
    >>> plan.shipments[0].items, plan.is_proven
    ((('MUG', 2),), True)
    """
    question = _Question(tuple(needs), destination, service, due_at, currency, policy, now)
    verdicts: dict[str, Reason] = {}
    options = []
    for supply in supplies:
        option = _eligible(supply, question)
        if isinstance(option, Reason):
            verdicts[supply.node.id] = option
        else:
            options.append(option)
    on_time = [option for option in options if not option.late_hours]
    taken, solution = on_time, _solve(on_time, question)
    if any(solution.unfilled) and len(on_time) < len(options):
        taken, solution = options, _solve(options, question)
    shipments = _shipments(taken, solution, question)
    verdicts |= {option.supply.node.id: _too_late(option) for option in options if option.late_hours}
    verdicts |= _compared(taken, solution, question) | _shipping(taken, shipments, question)
    return Plan(
        shipments=shipments,
        unfilled=tuple([(need.sku, left) for need, left in zip(needs, solution.unfilled, strict=True) if left]),
        cost_minor=sum([shipment.cost_minor for shipment in shipments]),
        lower_bound_minor=solution.lower_bound - policy.unfilled_minor * sum(solution.unfilled),
        is_proven=solution.proven,
        because=tuple([verdicts[supply.node.id] for supply in supplies]),
        destination=destination,
    )


def _eligible(supply: Supply, question: _Question) -> _Option | Reason:
    node, policy = supply.node, question.policy
    if not node.is_open:
        return Reason(RoutingCode.CLOSED, node.id)
    if supply.is_excluded:
        return Reason(RoutingCode.TURNED_DOWN, node.id)
    if not any(supply.available):
        return Reason(RoutingCode.NO_STOCK, node.id, 0, question.pieces)
    if supply.capacity is not None and supply.capacity <= 0:
        return Reason(RoutingCode.NO_CAPACITY, node.id, supply.capacity)
    meters = distance_m(node.position, question.destination.position)
    band = policy.band(meters)
    usual = Transit(((100, band.transit_days),))
    promise = promised(
        node,
        question.destination,
        meters=meters,
        carrier=policy.carrier,
        otherwise=usual,
        service=question.service,
        now=question.now,
    )
    if promise is None:
        return Reason(RoutingCode.CLOSED, node.id)
    return _Option(supply, band, promise, max(-((question.due_at - promise.latest) // HOUR_MS), 0))


def _late_minor(option: _Option, policy: RoutingPolicy) -> int:
    return policy.late_minor + policy.late_hour_minor * option.late_hours if option.late_hours else 0


def _piece_minor(option: _Option, need: Need, policy: RoutingPolicy) -> int:
    return policy.piece_minor(option.supply.node.kind, option.band, need.weight_g)


def _weighed_minor(option: _Option, need: Need, have: int, question: _Question) -> int:
    """Price one piece as it is weighed: what is paid for it, and what using it here may cost later."""
    return _piece_minor(option, need, question.policy) + _ahead_minor(option, need, have, question)


def _ahead_minor(option: _Option, need: Need, have: int, question: _Question) -> int:
    outlook = question.policy.outlook
    return outlook.price_minor(option.supply.node.id, need.sku, have, now=question.now) if outlook else 0


def _solve(options: Sequence[_Option], question: _Question) -> Solution:
    needs, policy = question.needs, question.policy
    candidates = []
    for option in options:
        node, available, capacity = option.supply[:3]
        fixed = option.band.parcel_minor + policy.handling_minor[node.kind] + _late_minor(option, policy)
        offers = [
            Offer(line, min(have, need.quantity), _weighed_minor(option, need, have, question))
            for line, (need, have) in enumerate(zip(needs, available, strict=True))
            if have > 0
        ]
        candidates.append(Candidate(node.id, node.rank, fixed, capacity, tuple(offers)))
    unfilled = (policy.unfilled_minor,) * len(needs)
    problem = Problem(tuple([need.quantity for need in needs]), unfilled, tuple(candidates))
    return policy.strategy(problem) if policy.strategy else solve(problem, budget=policy.budget)


def _shipments(options: Sequence[_Option], solution: Solution, question: _Question) -> tuple[PlannedShipment, ...]:
    needs, policy = question.needs, question.policy
    items: dict[int, list[tuple[int, int]]] = {}
    for candidate, line, quantity in solution.assignments:
        items.setdefault(candidate, []).append((line, quantity))
    return tuple(
        [
            PlannedShipment(
                node=options[index].supply.node.id,
                items=tuple([(needs[line].sku, quantity) for line, quantity in lines]),
                promise=options[index].promise,
                parcel_minor=options[index].band.parcel_minor,
                handling_minor=policy.handling_minor[options[index].supply.node.kind],
                goods_minor=sum([q * _piece_minor(options[index], needs[line], policy) for line, q in lines]),
                late_minor=_late_minor(options[index], policy),
                ahead_minor=sum(
                    [
                        q * _ahead_minor(options[index], needs[line], options[index].supply.available[line], question)
                        for line, q in lines
                    ]
                ),
            )
            for index, lines in items.items()
        ]
    )


def _too_late(option: _Option) -> Reason:
    return Reason(RoutingCode.TOO_LATE, option.supply.node.id, option.late_hours)


def _compared(options: Sequence[_Option], solution: Solution, question: _Question) -> dict[str, Reason]:
    """Say of each node that was compared by how much the plan would be dearer with it, at the least."""
    verdicts = {}
    for option, margin in zip(options, solution.margins, strict=True):
        node, available = option.supply.node.id, option.supply.available
        has = sum([min(have, need.quantity) for need, have in zip(question.needs, available, strict=True)])
        if margin:
            code = RoutingCode.COSTLIER if has == question.pieces else RoutingCode.COSTLIER_IN_PART
            verdicts[node] = Reason(code, node, has, question.pieces, str(Money(margin, question.currency)))
        elif solution.proven:
            verdicts[node] = Reason(RoutingCode.NO_CHEAPER, node, has, question.pieces)
        elif question.policy.strategy:
            verdicts[node] = Reason(RoutingCode.NOT_CHOSEN, node, has, question.pieces)
        else:
            verdicts[node] = Reason(RoutingCode.NOT_EXPLORED, node, solution.work, question.policy.budget)
    return verdicts


def _shipping(
    options: Sequence[_Option], shipments: Sequence[PlannedShipment], question: _Question
) -> dict[str, Reason]:
    zones = {option.supply.node.id: option.supply.node.calendar.zone for option in options}
    verdicts = {}
    for shipment in shipments:
        ships = sum([quantity for _, quantity in shipment.items])
        code = RoutingCode.SHIPS_ALL if ships == question.pieces else RoutingCode.SHIPS_PART
        day = day_text(local_day(zones[shipment.node], shipment.promise.latest))
        terms = f"{Money(shipment.cost_minor, question.currency)}, there by {day}"
        verdicts[shipment.node] = Reason(code, shipment.node, ships, question.pieces, terms)
    return verdicts
