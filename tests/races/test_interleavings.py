"""Nobody is promised a piece twice, whoever's turn it is: four thousand orders of events, each drawn from a seed."""

from collections.abc import Callable

import pytest

from tests.races.scheduler import Naive, Waiting, run_interleaved
from unicommerce.ledger import Memory, Store, run
from unicommerce.testing.races import last_units

RACE = last_units((4, 3), rounds=2)


def race_once(seed: int, waiting: Callable[[Store], Store]) -> list[str]:
    """Return what is wrong with one race for seven pieces, in the order that the seed draws."""
    store = Memory()
    run(RACE.prepare(store))
    answers = run_interleaved([RACE.client(waiting(store), number) for number in range(RACE.clients)], seed)
    return list(RACE.verdict(run(store.since(0, 10_000)), answers))


@pytest.mark.parametrize("hundreds", range(40))
def test_nothing_is_oversold_in_any_order(hundreds: int) -> None:
    """A hundred orders each: no group below zero, nothing lost or made, every id answered in one way."""
    found = {seed: race_once(seed, Waiting) for seed in range(100 * hundreds, 100 * hundreds + 100)}

    assert {seed: wrong for seed, wrong in found.items() if wrong} == {}


def test_a_naive_store_is_caught() -> None:
    """Who checks in one step and writes in the next oversells, and the very same race shows it."""
    found = [race_once(seed, Naive) for seed in range(50)]

    assert sum(any("oversold" in wrong for wrong in each) for each in found) > 5


def test_an_order_can_be_had_again() -> None:
    """The same seed draws the same order, so what was found can be looked at."""
    assert race_once(7, Naive) == race_once(7, Naive) != race_once(8, Naive)
