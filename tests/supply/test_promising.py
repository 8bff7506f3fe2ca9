"""Availability by date: more supply never hurts, earlier supply never hurts, and a promise is never made twice."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import AHEAD, CATALOG, NOW, World, make_order, places
from unicommerce.fulfillment import place
from unicommerce.ledger import Accepted
from unicommerce.supply import available_by, claim_ahead, expected
from unicommerce.values import DAY_MS

NODES = [node.id for node in CATALOG.network.nodes]


class Coming(NamedTuple):
    """An inbound: where to, how many, in how many days."""

    node: str
    pieces: int
    days: int


COMING = st.lists(st.builds(Coming, st.sampled_from(NODES), st.integers(1, 6), st.integers(0, 6)), max_size=4)
WANTED = st.lists(st.tuples(st.sampled_from(["web", "club", "corner"]), st.integers(1, 6)), max_size=4)


def expecting(coming: list[Coming]) -> World:
    """Return a shop with nothing but what is to come."""
    world = World(stock=0)
    for number, (node, quantity, days) in enumerate(coming):
        at = NOW + days * DAY_MS
        world.tell(expected(f"i{number}", node=node, quantities={"MUG": quantity}, expected_at=at))
    return world


def seen(world: World) -> list[dict[str, int]]:
    """Return what can be promised by each of the next days."""
    return [dict(world.shop.see(available_by("MUG", NOW + days * DAY_MS))) for days in range(7)]


@given(COMING, st.integers(1, 5), st.integers(0, 6))
def test_more_and_earlier_supply_never_hurts(coming: list[Coming], more: int, earlier: int) -> None:
    """At no place and on no day can less be promised because more comes, or because it comes sooner."""
    before = seen(expecting(coming))
    richer = [one._replace(pieces=one.pieces + more) for one in coming[:1]] + coming[1:]
    sooner = [one._replace(days=min(one.days, earlier)) for one in coming]
    for other in (richer, sooner, [*coming, Coming("dc", more, earlier)]):
        for days, after in enumerate(seen(expecting(other))):
            assert all(after[where] >= before[days][where] for where in places(CATALOG.network)), (days, other)


@given(COMING, WANTED)
def test_exactly_what_is_shown_is_promised_and_each_piece_once(
    coming: list[Coming], wanted: list[tuple[str, int]]
) -> None:
    """An order is taken just if that many are shown in its pool; in all no more is promised than was announced."""
    world, promised = expecting(coming), 0
    for number, (pool, quantity) in enumerate(wanted):
        shown = world.shop.see(available_by("MUG", NOW + 7 * DAY_MS))[f"pool:{pool}"]
        order = make_order(f"o{number}", pool=pool, skus=("MUG",))
        is_taken = isinstance(world.ask(place(order, {"1": quantity}, policy=AHEAD)), Accepted)
        assert is_taken == (quantity <= shown)
        promised += quantity * is_taken
    for number in range(len(coming)):
        left = world.shop.see(available_by("MUG", NOW + 7 * DAY_MS))[coming[number].node]
        if left and isinstance(
            world.ask(claim_ahead("c" * (number + 1), inbound=f"i{number}", quantities={"MUG": 1})), Accepted
        ):
            promised += 1
    assert promised <= sum(one.pieces for one in coming)
