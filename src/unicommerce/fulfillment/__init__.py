"""Fulfillment: orders placed, allocated, picked, shipped, delivered; goods and lines move together."""

from .codes import FulfillmentCode
from .collecting import CollectQuote, CollectTransfer, collect_quotes
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
from .promises import OrderPromise, PromisedShipment, promises
from .quotes import InTime, Quote, QuotedParcel, ServiceQuote, quote
from .tellings import delivered, picked, rejected, shipped

__all__ = [
    "Allocated",
    "Attempts",
    "CollectQuote",
    "CollectTransfer",
    "CoolOff",
    "Deallocated",
    "Delivered",
    "Doubt",
    "Exhausted",
    "FulfillmentCode",
    "FulfillmentPolicy",
    "InTime",
    "LinePieces",
    "Named",
    "OrderPromise",
    "Picked",
    "PromisedShipment",
    "Quote",
    "QuotedParcel",
    "Rejected",
    "Rejection",
    "RejectionPolicy",
    "RejectionReason",
    "Scope",
    "ServiceQuote",
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
    "collect_quotes",
    "delivered",
    "doubt_key",
    "node_day",
    "opening",
    "picked",
    "place",
    "promises",
    "quote",
    "rejected",
    "shipment_key",
    "shipped",
    "taken_back",
    "transit",
]
