"""What orders that nodes have and have not picked could have instead, on time, and at what cost beside what they have.

What nodes could give an order, and by when, is asked of `allocation` itself, by a strategy that looks: whatever holds
for allocating holds here. The promise that was given takes the place of the service level.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import attrs

from ...catalog import Catalog
from ...errors import InvalidValue
from ...ledger import Accepted, Event, Reason, Refused, State, Supposed
from ...orders import LineQuantity, LineState, Order, OrderCode, by_shipment, line_account, order_key
from ...routing import Assignment, Candidate, Problem, Solution, Strategy, price
from ...values import DAY_MS
from ..allocating.allocation import allocation
from ..cases import Case
from ..codes import ReconsiderCode
from ..documents import Shipment, shipment_key
from ..events import Allocated
from ..names import kept_of, taken_back
from ..policy import FulfillmentPolicy

__all__ = [
    "IN_WORK",
    "UNFILLED_MINOR",
    "Held",
    "OpenOrder",
    "Plan",
    "WeighedOrder",
    "answered_as",
    "asking",
    "cost_of",
    "events_of",
    "held_of",
    "open_order",
    "summed",
    "weighed",
]

Name = TypeVar("Name", str, tuple[str, str])
Plan = tuple[Assignment, ...]

YEAR_MS = 365 * DAY_MS
UNFILLED_MINOR = 10**10
"""What a piece would cost that is left over: more than any freight, since nothing that was allocated may be."""

_S = LineState
BEGUN = (_S.PICKED, _S.PACKED, _S.READY, _S.SHIPPED, _S.DELIVERED, _S.COLLECTED, _S.LOST, _S.RETURNED)
IN_WORK = tuple([line_account(state) for state in BEGUN])
"""Where pieces stand that were picked, or what became of them."""


def summed(pairs: Iterable[tuple[Name, int]]) -> dict[Name, int]:
    """Return the pieces by name, those of one name together."""
    found: dict[Name, int] = {}
    for name, quantity in pairs:
        found[name] = found.get(name, 0) + quantity
    return found


class Held(NamedTuple):
    """A shipment that nobody has begun to pick, and its pieces by line."""

    shipment: Shipment
    lines: tuple[LineQuantity, ...]

    def pieces(self) -> dict[str, int]:
        """Return its pieces by SKU."""
        return summed([(sku, quantity) for _, sku, quantity in self.lines])


class OpenOrder(NamedTuple):
    """An order that may move, and what it has."""

    case: Case
    held: tuple[Held, ...]

    @property
    def id(self) -> str:
        """Return the order's id."""
        return self.case.order.id

    def at(self, node: str) -> list[Held]:
        """Return what it has at a node."""
        return [each for each in self.held if each.shipment.node == node]

    def nodes(self) -> list[str]:
        """Return where it has something."""
        return list(dict.fromkeys([each.shipment.node for each in self.held]))

    def lines(self) -> tuple[LineQuantity, ...]:
        """Return the pieces that it has at nodes, by line."""
        sums = summed([(line, quantity) for each in self.held for line, _, quantity in each.lines])
        lines = self.case.order.lines
        return tuple([LineQuantity(line.id, line.sku, sums[line.id]) for line in lines if line.id in sums])

    def stays(self, code: ReconsiderCode, at: str = "") -> Reason:
        """Say why it stays where it is."""
        return Reason(code, self.id, at or ", ".join(self.nodes()))

    def taken_back(self, world: State) -> list[Event]:
        """Return how all of it is taken back from the nodes."""
        order = self.case.order
        return [event for shipment, lines in self.held for event in taken_back(world, order, shipment, lines)]


class WeighedOrder(NamedTuple):
    """An open order as a problem whose lines are its SKUs; the plan that it has, what that costs, and what is promised.

    `due` is by when (ms UTC) each SKU is promised at the earliest, `days` the day on which nodes would handle it anew.
    """

    order: OpenOrder
    problem: Problem
    due: Mapping[str, int]
    days: Mapping[str, int]
    plan: Plan
    cost: int

    @property
    def id(self) -> str:
        """Return the order's id."""
        return self.order.id

    def by_node(self, plan: Plan) -> dict[str, dict[str, int]]:
        """Return the pieces by node and SKU of a plan."""
        skus, found = list(self.due), dict[str, dict[str, int]]()
        for candidate, line, quantity in plan:
            found.setdefault(self.problem.candidates[candidate].node, {})[skus[line]] = quantity
        return found


