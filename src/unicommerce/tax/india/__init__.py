"""India: GST by states, its papers, and its regime for the table engine."""

from .papers import (
    Imported,
    ReverseCharge,
    Tcs,
    Transfer,
    are_components_right,
    hsn_lengths,
    hsn_summary,
    imported,
    is_adjustable,
    is_hsn,
    own_transfer,
    reverse_charge,
    tcs,
    transfer_value,
)
from .regime import RATES, India, rules
from .states import STATES, Gstin, Supply, components, gstin, is_place, place_of_supply, supply

__all__ = [
    "RATES",
    "STATES",
    "Gstin",
    "Imported",
    "India",
    "ReverseCharge",
    "Supply",
    "Tcs",
    "Transfer",
    "are_components_right",
    "components",
    "gstin",
    "hsn_lengths",
    "hsn_summary",
    "imported",
    "is_adjustable",
    "is_hsn",
    "is_place",
    "own_transfer",
    "place_of_supply",
    "reverse_charge",
    "rules",
    "supply",
    "tcs",
    "transfer_value",
]
