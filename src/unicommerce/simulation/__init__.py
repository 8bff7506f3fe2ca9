"""A small deterministic world: shoppers, tills and warehouses on the real core, with faults, from one seed."""

from .bugs.saboteurs import SABOTEURS, Saboteur
from .faults import FAULTS, Chance, Faults, Sabotage
from .invariants import INVARIANTS, Invariant
from .report import Breach, Report, minimize
from .scene import Scene
from .staff import everyone
from .stage import Actor, Stage
from .systems.customers import DIALECTS
from .systems.dialect import Dialect
from .systems.record import Link
from .systems.wiring import Wiring
from .view import View
from .world import World, simulate

__all__ = [
    "DIALECTS",
    "FAULTS",
    "INVARIANTS",
    "SABOTEURS",
    "Actor",
    "Breach",
    "Chance",
    "Dialect",
    "Faults",
    "Invariant",
    "Link",
    "Report",
    "Sabotage",
    "Saboteur",
    "Scene",
    "Stage",
    "View",
    "Wiring",
    "World",
    "everyone",
    "minimize",
    "simulate",
]