def open_order(world: State, catalog: Catalog, id: str, policy: FulfillmentPolicy, now: int) -> OpenOrder | Reason:
    """Return what an order has that may move, or why it stays."""
    order = world.document(order_key(id))
    if order is None:
        return Reason(OrderCode.UNKNOWN_ORDER, id)
    if begun := sum([world.balance(order.unit(line.id), IN_WORK) for line in order.lines]):
        return Reason(ReconsiderCode.IN_WORK, id, begun)
    found = OpenOrder(Case(world, catalog, order, policy, now), held_of(world, order))
    if not found.held:
        return Reason(ReconsiderCode.NOTHING_ALLOCATED, id)
    bound = {
        ReconsiderCode.TO_COLLECT: any(each.shipment.collect_at for each in found.held),
        ReconsiderCode.BY_NAME: any(kept_of(world, order, each.shipment) for each in found.held),
        ReconsiderCode.WHOLE_KITS: bool(order.kits) and not policy.kits_may_part,
        ReconsiderCode.MUST_LAST: any(catalog.life_days(order.channel, line.sku) for line in order.lines),
    }
    return next((found.stays(code) for code, holds in bound.items() if holds), found)


def held_of(world: State, order: Order) -> tuple[Held, ...]:
    """Return the shipments of an order that have pieces which nobody has picked."""
    lines: dict[str, list[LineQuantity]] = {}
    for line in order.lines:
        parts = world.parts(order.unit(line.id), line_account(LineState.ALLOCATED)).items()
        for account, held in sorted(parts, key=by_shipment):
            if held > 0:
                lines.setdefault(account.ref, []).append(LineQuantity(line.id, line.sku, held))
    found = [(world.document(shipment_key(ref)), tuple(own)) for ref, own in lines.items()]
    return tuple([Held(shipment, own) for shipment, own in found if shipment is not None])


# What it could have instead


def weighed(order: OpenOrder, after: State) -> WeighedOrder | Reason:
    """Return an order as a problem: what nodes could give it on time, and what it has, at the same costs.

    `after` is the state once all that may move is taken back. Because: `NOT_WEIGHED`.
    """
    case, lines = order.case, order.lines()
    promises = [(sku, each.shipment.deliver_by) for each in order.held for sku in each.pieces()]
    skus = sorted({line.sku for line in lines})  # as routing lists what is needed
    due = {sku: min([by for own, by in promises if own == sku]) for sku in skus}
    problem, seen = _seen(case._replace(world=after), lines, max(due.values()))
    ways = {each.node: _on_time(each, seen, list(due.values())) for each in problem.candidates}
    alone = _as_it_is(case._replace(world=Supposed(case.world, order.taken_back(case.world))))
    for node in order.nodes():
        has = {skus.index(sku): pieces for sku, pieces in _pieces(order.at(node)).items()}
        here, _ = _seen(alone._replace(only=(node,)), lines, case.now + YEAR_MS)
        way = _with_what_it_has(here.candidates, ways.get(node), has, is_one=len(order.at(node)) == 1)
        if way is None:
            return order.stays(ReconsiderCode.NOT_WEIGHED, node)
        ways[node] = way
    candidates = tuple([ways[node] for node in sorted(ways)])
    problem = problem._replace(candidates=candidates, unfilled_costs=(UNFILLED_MINOR,) * len(due))
    plan = tuple([row for node in order.nodes() for row in _assigned(problem, order.at(node), skus)])
    try:
        price(problem, plan)
        cost = sum([cost_of(problem, _assigned(problem, [each], skus)) for each in order.held])
    except InvalidValue:  # it was allocated under another policy, which let it be split, say
        return order.stays(ReconsiderCode.NOT_WEIGHED)
    return WeighedOrder(order, problem, due, {node: day for node, (_, day) in seen.items()}, plan, cost)


