"""Law: our own decisions oversell nothing, under any interleaving of those who ask."""

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import deficits
from tests.laws.world import NOW, SOUND, Law, Program, Waiting, World, interleave, networks, places, programs
from unicommerce.catalog import Catalog, Network
from unicommerce.commerce import AsyncCommerce
from unicommerce.inventory import hold, received, release, reserve
from unicommerce.ledger import Accepted


class Want(NamedTuple):
    """A claim by counting: at which place, how many pieces, whether soft, and whether it is given back at once."""

    place: int
    quantity: int
    is_soft: bool
    is_brief: bool


class Race(NamedTuple):
    """Several who ask at once, and whose turn is when."""

    network: Network
    stock: Sequence[int]
    wants: Sequence[Want]
    schedule: Sequence[int]


RACES = st.builds(
    Race,
    networks(closed=True),
    st.lists(st.integers(0, 5), min_size=5, max_size=5),
    st.lists(st.builds(Want, st.integers(0, 9), st.integers(1, 4), st.booleans(), st.booleans()), max_size=8),
    st.lists(st.integers(0, 7), max_size=40),
)


async def _want(shop: AsyncCommerce, number: int, want: Want, where: Sequence[str]) -> int:
    place, quantities, claim = where[want.place % len(where)], {"MUG": want.quantity}, f"c{number}"
    request = reserve(claim, place=place, quantities=quantities)
    if want.is_soft:
        request = hold(claim, place=place, quantities=quantities, until=NOW + 1)
    if not isinstance(await shop.ask(request, now=NOW), Accepted):
        return 0
    if want.is_brief:
        await shop.ask(release(claim), now=NOW)
    return 0 if want.is_brief else want.quantity


def no_oversell_in_a_race(race: Race) -> None:
    """Raise where those who asked at once were together promised more than there is."""
    store = Waiting()
    hosts = [AsyncCommerce(Catalog(network=race.network), store=store) for _ in range(2)]
    for node, pieces in zip(race.network.nodes, race.stock, strict=False):
        if pieces:
            arrival = received(f"opening {node.id}", node=node.id, quantities={"MUG": pieces})
            interleave([hosts[0].tell(arrival, now=NOW)], [])
    where = places(race.network)
    asking = [_want(hosts[number % 2], number, want, where) for number, want in enumerate(race.wants)]
    claimed = sum(interleave(asking, race.schedule))
    assert deficits(store.ledger, race.network) == {}
    there = sum(pieces for _, pieces in zip(race.network.nodes, race.stock, strict=False))
    assert claimed <= there


def no_oversell_in_a_program(program: Program) -> None:
    """Raise where a program without facts that hurt leaves anything promised that is not there."""
    world = World()
    for step in program:
        world.do(step)
        assert deficits(world.ledger, world.network) == {}, step


RACE_LAW = Law("no oversell, in a race", RACES, no_oversell_in_a_race)
LAW = Law("no oversell, in a program", programs(SOUND), no_oversell_in_a_program)


@given(RACE_LAW.cases)
def test_those_who_ask_at_once_are_not_promised_the_same_piece(race: Race) -> None:
    """Holds and reservations at nodes and overlapping pools, interleaved in any way over two hosts."""
    RACE_LAW.check(race)


@given(LAW.cases)
def test_no_program_of_requests_promises_what_is_not_there(program: Program) -> None:
    """Claims, orders, amendments and returns in any order leave no node and no set of pools short."""
    LAW.check(program)


def test_the_last_piece_goes_to_one_of_a_pool_and_a_node() -> None:
    """Half of the claims at a pool, half at its node, on disjoint rows: one of eight gets the piece."""
    store = Waiting()
    shop = AsyncCommerce(World().shop.catalog, store=store)
    interleave([shop.tell(received("r1", node="north", quantities={"MUG": 1}), now=NOW)], [])
    where = ("pool:club", "north") * 4
    asking = [shop.ask(reserve(f"c{i}", place=place, quantities={"MUG": 1}), now=NOW) for i, place in enumerate(where)]

    assert sum(isinstance(answer, Accepted) for answer in interleave(asking, [3, 1, 4, 1, 5])) == 1
