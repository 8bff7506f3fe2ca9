"""Connected systems of a world: each kind of trouble comes about, an adapter can be put in, and its bugs are found."""

from collections import Counter

import pytest

from unicommerce.simulation import DIALECTS, Dialect, Faults, Scene, World, everyone, simulate
from unicommerce.testing.ports import PlainPort, hear, say

FAULTS = Faults(
    {
        "outage": 20,
        "sluggish": 40,
        "rejection": 20,
        "hang": 20,
        "lost_answer": 60,
        "garbled": 60,
        "system_skew": 500,
        "host_death": 30,
        "lost_progress": 300,
        "duplicate": 60,
        "other_content": 100,
        "reorder": 60,
    }
)
"""All that may go wrong with systems, and nothing else."""
PLAIN = {name: Dialect(PlainPort(kind), hear, say) for name, kind in (("erp", "erp"), ("carrier", "carrier"))}


def dialects() -> dict[str, Dialect]:
    """Return the languages of all systems, some of them spoken by the kit's plain port."""
    return {**DIALECTS, **PLAIN}


def test_a_system_in_every_trouble_loses_nothing_and_takes_nothing_twice() -> None:
    """Each trouble comes about, and every invariant holds."""
    world = World(1, faults=FAULTS)
    report = simulate(world)

    assert (report.line, report.breaches) == (report.line, ())
    assert set(FAULTS.rates) - {"system_skew", "reorder"} <= set(report.reached)
    assert {"erp", "payments", "carrier", "market"} == set(world.view.links)
    assert all(link.got and link.came for link in world.view.links.values())


def test_an_adapter_of_ones_own_is_put_in_the_place_of_ours() -> None:
    """The plain port of the kit speaks for two systems, and the journal is the same as with ours."""
    scene = Scene.drawn(1)
    actors = everyone(scene, dialects=dialects())

    ours = World(1, faults=FAULTS).run(steps=1_500)
    theirs = World(1, faults=FAULTS, scene=scene, actors=actors).run(steps=1_500)

    assert theirs.breaches == ()
    assert (theirs.digest, theirs.reached) == (ours.digest, ours.reached)


@pytest.mark.parametrize("name", ["erp", "payments", "carrier", "market"])
def test_a_world_without_one_of_the_systems_is_sound_until_it_ends(name: str) -> None:
    """What a system owes the others they miss, and only that: a step finds nothing wrong."""
    report = World(1, faults=FAULTS, without=(name,)).run(steps=600)

    assert report.breaches == ()


def test_half_of_the_worlds_have_systems() -> None:
    """So that what happens without them is not drowned."""
    found = Counter(Scene.drawn(seed).is_connected for seed in range(200))

    assert 80 < found[True] < 120
