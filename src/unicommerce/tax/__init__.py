"""Tax: what is asked, what is answered, rules as dated data and the engine over them; a country is a module each."""

from . import eu, india, us
from .answers import Component, TaxAnswer, TaxedLine
from .changes import AlikePieces, adjusted, left, reversed_, true_up
from .codes import TaxCode
from .documents import (
    SELLER,
    Buyer,
    Discount,
    Exemption,
    Kind,
    LineKind,
    Place,
    Registration,
    Scheme,
    TaxLine,
    TaxRequest,
)
from .quoting import Anywhere, held_to, quote, standing_in
from .reckoning import Levy, reckon, rounded_to, weighted_rate
from .rules import Rate, Regime, RuleSet, Shipping, Sourced, TaxEngine, rates_at

__all__ = [
    "SELLER",
    "AlikePieces",
    "Anywhere",
    "Buyer",
    "Component",
    "Discount",
    "Exemption",
    "Kind",
    "Levy",
    "LineKind",
    "Place",
    "Rate",
    "Regime",
    "Registration",
    "RuleSet",
    "Scheme",
    "Shipping",
    "Sourced",
    "TaxAnswer",
    "TaxCode",
    "TaxEngine",
    "TaxLine",
    "TaxRequest",
    "TaxedLine",
    "adjusted",
    "eu",
    "held_to",
    "india",
    "left",
    "quote",
    "rates_at",
    "reckon",
    "reversed_",
    "rounded_to",
    "standing_in",
    "true_up",
    "us",
    "weighted_rate",
]
