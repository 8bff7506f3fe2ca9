"""Goods: received, claimed, released, adjusted; what can be sold where."""

from .claims import claim_lines, gained, own_drawn
from .codes import InventoryCode
from .decisions import adjusted, confirm, expire, extend, hold, received, release, reserve
from .documents import (
    CUSTOMER,
    LOSS,
    ON_HAND,
    SUPPLIER,
    Claim,
    ClaimLine,
    GoodsState,
    claim_key,
    goods,
    on_hand_accounts,
    sellable,
    sellable_accounts,
)
from .endings import overdue_ended, quota_lines
from .events import Adjusted, Claimed, Confirmed, Extended, Received, Released, quota_drawn
from .keeping import Limits, free_of, lasting, limits_of
from .lots import Lot, LotPieces, day_at, first_of, is_told_apart, lot_key, lots_in, may_be_sold, shelf, unsellable
from .policy import ClaimPolicy
from .views import Availability, Stock, availability, available, on_hand

__all__ = [
    "CUSTOMER",
    "LOSS",
    "ON_HAND",
    "SUPPLIER",
    "Adjusted",
    "Availability",
    "Claim",
    "ClaimLine",
    "ClaimPolicy",
    "Claimed",
    "Confirmed",
    "Extended",
    "GoodsState",
    "InventoryCode",
    "Limits",
    "Lot",
    "LotPieces",
    "Received",
    "Released",
    "Stock",
    "adjusted",
    "availability",
    "available",
    "claim_key",
    "claim_lines",
    "confirm",
    "day_at",
    "expire",
    "extend",
    "first_of",
    "free_of",
    "gained",
    "goods",
    "hold",
    "is_told_apart",
    "lasting",
    "limits_of",
    "lot_key",
    "lots_in",
    "may_be_sold",
    "on_hand",
    "on_hand_accounts",
    "overdue_ended",
    "own_drawn",
    "quota_drawn",
    "quota_lines",
    "received",
    "release",
    "reserve",
    "sellable",
    "sellable_accounts",
    "shelf",
    "unsellable",
]
