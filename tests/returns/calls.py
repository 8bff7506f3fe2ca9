"""A call for each reason why goods may not come back, where they go, and what is odd about them."""

from collections.abc import Callable, Mapping

import attrs

from tests.laws.world import CATALOG, World, make_order
from unicommerce.catalog import Product
from unicommerce.fulfillment import delivered, place
from unicommerce.ledger import Reason, ReasonCode
from unicommerce.returns import (
    CustomerReturns,
    ReturnCode,
    ReturnPolicy,
    ReturnWindow,
    SignalCode,
    authorize,
    brought_to,
    returned,
    signals,
)
from unicommerce.routing import Band, RoutingPolicy

ODD = CustomerReturns("c", bought=20, returned=13, blind=4, announced=5, received=4, worn=7)
GLASS = attrs.evolve(CATALOG, products=(Product(sku="MUG", requires=("glass",)),))
NEAR = RoutingPolicy(bands=(Band(20_000, 450, 60, 1),))


def at_home() -> World:
    """Return a shop whose order of three mugs is with its customer."""
    world, order = World(), make_order("o", pool="web", skus=("MUG",))
    lines = tuple([attrs.evolve(line, price_minor=1200) for line in order.lines])
    world.ask(place(attrs.evolve(order, lines=lines), {"1": 3}))
    for shipment in world.shipments:
        world.tell(delivered(shipment.id))
    return world


def wished(pieces: int = 1, policy: ReturnPolicy = ReturnPolicy(), *, order: str = "o") -> tuple[Reason, ...]:
    """Ask that mugs may come back that were delivered long ago."""
    return (
        at_home()
        .ask(authorize("a", order=order, lines={"1": pieces}, delivered_on="2026-11-20", policy=policy))
        .because
    )


def announced() -> tuple[Reason, ...]:
    """Bring back more than was announced."""
    world = at_home()
    world.ask(authorize("a", order="o", lines={"1": 1}, delivered_on="2026-11-20"))
    return world.tell(returned("r", node="dc", order="o", lines={"1": 2}, rma="a")).because


def brought(requires: str = "") -> tuple[Reason, ...]:
    """Look for a node that takes it."""
    return tuple(
        brought_to(GLASS if requires else CATALOG, make_order("o", pool="web", skus=("MUG",)), ["MUG"], NEAR)[1]
    )


CALLS: Mapping[ReasonCode, Callable[[], tuple[Reason, ...]]] = {
    ReturnCode.UNKNOWN_ORDER: lambda: wished(order="nobody"),
    ReturnCode.NOT_WITH_CUSTOMER: lambda: wished(9),
    ReturnCode.FINAL_SALE: lambda: wished(policy=ReturnPolicy(final_sale=("MUG",))),
    ReturnCode.WINDOW_OVER: lambda: wished(policy=ReturnPolicy(windows=(ReturnWindow(1),))),
    ReturnCode.NOT_AUTHORIZED: announced,
    ReturnCode.KEPT: lambda: wished(policy=ReturnPolicy(keep_below_minor=9999)),
    ReturnCode.TAKES: brought,
    ReturnCode.DEARER: wished,
    ReturnCode.CLOSED: brought,
    ReturnCode.NOT_EQUIPPED: lambda: brought("glass"),
    ReturnCode.TOO_FAR: brought,
    **{code: lambda: signals([ODD]) for code in SignalCode},
}
