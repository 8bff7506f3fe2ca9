"""Fulfillment: orders placed, allocated, picked, shipped, delivered; goods and lines move together."""

from .codes import FulfillmentCode
from .collecting import CollectQuote, CollectTransfer, collect_quotes
from .decisions import allocate, amend, cancel, claims_of, place
from .documents import Attempts, Shipment, attempts_key, capacity_used, node_day, shipment_key, transit
from .events import Allocated, Deallocated, Delivered, LinePieces, Named, Picked, Shipped, ShortPicked
from .names import taken_back
from .openings import opening
from .policy import FulfillmentPolicy
from .promises import OrderPromise, PromisedShipment, promises
from .quotes import InTime, Quote, QuotedParcel, ServiceQuote, quote
from .tellings import delivered, picked, shipped

__all__ = [
    "Allocated",
    "Attempts",
    "CollectQuote",
    "CollectTransfer",
    "Deallocated",
    "Delivered",
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
    "ServiceQuote",
    "Shipment",
    "Shipped",
    "ShortPicked",
    "allocate",
    "amend",
    "attempts_key",
    "cancel",
    "capacity_used",
    "claims_of",
    "collect_quotes",
    "delivered",
    "node_day",
    "opening",
    "picked",
    "place",
    "promises",
    "quote",
    "shipment_key",
    "shipped",
    "taken_back",
    "transit",
]
