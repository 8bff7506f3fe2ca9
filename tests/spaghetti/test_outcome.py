"""The outcome figure is fair and adds up, in a world of some days: not who wins, which `make outcome` prints."""

from collections.abc import Mapping

import pytest

from examples.spaghetti.figures import ROWS, STACKS, table
from examples.spaghetti.places import CHANNELS, PLACES, SKUS, promised_by
from examples.spaghetti.stage import Stage
from examples.spaghetti.wire import Wire
from examples.spaghetti.world import Scale, World

SMALL = Scale(days=3, tail_days=4, shop=24, market=10, store=3)


class Fine(World):
    """A world in which no system is down, no till offline and no store closed."""

    windows = ()


@pytest.fixture(scope="module")
def stages() -> Mapping[str, Stage]:
    """Return a small world after each stack was in it."""
    ran = {}
    for name, make in STACKS.items():
        ran[name] = Stage(World(3, SMALL))
        ran[name].run(make(ran[name]))
    return ran


@pytest.mark.parametrize("stack", STACKS)
def test_each_order_ends_once_and_each_piece_is_accounted_for(stages: Mapping[str, Stage], stack: str) -> None:
    """Visitors order or leave; orders, and pieces, are delivered, canceled or open, and nothing else."""
    of = stages[stack].figures()

    assert of["orders"] > 0
    assert of["visits"] == of["orders"] + of["turned away"] + of["refused at checkout"]
    assert of["orders"] == of["delivered"] + of["canceled"] + of["open"]
    assert of["pieces"] == of["pieces delivered"] + of["pieces canceled"] + of["pieces open"]
    assert of["touches"] == sum(n for name, n in of.items() if name.startswith("touch: "))


def test_all_stacks_see_the_same_world(stages: Mapping[str, Stage]) -> None:
    """The same visits, walks, trucks, losses and counts are played to each, of one digest."""
    first, *others = stages.values()

    assert first.seen["Visit"] > 0
    for other in others:
        assert other.seen == first.seen
        assert other.world.digest == first.world.digest


def test_all_stacks_begin_with_the_same_goods_and_show_the_same() -> None:
    """On day 0 shelves, books and what channels show are equal: the stacks agree on what may be sold."""
    stages = {name: Stage(World(3, SMALL)) for name in STACKS}
    stacks = {name: make(stages[name]) for name, make in STACKS.items()}
    shelf = stages["nightly"].shelf

    assert sum(shelf.values()) > 0
    for name, stack in stacks.items():
        assert stages[name].shelf == shelf
        assert dict(stack.books()) == shelf
        for channel in CHANNELS:
            shown = [stack.channels[channel].shows(sku) for sku in SKUS]
            assert shown == [stacks["nightly"].channels[channel].shows(sku) for sku in SKUS]


def test_faults_strike_both_wires_at_the_same_times() -> None:
    """A system is down for either stack at the same moments, and the same messages are late."""
    world = World(3)
    wires = [Wire(world, Stage(world), has_tickets=has_tickets) for has_tickets in (True, False)]
    begins = [window.begins for window in world.windows]

    assert {window.fault for window in world.windows} == {"system", "till", "closed"}
    for system in ("hub", "shop", *PLACES):
        one, other = ([wire.up(system, at) for at in begins] for wire in wires)
        assert one == other
    assert [wires[0].is_late(f"m{n}") for n in range(99)] == [wires[1].is_late(f"m{n}") for n in range(99)]


@pytest.mark.parametrize("stack", STACKS)
def test_without_faults_no_stack_makes_differences_of_its_own(stack: str) -> None:
    """The loose stack has no bugs: where nothing is down, its books are what it was told, and so are ours."""
    stage = Stage(Fine(5, SMALL))
    stage.run(STACKS[stack](stage))

    assert stage.figures()["unexplained a day"] == 0


def test_a_promise_of_days_skips_sundays() -> None:
    """Three working days from a Monday are Thursday; from a Saturday Wednesday, after the cut-off Thursday."""
    day, noon, late = 24 * 60, 12 * 60, 16 * 60

    assert [promised_by(at) // day for at in (noon, 5 * day + noon, 5 * day + late)] == [3, 9, 10]


def test_the_table_shows_each_figure_as_median_and_range() -> None:
    """One line a figure; without decimals where there are many."""
    seeds = [{"orders": 10_000.0, "late": 3.0}, {"orders": 10_000.0, "late": 16.0}]
    rows = {name: ROWS[name] for name in ("orders taken", "late promises, per 1,000")}

    assert list(table({"nightly": seeds}, rows)) == [
        "| figure | loose, nightly files |",
        "|---|--:|",
        "| orders taken | 10,000 (10,000 to 10,000) |",
        "| late promises, per 1,000 | 1.0 (0.3 to 1.6) |",
    ]
