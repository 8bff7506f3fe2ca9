"""Routing: which node serves what, provably at the least cost, with one reason for each node."""

from .ahead import Outlook
from .decisions import RoutingCode, route
from .documents import Need, Plan, PlannedShipment, Supply
from .exact import solve
from .policy import Band, RoutingPolicy
from .problem import Assignment, Candidate, Offer, Problem, Solution, price

__all__ = [
    "Assignment",
    "Band",
    "Candidate",
    "Need",
    "Offer",
    "Outlook",
    "Plan",
    "PlannedShipment",
    "Problem",
    "RoutingCode",
    "RoutingPolicy",
    "Solution",
    "Supply",
    "price",
    "route",
    "solve",
]
