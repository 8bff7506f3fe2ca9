"""Tills: what they may sell while they are offline, and what they tell of it, whenever that comes."""

from .codes import TillCode
from .decisions import grant
from .documents import Sale, SaleLine, Till, sale_key, sold_to, stands, till_key
from .events import BroughtBack, Entitled, Forfeited, GivenBack, Opened, Recovered, Sold, Voided
from .tellings import brought_back, forfeited, given_back, opened, recovered, sold, voided
from .views import by_our_clock, rights

__all__ = [
    "BroughtBack",
    "Entitled",
    "Forfeited",
    "GivenBack",
    "Opened",
    "Recovered",
    "Sale",
    "SaleLine",
    "Sold",
    "Till",
    "TillCode",
    "Voided",
    "brought_back",
    "by_our_clock",
    "forfeited",
    "given_back",
    "grant",
    "opened",
    "recovered",
    "rights",
    "sale_key",
    "sold",
    "sold_to",
    "stands",
    "till_key",
    "voided",
]
