"""A price on last pieces: what it is by the books of statistics, how it moves, and what it does to a plan."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.routing.test_decisions import codes, node, planned
from unicommerce.errors import InvalidValue
from unicommerce.routing import Need, Outlook, RoutingCode, RoutingPolicy, Supply
from unicommerce.values import DAY_MS, Position

STOCK = st.integers(1, 2_000)
RATES = st.integers(0, 10**9)
ACROSS_TOWN = Position.of("52.40", "13.05")


def price(
    stock: int, daily_micro: int, *, days: int = 1, package_minor: int = 100_000, share_percent: int = 100
) -> int:
    """Return the price of a piece where nodes are filled again in so many days."""
    outlook = Outlook(
        daily_micro={("dc", "MUG"): daily_micro},
        until=days * DAY_MS,
        package_minor=package_minor,
        share_percent=share_percent,
    )
    return outlook.price_minor("dc", "MUG", stock, now=0)


@given(stock=STOCK, rate=RATES)
def test_the_price_is_the_package_times_the_tail_of_the_normal(stock: int, rate: int) -> None:
    """Beside the error function of the platform, within a 64th of a standard deviation and half a minor unit."""
    mean = rate / 1_000_000
    steps = 64 * (stock - 0.5 - mean) / math.sqrt(mean) if mean else math.inf
    above, below = [50_000 * math.erfc((steps + by) / 64 / math.sqrt(2)) for by in (-1.01, 1.01)]

    assert below - 2 <= price(stock, rate) <= above + 2


@given(stock=STOCK, more=st.integers(1, 50), rate=RATES, longer=st.integers(1, 30))
def test_more_stock_is_never_dearer_and_more_need_never_cheaper(stock: int, more: int, rate: int, longer: int) -> None:
    """Nor is a later delivery; and nothing costs more than the package."""
    here = price(stock, rate)

    assert price(stock + more, rate) <= here <= price(stock, rate + more * 1_000) <= 100_000
    assert here <= price(stock, rate, days=1 + longer)


def test_what_nobody_needs_or_nobody_has_costs_nothing() -> None:
    """No need, no stock, or filled again already."""
    assert (price(5, 0), price(0, 10**6), price(5, 10**6, days=0)) == (0, 0, 0)


def test_the_last_piece_of_a_near_store_is_kept_for_its_own_customers() -> None:
    """Across town ships instead, for a little more; the price is shown beside the cost and not in it."""
    supplies = (Supply(node("near"), (1,)), Supply(node("across", ACROSS_TOWN, rank=1), (40,)))
    outlook = Outlook(daily_micro={("near", "MUG"): 3_000_000}, until=10**15, package_minor=900)
    needs = (Need("MUG", 1, 2_000),)

    plain, ahead = (planned(*supplies, needs=needs, policy=RoutingPolicy(outlook=each)) for each in (None, outlook))

    assert (codes(plain)["near"], codes(ahead)["near"]) == (RoutingCode.SHIPS_ALL, RoutingCode.COSTLIER)
    assert plain.cost_minor <= ahead.cost_minor <= plain.cost_minor + 630
    assert (ahead.shipments[0].ahead_minor, ahead.is_proven) == (0, True)


def test_what_was_weighed_is_shown_beside_the_cost() -> None:
    """With nobody else to ship it, the price changes nothing but what is shown."""
    outlook = Outlook(daily_micro={("near", "MUG"): 3_000_000}, until=10**15, package_minor=900)
    plain, ahead = (planned(Supply(node("near"), (2,)), policy=RoutingPolicy(outlook=each)) for each in (None, outlook))

    assert ahead.cost_minor == plain.cost_minor
    assert ahead.shipments[0].ahead_minor == 2 * 630 == ahead.lower_bound_minor - ahead.cost_minor


@pytest.mark.parametrize("bad", [{"package_minor": -1}, {"share_percent": 0.7}, {"daily_micro": {("dc", "MUG"): 0.5}}])
def test_an_outlook_is_of_whole_numbers(bad: dict[str, object]) -> None:
    """The field is named."""
    given = {"daily_micro": {}, "until": 0, "package_minor": 1, **bad}

    with pytest.raises(InvalidValue, match=next(iter(bad))):
        Outlook(**given)  # type: ignore[arg-type]  # that it is wrong is the point
