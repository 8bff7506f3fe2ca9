"""Identifiers, whole numbers, money and positions: what is taken, and what is refused by name."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.values.bad import COUNTS, NAMES, PIECES, refused
from unicommerce.errors import InvalidValue
from unicommerce.values import (
    EXPONENTS,
    LARGEST,
    Money,
    Position,
    allocate,
    distance_m,
    identifier,
    pieces,
    positive,
    whole,
)


@pytest.mark.parametrize("name", ["MUG", "0", "a b", "Größe 42", "注文-1", "order/7", "#!?", "M" * 200])
def test_what_can_be_seen_can_name_something(name: str) -> None:
    """Any visible text of 1 to 200 characters in form NFC, spaces within it included."""
    assert identifier(name, "sku") == name


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_cannot_be_seen_names_nothing(name: object) -> None:
    """Control, direction, zero-width and lone surrogate characters are refused, and so is what is no text."""
    assert refused(lambda: identifier(name, "sku")) == ("sku", name)


@given(st.text(max_size=12))
def test_an_identifier_is_visible_or_refused(text: str) -> None:
    """Whatever the text, it is returned as it came, or refused; what is returned looks like nothing else."""
    try:
        name = identifier(text, "sku")
    except InvalidValue:
        return

    assert name == text == unicodedata.normalize("NFC", text) == text.strip()
    assert not {unicodedata.category(letter) for letter in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("value", COUNTS.values(), ids=COUNTS)
def test_what_counts_nothing_is_no_whole_number(value: object) -> None:
    """Below the least, above the largest, and whatever is no int, a bool included."""
    assert refused(lambda: whole(value, "weight_g"))[0] == "weight_g"


@pytest.mark.parametrize("value", PIECES.values(), ids=PIECES)
def test_pieces_are_one_or_more(value: object) -> None:
    """Zero pieces are no quantity."""
    assert refused(lambda: positive(value, "quantity"))[0] == "quantity"


def test_the_bounds_of_whole_numbers_are_within_them() -> None:
    """Zero, one and the largest number that every JSON reader holds exactly are taken."""
    assert [whole(0, "n"), positive(1, "n"), positive(LARGEST, "n")] == [0, 1, 2**53]
    assert whole(-5, "n", -5) == -5


def test_pieces_are_sorted_and_checked_by_name() -> None:
    """Equal mappings give equal pieces, whatever the order in which they were written."""
    assert pieces({"b": 2, "a": 1}, "sku") == pieces({"a": 1, "b": 2}, "sku") == (("a", 1), ("b", 2))
    assert refused(lambda: pieces({"a": 0}, "sku")) == ("quantity of a", 0)
    assert refused(lambda: pieces({"\u202e": 1}, "sku")) == ("sku", "\u202e")


def test_the_remainder_goes_to_the_largest_and_ties_to_the_first() -> None:
    """Largest remainder: 100 by thirds is 34, 33, 33; a weight of zero gets nothing; signs do not matter."""
    assert allocate(100, [1, 1, 1]) == (34, 33, 33)
    assert allocate(10, [3, 0, 4]) == (4, 0, 6)
    assert allocate(-100, [1, 1, 1]) == (-34, -33, -33)
    assert allocate(0, [1, 2]) == (0, 0)


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [2, -1], [0.5, 0.5], [True, 1], ["1"]])
def test_weights_of_nobody_are_refused(weights: list[int]) -> None:
    """Where nobody has a weight, one is negative or one is no whole number, there is no share to give."""
    assert refused(lambda: allocate(100, weights)) == ("weights", weights)


def test_splitting_among_many_takes_time_in_proportion() -> None:
    """A discount over a hundred thousand pieces is split at once: what is left over is looked up, not searched for."""
    start = time.process_time()
    parts = allocate(149_999, [1] * 100_000)

    assert sum(parts) == 149_999
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1999, "USD"), "19.99 USD"),
        (Money(-5, "EUR"), "-0.05 EUR"),
        (Money(0, "EUR"), "0.00 EUR"),
        (Money(1999, "JPY"), "1999 JPY"),
        (Money(1999, "KWD"), "1.999 KWD"),
        (Money(7, "BHD"), "0.007 BHD"),
        (Money(1999, "XYZ"), "19.99 XYZ"),
    ],
)
def test_money_is_written_with_the_decimals_of_its_currency(money: Money, text: str) -> None:
    """ISO 4217 says how many; two where it says nothing else."""
    assert str(money) == text


def test_amounts_of_two_currencies_are_never_added() -> None:
    """A sum over currencies is an error of the program that makes it."""
    assert Money(1, "EUR").plus(Money(2, "EUR")) == Money(3, "EUR")
    assert refused(lambda: Money(1, "EUR").plus(Money(1, "USD"))) == ("currency", "USD")
    assert set(EXPONENTS.values()) == {0, 3}


@pytest.mark.parametrize(
    ("lat", "lng"),
    [
        ("abc", "1"),
        (None, 1),
        ("nan", "1"),
        ("1", "inf"),
        (91, 0),
        (-90.1, 0),
        (0, 180.5),
        (10**400, 1),
        ("1e999999999", 1),
        ([], 1),
    ],
)
def test_a_position_is_on_earth(lat: float, lng: float) -> None:
    """What is no number or off the map is refused, and never a bare ValueError."""
    assert refused(lambda: Position.of(lat, lng)) == ("position", (lat, lng))


def test_positions_are_rounded_once_and_the_poles_are_on_the_map() -> None:
    """Microdegrees, about 11 cm; the corners of the map are taken."""
    assert Position.of("52.5200066", "13.404954") == (52_520_007, 13_404_954)
    assert Position.of(-90, 180) == (-90_000_000, 180_000_000)


@pytest.mark.parametrize(
    ("one", "other", "meters"),
    [
        ((52.52, 13.405), (52.52, 13.405), 0),
        ((52.52, 13.405), (48.1374, 11.5755), 504_000),
        ((0, 179.999), (0, -179.999), 222),
        ((90, 0), (-90, 0), 20_015_115),
        ((0, 0), (0, 180), 20_015_115),
    ],
)
def test_distances_are_great_circles(one: tuple[float, float], other: tuple[float, float], meters: int) -> None:
    """Berlin to Munich, across the date line, from pole to pole; the same in both directions."""
    here, there = Position.of(*one), Position.of(*other)

    assert abs(distance_m(here, there) - meters) <= meters // 200
    assert distance_m(here, there) == distance_m(there, here)
