"""Returns: goods received back at any node, and restocked."""

from .decisions import ReturnCode, restock, returned
from .documents import Return, awaiting, return_key
from .events import Restocked, Returned, ReturnedLine, ReturnedLot

__all__ = [
    "Restocked",
    "Return",
    "ReturnCode",
    "Returned",
    "ReturnedLine",
    "ReturnedLot",
    "awaiting",
    "restock",
    "return_key",
    "returned",
]
