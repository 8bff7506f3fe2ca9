"""The one table of names on the wire: which class each kind of event and of document is, and all reason codes.

A kind is a promise for ever. What must change gets a new kind, and the old one an upcaster; a reason code is never
taken back. A test holds this table against every class of every room.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .. import (
    bundles,
    catalog,
    counts,
    finance,
    fulfillment,
    inventory,
    ledger,
    lots,
    marketplaces,
    orders,
    relief,
    returns,
    routing,
    supply,
    tills,
    valuation,
)
from ..ledger import Document, Event, ReasonCode

__all__ = ["DOCUMENTS", "EVENTS", "REASONS"]

EVENTS: Mapping[str, type[Event]] = MappingProxyType(
    {
        "bundles.assembled": bundles.Assembled,
        "bundles.disassembled": bundles.Disassembled,
        "catalog.network_revised": catalog.NetworkRevised,
        "counts.counted": counts.Counted,
        "counts.reconciled": counts.Reconciled,
        "counts.regraded": counts.Regraded,
        "finance.posted": finance.Posted,
        "fulfillment.allocated": fulfillment.Allocated,
        "fulfillment.cleared": fulfillment.Cleared,
        "fulfillment.collected": fulfillment.Collected,
        "fulfillment.deallocated": fulfillment.Deallocated,
        "fulfillment.delivered": fulfillment.Delivered,
        "fulfillment.diverted": fulfillment.Diverted,
        "fulfillment.exhausted": fulfillment.Exhausted,
        "fulfillment.found": fulfillment.Found,
        "fulfillment.lost": fulfillment.Lost,
        "fulfillment.named": fulfillment.Named,
        "fulfillment.notified": fulfillment.Notified,
        "fulfillment.packed": fulfillment.Packed,
        "fulfillment.picked": fulfillment.Picked,
        "fulfillment.put_down": fulfillment.PutDown,
        "fulfillment.ready": fulfillment.Ready,
        "fulfillment.rejected": fulfillment.Rejected,
        "fulfillment.reopened": fulfillment.Reopened,
        "fulfillment.reshelved": fulfillment.Reshelved,
        "fulfillment.sent_back": fulfillment.SentBack,
        "fulfillment.shipped": fulfillment.Shipped,
        "fulfillment.short_picked": fulfillment.ShortPicked,
        "fulfillment.unpacked": fulfillment.Unpacked,
        "fulfillment.withheld": fulfillment.Withheld,
        "inventory.adjusted": inventory.Adjusted,
        "inventory.claimed": inventory.Claimed,
        "inventory.confirmed": inventory.Confirmed,
        "inventory.extended": inventory.Extended,
        "inventory.received": inventory.Received,
        "inventory.released": inventory.Released,
        "ledger.disagreed": ledger.Disagreed,
        "lots.claimed": lots.LotsClaimed,
        "lots.handed_back": lots.HandedBack,
        "lots.recalled": lots.Recalled,
        "lots.released": lots.LotsReleased,
        "lots.withdrawn": lots.Withdrawn,
        "marketplaces.acknowledged": marketplaces.Acknowledged,
        "marketplaces.called_off": marketplaces.CalledOff,
        "marketplaces.fulfilled": marketplaces.Fulfilled,
        "marketplaces.relayed": marketplaces.Relayed,
        "orders.amended": orders.Amended,
        "orders.canceled": orders.Canceled,
        "orders.placed": orders.Placed,
        "orders.resumed": orders.Resumed,
        "orders.revised": orders.Revised,
        "orders.suspended": orders.Suspended,
        "returns.restocked": returns.Restocked,
        "returns.returned": returns.Returned,
        "supply.awaited": supply.Awaited,
        "supply.expected": supply.Expected,
        "supply.forgone": supply.Forgone,
        "supply.landed": supply.Landed,
        "supply.lost": supply.Lost,
        "supply.overdue": supply.Overdue,
        "supply.redated": supply.Redated,
        "tills.brought_back": tills.BroughtBack,
        "tills.entitled": tills.Entitled,
        "tills.forfeited": tills.Forfeited,
        "tills.given_back": tills.GivenBack,
        "tills.opened": tills.Opened,
        "tills.recovered": tills.Recovered,
        "tills.sold": tills.Sold,
        "tills.voided": tills.Voided,
    }
)
"""Events, by their `kind`."""

DOCUMENTS: Mapping[str, type[Document]] = MappingProxyType(
    {
        "catalog.network": catalog.Network,
        "counts.count": counts.Count,
        "fulfillment.attempts": fulfillment.Attempts,
        "fulfillment.clearance": fulfillment.Clearance,
        "fulfillment.collection": fulfillment.Collection,
        "fulfillment.detour": fulfillment.Detour,
        "fulfillment.doubt": fulfillment.Doubt,
        "fulfillment.notice": fulfillment.Notice,
        "fulfillment.shipment": fulfillment.Shipment,
        "inventory.claim": inventory.Claim,
        "inventory.life": inventory.Life,
        "inventory.lot": inventory.Lot,
        "lots.claim": lots.LotClaim,
        "marketplaces.order": marketplaces.MarketOrder,
        "orders.holds": orders.OrderHolds,
        "orders.order": orders.Order,
        "returns.return": returns.Return,
        "supply.inbound": supply.Inbound,
        "supply.promise": supply.Promise,
        "supply.waiting": supply.Waiting,
        "tills.sale": tills.Sale,
        "tills.till": tills.Till,
    }
)
"""Documents, by the kind of their key."""

REASONS: tuple[type[ReasonCode], ...] = (
    ledger.LedgerCode,
    catalog.CatalogCode,
    inventory.InventoryCode,
    counts.CountCode,
    tills.TillCode,
    orders.OrderCode,
    lots.LotCode,
    bundles.BundleCode,
    routing.RoutingCode,
    routing.PromiseCode,
    fulfillment.FulfillmentCode,
    fulfillment.ReconsiderCode,
    marketplaces.MarketCode,
    relief.ReliefCode,
    returns.ReturnCode,
    supply.SupplyCode,
    valuation.ValuationCode,
)
"""Reason codes; the value of each member is its name on the wire."""
