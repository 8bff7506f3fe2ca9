"""Returns: goods received back at any node, restocked, and until when they may come."""

from .decisions import ReturnCode, restock, returned
from .documents import Return, awaiting, return_key
from .events import Restocked, Returned, ReturnedLine, ReturnedLot
from .windows import ReturnWindow, Season, is_in_window, last_day

__all__ = [
    "Restocked",
    "Return",
    "ReturnCode",
    "ReturnWindow",
    "Returned",
    "ReturnedLine",
    "ReturnedLot",
    "Season",
    "awaiting",
    "is_in_window",
    "last_day",
    "restock",
    "return_key",
    "returned",
]
