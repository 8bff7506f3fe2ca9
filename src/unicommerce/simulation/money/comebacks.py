"""Goods that come back: authorized or not, to any node, of a known order or blind; then graded and disposed of."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from ...catalog import day_text, local_day
from ...fulfillment import Collected, Shipment, Shipped, shipment_key
from ...ledger import Accepted, Recorded
from ...returns import Condition, Disposition, authorize, dispose, disposed_of, graded, returned
from ...values import HOUR_MS, MINUTE_MS
from ..stage import Actor, Stage

__all__ = ["Comebacks"]

OUT = (Disposition.SCRAP, Disposition.LIQUIDATE, Disposition.RETURN_TO_VENDOR)
"""What takes pieces out of a node."""


class Bag(NamedTuple):
    """What comes back: as which return, of which order, pieces by line, and the SKU of each line."""

    id: str
    order: str
    lines: Mapping[str, int]
    skus: Mapping[str, str]


class Comebacks(Actor):
    """Customers who bring goods back, and the counter that takes them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._known: set[str] = set()

    def start(self, world: Stage) -> None:
        """Open the counter."""
        self.every(world, 9 * HOUR_MS, self._blind)

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Note what customers have: some of it comes back, some after it was asked for."""
        for event in recorded.entry.events:
            if not isinstance(event, Shipped | Collected) or event.shipment in self._known or not event.lines:
                continue
            shipment = world.view.documents.get(shipment_key(event.shipment))
            if isinstance(event, Shipped) and isinstance(shipment, Shipment) and shipment.collect_at:
                continue
            self._known.add(event.shipment)
            if not world.is_settling and self.draw(world).random() < 0.3:
                world.later(self.draw(world).randint(4, 60) * HOUR_MS, partial(self._back, world, event))

    def _back(self, world: Stage, event: Shipped | Collected) -> None:
        """Bring some of it back, or all."""
        if event.order in world.delicate or event.order.startswith("till "):
            return
        world.handed_back.add(event.order)
        draw, id = self.draw(world), self.next_id()
        whole = draw.random() < 0.5
        pieces = {line: most if whole else draw.randint(1, most) for line, _, most in event.lines}
        bag = Bag(id, event.order, pieces, {line: sku for line, sku, _ in event.lines})
        if draw.random() < 0.5:
            self._bring(world, bag)
            return
        today = day_text(local_day("UTC", world.now))
        request = authorize(f"rma {id}", order=event.order, lines=pieces, delivered_on=today)
        come = partial(self._bring, world, bag, f"rma {id}")
        world.ask(request, lambda _answer: world.later(draw.randint(1, 20) * HOUR_MS, come), who=self.name)

    def _bring(self, world: Stage, bag: Bag, rma: str = "") -> None:
        id, order, lines, skus = bag
        came: dict[str, int] = {}
        for line, quantity in lines.items():
            came[skus[line]] = came.get(skus[line], 0) + quantity
        more = {line: quantity + 1 for line, quantity in lines.items()}
        node = self.draw(world).choice(world.scene.catalog.network.nodes).id
        world.view.money.brought[id] = (order, lines, {})
        tell = partial(returned, id, node=node, order=order, rma=rma, occurred_at=world.now)
        world.happens(tell(lines=lines).id, node, came)
        then = partial(self._taken, world, id, node, came)
        world.send(tell(lines=lines), then, who=self.name, other=tell(lines=more))

    def _blind(self, world: Stage) -> None:
        """Take in a piece of which nobody knows where it was bought."""
        draw, id = self.draw(world), self.next_id()
        node, sku = draw.choice(world.scene.catalog.network.nodes).id, draw.choice(world.scene.skus)
        world.view.money.brought[id] = ("", {}, {sku: 1})
        telling = returned(id, node=node, blind={sku: 1}, occurred_at=world.now)
        world.happens(telling.id, node, {sku: 1})
        world.chance.reached["came back blind"] += 1
        world.send(telling, partial(self._taken, world, id, node, {sku: 1}), who=self.name)

    def _taken(self, world: Stage, id: str, node: str, came: Mapping[str, int], _answer: object) -> None:
        """Look at each piece; what comes in lots waits."""
        draw = self.draw(world)
        found = {sku: draw.choice(tuple(Condition)) for sku in came if sku in world.scene.skus}
        pieces = {(sku, condition): came[sku] for sku, condition in found.items()}
        if pieces and draw.random() < 0.8:
            then = partial(self._graded, world, id, node, pieces)
            telling = graded(id, "1", pieces, occurred_at=world.now)
            world.later(draw.randint(1, 90) * MINUTE_MS, partial(world.send, telling, then, who=self.name))

    def _graded(
        self, world: Stage, id: str, node: str, pieces: Mapping[tuple[str, Condition], int], _answer: object
    ) -> None:
        for (sku, condition), quantity in pieces.items():
            disposition = disposed_of(condition)
            if disposition in OUT and world.at_hand(node, sku) < quantity:
                continue  # some of it was stolen meanwhile, and nobody knows
            request = dispose(id, sku, {sku: quantity}, disposition, condition=condition)
            gone = {sku: -quantity} if disposition in OUT else {}
            world.happens(request.id, node, gone)
            world.chance.reached[f"disposed: {disposition.value}"] += 1
            undo = partial(self._undo, world, request.id, node, {sku: 0} if not gone else {sku: quantity})
            world.ask(request, undo, who=self.name)

    def _undo(self, world: Stage, id: str, node: str, back: Mapping[str, int], answer: object) -> None:
        if not isinstance(answer, Accepted):  # it stays where it is
            world.happens(id, node, back)
