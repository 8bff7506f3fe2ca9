"""Returns: authorized, brought to the best node, received anywhere, graded, disposed of, exchanged."""

from .authorizing import Authorized, Rma, RmaLine, RmaList, authorize, rma_key
from .bringing import brought_to
from .codes import ReturnCode
from .decisions import restock, returned
from .disposing import ENDS, Disposed, Graded, GradedPieces, dispose, disposed_of, graded
from .documents import Return, awaiting, return_key
from .events import Restocked, Returned, ReturnedLine, ReturnedLot
from .exchanging import Exchanged, Swap, swap, swap_key
from .policy import Condition, Disposition, ReturnPolicy, ReturnReason, WayBack
from .signals import CustomerReturns, SignalCode, SignalPolicy, signals
from .windows import ReturnWindow, Season, is_in_window, last_day

__all__ = [
    "ENDS",
    "Authorized",
    "Condition",
    "CustomerReturns",
    "Disposed",
    "Disposition",
    "Exchanged",
    "Graded",
    "GradedPieces",
    "Restocked",
    "Return",
    "ReturnCode",
    "ReturnPolicy",
    "ReturnReason",
    "ReturnWindow",
    "Returned",
    "ReturnedLine",
    "ReturnedLot",
    "Rma",
    "RmaLine",
    "RmaList",
    "Season",
    "SignalCode",
    "SignalPolicy",
    "Swap",
    "WayBack",
    "authorize",
    "awaiting",
    "brought_to",
    "dispose",
    "disposed_of",
    "graded",
    "is_in_window",
    "last_day",
    "restock",
    "return_key",
    "returned",
    "rma_key",
    "signals",
    "swap",
    "swap_key",
]
