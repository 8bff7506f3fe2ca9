"""A small shop for tests of tax, and one call for each reason code of it."""

from collections.abc import Callable, Mapping
from functools import partial

from unicommerce.ledger import Reason, Refused
from unicommerce.tax import (
    Place,
    Registration,
    RuleSet,
    TaxAnswer,
    TaxCode,
    TaxEngine,
    TaxLine,
    TaxRequest,
    india,
    quote,
    standing_in,
    us,
)

GUJARAT = Registration("IN/24", "24AAQCA8719H1ZC")
TAMIL_NADU = Registration("IN/33", "33AAQCA8719H1ZD")
WASHINGTON = Registration("US/WA", "602-000-000")


def asked(*lines: TaxLine, **more: object) -> TaxRequest:
    """Return a request for lines, or for one item of 100.00."""
    given: dict[str, object] = {"document": "d1", "tax_date": "2026-11-27", "currency": "XXX"}
    lines = lines or (TaxLine(id="1", amount_minor=100_00),)
    return TaxRequest(**{**given, "lines": lines, **more})  # type: ignore[arg-type]


def answer(request: TaxRequest, rules: RuleSet) -> TaxAnswer:
    """Return the answer of the table engine, which has one."""
    found = quote(request, rules)
    assert isinstance(found, TaxAnswer), found
    return found


def charged(found: TaxAnswer) -> dict[str, int]:
    """Return the amounts by code and jurisdiction, those of zero left out."""
    sums: dict[str, int] = {}
    for each in found.components():
        key = f"{each.code} {each.jurisdiction}".strip()
        sums[key] = sums.get(key, 0) + each.amount_minor
    return {key: amount for key, amount in sums.items() if amount}


def silent(_request: TaxRequest, /) -> TaxAnswer | Refused:
    """Be an engine that is not there."""
    return Refused((Reason(TaxCode.UNAVAILABLE, "service"),))


TABLES: TaxEngine = partial(quote, rules=us.rules())
IN_WASHINGTON = {"ship_from": Place("US/WA/Tacoma"), "ship_to": Place("US/WA/Seattle")}
IN_GUJARAT = {"ship_from": Place("IN/24"), "registrations": (GUJARAT,)}


def _because(found: TaxAnswer | Refused) -> tuple[Reason, ...]:
    return found.because


CALLS: Mapping[TaxCode, Callable[[], tuple[Reason, ...]]] = {
    TaxCode.UNAVAILABLE: lambda: _because(silent(asked())),
    TaxCode.NO_PLACE: lambda: _because(quote(asked(), india.rules())),
    TaxCode.NO_RATE: lambda: _because(quote(asked(**IN_GUJARAT), india.rules(rates=()))),
    TaxCode.SOURCED: lambda: _because(quote(asked(**IN_GUJARAT), india.rules())),
    TaxCode.NOT_REGISTERED: lambda: _because(quote(asked(**IN_WASHINGTON), us.rules())),
    TaxCode.NOT_DUE: lambda: _because(quote(asked(**{**IN_WASHINGTON, "ship_to": Place("CA/BC")}), us.rules())),
    TaxCode.COLLECTED_BY: lambda: _because(quote(asked(**IN_WASHINGTON, marketplace="bazaar"), us.rules())),
    TaxCode.STOOD_IN: lambda: _because(standing_in(silent, other=TABLES)(asked(**IN_WASHINGTON))),
}


def said(code: TaxCode) -> tuple[Reason, ...]:
    """Return what is said where this code is among it."""
    return CALLS[code]()
