"""Pricing: what is paid for a line, discounts and charges counted in, as whole shares that sum to the whole."""

from .amounts import Amount, PriceMode, Rate, TaxPart, fee_minor, rate, summed, with_tax
from .documents import Charge, ChargeKind, Discount, Funder, LineDiscount, PriceLine, check_charges
from .proration import PricedLine, among, priced, spread
from .shares import Price, cut, dealt, share, shared, taken

__all__ = [
    "Amount",
    "Charge",
    "ChargeKind",
    "Discount",
    "Funder",
    "LineDiscount",
    "Price",
    "PriceLine",
    "PriceMode",
    "PricedLine",
    "Rate",
    "TaxPart",
    "among",
    "check_charges",
    "cut",
    "dealt",
    "fee_minor",
    "priced",
    "rate",
    "share",
    "shared",
    "spread",
    "summed",
    "taken",
    "with_tax",
]
