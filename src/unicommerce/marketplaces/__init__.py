"""Marketplaces: orders that they relay, by when they want them, what we answer, what they count, their own centers."""

from .allocating import allocate, make_good
from .centers import AtCenter, at_centers, center
from .codes import MarketCode
from .decisions import acknowledge, serve
from .documents import MarketOrder, asked, market_order_key
from .events import ASK_MOVES, Acknowledged, Answered, AskState, CalledOff, Fulfilled, Relayed
from .policy import AMAZON, Limit, MarketPolicy, Measure
from .rates import Rate, performance
from .stopping import unwanted_under_way
from .tellings import called_off, fulfilled, relayed
from .views import AtRisk, late_risk, said_of

__all__ = [
    "AMAZON",
    "ASK_MOVES",
    "Acknowledged",
    "Answered",
    "AskState",
    "AtCenter",
    "AtRisk",
    "CalledOff",
    "Fulfilled",
    "Limit",
    "MarketCode",
    "MarketOrder",
    "MarketPolicy",
    "Measure",
    "Rate",
    "Relayed",
    "acknowledge",
    "allocate",
    "asked",
    "at_centers",
    "called_off",
    "center",
    "fulfilled",
    "late_risk",
    "make_good",
    "market_order_key",
    "performance",
    "relayed",
    "said_of",
    "serve",
    "unwanted_under_way",
]
