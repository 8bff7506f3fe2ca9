"""Counts: what people find on the shelf, and the book brought to it."""

from .decisions import CountCode, counted, reconcile, regraded
from .documents import APART, MISSING, Count, CountLine, count_key, missing
from .events import REGRADES, Counted, Reconciled, Regraded
from .policy import CountPolicy
from .views import Uneven, concerned, counted_on_hand, discrepancy, uneven

__all__ = [
    "APART",
    "MISSING",
    "REGRADES",
    "Count",
    "CountCode",
    "CountLine",
    "CountPolicy",
    "Counted",
    "Reconciled",
    "Regraded",
    "Uneven",
    "concerned",
    "count_key",
    "counted",
    "counted_on_hand",
    "discrepancy",
    "missing",
    "reconcile",
    "regraded",
    "uneven",
]
