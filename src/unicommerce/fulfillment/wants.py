"""What an order still wants, as routing is asked for it: pieces of a SKU, or whole kits where kits may not part.

A want of kits is offered by a node only as whole kits, from what it has left beside the order's other pieces, so that a
plan never tears a kit. That is cautious where a SKU is wanted both ways; therefore it is used only after a plan by SKU,
which is exact, has torn one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..catalog import Catalog
from ..orders import LineQuantity, Order
from ..routing import Need

__all__ = ["Want", "by_kit", "by_sku", "is_torn", "offers", "taking"]


class Want(NamedTuple):
    """So many of something: its name in reasons, and the pieces of each line that one of it takes."""

    name: str
    quantity: int
    weight_g: int
    parts: tuple[LineQuantity, ...]

    def need(self) -> Need:
        """Return what routing is asked for."""
        return Need(self.name, self.quantity, self.weight_g)


def by_sku(catalog: Catalog, lines: Iterable[LineQuantity]) -> tuple[Want, ...]:
    """Return a want for each SKU; its parts are the lines that want it, each with all its pieces."""
    wants: dict[str, Want] = {}
    for line in lines:
        product = catalog.product(line.sku)
        known = wants.get(line.sku, Want(line.sku, 0, product.weight_g if product else 0, ()))
        wants[line.sku] = known._replace(quantity=known.quantity + line.quantity, parts=(*known.parts, line))
    return tuple(wants.values())


def by_kit(catalog: Catalog, order: Order, lines: Sequence[LineQuantity]) -> tuple[Want, ...]:
    """Return a want for each kit of which whole ones are open, and for each SKU of the pieces beside them."""
    left = {line.line: line for line in lines}
    kits = []
    for kit in order.kits:
        whole = _whole(kit.components, {line: each.quantity for line, each in left.items()})
        if not whole:
            continue
        parts = tuple([left[line]._replace(quantity=each) for line, each in kit.components])
        products = [(catalog.product(part.sku), part.quantity) for part in parts]
        weight = sum([product.weight_g * each for product, each in products if product])
        kits.append(Want(order.unit(kit.id), whole, weight, parts))
        for line, each in kit.components:
            left[line] = left[line]._replace(quantity=left[line].quantity - whole * each)
    return (*by_sku(catalog, [line for line in left.values() if line.quantity]), *kits)


def _whole(components: Iterable[tuple[str, int]], pieces: Mapping[str, int]) -> int:
    return min([pieces.get(line, 0) // each for line, each in components])


def is_torn(order: Order, open_lines: Sequence[LineQuantity], shipments: Sequence[Sequence[LineQuantity]]) -> bool:
    """Tell whether pieces of one kit would go without the others; pieces that are loose already may go as they like."""
    opened = {line: quantity for line, _, quantity in open_lines}
    given = [{line: quantity for line, _, quantity in lines} for lines in shipments]
    for kit in order.kits:
        loose = {line: opened.get(line, 0) - _whole(kit.components, opened) * each for line, each in kit.components}
        together = sum([_whole(kit.components, pieces) for pieces in given])
        for line, each in kit.components:
            if sum([pieces.get(line, 0) for pieces in given]) > together * each + loose[line]:
                return True
    return False


def offers(wants: Sequence[Want], free: Mapping[str, int], capacity: int | None) -> tuple[tuple[int, ...], int | None]:
    """Return how many of each want a node could give, and of how many wants it can handle the pieces.

    `free` are its pieces by SKU, `capacity` the pieces that it can still handle (None: any).
    """
    left = dict(free)
    given = []
    for want in wants:
        per = _per_sku(want)
        if (most := min([left[sku] // each for sku, each in per.items()])) and len(wants) > 1:
            for sku, each in per.items():
                left[sku] = max(left[sku] - want.quantity * each, 0)
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
