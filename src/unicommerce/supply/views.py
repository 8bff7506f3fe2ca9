"""Questions about expected supply: what can be promised by when, what has become of an inbound; nothing is stored."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..catalog import Catalog, pool_place
from ..inventory import available, goods
from ..ledger import State
from .documents import EXPECTED, awaited, coming, inbound_key, lost_on_the_way, missing, origin
from .tellings import serves

__all__ = ["Arrival", "Progress", "arrivals", "available_by", "progress"]


class Arrival(NamedTuple):
    """So many free pieces are expected at a moment (ms UTC) with an inbound."""

    at: int
    inbound: str
    pieces: int


def arrivals(world: State, catalog: Catalog, *, place: str, sku: str) -> list[Arrival]:
    """Return what is expected of a SKU for claims at a place, a node or pool, and is nobody's yet: the earliest first.

    Below zero stands what is claimed and will not come, as far as nobody has been told otherwise: other supply has to
    make up for it.
    """
    found = []
    for account, free in world.parts(goods(sku), EXPECTED).items():
        document = world.document(inbound_key(account.lot))
        if document is None or not serves(catalog.network, document.node, place):
            continue
        pieces = free if free > 0 else -min(-free, world.balance(goods(sku), (awaited(document.id),)))
        if pieces:
            found.append(Arrival(document.expected_at, document.id, pieces))
    return sorted(found)


def available_by(sku: str, moment: int) -> Callable[[State, Catalog], Mapping[str, int]]:
    """Return the view of what can be promised of a SKU by a moment (ms UTC), by place: each pool and each node.

    That is what can be claimed there now, and what is expected by then and nobody's, each piece once. What is late
    still counts: it is expected at any moment. Below zero where facts have overtaken claims.
    """

    def view(world: State, catalog: Catalog) -> Mapping[str, int]:
        places = [*(pool_place(pool.id) for pool in catalog.network.pools), *(n.id for n in catalog.network.nodes)]
        return {place: _by(world, catalog, place, sku, moment) for place in places}

    return view


def _by(world: State, catalog: Catalog, place: str, sku: str, moment: int) -> int:
    ahead = arrivals(world, catalog, place=place, sku=sku)
    due = sum([pieces for at, _, pieces in ahead if at <= moment or pieces < 0])
    return available(world, catalog, place=place, sku=sku) + due


class Progress(NamedTuple):
    """What has become of the pieces of a SKU that were announced with an inbound; the parts sum to what was announced.

    `received` is what landed anywhere, `expected` is free and to come (below zero where more came than was announced),
    `awaited` claimed and to come, `missing` written off when it was closed short.
    """

    announced: int
    received: int
    lost: int
    missing: int
    expected: int
    awaited: int


def progress(inbound: str) -> Callable[[State, object], Mapping[str, Progress]]:
    """Return the view of what has become of an inbound, by SKU; empty for one that is not announced."""

    def view(world: State, _given: object) -> Mapping[str, Progress]:
        document = world.document(inbound_key(inbound))
        skus = document.skus if document else ()
        return {sku: _progress(world, inbound, document.source if document else "", sku) for sku in skus}

    return view


def _progress(world: State, inbound: str, source: str, sku: str) -> Progress:
    accounts = (lost_on_the_way(inbound), missing(inbound), coming(inbound), awaited(inbound))
    lost, off, free, claimed = (world.balance(goods(sku), (account,)) for account in accounts)
    announced = -world.balance(goods(sku), (origin(source, inbound),))
    return Progress(announced, announced - lost - off - free - claimed, lost, off, free, claimed)
