"""What other systems are owed: each follows the journal at its own pace, in order, and may fail alone."""

from .codes import DeliveryCode
from .documents import (
    Counts,
    DeadLetter,
    Delivered,
    LaneProgress,
    LaneState,
    Outcome,
    Parked,
    Progress,
    Rejected,
    Skipped,
    Unavailable,
)
from .driving import Gather, Letter, Send, turn
from .following import Follower, Wish
from .policy import DeliveryPolicy
from .reactions import Owed, Reaction, by_cause, by_document, by_entry, drawn, in_order

__all__ = [
    "Counts",
    "DeadLetter",
    "Delivered",
    "DeliveryCode",
    "DeliveryPolicy",
    "Follower",
    "Gather",
    "LaneProgress",
    "LaneState",
    "Letter",
    "Outcome",
    "Owed",
    "Parked",
    "Progress",
    "Reaction",
    "Rejected",
    "Send",
    "Skipped",
    "Unavailable",
    "Wish",
    "by_cause",
    "by_document",
    "by_entry",
    "drawn",
    "in_order",
    "turn",
]
