"""What a port owes of numbers: each counts, exactly, once, in its currency; what is not there counts nothing.

A number of a message is changed, and what the papers then add up to is held against a straight line: a piece more is a
piece more, a cent is a cent. So the kit needs to know neither the system nor which of its fields is which.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from ...errors import InvalidValue
from ...ports import Paper, Payment, Reading
from ...values import EXPONENTS
from .places import Place, is_json, json_nodes, places, spread
from .shape import fields_of
from .subject import PortBench, PortCheck, Sample

__all__ = ["COUNTING", "Sums"]

MOST_PLACES = 300
WHOLE = frozenset(("dispatch", "cancellation", "till_sale"))
"""Forms in which no items mean all of them; of a till's sale, a void."""


class Sums(NamedTuple):
    """What papers add up to: lines, pieces (below zero where a till took them back), amounts in minor units.

    Pieces that fell short are none. A price for several pieces is exact as a fraction.
    """

    lines: int
    pieces: int
    amounts: Fraction

    @property
    def totals(self) -> tuple[Fraction, Fraction]:
        """Return pieces and amounts."""
        return Fraction(self.pieces), self.amounts

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> "Sums":
        """Add up."""
        lines, pieces, amounts = 0, 0, Fraction(0)
        for paper in papers:
            sign = -1 if getattr(paper, "is_return", False) or getattr(paper, "is_void", False) else 1
            parts = [part for field in fields_of(type(paper)) for part in _parts(paper, field.name)]
            lines += len(parts)
            pieces += sign * sum([int(getattr(each, "quantity", 0)) for each in (paper, *parts)])
            amounts += sum([_amount(each) for each in (paper, *parts)])
        return cls(lines, pieces, amounts)


def _parts(paper: Paper, name: str) -> list[object]:
    value = getattr(paper, name)
    is_list = isinstance(value, tuple) and name != "short"
    return [each for each in value if hasattr(each, "quantity")] if is_list else []


def _amount(each: object) -> Fraction:
    """Return all amounts of a paper or a line, by the name of its fields."""
    amounts = {field.name: getattr(each, field.name) or 0 for field in fields_of(type(each)) if field.kind == "amount"}
    price = Fraction(amounts.pop("price_minor", 0), getattr(each, "price_per", 1))
    return price + sum(amounts.values())


class Slope(NamedTuple):
    """How many pieces and minor units the papers gain where a number of the message gains one."""

    place: Place
    value: Decimal
    pieces: Fraction
    amounts: Fraction

    def at(self, before: Sums, value: Decimal) -> tuple[Fraction, Fraction]:
        """Return the pieces and amounts that there are to be with another value."""
        gained = Fraction(value) - Fraction(self.value)
        return before.pieces + self.pieces * gained, before.amounts + self.amounts * gained


def slopes(bench: PortBench, sample: Sample) -> list[Slope]:
    """Return each number of a message on which quantities or amounts depend."""
    found = [slope_at(bench, sample, place) for place in spread(sample.numbers, MOST_PLACES)]
    return [slope for slope in found if slope]


def slope_at(bench: PortBench, sample: Sample, place: Place) -> Slope | None:
    """Return how the papers depend on a number; None where they do not, where it may be no other, or is a code."""
    value, before = place.number or Decimal(0), Sums.of(sample.reading.papers)
    found = [(more, _sums(bench.changed(sample.message, place.like(value + more)))) for more in (1, 2, 3, 4)]
    one, *others = [(more, sums) for more, sums in found if sums] or [(0, before)]
    if one[0] != 1:
        return None
    slope = Slope(place, value, Fraction(one[1].pieces - before.pieces), one[1].amounts - before.amounts)
    is_straight = all(slope.at(before, value + more) == sums.totals for more, sums in others)
    return slope if is_straight and (slope.pieces or slope.amounts) else None


def _sums(found: Reading | InvalidValue) -> Sums | None:
    return Sums.of(found.papers) if isinstance(found, Reading) else None


def every_number_counts(bench: PortBench) -> str:
    """A number that is another changes the papers, is listed as unread, is refused, or is left on purpose, by name."""
    idle = {place.kind for sample in bench.samples for place in _idle(bench, sample)}
    unseen = {place.kind for sample in bench.samples for place, _ in _unseen(bench, sample)}
    if dropped := sorted(kind for kind in idle if not any(_is_in(kind, name) for name in bench.subject.left)):
        raise AssertionError(f"count for nothing, and are not named in `left`: {', '.join(dropped)}")
    if stale := sorted(name for name in bench.subject.left if not any(_is_in(kind, name) for kind in idle | unseen)):
        raise AssertionError(f"named in `left`, and no number that is left in a sample: {', '.join(stale)}")
    listed = {each.kind for sample in bench.samples for each in sample.numbers if _is_listed(each, sample.reading)}
    return f"no paper says these numbers, they are only listed as unread: {', '.join(sorted(listed))}" if listed else ""


