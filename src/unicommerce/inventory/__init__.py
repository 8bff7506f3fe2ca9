"""Goods: received, claimed, released, adjusted; what can be sold where."""

from .decisions import InventoryCode, adjusted, claim_lines, enough, expire, hold, received, release, reserve
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
from .events import Adjusted, Claimed, Received, Released
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
    "Claimed",
    "GoodsState",
    "InventoryCode",
    "Received",
    "Released",
    "Stock",
    "adjusted",
    "availability",
    "available",
    "claim_key",
    "claim_lines",
    "enough",
    "expire",
    "goods",
    "hold",
    "on_hand",
    "on_hand_accounts",
    "received",
    "release",
    "reserve",
    "sellable",
    "sellable_accounts",
]
