"""Prove a store of your own: the contract that every store keeps, its races, and the models that it is held against."""

from .checks import CHECKS, RACES, Report, owed, prove
from .contract import StoreContract
from .goods import Goods, GoodsClaim
from .machine import store_machine
from .model import Reference
from .notes import CODEC, Happened, Note
from .races import Race
from .routes import check_cost, check_rule, check_strategy
from .running import Turn, Waiting, run_interleaved
from .saboteurs import SABOTEURS, SOUND, Saboteur
from .subject import Bench, Check, Guarantee, Handle, Subject

__all__ = [
    "CHECKS",
    "CODEC",
    "RACES",
    "SABOTEURS",
    "SOUND",
    "Bench",
    "Check",
    "Goods",
    "GoodsClaim",
    "Guarantee",
    "Handle",
    "Happened",
    "Note",
    "Race",
    "Reference",
    "Report",
    "Saboteur",
    "StoreContract",
    "Subject",
    "Turn",
    "Waiting",
    "check_cost",
    "check_rule",
    "check_strategy",
    "owed",
    "prove",
    "run_interleaved",
    "store_machine",
]
