"""A small deterministic world: shoppers, tills and warehouses on the real core, with faults, from one seed."""

from .faults import FAULTS, Chance, Faults, Sabotage
from .invariants import INVARIANTS, Invariant
from .report import Breach, Report, minimize
from .saboteurs import SABOTEURS, Saboteur
from .scene import Scene
from .staff import everyone
from .stage import Actor, Stage
from .view import View
from .world import World, simulate

__all__ = [
    "FAULTS",
    "INVARIANTS",
    "SABOTEURS",
    "Actor",
    "Breach",
    "Chance",
    "Faults",
    "Invariant",
    "Report",
    "Sabotage",
    "Saboteur",
    "Scene",
    "Stage",
    "View",
    "World",
    "everyone",
    "minimize",
    "simulate",
]
