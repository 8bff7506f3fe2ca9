"""How much tax: exact fractions of each component, rounded by one of four schemes so that parts sum to their whole.

With tax on top, a component is base x rate. With tax in the price it is gross x rate / (1 + all rates), and the net is
what the taxes leave of the gross, by subtraction: net + tax is the gross to the unit. All rounding is here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from ..errors import InvalidValue
from ..values import allocate, whole
from .answers import Component, TaxedLine
from .documents import BUYER, SELLER, Scheme, TaxLine, rate_of

__all__ = ["Levy", "exact_text", "half_up", "reckon", "rounded_to", "weighted_rate"]


class Levy(NamedTuple):
    """A tax that applies to a line: a rate of its value, or so much for each piece; `exempt` says why it is not due."""

    code: str
    rate: str
    jurisdiction: str = ""
    level: str = ""
    collected_by: str = SELLER
    exempt: str = ""
    per_unit_minor: int = 0


Levied: TypeAlias = tuple[TaxLine, Sequence[Levy]]
Exact: TypeAlias = Sequence[Sequence[Fraction]]
Amounts: TypeAlias = list[list[int]]


def half_up(exact: Fraction) -> int:
    """Return the nearest whole number, halves away from zero.

    >>> half_up(Fraction(5, 2)), half_up(Fraction(-5, 2))
    (3, -3)
    """
    whole_part = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -whole_part if exact < 0 else whole_part


def rounded_to(amount_minor: int, step_minor: int) -> int:
    """Return the nearest multiple of a step, halves up: what India has paid to the rupee (CGST Act, section 170).

    >>> rounded_to(10_250, 100)
    10300
    """
    if step_minor < 1:
        raise InvalidValue("step_minor", step_minor, "a positive whole number")
    return half_up(Fraction(amount_minor, step_minor)) * step_minor


def weighted_rate(rows: Iterable[tuple[int, str]], default: str) -> str:
    """Return the mean of rates by what they are on, to six decimals at the most; `default` where there is nothing.

    So shipping can be taxed as what is in the parcel.

    >>> weighted_rate([(3_000, "0.23"), (4_000, "0.03")], "0.20")
    '0.115714'
    """
    weighed = [(whole(net, "net"), rate_of(rate)) for net, rate in rows]
    total = sum([net for net, _ in weighed])
    if not total:
        return default
    millionths = half_up(sum([net * rate for net, rate in weighed], Fraction()) * 1_000_000 / total)
    digits = f"{millionths:07}"
    return f"{digits[:-6]}.{digits[-6:-4]}{digits[-4:].rstrip('0')}"


def exact_text(rate: Fraction) -> str:
    """Return a rate as decimal text; raises `InvalidValue` for one that ten decimals do not hold.

    >>> exact_text(Fraction(5, 200))
    '0.025'
    """
    scaled = rate * 10**10
    if scaled.denominator != 1:
        raise InvalidValue("rate", str(rate), "a rate of at most ten decimals")
    digits = f"{scaled.numerator:011}"
    return f"{digits[:-10]}.{digits[-10:-8]}{digits[-8:].rstrip('0')}"


def reckon(lines: Iterable[Levied], *, scheme: str = Scheme.LINE) -> tuple[TaxedLine, ...]:
    """Return lines with the amounts of their taxes, rounded by a scheme. Raises `InvalidValue` for an unknown one.

    >>> levies = (Levy("STATE", "0.065"), Levy("LOCAL", "0.036"))
    >>> (line,) = reckon([(TaxLine(id="1", amount_minor=103), levies)], scheme="line_combined")
    >>> [(each.code, each.amount_minor) for each in line.components]
    [('STATE', 6), ('LOCAL', 4)]
    """
    if scheme not in _SCHEMES:
        raise InvalidValue("scheme", scheme, f"one of {', '.join(Scheme)}")
    rows = list(lines)
    exact = [_exact(line, levies) for line, levies in rows]
    amounts = _SCHEMES[scheme]([levies for _, levies in rows], exact)
    return tuple([_taxed(*row, found) for row, found in zip(rows, amounts, strict=True)])


def _exact(line: TaxLine, levies: Sequence[Levy]) -> list[Fraction]:
    due = [levy for levy in levies if not levy.exempt]
    base = Fraction(line.base_minor)
    if line.includes_tax:
        charged = [levy for levy in due if levy.collected_by != BUYER]
        base -= sum([levy.per_unit_minor for levy in charged]) * line.quantity
        base /= 1 + sum([rate_of(levy.rate) for levy in charged])
    if base < 0:
        raise InvalidValue(f"lines[{line.id}].amount_minor", line.amount_minor, "at least the taxes that it includes")
    return [
        Fraction() if levy.exempt else base * rate_of(levy.rate) + levy.per_unit_minor * line.quantity
        for levy in levies
    ]


def _taxed(line: TaxLine, levies: Sequence[Levy], amounts: Sequence[int]) -> TaxedLine:
    charged = sum([a for levy, a in zip(levies, amounts, strict=True) if levy.collected_by != BUYER])
    net = line.base_minor - charged if line.includes_tax else line.base_minor
    components = [
        Component(levy.code, levy.rate, 0 if levy.exempt else net, amount, *levy[2:])
        for levy, amount in zip(levies, amounts, strict=True)
    ]
    return TaxedLine(
        line.id,
        net,
        tuple(components),
        line.quantity,
        line.kind,
        line.commodity,
        line.includes_tax,
        line.funded_minor,
    )


def _by_line(_levies: Sequence[Sequence[Levy]], exact: Exact) -> Amounts:
    return [[half_up(each) for each in row] for row in exact]


def _by_line_carried(levies: Sequence[Sequence[Levy]], exact: Exact) -> Amounts:
    so_far: dict[tuple[str, str], Fraction] = {}

    def carried(levy: Levy, each: Fraction) -> int:
        key = (levy.jurisdiction, levy.code)
        before = so_far.get(key, Fraction())
        so_far[key] = before + each
        return half_up(so_far[key]) - half_up(before)

    return [[carried(*pair) for pair in zip(*row, strict=True)] for row in zip(levies, exact, strict=True)]


def _by_line_combined(_levies: Sequence[Sequence[Levy]], exact: Exact) -> Amounts:
    return [_split(half_up(sum(row, Fraction())), row) for row in exact]


def _by_document(levies: Sequence[Sequence[Levy]], exact: Exact) -> Amounts:
    amounts = [[0] * len(row) for row in exact]
    places: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for line, row in enumerate(levies):
        for column, levy in enumerate(row):
            places.setdefault((levy.jurisdiction, levy.code), []).append((line, column))
    for found in places.values():
        shares = [exact[line][column] for line, column in found]
        for (line, column), amount in zip(found, _whole(shares), strict=True):
            amounts[line][column] = amount
    return amounts


def _whole(shares: Sequence[Fraction]) -> list[int]:
    """Return whole amounts that sum to the rounded sum, each less than one from exact: the largest remainders go up."""
    floors = [share.numerator // share.denominator for share in shares]
    missing = half_up(sum(shares, Fraction())) - sum(floors)
    first = sorted(range(len(shares)), key=lambda index: (floors[index] - shares[index], index))[:missing]
    return [floor + (index in first) for index, floor in enumerate(floors)]


def _split(total: int, shares: Sequence[Fraction]) -> list[int]:
    """Split a rounded sum as its exact parts are, by largest remainder."""
    if not any(shares):
        return [0] * len(shares)
    scale = lcm(*[share.denominator for share in shares])
    return list(allocate(total, [int(share * scale) for share in shares]))


_SCHEMES: Mapping[str, Callable[[Sequence[Sequence[Levy]], Exact], Amounts]] = MappingProxyType(
    {
        Scheme.LINE: _by_line,
        Scheme.LINE_CARRY: _by_line_carried,
        Scheme.LINE_COMBINED: _by_line_combined,
        Scheme.DOCUMENT: _by_document,
    }
)
