"""Fulfillment: orders placed, allocated, picked, shipped or collected; goods and lines move together."""

from .back import rejected
from .back_events import Exhausted, Rejected, ShortPicked
from .changes import Change, revise
from .clearing import cleared
from .codes import FulfillmentCode, ReconsiderCode
from .collecting import CollectQuote, CollectTransfer, collect_quotes
from .counter import collect, collect_order, put_back, reshelved, ship, unpack, withhold
from .decisions import allocate, amend, cancel, place
from .documents import (
    Arrival,
    Attempts,
    Clearance,
    Collection,
    Detour,
    Doubt,
    Notice,
    Rejection,
    RejectionReason,
    Shipment,
    arrival_key,
    attempts_key,
    capacity_used,
    clearance_key,
    collection_key,
    detour_key,
    doubt_key,
    node_day,
    notice_key,
    shipment_key,
    transit,
)
from .events import Allocated, Deallocated, Delivered, LinePieces, Named, Picked, Shipped
from .explaining import explanation
from .handing_over import collected, notified, packed, ready
from .handover_events import Cleared, Collected, Notified, Packed, Ready, Reshelved, Unpacked, Withheld
from .holds import expire_holds, refuse_hold, release_hold, suspend
from .making_good import make_good
from .methods import STEPS, Method, method_of
from .mishap_events import Diverted, Found, Lost, PutDown, Reopened, SentBack, missing_from
from .mishaps import damaged, declined, put_down
from .names import taken_back
from .openings import claims_of, opening, released
from .parcels import found, intercept, intercepted, lost, sent_back, undeliverable
from .picks import Case as PickCase
from .policy import CoolOff, FulfillmentPolicy, Owed, PriceRule, RejectionPolicy, Scope, StandIn, Then
from .promises import OrderPromise, PromisedShipment, promises
from .quotes import InTime, Quote, QuotedParcel, ServiceQuote, quote
from .reconsidering import ReconsiderPolicy, reconsider
from .substituting import substitute
from .tellings import delivered, picked, shipped

__all__ = [
    "STEPS",
    "Allocated",
    "Arrival",
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
    "Detour",
    "Diverted",
    "Doubt",
    "Exhausted",
    "Found",
    "FulfillmentCode",
    "FulfillmentPolicy",
    "InTime",
    "LinePieces",
    "Lost",
    "Method",
    "Named",
    "Notice",
    "Notified",
    "OrderPromise",
    "Owed",
    "Packed",
    "PickCase",
    "Picked",
    "PriceRule",
    "PromisedShipment",
    "PutDown",
    "Quote",
    "QuotedParcel",
    "Ready",
    "ReconsiderCode",
    "ReconsiderPolicy",
    "Rejected",
    "Rejection",
    "RejectionPolicy",
    "RejectionReason",
    "Reopened",
    "Reshelved",
    "Scope",
    "SentBack",
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
    "arrival_key",
    "attempts_key",
    "cancel",
    "capacity_used",
    "claims_of",
    "clearance_key",
    "cleared",
    "collect",
    "collect_order",
    "collect_quotes",
    "collected",
    "collection_key",
    "damaged",
    "declined",
    "delivered",
    "detour_key",
    "doubt_key",
    "expire_holds",
    "explanation",
    "found",
    "intercept",
    "intercepted",
    "lost",
    "make_good",
    "method_of",
    "missing_from",
    "node_day",
    "notice_key",
    "notified",
    "opening",
    "packed",
    "picked",
    "place",
    "promises",
    "put_back",
    "put_down",
    "quote",
    "ready",
    "reconsider",
    "refuse_hold",
    "rejected",
    "release_hold",
    "released",
    "reshelved",
    "revise",
    "sent_back",
    "ship",
    "shipment_key",
    "shipped",
    "substitute",
    "suspend",
    "taken_back",
    "transit",
    "undeliverable",
    "unpack",
    "withhold",
]
