"""What can happen to a stocked bundle: it is made of its components, or taken apart into them.

Pieces of one unit never become pieces of another: components leave for what their node makes of things, and bundles
come from there. So each unit is conserved by itself, and to a count both are a coming and a going
(docs/decisions/0039).
"""

from typing import ClassVar

from ..catalog import place_name
from ..errors import InvalidValue
from ..inventory import Lot, LotPieces, goods, production, sellable, shelf
from ..ledger import Account, Document, Movement
from ..values import frozen, identifier, positive

__all__ = ["Assembled", "Disassembled", "Recipe", "of_lot"]


def of_lot(node: str, bundle: str, lot: str) -> Account:
    """Return the account of what went into a lot of a bundle at a node: its parts are the lots of the components."""
    return production(node)._replace(ref=f"bundle:{bundle}/{lot}")


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

    def movements(self, lots: tuple[LotPieces, ...] = (), lot: str = "") -> tuple[Movement, ...]:
        """Make them: components out of sellable, bundles into it; of lots, and as one lot, under whose name they go."""
        node, here, maker = self.node, sellable(self.node), production(self.node)
        loose = [
            (sku, needed - sum([each.quantity for each in lots if each.sku == sku])) for sku, needed in self.used()
        ]
        used = [Movement(quantity, goods(sku), here, maker) for sku, quantity in loose if quantity]
        into = of_lot(node, self.bundle, lot)
        named = [Movement(p.quantity, goods(p.sku), shelf(node, p), into._replace(lot=p.lot)) for p in lots]
        came = Movement(self.quantity, goods(self.bundle), maker._replace(lot=lot), here._replace(lot=lot))
        return (*used, *named, came)


@frozen(kw_only=True)
class Assembled:
    """Bundles were made of their components, at one node.

    Moves: components, sellable -> production of the node; the bundle, production of the node -> sellable. `lots` are
    those of the components that have some, `lot` that of the bundles, `batch` its document where it is new or expires
    earlier.
    """

    kind: ClassVar[str] = "bundles.assembled"
    id: str
    recipe: Recipe
    lots: tuple[LotPieces, ...] = ()
    lot: str = ""
    batch: Lot | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Make them."""
        return self.recipe.movements(self.lots, self.lot)

    def documents(self) -> tuple[Document, ...]:
        """Set down the lot of the bundles."""
        return (self.batch,) if self.batch else ()


@frozen(kw_only=True)
class Disassembled:
    """Bundles were taken apart: the exact inverse of `Assembled`.

    Moves: the bundle, sellable -> production of the node; components, production of the node -> sellable, of `lots` and
    in the state that those may be in.
    """

    kind: ClassVar[str] = "bundles.disassembled"
    id: str
    recipe: Recipe
    lots: tuple[LotPieces, ...] = ()
    lot: str = ""

    def movements(self) -> tuple[Movement, ...]:
        """Take them apart."""
        made = self.recipe.movements(self.lots, self.lot)
        return tuple([Movement(m.quantity, m.unit, m.target, m.source) for m in made])

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
