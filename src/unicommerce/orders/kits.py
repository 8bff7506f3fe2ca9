"""Kits: ordered as one line, kept as lines of their components, each with its share of the price.

Only components have pieces, so nothing is counted twice. What complete kits there are in a state follows from where
their components stand, and is stored nowhere. A kit that is asked for by its line means its components.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import attrs

from ..catalog import Catalog, Product
from ..ledger import State
from ..pricing import among
from ..values import allocate
from .documents import Order, OrderKit, OrderLine
from .events import LineState
from .views import PROGRESS, quantities_by_state

__all__ = ["Bundle", "bundles", "exploded", "in_lines", "kits_by_state", "whole_kits"]

ADVANCE = (*PROGRESS, LineState.CANCELED, LineState.LOST, LineState.RETURNED, LineState.DELIVERED, LineState.COLLECTED)
"""States of a kit, the least advanced first: it has reached the customer only whole."""


def exploded(order: Order, quantities: Mapping[str, int], catalog: Catalog) -> tuple[Order, Mapping[str, int]]:
    """Return an order and its pieces by line, with the components of each kit in the kit's place.

    The price of a kit falls on its pieces in proportion to their cost, evenly where a cost is not known, and to the
    last minor unit (relative stand-alone prices, estimated from cost: IFRS 15.76-79). Pieces of one SKU whose shares
    differ by a minor unit are lines of their own.

    >>> from unicommerce.catalog import Component
    >>> from unicommerce.values import Position
    >>> set_of_two = Product(sku="SET", components=(Component("MUG", 2),))
    >>> ordered = Order(
    ...     id="o1", pool="web", lines=(OrderLine(id="1", sku="SET", price_minor=999),), destination=Position(0, 0),
    ...     placed_at=0,
    ... )
    >>> order, pieces = exploded(ordered, {"1": 3}, Catalog(products=(set_of_two,)))
    >>> [(line.id, line.sku, line.price_minor, pieces[line.id]) for line in order.lines]
    [('1.1', 'MUG', 500, 3), ('1.2', 'MUG', 499, 3)]
    """
    if catalog.kits.keys().isdisjoint([line.sku for line in order.lines]):
        return order, quantities
    lines: list[OrderLine] = []
    kits: list[OrderKit] = [*order.kits]
    pieces: dict[str, int] = {}
    for line in order.lines:
        if (product := catalog.kits.get(line.sku)) is None:
            lines.append(line)
            own: tuple[tuple[str, int], ...] = ((line.id, 1),)
        else:
            parts = _discounted(line, tuple(_parts(line, product, catalog)))
            lines += [part for part, _ in parts]
            own = tuple([(part.id, quantity) for part, quantity in parts])
            kits.append(OrderKit(line.id, line.sku, line.price_minor, own))
        if line.id in quantities:
            pieces |= {part: quantities[line.id] * quantity for part, quantity in own}
    return attrs.evolve(order, lines=tuple(lines), kits=tuple(kits)), pieces


def _parts(line: OrderLine, kit: Product, catalog: Catalog) -> Iterator[tuple[OrderLine, int]]:
    """Yield the lines of a kit's components, and how many pieces of each one kit has."""
    known = [catalog.product(sku) for sku, _ in kit.components]
    costs = [product.cost_minor if product else 0 for product in known]
    weights = costs if all(costs) else [1] * len(costs)
    shares = iter(
        allocate(line.price_minor, [w for w, (_, q) in zip(weights, kit.components, strict=True) for _ in range(q)])
    )
    number = 0
    for sku, quantity in kit.components:
        own = sorted([next(shares) for _ in range(quantity)], reverse=True)
        for price in dict.fromkeys(own):
            number += 1
            yield OrderLine(id=f"{line.id}.{number}", sku=sku, price_minor=price), own.count(price)


def _discounted(kit: OrderLine, parts: tuple[tuple[OrderLine, int], ...]) -> tuple[tuple[OrderLine, int], ...]:
    """Return the lines of a kit's components with their shares of what was taken off it, in proportion to prices."""
    if not kit.discounts:
        return parts
    pieces = [each * kit.discounted for _, each in parts]
    shares = among([part.price_minor * n for (part, _), n in zip(parts, pieces, strict=True)], kit.discounts)
    rows = zip(parts, shares, pieces, strict=True)
    return tuple([(attrs.evolve(part, discounts=off, discounted=n), each) for (part, each), off, n in rows])


def in_lines(order: Order, quantities: Mapping[str, int]) -> Mapping[str, int]:
    """Return pieces by line, where kits may have been named by their line as ordered."""
    if order.kit_by_id.keys().isdisjoint(quantities):
        return quantities
    named = [
        (part, quantity * each)
        for line, quantity in quantities.items()
        for part, each in (order.kit_by_id[line].components if line in order.kit_by_id else ((line, 1),))
    ]
    return {part: sum([quantity for other, quantity in named if other == part]) for part, _ in named}


class Bundle(NamedTuple):
    """So many that are taken together: a `kit` by its line as ordered, or ("") single pieces of a line.

    `parts` are (line, pieces in one).
    """

    kit: str
    quantity: int
    parts: tuple[tuple[str, int], ...]


def bundles(order: Order, pieces: Mapping[str, int]) -> tuple[Bundle, ...]:
    """Return pieces by line as whole kits, and after them the pieces that are beside whole kits."""
    kits = [Bundle(kit.id, _whole(kit, pieces), kit.components) for kit in order.kits]
    taken = {line: number * each for _, number, parts in kits for line, each in parts}
    loose = [Bundle("", quantity - taken.get(line, 0), ((line, 1),)) for line, quantity in pieces.items()]
    return tuple([bundle for bundle in (*kits, *loose) if bundle.quantity])


def whole_kits(order: Order, parcels: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    """Return how many of each kit are whole within one of these parcels of pieces by line."""
    given = list(parcels)
    return {kit.id: sum([_whole(kit, pieces) for pieces in given]) for kit in order.kits}


def _whole(kit: OrderKit, pieces: Mapping[str, int]) -> int:
    return min([pieces.get(line, 0) // each for line, each in kit.components])


def kits_by_state(state: State, order: Order, kit: str) -> Mapping[LineState, int]:
    """Return the complete kits in each state that has some: a kit is as far as the least advanced of its pieces.

    Pieces beyond complete kits are in none.
    """
    held = [(quantities_by_state(state, order.unit(line)), each) for line, each in order.kit_by_id[kit].components]
    kits: dict[LineState, int] = {}
    counted = 0
    for at in range(len(ADVANCE) - 1, -1, -1):
        reached = min([sum([pieces.get(where, 0) for where in ADVANCE[at:]]) // each for pieces, each in held])
        if reached > counted:
            kits[ADVANCE[at]] = reached - counted
        counted = max(counted, reached)
    return kits
