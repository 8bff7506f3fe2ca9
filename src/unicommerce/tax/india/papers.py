"""Papers of GST: own transfers, imports, marketplaces, reverse charge, notes, and what may stand on them."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from ...errors import InvalidValue
from ...values import whole
from ..answers import TaxAnswer
from ..documents import checked_date, rate_of
from ..reckoning import half_up
from .states import Supply, components, supply

__all__ = [
    "UNTAXED",
    "HsnRow",
    "Imported",
    "ReverseCharge",
    "Tcs",
    "Transfer",
    "are_components_right",
    "hsn_lengths",
    "hsn_summary",
    "imported",
    "is_adjustable",
    "is_hsn",
    "own_transfer",
    "reverse_charge",
    "tcs",
    "transfer_value",
]

TCS_CUT_FROM = "2024-07-10"
"""From when marketplaces collect 0.5 % and no longer 1 % (Notification 15/2024, Central Tax)."""

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

_CODES: Mapping[str, tuple[str, ...]] = MappingProxyType({Supply.INTRA: ("CGST", "SGST"), Supply.INTER: ("IGST",)})

UNTAXED = frozenset(("composition", "unregistered", "nil_rated", "exempt", "non_gst"))
"""Schemes of a supplier and treatments of goods under which no tax is charged."""


class Transfer(NamedTuple):
    """What goods of one owner that move from one registration to another are taken for."""

    supply: Supply
    document: str
    components: tuple[str, ...]
    may_claim_credit: bool


def own_transfer(
    from_state: str, to_state: str, *, is_one_pan: bool = True, from_gstin: str = "", to_gstin: str = ""
) -> Transfer:
    """Return what a transfer of own goods is: between two registrations a supply with a tax invoice, within one none.

    Two registrations of one PAN are distinct persons (CGST Act, section 25(4), Schedule I, paragraph 2). Where no
    numbers are given, one state is taken for one registration of that owner.

    >>> own_transfer("24", "33").document, own_transfer("24", "24").document
    ('tax_invoice', 'delivery_challan')
    """
    is_one = from_gstin == to_gstin if from_gstin and to_gstin else is_one_pan and from_state == to_state
    if is_one:
        return Transfer(Supply.NONE, "delivery_challan", (), may_claim_credit=False)
    due = components(from_state, to_state)
    return Transfer(supply(from_state, to_state), "tax_invoice", due, may_claim_credit=True)


def transfer_value(
    *,
    open_market_minor: int | None = None,
    like_kind_minor: int | None = None,
    cost_minor: int | None = None,
    resale_minor: int | None = None,
) -> int:
    """Return the taxable value of a transfer between own registrations (CGST Rules, rules 28 and 30).

    The first of these that is given: 90 % of the receiver's resale price, an option of the supplier; the open market
    value; that of goods of like kind; 110 % of the cost.

    >>> transfer_value(resale_minor=140_000_00), transfer_value(open_market_minor=130_000_00, cost_minor=100_000_00)
    (12600000, 13000000)
    """
    rules_in_order = (
        (resale_minor, Fraction(9, 10)),
        (open_market_minor, Fraction(1)),
        (like_kind_minor, Fraction(1)),
        (cost_minor, Fraction(11, 10)),
    )
    for value, factor in rules_in_order:
        if value is not None:
            return half_up(whole(value, "value_minor") * factor)
    raise InvalidValue("value_minor", None, "one of the values of rule 28")


class Imported(NamedTuple):
    """What an import costs at the border: the value that is taxed, the integrated tax, and both it and the duty."""

    value_minor: int
    tax_minor: int
    payable_minor: int


def imported(goods_minor: int, duty_minor: int, rate: str) -> Imported:
    """Return the integrated tax on an import, due on the goods and their duty (Customs Tariff Act, section 3(7)).

    >>> imported(100_00, 100_00, "0.18")
    Imported(value_minor=20000, tax_minor=3600, payable_minor=13600)
    """
    value = whole(goods_minor, "goods_minor") + whole(duty_minor, "duty_minor")
    tax = half_up(value * rate_of(rate))
    return Imported(value, tax, duty_minor + tax)


class HsnRow(NamedTuple):
    """What a return says of all goods of one commodity code."""

    hsn: str
    quantity: int
    taxable_minor: int
    tax_minor: int
    total_minor: int


def hsn_summary(answer: TaxAnswer) -> tuple[HsnRow, ...]:
    """Return the sums of an answer by commodity code, as they first appear."""
    rows: dict[str, HsnRow] = {}
    for line in answer.lines:
        known = rows.get(line.commodity, HsnRow(line.commodity, 0, 0, 0, 0))
        added = (line.quantity, line.net_minor, line.tax_minor, line.gross_minor)
        rows[line.commodity] = HsnRow(line.commodity, *[a + b for a, b in zip(known[1:], added, strict=True)])
    return tuple(rows.values())


class Tcs(NamedTuple):
    """What a marketplace collects at source in a month: on which value, and how much by component."""

    base_minor: int
    amounts: tuple[tuple[str, int], ...]


def tcs(supplies_minor: int, returns_minor: int, *, period: str, kind: str) -> Tcs:
    """Return what a marketplace collects on supplies less returns of a period (CGST Act, section 52), never below zero.

    `period` is a month, or a date where a rate changed within it, as in July 2024; `kind` is of `Supply`. Components
    are rounded alone, half up. Raises `InvalidValue` for a month of two rates.

    >>> tcs(100_000_00, 20_000_00, period="2024-08", kind="intra").amounts
    (('CGST', 20000), ('SGST', 20000))
    """
    base = max(whole(supplies_minor, "supplies_minor") - whole(returns_minor, "returns_minor"), 0)
    return Tcs(base, _in_parts(base * _tcs_rate(period), kind))


def _in_parts(tax: Fraction, kind: str) -> tuple[tuple[str, int], ...]:
    """Return a tax in the components of a supply, each rounded alone."""
    if kind not in _CODES:
        raise InvalidValue("kind", kind, f"one of {', '.join(_CODES)}")
    return tuple([(code, half_up(tax / len(_CODES[kind]))) for code in _CODES[kind]])


def _tcs_rate(period: str) -> Fraction:
    is_month = _MONTH.fullmatch(period)
    if period == TCS_CUT_FROM[:7]:
        raise InvalidValue("period", period, f"the days before {TCS_CUT_FROM} and those from then on, each by a date")
    date = f"{period}-01" if is_month else checked_date(period, "period")
    return Fraction(1, 200) if date >= TCS_CUT_FROM else Fraction(1, 100)


def is_adjustable(supply_date: str, note_date: str) -> bool:
    """Tell whether a credit note still adjusts the tax: until 30 November after the year of supply (section 34).

    An annual return that was filed before ends it sooner; the year is from April to March.

    >>> is_adjustable("2025-03-15", "2025-11-30"), is_adjustable("2025-03-15", "2025-12-01")
    (True, False)
    """
    year, month = int(checked_date(supply_date, "supply_date")[:4]), int(supply_date[5:7])
    return checked_date(note_date, "note_date") <= f"{year + (month > 3)}-11-30"


class ReverseCharge(NamedTuple):
    """Whether the buyer owes the tax of a purchase, how much by component, and what the supplier is paid."""

    applies: bool
    amounts: tuple[tuple[str, int], ...]
    tax_charged_minor: int
    payable_minor: int


def reverse_charge(
    total_minor: int, *, threshold_minor: int, is_supplier_registered: bool, rate: str, kind: str
) -> ReverseCharge:
    """Return what becomes of a purchase from somebody who is not registered: above a threshold the buyer owes the tax.

    >>> reverse_charge(10_000_00, threshold_minor=5_000_00, is_supplier_registered=False, rate="0.18", kind="intra")
    ReverseCharge(applies=True, amounts=(('CGST', 90000), ('SGST', 90000)), tax_charged_minor=0, payable_minor=1000000)
    """
    applies = whole(total_minor, "total_minor") > threshold_minor and not is_supplier_registered
    owed = _in_parts(total_minor * rate_of(rate), kind)
    return ReverseCharge(applies, owed if applies else (), 0, total_minor)


def are_components_right(
    charged: Sequence[str],
    *,
    supplier_state: str = "",
    place: str = "",
    scheme: str = "",
    is_supplier_registered: bool = True,
    treatment: str = "",
    from_gstin: str = "",
    to_gstin: str = "",
) -> bool:
    """Tell whether a document may charge these components, as far as what is given can tell.

    No tax comes from a supplier who is not registered or under composition, on what is nil-rated, exempt or outside
    GST, or between one and the same registration. CGST comes with SGST or UTGST, IGST alone; the states say which.

    >>> are_components_right(["CGST", "SGST"], supplier_state="24", place="29")
    False
    """
    if not charged:
        return True
    is_one = bool(from_gstin) and from_gstin == to_gstin
    if is_one or scheme in UNTAXED or treatment in UNTAXED or not is_supplier_registered:
        return False
    if supplier_state and place:
        return set(charged) == set(components(supplier_state, place))
    return set(charged) in ({"CGST", "SGST"}, {"CGST", "UTGST"}, {"IGST"})


def hsn_lengths(min_digits: int) -> tuple[int, ...]:
    """Return how many digits a commodity code may have, where the turnover asks for so many at least.

    >>> hsn_lengths(6)
    (6, 8)
    """
    return tuple([length for length in (4, 6, 8) if length >= min_digits])


def is_hsn(text: str, min_digits: int) -> bool:
    """Tell whether a commodity code is one by its form."""
    return text.isascii() and text.isdigit() and len(text) in hsn_lengths(min_digits)
