"""Errands for routing, small enough to try every plan: a few nodes, two products, stock that may not suffice."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from hypothesis import strategies as st

from tests.laws.world import HOME, NOW
from unicommerce.catalog import Calendar, Node, NodeKind
from unicommerce.routing import Destination, Need, Plan, RoutingPolicy, Supply, route
from unicommerce.values import DAY_MS, HOUR_MS, Position, distance_m

FAR_OFF = NOW + 60 * DAY_MS
POLICY = RoutingPolicy()
EVERY_DAY = Calendar(days=(1, 2, 3, 4, 5, 6, 7), cut_off_minute=24 * 60)
PLACES = (HOME, Position.of("52.6", "13.5"), Position.of("51.0", "12.0"), Position.of("48.1", "11.6"), Position(0, 0))


class Errand(NamedTuple):
    """What is needed, who could give it, and by when."""

    needs: tuple[Need, ...]
    supplies: tuple[Supply, ...]
    due_at: int


def plan(errand: Errand, policy: RoutingPolicy = POLICY) -> Plan:
    """Return what routing makes of an errand."""
    return route(
        errand.needs,
        errand.supplies,
        destination=Destination(HOME),
        due_at=errand.due_at,
        currency="USD",
        policy=policy,
        now=NOW,
    )


@st.composite
def errands(draw: st.DrawFn, *, most: int = 4, is_on_time: bool = True, is_open: bool = False) -> Errand:
    """Draw errands; unless all are open, some nodes are closed, excluded, empty or at the end of their day."""
    needs = tuple([Need(sku, draw(st.integers(1, 3)), weight) for sku, weight in (("MUG", 350), ("CUP", 120))])
    needs = needs[: draw(st.integers(1, 2))]
    supplies = []
    for number in range(draw(st.integers(1, most))):
        usual = is_open or draw(st.integers(0, 3)) > 0
        node = Node(
            id=f"n{number}",
            position=draw(st.sampled_from(PLACES)),
            kind=draw(st.sampled_from(NodeKind)),
            calendar=EVERY_DAY,
            is_open=usual or draw(st.booleans()),
            rank=draw(st.integers(0, 2)),
        )
        available = tuple([draw(st.integers(0, 4)) for _ in needs])
        capacity = draw(st.none() | st.integers(0 if not usual else 1, 5))
        supplies.append(Supply(node, available, capacity, not usual and draw(st.booleans())))
    due_at = FAR_OFF if is_on_time else NOW + draw(st.integers(0, 8 * 24)) * HOUR_MS
    return Errand(needs, tuple(supplies), due_at)


def worth(found: Plan, policy: RoutingPolicy = POLICY) -> int:
    """Return what a plan costs with what it leaves over."""
    return found.cost_minor + policy.unfilled_minor * sum(left for _, left in found.unfilled)


def usable(supply: Supply) -> bool:
    """Tell whether a node may ship anything at all."""
    return supply.node.is_open and not supply.is_excluded and (supply.capacity is None or supply.capacity > 0)


Share = tuple[int, ...]
"""Pieces of one need, by supply."""


def _shares(need: Need, index: int, supplies: Sequence[Supply]) -> Iterator[Share]:
    """Yield every way to take pieces of a need from supplies, in whole or in part."""
    most = [min(supply.available[index], need.quantity) if usable(supply) else 0 for supply in supplies]
    for share in product(*(range(pieces + 1) for pieces in most)):
        if sum(share) <= need.quantity:
            yield share


def prices(errand: Errand, policy: RoutingPolicy = POLICY) -> Iterator[tuple[int, frozenset[str]]]:
    """Yield every plan that could be carried out on time: what it costs with what it leaves over, and who ships."""
    needs, supplies, _ = errand
    fixed, each = [], []
    for supply in supplies:
        band = policy.band(distance_m(supply.node.position, HOME))
        assert band is not None
        fixed.append(band.parcel_minor + policy.handling_minor[supply.node.kind])
        pick = policy.pick_minor[supply.node.kind]
        each.append([pick + (band.per_kg_minor * need.weight_g + 500) // 1000 for need in needs])
    for shares in product(*(_shares(need, index, supplies) for index, need in enumerate(needs))):
        pieces = [sum(share[j] for share in shares) for j in range(len(supplies))]
        if any(s.capacity is not None and held > s.capacity for s, held in zip(supplies, pieces, strict=True)):
            continue
        cost = sum(fixed[j] for j, held in enumerate(pieces) if held)
        cost += sum(q * each[j][i] for i, share in enumerate(shares) for j, q in enumerate(share))
        left = sum(need.quantity - sum(share) for need, share in zip(needs, shares, strict=True))
        shipping = frozenset(supplies[j].node.id for j, held in enumerate(pieces) if held)
        yield cost + policy.unfilled_minor * left, shipping


def hard_errand() -> Errand:
    """Return an errand that no search proves in a step: many small nodes, each with a little of many products."""
    needs = tuple([Need(f"SKU {line}", 2, 500) for line in range(8)])
    supplies = []
    for number in range(24):
        at = Position.of(52 + number * 7 % 11 / 7, 13 + number * 5 % 13 / 5)
        node = Node(id=f"n{number:02}", position=at, calendar=EVERY_DAY)
        available = tuple([(number**2 + 3 * number * line + line**2) % 5 % 3 for line in range(1, 9)])
        supplies.append(Supply(node, available, 3))
    return Errand(needs, tuple(supplies), FAR_OFF)
