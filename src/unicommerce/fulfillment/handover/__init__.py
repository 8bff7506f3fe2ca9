"""What nodes tell and are asked: picked, packed, ready, shipped, collected, delivered; and what they turn down."""

from .back import rejected
from .clearing import cleared
from .counter import collect, collect_order, put_back, reshelved, ship, unpack, withhold
from .handing_over import collected, notified, packed, ready
from .methods import STEPS, Method, method_of
from .picks import Case as PickCase
from .tellings import delivered, picked, shipped

__all__ = [
    "STEPS",
    "Method",
    "PickCase",
    "cleared",
    "collect",
    "collect_order",
    "collected",
    "delivered",
    "method_of",
    "notified",
    "packed",
    "picked",
    "put_back",
    "ready",
    "rejected",
    "reshelved",
    "ship",
    "shipped",
    "unpack",
    "withhold",
]
