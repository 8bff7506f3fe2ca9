"""Orders that are collected: who places them, the counter where they wait, and customers who come, or do not.

Goods that wait are at the node of their counter, in nobody's reach (`Stage.trays`), until they are handed over or put
back. What is handed over in part is told in order, each when the one before has arrived; a whole hand-over may overtake
all that was told before it, or stand for it where nobody ever tells it.
"""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import attrs

from ...fulfillment import (
    FulfillmentPolicy,
    Method,
    Reshelved,
    Shipment,
    collect,
    collected,
    method_of,
    notified,
    packed,
    ready,
)
from ...ledger import Accepted, Recorded
from ...marketplaces import CalledOff
from ...orders import Order
from ...values import DAY_MS, HOUR_MS, MINUTE_MS
from ..stage import Stage
from .people import Shopper

__all__ = ["Bag", "Collector", "hear_of_shelves", "set_out"]

POLICY = FulfillmentPolicy(collect_within_hours=96)
"""Four days: who comes does so within one, and no message that is lost or held up, and no clock, is off by three."""
CODE = "4711"


class Collector(Shopper):
    """Customers who order at a store what they collect there; the store has it, or gets it sent."""

    def order(self, world: Stage, order: Order, quantities: dict[str, int]) -> None:
        """Order for a store of the pool, if it has one."""
        network = world.scene.catalog.network
        stores = [id for id in network.pool_by_id[self.pool].nodes if network.node_by_id[id].rank]
        if stores:
            at = self.draw(world).choice(stores)
            super().order(world, attrs.evolve(order, collect_at=at, channel=""), quantities)


class Bag(NamedTuple):
    """What was picked for somebody who collects it: pieces by line. A plain one is as it was asked for."""

    shipment: Shipment
    order: Order
    found: Mapping[str, int]
    is_plain: bool

    @property
    def node(self) -> str:
        """Return where it is collected."""
        return self.shipment.collect_at

    def pieces(self, lines: Mapping[str, int], sign: int = 1) -> dict[str, int]:
        """Return pieces by SKU of pieces by line."""
        found: dict[str, int] = {}
        for line, quantity in lines.items():
            sku = self.order.line_by_id[line].sku
            found[sku] = found.get(sku, 0) + sign * quantity
        return found


def set_out(world: Stage, bag: Bag, *, who: str) -> None:
    """Let a bag wait at the counter: it has just come there, or was picked there; and let somebody come for it."""
    draw, id = world.chance.stream("counters"), bag.shipment.id
    telling = ready(id, bag.found, spot=draw.choice(("A1", "B2")), occurred_at=world.now, policy=POLICY)
    if method_of(bag.shipment) is Method.SHIP_TO_STORE:
        world.happens(telling.id, bag.node, bag.pieces(bag.found))
        _into_trays(world, bag, bag.found)
    elif bag.is_plain and draw.random() < 0.3:
        world.send(packed(id, bag.found), who=who)
    comes = draw.choice(("whole", "whole", "part", "twice", "never"))
    world.chance.reached[f"collected: {comes}"] += 1

    def waits(_answer: object) -> None:
        world.working.discard(id)
        world.send(notified(id, "sms", code=CODE, occurred_at=world.now), who=who)
        if not is_early:
            world.later(draw.randint(HOUR_MS, DAY_MS), partial(_come, world, bag, comes, who=who))

    is_early = bag.is_plain and comes == "whole"
    if is_early:  # what is told of it may come in any order
        world.later(draw.randint(HOUR_MS, DAY_MS), partial(_take_all, world, bag, who=who))
    if is_early and world.chance.strikes("skipped_step"):
        world.chance.reached["skipped_step"] += 1
    else:
        world.send(telling, waits, who=who)


def _take_all(world: Stage, bag: Bag, *, who: str) -> None:
    """Hand all of it over, and tell of it."""
    telling = collected(bag.shipment.id, bag.found, by="customer", checked_by="id", occurred_at=world.now)
    world.happens(telling.id, bag.node, bag.pieces(bag.found, -1))
    _into_trays(world, bag, bag.found, -1)
    world.send(telling, lambda _answer: world.working.discard(bag.shipment.id), who=who)


def _come(world: Stage, bag: Bag, comes: str, *, who: str) -> None:
    """Come for all of it, for one piece, or for one piece and later for the rest; ask before anything is given."""
    line = next(iter(bag.found))
    rest = {each: q - (each == line) for each, q in bag.found.items() if q > (each == line)}
    one = {line: 1}
    by_kind: dict[str, list[Mapping[str, int]]] = {"whole": [bag.found], "part": [one], "twice": [one, rest]}
    parts = by_kind.get(comes, [])
    for number, part in enumerate([each for each in parts if each], start=1):
        world.later(number * 90 * MINUTE_MS, partial(_ask_for, world, bag, part, f"{number}", who=who))


def _ask_for(world: Stage, bag: Bag, part: Mapping[str, int], number: str, *, who: str) -> None:
    request = collect(bag.shipment.id, part, by="customer", checked_by="code", code=CODE, part=number, policy=POLICY)
    world.happens(request.id, bag.node, bag.pieces(part, -1))
    _into_trays(world, bag, part, -1)

    def answered(answer: object) -> None:
        if not isinstance(answer, Accepted):  # it stays at the counter
            world.happens(request.id, bag.node, bag.pieces(part))
            _into_trays(world, bag, part)

    world.ask(request, answered, who=who)


def _into_trays(world: Stage, bag: Bag, lines: Mapping[str, int], sign: int = 1) -> None:
    for sku, quantity in bag.pieces(lines, sign).items():
        world.trays[bag.node, sku] = world.trays.get((bag.node, sku), 0) + quantity


def hear_of_shelves(world: Stage, node: str, recorded: Recorded) -> None:
    """Put what was not collected at a node on its shelf again; to be called once for each entry."""
    if any(isinstance(event, CalledOff) for event in recorded.entry.events):
        return  # who has it in hand puts it back before it would leave
    for event in recorded.entry.events:
        if isinstance(event, Reshelved) and event.node == node:
            world.chance.reached["put back"] += 1
            for _, sku, quantity in event.lines:
                world.trays[node, sku] -= quantity
