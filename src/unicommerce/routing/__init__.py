"""Routing: which node serves what, provably at the least cost, with one reason for each node."""

from .decisions import RoutingCode, route
from .documents import Need, Plan, PlannedShipment, Supply
from .exact import solve
from .policy import Band, RoutingPolicy
from .problem import Assignment, Candidate, Offer, Problem, RateCard, Solution, price

__all__ = [
    "Assignment",
    "Band",
    "Candidate",
    "Need",
    "Offer",
    "Plan",
    "PlannedShipment",
    "Problem",
    "RateCard",
    "RoutingCode",
    "RoutingPolicy",
    "Solution",
    "Supply",
    "price",
    "route",
    "solve",
]
