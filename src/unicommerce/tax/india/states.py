"""States and territories of India: their codes, numbers of registrations, and where goods are supplied.

Codes are two digits; 96 stands for other countries, 97 for what lies in no state. The facts are from the CGST, UTGST
and IGST Acts and their rules as secondary pages quote them; they change, and nothing here is advice.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from ...errors import InvalidValue

__all__ = [
    "ABROAD",
    "STATES",
    "TERRITORIES",
    "Gstin",
    "Supply",
    "components",
    "gstin",
    "is_place",
    "place_of_supply",
    "state_of",
    "supply",
]

STATES: Mapping[str, str] = MappingProxyType(
    {
        "01": "Jammu and Kashmir",
        "02": "Himachal Pradesh",
        "03": "Punjab",
        "04": "Chandigarh",
        "05": "Uttarakhand",
        "06": "Haryana",
        "07": "Delhi",
        "08": "Rajasthan",
        "09": "Uttar Pradesh",
        "10": "Bihar",
        "11": "Sikkim",
        "12": "Arunachal Pradesh",
        "13": "Nagaland",
        "14": "Manipur",
        "15": "Mizoram",
        "16": "Tripura",
        "17": "Meghalaya",
        "18": "Assam",
        "19": "West Bengal",
        "20": "Jharkhand",
        "21": "Odisha",
        "22": "Chhattisgarh",
        "23": "Madhya Pradesh",
        "24": "Gujarat",
        "26": "Dadra and Nagar Haveli and Daman and Diu",
        "27": "Maharashtra",
        "29": "Karnataka",
        "30": "Goa",
        "31": "Lakshadweep Islands",
        "32": "Kerala",
        "33": "Tamil Nadu",
        "34": "Puducherry",
        "35": "Andaman and Nicobar Islands",
        "36": "Telangana",
        "37": "Andhra Pradesh",
        "38": "Ladakh",
        "96": "Other Countries",
        "97": "Other Territory",
    }
)
"""Names of states as returns spell them, by code."""

TERRITORIES = frozenset(("04", "26", "31", "35", "38", "97"))
"""Union territories without a legislature of their own, where UTGST stands in for SGST (CGST Act, section 2(114))."""

ABROAD = "96"
INVOICE_ADDRESS_FROM = "2023-10-01"
"""From when an unregistered buyer's address on the invoice counts (IGST Act, section 10(1)(ca))."""

_GSTIN = re.compile(r"[0-9]{2}[A-Z]{4}[A-Z0-9][0-9]{4}[A-Z][1-9A-Z][ZCD][0-9A-Z]")
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Supply(StrEnum):
    """How a supply lies to the supplier's state."""

    INTRA = "intra"
    INTER = "inter"
    NONE = "none"


class Gstin(NamedTuple):
    """What the number of a registration says: its state, whose it is (PAN), and whether it collects at source."""

    state: str
    pan: str
    is_collector: bool


def gstin(text: str, *, is_checked: bool = True) -> Gstin | None:
    """Return what a GSTIN says, or None where it is none; sandbox numbers fail the check digit, so it can be left out.

    The check digit: base 36, factors 1 and 2 in turn from the left, quotient and remainder by 36 summed.

    >>> gstin("24AAQCA8719H1ZC")
    Gstin(state='24', pan='AAQCA8719H', is_collector=False)
    """
    if not _GSTIN.fullmatch(text) or text[:2] not in STATES:
        return None
    total = sum([sum(divmod(_BASE_36.index(sign) * (1 + place % 2), 36)) for place, sign in enumerate(text[:14])])
    if is_checked and _BASE_36[-total % 36] != text[14]:
        return None
    return Gstin(text[:2], text[2:12], text[13] == "C")


def state_of(code: str, field: str) -> str:
    """Return the code of a state if it is one."""
    if code in STATES:
        return code
    raise InvalidValue(field, code, "the two digits of a state")


def supply(supplier_state: str, place: str) -> Supply:
    """Return how a place of supply lies to the supplier's state; the buyer's own registration does not matter."""
    same = state_of(supplier_state, "supplier_state") == state_of(place, "place_of_supply")
    return Supply.INTRA if same else Supply.INTER


def components(supplier_state: str, place: str) -> tuple[str, ...]:
    """Return the components that are due (CGST Act, section 9; IGST Act, section 5; UTGST Act, section 7).

    >>> components("24", "24"), components("04", "04"), components("24", "27")
    (('CGST', 'SGST'), ('CGST', 'UTGST'), ('IGST',))
    """
    if supply(supplier_state, place) == Supply.INTER:
        return ("IGST",)
    return ("CGST", "UTGST" if place in TERRITORIES else "SGST")


def place_of_supply(
    supplier_state: str,
    *,
    is_registered: bool,
    billing_state: str = "",
    delivery_state: str = "",
    third_person_state: str = "",
    goods_state: str = "",
    is_moved: bool = True,
    tax_date: str = INVOICE_ADDRESS_FROM,
) -> str:
    """Return the state where goods are supplied (IGST Act, section 10(1); CBIC Circular 209/3/2024).

    An unregistered buyer's address on the invoice, the delivery address first, counts from 2023-10-01, else the
    supplier's. Where a third person directs the delivery (bill-to, ship-to), its principal place counts; where nothing
    moves, the place of the goods; else where movement ends.

    >>> place_of_supply("24", is_registered=False, billing_state="27", delivery_state="29")
    '29'
    """
    if not is_registered and tax_date >= INVOICE_ADDRESS_FROM:
        return delivery_state or billing_state or supplier_state
    if third_person_state:
        return third_person_state
    if not is_moved:
        return goods_state or supplier_state
    return delivery_state or goods_state or supplier_state


def is_place(text: str) -> bool:
    """Tell whether a place of supply is written as returns take it: code and name, or the code of a state alone.

    >>> is_place("96-Other Countries"), is_place("96-Others"), is_place("24-Gujarat"), is_place("96")
    (True, False, True, False)
    """
    code, hyphen, name = text.partition("-")
    return code in STATES and (name == STATES[code] if hyphen else code != ABROAD)
