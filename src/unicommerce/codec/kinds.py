"""The one table of names on the wire: which class each kind of event and of document is, and all reason codes.

A kind is a promise for ever. What must change gets a new kind, and the old one an upcaster; a reason code is never
taken back. A test holds this table against every class of every room.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .. import catalog, finance, fulfillment, inventory, ledger, orders, relief, returns, routing
from ..ledger import Document, Event, ReasonCode

__all__ = ["DOCUMENTS", "EVENTS", "REASONS"]

EVENTS: Mapping[str, type[Event]] = MappingProxyType(
    {
        "catalog.network_revised": catalog.NetworkRevised,
        "finance.posted": finance.Posted,
        "fulfillment.allocated": fulfillment.Allocated,
        "fulfillment.deallocated": fulfillment.Deallocated,
        "fulfillment.delivered": fulfillment.Delivered,
        "fulfillment.picked": fulfillment.Picked,
        "fulfillment.shipped": fulfillment.Shipped,
        "fulfillment.short_picked": fulfillment.ShortPicked,
        "inventory.adjusted": inventory.Adjusted,
        "inventory.claimed": inventory.Claimed,
        "inventory.received": inventory.Received,
        "inventory.released": inventory.Released,
        "ledger.disagreed": ledger.Disagreed,
        "orders.amended": orders.Amended,
        "orders.canceled": orders.Canceled,
        "orders.placed": orders.Placed,
        "returns.restocked": returns.Restocked,
        "returns.returned": returns.Returned,
    }
)
"""Events, by their `kind`."""

DOCUMENTS: Mapping[str, type[Document]] = MappingProxyType(
    {
        "catalog.network": catalog.Network,
        "fulfillment.attempts": fulfillment.Attempts,
        "fulfillment.shipment": fulfillment.Shipment,
        "inventory.claim": inventory.Claim,
        "orders.order": orders.Order,
        "returns.return": returns.Return,
    }
)
"""Documents, by the kind of their key."""

REASONS: tuple[type[ReasonCode], ...] = (
    ledger.LedgerCode,
    catalog.CatalogCode,
    inventory.InventoryCode,
    orders.OrderCode,
    routing.RoutingCode,
    fulfillment.FulfillmentCode,
    relief.ReliefCode,
    returns.ReturnCode,
)
"""Reason codes; the value of each member is its name on the wire."""
