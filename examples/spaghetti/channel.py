"""A sales channel: a table of what may be sold, counted down by its own orders; the same system in both stacks."""

from collections.abc import Mapping

from .world import Visit


class Channel:
    """The shop or the marketplace."""

    def __init__(self, name: str, table: Mapping[str, int]) -> None:
        self.name = name
        self._table = dict(table)
        self._stamps: dict[str, int] = {}
        self._pending: dict[str, Visit] = {}

    def shows(self, sku: str) -> int:
        """Return how many pieces of a SKU its page offers."""
        return self._table[sku]

    def has(self, visit: Visit) -> bool:
        """Tell whether a visitor is shown enough of all that is wanted."""
        return all(self._table[sku] >= pieces for sku, pieces in visit.wants)

    def sold(self, visit: Visit) -> None:
        """Count down what it has sold itself."""
        self._pending[visit.id] = visit
        for sku, pieces in visit.wants:
            self._table[sku] -= pieces

    def load(self, quantities: Mapping[str, int], *, stamp: int, known: Mapping[str, int], upto: int) -> None:
        """Take quantities over an older stamp, less its own orders that are not in them.

        `known` has the number of each order that the system behind it has taken, of which those up to `upto` are in.
        """
        inside = [id for id in self._pending if known.get(id, upto + 1) <= upto]
        for id in inside:
            del self._pending[id]
        fresh = {sku: q for sku, q in quantities.items() if self._stamps.get(sku, -1) < stamp}
        for visit in self._pending.values():
            for sku, pieces in visit.wants:
                if sku in fresh:
                    fresh[sku] -= pieces
        self._stamps |= dict.fromkeys(fresh, stamp)
        self._table |= fresh
