"""Routing: which node serves what, provably at the least cost, with one reason for each node."""

from .ahead import Outlook
from .codes import RoutingCode
from .comparing import Outcome, PastOrder, chart, table, what_if
from .decisions import route
from .documents import Asked, Need, Plan, PlannedShipment, Soft, Supply
from .exact import solve
from .explaining import Explanation, Other, Verdict, why
from .extending import Cost, Rule
from .fitting import Delivery, transits_seen
from .policy import Band, RoutingPolicy
from .problem import Assignment, Candidate, Offer, Problem, RateCard, Solution, price
from .promises import Carrier, Destination, Promise, PromiseCode, Transit, collectable, promised, why_moved
from .showing import as_picture, as_table, as_text
from .strategies import Strategy, cheapest_first, complete_first, drain, fewest_parcels

__all__ = [
    "Asked",
    "Assignment",
    "Band",
    "Candidate",
    "Carrier",
    "Cost",
    "Delivery",
    "Destination",
    "Explanation",
    "Need",
    "Offer",
    "Other",
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
    "Rule",
    "Soft",
    "Solution",
    "Strategy",
    "Supply",
    "Transit",
    "Verdict",
    "as_picture",
    "as_table",
    "as_text",
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
    "why",
    "why_moved",
]
