"""How open pieces get to nodes: what is wanted, routed, given, and what becomes of what nobody will ship."""

from .openings import claims_of, opening, released
from .promises import OrderPromise, PromisedShipment, promises

__all__ = ["OrderPromise", "PromisedShipment", "claims_of", "opening", "promises", "released"]
