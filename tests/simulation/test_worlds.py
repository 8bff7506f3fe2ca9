"""Worlds are sound, the same again from the same seed, over any store, and small where they fail."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.laws.world import Distant
from unicommerce.errors import InvalidValue
from unicommerce.inventory import received
from unicommerce.simulation import (
    FAULTS,
    INVARIANTS,
    SABOTEURS,
    Actor,
    Faults,
    Invariant,
    Report,
    Scene,
    Stage,
    View,
    World,
    everyone,
    minimize,
    simulate,
)

SEEDS = (0, 1, 3, 9, 12, 18, 22, 23, 86, 116)
"""Small worlds in which every fault strikes; `make world` runs a thousand of all sizes."""


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    """Run some worlds."""
    return [simulate(World(seed)) for seed in SEEDS]


def test_worlds_under_faults_are_sound(reports: list[Report]) -> None:
    """Every invariant holds after each entry, and at the end; what broke is printed as a line to paste."""
    assert [(report.line, report.breaches[:2]) for report in reports if report.breaches] == []


def test_every_fault_strikes_and_its_rare_state_is_reached(reports: list[Report]) -> None:
    """No fault is only a word: each strikes somewhere, and what it is for comes about."""
    struck, reached = Counter[str](), Counter[str]()
    for report in reports:
        struck.update(report.struck)
        reached.update(report.reached)

    assert set(FAULTS) == set(struck)
    assert set(FAULTS) - {"loss", "reorder", "skew"} <= set(reached)
    assert all(count > 0 for count in reached.values())


def test_nobody_disposes_of_what_was_stolen_from_the_shelf() -> None:
    """An auditor counted one less than nothing there."""
    assert simulate(World(719)).breaches == ()


def test_a_calm_world_is_never_struck() -> None:
    """What is turned off is off."""
    report = simulate(World(3, faults=Faults({})))

    assert (report.struck, report.breaches) == ({}, ())


def test_what_was_torn_is_found_as_it_was_lost() -> None:
    """A kit of which a piece was not found when it was picked is lost, and found, without that piece."""
    assert simulate(World(271)).breaches == ()


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_same_seed_is_the_same_journal_under_any_hash_seed(hash_seed: str) -> None:
    """Seed, version and plan are the whole of a world."""
    code = "from unicommerce.simulation import World, simulate; print(*[simulate(World(s)).digest for s in (1, 9)])"
    run = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, check=True
    )

    assert run.stdout.decode().split() == [simulate(World(seed)).digest for seed in (1, 9)]


def test_another_store_is_the_same_world() -> None:
    """A store whose state can be read and not looked at gives the same journal where no fault counts its calls."""
    faults = Faults({"duplicate": 100, "loss": 40, "short_pick": 100, "closure": 150})

    near, far = simulate(World(5, faults=faults)), simulate(World(5, faults=faults, store=Distant()))

    assert far.breaches == ()
    assert far.digest == near.digest


def test_a_failing_world_is_made_small() -> None:
    """Faults and actors that the failure does not need are left out, and the line has the same failure again."""
    bug = SABOTEURS["a short pick loses its claim"]
    found = simulate(World(9, faults=Faults({"short_pick": 150, "duplicate": 150, "loss": 40}), sabotage=bug))

    small = minimize(
        found,
        lambda faults, without: simulate(World(9, faults=faults, without=without, sabotage=bug)),
        tuple(actor.name for actor in everyone(Scene.drawn(9))),
    )

    assert found.broken == small.broken != ""
    assert not {"duplicate", "loss"} & set(small.faults.rates)
    assert {"desk", "bookkeeper", "second ticker"} <= set(small.without)
    names = {"simulate": simulate, "World": World, "Faults": Faults, "SABOTEURS": SABOTEURS}
    assert eval(small.line, names) == small  # noqa: S307 - the line is ours, and made to be pasted


def test_users_add_invariants_and_actors() -> None:
    """Theirs are checked after each entry as ours are, and stop the world."""

    def nobody_brings_tea(view: View) -> Iterator[str]:
        for unit, account in [(unit, a) for unit, changes in view.changes.items() for a in changes]:
            if unit == "sku:TEA" and account.place == "supplier":
                yield "there is tea"

    class TeaTrader(Actor):
        def start(self, world: Stage) -> None:
            def bring() -> None:
                telling = received("tea", node="dc", quantities={"TEA": 1})
                world.happens(telling.id, "dc", {"TEA": 1})
                world.send(telling, who=self.name)

            world.later(1_000, bring)

    invariants = (*INVARIANTS, Invariant("no tea", "step", nobody_brings_tea))
    scene = Scene.drawn(0)
    products = tuple([product for product in scene.catalog.products if product.sku != "TEA"])
    plain = Scene(
        catalog=type(scene.catalog)(network=scene.catalog.network, products=products, channels=scene.catalog.channels),
        start=scene.start,
    )

    assert simulate(World(0, scene=plain, invariants=invariants)).breaches == ()
    report = simulate(World(0, scene=plain, invariants=invariants, actors=[*everyone(plain), TeaTrader("trader")]))
    assert [(breach.invariant, breach.entry) for breach in report.breaches] == [("no tea", "receipt/tea")]


def test_an_unknown_fault_is_refused() -> None:
    """A plan that names what there is not would strike nothing, and nobody would know."""
    with pytest.raises(InvalidValue, match="some of closure"):
        Faults({"earthquake": 1})
