"""A marketplace's own centers: goods of ours at a node that we do not control.

Such a node is of the kind `VENDOR` and not open, so that no claim of ours can be placed there; what it holds is what
its counts say and what it has reported as sent since, and no pool sells it. Who lets orders of ours be shipped from
there opens the node, and its claims are then ours like all others.
"""

from collections.abc import Callable
from typing import NamedTuple

from ..catalog import Catalog, Node, NodeKind
from ..counts import SHELF, count_key
from ..inventory import on_hand
from ..ledger import State
from ..values import Position

__all__ = ["AtCenter", "at_centers", "center"]


def center(id: str, position: Position) -> Node:
    """Return the node of a marketplace's centers.

    >>> center("fba", Position.of(39.5, -119.8)).is_open
    False
    """
    return Node(id=id, position=position, kind=NodeKind.VENDOR, is_open=False)


class AtCenter(NamedTuple):
    """What a center holds of a SKU by the record, and as of when it last counted (ms UTC; None: never)."""

    node: str
    sku: str
    on_hand: int
    counted_at: int | None


def at_centers(sku: str) -> Callable[[State, Catalog], tuple[AtCenter, ...]]:
    """Return the view of what stands at centers of marketplaces: pieces of ours that no pool of ours sells."""

    def view(state: State, catalog: Catalog) -> tuple[AtCenter, ...]:
        nodes = [each.id for each in catalog.network.nodes if each.kind is NodeKind.VENDOR and not each.is_open]
        return tuple([_at(state, node, sku) for node in nodes])

    return view


def _at(state: State, node: str, sku: str) -> AtCenter:
    counts = [state.document(count_key(node, sku, of)) for of in ("", SHELF)]
    moments = [count.revision for count in counts if count is not None]
    return AtCenter(node, sku, on_hand(state, node=node, sku=sku), max(moments, default=None))
