"""Who lives in a world: shoppers, suppliers, a keeper of the shelves, a service desk.

Plain classes. Each acts at its own moments, asks and tells the core as an adapter would, and moves the pieces that are
really there (`Stage.happens`). An integrator replaces one by an actor that goes through the adapter under test.
"""

from functools import partial

from ...catalog import pool_place
from ...fulfillment import FulfillmentPolicy, Shipment, Shipped, amend, cancel, place, shipment_key
from ...inventory import adjusted, extend, hold, received, release
from ...ledger import Accepted, Recorded
from ...orders import Order, OrderLine, is_final, order_status
from ...returns import restock, returned
from ...supply import BackorderPolicy, Short
from ...values import DAY_MS, HOUR_MS, MINUTE_MS, Position
from ..money.prices import priced
from ..stage import Actor, Stage

__all__ = ["Desk", "Keeper", "Shopper", "Supplier"]


class Shopper(Actor):
    """Customers of a channel: they fill baskets, order, leave, change their minds."""

    def __init__(self, channel: str, pool: str, mean_ms: int) -> None:
        super().__init__(channel)
        self.pool = pool
        self.mean_ms = mean_ms

    def start(self, world: Stage) -> None:
        """Open the shop."""
        self.every(world, self.mean_ms, self._visit)

    def _visit(self, world: Stage) -> None:
        draw, id = self.draw(world), self.next_id()
        skus = [product.sku for product in world.scene.catalog.products]
        lines = [
            OrderLine(id=str(n), sku=skus[min(int(draw.expovariate(1)), len(skus) - 1)], price_minor=240 + n)
            for n in range(draw.randint(1, 3))
        ]
        where = Position(draw.randint(48_000_000, 54_000_000), draw.randint(7_000_000, 14_000_000))
        order = Order(
            id=id, pool=self.pool, lines=tuple(lines), destination=where, placed_at=world.now, channel=self.name
        )
        quantities = {line.id: draw.choice((1, 1, 1, 2, 4)) for line in lines}
        order = priced(world, order, quantities)
        if draw.random() < 0.5:
            self.order(world, order, quantities)
            return
        wanted: dict[str, int] = {}
        for line in lines:
            wanted[line.sku] = wanted.get(line.sku, 0) + quantities[line.id]
        until = world.now + draw.randint(10, 60) * MINUTE_MS

        def filled(answer: object) -> None:
            if isinstance(answer, Accepted):
                world.later(draw.randint(1, 40) * MINUTE_MS, lambda: self._decide(world, order, quantities))
                self._linger(world, id, until)

        world.ask(hold(id, place=pool_place(self.pool), quantities=wanted, until=until), filled, who=self.name)

    def _linger(self, world: Stage, basket: str, until: int) -> None:
        """Prolong a basket, it may be in two tabs of a browser at about the same time."""
        draw = self.draw(world)
        at = draw.randint(1, 20 * MINUTE_MS)
        for tab in range(draw.choice((0, 2, 2, 3))):
            request = extend(basket, id=self.next_id(), until=until + draw.randint(10, 60) * MINUTE_MS)
            world.later(at + tab * draw.randint(1, 2 * MINUTE_MS), partial(world.ask, request, who=self.name))

    def _decide(self, world: Stage, order: Order, quantities: dict[str, int]) -> None:
        if self.draw(world).random() < 0.3:
            return  # the basket is left behind, and ends by itself

        def freed(_answer: object) -> None:
            if self.draw(world).random() < 0.8:
                self.order(world, order, quantities)

        world.ask(release(order.id), freed, who=self.name)

    def order(self, world: Stage, order: Order, quantities: dict[str, int]) -> None:
        """Order, and it may be change one's mind."""
        draw = self.draw(world)
        short = draw.choice((Short.REFUSE, Short.PARTIAL, Short.BACKORDER, Short.BACKORDER))
        rules = BackorderPolicy(when_short=short if world.scene.expects else Short.REFUSE)
        policy = FulfillmentPolicy(backorders=rules)

        def placed(answer: object) -> None:
            if isinstance(answer, Accepted) and draw.random() < 0.15:
                world.later(draw.randint(1, 10 * HOUR_MS), lambda: self._change(world, order, policy))

        world.ask(place(order, quantities, policy=policy), placed, who=self.name)

    def _change(self, world: Stage, order: Order, policy: FulfillmentPolicy) -> None:
        if world.is_worked_on(order.id) or order.id in world.changing:
            return  # somebody has a piece of it in hand
        world.changing.add(order.id)
        draw = self.draw(world)
        quantities = {draw.choice(order.lines).id: draw.randint(0, 4)}
        request = cancel(order.id)
        if draw.random() < 0.5:
            request = amend(order.id, quantities, id=self.next_id(), policy=policy)
        world.ask(request, lambda _answer: world.changing.discard(order.id), who=self.name)


