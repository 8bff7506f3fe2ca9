"""A call for each reason of finance."""

from collections.abc import Callable, Mapping

from unicommerce.ledger import Reason, Refused
from unicommerce.valuation import (
    Basis,
    LandedLine,
    StockEvent,
    StockKind,
    ValuationCode,
    land,
    value_stock,
)

CALLS: Mapping[ValuationCode, Callable[[], object]] = {
    ValuationCode.INSUFFICIENT: lambda: value_stock([StockEvent(kind=StockKind.LEFT, quantity=1, may_go_below=False)]),
    ValuationCode.ZERO_BASIS: lambda: land(100, Basis.AMOUNT, [LandedLine(5, 1), LandedLine(-5, -1)]),
}


def said(code: ValuationCode) -> tuple[Reason, ...]:
    """Return what is said where this code is among it."""
    answer = CALLS[code]()
    assert isinstance(answer, Refused)
    return answer.because
