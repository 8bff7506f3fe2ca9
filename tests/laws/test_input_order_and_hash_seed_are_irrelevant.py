"""Law: input order and hash seed are irrelevant: the same journal on any run of the interpreter."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

import unicommerce
from tests.laws.world import ALL, CATALOG, Law, Program, Step, World, networks, programs
from unicommerce.catalog import Catalog, Network

ROOT = Path(__file__).parents[2]
SOURCE = Path(unicommerce.__file__).parents[1]
CODE = "from tests.laws.test_input_order_and_hash_seed_are_irrelevant import digest; print(digest())"


def digest() -> str:
    """Return the digest of the journals of some long programs."""
    seal = sha256()
    for seed in range(4):
        random = Random(seed)
        program = [Step(random.choice(ALL), *[random.randint(1, 4) for _ in range(3)]) for _ in range(60)]
        world = World().run(program)
        seal.update(repr(world.journal()).encode())
        seal.update(repr(world.network.groups).encode())
    return seal.hexdigest()


def test_the_hash_seed_is_irrelevant() -> None:
    """Two interpreters that hash text differently write the same journal to the letter."""
    digests = set()
    for seed in ("0", "12345"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([str(SOURCE), str(ROOT)])}
        command = [sys.executable, "-c", CODE]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - this very interpreter
        assert done.returncode == 0, done.stderr
        digests.add(done.stdout)

    assert digests == {f"{digest()}\n"}


class Listing(NamedTuple):
    """A network, and chance to list its nodes and pools in another order."""

    network: Network
    random: Random


def listing_is_irrelevant(case: Listing) -> None:
    """Raise where groups or limits depend on the order in which nodes and pools are listed."""
    nodes, pools = list(case.network.nodes), list(case.network.pools)
    case.random.shuffle(nodes)
    case.random.shuffle(pools)
    other = Network(nodes=tuple(nodes), pools=tuple(pools))
    assert other.groups == case.network.groups
    assert other.limits == case.network.limits


LAW = Law(
    "the order of a network is irrelevant",
    st.builds(Listing, networks(closed=True), st.randoms(use_true_random=False)),
    listing_is_irrelevant,
)


@given(LAW.cases)
def test_the_order_in_which_a_network_is_listed_is_irrelevant(case: Listing) -> None:
    """Groups and limits are the same however nodes and pools are listed."""
    LAW.check(case)


def listing_products_is_irrelevant(program: Program) -> None:
    """Raise where the order in which products are listed shows in the journal."""
    backward = Catalog(network=CATALOG.network, products=CATALOG.products[::-1])
    assert World().run(program).journal() == World(backward).run(program).journal()


PRODUCT_LAW = Law("the order of products is irrelevant", programs(most=20), listing_products_is_irrelevant)


@given(PRODUCT_LAW.cases)
def test_the_order_in_which_products_are_listed_is_irrelevant(program: Program) -> None:
    """A catalog is a set of products."""
    PRODUCT_LAW.check(program)
