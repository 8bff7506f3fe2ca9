"""The table engine: a request and a rule set in, an answer with its reasons out; and who stands in for whom.

First the regime says where the document is taxed, then rates are looked up by line, split into their components and
exempted, then all is reckoned at once. No network, no clock; the date of tax is the request's.
"""

from collections.abc import Sequence

import attrs

from ..errors import InvalidValue
from ..ledger import Reason, Refused
from ..values import frozen
from .answers import TaxAnswer, TaxedLine
from .codes import TaxCode
from .documents import SELLER, Exemption, LineKind, TaxLine, TaxRequest, rate_of, within
from .reckoning import Levy, exact_text, reckon, rounded_to, weighted_rate
from .rules import Rate, RuleSet, Shipping, Sourced, TaxEngine, ancestors

__all__ = ["Anywhere", "held_to", "quote", "standing_in"]


@frozen(kw_only=True)
class Anywhere:
    """The regime of one rate for all places, such as one above any that a service may turn out to want."""

    jurisdiction: str = "*"

    def __call__(self, request: TaxRequest, /) -> Sourced | Refused:
        """Return the one jurisdiction."""
        because = Reason(TaxCode.SOURCED, request.document, self.jurisdiction, "one rate for all")
        return Sourced((self.jurisdiction,), because=(because,))


def quote(request: TaxRequest, rules: RuleSet) -> TaxAnswer | Refused:
    """Return what the tax of a document is by a rule set; refused where a place or a rate is not known.

    >>> rules = RuleSet(version="flat", regime=Anywhere(), rates=(Rate("*", "TAX", "0.20"),))
    >>> mugs = TaxLine(id="1", amount_minor=1_250, quantity=2)
    >>> answer = quote(TaxRequest(document="q1", tax_date="2026-11-27", currency="EUR", lines=(mugs,)), rules)
    >>> answer.net_minor, answer.tax_minor, answer.gross_minor
    (1250, 250, 1500)
    """
    sourced = rules.regime(request)
    if isinstance(sourced, Refused):
        return sourced
    lines, levied, unrated = [], {}, []
    for asked in request.lines:
        line, levies = _levied(asked, sourced, request, rules)
        lines.append(line)
        if levies is None:
            unrated.append(Reason(TaxCode.NO_RATE, line.id, None, f"{line.category or 'goods'} on {request.tax_date}"))
        else:
            levied[line.id] = levies
    if unrated:
        return Refused(tuple(unrated))
    if rules.shipping_in(sourced.jurisdictions) == Shipping.WEIGHTED and not sourced.exempt:
        levied |= _weighted([(line, levied[line.id]) for line in lines])
    reckoned = reckon([(line, levied[line.id]) for line in lines], scheme=rules.scheme)
    return _answered(request, reckoned, rules=rules, because=sourced.because)


def _answered(
    request: TaxRequest, lines: Sequence[TaxedLine], *, rules: RuleSet, because: Sequence[Reason] = ()
) -> TaxAnswer:
    """Return lines as the answer to a request, with what the gross lacks to what can be paid."""
    answer = TaxAnswer(
        document=request.document,
        version=request.version,
        kind=request.kind,
        tax_date=request.tax_date,
        currency=request.currency,
        lines=tuple(lines),
        rules=rules.version,
        scheme=rules.scheme,
        of=request.of,
        because=tuple(because),
    )
    gross = answer.gross_minor
    return attrs.evolve(answer, round_off_minor=rounded_to(gross, rules.payable_step_minor) - gross)


def standing_in(engine: TaxEngine, *, other: TaxEngine) -> TaxEngine:
    """Return an engine that asks another where the first is not there; that answer is provisional, and says so.

    It stands in only for an engine that did not answer (`TaxCode.UNAVAILABLE`): a no is a no.
    """

    def asked(request: TaxRequest, /) -> TaxAnswer | Refused:
        first = engine(request)
        if not isinstance(first, Refused) or TaxCode.UNAVAILABLE not in [reason.code for reason in first.because]:
            return first
        second = other(request)
        if isinstance(second, Refused):
            return Refused((*first.because, *second.because))
        subject = next(reason.subject for reason in first.because if reason.code == TaxCode.UNAVAILABLE)
        because = Reason(TaxCode.STOOD_IN, subject, second.engine)
        return attrs.evolve(second, provisional=True, because=(*second.because, because))

    return asked


def held_to(engine: TaxEngine) -> TaxEngine:
    """Return an engine whose answers are checked against what was asked, as those of a service ought to be.

    It raises `InvalidValue` where an answer is of another document, version or currency, has other lines or pieces, an
    amount below zero, or changes what was to stay: the net of a line, or its price where tax is in it.
    """

    def asked(request: TaxRequest, /) -> TaxAnswer | Refused:
        found = engine(request)
        if not isinstance(found, Refused):
            _check(found, request)
        return found

    return asked


