"""One call for each reason code of lots."""

from collections.abc import Callable, Mapping

import attrs

from tests.laws.world import World, make_order
from tests.lots.shop import CATALOG, TODAY, shop
from unicommerce.catalog import Network
from unicommerce.counts import regraded
from unicommerce.fulfillment import LinePieces, picked, place
from unicommerce.inventory import LotPieces, confirm, reserve
from unicommerce.ledger import Reason
from unicommerce.lots import (
    BatchReceived,
    LotCode,
    claim_lots,
    hold_lots,
    recalled,
    received_lots,
    release_lots,
    withdraw,
)

ONE = [LotPieces("MILK", 1, "L")]


def came(*batches: BatchReceived, world: World | None = None, id: str = "r") -> tuple[World, tuple[Reason, ...]]:
    """Return a shop in which lots came, and what was said of them."""
    world = world or shop()
    return world, world.tell(received_lots(id, node="dc", batches=batches)).because


def by_node() -> tuple[Reason, ...]:
    """Return what is said of a claim at a pool for a channel whose lots must last."""
    return shop().ask(reserve("c", place="pool:web", quantities={"MILK": 1}, channel="long")).because


def lasting() -> tuple[Reason, ...]:
    """Return what is said of an order of three that must last, where one piece does."""
    world, _ = came(BatchReceived("MILK", 1, "L", TODAY + 9), BatchReceived("MILK", 4, "M", TODAY + 1))
    order = make_order("o", pool="web", skus=("MILK",))
    return world.ask(place(attrs.evolve(order, channel="long"), {"1": 3})).because


def _claimed(world: World, node: str = "dc") -> tuple[Reason, ...]:
    return world.ask(claim_lots("c", node=node, lots=ONE)).because


def recalled_in_a_basket() -> tuple[Reason, ...]:
    """Return what is said of a hold whose lot was recalled."""
    world, _ = came(BatchReceived("MILK", 1, "L"))
    world.ask(hold_lots("h", node="dc", lots=ONE))
    world.tell(recalled("MILK", "L", reason="glass"))
    return world.ask(confirm("h")).because


def not_kept() -> tuple[Reason, ...]:
    """Return what is said of an order whose basket has a lot that was recalled."""
    world, _ = came(BatchReceived("MILK", 1, "L"), BatchReceived("MILK", 1, "M"))
    world.ask(hold_lots("h", node="dc", lots=ONE))
    world.tell(recalled("MILK", "L", reason="glass"))
    order = make_order("o", pool="web", skus=("MILK",))
    return world.ask(place(attrs.evolve(order, basket="h"), {"1": 1})).because


def not_as_named() -> tuple[Reason, ...]:
    """Return what is said of a pick of another lot than the order's basket had."""
    world, _ = came(BatchReceived("MILK", 1, "L"), BatchReceived("MILK", 1, "M"))
    world.ask(hold_lots("h", node="dc", lots=ONE))
    order = make_order("o", pool="web", skus=("MILK",))
    world.ask(place(attrs.evolve(order, basket="h"), {"1": 1}))
    return world.tell(picked("o/1", {"1": 1}, lots=[LinePieces("1", "MILK", 1, "M")])).because


def _closed() -> tuple[Reason, ...]:
    nodes = tuple([attrs.evolve(node, is_open=False) for node in CATALOG.network.nodes])
    return _claimed(World(attrs.evolve(CATALOG, network=Network(nodes=nodes)), stock=0))


def _unfit() -> tuple[Reason, ...]:
    world, _ = came(BatchReceived("MILK", 1, "L", TODAY + 1))
    world.tell(recalled("MILK", "L", reason="glass"))
    return _claimed(world)


def _twice(*batches: BatchReceived) -> tuple[Reason, ...]:
    world, _ = came(batches[0])
    return came(batches[1], world=world, id="again")[1]


def _assumed() -> tuple[Reason, ...]:
    world, _ = came(BatchReceived("MILK", 1, "L"))
    world.ask(place(make_order("o", pool="web", skus=("MILK",)), {"1": 1}))
    return world.tell(picked("o/1", {"1": 1})).because


def found_again() -> tuple[Reason, ...]:
    """Return what is said of a piece that broke, where two lots stand on the shelf."""
    world, _ = came(BatchReceived("MILK", 1, "L"), BatchReceived("MILK", 1, "M"))
    told = regraded("g", node="dc", quantities={"MILK": 1}, source="sellable", target="damaged")
    return world.tell(told).because


def _nothing() -> tuple[Reason, ...]:
    world, _ = came(BatchReceived("MILK", 1, "L", TODAY + 1))
    return world.ask(withdraw("MILK", "L")).because


CALLS: Mapping[LotCode, Callable[[], tuple[Reason, ...]]] = {
    LotCode.UNKNOWN_NODE: lambda: _claimed(shop(), "atlantis"),
    LotCode.NODE_CLOSED: _closed,
    LotCode.UNKNOWN_LOT: lambda: shop().ask(withdraw("MILK", "L")).because,
    LotCode.UNKNOWN_CLAIM: lambda: shop().ask(release_lots("c")).because,
    LotCode.MAY_NOT_BE_SOLD: _unfit,
    LotCode.SHORT: lambda: _claimed(shop()),
    LotCode.NOTHING_TO_MOVE: _nothing,
    LotCode.DIFFERS: lambda: _twice(BatchReceived("MILK", 1, "L", TODAY), BatchReceived("MILK", 1, "L", TODAY + 1)),
    LotCode.SERIAL_TWICE: lambda: _twice(BatchReceived("PHONE", 1, "S"), BatchReceived("PHONE", 1, "S")),
    LotCode.WITHHELD: lambda: came(BatchReceived("MILK", 1, "L", TODAY - 1))[1],
    LotCode.ASSUMED: _assumed,
}


def said(code: LotCode) -> tuple[Reason, ...]:
    """Return what is said where this code is among it."""
    return CALLS[code]()