class Supplier(Actor):
    """Trucks that come to nodes, and to those that need goods once the world settles."""

    def start(self, world: Stage) -> None:
        """Send trucks."""
        self.every(world, 3 * HOUR_MS, self._unload)

    def _unload(self, world: Stage) -> None:
        draw = self.draw(world)
        skus = world.scene.skus
        quantities = {sku: draw.randint(1, 6) for sku in draw.sample(skus, draw.randint(1, len(skus)))}
        self.bring(world, draw.choice(world.scene.catalog.network.nodes).id, quantities)

    def bring(self, world: Stage, node: str, quantities: dict[str, int]) -> None:
        """Unload, and tell of it."""
        id = self.next_id()
        other = received(id, node=node, quantities={sku: pieces + 1 for sku, pieces in quantities.items()})
        telling = received(id, node=node, quantities=quantities, occurred_at=world.now)
        world.happens(telling.id, node, quantities)
        world.send(telling, who=self.name, other=other)

    def settle(self, world: Stage) -> None:
        """Bring what is missing."""
        for unit, missing in world.view.missing.items():
            sku = unit.removeprefix("sku:")
            if missing > 0 and sku in world.scene.skus:
                for node in world.view.network.nodes:
                    self.bring(world, node.id, {sku: missing})


class Keeper(Actor):
    """Shrinkage at the nodes: pieces vanish, break or turn up, and somebody writes it down."""

    def start(self, world: Stage) -> None:
        """Walk the aisles."""
        self.every(world, HOUR_MS, self._look)

    def _look(self, world: Stage) -> None:
        if not world.chance.strikes("shrinkage"):
            return
        draw = self.draw(world)
        node, sku = draw.choice(world.scene.catalog.network.nodes).id, draw.choice(world.scene.skus)
        change = draw.choice((-2, -1, 1))
        if world.at_hand(node, sku) + change < 0:
            return
        id = self.next_id()
        telling = adjusted(id, node=node, sku=sku, change=change, reason="seen", occurred_at=world.now)
        other = adjusted(id, node=node, sku=sku, change=change * 3, reason="seen")
        world.happens(telling.id, node, {sku: change})
        world.send(telling, who=self.name, other=other)
        world.chance.reached["shrinkage"] += 1


class Desk(Actor):
    """The service desk: it takes goods back anywhere, and ends orders that nobody can serve once the world settles."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._known: set[str] = set()
        self._rounds = 0

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Note what was shipped: some of it comes back."""
        for event in recorded.entry.events:
            if isinstance(event, Shipped) and event.lines and event.shipment not in self._known:
                shipment = world.view.documents.get(shipment_key(event.shipment))
                if isinstance(shipment, Shipment) and shipment.collect_at:
                    continue  # it is under way to a store of ours
                self._known.add(event.shipment)
                if not world.is_settling and self.draw(world).random() < 0.2:
                    world.later(self.draw(world).randint(1, 4) * DAY_MS, partial(self._take_back, world, event))

    def _take_back(self, world: Stage, event: Shipped) -> None:
        if event.order in world.delicate:
            return  # nobody sends back what may not have come
        world.handed_back.add(event.order)
        draw, id = self.draw(world), self.next_id()
        node = draw.choice(world.scene.catalog.network.nodes).id
        line, sku, most = draw.choice(event.lines)
        pieces = draw.randint(1, most)
        telling = returned(id, node=node, order=event.order, lines={line: pieces}, occurred_at=world.now)
        other = returned(id, node=node, order=event.order, lines={line: pieces + 1})
        world.happens(telling.id, node, {sku: pieces})

        def taken(answer: object) -> None:
            if isinstance(answer, Accepted) and draw.random() < 0.7:
                world.later(HOUR_MS, lambda: world.ask(restock(id, {sku: pieces}), who=self.name))

        world.send(telling, taken, who=self.name, other=other)

    def settle(self, world: Stage) -> None:
        """Cancel what has waited for days."""
        self._rounds += 1
        if self._rounds % 16 == 0:
            for id in sorted(
                {document.id for document in world.view.documents.values() if isinstance(document, Order)}
            ):
                status = world.see(order_status(id))
                if status is not None and not is_final(status) and not world.is_worked_on(id):
                    world.ask(cancel(id, reason="nobody can serve it"), who=self.name)
