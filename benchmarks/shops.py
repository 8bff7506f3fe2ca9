"""Orders from domain objects: nodes with places and calendars, products with weights, what each node has of them.

Our side answers with `route`: rules, promises, costs, the search, shipments with their costs in parts, and a reason for
each node. The other side has rules, promises and costs compiled by ours, in its own time, builds its model, solves it
and explains nothing.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from tests.routing import highs
from unicommerce.catalog import Calendar, Node, NodeKind
from unicommerce.routing import Asked, Destination, Need, RoutingPolicy, Supply, price, route
from unicommerce.routing.compiling import problem_of
from unicommerce.routing.decisions import question_of
from unicommerce.routing.options import Option, options_of
from unicommerce.values import DAY_MS, Position

__all__ = ["Asking", "asked", "by_highs", "by_us"]

NOW = 1_795_615_200_000
POLICY = RoutingPolicy()
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
KINDS = ((NodeKind.WAREHOUSE, 8, 70, 30), (NodeKind.DARK_STORE, 26, 40, 4), (NodeKind.STORE, 100, 22, 2))
"""Kinds of node: of a hundred, up to which one; how many of a hundred have a product; and most pieces of it."""


class Asking(NamedTuple):
    """An order, and what the nodes could give."""

    needs: tuple[Need, ...]
    supplies: tuple[Supply, ...]
    to: Destination


def asked(seed: int, nodes: int, orders: int) -> Iterator[Asking]:
    """Yield orders over the same nodes of a country; some of which want more than there is."""
    rng = Random(seed)
    network = [_node(rng, number) for number in range(nodes)]
    for _ in range(orders):
        lines = rng.choice((1, 1, 1, 2, 2, 3, 4, 6))
        needs = [Need(f"S{n}", rng.choice((1, 1, 1, 2, 3)), rng.randrange(100, 3_000)) for n in range(lines)]
        yield Asking(tuple(needs), tuple([_supply(rng, node, lines) for node in network]), Destination(_place(rng)))


def _place(rng: Random) -> Position:
    return Position(rng.randrange(25_000_000, 49_000_000), rng.randrange(-124_000_000, -67_000_000))


def _node(rng: Random, number: int) -> Node:
    drawn = rng.randrange(100)
    kind = next(kind for kind, up_to, _, _ in KINDS if drawn < up_to)
    zone = rng.choice(ZONES)
    return Node(id=f"n{number:04}", position=_place(rng), kind=kind, rank=number, calendar=Calendar(zone=zone))


def _supply(rng: Random, node: Node, lines: int) -> Supply:
    _, _, often, most = next(each for each in KINDS if each[0] is node.kind)
    available = [rng.randrange(1, most + 1) if rng.randrange(100) < often else 0 for _ in range(lines)]
    return Supply(node, tuple(available), rng.choice((None, None, 25)))


def by_us(asking: Asking) -> int:
    """Return what our plan costs, with what it leaves over."""
    needs, supplies, to = asking
    due_at = NOW + 7 * DAY_MS
    plan = route(needs, supplies, destination=to, due_at=due_at, currency="USD", policy=POLICY, now=NOW)
    return plan.cost_minor + POLICY.unfilled_minor * sum([left for _, left in plan.unfilled])


def by_highs(asking: Asking) -> int:
    """Return what the plan of HiGHS costs, with what it leaves over."""
    needs, supplies, to = asking
    question = question_of(needs, Asked(to, "", NOW + 7 * DAY_MS, "USD", NOW), POLICY)
    found = options_of(supplies, question)
    problem = problem_of([each for each in found if isinstance(each, Option)], question, frozenset())
    return price(problem, highs.solve(problem) or ())
