"""Numbers that others issue: ours against a library's, and what is refused."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unicommerce.errors import InvalidValue
from unicommerce.tax import india

pytest.importorskip("stdnum")
pytest.importorskip("biip")

from stdnum.in_ import gstin as oracle

from unicommerce.extras.ids import gtin, tax_number, vat_number

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Draw what looks like a GSTIN; one in 36 has the right check digit, and so has one more that is made so."""
    state = draw(st.sampled_from(sorted({*india.STATES} - {"38", "96", "97"})))  # which the library does not know
    pan = "".join([draw(st.sampled_from(LETTERS)) for _ in range(3)]) + draw(st.sampled_from("ABCFGHLJPT"))
    pan += draw(st.sampled_from(LETTERS)) + draw(st.from_regex(r"[1-9]{4}", fullmatch=True))
    stem = f"{state}{pan}{draw(st.sampled_from(LETTERS))}{draw(st.sampled_from('123'))}Z"
    right = [sign for sign in DIGITS + LETTERS if india.gstin(f"{stem}{sign}")]
    return f"{stem}{draw(st.sampled_from([*right, *DIGITS, *LETTERS]))}"


@given(numbers())
def test_a_gstin_is_one_where_a_library_says_so(number: str) -> None:
    """Of the forms that both know."""
    assert (india.gstin(number) is not None) == oracle.is_valid(number)


@given(numbers())
def test_one_check_digit_fits(number: str) -> None:
    """Of 36 signs one is right."""
    assert len([sign for sign in DIGITS + LETTERS if india.gstin(f"{number[:14]}{sign}")]) == 1


@pytest.mark.parametrize(
    ("check", "number", "field"),
    [
        (vat_number, "DE136695977", "vat_number"),
        (vat_number, "XX1", "vat_number"),
        (partial(tax_number, country="IN"), "24AAQCA8719H1Z1", "tax_number"),
        (partial(tax_number, country="ZZ"), "1", "country"),
        (gtin, "4006381333932", "gtin"),
        (gtin, "mug", "gtin"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(check: Callable[[str], str], number: str, field: str) -> None:
    """The library's own words stand in the error."""
    with pytest.raises(InvalidValue, match=field):
        check(number)


def test_tax_numbers_are_known_of_a_country() -> None:
    """Indian ones too: the two ways agree."""
    assert tax_number("24AAQCA8719H1ZC", "IN") == "24AAQCA8719H1ZC"
