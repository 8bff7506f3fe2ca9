"""Who works behind the counter: tickers, waves, those who close nodes, consumers of the journal."""

from collections.abc import Mapping

import attrs

from ..catalog import Network
from ..counts import MISSING
from ..finance import SalesBasis, post
from ..fulfillment import Collection, put_back
from ..inventory import Lot, expire
from ..ledger import Movement, Recorded, run
from ..lots import withdraw
from ..marketplaces import allocate
from ..orders import LineState, line_account, order_status
from ..supply import Inbound, look_at
from ..values import DAY_MS, HOUR_MS, MINUTE_MS
from .money.cashier import Cashier
from .money.comebacks import Comebacks
from .money.money_rules import BOOKED
from .money.papers import Papers
from .money.providers import Agent, Bank, Provider
from .money.service import TaxService
from .scene import Scene, counter
from .selling.bazaar import Bazaar
from .selling.listing import Lister
from .selling.parcels import Claims
from .selling.people import Desk, Keeper, Shopper, Supplier
from .selling.pickups import Collector
from .selling.tills import Till
from .stage import Actor, Stage
from .stocking.counting import Auditor, Counter
from .stocking.dairy import Dairy, Gourmet, Warden
from .stocking.relieving import Reliever
from .stocking.supplying import Forwarder, Promiser
from .stocking.warehouse import Warehouse
from .systems.customers import DIALECTS, connected
from .systems.dialect import Dialect

__all__ = ["Bookkeeper", "Control", "Feed", "Ticker", "Waves", "everyone"]


class Ticker(Actor):
    """A host that looks at what is due; any number of them may run."""

    def start(self, world: Stage) -> None:
        """Tick."""
        self.every(world, 10 * MINUTE_MS, self.tick)

    def tick(self, world: Stage) -> None:
        """See to what is over: holds, the sale of lots, the date of inbounds, the time to collect."""
        for document in run(world.store.due(world.now, 50)):
            if document.key.kind == "inventory.claim":
                world.chance.reached["a hold expires"] += 1
                world.ask(expire(document.key.id), who=self.name)
            elif isinstance(document, Inbound):
                world.chance.reached["an inbound is overdue"] += 1
                world.ask(look_at(document.id, document.version), who=self.name)
            elif isinstance(document, Lot):
                world.chance.reached["a lot expires"] += 1
                world.ask(withdraw(document.sku, document.id, id=self.next_id()), who=self.name)

            elif isinstance(document, Collection):
                world.chance.reached["nobody collects"] += 1
                world.ask(put_back(document), who=self.name)

    def settle(self, world: Stage) -> None:
        """Tick."""
        self.tick(world)


class Waves(Actor):
    """Asks again for what could not be allocated when it was placed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._orders: dict[str, None] = {}

    def start(self, world: Stage) -> None:
        """Begin the waves."""
        self.every(world, 90 * MINUTE_MS, self.wave)

    def heard(self, _world: Stage, recorded: Recorded) -> None:
        """Note each order that has pieces opened."""
        opened = line_account(LineState.OPEN)
        for movement in recorded.entry.movements:
            if movement.target == opened:
                self._orders[movement.unit.removeprefix("line:").rpartition("/")[0]] = None

    def wave(self, world: Stage) -> None:
        """Ask for each order that is still open, and forget those that are not."""
        for id in list(self._orders):
            status = world.see(order_status(id))
            if status is None or not any(LineState.OPEN in held for held in status.lines.values()):
                del self._orders[id]
            else:
                world.ask(allocate(id, id=self.next_id()), who=self.name)

    def settle(self, world: Stage) -> None:
        """Ask."""
        self.wave(world)


class Control(Actor):
    """Closes nodes, and opens them again: the network is revised while everybody works on it."""

    def start(self, world: Stage) -> None:
        """Look at the weather."""
        self.every(world, 20 * MINUTE_MS, self._storm)

    def slowed(self, world: Stage) -> None:
        """Close all stores at once while a host is between reading and recording: the network it saw is out of date."""

        def storm() -> None:
            if world.chance.strikes("closure"):
                stores = [node.id for node in world.view.network.nodes if node.rank]
                self._turn(world, dict.fromkeys(stores, False))
                world.later(2 * HOUR_MS, lambda: self._turn(world, dict.fromkeys(stores, True)))
                world.chance.reached["closure"] += 1

        world.later(self.draw(world).randint(1, MINUTE_MS), storm)

    def _storm(self, world: Stage) -> None:
        if world.chance.strikes("closure"):
            node = self.draw(world).choice(world.view.network.nodes).id
            self._turn(world, {node: False})
            world.later(self.draw(world).randint(10, 12 * 60) * MINUTE_MS, lambda: self._turn(world, {node: True}))
            world.chance.reached["closure"] += 1

    def _turn(self, world: Stage, is_open: Mapping[str, bool]) -> None:
        known = world.network
        nodes = tuple([attrs.evolve(n, is_open=is_open.get(n.id, n.is_open)) for n in known.nodes])
        if nodes != known.nodes:
            world.revise(Network(revision=known.revision + 1, nodes=nodes, pools=known.pools))

    def settle(self, world: Stage) -> None:
        """Open all."""
        self._turn(world, {node.id: True for node in world.network.nodes})


class Feed(Actor):
    """Follows the journal and hands each entry to everybody; it may lose its place, and then says things again."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._position = 0

    def start(self, world: Stage) -> None:
        """Follow."""
        self.every(world, 8 * MINUTE_MS, self.poll)

    def poll(self, world: Stage) -> None:
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

    def settle(self, world: Stage) -> None:
        """Follow."""
        self.poll(world)


