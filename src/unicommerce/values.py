"""The small values that every room shares: identifiers, whole numbers, money, positions; and the `frozen` decorator.

Everything is checked once, where data enters, and trusted afterwards. Quantities and money are `int`; no float decides
anything: a position is whole microdegrees and a distance whole meters, rounded once, here.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, NewType, Self

import attrs

from .errors import InvalidValue

if TYPE_CHECKING:
    from attrs import frozen
else:
    # Frozen for the type checker, plain slots at run time: docs/decisions/0006 has the figures.
    frozen = partial(attrs.define, unsafe_hash=True, on_setattr=None)

__all__ = [
    "DAY_MS",
    "EXPONENTS",
    "HOUR_MS",
    "LARGEST",
    "MINUTE_MS",
    "Money",
    "Position",
    "Unit",
    "allocate",
    "by_name",
    "distance_m",
    "frozen",
    "half_up",
    "identifier",
    "names_of",
    "pieces",
    "positive",
    "whole",
]

Unit = NewType("Unit", str)
"""What an account counts: `sku:MUG`, `line:order-1/1`, `money:USD`. The part before the colon names the book."""

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

LARGEST = 2**53
"""The largest quantity or amount that is taken: every JSON reader holds it exactly (RFC 8259, section 6)."""

EARTH_RADIUS_M = 6_371_009
"""Mean radius of the earth (IUGG)."""

EXPONENTS: Mapping[str, int] = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
"""Decimals of the currencies whose minor unit is not a hundredth (ISO 4217, list one)."""

_UNPRINTABLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def identifier(value: object, field: str) -> str:
    """Return the text if it can name something: 1 to 200 visible characters in Unicode form NFC, no space at an end.

    Control, zero-width, direction and lone surrogate characters are refused: two ids that look alike must be alike.

    >>> identifier("MUG", "sku")
    'MUG'
    """
    if isinstance(value, str) and value.isascii() and value.isprintable() and 0 < len(value) <= 200:
        if value[0] != " " and value[-1] != " ":
            return value
    elif (
        isinstance(value, str)
        and 0 < len(value) <= 200
        and value.strip() == value
        and not any(unicodedata.category(letter) in _UNPRINTABLE for letter in value)
        and unicodedata.is_normalized("NFC", value)
    ):
        return value
    raise InvalidValue(field, value, "an identifier of 1 to 200 visible characters")


def names_of(values: object, field: str) -> tuple[str, ...]:
    """Return the names if they are a tuple of identifiers, each once; a text alone is not taken for its letters.

    >>> names_of(("cold", "hazardous"), "handles")
    ('cold', 'hazardous')
    """
    if not isinstance(values, tuple) or len(set(values)) != len(values):
        raise InvalidValue(field, values, "a tuple of names, each once")
    for number, name in enumerate(values):
        identifier(name, f"{field}[{number}]")
    return values


def whole(value: object, field: str, least: int = 0) -> int:
    """Return the whole number if it is at least `least` and at most `LARGEST`; `True` is not a number here.

    >>> whole(3, "weight_g")
    3
    """
    if type(value) is int and least <= value <= LARGEST:
        return value
    raise InvalidValue(field, value, f"a whole number from {least} to {LARGEST}")


def positive(value: object, field: str) -> int:
    """Return the whole number if it is at least 1.

    >>> positive(1, "quantity")
    1
    """
    if type(value) is int and 0 < value <= LARGEST:
        return value
    return whole(value, field, 1)


def pieces(quantities: Mapping[str, int], field: str) -> tuple[tuple[str, int], ...]:
    """Return quantities by name, checked and in the order of the names: equal mappings ask the same.

    >>> pieces({"MUG": 2, "CUP": 1}, "sku")
    (('CUP', 1), ('MUG', 2))
    """
    checked = [(identifier(name, field), positive(held, f"quantity of {name}")) for name, held in quantities.items()]
    return tuple(sorted(checked))


def by_name(rows: Iterable[NamedTuple]) -> tuple[tuple[tuple[str, object], ...], ...]:
    """Return small things as pairs of a name and a value, as what a message told is kept beside its events.

    >>> by_name([Position(1, 2)])
    ((('lat_udeg', 1), ('lng_udeg', 2)),)
    """
    return tuple([tuple(row._asdict().items()) for row in rows])


class Position(NamedTuple):
    """A place on earth in whole microdegrees, north and east positive (WGS 84)."""

    lat_udeg: int
    lng_udeg: int

    @classmethod
    def of(cls, lat: float | str, lng: float | str) -> Self:
        """Return the position of degrees, rounded to microdegrees (about 11 cm).

        >>> Position.of("36.342235", "-94.07141")
        Position(lat_udeg=36342235, lng_udeg=-94071410)
        """
        try:
            north, east = float(lat), float(lng)
        except (TypeError, ValueError, OverflowError):
            north, east = math.nan, math.nan
        if not (-90 <= north <= 90 and -180 <= east <= 180):
            raise InvalidValue("position", (lat, lng), "a latitude and a longitude in degrees")
        return cls(round(north * 1_000_000), round(east * 1_000_000))


def distance_m(one: Position, other: Position) -> int:
    """Return the great-circle distance in whole meters, by the haversine formula (error up to 0.5 %).

    >>> distance_m(Position(0, 0), Position(0, 1_000_000))
    111195
    """
    radians, (north, east), (other_north, other_east) = math.radians, one, other
    lat, other_lat = radians(north / 1_000_000), radians(other_north / 1_000_000)
    half = math.sin((other_lat - lat) / 2) ** 2
    east_by = radians(other_east / 1_000_000) - radians(east / 1_000_000)
    half += math.cos(lat) * math.cos(other_lat) * math.sin(east_by / 2) ** 2
    return round(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half))))


def allocate(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split a whole amount by weights so that the parts sum to it: largest remainder, ties to the lowest index.

    A weight of zero gets zero; a negative amount splits as its positive does. Where all weights are zero there is
    nobody to give to, which is an error.

    >>> allocate(100, [1, 1, 1])
    (34, 33, 33)
    """
    if any(type(weight) is not int or weight < 0 for weight in weights) or not any(weights):
        raise InvalidValue("weights", list(weights), "a list of whole weights of which one is positive, none negative")
    total = sum(weights)
    shares = [divmod(abs(amount) * weight, total) for weight in weights]
    missing = abs(amount) - sum(share for share, _ in shares)
    first = set(sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))[:missing])
    sign = -1 if amount < 0 else 1
    return tuple(sign * (share + (index in first)) for index, (share, _) in enumerate(shares))


def half_up(value: Fraction | int) -> int:
    """Return the nearest whole number, the greater of two that are as near.

    >>> half_up(Fraction(5, 2)), half_up(Fraction(-5, 2))
    (3, -2)
    """
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


class Money(NamedTuple):
    """An amount of one currency in minor units.

    >>> print(Money(1999, "USD").plus(Money(1, "USD")))
    20.00 USD
    """

    amount_minor: int
    currency: str

    def plus(self, other: "Money") -> "Money":
        """Return the sum; amounts of two currencies are never added."""
        if self.currency != other.currency:
            raise InvalidValue("currency", other.currency, self.currency)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def allocate(self, weights: Sequence[int]) -> "tuple[Money, ...]":
        """Split by weights as `unicommerce.values.allocate` does."""
        return tuple(Money(part, self.currency) for part in allocate(self.amount_minor, weights))

    def __str__(self) -> str:
        exponent = EXPONENTS.get(self.currency, 2)
        sign, digits = "-" * (self.amount_minor < 0), str(abs(self.amount_minor)).rjust(exponent + 1, "0")
        whole_part, cents = digits[: len(digits) - exponent], digits[len(digits) - exponent :]
        return f"{sign}{whole_part}{'.' * bool(exponent)}{cents} {self.currency}"
