"""What rules and costs are tried on: questions and errands, drawn from fixed seeds and mixed with the caller's own.

Errands are small enough to try every plan: a few nodes that have little, one need or two. What is drawn is open, and in
time.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice, product
from random import Random
from typing import NamedTuple, TypeVar

from ...catalog import Node, NodeKind
from ...routing import Asked, Destination, Need, Plan, RoutingPolicy, Supply, route
from ...values import DAY_MS, HOUR_MS, Position

__all__ = ["Errand", "Own", "Question", "errands", "planned", "questions"]

T = TypeVar("T")

OWN_QUESTIONS, QUESTIONS, ERRANDS = 1_000, 127, 40
"""At most so many questions of what the caller gives alone; so many that are mixed; so many errands."""

NOW = 1_795_780_800_000
PLACES = (Position.of(52.52, 13.41), Position.of(51, 12), Position.of(48.1, 11.6), Position.of(40.7, -74))
SKUS = ("MUG", "CUP", "RING", "WINE", "SOFA")
REGIONS = ("", "DE-BE", "FR", "US-UT")


class Question(NamedTuple):
    """What a rule or a cost is asked; without a need, of a shipment."""

    node: Node
    need: Need | None
    asked: Asked


class Errand(NamedTuple):
    """What is needed, who could give it, and where it goes."""

    needs: tuple[Need, ...]
    supplies: tuple[Supply, ...]
    asked: Asked


class Own(NamedTuple):
    """What the caller has himself."""

    nodes: tuple[Node, ...]
    needs: tuple[Need, ...]
    asked: tuple[Asked, ...]


def planned(errand: Errand, policy: RoutingPolicy) -> Plan:
    """Return what routing makes of an errand."""
    destination, service, due_at, currency, now = errand.asked
    return route(
        errand.needs,
        errand.supplies,
        destination=destination,
        service=service,
        due_at=due_at,
        currency=currency,
        policy=policy,
        now=now,
    )


def questions(own: Own) -> tuple[Question, ...]:
    """Return all questions of what the caller has, and some in which it is mixed with what is drawn."""
    draw = _seeded("questions")
    alone = product(own.nodes or [_node(draw)], own.needs or [_need(draw)], own.asked or [_asked(draw)])
    mixed = [
        Question(_some(draw, own.nodes, _node), _some(draw, own.needs, _need), _some(draw, own.asked, _asked))
        for _ in range(QUESTIONS)
    ]
    return (*[Question(*each) for each in islice(alone, OWN_QUESTIONS)], *mixed)


def errands(own: Own) -> tuple[Errand, ...]:
    """Return errands in which what the caller has is mixed with what is drawn; of nodes and of SKUs each once."""
    return tuple([_errand(_seeded(f"errand {number}"), own) for number in range(ERRANDS)])


def _errand(draw: Random, own: Own) -> Errand:
    needs = _several(draw, draw.randint(1, 2), own.needs, _need, lambda need: need.sku)
    nodes = _several(draw, draw.randint(1, 3), own.nodes, _node, lambda node: node.id)
    supplies = [Supply(node, tuple([draw.randint(0, 2) for _ in needs]), _capacity(draw)) for node in nodes]
    return Errand(needs, tuple(supplies), _some(draw, own.asked, _asked))


def _seeded(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - cases that can be had again


def _some(draw: Random, own: Sequence[T], make: Callable[[Random], T]) -> T:
    """Return one of the caller's own, two times of three, or one that is made."""
    return draw.choice(own) if own and draw.randrange(3) else make(draw)


def _several(
    draw: Random, count: int, own: Sequence[T], make: Callable[[Random], T], name: Callable[[T], str]
) -> tuple[T, ...]:
    """Return so many, or fewer where two of them would bear the same name."""
    found: Iterable[T] = [_some(draw, own, make) for _ in range(count)]
    return tuple({name(one): one for one in found}.values())


def _node(draw: Random) -> Node:
    return Node(
        id=f"node-{draw.randrange(100)}",
        position=draw.choice(PLACES),
        kind=draw.choice(list(NodeKind)),
        rank=draw.randrange(3),
        handles=draw.choice(((), (), ("cold",))),
    )


def _need(draw: Random) -> Need:
    requires = draw.choice(((), (), ("cold",)))
    return Need(draw.choice(SKUS), draw.randint(1, 3), draw.choice((0, 350, 9_000)), 0, requires)


def _asked(draw: Random) -> Asked:
    to = Destination(draw.choice(PLACES), draw.choice(REGIONS))
    now = NOW + draw.randrange(7 * 24) * HOUR_MS
    return Asked(to, draw.choice(("standard", "express")), now + 60 * DAY_MS, draw.choice(("EUR", "USD", "JPY")), now)


def _capacity(draw: Random) -> int | None:
    return draw.choice((None, None, 1, 3))
