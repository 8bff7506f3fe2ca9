"""A day under fire on real servers: nothing lost, nothing twice, in order; and the run finds what is planted in it."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.chaos.campaign import SEEDS, shown, started
from tests.chaos.days import BLOWS, Servers, is_up, live, plan_of
from tests.chaos.planted import PLANTED, without
from tests.chaos.points import POINTS, Armed

QUICK = ("acknowledges before it records", "keeps progress before it sends", "knows no repeat", "keeps no order")
"""Those that `make integration` plants; `make chaos` plants all."""


@pytest.fixture(scope="module", name="at")
def servers_of_the_run() -> Iterator[Servers]:
    """Servers that a run may crash."""
    with started() as at:
        yield at


def test_every_kill_point_is_in_every_plan() -> None:
    """And in the plans of some seeds it is struck with each system's message or letter, while that system is there."""
    plans = [plan_of(seed) for seed in range(SEEDS)]
    armed = [{hour: blow for hour, blow in plan.blows.items() if isinstance(blow, Armed)} for plan in plans]

    for plan in plans:
        assert set(plan.points) == set(POINTS)
        assert {blow for blow in plan.blows.values() if isinstance(blow, str)} == set(BLOWS)
    assert all(is_up(blow.system, hour) for each in armed for hour, blow in each.items())
    struck = {(blow.point, blow.system) for each in armed for blow in each.values()}
    last = {(point, system) for point in plans[0].last for system in POINTS[point]}
    assert struck | last == {(point, system) for point, whose in POINTS.items() for system in whose}


@pytest.mark.integration
def test_a_day_under_fire_loses_nothing_and_does_nothing_twice(at: Servers) -> None:
    """Hosts die at each kill point, bus and database crash, the ERP is down for a day: the books are equal."""
    report = shown(at, plan_of(0))

    assert report.findings == ()
    assert {point for point, _ in report.struck} == set(POINTS)
    assert all(report.repeats[system] for system in ("wms", "erp"))
    erp = [hour["erp"] for hour in report.behind]
    assert max(erp) > 100 > erp[-1] == 0
    for system in ("channel", "wms"):
        assert all(hour[system] == 0 for hour in report.behind)
        assert report.most_behind[system] < 100


@pytest.mark.integration
@pytest.mark.parametrize("bug", QUICK)
def test_a_planted_bug_is_found_by_the_same_run(at: Servers, bug: str) -> None:
    """In a short plan of it."""
    plan, words = PLANTED[bug]

    assert any(words in finding for finding in asyncio.run(live(at, plan)).findings)


@pytest.mark.integration
@pytest.mark.parametrize("bug", QUICK)
def test_the_same_plan_finds_nothing_where_nothing_is_planted(at: Servers, bug: str) -> None:
    """What finds the bug is silent without it."""
    assert asyncio.run(live(at, without(PLANTED[bug].plan))).findings == ()
