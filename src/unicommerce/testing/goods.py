"""The reference of goods and claims: what each node has, who has claimed what where, and whether that can be met.

It knows no account, group or guard. Claims can be met if every claimed piece can be given a node that may serve it and
still has it: that is looked for, path by path, as with pen and paper (Ford and Fulkerson, 1956).
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

import attrs

__all__ = ["Goods", "GoodsClaim"]


class GoodsClaim(NamedTuple):
    """What the reference knows of a claim: a node or `pool:<id>`, what is left by SKU, until when (None: firm)."""

    place: str
    left: Mapping[str, int]
    until: int | None = None


@attrs.define
class Goods:
    """Nodes, pools of them, and the claims on what the nodes have; `there` is by node and SKU and may be below zero.

    >>> goods = Goods({"web": ("dc", "shop"), "club": ("shop",)})
    >>> goods.post("shop", "MUG", 2)
    >>> goods.claim("b1", "pool:web", {"MUG": 1})
    True
    >>> goods.available("pool:club", "MUG"), goods.claim("b2", "shop", {"MUG": 2})
    (1, False)
    """

    pools: Mapping[str, tuple[str, ...]]
    there: dict[tuple[str, str], int] = attrs.field(factory=dict)
    claims: dict[str, GoodsClaim] = attrs.field(factory=dict)
    closed: set[str] = attrs.field(factory=set)

    def post(self, node: str, sku: str, change: int) -> None:
        """Take note that pieces came to a node (above zero) or left it (below)."""
        self.there[node, sku] = self.there.get((node, sku), 0) + change

    def serving(self, place: str) -> tuple[str, ...]:
        """Return the nodes that may serve a claim: the node itself, or the open nodes of the pool."""
        if place.startswith("pool:"):
            return tuple([node for node in self.pools[place.removeprefix("pool:")] if node not in self.closed])
        return (place,)

    # Requests

    def claim(self, id: str, place: str, quantities: Mapping[str, int], until: int | None = None) -> bool:
        """Claim all of it if it can be met, beside all that is claimed already; else nothing."""
        if any(quantity > self.available(place, sku) for sku, quantity in quantities.items()):
            return False
        self.claims[id] = GoodsClaim(place, dict(quantities), until)
        return True

    def release(self, id: str, quantities: Mapping[str, int] | None = None) -> bool:
        """Give back a claim, or a part of it if so much is left."""
        claim = self.claims.get(id)
        if claim is None or not any(claim.left.values()):
            return False
        wanted = claim.left if quantities is None else quantities
        if any(quantity > claim.left.get(sku, 0) for sku, quantity in wanted.items()):
            return False
        left = {sku: held - wanted.get(sku, 0) for sku, held in claim.left.items()}
        self.claims[id] = claim._replace(left=left)
        return True

    def take(self, id: str, node: str, quantities: Mapping[str, int]) -> None:
        """Take note that pieces of a claim have left a node for good: they are neither there nor claimed any more."""
        claim = self.claims[id]
        self.claims[id] = claim._replace(left={sku: n - quantities.get(sku, 0) for sku, n in claim.left.items()})
        for sku, quantity in quantities.items():
            self.post(node, sku, -quantity)

    # Questions

    def overdue(self, now: int) -> tuple[str, ...]:
        """Return the claims that hold something and whose moment has come, the earliest first, ties by id."""
        due = [(claim.until, id) for id, claim in self.claims.items() if claim.until is not None and claim.until <= now]
        return tuple([id for _, id in sorted(due) if any(self.claims[id].left.values())])

    def claimed(self, sku: str) -> dict[str, int]:
        """Return what is left of each claim of a SKU."""
        return {id: left for id, claim in self.claims.items() if (left := claim.left.get(sku, 0))}

    def assignment(self, sku: str) -> dict[tuple[str, str], int] | None:
        """Return from which node each claim would be served, in pieces by claim and node; None if not all can be."""
        wanted = self.claimed(sku)
        given = _assigned(wanted, self._serving(), self._stock(sku))
        return given if sum(given.values()) == sum(wanted.values()) else None

    def unmet(self, sku: str) -> int:
        """Return how many claimed pieces of a SKU no node can serve, at best."""
        wanted = self.claimed(sku)
        return sum(wanted.values()) - sum(_assigned(wanted, self._serving(), self._stock(sku)).values())

    def available(self, place: str, sku: str) -> int:
        """Return how many more pieces can be claimed at a place without taking any from a claim that can be met.

        Exact where all claims can be met. Where some cannot, it is what could be given besides: never less than the
        house gives, which then keeps back what may help the others. Nothing at a closed node.
        """
        if place in self.closed:
            return 0
        stock = self._stock(sku)
        wanted, most = self.claimed(sku), sum(stock.values())
        met = sum(_assigned(wanted, self._serving(), stock).values())
        more = _assigned({**wanted, "": most}, {**self._serving(), "": self.serving(place)}, stock)
        return sum(more.values()) - met

    def _serving(self) -> dict[str, tuple[str, ...]]:
        return {id: self.serving(claim.place) for id, claim in self.claims.items()}

    def _stock(self, sku: str) -> dict[str, int]:
        return {node: max(there, 0) for (node, of), there in sorted(self.there.items()) if of == sku}


def _assigned(
    wanted: Mapping[str, int], serving: Mapping[str, Iterable[str]], stock: Mapping[str, int]
) -> dict[tuple[str, str], int]:
    """Return as many pieces as can be given, by claim and node: along each path that still gives one more."""
    given: dict[tuple[str, str], int] = {}
    free = dict(stock)
    for claim, quantity in wanted.items():
        missing = quantity
        while missing and (path := _path(claim, serving, free, given)):
            *_, last = path
            along = [given[other, node] for (_, node), (other, _) in pairwise(path)]
            pieces = min(missing, free[last[1]], *along)
            for (taker, node), giver in zip(path, [*(other for other, _ in path[1:]), None], strict=True):
                given[taker, node] = given.get((taker, node), 0) + pieces
                if giver is not None:
                    given[giver, node] -= pieces
            free[last[1]] -= pieces
            missing -= pieces
    return {pair: pieces for pair, pieces in given.items() if pieces}


def _path(
    claim: str,
    serving: Mapping[str, Iterable[str]],
    free: Mapping[str, int],
    given: Mapping[tuple[str, str], int],
) -> list[tuple[str, str]]:
    """Return who takes from which node, each but the last from somebody who takes the next; none: no path."""
    paths: list[list[tuple[str, str]]] = [[(claim, node)] for node in serving[claim] if node in free]
    seen = {node for ((_, node),) in paths}
    for path in paths:  # it grows while it is walked: the shortest paths come first
        node = path[-1][1]
        if free[node]:
            return path
        for other in [taker for (taker, where), pieces in given.items() if where == node and pieces]:
            for further in [each for each in serving[other] if each in free and each not in seen]:
                seen.add(further)
                paths.append([*path, (other, further)])
    return []
