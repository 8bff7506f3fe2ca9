"""Routing: which node serves what, provably at the least cost, with one reason for each node."""

from .ahead import Outlook
from .comparing import Outcome, PastOrder, chart, table, what_if
from .decisions import RoutingCode, route
from .documents import Need, Plan, PlannedShipment, Supply
from .exact import solve
from .fitting import Delivery, transits_seen
from .policy import Band, RoutingPolicy
from .problem import Assignment, Candidate, Offer, Problem, RateCard, Solution, price
from .promises import Carrier, Destination, Promise, PromiseCode, Transit, collectable, promised, why_moved
from .strategies import Strategy, cheapest_first, complete_first, drain, fewest_parcels

__all__ = [
    "Assignment",
    "Band",
    "Candidate",
    "Carrier",
    "Delivery",
    "Destination",
    "Need",
    "Offer",
    "Outcome",
    "Outlook",
    "PastOrder",
    "Plan",
    "PlannedShipment",
    "Problem",
    "Promise",
    "PromiseCode",
    "RateCard",
    "RoutingCode",
    "RoutingPolicy",
    "Solution",
    "Strategy",
    "Supply",
    "Transit",
    "chart",
    "cheapest_first",
    "collectable",
    "complete_first",
    "drain",
    "fewest_parcels",
    "price",
    "promised",
    "route",
    "solve",
    "table",
    "transits_seen",
    "what_if",
    "why_moved",
]