def _idle(bench: PortBench, sample: Sample) -> Iterator[Place]:
    """Yield the numbers of a message that may be others without any notice."""
    for place in spread(sample.numbers, MOST_PLACES):
        found = bench.changed(sample.message, place.like((place.number or Decimal(0)) + 1))
        is_same = isinstance(found, Reading) and found.papers == sample.reading.papers
        if is_same and not _is_listed(place, found):
            yield place


def every_amount_is_seen(bench: PortBench) -> None:
    """A text that looks like an amount is a number that may be another, is unread, or is left on purpose, by name."""
    for sample in bench.samples:
        for place, why in _unseen(bench, sample):
            if not any(_is_in(place.kind, name) for name in bench.subject.left):
                raise AssertionError(
                    f"{place.path}: {place.value!r} looks like an amount and was never changed, since {why}; "
                    "show it in a sample where it can be changed, or name it in `left`"
                )


def _unseen(bench: PortBench, sample: Sample) -> Iterator[tuple[Place, str]]:
    """Yield what looks like an amount and cannot be tested, and why; what is listed as unread need not be."""
    for place in sample.places:
        if place.is_like_an_amount and not _is_listed(place, sample.reading):
            yield place, "it could be two numbers, or is not written as 12.50 or 1.234,50 are"
    for place in spread([each for each in sample.numbers if each.has_decimals], MOST_PLACES):
        others = [place.like((place.number or Decimal(0)) + more) for more in (1, 2, 3, 4)]
        if all(isinstance(bench.changed(sample.message, other), InvalidValue) for other in others):
            yield place, "any other number is refused there"


def _is_listed(place: Place, found: Reading | InvalidValue) -> bool:
    return isinstance(found, Reading) and any(path == place.path for path, _ in found.unread)


def _is_in(kind: str, name: str) -> bool:
    return f".{name}." in f".{kind}."


PROBES = tuple(map(Decimal, ("0", "3", "-2", "0.07", "1.15", "90071992547409.91", "9007199254740991")))


def numbers_are_exact(bench: PortBench) -> None:
    """Quantities and amounts are taken as they are, to the cent, below zero too, or refused: no float, no rounding."""
    _are_exact(bench, lambda slope: [each for each in PROBES if slope.pieces == 0 or each == each.to_integral_value()])


def a_part_of_a_piece_or_cent_is_refused(bench: PortBench) -> None:
    """Half a piece and a thousandth of a minor unit are not rounded; they are refused, if no paper can say them."""
    _are_exact(bench, lambda slope: [slope.value + (Decimal("0.5") if slope.pieces else Decimal("0.00001"))])


def _are_exact(bench: PortBench, probes: Callable[[Slope], list[Decimal]]) -> None:
    for sample in bench.samples:
        before = Sums.of(sample.reading.papers)
        for slope in slopes(bench, sample):
            for probe in probes(slope):
                found = bench.changed(sample.message, slope.place.like(probe))
                sums, wanted = _sums(found), slope.at(before, probe)
                if sums is not None and sums.totals != wanted and not _is_listed(slope.place, found):
                    said = " and ".join(map(str, wanted))
                    raise AssertionError(f"{slope.place.path} {probe}: {_words(sums)}, where it says {said}")


def _words(sums: Sums) -> str:
    return f"{sums.pieces} pieces and {sums.amounts} minor units in {sums.lines} lines"


def what_is_missing_counts_nothing(bench: PortBench) -> None:
    """Without a field there are no more lines, pieces or amounts than with it, and what it counted is gone.

    Where no items mean all of them, in a dispatch, a cancellation and a void, items that are missing are refused.
    """
    for sample in bench.samples:
        before = Sums.of(sample.reading.papers)
        counting = {slope.place.path: slope for slope in slopes(bench, sample)}
        for place in spread((*sample.places, *_containers(sample)), MOST_PLACES):
            found = bench.changed(sample.message, place.put(None))
            if isinstance(found, InvalidValue):
                continue
            sums = Sums.of(found.papers)
            if not _is_less(sums, before, place, counting.get(place.path)):
                raise AssertionError(
                    f"without {place.path} there are {_words(sums)}, which is not less than what is there with it, "
                    f"{place.value!r:.40}: {_words(before)}"
                )
            if widened := _open_ended(found.papers) - _open_ended(sample.reading.papers):
                raise AssertionError(f"without {place.path} a {min(widened)} has no items, which means all of them")


def _open_ended(papers: tuple[Paper, ...]) -> set[str]:
    """Return the forms of papers that have no items, where that means all."""
    return {paper.form for paper in papers if paper.form in WHOLE and not getattr(paper, "items", ())}


def _is_less(sums: Sums, before: Sums, place: Place, slope: Slope | None) -> bool:
    if sums.lines > before.lines:
        return False
    if slope:
        pieces, amounts = slope.at(before, Decimal(0))
        return sums.pieces <= pieces and sums.amounts <= amounts
    if isinstance(place.value, dict | list):  # what stood in it may have been below zero
        return True
    return all(abs(now) <= abs(then) and now * then >= 0 for now, then in zip(sums.totals, before.totals, strict=True))


