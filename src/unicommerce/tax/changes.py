"""What comes after a quote: reversals in parts, adjustments, the difference to an answer that came late.

Each is an answer of its own, signed, so that answers of one document add up. A reversal takes from what is left:
pieces by whole shares of their own (`unicommerce.pricing.shared`), equal ones where nothing says that they cost
differently, and an amount by largest remainder. So whatever is reversed, in whatever order, ends at zero in every
component, at the rates and jurisdictions of the original.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

import attrs

from ..errors import InvalidValue
from ..pricing import shared
from ..values import allocate, positive
from .answers import Component, TaxAnswer, TaxedLine
from .documents import BUYER, Kind
from .reckoning import half_up

__all__ = ["AlikePieces", "adjusted", "left", "reversed_", "true_up"]


class AlikePieces(NamedTuple):
    """So many pieces of a line that cost alike, and whether a reversal takes them or leaves them.

    Of each, `base_minor` is what tax is on (as `TaxLine.base_minor` for all), `funded_minor` what others pay of it.
    """

    quantity: int
    is_taken: bool
    base_minor: int = 0
    funded_minor: int = 0


def left(original: TaxAnswer, before: Sequence[TaxAnswer] = ()) -> tuple[TaxedLine, ...]:
    """Return what is left of an answer's lines after reversals and adjustments, with what is zero by now."""
    return _summed(chain(original.lines, *[answer.lines for answer in before]))


def reversed_(
    original: TaxAnswer,
    document: str,
    *,
    tax_date: str,
    quantities: Mapping[str, int | Sequence[AlikePieces]] | None = None,
    amount_minor: int | None = None,
    line: str = "",
    before: Sequence[TaxAnswer] = (),
) -> TaxAnswer:
    """Return what a return or a void takes back of an answer, under the document's id: pieces, an amount, or all.

    `quantities` are pieces by line: so many of those that are left, all at one price; or, where their prices differ,
    all that are left, in order, and which of them are taken. `amount_minor` is a gross of the whole document or of one
    `line`, and with neither all that is left is reversed. `before` are the earlier reversals and adjustments. What was
    rounded off the payable comes back with the last of it. Raises `InvalidValue` for more than is left.

    >>> from unicommerce.tax import Levy, TaxLine, reckon
    >>> lines = reckon([(TaxLine(id="1", amount_minor=100, quantity=3), (Levy("VAT", "0.19"),))])
    >>> sale = TaxAnswer(document="i1", tax_date="2026-11-27", currency="EUR", lines=lines)
    >>> first = reversed_(sale, "c1", tax_date="2026-11-28", quantities={"1": 1})
    >>> second = reversed_(sale, "c2", tax_date="2026-11-28", before=[first])
    >>> (first.net_minor, first.tax_minor), (second.net_minor, second.tax_minor)
    ((-34, -7), (-66, -12))
    >>> mugs = {"1": [AlikePieces(2, is_taken=False, base_minor=20), AlikePieces(1, is_taken=True, base_minor=60)]}
    >>> reversed_(sale, "c1", tax_date="2026-11-28", quantities=mugs).net_minor
    -60
    """
    if quantities is not None and amount_minor is not None:
        raise InvalidValue("amount_minor", amount_minor, "left out where quantities are given")
    if line and amount_minor is None:
        raise InvalidValue("line", line, "left out where no amount is given")
    rest = left(original, before)
    if quantities is not None:
        taken = tuple(_pieces(rest, quantities))
    elif amount_minor is not None:
        among = [each for each in rest if line in ("", each.id)]
        taken = tuple(_amount(among, positive(amount_minor, "amount_minor")))
    else:
        taken = rest
    lines = tuple([_negated(each) for each in taken if each.gross_minor or each.quantity])
    is_last = not any(each.gross_minor for each in _summed(chain(rest, lines)))
    round_off = original.round_off_minor + sum([answer.round_off_minor for answer in before]) if is_last else 0
    return attrs.evolve(
        original,
        document=document,
        version=1,
        kind=Kind.RETURN,
        tax_date=tax_date,
        lines=lines,
        round_off_minor=-round_off,
        of=original.document,
        because=(),
    )


def adjusted(known: TaxAnswer, answer: TaxAnswer) -> TaxAnswer:
    """Return what a later version of a document adds to the known one, by component; both together are the later one.

    Raises `InvalidValue` where it is of another document or currency, or not later.
    """
    if answer.version <= known.version:
        raise InvalidValue("version", answer.version, f"later than {known.version}")
    return _difference(known, answer)


def true_up(provisional: TaxAnswer, answer: TaxAnswer) -> TaxAnswer:
    """Return what the engine's own answer adds to the one that stood in for it, by component.

    Raises `InvalidValue` where the first was not provisional, or the second is so too.
    """
    if not provisional.provisional:
        raise InvalidValue("provisional", provisional.document, "an answer that stood in for another")
    if answer.provisional:
        raise InvalidValue("answer", answer.document, "an answer that stands in for no other")
    return _difference(provisional, answer)


def _difference(known: TaxAnswer, answer: TaxAnswer) -> TaxAnswer:
    for field in ("document", "currency"):
        if getattr(known, field) != getattr(answer, field):
            raise InvalidValue(field, getattr(answer, field), f"that of the known answer, {getattr(known, field)}")
    lines = _summed(chain(answer.lines, [_negated(line) for line in known.lines]))
    kept = [line._replace(components=tuple(filter(_says, line.components))) for line in lines]
    return attrs.evolve(
        answer,
        lines=tuple([line for line in kept if line.components or line.net_minor or line.quantity]),
        round_off_minor=answer.round_off_minor - known.round_off_minor,
        of=known.document,
    )


