"""Fulfillment: orders placed, allocated, picked, shipped or collected; goods and lines move together."""

from .back import rejected
from .back_events import Exhausted, Rejected, ShortPicked
from .codes import FulfillmentCode, ReconsiderCode
from .collecting import CollectQuote, CollectTransfer, collect_quotes
from .counter import collect, put_back, unpack, withhold
from .decisions import allocate, amend, cancel, place
from .documents import (
    Attempts,
    Collection,
    Doubt,
    Notice,
    Rejection,
    RejectionReason,
    Shipment,
    attempts_key,
    capacity_used,
    collection_key,
    doubt_key,
    node_day,
    notice_key,
    shipment_key,
    transit,
)
from .events import Allocated, Deallocated, Delivered, LinePieces, Named, Picked, Shipped
from .handing_over import collected, notified, packed, ready
from .handover_events import Collected, Notified, Packed, Ready, Reshelved, Unpacked, Withheld
from .methods import STEPS, Method, method_of
from .names import taken_back
from .openings import claims_of, opening
from .policy import CoolOff, FulfillmentPolicy, RejectionPolicy, Scope, Then
from .promises import OrderPromise, PromisedShipment, promises
from .quotes import InTime, Quote, QuotedParcel, ServiceQuote, quote
from .reconsidering import ReconsiderPolicy, reconsider
from .tellings import delivered, picked, shipped

__all__ = [
    "STEPS",
    "Allocated",
    "Attempts",
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
    "PromisedShipment",
    "Quote",
    "QuotedParcel",
    "Ready",
    "ReconsiderCode",
    "ReconsiderPolicy",
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
    "Then",
    "Unpacked",
    "Withheld",
    "allocate",
    "amend",
    "attempts_key",
    "cancel",
    "capacity_used",
    "claims_of",
    "collect",
    "collect_quotes",
    "collected",
    "collection_key",
    "delivered",
    "doubt_key",
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
    "reconsider",
    "rejected",
    "shipment_key",
    "shipped",
    "taken_back",
    "transit",
    "unpack",
    "withhold",
]
