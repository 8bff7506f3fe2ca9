"""Which lots of bundles have a lot in them, and what went into a lot of a bundle. Nothing is stored; all is derived."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..catalog import Catalog
from ..inventory import LotPieces, goods, production
from ..ledger import State
from .events import of_lot

__all__ = ["MadeOf", "contents", "made_of"]


class MadeOf(NamedTuple):
    """A lot of a bundle, and how many pieces of another lot are in it."""

    bundle: str
    lot: str
    pieces: int


def made_of(sku: str, lot: str) -> Callable[[State, Catalog], tuple[MadeOf, ...]]:
    """Return the view of the bundles that a lot of a component went into: whoever recalls it recalls those, too."""

    def view(state: State, catalog: Catalog) -> tuple[MadeOf, ...]:
        found: dict[str, int] = {}
        for node in catalog.network.nodes:
            for part, held in state.parts(goods(sku), production(node.id)).items():
                if part.lot == lot and part.ref:
                    found[part.ref] = found.get(part.ref, 0) + held
        bundles = [product.sku for product in catalog.products if product.is_assembled]
        return tuple(
            [
                MadeOf(bundle, ref.removeprefix(start), pieces)
                for bundle in bundles
                for start in [of_lot("", bundle, "").ref]
                for ref, pieces in sorted(found.items())
                if ref.startswith(start) and pieces
            ]
        )

    return view


def contents(state: State, nodes: Iterable[str], bundle: str, lot: str, sku: str) -> tuple[LotPieces, ...]:
    """Return the pieces of a component, by lot, that are in a lot of a bundle, wherever that was made."""
    found: dict[str, int] = {}
    for node in nodes:
        into = of_lot(node, bundle, lot)
        for part, held in state.parts(goods(sku), into._replace(ref="")).items():
            if part.ref == into.ref and part.lot:
                found[part.lot] = found.get(part.lot, 0) + held
    return tuple([LotPieces(sku, held, lot) for lot, held in sorted(found.items()) if held > 0])
