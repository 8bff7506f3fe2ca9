"""What if: an order history under several policies, beside each other, on the same stock and with the same mishaps.

Each policy routes every order in the order of placing, from stock that only its own plans have drawn on. A node turns
an order down by a draw that depends on the seed, the order and the node alone: all policies meet the same refusals, so
that what differs is their doing. Costs are those of one judge, whatever a policy believes itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from ..catalog import Node, NodeKind
from ..errors import InvalidValue
from ..values import distance_m
from .costs import piece_parts, shipment_parts, total
from .decisions import question_of, route
from .documents import Asked, Need, Plan, PlannedShipment, Supply
from .policy import RoutingPolicy
from .promises import Destination

__all__ = ["Outcome", "PastOrder", "chart", "table", "what_if"]

ATTEMPTS = 3
"""As often is an order routed that nodes turn down; what is left then is canceled."""


class PastOrder(NamedTuple):
    """An order of the history: what, where to, at which service level, and when (ms UTC)."""

    id: str
    needs: tuple[Need, ...]
    destination: Destination
    placed_at: int
    service: str = "standard"


class Outcome(NamedTuple):
    """What came of a history under one policy: orders, shipments and pieces; cost in minor units by the judge.

    `late` are orders of which a part arrives after what their service level allows, `unfilled` pieces for which there
    was no stock, `canceled` pieces that nodes turned down too often, `load` pieces by node, `emptied` stores that have
    nothing left of a SKU which they had, each counted once.
    """

    policy: str
    orders: int
    shipments: int
    pieces: int
    cost_minor: int
    late: int
    unfilled: int
    canceled: int
    load: Mapping[str, int]
    emptied: int


class _Run(NamedTuple):
    """What stays the same while a history is routed."""

    nodes: Sequence[Node]
    policy: RoutingPolicy
    currency: str
    turned_down_percent: int
    seed: int


class _Shelves(NamedTuple):
    """What nodes have left, by node and SKU, and what they handle, by node and day; both change as orders come."""

    stock: dict[tuple[str, str], int]
    used: dict[tuple[str, int], int]


def what_if(
    history: Iterable[PastOrder],
    *,
    nodes: Sequence[Node],
    stock: Mapping[tuple[str, str], int],
    policies: Mapping[str, RoutingPolicy],
    currency: str = "USD",
    turned_down_percent: int = 0,
    seed: int = 0,
) -> tuple[Outcome, ...]:
    """Return what comes of a history under each policy; `stock` is pieces by node and SKU, before the first order.

    The first policy is the judge of costs. With `turned_down_percent` nodes turn so many of a hundred shipments down;
    those are routed again without them.

    >>> from unicommerce.values import Position
    >>> near, far = (Node(id=id, position=Position.of(at, 13)) for id, at in (("near", 52), ("far", 48)))
    >>> orders = [PastOrder(f"o{n}", (Need("MUG", 1),), Destination(Position.of(52, 13)), n) for n in range(3)]
    >>> found = what_if(orders, nodes=(near, far), stock={("near", "MUG"): 2, ("far", "MUG"): 9},
    ...     policies={"exact": RoutingPolicy()})
    >>> found[0].load, found[0].emptied
    ({'near': 2, 'far': 1}, 1)
    """
    past = sorted(history, key=lambda order: (order.placed_at, order.id))
    judge = next(iter(policies.values()))
    runs = {name: _Run(nodes, policy, currency, turned_down_percent, seed) for name, policy in policies.items()}
    return tuple([_outcome(name, past, _Shelves(dict(stock), {}), run, judge) for name, run in runs.items()])


def _outcome(name: str, past: Sequence[PastOrder], shelves: _Shelves, run: _Run, judge: RoutingPolicy) -> Outcome:
    had = [at for at, pieces in shelves.stock.items() if pieces > 0]
    stores = {node.id for node in run.nodes if node.kind is NodeKind.STORE}
    by_id = {node.id: node for node in run.nodes}
    load: dict[str, int] = {}
    shipments = cost = late = unfilled = canceled = 0
    for order in past:
        sent, short, given_up = _served(order, shelves, run)
        for each in sent:
            pieces = sum([quantity for _, quantity in each.items])
            load[each.node] = load.get(each.node, 0) + pieces
            cost += _cost(each, order, by_id[each.node], run, judge)
        shipments += len(sent)
        late += any(each.promise.latest > judge.due_at(order.placed_at, order.service) for each in sent)
        unfilled, canceled = unfilled + short, canceled + given_up
    emptied = len({node for node, sku in had if node in stores and shelves.stock[node, sku] <= 0})
    return Outcome(name, len(past), shipments, sum(load.values()), cost, late, unfilled, canceled, load, emptied)


def _served(order: PastOrder, shelves: _Shelves, run: _Run) -> tuple[list[PlannedShipment], int, int]:
    """Route an order, and again what nodes turn down; draw on the shelves. Return what is sent, short and given up."""
    left, sent, refusing = {need.sku: need for need in order.needs}, list[PlannedShipment](), set[str]()
    short = 0
    for _ in range(ATTEMPTS):
        plan = _planned(order, tuple(left.values()), shelves, refusing, run)
        short = sum([quantity for _, quantity in plan.unfilled])
        turned_down = {each.node for each in plan.shipments if _turns_down(order.id, each.node, run)}
        for each in plan.shipments:
            if each.node not in turned_down:
                sent.append(each)
                _draw(each, shelves)
                for sku, quantity in each.items:
                    left[sku] = left[sku]._replace(quantity=left[sku].quantity - quantity)
        left = {sku: need for sku, need in left.items() if need.quantity}
        refusing |= turned_down
        if not turned_down:
            break
    return sent, short, sum([need.quantity for need in left.values()]) - short


def _planned(order: PastOrder, needs: tuple[Need, ...], shelves: _Shelves, refusing: set[str], run: _Run) -> Plan:
    supplies = []
    for node in run.nodes:
        day = node.calendar.handling_day(order.placed_at, order.service)
        capacity = node.daily_capacity
        if capacity is not None and day is not None:
            capacity -= shelves.used.get((node.id, day), 0)
        available = tuple([max(shelves.stock.get((node.id, need.sku), 0), 0) for need in needs])
        supplies.append(Supply(node, available, capacity, node.id in refusing))
    return route(
        needs,
        supplies,
        destination=order.destination,
        service=order.service,
        due_at=run.policy.due_at(order.placed_at, order.service),
        currency=run.currency,
        policy=run.policy,
        now=order.placed_at,
    )


def _draw(sent: PlannedShipment, shelves: _Shelves) -> None:
    stock, used = shelves
    at = (sent.node, sent.promise.day)
    for sku, quantity in sent.items:
        stock[sent.node, sku] -= quantity
        used[at] = used.get(at, 0) + quantity


def _turns_down(order: str, node: str, run: _Run) -> bool:
    digest = sha256(f"{run.seed}/{order}/{node}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < run.turned_down_percent


def _cost(sent: PlannedShipment, order: PastOrder, node: Node, run: _Run, judge: RoutingPolicy) -> int:
    """Return what the judge says that a shipment costs, lateness aside, which is counted beside it."""
    to, needs = order.destination, {need.sku: need for need in order.needs}
    asked = Asked(to, order.service, judge.due_at(order.placed_at, order.service), run.currency, order.placed_at)
    question = question_of(order.needs, asked, judge)
    meters = distance_m(node.position, to.position)
    band = judge.band(meters, node=node.id, region=to.region, service=order.service)
    if band is None:
        raise InvalidValue("policies", node.id, "a first policy that has a rate for every shipment of the others")
    pieces = [(needs[sku], quantity) for sku, quantity in sent.items]
    goods = sum([quantity * total(piece_parts(node, band, need, question)) for need, quantity in pieces])
    weight_g = sum([quantity * judge.billed_g(need) for need, quantity in pieces])
    freight = band.card.cost(weight_g) or 0 if band.card else 0
    return total(shipment_parts(node, band, 0, question)) + goods + freight


COLUMNS = ("policy", "cost an order", "parcels an order", "late", "unfilled", "canceled", "busiest node", "emptied")


def table(outcomes: Iterable[Outcome]) -> str:
    """Return the outcomes as a table of text (Markdown); costs in minor units."""
    rows = [COLUMNS, tuple(["---"] + ["---:"] * (len(COLUMNS) - 1))]
    for each in outcomes:
        orders, pieces = max(each.orders, 1), max(each.pieces + each.unfilled + each.canceled, 1)
        busiest = max(each.load, key=lambda node, load=each.load: (load[node], node), default="")  # type: ignore[misc]
        rows.append(
            (
                each.policy,
                f"{each.cost_minor / orders:.1f}",
                f"{each.shipments / orders:.3f}",
                f"{100 * each.late / orders:.1f} %",
                f"{100 * each.unfilled / pieces:.1f} %",
                f"{100 * each.canceled / pieces:.1f} %",
                f"{busiest} ({each.load.get(busiest, 0)})",
                str(each.emptied),
            )
        )
    return "\n".join([f"| {' | '.join(row)} |" for row in rows])


def chart(outcomes: Sequence[Outcome]) -> str:
    """Return the costs an order as a bar chart in Mermaid's words."""
    names = ", ".join([f'"{each.policy}"' for each in outcomes])
    costs = ", ".join([f"{each.cost_minor / max(each.orders, 1):.1f}" for each in outcomes])
    return f'xychart-beta\n    title "cost an order"\n    x-axis [{names}]\n    bar [{costs}]'
