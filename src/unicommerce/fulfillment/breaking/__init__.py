"""What breaks on the way: damaged, declined, lost, found, sent back; and what is owed then."""

from .making_good import make_good
from .mishaps import damaged, declined, put_down
from .parcels import found, intercept, intercepted, lost, sent_back, undeliverable

__all__ = [
    "damaged",
    "declined",
    "found",
    "intercept",
    "intercepted",
    "lost",
    "make_good",
    "put_down",
    "sent_back",
    "undeliverable",
]