class Bookkeeper(Actor):
    """Posts every entry that brings goods in or takes them away, and papers and payments where there are any."""

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Post it."""
        entry, is_paid = recorded.entry, world.scene.is_paid
        is_booked = is_paid and any(isinstance(event, BOOKED) for event in entry.events)
        if is_booked or any(_crosses(movement) for movement in entry.movements):
            sales = SalesBasis.PAPERS if is_paid else SalesBasis.GOODS
            world.ask(post(entry, sales=sales), who=self.name)


def _crosses(movement: Movement) -> bool:
    is_goods, states = movement.unit.startswith("sku:"), (movement.source.state, movement.target.state)
    return is_goods and (movement.source.place != movement.target.place or MISSING in states)


def everyone(scene: Scene, *, dialects: Mapping[str, Dialect] = DIALECTS) -> list[Actor]:
    """Return the actors of a scene: shoppers of each channel, tills, warehouses, and those who serve them.

    `dialects` are the languages of its connected systems: our port for each, and how the system hears and says.
    """
    network = scene.catalog.network
    mean_ms = DAY_MS * max(len(scene.catalog.channels), 1) // scene.orders_a_day
    through = connected(scene, mean_ms, dialects) if scene.is_connected else [Supplier("supplier")]
    channels = scene.catalog.channels[1 if scene.is_connected else 0 :]
    shoppers: list[Actor] = [Shopper(channel.id, channel.pool, mean_ms) for channel in channels]
    pool = scene.catalog.channels[-1].pool
    shoppers += [Collector("collectors", pool, 3 * mean_ms), Bazaar("bazaar", pool, 2 * mean_ms)]
    own = [node.id for node in network.nodes if counter(node.id) in network.pool_by_id]
    tills = [Till(node, 2 * mean_ms, has_rights=scene.rights) for node in own]
    warehouses = [Warehouse(node.id) for node in network.nodes]
    staff: list[Actor] = [Feed("feed"), Ticker("ticker"), Ticker("second ticker"), Waves("waves"), Desk("desk")]
    others: list[Actor] = [*through, Keeper("keeper"), Control("control"), Bookkeeper("bookkeeper")]
    others += [Reliever("reliever"), Claims("claims")]
    ahead: list[Actor] = [Forwarder("forwarder"), Promiser("promiser")] if scene.expects else []
    listers: list[Actor] = [Lister(channel.id) for channel in channels]
    dated: list[Actor] = [Dairy("dairy"), Gourmet("gourmet"), Warden("warden")] if scene.dated else []
    counting: list[Actor] = [Auditor("auditor"), Counter("counter")] if scene.counts else []
    paid = _paid(scene) if scene.is_paid else []
    return [*shoppers, *tills, *warehouses, *staff, *others, *listers, *ahead, *dated, *counting, *paid]


def _paid(scene: Scene) -> list[Actor]:
    service = TaxService("tax service", scene)
    movers: list[Actor] = [Provider("provider"), Bank("bank"), Agent("courier")]
    return [service, Papers("papers", service), Cashier("cashier"), *movers, Comebacks("comebacks")]
