"""Who works behind the counter: warehouses, tickers, waves, those who close nodes, consumers of the journal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from ..catalog import Network
from ..counts import MISSING
from ..finance import post
from ..fulfillment import Allocated, Shipment, allocate, delivered, picked, shipped
from ..inventory import expire
from ..ledger import Movement, Recorded, State, run
from ..orders import LineState, Order, line_account, order_key, order_status
from ..values import DAY_MS, HOUR_MS, MINUTE_MS, Unit
from .actors import Actor, Desk, Keeper, Shopper, Supplier
from .counting import Auditor, Counter
from .relieving import Reliever
from .scene import Scene, counter
from .tills import Till

if TYPE_CHECKING:
    from .world import World

__all__ = ["Bookkeeper", "Control", "Feed", "Ticker", "Warehouse", "Waves", "everyone"]


class Warehouse(Actor):
    """The people and the system of a node: they pick, fall short, ship; carriers deliver; each says so, or forgets."""

    def __init__(self, node: str) -> None:
        super().__init__(f"warehouse {node}")
        self.node = node
        self._tickets: set[str] = set()

    def heard(self, world: "World", recorded: Recorded) -> None:
        """Take what is allocated here as a ticket, once."""
        for event in recorded.entry.events:
            if (
                isinstance(event, Allocated)
                and event.shipment.node == self.node
                and event.shipment.id not in self._tickets
            ):
                self._tickets.add(event.shipment.id)
                self._queue(world, event.shipment)

    def _queue(self, world: "World", shipment: Shipment) -> None:
        is_counter = shipment.order.startswith("till ")
        delay = 1_000 if is_counter else self.draw(world).randint(20, 400) * MINUTE_MS
        world.later(delay, lambda: self._pick(world, shipment))

    def _pick(self, world: "World", shipment: Shipment) -> None:
        draw = self.draw(world)
        node = world.view.network.node_by_id[self.node]
        if shipment.order in world.changing or world.is_relieving or not node.is_open:
            world.later(draw.randint(10, 60) * MINUTE_MS, lambda: self._pick(world, shipment))
            return
        order, there = world.see(lambda state, _given: _standing(state, shipment))
        if order is None or not there:
            return  # canceled or given to somebody else meanwhile
        found, short = {}, {}
        for line, wanted in there.items():
            key = (self.node, order.line_by_id[line].sku)
            most = max(world.view.shelf.get((self.node, Unit(f"sku:{key[1]}")), 0) - world.trays.get(key, 0), 0)
            pieces = min(wanted, most)
            if pieces and world.chance.strikes("short_pick"):
                pieces -= 1
            if pieces:
                found[line] = pieces
                world.trays[key] = world.trays.get(key, 0) + pieces
            if pieces < wanted:
                short[line] = wanted - pieces
                world.chance.reached["short_pick"] += 1
        world.working.add(shipment.id)
        self._report(world, shipment, order, found, short)

    def _report(
        self, world: "World", shipment: Shipment, order: Order, found: dict[str, int], short: dict[str, int]
    ) -> None:
        pick = picked(shipment.id, found, short=short)
        if short:  # what is not as it was asked for is told in order, each when the one before has arrived
            world.send(pick, lambda _answer: self._pack(world, shipment, order, found, is_plain=False), who=self.name)
            return
        if not world.chance.strikes("skipped_step"):
            world.send(pick, who=self.name)
        self._pack(world, shipment, order, found, is_plain=True)

    def _pack(self, world: "World", shipment: Shipment, order: Order, found: dict[str, int], *, is_plain: bool) -> None:
        if not found:
            world.working.discard(shipment.id)
            return
        delay = 1_000 if shipment.order.startswith("till ") else self.draw(world).randint(5, 90) * MINUTE_MS
        world.later(delay, lambda: self._ship(world, shipment, order, found, is_plain=is_plain))

    def _ship(self, world: "World", shipment: Shipment, order: Order, found: dict[str, int], *, is_plain: bool) -> None:
        gone: dict[str, int] = {}
        for line, pieces in found.items():
            sku = order.line_by_id[line].sku
            gone[sku] = gone.get(sku, 0) - pieces
            world.trays[self.node, sku] -= pieces
        said = None if is_plain and self.draw(world).random() < 0.5 else found
        tell = shipped(shipment.id, said, occurred_at=world.now)
        world.happens(tell.id, self.node, gone)
        arrive = delivered(shipment.id)

        def left(_answer: object) -> None:
            world.working.discard(shipment.id)
            if not is_plain:
                world.later(self._way(world), lambda: world.send(arrive, who=self.name))

        if is_plain:
            if world.chance.strikes("skipped_step"):
                world.chance.reached["skipped_step"] += 1
            else:
                world.send(tell, left, who=self.name)
            world.later(self._way(world), lambda: world.send(arrive, left, who=self.name))
        else:
            world.send(tell, left, who=self.name)

    def _way(self, world: "World") -> int:
        return self.draw(world).randint(20 * HOUR_MS, 3 * DAY_MS)


def _standing(state: State, shipment: Shipment) -> tuple[Order | None, dict[str, int]]:
    """Return the order of a shipment, and its pieces by line that are to be picked."""
    order = state.document(order_key(shipment.order))
    at = (line_account(LineState.ALLOCATED, shipment.id),)
    held = {line.id: state.balance(order.unit(line.id), at) for line in order.lines} if order else {}
    return order, {line: pieces for line, pieces in held.items() if pieces > 0}


class Ticker(Actor):
    """A host that looks at what is due; any number of them may run."""

    def start(self, world: "World") -> None:
        """Tick."""
        self.every(world, 10 * MINUTE_MS, self.tick)

    def tick(self, world: "World") -> None:
        """Expire the holds whose moment has come by this host's clock."""
        for document in run(world.store.due(world.now, 50)):
            if document.key.kind == "inventory.claim":
                world.chance.reached["a hold expires"] += 1
                world.ask(expire(document.key.id), who=self.name)

    def settle(self, world: "World") -> None:
        """Tick."""
        self.tick(world)


