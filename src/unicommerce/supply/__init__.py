"""Expected supply: inbounds and transfers, claims on what they bring, availability by date, backorders."""

from .backorders import awaiting, claimed_or_awaited
from .codes import SupplyCode
from .decisions import claim_ahead, forgo, lapse, look_at, transfer
from .documents import (
    Inbound,
    Promise,
    Wait,
    Waiting,
    awaited,
    coming,
    inbound_key,
    promise_key,
    spot,
    waiting_key,
    waits_at,
)
from .events import Awaited, Expected, Forgone, Landed, Lost, Overdue, Redated
from .policy import BackorderPolicy, Short
from .redating import elsewhere, moved_by, new_date, redate
from .tellings import claimants, expected, landed, lost
from .together import Case, kept_pieces, kept_whole, no_more_kept
from .views import arrivals, available_by, progress
from .waits import open_again

__all__ = [
    "Awaited",
    "BackorderPolicy",
    "Case",
    "Expected",
    "Forgone",
    "Inbound",
    "Landed",
    "Lost",
    "Overdue",
    "Promise",
    "Redated",
    "Short",
    "SupplyCode",
    "Wait",
    "Waiting",
    "arrivals",
    "available_by",
    "awaited",
    "awaiting",
    "claim_ahead",
    "claimants",
    "claimed_or_awaited",
    "coming",
    "elsewhere",
    "expected",
    "forgo",
    "inbound_key",
    "kept_pieces",
    "kept_whole",
    "landed",
    "lapse",
    "look_at",
    "lost",
    "moved_by",
    "new_date",
    "no_more_kept",
    "open_again",
    "progress",
    "promise_key",
    "redate",
    "spot",
    "transfer",
    "waiting_key",
    "waits_at",
]