def _seen(case: Case, lines: Sequence[LineQuantity], due_at: int) -> tuple[Problem, dict[str, tuple[int, int]]]:
    """Return what allocating would choose from, and by when each node would deliver (ms UTC) what it handles on a day.

    It is asked with a strategy that looks at the problem, and takes a piece from everybody.
    """
    problems: list[Problem] = []

    def looks(problem: Problem) -> Solution:
        problems.append(problem)
        offers = [(index, each.offers[0].line) for index, each in enumerate(problem.candidates) if each.offers]
        return answered_as(problem, tuple([Assignment(index, line, 1) for index, line in offers]))

    events = allocation(asking(case, looks, due_at), lines)
    given = [event.shipment for event in events_of(events) if isinstance(event, Allocated)]
    return problems[0], {shipment.node: (shipment.deliver_by, shipment.day) for shipment in given}


def asking(case: Case, strategy: Strategy, due_at: int) -> Case:
    """Return a case that is decided by a strategy, and where all that arrives by a moment is on time."""
    routing = attrs.evolve(case.policy.routing, strategy=strategy)
    order = attrs.evolve(case.order, deliver_by=due_at)
    return case._replace(order=order, policy=attrs.evolve(case.policy, routing=routing))


def answered_as(problem: Problem, plan: Plan) -> Solution:
    """Return a plan as if it left nothing over: it is not judged here, and no rule is to give way for it."""
    margins = (0,) * len(problem.candidates)
    return Solution(0, plan, (0,) * len(problem.quantities), 0, proven=False, work=0, margins=margins)


def events_of(answer: Accepted | Refused) -> tuple[Event, ...]:
    """Return what an answer puts on record; nothing where it is no."""
    return answer.events if isinstance(answer, Accepted) else ()


def _as_it_is(case: Case) -> Case:
    """Return a case in which nodes may have what they have: to say what that costs, not to give them more."""
    network = case.catalog.network
    nodes = tuple([attrs.evolve(node, is_open=True, daily_capacity=None) for node in network.nodes])
    catalog = attrs.evolve(case.catalog, network=attrs.evolve(network, nodes=nodes), safety=())
    routing = attrs.evolve(case.policy.routing, keeps={})
    return case._replace(catalog=catalog, policy=attrs.evolve(case.policy, routing=routing))


def _on_time(candidate: Candidate, seen: Mapping[str, tuple[int, int]], due: Sequence[int]) -> Candidate:
    """Return a candidate with what it would deliver by when that was promised."""
    by = seen[candidate.node][0] if candidate.node in seen else None
    return candidate._replace(
        offers=tuple([each for each in candidate.offers if by is not None and by <= due[each.line]])
    )


def _with_what_it_has(
    here: Sequence[Candidate], anew: Candidate | None, has: Mapping[int, int], *, is_one: bool
) -> Candidate | None:
    """Return a node with the pieces that it has: beside what it could be given anew, or, if that is late, those alone.

    None where that can not be told, or where its shipments (not `is_one`) would be one that nobody could promise.
    """
    if anew and has.keys() <= {offer.line for offer in anew.offers}:
        offers = [each._replace(available=max(each.available, has.get(each.line, 0))) for each in anew.offers]
        room = None if anew.capacity is None else max(anew.capacity, sum(has.values()))
        return anew._replace(offers=tuple(offers), capacity=room)
    costs = {offer.line: offer for candidate in here for offer in candidate.offers}
    if not is_one or not has.keys() <= costs.keys():
        return None
    offers = [costs[line]._replace(available=pieces) for line, pieces in has.items()]
    return here[0]._replace(offers=tuple(offers), capacity=None)


def _assigned(problem: Problem, held: Sequence[Held], skus: list[str]) -> Plan:
    """Return what is held at one node, as a plan has it."""
    index = [each.node for each in problem.candidates].index(held[0].shipment.node)
    return tuple([Assignment(index, skus.index(sku), pieces) for sku, pieces in _pieces(held).items()])


def _pieces(held: Iterable[Held]) -> dict[str, int]:
    return summed([pair for each in held for pair in each.pieces().items()])


def cost_of(problem: Problem, plan: Plan) -> int:
    """Return what the shipments of a plan cost, whatever it leaves over."""
    lines = len(problem.quantities)
    free = problem._replace(unfilled_costs=(0,) * lines, together=(), ships_complete=False, max_shipments=None)
    return price(free, plan)
