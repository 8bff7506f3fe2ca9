"""Goods with a last day: a dairy brings lots, some are recalled, people claim by lot; a host withdraws them."""

from ...catalog import local_day
from ...inventory import GoodsState, LotPieces
from ...ledger import Accepted, Recorded
from ...lots import BatchReceived, claim_lots, recalled, received_lots, release_lots, withdraw
from ...values import DAY_MS, HOUR_MS, MINUTE_MS, Unit
from ..stage import Actor, Stage

__all__ = ["Dairy", "Gourmet", "Warden"]

LASTS_DAYS = 60
"""How long lots last that come once the world settles: longer than any world."""


class Dairy(Actor):
    """Brings lots to nodes, some of them to several; now and then one is recalled, as if at the worst moment."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._lots: dict[tuple[str, str], int] = {}

    def start(self, world: Stage) -> None:
        """Send trucks."""
        self.every(world, 4 * HOUR_MS, self._deliver)
        self.every(world, HOUR_MS, self._recall)

    def slowed(self, world: Stage) -> None:
        """Recall a lot, it may be, while a host is between reading and recording."""
        world.later(self.draw(world).randint(1, MINUTE_MS), lambda: self._recall(world))

    def _deliver(self, world: Stage) -> None:
        draw = self.draw(world)
        for node in draw.sample(world.scene.catalog.network.nodes, draw.randint(1, 2)):
            sku = draw.choice(world.scene.dated)
            known = [lot for of, lot in self._lots if of == sku]
            lot = draw.choice(known[-3:]) if known and draw.random() < 0.4 else f"L{len(self._lots)}"
            today = local_day("UTC", world.now)
            last_day = self._lots.setdefault((sku, lot), today + draw.choice((0, 1, 1, 2, 3, 9)))
            self._bring(world, node.id, BatchReceived(sku, draw.randint(1, 6), lot, last_day))

    def _bring(self, world: Stage, node: str, batch: BatchReceived) -> None:
        id = self.next_id()
        telling = received_lots(id, node=node, batches=[batch], occurred_at=world.now)
        other = received_lots(id, node=node, batches=[batch._replace(quantity=batch.quantity + 1)])
        world.happens(telling.id, node, {batch.sku: batch.quantity})
        world.send(telling, who=self.name, other=other)

    def _recall(self, world: Stage) -> None:
        if self._lots and world.chance.strikes("recall"):
            sku, lot = self.draw(world).choice(list(self._lots))
            world.send(recalled(sku, lot, reason="glass", id=self.next_id(), occurred_at=world.now), who=self.name)
            world.chance.reached["recall"] += 1

    def settle(self, world: Stage) -> None:
        """Bring what is missing."""
        for sku in world.scene.dated:
            missing = world.view.missing.get(Unit(f"sku:{sku}"), 0)
            for node in world.view.network.nodes if missing else ():
                last_day = local_day("UTC", world.now) + LASTS_DAYS
                self._bring(world, node.id, BatchReceived(sku, missing, self.next_id(), last_day))


class Gourmet(Actor):
    """Claims pieces by their lot, and gives them back."""

    def start(self, world: Stage) -> None:
        """Look at the shelves."""
        self.every(world, 3 * HOUR_MS, self._choose)

    def _choose(self, world: Stage) -> None:
        draw, id = self.draw(world), self.next_id()
        there = [(sku, key) for sku in world.scene.dated for key in world.view.lots.get(Unit(f"sku:{sku}"), {})]
        if not there:
            return
        sku, (node, lot) = draw.choice(there)

        def chosen(answer: object) -> None:
            if isinstance(answer, Accepted):
                world.later(draw.randint(1, 30) * HOUR_MS, lambda: world.ask(release_lots(id), who=self.name))

        world.ask(claim_lots(id, node=node, lots=[LotPieces(sku, 1, lot)]), chosen, who=self.name)


class Warden(Actor):
    """The host that takes lots off the shelf: when they are recalled, when their day is over, when late pieces come."""

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Look at each lot that an entry is about."""
        targets = [(m.unit, m.target) for m in recorded.entry.movements if m.target.state == GoodsState.SELLABLE]
        lots = {(unit, target.lot) for unit, target in targets if target.lot}
        lots |= {key for key, position in world.view.recalled.items() if position == recorded.position}
        for unit, lot in sorted(lots):
            self._look(world, unit, lot)

    def _look(self, world: Stage, unit: Unit, lot: str) -> None:
        shelves = [node for (node, own), held in world.view.lots.get(unit, {}).items() if own == lot and held > 0]
        if any(not world.view.may_be_sold(node, unit, lot, world.now, world.view.position) for node in shelves):
            world.ask(withdraw(unit.removeprefix("sku:"), lot, id=self.next_id()), who=self.name)

    def settle(self, world: Stage) -> None:
        """Look at all lots, once a day."""
        if world.now // DAY_MS != (world.now - 6 * HOUR_MS) // DAY_MS:
            for unit, shelves in sorted(world.view.lots.items()):
                for lot in sorted({lot for _, lot in shelves}):
                    self._look(world, unit, lot)
