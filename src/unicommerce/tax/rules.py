"""Rules as data: dated rates by jurisdiction, category and price band, each with its source; and who applies them.

Jurisdictions are a tree of paths, and so are categories: a row holds for all that its path begins, unless a longer one
says otherwise. The regime of a country says where a document is taxed and how; it is a callable, as are engines.
"""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import NamedTuple, Protocol

from ..errors import InvalidValue
from ..ledger import Reason, Refused
from ..values import frozen, identifier, whole
from .answers import TaxAnswer
from .documents import SELLER, Scheme, TaxLine, TaxRequest, checked_date, rate_of, within

__all__ = ["Rate", "Regime", "RuleSet", "Shipping", "Sourced", "TaxEngine", "ancestors", "rates_at"]


class Rate(NamedTuple):
    """A rate as a jurisdiction sets it, from when until when (ISO dates, both included), and where that stands.

    It holds for pieces of at most `up_to_minor` each, without tax (None: of any price); of several bands the lowest
    that fits counts. `per_unit_minor` is owed for each piece besides. `exempt` names why nothing is due.
    """

    jurisdiction: str
    code: str
    rate: str
    category: str = ""
    valid_from: str = ""
    valid_to: str = ""
    up_to_minor: int | None = None
    per_unit_minor: int = 0
    exempt: str = ""
    source: str = ""
    level: str = ""


class Shipping(StrEnum):
    """How shipping is taxed: by rates of its own category, as what is shipped (weighted by net), or not at all."""

    OWN = "own"
    WEIGHTED = "weighted"
    EXEMPT = "exempt"


class Sourced(NamedTuple):
    """Where a document is taxed, and how.

    The rates of `jurisdictions` apply; a code that `parts` names is charged in equal parts, each a code and whose it
    is. With `exempt` nothing is due. `priced_at` are jurisdictions whose tax the prices contain where that is not the
    same: the net stays, and the price moves.
    """

    jurisdictions: tuple[str, ...] = ()
    parts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    collected_by: str = SELLER
    exempt: str = ""
    priced_at: tuple[str, ...] = ()
    because: tuple[Reason, ...] = ()


class Regime(Protocol):
    """The law of a country, as far as it says where a document is taxed, by whom and in which parts.

    It is pure: the same request and knobs give the same answer. It looks up no rate and rounds nothing, and it refuses
    only where a place that it needs is not given. Write one as a frozen value whose fields are its knobs.
    """

    def __call__(self, request: TaxRequest, /) -> Sourced | Refused:
        """Return where and how a document is taxed."""
        ...


class TaxEngine(Protocol):
    """Answers what the tax of a document is: our tables, or a service behind an adapter of yours.

    The same document and version is the same question, so it may be asked again. An answer has every line of the
    request under its id, amounts that sum to what is charged, and the engine's name. It is `Refused` where the engine
    has no answer; with the reason `TaxCode.UNAVAILABLE` where nobody answered, so that another may stand in. A bad
    request raises `InvalidValue`. `held_to` checks each answer. Where answering needs I/O, the host does it.
    """

    def __call__(self, request: TaxRequest, /) -> TaxAnswer | Refused:
        """Return the tax of a document."""
        ...


