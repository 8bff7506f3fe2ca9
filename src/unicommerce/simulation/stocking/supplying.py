"""What is to come: suppliers announce it and change their minds, trucks bring it late, short or not at all.

What was really sent, came and was lost is kept beside what was told (`View.loads`). The host that tells who waits of a
change looks, as far as nothing came between, at whether each of them was told.
"""

from typing import NamedTuple

from ...inventory import goods
from ...ledger import Accepted, LedgerCode, Reason, Recorded
from ...supply import Expected, Lost, SupplyCode, expected, landed, lost, redate, transfer
from ...values import DAY_MS, HOUR_MS, MINUTE_MS
from ..stage import Actor, Stage

__all__ = ["Forwarder", "Promiser"]


class Load(NamedTuple):
    """Goods on the way: the pieces by SKU that were announced with the last version, and those that will be there."""

    id: str
    node: str
    announced: dict[str, int]
    there: dict[str, int]
    expected_at: int
    source: str = ""
    version: int = 1


class Forwarder(Actor):
    """Announces goods of suppliers, moves goods between nodes, and brings what has not been lost on the way."""

    def start(self, world: Stage) -> None:
        """Send trucks."""
        self.every(world, 2 * HOUR_MS, self._announce)
        self.every(world, 6 * HOUR_MS, self._transfer)

    def _drawn(self, world: Stage, most: int) -> tuple[dict[str, int], int]:
        draw, skus = self.draw(world), world.scene.skus
        quantities = {sku: draw.randint(1, most) for sku in draw.sample(skus, draw.randint(1, 2))}
        return quantities, world.now + draw.randint(3 * HOUR_MS, 2 * DAY_MS)

    # From suppliers

    def _announce(self, world: Stage) -> None:
        draw, id = self.draw(world), self.next_id()
        quantities, at = self._drawn(world, 8)
        load = Load(id, draw.choice(world.scene.catalog.network.nodes).id, quantities, dict(quantities), at)
        self._tell(world, load)
        if world.chance.strikes("revision"):
            world.later(draw.randint(1, 20 * HOUR_MS), lambda: self._revise(world, load))
        else:
            self._depart(world, load)

    def _revise(self, world: Stage, load: Load) -> None:
        """Announce another quantity, date and node: the goods are those."""
        draw = self.draw(world)
        announced = {sku: max(pieces + draw.randint(-4, 2), 1) for sku, pieces in load.announced.items()}
        node, at = draw.choice(world.scene.catalog.network.nodes).id, load.expected_at + draw.randint(-12, 60) * HOUR_MS
        world.chance.reached["revision"] += 1
        self._depart(world, self._next(world, load._replace(announced=announced, node=node, expected_at=at)))

    def _next(self, world: Stage, load: Load, *, is_closed: bool = False) -> Load:
        later = load._replace(version=load.version + 1, there=load.there if is_closed else dict(load.announced))
        self._tell(world, later, is_closed=is_closed)
        return later

    def _tell(self, world: Stage, load: Load, *, is_closed: bool = False) -> None:
        telling = expected(
            load.id,
            node=load.node,
            quantities=load.announced,
            expected_at=load.expected_at,
            version=load.version,
            source=load.source,
            is_closed=is_closed,
            occurred_at=world.now,
        )
        world.send(telling, who=self.name)

    # Between nodes

    def _transfer(self, world: Stage) -> None:
        """Ask to send goods; they leave when it is on record, as far as they are really there."""
        draw, id = self.draw(world), self.next_id()
        source, node = (each.id for each in draw.sample(world.scene.catalog.network.nodes, 2))
        quantities, at = self._drawn(world, 3)
        request = transfer(id, source=source, node=node, quantities=quantities, expected_at=at)
        world.view.acts[request.id] = {(source, goods(sku)): -pieces for sku, pieces in quantities.items()}

        def answered(answer: object) -> None:
            if isinstance(answer, Accepted):
                self._load(world, Load(id, node, quantities, {}, at, source))

        world.ask(request, answered, who=self.name)

    def _load(self, world: Stage, load: Load) -> None:
        there = {sku: min(pieces, world.at_hand(load.source, sku)) for sku, pieces in load.announced.items()}
        for sku, pieces in there.items():
            world.view.shelf[load.source, goods(sku)] -= pieces
        load = load._replace(there={sku: pieces for sku, pieces in there.items() if pieces})
        world.chance.reached["a transfer leaves"] += 1
        if load.there == load.announced:
            self._depart(world, load)
            return
        missing = {(load.source, goods(sku)): pieces - there[sku] for sku, pieces in load.announced.items()}
        load = load._replace(announced=dict(load.there), version=2)
        world.view.acts[f"inbound/{load.id}/2"] = {key: pieces for key, pieces in missing.items() if pieces}
        self._tell(world, load)
        self._depart(world, load)

    # Under way

    def _depart(self, world: Stage, load: Load) -> None:
        draw = self.draw(world)
        at = load.expected_at + draw.randint(-90, 90) * MINUTE_MS
        if world.chance.strikes("late_inbound"):
            at += draw.randint(1, 4) * DAY_MS
            world.chance.reached["late_inbound"] += 1
        never = dict[str, int]()
        if world.chance.strikes("short_inbound") and not load.source:
            self._take_out(world, load, "short_inbound")
        if world.chance.strikes("lost_inbound"):
            never = self._take_out(world, load, "lost_inbound")
            if never:
                telling = lost(self.next_id(), inbound=load.id, quantities=never, occurred_at=world.now)
                world.later(draw.randint(1, DAY_MS), lambda: world.send(telling, who=self.name))
        world.view.loads[load.id] = {
            goods(sku): pieces - load.there.get(sku, 0) - never.get(sku, 0) for sku, pieces in load.announced.items()
        }
        world.later(max(at - world.now, 1), lambda: self._arrive(world, load))

    def _take_out(self, world: Stage, load: Load, fault: str) -> dict[str, int]:
        """Return the pieces by SKU that are not there any more."""
        gone = {}
        for sku, pieces in list(load.there.items()):
            gone[sku] = self.draw(world).randint(0, pieces)
            load.there[sku] -= gone[sku]
        world.chance.reached[fault] += 1
        return {sku: pieces for sku, pieces in gone.items() if pieces}

    def _arrive(self, world: Stage, load: Load) -> None:
        """Unload in one part or two, and close what came short."""
        first = {sku: self.draw(world).randint(0, pieces) for sku, pieces in load.there.items()}
        rest = {sku: pieces - first[sku] for sku, pieces in load.there.items()}
        for part in (first, rest) if self.draw(world).random() < 0.3 else (load.there,):
            self._unload(world, load, {sku: pieces for sku, pieces in part.items() if pieces})
        if any(world.view.loads[load.id].values()):
            world.later(self.draw(world).randint(1, DAY_MS), lambda: self._close(world, load))

    def _unload(self, world: Stage, load: Load, quantities: dict[str, int]) -> None:
        if quantities:
            id, more = self.next_id(), {sku: pieces + 1 for sku, pieces in quantities.items()}
            telling = landed(id, inbound=load.id, node=load.node, quantities=quantities, occurred_at=world.now)
            other = landed(id, inbound=load.id, node=load.node, quantities=more)
            world.happens(telling.id, load.node, quantities)
            world.send(telling, who=self.name, other=other)

    def _close(self, world: Stage, load: Load) -> None:
        """Say that no more comes; of a transfer only once the version before is on record, for that moves goods."""
        if load.source and f"inbound/{load.id}/{load.version}" not in world.view.entries:
            world.later(HOUR_MS, lambda: self._close(world, load))
        else:
            self._next(world, load, is_closed=True)


