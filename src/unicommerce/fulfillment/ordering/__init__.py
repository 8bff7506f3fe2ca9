"""What is asked about an order: place, allocate, amend, cancel, hold, change, substitute."""

from .changes import Change, revise
from .decisions import allocate, amend, cancel, place
from .holds import expire_holds, refuse_hold, release_hold, suspend
from .substituting import substitute

__all__ = [
    "Change",
    "allocate",
    "amend",
    "cancel",
    "expire_holds",
    "place",
    "refuse_hold",
    "release_hold",
    "revise",
    "substitute",
    "suspend",
]
