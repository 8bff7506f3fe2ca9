"""What can happen to a stocked bundle: it is made of its components, or taken apart into them.

Pieces of one unit never become pieces of another: components leave for what their node makes of things, and bundles
come from there. So each unit is conserved by itself, and to a count both are a coming and a going
(docs/decisions/0039).
"""

from typing import ClassVar

from ..catalog import place_name
from ..errors import InvalidValue
from ..inventory import goods, sellable
from ..ledger import Account, Document, Movement
from ..values import frozen, identifier, positive

__all__ = ["Assembled", "Disassembled", "Recipe", "production"]


def production(node: str) -> Account:
    """Return the account of what a node has made (below zero) and what it used for that.

    >>> production("dc").place
    'production:dc'
    """
    return Account(f"production:{node}", "made")


@frozen(kw_only=True)
class Recipe:
    """So many bundles of a SKU at a node, and the components (SKU, pieces) that one of them takes."""

    node: str
    bundle: str
    quantity: int
    components: tuple[tuple[str, int], ...]

    def __attrs_post_init__(self) -> None:
        place_name(self.node, "node")
        identifier(self.bundle, "bundle")
        positive(self.quantity, f"quantity of {self.bundle}")
        if not self.components or self.bundle in dict(self.components):
            raise InvalidValue("components", self.components, f"other SKUs than {self.bundle}, one or more")
        for sku, each in self.components:
            identifier(sku, "sku")
            positive(each, f"quantity of {sku}")

    @property
    def skus(self) -> tuple[str, ...]:
        """Return all SKUs that it concerns."""
        return (self.bundle, *dict(self.components))

    def used(self) -> tuple[tuple[str, int], ...]:
        """Return what all of them take, by SKU."""
        return tuple([(sku, each * self.quantity) for sku, each in self.components])

    def made(self) -> tuple[tuple[str, int], ...]:
        """Return the bundles themselves."""
        return ((self.bundle, self.quantity),)

    def movements(self) -> tuple[Movement, ...]:
        """Make them: components out of sellable, bundles into it."""
        shelf, maker = sellable(self.node), production(self.node)
        used = [Movement(quantity, goods(sku), shelf, maker) for sku, quantity in self.used()]
        return (*used, *(Movement(quantity, goods(sku), maker, shelf) for sku, quantity in self.made()))


@frozen(kw_only=True)
class Assembled:
    """Bundles were made of their components, at one node.

    Moves: components, sellable -> production of the node; the bundle, production of the node -> sellable.
    """

    kind: ClassVar[str] = "bundles.assembled"
    id: str
    recipe: Recipe

    def movements(self) -> tuple[Movement, ...]:
        """Make them."""
        return self.recipe.movements()

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Disassembled:
    """Bundles were taken apart: the exact inverse of `Assembled`.

    Moves: the bundle, sellable -> production of the node; components, production of the node -> sellable.
    """

    kind: ClassVar[str] = "bundles.disassembled"
    id: str
    recipe: Recipe

    def movements(self) -> tuple[Movement, ...]:
        """Take them apart."""
        return tuple([Movement(m.quantity, m.unit, m.target, m.source) for m in self.recipe.movements()])

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
