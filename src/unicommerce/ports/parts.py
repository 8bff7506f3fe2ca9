"""What papers are made of: lines of orders, pieces of goods, addresses; and how each is checked."""

from math import gcd
from typing import NamedTuple

from ..errors import InvalidValue
from ..values import LARGEST, identifier, positive, whole

__all__ = ["Address", "Answer", "Item", "Line", "check_ids", "check_items", "check_lines"]


class Line(NamedTuple):
    """A line of an order: a price for each piece; discount and tax for all its pieces together.

    - `price_minor` is for `price_per` pieces, in lowest terms: 0.0125 USD each is 5 for 4. Nothing is rounded.
    - `uom`: the unit that `quantity` and price are in, by the code of the sender (`CA`, `YD`); none: pieces.
    - `due_at`: when it is wanted, where it has a moment of its own.
    """

    id: str
    sku: str
    quantity: int
    price_minor: int = 0
    discount_minor: int = 0
    tax_minor: int = 0
    price_per: int = 1
    uom: str = ""
    due_at: int | None = None

    @classmethod
    def of_amount(
        cls, id: str, sku: str, quantity: int, amount_minor: int, *, discount_minor: int = 0, tax_minor: int = 0
    ) -> "Line":
        """Return a line of which is known what all its pieces cost, before discount.

        The price of a piece is rounded up, and what that adds is a discount: no minor unit is lost or made.

        >>> line = Line.of_amount("1", "MUG", 3, 1_000)
        >>> line.price_minor, line.discount_minor, 3 * line.price_minor - line.discount_minor
        (334, 2, 1000)
        """
        if amount_minor and not quantity:
            raise InvalidValue(f"line {id}.quantity", quantity, "pieces that cost something")
        price_minor = -(-amount_minor // quantity) if quantity else 0
        over_minor = price_minor * quantity - amount_minor
        return cls(id, sku, quantity, price_minor, discount_minor + over_minor, tax_minor)


class Answer(NamedTuple):
    """What becomes of pieces of a line that is bought: their state, and when they come."""

    line: str
    quantity: int
    state: str = ""
    due_at: int | None = None
    uom: str = ""


class Item(NamedTuple):
    """Pieces of a SKU; of which line of an order, in which state, unit, lot and package, where that is said."""

    sku: str
    quantity: int
    line: str = ""
    state: str = ""
    uom: str = ""
    lot: str = ""
    package: str = ""


class Address(NamedTuple):
    """Where something goes, as far as routing and tax need it; names and streets are the sender's to keep."""

    country: str = ""
    region: str = ""
    postal_code: str = ""
    city: str = ""


def check_ids(paper: object, form: str, *names: str) -> None:
    """Check that fields of a paper can name something."""
    for name in names:
        identifier(getattr(paper, name), f"{form}.{name}")


def check_lines(form: str, lines: tuple[Line, ...]) -> None:
    """Check the lines of an order; each has an id of its own."""
    if len({line.id for line in lines}) < len(lines):
        raise InvalidValue(f"{form}.lines", [line.id for line in lines], "lines with ids of their own")
    for line in lines:
        identifier(line.id, f"{form}.line")
        identifier(line.sku, f"{form}.line {line.id}.sku")
        whole(line.quantity, f"{form}.line {line.id}.quantity")
        for amount in (line.price_minor, line.discount_minor, line.tax_minor):
            whole(amount, f"{form}.line {line.id} amount", -LARGEST)
        positive(line.price_per, f"{form}.line {line.id}.price_per")
        if gcd(line.price_minor, line.price_per) != 1 and line.price_per != 1:
            price = (line.price_minor, line.price_per)
            raise InvalidValue(f"{form}.line {line.id}.price_minor for price_per", price, "lowest terms")


def check_items(form: str, items: tuple[Item, ...], least: int = 1) -> None:
    """Check pieces of goods."""
    for item in items:
        identifier(item.sku, f"{form}.sku")
        whole(item.quantity, f"{form}.quantity of {item.sku}", least)