def _containers(sample: Sample) -> list[Place]:
    nodes = json_nodes(sample.message.body) if is_json(sample.message.body) else []
    return [node for node in nodes if isinstance(node.value, dict | list)]


def a_line_more_is_a_line_more(bench: PortBench) -> None:
    """A line or a tender that is there twice, under another id, counts twice, or is refused."""
    for sample in bench.samples:
        nodes = _containers(sample)
        before = _counted(sample.reading)
        for node in nodes:
            less = _counted(bench.changed(sample.message, node.put(None))) if isinstance(node.value, dict) else ()
            if not less or less[:2] == before[:2] or not node.path.endswith("]"):
                continue
            more = _counted(bench.changed(sample.message, _repeated(nodes, node)))
            wanted = tuple([2 * there - without for there, without in zip(before, less, strict=True)])
            if more and more != wanted:
                said = ["{} payments and {} pieces in {} lines".format(*each) for each in (more, wanted)]
                raise AssertionError(f"{node.path} once more: {' instead of '.join(said)}")


def _counted(found: Reading | InvalidValue) -> tuple[int, ...]:
    """Return how many payments, pieces and lines there are; nothing of what was refused."""
    if isinstance(found, InvalidValue):
        return ()
    sums = Sums.of(found.papers)
    return sum([paper.form == Payment.form for paper in found.papers]), sums.pieces, sums.lines


def _repeated(nodes: list[Place], node: Place) -> str:
    """Return a message in which an object of a list stands twice, the second time under other ids."""
    above = next(each for each in nodes if each.path == node.path.rpartition("[")[0])
    assert isinstance(above.value, list)
    return above.put([*above.value, _renamed(node.value)])


def _renamed(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {
        name: _other(each) if name in {"id", "line"} or name.endswith("_id") else _renamed(each)
        for name, each in value.items()
    }


def _other(id: object) -> object:
    return id + 1_000_003 if isinstance(id, int) else f"{id}-more" if isinstance(id, str) else id


def amounts_have_the_decimals_of_their_currency(bench: PortBench) -> None:
    """One major unit is 1 of JPY, 100 of USD and 1000 of KWD, in every amount of a message that names its currency."""
    for sample in bench.samples:
        currency = _currency(sample)
        if not (exponent := EXPONENTS.get(currency, 2)) or not currency:
            continue
        # What counts pieces as well is no amount: a piece more costs what its price says.
        major = {
            slope.place.path: slope.amounts / 10**exponent
            for slope in slopes(bench, sample)
            if not slope.pieces and slope.amounts % 10**exponent == 0
        }
        for code in ("JPY", "KWD"):
            for slope in slopes(bench, other) if (other := _in_currency(bench, sample, code)) else ():
                times = major.get(slope.place.path, 0)
                if times and slope.amounts != times * 10 ** EXPONENTS[code]:
                    minor = slope.amounts / times
                    raise AssertionError(f"{slope.place.path}: 1 {code} was read as {minor} minor units")


def a_currency_is_never_assumed(bench: PortBench) -> None:
    """Without the currency that it names, a message is refused, or its papers name none."""
    for sample in bench.samples:
        if currency := _currency(sample):
            body = sample.message.body
            for path in [place.path for place in sample.places if place.value == currency]:
                body = next((place.put(None) for place in places(body) if place.path == path), body)
            found = bench.changed(sample.message, body)
            named = [getattr(paper, "currency", "") for paper in found.papers] if isinstance(found, Reading) else []
            if body != sample.message.body and any(named):
                raise AssertionError(f"a message without a currency was read as {max(named)}: {body[:200]!r}")


COUNTING = tuple(
    map(
        PortCheck.of,
        (
            every_number_counts,
            every_amount_is_seen,
            numbers_are_exact,
            a_part_of_a_piece_or_cent_is_refused,
            what_is_missing_counts_nothing,
            a_line_more_is_a_line_more,
            amounts_have_the_decimals_of_their_currency,
            a_currency_is_never_assumed,
        ),
    )
)
"""What is owed of numbers."""


def _currency(sample: Sample) -> str:
    """Return the currency of a message, where there is one."""
    named = {f"{getattr(paper, 'currency', '')}" for paper in sample.reading.papers} - {""}
    return named.pop() if len(named) == 1 else ""


def _in_currency(bench: PortBench, sample: Sample, code: str) -> Sample | None:
    """Return a message in another currency, its amounts in whole units; None where it is refused."""
    body, currency, decimal = sample.message.body, _currency(sample), sample.decimal
    for path, value, amount in [(place.path, place.value, place.number) for place in sample.places]:
        if value == currency or (amount is not None and amount != amount.to_integral_value()):
            place = next(each for each in places(body, decimal) if each.path == path)
            body = place.put(code) if amount is None else place.like(amount.to_integral_value())
    reading = bench.changed(sample.message, body)
    if isinstance(reading, InvalidValue):
        return None
    return Sample(sample.message._replace(body=body), reading, tuple(places(body, decimal)))
