"""A naive reference of claims: pieces by claim, and what is free by trying every set of pools there is.

It knows no accounts, guards, documents or groups: only who claimed what where, what is on the shelves, and the rules.
"""

from collections.abc import Iterable, Iterator, Mapping

import attrs

from tests.laws.invariants import sets_of
from unicommerce.catalog import Catalog, Channel, pool_place

Pieces = dict[str, int]


@attrs.define
class Held:
    """What the reference knows of a claim: pieces that are held and firm, and until when."""

    place: str
    channel: str
    held: Pieces
    firm: Pieces
    until: int | None = None
    is_ended: bool = False
    quota: Pieces = attrs.field(factory=dict)

    def left(self) -> Pieces:
        """Return what is left of it, by SKU."""
        skus = {*self.held, *self.firm}
        return {sku: n for sku in skus if (n := self.held.get(sku, 0) + self.firm.get(sku, 0))}

    def take(self, pieces: Mapping[str, int], *, firm_only: bool = False) -> None:
        """Give back pieces, held ones first."""
        for sku, quantity in pieces.items():
            part = 0 if firm_only else min(quantity, self.held.get(sku, 0))
            self.held[sku] = self.held.get(sku, 0) - part
            self.firm[sku] = self.firm.get(sku, 0) - (quantity - part)
            self.quota[sku] = max(self.quota.get(sku, 0) - quantity, 0)
        if self.until is not None and not any(self.held.values()) and not any(self.firm.values()):
            self.is_ended = True

    def expire(self) -> None:
        """Give back what is held."""
        self.take({sku: quantity for sku, quantity in self.held.items() if quantity})
        self.is_ended = True


@attrs.define
class Naive:
    """Claims and shelves, and the rules of a catalog."""

    catalog: Catalog
    there: dict[tuple[str, str], int] = attrs.field(factory=dict)
    claims: dict[str, Held] = attrs.field(factory=dict)

    def claimed(self, place: str, sku: str) -> int:
        """Return what is claimed at a place."""
        return sum(claim.left().get(sku, 0) for claim in self.claims.values() if claim.place == place)

    def shelf(self, node: str, sku: str) -> int:
        """Return what a node has and nobody has claimed there."""
        return self.there.get((node, sku), 0) - self.claimed(node, sku)

    def kept(self, node: str, sku: str) -> int:
        """Return what a node keeps back."""
        return max(min(self.shelf(node, sku), self.catalog.safety_stock(node, sku)), 0)

    def used(self, channel: str, sku: str) -> int:
        """Return what a channel has used of its quota."""
        return sum(claim.quota.get(sku, 0) for claim in self.claims.values() if claim.channel == channel)

    def sets(self, place: str) -> Iterator[tuple[set[str], set[str]]]:
        """Yield every set of pools and nodes that goods at a place are bound by."""
        network = self.catalog.network
        if place in network.node_by_id:
            yield set(), {place}
        for pools, nodes in sets_of(network):
            if place in nodes or place in {pool_place(pool) for pool in pools}:
                yield {pool_place(pool) for pool in pools}, nodes

    def room(self, place: str, sku: str, channel: Channel | None, drawn: Iterable[tuple[str, int]] = ()) -> int:
        """Return what can be claimed, where `drawn` (place, pieces) has been given back by claims of the same side."""
        rooms = []
        for pools, nodes in self.sets(place):
            free = sum(self.shelf(node, sku) - self.kept(node, sku) for node in nodes)
            free -= sum(self.claimed(pool, sku) for pool in pools)
            if channel:
                free += channel.allowance - channel.buffer
            gain = sum(pieces for where, pieces in drawn if where in pools | nodes)
            rooms.append(max(free, gain))
        return min(rooms)