class Promiser(Actor):
    """The host that tells who waits for an inbound when something of it has changed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._asked: set[str] = set()

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Ask, once for each change."""
        for event in recorded.entry.events if recorded.entry.id not in self._asked else ():
            if isinstance(event, Expected):
                self._redate(world, event.inbound.id, event.inbound.version, "")
            elif isinstance(event, Lost):
                self._redate(world, event.inbound, 0, event.loss)
        self._asked.add(recorded.entry.id)

    def _redate(self, world: Stage, inbound: str, version: int, cause: str) -> None:
        before = world.view.position

        def answered(answer: object) -> None:
            because = answer.because if isinstance(answer, Accepted) else ()
            is_repeat = any(reason.code is LedgerCode.ALREADY_DONE for reason in because)
            between = world.view.position - before - bool(isinstance(answer, Accepted) and answer.events)
            if isinstance(answer, Accepted) and not is_repeat and not between:
                self._look(world, inbound, because)

        world.ask(redate(inbound, version, cause=cause), answered, who=self.name)

    def _look(self, world: Stage, inbound: str, because: tuple[Reason, ...]) -> None:
        world.chance.reached["an inbound is redated"] += 1
        for unit in world.view.inbounds:
            unmet = world.view.unmet(unit, inbound)
            waits = [each for each in because if each.code is SupplyCode.UNMET and goods(each.unit) == unit]
            named = sum([each.found for each in waits if isinstance(each.found, int)])
            if unmet > named:
                world.breach(TOLD, f"{unmet} {unit} do not come with {inbound}, {named} of those who wait are named")


TOLD = "S3 who waits for what does not come gets other goods, or is named"
