"""What the models of Amazon's Selling Partner API have in common: markets, amounts, addresses, pieces, errors."""

from collections.abc import Callable, Mapping

from unicommerce.errors import InvalidValue
from unicommerce.ports import Address, Fields, Item, Message, Paper

__all__ = ["MARKETS", "Reader", "address", "body_of", "money", "piece", "tracking"]

Reader = Callable[[Fields, Message], list[Paper]]

MARKETS: Mapping[str, str] = {
    "ATVPDKIKX0DER": "USD",
    "A2EUQ1WTGCTBG2": "CAD",
    "A1AM78C64UM0Y8": "MXN",
    "A2Q3Y263D00KWC": "BRL",
    "A1F83G8C2ARO7P": "GBP",
    "A1PA6795UKMFR9": "EUR",
    "A13V1IB3VIYZZH": "EUR",
    "APJ6JRA9NG5V4": "EUR",
    "A1RKKUPIHCS9HS": "EUR",
    "A21TJRUUN4KGV": "INR",
    "A1VC38T7YXB528": "JPY",
    "A39IBJ37TRP1C6": "AUD",
}
"""The currency of a marketplace, for orders that are not paid yet and say no amount."""
ADDRESS = (
    "name", "companyName", "addressLine1", "addressLine2", "addressLine3", "districtOrCounty", "municipality", "phone",
    "addressType", "extendedFields", "district", "phoneNumber", "county",
)  # fmt: skip


def money(fields: Fields, name: str, currency: str, code: str, value: str) -> int:
    """Return an amount of one currency; nothing where it is not there."""
    if not fields.has(name):
        return 0
    if (found := fields.one(name).text(code)) != currency:
        raise InvalidValue(f"{name}.{code}", found, currency)
    return fields.one(name).minor(value, currency)


def address(fields: Fields) -> Address:
    """Return where something goes, as all models but the oldest write it."""
    fields.leave(*ADDRESS)
    return Address(
        country=fields.text("countryCode", ""),
        region=fields.text("stateOrRegion", fields.text("state", "")),
        postal_code=fields.text("postalCode", ""),
        city=fields.text("city", ""),
    )


def piece(fields: Fields, line: str, sku: str, quantity: str) -> Item:
    """Return pieces of a line; where no SKU is said they go by the line's id."""
    return Item(fields.id(sku, fields.id(line)), fields.whole(quantity, least=1), fields.id(line))


def tracking(number: str) -> tuple[str, ...]:
    """Return the numbers that a carrier knows a package by."""
    return (number,) if number else ()


def body_of(message: Message) -> Fields:
    """Return the fields of a message. Raises `InvalidValue` for a reply of errors, with the code of the first."""
    body = Fields.parsed(message.body, list_as="list")
    if body.has("errors"):
        error = body.many("errors")
        raise InvalidValue("errors", error[0].text("code", "") if error else "", "a reply, not errors")
    return body
