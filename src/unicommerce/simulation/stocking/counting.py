"""Those who count: people find what is there, tell it late, twice and wrong; a host brings the book to it."""

from ...catalog import Catalog
from ...counts import concerned, count_key, counted, reconcile
from ...ledger import Recorded, Refused, Telling
from ...values import HOUR_MS, Unit
from ..stage import Actor, Stage

__all__ = ["Auditor", "Counter"]


class Auditor(Actor):
    """The host that asks to reconcile each shelf that an entry concerns; people approve what is too far."""

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Ask for each shelf that was ever counted."""
        for node, sku in concerned(recorded.entry):
            if count_key(node, sku) in world.view.documents:
                self._reconcile(world, recorded.entry.id, node, sku)

    def _reconcile(self, world: Stage, cause: str, node: str, sku: str, *, accept: bool = False) -> None:
        def answered(answer: object) -> None:
            if isinstance(answer, Refused) and not accept:
                self._reconcile(world, self.next_id(), node, sku, accept=True)

        world.ask(reconcile(cause, node=node, sku=sku, accept=accept), answered, who=self.name)


class Counter(Actor):
    """People with a list: they count shelves, sometimes wrong; and pieces are stolen, which only they find."""

    def start(self, world: Stage) -> None:
        """Walk the aisles."""
        self.every(world, 3 * HOUR_MS, self._count)

    def _count(self, world: Stage) -> None:
        draw = self.draw(world)
        node = draw.choice(world.scene.catalog.network.nodes).id
        if world.chance.strikes("theft"):
            self._steal(world, node, draw.choice(world.scene.skus))
        found = {sku: self._found(world, node, sku) for sku in draw.sample(world.scene.skus, draw.randint(1, 2))}
        if world.chance.strikes("miscount"):
            sku = draw.choice(sorted(found))
            found[sku] = max(found[sku] + draw.choice((-2, -1, 1, 2)), 0)
            world.chance.reached["miscount"] += 1
        telling = counted(self.next_id(), node=node, quantities=found, as_of=world.now)
        if world.chance.strikes("late_count"):
            world.chance.reached["late_count"] += 1
            world.later(draw.randint(1, 60) * HOUR_MS, lambda: self._insist(world, telling))
        else:
            self._insist(world, telling)

    def _found(self, world: Stage, node: str, sku: str) -> int:
        return world.view.shelf.get((node, Unit(f"sku:{sku}")), 0)

    def _steal(self, world: Stage, node: str, sku: str) -> None:
        if world.at_hand(node, sku):
            world.happens(self.next_id(), node, {sku: -1})
            world.chance.reached["theft"] += 1

    def _insist(self, world: Stage, telling: Telling[Catalog]) -> None:
        """Tell of a count again while its moment has not come, by the clock of the host that is told."""
        world.insist(telling, who=self.name, every_ms=6 * HOUR_MS)

    def settle(self, world: Stage) -> None:
        """Count again what is not as it should be: what was stolen, counted wrong, or told of another moment."""
        wrong = [key for key, there in sorted(world.view.shelf.items()) if world.view.on_hand(*key) != there]
        if world.is_quiet:
            for node, unit in wrong:
                sku = unit.removeprefix("sku:")
                found = {sku: self._found(world, node, sku)}
                self._insist(world, counted(self.next_id(), node=node, quantities=found, as_of=world.now))