def _says(component: Component) -> bool:
    return bool(component.taxable_minor or component.amount_minor)


def _negated(line: TaxedLine) -> TaxedLine:
    return line._replace(
        net_minor=-line.net_minor,
        quantity=-line.quantity,
        funded_minor=-line.funded_minor,
        components=tuple(
            [
                each._replace(taxable_minor=-each.taxable_minor, amount_minor=-each.amount_minor)
                for each in line.components
            ]
        ),
    )


def _summed(lines: Iterable[TaxedLine]) -> tuple[TaxedLine, ...]:
    by_id: dict[str, list[TaxedLine]] = {}
    for line in lines:
        by_id.setdefault(line.id, []).append(line)
    return tuple([_sum_of(alike) for alike in by_id.values()])


def _sum_of(lines: Sequence[TaxedLine]) -> TaxedLine:
    sums: dict[tuple[object, ...], Component] = {}
    for each in chain.from_iterable([line.components for line in lines]):
        key = (each.code, each.rate, each.jurisdiction, each.collected_by, each.exempt, each.per_unit_minor)
        known = sums.get(key, each._replace(taxable_minor=0, amount_minor=0))
        sums[key] = known._replace(
            taxable_minor=known.taxable_minor + each.taxable_minor, amount_minor=known.amount_minor + each.amount_minor
        )
    return lines[0]._replace(
        net_minor=sum([line.net_minor for line in lines]),
        quantity=sum([line.quantity for line in lines]),
        funded_minor=sum([line.funded_minor for line in lines]),
        components=tuple(sums.values()),
    )


# Pieces


def _pieces(rest: Sequence[TaxedLine], quantities: Mapping[str, int | Sequence[AlikePieces]]) -> Iterator[TaxedLine]:
    lines = {line.id: line for line in rest}
    for id, wanted in quantities.items():
        if id not in lines:
            raise InvalidValue("quantities", id, f"lines of the document: {', '.join(lines)}")
        held = lines[id].quantity
        if not isinstance(wanted, int):
            if sum([each.quantity for each in wanted]) != held:
                raise InvalidValue(f"quantities[{id}]", wanted, f"all that is left, {held}")
            yield _share(lines[id], wanted)
        elif positive(wanted, f"quantities[{id}]") > held:
            raise InvalidValue(f"quantities[{id}]", wanted, f"at most what is left, {held}")
        else:
            yield _share(lines[id], [AlikePieces(wanted, is_taken=True), AlikePieces(held - wanted, is_taken=False)])


def _share(line: TaxedLine, pieces: Sequence[AlikePieces]) -> TaxedLine:
    """Return what pieces of a line have in it: an amount is shared by what tax is on, what each piece owes is not."""
    bases = [(each.quantity, each.base_minor) for each in pieces]
    funded = [(each.quantity, each.funded_minor) for each in pieces]

    def own(amount_minor: int, runs: Sequence[tuple[int, int]] = bases) -> int:
        shares = zip(shared(amount_minor, runs), pieces, strict=True)
        return sum([share for share, each in shares if each.is_taken])

    def tax(each: Component) -> int:
        by_piece = min(each.per_unit_minor * line.quantity, each.amount_minor)
        return own(each.amount_minor - by_piece) + own(by_piece, [(some.quantity, 1) for some in pieces])

    amounts = [tax(each) for each in line.components]
    charged = sum([a for a, each in zip(amounts, line.components, strict=True) if each.collected_by != BUYER])
    net = own(line.gross_minor) - charged if line.includes_tax else own(line.net_minor)
    taxable = [net if each.taxable_minor == line.net_minor else own(each.taxable_minor) for each in line.components]
    quantity = sum([each.quantity for each in pieces if each.is_taken])
    return _taken(line, net, amounts, taxable)._replace(
        quantity=quantity, funded_minor=own(line.funded_minor, funded if line.funded_minor else bases)
    )


def _taken(line: TaxedLine, net: int, amounts: Sequence[int], taxable: Sequence[int]) -> TaxedLine:
    components = [
        each._replace(taxable_minor=base, amount_minor=amount)
        for each, base, amount in zip(line.components, taxable, amounts, strict=True)
    ]
    return line._replace(net_minor=net, components=tuple(components))


# Amounts


def _amount(rest: Sequence[TaxedLine], amount_minor: int) -> Iterator[TaxedLine]:
    grosses = [max(line.gross_minor, 0) for line in rest]
    if amount_minor > sum(grosses):
        raise InvalidValue("amount_minor", amount_minor, f"at most what is left, {sum(grosses)}")
    for line, part in zip(rest, allocate(amount_minor, grosses), strict=True):
        if part:
            yield _flat(line, part)


def _flat(line: TaxedLine, amount_minor: int) -> TaxedLine:
    """Return the part of a line that makes up a gross: net and each tax by what is left of them."""
    of = Fraction(amount_minor, line.gross_minor)
    charged = [each.amount_minor * (each.collected_by != BUYER) for each in line.components]
    net, *parts = allocate(amount_minor, [line.net_minor, *charged])
    amounts = [
        half_up(each.amount_minor * of) if each.collected_by == BUYER else part
        for each, part in zip(line.components, parts, strict=True)
    ]
    taxable = [
        net if each.taxable_minor == line.net_minor else half_up(each.taxable_minor * of) for each in line.components
    ]
    return _taken(line, net, amounts, taxable)._replace(quantity=0, funded_minor=half_up(line.funded_minor * of))
