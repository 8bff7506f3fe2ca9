"""Lots, serials and owners: what came, what may leave first, what was claimed, recalled, withdrawn, handed back."""

from .claims import claim_lots, hold_lots, taken
from .codes import LotCode
from .decisions import hand_back, release_lots, withdraw
from .documents import LotClaim, lot_claim_key
from .events import HandedBack, LotsClaimed, LotsReleased, Recalled, Withdrawn
from .planning import LotPolicy, OwnersFirst, Stock, pick_plan, stocks
from .tellings import BatchReceived, recalled, received_lots
from .views import LotTrace, owner_account, trace

__all__ = [
    "BatchReceived",
    "HandedBack",
    "LotClaim",
    "LotCode",
    "LotPolicy",
    "LotTrace",
    "LotsClaimed",
    "LotsReleased",
    "OwnersFirst",
    "Recalled",
    "Stock",
    "Withdrawn",
    "claim_lots",
    "hand_back",
    "hold_lots",
    "lot_claim_key",
    "owner_account",
    "pick_plan",
    "recalled",
    "received_lots",
    "release_lots",
    "stocks",
    "taken",
    "trace",
    "withdraw",
]
