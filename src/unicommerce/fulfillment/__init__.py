"""Fulfillment: orders placed, allocated, picked, shipped or collected; goods and lines move together."""

from .back import rejected
from .back_events import Exhausted, Rejected, ShortPicked
from .changes import Change, revise
from .clearing import cleared
from .codes import FulfillmentCode
from .collecting import CollectQuote, CollectTransfer, collect_quotes
from .counter import collect, put_back, ship, unpack, withhold
from .decisions import allocate, amend, cancel, place
from .documents import (
    Attempts,
    Clearance,
    Collection,
    Doubt,
    Notice,
    Rejection,
    RejectionReason,
    Shipment,
    attempts_key,
    capacity_used,
    clearance_key,
    collection_key,
    doubt_key,
    node_day,
    notice_key,
    shipment_key,
    transit,
)
from .events import Allocated, Deallocated, Delivered, LinePieces, Named, Picked, Shipped
from .handing_over import collected, notified, packed, ready
from .handover_events import Cleared, Collected, Notified, Packed, Ready, Reshelved, Unpacked, Withheld
from .holds import expire_holds, refuse_hold, release_hold, suspend
from .methods import STEPS, Method, method_of
from .names import taken_back
from .openings import claims_of, opening
from .policy import CoolOff, FulfillmentPolicy, PriceRule, RejectionPolicy, Scope, StandIn, Then
from .promises import OrderPromise, PromisedShipment, promises
from .quotes import InTime, Quote, QuotedParcel, ServiceQuote, quote
from .substituting import substitute
from .tellings import delivered, picked, shipped

__all__ = [
    "STEPS",
    "Allocated",
    "Attempts",
    "Change",
    "Clearance",
    "Cleared",
    "CollectQuote",
    "CollectTransfer",
    "Collected",
    "Collection",
    "CoolOff",
    "Deallocated",
    "Delivered",
    "Doubt",
    "Exhausted",
    "FulfillmentCode",
    "FulfillmentPolicy",
    "InTime",
    "LinePieces",
    "Method",
    "Named",
    "Notice",
    "Notified",
    "OrderPromise",
    "Packed",
    "Picked",
    "PriceRule",
    "PromisedShipment",
    "Quote",
    "QuotedParcel",
    "Ready",
    "Rejected",
    "Rejection",
    "RejectionPolicy",
    "RejectionReason",
    "Reshelved",
    "Scope",
    "ServiceQuote",
    "Shipment",
    "Shipped",
    "ShortPicked",
    "StandIn",
    "Then",
    "Unpacked",
    "Withheld",
    "allocate",
    "amend",
    "attempts_key",
    "cancel",
    "capacity_used",
    "claims_of",
    "clearance_key",
    "cleared",
    "collect",
    "collect_quotes",
    "collected",
    "collection_key",
    "delivered",
    "doubt_key",
    "expire_holds",
    "method_of",
    "node_day",
    "notice_key",
    "notified",
    "opening",
    "packed",
    "picked",
    "place",
    "promises",
    "put_back",
    "quote",
    "ready",
    "refuse_hold",
    "rejected",
    "release_hold",
    "revise",
    "ship",
    "shipment_key",
    "shipped",
    "substitute",
    "suspend",
    "taken_back",
    "transit",
    "unpack",
    "withhold",
]
