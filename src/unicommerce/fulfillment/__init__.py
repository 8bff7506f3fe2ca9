"""Fulfillment: orders placed, allocated, picked, shipped, delivered; goods and lines move together."""

from .codes import FulfillmentCode
from .decisions import allocate, amend, cancel, place
from .documents import (
    Attempts,
    Doubt,
    Rejection,
    RejectionReason,
    Shipment,
    attempts_key,
    capacity_used,
    doubt_key,
    node_day,
    shipment_key,
    transit,
)
from .events import (
    Allocated,
    Deallocated,
    Delivered,
    Exhausted,
    LinePieces,
    Named,
    Picked,
    Rejected,
    Shipped,
    ShortPicked,
)
from .names import taken_back
from .openings import claims_of, opening
from .policy import CoolOff, FulfillmentPolicy, RejectionPolicy, Scope, Then
from .tellings import delivered, picked, rejected, shipped

__all__ = [
    "Allocated",
    "Attempts",
    "CoolOff",
    "Deallocated",
    "Delivered",
    "Doubt",
    "Exhausted",
    "FulfillmentCode",
    "FulfillmentPolicy",
    "LinePieces",
    "Named",
    "Picked",
    "Rejected",
    "Rejection",
    "RejectionPolicy",
    "RejectionReason",
    "Scope",
    "Shipment",
    "Shipped",
    "ShortPicked",
    "Then",
    "allocate",
    "amend",
    "attempts_key",
    "cancel",
    "capacity_used",
    "claims_of",
    "delivered",
    "doubt_key",
    "node_day",
    "opening",
    "picked",
    "place",
    "rejected",
    "shipment_key",
    "shipped",
    "taken_back",
    "transit",
]
