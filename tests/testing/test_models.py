"""The references are right themselves: goods beside brute force and the house, the store beside the ledger."""

import subprocess
import sys
from collections.abc import Mapping

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from unicommerce import Catalog, Commerce, Network, Node, Pool, Position, availability, received, reserve
from unicommerce.inventory import release
from unicommerce.ledger import Accepted, Memory
from unicommerce.testing import Goods, Handle, Reference, store_machine

FIND = settings(phases=(Phase.generate,), report_multiple_bugs=False)  # one will do, and need not become small
NODES = ("a", "b", "c", "d")
POOLS = st.dictionaries(
    st.sampled_from(("p", "q", "r")),
    st.lists(st.sampled_from(NODES), min_size=1, unique=True).map(tuple),
    min_size=1,
)
STOCK = st.dictionaries(st.sampled_from(NODES), st.integers(0, 4))
STEPS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), max_size=12)


def goods(pools: Mapping[str, tuple[str, ...]], stock: Mapping[str, int]) -> Goods:
    """Return goods with mugs."""
    found = Goods(pools)
    for node, pieces in stock.items():
        found.post(node, "MUG", pieces)
    return found


def most_served(demands: list[tuple[str, ...]], left: dict[str, int]) -> int:
    """Return how many single pieces can be served at most, by trying every way."""
    if not demands:
        return 0
    first, *rest = demands
    ways = [1 + most_served(rest, left | {node: left[node] - 1}) for node in first if left.get(node)]
    return max([most_served(rest, left), *ways])


@given(POOLS, STOCK, st.lists(st.integers(0, 9), max_size=6))
def test_what_is_unmet_is_what_no_assignment_serves(
    pools: Mapping[str, tuple[str, ...]], stock: Mapping[str, int], claims: list[int]
) -> None:
    """Small cases match brute force, and an assignment gives each claim what it wants from nodes that have it."""
    found = goods(pools, dict.fromkeys(NODES, 9))
    places = [*NODES, *(f"pool:{pool}" for pool in pools)]
    for number, place in enumerate(claims):
        assert found.claim(f"c{number}", places[place % len(places)], {"MUG": 1})
    for node in NODES:
        found.post(node, "MUG", stock.get(node, 0) - 9)

    demands = [found.serving(claim.place) for claim in found.claims.values()]
    assert found.unmet("MUG") == len(claims) - most_served(demands, dict(stock))
    given_out = found.assignment("MUG")
    assert (given_out is None) == bool(found.unmet("MUG"))
    for node in NODES:
        used = [pieces for (_, where), pieces in (given_out or {}).items() if where == node]
        assert sum(used) <= stock.get(node, 0)


@given(POOLS, STOCK, STEPS)
def test_the_house_gives_what_a_real_assignment_gives(
    pools: Mapping[str, tuple[str, ...]], stock: Mapping[str, int], steps: list[tuple[int, int]]
) -> None:
    """The same claims are accepted and refused, and as much is shown as available, everywhere."""
    nodes = tuple([Node(id=id, position=Position(0, 0)) for id in NODES])
    network = Network(nodes=nodes, pools=tuple([Pool(id=id, nodes=of) for id, of in pools.items()]))
    shop, model = Commerce(Catalog(network=network), store=Memory()), goods(pools, stock)
    for node, pieces in stock.items():
        if pieces:
            shop.tell(received(f"r{node}", node=node, quantities={"MUG": pieces}), now=0)
    places = [*NODES, *(f"pool:{pool}" for pool in pools)]
    for number, (place, pieces) in enumerate(steps):
        id, where = f"c{number}", places[place % len(places)]
        answer = shop.ask(reserve(id, place=where, quantities={"MUG": pieces}), now=0)
        assert isinstance(answer, Accepted) == model.claim(id, where, {"MUG": pieces})
        if number % 3 == 2:
            back = shop.ask(release(f"c{number - 1}"), now=0)
            assert isinstance(back, Accepted) == model.release(f"c{number - 1}")
        seen = shop.see(availability("MUG"))
        shown = {f"pool:{pool}": free for pool, free in seen.pools.items()}
        shown |= {node: each.available for node, each in seen.nodes.items()}
        assert shown == {each: model.available(each, "MUG") for each in shown}


def test_overdue_claims_come_in_a_stated_order() -> None:
    """By their moment, then by id; what holds nothing any more is not overdue, and what was shipped is not there."""
    found = goods({"p": ("a",)}, {"a": 9})
    for id, until in (("b", 5), ("a", 5), ("c", 1), ("firm", None), ("late", 9)):
        found.claim(id, "pool:p", {"MUG": 1}, until)

    assert found.overdue(5) == ("c", "a", "b")
    found.release("a")
    found.take("c", "a", {"MUG": 1})
    assert (found.overdue(5), found.available("a", "MUG")) == (("b",), 5)
    found.closed.add("a")
    assert (found.available("a", "MUG"), found.unmet("MUG")) == (0, 3)


def test_the_machine_finds_a_difference() -> None:
    """A check that cannot fail is decoration."""

    class Blunt(Reference):
        def revision(self, key: object) -> int:
            return min(super().revision(key), 1)  # type: ignore[arg-type]  # a key it is

    try:
        run_state_machine_as_test(store_machine(lambda: Handle(Blunt())), settings=FIND)
    except AssertionError:
        return
    raise AssertionError("the machine took a blunt store for a sound one")


def test_the_library_itself_needs_no_test_tools() -> None:
    """Who imports unicommerce imports neither pytest nor Hypothesis."""
    code = "import sys, unicommerce, unicommerce.codec; sys.exit(bool({'pytest', 'hypothesis'} & {*sys.modules}))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - this interpreter
