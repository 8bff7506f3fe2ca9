"""A till and what it may sell offline; a sale and which pieces it took.

Rights are a firm claim at the till's node under its name: a plain balance that only the till itself draws down, or the
declared loss of it. The till's document is replaced by whatever draws on its rights, so that no two of those can take
the same piece; nothing else waits for it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..catalog import Catalog, place_name
from ..errors import InvalidValue
from ..inventory import CUSTOMER, GoodsState
from ..ledger import Account, Key
from ..pricing import Amount
from ..values import frozen, identifier, positive

__all__ = ["DRAWN", "Sale", "SaleLine", "Till", "in_components", "sale_key", "sold_to", "stands", "till_key"]

DRAWN = (GoodsState.QUARANTINE, GoodsState.RESERVED, GoodsState.SELLABLE)
"""Where a sale takes its pieces from, in this order: what was set aside when the till was given up for lost, its
rights, and the shelf, whatever that holds."""


@frozen(kw_only=True)
class Till:
    """A till, the node that it stands at, and the SKUs that it was ever given rights to.

    `is_lost`: it was given up for lost, and has no rights until it is found.
    """

    id: str
    revision: int = 1
    node: str
    skus: tuple[str, ...] = ()
    is_lost: bool = False

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "till")
        positive(self.revision, "revision")
        place_name(self.node, "node")

    @property
    def key(self) -> "Key[Till]":
        """Return the key."""
        return till_key(self.id)

    @property
    def due_at(self) -> None:
        """Ask for nothing: no clock ends a right."""
        return

    @property
    def ref(self) -> str:
        """Return on whose behalf its rights are reserved."""
        return f"till:{self.id}"


class SaleLine(NamedTuple):
    """Pieces of a SKU, and the state at the till's node that they were taken from or given back to."""

    sku: str
    quantity: int
    state: str


@frozen(kw_only=True)
class Sale:
    """What a till sold, and from where each piece was taken: what a void gives back to.

    `takings` are what its customer paid, in minor units of a currency; "": its paper says nothing of money.
    """

    id: str
    till: str
    node: str
    lines: tuple[SaleLine, ...]
    revision: int = 1
    currency: str = ""
    takings: Amount = Amount()

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "sale")
        identifier(self.till, "till")
        place_name(self.node, "node")
        for sku, quantity, state in self.lines:
            identifier(sku, "sku")
            positive(quantity, f"quantity of {sku}")
            if state not in DRAWN:
                raise InvalidValue(f"state of {sku}", state, f"one of {', '.join(DRAWN)}")

    @property
    def key(self) -> "Key[Sale]":
        """Return the key."""
        return sale_key(self.id)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return

    def pieces(self) -> tuple[tuple[str, int], ...]:
        """Return the pieces by SKU, wherever they were taken from."""
        return _summed([(sku, quantity) for sku, quantity, _ in self.lines])

    def under_rights(self) -> tuple[tuple[str, int], ...]:
        """Return those of the pieces that were not taken from the shelf."""
        return _summed([(sku, quantity) for sku, quantity, state in self.lines if state != GoodsState.SELLABLE])


def _summed(lines: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = {}
    for sku, quantity in lines:
        sums[sku] = sums.get(sku, 0) + quantity
    return tuple(sorted(sums.items()))


def in_components(catalog: Catalog, pieces: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return pieces by SKU with those of kits as their components: a kit is sold as they are and is never in stock.

    >>> from unicommerce.catalog import Component, Product
    >>> pair = Product(sku="PAIR", components=(Component("MUG", 2),))
    >>> in_components(Catalog(products=(pair,)), [("MUG", 1), ("PAIR", 3)])
    (('MUG', 7),)
    """
    kits = catalog.kits
    parts = [(sku, q, kits[sku].components if sku in kits else ((sku, 1),)) for sku, q in pieces]
    return _summed([(part, quantity * per) for _, quantity, components in parts for part, per in components])


def till_key(till: str) -> Key[Till]:
    """Return the key of a till's document."""
    return Key("tills.till", till)


def sale_key(sale: str) -> Key[Sale]:
    """Return the key of a sale's document."""
    return Key("tills.sale", sale)


def stands(node: str, till: str, state: str) -> Account:
    """Return the account at a node that a till takes from or gives back to: in its own name, but for the shelf.

    >>> stands("store", "t1", "reserved").ref, stands("store", "t1", "sellable").ref
    ('till:t1', '')
    """
    return Account(node, state, "" if state == GoodsState.SELLABLE else f"till:{till}")


def sold_to(sale: str) -> Account:
    """Return the account of what the customer still has of a sale; below zero: it came back before it was told."""
    return CUSTOMER._replace(ref=f"sale:{sale}")
