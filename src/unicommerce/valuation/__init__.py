"""Valuation: what stock is worth, held exactly, by one method and one scope; landed cost and write-downs."""

from .codes import ValuationCode
from .documents import Layer, Step, Stock, StockEvent, StockKind, Valuation
from .folding import running_balances, value_stock
from .landed import Basis, LandedLine, Landing, allowance_change_minor, land
from .layers import POOLED, arrive, charged, draw
from .policy import Method, Scope, ValuationPolicy

__all__ = [
    "POOLED",
    "Basis",
    "LandedLine",
    "Landing",
    "Layer",
    "Method",
    "Scope",
    "Step",
    "Stock",
    "StockEvent",
    "StockKind",
    "Valuation",
    "ValuationCode",
    "ValuationPolicy",
    "allowance_change_minor",
    "arrive",
    "charged",
    "draw",
    "land",
    "running_balances",
    "value_stock",
]
