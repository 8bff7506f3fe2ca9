"""Which cartons pieces are packed into: few, never over their limits, and beside it how few it could be at best.

First fit decreasing: the largest pieces first, each into the first carton that still has room (at most 11/9 of the
optimum and two thirds of a carton more, where one measure and one size count; Dósa 2007). The bound is that of Martello
and Toth (1990), for each measure by itself.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ..catalog import Catalog, Product
from ..errors import InvalidValue
from ..orders import LineQuantity
from ..values import LARGEST, identifier, positive

__all__ = ["Carton", "CartonSize", "Packing", "packing"]

Measures = tuple[int, int, int]
"""Volume (cm3), weight (g) and number of pieces."""


class CartonSize(NamedTuple):
    """A size of cartons: the most that one holds in volume, weight and pieces (None: any)."""

    name: str
    volume_cm3: int | None = None
    weight_g: int | None = None
    pieces: int | None = None

    @property
    def most(self) -> Measures:
        """Return its limits."""
        volume, weight, pieces = [LARGEST if each is None else each for each in self[1:]]
        return volume, weight, pieces


class Carton(NamedTuple):
    """A carton of a size, and what is in it."""

    size: str
    lines: tuple[LineQuantity, ...]


class Packing(NamedTuple):
    """Cartons, the fewest that there could be at best, and pieces that no size holds."""

    cartons: tuple[Carton, ...]
    least: int
    unfit: tuple[LineQuantity, ...]


class _Piece(NamedTuple):
    """One piece: what it measures, and of which line it is."""

    measures: Measures
    line: str
    sku: str


def packing(
    lines: Iterable[LineQuantity], sizes: Iterable[CartonSize], *, catalog: Catalog, alone: Collection[str] = ()
) -> Packing:
    """Return which cartons of these sizes pieces go into; lines that go `alone` share a carton with no other line.

    A product that the catalog does not know measures nothing but one piece. Raises `InvalidValue` where no size is
    given, or a limit is below one.

    >>> book = Product(sku="BOOK", volume_cm3=600, weight_g=400)
    >>> packed = packing([LineQuantity("1", "BOOK", 5)], [CartonSize("S", 1_300), CartonSize("L", 2_500)],
    ...     catalog=Catalog(products=(book,)))
    >>> [(carton.size, carton.lines[0].quantity) for carton in packed.cartons], packed.least
    ([('L', 4), ('S', 1)], 2)
    """
    known = sorted(_checked(sizes), key=lambda size: (size.most, size.name))
    groups: dict[str | None, list[_Piece]] = {}
    unfit: list[LineQuantity] = []
    for line, sku, quantity in lines:
        product = catalog.product(sku) or Product(sku=sku)
        piece = _Piece((product.volume_cm3, product.weight_g, 1), line, sku)
        if any(_fits(piece.measures, size) for size in known):
            groups.setdefault(line if line in alone else None, []).extend([piece] * quantity)
        else:
            unfit.append(LineQuantity(line, sku, quantity))
    packed = [_packed(group, known) for group in groups.values()]
    least = sum([_least(group, known) for group in groups.values()])
    return Packing(tuple([carton for cartons in packed for carton in cartons]), least, tuple(unfit))


def _checked(sizes: Iterable[CartonSize]) -> list[CartonSize]:
    found = list(sizes)
    if not found or len({size.name for size in found}) != len(found):
        raise InvalidValue("sizes", [size.name for size in found], "one or more sizes with names of their own")
    for size in found:
        identifier(size.name, "size")
        for field, most in zip(CartonSize._fields[1:], size.most, strict=True):
            positive(most, f"{field} of {size.name}")
    return found


def _fits(measures: Measures, size: CartonSize) -> bool:
    return all(each <= most for each, most in zip(measures, size.most, strict=True))


def _packed(pieces: Sequence[_Piece], sizes: Sequence[CartonSize]) -> list[Carton]:
    """Return the fewest cartons of those that first fit finds with each size tried first; of as many, the smallest."""
    found = [_first_fit(pieces, first, sizes) for first in sizes]
    best = min(found, key=lambda filled: (len(filled), sorted([size.most for size, _ in filled])))
    return [Carton(size.name, _lines(own)) for size, own in best]


def _first_fit(
    pieces: Sequence[_Piece], first: CartonSize, sizes: Sequence[CartonSize]
) -> list[tuple[CartonSize, list[_Piece]]]:
    share = {each: max(map(Fraction, each, first.most)) for each in {piece.measures for piece in pieces}}
    filled: list[tuple[CartonSize, list[_Piece]]] = []
    sums: list[Measures] = []
    for piece in sorted(pieces, key=lambda piece: (-share[piece.measures], piece.line, piece.sku)):
        for number, (size, own) in enumerate(filled):
            if _fits(together := _plus(sums[number], piece.measures), size):
                own.append(piece)
                sums[number] = together
                break
        else:
            fitting = [size for size in (*sizes, first) if _fits(piece.measures, size)]
            filled.append((fitting[-1], [piece]))
            sums.append(piece.measures)
    shrunk = [next(size for size in sizes if _fits(total, size)) for total in sums]
    return [(size, own) for size, (_, own) in zip(shrunk, filled, strict=True)]


def _plus(one: Measures, other: Measures) -> Measures:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _lines(pieces: Iterable[_Piece]) -> tuple[LineQuantity, ...]:
    counts = Counter([(piece.line, piece.sku) for piece in pieces])
    return tuple([LineQuantity(line, sku, quantity) for (line, sku), quantity in sorted(counts.items())])


def _least(pieces: Sequence[_Piece], sizes: Sequence[CartonSize]) -> int:
    """Return the fewest cartons that any packing needs: of each measure by itself, the most that any size holds."""
    by_measure = zip(*[piece.measures for piece in pieces], strict=True)
    most = [max(each) for each in zip(*[size.most for size in sizes], strict=True)]
    return max([_bound(values, limit) for values, limit in zip(by_measure, most, strict=True)])


def _bound(values: Sequence[int], most: int) -> int:
    """Return how many times `most` holds these values at best: no two above a half share, and what is left fills up.

    >>> _bound((6, 6, 6), 10), _bound((5, 5, 1), 10), _bound((7, 6, 4, 4), 10)
    (3, 2, 3)
    """
    halves = sorted({value for value in values if 2 * value <= most} | {0})
    found = []
    for least in halves:
        above = [value for value in values if value > most - least]
        middle = [value for value in values if most - least >= value and 2 * value > most]
        below = sum([value for value in values if least <= value and 2 * value <= most])
        over = below - (len(middle) * most - sum(middle))
        found.append(len(above) + len(middle) + max(-(-over // most), 0))
    return max(found)