class Waves(Actor):
    """Asks again for what could not be allocated when it was placed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._orders: dict[str, None] = {}

    def start(self, world: "World") -> None:
        """Begin the waves."""
        self.every(world, 90 * MINUTE_MS, self.wave)

    def heard(self, _world: "World", recorded: Recorded) -> None:
        """Note each order that has pieces opened."""
        opened = line_account(LineState.OPEN)
        for movement in recorded.entry.movements:
            if movement.target == opened:
                self._orders[movement.unit.removeprefix("line:").rpartition("/")[0]] = None

    def wave(self, world: "World") -> None:
        """Ask for each order that is still open, and forget those that are not."""
        for id in list(self._orders):
            status = world.see(order_status(id))
            if status is None or not any(LineState.OPEN in held for held in status.lines.values()):
                del self._orders[id]
            else:
                world.ask(allocate(id, id=self.next_id()), who=self.name)

    def settle(self, world: "World") -> None:
        """Ask."""
        self.wave(world)


class Control(Actor):
    """Closes nodes, and opens them again: the network is revised while everybody works on it."""

    def start(self, world: "World") -> None:
        """Look at the weather."""
        self.every(world, 20 * MINUTE_MS, self._storm)

    def slowed(self, world: "World") -> None:
        """Close all stores at once while a host is between reading and recording: the network it saw is out of date."""

        def storm() -> None:
            if world.chance.strikes("closure"):
                stores = [node.id for node in world.view.network.nodes if node.rank]
                self._turn(world, dict.fromkeys(stores, False))
                world.later(2 * HOUR_MS, lambda: self._turn(world, dict.fromkeys(stores, True)))
                world.chance.reached["closure"] += 1

        world.later(self.draw(world).randint(1, MINUTE_MS), storm)

    def _storm(self, world: "World") -> None:
        if world.chance.strikes("closure"):
            node = self.draw(world).choice(world.view.network.nodes).id
            self._turn(world, {node: False})
            world.later(self.draw(world).randint(10, 12 * 60) * MINUTE_MS, lambda: self._turn(world, {node: True}))
            world.chance.reached["closure"] += 1

    def _turn(self, world: "World", is_open: Mapping[str, bool]) -> None:
        known = world.network
        nodes = tuple([attrs.evolve(n, is_open=is_open.get(n.id, n.is_open)) for n in known.nodes])
        if nodes != known.nodes:
            world.revise(Network(revision=known.revision + 1, nodes=nodes, pools=known.pools))

    def settle(self, world: "World") -> None:
        """Open all."""
        self._turn(world, {node.id: True for node in world.network.nodes})


class Feed(Actor):
    """Follows the journal and hands each entry to everybody; it may lose its place, and then says things again."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._position = 0

    def start(self, world: "World") -> None:
        """Follow."""
        self.every(world, 8 * MINUTE_MS, self.poll)

    def poll(self, world: "World") -> None:
        """Hand on what is new; `view.heard` counts the entries that came in their order."""
        if world.chance.strikes("rewind"):
            self._position -= min(self._position, self.draw(world).randint(1, 50))
        while batch := run(world.store.since(self._position, 100)):
            for recorded in batch:
                self._position = recorded.position
                if recorded.position == world.view.heard + 1:
                    world.view.heard += 1
                elif recorded.position <= world.view.heard:
                    world.chance.reached["rewind"] += 1
                for actor in world.actors:
                    actor.heard(world, recorded)

    def settle(self, world: "World") -> None:
        """Follow."""
        self.poll(world)


class Bookkeeper(Actor):
    """Posts every entry that brings goods in or takes them away."""

    def heard(self, world: "World", recorded: Recorded) -> None:
        """Post it."""
        if any(_crosses(movement) for movement in recorded.entry.movements):
            world.ask(post(recorded.entry), who=self.name)


def _crosses(movement: Movement) -> bool:
    is_goods, states = movement.unit.startswith("sku:"), (movement.source.state, movement.target.state)
    return is_goods and (movement.source.place != movement.target.place or MISSING in states)


def everyone(scene: Scene) -> list[Actor]:
    """Return the actors of a scene: shoppers of each channel, tills, warehouses, and those who serve them."""
    network = scene.catalog.network
    mean_ms = DAY_MS * max(len(scene.catalog.channels), 1) // scene.orders_a_day
    shoppers = [Shopper(channel.id, channel.pool, mean_ms) for channel in scene.catalog.channels]
    own = [node.id for node in network.nodes if counter(node.id) in network.pool_by_id]
    tills = [Till(node, 2 * mean_ms, has_rights=scene.rights) for node in own]
    warehouses = [Warehouse(node.id) for node in network.nodes]
    staff: list[Actor] = [Feed("feed"), Ticker("ticker"), Ticker("second ticker"), Waves("waves"), Desk("desk")]
    others: list[Actor] = [Supplier("supplier"), Keeper("keeper"), Control("control"), Bookkeeper("bookkeeper")]
    others.append(Reliever("reliever"))
    counting: list[Actor] = [Auditor("auditor"), Counter("counter")] if scene.counts else []
    return [*shoppers, *tills, *warehouses, *staff, *others, *counting]