def _check(answer: TaxAnswer, request: TaxRequest) -> None:
    for field in ("document", "version", "currency"):
        if getattr(answer, field) != getattr(request, field):
            raise InvalidValue(f"answer.{field}", getattr(answer, field), f"as asked, {getattr(request, field)}")
    pieces = [(line.id, line.quantity) for line in request.lines]
    if [(line.id, line.quantity) for line in answer.lines] != pieces:
        raise InvalidValue("answer.lines", [line[0] for line in answer.lines], f"as asked, {pieces}")
    for line, taxed in zip(request.lines, answer.lines, strict=True):
        kept = taxed.gross_minor if taxed.includes_tax else taxed.net_minor
        if taxed.includes_tax == line.includes_tax and kept != line.base_minor:
            raise InvalidValue(f"answer.lines[{line.id}]", kept, f"as asked, {line.base_minor}")
        if min([0, taxed.net_minor, *[each.amount_minor for each in taxed.components]]) < 0:
            raise InvalidValue(f"answer.lines[{line.id}]", taxed.net_minor, "amounts of zero or more")


def _levied(
    line: TaxLine, sourced: Sourced, request: TaxRequest, rules: RuleSet
) -> tuple[TaxLine, tuple[Levy, ...] | None]:
    """Return a line as it is taxed, and what applies to it; nothing where no rate is known, here or where it is priced.

    No rate is never taken for zero. A price that holds the tax of elsewhere becomes its net.
    """
    levies = _levies(line, sourced, request, rules)
    if not (sourced.priced_at and line.includes_tax):
        return line, levies
    rows = rules.rates_for(sourced.priced_at, line, date=request.tax_date)
    net = reckon([(line, [Levy(row.code, row.rate) for row in rows])])[0].net_minor
    others = tuple([discount for discount in line.discounts if discount.funder != SELLER])
    gross_of_others = sum([discount.amount_minor for discount in others])
    if net < gross_of_others:
        raise InvalidValue(f"lines[{line.id}].discounts", gross_of_others, f"at most the net, {net}")
    return attrs.evolve(line, amount_minor=net, includes_tax=False, discounts=others), levies if rows else None


def _levies(line: TaxLine, sourced: Sourced, request: TaxRequest, rules: RuleSet) -> tuple[Levy, ...] | None:
    if line.kind == LineKind.SHIPPING and rules.shipping_in(sourced.jurisdictions) == Shipping.EXEMPT:
        return ()
    rows = rules.rates_for(sourced.jurisdictions, line, date=request.tax_date)
    if sourced.jurisdictions and not rows:
        return None
    return tuple([levy for row in rows for levy in _parts(row, line, sourced, request)])


def _parts(row: Rate, line: TaxLine, sourced: Sourced, request: TaxRequest) -> list[Levy]:
    parts = dict(sourced.parts).get(row.code, ((row.code, row.jurisdiction),))
    rate = exact_text(rate_of(row.rate) / len(parts)) if len(parts) > 1 else row.rate
    return [
        Levy(
            code,
            rate,
            jurisdiction,
            row.level,
            sourced.collected_by,
            sourced.exempt or row.exempt or _exempted(jurisdiction, line, request),
            0 if number else row.per_unit_minor,
        )
        for number, (code, jurisdiction) in enumerate(parts)
    ]


def _exempted(jurisdiction: str, line: TaxLine, request: TaxRequest) -> str:
    held = [each for each in request.buyer.exemptions if _covers(each, jurisdiction, line, request.tax_date)]
    return held[0].reason if held else ""


def _covers(exemption: Exemption, jurisdiction: str, line: TaxLine, date: str) -> bool:
    return (
        exemption.jurisdiction in ancestors(jurisdiction)
        and (not exemption.category or exemption.category in ancestors(line.category))
        and within(date, exemption)
    )


def _weighted(levied: Sequence[tuple[TaxLine, tuple[Levy, ...]]]) -> dict[str, tuple[Levy, ...]]:
    """Return the levies of shipping by line: the means of those of the items by their nets, where there are any."""
    items = [(line, levies) for line, levies in levied if line.kind == LineKind.ITEM]
    nets = [line.net_minor for line in reckon(items)]
    if not any(nets):
        return {}
    kinds = dict.fromkeys([_kind(levy) for _, levies in items for levy in levies])
    means = tuple([_mean([_of_kind(kind, levies) for _, levies in items], nets) for kind in kinds])
    return {line.id: means for line, _ in levied if line.kind == LineKind.SHIPPING}


def _kind(levy: Levy) -> tuple[str, ...]:
    return (levy.code, levy.jurisdiction, levy.level, levy.collected_by)


def _of_kind(kind: tuple[str, ...], levies: Sequence[Levy]) -> Levy | None:
    return next((levy for levy in levies if _kind(levy) == kind), None)


def _mean(levies: Sequence[Levy | None], nets: Sequence[int]) -> Levy:
    """Return a levy at the mean rate; one that no item owes is owed by shipping no more, for the same reason."""
    due = [levy for levy in levies if levy is not None and not levy.exempt]
    if not due:
        return next(levy for levy in levies if levy is not None)
    rates = ["0" if levy is None or levy.exempt else levy.rate for levy in levies]
    return due[0]._replace(rate=weighted_rate(zip(nets, rates, strict=True), "0"), per_unit_minor=0)
