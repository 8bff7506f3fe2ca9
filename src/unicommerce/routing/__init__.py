"""Routing: which node serves what, provably at the least cost, with one reason for each node."""

from .ahead import Outlook
from .batches import Batch, BatchOrder, BatchSolution, BatchStrategy, answered, price_batch
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
from .trading import one_by_one, solve_batch

__all__ = [
    "Asked",
    "Assignment",
    "Band",
    "Batch",
    "BatchOrder",
    "BatchSolution",
    "BatchStrategy",
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
    "answered",
    "as_picture",
    "as_table",
    "as_text",
    "chart",
    "cheapest_first",
    "collectable",
    "complete_first",
    "drain",
    "fewest_parcels",
    "one_by_one",
    "price",
    "price_batch",
    "promised",
    "route",
    "solve",
    "solve_batch",
    "table",
    "transits_seen",
    "what_if",
    "why",
    "why_moved",
]
