"""Fulfillment: orders placed, allocated, picked, shipped or collected; goods and lines move together."""

from .codes import FulfillmentCode
from .collecting import CollectQuote, CollectTransfer, collect_quotes
from .counter import collect, put_back, unpack, withhold
from .decisions import allocate, amend, cancel, claims_of, place
from .documents import (
    Attempts,
    Collection,
    Notice,
    Shipment,
    attempts_key,
    capacity_used,
    collection_key,
    node_day,
    notice_key,
    shipment_key,
    transit,
)
from .events import Allocated, Deallocated, Delivered, LinePieces, Named, Picked, Shipped, ShortPicked
from .handing_over import collected, notified, packed, ready
from .handover_events import Collected, Notified, Packed, Ready, Reshelved, Unpacked, Withheld
from .methods import STEPS, Method, method_of
from .names import taken_back
from .openings import opening
from .policy import FulfillmentPolicy
from .promises import OrderPromise, PromisedShipment, promises
from .quotes import InTime, Quote, QuotedParcel, ServiceQuote, quote
from .tellings import delivered, picked, shipped

__all__ = [
    "STEPS",
    "Allocated",
    "Attempts",
    "CollectQuote",
    "CollectTransfer",
    "Collected",
    "Collection",
    "Deallocated",
    "Delivered",
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
    "Reshelved",
    "ServiceQuote",
    "Shipment",
    "Shipped",
    "ShortPicked",
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
    "shipment_key",
    "shipped",
    "taken_back",
    "transit",
    "unpack",
    "withhold",
]
