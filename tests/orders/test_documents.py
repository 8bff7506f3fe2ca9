"""What an order may be, and how its lines are counted."""

import pytest

from tests.values.bad import COUNTS, NAMES, PIECES, refused
from unicommerce.orders import Order, OrderLine, line_unit
from unicommerce.values import Position

LINE = OrderLine(id="1", sku="MUG", price_minor=999)


def order(**changed: object) -> Order:
    """Return an order with some fields changed."""
    fields: dict[str, object] = {
        "id": "o",
        "pool": "web",
        "lines": (LINE,),
        "destination": Position(0, 0),
        "placed_at": 0,
    }
    return Order(**{**fields, **changed})  # type: ignore[arg-type]  # bad values are the point


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_cannot_be_seen_names_nothing_in_an_order(name: str) -> None:
    """Its id, pool, channel, customer, currency, lines and products; only what may be missing may be empty."""
    assert refused(lambda: order(id=name)) == ("order", name)
    assert refused(lambda: order(pool=name)) == ("pool", name)
    assert refused(lambda: order(currency=name)) == ("currency", name)
    assert refused(lambda: OrderLine(id=name, sku="MUG")) == ("line", name)
    assert refused(lambda: OrderLine(id="1", sku=name)) == ("sku", name)
    if name:
        assert refused(lambda: order(channel=name)) == ("channel", name)
        assert refused(lambda: order(customer=name)) == ("customer", name)
        assert refused(lambda: order(collect_at=name)) == ("collect_at", name)
        assert refused(lambda: order(hand_over=name)) == ("hand_over", name)


@pytest.mark.parametrize("value", COUNTS.values(), ids=COUNTS)
def test_prices_and_moments_are_whole_numbers(value: int) -> None:
    """A price is zero or more; an order may have been placed before 1970, and not at half a millisecond."""
    assert refused(lambda: OrderLine(id="1", sku="MUG", price_minor=value))[0] == "price_minor"
    if value != -1:
        assert refused(lambda: order(placed_at=value))[0] == "placed_at"


@pytest.mark.parametrize("revision", PIECES.values(), ids=PIECES)
def test_revisions_of_an_order_count_from_one(revision: int) -> None:
    """Zero would say that there is no order."""
    assert refused(lambda: order(revision=revision))[0] == "revision"


def test_an_order_has_lines_with_ids_of_their_own() -> None:
    """None, or two of one id, are refused with the ids that came."""
    assert refused(lambda: order(lines=())) == ("lines", [])
    assert refused(lambda: order(lines=(LINE, LINE))) == ("lines", ["1", "1"])


def test_no_two_lines_are_counted_as_one() -> None:
    """An order's id may have a slash and a line's not, so that order and line can be told apart in a unit."""
    assert refused(lambda: OrderLine(id="b/1", sku="MUG")) == ("line", "b/1")
    assert order(id="2026/7").unit("1") == line_unit("2026/7", "1") == "line:2026/7/1"


def test_a_zone_is_one_of_the_time_zone_database() -> None:
    """Nobody guesses it, so it may be unknown; a region is whatever transits call it."""
    assert (order().region, order().zone) == ("", "")
    assert order(zone="America/Chicago", region="US-TX").zone == "America/Chicago"
    assert refused(lambda: order(zone="Mars/Olympus")) == ("zone", "Mars/Olympus")
    assert refused(lambda: order(region=" TX"))[0] == "region"
