"""What an order still wants, as routing is asked for it: pieces of a SKU, or whole kits where kits may not part.

A want of kits is offered by a node only as whole kits, and what it offers to one want it does not offer to the next, so
that a plan never tears a kit. That is cautious where a SKU is wanted both ways; therefore it is used only after a plan
by SKU, which is exact, has torn one, and kits come first.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ...catalog import Catalog, Product
from ...orders import LineQuantity, Order, bundles
from ...routing import Need

__all__ = ["Want", "by_kit", "by_sku", "offers", "taking"]


class Want(NamedTuple):
    """So many of something: its name in reasons, what one is as routing sees it, and the pieces of each line in it."""

    name: str
    quantity: int
    weight_g: int
    parts: tuple[LineQuantity, ...]
    volume_cm3: int = 0
    requires: tuple[str, ...] = ()

    def need(self) -> Need:
        """Return what routing is asked for."""
        return Need(self.name, self.quantity, self.weight_g, self.volume_cm3, self.requires)


def by_sku(catalog: Catalog, lines: Iterable[LineQuantity]) -> tuple[Want, ...]:
    """Return a want for each SKU; its parts are the lines that want it, each with all its pieces."""
    wants: dict[str, Want] = {}
    for line in lines:
        product = catalog.product(line.sku) or Product(sku=line.sku)
        known = wants.get(line.sku, Want(line.sku, 0, product.weight_g, (), product.volume_cm3, product.requires))
        wants[line.sku] = known._replace(quantity=known.quantity + line.quantity, parts=(*known.parts, line))
    return tuple(wants.values())


def by_kit(catalog: Catalog, order: Order, lines: Sequence[LineQuantity]) -> tuple[tuple[Want, ...], tuple[Want, ...]]:
    """Return a want for each kit of which whole ones are open, and one for each SKU of the pieces beside them."""
    known = {line.line: line for line in lines}
    kits, loose = list[Want](), list[LineQuantity]()
    for kit, number, parts in bundles(order, {line: quantity for line, _, quantity in lines}):
        if not kit:
            loose += [known[line]._replace(quantity=number) for line, _ in parts]
            continue
        pieces = tuple([known[line]._replace(quantity=each) for line, each in parts])
        products = [(product, each) for _, sku, each in pieces if (product := catalog.product(sku))]
        weight_g = sum([product.weight_g * each for product, each in products])
        volume_cm3 = sum([product.volume_cm3 * each for product, each in products])
        requires = tuple(dict.fromkeys([name for product, _ in products for name in product.requires]))
        kits.append(Want(order.unit(kit), number, weight_g, pieces, volume_cm3, requires))
    return tuple(kits), by_sku(catalog, loose)


def offers(wants: Sequence[Want], free: Mapping[str, int], capacity: int | None) -> tuple[tuple[int, ...], int | None]:
    """Return how many of each want a node has, and of how many wants it can handle the pieces.

    `free` are its pieces by SKU, `capacity` the pieces that it can still handle (None: any). It has more than is wanted
    where it does: what it keeps for others, and what its last pieces are worth, is by all that it has.
    """
    left = dict(free)
    given = []
    for want in wants:
        per = _per_sku(want)
        most = min([left[sku] // each for sku, each in per.items()])
        for sku, each in per.items():
            left[sku] -= min(most, want.quantity) * each
        given.append(most)
    largest = max([sum(_per_sku(want).values()) for want in wants])
    return tuple(given), None if capacity is None else capacity // largest


def taking(want: Want, quantity: int) -> tuple[tuple[LineQuantity, ...], Want]:
    """Return the pieces that so many of a want take from each line, the first lines first, and what is left of it."""
    if not _is_of_sku(want):
        return tuple([part._replace(quantity=part.quantity * quantity) for part in want.parts]), want
    taken, left = [], []
    for part in want.parts:
        own = min(part.quantity, quantity)
        quantity -= own
        taken += [part._replace(quantity=own)] if own else []
        left.append(part._replace(quantity=part.quantity - own))
    return tuple(taken), want._replace(parts=tuple(left))


def _is_of_sku(want: Want) -> bool:
    return want.parts[0].sku == want.name


def _per_sku(want: Want) -> dict[str, int]:
    """Return the pieces of each SKU that one of a want takes: one where it is a want of the SKU itself."""
    if _is_of_sku(want):
        return {want.name: 1}
    per: dict[str, int] = {}
    for _, sku, each in want.parts:
        per[sku] = per.get(sku, 0) + each
    return per
