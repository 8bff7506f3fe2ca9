"""Counts: what people find on the shelf, and the book brought to it."""

from .decisions import CountCode, counted, reconcile, regraded
from .documents import APART, MISSING, SCOPES, SHELF, Count, CountLine, count_key, missing
from .events import REGRADES, Counted, Reconciled, Regraded
from .piles import Pile, piles
from .policy import CountPolicy
from .views import Uneven, concerned, counted_on_hand, discrepancy, uneven

__all__ = [
    "APART",
    "MISSING",
    "REGRADES",
    "SCOPES",
    "SHELF",
    "Count",
    "CountCode",
    "CountLine",
    "CountPolicy",
    "Counted",
    "Pile",
    "Reconciled",
    "Regraded",
    "Uneven",
    "concerned",
    "count_key",
    "counted",
    "counted_on_hand",
    "discrepancy",
    "missing",
    "piles",
    "reconcile",
    "regraded",
    "uneven",
]
