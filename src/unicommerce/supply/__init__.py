"""Expected supply: inbounds and transfers, claims on what they bring, availability by date, backorders."""

from .backorders import claimed_or_awaited, open_again, redate
from .codes import SupplyCode
from .decisions import claim_ahead, forgo, lapse, look_at, transfer
from .documents import Inbound, Promise, Waiting, inbound_key, promise_key
from .events import Awaited, Expected, Forgone, Landed, Lost, Overdue, Redated
from .policy import BackorderPolicy, Short
from .tellings import expected, landed, lost
from .views import available_by, progress

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
    "Waiting",
    "available_by",
    "claim_ahead",
    "claimed_or_awaited",
    "expected",
    "forgo",
    "inbound_key",
    "landed",
    "lapse",
    "look_at",
    "lost",
    "open_again",
    "progress",
    "promise_key",
    "redate",
    "transfer",
]
