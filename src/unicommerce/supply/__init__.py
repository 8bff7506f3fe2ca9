"""Expected supply: inbounds and transfers, claims on what they bring, availability by date, backorders."""

from .backorders import claimed_or_awaited, open_again
from .codes import SupplyCode
from .decisions import claim_ahead, forgo, lapse, look_at, transfer
from .documents import Inbound, Promise, Wait, Waiting, awaited, coming, inbound_key, promise_key, waiting_key
from .events import Awaited, Expected, Forgone, Landed, Lost, Overdue, Redated
from .policy import BackorderPolicy, Short
from .redating import new_date, redate
from .tellings import claimants, expected, landed, lost
from .views import arrivals, available_by, progress

__all__ = [
    "Awaited",
    "BackorderPolicy",
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
    "claim_ahead",
    "claimants",
    "claimed_or_awaited",
    "coming",
    "expected",
    "forgo",
    "inbound_key",
    "landed",
    "lapse",
    "look_at",
    "lost",
    "new_date",
    "open_again",
    "progress",
    "promise_key",
    "redate",
    "transfer",
    "waiting_key",
]
