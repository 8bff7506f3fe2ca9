"""Numbers that others issue, checked where they enter: tax numbers of any country, GTINs (extra `ids`).

A check digit says that a number may exist, never that it does; ask the authority (VIES, GSTN) for that. The check digit
of a GSTIN needs no library and is in `unicommerce.tax.india`; its rules for a place and a document rest on it.
"""

from ..errors import InvalidValue

__all__ = ["gtin", "tax_number", "vat_number"]


def vat_number(text: str, field: str = "vat_number") -> str:
    """Return a VAT number of the Union in its compact form, with its country.

    Raises `InvalidValue` for one that cannot be, `ModuleNotFoundError` without python-stdnum.

    >>> vat_number("DE 136,695 976")
    'DE136695976'
    """
    from stdnum.eu import vat
    from stdnum.exceptions import ValidationError

    try:
        return vat.validate(text)
    except ValidationError as error:
        raise InvalidValue(field, text, f"a VAT number of the Union ({error})") from None


def tax_number(text: str, country: str, field: str = "tax_number") -> str:
    """Return a number of a country's value added or goods and services tax in its compact form (ISO 3166 code).

    Raises `InvalidValue` for one that cannot be and for a country whose numbers are not known, `ModuleNotFoundError`
    without python-stdnum.

    >>> tax_number("CHE-107.787.577 IVA", "CH")
    'CHE107787577IVA'
    """
    from stdnum import get_cc_module
    from stdnum.exceptions import ValidationError

    module = get_cc_module(country, "vat") or get_cc_module(country, "gstin")
    if module is None:
        raise InvalidValue("country", country, "a country whose tax numbers are known")
    try:
        return str(module.validate(text))
    except ValidationError as error:
        raise InvalidValue(field, text, f"a tax number of {country} ({error})") from None


def gtin(text: str, field: str = "gtin") -> str:
    """Return a GTIN of 8, 12, 13 or 14 digits as 14 digits, so that one article has one number.

    Raises `InvalidValue` for one that cannot be, `ModuleNotFoundError` without biip.

    >>> gtin("4006381333931")
    '04006381333931'
    """
    from biip import ParseError
    from biip.gtin import Gtin

    try:
        return Gtin.parse(text).as_gtin_14()
    except ParseError as error:
        raise InvalidValue(field, text, f"a GTIN ({error})") from None
