"""Transits from deliveries that were seen: how often they hold, and what they depend on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.values.bad import refused
from unicommerce.routing import Carrier, Delivery, transits_seen

SEEN = st.lists(
    st.builds(Delivery, st.sampled_from(("BE", "BY", "NW")), st.integers(0, 900_000), st.integers(0, 30)),
    min_size=1,
    max_size=60,
)
LIMITS = (100_000, 500_000)


@given(SEEN, st.randoms(use_true_random=False))
def test_the_order_of_deliveries_is_irrelevant(seen: list[Delivery], chance: object) -> None:
    """In exact fractions there is no order of adding up."""
    shuffled = sorted(seen, key=lambda _: chance.random())  # type: ignore[attr-defined]

    assert transits_seen(shuffled, limits_m=LIMITS) == transits_seen(seen, limits_m=LIMITS)


@given(SEEN)
def test_every_place_that_was_seen_has_a_transit_that_rises(seen: list[Delivery]) -> None:
    """A carrier takes them as they are, the region's own before that of the band; no place is left out."""
    carrier = Carrier(transits=transits_seen(seen, limits_m=LIMITS))

    for region, meters, _ in seen:
        own, other = carrier.transit("dc", region, "", meters), carrier.transit("dc", "SN", "", meters)
        assert own is not None
        assert own.region == region
        assert other is not None
        assert other.region == ""


@given(SEEN, st.integers(90, 99))
def test_of_a_hundred_deliveries_so_many_were_within_it(seen: list[Delivery], percent: int) -> None:
    """Over all that was seen it is kept at least as often as it says, but for the one delivery at the edge."""
    carrier = Carrier(transits=transits_seen(seen, limits_m=LIMITS))
    kept = 0
    for region, meters, days in seen:
        transit = carrier.transit("dc", region, "", meters)
        assert transit is not None
        kept += days <= transit.within(percent)

    assert kept >= len(seen) * percent // 100


def test_a_region_that_was_seen_once_is_much_like_its_band() -> None:
    """Forty deliveries of three days, and one of twenty in a region of its own: five of the band are beside it."""
    seen = [Delivery("BE", 1, 3)] * 40 + [Delivery("BY", 1, 20)]
    transits = {each.region: each.within(50) for each in transits_seen(seen)}

    assert transits == {"BE": 3, "BY": 7, "": 4}


@pytest.mark.parametrize(
    ("field", "seen", "limits"),
    [
        ("limits_m", [], (5, 5)),
        ("limits_m", [], (9, 5)),
        ("days", [Delivery("BE", 1, -1)], ()),
    ],
    ids=["twice", "falling", "days below zero"],
)
def test_what_can_not_be_is_refused(field: str, seen: list[Delivery], limits: tuple[int, ...]) -> None:
    """By the field."""
    assert refused(lambda: transits_seen(seen, limits_m=limits))[0] == field