@frozen(kw_only=True)
class RuleSet:
    """All that the table engine knows: a regime, dated rates, and how amounts are rounded.

    `payable_step_minor` is the least step of what can be paid. `shipping` says by jurisdiction how it is taxed; the
    longest path that fits counts. Raises `InvalidValue` for a row that is malformed or says the same as another.
    """

    version: str
    regime: Regime
    rates: tuple[Rate, ...]
    scheme: str = Scheme.LINE
    payable_step_minor: int = 1
    shipping: tuple[tuple[str, str], ...] = ()

    def __attrs_post_init__(self) -> None:
        identifier(self.version, "version")
        if self.scheme not in list(Scheme):
            raise InvalidValue("scheme", self.scheme, f"one of {', '.join(Scheme)}")
        if whole(self.payable_step_minor, "payable_step_minor") < 1:
            raise InvalidValue("payable_step_minor", self.payable_step_minor, "a positive whole number")
        for number, (_, how) in enumerate(self.shipping):
            if how not in list(Shipping):
                raise InvalidValue(f"shipping[{number}]", how, f"one of {', '.join(Shipping)}")
        _check_rates(self.rates)

    @cached_property
    def _rates(self) -> dict[str, list[Rate]]:
        rows: dict[str, list[Rate]] = {}
        for row in self.rates:
            rows.setdefault(row.jurisdiction, []).append(row)
        return rows

    def rates_for(self, jurisdictions: Iterable[str], line: TaxLine, *, date: str) -> tuple[Rate, ...]:
        """Return the rates that jurisdictions have for a line on a day, in their order."""
        found = [rates_at(self._rates.get(each, ()), each, line, date=date) for each in jurisdictions]
        return tuple(chain.from_iterable(found))

    def shipping_in(self, jurisdictions: Iterable[str]) -> str:
        """Return how shipping is taxed where these have a say: as the longest path with a rule says."""
        rules = dict(self.shipping)
        found = [path for each in jurisdictions for path in ancestors(each) if path in rules]
        return rules[max(found, key=len)] if found else Shipping.OWN


def _check_rates(rates: tuple[Rate, ...]) -> None:
    rows: dict[tuple[object, ...], list[tuple[int, Rate]]] = {}
    for number, row in enumerate(rates):
        rate_of(row.rate, f"rates[{number}].rate")
        whole(row.per_unit_minor, f"rates[{number}].per_unit_minor")
        for field in ("valid_from", "valid_to"):
            if date := getattr(row, field):
                checked_date(date, f"rates[{number}].{field}")
        alike = rows.setdefault((row.jurisdiction, row.code, row.category, row.up_to_minor), [])
        if row.valid_to and row.valid_to < row.valid_from:
            raise InvalidValue(f"rates[{number}].valid_to", row.valid_to, f"{row.valid_from} or later")
        for other_number, other in alike:
            if _overlap(row, other):
                raise InvalidValue(f"rates[{number}]", row, f"of other days than rates[{other_number}]")
        alike.append((number, row))


def _overlap(one: Rate, other: Rate) -> bool:
    return (not one.valid_to or other.valid_from <= one.valid_to) and (
        not other.valid_to or one.valid_from <= other.valid_to
    )


def ancestors(path: str) -> tuple[str, ...]:
    """Return a path and all that it lies in, the widest first.

    >>> ancestors("US/WA/Seattle")
    ('US', 'US/WA', 'US/WA/Seattle')
    """
    names = path.split("/")
    return tuple(["/".join(names[: count + 1]) for count in range(len(names))])


def rates_at(rates: Iterable[Rate], jurisdiction: str, line: TaxLine, *, date: str) -> tuple[Rate, ...]:
    """Return the rates that a jurisdiction has for a line on a day, one for each code, in the order of the table.

    The longest category that fits counts; of its price bands the lowest that holds the price of a piece, without tax.

    >>> rows = (Rate("IN", "GST", "0.12", valid_to="2025-09-21"), Rate("IN", "GST", "0.05", valid_from="2025-09-22"))
    >>> [row.rate for row in rates_at(rows, "IN", TaxLine(id="1", amount_minor=1), date="2025-09-22")]
    ['0.05']
    """
    categories = ("", *ancestors(line.category)) if line.category else ("",)
    best: dict[str, Rate] = {}
    for row in rates:
        if row.jurisdiction == jurisdiction and row.category in categories and within(date, row) and _fits(row, line):
            known = best.setdefault(row.code, row)
            if _precedence(row) < _precedence(known):
                best[row.code] = row
    return tuple(best.values())


def _precedence(row: Rate) -> tuple[int, bool, int]:
    return (-len(row.category), row.up_to_minor is None, row.up_to_minor or 0)


def _fits(row: Rate, line: TaxLine) -> bool:
    if row.up_to_minor is None:
        return True
    each = Fraction(line.base_minor, line.quantity)
    return (each / (1 + rate_of(row.rate)) if line.includes_tax else each) <= row.up_to_minor
