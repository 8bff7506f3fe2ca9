"""What the host of unicommerce is given: master data and policies; and how it says what it hears."""

from collections.abc import Iterable

import attrs

from unicommerce import Calendar, Catalog, Network, Node, Order, OrderLine, Pool, Product, moment, received, shipped
from unicommerce.catalog import Channel as Rules
from unicommerce.catalog import NodeKind, SafetyStock
from unicommerce.counts import counted
from unicommerce.ledger import Telling
from unicommerce.returns import returned
from unicommerce.routing import Carrier, RoutingPolicy, Transit
from unicommerce.tills import sold

from .places import BUFFER, CUT_OFF, LEAVES, PLACES, SAFETY, SKUS, TRANSIT
from .told import Fact
from .world import Visit

__all__ = ["EAGER", "NEAR", "ORDINARY", "SOLD", "catalog", "minute_of", "ms", "order_of", "telling"]

BEGINS = moment("2026-09-28T00:00:00Z")
MINUTE_MS = 60_000
POOL = "all"
SOLD = "sold"
"""Through which an order comes that a channel has sold already: nothing is kept back from it any more."""
CARRIER = Carrier(transits=tuple([Transit(((95, days), (100, days + 2)), up_to_m=up) for up, days in TRANSIT]))
ORDINARY = RoutingPolicy(carrier=CARRIER)
EAGER = RoutingPolicy(carrier=attrs.evolve(CARRIER, percent=95))
"""Promises that are kept 95 times of 100: sooner dates, of which more are broken."""
NEAR = RoutingPolicy(
    carrier=CARRIER,
    handling_minor=dict.fromkeys(NodeKind, 100),
    pick_minor=dict.fromkeys(NodeKind, 20),
)
"""Stores that ship as cheaply as warehouses, so that near is best."""


def ms(minute: int) -> int:
    """Return a moment of the world as the library has it."""
    return BEGINS + minute * MINUTE_MS


def minute_of(moment_ms: int) -> int:
    """Return a moment of the library as the world has it."""
    return (moment_ms - BEGINS) // MINUTE_MS


def order_of(visit: Visit, channel: str) -> Order:
    """Return what a visitor orders; a line is called by its SKU."""
    lines = tuple([OrderLine(id=sku, sku=sku, price_minor=1000) for sku, _ in visit.wants])
    at, where = ms(visit.at), visit.where
    return Order(id=visit.id, pool=POOL, lines=lines, destination=where, placed_at=at, channel=channel)


def catalog(closed: Iterable[str] = (), revision: int = 1) -> Catalog:
    """Return the master data, some nodes closed."""
    nodes = tuple(
        [
            Node(
                id=each.id,
                position=each.position,
                kind=each.kind,
                calendar=Calendar(
                    days=(1, 2, 3, 4, 5, 6, 7) if each.works_sundays else (1, 2, 3, 4, 5, 6),
                    open_minute=each.opens,
                    cut_off_minute=CUT_OFF,
                    close_minute=LEAVES,
                ),
                is_open=each.id not in closed,
                rank=rank,
            )
            for rank, each in enumerate(PLACES.values())
        ]
    )
    return Catalog(
        network=Network(revision=revision, nodes=nodes, pools=(Pool(id=POOL, nodes=tuple(PLACES)),)),
        products=tuple([Product(sku=sku, weight_g=400) for sku in SKUS]),
        channels=tuple([Rules(id=id, pool=POOL, buffer=buffer) for id, buffer in {**BUFFER, SOLD: 0}.items()]),
        safety=tuple([SafetyStock(id, "", SAFETY[each.kind]) for id, each in PLACES.items()]),
    )


def telling(fact: Fact) -> Telling[Catalog]:
    """Return what a node's system tells."""
    pieces, at = {sku: abs(n) for sku, n in fact.pieces}, ms(fact.occurred)
    match fact.kind:
        case "sold":
            return sold(fact.id, till=f"till-{fact.node}", node=fact.node, quantities=pieces, occurred_at=at)
        case "received":
            return received(fact.id, node=fact.node, quantities=pieces, occurred_at=at)
        case "returned":
            return returned(fact.id, node=fact.node, order=fact.order, lines=pieces, occurred_at=at)
        case "left":
            return shipped(fact.job, pieces, occurred_at=at)
        case _:
            apart = {sku: {"quarantine": 0} for sku in pieces}
            return counted(fact.id, node=fact.node, quantities=pieces, as_of=at, apart=apart)
