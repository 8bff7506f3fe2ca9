"""The table engine: a request and a rule set in, an answer with its reasons out; and who stands in for whom.

First the regime says where the document is taxed, then rates are looked up by line, split into their components and
exempted, then all is reckoned at once. No network, no clock; the date of tax is the request's.
"""

from collections.abc import Sequence

import attrs

from ..ledger import Reason, Refused
from ..values import frozen
from .answers import TaxAnswer, TaxedLine
from .codes import TaxCode
from .documents import SELLER, Exemption, LineKind, TaxLine, TaxRequest, rate_of, within
from .reckoning import Levy, exact_text, reckon, rounded_to, weighted_rate
from .rules import Rate, RuleSet, Shipping, Sourced, TaxEngine, ancestors, rates_at

__all__ = ["Anywhere", "answered", "quote", "standing_in"]


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
    lines = [_repriced(line, sourced, request, rules) for line in request.lines]
    levied: dict[str, tuple[Levy, ...]] = {}
    for line in lines:
        if not _is_weighted(line, sourced, rules):
            found = _levies(line, sourced, request, rules)
            if found is None:
                needed = f"{line.category or 'goods'} on {request.tax_date}"
                return Refused((Reason(TaxCode.NO_RATE, " or ".join(sourced.jurisdictions), None, needed),))
            levied[line.id] = found
    items = [(line, levied[line.id]) for line in lines if line.kind == LineKind.ITEM]
    own = reckon(items)
    for line in lines:
        if line.id not in levied:
            levied[line.id] = _weighted(items, own, _levies(line, sourced, request, rules) or ())
    reckoned = reckon([(line, levied[line.id]) for line in lines], scheme=rules.scheme)
    return answered(request, reckoned, rules=rules, because=sourced.because)


def answered(
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


def _is_weighted(line: TaxLine, sourced: Sourced, rules: RuleSet) -> bool:
    return line.kind == LineKind.SHIPPING and rules.shipping_in(sourced.jurisdictions) == Shipping.WEIGHTED


def _repriced(line: TaxLine, sourced: Sourced, request: TaxRequest, rules: RuleSet) -> TaxLine:
    """Return a line whose price holds the tax of elsewhere as its net, with what others pay of it."""
    if not (sourced.priced_at and line.includes_tax):
        return line
    levies = [levy for each in sourced.priced_at for levy in _rows(line, each, request, rules)]
    net = reckon([(line, [Levy(row.code, row.rate) for row in levies])])[0].net_minor
    others = tuple([discount for discount in line.discounts if discount.funder != SELLER])
    return attrs.evolve(line, amount_minor=net, includes_tax=False, discounts=others)


def _rows(line: TaxLine, jurisdiction: str, request: TaxRequest, rules: RuleSet) -> tuple[Rate, ...]:
    return rates_at(rules.rates, jurisdiction, line, date=request.tax_date)


def _levies(line: TaxLine, sourced: Sourced, request: TaxRequest, rules: RuleSet) -> tuple[Levy, ...] | None:
    """Return what applies to a line; None where no jurisdiction has a rate, which is never taken for zero."""
    if line.kind == LineKind.SHIPPING and rules.shipping_in(sourced.jurisdictions) == Shipping.EXEMPT:
        return ()
    rows = [row for each in sourced.jurisdictions for row in _rows(line, each, request, rules)]
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
            row.per_unit_minor,
        )
        for code, jurisdiction in parts
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


def _weighted(
    items: Sequence[tuple[TaxLine, Sequence[Levy]]],
    taxed: Sequence[TaxedLine],
    default: Sequence[Levy],
) -> tuple[Levy, ...]:
    """Return the levies of shipping as the mean of those of the items, by their nets; those of its own without any."""
    nets = [each.net_minor for each in taxed]
    if not any(nets):
        return tuple(default)
    kinds = dict.fromkeys([levy[:1] + levy[2:5] for _, levies in items for levy in levies])
    return tuple([_mean(kind, items, nets) for kind in kinds])


def _mean(kind: tuple[object, ...], items: Sequence[tuple[TaxLine, Sequence[Levy]]], nets: Sequence[int]) -> Levy:
    rows = [(net, _rate_within(kind, levies)) for (_, levies), net in zip(items, nets, strict=True)]
    code, jurisdiction, level, collected_by = [str(each) for each in kind]
    return Levy(code, weighted_rate(rows, "0"), jurisdiction, level, collected_by)


def _rate_within(kind: tuple[object, ...], levies: Sequence[Levy]) -> str:
    found = [levy.rate for levy in levies if levy[:1] + levy[2:5] == kind and not levy.exempt]
    return found[0] if found else "0"
